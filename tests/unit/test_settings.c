/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings: defaults, what the file holds, what a damaged one does, when it is written. No display. */
#include "sono_test.h"

#include <glib/gstdio.h>
#include <string.h>

#include "settings_table.h"
#include "sono_log.h"
#include "sono_settings.h"

typedef struct Fixture {
    char *folder, *file;
    GString *log;
    int n_lines;
} Fixture;

static void on_log(SonoLogLevel level, const char *domain, const char *line, void *ctx)
{
    Fixture *f = ctx;
    f->n_lines++;
    g_string_append_printf(f->log, "%s\n", line);
}

static int open_fixture(void **state)
{
    Fixture *f = g_new0(Fixture, 1);
    f->folder = g_dir_make_tmp("sono-settings-XXXXXX", NULL);
    f->file = g_build_filename(f->folder, "sub", "settings.ini", NULL);
    f->log = g_string_new(NULL);
    sono_log_set_sink(on_log, f);
    *state = f;
    return f->folder ? 0 : -1;
}

static int close_fixture(void **state)
{
    Fixture *f = *state;
    g_autofree char *sub = g_path_get_dirname(f->file);
    g_autofree char *aside = g_strconcat(f->file, ".damaged", NULL);
    sono_log_set_sink(NULL, NULL);
    (void)g_unlink(f->file);
    (void)g_unlink(aside);
    (void)g_rmdir(sub);
    (void)g_rmdir(f->folder);
    g_string_free(f->log, TRUE);
    g_free(f->file);
    g_free(f->folder);
    g_free(f);
    return 0;
}

static void write_file(const Fixture *f, const char *text)
{
    g_autofree char *sub = g_path_get_dirname(f->file);
    assert_int_equal(g_mkdir_with_parents(sub, 0700), 0);
    assert_true(g_file_set_contents(f->file, text, -1, NULL));
}

static char *read_file(const Fixture *f)
{
    char *text = NULL;
    return g_file_get_contents(f->file, &text, NULL, NULL) ? text : g_strdup("");
}

static double get_double(SonoSettings *s, const char *name)
{
    double value = 0.0;
    g_object_get(s, name, &value, NULL);
    return value;
}

static char *get_text(SonoSettings *s, const char *name)
{
    char *value = NULL;
    g_object_get(s, name, &value, NULL);
    return value;
}

/* The header's list is what there is, and every default is a value of its own setting. */
static void test_table(void **state)
{
    Fixture *f = *state;
    g_autofree char *path = g_build_filename(g_getenv("SONO_SOURCE_DIR"), "include/app/sono_settings.h", NULL);
    g_autofree char *header = NULL;
    g_autoptr(SonoSettings) s = sono_settings_new(f->file);
    assert_true(g_file_get_contents(path, &header, NULL, NULL));
    for (gsize i = 0; i < SONO_N_SETTINGS; i++) {
        const SonoSetting *setting = &sono_setting_table[i];
        g_autofree char *pattern = g_strdup_printf("[ (]%s[,)\n (]", setting->name);
        if (!g_regex_match_simple(pattern, header, 0, 0)) {
            fail_msg("%s is not in the header", setting->name);
        }
        assert_non_null(g_object_class_find_property(G_OBJECT_GET_CLASS(s), setting->name));
        if (setting->type == G_TYPE_STRING) {
            assert_true(sono_setting_takes(setting, setting->text));
        } else {
            assert_true(setting->number >= setting->min && setting->number <= setting->max);
        }
    }
    assert_int_equal(f->n_lines, 0);
}

static void test_round_trip(void **state)
{
    Fixture *f = *state;
    SonoSettings *s = sono_settings_new(f->file);
    g_object_set(s, "theme", "light", "floor-db", -87.25, "window-width", 1000, "show-overview", FALSE, "last-folder",
                 "/tmp/a b=c;ü", NULL);
    sono_settings_set_param(s, "gain", "gain_db", -3.5);
    g_object_unref(s); /* writes */
    s = sono_settings_new(f->file);
    int width = 0;
    gboolean overview = TRUE;
    g_object_get(s, "window-width", &width, "show-overview", &overview, NULL);
    g_autofree char *theme = get_text(s, "theme");
    g_autofree char *folder = get_text(s, "last-folder");
    assert_string_equal(theme, "light");
    assert_string_equal(folder, "/tmp/a b=c;ü");
    assert_true(get_double(s, "floor-db") == -87.25);
    assert_int_equal(width, 1000);
    assert_false(overview);
    assert_true(sono_settings_get_param(s, "gain", "gain_db", 0.0) == -3.5);
    assert_true(sono_settings_get_param(s, "gain", "other", 7.0) == 7.0);
    assert_int_equal(f->n_lines, 0);
    /* what is back at its default leaves the file */
    g_object_set(s, "theme", "system", NULL);
    assert_true(sono_settings_flush(s));
    g_autofree char *text = read_file(f);
    assert_null(strstr(text, "theme"));
    assert_non_null(strstr(text, "floor-db=-87.25"));
    g_object_unref(s);
}

