/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits and selections in the CPU painter's pictures: their masks are rendered on the grid of pixels, and the body of
 * an operation that a commit runs on coefficients runs on the pixels' levels. */
#include "painter_lane.h"

#include "sono_mem.h"
#include "sono_tile.h"

#include <math.h>

/* Part of the brightness that is left outside of a selection. */
#define DIMMED 0.62
#define OUTLINE_RGB 235

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

/* A pixel inside with a neighbour outside. The edge of the picture is none of the selection. */
static bool is_outline(const Weights *weights, int x, int y, int width, int height)
{
    static const int steps[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    if (weights->w[x * height + y] <= 0.5f) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        const int nx = x + steps[i][0];
        const int ny = y + steps[i][1];
        if (nx >= 0 && nx < width && ny >= 0 && ny < height && weights->w[nx * height + ny] <= 0.5f) {
            return true;
        }
    }
    return false;
}

static void draw_selection(const Weights *weights, int width, int height, uint8_t *rgb)
{
    for (int x = 0; x < width; x++) {
        for (int y = 0; y < height; y++) {
            uint8_t *px = rgb + 3 * ((size_t)(height - 1 - y) * (size_t)width + (size_t)x);
            const bool outline = is_outline(weights, x, y, width, height);
            const double left = DIMMED + (1.0 - DIMMED) * (double)weights->w[x * height + y];
            for (int c = 0; c < 3; c++) {
                px[c] = outline ? OUTLINE_RGB : (uint8_t)lround(px[c] * left);
            }
        }
    }
}

SonoStatus painter_lane_select(const PainterWish *wish, const PainterLane *lane, uint8_t *rgb, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (size_t i = 0; i < wish->n_masks && status == SONO_OK; i++) {
        Weights weights = {0};
        if (!is_meant(&wish->masks[i], lane, false)) {
            continue;
        }
        status = weights_make(&lane->spec, &wish->masks[i].mask, &weights, err);
        if (status == SONO_OK) {
            draw_selection(&weights, lane->spec.width_px, lane->spec.height_px, rgb);
        }
        weights_clear(&weights);
    }
    return status;
}
