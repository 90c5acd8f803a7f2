/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The selection against its plain meaning: whatever folding, joining, inverting and moving do to the shapes, what is
 * selected is what a list of shapes, taken one after the other, says. */
#include "sono_test.h"

#include "sono_mem.h"
#include "sono_selection.h"

#include <math.h>

#define END_S 100.0
#define NYQUIST_HZ 20000.0
#define SIDE 24 /* of the grid of places that are looked at */

static SonoShape box(SonoCombine combine, double t0_s, double t1_s, double f0_hz, double f1_hz)
{
    return (SonoShape){.kind = SONO_SHAPE_BOX, .combine = combine, .box = {t0_s, t1_s, f0_hz, f1_hz}};
}

static double place_s(int x)
{
    return END_S * (x + 0.5) / SIDE;
}

static double place_hz(int y)
{
    return NYQUIST_HZ * (y + 0.5) / SIDE;
}

/* Corners on lines between the places, so that edges often coincide. */
static SonoShape random_box(uint64_t *seed)
{
    int at[4];
    for (int i = 0; i < 4; i++) {
        at[i] = (int)floor((SIDE + 1) * (0.5 + 0.5 * (double)sono_test_noise(seed)));
    }
    const int x0 = at[0] < at[1] ? at[0] : at[1];
    const int x1 = at[0] < at[1] ? at[1] : at[0];
    const int y0 = at[2] < at[3] ? at[2] : at[3];
    const int y1 = at[2] < at[3] ? at[3] : at[2];
    const float what = sono_test_noise(seed);
    const SonoCombine combine = what > -0.2f   ? SONO_COMBINE_ADD
                                : what > -0.8f ? SONO_COMBINE_SUBTRACT
                                               : SONO_COMBINE_INTERSECT;
    const bool all_hz = sono_test_noise(seed) > 0.5f; /* as the time tool */
    return box(combine, END_S * x0 / SIDE, END_S * (x1 + (x0 == x1)) / SIDE, all_hz ? 0.0 : NYQUIST_HZ * y0 / SIDE,
               all_hz ? NYQUIST_HZ : NYQUIST_HZ * (y1 + (y0 == y1)) / SIDE);
}

typedef struct Picture {
    bool on[SIDE][SIDE];
} Picture;

static void picture_join(Picture *p, const SonoShape *shape)
{
    for (int x = 0; x < SIDE; x++) {
        for (int y = 0; y < SIDE; y++) {
            const SonoRegion *b = &shape->box;
            const bool in =
                place_s(x) >= b->t0_s && place_s(x) < b->t1_s && place_hz(y) >= b->f0_hz && place_hz(y) < b->f1_hz;
            bool *on = &p->on[x][y];
            *on = shape->combine == SONO_COMBINE_ADD        ? *on || in
                  : shape->combine == SONO_COMBINE_SUBTRACT ? *on && !in
                                                            : *on && in;
        }
    }
}

static void assert_shows(const SonoSelection *s, const Picture *p)
{
    bool any = false;
    for (int x = 0; x < SIDE; x++) {
        for (int y = 0; y < SIDE; y++) {
            any = any || p->on[x][y];
            if (sono_selection_contains(s, place_s(x), place_hz(y)) != p->on[x][y]) {
                fail_msg("%g s, %g Hz: %d expected (%zu shapes)", place_s(x), place_hz(y), p->on[x][y],
                         s->mask.n_shapes);
            }
        }
    }
    const SonoRegion r = sono_selection_region(s, END_S, NYQUIST_HZ);
    assert_true(r.t0_s >= 0.0 && r.t1_s <= END_S && r.f0_hz >= 0.0 && r.f1_hz <= NYQUIST_HZ);
    for (int x = 0; x < SIDE && any; x++) {
        for (int y = 0; y < SIDE; y++) {
            assert_true(!p->on[x][y] ||
                        (place_s(x) > r.t0_s && place_s(x) < r.t1_s && place_hz(y) > r.f0_hz && place_hz(y) < r.f1_hz));
        }
    }
}

static void any_order_of_boxes(void **state)
{
    (void)state;
    uint64_t seed = 3;
    SonoError err = {0};
    size_t folded = 0;
    size_t plain = 0;
    for (int round = 0; round < 400; round++) {
        SonoSelection s = {.channel = -1};
        Picture p = {0};
        for (int i = 0; i < 12; i++) {
            const SonoShape shape = random_box(&seed);
            const uint64_t before = s.revision;
            assert_ok(sono_selection_join(&s, &shape, -1, &err), err);
            assert_true(s.revision > before);
            picture_join(&p, &shape);
            assert_shows(&s, &p);
            sono_selection_fold(&s);
            assert_shows(&s, &p);
        }
        folded += s.mask.n_shapes;
        plain += 12;
        assert_ok(sono_selection_invert(&s, END_S, NYQUIST_HZ, &err), err);
        for (int i = 0; i < SIDE * SIDE; i++) {
            p.on[i / SIDE][i % SIDE] = !p.on[i / SIDE][i % SIDE];
        }
        assert_shows(&s, &p);
        sono_selection_clear(&s);
        assert_true(sono_selection_is_empty(&s));
    }
    assert_true(folded < plain / 2);
}

