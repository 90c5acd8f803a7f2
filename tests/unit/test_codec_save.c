/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing: what was not edited comes back as it was, dither keeps off it, and a failed write loses nothing. */
#define _GNU_SOURCE /* O_TMPFILE */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sndfile.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codec_fixture.h"
#include "sono_test.h"

static SonoClip *load(const Fixture *f, const char *path, SonoLoadReport *report)
{
    SonoClip *clip = NULL;
    SonoError err = {0};
    assert_ok(sono_clip_load(path, NULL, f->store, &clip, report, &err), err);
    return clip;
}

static void assert_same_sound(const SonoClip *a, const SonoClip *b)
{
    enum { PIECE = 10000 };
    static float x[PIECE], y[PIECE];
    SonoError err = {0};
    assert_int_equal(sono_clip_n_channels(a), sono_clip_n_channels(b));
    assert_int_equal(sono_clip_n_frames(a), sono_clip_n_frames(b));
    assert_true(sono_clip_rate_hz(a) == sono_clip_rate_hz(b));
    for (int c = 0; c < sono_clip_n_channels(a); c++) {
        for (int64_t at = 0; at < sono_clip_n_frames(a); at += PIECE) {
            assert_ok(sono_clip_read(a, c, at, PIECE, x, &err), err);
            assert_ok(sono_clip_read(b, c, at, PIECE, y, &err), err);
            assert_memory_equal(x, y, sizeof x);
        }
    }
}

/* load -> save with what sono_encode_options_for says -> load: identical, dither or not. */
static void test_unedited_files_come_back(void **state)
{
    static const struct {
        int format, bits, n_channels;
        const char *from, *to, *subtype;
    } cases[] = {
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16, 2, "a.wav", "b.wav", "PCM_16"},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_24, 24, 1, "a.wav", "b.wav", "PCM_24"},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_32, 24, 2, "a.wav", "b.wav", "PCM_32"},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 8, 2, "a.wav", "b.wav", "PCM_U8"},
        {SF_FORMAT_WAV | SF_FORMAT_FLOAT, 24, 2, "a.wav", "b.wav", "FLOAT"},
        {SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, 24, 6, "a.wav", "b.wav", "PCM_24"},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 16, 2, "a.aiff", "b.aif", "PCM_16"},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 24, 2, "a.aiff", "b.aiff", "PCM_24"},
        {SF_FORMAT_AIFF | SF_FORMAT_FLOAT, 24, 1, "a.aiff", "b.aiff", "FLOAT"},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16, 2, "a.flac", "b.flac", "PCM_16"},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 24, 2, "a.flac", "b.flac", "PCM_24"},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_S8, 8, 2, "a.flac", "b.flac", "PCM_S8"},
        {SF_FORMAT_AU | SF_FORMAT_PCM_16, 16, 2, "a.au", "b.flac", "PCM_16"},
        {SF_FORMAT_AU | SF_FORMAT_FLOAT, 24, 2, "a.au", "b.wav", "FLOAT"},
        {SF_FORMAT_WAV | SF_FORMAT_ULAW, 16, 1, "a.wav", "b.flac", "PCM_16"},
    };
    const Fixture *f = *state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        for (int dither = 0; dither < 2; dither++) {
            const char *from = fixture_path(f, cases[k].from), *to = fixture_path(f, cases[k].to);
            SonoLoadReport before, after;
            SonoSaveReport saved;
            SonoEncodeOptions options;
            SonoError err = {0};
            assert_true(fixture_write_ints(from, cases[k].format, 44100, cases[k].n_channels, 150001, cases[k].bits));
            SonoClip *a = load(f, from, &before);
            assert_ok(sono_encode_options_for(to, &before.info, &options, &err), err);
            options.dither = dither;
            assert_ok(sono_clip_save(a, to, &options, NULL, &saved, &err), err);
            assert_int_equal(saved.n_frames, 150001);
            assert_int_equal(saved.n_clipped, 0);
            SonoClip *b = load(f, to, &after);
            assert_string_equal(after.info.subtype, cases[k].subtype);
            assert_string_equal(after.warning, "");
            assert_same_sound(a, b);
            sono_clip_unref(a);
            sono_clip_unref(b);
        }
    }
    fixture_assert_no_children();
}

