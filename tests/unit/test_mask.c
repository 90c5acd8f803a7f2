/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks: shapes against their formulas, the algebra of shapes, bounds, and that a cell's weight is its own. */
#include "mask_fixture.h"

#include "sono_rect.h"

#include <math.h>
#include <string.h>

static float *render_one(SonoShape shape)
{
    SonoMask mask = {0};
    add(&mask, shape, SONO_COMBINE_ADD);
    float *w = render(&mask);
    sono_mask_clear(&mask);
    return w;
}

/* points: room for 6 */
static SonoShape random_shape(uint64_t *seed, SonoStrokePoint *points)
{
    SonoShape s = {0};
    if (sono_test_noise(seed) < -0.2f) {
        s.kind = SONO_SHAPE_BOX;
        s.box.t0_s = uniform(seed, 0.0, 1.0);
        s.box.t1_s = s.box.t0_s + uniform(seed, 0.01, 0.6);
        s.box.f0_hz = uniform(seed, -300.0, 5000.0);
        s.box.f1_hz = fmax(10.0, s.box.f0_hz) + uniform(seed, 10.0, 3000.0);
        s.feather_ms = fmax(0.0, uniform(seed, -50.0, 100.0));
        s.feather_hz = fmax(0.0, uniform(seed, -200.0, 400.0));
        return s;
    }
    s.kind = SONO_SHAPE_STROKE;
    s.brush.radius_ms = uniform(seed, 5.0, 120.0);
    s.brush.radius_hz = uniform(seed, 30.0, 900.0);
    s.brush.radius_oct = fmax(0.0, uniform(seed, -0.5, 0.5));
    s.brush.hardness = uniform(seed, 0.0, 1.0);
    s.brush.flow = uniform(seed, 0.1, 1.0);
    s.brush.pressure_to_size = uniform(seed, 0.0, 1.0);
    s.brush.pressure_to_flow = uniform(seed, 0.0, 1.0);
    s.n_points = 1 + (size_t)uniform(seed, 0.0, 5.0);
    for (size_t i = 0; i < s.n_points; i++) {
        points[i] = (SonoStrokePoint){uniform(seed, 0.0, 1.5), uniform(seed, 20.0, 7500.0), uniform(seed, 0.0, 1.0)};
    }
    s.points = points;
    return s;
}

static void test_algebra(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (int round = 0; round < 40; round++) {
        SonoStrokePoint pa[6];
        SonoStrokePoint pb[6];
        const SonoShape sa = random_shape(&seed, pa);
        const SonoShape sb = random_shape(&seed, pb);
        float *a = render_one(sa);
        float *b = render_one(sb);
        for (int combine = 0; combine < 3; combine++) {
            SonoMask mask = {0};
            add(&mask, sa, SONO_COMBINE_ADD);
            add(&mask, sb, (SonoCombine)combine);
            float *w = render(&mask);
            for (int i = 0; i < COLS * ROWS; i++) {
                const float want = combine == 0   ? fmaxf(a[i], b[i])
                                   : combine == 1 ? fminf(a[i], 1.0f - b[i])
                                                  : fminf(a[i], b[i]);
                assert_true(w[i] == want);
                assert_true(w[i] >= 0.0f && w[i] <= 1.0f);
            }
            sono_free(w);
            sono_mask_clear(&mask);
        }
        SonoMask twice = {0};
        add(&twice, sa, SONO_COMBINE_ADD);
        add(&twice, sa, SONO_COMBINE_ADD);
        float *w = render(&twice);
        assert_memory_equal(w, a, COLS * ROWS * sizeof *w);
        add(&twice, sa, SONO_COMBINE_SUBTRACT);
        sono_free(w);
        w = render(&twice);
        for (int i = 0; i < COLS * ROWS; i++) {
            assert_true(a[i] < 1.0f || w[i] == 0.0f);
        }
        sono_free(w);
        sono_free(a);
        sono_free(b);
        sono_mask_clear(&twice);
    }
}

