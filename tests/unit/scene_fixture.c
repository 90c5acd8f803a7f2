/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene_fixture.h"

#include <string.h>

static void no_wake(void *ctx)
{
    (void)ctx;
}

void scene_fixture_open(SceneFixture *f, int n_channels, double width_px, double height_px)
{
    SonoError err = {0};
    uint64_t seed = 5;
    *f = (SceneFixture){0};
    assert_ok(sono_engine_new("cpu", 2, &f->engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &f->store, &err), err);
    assert_ok(sono_display_plan(f->engine, NULL, NULL, FIXTURE_RATE, 0, &f->plan, &err), err);
    float *pcm = sono_calloc(FIXTURE_FRAMES, sizeof *pcm);
    assert_non_null(pcm);
    for (int i = 0; i < FIXTURE_FRAMES; i++) {
        pcm[i] = 0.1f * sono_test_noise(&seed);
    }
    const float *planes[16];
    for (int c = 0; c < n_channels; c++) {
        planes[c] = pcm;
    }
    SonoClipBuilder *builder = NULL;
    assert_ok(sono_clip_builder_new(f->store, FIXTURE_RATE, n_channels, &builder, &err), err);
    assert_ok(sono_clip_builder_append(builder, planes, FIXTURE_FRAMES, &err), err);
    assert_ok(sono_clip_builder_finish(builder, &f->clip, &err), err);
    sono_free(pcm);
    assert_ok(sono_scene_new(f->engine, no_wake, NULL, &f->scene, &err), err);
    (void)sono_view_state_resize(sono_scene_view(f->scene), width_px, height_px);
    assert_ok(sono_scene_set_sound(f->scene, f->plan, f->clip, n_channels, FIXTURE_END_S, 0,
                                   (SonoSpan){0, FIXTURE_FRAMES}, &err),
              err);
}

void scene_fixture_close(SceneFixture *f)
{
    sono_scene_free(f->scene);
    sono_engine_free(f->engine);
    sono_clip_unref(f->clip);
    sono_plan_unref(f->plan);
    sono_pcm_store_unref(f->store);
}

static SonoOutcome point(SceneFixture *f, SonoPointerKind kind, double x_px, double y_px, int n_press,
                         const char *modifiers)
{
    SonoError err = {0};
    SonoOutcome outcome = {0};
    const SonoPointer pointer = {.kind = kind,
                                 .x_px = x_px,
                                 .y_px = y_px,
                                 .pressure = 1.0,
                                 .shift = strchr(modifiers, 's') != NULL,
                                 .ctrl = strchr(modifiers, 'c') != NULL,
                                 .alt = strchr(modifiers, 'a') != NULL,
                                 .n_press = n_press};
    assert_ok(sono_scene_point(f->scene, &pointer, &outcome, &err), err);
    return outcome;
}

SonoOutcome scene_fixture_point(SceneFixture *f, SonoPointerKind kind, double x_px, double y_px, const char *modifiers)
{
    return point(f, kind, x_px, y_px, 1, modifiers);
}

SonoOutcome scene_fixture_drag(SceneFixture *f, double x0_px, double y0_px, double x1_px, double y1_px,
                               const char *modifiers)
{
    (void)point(f, SONO_POINTER_HOVER, x0_px, y0_px, 1, modifiers);
    (void)point(f, SONO_POINTER_DOWN, x0_px, y0_px, 1, modifiers);
    for (int i = 1; i <= 8; i++) {
        const double a = i / 8.0;
        (void)point(f, SONO_POINTER_DRAG, x0_px + a * (x1_px - x0_px), y0_px + a * (y1_px - y0_px), 1, modifiers);
    }
    SonoOutcome outcome = point(f, SONO_POINTER_UP, x1_px, y1_px, 1, modifiers);
    sono_edit_clear(&outcome.edit);
    return outcome;
}

void scene_fixture_click(SceneFixture *f, double x_px, double y_px, int n_presses, const char *modifiers)
{
    for (int i = 1; i <= n_presses; i++) {
        (void)point(f, SONO_POINTER_DOWN, x_px, y_px, i, modifiers);
        const SonoOutcome up = point(f, SONO_POINTER_UP, x_px, y_px, i, modifiers);
        assert_false(up.edited);
    }
}
