/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of plans over frequency. A unit goes through the slices that its columns need, one after another. */
#include "column_job.h"

#include "sono_mem.h"

#include <string.h>

#define COLUMNS_BYTES ((size_t)4 << 20)
/* A unit needs one slice more than it shows: few of them are nothing then. */
#define MIN_UNIT_SLICES 8
#define UNITS_PER_THREAD 4

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t column_frames(const ColumnJob *job)
{
    return job->plan->picture_hop << job->level_t;
}

static BandPool pool_of(const ColumnJob *job)
{
    return job->kind == SONO_TEXEL_LEVEL_ONLY ? BAND_MAX_LEVEL : BAND_MAX_PHASES;
}

SonoSlices column_bands_slices(const ColumnJob *job, int64_t col, int64_t n_cols)
{
    const int64_t width = column_frames(job);
    const int64_t before = pool_of(job) == BAND_MAX_PHASES ? job->raster->spacing : 0;
    const SonoSlices steps = band_steps(job->plan, before, col * width, (col + n_cols) * width);
    return (SonoSlices){steps.first - 1, steps.n + 1};
}

int64_t column_bands_unit_width(const ColumnJob *job)
{
    const int64_t width = column_frames(job);
    const int64_t n_threads = sono_jobs_n_threads(sono_engine_jobs(job->engine));
    const int64_t even = (job->n_texels + UNITS_PER_THREAD * n_threads - 1) / (UNITS_PER_THREAD * n_threads);
    const int64_t least = (MIN_UNIT_SLICES * job->plan->slice_hop + width - 1) / width;
    const size_t bytes = band_columns_bytes(pool_of(job), (int32_t)job->n_bins, SONO_TILE_TEXELS) / SONO_TILE_TEXELS;
    const int64_t most = (int64_t)(COLUMNS_BYTES / bytes);
    return max64(1, min64(max64(even, least), most));
}

void column_bands_gather(const ColumnJob *job, const BandColumns *b, int32_t j0, int32_t n, SonoBinColumn *bins)
{
    for (int32_t r = 0; r < b->n_rows; r++) {
        const size_t at = (size_t)r * b->stride + (size_t)j0;
        for (int32_t j = 0; j < n; j++) {
            bins[j].power[r] = b->power[at + (size_t)j] * job->raster->power_scale[r];
        }
        for (int32_t j = 0; b->pool == BAND_MAX_PHASES && j < n; j++) {
            bins[j].re[r] = b->re[at + (size_t)j];
            bins[j].im[r] = b->im[at + (size_t)j];
            bins[j].prev_re[r] = b->prev_re[at + (size_t)j];
            bins[j].prev_im[r] = b->prev_im[at + (size_t)j];
        }
    }
}

/* Texels from columns: eight at a time, as their rows lie beside each other. */
static void finish_columns(const ColumnJob *job, ColumnScratch *scratch, ColumnUnit unit)
{
    const BandColumns *b = &scratch->bands;
    for (int32_t j0 = 0; j0 < b->n_cols; j0 += SONO_TEXEL_BLOCK) {
        const int32_t n = (int32_t)min64(SONO_TEXEL_BLOCK, b->n_cols - j0);
        column_bands_gather(job, b, j0, n, scratch->bins);
        for (int32_t j = 0; j < n; j++) {
            column_finish(job, scratch, &scratch->bins[j], (size_t)j);
        }
        column_flush(job, scratch, unit.tx0 + j0 + n, n);
    }
}

/* All groups of bands of one slice; add: into the columns, else only for what the next step needs. */
static bool take_slice(ColumnJob *job, ColumnScratch *scratch, int64_t m, bool into_columns)
{
    BandPump *pump = &scratch->pump;
    for (int32_t g = 0; g < job->raster->n_groups; g++) {
        sono_jobs_yield(sono_engine_jobs(job->engine));
        if (column_is_stopped(job)) {
            return false;
        }
        SonoError error = {0};
        const SonoStatus status = band_pump_load(pump, g, job->reader, job->channel, m, &error);
        if (status != SONO_OK) {
            column_stop(job, status, &error);
            return false;
        }
        if (into_columns) {
            band_pump_add(pump, g, m, &scratch->bands);
        }
        band_pump_pass(pump, g, m);
    }
    return true;
}

void column_bands_make(ColumnJob *job, ColumnScratch *scratch, ColumnUnit unit)
{
    const int64_t width = column_frames(job);
    BandColumns *b = &scratch->bands;
    b->n_cols = unit.tx1 - unit.tx0;
    b->width = width;
    for (int32_t j = 0; j <= b->n_cols; j++) {
        scratch->edges[j] = (job->col0 + unit.tx0 + j) * width;
    }
    b->edge = scratch->edges;
    band_columns_reset(b);
    const SonoSlices slices = column_bands_slices(job, job->col0 + unit.tx0, b->n_cols);
    for (int64_t i = 0; i < slices.n; i++) {
        if (!take_slice(job, scratch, slices.first + i, i > 0)) {
            return;
        }
    }
    finish_columns(job, scratch, unit);
}

bool column_bands_scratch(const ColumnJob *job, ColumnScratch *scratch)
{
    int32_t widest = 0;
    for (size_t i = 0; i < job->n_units; i++) {
        const int32_t n = job->units[i].tx1 - job->units[i].tx0;
        widest = n > widest ? n : widest;
    }
    scratch->edges = sono_calloc((size_t)widest + 1, sizeof *scratch->edges);
    return band_pump_init(&scratch->pump, job->engine, job->raster, false) && scratch->edges &&
           band_columns_init(&scratch->bands, pool_of(job), (int32_t)job->n_bins, widest);
}

void column_bands_scratch_free(ColumnScratch *scratch)
{
    band_pump_free(&scratch->pump);
    band_columns_free(&scratch->bands);
    sono_free(scratch->edges);
}

SonoStatus column_bands_prepare(ColumnJob *job, SonoError *err)
{
    const SonoStatus status = engine_band_raster(job->engine, job->plan, job->level_t, &job->raster, err);
    if (status != SONO_OK) {
        return status;
    }
    job->scale = 1.0f;
    memcpy(job->advance, job->raster->advance, job->n_bins * sizeof *job->advance);
    memcpy(job->bins_per_turn, job->raster->rows_per_turn, job->n_bins * sizeof *job->bins_per_turn);
    return SONO_OK;
}