static void test_first_shape_cannot_take_away(void **state)
{
    (void)state;
    SonoStrokePoint points[6];
    uint64_t seed = 5;
    for (int i = 0; i < 10; i++) {
        for (int combine = SONO_COMBINE_SUBTRACT; combine <= SONO_COMBINE_INTERSECT; combine++) {
            SonoMask mask = {0};
            add(&mask, random_shape(&seed, points), (SonoCombine)combine);
            float *w = render(&mask);
            for (int k = 0; k < COLS * ROWS; k++) {
                assert_true(w[k] == 0.0f);
            }
            assert_true(sono_region_is_empty(sono_mask_bounds(&mask)));
            sono_free(w);
            sono_mask_clear(&mask);
        }
    }
}

static void test_bounds_bind(void **state)
{
    (void)state;
    const Grid *g = grid();
    uint64_t seed = 3;
    size_t n_painted = 0;
    for (int round = 0; round < 150; round++) {
        SonoMask mask = {0};
        const int n = 1 + (int)uniform(&seed, 0.0, 4.0);
        for (int i = 0; i < n; i++) {
            SonoStrokePoint points[6];
            const SonoShape s = random_shape(&seed, points);
            add(&mask, s, (SonoCombine)(i == 0 ? 0 : (int)uniform(&seed, 0.0, 2.999)));
        }
        const SonoRegion b = sono_mask_bounds(&mask);
        float *w = render(&mask);
        for (int c = 0; c < COLS; c++) {
            for (int r = 0; r < ROWS; r++) {
                const bool inside = g->time_s[c] >= b.t0_s && g->time_s[c] < b.t1_s && g->freq_hz[r] >= b.f0_hz &&
                                    g->freq_hz[r] < b.f1_hz;
                assert_true(inside || w[c * ROWS + r] == 0.0f);
                n_painted += w[c * ROWS + r] > 0.0f;
            }
        }
        sono_free(w);
        sono_mask_clear(&mask);
    }
    assert_true(n_painted > 10000);
}

/* On a grid much finer than the shape the weights reach all four sides. */
static void test_bounds_are_tight(void **state)
{
    (void)state;
    SonoError err = {0};
    uint64_t seed = 17;
    enum { FINE = 400 };
    static double t[FINE];
    static double f[FINE];
    static float w[FINE * FINE];
    for (int round = 0; round < 24; round++) {
        SonoStrokePoint points[6];
        SonoShape s = random_shape(&seed, points);
        s.brush.flow = 1.0;
        s.brush.pressure_to_flow = 0.0;
        s.box.f0_hz = fabs(s.box.f0_hz) + 300.0;
        s.box.f1_hz = s.box.f0_hz + 500.0;
        SonoMask mask = {0};
        add(&mask, s, SONO_COMBINE_ADD);
        const SonoRegion b = sono_mask_bounds(&mask);
        for (int i = 0; i < FINE; i++) {
            t[i] = b.t0_s + (b.t1_s - b.t0_s) * i / FINE;
            f[i] = b.f0_hz + (b.f1_hz - b.f0_hz) * i / FINE;
        }
        assert_ok(sono_mask_render(&mask, t, FINE, f, FINE, w, FINE, &err), err);
        int c0 = FINE;
        int c1 = 0;
        int r0 = FINE;
        int r1 = 0;
        for (int i = 0; i < FINE * FINE; i++) {
            if (w[i] > 0.0f) {
                c0 = i / FINE < c0 ? i / FINE : c0;
                c1 = i / FINE > c1 ? i / FINE : c1;
                r0 = i % FINE < r0 ? i % FINE : r0;
                r1 = i % FINE > r1 ? i % FINE : r1;
            }
        }
        assert_true(c0 <= FINE / 50 && c1 >= FINE - FINE / 50);
        assert_true((r0 <= FINE / 50 || b.f0_hz == 0.0) && r1 >= FINE - FINE / 50);
        sono_mask_clear(&mask);
    }
}

static float weight_at(const SonoMask *mask, double t_s, double f_hz)
{
    SonoError err = {0};
    float w = -1.0f;
    assert_ok(sono_mask_render(mask, &t_s, 1, &f_hz, 1, &w, 1, &err), err);
    return w;
}

