/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole way of a stroke without a window: paint, preview, commit, new tiles. Between the release of the brush and
 * the committed picture there is no frame that is neither the preview nor the result; and the picture after an edit,
 * made from the tiles before it, is the picture that a fresh start gives. */
#include "gl_context.h"
#include "sono_test.h"

#include "sono_commit.h"
#include "sono_mem.h"
#include "sono_scene.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define WIDTH 640
#define HEIGHT 360
#define RATE 48000
#define N_FRAMES (20 * RATE)

static uint8_t frame[HEIGHT * WIDTH * 4];

typedef struct Fixture {
    GlContext gl;
    SonoRenderer *renderer;
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoClip *clip;
    SonoPlan *plan;
    _Atomic int n_wakes;
} Fixture;

static void count_wake(void *ctx)
{
    (void)atomic_fetch_add_explicit((_Atomic int *)ctx, 1, memory_order_relaxed);
}

static void fixture_open(Fixture *f)
{
    SonoError err = {0};
    memset(f, 0, sizeof *f);
    gl_context_open(&f->gl, SONO_GLSL_330_CORE, WIDTH, HEIGHT, GL_RGBA8);
    assert_ok(sono_renderer_new(&f->renderer, &err), err);
    assert_ok(sono_engine_new("cpu", 2, &f->engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &f->store, &err), err);
    assert_ok(sono_display_plan(f->engine, RATE, &f->plan, &err), err);
    float *pcm = sono_calloc(N_FRAMES, sizeof *pcm);
    assert_non_null(pcm);
    uint64_t seed = 7;
    for (int i = 0; i < N_FRAMES; i++) {
        pcm[i] = 0.02f * sono_test_noise(&seed) + 0.2f * sinf(0.13f * (float)(i % 480000));
    }
    SonoClipBuilder *builder = NULL;
    assert_ok(sono_clip_builder_new(f->store, RATE, 1, &builder, &err), err);
    assert_ok(sono_clip_builder_append(builder, (const float *const[]){pcm}, N_FRAMES, &err), err);
    assert_ok(sono_clip_builder_finish(builder, &f->clip, &err), err);
    sono_free(pcm);
}

static void fixture_close(Fixture *f)
{
    sono_engine_free(f->engine);
    sono_clip_unref(f->clip);
    sono_plan_unref(f->plan);
    sono_pcm_store_unref(f->store);
    sono_renderer_free(f->renderer);
    gl_context_close(&f->gl);
}

static SonoScene *new_scene(Fixture *f, const SonoClip *clip)
{
    SonoError err = {0};
    SonoScene *scene = NULL;
    assert_ok(sono_scene_new(f->engine, count_wake, &f->n_wakes, &scene, &err), err);
    (void)sono_view_state_resize(sono_scene_view(scene), WIDTH, HEIGHT);
    assert_ok(sono_scene_set_sound(scene, f->plan, clip, 1, (double)N_FRAMES / RATE, 0, (SonoSpan){0, N_FRAMES}, &err),
              err);
    return scene;
}

static SonoSceneReport draw(Fixture *f, SonoScene *scene)
{
    SonoError err = {0};
    SonoError notice = {0};
    SonoSceneReport report = {0};
    assert_ok(sono_scene_draw(scene, f->renderer, f->gl.fbo, 1, false, &report, &notice, &err), err);
    if (notice.code != SONO_OK) {
        fail_msg("%s", notice.message);
    }
    glBindFramebuffer(GL_FRAMEBUFFER, f->gl.fbo);
    glReadPixels(0, 0, WIDTH, HEIGHT, GL_RGBA, GL_UNSIGNED_BYTE, frame);
    return report;
}

/* Draw until all is there; each(ctx) looks at every frame. Returns the number of frames. */
static int draw_until_settled(Fixture *f, SonoScene *scene, void (*each)(void *ctx), void *ctx)
{
    for (int i = 1; i < 4000; i++) {
        const SonoSceneReport report = draw(f, scene);
        if (each) {
            each(ctx);
        }
        if (report.settled) {
            return i;
        }
        (void)nanosleep(&(struct timespec){0, 2000000}, NULL);
    }
    fail_msg("the picture does not settle");
    return 0;
}

static void point(SonoScene *scene, SonoPointerKind kind, double x, double y, SonoEdit *edit)
{
    SonoError err = {0};
    SonoOutcome outcome = {0};
    const SonoPointer pointer = {.kind = kind, .x_px = x, .y_px = y, .pressure = 1.0, .n_press = 1};
    assert_ok(sono_scene_point(scene, &pointer, &outcome, &err), err);
    assert_int_equal(outcome.edited, kind == SONO_POINTER_UP);
    if (outcome.edited) {
        *edit = outcome.edit;
    }
}

/* A broad stroke of the eraser along the middle. */
static void paint(SonoScene *scene, SonoEdit *edit)
{
    sono_scene_set_tool(scene, sono_tool_find("eraser"));
    sono_scene_options(scene)->brush = (SonoBrush){.radius_ms = 900.0, .radius_oct = 0.6, .hardness = 0.8, .flow = 1.0};
    point(scene, SONO_POINTER_HOVER, 200.0, 180.0, edit);
    point(scene, SONO_POINTER_DOWN, 200.0, 180.0, edit);
    for (int x = 210; x <= 400; x += 10) {
        point(scene, SONO_POINTER_DRAG, x, 180.0, edit);
    }
    point(scene, SONO_POINTER_UP, 400.0, 180.0, edit);
    point(scene, SONO_POINTER_LEAVE, 0.0, 0.0, edit);
}

