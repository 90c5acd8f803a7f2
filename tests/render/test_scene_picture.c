/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scene without OpenGL: the painter's picture has all lanes, the selection and edits on their way; what was analysed
 * serves colours, selections and the probe. (The stage's renderer is not used.) */
#include "scene_stage.h"

#include "sono_clock.h"
#include "sono_commit.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define LANE_PX 179
/* Of 255: the painter looks at four slices of a column, the tiles at all. */
#define MEAN_APART 3.0

/* The picture of the view as it is now (the caller frees). */
static uint8_t *picture(SonoScene *scene)
{
    SonoError err = {0};
    bool settled = false;
    int width = 0;
    int height = 0;
    uint8_t *rgb = NULL;
    sono_scene_ask_picture(scene, 1);
    for (int i = 0; i < 5000 && !settled; i++) {
        sono_free(rgb);
        rgb = sono_scene_take_picture(scene, &width, &height, &settled, &err);
        assert_int_equal(err.code, SONO_OK);
        (void)nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    assert_true(settled);
    assert_non_null(rgb);
    assert_true(width == WIDTH && height == HEIGHT);
    return rgb;
}

/* The selection's marks, which must have changed, over a picture. */
static void lay_marks(SonoScene *scene, uint8_t *rgb)
{
    SonoError err = {0};
    SonoMarks marks = {0};
    assert_ok(sono_scene_take_marks(scene, 1, &marks, &err), err);
    assert_true(marks.changed && marks.width_px == WIDTH && marks.height_px == HEIGHT);
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT && marks.rgba; i++) {
        const uint8_t *mark = marks.rgba + 4 * i;
        for (size_t c = 0; c < 3; c++) {
            rgb[3 * i + c] = (uint8_t)(mark[c] + (rgb[3 * i + c] * (255 - mark[3]) + 127) / 255);
        }
    }
    sono_free(marks.rgba);
    assert_ok(sono_scene_take_marks(scene, 1, &marks, &err), err);
    assert_false(marks.changed);
}

static int brightness(const uint8_t *rgb, int x0, int y0, int width, int height)
{
    int sum = 0;
    for (int y = y0; y < y0 + height; y++) {
        for (int x = x0; x < x0 + width; x++) {
            const uint8_t *px = rgb + 3 * ((size_t)y * WIDTH + (size_t)x);
            sum += px[0] + px[1] + px[2];
        }
    }
    return sum / (width * height);
}

static void all_lanes(void **state)
{
    (void)state;
    Stage s;
    stage_open(&s, 2);
    SonoScene *scene = stage_scene(&s, s.clip);
    uint8_t *rgb = picture(scene);
    const int upper = brightness(rgb, 100, 20, 400, 120);
    const int lower = brightness(rgb, 100, 20 + 181, 400, 120);
    assert_true(lower > 0 && upper > lower); /* fainter */
    for (int x = 0; x < WIDTH; x++) {        /* the gap */
        assert_memory_equal(rgb + 3 * (LANE_PX * WIDTH + x), ((uint8_t[]){14, 15, 18}), 3);
    }
    /* the probe reads from what was painted */
    SonoEdit none = {0};
    stage_point(scene, SONO_POINTER_HOVER, 300.5, 60.5, &none);
    const double upper_db = sono_scene_probe(scene).level_db;
    stage_point(scene, SONO_POINTER_HOVER, 300.5, 60.5 + 181.0, &none);
    assert_true(fabs(upper_db - sono_scene_probe(scene).level_db - 6.02) < 0.02);
    assert_true(sono_scene_fit_contrast(scene));
    sono_free(rgb);
    sono_scene_free(scene);
    stage_close(&s);
}

/* In bands: like the tiles', background where there are none. */
static void bands(void **state)
{
    (void)state;
    Stage s;
    SonoError err = {0};
    stage_open(&s, 1);
    SonoScene *scene = stage_scene(&s, s.clip);
    SonoPlan *plan = NULL;
    SonoParams params;
    const SonoTransform *cqt = sono_transform_find("cqt");
    assert_ok(sono_params_parse(cqt->params, "fmin_hz=300 bins_per_octave=24", &params, &err), err);
    assert_ok(sono_display_plan(s.engine, cqt, &params, RATE, N_FRAMES, &plan, &err), err);
    assert_ok(sono_scene_set_transform(scene, plan, &err), err);
    uint8_t *rgb = picture(scene);
    (void)stage_settle(&s, scene, NULL, NULL);
    double apart = 0.0;
    int n_background = 0;
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const uint8_t *px = rgb + 3 * ((size_t)y * WIDTH + (size_t)x);
            const uint8_t *tile = s.frame + 4 * ((size_t)(HEIGHT - 1 - y) * WIDTH + (size_t)x);
            const bool is_background = memcmp(px, (const uint8_t[]){14, 15, 18}, 3) == 0;
            n_background += is_background;
            assert_true(is_background == (memcmp(tile, (const uint8_t[]){14, 15, 18}, 3) == 0));
            apart += abs(px[0] - tile[0]) + abs(px[1] - tile[1]) + abs(px[2] - tile[2]);
        }
    }
    assert_true(n_background > 20 * WIDTH && n_background < HEIGHT * WIDTH / 2);
    assert_true(apart / (3.0 * WIDTH * HEIGHT) < MEAN_APART);
    sono_free(rgb);
    sono_plan_unref(plan);
    sono_scene_free(scene);
    stage_close(&s);
}

