/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the view follows what is played; the scale of the meters. */
#include "sono_test.h"

#include "sono_follow.h"
#include "sono_meter_bars.h"

#include <math.h>

/* 100 s of sound, 10 s seen on 1000 pixels. */
static SonoViewState view_of(void)
{
    SonoViewState v = {.n_channels = 1, .only_channel = SONO_ALL_LANES, .nyquist_hz = 24000.0};
    v.axis = (SonoFreqAxis){.scale = SONO_SCALE_LINEAR, .f0_hz = 0.0, .f1_hz = 24000.0};
    (void)sono_view_state_resize(&v, 1000.0, 500.0);
    sono_view_state_set_length(&v, 100.0);
    sono_view_state_show_region(&v, (SonoRegion){0.0, 10.0, 0.0, 0.0}, 0.0);
    return v;
}

static void test_off(void **state)
{
    SonoViewState v = view_of();
    SonoFollow f = {.mode = SONO_FOLLOW_OFF};
    assert_false(sono_follow_step(&f, &v, 50.0));
    assert_true(v.t0_s == 0.0);
}

static void test_page(void **state)
{
    SonoViewState v = view_of();
    SonoFollow f = {.mode = SONO_FOLLOW_PAGE};
    for (double t_s = 0.0; t_s < 10.0; t_s += 0.01) {
        assert_false(sono_follow_step(&f, &v, t_s));
    }
    assert_true(sono_follow_step(&f, &v, 10.0));
    assert_true(v.t0_s > 9.0 && v.t0_s <= 10.0);
    assert_false(sono_follow_step(&f, &v, 10.01));
    assert_true(sono_follow_step(&f, &v, 2.0)); /* a loop has come round */
    assert_true(v.t0_s <= 2.0 && v.t0_s > 1.0);
}

static void test_scroll(void **state)
{
    SonoViewState v = view_of();
    SonoFollow f = {.mode = SONO_FOLLOW_SCROLL};
    (void)sono_follow_step(&f, &v, 1.0); /* the sound begins at the edge */
    assert_true(v.t0_s == 0.0);
    for (double t_s = 20.0; t_s < 30.0; t_s += 0.0167) {
        (void)sono_follow_step(&f, &v, t_s);
        assert_true(fabs(t_s - v.t0_s - 3.33) <= 0.011); /* to a pixel */
    }
    (void)sono_follow_step(&f, &v, 99.9);
    assert_true(fabs(v.t0_s - 90.0) < 1e-6);
}

static void test_by_hand(void **state)
{
    SonoViewState v = view_of();
    SonoFollow f = {.mode = SONO_FOLLOW_SCROLL};
    (void)sono_follow_step(&f, &v, 50.0);
    sono_view_state_zoom_time(&v, 500.0, 2.0); /* a zoom is no move */
    assert_true(sono_follow_step(&f, &v, 50.1));
    sono_view_state_pan(&v, 300.0, 0.0);
    const double there_s = v.t0_s;
    assert_false(sono_follow_step(&f, &v, 60.0));
    assert_true(f.suspended && v.t0_s == there_s);
    sono_follow_resume(&f);
    assert_true(sono_follow_step(&f, &v, 60.0));
    assert_false(f.suspended);
}

static void test_meter_scale(void **state)
{
    double last = -1.0;
    assert_true(sono_meter_position(-120.0) == 0.0);
    assert_true(sono_meter_position((double)-INFINITY) == 0.0);
    assert_true(sono_meter_position((double)NAN) == 0.0);
    assert_true(sono_meter_position(0.0) == 1.0);
    assert_true(sono_meter_position(6.0) == 1.0);
    assert_true(fabs(sono_meter_position(-20.0) - 0.5) < 1e-12);
    for (double db = -70.0; db <= 0.0; db += 0.5) {
        assert_true(sono_meter_position(db) > last);
        last = sono_meter_position(db);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_off), cmocka_unit_test(test_page),
                                       cmocka_unit_test(test_scroll), cmocka_unit_test(test_by_hand),
                                       cmocka_unit_test(test_meter_scale)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
