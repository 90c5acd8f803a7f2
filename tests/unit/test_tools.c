/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Painting, moving and zooming with the pointer; lent tools, pens, cancelling; and thousands of random events, after
 * which everything still lies inside the sound. */
#include "scene_fixture.h"

#include <math.h>
#include <string.h>

#define WIDTH 1000.0
#define HEIGHT 602.0

static void use_tool(SceneFixture *f, const char *name)
{
    const SonoTool *tool = sono_tool_find(name);
    assert_non_null(tool);
    sono_scene_set_tool(f->scene, tool);
}

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) {
        fail_msg("%.12g is not %.12g", a, b);
    }
}

static SonoOutcome pen(SceneFixture *f, SonoPointerKind kind, double x, double y, double pressure, bool eraser)
{
    SonoError err = {0};
    SonoOutcome outcome = {0};
    const SonoPointer p = {.kind = kind, .x_px = x, .y_px = y, .pressure = pressure, .eraser = eraser, .n_press = 1};
    assert_ok(sono_scene_point(f->scene, &p, &outcome, &err), err);
    return outcome;
}

static size_t n_previews(SceneFixture *f)
{
    size_t n = 0;
    (void)sono_strokes_previews(sono_scene_strokes(f->scene), &n);
    return n;
}

static void the_table(void **state)
{
    (void)state;
    const char *const names[] = {"time", "freq", "box", "brush", "eraser", "hand", "zoom", NULL};
    char keys[16] = "";
    for (int i = 0; names[i]; i++) {
        const SonoTool *t = sono_tools[i];
        assert_non_null(t);
        assert_string_equal(t->name, names[i]);
        assert_ptr_equal(sono_tool_find(names[i]), t);
        assert_true(t->title && t->tip && t->icon && t->point && t->cursor);
        assert_null(strchr(keys, t->key));
        keys[i] = t->key;
    }
    assert_null(sono_tools[7]);
    assert_null(sono_tool_find("no such tool"));
}

