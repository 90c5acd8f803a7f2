/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything libsndfile can write opens through the sandbox with the right rate, channels and length; what is stored as
 * integers or floats arrives exactly; a header is never needed by name (no extension); RAW is never guessed. */
#include <math.h>
#include <sndfile.h>
#include <string.h>

#include "codec_fixture.h"
#include "sono_clock.h"
#include "sono_test.h"

enum { N_FRAMES = 9600, MAX_CHANNELS = 3 };

static int rate_for(int format)
{
    return (format & SF_FORMAT_SUBMASK) == SF_FORMAT_GSM610 ? 8000 : 48000;
}

/* Bits of what the subtype stores exactly; 0 if it is lossy (or, as libsndfile 1.2.0's deeper ALAC, loses full-scale
 * steps). */
static int exact_bits(int subtype)
{
    switch (subtype) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
        return 8;
    case SF_FORMAT_PCM_16:
    case SF_FORMAT_ALAC_16:
    case SF_FORMAT_DWVW_16:
        return 16;
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_DWVW_24:
        return 24;
    case SF_FORMAT_FLOAT:
    case SF_FORMAT_DOUBLE:
        return 24;
    default:
        return 0;
    }
}

static void read_all(SonoDecoder *dec, int n_channels, float pcm[MAX_CHANNELS][2 * N_FRAMES + 65536], int64_t *n_frames)
{
    SonoError err = {0};
    *n_frames = 0;
    for (;;) {
        float *planes[MAX_CHANNELS];
        int64_t n = 0;
        for (int c = 0; c < n_channels; c++) {
            planes[c] = pcm[c] + *n_frames;
        }
        assert_ok(sono_decoder_next(dec, 1000, planes, &n, &err), err);
        if (n == 0) {
            break;
        }
        *n_frames += n;
        assert_true(*n_frames <= 2 * N_FRAMES);
    }
}

/* The sandbox gives the bits that libsndfile gives in this process. */
static void check_against_libsndfile(const char *path, int n_channels, float pcm[MAX_CHANNELS][2 * N_FRAMES + 65536],
                                     int64_t n_frames)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    static float all[MAX_CHANNELS * (2 * N_FRAMES + 65536)];
    assert_non_null(file);
    const sf_count_t n = sf_readf_float(file, all, 2 * N_FRAMES);
    if (n != n_frames) {
        fail_msg("format %x: %lld frames, libsndfile %lld", info.format, (long long)n_frames, (long long)n);
    }
    for (int64_t i = 0; i < n_frames * n_channels; i++) {
        const float got = pcm[i % n_channels][i / n_channels];
        if (got != all[i]) {
            fail_msg("format %x sample %lld: %.9g, libsndfile %.9g", info.format, (long long)i, got, all[i]);
        }
    }
    assert_int_equal(sf_close(file), 0);
}

/* Returns 1 if libsndfile can write the combination. */
static int check_format(const Fixture *f, int major, int subtype, int n_channels, bool exact_wanted)
{
    static float pcm[MAX_CHANNELS][2 * N_FRAMES + 65536];
    const char *path = fixture_path(f, "noname");
    const int format = major | subtype;
    const int bits = exact_bits(subtype) ? exact_bits(subtype) : 16;
    if (!fixture_write_ints(path, format, rate_for(format), n_channels, N_FRAMES, bits)) {
        return 0;
    }
    SonoDecoder *dec = NULL;
    SonoAudioInfo info = {0};
    SonoError err = {0};
    if (sono_decoder_open(path, NULL, &dec, &info, &err) != SONO_OK) {
        fail_msg("format %x, %d channels: %s", format, n_channels, err.message);
    }
    int64_t n_frames = 0;
    read_all(dec, n_channels, pcm, &n_frames);
    sono_decoder_close(dec);
    const bool blocky = !exact_bits(subtype) || major == SF_FORMAT_SDS; /* padded to a whole block */
    if (info.n_channels != n_channels || n_frames < N_FRAMES || n_frames > N_FRAMES + (blocky ? 4096 : 0)) {
        fail_msg("format %x: %d channels, %lld frames", format, info.n_channels, (long long)n_frames);
    }
    if (major != SF_FORMAT_HTK && major != SF_FORMAT_SDS && major != SF_FORMAT_VOC && major != SF_FORMAT_WVE &&
        major != SF_FORMAT_XI && info.rate_hz != rate_for(format)) { /* those store a rounded period or no rate */
        fail_msg("format %x: rate %g", format, info.rate_hz);
    }
    if (format == (SF_FORMAT_PAF | SF_FORMAT_PCM_24)) {
        return 1; /* libsndfile 1.2.0 reads other values for other portions: it only has to open */
    }
    check_against_libsndfile(path, n_channels, pcm, n_frames);
    for (int c = 0; c < n_channels && exact_wanted; c++) {
        for (int64_t i = 0; i < N_FRAMES; i++) {
            const float wanted = ldexpf((float)fixture_level(i, c, bits), 1 - bits);
            if (pcm[c][i] != wanted) {
                fail_msg("format %x channel %d frame %lld: %.9g, not %.9g", format, c, (long long)i, pcm[c][i], wanted);
            }
        }
    }
    return 1;
}

