/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file being edited, and the news of it in order. */
#include "editor_private.h"

#include "sono_clock.h"
#include "sono_log.h"
#include "sono_mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sound that is still being read and has no first picture: a new one redraws what has grown. */
#define SOUND_EVERY_S 0.4

static void item_clear(EditorItem *item)
{
    sono_clip_unref(item->clip);
    free(item->path);
}

void editor_tell(SonoEditor *e, EditorItem item)
{
    if (e->first_item + e->n_items == e->cap_items) {
        if (e->first_item > e->n_items) {
            memcpy(e->items, e->items + e->first_item, e->n_items * sizeof *e->items);
            e->first_item = 0;
        } else {
            const size_t cap = e->cap_items ? 2 * e->cap_items : 8;
            EditorItem *more = sono_realloc_array(e->items, cap, sizeof *more);
            if (!more) {
                sono_log(SONO_LOG_ERROR, "document", "no memory to show what has changed");
                item_clear(&item);
                return;
            }
            e->items = more;
            e->cap_items = cap;
        }
    }
    e->items[e->first_item + e->n_items++] = item;
}

void editor_tell_line(SonoEditor *e, SonoEditorNewsKind kind, const char *line)
{
    EditorItem item = {.kind = kind};
    (void)snprintf(item.line, sizeof item.line, "%s", line);
    editor_tell(e, item);
}

void editor_wake(SonoEditor *e)
{
    e->events.wake(e->events.ctx);
}

static void tell_sound(SonoEditor *e, const SonoClip *clip, SonoSpan dirty)
{
    const double rate_hz = sono_clip_rate_hz(clip);
    editor_tell(e, (EditorItem){.kind = SONO_NEWS_SOUND,
                                .rate_hz = rate_hz,
                                .end_s = (double)sono_clip_n_frames(clip) / rate_hz,
                                .n_channels = sono_clip_n_channels(clip),
                                .clip = sono_clip_ref(clip),
                                .parent_revision = e->revision,
                                .dirty = dirty});
    e->revision = sono_clip_revision(clip);
    e->n_frames = sono_clip_n_frames(clip);
    e->sound_at_s = sono_now_s();
}

static void on_document_changed(void *ctx, SonoDocument *doc, const SonoChange *change)
{
    SonoEditor *e = ctx;
    if (change->kind == SONO_CHANGE_CLIP) {
        tell_sound(e, sono_document_clip(doc), change->dirty);
    } else {
        editor_tell(e, (EditorItem){.kind = SONO_NEWS_CHANGED});
    }
    editor_wake(e);
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
    e->opening_id = 1;
    e->next_task_id = 2;
    e->opened_at_s = sono_now_s();
    e->fraction = -1.0;
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
    editor_saves_leave(e);
    editor_imports_leave(e);
    mailbox_unref(e->mailbox);
    for (size_t i = 0; i < e->n_items; i++) {
        item_clear(&e->items[e->first_item + i]);
    }
    sono_free(e->items);
    sono_free(e);
}

static SonoStatus start_document(SonoEditor *e, const SonoOpeningNews *news, SonoError *err)
{
    SonoStatus status = sono_document_new(sono_opening_real_path(e->opening), news->clip, &news->info, &e->doc, err);
    if (status == SONO_OK) {
        status = sono_edit_queue_new(e->engine, e->doc, e->events.wake, e->events.ctx, &e->queue, err);
    }
    if (status == SONO_OK) {
        status = sono_document_observe(e->doc, on_document_changed, e, err);
    }
    return status;
}

/* What has been read so far. Where a first picture shows the whole, parts of the sound would only cut holes into it. */
static void tell_grown(SonoEditor *e, const SonoOpeningNews *news, bool has_picture)
{
    const double rate_hz = sono_clip_rate_hz(news->clip);
    const int64_t claimed = news->has_info ? news->info.n_frames_claimed : -1;
    editor_tell(e, (EditorItem){.kind = SONO_NEWS_GROWN,
                                .rate_hz = rate_hz,
                                .end_s = claimed > 0 ? (double)claimed / rate_hz : 0.0,
                                .n_channels = sono_clip_n_channels(news->clip),
                                .clip = sono_clip_ref(news->clip)});
    if (!has_picture && sono_now_s() - e->sound_at_s >= SOUND_EVERY_S) {
        tell_sound(e, news->clip, (SonoSpan){e->n_frames, sono_clip_n_frames(news->clip) - e->n_frames});
    }
}

static void finish_opening(SonoEditor *e, const SonoOpeningNews *news)
{
    SonoError err = {0};
    if (news->status != SONO_OK) {
        editor_tell_line(e, SONO_NEWS_FAILED, news->error.message);
    } else if (start_document(e, news, &err) != SONO_OK) {
        editor_tell_line(e, SONO_NEWS_FAILED, err.message);
    } else {
        tell_sound(e, news->clip, (SonoSpan){e->n_frames, sono_clip_n_frames(news->clip) - e->n_frames});
        editor_tell_line(e, SONO_NEWS_READY, news->report.warning);
    }
    sono_opening_close(e->opening);
    e->opening = NULL;
}

