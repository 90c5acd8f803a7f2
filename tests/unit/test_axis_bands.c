/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bands of an axis over an STFT's bins: a partition of unity both ways, on every scale and any number of bands. */
#include "sono_test.h"

#include <math.h>
#include <string.h>

#include "sono_axis_bands.h"
#include "sono_transform.h"

#define SIZE 2048
#define N_BINS (SIZE / 2 + 1)
#define RATE_HZ 48000.0

static SonoPlan *make_plan(const char *name)
{
    const SonoTransform *t = sono_transform_find(name);
    const SonoParams params = sono_params_defaults(t->params);
    SonoPlan *plan = NULL;
    SonoError err = {0};
    assert_ok(sono_plan_build(t, &params, RATE_HZ, 0, &plan, &err), err);
    return plan;
}

static SonoFreqAxis axis_of(int scale)
{
    return (SonoFreqAxis){(SonoAxisScale)scale, scale == SONO_SCALE_LOG ? 30.0 : 0.0, 24000.0};
}

static const int32_t band_counts[] = {2, 3, 17, 40, 128, 1025, 3000};
#define N_COUNTS (sizeof band_counts / sizeof *band_counts)

/* What goes to the bands is what was in the bins, however many bands there are. */
static void power_is_kept(void **state)
{
    (void)state;
    SonoPlan *plan = make_plan("stft");
    uint64_t seed = 11;
    static float power[N_BINS];
    static float band_power[4000];
    double sum = 0.0;
    for (int k = 0; k < N_BINS; k++) {
        power[k] = sono_test_noise(&seed) + 1.0f;
        sum += (double)power[k];
    }
    for (int scale = 0; scale < SONO_N_SCALES; scale++) {
        for (size_t i = 0; i < N_COUNTS; i++) {
            const SonoFreqAxis axis = axis_of(scale);
            SonoAxisBands bands = {0};
            SonoError err = {0};
            assert_ok(sono_axis_bands_make(plan, &axis, band_counts[i], &bands, &err), err);
            sono_axis_bands_power(&bands, power, band_power);
            double banded = 0.0;
            for (int32_t b = 0; b < bands.n_bands; b++) {
                banded += (double)band_power[b];
            }
            assert_true(fabs(banded - sum) < 1e-5 * sum);
            sono_axis_bands_clear(&bands);
        }
    }
    sono_plan_unref(plan);
}

/* Equal gains give that gain to the last bit; gains that are a straight line on the axis are found again on the bins;
 * gains between two values stay between them. */
static void gains_come_back(void **state)
{
    (void)state;
    SonoPlan *plan = make_plan("stft");
    static float gain[4000];
    static float bin_gain[N_BINS];
    for (int scale = 0; scale < SONO_N_SCALES; scale++) {
        for (size_t i = 0; i < N_COUNTS; i++) {
            const SonoFreqAxis axis = axis_of(scale);
            const int32_t n = band_counts[i];
            SonoAxisBands bands = {0};
            SonoError err = {0};
            assert_ok(sono_axis_bands_make(plan, &axis, n, &bands, &err), err);
            for (int32_t b = 0; b < n; b++) {
                gain[b] = 0.3f;
            }
            sono_axis_bands_gains(&bands, gain, bin_gain);
            for (int k = 0; k < N_BINS; k++) {
                assert_true(bin_gain[k] == 0.3f);
            }
            for (int32_t b = 0; b < n; b++) {
                gain[b] = (float)b / (float)(n - 1);
            }
            sono_axis_bands_gains(&bands, gain, bin_gain);
            for (int k = 0; k < N_BINS; k++) {
                const double at = sono_freq_axis_position(&axis, sono_plan_row_hz(plan, k));
                assert_true(fabs((double)bin_gain[k] - fmin(fmax(at, 0.0), 1.0)) < 1e-6);
            }
            sono_axis_bands_clear(&bands);
        }
    }
    sono_plan_unref(plan);
}