static void test_every_format(void **state)
{
    int n_majors = 0, n_subtypes = 0, n_done = 0, n_majors_done = 0;
    (void)sf_command(NULL, SFC_GET_FORMAT_MAJOR_COUNT, &n_majors, sizeof n_majors);
    (void)sf_command(NULL, SFC_GET_FORMAT_SUBTYPE_COUNT, &n_subtypes, sizeof n_subtypes);
    for (int m = 0; m < n_majors; m++) {
        SF_FORMAT_INFO major = {.format = m};
        int n_before = n_done;
        (void)sf_command(NULL, SFC_GET_FORMAT_MAJOR, &major, sizeof major);
        if (major.format == SF_FORMAT_RAW || major.format == SF_FORMAT_SD2) {
            continue; /* no header; a header in another file (resource fork) */
        }
        for (int s = 0; s < n_subtypes; s++) {
            SF_FORMAT_INFO subtype = {.format = s};
            (void)sf_command(NULL, SFC_GET_FORMAT_SUBTYPE, &subtype, sizeof subtype);
            /* XI stores differences of 16 bits, in which full-scale steps do not fit. */
            const bool exact = exact_bits(subtype.format) > 0 && major.format != SF_FORMAT_XI;
            for (int n_channels = 1; n_channels <= MAX_CHANNELS; n_channels++) {
                n_done += check_format(*state, major.format, subtype.format, n_channels, exact);
            }
        }
        n_majors_done += n_done > n_before;
    }
    print_message("%d combinations of %d containers\n", n_done, n_majors_done);
    assert_true(n_majors_done >= 22);
    assert_true(n_done >= 150);
    fixture_assert_no_children();
}

static void test_info_and_random_access(void **state)
{
    static const struct {
        int format, bits;
        const char *container, *subtype;
        bool seekable;
    } cases[] = {
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16, "WAV", "PCM_16", true},
        {SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, 24, "WAV", "PCM_24", true},
        {SF_FORMAT_RF64 | SF_FORMAT_FLOAT, 32, "RF64", "FLOAT", true},
        {SF_FORMAT_W64 | SF_FORMAT_PCM_16, 16, "W64", "PCM_16", true},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 24, "AIFF", "PCM_24", true},
        {SF_FORMAT_AU | SF_FORMAT_FLOAT, 32, "AU", "FLOAT", true},
        {SF_FORMAT_CAF | SF_FORMAT_PCM_16, 16, "CAF", "PCM_16", true},
        {SF_FORMAT_CAF | SF_FORMAT_ALAC_16, 16, "CAF", "ALAC_16", false},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16, "FLAC", "PCM_16", false},
        {SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0, "OGG", "VORBIS", false},
        {SF_FORMAT_OGG | SF_FORMAT_OPUS, 0, "OGG", "OPUS", false},
        {SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 0, "MPEG", "MPEG_LAYER_III", false},
    };
    enum { LONG = 200000 };
    const char *path = fixture_path(*state, "info");
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const int bits = cases[k].bits == 24 ? 24 : 16;
        SonoDecoder *dec = NULL;
        SonoAudioInfo info;
        SonoError err = {0};
        assert_true(fixture_write_ints(path, cases[k].format, 48000, 2, LONG, bits));
        assert_ok(sono_decoder_open(path, NULL, &dec, &info, &err), err);
        assert_string_equal(info.format, cases[k].container);
        assert_string_equal(info.subtype, cases[k].subtype);
        assert_int_equal(info.bits, cases[k].bits);
        assert_int_equal(info.seekable, cases[k].seekable);
        assert_int_equal(info.n_frames_claimed, LONG);
        static float a[2][70000], b[2][70000];
        float *next[2] = {a[0], a[1]}, *at[2] = {b[0], b[1]};
        int64_t n = 0, done = 0;
        for (int round = 0; cases[k].seekable && round < 5; round++) {
            /* Random access between next() calls, over block borders and over both ends. */
            const int64_t starts[] = {-10, 150000, LONG - 5, 65530, LONG + 100};
            assert_ok(sono_decoder_next(dec, 30011, next, &n, &err), err);
            assert_int_equal(n, 30011);
            assert_ok(sono_decoder_read_at(dec, starts[round], 70000, at, &err), err);
            for (int c = 0; c < 2; c++) {
                for (int64_t i = 0; i < 70000; i++) {
                    const int64_t j = starts[round] + i;
                    const float wanted = j >= 0 && j < LONG ? ldexpf((float)fixture_level(j, c, bits), 1 - bits) : 0.0f;
                    assert_true(b[c][i] == wanted);
                }
                for (int64_t i = 0; i < n; i++) {
                    assert_true(a[c][i] == ldexpf((float)fixture_level(done + i, c, bits), 1 - bits));
                }
            }
            done += n;
        }
        if (cases[k].seekable) {
            const SonoPcmReader reader = sono_decoder_reader(dec);
            assert_int_equal(reader.n_frames, LONG);
            assert_int_equal(reader.revision, 0);
            for (int c = 0; c < 2; c++) {
                assert_ok(reader.read(reader.ctx, c, 777, 100, b[0], &err), err);
                assert_true(b[0][50] == ldexpf((float)fixture_level(827, c, bits), 1 - bits));
            }
            assert_int_equal(reader.read(reader.ctx, 2, 0, 10, b[0], &err), SONO_E_INVALID);
        } else {
            assert_int_equal(sono_decoder_read_at(dec, 0, 10, at, &err), SONO_E_INVALID);
            assert_ok(sono_decoder_next(dec, 10, next, &n, &err), err); /* and it lives on */
        }
        sono_decoder_close(dec);
    }
    fixture_assert_no_children();
}

