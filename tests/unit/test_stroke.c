/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stroke -> dabs: spacing, interpolation, ends, limits. */
#include "sono_test.h"

#include "sono_mask.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

static const SonoBrush plain = {.radius_ms = 40.0, .radius_hz = 200.0, .hardness = 0.5, .flow = 0.8};
static const SonoBrush octaves = {.radius_ms = 40.0, .radius_oct = 0.25, .hardness = 0.5, .flow = 0.8};

/* Distance of two dabs in radii of the brush. */
static double apart(const SonoBrush *b, const SonoDab *p, const SonoDab *q)
{
    const double u = (q->t_s - p->t_s) / (b->radius_ms * 1e-3);
    const double v = b->radius_oct > 0.0 ? log2(q->f_hz / p->f_hz) / b->radius_oct : (q->f_hz - p->f_hz) / b->radius_hz;
    return hypot(u, v);
}

static void test_straight_spacing(void **state)
{
    (void)state;
    SonoError err = {0};
    const SonoStrokePoint line[] = {{1.0, 500.0, 1.0}, {1.5, 3000.0, 1.0}};
    const SonoBrush *const brushes[] = {&plain, &octaves};
    for (size_t k = 0; k < 2; k++) {
        const SonoBrush *b = brushes[k];
        SonoDab *dabs = NULL;
        size_t n = 0;
        assert_ok(sono_stroke_dabs(b, line, 2, &dabs, &n, &err), err);
        const double length = apart(b, &dabs[0], &dabs[n - 1]);
        assert_int_equal(n, (size_t)floor(length / 0.25) + 2);
        for (size_t i = 1; i + 1 < n; i++) {
            assert_true(fabs(apart(b, &dabs[i - 1], &dabs[i]) - 0.25) < 1e-9);
        }
        assert_true(apart(b, &dabs[n - 2], &dabs[n - 1]) <= 0.25 + 1e-9);
        assert_true(dabs[0].t_s == 1.0 && dabs[0].f_hz == 500.0);
        assert_true(dabs[n - 1].t_s == 1.5 && dabs[n - 1].f_hz == 3000.0);
        for (size_t i = 0; i < n; i++) {
            const double a = (dabs[i].t_s - 1.0) / 0.5; /* on the line, straight in Hz or in octaves */
            const double f = b->radius_oct > 0.0 ? 500.0 * pow(6.0, a) : 500.0 + 2500.0 * a;
            assert_true(fabs(dabs[i].f_hz / f - 1.0) < 1e-9);
            assert_true(dabs[i].radius_s == 40.0e-3 && dabs[i].hardness == 0.5 && dabs[i].opacity == 0.8);
            assert_true(dabs[i].radius_hz == (b->radius_oct > 0.0 ? 0.0 : 200.0));
            assert_true(dabs[i].radius_oct == b->radius_oct);
        }
        sono_free(dabs);
    }
}

/* How finely a straight path was sampled by the pointer does not matter. */
static void test_resampling_forgets_the_points(void **state)
{
    (void)state;
    SonoError err = {0};
    const SonoStrokePoint coarse[] = {{0.0, 1000.0, 0.2}, {1.0, 2000.0, 1.0}};
    SonoStrokePoint fine[101];
    for (int i = 0; i <= 100; i++) {
        fine[i] = (SonoStrokePoint){i / 100.0, 1000.0 + 10.0 * i, 0.2 + 0.008 * i};
    }
    fine[100].pressure = 1.0;
    SonoBrush b = plain;
    b.pressure_to_size = 0.7;
    b.pressure_to_flow = 0.5;
    SonoDab *p = NULL;
    SonoDab *q = NULL;
    size_t n = 0;
    size_t m = 0;
    assert_ok(sono_stroke_dabs(&b, coarse, 2, &p, &n, &err), err);
    assert_ok(sono_stroke_dabs(&b, fine, 101, &q, &m, &err), err);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++) {
        assert_true(fabs(p[i].t_s - q[i].t_s) < 1e-9);
        assert_true(fabs(p[i].f_hz - q[i].f_hz) < 1e-6);
        assert_true(fabs(p[i].radius_s - q[i].radius_s) < 1e-9);
        assert_true(fabs(p[i].opacity - q[i].opacity) < 1e-9);
    }
    sono_free(p);
    sono_free(q);
}

static void test_pressure(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoBrush b = plain;
    b.pressure_to_size = 0.5;
    b.pressure_to_flow = 1.0;
    const SonoStrokePoint line[] = {{0.0, 1000.0, 0.0}, {1.0, 1000.0, 1.0}};
    SonoDab *dabs = NULL;
    size_t n = 0;
    assert_ok(sono_stroke_dabs(&b, line, 2, &dabs, &n, &err), err);
    for (size_t i = 0; i < n; i++) {
        const double pressure = dabs[i].t_s;
        const double scale = 0.5 + 0.5 * pressure;
        assert_true(fabs(dabs[i].radius_s - 0.04 * scale) < 1e-9);
        assert_true(fabs(dabs[i].radius_hz - 200.0 * scale) < 1e-6);
        assert_true(fabs(dabs[i].opacity - 0.8 * pressure) < 1e-9);
        if (i + 2 < n) {
            assert_true(fabs(apart(&b, &dabs[i], &dabs[i + 1]) - 0.25 * scale) < 1e-9);
        }
    }
    sono_free(dabs);
}

