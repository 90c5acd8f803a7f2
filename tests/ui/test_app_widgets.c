/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Toasts, questions, preferences, the theme and the window of keys, in one process on a real display. The desktop's
 * settings portal is played by this program. */
#include "sono_test.h"

#include <string.h>

#include "application.h"
#include "sono_assets_resources.h"
#include "sono_clock.h"
#include "sono_dialogs.h"
#include "sono_toasts.h"
#include "value_entry.h"

#define WAIT_MS 10000

static gboolean on_time(gpointer done)
{
    *(gboolean *)done = TRUE;
    return G_SOURCE_REMOVE;
}

static void run_ms(guint ms)
{
    gboolean done = FALSE;
    g_timeout_add(ms, on_time, &done);
    while (!done) {
        g_main_context_iteration(NULL, TRUE);
    }
}

/* Run until the condition holds. */
#define WAIT_FOR(condition)                                                                                            \
    do {                                                                                                               \
        int left_ms = WAIT_MS;                                                                                         \
        while (!(condition) && (left_ms -= 10) > 0) {                                                                  \
            run_ms(10);                                                                                                \
        }                                                                                                              \
        if (!(condition)) {                                                                                            \
            fail_msg("%s", #condition);                                                                                \
        }                                                                                                              \
    } while (0)

/* The first widget below, in order, that is of a type and whose text or name contains what is looked for. */
static GtkWidget *find(GtkWidget *from, GType type, const char *text)
{
    if (G_TYPE_CHECK_INSTANCE_TYPE(from, type)) {
        const char *has = GTK_IS_LABEL(from) ? gtk_label_get_text(GTK_LABEL(from)) : gtk_widget_get_tooltip_text(from);
        if (!text || (has && strstr(has, text))) {
            return from;
        }
    }
    for (GtkWidget *child = gtk_widget_get_first_child(from); child; child = gtk_widget_get_next_sibling(child)) {
        GtkWidget *found = find(child, type, text);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static GtkWindow *top(GType type)
{
    GListModel *all = gtk_window_get_toplevels();
    for (guint i = 0; i < g_list_model_get_n_items(all); i++) {
        g_autoptr(GtkWindow) window = g_list_model_get_item(all, i);
        if (G_TYPE_CHECK_INSTANCE_TYPE(window, type) && gtk_widget_get_visible(GTK_WIDGET(window))) {
            return window;
        }
    }
    return NULL;
}

static GtkWindow *shown(GType type)
{
    GListModel *all = gtk_window_get_toplevels();
    for (guint i = 0; i < g_list_model_get_n_items(all); i++) {
        g_autoptr(GtkWindow) window = g_list_model_get_item(all, i);
        if (G_TYPE_CHECK_INSTANCE_TYPE(window, type) && gtk_widget_get_mapped(GTK_WIDGET(window))) {
            return window;
        }
    }
    return NULL;
}

/* ---- toasts ---- */

static int cancelled_id = -1;

static void on_cancel(GSimpleAction *action, GVariant *id, gpointer data)
{
    cancelled_id = g_variant_get_int32(id);
}

static SonoToasts *make_toasts(GtkWindow **window)
{
    static const GActionEntry cancel[] = {{.name = "cancel-task", .activate = on_cancel, .parameter_type = "i"}};
    GSimpleActionGroup *group = g_simple_action_group_new();
    GtkWidget *toasts = sono_toasts_new(gtk_label_new("below"));
    g_action_map_add_action_entries(G_ACTION_MAP(group), cancel, 1, NULL);
    *window = GTK_WINDOW(gtk_window_new());
    gtk_widget_insert_action_group(GTK_WIDGET(*window), "win", G_ACTION_GROUP(group));
    g_object_unref(group);
    gtk_window_set_default_size(*window, 600, 400);
    gtk_window_set_child(*window, toasts);
    gtk_window_present(*window);
    WAIT_FOR(gtk_widget_get_mapped(toasts));
    return SONO_TOASTS(toasts);
}

static gboolean shows(SonoToasts *toasts, const char *text)
{
    return find(GTK_WIDGET(toasts), GTK_TYPE_LABEL, text) != NULL;
}

static void test_toasts(void **state)
{
    GtkWindow *window = NULL;
    SonoToasts *toasts = make_toasts(&window);
    sono_toasts_show(toasts, "Saved a.wav", FALSE);
    sono_toasts_show(toasts, "Saved a.wav", FALSE);
    sono_toasts_show(toasts, "b.wav: no space left", TRUE);
    assert_true(shows(toasts, "Saved a.wav (2)"));
    GtkWidget *problem = find(GTK_WIDGET(toasts), GTK_TYPE_LABEL, "no space");
    GtkWidget *result = find(GTK_WIDGET(toasts), GTK_TYPE_LABEL, "Saved a.wav");
    assert_int_equal(gtk_accessible_get_accessible_role(GTK_ACCESSIBLE(gtk_widget_get_parent(problem))),
                     GTK_ACCESSIBLE_ROLE_ALERT);
    assert_int_equal(gtk_accessible_get_accessible_role(GTK_ACCESSIBLE(gtk_widget_get_parent(result))),
                     GTK_ACCESSIBLE_ROLE_STATUS);
    WAIT_FOR(!shows(toasts, "Saved a.wav")); /* by itself */
    assert_true(shows(toasts, "no space"));  /* a problem stays */
    GtkWidget *close = find(gtk_widget_get_parent(problem), GTK_TYPE_BUTTON, "Close");
    assert_non_null(close);
    g_signal_emit_by_name(close, "clicked");
    WAIT_FOR(!shows(toasts, "no space"));
    for (int i = 0; i < 9; i++) { /* never a wall of them; the newest is there */
        g_autofree char *line = g_strdup_printf("line %d", i);
        sono_toasts_show(toasts, line, FALSE);
        run_ms(5);
    }
    WAIT_FOR(!shows(toasts, "line 4"));
    assert_true(shows(toasts, "line 8"));
    gtk_window_destroy(window); /* with timers that run */
}

static void test_tasks(void **state)
{
    GtkWindow *window = NULL;
    SonoToasts *toasts = make_toasts(&window);
    SonoEditorTask task = {.id = 7, .title = "Saving mix.flac", .fraction = 0.25, .since_s = sono_now_s()};
    sono_toasts_set_tasks(toasts, &task, 1);
    assert_false(shows(toasts, "Saving")); /* it may be over in a moment */
    task.since_s -= 0.6;
    sono_toasts_set_tasks(toasts, &task, 1);
    assert_true(shows(toasts, "Saving mix.flac"));
    GtkWidget *bar = find(GTK_WIDGET(toasts), GTK_TYPE_PROGRESS_BAR, NULL);
    assert_true(gtk_progress_bar_get_fraction(GTK_PROGRESS_BAR(bar)) == 0.25);
    task.fraction = 0.5;
    sono_toasts_set_tasks(toasts, &task, 1);
    assert_true(gtk_progress_bar_get_fraction(GTK_PROGRESS_BAR(bar)) == 0.5);
    GtkWidget *cancel = find(GTK_WIDGET(toasts), GTK_TYPE_BUTTON, "Cancel: Saving mix.flac");
    assert_non_null(cancel);
    g_signal_emit_by_name(cancel, "clicked");
    assert_int_equal(cancelled_id, 7);
    sono_toasts_set_tasks(toasts, NULL, 0);
    WAIT_FOR(!shows(toasts, "Saving"));
    gtk_window_destroy(window);
}

/* Without animations cards are there, and gone, at once. */
static void test_no_animations(void **state)
{
    GtkWindow *window = NULL;
    g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
    SonoToasts *toasts = make_toasts(&window);
    sono_toasts_show(toasts, "at once", TRUE);
    GtkWidget *revealer = find(GTK_WIDGET(toasts), GTK_TYPE_REVEALER, NULL);
    assert_true(gtk_revealer_get_child_revealed(GTK_REVEALER(revealer)));
    g_signal_emit_by_name(find(GTK_WIDGET(toasts), GTK_TYPE_BUTTON, "Close"), "clicked");
    assert_false(shows(toasts, "at once"));
    gtk_window_destroy(window);
    g_object_set(gtk_settings_get_default(), "gtk-enable-animations", TRUE, NULL);
}

/* ---- questions ---- */

typedef struct Answers {
    int n, unsaved;
    char *path;
} Answers;

static void on_unsaved(GtkWindow *parent, SonoUnsavedAnswer answer, gpointer data)
{
    Answers *answers = data;
    answers->n++;
    answers->unsaved = (int)answer;
}

static void on_path(GtkWindow *parent, const char *path, gpointer data)
{
    Answers *answers = data;
    answers->n++;
    g_free(answers->path);
    answers->path = g_strdup(path);
}

static void test_unsaved(void **state)
{
    static const struct {
        int response, answer;
    } cases[] = {{GTK_RESPONSE_ACCEPT, SONO_UNSAVED_SAVE},
                 {GTK_RESPONSE_REJECT, SONO_UNSAVED_DISCARD},
                 {GTK_RESPONSE_CANCEL, SONO_UNSAVED_CANCEL},
                 {GTK_RESPONSE_DELETE_EVENT, SONO_UNSAVED_CANCEL}};
    GtkWindow *parent = GTK_WINDOW(gtk_window_new());
    gtk_window_present(parent);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Answers answers = {0};
        sono_dialog_unsaved(parent, "a_b%s.wav", on_unsaved, &answers);
        GtkWindow *dialog = top(GTK_TYPE_MESSAGE_DIALOG);
        assert_non_null(dialog);
        assert_non_null(find(GTK_WIDGET(dialog), GTK_TYPE_LABEL, "a_b%s.wav"));
        assert_ptr_equal(gtk_window_get_default_widget(dialog),
                         gtk_dialog_get_widget_for_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT));
        gtk_dialog_response(GTK_DIALOG(dialog), cases[i].response);
        assert_int_equal(answers.n, 1);
        assert_int_equal(answers.unsaved, cases[i].answer);
        assert_null(top(GTK_TYPE_MESSAGE_DIALOG));
    }
    Answers answers = {0}; /* the parent goes: no answer, no dialog */
    sono_dialog_unsaved(parent, "x", on_unsaved, &answers);
    gtk_window_destroy(parent);
    run_ms(50);
    assert_null(top(GTK_TYPE_MESSAGE_DIALOG));
    assert_int_equal(answers.n, 0);
}

static GtkFileChooserDialog *chooser(void)
{
    GtkWindow *dialog = NULL;
    WAIT_FOR((dialog = shown(GTK_TYPE_FILE_CHOOSER_DIALOG)) != NULL); /* those that were answered linger unseen */
    run_ms(300);                                                      /* it reads the folder */
    return GTK_FILE_CHOOSER_DIALOG(dialog);
}

/* A name without an extension gets the format's; when that is there already, one more question. */
static void test_save_chooser(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("sono-dialogs-XXXXXX", NULL);
    g_autofree char *settings_file = g_build_filename(folder, "settings.ini", NULL);
    g_autofree char *suggested = g_build_filename(folder, "song.flac", NULL);
    g_autoptr(SonoSettings) settings = sono_settings_new(settings_file);
    GtkWindow *parent = GTK_WINDOW(gtk_window_new());
    Answers answers = {0};
    gtk_window_present(parent);
    sono_dialog_save_sound(parent, settings, suggested, on_path, &answers);
    GtkFileChooser *dialog = GTK_FILE_CHOOSER(chooser());
    GtkFileFilter *filter = gtk_file_chooser_get_filter(dialog);
    assert_true(g_str_has_prefix(gtk_file_filter_get_name(filter), "FLAC")); /* as the name says */
    g_autofree char *name = gtk_file_chooser_get_current_name(dialog);
    assert_string_equal(name, "song.flac");
    gtk_file_chooser_set_current_name(dialog, "song");
    run_ms(200);
    gtk_dialog_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT);
    WAIT_FOR(answers.n == 1);
    assert_string_equal(answers.path, suggested);
    g_autofree char *remembered = NULL;
    g_object_get(settings, "last-folder", &remembered, NULL);
    assert_string_equal(remembered, folder);

    assert_true(g_file_set_contents(suggested, "old", -1, NULL));
    sono_dialog_save_sound(parent, settings, suggested, on_path, &answers);
    dialog = GTK_FILE_CHOOSER(chooser());
    gtk_file_chooser_set_current_name(dialog, "song");
    run_ms(200);
    gtk_dialog_response(GTK_DIALOG(dialog), GTK_RESPONSE_ACCEPT);
    WAIT_FOR(top(GTK_TYPE_MESSAGE_DIALOG));
    assert_int_equal(answers.n, 1);
    gtk_dialog_response(GTK_DIALOG(top(GTK_TYPE_MESSAGE_DIALOG)), GTK_RESPONSE_CANCEL);
    assert_int_equal(answers.n, 2);
    assert_null(answers.path);

    sono_dialog_open_sounds(parent, settings, on_path, &answers); /* the parent goes with a chooser open */
    (void)chooser();
    gtk_window_destroy(parent);
    run_ms(100);
    assert_int_equal(answers.n, 2);
    assert_null(top(GTK_TYPE_FILE_CHOOSER_DIALOG));
    g_free(answers.path);
}

