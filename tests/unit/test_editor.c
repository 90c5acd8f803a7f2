/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The editor without a window: open, edit, take back, undo, save, with everything computed elsewhere. */
#include "editor_fixture.h"

#include "sono_commit.h"
#include "sono_edit_script.h"

#include <math.h>

/* Strokes faster than commits: each is computed on the result of the one before, in order. */
static void edits_queue_up(void **state)
{
    (void)state;
    Fixture f;
    fixture_open(&f, SONO_TEST_SPEECH);
    SonoError err = {0};
    SonoEdit early = make_edit("erase", 0.1, 0.2);
    assert_int_equal(sono_editor_push(f.editor, &early, &err), SONO_E_INVALID); /* nothing to edit yet */
    sono_edit_clear(&early);
    wait_news(&f, SONO_NEWS_READY, 1);
    assert_true(atomic_load(&f.n_wakes) > 0);
    SonoClip *expected = sono_clip_ref(f.clip);
    SonoClip *base = sono_clip_ref(f.clip);
    static const char *const ops[] = {"gain", "erase", "gain"};
    for (int i = 0; i < 3; i++) {
        push(&f, ops[i], 0.2 + 0.1 * i, 0.4 + 0.1 * i);
        SonoEdit edit = make_edit(ops[i], 0.2 + 0.1 * i, 0.4 + 0.1 * i);
        SonoClip *next = NULL;
        assert_ok(sono_commit(f.engine, expected, &edit, NULL, NULL, &next, NULL, &err), err);
        sono_clip_unref(expected);
        expected = next;
        sono_edit_clear(&edit);
    }
    assert_true(sono_editor_n_queued(f.editor) > 0);
    assert_false(sono_editor_can_redo(f.editor));
    wait_news(&f, SONO_NEWS_COMMITTED, 3);
    assert_int_equal(sono_editor_n_queued(f.editor), 0);
    assert_same_sound(f.clip, expected, true);

    for (int i = 0; i < 3; i++) {
        assert_true(sono_editor_undo(f.editor));
    }
    assert_false(sono_editor_undo(f.editor));
    take_news(&f);
    assert_same_sound(f.clip, base, true);
    while (sono_editor_redo(f.editor)) {
    }
    take_news(&f);
    assert_same_sound(f.clip, expected, true);
    sono_clip_unref(expected);
    sono_clip_unref(base);
    fixture_close(&f);
}

/* Undo takes back what is not committed yet; an edit that changes nothing is dropped without a word. */
static void take_back_and_drop(void **state)
{
    (void)state;
    Fixture f;
    fixture_open(&f, SONO_TEST_SPEECH);
    wait_news(&f, SONO_NEWS_READY, 1);
    SonoClip *base = sono_clip_ref(f.clip);
    push(&f, "gain", 0.2, 0.5);
    push(&f, "erase", 0.3, 0.6);
    assert_true(sono_editor_undo(f.editor)); /* the erase */
    assert_true(sono_editor_undo(f.editor)); /* the gain, maybe already running */
    take_news(&f);
    assert_int_equal(f.n_of[SONO_NEWS_TAKEN_BACK], 2);
    assert_int_equal(sono_editor_n_queued(f.editor), 0);
    push(&f, "erase", 500.0, 501.0); /* far behind the end */
    wait_news(&f, SONO_NEWS_DROPPED, 1);
    assert_string_equal(f.line, "");
    push(&f, "erase", 0.3, 0.6);
    wait_news(&f, SONO_NEWS_COMMITTED, 1);
    assert_int_equal(sono_document_n_applied(sono_editor_document(f.editor)), 1);
    assert_same_sound(f.clip, base, false);
    sono_clip_unref(base);
    fixture_close(&f);
}

