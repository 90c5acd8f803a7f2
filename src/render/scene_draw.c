/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One frame: the tiles of all lanes, previews of edits, the selection, the brush's outline. */
#include "scene.h"

#include "sono_clock.h"
#include "sono_mem.h"

#include <math.h>

#define UPLOADS_PER_FRAME 24
const float scene_background_rgb[3] = {0.055f, 0.06f, 0.07f};

/* The brush under the pointer; radius 0: none. */
static SonoDab cursor_dab(const SonoScene *s, int lane)
{
    const SonoBrush *b = &s->options.brush;
    SonoDab dab = {.radius_s = 1e-3 * b->radius_ms,
                   .radius_hz = b->radius_oct > 0.0 ? 0.0 : b->radius_hz,
                   .radius_oct = b->radius_oct};
    sono_view_state_to_sound(&s->view, lane, s->pointer.x_px, s->pointer.y_px, &dab.t_s, &dab.f_hz);
    dab.f_hz = fmin(fmax(dab.f_hz, SCENE_LOWEST_HZ), s->view.nyquist_hz);
    return dab;
}

/* The lane whose brush is shown, or -1. */
static int cursor_lane(const SonoScene *s)
{
    if (!s->inside || sono_scene_cursor(s) != SONO_CURSOR_NONE) {
        return -1;
    }
    return s->dragging ? s->context.down_lane : sono_view_state_lane_at(&s->view, s->pointer.y_px);
}

bool scene_selection_preview(SonoScene *s, SonoPreview *out)
{
    const SonoToolOptions *o = &s->options;
    s->previewing = s->previewing && s->previewing_of == s->selection.revision;
    if (!s->previewing || sono_selection_is_empty(&s->selection) || o->operation->takes_state) {
        return false;
    }
    if (s->previewed.n_shapes == 0 || s->previewed_as != s->selection.revision || s->previewed_ms != o->feather_ms ||
        s->previewed_hz != o->feather_hz) {
        SonoMask mask = {0};
        if (sono_selection_mask(&s->selection, o->feather_ms, o->feather_hz, s->view.end_s, s->view.nyquist_hz, &mask,
                                NULL) != SONO_OK) {
            return false;
        }
        sono_mask_clear(&s->previewed);
        s->previewed = mask;
        s->previewed_as = s->selection.revision;
        s->previewed_ms = o->feather_ms;
        s->previewed_hz = o->feather_hz;
    }
    *out = (SonoPreview){.operation = o->operation, .channel = s->selection.channel, .mask = &s->previewed};
    o->operation->args(&o->params, out->args);
    return true;
}

/* What is on its way, and the operation on the selection. Without memory: what is on its way. */
static const SonoPreview *list_previews(SonoScene *s, size_t *n)
{
    const SonoPreview *strokes = sono_strokes_previews(s->strokes, n);
    SonoPreview selected = {0};
    if (!scene_selection_preview(s, &selected)) {
        return strokes;
    }
    if (*n + 1 > s->cap_previews) {
        SonoPreview *more = sono_realloc_array(s->previews, *n + 8, sizeof *more);
        if (!more) {
            return strokes;
        }
        s->previews = more;
        s->cap_previews = *n + 8;
    }
    for (size_t i = 0; i < *n; i++) {
        s->previews[i] = strokes[i];
    }
    s->previews[(*n)++] = selected;
    return s->previews;
}

/* Tiles for all lanes. */
static SonoStatus update_tiles(SonoScene *s, int px_scale, SonoSceneReport *report, SonoError *notice, SonoError *err)
{
    const int n_lanes = sono_view_state_n_lanes(&s->view);
    const SonoStatus status = scene_reserve_lanes(s, n_lanes, err);
    if (status != SONO_OK) {
        return status;
    }
    for (int i = 0; i < n_lanes; i++) {
        s->lanes[i].view = sono_view_state_render_view(&s->view, i, px_scale);
        s->lanes[i].channel = sono_view_state_lane(&s->view, i).channel;
    }
    if (s->plan) {
        (void)sono_tile_feed_update(s->feed, s->lanes, n_lanes, notice);
    }
    bool current = true;
    report->settled = true;
    report->complete = true;
    for (int i = 0; i < n_lanes; i++) {
        current = current && s->lanes[i].list->current;
        report->complete = report->complete && s->lanes[i].list->complete;
        report->settled = report->settled && s->lanes[i].list->exact;
    }
    report->current = current;
    if (current) {
        s->shows_other = s->other != NULL;
    }
    if (current && !s->other) {
        sono_strokes_landed(s->strokes);
    }
    return SONO_OK;
}

