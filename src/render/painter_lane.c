/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits in the CPU painter's pictures: their masks are rendered on the grid of pixels, and the body of an operation
 * that a commit runs on coefficients runs on the pixels' levels. */
#include "painter_lane.h"

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
        if (edit->channel >= 0 && edit->channel != lane->spec.channel) {
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
