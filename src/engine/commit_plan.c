/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transform of a commit. "auto" takes an STFT whose window suits the mask's lines: their height decides, not the
 * box around the mask, which for a vibrato or for harmonics is many times as high. */
#include "commit_internal.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

/* The mask is looked at on a fixed grid inside its bounds, so the choice depends on the edit alone. */
#define GRID_COLUMNS 128
#define GRID_ROWS 1024
#define INSIDE 0.5f /* of the largest weight */

/* Median over the grid's cells inside the mask of the height of the run they lie in, in rows; 0 when none is inside. */
static size_t median_run_height(const float *weights)
{
    size_t cells[GRID_ROWS + 1] = {0}; /* by height of their run */
    size_t total = 0;
    float most = 0.0f;
    for (size_t i = 0; i < (size_t)GRID_COLUMNS * GRID_ROWS; i++) {
        most = weights[i] > most ? weights[i] : most;
    }
    if (!(most > 0.0f)) {
        return 0;
    }
    for (size_t c = 0; c < GRID_COLUMNS; c++) {
        size_t run = 0;
        for (size_t r = 0; r <= GRID_ROWS; r++) {
            if (r < GRID_ROWS && weights[c * GRID_ROWS + r] >= INSIDE * most) {
                run++;
                continue;
            }
            cells[run] += run;
            total += run;
            run = 0;
        }
    }
    size_t height = 0;
    for (size_t seen = 0; 2 * seen < total; seen += cells[height]) {
        height++;
    }
    return height;
}

/* Height of the mask's lines in Hz; of its bounds if it has no inside on the grid. */
static SonoStatus mask_height(const SonoMask *mask, SonoRegion bounds, double *height_hz, SonoError *err)
{
    const double step_s = (bounds.t1_s - bounds.t0_s) / GRID_COLUMNS;
    const double step_hz = (bounds.f1_hz - bounds.f0_hz) / GRID_ROWS;
    double time_s[GRID_COLUMNS];
    double freq_hz[GRID_ROWS];
    float *weights = sono_alloc_aligned((size_t)GRID_COLUMNS * GRID_ROWS, sizeof *weights);
    if (!weights) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to look at the mask");
    }
    for (int c = 0; c < GRID_COLUMNS; c++) {
        time_s[c] = bounds.t0_s + (c + 0.5) * step_s;
    }
    for (int r = 0; r < GRID_ROWS; r++) {
        freq_hz[r] = bounds.f0_hz + (r + 0.5) * step_hz;
    }
    /* A line finer than the grid is still seen; dots between its columns only at a second look, as it thickens lines.
     */
    size_t rows = 0;
    SonoStatus status = SONO_OK;
    for (int look = 0; look < 2 && status == SONO_OK && rows == 0; look++) {
        const SonoMaskFit fit = {look ? step_s : 0.0, step_hz, INFINITY, 0.0};
        status = sono_mask_render_fit(mask, fit, time_s, GRID_COLUMNS, freq_hz, GRID_ROWS, weights, GRID_ROWS, err);
        rows = status == SONO_OK ? median_run_height(weights) : 0;
    }
    if (status == SONO_OK) {
        *height_hz = rows > 0 ? (double)rows * step_hz : bounds.f1_hz - bounds.f0_hz;
    }
    sono_free(weights);
    return status;
}

SonoStatus sono_commit_plan(SonoEngine *engine, const SonoEdit *edit, double rate_hz, int64_t n_frames, SonoPlan **out,
                            SonoError *err)
{
    if (strcmp(edit->transform, "auto") != 0) {
        const SonoTransform *t = sono_transform_find(edit->transform);
        return t ? sono_engine_plan(engine, t, &edit->transform_params, rate_hz, n_frames, out, err)
                 : sono_fail(err, SONO_E_INVALID, "no transform '%s'", edit->transform);
    }
    const SonoRegion bounds =
        sono_region_intersect(sono_mask_bounds(&edit->mask), commit_whole_sound(rate_hz, n_frames));
    double height_hz = bounds.f1_hz - bounds.f0_hz;
    /* a mask too thin or too short for a grid of distinct doubles is taken by its bounds */
    if (height_hz > 1e-6 && bounds.t1_s - bounds.t0_s > 1e-9 * (1.0 + bounds.t1_s)) {
        const SonoStatus status = mask_height(&edit->mask, bounds, &height_hz, err);
        if (status != SONO_OK) {
            return status;
        }
    }
    const SonoTransform *stft = sono_transform_find("stft");
    SonoParams params = sono_params_defaults(stft->params);
    stft->auto_params(height_hz, (int64_t)((bounds.t1_s - bounds.t0_s) * rate_hz), rate_hz, &params);
    return sono_engine_plan(engine, stft, &params, rate_hz, n_frames, out, err);
}