static double smoothstep(double x)
{
    const double t = fmin(fmax(x, 0.0), 1.0);
    return t * t * (3.0 - 2.0 * t);
}

static void test_feather(void **state)
{
    (void)state;
    const SonoShape box = {
        .kind = SONO_SHAPE_BOX, .box = {1.0, 2.0, 1000.0, 3000.0}, .feather_ms = 20.0, .feather_hz = 100.0};
    SonoMask m = {0};
    add(&m, box, SONO_COMBINE_ADD);
    for (int i = -150; i <= 150; i++) {
        const double x = i / 100.0; /* in feathers, inwards */
        const double want = smoothstep(x + 0.5);
        assert_true(fabs((double)weight_at(&m, 1.0 + x * 0.02, 2000.0) - want) < 1e-6);
        assert_true(fabs((double)weight_at(&m, 2.0 - x * 0.02, 2000.0) - want) < 1e-6);
        assert_true(fabs((double)weight_at(&m, 1.5, 1000.0 + x * 100.0) - want) < 1e-6);
        assert_true(fabs((double)weight_at(&m, 1.5, 3000.0 - x * 100.0) - want) < 1e-6);
        assert_true(fabs((double)weight_at(&m, 1.0 + x * 0.02, 1000.0 + x * 100.0) - want * want) < 1e-6);
    }
    assert_true(weight_at(&m, 1.5, 2000.0) == 1.0f);
    sono_mask_clear(&m);
}

static void test_hard_edges(void **state)
{
    (void)state;
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {1.0, 2.0, 1000.0, 3000.0}};
    SonoMask m = {0};
    add(&m, box, SONO_COMBINE_ADD);
    assert_true(weight_at(&m, 1.0, 1000.0) == 1.0f);
    assert_true(weight_at(&m, nextafter(1.0, 0.0), 1000.0) == 0.0f);
    assert_true(weight_at(&m, 1.0, nextafter(1000.0, 0.0)) == 0.0f);
    assert_true(weight_at(&m, 2.0, 2000.0) == 0.0f);
    assert_true(weight_at(&m, nextafter(2.0, 0.0), 2000.0) == 1.0f);
    assert_true(weight_at(&m, 1.5, 3000.0) == 0.0f);
    assert_true(weight_at(&m, 1.5, nextafter(3000.0, 0.0)) == 1.0f);
    sono_mask_clear(&m);
}

static void test_box_from_dc(void **state)
{
    (void)state;
    SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {1.0, 2.0, 0.0, 500.0}, .feather_hz = 200.0};
    for (int k = 0; k < 2; k++) {
        SonoMask m = {0};
        add(&m, box, SONO_COMBINE_ADD);
        assert_true(weight_at(&m, 1.5, 0.0) == 1.0f);
        assert_true(weight_at(&m, 1.5, 50.0) == 1.0f);
        assert_true(weight_at(&m, 1.5, 500.0) == 0.5f);
        assert_true(sono_mask_bounds(&m).f0_hz == 0.0);
        sono_mask_clear(&m);
        box.box.f0_hz = -40.0;
    }
}

