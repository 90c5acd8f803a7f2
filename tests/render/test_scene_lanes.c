/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scene of two channels: edits in one lane, the original shown meanwhile, the selection in the picture, levels under
 * the pointer, coarse frames while moving. */
#include "scene_stage.h"

#include "scene.h"

#include "sono_commit.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

/* Lane 0 is the upper 179 rows, then a gap of 2, then lane 1. */
#define LANE_PX 179

static const uint8_t *lane_0(const uint8_t *frame)
{
    return frame + (size_t)4 * WIDTH * (HEIGHT - LANE_PX);
}

static uint8_t *copy_frame(const Stage *s)
{
    uint8_t *copy = sono_calloc(FRAME_BYTES, 1);
    assert_non_null(copy);
    memcpy(copy, s->frame, FRAME_BYTES);
    return copy;
}

static void assert_frame(const Stage *s, const uint8_t *expected)
{
    assert_memory_equal(s->frame, expected, FRAME_BYTES);
}

/* Brightness of a rectangle, from the top. */
static int brightness(const uint8_t *frame, int x0, int y0, int width, int height)
{
    int sum = 0;
    for (int y = y0; y < y0 + height; y++) {
        for (int x = x0; x < x0 + width; x++) {
            const uint8_t *px = frame + 4 * ((size_t)(HEIGHT - 1 - y) * WIDTH + (size_t)x);
            sum += px[0] + px[1] + px[2];
        }
    }
    return sum / (width * height);
}

/* Commit on the scene's sound, and show it. The new clip is the caller's. */
static SonoClip *commit(Stage *s, SonoScene *scene, const SonoClip *clip, const SonoEdit *edit)
{
    SonoError err = {0};
    SonoClip *edited = NULL;
    SonoCommitReport report = {0};
    assert_ok(sono_commit(s->engine, clip, edit, NULL, NULL, &edited, &report, &err), err);
    sono_strokes_committed(sono_scene_strokes(scene));
    assert_ok(sono_scene_set_sound(scene, s->plan, edited, 2, END_S, sono_clip_revision(clip), report.dirty, &err),
              err);
    return edited;
}

static void edits_stay_in_their_lane(void **state)
{
    (void)state;
    Stage s;
    stage_open(&s, 2);
    SonoScene *scene = stage_scene(&s, s.clip);
    sono_scene_options(scene)->all_channels = false;
    (void)stage_settle(&s, scene, NULL, NULL);
    uint8_t *before = copy_frame(&s);
    const int bright = brightness(before, 250, 265, 100, 10);
    SonoEdit edit = {0};
    stage_erase(scene, 200.0, 270.0, &edit);
    assert_true(sono_edit_touches_channel(&edit, 1) && !sono_edit_touches_channel(&edit, 0));
    (void)stage_draw(&s, scene, false);
    assert_true(brightness(s.frame, 250, 265, 100, 10) < bright / 3); /* the very next frame */
    assert_memory_equal(lane_0(s.frame), lane_0(before), (size_t)4 * WIDTH * LANE_PX);
    SonoClip *edited = commit(&s, scene, s.clip, &edit);
    (void)stage_settle(&s, scene, NULL, NULL);
    assert_true(brightness(s.frame, 250, 265, 100, 10) < bright / 3);
    assert_memory_equal(lane_0(s.frame), lane_0(before), (size_t)4 * WIDTH * LANE_PX);
    uint8_t *committed = copy_frame(&s);
    SonoScene *fresh = stage_scene(&s, edited);
    (void)stage_settle(&s, fresh, NULL, NULL);
    assert_frame(&s, committed);
    sono_scene_free(fresh);
    sono_edit_clear(&edit);

    /* linked channels: the same stroke shows in both lanes */
    sono_scene_options(scene)->all_channels = true;
    stage_erase(scene, 200.0, 90.0, &edit);
    (void)stage_draw(&s, scene, false);
    assert_true(brightness(s.frame, 250, 85, 100, 10) < brightness(before, 250, 85, 100, 10) / 3);
    assert_true(brightness(s.frame, 250, 85 + 181, 100, 10) < bright / 3);
    sono_edit_clear(&edit);
    sono_free(before);
    sono_free(committed);
    sono_scene_free(scene);
    sono_clip_unref(edited);
    stage_close(&s);
}

