/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child that has been taken over can give wrong samples or an error; it cannot hang, crash or mislead its parent. And
 * the real child really is in its cage. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codec_fixture.h"
#include "sono_clock.h"
#include "sono_test.h"

static const char *hostile_path(void)
{
    return getenv("SONO_HOSTILE_CODEC");
}

static SonoStatus load_with(const Fixture *f, const char *mode, double stall_s, SonoClip **clip, SonoLoadReport *report,
                            SonoError *err)
{
    const SonoCodecOptions options = {.codec_path = hostile_path(), .stall_timeout_s = stall_s};
    assert_int_equal(setenv("SONO_HOSTILE", mode, 1), 0);
    *clip = NULL;
    return sono_clip_load(SONO_TEST_SPEECH, &options, f->store, clip, report, err);
}

static void test_lies(void **state)
{
    static const struct {
        const char *mode;
        SonoStatus status;
        const char *says;
    } cases[] = {
        {"no-channels", SONO_E_FORMAT, "0 channels"},
        {"257-channels", SONO_E_FORMAT, "257 channels"},
        {"minus-channels", SONO_E_FORMAT, "-2 channels"},
        {"no-rate", SONO_E_FORMAT, "rate of 0"},
        {"mad-rate", SONO_E_FORMAT, "2147483647 Hz"},
        {"minus-rate", SONO_E_FORMAT, "-44100"},
        {"minus-frames", SONO_E_FORMAT, "-2 frames"},
        {"mad-frames", SONO_E_FORMAT, "9223372036854775807 frames"},
        {"minus-bits", SONO_E_FORMAT, "no sense"},
        {"mad-bits", SONO_E_FORMAT, "no sense"},
        {"mad-flags", SONO_E_FORMAT, "no sense"},
        {"no-format", SONO_E_FORMAT, "no sense"},
        {"no-subtype", SONO_E_FORMAT, "no sense"},
        {"refuse-endless-text", SONO_E_FORMAT, "????"},
        {"refuse-ok-status", SONO_E_FORMAT, "status of my own"},
        {"mad-status", SONO_E_FORMAT, "refused without a reason"},
        {"one-too-many", SONO_E_FORMAT, "65537 frames in a block of 65536"},
        {"minus-block", SONO_E_FORMAT, "-1 frames"},
        {"mad-block", SONO_E_FORMAT, "frames in a block"},
        {"overflow", SONO_E_FORMAT, "frames in a block"},
        {"block-flags", SONO_E_FORMAT, "frames in a block"},
        {"other-version", SONO_E_FORMAT, "out of turn"},
        {"other-type", SONO_E_FORMAT, "out of turn"},
        {"other-seq", SONO_E_FORMAT, "out of turn"},
        {"twice", SONO_E_FORMAT, "out of turn"},
        {"short-message", SONO_E_FORMAT, "out of turn"},
        {"long-message", SONO_E_FORMAT, "out of turn"},
        {"die-fpe", SONO_E_FORMAT, "stopped (signal 8)"},
        {"die-later", SONO_E_FORMAT, "stopped (signal 9)"},
        {"exit-7", SONO_E_FORMAT, "stopped (exit 7)"},
        {"exit-at-start", SONO_E_FORMAT, "stopped (exit 9)"},
        {"close-and-live", SONO_E_FORMAT, "stopped (signal 9)"},
        {"hang", SONO_E_TIMEOUT, "no progress for 0.5 s"},
        {"hang-at-once", SONO_E_TIMEOUT, "no progress for 0.5 s"},
        {"stop", SONO_E_TIMEOUT, "no progress for 0.5 s"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        SonoClip *clip;
        SonoLoadReport report;
        SonoError err = {0};
        const double start_s = sono_now_s();
        const SonoStatus status = load_with(*state, cases[k].mode, 0.5, &clip, &report, &err);
        const double took_s = sono_now_s() - start_s;
        if (status != cases[k].status || !strstr(err.message, cases[k].says) ||
            !strstr(err.message, "Front_Center.wav")) {
            fail_msg("%s: status %d: %s", cases[k].mode, status, err.message);
        }
        for (const char *p = err.message; *p; p++) {
            assert_true(*p >= 0x20 && *p <= 0x7e);
        }
        assert_null(clip);
        assert_true(took_s < 10.0); /* half of what it takes without the option */
        fixture_assert_no_children();
    }
}

static void test_what_is_tolerated(void **state)
{
    static const struct {
        const char *mode;
        int64_t n_frames;
        bool truncated;
    } cases[] = {
        {"honest", 4 * 65536, false},
        {"shrink-samples", 4 * 65536, false}, /* the seals held, nothing leaked */
        {"endless-text", 4 * 65536, false},
        {"not-numbers", 4 * 65536, false},
        {"mad-broken", 2 * 65536 + 5 + 5 + 5, true},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        SonoClip *clip;
        SonoLoadReport report;
        SonoError err = {0};
        const int leak = open("/dev/null", O_RDONLY); /* not O_CLOEXEC: must not reach the child all the same */
        assert_true(leak > 0);
        if (load_with(*state, cases[k].mode, 0.0, &clip, &report, &err) != SONO_OK) {
            fail_msg("%s: %s", cases[k].mode, err.message);
        }
        (void)close(leak);
        if (strcmp(cases[k].mode, "mad-broken") == 0) {
            assert_true(sono_clip_n_frames(clip) >= 2 * 65536 + 5);
            assert_non_null(strstr(report.warning, "damaged"));
        } else {
            assert_int_equal(sono_clip_n_frames(clip), cases[k].n_frames);
        }
        assert_int_equal(report.truncated, cases[k].truncated);
        for (const char *p = report.warning; *p; p++) {
            assert_true(*p >= 0x20 && *p <= 0x7e);
        }
        for (const char *p = report.info.format; *p; p++) {
            assert_true(*p >= 0x20 && *p <= 0x7e);
        }
        if (strcmp(cases[k].mode, "not-numbers") == 0) {
            float x[2000];
            assert_true(report.n_scrubbed > 1000);
            assert_non_null(strstr(report.warning, "not numbers"));
            assert_ok(sono_clip_read(clip, 0, 0, 2000, x, &err), err);
            for (int i = 0; i < 2000; i++) {
                assert_true(x[i] == (i % 1000 < 3 ? 0.0f : 0.5f));
            }
        }
        sono_clip_unref(clip);
    }
    fixture_assert_no_children();
}

static bool cancel_after(void *ctx, int64_t n_done, int64_t n_total)
{
    (void)n_done;
    (void)n_total;
    return sono_now_s() < *(const double *)ctx;
}

/* A cancel is heard while the child is silent; a decoder stays an error after its first. */
static void test_cancel_while_hanging(void **state)
{
    double until_s = INFINITY; /* not while the file is being opened, however long that takes */
    const SonoCodecOptions options = {
        .codec_path = hostile_path(), .stall_timeout_s = 30.0, .progress = cancel_after, .progress_ctx = &until_s};
    SonoDecoder *dec = NULL;
    SonoError err = {0};
    static float left[65536], right[65536];
    float *planes[2] = {left, right};
    int64_t n = 0;
    (void)state;
    assert_int_equal(setenv("SONO_HOSTILE", "hang-at-once", 1), 0);
    assert_ok(sono_decoder_open(SONO_TEST_SPEECH, &options, &dec, NULL, &err), err);
    const double start_s = sono_now_s();
    until_s = start_s + 0.3;
    assert_int_equal(sono_decoder_next(dec, 65536, planes, &n, &err), SONO_E_CANCELLED);
    assert_true(sono_now_s() - start_s < 15.0); /* half of the stall limit */
    assert_int_equal(sono_decoder_next(dec, 65536, planes, &n, &err), SONO_E_CANCELLED);
    assert_int_equal(sono_decoder_read_at(dec, 0, 10, planes, &err), SONO_E_CANCELLED);
    fixture_assert_no_children(); /* reaped before close */
    sono_decoder_close(dec);
}

static float half(void *ctx, int64_t i, int c)
{
    (void)ctx;
    (void)i;
    (void)c;
    return 0.5f;
}

static void test_lying_encoder(void **state)
{
    static const struct {
        const char *mode;
        SonoStatus status;
    } cases[] = {
        {"short-write", SONO_E_IO},   {"honest", SONO_E_IO}, /* says it wrote, and wrote nothing */
        {"other-seq", SONO_E_FORMAT}, {"exit-at-start", SONO_E_FORMAT},
        {"die-later", SONO_E_FORMAT},
    };
    const Fixture *f = *state;
    const char *path = fixture_path(f, "lied.wav");
    SonoClip *clip = fixture_clip(f, 44100.0, 2, 300000, half, NULL);
    fixture_spill(path, "old", 3);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const SonoCodecOptions options = {.codec_path = hostile_path(), .stall_timeout_s = 2.0};
        const SonoEncodeOptions encode = {.file = SONO_FILE_WAV, .sample = SONO_SAMPLE_PCM16};
        SonoError err = {0};
        struct stat st;
        assert_int_equal(setenv("SONO_HOSTILE", cases[k].mode, 1), 0);
        const SonoStatus status = sono_clip_save(clip, path, &encode, &options, NULL, &err);
        if (status != cases[k].status || !strstr(err.message, "lied.wav")) {
            fail_msg("%s: %d %s", cases[k].mode, status, err.message);
        }
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_size, 3);
        assert_int_equal(fixture_n_temporaries(f), 0);
        fixture_assert_no_children();
    }
    sono_clip_unref(clip);
}

