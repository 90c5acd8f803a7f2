/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store of blocks: budget, cache file, and a file that refuses, fills up or is damaged. */
#define _GNU_SOURCE /* setgroups is not POSIX */
#include "pcm_test.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "sono_log.h"

#define B SONO_BLOCK_FRAMES

typedef struct Notices {
    _Atomic int n;
    char last[300];
} Notices;

static void note(SonoLogLevel level, const char *domain, const char *line, void *ctx)
{
    Notices *notices = ctx;
    if (level <= SONO_LOG_NOTICE && strcmp(domain, "pcm") == 0) {
        (void)snprintf(notices->last, sizeof notices->last, "%s", line);
        notices->n++;
    }
}

/* The descriptor of the cache file: the one open file below dir, which has no name any more. -1: none. */
static int find_cache_fd(const char *dir)
{
    DIR *fds = opendir("/proc/self/fd");
    int found = -1;
    assert_non_null(fds);
    for (const struct dirent *e = readdir(fds); e; e = readdir(fds)) {
        char path[300];
        char target[300] = "";
        (void)snprintf(path, sizeof path, "/proc/self/fd/%s", e->d_name);
        if (readlink(path, target, sizeof target - 1) > 0 && strncmp(target, dir, strlen(dir)) == 0 &&
            strstr(target, "deleted")) {
            found = atoi(e->d_name);
        }
    }
    (void)closedir(fds);
    return found;
}

static void test_budget_is_kept(void **state)
{
    (void)state;
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(4 * BLOCK_BYTES + 100, dir);
    Flat f = flat_noise(2, 20 * (int64_t)B - 50, 1);
    SonoClip *clip = clip_of_flat(store, &f);
    SonoPcmStoreStats s = sono_pcm_store_stats(store);
    assert_int_equal(s.n_blocks, 40);
    assert_int_equal(s.resident_bytes, 4 * BLOCK_BYTES);
    assert_int_equal(s.spilled_bytes, 36 * BLOCK_BYTES);
    assert_int_equal(s.n_loads, 0);
    const int fd = find_cache_fd(dir);
    struct stat st;
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_nlink, 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    const off_t size = st.st_size;
    assert_true(size <= (off_t)(36 * B * sizeof(float)));
    for (int k = 0; k < 3; k++) { /* read round and round: what the file has is not written again */
        expect_equals_flat(clip, &f);
        s = sono_pcm_store_stats(store);
        assert_int_equal(s.resident_bytes, 4 * BLOCK_BYTES);
        assert_int_equal(s.spilled_bytes, 36 * BLOCK_BYTES);
    }
    assert_true(s.n_loads >= 3 * 36);
    assert_int_equal(fstat(fd, &st), 0);
    assert_true(st.st_size <= (off_t)(40 * B * sizeof(float))); /* the 4 that stayed until the reading began */
    const off_t after = st.st_size;
    sono_clip_unref(clip);
    for (int k = 0; k < 3; k++) { /* slots are used again */
        clip = clip_of_flat(store, &f);
        expect_equals_flat(clip, &f);
        sono_clip_unref(clip);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_size, after);
    }
    expect_empty(store);
    flat_free(&f);
    sono_pcm_store_unref(store);
    assert_int_equal(find_cache_fd(dir), -1);
    assert_int_equal(rmdir(dir), 0);
}

static void test_clip_holds_the_store(void **state)
{
    (void)state;
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(BLOCK_BYTES, dir);
    Flat f = flat_noise(1, 4 * B, 2);
    SonoClip *clip = clip_of_flat(store, &f);
    sono_pcm_store_unref(store);
    expect_equals_flat(clip, &f);
    sono_clip_unref(clip);
    sono_pcm_store_unref(NULL);
    flat_free(&f);
    assert_int_equal(rmdir(dir), 0);
}

