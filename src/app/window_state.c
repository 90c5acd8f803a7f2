/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window says about itself: title, commands that can be used, the state for scripts, tasks under way. */
#include "window.h"

#include <glib/gi18n.h>

#include "tip.h"

#define TASKS_MS 200
#define MAX_TASKS 8

void window_set_state(SonoWindow *w, const char *action, GVariant *state)
{
    g_autoptr(GVariant) kept = g_variant_ref_sink(state);
    GAction *a = g_action_map_lookup_action(G_ACTION_MAP(w), action);
    if (a) {
        g_simple_action_set_state(G_SIMPLE_ACTION(a), kept);
    }
}

/* What a command needs. */
enum {
    SOUND = 1,    /* something is shown */
    READY = 2,    /* the document can be edited */
    SELECTED = 4, /* something is */
    EDITABLE = 8, /* READY, and what is shown is the sound of now */
    UNDOABLE = 16,
    REDOABLE = 32,
    OPEN = 64,   /* a file was opened or is being */
    IDLE = 128,  /* no edit is being committed */
    EDITED = 256 /* an edit is in the sound */
};

static unsigned now(SonoWindow *w)
{
    const SonoScene *scene = window_scene(w);
    const SonoEditor *e = w->file.editor;
    const gboolean ready = window_document(w) != NULL;
    g_autoptr(GVariant) compare = g_action_group_get_action_state(G_ACTION_GROUP(w), "compare");
    const gboolean editable = ready && !g_variant_get_boolean(compare);
    return (sono_scene_plan(scene) ? SOUND : 0U) | (ready ? READY : 0U) | (e ? OPEN : 0U) |
           (ready && sono_editor_n_queued(e) == 0 ? IDLE : 0U) |
           (sono_selection_is_empty(sono_scene_selection(window_scene(w))) ? 0U : SELECTED) |
           (ready && sono_document_n_applied(window_document(w)) > 0 ? EDITED : 0U) | (editable ? EDITABLE : 0U) |
           (editable && sono_editor_can_undo(e) ? UNDOABLE : 0U) |
           (editable && sono_editor_can_redo(e) ? REDOABLE : 0U);
}

static void enable_commands(SonoWindow *w)
{
    static const struct {
        const char *name;
        unsigned needs;
    } commands[] = {
        {"save", READY},
        {"save-as", READY},
        {"save-to", READY},
        {"export-edits", READY},
        {"export-edits-to", READY},
        {"import-edits", EDITABLE},
        {"import-edits-from", EDITABLE},
        {"cancel-task", OPEN},
        {"undo", UNDOABLE},
        {"redo", REDOABLE},
        {"go-to", EDITABLE | IDLE},
        {"restore-from", EDITABLE | SELECTED},
        {"apply", EDITABLE | SELECTED},
        {"erase-selection", EDITABLE | SELECTED},
        {"select", SOUND},
        {"select-all", SOUND},
        {"select-none", SELECTED},
        {"select-invert", SOUND},
        {"compare", READY},
        {"play", READY},
        {"play-selection", READY | SELECTED},
        {"play-around", READY},
        {"play-delta", READY | EDITED},
        {"stop", READY},
        {"rewind", READY},
        {"seek", READY},
        {"zoom-selection", SOUND | SELECTED},
        {"show-region", SOUND},
        {"fit-contrast", SOUND},
    };
    const unsigned is = now(w);
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        GAction *action = g_action_map_lookup_action(G_ACTION_MAP(w), commands[i].name);
        g_simple_action_set_enabled(G_SIMPLE_ACTION(action), (is & commands[i].needs) == commands[i].needs);
    }
}