static void test_pcm16_bytes_and_determinism(void **state)
{
    const Fixture *f = *state;
    const char *from = fixture_path(f, "bytes-a.wav"), *to = fixture_path(f, "bytes-b.wav");
    const SonoEncodeOptions options = {.file = SONO_FILE_WAV, .sample = SONO_SAMPLE_PCM16, .dither = true};
    SonoLoadReport report;
    SonoError err = {0};
    assert_true(fixture_write_ints(from, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 48000, 2, 123457, 16));
    SonoClip *clip = load(f, from, &report);
    assert_ok(sono_clip_save(clip, to, &options, NULL, NULL, &err), err);
    size_t n_a, n_b, data_a, data_b;
    unsigned char *a = fixture_slurp(from, &n_a), *b = fixture_slurp(to, &n_b);
    const size_t at_a = fixture_riff_data(a, n_a, &data_a), at_b = fixture_riff_data(b, n_b, &data_b);
    assert_int_equal(data_a, 123457 * 4);
    assert_int_equal(data_b, data_a);
    assert_memory_equal(a + at_a, b + at_b, data_a);
    assert_memory_equal(b, "RIFF", 4); /* a small file is a plain WAV */
    free(a);
    free(b);
    sono_clip_unref(clip);
    /* Real speech, and a float file: the same bytes twice (no time stamps). */
    clip = load(f, SONO_TEST_SPEECH, &report);
    static const SonoSampleType samples[] = {SONO_SAMPLE_FLOAT32, SONO_SAMPLE_PCM24};
    static const SonoFileType files[] = {SONO_FILE_WAV, SONO_FILE_AIFF};
    for (int k = 0; k < 4; k++) {
        const SonoEncodeOptions twice = {.file = files[k / 2], .sample = samples[k % 2]};
        assert_ok(sono_clip_save(clip, from, &twice, NULL, NULL, &err), err);
        assert_int_equal(usleep(k < 1 ? 1100000 : 0), 0); /* over a full second, once */
        assert_ok(sono_clip_save(clip, to, &twice, NULL, NULL, &err), err);
        a = fixture_slurp(from, &n_a);
        b = fixture_slurp(to, &n_b);
        assert_int_equal(n_a, n_b);
        assert_memory_equal(a, b, n_a);
        free(a);
        free(b);
    }
    sono_clip_unref(clip);
}

/* Even frames hold a 16-bit value, odd ones something between two. */
static float half_exact(void *ctx, int64_t i, int c)
{
    (void)ctx;
    const float q = ldexpf((float)fixture_level(i, c, 16), -15);
    return i % 2 == 0 ? q : 0.9f * q + 0.00001f;
}

static void test_dither_in_files(void **state)
{
    const Fixture *f = *state;
    const char *path = fixture_path(f, "dither.wav");
    SonoError err = {0};
    SonoClip *clip = fixture_clip(f, 44100.0, 2, 70000, half_exact, NULL);
    for (int dither = 0; dither < 2; dither++) {
        const SonoEncodeOptions options = {
            .file = SONO_FILE_WAV, .sample = SONO_SAMPLE_PCM16, .dither = dither, .dither_seed = 5};
        SonoLoadReport report;
        assert_ok(sono_clip_save(clip, path, &options, NULL, NULL, &err), err);
        SonoClip *back = load(f, path, &report);
        int n_other = 0;
        for (int c = 0; c < 2; c++) {
            static float x[70000];
            assert_ok(sono_clip_read(back, c, 0, 70000, x, &err), err);
            for (int64_t i = 0; i < 70000; i++) {
                const float wanted = half_exact(NULL, i, c);
                if (i % 2 == 0) {
                    assert_true(x[i] == wanted);
                } else {
                    n_other += x[i] != ldexpf((float)sono_quantise(wanted, 16, NULL), -15);
                }
            }
        }
        assert_true(dither ? n_other > 20000 : n_other == 0);
        sono_clip_unref(back);
    }
    sono_clip_unref(clip);
}

static float loud(void *ctx, int64_t i, int c)
{
    (void)ctx;
    return (i + c) % 100 == 0 ? 1.5f : 0.25f;
}

