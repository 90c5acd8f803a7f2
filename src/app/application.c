/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application: command line, windows, app. actions, quitting. */
#include "application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "recovery_offer.h"
#include "sono_assets_resources.h"
#include "sono_dialogs.h"
#include "sono_recent.h"
#include "sono_software_gl.h"
#include "sono_watchdog.h"

#define OFFER_DELAY_MS 400 /* the first window and its sound come first */

struct _SonoApplication {
    GtkApplication parent_instance;
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoSettings *settings;
    SonoSpeaker *speaker;
    GtkWindow *preferences; /* weak */
    GtkWindow *quit_asks;   /* weak: quitting, and this window asks about its changes */
    GStrvBuilder *given;    /* paths, until lost edits have been offered */
    guint offer_timer;
    guint signal_sources[3];
};

G_DEFINE_FINAL_TYPE(SonoApplication, sono_application, GTK_TYPE_APPLICATION)

SonoSettings *sono_application_settings(SonoApplication *app)
{
    return app->settings;
}

/* ---- windows ---- */

static void remember_path(SonoWindow *window, const char *path)
{
    g_object_set_data_full(G_OBJECT(window), "opened-path", g_strdup(path), g_free);
}

/* The file a window shows, or is about to. */
static const char *path_of(SonoWindow *window)
{
    const char *path = sono_window_path(window);
    return path ? path : g_object_get_data(G_OBJECT(window), "opened-path");
}

GtkWindow *sono_application_active(SonoApplication *app)
{
    for (GList *w = gtk_application_get_windows(GTK_APPLICATION(app)); w; w = w->next) {
        if (SONO_IS_WINDOW(w->data)) {
            return w->data;
        }
    }
    return NULL;
}

SonoWindow *sono_application_find(SonoApplication *app, const char *path)
{
    g_autofree char *wanted = g_canonicalize_filename(path, NULL);
    for (GList *w = gtk_application_get_windows(GTK_APPLICATION(app)); w; w = w->next) {
        const char *shown =
            SONO_IS_WINDOW(w->data) && !sono_window_is_empty(w->data) ? path_of(SONO_WINDOW(w->data)) : NULL;
        g_autofree char *full = shown ? g_canonicalize_filename(shown, NULL) : NULL;
        if (g_strcmp0(full, wanted) == 0) {
            return w->data;
        }
    }
    return NULL;
}

static SonoWindow *new_window(SonoApplication *app)
{
    return sono_window_new(GTK_APPLICATION(app), app->engine, app->store, app->settings, app->speaker);
}

/* preferred (or NULL) is used if it is empty. */
static void open_in(SonoApplication *app, GtkWindow *preferred, const char *path, SonoEditScript *edits,
                    const char *lost_file)
{
    SonoWindow *window = edits ? NULL : sono_application_find(app, path);
    if (window) {
        gtk_window_present(GTK_WINDOW(window));
        return;
    }
    const gboolean is_empty = SONO_IS_WINDOW(preferred) && sono_window_is_empty(SONO_WINDOW(preferred));
    window = is_empty ? SONO_WINDOW(preferred) : new_window(app);
    g_object_set_data(G_OBJECT(window), "made-for-file", GINT_TO_POINTER(!is_empty));
    remember_path(window, path);
    gtk_window_present(GTK_WINDOW(window));
    if (edits) {
        sono_window_open_with_edits(window, path, edits, lost_file);
    } else {
        sono_window_open(window, path);
        sono_recovery_offer_for(app, path);
    }
}

gboolean sono_application_take_failure(GtkApplication *app, SonoWindow *window, const char *line)
{
    if (!SONO_IS_APPLICATION(app) || !g_object_get_data(G_OBJECT(window), "made-for-file")) {
        return FALSE;
    }
    for (GList *w = gtk_application_get_windows(app); w; w = w->next) {
        if (SONO_IS_WINDOW(w->data) && w->data != window) {
            GtkWindow *other = w->data;
            gtk_window_close(GTK_WINDOW(window)); /* w is gone now */
            sono_window_tell(SONO_WINDOW(other), line, TRUE);
            gtk_window_present(other);
            return TRUE;
        }
    }
    return FALSE;
}

void sono_application_open(SonoApplication *app, const char *path, SonoEditScript *edits, const char *lost_file)
{
    open_in(app, sono_application_active(app), path, edits, lost_file);
}

static void open_file(SonoApplication *app, GtkWindow *preferred, GFile *file)
{
    const char *path = g_file_peek_path(file);
    if (path) {
        open_in(app, preferred, path, NULL, NULL);
        return;
    }
    SonoWindow *window = SONO_IS_WINDOW(preferred) ? SONO_WINDOW(preferred) : new_window(app);
    g_autofree char *uri = g_file_get_uri(file);
    g_autofree char *line = g_strdup_printf(_("%s: not a file of this computer; copy it here first"), uri);
    gtk_window_present(GTK_WINDOW(window));
    sono_window_tell(window, line, TRUE);
}

