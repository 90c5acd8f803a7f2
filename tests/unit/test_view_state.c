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
    for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
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
    for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
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

/* A logarithmic axis may start elsewhere: what was seen from the bottom still is, a part stays the part. */
static void lowest(void **state)
{
    (void)state;
    SonoViewState v = make_view(SONO_SCALE_LOG);
    sono_view_state_set_lowest(&v, 55.0);
    assert_near(v.axis.f0_hz, 55.0, 0.0);
    assert_near(v.axis.f1_hz, 24000.0, 0.0);
    sono_view_state_set_scale(&v, SONO_SCALE_BARK);
    assert_near(v.axis.f0_hz, 0.0, 0.0);
    sono_view_state_set_lowest(&v, 32.7);
    assert_near(v.axis.f0_hz, 0.0, 0.0);
    sono_view_state_set_scale(&v, SONO_SCALE_LOG);
    assert_near(v.axis.f0_hz, 32.7, 0.0);
    sono_view_state_zoom_freq(&v, 100.0, 3.0);
    const SonoFreqAxis part = v.axis;
    sono_view_state_set_lowest(&v, 0.0);
    assert_near(v.axis.f0_hz, part.f0_hz, 1e-6);
    assert_near(v.axis.f1_hz, part.f1_hz, 1e-6);
    sono_view_state_fit(&v);
    assert_near(v.axis.f0_hz, 20.0, 0.0);
}

/* Lanes cover the canvas from top to bottom, alike, with gaps between them; those that do not fit are scrolled to. */
static void lanes(void **state)
{
    (void)state;
    SonoViewState v = make_view(SONO_SCALE_MEL);
    for (int n = 1; n <= 20; n++) {
        for (double height = 1.0; height < 1500.0; height += 37.0) {
            sono_view_state_set_channels(&v, n);
            (void)sono_view_state_resize(&v, 1000.0, height);
            const int n_lanes = sono_view_state_n_lanes(&v);
            assert_true(n_lanes >= 1 && n_lanes <= n);
            double below = 0.0;
            for (int i = 0; i < n_lanes; i++) {
                const SonoLane l = sono_view_state_lane(&v, i);
                assert_int_equal(l.channel, v.first_lane + i);
                assert_true(l.height_px == sono_view_state_lane(&v, 0).height_px);
                assert_true(n_lanes == 1 || l.height_px >= SONO_LANE_MIN_PX);
                assert_true(i == 0 ? l.y_px == 0.0
                                   : l.y_px >= below + SONO_LANE_GAP_PX && l.y_px < below + SONO_LANE_GAP_PX + 2.0);
                assert_int_equal(sono_view_state_lane_at(&v, l.y_px), i);
                assert_int_equal(sono_view_state_lane_at(&v, l.y_px + l.height_px - 0.5), i);
                below = l.y_px + l.height_px;
                const SonoRenderView r = sono_view_state_render_view(&v, i, 2);
                assert_int_equal(r.height_px, (int)(2.0 * l.height_px));
                assert_int_equal(r.y_px + r.height_px, (int)(2.0 * (height - l.y_px)));
            }
            assert_near(below, height, 0.0);
            assert_true(n_lanes == n || (n_lanes + 1) * (SONO_LANE_MIN_PX + SONO_LANE_GAP_PX) > height);
            assert_int_equal(sono_view_state_lane_at(&v, -50.0), 0);
            assert_int_equal(sono_view_state_lane_at(&v, 1e6), n_lanes - 1);
            sono_view_state_scroll_lanes(&v, 1000);
            assert_int_equal(sono_view_state_lane(&v, n_lanes - 1).channel, n - 1);
            sono_view_state_scroll_lanes(&v, -1);
            assert_int_equal(v.first_lane, n > n_lanes ? n - n_lanes - 1 : 0);
            sono_view_state_scroll_lanes(&v, -1000);
            assert_int_equal(v.first_lane, 0);
        }
    }
}

