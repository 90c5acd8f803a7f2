/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns by themselves: those of strips, without tiles around them. */
#include "sono_columns.h"

#include "column_job.h"

#include <string.h>

typedef struct Columns {
    float *texels;
    size_t n_rows;
} Columns;

static void write_block(void *ctx, int out, const SonoTexelBlock *block, int32_t tx, int32_t n)
{
    const Columns *c = ctx;
    (void)out;
    for (int32_t j = 0; j < n; j++) {
        float *at = c->texels + 2 * c->n_rows * (size_t)(tx + j);
        const size_t from = (size_t)j * block->stride;
        for (size_t r = 0; r < c->n_rows; r++) {
            at[2 * r] = block->level_db[from + r];
            at[2 * r + 1] = block->second[from + r];
        }
    }
}

SonoStatus sono_columns_make(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader,
                             const SonoColumnSpec *spec, const SonoJobTicket *ticket, float *texels, SonoError *err)
{
    const int32_t n_rows = sono_plan_n_bins(plan);
    Columns columns = {texels, (size_t)n_rows};
    ColumnJob job = {.engine = engine,
                     .plan = plan->picture ? plan->picture : plan,
                     .reader = reader,
                     .ticket = ticket,
                     .channel = spec->channel,
                     .level_t = spec->level_t,
                     .col0 = spec->first_col,
                     .n_texels = spec->n_cols,
                     .outs = {{0, 0, n_rows}},
                     .n_outs = 1,
                     .write = write_block,
                     .ctx = &columns};
    if (spec->channel < 0 || spec->channel >= reader->n_channels) {
        return sono_fail(err, SONO_E_INVALID, "columns of channel %d of %d", spec->channel, reader->n_channels);
    }
    if (spec->level_t < 0 || spec->level_t > COLUMN_MAX_LEVEL_T || spec->n_cols < 1 || spec->first_col < 0 ||
        spec->first_col > (INT64_MAX >> 32) - spec->n_cols) {
        return sono_fail(err, SONO_E_INVALID, "no %d columns from %lld on at level %d", (int)spec->n_cols,
                         (long long)spec->first_col, spec->level_t);
    }
    const int64_t n_inside = column_count(plan, reader->n_frames, spec->level_t) - spec->first_col;
    const size_t from = n_inside > 0 ? (size_t)n_inside : 0;
    for (size_t i = from * (size_t)n_rows; i < (size_t)spec->n_cols * (size_t)n_rows; i++) {
        texels[2 * i] = SONO_TILE_FLOOR_DB; /* past the sound's end */
        texels[2 * i + 1] = 0.0f;
    }
    return column_job_run(&job, err);
}

SonoSpan sono_columns_support(const SonoPlan *plan, int level_t, int64_t first_col, int32_t n_cols)
{
    const SonoPlan *picture = plan->picture ? plan->picture : plan;
    const int64_t width = picture->picture_hop << level_t;
    if (picture->axis == SONO_AXIS_TIME) {
        const int64_t per_column = INT64_C(1) << level_t;
        const int64_t before = level_t > 0 ? 1 : 0; /* for the deviation */
        return sono_plan_support(picture, (SonoSlices){first_col * per_column - before, n_cols * per_column + before});
    }
    const int64_t before = band_raster_spacing(picture, level_t);
    return sono_plan_support(picture, band_slices(picture, before, first_col * width, (first_col + n_cols) * width));
}
