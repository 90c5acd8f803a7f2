/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another transform for what is on screen: the old picture stays, whole, until the new one is there, and what was
 * there once is there at once. */
#include "scene_stage.h"

#include "sono_commit.h"
#include "sono_mem.h"
#include "sono_transform.h"

#include <string.h>

static SonoPlan *make_plan(Stage *s, const char *transform, const char *params)
{
    SonoError err = {0};
    SonoPlan *plan = NULL;
    SonoParams p;
    const SonoTransform *t = sono_transform_find(transform);
    assert_non_null(t);
    assert_ok(sono_params_parse(t->params, params, &p, &err), err);
    assert_ok(sono_display_plan(s->engine, t, &p, RATE, N_FRAMES, &plan, &err), err);
    return plan;
}

static void set_transform(SonoScene *scene, const SonoPlan *plan)
{
    SonoError err = {0};
    assert_ok(sono_scene_set_transform(scene, plan, &err), err);
}

static size_t count_different(const uint8_t *a, const uint8_t *b)
{
    size_t n = 0;
    for (size_t i = 0; i < FRAME_BYTES; i += 4) {
        n += memcmp(a + i, b + i, 3) != 0;
    }
    return n;
}

typedef struct World {
    Stage stage;
    SonoScene *scene;
    uint8_t *before, *other;
} World;

static void open_world(World *w)
{
    stage_open(&w->stage, 1);
    w->scene = stage_scene(&w->stage, w->stage.clip);
    w->before = sono_calloc(FRAME_BYTES, 1);
    w->other = sono_calloc(FRAME_BYTES, 1);
    assert_true(w->before && w->other);
    (void)stage_settle(&w->stage, w->scene, NULL, NULL);
    memcpy(w->before, w->stage.frame, FRAME_BYTES);
}

static void close_world(World *w)
{
    sono_scene_free(w->scene);
    sono_free(w->before);
    sono_free(w->other);
    stage_close(&w->stage);
}

/* Until the report says that the picture is that of the new plan, every frame is the old picture, bit for bit; all are
 * whole. Returns the number of old frames. */
static int draw_until_current(World *w)
{
    for (int n = 0; n < 4000; n++) {
        const SonoSceneReport report = stage_draw(&w->stage, w->scene, false);
        assert_true(report.whole || !report.current);
        if (report.current) {
            return n;
        }
        assert_memory_equal(w->stage.frame, w->before, FRAME_BYTES);
        assert_false(report.settled);
    }
    fail_msg("the new picture never comes");
    return 0;
}

static void the_old_picture_stays(void **state)
{
    (void)state;
    static const char *const others[][2] = {
        {"vqt", "bins_per_octave=48"}, {"erb", ""}, {"bark", ""}, {"stft", "size=512 hop=128"}, {"nsgt", ""}};
    World w;
    open_world(&w);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        SonoPlan *plan = make_plan(&w.stage, others[i][0], others[i][1]);
        set_transform(w.scene, plan);
        assert_true(draw_until_current(&w) > 0);
        assert_true(count_different(w.stage.frame, w.before) > WIDTH * HEIGHT / 2);
        (void)stage_settle(&w.stage, w.scene, NULL, NULL);
        memcpy(w.other, w.stage.frame, FRAME_BYTES);
        /* back, and there again: both pictures are kept */
        set_transform(w.scene, w.stage.plan);
        assert_int_equal(draw_until_current(&w), 0);
        assert_memory_equal(w.stage.frame, w.before, FRAME_BYTES);
        set_transform(w.scene, plan);
        assert_int_equal(draw_until_current(&w), 0);
        assert_memory_equal(w.stage.frame, w.other, FRAME_BYTES);
        set_transform(w.scene, w.stage.plan);
        (void)stage_settle(&w.stage, w.scene, NULL, NULL);
        sono_plan_unref(plan);
    }
    close_world(&w);
}

static bool is_background(const uint8_t *px)
{
    return px[0] == 14 && px[1] == 15 && px[2] == 18;
}

/* Close in, then along the sound while the rest is being made: what the new plan lacks is seen in the old one. */
static void panning_finds_no_holes(void **state)
{
    (void)state;
    World w;
    open_world(&w);
    SonoViewState *v = sono_scene_view(w.scene);
    sono_view_state_zoom_time(v, 0.0, 12.0);
    (void)stage_settle(&w.stage, w.scene, NULL, NULL);
    memcpy(w.before, w.stage.frame, FRAME_BYTES);
    SonoPlan *plan = make_plan(&w.stage, "mel", "");
    set_transform(w.scene, plan);
    (void)draw_until_current(&w);
    for (int i = 0; i < 30; i++) {
        sono_view_state_pan(v, -0.35 * WIDTH, 0.0);
        (void)stage_draw(&w.stage, w.scene, true);
        for (int x = 0; x < WIDTH; x++) {
            assert_false(is_background(w.stage.frame + 4 * (WIDTH * (HEIGHT / 2) + x)));
        }
    }
    (void)stage_settle(&w.stage, w.scene, NULL, NULL);
    sono_plan_unref(plan);
    close_world(&w);
}