/* One dab against its formula in double; several against 1 - (1-a)(1-b)... over the dabs the preview draws. */
static void test_dabs_against_double(void **state)
{
    (void)state;
    const Grid *g = grid();
    SonoError err = {0};
    uint64_t seed = 23;
    for (int round = 0; round < 40; round++) {
        SonoStrokePoint points[6];
        SonoShape s = random_shape(&seed, points);
        if (s.kind != SONO_SHAPE_STROKE) {
            continue;
        }
        s.n_points = round % 2 ? 1 : s.n_points;
        s.brush.hardness = fmin(0.9, s.brush.hardness); /* steeper rims amplify the rounding of u and v */
        SonoDab *dabs = NULL;
        size_t n = 0;
        assert_ok(sono_stroke_dabs(&s.brush, s.points, s.n_points, &dabs, &n, &err), err);
        float *w = render_one(s);
        for (int c = 0; c < COLS; c++) {
            for (int r = 0; r < ROWS; r++) {
                double rest = 1.0;
                for (size_t i = 0; i < n; i++) {
                    const SonoDab *d = &dabs[i];
                    const double f = g->freq_hz[r];
                    const double u = (g->time_s[c] - d->t_s) / d->radius_s;
                    const double v = d->radius_oct > 0.0 ? (f > 0.0 ? log2(f / d->f_hz) / d->radius_oct : 1e9)
                                                         : (f - d->f_hz) / d->radius_hz;
                    rest *= 1.0 - d->opacity * smoothstep((1.0 - hypot(u, v)) / (1.0 - d->hardness));
                }
                assert_true(fabs((double)w[c * ROWS + r] - (1.0 - rest)) < 1e-5);
            }
        }
        sono_free(w);
        sono_free(dabs);
    }
}

static void test_part_of_a_grid_is_the_same(void **state)
{
    (void)state;
    const Grid *g = grid();
    SonoError err = {0};
    uint64_t seed = 31;
    for (int round = 0; round < 60; round++) {
        SonoMask mask = {0};
        for (int i = 0; i < 3; i++) {
            SonoStrokePoint points[6];
            const SonoShape s = random_shape(&seed, points);
            add(&mask, s, (SonoCombine)(i == 0 ? 0 : (int)uniform(&seed, 0.0, 2.999)));
        }
        float *whole = render(&mask);
        const size_t c0 = (size_t)uniform(&seed, 0.0, COLS - 1);
        const size_t r0 = (size_t)uniform(&seed, 0.0, ROWS - 1);
        const size_t nc = 1 + (size_t)uniform(&seed, 0.0, (double)(COLS - c0) - 0.01);
        const size_t nr = 1 + (size_t)uniform(&seed, 0.0, (double)(ROWS - r0) - 0.01);
        const size_t pitch = nr + 5;
        float *part = sono_alloc_aligned(nc * pitch, sizeof *part);
        assert_non_null(part);
        for (size_t i = 0; i < nc * pitch; i++) {
            part[i] = 7.0f;
        }
        assert_ok(sono_mask_render(&mask, g->time_s + c0, nc, g->freq_hz + r0, nr, part, pitch, &err), err);
        for (size_t c = 0; c < nc; c++) {
            assert_memory_equal(part + c * pitch, whole + (c0 + c) * ROWS + r0, nr * sizeof *part);
            for (size_t r = nr; r < pitch; r++) {
                assert_true(part[c * pitch + r] == 7.0f);
            }
        }
        sono_free(part);
        sono_free(whole);
        sono_mask_clear(&mask);
    }
}

static void refuse(SonoShape shape, SonoStatus code, const char *words)
{
    SonoMask mask = {0};
    SonoError err = {0};
    assert_int_equal(sono_mask_add(&mask, &shape, &err), code);
    if (!strstr(err.message, words)) {
        fail_msg("'%s' does not say '%s'", err.message, words);
    }
    assert_int_equal(mask.n_shapes, 0);
    sono_mask_clear(&mask);
}

