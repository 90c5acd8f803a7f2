/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The editor's news, from the file to the scene, the panels and the user. */
#include "window.h"

#include <glib/gi18n.h>
#include <math.h>

#include "application.h"
#include "sono_recent.h"

static void show_sound(SonoWindow *w, const SonoEditorNews *news)
{
    SonoError err = {0};
    const gint64 n_frames = news->clip ? sono_clip_n_frames(news->clip) : llround(news->end_s * news->rate_hz);
    const SonoPlan *plan = window_transform_plan(w, news->rate_hz, n_frames, &err);
    if (!plan || sono_scene_set_sound(window_scene(w), plan, news->clip, news->n_channels, news->end_s,
                                      news->parent_revision, news->dirty, &err) != SONO_OK) {
        sono_window_tell(w, err.message, TRUE);
    }
}

static gboolean on_news(gpointer data)
{
    SonoWindow *w = data;
    g_atomic_int_set(&w->file.wake_pending, 0);
    window_hear(w);
    return G_SOURCE_REMOVE;
}

/* Any thread. */
static void wake(void *ctx)
{
    SonoWindow *w = ctx;
    if (g_atomic_int_compare_and_exchange(&w->file.wake_pending, 0, 1)) {
        g_idle_add_full(G_PRIORITY_DEFAULT, on_news, g_object_ref(w), g_object_unref);
    }
}

static void start_recovery(SonoWindow *w)
{
    SonoError err = {0};
    const char *path = sono_document_path(window_document(w));
    if (sono_recovery_new(w->engine, NULL, path, &w->file.recovery, &err) != SONO_OK ||
        (w->file.later_of &&
         sono_recovery_adopt(w->file.recovery, w->file.later_of, w->file.later.n_edits, &err) != SONO_OK)) {
        sono_window_tell(w, err.message, TRUE);
    }
    if (w->file.recovery) {
        sono_recovery_watch(w->file.recovery, wake, w);
    }
}

/* After every change of the history. */
static void keep_edits(SonoWindow *w)
{
    const SonoDocument *doc = window_document(w);
    if (w->file.recovery && doc) {
        sono_recovery_update(w->file.recovery, doc);
    }
}

gboolean window_queue(SonoWindow *w, const SonoEdit *edit)
{
    SonoError err = {0};
    if (sono_editor_push(w->file.editor, edit, &err) != SONO_OK ||
        sono_scene_queue(window_scene(w), edit, &err) != SONO_OK) {
        sono_window_tell(w, err.message, TRUE);
        return FALSE;
    }
    return TRUE;
}

void window_commit(SonoWindow *w, const SonoEdit *edit)
{
    SonoError err = {0};
    SonoEdit with = *edit;
    window_transform_edit(w, &with);
    if (!w->file.editor || sono_editor_push(w->file.editor, &with, &err) != SONO_OK) {
        sono_strokes_drop_newest(sono_scene_strokes(window_scene(w)));
        sono_window_tell(w, err.message, TRUE);
    }
    window_refresh(w);
}

static void on_ready(SonoWindow *w)
{
    start_recovery(w);
    sono_recent_add(w->file.path);
    for (gsize i = 0; i < w->file.later.n_edits && window_queue(w, &w->file.later.edits[i]); i++) {
    }
    sono_edit_script_clear(&w->file.later);
    gtk_widget_grab_focus(GTK_WIDGET(w->canvas));
}

/* The window is as empty as a new one: parts of the sound may have been shown already. */
static void on_failed(SonoWindow *w)
{
    g_clear_pointer(&w->file.editor, sono_editor_close);
    g_clear_pointer(&w->file.path, g_free);
    g_clear_pointer(&w->file.later_of, g_free);
    sono_edit_script_clear(&w->file.later);
    window_transform_forget_sound(w);
    sono_scene_forget_sound(window_scene(w));
    sono_stage_set_waveform(w->stage, NULL, 0.0);
}

/* The edits queued last are the imported ones; the strokes hear of them in the same order. */
static void on_imported(SonoWindow *w, const SonoEditorNews *news)
{
    SonoError err = {0};
    const gsize n = sono_editor_n_queued(w->file.editor);
    for (gsize i = n - MIN(n, news->n_edits); i < n; i++) {
        if (sono_scene_queue(window_scene(w), sono_editor_queued_edit(w->file.editor, i), &err) != SONO_OK) {
            sono_window_tell(w, err.message, TRUE);
        }
    }
}

/* Nothing to tell when all of them were taken back, or failed, which was told already. */
static void on_import_ended(SonoWindow *w, const SonoEditorNews *news)
{
    g_autofree char *name = g_filename_display_basename(news->path);
    g_autoptr(GString) line = g_string_new(NULL);
    if (news->n_edits > 0) {
        g_string_printf(line, ngettext("Imported %zu edit of %s", "Imported %zu edits of %s", news->n_edits),
                        news->n_edits, name);
    }
    if (news->n_edits > 0 && news->n_unchanged > 0) {
        /* TRANSLATORS: follows "Imported 3 edits of song.json"; %zu other edits do nothing to this sound */
        g_string_append_printf(line,
                               ngettext("; %zu more changes nothing", "; %zu more change nothing", news->n_unchanged),
                               news->n_unchanged);
    } else if (news->n_unchanged > 0) {
        g_string_printf(line,
                        ngettext("%zu edit of %s changes nothing", "%zu edits of %s change nothing", news->n_unchanged),
                        news->n_unchanged, name);
    }
    if (line->len > 0) {
        sono_window_tell(w, line->str, FALSE);
    }
}

