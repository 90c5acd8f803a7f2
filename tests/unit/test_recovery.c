/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recovery files: written with every change, gone when nothing is to be lost, found again when their process is dead,
 * wherever the sound went; and what damaged, hostile and newer ones lead to. */
#include "sono_test.h"

#include "recovery_file.h"
#include "sono_log.h"
#include "sono_recovery.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N_FRAMES 1000

typedef struct Fixture {
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoDocument *doc;
    SonoRecovery *recovery;
    char dir[64], folder[96], sound[96];
} Fixture;

static int n_warnings;
static char last_warning[300];

static void count_warnings(SonoLogLevel level, const char *domain, const char *line, void *ctx)
{
    (void)domain;
    (void)ctx;
    if (level <= SONO_LOG_NOTICE) {
        n_warnings++;
        (void)snprintf(last_warning, sizeof last_warning, "%s", line);
    }
}

static void write_text(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static char *read_text(const char *path)
{
    static char text[1 << 20];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    const size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    assert_int_equal(fclose(f), 0);
    return text;
}

static SonoClip *make_clip(SonoPcmStore *store)
{
    static float x[N_FRAMES];
    const float *planes[1] = {x};
    SonoError err = {0};
    SonoClipBuilder *b = NULL;
    SonoClip *clip = NULL;
    assert_ok(sono_clip_builder_new(store, 48000, 1, &b, &err), err);
    assert_ok(sono_clip_builder_append(b, planes, N_FRAMES, &err), err);
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    return clip;
}

static void open_document(Fixture *f)
{
    SonoError err = {0};
    SonoClip *base = make_clip(f->store);
    assert_ok(sono_document_new(f->sound, base, NULL, &f->doc, &err), err);
    sono_clip_unref(base);
    assert_ok(sono_recovery_new(f->engine, f->folder, f->sound, &f->recovery, &err), err);
}

static void fixture_open(Fixture *f)
{
    SonoError err = {0};
    memset(f, 0, sizeof *f);
    (void)strcpy(f->dir, "/tmp/sono-recovery-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    (void)snprintf(f->folder, sizeof f->folder, "%s/state/deep/recovery", f->dir);
    (void)snprintf(f->sound, sizeof f->sound, "%s/a \xe4\xff%%.wav", f->dir); /* no UTF-8 */
    write_text(f->sound, "not really a sound", 18);
    assert_ok(sono_engine_new("cpu", 2, &f->engine, &err), err);
    assert_ok(sono_pcm_store_new(1 << 22, NULL, &f->store, &err), err);
    open_document(f);
    n_warnings = 0;
    sono_log_set_sink(count_warnings, NULL);
}

static void fixture_close(Fixture *f)
{
    char command[128];
    sono_recovery_close(f->recovery, false);
    sono_engine_free(f->engine);
    sono_document_free(f->doc);
    sono_pcm_store_unref(f->store);
    sono_log_set_sink(NULL, NULL);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->dir);
    assert_int_equal(system(command), 0);
}

static void settle(const Fixture *f)
{
    for (int i = 0; i < 4000 && !sono_recovery_is_settled(f->recovery); i++) {
        (void)nanosleep(&(struct timespec){0, 2000000}, NULL);
    }
    assert_true(sono_recovery_is_settled(f->recovery));
    SonoError err = {0};
    if (sono_recovery_take_error(f->recovery, &err)) {
        fail_msg("%s", err.message);
    }
}

/* A new edit in the document; state >= 0: one that takes it. */
static void push(Fixture *f, const char *label, double state)
{
    static const float x[N_FRAMES] = {0.5f};
    const float *planes[1] = {x};
    SonoError err = {0};
    SonoClip *clip = NULL;
    SonoEdit edit = sono_edit_new(sono_operation_find(state >= 0.0 ? "restore" : "gain"));
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {0.001, 0.002, 200.0, 3000.0}};
    assert_ok(sono_mask_add(&edit.mask, &box, &err), err);
    (void)snprintf(edit.label, sizeof edit.label, "%s", label);
    edit.params.v[0] = state >= 0.0 ? state : -6.0;
    assert_ok(sono_clip_splice(sono_document_clip(f->doc), 1, 5, planes, &clip, &err), err);
    assert_ok(sono_document_push(f->doc, sono_clip_revision(sono_document_clip(f->doc)), &edit, clip, (SonoSpan){1, 5},
                                 (SonoRegion){0.001, 0.002, 200, 3000}, &err),
              err);
    sono_clip_unref(clip);
    sono_edit_clear(&edit);
}

