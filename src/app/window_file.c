/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing files, and closing without losing anything. */
#include "window.h"

#include <glib/gi18n.h>

#include "application.h"
#include "sono_dialogs.h"

/* The window does not close after all, and if the program was to end it does not either. */
static void stay(SonoWindow *w)
{
    if (w->file.closing != CLOSING_NOT) {
        w->file.closing = CLOSING_NOT;
        sono_application_stay(gtk_window_get_application(GTK_WINDOW(w)));
    }
}

static WindowSave *save_new(SonoSavingKind kind, const char *path)
{
    WindowSave *save = g_new0(WindowSave, 1);
    save->kind = kind;
    save->path = g_strdup(path);
    return save;
}

static void save_free(gpointer data)
{
    WindowSave *save = data;
    g_free(save->path);
    g_free(save);
}

void window_save(SonoWindow *w, SonoSavingKind kind, const char *path)
{
    if (window_document(w)) {
        g_queue_push_tail(&w->file.saves, save_new(kind, path));
        window_save_next(w);
        window_update(w);
    }
}

void window_save_next(SonoWindow *w)
{
    SonoError err = {0};
    while (w->file.editor && !w->file.saving && !g_queue_is_empty(&w->file.saves) &&
           sono_editor_n_queued(w->file.editor) == 0) {
        const WindowSave *next = g_queue_peek_head(&w->file.saves);
        w->file.saving = sono_editor_save(w->file.editor, next->kind, next->path, &err) == SONO_OK;
        if (!w->file.saving) {
            sono_window_tell(w, err.message, TRUE);
            save_free(g_queue_pop_head(&w->file.saves));
            stay(w);
        }
    }
}

void window_saved(SonoWindow *w, const SonoEditorNews *news)
{
    WindowSave *save = g_queue_pop_head(&w->file.saves);
    const gboolean well = news->path[0] != '\0' && news->line[0] == '\0';
    w->file.saving = FALSE;
    if (save && well) {
        const gboolean sound = save->kind == SONO_SAVING_SOUND;
        g_autofree char *name = g_filename_display_basename(save->path);
        g_autofree char *line = g_strdup_printf(sound ? _("Saved %s") : _("Exported edits to %s"), name);
        sono_window_tell(w, line, FALSE);
        if (sound) {
            g_free(w->file.saved_path);
            w->file.saved_path = g_strdup(save->path);
        }
    }
    if (w->file.closing == CLOSING_WHEN_SAVED && well) {
        w->file.closing = CLOSING_NOT;
        gtk_window_close(GTK_WINDOW(w)); /* asks again if there are changes since */
    } else if (!well) {
        stay(w);
    }
    if (save) {
        save_free(save);
    }
}

/* "song.wav" -> "song edited.wav", "song edits.json"; where it was saved before stays. */
static char *suggest(SonoWindow *w, SonoSavingKind kind)
{
    const char *path = w->file.saved_path ? w->file.saved_path : w->file.path;
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const char *dot = strrchr(base, '.');
    g_autofree char *stem = g_strndup(path, dot && dot > base ? (gsize)(dot - path) : strlen(path));
    if (kind == SONO_SAVING_EDITS) {
        return g_strconcat(stem, _(" edits"), ".json", NULL);
    }
    return w->file.saved_path ? g_strdup(path) : g_strconcat(stem, _(" edited"), dot && dot > base ? dot : "", NULL);
}

static void on_path(GtkWindow *parent, const char *path, gpointer data)
{
    SonoWindow *w = SONO_WINDOW(parent);
    if (path) {
        window_save(w, (SonoSavingKind)GPOINTER_TO_INT(data), path);
    } else {
        stay(w);
    }
}

void window_save_as(SonoWindow *w, SonoSavingKind kind)
{
    g_autofree char *suggested = suggest(w, kind);
    (kind == SONO_SAVING_EDITS ? sono_dialog_save_edits : sono_dialog_save_sound)(GTK_WINDOW(w), w->settings, suggested,
                                                                                  on_path, GINT_TO_POINTER((int)kind));
}

static void on_answer(GtkWindow *parent, SonoUnsavedAnswer answer, gpointer data)
{
    SonoWindow *w = SONO_WINDOW(parent);
    w->file.closing = CLOSING_NOT;
    if (answer == SONO_UNSAVED_DISCARD) {
        w->file.closing = CLOSING_NOW;
        gtk_window_close(parent);
    } else if (answer == SONO_UNSAVED_SAVE) {
        w->file.closing = CLOSING_WHEN_SAVED;
        if (w->file.saved_path) {
            window_save(w, SONO_SAVING_SOUND, w->file.saved_path);
        } else {
            window_save_as(w, SONO_SAVING_SOUND);
        }
    }
}

/* The size of the window, for the next one. */
static void remember_size(SonoWindow *w)
{
    int width = 0;
    int height = 0;
    const gboolean maximized = gtk_window_is_maximized(GTK_WINDOW(w)) || gtk_window_is_fullscreen(GTK_WINDOW(w));
    gtk_window_get_default_size(GTK_WINDOW(w), &width, &height); /* what it is without being maximized */
    g_object_set(w->settings, "window-maximized", maximized, NULL);
    if (width > 0 && height > 0) {
        g_object_set(w->settings, "window-width", width, "window-height", height, NULL);
    }
    const int inspector = gtk_widget_get_width(GTK_WIDGET(w->inspector));
    if (gtk_widget_get_mapped(GTK_WIDGET(w->inspector)) && inspector > 0) { /* 0: closed before it was laid out */
        g_object_set(w->settings, "inspector-width", inspector, NULL);
    }
}

gboolean window_on_close_request(SonoWindow *w)
{
    if (w->file.closing == CLOSING_ASKS || w->file.closing == CLOSING_WHEN_SAVED) {
        return TRUE;
    }
    if (w->file.closing == CLOSING_NOT && !g_queue_is_empty(&w->file.saves)) {
        w->file.closing = CLOSING_WHEN_SAVED;
        return TRUE;
    }
    if (w->file.closing == CLOSING_NOT && sono_window_is_modified(w)) {
        g_autofree char *name = g_filename_display_basename(w->file.saved_path ? w->file.saved_path : w->file.path);
        w->file.closing = CLOSING_ASKS;
        sono_dialog_unsaved(GTK_WINDOW(w), name, on_answer, NULL);
        return TRUE;
    }
    w->file.closing = CLOSING_NOW;
    remember_size(w);
    return FALSE;
}

void window_close_file(SonoWindow *w)
{
    /* the edits of a window that nobody closed (the program is being ended) are kept */
    const gboolean keep = w->file.closing != CLOSING_NOW && sono_window_is_modified(w);
    g_clear_pointer(&w->file.editor, sono_editor_close);
    if (w->file.recovery) {
        sono_recovery_close(w->file.recovery, keep);
        w->file.recovery = NULL;
    }
    sono_edit_script_clear(&w->file.later);
    g_queue_clear_full(&w->file.saves, save_free);
    g_clear_pointer(&w->file.later_of, g_free);
    g_clear_pointer(&w->file.path, g_free);
    g_clear_pointer(&w->file.saved_path, g_free);
}