static void strokes_become_edits(void **state)
{
    (void)state;
    SceneFixture f;
    scene_fixture_open(&f, 2, WIDTH, HEIGHT);
    SonoToolOptions *o = sono_scene_options(f.scene);
    const SonoViewState *v = sono_scene_view(f.scene);
    o->operation = sono_operation_find("gain");
    o->params = sono_params_defaults(o->operation->params);
    o->params.v[0] = -7.0;
    o->all_channels = false;
    use_tool(&f, "brush");
    (void)pen(&f, SONO_POINTER_HOVER, 300.0, 400.0, 0.0, false);
    assert_int_equal(sono_scene_cursor(f.scene), SONO_CURSOR_NONE);
    assert_false(pen(&f, SONO_POINTER_DOWN, 300.0, 400.0, 0.25, false).edited);
    assert_int_equal(n_previews(&f), 1);
    (void)pen(&f, SONO_POINTER_DRAG, 400.0, 450.0, 0.5, false);
    (void)pen(&f, SONO_POINTER_DRAG, 400.0, 450.0, 0.5, false); /* the same place adds nothing */
    (void)pen(&f, SONO_POINTER_DRAG, 500.0, 100.0, 3.0, false); /* out of the lane, harder than hard */
    SonoOutcome up = pen(&f, SONO_POINTER_UP, 500.0, 100.0, 0.0, false);
    assert_true(up.edited && !up.selection_changed && !up.view_changed);
    assert_ptr_equal(up.edit.operation, o->operation);
    assert_true(up.edit.params.v[0] == -7.0);
    assert_true(sono_edit_touches_channel(&up.edit, 1) && !sono_edit_touches_channel(&up.edit, 0));
    assert_int_equal(up.edit.mask.n_shapes, 1);
    const SonoShape *shape = &up.edit.mask.shapes[0];
    assert_int_equal(shape->n_points, 3);
    double t_s = 0.0;
    double hz = 0.0;
    sono_view_state_to_sound(v, 1, 400.0, 450.0, &t_s, &hz); /* in the lane below */
    assert_true(shape->points[1].t_s == t_s && shape->points[1].f_hz == hz && shape->points[1].pressure == 0.5);
    assert_true(shape->points[2].f_hz == FIXTURE_NYQUIST_HZ && shape->points[2].pressure == 1.0);
    assert_int_equal(n_previews(&f), 1); /* until it is committed and has landed */

    /* the preview's dabs are the commit's */
    size_t n = 0;
    const SonoPreview *preview = sono_strokes_previews(sono_scene_strokes(f.scene), &n);
    SonoDab *dabs = NULL;
    SonoError err = {0};
    assert_ok(sono_stroke_dabs(&shape->brush, shape->points, shape->n_points, &dabs, &n, &err), err);
    assert_int_equal(preview->n_dabs, n);
    assert_memory_equal(preview->dabs, dabs, n * sizeof *dabs);
    assert_int_equal(preview->channel, 1);
    sono_free(dabs);

    /* pressure is the strength: dabs at a quarter of it are fainter than at the full */
    assert_near(preview->dabs[0].opacity, 0.25 * preview->dabs[n - 1].opacity, 1e-12);

    /* Shift: straight on from there, straight on the screen */
    o->all_channels = true;
    (void)scene_fixture_point(&f, SONO_POINTER_DOWN, 700.0, 400.0, "s");
    SonoOutcome line = scene_fixture_point(&f, SONO_POINTER_UP, 700.0, 400.0, "s");
    assert_true(line.edited && line.edit.all_channels);
    const SonoShape *path = &line.edit.mask.shapes[0];
    assert_true(path->n_points > 10);
    assert_true(path->points[0].t_s == shape->points[2].t_s && path->points[0].f_hz == shape->points[2].f_hz);
    double x0 = 0.0;
    double y0 = 0.0;
    sono_view_state_to_px(v, 1, path->points[0].t_s, path->points[0].f_hz, &x0, &y0);
    for (size_t i = 0; i < path->n_points; i++) {
        double x = 0.0;
        double y = 0.0;
        sono_view_state_to_px(v, 1, path->points[i].t_s, path->points[i].f_hz, &x, &y);
        assert_near((x - x0) * (400.0 - y0), (y - y0) * (700.0 - x0), 1e-3);
    }
    sono_edit_clear(&line.edit);
    sono_edit_clear(&up.edit);

    /* the eraser, and a pen's other end whatever the tool is */
    for (int i = 0; i < 2; i++) {
        use_tool(&f, i == 0 ? "eraser" : "time");
        (void)pen(&f, SONO_POINTER_HOVER, 300.0, 100.0, 0.0, i == 1);
        assert_int_equal(sono_scene_cursor(f.scene), SONO_CURSOR_NONE);
        (void)pen(&f, SONO_POINTER_DOWN, 300.0, 100.0, 1.0, i == 1);
        (void)pen(&f, SONO_POINTER_DRAG, 350.0, 100.0, 1.0, i == 1);
        SonoOutcome erased = pen(&f, SONO_POINTER_UP, 350.0, 100.0, 1.0, i == 1);
        assert_true(erased.edited && !erased.selection_changed);
        assert_string_equal(erased.edit.operation->name, "erase");
        sono_edit_clear(&erased.edit);
    }
    scene_fixture_close(&f);
}

