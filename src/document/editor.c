/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file being edited, and the news of it in order. */
#include "sono_editor.h"

#include "sono_log.h"
#include "sono_mem.h"

#include "mailbox.h"

#include <stdio.h>
#include <string.h>

#define MAX_SAVES 16

/* A file being written. The engine waits for it when it ends, the editor does not. */
typedef struct SaveJob {
    _Atomic int refs; /* the editor's and the worker's */
    _Atomic bool done;
    Mailbox *mailbox;
    SonoSaving *saving;
    SonoStatus status;
    SonoError error;
} SaveJob;

struct SonoEditor {
    SonoEngine *engine;
    SonoOpeningEvents events;
    SonoOpening *opening; /* until READY or FAILED */
    SonoDocument *doc;    /* from READY on */
    SonoEditQueue *queue;
    Mailbox *mailbox;
    SaveJob *saves[MAX_SAVES];
    int n_saves;
    double fraction;
    bool length_told;
    uint64_t revision; /* of the last SOUND */
    int64_t n_frames;
    SonoEditorNews *news; /* not yet polled */
    size_t n_news, cap_news;
};

/* Append news; takes over its clip. */
static void tell(SonoEditor *e, SonoEditorNews news)
{
    if (e->n_news == e->cap_news) {
        const size_t cap = e->cap_news ? 2 * e->cap_news : 8;
        SonoEditorNews *more = sono_realloc_array(e->news, cap, sizeof *more);
        if (!more) {
            sono_log(SONO_LOG_ERROR, "document", "no memory to show what has changed");
            sono_clip_unref(news.clip);
            return;
        }
        e->news = more;
        e->cap_news = cap;
    }
    e->news[e->n_news++] = news;
}

static void tell_line(SonoEditor *e, SonoEditorNewsKind kind, const char *line)
{
    SonoEditorNews news = {.kind = kind};
    (void)snprintf(news.line, sizeof news.line, "%s", line);
    tell(e, news);
}

static void tell_sound(SonoEditor *e, const SonoClip *clip, SonoSpan dirty)
{
    const double rate_hz = sono_clip_rate_hz(clip);
    tell(e, (SonoEditorNews){.kind = SONO_NEWS_SOUND,
                             .rate_hz = rate_hz,
                             .end_s = (double)sono_clip_n_frames(clip) / rate_hz,
                             .n_channels = sono_clip_n_channels(clip),
                             .clip = sono_clip_ref(clip),
                             .parent_revision = e->revision,
                             .dirty = dirty});
    e->revision = sono_clip_revision(clip);
    e->n_frames = sono_clip_n_frames(clip);
}

static void save_unref(SaveJob *job)
{
    if (atomic_fetch_sub_explicit(&job->refs, 1, memory_order_acq_rel) == 1) {
        mailbox_unref(job->mailbox);
        sono_saving_free(job->saving);
        sono_free(job);
    }
}

static void on_document_changed(void *ctx, SonoDocument *doc, const SonoChange *change)
{
    SonoEditor *e = ctx;
    if (change->kind == SONO_CHANGE_CLIP) {
        tell_sound(e, sono_document_clip(doc), change->dirty);
    } else {
        tell(e, (SonoEditorNews){.kind = SONO_NEWS_CHANGED});
    }
    e->events.wake(e->events.ctx);
}

SonoStatus sono_editor_open(SonoEngine *engine, SonoPcmStore *store, const char *path, const SonoOpeningEvents *events,
                            SonoEditor **out, SonoError *err)
{
    SonoEditor *e = sono_calloc(1, sizeof *e);
    if (!e) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to open %s", path);
    }
    e->engine = engine;
    e->events = *events;
    e->mailbox = mailbox_new(events->wake, events->ctx);
    const SonoStatus status = e->mailbox ? sono_opening_start(path, NULL, store, events, &e->opening, err)
                                         : sono_fail(err, SONO_E_NOMEM, "no memory to open %s", path);
    if (status != SONO_OK) {
        mailbox_unref(e->mailbox);
        sono_free(e);
        return status;
    }
    *out = e;
    return SONO_OK;
}