/* ---- preferences and theme ---- */

static gboolean is_dark(void)
{
    gboolean dark = FALSE;
    g_object_get(gtk_settings_get_default(), "gtk-application-prefer-dark-theme", &dark, NULL);
    return dark;
}

static guint desktop_scheme = 2; /* light */

static void on_portal_call(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                           const char *method, GVariant *parameters, GDBusMethodInvocation *call, gpointer data)
{
    GVariant *number = g_variant_new_uint32(desktop_scheme);
    g_dbus_method_invocation_return_value(call, g_variant_new("(v)", g_variant_new_variant(number)));
}

static void on_name(GDBusConnection *bus, const char *name, gpointer has_name)
{
    *(gboolean *)has_name = TRUE;
}

static void test_theme(void **state)
{
    static const char xml[] = "<node><interface name='org.freedesktop.portal.Settings'><method name='Read'>"
                              "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
                              "<arg type='v' direction='out'/></method><signal name='SettingChanged'><arg type='s'/>"
                              "<arg type='s'/><arg type='v'/></signal></interface></node>";
    static const GDBusInterfaceVTable vtable = {.method_call = on_portal_call};
    g_autofree char *file = g_strdup("/dev/null/settings.ini");
    gboolean has_name = FALSE;

    SonoSettings *settings = sono_settings_new(file); /* no portal: dark */
    g_object_set(gtk_settings_get_default(), "gtk-application-prefer-dark-theme", FALSE, NULL);
    sono_settings_follow_theme(settings);
    assert_true(is_dark());
    run_ms(200);
    assert_true(is_dark());
    g_object_set(settings, "theme", "light", NULL);
    assert_false(is_dark());
    g_object_set(settings, "theme", "dark", NULL);
    assert_true(is_dark());
    g_object_unref(settings);

    g_autoptr(GDBusConnection) bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
    g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(xml, NULL);
    assert_true(g_dbus_connection_register_object(bus, "/org/freedesktop/portal/desktop", node->interfaces[0], &vtable,
                                                  NULL, NULL, NULL) > 0);
    const guint name = g_bus_own_name_on_connection(bus, "org.freedesktop.portal.Desktop", G_BUS_NAME_OWNER_FLAGS_NONE,
                                                    on_name, NULL, &has_name, NULL);
    WAIT_FOR(has_name);
    settings = sono_settings_new(file);
    sono_settings_follow_theme(settings);
    WAIT_FOR(!is_dark()); /* the desktop is light */
    g_dbus_connection_emit_signal(
        bus, NULL, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings", "SettingChanged",
        g_variant_new("(ssv)", "org.freedesktop.appearance", "color-scheme", g_variant_new_uint32(1)), NULL);
    WAIT_FOR(is_dark()); /* and then it is not */
    g_object_unref(settings);
    g_bus_unown_name(name);
}

