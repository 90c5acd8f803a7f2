/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze -o x.npy of a transform with slices: [channels][columns][bands] on one grid. All bands get the same number of
 * coefficients, M, by a derived plan, so that coefficient nu of any slice is the column at a frame congruent to nu L /
 * M, and neighbouring slices are added column by column. At most two slices reach a frame, so two are kept: memory does
 * not grow with the sound. */
#include <math.h>
#include <string.h>

#include "analyze.h"
#include "sono_mem.h"

#define BLOCK_COLS 32

typedef struct Merge {
    const AnalyzeJob *job;
    const AnalyzeArray *array;
    float *pcm;             /* [slice_len] */
    SonoCplx *before, *now; /* [n_coef of the derived plan]: the slice before and this one */
    SonoCplx *block;        /* [BLOCK_COLS][n_rows] */
    float *power;           /* the same, for power */
} Merge;

/* The bands whose centre is asked for; those at DC and Nyquist are none. */
static SonoStatus choose_bands(const AnalyzeJob *job, int32_t *first, int32_t *n, SonoError *err)
{
    *first = 0;
    *n = 0;
    for (int32_t i = 0; i < job->plan->n_atoms; i++) {
        const SonoAtom *a = &job->plan->atoms[i];
        if (!a->real && !(a->freq_hz < job->fmin_hz) && !(a->freq_hz > job->fmax_hz)) {
            *first = *n == 0 ? i : *first;
            ++*n;
        }
    }
    return *n > 0 ? SONO_OK
                  : sono_fail(err, SONO_E_RANGE, "no band of %s has its centre between %g Hz and %g Hz",
                              job->plan->transform, isnan(job->fmin_hz) ? 0.0 : job->fmin_hz,
                              isnan(job->fmax_hz) ? 0.5 * job->plan->rate_hz : job->fmax_hz);
}

/* Smallest number of coefficients that all these bands can have and that divides the slice. */
static int32_t common_size(const SonoPlan *plan, int32_t first, int32_t n)
{
    int32_t needed = 8;
    for (int32_t i = first; i < first + n; i++) {
        needed = MAX(needed, plan->atoms[i].length);
    }
    int32_t size = (needed + 7) / 8 * 8;
    while (plan->slice_len % size != 0) {
        size += 8; /* slice_len is a multiple of 8 */
    }
    return size;
}

SonoStatus analyze_bands_layout(const AnalyzeJob *job, AnalyzeArray *array, SonoError *err)
{
    int32_t first = 0;
    int32_t n = 0;
    SonoStatus status = choose_bands(job, &first, &n, err);
    if (status != SONO_OK) {
        return status;
    }
    const int32_t size = common_size(job->plan, first, n);
    g_autofree int32_t *n_fft = g_new(int32_t, n);
    for (int32_t i = 0; i < n; i++) {
        n_fft[i] = size;
    }
    status = sono_plan_derive(job->plan, first, n, n_fft, &array->derived, err);
    if (status != SONO_OK) {
        return status;
    }
    array->col_frames = (double)(job->plan->slice_len / size);
    const double per_s = job->plan->rate_hz / array->col_frames;
    array->first_col = (int64_t)ceil(job->t0_s * per_s - 1e-6);
    array->n_cols = (int64_t)floor(job->t1_s * per_s + 1e-6) - array->first_col + 1;
    array->n_rows = n;
    if (array->n_cols < 1) {
        sono_plan_unref(array->derived);
        array->derived = NULL;
        return sono_fail(err, SONO_E_RANGE, "no column lies between %g s and %g s", job->t0_s, job->t1_s);
    }
    return SONO_OK;
}

static SonoStatus analyse_slice(Merge *m, int channel, int64_t slice, SonoError *err)
{
    const SonoPlan *plan = m->array->derived;
    const SonoPcmReader *reader = m->job->reader;
    const SonoSpan span = {sono_plan_slice_start(plan, slice), plan->slice_len};
    const SonoSlices one = {slice, 1};
    SonoStatus status = reader->read(reader->ctx, channel, span.start_frame, span.n_frames, m->pcm, err);
    return status == SONO_OK ? sono_engine_analyse(m->job->engine, plan, m->pcm, span, one, m->now, err) : status;
}

/* Columns [from, from + n) of slice `slice`, of which those before frame `shared_until` lie in the slice before, too.
 */
