/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files being written: each on a thread of its own, since hours of sound would keep a worker from edits and tiles.
 * Two of the same name are written one after the other, so that the newer one stays. */
#include "editor_private.h"

#include "document_private.h"
#include "sono_clock.h"
#include "sono_log.h"
#include "sono_mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define NEWS_EVERY_S 0.1

struct SaveJob {
    SaveJob *next, *prev;
    int id;
    double since_s;
    bool started; /* its thread must be joined */
    pthread_t thread;
    Mailbox *mailbox;
    SonoSaving *saving;
    _Atomic bool cancelled, done;
    _Atomic double fraction; /* 0..1; -1: not known */
    double news_at_s;        /* of the thread */
    SonoStatus status;
    SonoError error;
};

static void save_free(SaveJob *job)
{
    mailbox_unref(job->mailbox);
    sono_saving_free(job->saving);
    sono_free(job);
}

static bool on_progress(void *ctx, int64_t n_done, int64_t n_total)
{
    SaveJob *job = ctx;
    const double now_s = sono_now_s();
    if (now_s - job->news_at_s >= NEWS_EVERY_S) {
        job->news_at_s = now_s;
        const double fraction = n_total > 0 && n_done <= n_total ? (double)n_done / (double)n_total : -1.0;
        atomic_store_explicit(&job->fraction, fraction, memory_order_relaxed);
        mailbox_wake(job->mailbox);
    }
    return !atomic_load_explicit(&job->cancelled, memory_order_relaxed);
}

static void *run_save(void *data)
{
    SaveJob *job = data;
    const SonoCodecOptions options = {.progress = on_progress, .progress_ctx = job};
    job->news_at_s = sono_now_s();
    job->status = sono_saving_run(job->saving, &options, &job->error);
    atomic_store_explicit(&job->done, true, memory_order_release);
    mailbox_wake(job->mailbox);
    return NULL;
}

static void start(SaveJob *job)
{
    if (pthread_create(&job->thread, NULL, run_save, job) == 0) {
        job->started = true;
        return;
    }
    job->status = sono_fail(&job->error, SONO_E_NOMEM, "%s: no thread to write it",
                            sono_short_name(sono_saving_path(job->saving)).text);
    atomic_store_explicit(&job->done, true, memory_order_release);
    mailbox_wake(job->mailbox);
}

/* Start those before which nothing is written under the same name. */
static void start_waiting(SonoEditor *e)
{
    SaveJob *job = NULL;
    SaveJob *earlier = NULL;
    DL_FOREACH(e->saves, job)
    {
        bool waits = job->started || atomic_load_explicit(&job->done, memory_order_acquire);
        DL_FOREACH(e->saves, earlier)
        {
            if (waits || earlier == job) {
                break;
            }
            waits = strcmp(sono_saving_path(earlier->saving), sono_saving_path(job->saving)) == 0;
        }
        if (!waits) {
            start(job);
        }
    }
}

SonoStatus sono_editor_save(SonoEditor *e, SonoSavingKind kind, const char *path, SonoError *err)
{
    if (!e->queue) {
        return sono_fail(err, SONO_E_INVALID, "%s: the sound is still being read", sono_short_name(path).text);
    }
    SaveJob *job = sono_calloc(1, sizeof *job);
    if (!job) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to save %s", path);
    }
    job->id = e->next_task_id++;
    job->since_s = sono_now_s();
    job->mailbox = mailbox_ref(e->mailbox);
    atomic_init(&job->fraction, kind == SONO_SAVING_SOUND ? 0.0 : -1.0);
    const SonoStatus status = sono_saving_new(e->doc, kind, path, &job->saving, err);
    if (status != SONO_OK) {
        save_free(job);
        return status;
    }
    DL_APPEND(e->saves, job);
    start_waiting(e);
    return SONO_OK;
}