const SonoMask *scene_selection_in(const SonoScene *s, int lane)
{
    if (s->context.band.n_shapes > 0) {
        return lane == s->context.down_lane ? &s->context.band : NULL;
    }
    const bool meant = s->selection.channel < 0 || s->selection.channel == sono_view_state_lane(&s->view, lane).channel;
    return meant && !sono_selection_is_empty(&s->selection) ? &s->selection.mask : NULL;
}

static SonoStatus draw_lanes(SonoScene *s, SonoRenderer *renderer, SonoSceneReport *report, SonoError *err)
{
    const int with_cursor = cursor_lane(s);
    const SonoDab cursor = cursor_dab(s, with_cursor);
    size_t n_previews = 0;
    const SonoPreview *previews = s->shows_other ? NULL : list_previews(s, &n_previews);
    const int uploads = UPLOADS_PER_FRAME / s->n_lanes;
    SonoStatus status = SONO_OK;
    report->whole = true;
    for (int i = 0; i < s->n_lanes && status == SONO_OK; i++) {
        const SonoFeedLane *lane = &s->lanes[i];
        const SonoFrame frame = {.view = lane->view,
                                 .channel = lane->channel,
                                 .plan = s->plan,
                                 .strips = lane->list->strips,
                                 .n_strips = lane->list->n,
                                 .previews = previews,
                                 .n_previews = n_previews,
                                 .selection = scene_selection_in(s, i),
                                 .cursor = i == with_cursor ? &cursor : NULL,
                                 .max_uploads = uploads > 1 ? uploads : 1};
        SonoFrameReport drawn = {0};
        status = sono_renderer_draw(renderer, &frame, &drawn, err);
        report->again = report->again || drawn.n_waiting > 0;
        report->whole = report->whole && drawn.whole;
    }
    return status;
}

SonoStatus sono_scene_draw(SonoScene *s, SonoRenderer *renderer, unsigned target, int px_scale, bool moving,
                           SonoSceneReport *report, SonoError *notice, SonoError *err)
{
    const bool is_paced = moving && sono_renderer_is_software(renderer);
    const int reduce = scene_pace_reduce(&s->pace, is_paced);
    const double began_s = sono_now_s();
    *report = (SonoSceneReport){0};
    s->paints = false;
    *notice = (SonoError){0};
    SonoStatus status = update_tiles(s, px_scale, report, notice, err);
    if (status == SONO_OK) {
        status = sono_renderer_begin(renderer, target, (int)lround(s->view.width_px * px_scale),
                                     (int)lround(s->view.height_px * px_scale), reduce, scene_background_rgb, err);
    }
    if (status == SONO_OK) {
        status = draw_lanes(s, renderer, report, err);
        SonoError at_end = {0};
        if (sono_renderer_end(renderer, &at_end) != SONO_OK && status == SONO_OK) {
            status = sono_fail(err, at_end.code, "%s", at_end.message);
        }
    }
    if (is_paced && status == SONO_OK) {
        sono_renderer_finish(renderer); /* the toolkit would wait for it a moment later */
        scene_pace_drawn(&s->pace, sono_now_s() - began_s);
    }
    report->whole = report->whole && s->plan && status == SONO_OK;
    report->complete = report->complete && report->whole && !report->again;
    report->settled = report->settled && status == SONO_OK && !report->again && reduce == 1;
    report->reduce = reduce;
    return status;
}
