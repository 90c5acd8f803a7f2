/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selecting with the pointer: every gesture of the three selecting tools, on every axis, zoomed and not, in stacked
 * lanes and alone. */
#include "scene_fixture.h"

#include <math.h>
#include <string.h>

#define WIDTH 1000.0
#define HEIGHT 602.0 /* two lanes of 300 and the gap */

static void use_tool(SceneFixture *f, const char *name)
{
    const SonoTool *tool = sono_tool_find(name);
    assert_non_null(tool);
    sono_scene_set_tool(f->scene, tool);
}

static SonoRegion region(SceneFixture *f)
{
    return sono_selection_region(sono_scene_selection(f->scene), FIXTURE_END_S, FIXTURE_NYQUIST_HZ);
}

static void to_sound(SceneFixture *f, int lane, double x, double y, double *t_s, double *hz)
{
    sono_view_state_to_sound(sono_scene_view(f->scene), lane, x, y, t_s, hz);
}

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) {
        fail_msg("%.12g is not %.12g", a, b);
    }
}

/* The selection is what lies between two places of a lane. */
static void assert_between(SceneFixture *f, int lane, double x0, double y0, double x1, double y1)
{
    const SonoRegion r = region(f);
    double t0 = 0.0;
    double t1 = 0.0;
    double f0 = 0.0;
    double f1 = 0.0;
    to_sound(f, lane, x0, y1, &t0, &f0);
    to_sound(f, lane, x1, y0, &t1, &f1);
    assert_near(r.t0_s, t0, 1e-9);
    assert_near(r.t1_s, t1, 1e-9);
    assert_near(r.f0_hz, f0, 1e-6);
    assert_near(r.f1_hz, f1, 1e-6);
}

static void nothing_selected(SceneFixture *f)
{
    sono_selection_clear(sono_scene_selection(f->scene));
}

static SonoCursor cursor_at(SceneFixture *f, double x, double y, const char *modifiers)
{
    (void)scene_fixture_point(f, SONO_POINTER_HOVER, x, y, modifiers);
    return sono_scene_cursor(f->scene);
}

/* Gestures with the box tool in one lane whose upper edge is at y0. */
static void box_gestures(SceneFixture *f, int lane, double y0)
{
    use_tool(f, "box");
    nothing_selected(f);
    assert_int_equal(cursor_at(f, 300.0, y0 + 100.0, ""), SONO_CURSOR_CROSS);
    assert_true(scene_fixture_drag(f, 300.0, y0 + 100.0, 500.0, y0 + 200.0, "").selection_changed);
    assert_between(f, lane, 300.0, y0 + 100.0, 500.0, y0 + 200.0);
    assert_true(sono_selection_is_box(sono_scene_selection(f->scene)));

    /* each edge alone, grabbed 3 px beside it: it does not jump */
    assert_int_equal(cursor_at(f, 303.0, y0 + 150.0, ""), SONO_CURSOR_SIZE_TIME);
    (void)scene_fixture_drag(f, 303.0, y0 + 150.0, 253.0, y0 + 170.0, "");
    assert_between(f, lane, 250.0, y0 + 100.0, 500.0, y0 + 200.0);
    (void)scene_fixture_drag(f, 503.0, y0 + 150.0, 603.0, y0 + 90.0, "");
    assert_between(f, lane, 250.0, y0 + 100.0, 600.0, y0 + 200.0);
    assert_int_equal(cursor_at(f, 400.0, y0 + 98.0, ""), SONO_CURSOR_SIZE_FREQ);
    (void)scene_fixture_drag(f, 400.0, y0 + 98.0, 420.0, y0 + 48.0, "");
    assert_between(f, lane, 250.0, y0 + 50.0, 600.0, y0 + 200.0);
    (void)scene_fixture_drag(f, 400.0, y0 + 201.0, 420.0, y0 + 251.0, "");
    assert_between(f, lane, 250.0, y0 + 50.0, 600.0, y0 + 250.0);
    /* corners */
    assert_int_equal(cursor_at(f, 250.0, y0 + 50.0, ""), SONO_CURSOR_SIZE_FALLING);
    assert_int_equal(cursor_at(f, 600.0, y0 + 250.0, ""), SONO_CURSOR_SIZE_FALLING);
    assert_int_equal(cursor_at(f, 600.0, y0 + 50.0, ""), SONO_CURSOR_SIZE_RISING);
    (void)scene_fixture_drag(f, 600.0, y0 + 50.0, 500.0, y0 + 100.0, "");
    assert_between(f, lane, 250.0, y0 + 100.0, 500.0, y0 + 250.0);
    /* across the opposite edge */
    (void)scene_fixture_drag(f, 250.0, y0 + 150.0, 700.0, y0 + 150.0, "");
    assert_between(f, lane, 500.0, y0 + 100.0, 700.0, y0 + 250.0);
    /* inside: all of it moves, and keeps its size on the screen */
    assert_int_equal(cursor_at(f, 600.0, y0 + 170.0, ""), SONO_CURSOR_MOVE);
    assert_int_equal(cursor_at(f, 600.0, y0 + 170.0, "s"), SONO_CURSOR_CROSS);
    (void)scene_fixture_drag(f, 600.0, y0 + 170.0, 500.0, y0 + 130.0, "");
    assert_between(f, lane, 400.0, y0 + 60.0, 600.0, y0 + 210.0);
    /* a click selects nothing */
    scene_fixture_click(f, 800.0, y0 + 30.0, 1, "");
    assert_true(sono_selection_is_empty(sono_scene_selection(f->scene)));
    /* a double click: what is seen */
    scene_fixture_click(f, 800.0, y0 + 30.0, 2, "");
    const SonoLane l = sono_view_state_lane(sono_scene_view(f->scene), lane);
    const SonoRegion seen = region(f);
    double t0 = 0.0;
    double hz = 0.0;
    to_sound(f, lane, 0.0, l.y_px, &t0, &hz);
    assert_near(seen.t0_s, t0, 1e-9);
    assert_near(seen.f1_hz, hz, 1e-6);
}

