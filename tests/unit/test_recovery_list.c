/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What dead processes left: found again wherever the sound went, taken by one, and what damaged, hostile and newer
 * files lead to. */
#include "recovery_fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* This program again, in a process of its own: threads and fork do not go together. */
static void run_self(const char *what, const Fixture *f, int n)
{
    char exe[PATH_MAX];
    char number[16];
    const ssize_t n_exe = readlink("/proc/self/exe", exe, sizeof exe - 1);
    assert_true(n_exe > 0);
    exe[n_exe] = '\0';
    (void)snprintf(number, sizeof number, "%d", n);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)execl(exe, exe, what, f->folder, f->sound, number, (char *)NULL);
        _exit(127);
    }
    int how = 0;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_int_equal(how, 0);
}

/* Some edits by another process, and its death without a goodbye. */
static void die_with_edits(const Fixture *f, int n_edits)
{
    run_self("edit", f, n_edits);
}

/* What that process does. */
static int edit_and_die(Fixture *f, int n_edits)
{
    char label[16];
    SonoError err = {0};
    assert_ok(sono_engine_new("cpu", 1, &f->engine, &err), err);
    assert_ok(sono_pcm_store_new(1 << 22, NULL, &f->store, &err), err);
    open_document(f);
    for (int i = 0; i < n_edits; i++) {
        (void)snprintf(label, sizeof label, "%d", i);
        push(f, label, -1.0);
    }
    sono_recovery_update(f->recovery, f->doc);
    while (!sono_recovery_is_settled(f->recovery)) {
        (void)nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    _exit(sono_recovery_take_error(f->recovery, NULL));
}

static int take_and_die(const Fixture *f)
{
    SonoLostEdits *lost = NULL;
    SonoEditScript script = {0};
    size_t n = 0;
    _exit(sono_recovery_list(f->folder, &lost, &n, NULL) != SONO_OK || n != 1 ||
          sono_recovery_take(&lost[0], &script, NULL) != SONO_OK);
}

static size_t list(const Fixture *f, SonoLostEdits **lost)
{
    size_t n = 0;
    SonoError err = {0};
    assert_ok(sono_recovery_list(f->folder, lost, &n, &err), err);
    return n;
}

static void lost_edits_are_found_taken_and_let_go(void **state)
{
    (void)state;
    Fixture f;
    SonoLostEdits *lost = NULL;
    SonoLostEdits *again = NULL;
    SonoEditScript script = {0};
    SonoError err = {0};
    fixture_open(&f);
    assert_int_equal(list(&f, &lost), 0); /* there is not even a folder */
    die_with_edits(&f, 3);
    push(&f, "alive", -1.0);
    update(&f);
    assert_int_equal(n_files(&f, "jsonl"), 2);
    assert_int_equal(list(&f, &lost), 1); /* ours is not lost */
    assert_string_equal(lost[0].sound_path, f.sound);
    assert_int_equal(lost[0].n_edits, 3);
    assert_true(lost[0].saved_at_s > 1700000000);

    char *path = NULL;
    assert_ok(sono_recovery_find_sound(&lost[0], NULL, 0, &path, &err), err);
    assert_string_equal(path, f.sound);
    free(path);

    assert_ok(sono_recovery_take(&lost[0], &script, &err), err);
    assert_int_equal(script.n_edits, 3);
    assert_string_equal(script.edits[2].label, "2");
    sono_edit_script_clear(&script);
    assert_int_equal(sono_recovery_take(&lost[0], &script, &err), SONO_E_IO); /* a second window */
    assert_non_null(strstr(err.message, "another window"));
    assert_int_equal(list(&f, &again), 0);
    sono_recovery_list_free(again, 0);
    assert_int_equal(n_files(&f, "taken"), 1);

    /* another document of the same sound has nothing to do with it */
    push(&f, "b", -1.0);
    push(&f, "c", -1.0);
    update(&f);
    assert_int_equal(n_files(&f, "taken"), 1);
    sono_recovery_close(f.recovery, false);
    sono_document_free(f.doc);
    assert_int_equal(n_files(&f, "taken"), 1);
    open_document(&f);
    assert_ok(sono_recovery_adopt(f.recovery, lost[0].file, lost[0].n_edits, &err), err);
    push(&f, "a", -1.0);
    push(&f, "b", -1.0); /* two edits are less than three */
    update(&f);
    assert_int_equal(n_files(&f, "taken"), 1);
    push(&f, "c", -1.0);
    update(&f);
    assert_int_equal(n_files(&f, "taken"), 0);
    sono_recovery_list_free(lost, 1);

    die_with_edits(&f, 1);
    assert_int_equal(list(&f, &lost), 1);
    sono_recovery_discard(&lost[0]);
    sono_recovery_list_free(lost, 1);
    assert_int_equal(list(&f, &lost), 0);
    sono_recovery_list_free(lost, 0);
    assert_int_equal(n_files(&f, ""), 2); /* ours and its lock */
    fixture_close(&f);
}

/* Taken, and then that process dies too: it is offered again. */
static void what_a_taker_leaves_is_lost_again(void **state)
{
    (void)state;
    Fixture f;
    SonoLostEdits *lost = NULL;
    fixture_open(&f);
    die_with_edits(&f, 2);
    assert_int_equal(list(&f, &lost), 1);
    run_self("take", &f, 0);
    sono_recovery_list_free(lost, 1);
    assert_int_equal(n_files(&f, "taken"), 1);
    assert_int_equal(list(&f, &lost), 1);
    assert_int_equal(lost[0].n_edits, 2);
    SonoEditScript script = {0};
    SonoError err = {0};
    assert_ok(sono_recovery_take(&lost[0], &script, &err), err);
    assert_int_equal(script.n_edits, 2);
    sono_edit_script_clear(&script);
    sono_recovery_discard(&lost[0]);
    sono_recovery_list_free(lost, 1);
    assert_int_equal(n_files(&f, ""), 0);
    fixture_close(&f);
}

static void a_moved_sound_is_found_by_its_content(void **state)
{
    (void)state;
    Fixture f;
    SonoLostEdits *lost = NULL;
    SonoError err = {0};
    char moved[128], album[96], twin[128];
    char *path = NULL;
    fixture_open(&f);
    die_with_edits(&f, 1);
    assert_int_equal(list(&f, &lost), 1);
    (void)snprintf(album, sizeof album, "%s/album", f.dir);
    (void)snprintf(moved, sizeof moved, "%s/renamed.wav", album);
    (void)snprintf(twin, sizeof twin, "%s/early.wav", album); /* same size, other content, first by name */
    assert_int_equal(mkdir(album, 0700), 0);
    assert_int_equal(rename(f.sound, moved), 0);
    write_text(twin, "not really a SOUND", 18);
    const char *const candidates[] = {"/nowhere", twin, album};
    char other[128]; /* renamed where it was */
    (void)snprintf(other, sizeof other, "%s/zz.wav", f.dir);
    assert_int_equal(rename(moved, other), 0);
    assert_ok(sono_recovery_find_sound(&lost[0], NULL, 0, &path, &err), err);
    assert_string_equal(path, other);
    free(path);
    assert_int_equal(rename(other, moved), 0);
    assert_ok(sono_recovery_find_sound(&lost[0], candidates, 2, &path, &err), err);
    assert_null(path);
    assert_ok(sono_recovery_find_sound(&lost[0], candidates, 3, &path, &err), err);
    assert_string_equal(path, moved);
    free(path);
    write_text(f.sound, "another at its old place", 24);
    assert_ok(sono_recovery_find_sound(&lost[0], candidates, 3, &path, &err), err);
    assert_string_equal(path, moved);
    free(path);
    sono_recovery_list_free(lost, 1);
    fixture_close(&f);
}

static void bad_files_are_skipped_with_one_line(void **state)
{
    (void)state;
    Fixture f;
    char good[300], bad[300];
    SonoLostEdits *lost = NULL;
    fixture_open(&f);
    die_with_edits(&f, 2);
    assert_true(find_file(&f, ".jsonl", good, sizeof good));
    char *text = strdup(read_text(good));
    const size_t n = strlen(text);
    (void)snprintf(bad, sizeof bad, "%s/bad.jsonl", f.folder);
    assert_int_equal(n_warnings, 0);
    for (size_t cut = 0; cut < n; cut += cut < 40 || cut > n - 40 ? 1 : 37) { /* cut anywhere */
        n_warnings = 0;
        write_text(bad, text, cut);
        assert_int_equal(list(&f, &lost), 1);
        assert_int_equal(n_warnings, 1);
        assert_non_null(strstr(last_warning, "bad.jsonl"));
        sono_recovery_list_free(lost, 1);
    }
    static const struct {
        const char *from, *to;
    } damages[] = {{"\"n_edits\": 2", "\"n_edits\": 1"},
                   {"\"n_edits\": 2", "\"n_edits\": 9007199254740991"},
                   {"\"n_edits\": 2", "\"n_edits\": -1"},
                   {"\"n_edits\": 2", "\"n_edits\": 2, \"x\": 1"},
                   {"file:///", "http:///"},
                   {"%20", "%00"},
                   {"%20", "%2"},
                   {"gain_db", "gain_bd"},
                   {"\"pid\": ", "\"pid\": \"x\", \"y\": "},
                   {"sonobrush_recovery", "something_else"}};
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        char *damaged = calloc(n + 64, 1);
        const char *at = strstr(text, damages[i].from);
        if (!at) {
            fail_msg("%s is not in %s", damages[i].from, text);
        }
        memcpy(damaged, text, (size_t)(at - text));
        (void)strcat(damaged, damages[i].to);
        (void)strcat(damaged, at + strlen(damages[i].from));
        n_warnings = 0;
        write_text(bad, damaged, strlen(damaged));
        assert_int_equal(list(&f, &lost), 1);
        assert_int_equal(n_warnings, 1);
        sono_recovery_list_free(lost, 1);
        free(damaged);
    }
    assert_int_equal(unlink(bad), 0);
    assert_int_equal(mkfifo(bad, 0600), 0); /* would block */
    n_warnings = 0;
    assert_int_equal(list(&f, &lost), 1);
    assert_int_equal(n_warnings, 1);
    sono_recovery_list_free(lost, 1);
    assert_int_equal(unlink(bad), 0);
    assert_int_equal(symlink(good, bad), 0);
    assert_int_equal(list(&f, &lost), 1);
    sono_recovery_list_free(lost, 1);
    assert_int_equal(unlink(bad), 0);
    free(text);
    fixture_close(&f);
}