static SonoStatus write_block(Merge *m, int64_t from, int n, int64_t shared_until, NpyWriter *npy, SonoError *err)
{
    const SonoPlan *plan = m->array->derived;
    const int32_t n_rows = m->array->n_rows;
    const int32_t size = plan->atoms[0].n_fft;
    const int64_t pitch = plan->slice_len / size;
    for (int32_t r = 0; r < n_rows; r++) {
        const SonoAtom *a = &plan->atoms[r];
        for (int i = 0; i < n; i++) {
            const int64_t nu = (from + i) % size;
            SonoCplx c = m->now[a->coef_at + (size_t)nu];
            if ((from + i) * pitch < shared_until) {
                c.re += m->before[a->coef_at + (size_t)nu].re;
                c.im += m->before[a->coef_at + (size_t)nu].im;
            }
            m->block[(size_t)i * (size_t)n_rows + (size_t)r] = c;
        }
    }
    const size_t n_values = (size_t)n * (size_t)n_rows;
    if (m->job->values == ANALYZE_COMPLEX) {
        return npy_write(npy, m->block, n_values, err);
    }
    analyze_power(m->block, n_values, plan->atoms[0].level_scale, m->power);
    return npy_write(npy, m->power, n_values, err);
}

static SonoStatus write_channel(Merge *m, int channel, CliProgress *progress, NpyWriter *npy, SonoError *err)
{
    const SonoPlan *plan = m->array->derived;
    const int64_t pitch = plan->slice_len / plan->atoms[0].n_fft;
    const int64_t end = m->array->first_col + m->array->n_cols;
    /* the slice that starts last before the first column */
    int64_t slice = (m->array->first_col * pitch + plan->slice_lead) / plan->slice_hop;
    SonoStatus status = SONO_OK;
    if (plan->slice_hop < plan->slice_len) {
        status = analyse_slice(m, channel, slice - 1, err);
    }
    for (int64_t col = m->array->first_col; col < end && status == SONO_OK; slice++) {
        if (plan->slice_hop < plan->slice_len) {
            SonoCplx *const spare = m->before;
            m->before = m->now;
            m->now = spare;
        }
        status = analyse_slice(m, channel, slice, err);
        const int64_t next_start = sono_plan_slice_start(plan, slice + 1);
        const int64_t shared_until = sono_plan_slice_start(plan, slice - 1) + plan->slice_len;
        while (col < end && col * pitch < next_start && status == SONO_OK) {
            const int64_t left = MIN(end, (next_start + pitch - 1) / pitch) - col;
            const int n = (int)MIN(left, BLOCK_COLS);
            status = write_block(m, col, n, shared_until, npy, err);
            col += n;
        }
        cli_progress_update(progress, (double)(col - m->array->first_col) / (double)m->array->n_cols);
    }
    return status;
}

SonoStatus analyze_bands_write(const AnalyzeJob *job, const AnalyzeArray *array, int c0, int c1, NpyWriter *npy,
                               SonoError *err)
{
    const SonoPlan *plan = array->derived;
    const bool alone = plan->slice_hop == plan->slice_len; /* one slice: none before */
    const size_t block = (size_t)BLOCK_COLS * (size_t)array->n_rows;
    Merge m = {.job = job,
               .array = array,
               .pcm = sono_alloc_aligned((size_t)plan->slice_len, sizeof *m.pcm),
               .before = sono_alloc_uncleared(alone ? 1 : plan->n_coef, sizeof *m.before),
               .now = sono_alloc_uncleared(plan->n_coef, sizeof *m.now),
               .block = sono_alloc_aligned(block, sizeof *m.block),
               .power = sono_alloc_aligned(block, sizeof *m.power)};
    CliProgress progress;
    cli_progress_begin(&progress, "analysing");
    SonoStatus status =
        m.pcm && m.before && m.now && m.block && m.power
            ? SONO_OK
            : sono_fail(err, SONO_E_NOMEM, "no memory for two slices of %lld coefficients (take fewer bands: --fmax)",
                        (long long)plan->n_coef);
    for (int c = c0; c < c1 && status == SONO_OK; c++) {
        status = write_channel(&m, c, &progress, npy, err);
    }
    cli_progress_end(&progress);
    sono_free(m.pcm);
    sono_free(m.before);
    sono_free(m.now);
    sono_free(m.block);
    sono_free(m.power);
    return status;
}