static void selection_and_edits(void **state)
{
    (void)state;
    Stage s;
    SonoError err = {0};
    SonoEdit edit = {0};
    stage_open(&s, 2);
    SonoScene *scene = stage_scene(&s, s.clip);
    sono_scene_options(scene)->all_channels = false;
    uint8_t *plain = picture(scene);

    sono_scene_set_tool(scene, sono_tool_find("box"));
    stage_point(scene, SONO_POINTER_DOWN, 200.0, 40.0, &edit);
    stage_point(scene, SONO_POINTER_DRAG, 400.0, 140.0, &edit);
    stage_point(scene, SONO_POINTER_UP, 400.0, 140.0, &edit);
    uint8_t *selected = picture(scene);
    assert_memory_equal(selected, plain, (size_t)3 * WIDTH * HEIGHT); /* it is not in the picture, which lags behind */
    lay_marks(scene, selected);
    assert_true(brightness(selected, 450, 60, 100, 60) < brightness(plain, 450, 60, 100, 60));
    assert_int_equal(brightness(selected, 220, 60, 160, 60), brightness(plain, 220, 60, 160, 60));
    assert_memory_equal(selected + 3 * 181 * WIDTH, plain + 3 * 181 * WIDTH, (size_t)3 * LANE_PX * WIDTH);
    assert_true(brightness(selected, 220, 40, 160, 1) > 2 * brightness(plain, 220, 40, 160, 1)); /* its outline */
    sono_selection_clear(sono_scene_selection(scene));

    /* an edit on its way is seen at once, in its lane; in the document it is not applied twice */
    stage_erase(scene, 200.0, 90.0, &edit);
    uint8_t *preview = picture(scene);
    assert_true(brightness(preview, 250, 85, 100, 10) < brightness(plain, 250, 85, 100, 10) / 3);
    assert_memory_equal(preview + 3 * 181 * WIDTH, plain + 3 * 181 * WIDTH, (size_t)3 * LANE_PX * WIDTH);
    SonoClip *edited = NULL;
    SonoCommitReport report = {0};
    assert_ok(sono_commit(s.engine, s.clip, &edit, NULL, NULL, &edited, &report, &err), err);
    sono_strokes_committed(sono_scene_strokes(scene));
    assert_ok(sono_scene_set_sound(scene, s.plan, edited, 2, END_S, sono_clip_revision(s.clip), report.dirty, &err),
              err);
    uint8_t *committed = picture(scene);
    SonoScene *fresh = stage_scene(&s, edited);
    uint8_t *expected = picture(fresh);
    assert_memory_equal(committed, expected, (size_t)3 * WIDTH * HEIGHT);
    size_t n = 0;
    (void)sono_strokes_previews(sono_scene_strokes(scene), &n);
    assert_int_equal(n, 0); /* landed */

    /* the original meanwhile */
    assert_ok(sono_scene_set_compare(scene, s.clip, &err), err);
    uint8_t *compared = picture(scene);
    assert_memory_equal(compared, plain, (size_t)3 * WIDTH * HEIGHT);
    sono_scene_free(fresh);
    sono_scene_free(scene);
    sono_clip_unref(edited);
    sono_edit_clear(&edit);
    sono_free(plain);
    sono_free(selected);
    sono_free(preview);
    sono_free(committed);
    sono_free(expected);
    sono_free(compared);
    stage_close(&s);
}

/* The marks need no picture: they are those of the drag at every moment of it, and a tool's own rectangle is among
 * them. */