static void test_clipping_is_counted(void **state)
{
    const Fixture *f = *state;
    const char *path = fixture_path(f, "loud.wav");
    SonoClip *clip = fixture_clip(f, 8000.0, 2, 10000, loud, NULL);
    SonoSaveReport report;
    SonoError err = {0};
    static const SonoSampleType types[] = {SONO_SAMPLE_PCM16, SONO_SAMPLE_FLOAT32};
    for (int k = 0; k < 2; k++) {
        const SonoEncodeOptions options = {.file = SONO_FILE_WAV, .sample = types[k]};
        SonoLoadReport loaded;
        float x;
        assert_ok(sono_clip_save(clip, path, &options, NULL, &report, &err), err);
        assert_int_equal(report.n_clipped, k == 0 ? 200 : 0);
        SonoClip *back = load(f, path, &loaded);
        assert_ok(sono_clip_read(back, 0, 100, 1, &x, &err), err);
        assert_true(x == (k == 0 ? 32767.0f / 32768.0f : 1.5f));
        sono_clip_unref(back);
    }
    sono_clip_unref(clip);
}

static float tone(void *ctx, int64_t i, int c)
{
    (void)ctx;
    return 0.5f * sinf(0.05f * (float)(i % 100000) * (float)(c + 1));
}

static void test_vorbis(void **state)
{
    const Fixture *f = *state;
    const char *path = fixture_path(f, "tone.ogg");
    SonoClip *clip = fixture_clip(f, 44100.0, 2, 100000, tone, NULL);
    SonoEncodeOptions options;
    SonoLoadReport report;
    SonoError err = {0};
    off_t sizes[2];
    for (int k = 0; k < 2; k++) {
        struct stat st;
        assert_ok(sono_encode_options_for(path, NULL, &options, &err), err);
        options.quality = k == 0 ? 0.1 : 0.9;
        assert_ok(sono_clip_save(clip, path, &options, NULL, NULL, &err), err);
        assert_int_equal(stat(path, &st), 0);
        sizes[k] = st.st_size;
        SonoClip *back = load(f, path, &report);
        assert_int_equal(sono_clip_n_frames(back), 100000);
        static float x[100000], y[100000];
        double error = 0.0, power = 0.0;
        for (int c = 0; c < 2; c++) {
            assert_ok(sono_clip_read(clip, c, 0, 100000, x, &err), err);
            assert_ok(sono_clip_read(back, c, 0, 100000, y, &err), err);
            for (int i = 0; i < 100000; i++) {
                error += ((double)x[i] - y[i]) * ((double)x[i] - y[i]);
                power += (double)x[i] * x[i];
            }
        }
        assert_true(error < 0.01 * power);
        sono_clip_unref(back);
    }
    assert_true(sizes[1] > sizes[0]);
    sono_clip_unref(clip);
}

