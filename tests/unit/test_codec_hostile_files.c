/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are not what they should be: one line that names the file and the reason, in time, and nothing left
 * behind. Files that end early open as far as they go, with a warning. */
#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec_fixture.h"
#include "sono_clock.h"
#include "sono_test.h"

static const SonoCodecOptions quick = {.stall_timeout_s = 2.0};

static void expect_refusal(const Fixture *f, const char *path, SonoStatus wanted, const char *says)
{
    SonoClip *clip = NULL;
    SonoError err = {0};
    const double start_s = sono_now_s();
    const SonoStatus status = sono_clip_load(path, &quick, f->store, &clip, NULL, &err);
    const double took_s = sono_now_s() - start_s;
    const char *slash = strrchr(path, '/');
    const char *tail = slash && slash[1] ? slash + 1 : path;
    if (status != wanted || !strstr(err.message, says) || !strstr(err.message, tail) || strchr(err.message, '\n')) {
        fail_msg("%s: status %d: %s", path, status, err.message);
    }
    assert_null(clip);
    assert_true(took_s < 10.0);
    fixture_assert_no_children();
}

static void test_not_files(void **state)
{
    const Fixture *f = *state;
    expect_refusal(f, fixture_path(f, "missing.wav"), SONO_E_IO, "No such file");
    expect_refusal(f, f->folder, SONO_E_INVALID, "is a directory");
    expect_refusal(f, "/dev/zero", SONO_E_INVALID, "is a device");
    expect_refusal(f, "/dev/null", SONO_E_INVALID, "is a device");
    assert_int_equal(mkfifo(fixture_path(f, "pipe.wav"), 0600), 0);
    expect_refusal(f, fixture_path(f, "pipe.wav"), SONO_E_INVALID, "is a FIFO"); /* and does not wait for a writer */
    fixture_spill(fixture_path(f, "empty.wav"), "", 0);
    expect_refusal(f, fixture_path(f, "empty.wav"), SONO_E_INVALID, "is empty");
    assert_int_equal(symlink("/dev/zero", fixture_path(f, "zero.wav")), 0);
    expect_refusal(f, fixture_path(f, "zero.wav"), SONO_E_INVALID, "is a device");
    assert_int_equal(symlink("self.wav", fixture_path(f, "self.wav")), 0);
    expect_refusal(f, fixture_path(f, "self.wav"), SONO_E_IO, "symbolic links");
    char name[600];
    memset(name, 'n', sizeof name);
    memcpy(name, "/tmp/", 5);
    name[sizeof name - 1] = 0;
    SonoDecoder *dec = NULL;
    SonoError err = {0};
    assert_int_equal(sono_decoder_open(name, NULL, &dec, NULL, &err), SONO_E_IO);
    assert_non_null(strstr(err.message, "File name too long")); /* the reason is not pushed out by the name */
    fixture_spill(fixture_path(f, "bell\a\033]0;owned\a.wav"), "x", 1);
    assert_int_equal(sono_decoder_open(fixture_path(f, "bell\a\033]0;owned\a.wav"), NULL, &dec, NULL, &err),
                     SONO_E_FORMAT);
    for (const char *p = err.message; *p; p++) {
        assert_true(*p >= 0x20);
    }
}

static void test_not_sounds(void **state)
{
    const Fixture *f = *state;
    const char *path = fixture_path(f, "text.txt");
    fixture_spill(path, "Dear diary,\n", 12);
    expect_refusal(f, path, SONO_E_FORMAT, "Format not recognised");
    path = fixture_path(f, "hanging.wav");
    fixture_spill(path, fixture_hanging_wav, sizeof fixture_hanging_wav);
    expect_refusal(f, path, SONO_E_TIMEOUT, "no progress for 2 s");
    path = fixture_path(f, "silent.wav");
    assert_true(fixture_write_ints(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2, 0, 16));
    expect_refusal(f, path, SONO_E_FORMAT, "holds no sound");
    /* A 60-byte header that claims 2,147,483,647 Hz. */
    assert_true(fixture_write_ints(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 1, 8, 16));
    size_t n;
    unsigned char *bytes = fixture_slurp(path, &n);
    memcpy(bytes + 24, "\xff\xff\xff\x7f", 4);
    fixture_spill(path, bytes, n);
    expect_refusal(f, path, SONO_E_FORMAT, "2147483647 Hz");
    free(bytes);
}