static void test_silence_costs_nothing(void **state)
{
    (void)state;
    SonoPcmStore *store = store_new(0, NULL);
    Flat noise = flat_noise(2, 3 * B, 5); /* leaves its samples behind in memory that is used again */
    sono_clip_unref(clip_of_flat(store, &noise));
    flat_free(&noise);
    Flat f = flat_new(2, 5);
    SonoClip *clip = clip_of_flat(store, &f);
    assert_int_equal(sono_pcm_store_stats(store).n_blocks, 0);
    sono_clip_unref(clip);
    flat_free(&f);
    f = flat_new(2, 10 * B + 5);
    f.pcm[1][4 * B + 17] = 1e-30f; /* the one sample that is something */
    clip = clip_of_flat(store, &f);
    SonoPcmStoreStats s = sono_pcm_store_stats(store);
    assert_int_equal(s.n_blocks, 1);
    assert_int_equal(s.resident_bytes, BLOCK_BYTES);
    expect_equals_flat(clip, &f);
    SonoClip *silent = NULL;
    SonoError err = {0};
    const float zero = 0.0f;
    const float *pcm[2] = {NULL, &zero};
    assert_ok(sono_clip_splice(clip, 4 * B + 17, 1, pcm, &silent, &err), err); /* and now it is not */
    sono_clip_unref(clip);
    assert_int_equal(sono_pcm_store_stats(store).n_blocks, 0);
    f.pcm[1][4 * B + 17] = 0.0f;
    expect_equals_flat(silent, &f);
    sono_clip_unref(silent);
    flat_free(&f);
    sono_pcm_store_unref(store);
}

static void test_budget_choices(void **state)
{
    (void)state;
    SonoPcmStore *store = NULL;
    SonoError err = {0};
    static const char *const bad[] = {"0", "-5", "12q", "much", "99999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(setenv("SONO_PCM_BUDGET_MB", bad[i], 1), 0);
        assert_int_equal(sono_pcm_store_new(0, NULL, &store, &err), SONO_E_RANGE);
        assert_non_null(strstr(err.message, "SONO_PCM_BUDGET_MB"));
    }
    assert_null(store);
    assert_int_equal(setenv("SONO_PCM_BUDGET_MB", "3", 1), 0);
    store = store_new(0, NULL);
    assert_int_equal(sono_pcm_store_stats(store).budget_bytes, 3 << 20);
    sono_pcm_store_unref(store);
    store = store_new(12345, NULL);
    assert_int_equal(sono_pcm_store_stats(store).budget_bytes, 12345);
    sono_pcm_store_unref(store);
    assert_int_equal(unsetenv("SONO_PCM_BUDGET_MB"), 0);
    store = store_new(0, NULL);
    const uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    assert_int_equal(sono_pcm_store_stats(store).budget_bytes, memory / 4);
    sono_pcm_store_unref(store);
}