/* Gains and powers are one matrix and its transpose: <W p, g> = <p, W' g>. */
static void both_ways_are_one_matrix(void **state)
{
    (void)state;
    SonoPlan *plan = make_plan("stft");
    uint64_t seed = 5;
    static float power[N_BINS];
    static float bin_gain[N_BINS];
    float gain[40];
    float band_power[40];
    for (int scale = 0; scale < SONO_N_SCALES; scale++) {
        const SonoFreqAxis axis = axis_of(scale);
        SonoAxisBands bands = {0};
        SonoError err = {0};
        assert_ok(sono_axis_bands_make(plan, &axis, 40, &bands, &err), err);
        for (int k = 0; k < N_BINS; k++) {
            power[k] = sono_test_noise(&seed) + 1.0f;
        }
        for (int b = 0; b < 40; b++) {
            gain[b] = sono_test_noise(&seed) + 1.0f;
        }
        sono_axis_bands_power(&bands, power, band_power);
        sono_axis_bands_gains(&bands, gain, bin_gain);
        double left = 0.0;
        double right = 0.0;
        for (int b = 0; b < 40; b++) {
            left += (double)band_power[b] * (double)gain[b];
        }
        for (int k = 0; k < N_BINS; k++) {
            right += (double)power[k] * (double)bin_gain[k];
        }
        assert_true(fabs(left - right) < 1e-6 * fabs(left));
        sono_axis_bands_clear(&bands);
    }
    sono_plan_unref(plan);
}

/* A bin at a band's centre belongs to that band alone; bins below the lowest and above the highest to those. */
static void centres_are_where_they_should_be(void **state)
{
    (void)state;
    SonoPlan *plan = make_plan("stft");
    const SonoFreqAxis axis = {SONO_SCALE_LINEAR, 1500.0, 9000.0}; /* 64 and 384 bins of 23.4375 Hz */
    SonoAxisBands bands = {0};
    SonoError err = {0};
    assert_ok(sono_axis_bands_make(plan, &axis, 6, &bands, &err), err);
    assert_true(fabs(sono_axis_band_hz(&axis, 6, 0) - 1500.0) < 1e-9);
    assert_true(fabs(sono_axis_band_hz(&axis, 6, 1) - 3000.0) < 1e-9);
    assert_true(fabs(sono_axis_band_hz(&axis, 6, 5) - 9000.0) < 1e-9);
    for (int k = 0; k < N_BINS; k++) {
        static float power[N_BINS];
        float band_power[6];
        power[k] = 2.0f;
        sono_axis_bands_power(&bands, power, band_power);
        power[k] = 0.0f;
        const double at = fmin(fmax(((double)k - 64.0) / 64.0, 0.0), 5.0);
        for (int b = 0; b < 6; b++) {
            const double expected = 2.0 * fmax(0.0, 1.0 - fabs(at - (double)b));
            assert_true(fabs((double)band_power[b] - expected) < 1e-6);
        }
    }
    sono_axis_bands_clear(&bands);
    sono_plan_unref(plan);
}

static void refusals(void **state)
{
    (void)state;
    SonoPlan *stft = make_plan("stft");
    SonoPlan *vqt = make_plan("vqt");
    const SonoFreqAxis good = axis_of(SONO_SCALE_MEL);
    const SonoFreqAxis from_zero = {SONO_SCALE_LOG, 0.0, 1000.0};
    const SonoFreqAxis falling = {SONO_SCALE_LINEAR, 1000.0, 1000.0};
    SonoAxisBands bands = {0};
    SonoError err = {0};
    assert_int_equal(sono_axis_bands_make(vqt, &good, 40, &bands, &err), SONO_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "vqt"));
    assert_int_equal(sono_axis_bands_make(stft, &good, 1, &bands, &err), SONO_E_RANGE);
    assert_int_equal(sono_axis_bands_make(stft, &from_zero, 40, &bands, &err), SONO_E_RANGE);
    assert_int_equal(sono_axis_bands_make(stft, &falling, 40, &bands, &err), SONO_E_RANGE);
    assert_null(bands.first);
    sono_plan_unref(stft);
    sono_plan_unref(vqt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_is_kept),
        cmocka_unit_test(gains_come_back),
        cmocka_unit_test(both_ways_are_one_matrix),
        cmocka_unit_test(centres_are_where_they_should_be),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
