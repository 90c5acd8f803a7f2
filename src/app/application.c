/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sonobrush [FILE...]: engine and sound store for all windows, one window for each file, accelerators. */
#include "sono_app.h"

typedef struct App {
    SonoEngine *engine;
    SonoPcmStore *store;
} App;

static void on_startup(GtkApplication *gtk, App *app)
{
    static const char *const accels[][2] = {
        {"win.undo", "<Control>z"},
        {"win.redo", "<Control><Shift>z"},
        {"win.save-as", "<Control><Shift>s"},
        {"win.export-edits", "<Control>e"},
        {"win.zoom-in", "<Control>plus"},
        {"win.zoom-out", "<Control>minus"},
        {"win.zoom-fit", "<Control>0"},
        {"win.zoom-in-freq", "<Control><Shift>Up"},
        {"win.zoom-out-freq", "<Control><Shift>Down"},
        {"app.open", "<Control>o"},
        {"app.quit", "<Control>q"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(accels); i++) {
        gtk_application_set_accels_for_action(gtk, accels[i][0], (const char *[]){accels[i][1], NULL});
    }
    SonoError err = {0};
    if (sono_engine_new(NULL, 0, &app->engine, &err) != SONO_OK ||
        sono_pcm_store_new(0, NULL, &app->store, &err) != SONO_OK) {
        g_printerr("sonobrush: %s\n", err.message);
        exit(1);
    }
}

static void open_path(GtkApplication *gtk, App *app, const char *path)
{
    GtkWindow *active = gtk_application_get_active_window(gtk);
    SonoWindow *window = SONO_IS_WINDOW(active) && sono_window_is_empty(SONO_WINDOW(active))
                             ? SONO_WINDOW(active)
                             : sono_window_new(gtk, app->engine, app->store, NULL);
    gtk_window_present(GTK_WINDOW(window));
    if (path) {
        sono_window_open(window, path);
    }
}

static void on_activate(GtkApplication *gtk, App *app)
{
    open_path(gtk, app, NULL);
}

static void on_open(GtkApplication *gtk, GFile **files, int n, const char *hint, App *app)
{
    for (int i = 0; i < n; i++) {
        g_autofree char *path = g_file_get_path(files[i]);
        open_path(gtk, app, path ? path : g_file_peek_path(files[i]));
    }
}

static void on_chosen(GtkNativeDialog *dialog, int response, GApplication *gtk)
{
    g_autoptr(GFile) file =
        response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog)) : NULL;
    if (file) {
        g_application_open(gtk, &file, 1, "");
    }
    g_object_unref(dialog);
}

static void on_action_open(GSimpleAction *action, GVariant *parameter, gpointer gtk)
{
    GtkFileChooserNative *dialog = gtk_file_chooser_native_new("Open a Sound", gtk_application_get_active_window(gtk),
                                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
    g_signal_connect(dialog, "response", G_CALLBACK(on_chosen), gtk);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

static void on_action_quit(GSimpleAction *action, GVariant *parameter, gpointer gtk)
{
    g_application_quit(gtk);
}

static void on_shutdown(GtkApplication *gtk, App *app)
{
    for (GList *w = gtk_application_get_windows(gtk); w; w = gtk_application_get_windows(gtk)) {
        gtk_window_destroy(GTK_WINDOW(w->data));
    }
    sono_engine_free(app->engine); /* waits for the jobs */
    sono_pcm_store_unref(app->store);
    *app = (App){0};
}

int main(int argc, char **argv)
{
    static const GActionEntry actions[] = {{.name = "open", .activate = on_action_open},
                                           {.name = "quit", .activate = on_action_quit}};
    g_autoptr(GtkApplication) gtk = gtk_application_new(SONO_APP_ID, G_APPLICATION_HANDLES_OPEN);
    App app = {0};
    g_action_map_add_action_entries(G_ACTION_MAP(gtk), actions, G_N_ELEMENTS(actions), gtk);
    g_signal_connect(gtk, "startup", G_CALLBACK(on_startup), &app);
    g_signal_connect(gtk, "activate", G_CALLBACK(on_activate), &app);
    g_signal_connect(gtk, "open", G_CALLBACK(on_open), &app);
    g_signal_connect(gtk, "shutdown", G_CALLBACK(on_shutdown), &app);
    return g_application_run(G_APPLICATION(gtk), argc, argv);
}