static void test_timeout_from_environment(void **state)
{
    const char *path = fixture_path(*state, "hanging.wav");
    SonoDecoder *dec = NULL;
    SonoError err = {0};
    fixture_spill(path, fixture_hanging_wav, sizeof fixture_hanging_wav);
    assert_int_equal(setenv("SONO_CODEC_TIMEOUT_S", "0.25", 1), 0);
    const double start_s = sono_now_s();
    assert_int_equal(sono_decoder_open(path, NULL, &dec, NULL, &err), SONO_E_TIMEOUT);
    assert_true(sono_now_s() - start_s < 10.0); /* half of the default */
    assert_non_null(strstr(err.message, "0.25 s"));
    assert_int_equal(unsetenv("SONO_CODEC_TIMEOUT_S"), 0);
}

/* Decode in this process for comparison. */
static float *decode_whole(const char *path, int64_t *n_frames, int *n_channels)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    assert_non_null(file);
    float *all = malloc((size_t)(info.frames * info.channels) * sizeof *all);
    assert_non_null(all);
    *n_frames = sf_readf_float(file, all, info.frames);
    *n_channels = info.channels;
    (void)sf_close(file);
    return all;
}

static void test_truncated_files(void **state)
{
    static const struct {
        const char *name;
        int format;
        bool same_samples; /* what opens is bit-identical to the whole file's beginning */
    } kinds[] = {
        {"cut.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, true},
        {"cut24.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, true},
        {"cut.rf64", SF_FORMAT_RF64 | SF_FORMAT_FLOAT, true},
        {"cut.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, true},
        {"cut.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, true},
        {"cut.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, true},
        {"cut.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, true},
        {"cut.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, true},
        {"cut.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, true},
        {"cut.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, true},
        {"cut.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, true},
    };
    const Fixture *f = *state;
    enum { N = 480000 };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char *whole = fixture_path(f, "whole"), *cut = fixture_path(f, kinds[k].name);
        assert_true(fixture_write_ints(whole, kinds[k].format, 48000, 2, N, 16));
        fixture_truncate(whole, cut, 600);
        SonoClip *clip = NULL;
        SonoLoadReport report;
        SonoError err = {0};
        if (sono_clip_load(cut, &quick, f->store, &clip, &report, &err) != SONO_OK) {
            fail_msg("%s", err.message);
        }
        const int64_t n = sono_clip_n_frames(clip);
        if (n < N * 50 / 100 || n > N * 61 / 100 || !report.truncated || !strstr(report.warning, kinds[k].name)) {
            fail_msg("%s: %lld frames, truncated %d, '%s'", kinds[k].name, (long long)n, report.truncated,
                     report.warning);
        }
        int64_t n_whole;
        int n_channels;
        float *all = decode_whole(whole, &n_whole, &n_channels);
        for (int c = 0; c < n_channels; c++) {
            static float x[N];
            assert_ok(sono_clip_read(clip, c, 0, n, x, &err), err);
            const int64_t n_same = n - 5000; /* lossy codecs: the last packet's overlap is missing */
            for (int64_t i = 0; i < n_same; i++) {
                if (x[i] != all[i * n_channels + c]) {
                    fail_msg("%s: channel %d frame %lld of %lld", kinds[k].name, c, (long long)i, (long long)n);
                }
            }
        }
        free(all);
        sono_clip_unref(clip);
    }
    fixture_assert_no_children();
}

/* A whole file gives no warning; a wrong RIFF size alone, or a data size "until the end", is common and harmless. */
static void test_no_false_alarm(void **state)
{
    static const int formats[] = {
        SF_FORMAT_WAV | SF_FORMAT_PCM_16,          SF_FORMAT_AIFF | SF_FORMAT_PCM_24, SF_FORMAT_CAF | SF_FORMAT_PCM_16,
        SF_FORMAT_FLAC | SF_FORMAT_PCM_16,         SF_FORMAT_OGG | SF_FORMAT_VORBIS,  SF_FORMAT_OGG | SF_FORMAT_OPUS,
        SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, SF_FORMAT_W64 | SF_FORMAT_PCM_16,  SF_FORMAT_RF64 | SF_FORMAT_FLOAT,
        SF_FORMAT_AU | SF_FORMAT_PCM_16,
    };
    const Fixture *f = *state;
    const char *path = fixture_path(f, "fine");
    for (size_t k = 0; k < sizeof formats / sizeof *formats + 2; k++) {
        SonoClip *clip = NULL;
        SonoLoadReport report;
        SonoError err = {0};
        if (k < sizeof formats / sizeof *formats) {
            assert_true(fixture_write_ints(path, formats[k], 48000, 1, 100000, 16));
        } else {
            assert_true(fixture_write_ints(path, formats[0], 48000, 1, 100000, 16));
            size_t n, n_data;
            unsigned char *bytes = fixture_slurp(path, &n);
            const size_t data = fixture_riff_data(bytes, n, &n_data);
            memset(k % 2 ? bytes + 4 : bytes + data - 4, 0xff, 4);
            fixture_spill(path, bytes, n);
            free(bytes);
        }
        assert_ok(sono_clip_load(path, &quick, f->store, &clip, &report, &err), err);
        if (report.truncated || report.warning[0] || report.n_frames != 100000) {
            fail_msg("%zu: %lld frames, '%s'", k, (long long)report.n_frames, report.warning);
        }
        sono_clip_unref(clip);
    }
}

/* The recorder was killed: sizes in the header are 0, the sound is there. */
static void test_unfinished_recordings(void **state)
{
    static const int formats[] = {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_WAVEX | SF_FORMAT_PCM_24,
                                  SF_FORMAT_RF64 | SF_FORMAT_FLOAT, SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    const Fixture *f = *state;
    const char *path = fixture_path(f, "killed.wav");
    for (size_t k = 0; k < 4; k++) {
        enum { N = 70000 };
        assert_true(fixture_write_ints(path, formats[k], 48000, 2, N, 16));
        size_t n, n_data;
        unsigned char *bytes = fixture_slurp(path, &n);
        const size_t data = fixture_riff_data(bytes, n, &n_data);
        const bool rf64 = memcmp(bytes, "RF64", 4) == 0;
        if (rf64) {
            memset(bytes + 20, 0, 24); /* the sizes in ds64 */
        } else {
            memset(bytes + data - 4, 0, 4);
        }
        fixture_spill(path, bytes, n);
        free(bytes);
        SonoClip *clip = NULL;
        SonoLoadReport report;
        SonoError err = {0};
        assert_ok(sono_clip_load(path, &quick, f->store, &clip, &report, &err), err);
        assert_true(report.truncated);
        assert_non_null(strstr(report.warning, "never finished"));
        /* libsndfile's own trailing chunks cannot be told from sound any more. */
        assert_true(report.n_frames >= N && report.n_frames < N + 100);
        static float x[N];
        for (int c = 0; c < 2; c++) {
            assert_ok(sono_clip_read(clip, c, 0, N, x, &err), err);
            for (int64_t i = 0; i < N; i++) {
                assert_true(x[i] == ldexpf((float)fixture_level(i, c, 16), -15));
            }
        }
        sono_clip_unref(clip);
    }
}

/* As for a first picture. */
static void read_ahead(void *ctx, SonoDecoder *dec, const SonoAudioInfo *info)
{
    const SonoPcmReader reader = sono_decoder_reader(dec);
    float x[100];
    SonoError err = {0};
    assert_true(info->seekable);
    assert_ok(reader.read(reader.ctx, 0, 1000, 100, x, &err), err);
    assert_true(x[0] == 0.0f);
    *(bool *)ctx = true;
}

static void test_non_finite_samples(void **state)
{
    const Fixture *f = *state;
    const char *path = fixture_path(f, "nan.wav");
    SF_INFO info = {.samplerate = 48000, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    assert_non_null(file);
    const float frames[8] = {NAN, 0.5f, INFINITY, -0.25f, -INFINITY, 1e30f, -NAN, -0.0f};
    for (int i = 0; i < 50000; i++) {
        assert_int_equal(sf_writef_float(file, frames, 4), 4);
    }
    assert_int_equal(sf_close(file), 0);
    SonoClip *clip = NULL;
    SonoLoadReport report;
    SonoError err = {0};
    bool looked = false;
    const SonoLoadWatch watch = {.ctx = &looked, .opened = read_ahead};
    assert_ok(sono_clip_load_watched(path, &quick, &watch, f->store, &clip, &report, &err), err);
    assert_true(looked);
    assert_int_equal(report.n_scrubbed, 200000); /* each once, however often it was read */
    assert_false(report.truncated);
    assert_non_null(strstr(report.warning, "200000 samples"));
    float left[8], right[8];
    assert_ok(sono_clip_read(clip, 0, 131070, 8, left, &err), err); /* over a block's border; 131070 % 4 == 2 */
    assert_ok(sono_clip_read(clip, 1, 131070, 8, right, &err), err);
    const float wanted[4] = {0.5f, -0.25f, 1e30f, -0.0f};
    for (int i = 0; i < 8; i++) {
        assert_true(left[i] == 0.0f);
        assert_true(right[i] == wanted[(i + 2) % 4]);
    }
    sono_clip_unref(clip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_files),
        cmocka_unit_test(test_not_sounds),
        cmocka_unit_test(test_timeout_from_environment),
        cmocka_unit_test(test_truncated_files),
        cmocka_unit_test(test_no_false_alarm),
        cmocka_unit_test(test_unfinished_recordings),
        cmocka_unit_test(test_non_finite_samples),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