/* One here for each one in the queue, whatever becomes of them. */
static void strokes_keep_step(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoStrokes *s = NULL;
    size_t n = 0;
    const SonoOperation *gain = sono_operation_find("gain");
    const SonoParams params = sono_params_defaults(gain->params);
    const SonoBrush brush = {.radius_ms = 10.0, .radius_oct = 0.1, .flow = 1.0};
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {0.0, 1.0, 0.0, 100.0}};
    assert_ok(sono_strokes_new(&s, &err), err);
    SonoEdit edits[4] = {{0}};
    for (int i = 0; i < 3; i++) {
        const SonoStrokePoint at = {i, 100.0, 1.0};
        assert_ok(sono_strokes_begin(s, gain, &params, &brush, i, &err), err);
        assert_ok(sono_strokes_add_point(s, &at, &err), err);
        assert_ok(sono_strokes_end(s, &edits[i], &err), err);
    }
    /* a box for two of three channels while another is being painted */
    const SonoStrokePoint at = {3.0, 100.0, 1.0};
    assert_ok(sono_strokes_begin(s, gain, &params, &brush, -1, &err), err);
    assert_ok(sono_strokes_add_point(s, &at, &err), err);
    edits[3] = sono_edit_new(gain);
    edits[3].all_channels = false;
    edits[3].channels[0] = 5;
    assert_ok(sono_mask_add(&edits[3].mask, &box, &err), err);
    assert_ok(sono_strokes_add_edit(s, &edits[3], &err), err);
    const int expected[] = {0, 1, 2, 0, 2, -1};
    const SonoPreview *p = sono_strokes_previews(s, &n);
    assert_int_equal(n, 6);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(p[i].channel, expected[i]);
        assert_int_equal(p[i].mask != NULL, i == 3 || i == 4);
        SonoMask mask = {0};
        assert_ok(sono_strokes_copy_mask(s, i, &mask, &err), err);
        assert_int_equal(mask.n_shapes, 1);
        assert_int_equal(mask.shapes[0].kind, i == 3 || i == 4 ? SONO_SHAPE_BOX : SONO_SHAPE_STROKE);
        sono_mask_clear(&mask);
    }
    assert_true(sono_strokes_is_painting(s));
    sono_strokes_cancel(s);
    sono_strokes_committed(s);   /* 0 */
    sono_strokes_drop_newest(s); /* the box */
    sono_strokes_drop_oldest(s); /* 1 failed */
    p = sono_strokes_previews(s, &n);
    assert_true(n == 2 && p[0].channel == 0 && p[1].channel == 2);
    SonoMask mask = {0};
    assert_ok(sono_strokes_copy_mask(s, 0, &mask, &err), err); /* is in the document */
    assert_int_equal(mask.n_shapes, 0);
    sono_strokes_landed(s);
    p = sono_strokes_previews(s, &n);
    assert_true(n == 1 && p[0].channel == 2);
    sono_strokes_committed(s);
    sono_strokes_landed(s);
    (void)sono_strokes_previews(s, &n);
    assert_int_equal(n, 0);
    sono_strokes_drop_newest(s);
    sono_strokes_drop_oldest(s);
    SonoEdit none = {0};
    assert_int_equal(sono_strokes_end(s, &none, &err), SONO_E_INVALID);
    for (int i = 0; i < 4; i++) {
        sono_edit_clear(&edits[i]);
    }
    sono_strokes_free(s);
}

/* 20,000 points in one stroke, and still the work of a point is its own part of the path. */
static void long_strokes(void **state)
{
    (void)state;
    SceneFixture f;
    scene_fixture_open(&f, 1, WIDTH, 300.0);
    use_tool(&f, "brush");
    (void)pen(&f, SONO_POINTER_DOWN, 500.0, 150.0, 1.0, false);
    for (int i = 0; i < 20000; i++) {
        (void)pen(&f, SONO_POINTER_DRAG, 500.0 + 300.0 * sin(0.01 * i), 150.0 + 90.0 * cos(0.013 * i), 1.0, false);
    }
    SonoOutcome up = pen(&f, SONO_POINTER_UP, 500.0, 150.0, 1.0, false);
    assert_true(up.edited);
    assert_true(up.edit.mask.shapes[0].n_points > 19000);
    sono_edit_clear(&up.edit);
    scene_fixture_close(&f);
}

static void the_hand_holds_the_sound(void **state)
{
    (void)state;
    SceneFixture f;
    scene_fixture_open(&f, 2, WIDTH, HEIGHT);
    SonoViewState *v = sono_scene_view(f.scene);
    use_tool(&f, "hand");
    for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
        sono_view_state_set_scale(v, (SonoAxisScale)scale);
        sono_view_state_fit(v);
        sono_view_state_zoom_time(v, 500.0, 9.0);
        sono_view_state_zoom_freq(v, 150.0, 3.0);
        double t_s = 0.0;
        double hz = 0.0;
        double x = 0.0;
        double y = 0.0;
        sono_view_state_to_sound(v, 1, 500.0, 450.0, &t_s, &hz);
        (void)scene_fixture_point(&f, SONO_POINTER_DOWN, 500.0, 450.0, "");
        assert_int_equal(sono_scene_cursor(f.scene), SONO_CURSOR_GRABBING);
        (void)scene_fixture_point(&f, SONO_POINTER_DRAG, -90000.0, 90000.0, ""); /* against the stops */
        for (int i = 0; i < 100; i++) {
            const SonoOutcome o =
                scene_fixture_point(&f, SONO_POINTER_DRAG, 500.0 + 99.0 * sin(i), 450.0 + 40.0 * cos(i), "");
            assert_true(o.view_changed);
            sono_view_state_to_px(v, 1, t_s, hz, &x, &y);
            assert_near(x, 500.0 + 99.0 * sin(i), 1e-6);
            assert_near(y, 450.0 + 40.0 * cos(i), 1e-6);
        }
        (void)scene_fixture_point(&f, SONO_POINTER_UP, 500.0, 450.0, "");
        assert_int_equal(sono_scene_cursor(f.scene), SONO_CURSOR_GRAB);
    }
    scene_fixture_close(&f);
}

