/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans: windows, sizes, frame bounds, refusals, where slices lie. */
#include "sono_test.h"

#include <math.h>
#include <string.h>

#include "sono_freq_axis.h"
#include "sono_transform.h"
#include "sono_window.h"

static SonoStatus build(double size, double hop, double window, SonoPlan **out, SonoError *err)
{
    const SonoTransform *t = sono_transform_find("stft");
    SonoParams p = sono_params_defaults(t->params);
    p.v[SONO_STFT_SIZE] = size;
    p.v[SONO_STFT_HOP] = hop;
    p.v[SONO_STFT_WINDOW] = window;
    return sono_plan_build(t, &p, 48000.0, 0, out, err);
}

static void windows_match_formulas(void **state)
{
    (void)state;
    double taps[512];
    for (int w = 0; sono_window_names[w]; w++) {
        for (int32_t n = 255; n <= 256; n++) {
            sono_window_fill((SonoWindow)w, n, taps);
            assert_true(fabs(taps[n / 2] - 1.0) < 1e-12);
            for (int32_t i = 1; i <= n / 2 - 1; i++) { /* symmetric about the centre tap */
                assert_true(fabs(taps[n / 2 - i] - taps[n / 2 + i]) < 1e-12);
            }
        }
    }
    /* Harris 1978: the sidelobes of the 4-term window are below -92 dB */
    sono_window_fill(SONO_WINDOW_BLACKMAN_HARRIS, 256, taps);
    double sum = 0.0;
    double worst = 0.0;
    for (int i = 0; i < 256; i++) {
        sum += taps[i];
    }
    for (double bin = 4.0; bin < 64.0; bin += 0.05) {
        double re = 0.0;
        for (int i = 0; i < 256; i++) {
            re += taps[i] * cos(6.283185307179586 * bin * (i - 128) / 256.0);
        }
        worst = fmax(worst, fabs(re) / sum);
    }
    assert_true(20.0 * log10(worst) < -91.5);
    assert_true(20.0 * log10(worst) > -94.0);
    sono_window_fill(SONO_WINDOW_HANN, 256, taps);
    for (int i = 0; i < 256; i++) {
        assert_true(fabs(taps[i] - (0.5 - 0.5 * cos(6.283185307179586 * i / 256.0))) < 1e-12);
    }
}

static void sizes_have_small_factors(void **state)
{
    (void)state;
    assert_int_equal(sono_fft_size_at_least(97), 100);
    assert_int_equal(sono_fft_size_at_least(2048), 2048);
    assert_int_equal(sono_fft_size_at_least(7), 8);
    assert_true(sono_fft_size_is_fast(46656));
    assert_false(sono_fft_size_is_fast(46662));
    assert_false(sono_fft_size_is_fast(0));
}

static void bounds_are_those_of_the_frame_operator(void **state)
{
    (void)state;
    SonoPlan *p = NULL;
    SonoError err = {0};
    /* Hann at a quarter hop: sum of g^2 = 4 * 3/8 at every sample */
    assert_ok(build(2048, 512, SONO_WINDOW_HANN, &p, &err), err);
    assert_true(fabs(p->bound_a - 1.5) < 1e-12 && fabs(p->bound_b - 1.5) < 1e-12);
    assert_int_equal(sono_plan_n_bins(p), 1025);
    assert_true(sono_plan_weight(p, 0) == 1.0 && sono_plan_weight(p, 1) == 2.0 && sono_plan_weight(p, 1024) == 1.0);
    assert_true(sono_plan_weight(p, 1025) == 0.0); /* pad */
    assert_true(fabs(sono_plan_freq_hz(p, 1024) - 24000.0) < 1e-9);
    sono_plan_unref(p);
    /* Hamming without overlap: g^2 runs from 0.08^2 to 1 */
    assert_ok(build(1024, 1024, SONO_WINDOW_HAMMING, &p, &err), err);
    assert_true(fabs(p->bound_a - 0.0064) < 1e-9 && fabs(p->bound_b - 1.0) < 1e-12);
    sono_plan_unref(p);
    /* odd size: no Nyquist */
    assert_ok(build(243, 60, SONO_WINDOW_HANN, &p, &err), err);
    assert_true(sono_plan_weight(p, 121) == 2.0);
    sono_plan_unref(p);
}

