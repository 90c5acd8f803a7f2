/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which bins a pixel row shows. */
#include "picture_rows.h"

#include <math.h>

#include "sono_mem.h"
#include "sono_tile.h"

static double row_hz(const SonoPlan *plan, int32_t row)
{
    return plan->axis == SONO_AXIS_TIME ? sono_plan_freq_hz(plan, (size_t)row) : sono_plan_row_hz(plan, (double)row);
}

/* First bin at or above a frequency; frequencies of bins ascend. */
static int32_t bin_at_least(const SonoPlan *plan, int32_t n_bins, double freq_hz)
{
    int32_t lo = 0, hi = n_bins;
    while (lo < hi) {
        const int32_t mid = lo + (hi - lo) / 2;
        if (row_hz(plan, mid) < freq_hz) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* Rows reach half a row beyond their centres. */
static bool is_shown(const SonoPlan *plan, int32_t n_bins, double freq_hz)
{
    const double row = sono_plan_row_at(plan, freq_hz);
    return row >= -0.5 && row <= n_bins - 0.5;
}

static PictureRow make_row(const SonoPlan *plan, const SonoFreqAxis *axis, int32_t n_bins, int height, int y)
{
    const double bottom_hz = sono_freq_axis_hz(axis, (double)(height - 1 - y) / height);
    const double top_hz = sono_freq_axis_hz(axis, (double)(height - y) / height);
    PictureRow row = {.first = bin_at_least(plan, n_bins, bottom_hz), .end = bin_at_least(plan, n_bins, top_hz)};
    if (row.end > row.first) {
        return row;
    }
    const double centre_hz = sono_freq_axis_hz(axis, ((double)(height - y) - 0.5) / height);
    row.first = row.end = bin_at_least(plan, n_bins, centre_hz);
    row.part = -1.0f;
    if (row.first > 0 && row.first < n_bins) {
        const double below_hz = row_hz(plan, row.first - 1);
        const double above_hz = row_hz(plan, row.first);
        row.part = (float)((centre_hz - below_hz) / (above_hz - below_hz));
    } else if (n_bins > 1 && is_shown(plan, n_bins, centre_hz)) { /* the outer halves of the first and the last */
        row.part = row.first > 0 ? 1.0f : 0.0f;
        row.first = row.end = row.first > 0 ? n_bins - 1 : 1;
    }
    return row;
}

SonoStatus sono_picture_rows_make(const SonoPlan *plan, const SonoPictureSpec *spec, PictureRows *out, SonoError *err)
{
    const int height = spec->height_px;
    PictureRows rows = {.height = height, .n_bins = sono_plan_n_bins(plan), .pool = spec->pool};
    rows.row = sono_calloc((size_t)height, sizeof *rows.row);
    if (!rows.row) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a picture of %d rows", height);
    }
    rows.first_bin = rows.n_bins;
    for (int y = 0; y < height; y++) {
        rows.row[y] = make_row(plan, &spec->axis, rows.n_bins, height, y);
        const PictureRow *r = &rows.row[y];
        const bool between = r->first == r->end;
        if (between && r->part < 0.0f) {
            continue;
        }
        const int32_t first = between ? r->first - 1 : r->first, end = between ? r->first + 1 : r->end;
        rows.first_bin = first < rows.first_bin ? first : rows.first_bin;
        rows.end_bin = end > rows.end_bin ? end : rows.end_bin;
    }
    if (plan->axis == SONO_AXIS_TIME) {
        rows.level_offset_db = (float)(20.0 * log10(plan->atoms[0].level_scale));
    }
    *out = rows;
    return SONO_OK;
}

void sono_picture_rows_clear(PictureRows *rows)
{
    sono_free(rows->row);
    *rows = (PictureRows){0};
}

static float level_from_power(const PictureRows *rows, float power)
{
    const float db = power > 0.0f ? 10.0f * log10f(power) + rows->level_offset_db : SONO_TILE_FLOOR_DB;
    return db > SONO_TILE_FLOOR_DB ? db : SONO_TILE_FLOOR_DB;
}

static float pooled(SonoPool pool, const float *power, int32_t n)
{
    float most = 0.0f;
    float sum = 0.0f;
    for (int32_t k = 0; k < n; k++) {
        most = power[k] > most ? power[k] : most;
        sum += power[k];
    }
    return pool == SONO_POOL_MEAN ? sum / (float)n : most;
}

void sono_picture_rows_levels(const PictureRows *rows, const float *power, float *row_db)
{
    for (int y = 0; y < rows->height; y++) {
        const PictureRow *r = &rows->row[y];
        if (r->first == r->end && r->part < 0.0f) {
            row_db[y] = SONO_TILE_FLOOR_DB;
        } else if (r->first == r->end) {
            const float below = level_from_power(rows, power[r->first - 1]);
            const float above = level_from_power(rows, power[r->first]);
            row_db[y] = below + r->part * (above - below);
        } else {
            row_db[y] = level_from_power(rows, pooled(rows->pool, power + r->first, r->end - r->first));
        }
    }
}