static void zooming(void **state)
{
    (void)state;
    SceneFixture f;
    scene_fixture_open(&f, 2, WIDTH, HEIGHT);
    SonoViewState *v = sono_scene_view(f.scene);
    use_tool(&f, "zoom");
    double t0 = 0.0;
    double t1 = 0.0;
    double f0 = 0.0;
    double f1 = 0.0;
    sono_view_state_to_sound(v, 1, 300.0, 502.0, &t0, &f0);
    sono_view_state_to_sound(v, 1, 500.0, 402.0, &t1, &f1);
    (void)scene_fixture_drag(&f, 500.0, 402.0, 300.0, 502.0, "");
    assert_near(v->t0_s, t0, 1e-9);
    assert_near(v->s_per_px * WIDTH, t1 - t0, 1e-9);
    assert_near(v->axis.f0_hz, f0, 1e-6);
    assert_near(v->axis.f1_hz, f1, 1e-6);
    /* flat: time alone */
    (void)scene_fixture_drag(&f, 250.0, 100.0, 750.0, 104.0, "");
    assert_near(v->s_per_px * WIDTH, 0.5 * (t1 - t0), 1e-9);
    assert_near(v->axis.f1_hz, f1, 1e-6);
    /* in and out about the pointer */
    double t_s = 0.0;
    double hz = 0.0;
    double x = 0.0;
    double y = 0.0;
    const char *const modifiers[] = {"", "", "s", "c", "a"};
    for (int i = 0; i < 5; i++) {
        const SonoViewState before = *v;
        sono_view_state_to_sound(v, 0, 400.0, 120.0, &t_s, &hz);
        scene_fixture_click(&f, 400.0, 120.0, 1, modifiers[i]);
        assert_true(i < 3 ? v->s_per_px < 0.6 * before.s_per_px : v->s_per_px > 1.9 * before.s_per_px);
        assert_int_equal(v->axis.f1_hz == before.axis.f1_hz, i == 2);
        sono_view_state_to_px(v, 0, t_s, hz, &x, &y);
        assert_near(x, 400.0, 1e-6);
        assert_near(y, 120.0, 1e-6);
    }
    scene_fixture_close(&f);
}

static void lent_tools(void **state)
{
    (void)state;
    SceneFixture f;
    scene_fixture_open(&f, 1, WIDTH, 300.0);
    use_tool(&f, "box");
    (void)scene_fixture_point(&f, SONO_POINTER_DOWN, 100.0, 100.0, "");
    sono_scene_lend_tool(f.scene, sono_tool_find("hand"));
    assert_true(sono_scene_is_dragging(f.scene));
    assert_string_equal(sono_scene_tool(f.scene)->name, "box"); /* keeps its drag */
    (void)scene_fixture_point(&f, SONO_POINTER_DRAG, 200.0, 200.0, "");
    (void)scene_fixture_point(&f, SONO_POINTER_UP, 200.0, 200.0, "");
    assert_false(sono_selection_is_empty(sono_scene_selection(f.scene)));
    assert_string_equal(sono_scene_tool(f.scene)->name, "hand");
    assert_false(scene_fixture_drag(&f, 300.0, 100.0, 400.0, 200.0, "").selection_changed);
    sono_scene_lend_tool(f.scene, NULL);
    assert_string_equal(sono_scene_tool(f.scene)->name, "box");
    scene_fixture_close(&f);
}

/* What a drag may change. */
typedef struct Before {
    SonoViewState view;
    SonoSelection selection;
    size_t n_previews;
} Before;

