/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The watchdog tells of stalls, names them, and leaves out what is excused. The test runs itself as a child, whose
 * standard error it reads. */
#include "sono_test.h"

#include "sono_watchdog.h"

#include <string.h>

static const char *self;

static gboolean stall(gpointer data)
{
    g_usleep(150000);
    return G_SOURCE_REMOVE;
}

static gboolean named_stall(gpointer data)
{
    sono_watchdog_enter("a frame");
    g_usleep(10000);
    sono_watchdog_enter("drawing");
    g_usleep(150000);
    sono_watchdog_leave();
    sono_watchdog_leave();
    return G_SOURCE_REMOVE;
}

static gboolean excused_stall(gpointer data)
{
    sono_watchdog_excuse_begin();
    g_usleep(150000);
    sono_watchdog_excuse_end();
    return G_SOURCE_REMOVE;
}

static gboolean stop(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

static void turn(GSourceFunc fn)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_timeout_add(20, fn, NULL);
    g_timeout_add(300, stop, loop);
    g_main_loop_run(loop);
}

static int child(const char *what)
{
    gtk_init();
    sono_watchdog_start();
    if (strcmp(what, "unarmed") != 0) {
        sono_watchdog_arm();
    }
    turn(strcmp(what, "named") == 0 ? named_stall : strcmp(what, "excused") == 0 ? excused_stall : stall);
    return 0;
}

static char *run_child(const char *what, const char *limit)
{
    const char *const argv[] = {self, what, NULL};
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "SONO_WATCHDOG", limit, TRUE);
    if (!g_spawn_sync(NULL, (char **)(guintptr)argv, env, 0, NULL, NULL, NULL, &text, NULL, &error)) {
        fail_msg("%s: %s", self, error->message);
    }
    return text;
}

static void test_stall(void **state)
{
    g_autofree char *text = run_child("plain", "100");
    char *rest = NULL;
    const char *line = strstr(text, "stall 1");
    assert_non_null(line);
    assert_in_range(g_ascii_strtoll(line + strlen("stall "), &rest, 10), 149, 199);
    assert_true(g_str_has_prefix(rest, " ms in main loop (cpu "));
    assert_non_null(strstr(text, "stall goes on at:"));
    assert_null(strstr(line + 1, "\nstall")); /* once */
}

static void test_name(void **state)
{
    g_autofree char *text = run_child("named", "100");
    assert_non_null(strstr(text, "ms in drawing (cpu "));
}

static void test_quiet(void **state)
{
    static const char *const cases[][2] = {{"excused", "100"}, {"unarmed", "100"}, {"plain", "0"}, {"plain", "5000"}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = run_child(cases[i][0], cases[i][1]);
        if (strstr(text, "stall")) {
            fail_msg("%s with %s: %s", cases[i][0], cases[i][1], text);
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stall), cmocka_unit_test(test_name),
                                       cmocka_unit_test(test_quiet)};
    self = argv[0];
    return argc > 1 ? child(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
