/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits and selections in the CPU painter's pictures: their masks are rendered on the grid of pixels, and the body of
 * an operation that a commit runs on coefficients runs on the pixels' levels. */
#include "painter_lane.h"

#include "mask_pixels.h"
#include "sono_mem.h"
#include "sono_tile.h"

#include <math.h>

/* Weights of a mask on a lane's pixels: weights[x * height + y], y upward. */
typedef struct Weights {
    double *time_s, *freq_hz;
    float *w;
} Weights;

static void weights_clear(Weights *weights)
{
    sono_free(weights->time_s);
    sono_free(weights->freq_hz);
    sono_free(weights->w);
}

static SonoStatus weights_make(const SonoPictureSpec *spec, const SonoMask *mask, Weights *out, SonoError *err)
{
    const size_t width = (size_t)spec->width_px;
    const size_t height = (size_t)spec->height_px;
    Weights weights = {.time_s = sono_calloc(width, sizeof(double)),
                       .freq_hz = sono_calloc(height, sizeof(double)),
                       .w = sono_calloc(width * height, sizeof(float))};
    SonoStatus status = SONO_OK;
    if (!weights.time_s || !weights.freq_hz || !weights.w) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory for a picture of %zu pixels", width * height);
    }
    for (size_t x = 0; x < width && status == SONO_OK; x++) {
        weights.time_s[x] = spec->t0_s + (spec->t1_s - spec->t0_s) * ((double)x + 0.5) / (double)width;
    }
    for (size_t y = 0; y < height && status == SONO_OK; y++) {
        weights.freq_hz[y] = sono_freq_axis_hz(&spec->axis, ((double)y + 0.5) / (double)height);
    }
    if (status == SONO_OK) {
        status = sono_mask_render(mask, weights.time_s, width, weights.freq_hz, height, weights.w, height, err);
    }
    if (status != SONO_OK) {
        weights_clear(&weights);
        return status;
    }
    *out = weights;
    return SONO_OK;
}

static bool is_meant(const PainterMask *mask, const PainterLane *lane, bool is_edit)
{
    return (mask->operation != NULL) == is_edit && (mask->channel < 0 || mask->channel == lane->spec.channel);
}

static bool has_weight(const float *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (w[i] > 0.0f) {
            return true;
        }
    }
    return false;
}

static void edit_column(const PainterMask *edit, const float *w, size_t x, const SonoPictureSpec *spec, SonoCplx *z,
                        float *levels)
{
    const size_t width = (size_t)spec->width_px;
    const size_t height = (size_t)spec->height_px;
    for (size_t y = 0; y < height; y++) {
        z[y] = (SonoCplx){w[y] > 0.0f ? powf(10.0f, 0.05f * levels[(height - 1 - y) * width + x]) : 0.0f, 0.0f};
    }
    edit->operation->run(z, w, height, edit->args, z);
    for (size_t y = 0; y < height; y++) {
        if (w[y] > 0.0f) {
            const float level_db = 10.0f * log10f(z[y].re * z[y].re + z[y].im * z[y].im);
            levels[(height - 1 - y) * width + x] = fmaxf(level_db, (float)SONO_TILE_FLOOR_DB);
        }
    }
}

SonoStatus painter_lane_edit(const PainterWish *wish, const PainterLane *lane, float *levels, SonoError *err)
{
    const size_t height = (size_t)lane->spec.height_px;
    SonoCplx *z = sono_calloc(height, sizeof *z);
    SonoStatus status = z ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory for a picture of %zu rows", height);
    for (size_t i = 0; i < wish->n_masks && status == SONO_OK; i++) {
        const PainterMask *edit = &wish->masks[i];
        Weights weights = {0};
        if (!is_meant(edit, lane, true)) {
            continue;
        }
        status = weights_make(&lane->spec, &edit->mask, &weights, err);
        for (int x = 0; x < lane->spec.width_px && status == SONO_OK; x++) {
            const float *w = weights.w + (size_t)x * height;
            if (has_weight(w, height)) {
                edit_column(edit, w, (size_t)x, &lane->spec, z, levels);
            }
        }
        weights_clear(&weights);
    }
    sono_free(z);
    return status;
}

static uint8_t marked(uint8_t value, int code)
{
    static const struct {
        double level, opacity;
    } marks[] = {[MARK_NONE] = {0.0, 0.0},
                 [MARK_DIM] = {0.0, MARK_DIM_OPACITY},
                 [MARK_LIGHT] = {255.0, MARK_LIGHT_OPACITY},
                 [MARK_DARK] = {0.0, MARK_DARK_OPACITY}};
    return (uint8_t)lround((1.0 - marks[code].opacity) * value + marks[code].opacity * marks[code].level);
}

/* codes of box; what lies outside of it is dimmed. */
static void draw_marks(const uint8_t *codes, MaskBox box, int width, int height, uint8_t *rgb)
{
    const size_t n_rows = (size_t)(box.y1 - box.y0);
    for (int y = 0; y < height; y++) {
        uint8_t *px = rgb + 3 * (size_t)(height - 1 - y) * (size_t)width;
        for (int x = 0; x < width; x++, px += 3) {
            const bool in_box = x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1;
            const int code = in_box ? codes[(size_t)(x - box.x0) * n_rows + (size_t)(y - box.y0)] : MARK_DIM;
            for (int c = 0; c < 3 && code != MARK_NONE; c++) {
                px[c] = marked(px[c], code);
            }
        }
    }
}

/* As the renderer does: the same pixels have the same marks. */
static SonoStatus draw_selection(const SonoPictureSpec *spec, const SonoMask *mask, uint8_t *rgb, SonoError *err)
{
    const SonoRenderView view = {.width_px = spec->width_px,
                                 .height_px = spec->height_px,
                                 .t0_s = spec->t0_s,
                                 .s_per_px = (spec->t1_s - spec->t0_s) / spec->width_px,
                                 .axis = spec->axis};
    const MaskBox box = mask_pixels_box(mask, &view);
    float *weights = NULL;
    if (box.x1 <= box.x0) {
        return SONO_OK;
    }
    SonoStatus status = mask_pixels_render(mask, &view, box, true, &weights, err);
    if (status != SONO_OK) {
        return status;
    }
    const int n_columns = box.x1 - box.x0;
    const int n_rows = box.y1 - box.y0;
    uint8_t *codes = sono_alloc_aligned((size_t)n_columns, (size_t)n_rows);
    if (!codes) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory for an outline of %d x %d pixels", n_columns, n_rows);
    } else if (mask_pixels_marks(weights, n_columns, n_rows, codes)) {
        draw_marks(codes, box, spec->width_px, spec->height_px, rgb);
    }
    sono_free(codes);
    sono_free(weights);
    return status;
}

SonoStatus painter_lane_select(const PainterWish *wish, const PainterLane *lane, uint8_t *rgb, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (size_t i = 0; i < wish->n_masks && status == SONO_OK; i++) {
        if (is_meant(&wish->masks[i], lane, false)) {
            status = draw_selection(&lane->spec, &wish->masks[i].mask, rgb, err);
        }
    }
    return status;
}