static void open_empty(SonoApplication *app)
{
    gtk_window_present(GTK_WINDOW(new_window(app)));
}

/* ---- dropping files onto a window ---- */

/* An edit script goes to the window's sound; all else is opened. */
static void take_dropped(SonoApplication *app, GtkWindow *window, GFile *file)
{
    const char *path = g_file_peek_path(file);
    const gboolean is_script =
        path && g_str_has_suffix(path, ".json") && SONO_IS_WINDOW(window) && !sono_window_is_empty(SONO_WINDOW(window));
    if (is_script) {
        g_action_group_activate_action(G_ACTION_GROUP(window), "import-edits-from", g_variant_new_string(path));
    } else {
        open_file(app, window, file);
    }
}

static gboolean on_drop(GtkDropTarget *target, const GValue *value, double x, double y, gpointer data)
{
    GtkWindow *window = GTK_WINDOW(gtk_event_controller_get_widget(GTK_EVENT_CONTROLLER(target)));
    SonoApplication *app = SONO_APPLICATION(gtk_window_get_application(window));
    for (const GSList *file = g_value_get_boxed(value); file; file = file->next) {
        take_dropped(app, window, file->data);
    }
    return TRUE;
}

static void show_help_overlay(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    GtkShortcutsWindow *overlay = gtk_application_window_get_help_overlay(window);
    if (!overlay) { /* made when it is first wanted: there is much in it */
        g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource(SONO_RESOURCE "shortcuts.ui");
        overlay = GTK_SHORTCUTS_WINDOW(gtk_builder_get_object(builder, "shortcuts"));
        g_autoptr(GAction) kept = g_object_ref(G_ACTION(action));
        gtk_application_window_set_help_overlay(window, overlay); /* has an action of its own */
        g_action_map_add_action(G_ACTION_MAP(window), kept);
    }
    gtk_window_present(GTK_WINDOW(overlay));
}