/* With modifiers, in one lane. */
static void joins(SceneFixture *f, int lane, double y0)
{
    SonoSelection *s = sono_scene_selection(f->scene);
    use_tool(f, "box");
    nothing_selected(f);
    (void)scene_fixture_drag(f, 300.0, y0 + 100.0, 500.0, y0 + 200.0, "s"); /* to nothing: anew */
    (void)scene_fixture_drag(f, 600.0, y0 + 50.0, 700.0, y0 + 100.0, "s");
    (void)scene_fixture_drag(f, 350.0, y0 + 120.0, 400.0, y0 + 150.0, "c");
    const struct {
        double x, y;
        bool selected;
    } places[] = {{310, 110, true}, {650, 75, true}, {375, 135, false}, {550, 75, false}, {450, 135, true}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        double t_s = 0.0;
        double hz = 0.0;
        to_sound(f, lane, places[i].x, y0 + places[i].y, &t_s, &hz);
        assert_int_equal(sono_selection_contains(s, t_s, hz), places[i].selected);
    }
    /* the second box has handles, too */
    (void)scene_fixture_drag(f, 700.0, y0 + 75.0, 750.0, y0 + 75.0, "");
    double t_s = 0.0;
    double hz = 0.0;
    to_sound(f, lane, 740.0, y0 + 75.0, &t_s, &hz);
    assert_true(sono_selection_contains(s, t_s, hz));
    /* moving takes the hole along */
    (void)scene_fixture_drag(f, 450.0, y0 + 180.0, 470.0, y0 + 180.0, "");
    to_sound(f, lane, 395.0, y0 + 135.0, &t_s, &hz);
    assert_false(sono_selection_contains(s, t_s, hz));
    to_sound(f, lane, 360.0, y0 + 135.0, &t_s, &hz);
    assert_true(sono_selection_contains(s, t_s, hz));
    (void)scene_fixture_drag(f, 600.0, y0 + 40.0, 800.0, y0 + 220.0, "sa");
    assert_between(f, lane, 620.0, y0 + 50.0, 770.0, y0 + 100.0);
    (void)scene_fixture_drag(f, 610.0, y0 + 40.0, 800.0, y0 + 220.0, "a");
    assert_true(sono_selection_is_empty(s));
    (void)scene_fixture_drag(f, 610.0, y0 + 40.0, 800.0, y0 + 220.0, "a"); /* from nothing: nothing */
    assert_true(sono_selection_is_empty(s));
}