void sono_editor_close(SonoEditor *e)
{
    if (!e) {
        return;
    }
    sono_opening_close(e->opening);
    sono_edit_queue_free(e->queue);
    sono_document_free(e->doc);
    mailbox_close(e->mailbox);
    mailbox_unref(e->mailbox);
    for (int i = 0; i < e->n_saves; i++) {
        save_unref(e->saves[i]);
    }
    for (size_t i = 0; i < e->n_news; i++) {
        sono_clip_unref(e->news[i].clip);
    }
    sono_free(e->news);
    sono_free(e);
}

static SonoStatus start_document(SonoEditor *e, const SonoOpeningNews *news, SonoError *err)
{
    SonoStatus status = sono_document_new(sono_opening_path(e->opening), news->clip, &news->info, &e->doc, err);
    if (status == SONO_OK) {
        status = sono_edit_queue_new(e->engine, e->doc, e->events.wake, e->events.ctx, &e->queue, err);
    }
    if (status == SONO_OK) {
        status = sono_document_observe(e->doc, on_document_changed, e, err);
    }
    return status;
}

static void poll_opening(SonoEditor *e)
{
    SonoOpeningNews news = {0};
    SonoError err = {0};
    sono_opening_poll(e->opening, &news);
    e->fraction = news.fraction;
    /* where a first picture shows the whole, parts of the sound would only cut holes into it */
    const bool has_picture = news.has_info && news.info.seekable && news.info.n_frames_claimed > 0;
    if (has_picture && !e->length_told && !news.finished) {
        e->length_told = true;
        tell(e, (SonoEditorNews){.kind = SONO_NEWS_LENGTH,
                                 .rate_hz = news.info.rate_hz,
                                 .n_channels = news.info.n_channels,
                                 .end_s = (double)news.info.n_frames_claimed / news.info.rate_hz});
    }
    if (news.clip && (news.finished || !has_picture)) {
        tell_sound(e, news.clip, (SonoSpan){e->n_frames, sono_clip_n_frames(news.clip) - e->n_frames});
    }
    if (news.finished) {
        if (news.status != SONO_OK) {
            tell_line(e, SONO_NEWS_FAILED, news.error.message);
        } else if (start_document(e, &news, &err) != SONO_OK) {
            tell_line(e, SONO_NEWS_FAILED, err.message);
        } else {
            tell_line(e, SONO_NEWS_READY, news.report.warning);
        }
        sono_opening_close(e->opening);
        e->opening = NULL;
    }
    sono_clip_unref(news.clip);
}

static void poll_queue(SonoEditor *e)
{
    SonoError err = {0};
    for (;;) {
        switch (sono_edit_queue_poll(e->queue, NULL, &err)) {
        case SONO_QUEUE_NOTHING:
            return;
        case SONO_QUEUE_COMMITTED:
            tell(e, (SonoEditorNews){.kind = SONO_NEWS_COMMITTED});
            break;
        case SONO_QUEUE_NO_CHANGE:
            tell_line(e, SONO_NEWS_DROPPED, "");
            break;
        case SONO_QUEUE_FAILED:
            tell_line(e, SONO_NEWS_DROPPED, err.message);
            break;
        }
    }
}

static void poll_saves(SonoEditor *e)
{
    for (int i = 0; i < e->n_saves;) {
        SaveJob *job = e->saves[i];
        if (!atomic_load_explicit(&job->done, memory_order_acquire)) {
            i++;
            continue;
        }
        e->saves[i] = e->saves[--e->n_saves];
        if (job->status == SONO_OK && sono_saving_kind(job->saving) == SONO_SAVING_SOUND &&
            sono_saving_revision(job->saving) == sono_clip_revision(sono_document_clip(e->doc))) {
            sono_document_mark_saved(e->doc, sono_saving_path(job->saving));
        }
        tell_line(e, SONO_NEWS_SAVED, job->status == SONO_OK ? "" : job->error.message);
        save_unref(job);
    }
}