static void test_bad_values(void **state)
{
    Fixture *f = *state;
    write_file(f, "# a remark\n[look]\ntheme=purple\nfloor-db=nan\nceiling-db=1e9\naxis=log\n[tools]\nbrush-ms=soon\n"
                  "tool=../etc\n[window]\nwindow-width=99999999999999\nshow-overview=perhaps\n[later]\nkey=value\n");
    SonoSettings *s = sono_settings_new(f->file);
    g_autofree char *theme = get_text(s, "theme");
    g_autofree char *axis = get_text(s, "axis");
    g_autofree char *tool = get_text(s, "tool");
    assert_string_equal(theme, "system");
    assert_string_equal(axis, "log");
    assert_string_equal(tool, "brush");
    assert_true(get_double(s, "floor-db") == -110.0);
    assert_true(get_double(s, "ceiling-db") == 0.0);
    assert_true(get_double(s, "brush-ms") == 60.0);
    assert_int_equal(f->n_lines, 1);
    static const char *const named[] = {"theme", "floor-db",     "ceiling-db",   "brush-ms",
                                        "tool",  "window-width", "show-overview"};
    for (gsize i = 0; i < G_N_ELEMENTS(named); i++) {
        assert_non_null(strstr(f->log->str, named[i]));
    }
    assert_null(strstr(f->log->str, "axis"));
    /* what this version does not know, and remarks, are kept */
    g_object_set(s, "theme", "dark", NULL);
    g_object_unref(s);
    g_autofree char *text = read_file(f);
    assert_non_null(strstr(text, "key=value"));
    assert_non_null(strstr(text, "# a remark"));
    assert_null(strstr(text, "purple"));
}

static void test_range_upside_down(void **state)
{
    Fixture *f = *state;
    write_file(f, "[look]\nfloor-db=-20\nceiling-db=-30\n");
    g_autoptr(SonoSettings) s = sono_settings_new(f->file);
    assert_true(get_double(s, "floor-db") == -110.0 && get_double(s, "ceiling-db") == 0.0);
    assert_int_equal(f->n_lines, 1);
}

static void test_damaged_file(void **state)
{
    Fixture *f = *state;
    write_file(f, "\x01\x02 no key file at all\n[look\n");
    g_autofree char *aside = g_strconcat(f->file, ".damaged", NULL);
    SonoSettings *s = sono_settings_new(f->file);
    g_autofree char *theme = get_text(s, "theme");
    assert_string_equal(theme, "system");
    assert_int_equal(f->n_lines, 1);
    assert_true(g_file_test(aside, G_FILE_TEST_EXISTS));
    g_object_set(s, "theme", "dark", NULL);
    g_object_unref(s);
    g_autofree char *text = read_file(f);
    assert_non_null(strstr(text, "theme=dark"));
}

static void count(GObject *object, GParamSpec *spec, int *n)
{
    (*n)++;
}

/* Windows share one object: who sets what is there already wakes nobody, who sets nonsense changes nothing. */
static void test_notify(void **state)
{
    Fixture *f = *state;
    g_autoptr(SonoSettings) s = sono_settings_new(f->file);
    int n = 0;
    g_signal_connect(s, "notify", G_CALLBACK(count), &n);
    g_object_set(s, "theme", "system", "brush-ms", 60.0, "show-waveform", TRUE, NULL);
    assert_int_equal(n, 0);
    g_object_set(s, "theme", "purple", "axis", NULL, "last-folder", "relative", NULL);
    assert_int_equal(n, 0);
    g_object_set(s, "theme", "dark", "brush-ms", 61.0, NULL);
    assert_int_equal(n, 2);
}

static gboolean quit_loop(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

static void run_ms(guint ms)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_timeout_add(ms, quit_loop, loop);
    g_main_loop_run(loop);
}

/* A second after the last change, not at each; the write at the end is the newest. */
static void test_delayed_write(void **state)
{
    Fixture *f = *state;
    SonoSettings *s = sono_settings_new(f->file);
    for (int i = 0; i < 6; i++) {
        g_object_set(s, "brush-ms", 100.0 + i, NULL);
        run_ms(200);
        assert_false(g_file_test(f->file, G_FILE_TEST_EXISTS));
    }
    for (int i = 0; i < 100 && !g_file_test(f->file, G_FILE_TEST_EXISTS); i++) {
        run_ms(100);
    }
    g_autofree char *text = read_file(f);
    assert_non_null(strstr(text, "brush-ms=105"));
    g_object_set(s, "brush-ms", 200.0, NULL);
    g_object_unref(s);
    run_ms(1500); /* nothing older comes after it */
    g_autofree char *after = read_file(f);
    assert_non_null(strstr(after, "brush-ms=200"));
    assert_int_equal(f->n_lines, 0);
}

static void test_cannot_write(void **state)
{
    Fixture *f = *state;
    g_autofree char *sub = g_path_get_dirname(f->file);
    assert_true(g_file_set_contents(sub, "a file where the folder would be", -1, NULL));
    SonoSettings *s = sono_settings_new(f->file);
    const int n_before = f->n_lines;
    g_object_set(s, "theme", "dark", NULL);
    assert_false(sono_settings_flush(s));
    assert_int_equal(f->n_lines, n_before + 1);
    g_object_unref(s);
    (void)g_unlink(sub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_table, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_round_trip, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_bad_values, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_range_upside_down, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_damaged_file, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_notify, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_delayed_write, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_cannot_write, open_fixture, close_fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