/* Brightness inside the stroke. */
static int inside(void)
{
    int sum = 0;
    for (int x = 250; x < 350; x++) {
        for (int y = HEIGHT - 185; y < HEIGHT - 175; y++) {
            const uint8_t *px = &frame[4 * (y * WIDTH + x)];
            sum += px[0] + px[1] + px[2];
        }
    }
    return sum / 1000;
}

typedef struct Watch {
    int brightest, n;
} Watch;

static void watch_inside(void *ctx)
{
    Watch *w = ctx;
    const int now = inside();
    w->brightest = now > w->brightest ? now : w->brightest;
    w->n++;
}

static void stroke_to_picture(void **state)
{
    (void)state;
    Fixture f;
    fixture_open(&f);
    static uint8_t before[sizeof frame];
    static uint8_t committed[sizeof frame];
    SonoError err = {0};
    SonoScene *scene = new_scene(&f, f.clip);
    (void)draw_until_settled(&f, scene, NULL, NULL);
    memcpy(before, frame, sizeof frame);
    const int bright = inside();

    /* the frame after the stroke shows it */
    SonoEdit edit = {0};
    paint(scene, &edit);
    (void)draw(&f, scene);
    const int preview = inside();
    assert_true(preview < bright / 4);

    SonoClip *edited = NULL;
    SonoCommitReport report = {0};
    assert_ok(sono_commit(f.engine, f.clip, &edit, NULL, NULL, &edited, &report, &err), err);
    assert_true(report.dirty.n_frames > 0 && report.dirty.n_frames < N_FRAMES / 2);
    sono_strokes_committed(sono_scene_strokes(scene));
    assert_ok(sono_scene_set_sound(scene, f.plan, edited, 1, (double)N_FRAMES / RATE, sono_clip_revision(f.clip),
                                   report.dirty, &err),
              err);
    Watch watch = {0};
    (void)draw_until_settled(&f, scene, watch_inside, &watch);
    assert_true(watch.n >= 1);
    if (watch.brightest > bright / 4) {
        fail_msg("the stroke flickers: %d while it lands, %d before it", watch.brightest, bright);
    }
    memcpy(committed, frame, sizeof frame);
    assert_memory_not_equal(before, committed, sizeof frame);

    /* a fresh scene of the edited sound has the same picture */
    SonoScene *fresh = new_scene(&f, edited);
    (void)draw_until_settled(&f, fresh, NULL, NULL);
    assert_memory_equal(committed, frame, sizeof frame);
    sono_scene_free(fresh);

    /* undo: the tiles of before are still there, so the very next frame is the old picture */
    assert_ok(sono_scene_set_sound(scene, f.plan, f.clip, 1, (double)N_FRAMES / RATE, sono_clip_revision(edited),
                                   report.dirty, &err),
              err);
    assert_int_equal(draw_until_settled(&f, scene, NULL, NULL), 1);
    assert_memory_equal(before, frame, sizeof frame);

    /* zooming out and in again shows no hole: the background is never seen inside the sound */
    for (int i = 0; i < 12; i++) {
        sono_view_state_zoom_time(sono_scene_view(scene), 320.0, i < 6 ? 1.9 : 1.0 / 1.9);
        (void)draw(&f, scene);
        for (size_t p = 0; p < WIDTH * HEIGHT; p++) {
            if (frame[4 * p] == 14 && frame[4 * p + 1] == 15 && frame[4 * p + 2] == 18) {
                fail_msg("a hole at pixel %zu %zu after zoom %d", p % WIDTH, p / WIDTH, i);
            }
        }
    }
    (void)draw_until_settled(&f, scene, NULL, NULL);
    sono_edit_clear(&edit);
    sono_scene_free(scene);
    sono_clip_unref(edited);
    fixture_close(&f);
}

/* Jobs that are under way when a scene goes do no harm. */
static void scenes_go_at_any_time(void **state)
{
    (void)state;
    Fixture f;
    fixture_open(&f);
    for (int i = 0; i < 20; i++) {
        SonoScene *scene = new_scene(&f, f.clip);
        (void)draw(&f, scene);
        sono_scene_ask_picture(scene, 1);
        if (i % 3 == 0) {
            (void)nanosleep(&(struct timespec){0, 3000000}, NULL);
            (void)draw(&f, scene);
        }
        sono_scene_free(scene);
        const int n = atomic_load(&f.n_wakes);
        (void)nanosleep(&(struct timespec){0, 2000000}, NULL);
        assert_int_equal(atomic_load(&f.n_wakes), n);
    }
    fixture_close(&f);
}

/* Without OpenGL: the picture comes from a worker, and the latest wish is the one that is met. */
static void pictures_without_gl(void **state)
{
    (void)state;
    Fixture f;
    fixture_open(&f);
    SonoScene *scene = new_scene(&f, f.clip);
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
    fixture_close(&f);
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
