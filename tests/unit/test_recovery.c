/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recovery files while the document lives: written with every change, gone when nothing is to be lost. */
#include "recovery_fixture.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void the_file_follows_the_document(void **state)
{
    (void)state;
    Fixture f;
    struct stat st;
    fixture_open(&f);
    update(&f);
    assert_string_equal(labels(&f), "no file"); /* nothing to lose */
    push(&f, "one", -1.0);
    update(&f);
    assert_string_equal(labels(&f), "one");
    assert_int_equal(stat(f.folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    push(&f, "two", -1.0);
    push(&f, "three", 1.0);
    update(&f);
    assert_string_equal(labels(&f), "one,two,three");
    assert_true(sono_document_undo(f.doc));
    update(&f);
    assert_string_equal(labels(&f), "one,two");
    assert_true(sono_document_undo(f.doc));
    push(&f, "other", -1.0); /* in place of two */
    update(&f);
    assert_string_equal(labels(&f), "one,other");
    SonoError err = {0};
    assert_ok(sono_document_go_to(f.doc, 0, &err), err);
    update(&f);
    assert_string_equal(labels(&f), "no file"); /* as on disk */
    assert_ok(sono_document_go_to(f.doc, 2, &err), err);
    update(&f);
    assert_string_equal(labels(&f), "one,other");
    assert_int_equal(n_files(&f, "tmp"), 0);
    assert_int_equal(n_files(&f, "lock"), 1);
    sono_document_mark_saved(f.doc, "/somewhere/else.wav");
    update(&f);
    assert_int_equal(n_files(&f, ""), 0);
    fixture_close(&f);
}

/* Saved over the file that was opened: what follows starts from there, unless it reaches behind that. */
static void saving_over_the_sound_moves_the_start(void **state)
{
    (void)state;
    Fixture f;
    char path[300];
    RecoveryHeader header = {0};
    SonoFingerprint before = {0};
    SonoFingerprint after = {0};
    SonoError err = {0};
    fixture_open(&f);
    push(&f, "one", -1.0);
    push(&f, "two", -1.0);
    update(&f);
    assert_ok(sono_fingerprint(f.sound, &before, &err), err);
    write_text(f.sound, "another sound", 13);
    assert_ok(sono_fingerprint(f.sound, &after, &err), err);
    sono_document_mark_saved(f.doc, f.sound);
    update(&f);
    assert_string_equal(labels(&f), "no file");
    push(&f, "three", 2.0); /* the saved state */
    update(&f);
    assert_string_equal(labels(&f), "three");
    assert_true(find_file(&f, ".jsonl", path, sizeof path));
    SonoEditScript script = {0};
    assert_ok(recovery_read(path, &header, &script, &err), err);
    assert_true(script.edits[0].params.v[0] == 0.0);
    assert_string_equal(header.fingerprint.text, after.text);
    recovery_header_clear(&header);
    sono_edit_script_clear(&script);
    push(&f, "four", 1.0); /* only in the history of the sound that was opened */
    update(&f);
    assert_string_equal(labels(&f), "one,two,three,four");
    assert_true(find_file(&f, ".jsonl", path, sizeof path));
    assert_ok(recovery_read(path, &header, NULL, &err), err);
    assert_string_equal(header.fingerprint.text, before.text);
    recovery_header_clear(&header);
    assert_true(sono_document_undo(f.doc));
    update(&f);
    assert_string_equal(labels(&f), "three");
    assert_true(sono_document_undo(f.doc));
    assert_true(sono_document_undo(f.doc)); /* behind the saved state */
    update(&f);
    assert_string_equal(labels(&f), "one");
    fixture_close(&f);
}

/* Many updates while a worker writes: the last one counts, whatever happens in between. */
static void updates_pile_up(void **state)
{
    (void)state;
    Fixture f;
    char label[16];
    fixture_open(&f);
    for (int i = 0; i < 300; i++) {
        (void)snprintf(label, sizeof label, "%d", i);
        push(&f, label, -1.0);
        if (i % 3 == 2) {
            (void)sono_document_undo(f.doc);
        }
        sono_recovery_update(f.recovery, f.doc);
    }
    settle(&f);
    const char *text = labels(&f);
    size_t n = 1;
    for (const char *p = text; *p; p++) {
        n += *p == ',';
    }
    assert_int_equal(n, sono_document_n_applied(f.doc));
    fixture_close(&f);
}

static void count_wake(void *ctx)
{
    (void)atomic_fetch_add((_Atomic int *)ctx, 1);
}

static void errors_are_told_once(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    fixture_open(&f);
    (void)snprintf(f.folder, sizeof f.folder, "%s/file/below", f.dir);
    char file[96];
    (void)snprintf(file, sizeof file, "%s/file", f.dir);
    write_text(file, "x", 1);
    sono_recovery_close(f.recovery, false);
    assert_ok(sono_recovery_new(f.engine, f.folder, f.sound, &f.recovery, &err), err);
    _Atomic int n_wakes = 0;
    sono_recovery_watch(f.recovery, count_wake, &n_wakes);
    push(&f, "one", -1.0);
    sono_recovery_update(f.recovery, f.doc);
    for (int i = 0; i < 4000 && !sono_recovery_is_settled(f.recovery); i++) {
        (void)nanosleep(&(struct timespec){0, 2000000}, NULL);
    }
    assert_int_equal(atomic_load(&n_wakes), 1); /* nobody has to ask */
    assert_true(sono_recovery_take_error(f.recovery, &err));
    assert_non_null(strstr(err.message, "recovery folder"));
    assert_false(sono_recovery_take_error(f.recovery, &err));
    assert_int_equal(unlink(file), 0); /* as soon as it is possible again it is done */
    update(&f);
    assert_string_equal(labels(&f), "one");
    fixture_close(&f);
}

static void closing_keeps_or_removes(void **state)
{
    (void)state;
    for (int keep = 0; keep < 2; keep++) {
        for (int wait = 0; wait < 2; wait++) {
            Fixture f;
            fixture_open(&f);
            push(&f, "one", -1.0);
            sono_recovery_update(f.recovery, f.doc);
            if (wait) {
                settle(&f);
                push(&f, "two", -1.0);
                sono_recovery_update(f.recovery, f.doc);
            }
            sono_recovery_close(f.recovery, keep);
            f.recovery = NULL;
            assert_string_equal(labels(&f), !keep ? "no file" : wait ? "one,two" : "one");
            fixture_close(&f);
        }
    }
}

static void fingerprints_see_every_byte_that_counts(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    SonoFingerprint a = {0};
    SonoFingerprint b = {0};
    fixture_open(&f);
    assert_ok(sono_fingerprint(f.sound, &a, &err), err);
    assert_true(strncmp(a.text, "18-", 3) == 0 && strlen(a.text) == 19);
    write_text(f.sound, "not really a sounD", 18);
    assert_ok(sono_fingerprint(f.sound, &b, &err), err);
    assert_string_not_equal(a.text, b.text);
    assert_int_equal(truncate(f.sound, (off_t)100 << 20), 0); /* sparse */
    assert_ok(sono_fingerprint(f.sound, &a, &err), err);
    static const off_t places[] = {0, (off_t)(100 << 20) - 1};
    for (size_t i = 0; i < 2; i++) {
        const int fd = open(f.sound, O_WRONLY | O_CLOEXEC);
        assert_int_equal(pwrite(fd, "!", 1, places[i]), 1);
        assert_int_equal(close(fd), 0);
        assert_ok(sono_fingerprint(f.sound, &b, &err), err);
        assert_string_not_equal(a.text, b.text);
        a = b;
    }
    assert_int_equal(sono_fingerprint("/nowhere/x.wav", &a, &err), SONO_E_IO);
    assert_non_null(strstr(err.message, "/nowhere/x.wav"));
    assert_int_equal(sono_fingerprint("/tmp", &a, &err), SONO_E_IO);
    fixture_close(&f);
}

static void the_state_folder_follows_the_environment(void **state)
{
    (void)state;
    char path[PATH_MAX];
    SonoError err = {0};
    assert_int_equal(setenv("HOME", "/h", 1), 0);
    assert_int_equal(setenv("XDG_STATE_HOME", "/s", 1), 0);
    assert_ok(recovery_folder(NULL, path, &err), err);
    assert_string_equal(path, "/s/sonobrush/recovery");
    assert_int_equal(setenv("XDG_STATE_HOME", "relative", 1), 0);
    assert_ok(recovery_folder(NULL, path, &err), err);
    assert_string_equal(path, "/h/.local/state/sonobrush/recovery");
    char expected[PATH_MAX];
    const struct passwd *user = getpwuid(geteuid());
    assert_non_null(user);
    (void)snprintf(expected, sizeof expected, "%s/.local/state/sonobrush/recovery", user->pw_dir);
    assert_int_equal(unsetenv("HOME"), 0); /* started without an environment */
    assert_ok(recovery_folder(NULL, path, &err), err);
    assert_string_equal(path, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_follows_the_document),
        cmocka_unit_test(saving_over_the_sound_moves_the_start),
        cmocka_unit_test(updates_pile_up),
        cmocka_unit_test(errors_are_told_once),
        cmocka_unit_test(closing_keeps_or_removes),
        cmocka_unit_test(fingerprints_see_every_byte_that_counts),
        cmocka_unit_test(the_state_folder_follows_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