static void newer_files_are_left_alone(void **state)
{
    (void)state;
    Fixture f;
    char path[300];
    static const char newer[] = "{\"sonobrush_recovery\": 2, \"unheard\": [1]}\nof\n";
    SonoLostEdits *lost = NULL;
    fixture_open(&f);
    push(&f, "one", -1.0);
    update(&f);
    (void)snprintf(path, sizeof path, "%s/0123.jsonl", f.folder);
    write_text(path, newer, sizeof newer - 1);
    assert_int_equal(list(&f, &lost), 0);
    sono_recovery_list_free(lost, 0);
    assert_int_equal(n_warnings, 0);
    assert_string_equal(read_text(path), newer);
    fixture_close(&f);
}

/* A process number that was used again is not the process that wrote, and a lock tells more than a number. */
static void owners_are_told_apart(void **state)
{
    (void)state;
    RecoveryOwner self = recovery_owner_self();
    assert_int_equal(self.pid, getpid());
    assert_true(self.start_ticks > 0 && self.boot[0]);
    assert_true(recovery_owner_is_alive(&self));
    void *more = malloc((size_t)64 << 20); /* it stays the same process however much it grows */
    assert_non_null(more);
    const RecoveryOwner later = recovery_owner_self();
    free(more);
    assert_int_equal(later.start_ticks, self.start_ticks);
    RecoveryOwner other = self;
    other.start_ticks++;
    assert_false(recovery_owner_is_alive(&other));
    other = self;
    other.boot[0] = other.boot[0] == 'x' ? 'y' : 'x';
    assert_false(recovery_owner_is_alive(&other));
    other = self;
    other.pid = INT64_C(1) << 40;
    assert_false(recovery_owner_is_alive(&other));

    Fixture f;
    SonoLostEdits *lost = NULL;
    char lock[300];
    fixture_open(&f);
    die_with_edits(&f, 1);
    assert_true(find_file(&f, ".lock", lock, sizeof lock));
    const int fd = open(lock, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0); /* alive in a place where its number says nothing */
    assert_int_equal(list(&f, &lost), 0);
    sono_recovery_list_free(lost, 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(list(&f, &lost), 1);
    sono_recovery_list_free(lost, 1);
    fixture_close(&f);
}

int main(int argc, char **argv)
{
    if (argc == 5) {
        Fixture f = {0};
        (void)snprintf(f.folder, sizeof f.folder, "%s", argv[2]);
        (void)snprintf(f.sound, sizeof f.sound, "%s", argv[3]);
        return strcmp(argv[1], "edit") == 0 ? edit_and_die(&f, atoi(argv[4])) : take_and_die(&f);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_edits_are_found_taken_and_let_go),
        cmocka_unit_test(what_a_taker_leaves_is_lost_again),
        cmocka_unit_test(a_moved_sound_is_found_by_its_content),
        cmocka_unit_test(bad_files_are_skipped_with_one_line),
        cmocka_unit_test(newer_files_are_left_alone),
        cmocka_unit_test(owners_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
