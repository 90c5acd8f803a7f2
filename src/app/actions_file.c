/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands on files. */
#include "window.h"

#include "sono_dialogs.h"

static void save(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoWindow *w = data;
    if (w->file.saved_path) {
        window_save(w, SONO_SAVING_SOUND, w->file.saved_path);
    } else {
        window_save_as(w, SONO_SAVING_SOUND);
    }
}

static void save_as(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    window_save_as(data, SONO_SAVING_SOUND);
}

static void save_to(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    window_save(data, SONO_SAVING_SOUND, g_variant_get_string(parameter, NULL));
}

static void export_edits(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    window_save_as(data, SONO_SAVING_EDITS);
}

static void export_edits_to(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    window_save(data, SONO_SAVING_EDITS, g_variant_get_string(parameter, NULL));
}

static void import_from(GtkWindow *parent, const char *path, gpointer data)
{
    SonoError err = {0};
    SonoWindow *w = SONO_WINDOW(parent);
    if (path && w->file.editor && sono_editor_import(w->file.editor, path, &err) != SONO_OK) {
        sono_window_tell(w, err.message, TRUE);
    }
    window_update(w);
}

static void import_edits(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoWindow *w = data;
    sono_dialog_open_edits(GTK_WINDOW(w), w->settings, import_from, NULL);
}

static void import_edits_from(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    import_from(data, g_variant_get_string(parameter, NULL), NULL);
}

static void cancel_task(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    sono_editor_cancel(SONO_WINDOW(data)->file.editor, g_variant_get_int32(parameter));
    window_hear(data);
}

static void close_window(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    gtk_window_close(GTK_WINDOW(data));
}

void window_add_file_actions(SonoWindow *w)
{
    static const GActionEntry entries[] = {
        {.name = "save", .activate = save},
        {.name = "save-as", .activate = save_as},
        {.name = "save-to", .activate = save_to, .parameter_type = "s"},
        {.name = "export-edits", .activate = export_edits},
        {.name = "export-edits-to", .activate = export_edits_to, .parameter_type = "s"},
        {.name = "import-edits", .activate = import_edits},
        {.name = "import-edits-from", .activate = import_edits_from, .parameter_type = "s"},
        {.name = "cancel-task", .activate = cancel_task, .parameter_type = "i"},
        {.name = "close", .activate = close_window},
    };
    g_action_map_add_action_entries(G_ACTION_MAP(w), entries, G_N_ELEMENTS(entries), w);
}