static void show_status(SonoWindow *w)
{
    SonoScene *scene = window_scene(w);
    SonoDocument *doc = window_document(w);
    const SonoEditor *e = w->file.editor;
    gboolean settled = FALSE;
    g_object_get(w->canvas, "settled", &settled, NULL);
    g_autoptr(GString) text = g_string_new(doc ? "ready" : e ? "opening" : "empty");
    if (doc) {
        g_string_append_printf(text, " edits=%zu queued=%zu modified=%d saving=%u", sono_document_n_applied(doc),
                               sono_editor_n_queued(e), sono_window_is_modified(w), g_queue_get_length(&w->file.saves));
    }
    settled = settled && !window_transform_is_pending(w);
    g_string_append_printf(text, " settled=%d selected=%d tool=%s channels=%d picture=%s", settled,
                           !sono_selection_is_empty(sono_scene_selection(scene)), sono_scene_tool(scene)->name,
                           sono_scene_plan(scene) ? sono_scene_view(scene)->n_channels : 0,
                           sono_scene_plan(scene) ? sono_scene_plan(scene)->transform : "none");
    window_set_state(w, "status", g_variant_new_string(text->str));
}

/* "44.1 kHz  stereo  16-bit FLAC" */
static char *describe_source(const SonoDocument *doc)
{
    const SonoAudioInfo *info = sono_document_source(doc);
    g_autofree char *channels = info->n_channels == 1   ? g_strdup(_("mono"))
                                : info->n_channels == 2 ? g_strdup(_("stereo"))
                                                        : g_strdup_printf(_("%d channels"), info->n_channels);
    g_autofree char *bits = info->bits > 0 ? g_strdup_printf(_("%d-bit "), info->bits) : g_strdup("");
    return g_strdup_printf("%.4g kHz  %s  %s%s", info->rate_hz / 1000.0, channels, bits, info->format);
}

static void show_title(SonoWindow *w)
{
    const SonoDocument *doc = window_document(w);
    const gboolean modified = sono_window_is_modified(w);
    const char *path = w->file.saved_path ? w->file.saved_path : w->file.path;
    g_autofree char *base = path ? g_filename_display_basename(path) : g_strdup("Sonobrush");
    g_autofree char *title = g_strconcat(modified ? "*" : "", base, NULL);
    g_autofree char *name = g_strconcat(modified ? "● " : "", base, NULL);
    g_autofree char *info = doc ? describe_source(doc) : g_strdup(w->file.editor ? _("opening …") : "");
    if (g_strcmp0(gtk_window_get_title(GTK_WINDOW(w)), title) != 0) {
        gtk_window_set_title(GTK_WINDOW(w), title);
    }
    gtk_label_set_text(GTK_LABEL(w->name), name);
    tip_set(w->name, path);
    gtk_label_set_text(GTK_LABEL(w->info), info);
    gtk_widget_set_visible(w->info, info[0] != '\0');
    gtk_widget_set_visible(w->welcome, !w->file.editor && !sono_scene_plan(window_scene(w)));
}

static gboolean show_tasks(gpointer data)
{
    SonoWindow *w = data;
    SonoEditorTask tasks[MAX_TASKS] = {0};
    const gsize n = w->file.editor ? sono_editor_tasks(w->file.editor, tasks, MAX_TASKS) : 0;
    sono_toasts_set_tasks(w->toasts, tasks, MIN(n, MAX_TASKS));
    if (n == 0) {
        w->tasks_source = 0;
    }
    return n > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void watch_tasks(SonoWindow *w)
{
    if (w->tasks_source == 0 && w->file.editor && sono_editor_is_busy(w->file.editor)) {
        w->tasks_source = g_timeout_add(TASKS_MS, show_tasks, w);
    }
}

void window_update(SonoWindow *w)
{
    if (w->canvas) { /* not disposed */
        show_title(w);
        enable_commands(w);
        show_status(w);
        watch_tasks(w);
    }
}

gboolean sono_window_is_modified(SonoWindow *w)
{
    const SonoDocument *doc = window_document(w);
    return doc && (sono_document_is_modified(doc) || sono_editor_n_queued(w->file.editor) > 0);
}
