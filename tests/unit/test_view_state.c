/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pixels and seconds and Hz: the two conversions are inverse on every axis, and moving about stays inside the sound. */
#include "sono_test.h"

#include "sono_view_state.h"

#include <math.h>

static SonoViewState make_view(SonoAxisScale scale)
{
    SonoViewState v = {.width_px = 1000.0,
                       .height_px = 600.0,
                       .s_per_px = 1.0,
                       .axis = {scale, 0.0, 1.0},
                       .end_s = 100.0,
                       .nyquist_hz = 24000.0,
                       .floor_db = -110.0,
                       .n_channels = 1,
                       .only_channel = SONO_ALL_LANES};
    sono_view_state_fit(&v);
    return v;
}

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) {
        fail_msg("%.12g is not %.12g", a, b);
    }
}

static void assert_inside(const SonoViewState *v)
{
    assert_true(v->t0_s >= 0.0);
    assert_true(v->t0_s + v->s_per_px * v->width_px <= v->end_s * (1.0 + 1e-12));
    assert_true(v->axis.f0_hz >= 0.0 && v->axis.f0_hz < v->axis.f1_hz && v->axis.f1_hz <= v->nyquist_hz);
}

static void conversions_are_inverse(void **state)
{
    (void)state;
    for (int scale = SONO_SCALE_LINEAR; scale <= SONO_SCALE_MEL; scale++) {
        SonoViewState v = make_view((SonoAxisScale)scale);
        for (int zoomed = 0; zoomed < 2; zoomed++) {
            for (double x = 0.0; x <= 1000.0; x += 62.5) {
                double t_s = 0.0;
                double hz = 0.0;
                double x_back = 0.0;
                double y_back = 0.0;
                sono_view_state_to_sound(&v, 0, x, 0.6 * x, &t_s, &hz);
                sono_view_state_to_px(&v, 0, t_s, hz, &x_back, &y_back);
                assert_near(x_back, x, 1e-6);
                assert_near(y_back, 0.6 * x, 1e-6);
            }
            sono_view_state_zoom_time(&v, 700.0, 50.0);
            sono_view_state_zoom_freq(&v, 100.0, 7.0);
        }
    }
}

static void edges_are_the_sound(void **state)
{
    (void)state;
    const SonoViewState v = make_view(SONO_SCALE_MEL);
    double t_s = -1.0;
    double hz = -1.0;
    sono_view_state_to_sound(&v, 0, 0.0, 600.0, &t_s, &hz);
    assert_near(t_s, 0.0, 0.0);
    assert_near(hz, 0.0, 1e-9);
    sono_view_state_to_sound(&v, 0, 1000.0, 0.0, &t_s, &hz);
    assert_near(t_s, 100.0, 1e-9);
    assert_near(hz, 24000.0, 1e-6);
    assert_near(make_view(SONO_SCALE_LOG).axis.f0_hz, 20.0, 1e-9);
}

static void zoom_keeps_the_place(void **state)
{
    (void)state;
    for (int scale = SONO_SCALE_LINEAR; scale <= SONO_SCALE_MEL; scale++) {
        SonoViewState v = make_view((SonoAxisScale)scale);
        double t_s = 0.0;
        double hz = 0.0;
        double x = 0.0;
        double y = 0.0;
        sono_view_state_to_sound(&v, 0, 333.0, 222.0, &t_s, &hz);
        for (int i = 0; i < 20; i++) {
            sono_view_state_zoom_time(&v, 333.0, 1.3);
            sono_view_state_zoom_freq(&v, 222.0, 1.1);
            assert_inside(&v);
            sono_view_state_to_px(&v, 0, t_s, hz, &x, &y);
            assert_near(x, 333.0, 1e-3);
            assert_near(y, 222.0, 1e-3);
        }
        for (int i = 0; i < 100; i++) {
            sono_view_state_wheel(&v, 10.0, 590.0, 0.0, 1.0, true, i % 2 == 0);
            assert_inside(&v);
        }
        assert_near(v.s_per_px, 0.1, 1e-12);
        assert_near(v.axis.f1_hz, 24000.0, 1e-6);
    }
}

static void pan_stays_inside(void **state)
{
    (void)state;
    SonoViewState v = make_view(SONO_SCALE_LOG);
    sono_view_state_zoom_time(&v, 500.0, 10.0);
    sono_view_state_zoom_freq(&v, 300.0, 4.0);
    const SonoViewState before = v;
    sono_view_state_pan(&v, 50.0, -30.0);
    assert_near(v.t0_s, before.t0_s - 50.0 * before.s_per_px, 1e-9);
    /* 30 px up: what was 30 px below the top edge is at the top now */
    double t_s = 0.0;
    double hz = 0.0;
    sono_view_state_to_sound(&before, 0, 0.0, 30.0, &t_s, &hz);
    assert_near(v.axis.f1_hz, hz, 1e-6 * hz);
    for (int i = 0; i < 200; i++) {
        sono_view_state_pan(&v, i % 3 ? 400.0 : -100.0, i % 2 ? 500.0 : -900.0);
        assert_inside(&v);
    }
    assert_near(v.s_per_px, before.s_per_px, 0.0);
}

static void sizes_and_lengths(void **state)
{
    (void)state;
    SonoViewState v = make_view(SONO_SCALE_MEL);
    assert_true(sono_view_state_resize(&v, 500.0, 300.0)); /* still the whole */
    assert_false(sono_view_state_resize(&v, 500.0, 300.0));
    assert_near(v.s_per_px * v.width_px, 100.0, 1e-9);
    sono_view_state_set_length(&v, 150.0); /* grows while it is read: still the whole */
    assert_near(v.s_per_px * v.width_px, 150.0, 1e-9);
    sono_view_state_zoom_time(&v, 0.0, 10.0);
    sono_view_state_set_length(&v, 200.0); /* a part stays the part */
    assert_near(v.s_per_px * v.width_px, 15.0, 1e-9);
    sono_view_state_set_length(&v, 5.0);
    assert_inside(&v);
    assert_true(sono_view_state_command(&v, "zoom-fit"));
    assert_near(v.s_per_px * v.width_px, 5.0, 1e-9);
    assert_false(sono_view_state_command(&v, "zoom-sideways"));
}

static void scales_keep_the_range(void **state)
{
    (void)state;
    SonoViewState v = make_view(SONO_SCALE_LINEAR);
    sono_view_state_zoom_freq(&v, 500.0, 5.0);
    const SonoFreqAxis before = v.axis;
    sono_view_state_set_scale(&v, SONO_SCALE_LOG);
    assert_near(v.axis.f0_hz, before.f0_hz, 1e-6 * before.f0_hz);
    assert_near(v.axis.f1_hz, before.f1_hz, 1e-6 * before.f1_hz);
    sono_view_state_fit(&v);
    sono_view_state_set_scale(&v, SONO_SCALE_MEL);
    assert_inside(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions_are_inverse), cmocka_unit_test(edges_are_the_sound),
        cmocka_unit_test(zoom_keeps_the_place),    cmocka_unit_test(pan_stays_inside),
        cmocka_unit_test(sizes_and_lengths),       cmocka_unit_test(scales_keep_the_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