static void test_refusals(void **state)
{
    const Fixture *f = *state;
    SonoClip *nine = fixture_clip(f, 44100.0, 9, 100, tone, NULL);
    SonoClip *odd = fixture_clip(f, 44100.5, 1, 100, tone, NULL);
    SonoClip *mono = fixture_clip(f, 44100.0, 1, 100, tone, NULL);
    const struct {
        const SonoClip *clip;
        const char *name;
        SonoEncodeOptions options;
        SonoStatus status;
        const char *says;
    } cases[] = {
        {nine, "x.flac", {.file = SONO_FILE_FLAC, .sample = SONO_SAMPLE_PCM16}, SONO_E_RANGE, "9 channels"},
        {odd, "x.wav", {.file = SONO_FILE_WAV, .sample = SONO_SAMPLE_PCM16}, SONO_E_RANGE, "44100.5"},
        {mono, "x.flac", {.file = SONO_FILE_FLAC, .sample = SONO_SAMPLE_FLOAT32}, SONO_E_UNSUPPORTED, "24 bits"},
        {mono, "x.flac", {.file = SONO_FILE_FLAC, .sample = SONO_SAMPLE_PCM32}, SONO_E_UNSUPPORTED, "24 bits"},
        {mono, "x.wav", {.file = SONO_FILE_WAV, .sample = SONO_SAMPLE_VORBIS}, SONO_E_UNSUPPORTED, "Vorbis"},
        {mono, "x.ogg", {.file = SONO_FILE_OGG, .sample = SONO_SAMPLE_PCM16}, SONO_E_UNSUPPORTED, "Vorbis"},
        {mono, "x.ogg", {.file = SONO_FILE_OGG, .sample = SONO_SAMPLE_VORBIS, .quality = 2}, SONO_E_RANGE, "quality"},
        {mono, "no/x.wav", {.file = SONO_FILE_WAV, .sample = SONO_SAMPLE_PCM16}, SONO_E_IO, "No such file"},
        {mono, ".", {.file = SONO_FILE_WAV, .sample = SONO_SAMPLE_PCM16}, SONO_E_INVALID, "directory"},
        {mono, "fifo", {.file = SONO_FILE_WAV, .sample = SONO_SAMPLE_PCM16}, SONO_E_INVALID, "not a regular file"},
    };
    assert_int_equal(mkfifo(fixture_path(f, "fifo"), 0600), 0);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        SonoError err = {0};
        const SonoStatus status =
            sono_clip_save(cases[k].clip, fixture_path(f, cases[k].name), &cases[k].options, NULL, NULL, &err);
        if (status != cases[k].status || !strstr(err.message, cases[k].says) || !strstr(err.message, cases[k].name)) {
            fail_msg("case %zu: %d %s", k, status, err.message);
        }
        assert_int_equal(fixture_n_temporaries(f), 0);
    }
    struct stat st;
    assert_int_not_equal(stat(fixture_path(f, "x.flac"), &st), 0);
    sono_clip_unref(nine);
    sono_clip_unref(odd);
    sono_clip_unref(mono);
}

static void test_modes_and_links(void **state)
{
    const Fixture *f = *state;
    const char *path = fixture_path(f, "mode.wav"), *link = fixture_path(f, "link.wav");
    const SonoEncodeOptions options = {.file = SONO_FILE_WAV, .sample = SONO_SAMPLE_PCM16};
    SonoClip *clip = fixture_clip(f, 44100.0, 1, 100, tone, NULL);
    SonoError err = {0};
    struct stat st;
    const mode_t mask = umask(027);
    assert_ok(sono_clip_save(clip, path, &options, NULL, NULL, &err), err);
    (void)umask(mask);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(chmod(path, 0604), 0);
    assert_int_equal(symlink("mode.wav", link), 0);
    assert_ok(sono_clip_save(clip, link, &options, NULL, NULL, &err), err);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode)); /* the link stays, what it points to is replaced */
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0604);
    assert_int_equal(symlink("loop", fixture_path(f, "loop")), 0);
    assert_int_equal(sono_write_file_atomic(fixture_path(f, "loop"), "x", 1, &err), SONO_E_IO);
    sono_clip_unref(clip);
}

/* Runs try() in a child process; true if it returned 0 there. */
static bool passes_in_child(const Fixture *f, int (*try)(const Fixture *f))
{
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        _exit(try(f));
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        print_message("child: status %x\n", (unsigned)status);
        return false;
    }
    return true;
}