static void test_missing_codec(void **state)
{
    (void)state;
    SonoDecoder *dec = NULL;
    SonoError err = {0};
    static const char *const paths[] = {"/nowhere/sonobrush-codec", "/etc/passwd", "/tmp"};
    for (int k = 0; k < 3; k++) {
        const SonoCodecOptions options = {.codec_path = paths[k]};
        assert_int_equal(sono_decoder_open(SONO_TEST_SPEECH, &options, &dec, NULL, &err), SONO_E_IO);
        assert_non_null(strstr(err.message, paths[k]));
        fixture_assert_no_children();
    }
}

/* Pid of a process's first child, 0 if none is to be seen. */
static pid_t child_of(pid_t parent)
{
    char path[64];
    int pid = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *file = fopen(path, "r");
    if (file) {
        if (fscanf(file, "%d", &pid) != 1) {
            pid = 0;
        }
        (void)fclose(file);
    }
    return pid;
}

static long status_field(pid_t pid, const char *name)
{
    char path[64], line[256];
    long value = -1;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, name, strlen(name)) == 0) {
            value = strtol(line + strlen(name), NULL, 10);
        }
    }
    (void)fclose(file);
    return value;
}

static void test_real_child_is_caged(void **state)
{
    (void)state;
    SonoDecoder *dec = NULL;
    SonoError err = {0};
    assert_ok(sono_decoder_open(SONO_TEST_SPEECH, NULL, &dec, NULL, &err), err);
    const pid_t pid = child_of(getpid());
    if (pid == 0) { /* a kernel without the children file */
        sono_decoder_close(dec);
        skip();
    }
    assert_int_equal(status_field(pid, "Seccomp:"), 2);
    assert_int_equal(status_field(pid, "NoNewPrivs:"), 1);
    assert_int_equal(status_field(pid, "Threads:"), 1);
    sono_decoder_close(dec);
    fixture_assert_no_children();
}

