/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scene brings together what a frame needs, and turns pointer events into strokes. */
#include "sono_scene.h"

#include "painter.h"

#include "sono_mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TILE_BUDGET_BYTES ((uint64_t)512 << 20)
#define UPLOADS_PER_FRAME 24
/* A brush in octaves has no place at 0 Hz. */
#define LOWEST_HZ 1.0

struct SonoScene {
    SonoTileFeed *feed;
    Painter *painter;
    SonoTileList list;
    SonoStrokes *strokes;
    SonoPlan *plan;
    SonoClip *clip;
    SonoViewState view;
    SonoBrush brush;
    const SonoOperation *operation;
    SonoParams params;
    double x_px, y_px;
    bool inside;
};

SonoStatus sono_scene_new(SonoEngine *engine, void (*wake)(void *ctx), void *ctx, SonoScene **out, SonoError *err)
{
    SonoScene *s = sono_calloc(1, sizeof *s);
    if (!s) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a window");
    }
    SonoStatus status = sono_strokes_new(&s->strokes, err);
    if (status == SONO_OK) {
        status = sono_tile_feed_new(engine, TILE_BUDGET_BYTES, wake, ctx, &s->feed, err);
    }
    if (status == SONO_OK) {
        status = painter_new(engine, wake, ctx, &s->painter, err);
    }
    if (status != SONO_OK) {
        sono_scene_free(s);
        return status;
    }
    s->view = (SonoViewState){.width_px = 1.0,
                              .height_px = 1.0,
                              .s_per_px = 1.0,
                              .axis = {SONO_SCALE_MEL, 0.0, 24000.0},
                              .end_s = 1.0,
                              .nyquist_hz = 24000.0,
                              .floor_db = -110.0,
                              .ceiling_db = 0.0};
    s->brush =
        (SonoBrush){.radius_ms = 60.0, .radius_oct = 0.15, .hardness = 0.5, .flow = 1.0, .pressure_to_flow = 1.0};
    s->operation = sono_operations[0];
    s->params = sono_params_defaults(s->operation->params);
    *out = s;
    return SONO_OK;
}

void sono_scene_free(SonoScene *s)
{
    if (!s) {
        return;
    }
    if (s->feed) {
        sono_tile_feed_close(s->feed);
    }
    painter_free(s->painter);
    sono_tile_feed_unref(s->feed);
    sono_tile_list_clear(&s->list);
    sono_strokes_free(s->strokes);
    sono_plan_unref(s->plan);
    sono_clip_unref(s->clip);
    sono_free(s);
}

SonoStatus sono_scene_set_sound(SonoScene *s, const SonoPlan *plan, const SonoClip *clip, double end_s,
                                uint64_t parent_revision, SonoSpan dirty, SonoError *err)
{
    const SonoStatus status = sono_tile_feed_set_sound(s->feed, plan, clip, parent_revision, dirty, err);
    if (status != SONO_OK) {
        return status;
    }
    const bool first = !s->plan;
    SonoPlan *old_plan = s->plan;
    SonoClip *old_clip = s->clip;
    s->plan = sono_plan_ref(plan);
    s->clip = clip ? sono_clip_ref(clip) : NULL;
    sono_plan_unref(old_plan);
    sono_clip_unref(old_clip);
    s->view.nyquist_hz = 0.5 * plan->rate_hz;
    sono_view_state_set_length(&s->view, end_s);
    if (first) {
        sono_view_state_fit(&s->view);
    }
    return SONO_OK;
}

const SonoClip *sono_scene_clip(const SonoScene *s)
{
    return s->clip;
}

const SonoPlan *sono_scene_plan(const SonoScene *s)
{
    return s->plan;
}

SonoTileFeed *sono_scene_feed(SonoScene *s)
{
    return s->feed;
}

SonoViewState *sono_scene_view(SonoScene *s)
{
    return &s->view;
}