/* Every kind of file at every fill point, while the system refuses bytes past a limit: a real failing write(2). */
static int try_full_disk(const Fixture *f)
{
    static const struct {
        const char *name;
        SonoEncodeOptions options;
    } kinds[] = {
        {"full.wav", {.file = SONO_FILE_WAV, .sample = SONO_SAMPLE_PCM16}},
        {"full.aiff", {.file = SONO_FILE_AIFF, .sample = SONO_SAMPLE_FLOAT32}},
        {"full.flac", {.file = SONO_FILE_FLAC, .sample = SONO_SAMPLE_PCM24}},
        {"full.ogg", {.file = SONO_FILE_OGG, .sample = SONO_SAMPLE_VORBIS, .quality = 0.5}},
    };
    (void)signal(SIGXFSZ, SIG_IGN);
    SonoClip *clip = fixture_clip(f, 44100.0, 2, 200000, tone, NULL);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char *path = fixture_path(f, kinds[k].name);
        SonoError err = {0};
        struct stat whole;
        if (sono_clip_save(clip, path, &kinds[k].options, NULL, NULL, &err) != SONO_OK || stat(path, &whole)) {
            return 1;
        }
        for (int point = 0; point < 20; point++) {
            /* From nothing at all to one byte too few: the last ones fail while the encoder closes. */
            const rlim_t bytes = point == 19 ? (rlim_t)whole.st_size - 1 : (rlim_t)(whole.st_size * point / 19);
            const struct rlimit limit = {bytes, RLIM_INFINITY}, off = {RLIM_INFINITY, RLIM_INFINITY};
            fixture_spill(path, "old", 3);
            (void)setrlimit(RLIMIT_FSIZE, &limit);
            const SonoStatus status = sono_clip_save(clip, path, &kinds[k].options, NULL, NULL, &err);
            (void)setrlimit(RLIMIT_FSIZE, &off);
            size_t n = 0;
            unsigned char *old = fixture_slurp(path, &n);
            const bool kept = n == 3 && memcmp(old, "old", 3) == 0;
            free(old);
            if (status != SONO_E_IO || !kept || fixture_n_temporaries(f) != 0 ||
                !strstr(err.message, "File too large") || !strstr(err.message, kinds[k].name)) {
                print_message("%s point %d: status %d kept %d: %s\n", kinds[k].name, point, status, kept, err.message);
                return 2;
            }
        }
    }
    sono_clip_unref(clip);
    return 0;
}

static void test_failed_write_keeps_the_old_file(void **state)
{
    assert_true(passes_in_child(*state, try_full_disk));
}

/* Killed while it writes: the old file stays, and nothing lies beside it. */
static void test_killed_writer_leaves_nothing(void **state)
{
    const Fixture *f = *state;
    const char *path = fixture_path(f, "killed.bin");
    static char big[200000];
    const int probe = open(f->folder, O_TMPFILE | O_RDWR, 0600);
    if (probe < 0) {
        print_message("files without a name are not possible here: %s\n", strerror(errno));
        skip();
    }
    (void)close(probe);
    fixture_spill(path, "old", 3);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        SonoFileWriter *w = NULL;
        if (sono_file_writer_open(path, &w, NULL) == SONO_OK &&
            sono_file_writer_write(w, big, sizeof big, NULL) == SONO_OK) {
            (void)kill(getpid(), SIGKILL);
        }
        _exit(1);
    }
    int how = 0;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
    size_t n = 0;
    unsigned char *old = fixture_slurp(path, &n);
    assert_true(n == 3 && memcmp(old, "old", 3) == 0);
    free(old);
    assert_int_equal(fixture_n_temporaries(f), 0);
    SonoError err = {0};
    assert_ok(sono_write_file_atomic(path, "new", 4, &err), err); /* one that is not killed replaces it */
    old = fixture_slurp(path, &n);
    assert_string_equal((char *)old, "new");
    free(old);
    assert_int_equal(fixture_n_temporaries(f), 0);
}

static int try_full_disk_bytes(const Fixture *f)
{
    const char *path = fixture_path(f, "bytes.bin");
    static char big[100000];
    const struct rlimit limit = {50000, RLIM_INFINITY};
    SonoError err = {0};
    (void)signal(SIGXFSZ, SIG_IGN);
    fixture_spill(path, "old", 3);
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    if (sono_write_file_atomic(path, big, sizeof big, &err) != SONO_E_IO || !strstr(err.message, "File too large")) {
        return 1;
    }
    size_t n = 0;
    unsigned char *old = fixture_slurp(path, &n);
    return n == 3 && memcmp(old, "old", 3) == 0 && fixture_n_temporaries(f) == 0 ? 0 : 2;
}