static void test_points_without_path(void **state)
{
    (void)state;
    SonoError err = {0};
    const SonoStrokePoint still[] = {{2.0, 300.0, 0.5}, {2.0, 300.0, 0.5}, {2.0, 300.0, 0.5}, {2.0, 300.0, 1.0}};
    SonoDab *dabs = NULL;
    size_t n = 0;
    for (size_t k = 1; k <= 3; k++) {
        assert_ok(sono_stroke_dabs(&plain, still, k, &dabs, &n, &err), err);
        assert_int_equal(n, 1);
        assert_true(dabs[0].t_s == 2.0 && dabs[0].f_hz == 300.0);
        sono_free(dabs);
    }
    assert_ok(sono_stroke_dabs(&plain, still, 4, &dabs, &n, &err), err); /* pressed harder without moving */
    assert_int_equal(n, 2);
    sono_free(dabs);
    const SonoStrokePoint whole[] = {{0.0, 300.0, 1.0}, {0.1, 300.0, 1.0}}; /* ends on a dab: 2.5 radii */
    assert_ok(sono_stroke_dabs(&plain, whole, 2, &dabs, &n, &err), err);
    assert_true(n == 11 || n == 12);
    assert_true(dabs[n - 1].t_s >= 0.1 - 1e-9);
    sono_free(dabs);
}

static void test_limits(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoDab *dabs = NULL;
    size_t n = 0;
    const SonoStrokePoint longest[] = {{0.0, 300.0, 1.0}, {1e6, 300.0, 1.0}};
    assert_int_equal(sono_stroke_dabs(&plain, longest, 2, &dabs, &n, &err), SONO_E_LIMIT);
    assert_non_null(strstr(err.message, "200000"));
    const SonoStrokePoint overflow[] = {{-1e308, 300.0, 1.0}, {1e308, 300.0, 1.0}};
    assert_int_equal(sono_stroke_dabs(&plain, overflow, 2, &dabs, &n, &err), SONO_E_LIMIT);
    SonoBrush thin = plain;
    thin.pressure_to_size = 1.0;
    const SonoStrokePoint faint[] = {{0.0, 300.0, 0.0}, {40.0, 300.0, 0.0}, {40.0, 400.0, 0.0}, {0.0, 400.0, 0.0},
                                     {0.0, 500.0, 0.0}, {40.0, 500.0, 0.0}, {0.0, 600.0, 0.0},  {40.0, 600.0, 0.0}};
    assert_int_equal(sono_stroke_dabs(&thin, faint, 8, &dabs, &n, &err), SONO_E_LIMIT);
    SonoMask mask = {0};
    const SonoShape shape = {
        .kind = SONO_SHAPE_STROKE, .brush = plain, .points = (SonoStrokePoint *)(uintptr_t)longest, .n_points = 2};
    assert_int_equal(sono_mask_add(&mask, &shape, &err), SONO_E_LIMIT);
    assert_int_equal(mask.n_shapes, 0);
    assert_null(dabs);
    sono_mask_clear(&mask);
}

static void assert_same_dabs(const SonoDabWalk *walk, const SonoStrokePoint *points, size_t n_points)
{
    SonoError err = {0};
    SonoDab *dabs = NULL;
    size_t n = 0;
    assert_ok(sono_stroke_dabs(&walk->brush, points, n_points, &dabs, &n, &err), err);
    assert_int_equal(walk->n_dabs, n);
    assert_memory_equal(walk->dabs, dabs, n * sizeof *dabs);
    sono_free(dabs);
}

/* Point by point the dabs are those of the whole stroke, bit for bit; a refused point changes nothing. */
static void test_walk_is_the_stroke(void **state)
{
    (void)state;
    uint64_t seed = 11;
    SonoError err = {0};
    for (int round = 0; round < 40; round++) {
        SonoBrush b = round % 2 ? octaves : plain;
        b.pressure_to_size = round % 3 ? 0.5 + 0.5 * (double)sono_test_noise(&seed) : 0.0;
        b.pressure_to_flow = round % 5 ? 1.0 : 0.0;
        SonoDabWalk walk = {0};
        SonoStrokePoint points[80];
        size_t n = 0;
        assert_ok(sono_dab_walk_begin(&walk, &b, &err), err);
        SonoStrokePoint at = {1.0, 1000.0, 0.5};
        while (n < 80) {
            if (sono_test_noise(&seed) > -0.6f) { /* else once more at the same place */
                at.t_s += 0.03 * (double)sono_test_noise(&seed);
                at.f_hz *= exp2(0.1 * (double)sono_test_noise(&seed));
                at.pressure = 0.5 + 0.5 * (double)sono_test_noise(&seed);
            }
            points[n++] = at;
            assert_ok(sono_dab_walk_add(&walk, &at, &err), err);
            assert_same_dabs(&walk, points, n);
            const SonoStrokePoint bad[] = {{1e9, 1000.0, 1.0}, {1.0, -5.0, 1.0}, {1.0, 1000.0, 2.0}, {NAN, 1.0, 1.0}};
            const SonoStatus status = sono_dab_walk_add(&walk, &bad[n % 4], &err);
            assert_int_equal(status, n % 4 == 0 ? SONO_E_LIMIT : SONO_E_RANGE);
            assert_same_dabs(&walk, points, n);
        }
        sono_dab_walk_clear(&walk);
    }
    SonoDabWalk walk = {0};
    assert_int_equal(sono_dab_walk_begin(&walk, &(SonoBrush){.radius_ms = -1.0}, &err), SONO_E_RANGE);
    sono_dab_walk_clear(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_straight_spacing), cmocka_unit_test(test_resampling_forgets_the_points),
        cmocka_unit_test(test_pressure),         cmocka_unit_test(test_points_without_path),
        cmocka_unit_test(test_limits),           cmocka_unit_test(test_walk_is_the_stroke),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