SonoStrokes *sono_scene_strokes(SonoScene *s)
{
    return s->strokes;
}

SonoBrush *sono_scene_brush(SonoScene *s)
{
    return &s->brush;
}

void sono_scene_set_operation(SonoScene *s, const SonoOperation *operation, const SonoParams *params)
{
    s->operation = operation;
    s->params = *params;
}

static SonoStatus begin(SonoScene *s, bool eraser, SonoError *err)
{
    const SonoOperation *op = eraser ? sono_operation_find("erase") : s->operation;
    const SonoParams params = eraser ? sono_params_defaults(op->params) : s->params;
    return sono_strokes_begin(s->strokes, op, &params, &s->brush, err);
}

static SonoStatus add_point(SonoScene *s, double pressure, SonoError *err)
{
    SonoStrokePoint point = {.pressure = fmin(fmax(pressure, 0.0), 1.0)};
    sono_view_state_to_sound(&s->view, s->x_px, s->y_px, &point.t_s, &point.f_hz);
    point.f_hz = fmax(point.f_hz, LOWEST_HZ);
    return sono_strokes_add_point(s->strokes, &point, err);
}

SonoStatus sono_scene_point(SonoScene *s, SonoPointerKind kind, double x_px, double y_px, double pressure, bool eraser,
                            SonoEdit *edit, bool *stroked, SonoError *err)
{
    SonoStatus status = SONO_OK;
    *stroked = false;
    if (kind == SONO_POINTER_CANCEL) {
        sono_strokes_cancel(s->strokes);
        return SONO_OK;
    }
    if ((kind == SONO_POINTER_LEAVE || kind == SONO_POINTER_HOVER) && sono_strokes_is_painting(s->strokes)) {
        return SONO_OK;
    }
    if (kind == SONO_POINTER_LEAVE) {
        s->inside = false;
        return SONO_OK;
    }
    s->inside = true;
    s->x_px = x_px;
    s->y_px = y_px;
    if (kind == SONO_POINTER_DOWN && s->clip) {
        status = begin(s, eraser, err);
    }
    if (status == SONO_OK && (kind == SONO_POINTER_DOWN || kind == SONO_POINTER_DRAG)) {
        status = add_point(s, pressure, err);
    }
    if (kind == SONO_POINTER_UP && sono_strokes_is_painting(s->strokes)) {
        status = sono_strokes_end(s->strokes, edit, err);
        *stroked = status == SONO_OK;
    }
    return status;
}

const char *sono_scene_describe_pointer(const SonoScene *s, char *buf, size_t n_bytes)
{
    double t_s = 0.0;
    double freq_hz = 0.0;
    buf[0] = '\0';
    if (s->inside && s->plan) {
        sono_view_state_to_sound(&s->view, s->x_px, s->y_px, &t_s, &freq_hz);
        (void)snprintf(buf, n_bytes, "%.3f s   %.1f Hz   %.1f dB", t_s, freq_hz,
                       (double)sono_tile_list_level(&s->list, s->plan, t_s, freq_hz));
    }
    return buf;
}

void sono_scene_wheel(SonoScene *s, double dx, double dy, bool ctrl, bool shift)
{
    sono_view_state_wheel(&s->view, s->x_px, s->y_px, dx, dy, ctrl, shift);
}

bool sono_scene_set_scale(SonoScene *s, const char *name)
{
    for (int i = 0; sono_scale_names[i]; i++) {
        if (strcmp(sono_scale_names[i], name) == 0) {
            sono_view_state_set_scale(&s->view, (SonoAxisScale)i);
            return true;
        }
    }
    return false;
}

/* The brush under the pointer. */
static SonoDab cursor_dab(const SonoScene *s)
{
    SonoDab dab = {.radius_s = 1e-3 * s->brush.radius_ms,
                   .radius_hz = s->brush.radius_oct > 0.0 ? 0.0 : s->brush.radius_hz,
                   .radius_oct = s->brush.radius_oct};
    sono_view_state_to_sound(&s->view, s->x_px, s->y_px, &dab.t_s, &dab.f_hz);
    dab.f_hz = fmax(dab.f_hz, LOWEST_HZ);
    return dab;
}