/* The tools that bound one side only. */
static void one_sided(SceneFixture *f, int lane, double y0)
{
    double t0 = 0.0;
    double t1 = 0.0;
    double f0 = 0.0;
    double f1 = 0.0;
    to_sound(f, lane, 300.0, y0 + 200.0, &t0, &f0);
    to_sound(f, lane, 500.0, y0 + 100.0, &t1, &f1);
    nothing_selected(f);
    use_tool(f, "time");
    (void)scene_fixture_drag(f, 500.0, y0 + 100.0, 300.0, y0 + 200.0, ""); /* backwards */
    SonoRegion r = region(f);
    assert_near(r.t0_s, t0, 1e-9);
    assert_near(r.t1_s, t1, 1e-9);
    assert_true(r.f0_hz == 0.0 && r.f1_hz == FIXTURE_NYQUIST_HZ);
    assert_int_equal(cursor_at(f, 300.0, y0 + 2.0, ""), SONO_CURSOR_SIZE_TIME); /* the top is no edge of its */
    use_tool(f, "freq");
    nothing_selected(f);
    (void)scene_fixture_drag(f, 500.0, y0 + 100.0, 300.0, y0 + 200.0, "");
    r = region(f);
    assert_near(r.f0_hz, f0, 1e-6);
    assert_near(r.f1_hz, f1, 1e-6);
    assert_true(r.t0_s == 0.0 && r.t1_s == FIXTURE_END_S);
    assert_int_equal(cursor_at(f, 700.0, y0 + 99.0, ""), SONO_CURSOR_SIZE_FREQ);
    (void)scene_fixture_drag(f, 700.0, y0 + 100.0, 700.0, y0 + 50.0, "");
    to_sound(f, lane, 0.0, y0 + 50.0, &t0, &f1);
    assert_near(region(f).f1_hz, f1, 1e-6);
    nothing_selected(f);
}

static void gestures_at_every_view(void **state)
{
    (void)state;
    for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
        SceneFixture f;
        scene_fixture_open(&f, 2, WIDTH, HEIGHT);
        SonoViewState *v = sono_scene_view(f.scene);
        sono_view_state_set_scale(v, (SonoAxisScale)scale);
        sono_view_state_fit(v);
        for (int zoom = 0; zoom < 3; zoom++) {
            for (int lane = 0; lane < 2; lane++) {
                box_gestures(&f, lane, lane * 302.0);
                joins(&f, lane, lane * 302.0);
                one_sided(&f, lane, lane * 302.0);
            }
            sono_view_state_set_only_channel(v, 1);
            box_gestures(&f, 0, 150.0);
            joins(&f, 0, 150.0);
            sono_view_state_set_only_channel(v, SONO_ALL_LANES);
            sono_view_state_zoom_time(v, 700.0, 7.0);
            sono_view_state_zoom_freq(v, 120.0, 2.5);
        }
        scene_fixture_close(&f);
    }
}

/* Beyond the canvas is its edge; the whole log axis ends at 0 Hz. */
static void edges_of_canvas_and_sound(void **state)
{
    (void)state;
    SceneFixture f;
    scene_fixture_open(&f, 2, WIDTH, HEIGHT);
    SonoViewState *v = sono_scene_view(f.scene);
    use_tool(&f, "box");
    for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
        sono_view_state_set_scale(v, (SonoAxisScale)scale);
        sono_view_state_fit(v);
        nothing_selected(&f);
        (void)scene_fixture_drag(&f, 500.0, 100.0, 5000.0, 5000.0, "");
        SonoRegion r = region(&f);
        assert_near(r.t0_s, 5.0, 1e-9);
        assert_true(r.t1_s == FIXTURE_END_S && r.f0_hz == 0.0);
        (void)scene_fixture_drag(&f, 200.0, 500.0, -1e7, -1e7, "");
        r = region(&f);
        assert_true(r.t0_s == 0.0 && r.f1_hz == FIXTURE_NYQUIST_HZ); /* of the lane it began in */
        nothing_selected(&f);
        (void)scene_fixture_drag(&f, 300.0, 100.0, 500.0, 200.0, "");
        (void)scene_fixture_drag(&f, 400.0, 150.0, 9000.0, -9000.0, ""); /* moved to the end */
        r = region(&f);
        assert_true(r.t1_s == FIXTURE_END_S && r.f1_hz == FIXTURE_NYQUIST_HZ);
        assert_near(r.t0_s, 8.0, 1e-9);
        nothing_selected(&f);
    }
    /* zoomed in, the edge of the canvas is not that of the sound */
    sono_view_state_zoom_time(v, 500.0, 4.0);
    sono_view_state_zoom_freq(v, 150.0, 2.0);
    (void)scene_fixture_drag(&f, 500.0, 100.0, -300.0, -300.0, "");
    assert_near(region(&f).t0_s, v->t0_s, 1e-9);
    assert_near(region(&f).f1_hz, v->axis.f1_hz, 1e-6);
    scene_fixture_close(&f);
}