static void update(Fixture *f)
{
    sono_recovery_update(f->recovery, f->doc);
    settle(f);
}

/* The first file with a suffix. */
static bool find_file(const Fixture *f, const char *suffix, char *path, size_t n_bytes)
{
    char command[256];
    (void)snprintf(command, sizeof command, "ls '%s' 2>/dev/null | grep '%s$'", f->folder, suffix);
    FILE *p = popen(command, "r");
    char name[200] = "";
    const bool found = fgets(name, sizeof name, p) != NULL;
    (void)pclose(p);
    name[strcspn(name, "\n")] = '\0';
    (void)snprintf(path, n_bytes, "%s/%s", f->folder, name);
    return found;
}

static size_t n_files(const Fixture *f, const char *pattern)
{
    char command[256];
    int n = 0;
    (void)snprintf(command, sizeof command, "ls -A '%s' 2>/dev/null | grep -c '%s'", f->folder, pattern);
    FILE *p = popen(command, "r");
    assert_int_equal(fscanf(p, "%d", &n), 1);
    (void)pclose(p);
    return (size_t)n;
}

/* The file's edits, as labels joined by commas. */
static const char *labels(const Fixture *f)
{
    static char text[1000];
    char path[300];
    RecoveryHeader header = {0};
    SonoEditScript script = {0};
    SonoError err = {0};
    text[0] = '\0';
    if (!find_file(f, ".jsonl", path, sizeof path)) {
        return "no file";
    }
    assert_ok(recovery_read(path, &header, &script, &err), err);
    assert_int_equal(header.n_edits, script.n_edits);
    assert_string_equal(header.sound_path, f->sound);
    for (size_t i = 0; i < script.n_edits; i++) {
        (void)strcat(text, i ? "," : "");
        (void)strcat(text, script.edits[i].label);
    }
    recovery_header_clear(&header);
    sono_edit_script_clear(&script);
    return text;
}

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
    push(&f, "one", -1.0);
    sono_recovery_update(f.recovery, f.doc);
    for (int i = 0; i < 4000 && !sono_recovery_is_settled(f.recovery); i++) {
        (void)nanosleep(&(struct timespec){0, 2000000}, NULL);
    }
    assert_true(sono_recovery_take_error(f.recovery, &err));
    assert_non_null(strstr(err.message, "recovery folder"));
    assert_false(sono_recovery_take_error(f.recovery, &err));
    assert_int_equal(unlink(file), 0); /* as soon as it is possible again it is done */
    update(&f);
    assert_string_equal(labels(&f), "one");
    fixture_close(&f);
}

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
    assert_int_equal(unsetenv("HOME"), 0);
    assert_int_equal(recovery_folder(NULL, path, &err), SONO_E_IO);
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
        cmocka_unit_test(the_file_follows_the_document),
        cmocka_unit_test(saving_over_the_sound_moves_the_start),
        cmocka_unit_test(updates_pile_up),
        cmocka_unit_test(errors_are_told_once),
        cmocka_unit_test(lost_edits_are_found_taken_and_let_go),
        cmocka_unit_test(what_a_taker_leaves_is_lost_again),
        cmocka_unit_test(a_moved_sound_is_found_by_its_content),
        cmocka_unit_test(bad_files_are_skipped_with_one_line),
        cmocka_unit_test(newer_files_are_left_alone),
        cmocka_unit_test(owners_are_told_apart),
        cmocka_unit_test(closing_keeps_or_removes),
        cmocka_unit_test(fingerprints_see_every_byte_that_counts),
        cmocka_unit_test(the_state_folder_follows_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