static void test_many_channels_and_odd_portions(void **state)
{
    enum { CHANNELS = 256, FRAMES = 9001 };
    const char *path = fixture_path(*state, "many.wav");
    SonoDecoder *dec = NULL;
    SonoAudioInfo info;
    SonoError err = {0};
    assert_true(fixture_write_ints(path, SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 96000, CHANNELS, FRAMES, 16));
    assert_ok(sono_decoder_open(path, NULL, &dec, &info, &err), err);
    assert_int_equal(info.n_channels, CHANNELS);
    float *planes[CHANNELS];
    for (int c = 0; c < CHANNELS; c++) {
        planes[c] = malloc(FRAMES * sizeof(float));
        assert_non_null(planes[c]);
    }
    int64_t at = 0;
    static const int portions[] = {1, 4095, 2, 4900, 100};
    for (int k = 0; k < 5; k++) {
        int64_t n = -1;
        assert_ok(sono_decoder_next(dec, portions[k], planes, &n, &err), err);
        assert_int_equal(n, at + portions[k] <= FRAMES ? portions[k] : FRAMES - at);
        for (int c = 0; c < CHANNELS; c += 5) {
            for (int64_t i = 0; i < n; i++) {
                assert_true(planes[c][i] == ldexpf((float)fixture_level(at + i, c, 16), -15));
            }
        }
        at += n;
    }
    assert_int_equal(at, FRAMES);
    int64_t n = -1;
    assert_ok(sono_decoder_next(dec, 10, planes, &n, &err), err);
    assert_int_equal(n, 0);
    sono_decoder_close(dec);
    for (int c = 0; c < CHANNELS; c++) {
        free(planes[c]);
    }
    assert_true(fixture_write_ints(path, SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 96000, CHANNELS, 100, 16));
    /* One more channel than we take. */
    size_t n_bytes;
    unsigned char *bytes = fixture_slurp(path, &n_bytes);
    bytes[22] = 1; /* 257, little-endian, in the fmt chunk */
    bytes[23] = 1;
    fixture_spill(path, bytes, n_bytes);
    free(bytes);
    assert_int_equal(sono_decoder_open(path, NULL, &dec, &info, &err), SONO_E_FORMAT);
    assert_non_null(strstr(err.message, "257 channels"));
}

static void test_raw_is_not_guessed(void **state)
{
    SonoDecoder *dec = NULL;
    SonoAudioInfo info;
    SonoError err = {0};
    static const char *const names[] = {"noise.raw", "noise.vox", "noise.gsm", "noise.wav", "notes.txt"};
    unsigned char noise[5000];
    for (size_t i = 0; i < sizeof noise; i++) {
        noise[i] = (unsigned char)(i * 2654435761U >> 13);
    }
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const char *path = fixture_path(*state, names[k]);
        fixture_spill(path, noise, sizeof noise);
        assert_int_equal(sono_decoder_open(path, NULL, &dec, &info, &err), SONO_E_FORMAT);
        assert_non_null(strstr(err.message, names[k]));
        assert_non_null(strstr(err.message, "Format not recognised")); /* libsndfile's words */
    }
}

static void test_real_sounds(void **state)
{
    (void)state;
    static const char *const paths[] = {SONO_TEST_SPEECH, SONO_TEST_SAMPLES "/loop_amen.flac"};
    for (size_t k = 0; k < 2; k++) {
        SonoClip *clip = NULL;
        SonoLoadReport report;
        SonoError err = {0};
        assert_ok(sono_clip_load(paths[k], NULL, ((Fixture *)*state)->store, &clip, &report, &err), err);
        assert_string_equal(report.warning, "");
        assert_false(report.truncated);
        assert_int_equal(report.n_frames, report.info.n_frames_claimed);
        assert_int_equal(sono_clip_n_frames(clip), report.n_frames);
        assert_true(report.n_frames > 40000);
        sono_clip_unref(clip);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format),
        cmocka_unit_test(test_info_and_random_access),
        cmocka_unit_test(test_many_channels_and_odd_portions),
        cmocka_unit_test(test_raw_is_not_guessed),
        cmocka_unit_test(test_real_sounds),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