/* Spills a little with the environment as it is and says whether the file lies below where. */
static void expect_cache_below(const char *given, const char *where)
{
    SonoPcmStore *store = store_new(BLOCK_BYTES, given);
    Flat f = flat_noise(1, 3 * B, 2);
    SonoClip *clip = clip_of_flat(store, &f);
    struct stat st;
    assert_true(find_cache_fd(where) >= 0);
    assert_int_equal(stat(where, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_true(sono_pcm_store_stats(store).spilled_bytes > 0);
    expect_equals_flat(clip, &f);
    sono_clip_unref(clip);
    flat_free(&f);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(where), 0);
}

static void test_cache_folders(void **state)
{
    (void)state;
    char dir[64];
    char path[128];
    make_temp_dir(dir);
    const char *home = getenv("HOME");
    char *old_home = home ? strdup(home) : NULL;
    const char *xdg = getenv("XDG_CACHE_HOME");
    char *old_xdg = xdg ? strdup(xdg) : NULL;
    (void)snprintf(path, sizeof path, "%s/a/b", dir);
    expect_cache_below(path, path); /* made with its parents */
    (void)snprintf(path, sizeof path, "%s/a", dir);
    assert_int_equal(rmdir(path), 0);

    assert_int_equal(setenv("XDG_CACHE_HOME", dir, 1), 0);
    (void)snprintf(path, sizeof path, "%s/sonobrush", dir);
    expect_cache_below(NULL, path);

    assert_int_equal(setenv("XDG_CACHE_HOME", "relative/is/ignored", 1), 0);
    assert_int_equal(setenv("HOME", dir, 1), 0);
    (void)snprintf(path, sizeof path, "%s/.cache/sonobrush", dir);
    expect_cache_below(NULL, path);
    (void)snprintf(path, sizeof path, "%s/.cache", dir);
    assert_int_equal(rmdir(path), 0);

    (void)(old_home ? setenv("HOME", old_home, 1) : unsetenv("HOME"));
    (void)(old_xdg ? setenv("XDG_CACHE_HOME", old_xdg, 1) : unsetenv("XDG_CACHE_HOME"));
    free(old_home);
    free(old_xdg);
    assert_int_equal(rmdir(dir), 0);
}

/* Whatever is wrong with the folder: one notice, and the sound stays in memory. */
static void expect_kept_resident(const char *dir, const char *must_say)
{
    Notices notices = {0};
    sono_log_set_sink(note, &notices);
    SonoPcmStore *store = store_new(2 * BLOCK_BYTES, dir);
    Flat f = flat_noise(1, 8 * B, 3);
    SonoClip *clip = clip_of_flat(store, &f);
    expect_equals_flat(clip, &f);
    expect_equals_flat(clip, &f);
    const SonoPcmStoreStats s = sono_pcm_store_stats(store);
    assert_int_equal(s.resident_bytes, 8 * BLOCK_BYTES);
    assert_int_equal(s.spilled_bytes, 0);
    assert_int_equal(notices.n, 1);
    if (!strstr(notices.last, must_say)) {
        fail_msg("'%s' does not say '%s'", notices.last, must_say);
    }
    sono_clip_unref(clip);
    flat_free(&f);
    sono_pcm_store_unref(store);
    sono_log_set_sink(NULL, NULL);
}

static void test_folder_is_a_file(void **state)
{
    (void)state;
    char dir[64];
    char path[128];
    make_temp_dir(dir);
    (void)snprintf(path, sizeof path, "%s/file", dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fclose(file);
    expect_kept_resident(path, "file: cannot make the cache file: Not a directory");
    (void)snprintf(path, sizeof path, "%s/file/below", dir);
    expect_kept_resident(path, "cannot make the cache folder: Not a directory");
    expect_kept_resident("", "empty");
    (void)snprintf(path, sizeof path, "%s/file", dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

/* Root may write anywhere, so a child becomes nobody. */
static void test_folder_refuses(void **state)
{
    (void)state;
    char dir[64];
    make_temp_dir(dir); /* 0700, ours */
    if (geteuid() != 0) {
        assert_int_equal(chmod(dir, 0500), 0);
        expect_kept_resident(dir, "Permission denied");
    } else {
        const pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            if (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0) {
                _exit(2);
            }
            Notices notices = {0};
            SonoError err = {0};
            SonoPcmStore *store = NULL;
            SonoClipBuilder *b = NULL;
            SonoClip *clip = NULL;
            static float x[4 * B];
            static float y[4 * B];
            const float *pcm[1] = {x};
            uint64_t seed = 1;
            for (int i = 0; i < 4 * B; i++) {
                x[i] = sono_test_noise(&seed);
            }
            sono_log_set_sink(note, &notices);
            const bool ok = sono_pcm_store_new(BLOCK_BYTES, dir, &store, &err) == SONO_OK &&
                            sono_clip_builder_new(store, 48000.0, 1, &b, &err) == SONO_OK &&
                            sono_clip_builder_append(b, pcm, 4 * B, &err) == SONO_OK &&
                            sono_clip_builder_finish(b, &clip, &err) == SONO_OK &&
                            sono_clip_read(clip, 0, 0, 4 * B, y, &err) == SONO_OK && memcmp(x, y, sizeof x) == 0 &&
                            notices.n == 1 && strstr(notices.last, "Permission denied") &&
                            sono_pcm_store_stats(store).spilled_bytes == 0;
            sono_clip_unref(clip);
            sono_pcm_store_unref(store);
            _exit(ok ? 0 : 1);
        }
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    assert_int_equal(rmdir(dir), 0);
}

/* A full disk, as a limit on the size of files: what fits is spilled, the rest stays, and room that comes free later
 * is used again. */
static void test_disk_full(void **state)
{
    (void)state;
    char dir[64];
    make_temp_dir(dir);
    struct rlimit old;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    const struct rlimit tight = {.rlim_cur = 5 * B * sizeof(float) + 1000, .rlim_max = old.rlim_max};
    void (*old_handler)(int) = signal(SIGXFSZ, SIG_IGN);
    Notices notices = {0};
    sono_log_set_sink(note, &notices);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);

    SonoPcmStore *store = store_new(2 * BLOCK_BYTES, dir);
    Flat f = flat_noise(1, 20 * (int64_t)B, 3);
    SonoClip *clip = clip_of_flat(store, &f);
    expect_equals_flat(clip, &f);
    expect_equals_flat(clip, &f);
    SonoPcmStoreStats s = sono_pcm_store_stats(store);
    assert_int_equal(s.resident_bytes + s.spilled_bytes, 20 * BLOCK_BYTES);
    assert_int_equal(s.spilled_bytes, 5 * BLOCK_BYTES);
    assert_int_equal(notices.n, 1);
    assert_non_null(strstr(notices.last, "File too large"));

    SonoClip *next = NULL; /* an edit in the middle of it: nothing is lost either */
    SonoError err = {0};
    Flat patch = flat_noise(1, 6 * B, 8);
    const float *pcm[1] = {patch.pcm[0]};
    assert_ok(sono_clip_splice(clip, B / 2, 6 * B, pcm, &next, &err), err);
    expect_equals_flat(clip, &f);
    sono_clip_unref(clip);
    memcpy(f.pcm[0] + B / 2, patch.pcm[0], 6 * B * sizeof(float));
    expect_equals_flat(next, &f);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0); /* somebody made room */
    sono_clip_unref(next);
    clip = clip_of_flat(store, &f);
    expect_equals_flat(clip, &f);
    s = sono_pcm_store_stats(store);
    assert_true(s.resident_bytes <= s.budget_bytes);
    assert_int_equal(notices.n, 1);

    sono_clip_unref(clip);
    flat_free(&patch);
    flat_free(&f);
    sono_pcm_store_unref(store);
    sono_log_set_sink(NULL, NULL);
    (void)signal(SIGXFSZ, old_handler);
    assert_int_equal(rmdir(dir), 0);
}

/* The file cut short behind our back: an error, not zeros; what is in memory stays readable, and so does the store. */
static void test_file_cut_short(void **state)
{
    (void)state;
    char dir[64];
    char path[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(2 * BLOCK_BYTES, dir);
    Flat f = flat_noise(1, 6 * B, 3);
    SonoClip *clip = clip_of_flat(store, &f);
    SonoError err = {0};
    static float got[B];
    assert_ok(sono_clip_read(clip, 0, 5 * B, B, got, &err), err); /* the newest one is in memory */
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", find_cache_fd(dir));
    assert_int_equal(truncate(path, 1000), 0);
    SonoPeak peak = {0}; /* a column's edge, straight from the file */
    assert_int_equal(sono_clip_peaks(clip, 0, 100, 6 * B - 200, 1, &peak, &err), SONO_E_IO);
    for (int k = 0; k < 2; k++) { /* spilling makes the file long again, with a hole where the old blocks were */
        assert_int_equal(sono_clip_read(clip, 0, 0, B, got, &err), SONO_E_IO);
        assert_non_null(strstr(err.message, "cache file"));
        assert_int_equal(sono_clip_peaks(clip, 0, B + 100, 100, 1, &peak, &err), SONO_E_IO);
        assert_ok(sono_clip_peaks(clip, 0, 0, 6 * B, 6, (SonoPeak[6]){{0}}, &err), err); /* whole blocks: kept */
        assert_ok(sono_clip_read(clip, 0, 5 * B, B, got, &err), err);
        assert_memory_equal(got, f.pcm[0] + 5 * B, sizeof got);
        SonoClip *next = NULL;
        const float *pcm[1] = {f.pcm[0]};
        assert_int_equal(sono_clip_splice(clip, 10, 10, pcm, &next, &err), SONO_E_IO);
        assert_null(next);
        assert_ok(sono_clip_splice(clip, 0, 6 * B, pcm, &next, &err), err); /* needs none of the old blocks */
        expect_equals_flat(next, &f);
        sono_clip_unref(next);
    }
    SonoPcmStoreStats s = sono_pcm_store_stats(store);
    assert_true(s.resident_bytes <= s.budget_bytes);
    sono_clip_unref(clip);
    expect_empty(store);
    flat_free(&f);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_budget_is_kept),        cmocka_unit_test(test_clip_holds_the_store),
        cmocka_unit_test(test_silence_costs_nothing), cmocka_unit_test(test_budget_choices),
        cmocka_unit_test(test_cache_folders),         cmocka_unit_test(test_folder_is_a_file),
        cmocka_unit_test(test_folder_refuses),        cmocka_unit_test(test_disk_full),
        cmocka_unit_test(test_file_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