/* kill -9 of the editor while the child spins in a hanging file: the child goes too. */
static void test_child_dies_with_its_parent(void **state)
{
    const char *path = fixture_path(*state, "hanging.wav");
    fixture_spill(path, fixture_hanging_wav, sizeof fixture_hanging_wav);
    const pid_t editor = fork();
    assert_true(editor >= 0);
    if (editor == 0) {
        const SonoCodecOptions options = {.stall_timeout_s = 600.0};
        SonoDecoder *dec = NULL;
        _exit(sono_decoder_open(path, &options, &dec, NULL, NULL) == SONO_OK);
    }
    pid_t codec = 0;
    const bool can_see = child_of(getpid()) == editor; /* else a kernel without the children file */
    for (int i = 0; i < 2000 && codec == 0 && can_see; i++) {
        (void)usleep(10000);
        codec = child_of(editor);
    }
    bool spinning = false;
    for (int i = 0; i < 2000 && codec > 0 && !spinning; i++) {
        (void)usleep(10000);
        spinning = status_field(codec, "Seccomp:") == 2;
    }
    (void)usleep(100000); /* let it enter the loop; where it is too slow for that, it dies all the same */
    int status;
    (void)kill(editor, SIGKILL);
    assert_int_equal(waitpid(editor, &status, 0), editor);
    if (!can_see) { /* a kernel without the children file */
        skip();
    }
    assert_true(spinning);
    bool gone = false;
    for (int i = 0; i < 1000 && !gone; i++) {
        (void)usleep(10000);
        char name[64];
        (void)snprintf(name, sizeof name, "/proc/%d/exe", (int)codec);
        char target[8];
        gone = readlink(name, target, sizeof target) < 0 && errno == ENOENT; /* no such process, or a dead one */
    }
    assert_true(gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_what_is_tolerated),
        cmocka_unit_test(test_cancel_while_hanging),
        cmocka_unit_test(test_lying_encoder),
        cmocka_unit_test(test_missing_codec),
        cmocka_unit_test(test_real_child_is_caged),
        cmocka_unit_test(test_child_dies_with_its_parent),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