/* The original is shown as it was, edits on their way are not drawn over it, and afterwards everything is as if it had
 * never been shown, also what was committed meanwhile. */
static void compare_and_back(void **state)
{
    (void)state;
    Stage s;
    SonoError err = {0};
    stage_open(&s, 2);
    SonoScene *scene = stage_scene(&s, s.clip);
    (void)stage_settle(&s, scene, NULL, NULL);
    uint8_t *original = copy_frame(&s);
    SonoEdit first = {0};
    SonoEdit second = {0};
    SonoEdit none = {0};
    stage_erase(scene, 100.0, 90.0, &first);
    SonoClip *one = commit(&s, scene, s.clip, &first);
    (void)stage_settle(&s, scene, NULL, NULL);
    uint8_t *after_one = copy_frame(&s);
    stage_erase(scene, 350.0, 90.0, &second); /* painted and not committed yet */
    (void)stage_draw(&s, scene, false);
    uint8_t *with_preview = copy_frame(&s);
    assert_memory_not_equal(with_preview, after_one, FRAME_BYTES);

    assert_ok(sono_scene_set_compare(scene, s.clip, &err), err);
    (void)stage_settle(&s, scene, NULL, NULL);
    assert_frame(&s, original);
    stage_point(scene, SONO_POINTER_DOWN, 300.0, 90.0, &none);
    stage_point(scene, SONO_POINTER_DRAG, 330.0, 90.0, &none);
    stage_point(scene, SONO_POINTER_UP, 330.0, 90.0, &none);
    assert_null(none.operation); /* nothing can be painted */
    stage_point(scene, SONO_POINTER_LEAVE, 0.0, 0.0, &none);
    assert_ok(sono_scene_set_compare(scene, NULL, &err), err);
    (void)stage_draw(&s, scene, false);
    assert_frame(&s, with_preview); /* at once: its tiles are there */

    assert_ok(sono_scene_set_compare(scene, s.clip, &err), err);
    SonoClip *two = commit(&s, scene, one, &second);
    (void)stage_settle(&s, scene, NULL, NULL);
    assert_frame(&s, original);
    assert_ptr_equal(sono_scene_clip(scene), two);
    assert_ok(sono_scene_set_compare(scene, NULL, &err), err);
    (void)stage_settle(&s, scene, NULL, NULL);
    uint8_t *after_two = copy_frame(&s);
    SonoScene *fresh = stage_scene(&s, two);
    (void)stage_settle(&s, fresh, NULL, NULL);
    assert_frame(&s, after_two);

    /* a sound this scene has never seen */
    assert_ok(sono_scene_set_compare(fresh, one, &err), err);
    (void)stage_settle(&s, fresh, NULL, NULL);
    assert_frame(&s, after_one);
    assert_ok(sono_scene_set_compare(fresh, NULL, &err), err);
    (void)stage_settle(&s, fresh, NULL, NULL);
    assert_frame(&s, after_two);
    sono_scene_free(fresh);
    sono_scene_free(scene);
    sono_edit_clear(&first);
    sono_edit_clear(&second);
    sono_clip_unref(one);
    sono_clip_unref(two);
    sono_free(original);
    sono_free(after_one);
    sono_free(with_preview);
    sono_free(after_two);
    stage_close(&s);
}

