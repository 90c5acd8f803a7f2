/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene_stage.h"

#include "sono_mem.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

static void count_wake(void *ctx)
{
    (void)atomic_fetch_add_explicit((_Atomic int *)ctx, 1, memory_order_relaxed);
}

static void make_clip(Stage *s, int n_channels)
{
    SonoError err = {0};
    SonoClipBuilder *builder = NULL;
    float *planes[8];
    for (int c = 0; c < n_channels; c++) {
        uint64_t seed = 7;
        planes[c] = sono_calloc(N_FRAMES, sizeof **planes);
        assert_non_null(planes[c]);
        for (int i = 0; i < N_FRAMES; i++) {
            planes[c][i] = ldexpf(0.02f * sono_test_noise(&seed) + 0.2f * sinf(0.13f * (float)(i % 480000)), -c);
        }
    }
    assert_ok(sono_clip_builder_new(s->store, RATE, n_channels, &builder, &err), err);
    assert_ok(sono_clip_builder_append(builder, (const float *const *)planes, N_FRAMES, &err), err);
    assert_ok(sono_clip_builder_finish(builder, &s->clip, &err), err);
    for (int c = 0; c < n_channels; c++) {
        sono_free(planes[c]);
    }
}

void stage_open(Stage *s, int n_channels)
{
    SonoError err = {0};
    memset(s, 0, sizeof *s);
    gl_context_open(&s->gl, SONO_GLSL_330_CORE, WIDTH, HEIGHT, GL_RGBA8);
    assert_ok(sono_renderer_new(&s->renderer, &err), err);
    assert_ok(sono_engine_new("cpu", 2, &s->engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &s->store, &err), err);
    assert_ok(sono_display_plan(s->engine, NULL, NULL, RATE, 0, &s->plan, &err), err);
    s->frame = sono_calloc((size_t)WIDTH * HEIGHT, 4);
    assert_non_null(s->frame);
    make_clip(s, n_channels);
}

void stage_close(Stage *s)
{
    sono_engine_free(s->engine);
    sono_clip_unref(s->clip);
    sono_plan_unref(s->plan);
    sono_pcm_store_unref(s->store);
    sono_renderer_free(s->renderer);
    sono_free(s->frame);
    gl_context_close(&s->gl);
}

SonoScene *stage_scene(Stage *s, const SonoClip *clip)
{
    SonoError err = {0};
    SonoScene *scene = NULL;
    assert_ok(sono_scene_new(s->engine, count_wake, &s->n_wakes, &scene, &err), err);
    (void)sono_view_state_resize(sono_scene_view(scene), WIDTH, HEIGHT);
    assert_ok(
        sono_scene_set_sound(scene, s->plan, clip, sono_clip_n_channels(clip), END_S, 0, (SonoSpan){0, N_FRAMES}, &err),
        err);
    return scene;
}

SonoSceneReport stage_draw(Stage *s, SonoScene *scene, bool moving)
{
    SonoError err = {0};
    SonoError notice = {0};
    SonoSceneReport report = {0};
    assert_ok(sono_scene_draw(scene, s->renderer, s->gl.fbo, 1, moving, &report, &notice, &err), err);
    if (notice.code != SONO_OK) {
        fail_msg("%s", notice.message);
    }
    glBindFramebuffer(GL_FRAMEBUFFER, s->gl.fbo);
    glReadPixels(0, 0, WIDTH, HEIGHT, GL_RGBA, GL_UNSIGNED_BYTE, s->frame);
    return report;
}

int stage_settle(Stage *s, SonoScene *scene, void (*each)(void *ctx), void *ctx)
{
    for (int i = 1; i < 4000; i++) {
        const SonoSceneReport report = stage_draw(s, scene, false);
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

void stage_point(SonoScene *scene, SonoPointerKind kind, double x_px, double y_px, SonoEdit *edit)
{
    SonoError err = {0};
    SonoOutcome outcome = {0};
    const SonoPointer pointer = {.kind = kind, .x_px = x_px, .y_px = y_px, .pressure = 1.0, .n_press = 1};
    assert_ok(sono_scene_point(scene, &pointer, &outcome, &err), err);
    if (outcome.edited) {
        *edit = outcome.edit;
    }
}

void stage_erase(SonoScene *scene, double x_px, double y_px, SonoEdit *edit)
{
    sono_scene_set_tool(scene, sono_tool_find("eraser"));
    sono_scene_options(scene)->brush = (SonoBrush){.radius_ms = 900.0, .radius_oct = 0.6, .hardness = 0.8, .flow = 1.0};
    stage_point(scene, SONO_POINTER_HOVER, x_px, y_px, edit);
    stage_point(scene, SONO_POINTER_DOWN, x_px, y_px, edit);
    for (int x = 10; x <= 200; x += 10) {
        stage_point(scene, SONO_POINTER_DRAG, x_px + x, y_px, edit);
    }
    stage_point(scene, SONO_POINTER_UP, x_px + 200.0, y_px, edit);
    assert_non_null(edit->operation);
    stage_point(scene, SONO_POINTER_LEAVE, 0.0, 0.0, edit);
}
