/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows that come and go in one process: what a window held is given back when it is closed, however it was used. */
#include "sono_test.h"

#include <gtk/gtk.h>
#include <unistd.h>

#include "sono_app.h"
#include "sono_assets_resources.h"
#include "sono_canvas.h"

#define MUSIC "/usr/share/sonic-pi/samples/loop_amen.flac"
#define WAIT_MS 60000

typedef struct Fixture {
    GtkApplication *app;
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoSettings *settings;
    SonoSpeaker *speaker;
    char *folder;
} Fixture;

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

static GtkWidget *find(GtkWidget *from, GType type)
{
    GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE(from, type) ? from : NULL;
    for (GtkWidget *w = gtk_widget_get_first_child(from); w && !found; w = gtk_widget_get_next_sibling(w)) {
        found = find(w, type);
    }
    return found;
}

static gboolean shows_sound(SonoWindow *w)
{
    SonoCanvas *canvas = SONO_CANVAS(find(GTK_WIDGET(w), SONO_TYPE_CANVAS));
    return sono_scene_plan(sono_canvas_scene(canvas)) != NULL;
}

/* 20 minutes of 16-bit silence, of which the file holds nothing but the header. */
static char *make_long_sound(const Fixture *f)
{
    enum { RATE = 48000, N_BYTES = 20 * 60 * RATE * 2 };
    const guint32 words[11] = {GUINT32_TO_LE(0x46464952),
                               GUINT32_TO_LE(N_BYTES + 36),
                               GUINT32_TO_LE(0x45564157),
                               GUINT32_TO_LE(0x20746d66),
                               GUINT32_TO_LE(16),
                               GUINT32_TO_LE(0x00010001),
                               GUINT32_TO_LE(RATE),
                               GUINT32_TO_LE(2 * RATE),
                               GUINT32_TO_LE(0x00100002),
                               GUINT32_TO_LE(0x61746164),
                               GUINT32_TO_LE((guint32)N_BYTES)};
    char *path = g_build_filename(f->folder, "long.wav", NULL);
    assert_true(g_file_set_contents(path, (const char *)words, sizeof words, NULL));
    assert_int_equal(truncate(path, (off_t)sizeof words + N_BYTES), 0);
    return path;
}

static void act(SonoWindow *w, const char *name, const char *value)
{
    g_autoptr(GVariant) parameter = value ? g_variant_ref_sink(g_variant_new_parsed(value)) : NULL;
    g_action_group_activate_action(G_ACTION_GROUP(w), name, parameter);
}

static void wait_for_status(SonoWindow *w, const char *wanted)
{
    for (int left_ms = WAIT_MS; left_ms > 0; left_ms -= 5) {
        g_autoptr(GVariant) state = g_action_group_get_action_state(G_ACTION_GROUP(w), "status");
        if (g_regex_match_simple(wanted, g_variant_get_string(state, NULL), 0, 0)) {
            return;
        }
        run_ms(5);
    }
    g_autoptr(GVariant) state = g_action_group_get_action_state(G_ACTION_GROUP(w), "status");
    fail_msg("no status %s, but %s", wanted, g_variant_get_string(state, NULL));
}

static SonoWindow *new_window(Fixture *f)
{
    SonoWindow *w = sono_window_new(f->app, f->engine, f->store, f->settings, f->speaker);
    gtk_window_present(GTK_WINDOW(w));
    return w;
}

/* Nothing is held a moment later, of the window or of the sound. */
static void close_window(Fixture *f, SonoWindow *w)
{
    gpointer gone = w;
    g_object_add_weak_pointer(G_OBJECT(w), &gone);
    gtk_window_destroy(GTK_WINDOW(w));
    SonoPcmStoreStats stats = sono_pcm_store_stats(f->store);
    for (int left_ms = WAIT_MS; left_ms > 0 && (gone || stats.n_blocks > 0); left_ms -= 5) {
        run_ms(5);
        stats = sono_pcm_store_stats(f->store);
    }
    assert_null(gone);
    assert_int_equal(stats.n_blocks, 0);
    assert_int_equal(stats.resident_bytes + stats.spilled_bytes, 0);
}

static void edit(SonoWindow *w)
{
    act(w, "select", "(0.2, 0.6, 200.0, 2000.0)");
    act(w, "apply", NULL);
}

/* Undo, redo, restoring, comparing: clips that are shown again and again. */
static void work(SonoWindow *w)
{
    wait_for_status(w, "^ready edits=1 queued=0 .*settled=1");
    act(w, "erase-selection", NULL);
    wait_for_status(w, "^ready edits=2 queued=0 .*settled=1");
    for (int i = 0; i < 3; i++) {
        act(w, "undo", NULL);
        wait_for_status(w, "^ready edits=1 .*settled=1");
        run_ms(60); /* the waveform comes a moment later */
        act(w, "redo", NULL);
        wait_for_status(w, "^ready edits=2 .*settled=1");
        run_ms(60);
    }
    act(w, "compare", NULL);
    wait_for_status(w, "settled=1");
    act(w, "restore-from", "uint32 0");
}