static void selection_in_the_picture(void **state)
{
    (void)state;
    Stage s;
    SonoEdit none = {0};
    stage_open(&s, 2);
    SonoScene *scene = stage_scene(&s, s.clip);
    sono_scene_options(scene)->all_channels = false;
    sono_scene_set_tool(scene, sono_tool_find("box"));
    (void)stage_settle(&s, scene, NULL, NULL);
    uint8_t *before = copy_frame(&s);
    stage_point(scene, SONO_POINTER_DOWN, 200.0, 220.0, &none);
    stage_point(scene, SONO_POINTER_DRAG, 400.0, 320.0, &none);
    stage_point(scene, SONO_POINTER_UP, 400.0, 320.0, &none);
    stage_point(scene, SONO_POINTER_LEAVE, 0.0, 0.0, &none);
    (void)stage_draw(&s, scene, false);
    assert_memory_equal(lane_0(s.frame), lane_0(before), (size_t)4 * WIDTH * LANE_PX); /* selected in lane 1 alone */
    assert_true(brightness(s.frame, 450, 240, 100, 60) < brightness(before, 450, 240, 100, 60));
    assert_true(brightness(s.frame, 220, 240, 160, 60) >= brightness(before, 220, 240, 160, 60) - 3);

    /* the operation on it while its parameters are moved */
    const int inside = brightness(s.frame, 220, 240, 160, 60);
    SonoToolOptions *o = sono_scene_options(scene);
    o->operation = sono_operation_find("erase");
    o->params = sono_params_defaults(o->operation->params);
    sono_scene_preview_selection(scene, true);
    (void)stage_draw(&s, scene, false);
    assert_true(brightness(s.frame, 220, 240, 160, 60) < inside / 3);
    o->feather_ms = 2000.0; /* the edges get soft at once */
    (void)stage_draw(&s, scene, false);
    assert_true(brightness(s.frame, 205, 240, 8, 60) > brightness(s.frame, 296, 240, 8, 60));
    sono_scene_preview_selection(scene, false);
    (void)stage_draw(&s, scene, false);
    assert_int_equal(brightness(s.frame, 220, 240, 160, 60), inside);
    sono_scene_preview_selection(scene, true);
    stage_point(scene, SONO_POINTER_DOWN, 500.0, 300.0, &none); /* selecting anew ends it */
    stage_point(scene, SONO_POINTER_UP, 500.0, 300.0, &none);
    stage_point(scene, SONO_POINTER_LEAVE, 0.0, 0.0, &none);
    (void)stage_settle(&s, scene, NULL, NULL);
    assert_frame(&s, before);

    /* a rectangle to zoom to is seen while it is dragged */
    sono_scene_set_tool(scene, sono_tool_find("zoom"));
    stage_point(scene, SONO_POINTER_DOWN, 200.0, 220.0, &none);
    stage_point(scene, SONO_POINTER_DRAG, 400.0, 320.0, &none);
    (void)stage_draw(&s, scene, false);
    assert_memory_equal(lane_0(s.frame), lane_0(before), (size_t)4 * WIDTH * LANE_PX);
    assert_true(brightness(s.frame, 450, 240, 100, 60) < brightness(before, 450, 240, 100, 60));
    stage_point(scene, SONO_POINTER_CANCEL, 0.0, 0.0, &none);
    stage_point(scene, SONO_POINTER_LEAVE, 0.0, 0.0, &none);
    (void)stage_draw(&s, scene, false);
    assert_frame(&s, before);
    sono_free(before);
    sono_scene_free(scene);
    stage_close(&s);
}

static double probe_db(SonoScene *scene, double x_px, double y_px, int channel)
{
    SonoEdit none = {0};
    stage_point(scene, SONO_POINTER_HOVER, x_px, y_px, &none);
    const SonoProbe probe = sono_scene_probe(scene);
    assert_true(probe.inside);
    assert_int_equal(probe.channel, channel);
    return probe.level_db;
}

/* The second channel is the first one at half its level. */
static void levels_of_lanes(void **state)
{
    (void)state;
    Stage s;
    SonoEdit none = {0};
    stage_open(&s, 2);
    SonoScene *scene = stage_scene(&s, s.clip);
    assert_false(sono_scene_fit_contrast(scene)); /* no picture yet */
    assert_false(sono_scene_probe(scene).inside);
    (void)stage_settle(&s, scene, NULL, NULL);
    for (int x = 50; x < WIDTH; x += 100) {
        assert_true(fabs(probe_db(scene, x, 60.5, 0) - probe_db(scene, x, 60.5 + 181.0, 1) - 6.02) < 0.02);
    }
    (void)sono_view_state_resize(sono_scene_view(scene), 300.0, HEIGHT); /* away from under the pointer */
    assert_false(sono_scene_probe(scene).inside);
    (void)sono_view_state_resize(sono_scene_view(scene), WIDTH, HEIGHT);
    assert_true(sono_scene_probe(scene).inside);
    stage_point(scene, SONO_POINTER_LEAVE, 0.0, 0.0, &none);
    assert_false(sono_scene_probe(scene).inside);
    assert_true(sono_scene_fit_contrast(scene));
    const SonoViewState *v = sono_scene_view(scene);
    assert_true(fmod(v->floor_db, 5.0) == 0.0 && fmod(v->ceiling_db, 5.0) == 0.0);
    /* the tone of 0.2 is at -14 dB as a peak; the noise of 0.02 spreads over a thousand bins */
    assert_true(v->ceiling_db >= -20.0 && v->ceiling_db <= 0.0);
    assert_true(v->floor_db >= -100.0 && v->floor_db <= -50.0);
    sono_scene_free(scene);
    stage_close(&s);
}