static void tell_saved(SonoEditor *e, const SaveJob *job)
{
    const char *path = sono_saving_path(job->saving);
    if (job->status == SONO_E_CANCELLED) {
        editor_tell_line(e, SONO_NEWS_SAVED, "");
    } else if (job->status != SONO_OK) {
        editor_tell_line(e, SONO_NEWS_SAVED, job->error.message);
    } else {
        if (sono_saving_kind(job->saving) == SONO_SAVING_SOUND) {
            sono_document_mark_written(e->doc, sono_saving_real_path(job->saving), sono_saving_revision(job->saving));
        }
        editor_tell(e, (EditorItem){.kind = SONO_NEWS_SAVED, .path = strdup(path)});
    }
}

void editor_saves_poll(SonoEditor *e)
{
    SaveJob *job = NULL;
    SaveJob *next = NULL;
    DL_FOREACH_SAFE(e->saves, job, next)
    {
        if (!atomic_load_explicit(&job->done, memory_order_acquire)) {
            continue;
        }
        if (job->started) {
            (void)pthread_join(job->thread, NULL); /* it has nothing left to do */
        }
        DL_DELETE(e->saves, job);
        tell_saved(e, job);
        save_free(job);
    }
    start_waiting(e);
}

static void finish_saves(void *data)
{
    SaveJob *job = NULL;
    SaveJob *next = NULL;
    SaveJob *saves = data;
    DL_FOREACH_SAFE(saves, job, next)
    {
        if (job->started) {
            (void)pthread_join(job->thread, NULL);
        } else if (!atomic_load_explicit(&job->done, memory_order_acquire)) {
            (void)run_save(job);
        }
        if (job->status != SONO_OK && job->status != SONO_E_CANCELLED) {
            sono_log(SONO_LOG_ERROR, "document", "%s", job->error.message); /* nobody else hears of it */
        }
        save_free(job);
    }
}

static void finish_saves_job(void *data, const SonoJobTicket *ticket)
{
    (void)ticket;
    finish_saves(data);
}

/* Whoever frees the engine waits for them there, whether the job runs or is dropped. */
void editor_saves_leave(SonoEditor *e)
{
    SonoError err = {0};
    if (e->saves && sono_jobs_post(sono_engine_jobs(e->engine), SONO_PRIORITY_VISIBLE, NULL, finish_saves_job,
                                   finish_saves, e->saves, &err) != SONO_OK) {
        finish_saves(e->saves); /* no memory: better late than lost */
    }
    e->saves = NULL;
}

size_t editor_saves_tasks(const SonoEditor *e, SonoEditorTask *tasks, size_t max)
{
    size_t n = 0;
    const SaveJob *job = NULL;
    DL_FOREACH(e->saves, job)
    {
        if (n < max) {
            const char *path = sono_saving_path(job->saving);
            const char *slash = strrchr(path, '/');
            SonoEditorTask *t = &tasks[n];
            t->id = job->id;
            t->since_s = job->since_s;
            t->fraction = atomic_load_explicit(&job->fraction, memory_order_relaxed);
            (void)snprintf(t->title, sizeof t->title, "Saving %s", slash ? slash + 1 : path);
        }
        n++;
    }
    return n;
}

bool editor_saves_cancel(SonoEditor *e, int id)
{
    SaveJob *job = NULL;
    DL_FOREACH(e->saves, job)
    {
        if (job->id != id) {
            continue;
        }
        atomic_store_explicit(&job->cancelled, true, memory_order_relaxed);
        if (!job->started && !atomic_load_explicit(&job->done, memory_order_acquire)) {
            job->status = SONO_E_CANCELLED;
            atomic_store_explicit(&job->done, true, memory_order_release);
            editor_wake(e);
        }
        return true;
    }
    return false;
}

int editor_saves_n(const SonoEditor *e)
{
    int n = 0;
    const SaveJob *job = NULL;
    DL_COUNT(e->saves, job, n);
    return n;
}
