/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "band_pump.h"

#include "band_line.h"
#include "dialect_c.h"
#include "sono_clones.h"

#include "sono_mem.h"

#include <string.h>

#define LANES 16

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static size_t n_planes(BandPool pool)
{
    return pool == BAND_MAX_LEVEL ? 1 : pool == BAND_MEAN_LEVEL ? 2 : 5;
}

static size_t stride_of(int32_t n_cols)
{
    return ((size_t)n_cols + LANES - 1) & ~(size_t)(LANES - 1);
}

size_t band_columns_bytes(BandPool pool, int32_t n_rows, int32_t n_cols)
{
    return n_planes(pool) * (size_t)n_rows * stride_of(n_cols) * sizeof(float);
}

bool band_columns_init(BandColumns *cols, BandPool pool, int32_t n_rows, int32_t n_cols)
{
    const size_t stride = stride_of(n_cols);
    const size_t plane = stride * (size_t)n_rows;
    float *p = sono_alloc_uncleared(n_planes(pool) * plane, sizeof *p);
    if (!p) {
        return false;
    }
    *cols = (BandColumns){.pool = pool, .n_rows = n_rows, .n_cols = n_cols, .stride = stride, .power = p, .memory = p};
    if (pool == BAND_MEAN_LEVEL) {
        cols->n = p + plane;
    } else if (pool == BAND_MAX_PHASES) {
        cols->re = p + plane;
        cols->im = p + 2 * plane;
        cols->prev_re = p + 3 * plane;
        cols->prev_im = p + 4 * plane;
    }
    return true;
}

void band_columns_free(BandColumns *cols)
{
    sono_free(cols->memory);
    *cols = (BandColumns){0};
}

void band_columns_reset(BandColumns *cols)
{
    const size_t plane = cols->stride * (size_t)cols->n_rows;
    if (cols->pool == BAND_MEAN_LEVEL) {
        memset(cols->power, 0, 2 * plane * sizeof *cols->power); /* and n after it */
        return;
    }
    for (size_t i = 0; i < plane; i++) {
        cols->power[i] = -1.0f;
    }
}

size_t band_pump_bytes(const BandRaster *raster, bool holds_all)
{
    const size_t row = holds_all ? raster->n_all_coef : raster->n_group_coef;
    return (size_t)raster->plan->slice_len * sizeof(float) +
           (row + raster->n_tail + (size_t)raster->max_line + 1 + (size_t)raster->max_input) * sizeof(SonoCplx) +
           ((size_t)raster->max_line + 1) * sizeof(float);
}

bool band_pump_init(BandPump *pump, SonoEngine *engine, BandRaster *raster, bool holds_all)
{
    const size_t row = holds_all ? raster->n_all_coef : raster->n_group_coef;
    const size_t line = (size_t)raster->max_line + 1;
    *pump = (BandPump){
        .engine = engine,
        .raster = band_raster_ref(raster),
        .holds_all = holds_all,
        .pcm = sono_alloc_uncleared((size_t)raster->plan->slice_len, sizeof *pump->pcm),
        .row = sono_alloc_uncleared(row, sizeof *pump->row),
        .tail = sono_alloc_aligned(raster->n_tail, sizeof *pump->tail),
        .line = sono_alloc_uncleared(line, sizeof *pump->line),
        .input = sono_alloc_uncleared((size_t)raster->max_input, sizeof *pump->input),
        .power = sono_alloc_uncleared(line, sizeof *pump->power),
    };
    return pump->pcm && pump->row && pump->tail && pump->line && pump->input && pump->power;
}

void band_pump_free(BandPump *pump)
{
    band_raster_unref(pump->raster);
    sono_free(pump->pcm);
    sono_free(pump->row);
    sono_free(pump->tail);
    sono_free(pump->line);
    sono_free(pump->input);
    sono_free(pump->power);
    *pump = (BandPump){0};
}