static void marks_follow_the_pointer(void **state)
{
    (void)state;
    Stage s;
    SonoEdit edit = {0};
    SonoError err = {0};
    SonoMarks marks = {0};
    stage_open(&s, 2);
    SonoScene *scene = stage_scene(&s, s.clip);
    assert_ok(sono_scene_take_marks(scene, 1, &marks, &err), err);
    assert_null(marks.rgba);
    const char *const tools[] = {"box", "zoom"};
    for (int t = 0; t < 2; t++) {
        sono_scene_set_tool(scene, sono_tool_find(tools[t]));
        stage_point(scene, SONO_POINTER_DOWN, 200.0, 40.0, &edit);
        for (int x = 300; x <= 400; x += 100) {
            stage_point(scene, SONO_POINTER_DRAG, x, 140.0, &edit);
            assert_ok(sono_scene_take_marks(scene, 1, &marks, &err), err);
            assert_true(marks.changed);
            assert_non_null(marks.rgba);
            const uint8_t *inside = marks.rgba + 4 * (90 * WIDTH + x - 20);
            const uint8_t *outside = marks.rgba + 4 * (90 * WIDTH + x + 20);
            assert_int_equal(inside[3], 0);
            assert_int_equal(outside[3], 46); /* dimmed by 18 % */
            sono_free(marks.rgba);
        }
        stage_point(scene, SONO_POINTER_CANCEL, 400.0, 140.0, &edit);
        assert_ok(sono_scene_take_marks(scene, 1, &marks, &err), err);
        assert_true(marks.changed && !marks.rgba);
    }
    sono_scene_free(scene);
    stage_close(&s);
}

/* Another range of colours is another picture of the same analysis: the same as a fresh one's. */
static void colours_cost_no_analysis(void **state)
{
    (void)state;
    Stage s;
    stage_open(&s, 2);
    SonoScene *scene = stage_scene(&s, s.clip);
    const double t0_s = sono_now_s();
    sono_free(picture(scene));
    const double t1_s = sono_now_s();
    sono_scene_view(scene)->floor_db = -60.0;
    uint8_t *again = picture(scene);
    const double t2_s = sono_now_s();
    print_message("first picture %.1f ms, other colours %.1f ms\n", 1e3 * (t1_s - t0_s), 1e3 * (t2_s - t1_s));
    SonoScene *fresh = stage_scene(&s, s.clip);
    sono_scene_view(fresh)->floor_db = -60.0;
    uint8_t *expected = picture(fresh);
    assert_memory_equal(again, expected, (size_t)3 * WIDTH * HEIGHT);
    sono_free(again);
    sono_free(expected);
    sono_scene_free(fresh);
    sono_scene_free(scene);
    stage_close(&s);
}

/* The renderer's and the painter's pictures of the same scene: how far they are apart at the mean, of 255; of the marks
 * of a selection, how many pixels are not the same. */
static double compare_with_renderer(Stage *s, SonoScene *scene, int *n_other_marks)
{
    (void)stage_settle(s, scene, NULL, NULL);
    uint8_t *painted = picture(scene);
    lay_marks(scene, painted);
    double sum = 0.0;
    *n_other_marks = 0;
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const uint8_t *gl = s->frame + 4 * ((size_t)(HEIGHT - 1 - y) * WIDTH + (size_t)x);
            const uint8_t *cpu = painted + 3 * ((size_t)y * WIDTH + (size_t)x);
            const bool gl_light = gl[0] > 230 && gl[1] > 230 && gl[2] > 230;
            const bool cpu_light = cpu[0] > 230 && cpu[1] > 230 && cpu[2] > 230;
            *n_other_marks += gl_light != cpu_light;
            for (int c = 0; c < 3; c++) {
                sum += abs(gl[c] - cpu[c]);
            }
        }
    }
    sono_free(painted);
    return sum / (3.0 * WIDTH * HEIGHT);
}

/* With OpenGL and without one sees the same sound, the same selection, the same edits on their way, in all lanes. */
static void as_the_renderer_draws(void **state)
{
    (void)state;
    Stage s;
    SonoEdit edit = {0};
    int n_other_marks = 0;
    stage_open(&s, 2);
    SonoScene *scene = stage_scene(&s, s.clip);
    assert_true(compare_with_renderer(&s, scene, &n_other_marks) < MEAN_APART);
    assert_int_equal(n_other_marks, 0);
    for (int scale = 0; scale < 3; scale++) {
        (void)sono_scene_set_scale(scene, sono_scale_names[scale]);
        sono_scene_set_tool(scene, sono_tool_find("box"));
        stage_point(scene, SONO_POINTER_DOWN, 200.0, 40.0, &edit);
        stage_point(scene, SONO_POINTER_DRAG, 400.0, 140.0, &edit);
        stage_point(scene, SONO_POINTER_UP, 400.0, 140.0, &edit);
        stage_point(scene, SONO_POINTER_LEAVE, 0.0, 0.0, &edit);
        assert_true(compare_with_renderer(&s, scene, &n_other_marks) < MEAN_APART);
        assert_int_equal(n_other_marks, 0);
    }
    sono_selection_clear(sono_scene_selection(scene));
    stage_erase(scene, 200.0, 90.0, &edit);
    assert_true(compare_with_renderer(&s, scene, &n_other_marks) < MEAN_APART);
    sono_edit_clear(&edit);
    sono_scene_free(scene);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_lanes),
        cmocka_unit_test(bands),
        cmocka_unit_test(selection_and_edits),
        cmocka_unit_test(marks_follow_the_pointer),
        cmocka_unit_test(as_the_renderer_draws),
        cmocka_unit_test(colours_cost_no_analysis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