static Before remember(SceneFixture *f)
{
    SonoError err = {0};
    Before b = {.view = *sono_scene_view(f->scene), .n_previews = n_previews(f)};
    assert_ok(sono_selection_assign(&b.selection, sono_scene_selection(f->scene), &err), err);
    return b;
}

static void assert_as_before(SceneFixture *f, Before *b)
{
    const SonoViewState *v = sono_scene_view(f->scene);
    const SonoSelection *s = sono_scene_selection(f->scene);
    assert_true(v->t0_s == b->view.t0_s && v->s_per_px == b->view.s_per_px);
    assert_true(v->axis.f0_hz == b->view.axis.f0_hz && v->axis.f1_hz == b->view.axis.f1_hz);
    assert_int_equal(s->mask.n_shapes, b->selection.mask.n_shapes);
    assert_int_equal(sono_selection_is_empty(s), sono_selection_is_empty(&b->selection));
    for (size_t i = 0; i < s->mask.n_shapes; i++) {
        assert_memory_equal(&s->mask.shapes[i].box, &b->selection.mask.shapes[i].box, sizeof(SonoRegion));
        assert_int_equal(s->mask.shapes[i].combine, b->selection.mask.shapes[i].combine);
    }
    assert_true(sono_selection_is_empty(s) || s->channel == b->selection.channel);
    assert_int_equal(n_previews(f), b->n_previews);
    assert_false(sono_strokes_is_painting(sono_scene_strokes(f->scene)));
    assert_false(sono_scene_is_dragging(f->scene));
    sono_selection_clear(&b->selection);
}

static double uniform(uint64_t *seed, double low, double high)
{
    return low + (high - low) * (0.5 + 0.5 * (double)sono_test_noise(seed));
}

static void assert_inside(SceneFixture *f)
{
    const SonoViewState *v = sono_scene_view(f->scene);
    const SonoSelection *s = sono_scene_selection(f->scene);
    assert_true(v->t0_s >= 0.0 && v->s_per_px > 0.0);
    assert_true(v->t0_s + v->s_per_px * v->width_px <= v->end_s * (1.0 + 1e-9));
    assert_true(v->axis.f0_hz >= 0.0 && v->axis.f0_hz < v->axis.f1_hz && v->axis.f1_hz <= v->nyquist_hz);
    const SonoLane last = sono_view_state_lane(v, sono_view_state_n_lanes(v) - 1);
    assert_true(last.channel >= 0 && last.channel < v->n_channels && last.y_px + last.height_px <= v->height_px + 1e-9);
    assert_true(s->channel >= -1 && s->channel < v->n_channels);
    for (size_t i = 0; i < s->mask.n_shapes; i++) {
        const SonoRegion *b = &s->mask.shapes[i].box;
        assert_false(sono_region_is_empty(*b));
        if (s->mask.shapes[i].combine == SONO_COMBINE_ADD) {
            assert_true(b->t0_s >= 0.0 && b->t1_s <= v->end_s && b->f0_hz >= 0.0 && b->f1_hz <= v->nyquist_hz);
        }
    }
}

/* Tools, views, lanes and settings change between events, and sometimes in the middle of a drag. */
static void disturb(SceneFixture *f, uint64_t *seed)
{
    SonoViewState *v = sono_scene_view(f->scene);
    const int what = (int)uniform(seed, 0.0, 14.0);
    static const char *const names[] = {"time", "freq", "box", "brush", "eraser", "hand", "zoom"};
    static const char *const moves[] = {"pan-left", "page-right", "zoom-in",   "zoom-out",      "zoom-in-freq",
                                        "pan-up",   "go-end",     "lane-next", "lane-previous", "zoom-fit"};
    if (what < 5) {
        sono_scene_set_tool(f->scene, sono_tool_find(names[(int)uniform(seed, 0.0, 7.0)]));
    } else if (what < 8) {
        assert_true(sono_view_state_command(v, moves[(int)uniform(seed, 0.0, 10.0)]));
    } else if (what == 8) {
        sono_view_state_set_scale(v, (SonoAxisScale)(int)uniform(seed, 0.0, 3.0));
    } else if (what == 9) {
        sono_view_state_set_only_channel(v, (int)uniform(seed, -1.0, 4.0));
    } else if (what == 10) {
        (void)sono_view_state_resize(v, floor(uniform(seed, 1.0, 1500.0)), floor(uniform(seed, 1.0, 800.0)));
    } else if (what == 11) {
        sono_scene_options(f->scene)->all_channels = uniform(seed, 0.0, 1.0) < 0.5;
    } else if (what == 12) {
        sono_scene_lend_tool(f->scene, uniform(seed, 0.0, 1.0) < 0.3 ? sono_tool_find("hand") : NULL);
    } else {
        sono_scene_wheel(f->scene, uniform(seed, -2.0, 2.0), uniform(seed, -3.0, 3.0), uniform(seed, 0.0, 1.0) < 0.5,
                         uniform(seed, 0.0, 1.0) < 0.5);
    }
}