static SonoCplx *row_of(const BandPump *pump, const BandGroup *group)
{
    return pump->row + (pump->holds_all ? group->row_at : 0);
}

SonoStatus band_pump_load(BandPump *pump, int32_t group, const SonoPcmReader *reader, int channel, int64_t m,
                          SonoError *err)
{
    const BandGroup *g = &pump->raster->groups[group];
    const SonoPlan *plan = g->plan;
    const SonoSpan slice = {sono_plan_slice_start(plan, m), plan->slice_len};
    const SonoSpan span = sono_span_intersect(slice, (SonoSpan){0, reader->n_frames});
    if (span.n_frames <= 0) {
        memset(row_of(pump, g), 0, plan->n_coef * sizeof *pump->row);
        return SONO_OK;
    }
    SonoStatus status = SONO_OK;
    if (group == 0 || !pump->holds_all) {
        status = reader->read(reader->ctx, channel, span.start_frame, span.n_frames, pump->pcm, err);
    }
    if (status == SONO_OK) {
        status = sono_engine_analyse(pump->engine, plan, pump->pcm, span, (SonoSlices){m, 1}, row_of(pump, g), err);
    }
    return status;
}

SONO_CLONES static void powers(const SonoCplx *restrict z, int64_t n, float *restrict power)
{
    for (int64_t i = 0; i < n; i++) {
        power[i] = z[i].re * z[i].re + z[i].im * z[i].im;
    }
}

SONO_CLONES static float loudest(const float *power, int64_t n)
{
    float best[LANES] = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            best[k] = SONO_KMAX(power[i + k], best[k]);
        }
    }
    for (; i < n; i++) {
        best[0] = SONO_KMAX(power[i], best[0]);
    }
    for (int k = 1; k < LANES; k++) {
        best[0] = SONO_KMAX(best[k], best[0]);
    }
    return best[0];
}

/* The sum starts anew with each step, so that it is the same however steps are cut into columns. */
static void take_mean(BandColumns *cols, size_t at, const float *power, int64_t n)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++) {
        sum += (double)power[i];
    }
    cols->power[at] += (float)sum;
    cols->n[at] += (float)n;
}

/* line: z[-1] is the coefficient before z[0]. of_start: the phases are those at the column's start, of which the
 * picture at its finest says them, not those of the loudest coefficient. */
static void take_loudest(BandColumns *cols, size_t at, const SonoCplx *z, const float *power, int64_t n, bool of_start)
{
    const float best = loudest(power, n);
    if (!(best > cols->power[at])) {
        return;
    }
    cols->power[at] = best;
    if (cols->pool == BAND_MAX_LEVEL) {
        return;
    }
    int64_t i = 0;
    while (!of_start && i + 1 < n && power[i] != best) {
        i++;
    }
    cols->re[at] = z[i].re;
    cols->im[at] = z[i].im;
    cols->prev_re[at] = z[i - 1].re;
    cols->prev_im[at] = z[i - 1].im;
}

/* One coefficient per column. */
static void take_each(BandColumns *cols, size_t at, const SonoCplx *restrict z, const float *restrict power, int64_t n)
{
    if (cols->pool == BAND_MEAN_LEVEL) {
        for (int64_t i = 0; i < n; i++) {
            cols->power[at + (size_t)i] = power[i];
            cols->n[at + (size_t)i] = 1.0f;
        }
        return;
    }
    memcpy(cols->power + at, power, (size_t)n * sizeof *power);
    for (int64_t i = 0; cols->pool == BAND_MAX_PHASES && i < n; i++) {
        cols->re[at + (size_t)i] = z[i].re;
        cols->im[at + (size_t)i] = z[i].im;
        cols->prev_re[at + (size_t)i] = z[i - 1].re;
        cols->prev_im[at + (size_t)i] = z[i - 1].im;
    }
}