static void refusals_give_the_reason(void **state)
{
    (void)state;
    static const struct {
        double size, hop, window;
        SonoStatus status;
        const char *says;
    } cases[] = {
        {2048, 2049, 0, SONO_E_NOT_FRAME, "longer than the window"},
        {2048, 2048, SONO_WINDOW_HANN, SONO_E_NOT_FRAME, "shorter hop"},
        {1024, 1000, SONO_WINDOW_BLACKMAN_HARRIS, SONO_E_NOT_FRAME, "B/A"},
        {2046, 512, 0, SONO_E_RANGE, "next: 2048"},
        {32, 8, 0, SONO_E_RANGE, "size is 32"},
        {131072, 512, 0, SONO_E_RANGE, "65536"},
        {2048, 0, 0, SONO_E_RANGE, "hop is 0"},
        {2048, 512.5, 0, SONO_E_RANGE, "whole"},
        {2048, 512, 7, SONO_E_RANGE, "window"},
        {(double)NAN, 512, 0, SONO_E_RANGE, "finite"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SonoPlan *p = NULL;
        SonoError err = {0};
        assert_int_equal(build(cases[i].size, cases[i].hop, cases[i].window, &p, &err), cases[i].status);
        assert_null(p);
        if (!strstr(err.message, cases[i].says)) {
            fail_msg("case %zu says \"%s\"", i, err.message);
        }
    }
    SonoPlan *p = NULL;
    SonoError err = {0};
    const SonoTransform *t = sono_transform_find("stft");
    SonoParams d = sono_params_defaults(t->params);
    assert_int_equal(sono_plan_build(t, &d, 0.0, 0, &p, &err), SONO_E_RANGE);
    assert_null(sono_transform_find("nonsense"));
}

static void every_allowed_size_and_hop_builds(void **state)
{
    (void)state;
    int n = 0;
    for (int64_t size = 64; size <= 65536; size = sono_fft_size_at_least(size + 1)) {
        SonoPlan *p = NULL;
        SonoError err = {0};
        assert_ok(build((double)size, (double)(size / 3), (double)(n % 3), &p, &err), err);
        assert_true(p->bound_a > 0.0 && p->bound_b / p->bound_a <= 1e3);
        sono_plan_unref(p);
        n++;
    }
    assert_true(n > 200);
}

static void slices_touch_what_they_cover(void **state)
{
    (void)state;
    SonoPlan *p = NULL;
    SonoError err = {0};
    assert_ok(build(100, 33, SONO_WINDOW_HANN, &p, &err), err);
    for (int64_t start = -300; start < 300; start += 7) {
        for (int64_t n = 1; n < 250; n += 31) {
            const SonoSpan span = {start, n};
            const SonoSlices s = sono_plan_slices_touching(p, span);
            for (int64_t m = s.first - 3; m < s.first + s.n + 3; m++) {
                const SonoSpan covers = sono_plan_support(p, (SonoSlices){m, 1});
                const int meets = sono_span_intersect(covers, span).n_frames > 0;
                assert_int_equal(meets, m >= s.first && m < s.first + s.n);
            }
        }
    }
    const SonoSlices far = sono_plan_slices_touching(p, (SonoSpan){INT64_C(1) << 40, 1});
    assert_true(sono_plan_support(p, far).start_frame <= INT64_C(1) << 40);
    sono_plan_unref(p);
}

static void auto_size_follows_the_mask(void **state)
{
    (void)state;
    const SonoTransform *t = sono_transform_find("stft");
    static const struct {
        double height_hz;
        int64_t n_frames;
        double size;
    } cases[] = {{1000, 48000, 256}, {100, 48000, 1920}, {100, 1000, 1000},
                 {1, 480000, 16384}, {100, 10, 256},     {0, 480000, 16384}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SonoParams p = sono_params_defaults(t->params);
        t->auto_params(cases[i].height_hz, cases[i].n_frames, 48000.0, &p);
        if (p.v[SONO_STFT_SIZE] != cases[i].size) {
            fail_msg("height %g Hz, %lld frames: size %g", cases[i].height_hz, (long long)cases[i].n_frames,
                     p.v[SONO_STFT_SIZE]);
        }
        assert_true(p.v[SONO_STFT_HOP] * 4 == p.v[SONO_STFT_SIZE]);
    }
}

static void axes_go_there_and_back(void **state)
{
    (void)state;
    for (int scale = 0; sono_scale_names[scale]; scale++) {
        const SonoFreqAxis axis = {(SonoAxisScale)scale, 20.0, 24000.0};
        assert_true(fabs(sono_freq_axis_hz(&axis, 0.0) - 20.0) < 1e-6);
        assert_true(fabs(sono_freq_axis_hz(&axis, 1.0) - 24000.0) < 1e-6);
        for (double pos = 0.0; pos <= 1.0; pos += 0.01) {
            assert_true(fabs(sono_freq_axis_position(&axis, sono_freq_axis_hz(&axis, pos)) - pos) < 1e-9);
        }
    }
    const SonoScaleLaw mel = sono_scale_laws[SONO_SCALE_MEL];
    const double mel_per_unit = 2595.0 * log10(2.0);
    assert_true(fabs(mel_per_unit * (sono_warp(mel, 1000.0) - sono_warp(mel, 0.0)) - 999.99) < 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_match_formulas),
        cmocka_unit_test(sizes_have_small_factors),
        cmocka_unit_test(bounds_are_those_of_the_frame_operator),
        cmocka_unit_test(refusals_give_the_reason),
        cmocka_unit_test(every_allowed_size_and_hop_builds),
        cmocka_unit_test(slices_touch_what_they_cover),
        cmocka_unit_test(auto_size_follows_the_mask),
        cmocka_unit_test(axes_go_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