/* A drag that rests outside goes on: the view follows it along the tool's axes, to the ends of the sound. */
static void view_follows_a_drag(void **state)
{
    (void)state;
    SceneFixture f;
    scene_fixture_open(&f, 1, WIDTH, 300.0);
    SonoViewState *v = sono_scene_view(f.scene);
    sono_view_state_zoom_time(v, 500.0, 4.0);
    sono_view_state_zoom_freq(v, 150.0, 2.0);
    const SonoViewState before = *v;
    const struct {
        const char *tool;
        bool in_time, in_freq;
    } tools[] = {{"time", true, false}, {"freq", false, true}, {"box", true, true}};
    for (int i = 0; i < 3; i++) {
        use_tool(&f, tools[i].tool);
        *v = before;
        nothing_selected(&f);
        (void)scene_fixture_point(&f, SONO_POINTER_DOWN, 500.0, 150.0, "");
        (void)scene_fixture_point(&f, SONO_POINTER_DRAG, 990.0, 10.0, "");
        assert_false(sono_scene_follow_drag(f.scene, 0.1)); /* it has not left */
        (void)scene_fixture_point(&f, SONO_POINTER_DRAG, 1020.0, -20.0, "");
        const SonoRegion at_edge = region(&f);
        assert_true(sono_scene_follow_drag(f.scene, 0.1));
        assert_int_equal(v->t0_s > before.t0_s, tools[i].in_time);
        assert_int_equal(v->axis.f1_hz > before.axis.f1_hz, tools[i].in_freq);
        assert_int_equal(region(&f).t1_s > at_edge.t1_s, tools[i].in_time);
        assert_int_equal(region(&f).f1_hz > at_edge.f1_hz, tools[i].in_freq);
        assert_true(region(&f).t0_s == at_edge.t0_s && region(&f).f0_hz == at_edge.f0_hz);
        int n = 1;
        while (sono_scene_follow_drag(f.scene, 0.1)) {
            assert_true(++n < 200);
        }
        assert_true(region(&f).t1_s == FIXTURE_END_S && region(&f).f1_hz == FIXTURE_NYQUIST_HZ);
        (void)scene_fixture_point(&f, SONO_POINTER_CANCEL, 0.0, 0.0, "");
        assert_true(v->t0_s == before.t0_s && v->axis.f1_hz == before.axis.f1_hz);
        assert_false(sono_scene_follow_drag(f.scene, 0.1)); /* it is over */
    }
    use_tool(&f, "brush"); /* paints where the pointer is and nowhere else */
    (void)scene_fixture_point(&f, SONO_POINTER_DOWN, 500.0, 150.0, "");
    (void)scene_fixture_point(&f, SONO_POINTER_DRAG, 1020.0, 150.0, "");
    assert_false(sono_scene_follow_drag(f.scene, 0.1));
    (void)scene_fixture_point(&f, SONO_POINTER_CANCEL, 0.0, 0.0, "");
    scene_fixture_close(&f);
}

/* An edge pulled exactly onto the opposite one leaves no selection that is too narrow to be seen. */
static void no_slivers(void **state)
{
    (void)state;
    SceneFixture f;
    scene_fixture_open(&f, 1, WIDTH, 300.0);
    sono_view_state_zoom_time(sono_scene_view(f.scene), 700.0, 3.7);
    use_tool(&f, "box");
    for (int x = 0; x < 400; x++) { /* some of them do not round to zero */
        const double x0 = 300.0 + x / 7.0;
        const double x1 = 500.0 + x / 3.0;
        nothing_selected(&f);
        (void)scene_fixture_drag(&f, x0, 100.0, x1, 200.0, "");
        (void)scene_fixture_drag(&f, x0, 150.0, x1, 150.0, "");
        assert_true(region(&f).t1_s - region(&f).t0_s > 1e-6);
        (void)scene_fixture_drag(&f, 0.05 * x0 + 0.95 * x1, 200.0, 0.05 * x0 + 0.95 * x1, 100.0, "");
        assert_true(region(&f).f1_hz - region(&f).f0_hz > 1e-3);
    }
    scene_fixture_close(&f);
}