static void sono_application_window_added(GtkApplication *gtk, GtkWindow *window)
{
    GTK_APPLICATION_CLASS(sono_application_parent_class)->window_added(gtk, window);
    if (!SONO_IS_WINDOW(window)) {
        return;
    }
    static const GActionEntry actions[] = {{.name = "show-help-overlay", .activate = show_help_overlay}};
    g_action_map_add_action_entries(G_ACTION_MAP(window), actions, G_N_ELEMENTS(actions), window);
    GtkDropTarget *target = gtk_drop_target_new(GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
    g_signal_connect(target, "drop", G_CALLBACK(on_drop), NULL);
    gtk_widget_add_controller(GTK_WIDGET(window), GTK_EVENT_CONTROLLER(target));
}

/* ---- quitting ---- */

/* One modified window after the other asks; only when all have agreed the others go, too. */
static void quit_on(SonoApplication *app)
{
    GList *windows = g_list_copy(gtk_application_get_windows(GTK_APPLICATION(app)));
    for (GList *w = windows; w; w = w->next) {
        g_object_ref(w->data); /* one may take others with it */
    }
    g_clear_weak_pointer(&app->quit_asks);
    for (GList *w = windows; w && !app->quit_asks; w = w->next) {
        if (SONO_IS_WINDOW(w->data) && sono_window_is_modified(w->data)) {
            g_set_weak_pointer(&app->quit_asks, w->data);
        }
    }
    if (app->quit_asks) {
        gtk_window_present(app->quit_asks);
        gtk_window_close(app->quit_asks);
    } else {
        for (GList *w = windows; w; w = w->next) {
            gtk_window_close(w->data);
        }
    }
    g_list_free_full(windows, g_object_unref);
}

static gboolean on_quit_on(gpointer app)
{
    quit_on(app);
    return G_SOURCE_REMOVE;
}

static void sono_application_window_removed(GtkApplication *gtk, GtkWindow *window)
{
    SonoApplication *app = SONO_APPLICATION(gtk);
    const gboolean asked = app->quit_asks == window;
    GTK_APPLICATION_CLASS(sono_application_parent_class)->window_removed(gtk, window);
    if (asked) {
        g_clear_weak_pointer(&app->quit_asks);
        g_idle_add_full(G_PRIORITY_DEFAULT, on_quit_on, g_object_ref(app), g_object_unref);
    }
}

void sono_application_stay(GtkApplication *app)
{
    if (SONO_IS_APPLICATION(app)) {
        g_clear_weak_pointer(&SONO_APPLICATION(app)->quit_asks);
    }
}

/* The program is being ended by force: nobody is asked, and what was not saved stays for recovery. */
static gboolean on_signal(gpointer app)
{
    g_application_quit(app);
    return G_SOURCE_CONTINUE;
}

/* ---- actions ---- */

static void on_chosen(GtkWindow *parent, const char *path, gpointer data)
{
    if (path) {
        open_in(data, parent, path, NULL, NULL);
    }
}

static void open_chooser(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoApplication *app = data;
    sono_dialog_open_sounds(sono_application_active(app), app->settings, on_chosen, app);
}

static void open_path(GSimpleAction *action, GVariant *parameter, gpointer app)
{
    g_autoptr(GFile) file = g_file_new_for_commandline_arg(g_variant_get_string(parameter, NULL));
    open_file(app, sono_application_active(app), file);
}

static void open_window(GSimpleAction *action, GVariant *parameter, gpointer app)
{
    open_empty(app);
}

static void clear_recent(GSimpleAction *action, GVariant *parameter, gpointer app)
{
    sono_recent_clear();
}

static void show_preferences(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoApplication *app = data;
    if (!app->preferences) {
        GtkWindow *window = sono_preferences_new(app->settings, sono_application_active(app));
        g_set_weak_pointer(&app->preferences, window);
    }
    gtk_window_present(app->preferences);
}

static void show_about(GSimpleAction *action, GVariant *parameter, gpointer app)
{
    sono_dialog_about(sono_application_active(app));
}

static void quit(GSimpleAction *action, GVariant *parameter, gpointer app)
{
    quit_on(app);
}

/* ---- life ---- */

static gboolean on_offer(gpointer data)
{
    SonoApplication *app = data;
    g_auto(GStrv) given = g_strv_builder_end(app->given);
    gboolean wanted = TRUE;
    app->offer_timer = 0;
    g_object_get(app->settings, "offer-recovery", &wanted, NULL);
    if (wanted) {
        sono_recovery_offer(app, (const char *const *)given);
    }
    return G_SOURCE_REMOVE;
}

static void set_accels(GtkApplication *gtk)
{
    static const char *const accels[][2] = {{"app.open", "<Control>o"},
                                            {"app.new-window", "<Control>n"},
                                            {"app.preferences", "<Control>comma"},
                                            {"app.quit", "<Control>q"},
                                            {"win.show-help-overlay", "<Control>question"}};
    for (gsize i = 0; i < G_N_ELEMENTS(accels); i++) {
        gtk_application_set_accels_for_action(gtk, accels[i][0], (const char *[]){accels[i][1], NULL});
    }
}

static void load_style(void)
{
    g_autoptr(GtkCssProvider) provider = gtk_css_provider_new();
    gtk_css_provider_load_from_resource(provider, SONO_RESOURCE "toasts.css");
    gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(provider),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void sono_application_startup(GApplication *gapp)
{
    static const GActionEntry actions[] = {{.name = "open", .activate = open_chooser},
                                           {.name = "open-path", .activate = open_path, .parameter_type = "s"},
                                           {.name = "clear-recent", .activate = clear_recent},
                                           {.name = "new-window", .activate = open_window},
                                           {.name = "preferences", .activate = show_preferences},
                                           {.name = "about", .activate = show_about},
                                           {.name = "quit", .activate = quit}};
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    SonoApplication *app = SONO_APPLICATION(gapp);
    SonoError err = {0};
    sono_assets_register_resource();
    G_APPLICATION_CLASS(sono_application_parent_class)->startup(gapp);
    sono_watchdog_start();
    g_action_map_add_action_entries(G_ACTION_MAP(app), actions, G_N_ELEMENTS(actions), app);
    set_accels(GTK_APPLICATION(app));
    gtk_window_set_default_icon_name(SONO_APP_ID);
    load_style();
    (void)sono_software_gl_spare(gdk_display_get_default());
    app->settings = sono_settings_new(NULL);
    sono_settings_follow_theme(app->settings);
    if (sono_engine_new(NULL, 0, &app->engine, &err) != SONO_OK ||
        sono_pcm_store_new(0, NULL, &app->store, &err) != SONO_OK) {
        g_printerr("sonobrush: %s\n", err.message);
        exit(1);
    }
    app->speaker = sono_speaker_new(app->settings);
    if (!app->speaker) {
        exit(1); /* the log says why */
    }
    sono_jobs_lower(sono_engine_jobs(app->engine)); /* drawing goes first */
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        app->signal_sources[i] = g_unix_signal_add(signals[i], on_signal, app);
    }
    app->offer_timer = g_timeout_add(OFFER_DELAY_MS, on_offer, app);
}

static void sono_application_activate(GApplication *gapp)
{
    GtkWindow *active = sono_application_active(SONO_APPLICATION(gapp));
    if (active) {
        gtk_window_present(active);
    } else {
        open_empty(SONO_APPLICATION(gapp));
    }
}

static void sono_application_open_files(GApplication *gapp, GFile **files, int n, const char *hint)
{
    SonoApplication *app = SONO_APPLICATION(gapp);
    for (int i = 0; i < n; i++) {
        if (g_file_peek_path(files[i])) {
            g_strv_builder_add(app->given, g_file_peek_path(files[i]));
        }
        open_file(app, sono_application_active(app), files[i]);
    }
}

static int sono_application_command_line(GApplication *gapp, GApplicationCommandLine *line)
{
    SonoApplication *app = SONO_APPLICATION(gapp);
    GVariantDict *options = g_application_command_line_get_options_dict(line);
    g_autofree const char **names = NULL;
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_object_unref);
    (void)g_variant_dict_lookup(options, G_OPTION_REMAINING, "^a&ay", &names);
    for (gsize i = 0; names && names[i]; i++) {
        g_ptr_array_add(files, g_application_command_line_create_file_for_arg(line, names[i]));
    }
    if (g_variant_dict_contains(options, "new-window")) {
        open_empty(app);
    } else if (files->len == 0) {
        g_application_activate(gapp);
    }
    if (files->len > 0) {
        sono_application_open_files(gapp, (GFile **)files->pdata, (int)files->len, "");
    }
    return 0;
}

