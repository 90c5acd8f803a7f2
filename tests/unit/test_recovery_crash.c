/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that edits and is killed at random moments, 100 times: the recovery file it leaves is always whole, a
 * prefix of its edits, and has every edit that was acknowledged as written. */
#include "sono_test.h"

#include "silent_clip.h"
#include "sono_recovery.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N_KILLS 100
#define N_FRAMES SILENT_FRAMES
#define N_EDITS 400

static void sleep_us(long us)
{
    (void)nanosleep(&(struct timespec){0, 1000 * us}, NULL);
}

/* The edit number i, with as many points as make its line take a while. */
static void make_edit(SonoEdit *edit, int i)
{
    static SonoStrokePoint points[64];
    SonoError err = {0};
    for (int k = 0; k < 64; k++) {
        points[k] = (SonoStrokePoint){0.001 * k, 440.0 + i + k / 3.0, 1.0};
    }
    const SonoShape stroke = {.kind = SONO_SHAPE_STROKE,
                              .brush = {.radius_ms = 10.0, .radius_hz = 100.0, .hardness = 0.5, .flow = 1.0},
                              .points = points,
                              .n_points = 64};
    *edit = sono_edit_new(sono_operation_find("erase"));
    (void)snprintf(edit->label, sizeof edit->label, "edit %d", i);
    assert_ok(sono_mask_add(&edit->mask, &stroke, &err), err);
}

static SonoDocument *make_document(const char *sound)
{
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoDocument *doc = NULL;
    assert_ok(sono_pcm_store_new(1 << 22, NULL, &store, &err), err);
    SonoClip *clip = silent_clip(store);
    assert_ok(sono_document_new(sound, clip, NULL, &doc, &err), err);
    sono_clip_unref(clip);
    sono_pcm_store_unref(store);
    return doc;
}

/* The one that is killed: every number it writes to standard output is of edits that are on disk. */
static int edit_until_killed(const char *folder, const char *sound)
{
    static const float x[N_FRAMES] = {0.5f};
    const float *planes[1] = {x};
    SonoError err = {0};
    SonoEngine *engine = NULL;
    SonoRecovery *recovery = NULL;
    SonoDocument *doc = make_document(sound);
    assert_ok(sono_engine_new("cpu", 1, &engine, &err), err);
    assert_ok(sono_recovery_new(engine, folder, sound, &recovery, &err), err);
    for (int i = 0; i < N_EDITS; i++) {
        SonoEdit edit = {0};
        SonoClip *next = NULL;
        const SonoClip *now = sono_document_clip(doc);
        make_edit(&edit, i);
        assert_ok(sono_clip_splice(now, 1, 5, planes, &next, &err), err);
        assert_ok(
            sono_document_push(doc, sono_clip_revision(now), &edit, next, (SonoSpan){1, 5}, (SonoRegion){0}, &err),
            err);
        sono_clip_unref(next);
        sono_edit_clear(&edit);
        sono_recovery_update(recovery, doc);
        if (i % 3 == 0) { /* others pile up */
            while (!sono_recovery_is_settled(recovery)) {
                sleep_us(50);
            }
            assert_false(sono_recovery_take_error(recovery, &err));
            const int n = i + 1;
            assert_int_equal(write(STDOUT_FILENO, &n, sizeof n), sizeof n);
        }
    }
    while (pause() == -1) {
    }
    return 0;
}

static pid_t start(const char *folder, const char *sound, int *out)
{
    char exe[PATH_MAX];
    int fds[2];
    const ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    assert_true(n > 0 && pipe(fds) == 0);
    exe[n] = '\0';
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)dup2(fds[1], STDOUT_FILENO);
        (void)close(fds[0]);
        (void)close(fds[1]);
        (void)execl(exe, exe, folder, sound, (char *)NULL);
        _exit(127);
    }
    (void)close(fds[1]);
    *out = fds[0];
    return pid;
}

/* Kill it at some moment; returns the last number it gave. */
static int kill_at(pid_t pid, int out, long us)
{
    int last = 0;
    int n = 0;
    int how = 0;
    assert_int_equal(read(out, &last, sizeof last), sizeof last); /* it is at work */
    sleep_us(us);
    assert_int_equal(kill(pid, SIGKILL), 0);
    while (read(out, &n, sizeof n) == (ssize_t)sizeof n) {
        last = n;
    }
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
    (void)close(out);
    return last;
}

static void check_prefix(const SonoLostEdits *lost, int n_acknowledged)
{
    SonoEditScript script = {0};
    SonoError err = {0};
    assert_ok(sono_recovery_take(lost, &script, &err), err);
    assert_int_equal(script.n_edits, lost->n_edits);
    if (script.n_edits < (size_t)n_acknowledged) {
        fail_msg("%zu edits, but %d were said to be written", script.n_edits, n_acknowledged);
    }
    for (size_t i = 0; i < script.n_edits; i++) {
        SonoEdit edit = {0};
        make_edit(&edit, (int)i);
        assert_string_equal(script.edits[i].label, edit.label);
        assert_int_equal(script.edits[i].mask.shapes[0].n_points, edit.mask.shapes[0].n_points);
        assert_memory_equal(script.edits[i].mask.shapes[0].points, edit.mask.shapes[0].points,
                            edit.mask.shapes[0].n_points * sizeof *edit.mask.shapes[0].points);
        sono_edit_clear(&edit);
    }
    sono_edit_script_clear(&script);
    sono_recovery_discard(lost);
}

static void a_killed_process_leaves_its_edits(void **state)
{
    (void)state;
    char dir[] = "/tmp/sono-crash-XXXXXX";
    char folder[64], sound[64], command[96];
    uint64_t seed = 1234567;
    int shortest = N_EDITS;
    int longest = 0;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(folder, sizeof folder, "%s/recovery", dir);
    (void)snprintf(sound, sizeof sound, "%s/a.wav", dir);
    FILE *file = fopen(sound, "w");
    assert_true(file && fputs("sound", file) >= 0 && fclose(file) == 0);
    for (int i = 0; i < N_KILLS; i++) {
        int out = -1;
        SonoLostEdits *lost = NULL;
        size_t n = 0;
        SonoError err = {0};
        const pid_t pid = start(folder, sound, &out);
        const int n_acknowledged = kill_at(pid, out, (long)(20000.0 * ((double)sono_test_noise(&seed) + 1.0)));
        assert_ok(sono_recovery_list(folder, &lost, &n, &err), err);
        assert_int_equal(n, 1);
        shortest = (int)lost[0].n_edits < shortest ? (int)lost[0].n_edits : shortest;
        longest = (int)lost[0].n_edits > longest ? (int)lost[0].n_edits : longest;
        check_prefix(&lost[0], n_acknowledged);
        sono_recovery_list_free(lost, n);
    }
    print_message("killed after %d to %d edits\n", shortest, longest);
    assert_true(longest > shortest); /* not always at the same moment */
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    assert_int_equal(system(command), 0);
}

int main(int argc, char **argv)
{
    if (argc == 3) {
        return edit_until_killed(argv[1], argv[2]);
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_killed_process_leaves_its_edits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