static void what_windows_held_is_given_back(void **state)
{
    Fixture *f = *state;
    g_autofree char *target = g_strdup_printf("'%s/saved.wav'", f->folder);
    g_autofree char *script = g_strdup_printf("'%s/edits.json'", f->folder);
    for (int i = 0; i < 20; i++) {
        SonoWindow *w = new_window(f);
        sono_window_open(w, MUSIC);
        if (i % 5 > 0) { /* else it goes while the file is being read */
            wait_for_status(w, "^ready .*settled=1");
        }
        if (i % 5 > 1) { /* while an edit is computed */
            edit(w);
        }
        if (i % 5 > 2) {
            work(w);
        }
        if (i % 5 > 3) { /* while files are read and written */
            wait_for_status(w, "^ready .*queued=0");
            act(w, "save-to", target);
            act(w, "export-edits-to", script);
            if (i > 5) {
                act(w, "import-edits-from", script);
            }
        }
        close_window(f, w);
    }
}

/* Of two windows with the same sound one goes, the other keeps its own. */
static void one_of_two_windows(void **state)
{
    Fixture *f = *state;
    SonoWindow *stays = new_window(f);
    sono_window_open(stays, MUSIC);
    wait_for_status(stays, "^ready .*settled=1");
    const uint64_t n_blocks = sono_pcm_store_stats(f->store).n_blocks;
    for (int i = 0; i < 3; i++) {
        SonoWindow *w = new_window(f);
        sono_window_open(w, MUSIC);
        wait_for_status(w, "^ready .*settled=1");
        edit(w);
        wait_for_status(w, "^ready edits=1 queued=0 .*settled=1");
        gtk_window_destroy(GTK_WINDOW(w));
        for (int left_ms = WAIT_MS; left_ms > 0 && sono_pcm_store_stats(f->store).n_blocks > n_blocks; left_ms -= 5) {
            run_ms(5);
        }
        assert_int_equal(sono_pcm_store_stats(f->store).n_blocks, n_blocks);
    }
    close_window(f, stays);
}

/* The first picture of a long sound is there, and reading it is cancelled: the window is empty, as a new one, and takes
 * another file. */
static void cancelled_and_used_again(void **state)
{
    Fixture *f = *state;
    g_autofree char *path = make_long_sound(f);
    SonoWindow *w = new_window(f);
    run_ms(300);
    for (int i = 0; i < 2; i++) {
        sono_window_open(w, path);
        assert_false(sono_window_is_empty(w));
        for (int left_ms = WAIT_MS; left_ms > 0 && !shows_sound(w); left_ms -= 1) {
            run_ms(1);
        }
        wait_for_status(w, "^opening");
        act(w, "cancel-task", "1");
        wait_for_status(w, "^empty");
        assert_true(sono_window_is_empty(w));
        assert_string_equal(gtk_window_get_title(GTK_WINDOW(w)), "Sonobrush");
        assert_false(shows_sound(w));
    }
    run_ms(200);
    assert_int_equal(sono_pcm_store_stats(f->store).n_blocks, 0);
    sono_window_open(w, MUSIC);
    wait_for_status(w, "^ready edits=0 .*settled=1");
    edit(w);
    wait_for_status(w, "^ready edits=1 queued=0 .*settled=1");
    close_window(f, w);
}

static int setup(void **state)
{
    Fixture *f = g_new0(Fixture, 1);
    f->folder = g_dir_make_tmp("sono-windows-XXXXXX", NULL);
    assert_non_null(f->folder);
    g_setenv("XDG_STATE_HOME", f->folder, TRUE);
    g_autofree char *file = g_build_filename(f->folder, "settings.ini", NULL);
    f->settings = sono_settings_new(file);
    f->speaker = sono_speaker_new(f->settings);
    assert_non_null(f->speaker);
    f->app = gtk_application_new(NULL, G_APPLICATION_NON_UNIQUE);
    assert_true(g_application_register(G_APPLICATION(f->app), NULL, NULL));
    assert_int_equal(sono_engine_new(NULL, 0, &f->engine, NULL), SONO_OK);
    assert_int_equal(sono_pcm_store_new(0, NULL, &f->store, NULL), SONO_OK);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    Fixture *f = *state;
    const char *const rm[] = {"rm", "-r", f->folder, NULL};
    sono_engine_free(f->engine);
    sono_pcm_store_unref(f->store);
    g_object_unref(f->speaker);
    g_object_unref(f->settings);
    g_object_unref(f->app);
    assert_true(g_spawn_sync(NULL, (char **)rm, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
    g_free(f->folder);
    g_free(f);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_windows_held_is_given_back),
        cmocka_unit_test(one_of_two_windows),
        cmocka_unit_test(cancelled_and_used_again),
    };
    g_set_application_name("Sonobrush");
    g_set_prgname("test_windows"); /* GTK writes it into the list of recent files */
    gtk_init();
    sono_assets_register_resource();
    return cmocka_run_group_tests(tests, setup, teardown);
}
