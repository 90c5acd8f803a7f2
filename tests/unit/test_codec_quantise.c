/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quantiser's arithmetic and its dither; options from file names. */
#include <math.h>
#include <string.h>

#include "quantise.h"
#include "sono_codec.h"
#include "sono_test.h"

static void test_inverse_of_scaling(void **state)
{
    (void)state;
    static const int depths[] = {8, 12, 16, 20, 24};
    for (size_t d = 0; d < sizeof depths / sizeof *depths; d++) {
        const int bits = depths[d];
        const int32_t full = 1 << (bits - 1);
        const int32_t step = bits > 20 ? 61 : 1; /* 24 bits: a dense sample of them */
        for (int32_t q = -full; q < full; q += step) {
            bool clipped = true;
            assert_int_equal(sono_quantise((float)q / (float)full, bits, &clipped), q);
            assert_false(clipped);
        }
    }
    for (int k = -128; k < 128; k++) { /* 32 bits: what a float can hold of them */
        const int32_t q = k * (1 << 24);
        assert_int_equal(sono_quantise(ldexpf((float)q, -31), 32, NULL), q);
    }
}

static void test_rounding_and_clipping(void **state)
{
    (void)state;
    const float lsb = 1.0f / 32768.0f;
    bool clipped = false;
    assert_int_equal(sono_quantise(0.5f * lsb, 16, NULL), 1); /* floor(x + 0.5) */
    assert_int_equal(sono_quantise(-0.5f * lsb, 16, NULL), 0);
    assert_int_equal(sono_quantise(nextafterf(0.5f * lsb, 0.0f), 16, NULL), 0);
    assert_int_equal(sono_quantise(nextafterf(-0.5f * lsb, -1.0f), 16, NULL), -1);
    assert_int_equal(sono_quantise(-1e-30f, 16, NULL), 0);
    assert_int_equal(sono_quantise(1.0f, 16, &clipped), 32767);
    assert_true(clipped);
    assert_int_equal(sono_quantise(-1.0f, 16, &clipped), -32768);
    assert_false(clipped);
    assert_int_equal(sono_quantise(-1.00005f, 16, &clipped), -32768);
    assert_true(clipped);
    assert_int_equal(sono_quantise(1e30f, 32, &clipped), INT32_MAX);
    assert_true(clipped);
    assert_int_equal(sono_quantise(1.0f, 32, &clipped), INT32_MAX); /* what 0x7fffffff was read as */
    assert_false(clipped);
    assert_int_equal(sono_quantise(1.0f, 24, &clipped), 0x7fffff);
    assert_true(clipped);
    assert_true(clipped);
    assert_int_equal(sono_quantise(-INFINITY, 24, &clipped), -8388608);
    assert_true(clipped);
    assert_int_equal(sono_quantise(NAN, 16, &clipped), 0);
}

static void test_dither_leaves_exact_samples(void **state)
{
    (void)state;
    enum { N = 65536 };
    float *in = malloc(N * sizeof *in);
    int32_t *out = malloc(N * sizeof *out);
    assert_non_null(in);
    assert_non_null(out);
    for (int i = 0; i < N; i++) {
        in[i] = (float)(i - 32768) / 32768.0f;
    }
    const SonoQuantiser q = {.bits = 16, .dither = true, .seed = 7};
    assert_int_equal(sono_quantise_block(&q, in, N, 0, 0, out, 1), 0);
    for (int i = 0; i < N; i++) {
        assert_int_equal(out[i], (i - 32768) * 65536);
    }
    free(in);
    free(out);
}

/* TPDF of 2 steps makes the mean error 0 and its variance a quarter of a step squared at every input level. */
static void test_dither_statistics(void **state)
{
    (void)state;
    enum { N = 200000 };
    float *in = malloc(N * sizeof *in);
    int32_t *out = malloc(N * sizeof *out);
    assert_non_null(in);
    assert_non_null(out);
    const SonoQuantiser q = {.bits = 16, .dither = true, .seed = 42};
    for (int level = 1; level < 8; level++) {
        const double wanted = 100.0 + level / 8.0;
        double sum = 0.0, square = 0.0;
        for (int i = 0; i < N; i++) {
            in[i] = (float)(wanted / 32768.0);
        }
        (void)sono_quantise_block(&q, in, N, level, 12345, out, 1);
        for (int i = 0; i < N; i++) {
            const double e = out[i] / 65536.0 - wanted;
            assert_true(fabs(e) < 1.5);
            sum += e;
            square += e * e;
        }
        assert_true(fabs(sum / N) < 0.006); /* 5 sigma */
        assert_true(fabs(square / N - 0.25) < 0.006);
    }
    free(in);
    free(out);
}