static void one_channel(void **state)
{
    (void)state;
    SonoViewState v = make_view(SONO_SCALE_MEL);
    sono_view_state_set_channels(&v, 3);
    assert_int_equal(sono_view_state_n_lanes(&v), 3);
    sono_view_state_set_only_channel(&v, 1);
    assert_int_equal(sono_view_state_n_lanes(&v), 1);
    assert_int_equal(sono_view_state_lane(&v, 0).channel, 1);
    assert_near(sono_view_state_lane(&v, 0).height_px, 600.0, 0.0);
    assert_true(sono_view_state_command(&v, "lane-next"));
    assert_true(sono_view_state_command(&v, "lane-next")); /* the last one stays */
    assert_int_equal(v.only_channel, 2);
    assert_true(sono_view_state_command(&v, "lane-previous"));
    assert_int_equal(v.only_channel, 1);
    sono_view_state_set_only_channel(&v, 3); /* no such */
    assert_int_equal(v.only_channel, SONO_ALL_LANES);
    sono_view_state_set_only_channel(&v, 2);
    sono_view_state_set_channels(&v, 2); /* is gone */
    assert_int_equal(v.only_channel, SONO_ALL_LANES);
}

static void conversions_in_lanes(void **state)
{
    (void)state;
    for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
        SonoViewState v = make_view((SonoAxisScale)scale);
        sono_view_state_set_channels(&v, 7);
        sono_view_state_zoom_freq(&v, 30.0, 2.0);
        for (int lane = 0; lane < sono_view_state_n_lanes(&v); lane++) {
            const SonoLane l = sono_view_state_lane(&v, lane);
            for (double up = 0.0; up <= 1.0; up += 0.125) {
                double t_s = 0.0;
                double hz = 0.0;
                double x = 0.0;
                double y = 0.0;
                const double y_px = l.y_px + (1.0 - up) * l.height_px;
                sono_view_state_to_sound(&v, lane, 123.0, y_px, &t_s, &hz);
                assert_near(hz, sono_freq_axis_hz(&v.axis, up), 1e-6);
                sono_view_state_to_px(&v, lane, t_s, hz, &x, &y);
                assert_near(x, 123.0, 1e-6);
                assert_near(y, y_px, 1e-6);
            }
            double t_s = 0.0;
            double hz = -1.0;
            sono_view_state_to_sound(&v, lane, 0.0, l.y_px + 40.0 * l.height_px, &t_s, &hz);
            assert_true(hz >= 0.0);
        }
    }
}

/* On a log axis scrolling and zooming keep octaves: any stretch stays as many of them. */
static void log_scroll_keeps_octaves(void **state)
{
    (void)state;
    SonoViewState v = make_view(SONO_SCALE_LOG);
    sono_view_state_zoom_freq(&v, 300.0, 3.0);
    const double octaves = log2(v.axis.f1_hz / v.axis.f0_hz);
    for (int i = 0; i < 40; i++) {
        sono_view_state_wheel(&v, 500.0, 100.0, 0.0, i < 20 ? 1.0 : -1.0, false, false);
        assert_near(log2(v.axis.f1_hz / v.axis.f0_hz), octaves, 1e-9);
        assert_inside(&v);
    }
    assert_true(sono_view_state_command(&v, "pan-up"));
    assert_near(log2(v.axis.f1_hz / v.axis.f0_hz), octaves, 1e-9);
}