/* On software GL a moving picture is coarser when frames are slow, and never the last word. */
static void moving_is_coarse(void **state)
{
    (void)state;
    Stage s;
    stage_open(&s, 2);
    SonoScene *scene = stage_scene(&s, s.clip);
    (void)stage_settle(&s, scene, NULL, NULL);
    uint8_t *sharp = copy_frame(&s);
    assert_true(stage_draw(&s, scene, true).settled);
    assert_frame(&s, sharp); /* one frame says nothing yet */
    scene->pace.coarser = 1;
    const bool settled = stage_draw(&s, scene, true).settled;
    assert_int_equal(settled, !sono_renderer_is_software(s.renderer));
    if (sono_renderer_is_software(s.renderer)) {
        assert_memory_not_equal(s.frame, sharp, FRAME_BYTES);
    }
    assert_true(stage_draw(&s, scene, false).settled);
    assert_frame(&s, sharp);
    sono_free(sharp);
    sono_scene_free(scene);
    stage_close(&s);
}

/* A machine that needs full_s for a frame at full resolution, of which fixed_s does not depend on it. Returns the sum
 * of the resolutions' divisors over the last n frames. */
static int run_pace(ScenePace *pace, int n_frames, double full_s, double fixed_s, int n)
{
    int sum = 0;
    for (int i = 0; i < n_frames; i++) {
        const int reduce = scene_pace_reduce(pace, true);
        scene_pace_drawn(pace, fixed_s + (full_s - fixed_s) / (reduce * reduce));
        sum += i >= n_frames - n ? scene_pace_reduce(pace, true) : 0;
    }
    return sum;
}

static void coarse_only_when_slow(void **state)
{
    (void)state;
    ScenePace fast = {0};
    assert_int_equal(run_pace(&fast, 500, 0.012, 0.004, 500), 500); /* never */
    for (int i = 0; i < 50; i++) {                                  /* a slow frame now and then is none */
        scene_pace_drawn(&fast, i % 5 == 0 ? 0.200 : 0.010);
        assert_int_equal(scene_pace_reduce(&fast, true), 1);
    }
    ScenePace slow = {0};
    assert_true(run_pace(&slow, 10, 0.045, 0.004, 1) == 2); /* soon */
    assert_int_equal(scene_pace_reduce(&slow, false), 1);   /* but not when the view stands still */
    assert_true(run_pace(&slow, 500, 0.045, 0.004, 500) <= 1000);
    ScenePace slowest = {0};
    assert_int_equal(run_pace(&slowest, 300, 0.150, 0.008, 200), 600);
    assert_int_equal(run_pace(&slowest, 300, 0.008, 0.004, 50), 50); /* the machine has got time again: all of it */

    /* at the border it does not swing to and fro: less than one change in 40 frames */
    ScenePace border = {0};
    int n_changes = 0;
    for (int i = 0, was = 1; i < 1000; i++) {
        const int now = scene_pace_reduce(&border, true);
        scene_pace_drawn(&border, 0.021 / (now * now));
        n_changes += now != was;
        was = now;
    }
    assert_true(n_changes < 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_stay_in_their_lane), cmocka_unit_test(compare_and_back),
        cmocka_unit_test(selection_in_the_picture), cmocka_unit_test(levels_of_lanes),
        cmocka_unit_test(moving_is_coarse),         cmocka_unit_test(coarse_only_when_slow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