bool sono_editor_poll(SonoEditor *e, SonoEditorNews *news)
{
    if (e->n_news == 0 && e->opening) {
        poll_opening(e);
    }
    if (e->n_news == 0 && e->queue) {
        poll_queue(e);
    }
    if (e->n_news == 0) {
        poll_saves(e);
    }
    if (e->n_news == 0) {
        return false;
    }
    *news = e->news[0];
    e->n_news--;
    memmove(e->news, e->news + 1, e->n_news * sizeof *e->news);
    return true;
}

SonoDocument *sono_editor_document(SonoEditor *e)
{
    return e->queue ? e->doc : NULL;
}

size_t sono_editor_n_queued(const SonoEditor *e)
{
    return e->queue ? sono_edit_queue_n(e->queue) : 0;
}

SonoStatus sono_editor_push(SonoEditor *e, const SonoEdit *edit, SonoError *err)
{
    if (!e->queue) {
        return sono_fail(err, SONO_E_INVALID, "the sound is still being read");
    }
    return sono_edit_queue_push(e->queue, edit, err);
}

static void run_save(void *data, const SonoJobTicket *ticket)
{
    (void)ticket;
    SaveJob *job = data;
    job->status = sono_saving_run(job->saving, NULL, &job->error);
    atomic_store_explicit(&job->done, true, memory_order_release);
    mailbox_wake(job->mailbox);
    save_unref(job);
}

/* Only when the engine ends before the job could start. */
static void drop_save(void *data)
{
    SaveJob *job = data;
    sono_log(SONO_LOG_ERROR, "document", "%s: was not written, the program ended", sono_saving_path(job->saving));
    save_unref(job);
}

SonoStatus sono_editor_save(SonoEditor *e, SonoSavingKind kind, const char *path, SonoError *err)
{
    if (!e->queue || e->n_saves == MAX_SAVES) {
        return sono_fail(err, SONO_E_INVALID, "%s: %s", sono_short_name(path).text,
                         e->queue ? "too many files are being written" : "the sound is still being read");
    }
    SaveJob *job = sono_calloc(1, sizeof *job);
    if (!job) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to save %s", path);
    }
    atomic_init(&job->refs, 2);
    job->mailbox = mailbox_ref(e->mailbox);
    SonoStatus status = sono_saving_new(e->doc, kind, path, &job->saving, err);
    if (status == SONO_OK) {
        status =
            sono_jobs_post(sono_engine_jobs(e->engine), SONO_PRIORITY_VISIBLE, NULL, run_save, drop_save, job, err);
    }
    if (status != SONO_OK) {
        save_unref(job);
        save_unref(job);
        return status;
    }
    e->saves[e->n_saves++] = job;
    return SONO_OK;
}

const char *sono_editor_describe(const SonoEditor *e, char *buf, size_t n_bytes)
{
    if (e->queue) {
        (void)snprintf(buf, n_bytes, "ready edits=%zu queued=%zu modified=%d saving=%d",
                       sono_document_n_applied(e->doc), sono_edit_queue_n(e->queue), sono_document_is_modified(e->doc),
                       e->n_saves);
    } else {
        (void)snprintf(buf, n_bytes, "opening");
    }
    return buf;
}

bool sono_editor_is_busy(const SonoEditor *e)
{
    return e->opening || e->n_saves > 0;
}

bool sono_editor_can_undo(const SonoEditor *e)
{
    return e->queue && (sono_edit_queue_n(e->queue) > 0 || sono_document_can_undo(e->doc));
}

bool sono_editor_can_redo(const SonoEditor *e)
{
    return e->queue && sono_edit_queue_n(e->queue) == 0 && sono_document_can_redo(e->doc);
}

bool sono_editor_undo(SonoEditor *e)
{
    if (!sono_editor_can_undo(e)) {
        return false;
    }
    if (sono_edit_queue_take_back(e->queue)) {
        tell(e, (SonoEditorNews){.kind = SONO_NEWS_TAKEN_BACK});
        e->events.wake(e->events.ctx);
        return true;
    }
    return sono_document_undo(e->doc);
}

bool sono_editor_redo(SonoEditor *e)
{
    return sono_editor_can_redo(e) && sono_document_redo(e->doc);
}