static void test_dither_does_not_depend_on_blocks(void **state)
{
    (void)state;
    enum { N = 5000, CHANNELS = 3 };
    static float in[N];
    static int32_t whole[N * CHANNELS], parts[N * CHANNELS], other[N];
    uint64_t noise = 99;
    for (int i = 0; i < N; i++) {
        in[i] = 0.5f * sono_test_noise(&noise);
    }
    SonoQuantiser q = {.bits = 16, .dither = true, .seed = 3};
    for (int c = 0; c < CHANNELS; c++) {
        (void)sono_quantise_block(&q, in, N, c, 0, whole + c, CHANNELS);
        for (int at = 0; at < N;) {
            const int n = at + 333 < N ? 333 : N - at;
            (void)sono_quantise_block(&q, in + at, n, c, at, parts + at * CHANNELS + c, CHANNELS);
            at += n;
        }
    }
    assert_memory_equal(whole, parts, sizeof whole);
    int n_same = 0;
    for (int i = 0; i < N; i++) { /* channels are not dithered alike */
        n_same += whole[i * CHANNELS] == whole[i * CHANNELS + 1];
    }
    assert_true(n_same < N * 3 / 4);
    q.seed = 4;
    (void)sono_quantise_block(&q, in, N, 0, 0, other, 1);
    n_same = 0;
    for (int i = 0; i < N; i++) {
        n_same += whole[i * CHANNELS] == other[i];
    }
    assert_true(n_same < N * 3 / 4);
}

static void test_options_from_names(void **state)
{
    (void)state;
    static const struct {
        const char *path, *subtype;
        int bits;
        SonoFileType file;
        SonoSampleType sample;
    } cases[] = {
        {"a.wav", "PCM_16", 16, SONO_FILE_WAV, SONO_SAMPLE_PCM16},
        {"a.WAV", "PCM_24", 24, SONO_FILE_WAV, SONO_SAMPLE_PCM24},
        {"x/a.wav", "PCM_32", 32, SONO_FILE_WAV, SONO_SAMPLE_PCM32},
        {"a.wav", "FLOAT", 32, SONO_FILE_WAV, SONO_SAMPLE_FLOAT32},
        {"a.wav", "DOUBLE", 64, SONO_FILE_WAV, SONO_SAMPLE_FLOAT32},
        {"a.wav", "VORBIS", 0, SONO_FILE_WAV, SONO_SAMPLE_FLOAT32},
        {"a.wav", "ULAW", 0, SONO_FILE_WAV, SONO_SAMPLE_PCM16},
        {"a.wav", "PCM_U8", 8, SONO_FILE_WAV, SONO_SAMPLE_PCM8},
        {"a.wav", "ALAC_20", 20, SONO_FILE_WAV, SONO_SAMPLE_PCM24},
        {"a.aif", "PCM_16", 16, SONO_FILE_AIFF, SONO_SAMPLE_PCM16},
        {"a.aiff", "FLOAT", 32, SONO_FILE_AIFF, SONO_SAMPLE_FLOAT32},
        {"a.flac", "PCM_16", 16, SONO_FILE_FLAC, SONO_SAMPLE_PCM16},
        {"a.flac", "FLOAT", 32, SONO_FILE_FLAC, SONO_SAMPLE_PCM24},
        {"a.flac", "PCM_32", 32, SONO_FILE_FLAC, SONO_SAMPLE_PCM24},
        {"a.ogg", "PCM_16", 16, SONO_FILE_OGG, SONO_SAMPLE_VORBIS},
    };
    SonoError err = {0};
    SonoEncodeOptions options;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SonoAudioInfo info = {.bits = cases[i].bits};
        (void)snprintf(info.subtype, sizeof info.subtype, "%s", cases[i].subtype);
        assert_ok(sono_encode_options_for(cases[i].path, &info, &options, &err), err);
        assert_int_equal(options.file, cases[i].file);
        assert_int_equal(options.sample, cases[i].sample);
        assert_false(options.dither);
    }
    assert_ok(sono_encode_options_for("a.wav", NULL, &options, &err), err);
    assert_int_equal(options.sample, SONO_SAMPLE_FLOAT32);
    assert_ok(sono_encode_options_for("a.flac", NULL, &options, &err), err);
    assert_int_equal(options.sample, SONO_SAMPLE_PCM24);
    static const char *const bad[] = {"a.mp3", "a", "a.wav/b", ".", "", "dir.wav/noext", "a.wavx"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(sono_encode_options_for(bad[i], NULL, &options, &err), SONO_E_UNSUPPORTED);
        assert_non_null(strstr(err.message, ".flac"));
        assert_non_null(strstr(err.message, bad[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inverse_of_scaling),
        cmocka_unit_test(test_rounding_and_clipping),
        cmocka_unit_test(test_dither_leaves_exact_samples),
        cmocka_unit_test(test_dither_statistics),
        cmocka_unit_test(test_dither_does_not_depend_on_blocks),
        cmocka_unit_test(test_options_from_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