/* What RX, Photoshop and the like give for the simple cases: one box stays one box. */
static void simple_cases_are_boxes(void **state)
{
    (void)state;
    const struct {
        SonoShape shape;
        SonoRegion expect; /* empty: nothing is selected */
    } steps[] = {
        {box(SONO_COMBINE_ADD, 10.0, 20.0, 0.0, NYQUIST_HZ), {10.0, 20.0, 0.0, NYQUIST_HZ}},
        {box(SONO_COMBINE_ADD, 15.0, 30.0, 0.0, NYQUIST_HZ), {10.0, 30.0, 0.0, NYQUIST_HZ}},
        {box(SONO_COMBINE_ADD, 12.0, 14.0, 100.0, 200.0), {10.0, 30.0, 0.0, NYQUIST_HZ}},
        {box(SONO_COMBINE_SUBTRACT, 25.0, 99.0, 0.0, NYQUIST_HZ), {10.0, 25.0, 0.0, NYQUIST_HZ}},
        {box(SONO_COMBINE_SUBTRACT, 0.0, 12.0, 0.0, NYQUIST_HZ), {12.0, 25.0, 0.0, NYQUIST_HZ}},
        {box(SONO_COMBINE_INTERSECT, 0.0, 20.0, 500.0, 4000.0), {12.0, 20.0, 500.0, 4000.0}},
        {box(SONO_COMBINE_SUBTRACT, 12.0, 20.0, 3000.0, 9000.0), {12.0, 20.0, 500.0, 3000.0}},
        {box(SONO_COMBINE_SUBTRACT, 0.0, 50.0, 0.0, NYQUIST_HZ), {0.0, 0.0, 0.0, 0.0}},
    };
    SonoError err = {0};
    SonoSelection s = {.channel = -1};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_ok(sono_selection_join(&s, &steps[i].shape, -1, &err), err);
        sono_selection_fold(&s);
        const SonoRegion r = sono_selection_region(&s, END_S, NYQUIST_HZ);
        assert_int_equal(sono_selection_is_box(&s), !sono_region_is_empty(steps[i].expect));
        assert_memory_equal(&r, &steps[i].expect, sizeof r);
    }
    assert_true(sono_selection_is_empty(&s));
    sono_selection_clear(&s);
}

static void inverting_twice_is_nothing(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoSelection s = {.channel = 1};
    const SonoShape shape = box(SONO_COMBINE_ADD, 10.0, 20.0, 300.0, 900.0);
    assert_ok(sono_selection_set(&s, &shape, 1, &err), err);
    assert_ok(sono_selection_invert(&s, END_S, NYQUIST_HZ, &err), err);
    assert_false(sono_selection_contains(&s, 15.0, 500.0));
    assert_true(sono_selection_contains(&s, 15.0, 950.0) && sono_selection_contains(&s, 0.0, 0.0));
    assert_ok(sono_selection_invert(&s, END_S, NYQUIST_HZ, &err), err);
    assert_true(sono_selection_is_box(&s));
    assert_int_equal(s.channel, 1);
    const SonoRegion r = sono_selection_region(&s, END_S, NYQUIST_HZ);
    assert_memory_equal(&r, &shape.box, sizeof r);
    /* all of nothing, nothing of all */
    sono_selection_clear(&s);
    assert_ok(sono_selection_invert(&s, END_S, NYQUIST_HZ, &err), err);
    assert_true(sono_selection_is_box(&s));
    assert_ok(sono_selection_invert(&s, END_S, NYQUIST_HZ, &err), err);
    assert_true(sono_selection_is_empty(&s));
    sono_selection_clear(&s);
}