SonoStatus sono_scene_draw(SonoScene *s, SonoRenderer *renderer, unsigned target, int px_scale, SonoSceneReport *report,
                           SonoError *notice, SonoError *err)
{
    const SonoDab cursor = cursor_dab(s);
    SonoFrame frame = {.view = sono_view_state_render_view(&s->view, px_scale, sono_colour_maps[0]),
                       .plan = s->plan,
                       .cursor = s->inside && s->clip ? &cursor : NULL,
                       .max_uploads = UPLOADS_PER_FRAME};
    *report = (SonoSceneReport){0};
    *notice = (SonoError){0};
    if (s->plan) {
        (void)sono_tile_feed_update(s->feed, &frame.view, 0, &s->list, notice);
    }
    if (s->list.current) {
        sono_strokes_landed(s->strokes);
    }
    frame.strips = s->list.strips;
    frame.n_strips = s->list.n;
    frame.previews = sono_strokes_previews(s->strokes, &frame.n_previews);
    SonoFrameReport drawn = {0};
    const SonoStatus status = sono_renderer_draw(renderer, target, &frame, &drawn, err);
    report->again = drawn.n_waiting > 0;
    report->settled = status == SONO_OK && s->list.exact && drawn.n_waiting == 0;
    return status;
}

void sono_scene_ask_picture(SonoScene *s, int px_scale)
{
    const SonoRenderView v = sono_view_state_render_view(&s->view, px_scale, sono_colour_maps[0]);
    const SonoPictureSpec spec = {.width_px = v.width_px,
                                  .height_px = v.height_px,
                                  .t0_s = v.t0_s,
                                  .t1_s = v.t0_s + v.s_per_px * v.width_px,
                                  .axis = v.axis,
                                  .floor_db = v.floor_db,
                                  .ceiling_db = v.ceiling_db,
                                  .map = v.map,
                                  .provisional = true};
    if (s->clip && v.width_px > 1 && v.height_px > 1) {
        painter_ask(s->painter, s->plan, s->clip, &spec);
    }
}

uint8_t *sono_scene_take_picture(SonoScene *s, int *width_px, int *height_px, bool *settled, SonoError *err)
{
    uint8_t *rgb = NULL;
    *err = (SonoError){0};
    if (painter_take(s->painter, &rgb, width_px, height_px, settled, err) && *settled) {
        sono_strokes_landed(s->strokes);
    }
    return rgb;
}

SonoStatus sono_display_plan(SonoEngine *engine, double rate_hz, SonoPlan **out, SonoError *err)
{
    const SonoTransform *stft = sono_transform_find("stft");
    const SonoParams params = sono_params_defaults(stft->params);
    return sono_engine_plan(engine, stft, &params, rate_hz, out, err);
}

SonoStatus sono_first_picture(SonoTileFeed *feed, SonoEngine *engine, const SonoPcmReader *reader, SonoViewState like,
                              const SonoJobTicket *ticket, SonoError *err)
{
    SonoPlan *plan = NULL;
    SonoStatus status = sono_display_plan(engine, reader->rate_hz, &plan, err);
    if (status != SONO_OK || reader->n_frames == 0) {
        sono_plan_unref(plan);
        return status;
    }
    like.end_s = (double)reader->n_frames / reader->rate_hz;
    like.nyquist_hz = 0.5 * reader->rate_hz;
    sono_view_state_fit(&like);
    const SonoRenderView view = sono_view_state_render_view(&like, 1, sono_colour_maps[0]);
    status = sono_tile_feed_add_sparse(feed, plan, reader, &view, 0, ticket, err);
    sono_plan_unref(plan);
    return status;
}