static int sono_application_handle_local_options(GApplication *gapp, GVariantDict *options)
{
    if (g_variant_dict_contains(options, "version")) {
        g_print("sonobrush %s\n", SONO_VERSION);
        return 0;
    }
    return -1; /* go on */
}

static void sono_application_shutdown(GApplication *gapp)
{
    SonoApplication *app = SONO_APPLICATION(gapp);
    GtkApplication *gtk = GTK_APPLICATION(gapp);
    for (gsize i = 0; i < G_N_ELEMENTS(app->signal_sources); i++) {
        g_clear_handle_id(&app->signal_sources[i], g_source_remove);
    }
    g_clear_handle_id(&app->offer_timer, g_source_remove);
    g_clear_weak_pointer(&app->quit_asks);
    for (GList *w = gtk_application_get_windows(gtk); w; w = gtk_application_get_windows(gtk)) {
        gtk_window_destroy(GTK_WINDOW(w->data));
    }
    g_clear_object(&app->speaker); /* lets go of what it played */
    sono_engine_free(app->engine); /* waits for the jobs */
    sono_pcm_store_unref(app->store);
    app->engine = NULL;
    app->store = NULL;
    g_clear_weak_pointer(&app->preferences);
    if (app->settings) {
        (void)sono_settings_flush(app->settings);
        g_clear_object(&app->settings);
    }
    G_APPLICATION_CLASS(sono_application_parent_class)->shutdown(gapp);
}

static void sono_application_finalize(GObject *object)
{
    g_strv_builder_unref(SONO_APPLICATION(object)->given);
    G_OBJECT_CLASS(sono_application_parent_class)->finalize(object);
}

static void sono_application_class_init(SonoApplicationClass *class)
{
    GApplicationClass *app = G_APPLICATION_CLASS(class);
    app->startup = sono_application_startup;
    app->activate = sono_application_activate;
    app->open = sono_application_open_files;
    app->command_line = sono_application_command_line;
    app->handle_local_options = sono_application_handle_local_options;
    app->shutdown = sono_application_shutdown;
    GTK_APPLICATION_CLASS(class)->window_added = sono_application_window_added;
    GTK_APPLICATION_CLASS(class)->window_removed = sono_application_window_removed;
    G_OBJECT_CLASS(class)->finalize = sono_application_finalize;
}

static void sono_application_init(SonoApplication *app)
{
    const GOptionEntry options[] = {{"version", 'V', 0, G_OPTION_ARG_NONE, NULL, _("Print the version and exit"), NULL},
                                    {"new-window", 'w', 0, G_OPTION_ARG_NONE, NULL, _("Open a new window"), NULL},
                                    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, _("[FILE…]")},
                                    {0}};
    GApplication *gapp = G_APPLICATION(app);
    app->given = g_strv_builder_new();
    g_application_add_main_option_entries(gapp, options);
    g_application_set_option_context_summary(gapp, _("Open sounds, see them, paint on them, keep them."));
    g_application_set_option_context_description(
        gapp, _("Sounds are opened in the Sonobrush that runs already, if there is one.\n"
                "Without a display: sonobrush-cli. More: man sonobrush"));
}

GtkApplication *sono_application_new(void)
{
    return g_object_new(SONO_TYPE_APPLICATION, "application-id", SONO_APP_ID, "flags",
                        G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE, NULL);
}
