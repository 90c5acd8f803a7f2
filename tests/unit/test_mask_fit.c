/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks on a transform's grid: shapes finer than its columns and rows are drawn as fine as they are, others untouched.
 */
#include "mask_fixture.h"

#include <math.h>
#include <string.h>

/* A shape far finer than the grid, at a place between the cells or on one. */
static SonoShape speck(uint64_t *seed, SonoStrokePoint *point)
{
    const int kind = (int)uniform(seed, 0.0, 3.0);
    const double t = uniform(seed, 0.1, 1.5);
    const double f = uniform(seed, 200.0, 7500.0);
    *point = (SonoStrokePoint){t, f, 1.0};
    SonoShape s = {.kind = kind == 0 ? SONO_SHAPE_BOX : SONO_SHAPE_STROKE,
                   .box = {t, t + uniform(seed, 1e-9, 1e-3), f, f + uniform(seed, 1e-6, 5.0)},
                   .brush = {.radius_ms = uniform(seed, 1e-6, 1.0), .hardness = uniform(seed, 0.0, 1.0), .flow = 1.0},
                   .points = point,
                   .n_points = 1};
    *(kind == 1 ? &s.brush.radius_oct : &s.brush.radius_hz) = uniform(seed, 1e-6, 1e-3);
    return s;
}

/* Fitted to the grid, every speck has cells, and all of them lie within its bounds. */
static void test_fit_leaves_nothing_between_cells(void **state)
{
    (void)state;
    const Grid *g = grid();
    const SonoMaskFit fit = {0.0116, 62.5, 8000.0, 0.0};
    SonoError err = {0};
    uint64_t seed = 29;
    static float w[COLS * ROWS];
    for (int round = 0; round < 400; round++) {
        SonoStrokePoint point;
        const SonoShape s = speck(&seed, &point);
        SonoMask mask = {0};
        add(&mask, s, SONO_COMBINE_ADD);
        const SonoRegion b = sono_mask_bounds_fit(&mask, fit);
        assert_ok(sono_mask_render_fit(&mask, fit, g->time_s, COLS, g->freq_hz, ROWS, w, ROWS, &err), err);
        float most = 0.0f;
        for (int i = 0; i < COLS * ROWS; i++) {
            const double t = g->time_s[i / ROWS];
            const double f = g->freq_hz[i % ROWS];
            most = w[i] > most ? w[i] : most;
            assert_true(w[i] == 0.0f || (t >= b.t0_s && t <= b.t1_s && f >= b.f0_hz && f <= b.f1_hz));
        }
        if (!(most >= 0.2f)) {
            fail_msg("round %d: %g at most of a shape at %g s, %g Hz", round, (double)most, point.t_s, point.f_hz);
        }
        sono_mask_clear(&mask);
    }
}

/* Rows of a twelfth of an octave and a column every 20 ms: no speck falls between them, at any height. */
static void test_fit_grows_with_frequency(void **state)
{
    (void)state;
    enum { N_T = 60, N_F = 100 };
    double time_s[N_T];
    double freq_hz[N_F];
    for (int i = 0; i < N_T; i++) {
        time_s[i] = 0.02 * i;
    }
    for (int i = 0; i < N_F; i++) {
        freq_hz[i] = 30.0 * exp2(i / 12.0);
    }
    const SonoMaskFit fit = {0.02, 0.0, INFINITY, exp2(1.0 / 12.0) - 1.0};
    SonoError err = {0};
    uint64_t seed = 31;
    static float w[N_T * N_F];
    for (int round = 0; round < 400; round++) {
        SonoStrokePoint point;
        SonoShape s = speck(&seed, &point);
        point.f_hz = 31.0 * exp2(uniform(&seed, 0.0, 8.0));
        point.t_s = uniform(&seed, 0.1, 1.0);
        s.box = (SonoRegion){point.t_s, point.t_s + 1e-4, point.f_hz, point.f_hz + 1e-3};
        SonoMask mask = {0};
        add(&mask, s, SONO_COMBINE_ADD);
        const SonoRegion b = sono_mask_bounds_fit(&mask, fit);
        assert_true(b.f1_hz - b.f0_hz < 0.15 * point.f_hz);
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

/* What the grid can tell apart is not touched; a box up to the top holds the topmost cells as one from 0 holds DC. */
static void test_fit_changes_fine_shapes_only(void **state)
{
    (void)state;
    const Grid *g = grid();
    SonoError err = {0};
    SonoStrokePoint points[2] = {{0.3, 900.0, 0.5}, {1.2, 4000.0, 1.0}};
    SonoMask mask = {0};
    add(&mask, (SonoShape){.box = {0.2, 0.9, 500.0, 7000.0}, .feather_ms = 50, .feather_hz = 300}, SONO_COMBINE_ADD);
    add(&mask,
        (SonoShape){
            .kind = SONO_SHAPE_STROKE,
            .brush = {.radius_ms = 60, .radius_oct = 0.5, .hardness = 0.3, .flow = 0.6, .pressure_to_size = 0.5},
            .points = points,
            .n_points = 2},
        SONO_COMBINE_SUBTRACT);
    float *plain = render(&mask);
    static float w[COLS * ROWS];
    const SonoMaskFit fit = {0.0116, 62.5, 8000.0, 0.0};
    assert_ok(sono_mask_render_fit(&mask, fit, g->time_s, COLS, g->freq_hz, ROWS, w, ROWS, &err), err);
    assert_memory_equal(w, plain, sizeof w);
    sono_free(plain);
    sono_mask_clear(&mask);
    add(&mask, (SonoShape){.box = {0.0, 1.0, 4000.0, 8000.0}}, SONO_COMBINE_ADD);
    assert_ok(sono_mask_render_fit(&mask, fit, g->time_s, COLS, g->freq_hz, ROWS, w, ROWS, &err), err);
    assert_true(w[50 * ROWS + ROWS - 1] == 1.0f);
    assert_true(sono_mask_bounds_fit(&mask, fit).f1_hz >= 8000.0 && sono_mask_bounds_fit(&mask, fit).f0_hz > 3999.0);
    sono_mask_clear(&mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit_leaves_nothing_between_cells),
        cmocka_unit_test(test_fit_grows_with_frequency),
        cmocka_unit_test(test_fit_changes_fine_shapes_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