/* All edits that are queued are one task; cancelling it leaves those that are in the document. */
static void queued_edits_are_a_task(void **state)
{
    (void)state;
    Fixture f;
    SonoEditorTask tasks[2] = {0};
    fixture_open(&f, SONO_TEST_SPEECH);
    wait_news(&f, SONO_NEWS_READY, 1);
    assert_int_equal(sono_editor_tasks(f.editor, tasks, 2), 0);
    push(&f, "gain", 0.0, 0.1);
    assert_int_equal(sono_editor_tasks(f.editor, tasks, 2), 1);
    assert_string_equal(tasks[0].title, "Gain");
    assert_true(tasks[0].fraction == -1.0);
    for (int i = 1; i < 200; i++) {
        push(&f, "gain", 0.005 * i, 0.005 * i + 0.1);
    }
    wait_news(&f, SONO_NEWS_COMMITTED, 1);
    const size_t n_done = sono_document_n_applied(sono_editor_document(f.editor));
    char title[96];
    assert_true(sono_editor_is_busy(f.editor));
    assert_int_equal(sono_editor_tasks(f.editor, tasks, 2), 1);
    (void)snprintf(title, sizeof title, "Edit %zu of 200", n_done + 1);
    assert_string_equal(tasks[0].title, title);
    assert_true(fabs(tasks[0].fraction - (double)n_done / 200.0) < 1e-9);
    sono_editor_cancel(f.editor, tasks[0].id);
    assert_int_equal(sono_editor_n_queued(f.editor), 0);
    assert_false(sono_editor_is_busy(f.editor));
    take_news(&f);
    assert_int_equal(f.n_of[SONO_NEWS_TAKEN_BACK], 200 - n_done);
    assert_int_equal(sono_document_n_applied(sono_editor_document(f.editor)), n_done);
    const int id = tasks[0].id;
    push(&f, "gain", 0.3, 0.5);
    assert_int_equal(sono_editor_tasks(f.editor, tasks, 2), 1);
    assert_true(tasks[0].id != id); /* another one */
    sono_editor_cancel(f.editor, id);
    assert_int_equal(sono_editor_n_queued(f.editor), 1);
    wait_news(&f, SONO_NEWS_COMMITTED, (int)n_done + 1);
    assert_int_equal(sono_editor_tasks(f.editor, tasks, 2), 0);
    fixture_close(&f);
}

static void saves_on_a_worker(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    char sound[128];
    char script[128];
    char text[160];
    fixture_open(&f, SONO_TEST_SPEECH);
    wait_news(&f, SONO_NEWS_READY, 1);
    push(&f, "erase", 0.3, 0.6);
    wait_news(&f, SONO_NEWS_COMMITTED, 1);
    (void)snprintf(sound, sizeof sound, "%s/out.wav", f.dir);
    (void)snprintf(script, sizeof script, "%s/edits.json", f.dir);
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_EDITS, script, &err), err);
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_SOUND, sound, &err), err);
    wait_news(&f, SONO_NEWS_SAVED, 2);
    assert_string_equal(f.line, "");
    assert_string_equal(sono_document_path(sono_editor_document(f.editor)), sound);
    assert_non_null(strstr(sono_editor_describe(f.editor, text, sizeof text), "ready edits=1 queued=0 modified=0"));
    SonoEditScript read = {0};
    assert_ok(sono_edit_script_load(script, &read, &err), err);
    assert_int_equal(read.n_edits, 1);
    sono_edit_script_clear(&read);
    assert_ok(sono_editor_save(f.editor, SONO_SAVING_SOUND, "/nowhere/at/all.wav", &err), err);
    wait_news(&f, SONO_NEWS_SAVED, 3);
    assert_non_null(strstr(f.line, "/nowhere"));
    assert_false(sono_editor_is_busy(f.editor));
    fixture_close(&f);
}

static void bad_files_are_news(void **state)
{
    (void)state;
    static const char *const paths[] = {"/nowhere/at/all.wav", "/tmp", "/dev/zero", "/etc/hostname"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        Fixture f;
        fixture_open(&f, paths[i]);
        wait_news(&f, SONO_NEWS_FAILED, 1);
        assert_int_equal(f.n_of[SONO_NEWS_READY], 0);
        assert_true(f.line[0] != '\0');
        assert_null(strchr(f.line, '\n'));
        assert_null(sono_editor_document(f.editor));
        fixture_close(&f);
    }
}

/* Closing at any moment neither waits for the work nor is woken by it later. */
static void closes_at_any_time(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        Fixture f;
        fixture_open(&f, SONO_TEST_SPEECH);
        if (i % 3 > 0) {
            wait_news(&f, SONO_NEWS_READY, 1);
            push(&f, "erase", 0.3, 1.0);
        }
        if (i % 3 > 1) {
            SonoError err = {0};
            char path[128];
            (void)snprintf(path, sizeof path, "%s/late.wav", f.dir);
            assert_ok(sono_editor_save(f.editor, SONO_SAVING_SOUND, path, &err), err);
        }
        sono_editor_close(f.editor);
        f.editor = NULL;
        const int n = atomic_load(&f.n_wakes);
        sleep_ms(10);
        assert_int_equal(atomic_load(&f.n_wakes), n);
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_queue_up),          cmocka_unit_test(take_back_and_drop),
        cmocka_unit_test(queued_edits_are_a_task), cmocka_unit_test(saves_on_a_worker),
        cmocka_unit_test(bad_files_are_news),      cmocka_unit_test(closes_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