static void test_preferences(void **state)
{
    g_autoptr(SonoSettings) settings = sono_settings_new("/dev/null/settings.ini");
    GtkWindow *window = sono_preferences_new(settings, NULL);
    gtk_window_present(window);
    WAIT_FOR(gtk_widget_get_mapped(GTK_WIDGET(window)));
    GtkWidget *theme = find(GTK_WIDGET(window), GTK_TYPE_DROP_DOWN, NULL);
    gtk_drop_down_set_selected(GTK_DROP_DOWN(theme), 2);
    g_autofree char *text = NULL;
    g_object_get(settings, "theme", &text, NULL);
    assert_string_equal(text, "light");
    g_object_set(settings, "theme", "dark", NULL); /* and the other way */
    assert_int_equal(gtk_drop_down_get_selected(GTK_DROP_DOWN(theme)), 1);
    GtkWidget *floor = find(GTK_WIDGET(window), GTK_TYPE_SPIN_BUTTON, NULL);
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(floor), -60.0);
    double floor_db = 0.0;
    g_object_get(settings, "floor-db", &floor_db, NULL);
    assert_true(floor_db == -60.0);
    gtk_window_destroy(window);
}

/* ---- what is in the program ---- */

static void test_assets(void **state)
{
    static const char *const names[] = {"sonobrush-tool-time-symbolic",   "sonobrush-tool-freq-symbolic",
                                        "sonobrush-tool-box-symbolic",    "sonobrush-tool-brush-symbolic",
                                        "sonobrush-tool-eraser-symbolic", "sonobrush-tool-hand-symbolic",
                                        "sonobrush-tool-zoom-symbolic",   "sonobrush-erase-symbolic",
                                        "sonobrush-restore-symbolic",     SONO_APP_ID};
    GtkIconTheme *theme = gtk_icon_theme_get_for_display(gdk_display_get_default());
    gtk_icon_theme_add_resource_path(theme, SONO_RESOURCE "icons");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!gtk_icon_theme_has_icon(theme, names[i])) {
            fail_msg("no icon %s", names[i]);
        }
    }
    g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource(SONO_RESOURCE "shortcuts.ui");
    GtkWindow *window = GTK_WINDOW(gtk_builder_get_object(builder, "shortcuts"));
    gtk_window_present(window);
    WAIT_FOR(gtk_widget_get_mapped(GTK_WIDGET(window)));
    assert_true(gtk_widget_get_height(GTK_WIDGET(window)) <= 720);
    gtk_window_destroy(window);
}