static int try_as_nobody(const Fixture *f)
{
    SonoError err = {0};
    SonoDecoder *dec = NULL;
    const char *unreadable = fixture_path(f, "secret.wav"), *folder = fixture_path(f, "locked");
    if (geteuid() == 0 && (setgid(65534) || setuid(65534))) {
        return 1;
    }
    if (sono_decoder_open(unreadable, NULL, &dec, NULL, &err) != SONO_E_IO ||
        !strstr(err.message, "secret.wav: Permission denied")) {
        return 2;
    }
    if (sono_write_file_atomic(fixture_path(f, "readonly.bin"), "x", 1, &err) != SONO_E_IO ||
        !strstr(err.message, "Permission denied")) {
        return 3; /* the folder would allow replacing it; its owner has said no */
    }
    char inside[600];
    (void)snprintf(inside, sizeof inside, "%s/new.bin", folder);
    if (sono_write_file_atomic(inside, "x", 1, &err) != SONO_E_IO || !strstr(err.message, "Permission denied")) {
        return 4;
    }
    const char *codec = getenv("SONO_CODEC");
    if (codec && access(codec, X_OK) != 0) {
        return 0; /* built below a private folder, such as root's home: nobody cannot run the child at all */
    }
    return sono_decoder_open(SONO_TEST_SPEECH, NULL, &dec, NULL, &err) == SONO_OK ? (sono_decoder_close(dec), 0) : 5;
}

static void test_atomic_bytes_and_permissions(void **state)
{
    const Fixture *f = *state;
    SonoError err = {0};
    const char *path = fixture_path(f, "atomic.bin");
    size_t n;
    assert_ok(sono_write_file_atomic(path, "first", 5, &err), err);
    assert_ok(sono_write_file_atomic(path, "", 0, &err), err);
    unsigned char *bytes = fixture_slurp(path, &n);
    assert_int_equal(n, 0);
    free(bytes);
    assert_ok(sono_write_file_atomic(path, "second", 6, &err), err);
    bytes = fixture_slurp(path, &n);
    assert_int_equal(n, 6);
    assert_memory_equal(bytes, "second", 6);
    free(bytes);
    assert_int_equal(fixture_n_temporaries(f), 0);
    assert_true(passes_in_child(f, try_full_disk_bytes));
    fixture_spill(fixture_path(f, "secret.wav"), "RIFF", 4);
    fixture_spill(fixture_path(f, "readonly.bin"), "old", 3);
    assert_int_equal(chmod(fixture_path(f, "secret.wav"), 0), 0);
    assert_int_equal(chmod(fixture_path(f, "readonly.bin"), 0444), 0);
    assert_int_equal(mkdir(fixture_path(f, "locked"), 0555), 0);
    assert_int_equal(chmod(f->folder, 0777), 0);
    assert_true(passes_in_child(f, try_as_nobody));
}

static bool stop_at_half(void *ctx, int64_t n_done, int64_t n_total)
{
    int *n_calls = ctx;
    ++*n_calls;
    return n_done < n_total / 2;
}

static void test_cancel(void **state)
{
    const Fixture *f = *state;
    const char *path = fixture_path(f, "cancel.wav");
    const SonoEncodeOptions options = {.file = SONO_FILE_WAV, .sample = SONO_SAMPLE_PCM16};
    SonoClip *clip = fixture_clip(f, 44100.0, 1, 1000000, tone, NULL), *none = NULL;
    SonoError err = {0};
    int n_calls = 0;
    assert_ok(sono_clip_save(clip, path, &options, NULL, NULL, &err), err);
    const SonoCodecOptions codec = {.progress = stop_at_half, .progress_ctx = &n_calls};
    assert_int_equal(sono_clip_load(path, &codec, f->store, &none, NULL, &err), SONO_E_CANCELLED);
    assert_true(n_calls >= 7);
    assert_null(none);
    fixture_spill(path, "old", 3);
    n_calls = 0;
    assert_int_equal(sono_clip_save(clip, path, &options, &codec, NULL, &err), SONO_E_CANCELLED);
    assert_true(n_calls >= 7);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 3);
    assert_int_equal(fixture_n_temporaries(f), 0);
    fixture_assert_no_children();
    sono_clip_unref(clip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unedited_files_come_back),
        cmocka_unit_test(test_pcm16_bytes_and_determinism),
        cmocka_unit_test(test_dither_in_files),
        cmocka_unit_test(test_clipping_is_counted),
        cmocka_unit_test(test_vorbis),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_modes_and_links),
        cmocka_unit_test(test_failed_write_keeps_the_old_file),
        cmocka_unit_test(test_killed_writer_leaves_nothing),
        cmocka_unit_test(test_atomic_bytes_and_permissions),
        cmocka_unit_test(test_cancel),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
