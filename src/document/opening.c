/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file on its way into memory: snapshots of what is decoded, handed over under a lock. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "sono_opening.h"

#include "sono_clock.h"
#include "sono_mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A snapshot costs little; waveforms grow by them. */
#define SNAPSHOT_EVERY_S 0.2
#define NEWS_EVERY_S 0.1

struct SonoOpening {
    _Atomic int refs;          /* the caller's and the thread's */
    SonoGeneration generation; /* bumped to cancel */
    char *path;
    SonoCodecOptions options;
    SonoPcmStore *store;
    SonoOpeningEvents events;
    double snapshot_at_s, news_at_s; /* loading thread only */

    pthread_mutex_t lock; /* guards what follows */
    bool closed, in_opened;
    pthread_cond_t left_opened;
    SonoOpeningNews news; /* clip: not handed out yet */
    char *real_path;      /* from when it is finished; NULL: not known */
};

static void opening_unref(SonoOpening *o)
{
    if (atomic_fetch_sub_explicit(&o->refs, 1, memory_order_acq_rel) == 1) {
        sono_clip_unref(o->news.clip);
        sono_pcm_store_unref(o->store);
        (void)pthread_cond_destroy(&o->left_opened);
        (void)pthread_mutex_destroy(&o->lock);
        free(o->path);
        free(o->real_path);
        sono_free(o);
    }
}

static SonoJobTicket ticket_of(const SonoOpening *o)
{
    return (SonoJobTicket){&o->generation, 0};
}

const char *sono_opening_path(const SonoOpening *o)
{
    return o->path;
}

const char *sono_opening_real_path(SonoOpening *o)
{
    (void)pthread_mutex_lock(&o->lock);
    const char *path = o->real_path ? o->real_path : o->path;
    (void)pthread_mutex_unlock(&o->lock);
    return path;
}

static void wake_locked(SonoOpening *o)
{
    if (!o->closed) {
        o->events.wake(o->events.ctx);
    }
}

/* Takes over clip. */
static void put_clip_locked(SonoOpening *o, SonoClip *clip)
{
    sono_clip_unref(o->news.clip);
    o->news.clip = clip;
}

static bool on_progress(void *ctx, int64_t n_done, int64_t n_total)
{
    SonoOpening *o = ctx;
    const double now_s = sono_now_s();
    if (now_s - o->news_at_s >= NEWS_EVERY_S) {
        o->news_at_s = now_s;
        (void)pthread_mutex_lock(&o->lock);
        o->news.fraction = n_total > 0 && n_done <= n_total ? (double)n_done / (double)n_total : -1.0;
        wake_locked(o);
        (void)pthread_mutex_unlock(&o->lock);
    }
    const SonoJobTicket ticket = ticket_of(o);
    return !sono_job_is_obsolete(&ticket);
}

static void on_opened(void *ctx, SonoDecoder *dec, const SonoAudioInfo *info)
{
    SonoOpening *o = ctx;
    const SonoJobTicket ticket = ticket_of(o);
    (void)pthread_mutex_lock(&o->lock);
    o->news.info = *info;
    o->news.has_info = true;
    o->in_opened = o->events.opened && !o->closed;
    const bool call = o->in_opened;
    wake_locked(o);
    (void)pthread_mutex_unlock(&o->lock);
    if (call) {
        o->events.opened(o->events.ctx, dec, info, &ticket);
        (void)pthread_mutex_lock(&o->lock);
        o->in_opened = false;
        (void)pthread_cond_signal(&o->left_opened);
        (void)pthread_mutex_unlock(&o->lock);
    }
}

static void on_grown(void *ctx, SonoClipBuilder *builder)
{
    SonoOpening *o = ctx;
    const double now_s = sono_now_s();
    SonoClip *clip = NULL;
    if (now_s - o->snapshot_at_s < SNAPSHOT_EVERY_S) {
        return;
    }
    o->snapshot_at_s = now_s;
    if (sono_clip_builder_snapshot(builder, &clip, NULL) == SONO_OK) { /* only a picture is missed */
        (void)pthread_mutex_lock(&o->lock);
        put_clip_locked(o, clip);
        wake_locked(o);
        (void)pthread_mutex_unlock(&o->lock);
    }
}

static void *load(void *arg)
{
    SonoOpening *o = arg;
    SonoClip *clip = NULL;
    SonoLoadReport report = {0};
    SonoError error = {0};
    const SonoLoadWatch watch = {o, on_opened, on_grown};
    o->snapshot_at_s = sono_now_s();
    const SonoStatus status = sono_clip_load_watched(o->path, &o->options, &watch, o->store, &clip, &report, &error);
    char *real_path = realpath(o->path, NULL);
    (void)pthread_mutex_lock(&o->lock);
    o->real_path = real_path;
    o->news.finished = true;
    o->news.status = status;
    o->news.report = report;
    o->news.error = error;
    if (status == SONO_OK) {
        o->news.info = report.info;
        o->news.fraction = 1.0;
        put_clip_locked(o, clip);
    }
    wake_locked(o);
    (void)pthread_mutex_unlock(&o->lock);
    opening_unref(o);
    return NULL;
}

SonoStatus sono_opening_start(const char *path, const SonoCodecOptions *options, SonoPcmStore *store,
                              const SonoOpeningEvents *events, SonoOpening **out, SonoError *err)
{
    SonoOpening *o = sono_calloc(1, sizeof *o);
    char *copy = strdup(path);
    if (!o || !copy) {
        sono_free(o);
        free(copy);
        return sono_fail(err, SONO_E_NOMEM, "no memory to open %s", path);
    }
    atomic_init(&o->refs, 2);
    o->path = copy;
    o->options = options ? *options : (SonoCodecOptions){0};
    o->options.progress = on_progress;
    o->options.progress_ctx = o;
    o->store = sono_pcm_store_ref(store);
    o->events = *events;
    o->news.fraction = -1.0;
    (void)pthread_mutex_init(&o->lock, NULL); /* cannot fail with default attributes on Linux */
    (void)pthread_cond_init(&o->left_opened, NULL);
    pthread_t thread;
    if (pthread_create(&thread, NULL, load, o) != 0) {
        opening_unref(o);
        opening_unref(o);
        return sono_fail(err, SONO_E_NOMEM, "no thread to open %s", path);
    }
    (void)pthread_detach(thread);
    *out = o;
    return SONO_OK;
}

void sono_opening_poll(SonoOpening *o, SonoOpeningNews *news)
{
    (void)pthread_mutex_lock(&o->lock);
    *news = o->news;
    o->news.clip = NULL;
    (void)pthread_mutex_unlock(&o->lock);
}

void sono_opening_close(SonoOpening *o)
{
    if (!o) {
        return;
    }
    sono_generation_bump(&o->generation);
    (void)pthread_mutex_lock(&o->lock);
    o->closed = true;
    while (o->in_opened) {
        (void)pthread_cond_wait(&o->left_opened, &o->lock);
    }
    (void)pthread_mutex_unlock(&o->lock);
    opening_unref(o);
}