static void count(int *n)
{
    (*n)++;
}

/* Each tooltip that is set waits for the display, so what is shown again must not set its own. */
static void test_shown_again_without_the_display(void **state)
{
    GtkWidget *window = gtk_window_new();
    GtkWidget *entry = value_entry_new("Gain", 8);
    int n_set = 0;
    gtk_window_set_child(GTK_WINDOW(window), entry);
    value_entry_describe(VALUE_ENTRY(entry), "Gain", "How loud");
    g_signal_connect_swapped(entry, "notify::tooltip-text", G_CALLBACK(count), &n_set);
    value_entry_show(VALUE_ENTRY(entry), "1 dB", FALSE);
    value_entry_show(VALUE_ENTRY(entry), "2 dB", FALSE);
    assert_string_equal(gtk_editable_get_text(GTK_EDITABLE(entry)), "2 dB");
    assert_string_equal(gtk_widget_get_tooltip_text(entry), "How loud");
    assert_int_equal(n_set, 0);
    gtk_window_destroy(GTK_WINDOW(window));
}

/* Also where text goes from right to left a number does not: "50 %", not "% 50". */
static void test_numbers_are_not_mirrored(void **state)
{
    gtk_widget_set_default_direction(GTK_TEXT_DIR_RTL);
    GtkWidget *window = gtk_window_new();
    GtkWidget *entry = value_entry_new("Flow", 8);
    gtk_window_set_child(GTK_WINDOW(window), entry);
    assert_int_equal(gtk_widget_get_direction(entry), GTK_TEXT_DIR_RTL); /* its label is beside it, mirrored */
    GtkWidget *text = GTK_WIDGET(gtk_editable_get_delegate(GTK_EDITABLE(entry)));
    assert_int_equal(gtk_widget_get_direction(text), GTK_TEXT_DIR_LTR);
    gtk_window_destroy(GTK_WINDOW(window));
    gtk_widget_set_default_direction(GTK_TEXT_DIR_LTR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_toasts),
        cmocka_unit_test(test_tasks),
        cmocka_unit_test(test_no_animations),
        cmocka_unit_test(test_unsaved),
        cmocka_unit_test(test_save_chooser),
        cmocka_unit_test(test_theme),
        cmocka_unit_test(test_preferences),
        cmocka_unit_test(test_assets),
        cmocka_unit_test(test_shown_again_without_the_display),
        cmocka_unit_test(test_numbers_are_not_mirrored),
    };
    g_set_application_name("Sonobrush");
    g_set_prgname("test_app_widgets"); /* GTK writes it into the list of recent files */
    gtk_init();
    sono_assets_register_resource();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
