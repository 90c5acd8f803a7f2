/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole way of a stroke without a window: paint, preview, commit, new tiles. Between the release of the brush and
 * the committed picture there is no frame that is neither the preview nor the result; and the picture after an edit,
 * made from the tiles before it, is the picture that a fresh start gives. */
#include "scene_stage.h"

#include "sono_commit.h"
#include "sono_mem.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

/* Brightness inside the stroke. */
static int inside(const Stage *f)
{
    int sum = 0;
    for (int x = 250; x < 350; x++) {
        for (int y = HEIGHT - 185; y < HEIGHT - 175; y++) {
            const uint8_t *px = &f->frame[4 * (y * WIDTH + x)];
            sum += px[0] + px[1] + px[2];
        }
    }
    return sum / 1000;
}

typedef struct Watch {
    const Stage *stage;
    int brightest, n;
} Watch;

static void watch_inside(void *ctx)
{
    Watch *w = ctx;
    const int now = inside(w->stage);
    w->brightest = now > w->brightest ? now : w->brightest;
    w->n++;
}

static void stroke_to_picture(void **state)
{
    (void)state;
    Stage f;
    stage_open(&f, 1);
    static uint8_t before[FRAME_BYTES];
    static uint8_t committed[FRAME_BYTES];
    SonoError err = {0};
    SonoScene *scene = stage_scene(&f, f.clip);
    (void)stage_settle(&f, scene, NULL, NULL);
    memcpy(before, f.frame, FRAME_BYTES);
    const int bright = inside(&f);

    /* the frame after the stroke shows it */
    SonoEdit edit = {0};
    stage_erase(scene, 200.0, 180.0, &edit);
    (void)stage_draw(&f, scene, false);
    const int preview = inside(&f);
    assert_true(preview < bright / 4);

    SonoClip *edited = NULL;
    SonoCommitReport report = {0};
    assert_ok(sono_commit(f.engine, f.clip, &edit, NULL, NULL, &edited, &report, &err), err);
    assert_true(report.dirty.n_frames > 0 && report.dirty.n_frames < N_FRAMES / 2);
    sono_strokes_committed(sono_scene_strokes(scene));
    assert_ok(sono_scene_set_sound(scene, f.plan, edited, 1, (double)N_FRAMES / RATE, sono_clip_revision(f.clip),
                                   report.dirty, &err),
              err);
    Watch watch = {.stage = &f};
    (void)stage_settle(&f, scene, watch_inside, &watch);
    assert_true(watch.n >= 1);
    if (watch.brightest > bright / 4) {
        fail_msg("the stroke flickers: %d while it lands, %d before it", watch.brightest, bright);
    }
    memcpy(committed, f.frame, FRAME_BYTES);
    assert_memory_not_equal(before, committed, FRAME_BYTES);

    /* a fresh scene of the edited sound has the same picture */
    SonoScene *fresh = stage_scene(&f, edited);
    (void)stage_settle(&f, fresh, NULL, NULL);
    assert_memory_equal(committed, f.frame, FRAME_BYTES);
    sono_scene_free(fresh);

    /* undo: the tiles of before are still there, so the very next frame is the old picture */
    assert_ok(sono_scene_set_sound(scene, f.plan, f.clip, 1, (double)N_FRAMES / RATE, sono_clip_revision(edited),
                                   report.dirty, &err),
              err);
    assert_int_equal(stage_settle(&f, scene, NULL, NULL), 1);
    assert_memory_equal(before, f.frame, FRAME_BYTES);

    /* zooming out and in again shows no hole: the background is never seen inside the sound */
    for (int i = 0; i < 12; i++) {
        sono_view_state_zoom_time(sono_scene_view(scene), 320.0, i < 6 ? 1.9 : 1.0 / 1.9);
        (void)stage_draw(&f, scene, false);
        for (size_t p = 0; p < WIDTH * HEIGHT; p++) {
            if (f.frame[4 * p] == 14 && f.frame[4 * p + 1] == 15 && f.frame[4 * p + 2] == 18) {
                fail_msg("a hole at pixel %zu %zu after zoom %d", p % WIDTH, p / WIDTH, i);
            }
        }
    }
    (void)stage_settle(&f, scene, NULL, NULL);
    sono_edit_clear(&edit);
    sono_scene_free(scene);
    sono_clip_unref(edited);
    stage_close(&f);
}

/* Jobs that are under way when a scene goes do no harm. */
static void scenes_go_at_any_time(void **state)
{
    (void)state;
    Stage f;
    stage_open(&f, 1);
    for (int i = 0; i < 20; i++) {
        SonoScene *scene = stage_scene(&f, f.clip);
        (void)stage_draw(&f, scene, false);
        sono_scene_ask_picture(scene, 1);
        if (i % 3 == 0) {
            (void)nanosleep(&(struct timespec){0, 3000000}, NULL);
            (void)stage_draw(&f, scene, false);
        }
        sono_scene_free(scene);
        const int n = atomic_load(&f.n_wakes);
        (void)nanosleep(&(struct timespec){0, 2000000}, NULL);
        assert_int_equal(atomic_load(&f.n_wakes), n);
    }
    stage_close(&f);
}

/* Without OpenGL: the picture comes from a worker, and the latest wish is the one that is met. */
static void pictures_without_gl(void **state)
{
    (void)state;
    Stage f;
    stage_open(&f, 1);
    SonoScene *scene = stage_scene(&f, f.clip);
    for (int i = 0; i < 5; i++) {
        sono_view_state_zoom_time(sono_scene_view(scene), 100.0, 1.5);
        sono_scene_ask_picture(scene, 1 + i % 2);
    }
    bool settled = false;
    for (int i = 0; i < 2000 && !settled; i++) {
        SonoError err = {0};
        int width = 0;
        int height = 0;
        uint8_t *rgb = sono_scene_take_picture(scene, &width, &height, &settled, &err);
        assert_int_equal(err.code, SONO_OK);
        if (settled) {
            assert_non_null(rgb);
            assert_int_equal(width, WIDTH);
            assert_int_equal(height, HEIGHT);
            assert_true(rgb[3 * (HEIGHT - 100) * WIDTH] > 0);
        }
        sono_free(rgb);
        (void)nanosleep(&(struct timespec){0, 5000000}, NULL);
    }
    assert_true(settled);
    sono_scene_free(scene);
    stage_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stroke_to_picture),
        cmocka_unit_test(scenes_go_at_any_time),
        cmocka_unit_test(pictures_without_gl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
