/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of plans over frequency. Provisional ones are sketched. A unit of exact ones goes through the slices that its
 * columns need, one after another. */
#include "column_job.h"

#include "sono_mem.h"

#include <string.h>

#define COLUMNS_BYTES ((size_t)4 << 20)
/* A unit needs one slice more than it shows: few of them are nothing then. */
#define MIN_UNIT_SLICES 8
#define UNITS_PER_THREAD 8
#define PICKS 3 /* spectra of a provisional column */

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

SonoSlices column_bands_slices(const ColumnJob *job, int64_t col, int64_t n_cols)
{
    const int64_t width = column_frames(job);
    const int64_t before = job->provisional ? 0 : job->raster->spacing;
    return band_slices(job->plan, before, col * width, (col + n_cols) * width);
}

int64_t column_bands_unit_width(const ColumnJob *job)
{
    if (job->provisional) {
        return SONO_TEXEL_BLOCK;
    }
    const int64_t width = column_frames(job);
    const int64_t n_threads = sono_jobs_n_threads(sono_engine_jobs(job->engine));
    const int64_t n_inside = min64(job->col0 + job->n_texels, job->n_cols) - max64(job->col0, 0);
    const int64_t even = (n_inside + UNITS_PER_THREAD * n_threads - 1) / (UNITS_PER_THREAD * n_threads);
    const int64_t least = (MIN_UNIT_SLICES * job->plan->slice_hop + width - 1) / width;
    const size_t bytes = band_columns_bytes(BAND_MAX_PHASES, (int32_t)job->n_bins, SONO_TILE_TEXELS) / SONO_TILE_TEXELS;
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

/* Does anyone want rows of the group? */
static bool is_wanted(const ColumnJob *job, const BandGroup *g)
{
    bool wanted = false;
    for (int i = 0; i < job->n_outs; i++) {
        const ColumnOut *out = &job->outs[i];
        wanted = wanted || ((int64_t)out->row1 << out->level_f > g->row0 &&
                            (int64_t)out->row0 << out->level_f < g->row0 + g->n_rows);
    }
    return wanted;
}

/* All groups of bands of one slice into the columns. */
static bool take_slice(ColumnJob *job, ColumnScratch *scratch, int64_t m)
{
    BandPump *pump = &scratch->pump;
    for (int32_t g = 0; g < job->raster->n_groups; g++) {
        if (!is_wanted(job, &job->raster->groups[g])) {
            continue;
        }
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
        band_pump_add(pump, g, m, &scratch->bands);
        band_pump_pass(pump, g, m);
    }
    return true;
}

/* power[n_rows]: the loudest of some short spectra, evenly spread over the column. */
static bool sketch_column(ColumnJob *job, ColumnScratch *scratch, int64_t col, float *power)
{
    const SonoPlan *stft = job->sketch->stft;
    const int64_t width = column_frames(job);
    memset(power, 0, job->n_bins * sizeof *power);
    for (int i = 0; i < PICKS; i++) {
        const int64_t frame = col * width + (2 * i + 1) * width / (2 * PICKS);
        const SonoSlices pick = {frame / stft->slice_hop, 1};
        const SonoSpan sound = {0, job->reader->n_frames};
        const SonoSpan span = sono_span_intersect(sono_plan_support(stft, pick), sound);
        SonoError error = {0};
        if (span.n_frames <= 0) {
            continue;
        }
        SonoStatus status =
            job->reader->read(job->reader->ctx, job->channel, span.start_frame, span.n_frames, scratch->pcm, &error);
        if (status == SONO_OK) {
            status = sono_engine_analyse(job->engine, stft, scratch->pcm, span, pick, scratch->coef, &error);
        }
        if (status != SONO_OK) {
            column_stop(job, status, &error);
            return false;
        }
        column_sketch_add(job->sketch, scratch->coef, scratch->bin_power, power);
    }
    return true;
}

static void sketch_unit(ColumnJob *job, ColumnScratch *scratch, ColumnUnit unit)
{
    sono_jobs_yield(sono_engine_jobs(job->engine));
    const int32_t n = unit.tx1 - unit.tx0;
    for (int32_t j = 0; j < n; j++) {
        if (column_is_stopped(job) || !sketch_column(job, scratch, job->col0 + unit.tx0 + j, scratch->bins[j].power)) {
            return;
        }
        column_finish(job, scratch, &scratch->bins[j], (size_t)j);
    }
    column_flush(job, scratch, unit.tx1, n);
}

void column_bands_make(ColumnJob *job, ColumnScratch *scratch, ColumnUnit unit)
{
    if (job->provisional) {
        sketch_unit(job, scratch, unit);
        return;
    }
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
        if (!take_slice(job, scratch, slices.first + i)) {
            return;
        }
    }
    finish_columns(job, scratch, unit);
}

bool column_bands_scratch(const ColumnJob *job, ColumnScratch *scratch)
{
    if (job->provisional) {
        const SonoPlan *stft = job->sketch->stft;
        scratch->pcm = sono_alloc_uncleared((size_t)stft->slice_len, sizeof(float));
        scratch->coef = sono_alloc_uncleared(stft->n_coef, sizeof(SonoCplx));
        scratch->bin_power = sono_alloc_uncleared(stft->n_coef, sizeof(float));
        return scratch->pcm && scratch->coef && scratch->bin_power;
    }
    int32_t widest = 0;
    for (size_t i = 0; i < job->n_units; i++) {
        const int32_t n = job->units[i].tx1 - job->units[i].tx0;
        widest = n > widest ? n : widest;
    }
    scratch->edges = sono_calloc((size_t)widest + 1, sizeof *scratch->edges);
    return band_pump_init(&scratch->pump, job->engine, job->raster, false) && scratch->edges &&
           band_columns_init(&scratch->bands, BAND_MAX_PHASES, (int32_t)job->n_bins, widest);
}

void column_bands_scratch_free(ColumnScratch *scratch)
{
    band_pump_free(&scratch->pump);
    band_columns_free(&scratch->bands);
    sono_free(scratch->edges);
    sono_free(scratch->pcm);
    sono_free(scratch->coef);
    sono_free(scratch->bin_power);
}

SonoStatus column_bands_prepare(ColumnJob *job, SonoError *err)
{
    job->scale = 1.0f;
    if (job->provisional) {
        return column_sketch_new(job->engine, job->plan, &job->sketch, err);
    }
    const SonoStatus status = engine_band_raster(job->engine, job->plan, job->level_t, &job->raster, err);
    if (status != SONO_OK) {
        return status;
    }
    memcpy(job->advance, job->raster->advance, job->n_bins * sizeof *job->advance);
    memcpy(job->bins_per_turn, job->raster->rows_per_turn, job->n_bins * sizeof *job->bins_per_turn);
    return SONO_OK;
}