static void test_refusals(void **state)
{
    (void)state;
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {1.0, 2.0, 100.0, 200.0}};
    SonoShape s = box;
    s.box.t1_s = 1.0;
    refuse(s, SONO_E_RANGE, "t1_s must be > t0_s (1), not 1");
    s = box;
    s.box.f1_hz = 50.0;
    refuse(s, SONO_E_RANGE, "f1_hz must be > f0_hz (100), not 50");
    s = box;
    s.box.t0_s = (double)NAN;
    refuse(s, SONO_E_RANGE, "t0_s must be a finite number");
    s = box;
    s.feather_ms = -1.0;
    refuse(s, SONO_E_RANGE, "feather_ms must be >= 0, not -1");
    s = box;
    s.combine = (SonoCombine)9;
    refuse(s, SONO_E_RANGE, "combine");

    SonoStrokePoint points[] = {{0.0, 100.0, 1.0}, {1.0, 0.0, 1.0}};
    const SonoShape stroke = {.kind = SONO_SHAPE_STROKE,
                              .brush = {.radius_ms = 10.0, .radius_hz = 50.0, .hardness = 0.5, .flow = 1.0},
                              .points = points,
                              .n_points = 2};
    s = stroke;
    s.brush.radius_ms = -3.0;
    refuse(s, SONO_E_RANGE, "radius_ms must be > 0, not -3");
    s = stroke;
    s.brush.radius_hz = 0.0;
    refuse(s, SONO_E_RANGE, "radius_hz must be > 0, not 0");
    s = stroke;
    s.brush.hardness = 1.5;
    refuse(s, SONO_E_RANGE, "hardness must be from 0 to 1, not 1.5");
    s = stroke;
    s.brush.flow = -0.5;
    refuse(s, SONO_E_RANGE, "flow must be from 0 to 1, not -0.5");
    s = stroke;
    s.brush.radius_oct = 0.5; /* no place at 0 Hz */
    refuse(s, SONO_E_RANGE, "points[1]: f_hz must be > 0, not 0");
    s = stroke;
    s.n_points = 0;
    refuse(s, SONO_E_RANGE, "points");
    points[0].pressure = 2.0;
    refuse(stroke, SONO_E_RANGE, "points[0]: pressure must be from 0 to 1, not 2");
}

static void test_shape_limit(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoMask mask = {0};
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {1.0, 2.0, 100.0, 200.0}};
    for (int i = 0; i < SONO_MASK_MAX_SHAPES; i++) {
        assert_ok(sono_mask_add(&mask, &box, &err), err);
    }
    assert_int_equal(sono_mask_add(&mask, &box, &err), SONO_E_LIMIT);
    assert_int_equal(mask.n_shapes, SONO_MASK_MAX_SHAPES);
    sono_mask_clear(&mask);
    sono_mask_clear(&mask);
    sono_mask_clear(NULL);
}

static void test_grid_is_checked(void **state)
{
    (void)state;
    SonoError err = {0};
    const SonoMask mask = {0};
    float w[4] = {0};
    const double up[] = {0.0, 1.0};
    const double down[] = {1.0, 0.0};
    assert_int_equal(sono_mask_render(&mask, down, 2, up, 2, w, 2, &err), SONO_E_INVALID);
    assert_int_equal(sono_mask_render(&mask, up, 2, down, 2, w, 2, &err), SONO_E_INVALID);
    assert_int_equal(sono_mask_render(&mask, up, 2, up, 2, w, 1, &err), SONO_E_INVALID);
    assert_ok(sono_mask_render(&mask, up, 2, up, 2, w, 2, &err), err);
}

/* Radii that round to 0 in seconds, on a cell: 0 / 0 is no weight. */
static void test_radius_of_nothing(void **state)
{
    (void)state;
    SonoStrokePoint point = {0.5, 1000.0, 1.0};
    SonoMask mask = {0};
    add(&mask,
        (SonoShape){.kind = SONO_SHAPE_STROKE,
                    .brush = {.radius_ms = 4.9e-324, .radius_hz = 100.0, .hardness = 0.5, .flow = 1.0},
                    .points = &point,
                    .n_points = 1},
        SONO_COMBINE_ADD);
    const float w = weight_at(&mask, 0.5, 1000.0);
    assert_true(w >= 0.0f && w <= 1.0f);
    sono_mask_clear(&mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_algebra),
        cmocka_unit_test(test_first_shape_cannot_take_away),
        cmocka_unit_test(test_bounds_bind),
        cmocka_unit_test(test_bounds_are_tight),
        cmocka_unit_test(test_feather),
        cmocka_unit_test(test_hard_edges),
        cmocka_unit_test(test_box_from_dc),
        cmocka_unit_test(test_dabs_against_double),
        cmocka_unit_test(test_part_of_a_grid_is_the_same),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_shape_limit),
        cmocka_unit_test(test_grid_is_checked),
        cmocka_unit_test(test_radius_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