static SonoPointer random_pointer(const SonoViewState *v, uint64_t *seed)
{
    const double far = uniform(seed, 0.0, 1.0) < 0.05 ? 1e5 : 40.0;
    const float kind = sono_test_noise(seed);
    return (SonoPointer){.kind = kind > 0.0f    ? SONO_POINTER_DRAG
                                 : kind > -0.4f ? SONO_POINTER_HOVER
                                 : kind > -0.6f ? SONO_POINTER_DOWN
                                 : kind > -0.8f ? SONO_POINTER_UP
                                 : kind > -0.9f ? SONO_POINTER_CANCEL
                                                : SONO_POINTER_LEAVE,
                         .x_px = uniform(seed, -far, v->width_px + far),
                         .y_px = uniform(seed, -far, v->height_px + far),
                         .pressure = uniform(seed, -0.2, 1.2),
                         .eraser = sono_test_noise(seed) > 0.9f,
                         .shift = sono_test_noise(seed) > 0.5f,
                         .ctrl = sono_test_noise(seed) > 0.7f,
                         .alt = sono_test_noise(seed) > 0.7f,
                         .n_press = sono_test_noise(seed) > 0.7f ? 2 : 1};
}

static void random_events(void **state)
{
    (void)state;
    for (uint64_t run = 1; run <= 6; run++) {
        SceneFixture f;
        uint64_t seed = 77 * run;
        scene_fixture_open(&f, 3, WIDTH, HEIGHT);
        Before before = {0};
        bool undisturbed = false;
        int n_edits = 0;
        int n_cancelled = 0;
        for (int i = 0; i < 10000; i++) {
            if (sono_test_noise(&seed) > 0.8f) {
                undisturbed = undisturbed && !sono_scene_is_dragging(f.scene);
                disturb(&f, &seed);
            }
            const SonoPointer p = random_pointer(sono_scene_view(f.scene), &seed);
            const bool was_dragging = sono_scene_is_dragging(f.scene);
            SonoOutcome outcome = {0};
            SonoError err = {0};
            if (p.kind == SONO_POINTER_DOWN && !was_dragging) {
                sono_selection_clear(&before.selection);
                before = remember(&f);
                undisturbed = true;
            } else if (p.kind == SONO_POINTER_DOWN) {
                undisturbed = false; /* cancels the one before */
            }
            const SonoStatus status = sono_scene_point(f.scene, &p, &outcome, &err);
            if (status != SONO_OK && status != SONO_E_LIMIT) {
                fail_msg("event %d of run %d: %s", i, (int)run, err.message);
            }
            (void)sono_scene_cursor(f.scene);
            assert_inside(&f);
            if (p.kind == SONO_POINTER_CANCEL && was_dragging && undisturbed) {
                assert_as_before(&f, &before);
                n_cancelled++;
            }
            if (outcome.edited) {
                assert_true(p.kind == SONO_POINTER_UP && outcome.edit.mask.n_shapes == 1);
                sono_strokes_committed(sono_scene_strokes(f.scene));
                sono_strokes_landed(sono_scene_strokes(f.scene));
                n_edits++;
            }
            sono_edit_clear(&outcome.edit);
        }
        assert_true(n_edits > 50 && n_cancelled > 50);
        sono_selection_clear(&before.selection);
        scene_fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table),
        cmocka_unit_test(strokes_become_edits),
        cmocka_unit_test(strokes_keep_step),
        cmocka_unit_test(long_strokes),
        cmocka_unit_test(the_hand_holds_the_sound),
        cmocka_unit_test(zooming),
        cmocka_unit_test(lent_tools),
        cmocka_unit_test(random_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