static void strokes_among_boxes(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoSelection s = {.channel = -1};
    SonoStrokePoint points[] = {{20.0, 1000.0, 1.0}, {40.0, 1000.0, 1.0}};
    SonoShape stroke = {.kind = SONO_SHAPE_STROKE,
                        .brush = {.radius_ms = 2000.0, .radius_hz = 300.0, .hardness = 1.0, .flow = 1.0},
                        .points = points,
                        .n_points = 2};
    const SonoShape half = box(SONO_COMBINE_INTERSECT, 30.0, 90.0, 0.0, NYQUIST_HZ);
    assert_ok(sono_selection_join(&s, &stroke, -1, &err), err);
    assert_ok(sono_selection_join(&s, &half, -1, &err), err);
    sono_selection_fold(&s);
    assert_true(sono_selection_contains(&s, 35.0, 1000.0) && !sono_selection_contains(&s, 25.0, 1000.0));
    assert_ok(sono_selection_invert(&s, END_S, NYQUIST_HZ, &err), err);
    assert_true(!sono_selection_contains(&s, 35.0, 1000.0) && sono_selection_contains(&s, 25.0, 1000.0));
    assert_true(sono_selection_contains(&s, 35.0, 5000.0));
    /* a box that hides the stroke takes it away */
    const SonoShape all = box(SONO_COMBINE_ADD, 0.0, END_S, 0.0, NYQUIST_HZ);
    assert_ok(sono_selection_join(&s, &all, -1, &err), err);
    sono_selection_fold(&s);
    assert_true(sono_selection_is_box(&s));
    /* what cannot be inverted is refused and stays */
    stroke.combine = SONO_COMBINE_INTERSECT;
    assert_ok(sono_selection_join(&s, &stroke, -1, &err), err);
    assert_int_equal(sono_selection_invert(&s, END_S, NYQUIST_HZ, &err), SONO_E_INVALID);
    assert_true(sono_selection_contains(&s, 25.0, 1000.0) && !sono_selection_contains(&s, 25.0, 5000.0));
    sono_selection_clear(&s);
}

static void channels(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoSelection s = {.channel = -1};
    const SonoShape one = box(SONO_COMBINE_ADD, 1.0, 2.0, 0.0, 100.0);
    const SonoShape less = box(SONO_COMBINE_SUBTRACT, 1.5, 1.6, 0.0, 100.0);
    assert_ok(sono_selection_join(&s, &one, 1, &err), err); /* the first one decides */
    assert_int_equal(s.channel, 1);
    assert_ok(sono_selection_join(&s, &less, 0, &err), err);
    assert_int_equal(s.channel, 1);
    assert_ok(sono_selection_join(&s, &one, 0, &err), err);
    assert_int_equal(s.channel, -1);
    SonoSelection copy = {0};
    assert_ok(sono_selection_assign(&copy, &s, &err), err);
    assert_int_equal(copy.channel, -1);
    assert_int_equal(copy.mask.n_shapes, s.mask.n_shapes);
    sono_selection_clear(&copy);
    sono_selection_clear(&s);
}

static void bad_shapes_change_nothing(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoSelection s = {.channel = -1};
    const SonoShape good = box(SONO_COMBINE_ADD, 1.0, 2.0, 0.0, 100.0);
    const SonoShape bad = box(SONO_COMBINE_ADD, 2.0, 1.0, 0.0, 100.0);
    assert_int_equal(sono_selection_set(&s, &bad, 0, &err), SONO_E_RANGE);
    assert_true(sono_selection_is_empty(&s));
    assert_int_equal(sono_selection_replace_last(&s, &good, &err), SONO_E_RANGE);
    assert_ok(sono_selection_set(&s, &good, 0, &err), err);
    const uint64_t revision = s.revision;
    assert_int_equal(sono_selection_set(&s, &bad, 1, &err), SONO_E_RANGE);
    assert_int_equal(sono_selection_join(&s, &bad, 1, &err), SONO_E_RANGE);
    assert_int_equal(sono_selection_replace_last(&s, &bad, &err), SONO_E_RANGE);
    assert_int_equal(sono_selection_replace(&s, 1, &good, &err), SONO_E_RANGE);
    assert_true(s.revision == revision && s.channel == 0 && sono_selection_is_box(&s));
    sono_selection_clear(&s);
}

/* A box keeps its height on the axis and stops at the ends of the sound. */
static void moving(void **state)
{
    (void)state;
    SonoError err = {0};
    for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
        const SonoFreqAxis axis = {(SonoAxisScale)scale, scale == SONO_SCALE_LOG ? 20.0 : 0.0, NYQUIST_HZ};
        SonoSelection s = {.channel = -1};
        const SonoShape shape = box(SONO_COMBINE_ADD, 10.0, 30.0, 400.0, 800.0);
        const double height = sono_freq_axis_position(&axis, 800.0) - sono_freq_axis_position(&axis, 400.0);
        assert_ok(sono_selection_set(&s, &shape, -1, &err), err);
        assert_ok(sono_selection_move(&s, 5.0, &axis, 0.1, END_S, &err), err);
        SonoRegion r = sono_selection_region(&s, END_S, NYQUIST_HZ);
        assert_true(fabs(r.t0_s - 15.0) < 1e-9 && fabs(r.t1_s - 35.0) < 1e-9);
        assert_true(fabs(sono_freq_axis_position(&axis, r.f1_hz) - sono_freq_axis_position(&axis, r.f0_hz) - height) <
                    1e-9);
        assert_ok(sono_selection_move(&s, 1e6, &axis, 7.0, END_S, &err), err);
        r = sono_selection_region(&s, END_S, NYQUIST_HZ);
        assert_true(r.t1_s == END_S && fabs(r.t0_s - 80.0) < 1e-9 && r.f1_hz == NYQUIST_HZ);
        assert_ok(sono_selection_move(&s, -1e6, &axis, -7.0, END_S, &err), err);
        r = sono_selection_region(&s, END_S, NYQUIST_HZ);
        assert_true(r.t0_s == 0.0 && fabs(r.t1_s - 20.0) < 1e-9 && r.f0_hz == 0.0);
        assert_true(fabs(sono_freq_axis_position(&axis, r.f1_hz) - height) < 1e-9);
        sono_selection_clear(&s);
    }
}

