/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scene where there is no OpenGL: a wish for the painter, and its picture. */
#include "scene.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

static bool is_paintable(const SonoRenderView *v)
{
    return v->width_px > 1 && v->height_px > 1;
}

static void add_lane(PainterWish *wish, const SonoRenderView *v, int channel)
{
    const int y_px = wish->height_px - v->y_px - v->height_px;
    if (!is_paintable(v) || y_px < 0 || v->width_px != wish->width_px) {
        return;
    }
    wish->lanes[wish->n_lanes++] = (PainterLane){.y_px = y_px,
                                                 .spec = {.width_px = v->width_px,
                                                          .height_px = v->height_px,
                                                          .t0_s = v->t0_s,
                                                          .t1_s = v->t0_s + v->s_per_px * v->width_px,
                                                          .axis = v->axis,
                                                          .floor_db = v->floor_db,
                                                          .ceiling_db = v->ceiling_db,
                                                          .map = v->map,
                                                          .channel = channel,
                                                          .provisional = true}};
}

static void add_mask(PainterWish *wish, const SonoPreview *preview, SonoMask *mask)
{
    PainterMask *to = &wish->masks[wish->n_masks++];
    *to = (PainterMask){.operation = preview->operation, .channel = preview->channel, .mask = *mask};
    memcpy(to->args, preview->args, sizeof to->args);
    *mask = (SonoMask){0};
}

/* Edits on their way (not those the clip holds already), the operation on the selection. */
static SonoStatus add_masks(SonoScene *s, PainterWish *wish)
{
    size_t n = 0;
    SonoPreview selected = {0};
    const SonoPreview *strokes = sono_strokes_previews(s->strokes, &n);
    wish->masks = sono_calloc(n + 1, sizeof *wish->masks);
    SonoStatus status = wish->masks ? SONO_OK : SONO_E_NOMEM;
    for (size_t i = 0; i < n && status == SONO_OK && !s->other; i++) {
        SonoMask mask = {0};
        status = sono_strokes_copy_mask(s->strokes, i, &mask, NULL);
        if (mask.n_shapes > 0) {
            add_mask(wish, &strokes[i], &mask);
        }
    }
    if (status == SONO_OK && !s->other && scene_selection_preview(s, &selected)) {
        SonoMask mask = {0};
        status = sono_mask_copy(selected.mask, &mask, NULL);
        if (status == SONO_OK) {
            add_mask(wish, &selected, &mask);
        }
    }
    return status;
}

void sono_scene_ask_picture(SonoScene *s, int px_scale)
{
    const int n_lanes = sono_view_state_n_lanes(&s->view);
    PainterWish wish = {.width_px = (int)lround(s->view.width_px * px_scale),
                        .height_px = (int)lround(s->view.height_px * px_scale)};
    if (!s->clip || wish.width_px < 2 || wish.height_px < 2) {
        return;
    }
    for (int c = 0; c < 3; c++) {
        wish.background_rgb[c] = (uint8_t)lroundf(255.0f * scene_background_rgb[c]);
    }
    wish.lanes = sono_calloc((size_t)n_lanes, sizeof *wish.lanes);
    for (int i = 0; i < n_lanes && wish.lanes; i++) {
        const SonoRenderView v = sono_view_state_render_view(&s->view, i, px_scale);
        add_lane(&wish, &v, sono_view_state_lane(&s->view, i).channel);
    }
    /* without memory there is no new picture; the next wish tries again */
    if (wish.lanes && add_masks(s, &wish) == SONO_OK) {
        wish.plan = sono_plan_ref(s->plan);
        wish.clip = sono_clip_ref(s->other ? s->other : s->clip);
        s->paints = true;
        painter_ask(s->painter, &wish);
    }
    painter_wish_clear(&wish);
}

uint8_t *sono_scene_take_picture(SonoScene *s, int *width_px, int *height_px, bool *settled, SonoError *err)
{
    uint8_t *rgb = NULL;
    *err = (SonoError){0};
    if (painter_take(s->painter, &rgb, width_px, height_px, settled, err) && *settled && !s->other) {
        sono_strokes_landed(s->strokes);
    }
    if (!s->clip) { /* it was of a sound that is gone */
        sono_free(rgb);
        rgb = NULL;
    }
    return rgb;
}