static void channels(void **state)
{
    (void)state;
    SceneFixture f;
    scene_fixture_open(&f, 2, WIDTH, HEIGHT);
    const SonoSelection *s = sono_scene_selection(f.scene);
    use_tool(&f, "time");
    (void)scene_fixture_drag(&f, 100.0, 400.0, 200.0, 400.0, "");
    assert_int_equal(s->channel, -1);
    sono_scene_options(f.scene)->all_channels = false;
    (void)scene_fixture_drag(&f, 300.0, 400.0, 400.0, 50.0, ""); /* leaves its lane */
    assert_int_equal(s->channel, 1);
    assert_int_equal(cursor_at(&f, 300.0, 400.0, ""), SONO_CURSOR_SIZE_TIME);
    assert_int_equal(cursor_at(&f, 300.0, 100.0, ""), SONO_CURSOR_CROSS); /* not selected here */
    (void)scene_fixture_drag(&f, 500.0, 100.0, 600.0, 100.0, "s");
    assert_int_equal(s->channel, -1);
    (void)scene_fixture_drag(&f, 800.0, 100.0, 900.0, 100.0, "");
    assert_int_equal(s->channel, 0);
    SonoError err = {0};
    SonoEdit edit = {0};
    const SonoOperation *gain = sono_operation_find("gain");
    const SonoParams params = sono_params_defaults(gain->params);
    assert_ok(sono_scene_apply(f.scene, gain, &params, &edit, &err), err);
    assert_true(sono_edit_touches_channel(&edit, 0) && !sono_edit_touches_channel(&edit, 1));
    size_t n = 0;
    const SonoPreview *previews = sono_strokes_previews(sono_scene_strokes(f.scene), &n);
    assert_int_equal(n, 1);
    assert_int_equal(previews[0].channel, 0);
    assert_non_null(previews[0].mask);
    sono_edit_clear(&edit);
    nothing_selected(&f);
    assert_int_equal(sono_scene_apply(f.scene, gain, &params, &edit, &err), SONO_E_INVALID);
    scene_fixture_close(&f);
}

/* A drag in a selection that is all there is to see selects anew: there is nothing to move it by. */
static void whole_views_do_not_stick(void **state)
{
    (void)state;
    SceneFixture f;
    scene_fixture_open(&f, 1, WIDTH, 300.0);
    const char *const names[] = {"time", "freq", "box"};
    for (int i = 0; i < 3; i++) {
        use_tool(&f, names[i]);
        scene_fixture_click(&f, 500.0, 150.0, 2, "");
        assert_int_equal(cursor_at(&f, 500.0, 150.0, ""), SONO_CURSOR_CROSS);
        (void)scene_fixture_drag(&f, 300.0, 100.0, 400.0, 200.0, "");
        const SonoRegion r = region(&f);
        assert_true(r.t1_s - r.t0_s < 1.1 || r.f1_hz - r.f0_hz < FIXTURE_NYQUIST_HZ);
    }
    scene_fixture_close(&f);
}

/* No tool selects before there is a sound; nor while another is shown. */
static void needs_a_sound(void **state)
{
    (void)state;
    SceneFixture f;
    SonoError err = {0};
    scene_fixture_open(&f, 1, WIDTH, 300.0);
    assert_ok(sono_scene_set_compare(f.scene, f.clip, &err), err);
    for (const SonoTool *const *t = sono_tools; *t; t++) {
        sono_scene_set_tool(f.scene, *t);
        const SonoOutcome outcome = scene_fixture_drag(&f, 300.0, 100.0, 400.0, 200.0, "");
        assert_false(outcome.edited || outcome.selection_changed);
        assert_true(sono_selection_is_empty(sono_scene_selection(f.scene)));
    }
    assert_ok(sono_scene_set_compare(f.scene, NULL, &err), err);
    use_tool(&f, "box");
    assert_true(scene_fixture_drag(&f, 300.0, 100.0, 400.0, 200.0, "").selection_changed);
    scene_fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gestures_at_every_view),
        cmocka_unit_test(edges_of_canvas_and_sound),
        cmocka_unit_test(view_follows_a_drag),
        cmocka_unit_test(no_slivers),
        cmocka_unit_test(channels),
        cmocka_unit_test(whole_views_do_not_stick),
        cmocka_unit_test(needs_a_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