static float weight(const SonoMask *mask, double t_s, double freq_hz)
{
    SonoError err = {0};
    float w = -1.0f;
    assert_ok(sono_mask_render(mask, &t_s, 1, &freq_hz, 1, &w, 1, &err), err);
    return w;
}

static void feathers(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoSelection s = {.channel = -1};
    SonoMask mask = {0};
    assert_int_equal(sono_selection_mask(&s, 0.0, 0.0, END_S, NYQUIST_HZ, &mask, &err), SONO_E_INVALID);
    const SonoShape shape = box(SONO_COMBINE_ADD, 0.0, 2.0, 1000.0, 1400.0);
    assert_ok(sono_selection_set(&s, &shape, -1, &err), err);
    assert_ok(sono_selection_mask(&s, 500.0, 100.0, END_S, NYQUIST_HZ, &mask, &err), err);
    assert_true(weight(&mask, 1.0, 1200.0) == 1.0f);
    assert_true(weight(&mask, 0.0, 1200.0) == 1.0f); /* the start of the sound is no edge */
    assert_true(fabsf(weight(&mask, 2.0, 1200.0) - 0.5f) < 1e-6f);
    assert_true(fabsf(weight(&mask, 1.0, 1000.0) - 0.5f) < 1e-6f);
    assert_true(weight(&mask, 1.0, 1051.0) == 1.0f && weight(&mask, 1.0, 949.0) == 0.0f);
    sono_mask_clear(&mask);
    /* as soft as can be: still full in the middle */
    assert_ok(sono_selection_mask(&s, 1e6, 1e6, END_S, NYQUIST_HZ, &mask, &err), err);
    assert_true(weight(&mask, 1.0, 1200.0) == 1.0f);
    assert_true(mask.shapes[0].feather_ms == 1000.0 && mask.shapes[0].feather_hz == 200.0);
    sono_mask_clear(&mask);
    const SonoShape all = box(SONO_COMBINE_ADD, 0.0, END_S, 0.0, NYQUIST_HZ);
    assert_ok(sono_selection_set(&s, &all, -1, &err), err);
    assert_ok(sono_selection_mask(&s, 500.0, 500.0, END_S, NYQUIST_HZ, &mask, &err), err);
    assert_true(weight(&mask, 0.0, 0.0) == 1.0f && weight(&mask, END_S, NYQUIST_HZ) == 1.0f);
    sono_mask_clear(&mask);
    sono_selection_clear(&s);
}

/* As many boxes as a mask may hold, side by side: selecting on stays possible and exact. */
static void thousands_of_boxes(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoSelection s = {.channel = -1};
    const int n = SONO_MASK_MAX_SHAPES - 1;
    for (int i = 0; i < n; i++) {
        const double at = END_S * i / n;
        const SonoShape shape = box(SONO_COMBINE_ADD, at, at + 0.4 * END_S / n, 100.0 + i, 5000.0 + i);
        assert_ok(sono_selection_join(&s, &shape, -1, &err), err);
    }
    sono_selection_fold(&s);
    assert_int_equal(s.mask.n_shapes, n);
    assert_ok(sono_selection_invert(&s, END_S, NYQUIST_HZ, &err), err);
    assert_int_equal(s.mask.n_shapes, n + 1);
    assert_int_equal(sono_selection_invert(&s, END_S, NYQUIST_HZ, &err), SONO_E_LIMIT);
    const SonoShape few = box(SONO_COMBINE_SUBTRACT, 1.0, END_S, 0.0, NYQUIST_HZ);
    assert_int_equal(sono_selection_join(&s, &few, -1, &err), SONO_E_LIMIT);
    assert_int_equal(s.mask.n_shapes, n + 1);
    sono_selection_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_of_boxes),
        cmocka_unit_test(simple_cases_are_boxes),
        cmocka_unit_test(inverting_twice_is_nothing),
        cmocka_unit_test(strokes_among_boxes),
        cmocka_unit_test(channels),
        cmocka_unit_test(bad_shapes_change_nothing),
        cmocka_unit_test(moving),
        cmocka_unit_test(feathers),
        cmocka_unit_test(thousands_of_boxes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