static void regions(void **state)
{
    (void)state;
    for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
        SonoViewState v = make_view((SonoAxisScale)scale);
        sono_view_state_show_region(&v, (SonoRegion){20.0, 30.0, 500.0, 2000.0}, 0.0);
        assert_near(v.t0_s, 20.0, 1e-9);
        assert_near(v.s_per_px, 0.01, 1e-12);
        assert_near(v.axis.f0_hz, 500.0, 1e-6);
        assert_near(v.axis.f1_hz, 2000.0, 1e-6);
        sono_view_state_show_region(&v, (SonoRegion){40.0, 50.0, 0.0, 0.0}, 0.1); /* frequency stays */
        assert_near(v.t0_s, 39.0, 1e-9);
        assert_near(v.s_per_px, 0.012, 1e-12);
        assert_near(v.axis.f1_hz, 2000.0, 1e-6);
        sono_view_state_show_region(&v, (SonoRegion){0.0, 0.0, 0.0, 24000.0}, 0.5);
        assert_near(v.t0_s, 39.0, 1e-9);
        assert_near(v.axis.f0_hz, make_view((SonoAxisScale)scale).axis.f0_hz, 0.0);
        assert_near(v.axis.f1_hz, 24000.0, 0.0);
        sono_view_state_show_region(&v, (SonoRegion){50.0, 50.0 + 1e-9, 1000.0, 1000.0 + 1e-9}, 0.0); /* too fine */
        assert_near(v.t0_s + 500.0 * v.s_per_px, 50.0, 1e-6);
        assert_inside(&v);
        sono_view_state_show_region(&v, (SonoRegion){-50.0, 500.0, 0.0, 1e6}, 0.2);
        assert_near(v.t0_s, 0.0, 0.0);
        assert_inside(&v);
    }
}

static void all_commands(void **state)
{
    (void)state;
    SonoViewState v = make_view(SONO_SCALE_MEL);
    const char *const there_and_back[][2] = {{"pan-left", "pan-right"},
                                             {"page-left", "page-right"},
                                             {"pan-up", "pan-down"},
                                             {"zoom-in", "zoom-out"},
                                             {"zoom-in-freq", "zoom-out-freq"}};
    sono_view_state_zoom_time(&v, 500.0, 20.0);
    sono_view_state_zoom_freq(&v, 300.0, 4.0);
    for (size_t i = 0; i < sizeof there_and_back / sizeof *there_and_back; i++) {
        const SonoViewState before = v;
        assert_true(sono_view_state_command(&v, there_and_back[i][0]));
        assert_true(v.t0_s != before.t0_s || v.axis.f0_hz != before.axis.f0_hz);
        assert_inside(&v);
        assert_true(sono_view_state_command(&v, there_and_back[i][1]));
        assert_near(v.t0_s, before.t0_s, 1e-9);
        assert_near(v.axis.f0_hz, before.axis.f0_hz, 1e-6);
        assert_near(v.axis.f1_hz, before.axis.f1_hz, 1e-6);
    }
    const double t0_s = v.t0_s;
    assert_true(sono_view_state_command(&v, "page-right"));
    assert_near(v.t0_s, t0_s + 0.875 * 1000.0 * v.s_per_px, 1e-9);
    assert_true(sono_view_state_command(&v, "go-end"));
    assert_near(v.t0_s + 1000.0 * v.s_per_px, 100.0, 1e-9);
    assert_true(sono_view_state_command(&v, "go-start"));
    assert_near(v.t0_s, 0.0, 0.0);
    sono_view_state_set_start(&v, 33.0);
    assert_near(v.t0_s, 33.0, 0.0);
    /* where frequency has nowhere to go the wheel moves lanes */
    sono_view_state_set_channels(&v, 30);
    assert_true(sono_view_state_command(&v, "zoom-fit"));
    sono_view_state_wheel(&v, 0.0, 0.0, 0.0, 1.0, false, false);
    assert_int_equal(v.first_lane, 1);
    assert_true(sono_view_state_command(&v, "lane-next"));
    assert_int_equal(v.first_lane, 2);
    assert_false(sono_view_state_command(&v, "zoom"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions_are_inverse),
        cmocka_unit_test(edges_are_the_sound),
        cmocka_unit_test(zoom_keeps_the_place),
        cmocka_unit_test(pan_stays_inside),
        cmocka_unit_test(sizes_and_lengths),
        cmocka_unit_test(scales_keep_the_range),
        cmocka_unit_test(lowest),
        cmocka_unit_test(lanes),
        cmocka_unit_test(one_channel),
        cmocka_unit_test(conversions_in_lanes),
        cmocka_unit_test(log_scroll_keeps_octaves),
        cmocka_unit_test(regions),
        cmocka_unit_test(all_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
