/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "band_pump.h"

#include "dialect_c.h"

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

static int64_t ceil_div(int64_t a, int64_t b)
{
    return a / b + (a % b > 0);
}

/* The first coefficient of n per slice, counted from frame 0, that is not before the frame. Whole slices are taken off
 * first: a frame times n need not fit. */
static int64_t coef_from(const SonoPlan *plan, int64_t n, int64_t frame)
{
    const int64_t whole = frame / plan->slice_len;
    return whole * n + ceil_div(frame % plan->slice_len * n, plan->slice_len);
}

static size_t coef_in_row(int64_t a, int64_t n)
{
    const int64_t r = a % n;
    return (size_t)(r < 0 ? r + n : r);
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
           (row + raster->n_tail + (size_t)raster->max_coef + 1) * sizeof(SonoCplx) +
           ((size_t)raster->max_coef + 1) * sizeof(float);
}

bool band_pump_init(BandPump *pump, SonoEngine *engine, BandRaster *raster, bool holds_all)
{
    const size_t row = holds_all ? raster->n_all_coef : raster->n_group_coef;
    const size_t line = (size_t)raster->max_coef + 1;
    *pump = (BandPump){
        .engine = engine,
        .raster = band_raster_ref(raster),
        .holds_all = holds_all,
        .pcm = sono_alloc_uncleared((size_t)raster->plan->slice_len, sizeof *pump->pcm),
        .row = sono_alloc_uncleared(row, sizeof *pump->row),
        .tail = sono_alloc_aligned(raster->n_tail, sizeof *pump->tail),
        .line = sono_alloc_uncleared(line, sizeof *pump->line),
        .power = sono_alloc_uncleared(line, sizeof *pump->power),
    };
    return pump->pcm && pump->row && pump->tail && pump->line && pump->power;
}

void band_pump_free(BandPump *pump)
{
    band_raster_unref(pump->raster);
    sono_free(pump->pcm);
    sono_free(pump->row);
    sono_free(pump->tail);
    sono_free(pump->line);
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

/* out[0 .. a1 - a0) = coefficients a0.. of a row of n, which goes round. */
static void unroll(const SonoCplx *row, int64_t n, int64_t a0, int64_t a1, SonoCplx *out)
{
    for (int64_t a = a0; a < a1;) {
        const size_t at = coef_in_row(a, n);
        const int64_t run = min64(a1 - a, n - (int64_t)at);
        memcpy(out + (a - a0), row + at, (size_t)run * sizeof *out);
        a += run;
    }
}

static void add(const SonoCplx *restrict tail, int64_t n, SonoCplx *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i].re += tail[i].re;
        out[i].im += tail[i].im;
    }
}

static void powers(const SonoCplx *restrict z, int64_t n, float *restrict power)
{
    for (int64_t i = 0; i < n; i++) {
        power[i] = z[i].re * z[i].re + z[i].im * z[i].im;
    }
}

/* Which coefficients of a band a step has: [a0, a1), up to shared together with the slice before. */
typedef struct StepCoefs {
    int64_t a0, shared, a1;
} StepCoefs;

static StepCoefs step_coefs(const SonoPlan *plan, int64_t m, int64_t n)
{
    return (StepCoefs){.a0 = coef_from(plan, n, sono_plan_slice_start(plan, m)),
                       .shared = coef_from(plan, n, sono_plan_slice_start(plan, m - 1) + plan->slice_len),
                       .a1 = coef_from(plan, n, sono_plan_slice_start(plan, m + 1))};
}

static float loudest(const float *power, int64_t n)
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

/* Columns [j0, j1) of a band take what lies in the step; line[1] is coefficient a0. */
static void pool_band(BandPump *pump, int32_t row, StepCoefs step, int32_t j0, int32_t j1, BandColumns *cols)
{
    const SonoPlan *plan = pump->raster->plan;
    const int64_t n = pump->raster->n_coef[row];
    const SonoCplx *z = pump->line + 1;
    const size_t first = (size_t)row * cols->stride;
    if (n * cols->width == plan->slice_len) {
        const int64_t from = max64(step.a0, cols->edge[j0] / cols->width);
        const int64_t to = min64(step.a1, cols->edge[j1] / cols->width);
        const size_t at = first + (size_t)(j0 + (from - cols->edge[j0] / cols->width));
        if (to > from) {
            take_each(cols, at, z + (from - step.a0), pump->power + (from - step.a0), to - from);
        }
        return;
    }
    int64_t from = max64(step.a0, coef_from(plan, n, cols->edge[j0]));
    for (int32_t j = j0; j < j1; j++) {
        const int64_t to = min64(step.a1, coef_from(plan, n, cols->edge[j + 1]));
        if (to <= from) {
            continue;
        }
        const float *power = pump->power + (from - step.a0);
        if (cols->pool == BAND_MEAN_LEVEL) {
            take_mean(cols, first + (size_t)j, power, to - from);
        } else {
            take_loudest(cols, first + (size_t)j, z + (from - step.a0), power, to - from,
                         cols->width == plan->picture_hop);
        }
        from = to;
    }
}

void band_pump_add(BandPump *pump, int32_t group, int64_t m, BandColumns *cols)
{
    const BandRaster *r = pump->raster;
    const BandGroup *g = &r->groups[group];
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
        const int32_t row = g->row0 + i;
        const StepCoefs step = step_coefs(g->plan, m, r->n_coef[row]);
        const SonoCplx *tail = pump->tail + r->tail_at[row];
        pump->line[0] = tail[0];
        unroll(row_of(pump, g) + g->plan->atoms[i].coef_at, r->n_coef[row], step.a0, step.a1, pump->line + 1);
        add(tail + 1, step.shared - step.a0, pump->line + 1);
        powers(pump->line + 1, step.a1 - step.a0, pump->power);
        pool_band(pump, row, step, j0, j1, cols);
    }
}

void band_pump_pass(BandPump *pump, int32_t group, int64_t m)
{
    const BandRaster *r = pump->raster;
    const BandGroup *g = &r->groups[group];
    for (int32_t i = 0; i < g->n_rows; i++) {
        const int32_t row = g->row0 + i;
        const int64_t n = r->n_coef[row];
        const StepCoefs step = step_coefs(g->plan, m, n);
        const int64_t end = coef_from(g->plan, n, sono_plan_slice_start(g->plan, m) + g->plan->slice_len);
        const SonoCplx *coef = row_of(pump, g) + g->plan->atoms[i].coef_at;
        SonoCplx *tail = pump->tail + r->tail_at[row];
        SonoCplx last = coef[coef_in_row(step.a1 - 1, n)];
        if (step.a1 == step.shared) { /* slices that overlap by half: all of a step is shared */
            last.re += tail[step.a1 - step.a0].re;
            last.im += tail[step.a1 - step.a0].im;
        }
        unroll(coef, n, step.a1, end, tail + 1);
        tail[0] = last;
    }
}

static int64_t step_at(const SonoPlan *plan, int64_t frame)
{
    const int64_t from = frame + plan->slice_lead;
    return from >= 0 ? from / plan->slice_hop : -ceil_div(-from, plan->slice_hop);
}

SonoSlices band_steps(const SonoPlan *plan, int64_t before, int64_t t0, int64_t t1)
{
    const int64_t first = step_at(plan, t0 - before);
    return (SonoSlices){first, step_at(plan, t1 - 1) - first + 1};
}