/* From one to the next before the first has come; then to none that could be shown. */
static void the_last_one_counts(void **state)
{
    (void)state;
    World w;
    SonoError err = {0};
    open_world(&w);
    SonoPlan *first = make_plan(&w.stage, "cqt", "");
    SonoPlan *second = make_plan(&w.stage, "erb", "");
    set_transform(w.scene, first);
    (void)stage_draw(&w.stage, w.scene, false);
    assert_memory_equal(w.stage.frame, w.before, FRAME_BYTES);
    set_transform(w.scene, second);
    (void)draw_until_current(&w);
    (void)stage_settle(&w.stage, w.scene, NULL, NULL);
    assert_ptr_equal(sono_scene_plan(w.scene), second);
    memcpy(w.other, w.stage.frame, FRAME_BYTES);
    SonoPlan *wrong = NULL;
    assert_ok(sono_display_plan(w.stage.engine, NULL, NULL, 44100.0, 0, &wrong, &err), err);
    assert_int_equal(sono_scene_set_transform(w.scene, wrong, &err), SONO_E_INVALID);
    assert_true(stage_draw(&w.stage, w.scene, false).current);
    assert_memory_equal(w.stage.frame, w.other, FRAME_BYTES);
    sono_plan_unref(first);
    sono_plan_unref(second);
    sono_plan_unref(wrong);
    close_world(&w);
}

/* The axis starts at the lowest band, and the notes are those of the plan. */
static void axis_and_tuning_follow(void **state)
{
    (void)state;
    World w;
    open_world(&w);
    SonoViewState *v = sono_scene_view(w.scene);
    SonoPlan *plan = make_plan(&w.stage, "cqt", "fmin_hz=55 tuning_hz=442");
    assert_true(sono_scene_set_scale(w.scene, "log"));
    sono_view_state_fit(v);
    assert_true(v->axis.f0_hz == 20.0 && v->tuning_hz == 440.0);
    set_transform(w.scene, plan);
    assert_true(v->axis.f0_hz > 50.0 && v->axis.f0_hz < 56.0);
    assert_true(v->tuning_hz == 442.0 && v->axis.f1_hz == 0.5 * RATE);
    set_transform(w.scene, w.stage.plan);
    assert_true(v->axis.f0_hz == 20.0 && v->tuning_hz == 442.0); /* an STFT has none of its own */
    v->axis.f0_hz = 300.0;                                       /* a part of the axis stays */
    set_transform(w.scene, plan);
    assert_true(v->axis.f0_hz > 299.999 && v->axis.f0_hz < 300.001);
    sono_plan_unref(plan);
    close_world(&w);
}

/* Edits go on meanwhile: what lands is the new sound in the new plan, and shows no longer a preview of it. */
static void edits_go_on(void **state)
{
    (void)state;
    World w;
    open_world(&w);
    SonoEdit edit = {0};
    SonoError err = {0};
    SonoClip *edited = NULL;
    SonoCommitReport report = {0};
    stage_erase(w.scene, 200.0, 180.0, &edit);
    SonoPlan *plan = make_plan(&w.stage, "vqt", "");
    set_transform(w.scene, plan);
    assert_ok(sono_commit(w.stage.engine, w.stage.clip, &edit, NULL, NULL, &edited, &report, &err), err);
    sono_strokes_committed(sono_scene_strokes(w.scene));
    assert_ok(
        sono_scene_set_sound(w.scene, plan, edited, 1, END_S, sono_clip_revision(w.stage.clip), report.dirty, &err),
        err);
    (void)stage_settle(&w.stage, w.scene, NULL, NULL);
    memcpy(w.other, w.stage.frame, FRAME_BYTES);
    /* as a scene shows it that has never seen anything else */
    SonoScene *fresh = stage_scene(&w.stage, edited);
    set_transform(fresh, plan);
    (void)stage_settle(&w.stage, fresh, NULL, NULL);
    assert_true(count_different(w.stage.frame, w.other) == 0);
    sono_scene_free(fresh);
    sono_clip_unref(edited);
    sono_edit_clear(&edit);
    sono_plan_unref(plan);
    close_world(&w);
}

/* Also where the same level of frequency is wanted in two places, below and above a coarser or a finer one. */
static void every_axis_settles(void **state)
{
    (void)state;
    static const char *const banks[][2] = {{"cqt", "bins_per_octave=96 fmin_hz=20"}, {"bark", "bands_per_bark=24"}};
    World w;
    bool comes_back = false;
    open_world(&w);
    for (size_t i = 0; i < sizeof banks / sizeof *banks; i++) {
        SonoPlan *plan = make_plan(&w.stage, banks[i][0], banks[i][1]);
        set_transform(w.scene, plan);
        for (int scale = 0; scale < SONO_N_SCALES; scale++) {
            assert_true(sono_scene_set_scale(w.scene, sono_scale_names[scale]));
            sono_view_state_fit(sono_scene_view(w.scene));
            (void)stage_settle(&w.stage, w.scene, NULL, NULL);
            const SonoRenderView view = sono_view_state_render_view(sono_scene_view(w.scene), 0, 1);
            const SonoViewLevels l = sono_view_levels(&view, plan);
            for (int b = 2; b < l.n_bands; b++) {
                comes_back = comes_back || l.bands[b].level_f == l.bands[b - 2].level_f;
            }
        }
        sono_plan_unref(plan);
    }
    assert_true(comes_back);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_old_picture_stays), cmocka_unit_test(panning_finds_no_holes),
        cmocka_unit_test(the_last_one_counts),   cmocka_unit_test(axis_and_tuning_follow),
        cmocka_unit_test(edits_go_on),           cmocka_unit_test(every_axis_settles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