static void poll_opening(SonoEditor *e)
{
    SonoOpeningNews news = {0};
    sono_opening_poll(e->opening, &news);
    e->fraction = news.fraction;
    const bool has_picture = news.has_info && news.info.seekable && news.info.n_frames_claimed > 0;
    if (has_picture && !e->length_told && !news.finished) {
        e->length_told = true;
        editor_tell(e, (EditorItem){.kind = SONO_NEWS_LENGTH,
                                    .rate_hz = news.info.rate_hz,
                                    .n_channels = news.info.n_channels,
                                    .end_s = (double)news.info.n_frames_claimed / news.info.rate_hz});
    }
    if (news.finished) {
        finish_opening(e, &news);
    } else if (news.clip) {
        tell_grown(e, &news, has_picture);
    }
    sono_clip_unref(news.clip);
}

static void poll_all(SonoEditor *e)
{
    if (e->opening) {
        poll_opening(e);
    }
    if (e->n_items == 0 && e->queue) {
        editor_edits_poll(e);
    }
    if (e->n_items == 0) {
        editor_imports_poll(e);
    }
    if (e->n_items == 0) {
        editor_saves_poll(e);
    }
}

bool sono_editor_poll(SonoEditor *e, SonoEditorNews *news)
{
    if (e->n_items == 0) {
        poll_all(e);
    }
    if (e->n_items == 0) {
        return false;
    }
    EditorItem *item = &e->items[e->first_item++];
    e->n_items--;
    e->first_item = e->n_items > 0 ? e->first_item : 0;
    *news = (SonoEditorNews){.kind = item->kind,
                             .rate_hz = item->rate_hz,
                             .end_s = item->end_s,
                             .n_channels = item->n_channels,
                             .clip = item->clip,
                             .parent_revision = item->parent_revision,
                             .dirty = item->dirty,
                             .n_edits = item->n_edits,
                             .n_unchanged = item->n_unchanged};
    memcpy(news->line, item->line, sizeof news->line);
    if (item->path) {
        (void)snprintf(news->path, sizeof news->path, "%s", item->path);
        free(item->path);
    }
    return true;
}

size_t sono_editor_tasks(const SonoEditor *e, SonoEditorTask *tasks, size_t max)
{
    if (!e->opening) {
        const size_t n = editor_edits_task(e, tasks, max);
        return n + editor_saves_tasks(e, tasks + (n < max ? n : max), max - (n < max ? n : max));
    }
    if (max > 0) { /* nothing is written before the file is read */
        const char *path = sono_opening_path(e->opening);
        const char *slash = strrchr(path, '/');
        tasks[0] = (SonoEditorTask){.id = e->opening_id, .fraction = e->fraction, .since_s = e->opened_at_s};
        (void)snprintf(tasks[0].title, sizeof tasks[0].title, "Opening %s", slash ? slash + 1 : path);
    }
    return 1;
}

void sono_editor_cancel(SonoEditor *e, int id)
{
    if (e->opening && id == e->opening_id) {
        sono_opening_close(e->opening);
        e->opening = NULL;
        editor_tell_line(e, SONO_NEWS_FAILED, "");
        editor_wake(e);
    } else if (!editor_edits_cancel(e, id)) {
        (void)editor_saves_cancel(e, id);
    }
}

SonoDocument *sono_editor_document(SonoEditor *e)
{
    return e->queue ? e->doc : NULL;
}

SonoStatus sono_editor_go_to(SonoEditor *e, size_t n_edits, SonoError *err)
{
    if (!e->queue) {
        return sono_fail(err, SONO_E_INVALID, "the sound is still being read");
    }
    if (n_edits > sono_document_n_edits(e->doc)) {
        return sono_fail(err, SONO_E_INVALID, "the history holds %zu edits, not %zu", sono_document_n_edits(e->doc),
                         n_edits);
    }
    if (sono_edit_queue_n(e->queue) > 0) {
        return sono_fail(err, SONO_E_INVALID, "edits are still being computed");
    }
    return sono_document_go_to(e->doc, n_edits, err);
}

const char *sono_editor_describe(const SonoEditor *e, char *buf, size_t n_bytes)
{
    if (e->queue) {
        (void)snprintf(buf, n_bytes, "ready edits=%zu queued=%zu modified=%d saving=%d",
                       sono_document_n_applied(e->doc), sono_edit_queue_n(e->queue), sono_document_is_modified(e->doc),
                       editor_saves_n(e));
    } else {
        (void)snprintf(buf, n_bytes, "opening");
    }
    return buf;
}

bool sono_editor_is_busy(const SonoEditor *e)
{
    return e->opening || e->edits_id || e->saves || e->imports;
}
