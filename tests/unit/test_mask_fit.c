/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks fitted to rows that lie wider apart further up. */
#include "sono_test.h"

#include <math.h>
#include <string.h>

#include "sono_mask.h"

#define N_T 60
#define N_F 100
#define RATIO 1.0594630943592953 /* of rows: a twelfth of an octave */

static double uniform(uint64_t *seed, double from, double to)
{
    return from + (to - from) * (0.5 + 0.5 * (double)sono_test_noise(seed));
}

/* A box or a dab (in Hz or in octaves) far smaller than any cell. */
static void add_speck(SonoMask *mask, int kind, SonoStrokePoint point)
{
    SonoError err = {0};
    SonoShape s = {.kind = kind == 0 ? SONO_SHAPE_BOX : SONO_SHAPE_STROKE,
                   .combine = SONO_COMBINE_ADD,
                   .box = {point.t_s, point.t_s + 1e-4, point.f_hz, point.f_hz + 1e-3},
                   .brush = {.radius_ms = 1e-3, .hardness = 0.7, .flow = 1.0},
                   .points = &point,
                   .n_points = 1};
    *(kind == 1 ? &s.brush.radius_oct : &s.brush.radius_hz) = 1e-4;
    assert_ok(sono_mask_add(mask, &s, &err), err);
}

/* No speck falls between the cells, at any height, nor grows to more than two of them. */
static void fit_grows_with_frequency(void **state)
{
    (void)state;
    double time_s[N_T];
    double freq_hz[N_F];
    for (int i = 0; i < N_T; i++) {
        time_s[i] = 0.02 * i;
    }
    for (int i = 0; i < N_F; i++) {
        freq_hz[i] = 30.0 * pow(RATIO, i);
    }
    const SonoMaskFit fit = {0.02, 0.0, INFINITY, RATIO - 1.0};
    SonoError err = {0};
    uint64_t seed = 31;
    static float w[N_T * N_F];
    for (int round = 0; round < 600; round++) {
        const SonoStrokePoint point = {uniform(&seed, 0.1, 1.0), 31.0 * exp2(uniform(&seed, 0.0, 8.0)), 1.0};
        SonoMask mask = {0};
        add_speck(&mask, round % 3, point);
        const SonoRegion b = sono_mask_bounds_fit(&mask, fit);
        assert_true(b.f1_hz - b.f0_hz < 2.1 * (RATIO - 1.0) * point.f_hz);
        assert_ok(sono_mask_render_fit(&mask, fit, time_s, N_T, freq_hz, N_F, w, N_F, &err), err);
        float most = 0.0f;
        for (int i = 0; i < N_T * N_F; i++) {
            most = w[i] > most ? w[i] : most;
            assert_true(w[i] == 0.0f || (freq_hz[i % N_F] >= b.f0_hz && freq_hz[i % N_F] <= b.f1_hz));
        }
        if (!(most >= 0.2f)) {
            fail_msg("round %d: %g at most of a shape at %g s, %g Hz", round, (double)most, point.t_s, point.f_hz);
        }
        sono_mask_clear(&mask);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit_grows_with_frequency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
