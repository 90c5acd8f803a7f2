/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The selection where there is no OpenGL: the marks the renderer would draw, as a picture to lay over the painter's. So
 * it follows the pointer while the picture under it is still being painted. */
#include "scene.h"

#include "mask_pixels.h"
#include "sono_hash.h"
#include "sono_mem.h"

#include <math.h>

typedef struct Rgba {
    uint8_t r, g, b, a;
} Rgba;

/* Premultiplied, as GL's blending has them. */
static Rgba mark_colour(int code)
{
    static const struct {
        double level, opacity;
    } marks[] = {[MARK_NONE] = {0.0, 0.0},
                 [MARK_DIM] = {0.0, MARK_DIM_OPACITY},
                 [MARK_LIGHT] = {1.0, MARK_LIGHT_OPACITY},
                 [MARK_DARK] = {0.0, MARK_DARK_OPACITY}};
    const uint8_t alpha = (uint8_t)lround(255.0 * marks[code].opacity);
    const uint8_t level = (uint8_t)lround(255.0 * marks[code].opacity * marks[code].level);
    return (Rgba){level, level, level, alpha};
}

static uint64_t marks_hash(const SonoScene *s, int px_scale)
{
    uint64_t hash = SONO_HASH_SEED;
    for (int i = 0; i < sono_view_state_n_lanes(&s->view); i++) {
        const SonoMask *mask = scene_selection_in(s, i);
        const SonoRenderView view = sono_view_state_render_view(&s->view, i, px_scale);
        const uint64_t of_lane = mask ? mask_pixels_hash(mask, &view) : 0;
        hash = sono_hash(&of_lane, sizeof of_lane, hash);
        hash = sono_hash(&view.y_px, sizeof view.y_px, hash);
    }
    return hash;
}

/* codes of box; what lies outside of it is dimmed. lane: its upper left pixel, of rows of width_px. */
static void put_marks(const uint8_t *codes, MaskBox box, const SonoRenderView *view, int width_px, Rgba *lane)
{
    const size_t n_rows = (size_t)(box.y1 - box.y0);
    Rgba colours[MARK_DARK + 1];
    for (int code = MARK_NONE; code <= MARK_DARK; code++) {
        colours[code] = mark_colour(code);
    }
    for (int y = 0; y < view->height_px; y++) {
        Rgba *row = lane + (size_t)(view->height_px - 1 - y) * (size_t)width_px;
        for (int x = 0; x < view->width_px; x++) {
            const bool in_box = x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1;
            row[x] = colours[in_box ? codes[(size_t)(x - box.x0) * n_rows + (size_t)(y - box.y0)] : MARK_DIM];
        }
    }
}

static SonoStatus mark_lane(const SonoMask *mask, const SonoRenderView *view, int width_px, Rgba *lane, SonoError *err)
{
    const MaskBox box = mask_pixels_box(mask, view);
    float *weights = NULL;
    if (box.x1 <= box.x0) {
        return SONO_OK; /* where nothing is selected nothing is left out either */
    }
    SonoStatus status = mask_pixels_render(mask, view, box, true, &weights, err);
    if (status != SONO_OK) {
        return status;
    }
    const int n_columns = box.x1 - box.x0;
    const int n_rows = box.y1 - box.y0;
    uint8_t *codes = sono_alloc_aligned((size_t)n_columns, (size_t)n_rows);
    if (!codes) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory for an outline of %d x %d pixels", n_columns, n_rows);
    } else if (mask_pixels_marks(weights, n_columns, n_rows, codes)) {
        put_marks(codes, box, view, width_px, lane);
    }
    sono_free(codes);
    sono_free(weights);
    return status;
}

SonoStatus sono_scene_take_marks(SonoScene *s, int px_scale, SonoMarks *out, SonoError *err)
{
    const uint64_t hash = marks_hash(s, px_scale);
    const int width_px = (int)lround(s->view.width_px * px_scale);
    const int height_px = (int)lround(s->view.height_px * px_scale);
    *out = (SonoMarks){.width_px = width_px, .height_px = height_px, .changed = s->marks_hash != hash};
    if (!out->changed) {
        return SONO_OK;
    }
    SonoStatus status = SONO_OK;
    Rgba *rgba = NULL;
    for (int i = 0; i < sono_view_state_n_lanes(&s->view) && status == SONO_OK; i++) {
        const SonoMask *mask = scene_selection_in(s, i);
        const SonoRenderView view = sono_view_state_render_view(&s->view, i, px_scale);
        const int top_px = height_px - view.y_px - view.height_px;
        if (!mask || top_px < 0 || view.y_px < 0 || view.width_px != width_px) {
            continue;
        }
        if (!rgba) {
            rgba = sono_calloc((size_t)width_px * (size_t)height_px, sizeof *rgba);
        }
        status = rgba ? mark_lane(mask, &view, width_px, rgba + (size_t)top_px * (size_t)width_px, err)
                      : sono_fail(err, SONO_E_NOMEM, "no memory for marks of %d x %d pixels", width_px, height_px);
    }
    if (status != SONO_OK) {
        sono_free(rgba);
        return status;
    }
    s->marks_hash = hash;
    out->rgba = (uint8_t *)rgba;
    return SONO_OK;
}