/* The strokes are told what became of the oldest or newest edit that is being committed. */
static void tell_strokes(SonoWindow *w, SonoEditorNewsKind kind)
{
    SonoStrokes *strokes = sono_scene_strokes(window_scene(w));
    if (kind == SONO_NEWS_COMMITTED) {
        sono_strokes_committed(strokes);
    } else if (kind == SONO_NEWS_DROPPED) {
        sono_strokes_drop_oldest(strokes);
    } else if (kind == SONO_NEWS_TAKEN_BACK) {
        sono_strokes_drop_newest(strokes);
    }
}

static void hear(SonoWindow *w, const SonoEditorNews *news)
{
    tell_strokes(w, news->kind);
    switch (news->kind) {
    case SONO_NEWS_LENGTH:
        show_sound(w, news);
        break;
    case SONO_NEWS_GROWN:
        sono_stage_set_waveform(w->stage, news->clip, news->end_s);
        break;
    case SONO_NEWS_SOUND:
        show_sound(w, news);
        sono_stage_set_waveform(w->stage, news->clip, news->end_s);
        break;
    case SONO_NEWS_READY:
        on_ready(w);
        break;
    case SONO_NEWS_FAILED:
        on_failed(w);
        break;
    case SONO_NEWS_SAVED:
        window_saved(w, news);
        keep_edits(w);
        break;
    case SONO_NEWS_IMPORTED:
        on_imported(w, news);
        break;
    case SONO_NEWS_IMPORT_ENDED:
        on_import_ended(w, news);
        break;
    case SONO_NEWS_COMMITTED:
    case SONO_NEWS_CHANGED:
        keep_edits(w);
        break;
    case SONO_NEWS_DROPPED:
    case SONO_NEWS_TAKEN_BACK:
        break;
    }
    const gboolean told_elsewhere =
        news->kind == SONO_NEWS_FAILED && news->line[0] && /* cancelled: it stays, for another file */
        sono_application_take_failure(gtk_window_get_application(GTK_WINDOW(w)), w, news->line);
    window_listen_hear(w, news);
    if (news->line[0] && !told_elsewhere) {
        sono_window_tell(w, news->line, TRUE);
    }
    sono_clip_unref(news->clip);
}

void window_hear(SonoWindow *w)
{
    SonoError err = {0};
    g_autoptr(SonoWindow) self = g_object_ref(w); /* what is heard may close it */
    SonoEditorNews news = {0};
    while (w->file.editor && sono_editor_poll(w->file.editor, &news)) {
        hear(w, &news);
    }
    if (w->file.recovery && sono_recovery_take_error(w->file.recovery, &err)) {
        g_autofree char *line = g_strdup_printf(_("A crash now would lose edits: %s"), err.message);
        sono_window_tell(w, line, TRUE);
    }
    if (w->canvas) { /* not disposed */
        sono_inspector_show_document(w->inspector, window_document(w));
        window_save_next(w);
        window_refresh(w);
    }
}

/* Loading thread. Without a first picture the sound's own tiles come first. */
static void on_opened(void *ctx, SonoDecoder *dec, const SonoAudioInfo *info, const SonoJobTicket *ticket)
{
    SonoWindow *w = ctx;
    SonoPlan *plan = window_transform_opened(w, info->rate_hz, info->n_frames_claimed);
    if (info->seekable && plan) {
        const SonoPcmReader reader = sono_decoder_reader(dec);
        SonoViewState like = w->file.like;
        like.n_channels = info->n_channels;
        (void)sono_first_picture(w->file.feed, w->engine, sono_transform_find(plan->transform), &plan->params, &reader,
                                 like, ticket, NULL);
    }
    sono_plan_unref(plan);
}

void window_start(SonoWindow *w, const char *path)
{
    SonoError err = {0};
    const SonoOpeningEvents events = {w, wake, on_opened};
    window_transform_opening(w);
    w->file.like = *sono_scene_view(window_scene(w));
    w->file.like.width_px = MAX(w->file.like.width_px, 1024.0); /* not laid out yet: as good as any */
    w->file.like.height_px = MAX(w->file.like.height_px, 512.0);
    w->file.feed = sono_scene_feed(window_scene(w));
    w->file.path = g_canonicalize_filename(path, NULL);
    if (sono_editor_open(w->engine, w->store, path, &events, &w->file.editor, &err) != SONO_OK) {
        on_failed(w);
        sono_window_tell(w, err.message, TRUE);
    }
    window_update(w);
}