/* Columns [j0, j1) of a band take samples [a0, a1); line[1] is sample a0. */
static void pool_band(BandPump *pump, int32_t row, int64_t a0, int64_t a1, int32_t j0, int32_t j1, BandColumns *cols)
{
    const SonoPlan *plan = pump->raster->plan;
    const int64_t n = pump->raster->n_line[row];
    const SonoCplx *z = pump->line + 1;
    const size_t first = (size_t)row * cols->stride;
    if (n * cols->width == plan->slice_len) { /* sample a is column a */
        take_each(cols, first + (size_t)(j0 + (a0 - cols->edge[j0] / cols->width)), z, pump->power, a1 - a0);
        return;
    }
    int64_t from = a0;
    for (int32_t j = j0; j < j1; j++) {
        const int64_t to = min64(a1, band_sample_from(plan, n, cols->edge[j + 1]));
        if (to <= from) {
            continue;
        }
        const float *power = pump->power + (from - a0);
        if (cols->pool == BAND_MEAN_LEVEL) {
            take_mean(cols, first + (size_t)j, power, to - from);
        } else {
            take_loudest(cols, first + (size_t)j, z + (from - a0), power, to - from, cols->width == plan->picture_hop);
        }
        from = to;
    }
}

/* The samples of a band that the columns want of the step, and the one before. */
static void add_band(BandPump *pump, int32_t row, const SonoCplx *coef, int64_t m, int32_t j0, int32_t j1,
                     BandColumns *cols)
{
    const BandRaster *r = pump->raster;
    const int64_t n = r->n_line[row];
    const StepSamples step = band_step_samples(r->plan, m, n);
    const SonoCplx *tail = pump->tail + r->tail_at[row];
    const int64_t a0 = max64(step.a0, band_sample_from(r->plan, n, cols->edge[j0]));
    const int64_t a1 = min64(step.a1, band_sample_from(r->plan, n, cols->edge[j1]));
    if (a1 <= a0) {
        return;
    }
    if (a0 == step.a0) {
        pump->line[0] = tail[0];
        band_line_fill(r, row, m, coef, tail, a0, a1, pump->input, pump->line + 1);
    } else {
        band_line_fill(r, row, m, coef, tail, a0 - 1, a1, pump->input, pump->line);
    }
    powers(pump->line + 1, a1 - a0, pump->power);
    pool_band(pump, row, a0, a1, j0, j1, cols);
}

void band_pump_add(BandPump *pump, int32_t group, int64_t m, BandColumns *cols)
{
    const BandGroup *g = &pump->raster->groups[group];
    const int64_t t0 = sono_plan_slice_start(g->plan, m);
    const int64_t t1 = sono_plan_slice_start(g->plan, m + 1);
    int32_t j0 = 0;
    int32_t j1 = cols->n_cols;
    while (j0 < j1 && cols->edge[j0 + 1] <= t0) {
        j0++;
    }
    while (j1 > j0 && cols->edge[j1 - 1] >= t1) {
        j1--;
    }
    for (int32_t i = 0; i < g->n_rows && j1 > j0; i++) {
        add_band(pump, g->row0 + i, row_of(pump, g) + g->plan->atoms[i].coef_at, m, j0, j1, cols);
    }
}

void band_pump_pass(BandPump *pump, int32_t group, int64_t m)
{
    const BandRaster *r = pump->raster;
    const BandGroup *g = &r->groups[group];
    for (int32_t i = 0; i < g->n_rows; i++) {
        const int32_t row = g->row0 + i;
        const SonoCplx *coef = row_of(pump, g) + g->plan->atoms[i].coef_at;
        band_line_tail(r, row, m, coef, pump->input, pump->line, pump->tail + r->tail_at[row]);
    }
}

SonoSlices band_slices(const SonoPlan *plan, int64_t before, int64_t t0, int64_t t1)
{
    return sono_plan_slices_touching(plan, (SonoSpan){t0 - before, t1 - t0 + before});
}
