/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of plans over time: a column of level 0 is a slice. Slices are analysed in chunks of bounded size; a unit is
 * some neighbouring short columns, or one long one. */
#include "column_job.h"

#include "sono_mem.h"

#include <string.h>

#define PICKS 4 /* slices of a provisional column */
#define CHUNK_BYTES ((size_t)512 * 1024)
#define MIN_CHUNK_SLICES 4
#define MAX_CHUNK_SLICES 128

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Have slice s in scratch, and after it those up to limit as far as a chunk goes; returns false when stopped. */
static bool load(ColumnJob *job, ColumnScratch *scratch, int64_t s, int64_t limit)
{
    if (s >= scratch->first && s < scratch->end) {
        return true;
    }
    sono_jobs_yield(sono_engine_jobs(job->engine)); /* once per chunk of some 100 transforms */
    if (column_is_stopped(job)) {
        return false;
    }
    const SonoPlan *plan = job->plan;
    SonoSlices slices = {s, min64(limit, s + job->chunk_slices) - s};
    SonoCplx *coef = scratch->coef + plan->n_coef;
    if (job->kind == SONO_TEXEL_DEVIATION && s == scratch->end) {
        memcpy(scratch->coef, scratch->coef + (size_t)(s - scratch->first) * plan->n_coef, plan->n_coef * sizeof *coef);
    } else if (job->kind == SONO_TEXEL_DEVIATION) {
        slices = (SonoSlices){s - 1, slices.n + 1};
        coef = scratch->coef;
    }
    const SonoSpan sound = {0, job->reader->n_frames};
    const SonoSpan span = sono_span_intersect(sono_plan_support(plan, slices), sound);
    SonoError error = {0};
    SonoStatus status = SONO_OK;
    if (span.n_frames > 0) {
        status =
            job->reader->read(job->reader->ctx, job->channel, span.start_frame, span.n_frames, scratch->pcm, &error);
    }
    if (status == SONO_OK) {
        status = sono_engine_analyse(job->engine, plan, scratch->pcm, span, slices, coef, &error);
    }
    if (status != SONO_OK) {
        column_stop(job, status, &error);
        return false;
    }
    scratch->first = s;
    scratch->end = slices.first + slices.n;
    return true;
}

static void add_slices(const ColumnJob *job, ColumnScratch *scratch, int64_t s0, int64_t s1)
{
    sono_bins_add(&scratch->bins[0], job->kind, scratch->coef, job->plan->n_coef, (int32_t)(1 + s0 - scratch->first),
                  (int32_t)(1 + s1 - scratch->first));
}

static bool reduce_exact(ColumnJob *job, ColumnScratch *scratch, int64_t s0, int64_t s1, int64_t limit)
{
    for (int64_t s = s0; s < s1;) {
        if (!load(job, scratch, s, limit)) {
            return false;
        }
        const int64_t end = min64(s1, scratch->end);
        add_slices(job, scratch, s, end);
        s = end;
    }
    return true;
}

/* Some slices, evenly spread. There is no slice before at hand, so there is no deviation (it is given as 0). */
static bool reduce_picks(ColumnJob *job, ColumnScratch *scratch, int64_t s0, int64_t s1)
{
    const int64_t n = s1 - s0;
    const int64_t n_picks = min64(n, PICKS);
    for (int64_t i = 0; i < n_picks; i++) {
        const int64_t s = n <= PICKS ? s0 + i : s0 + (2 * i + 1) * n / (2 * PICKS);
        if (!load(job, scratch, s, s + 1)) {
            return false;
        }
        add_slices(job, scratch, s, s + 1);
    }
    return true;
}

void column_time_make(ColumnJob *job, ColumnScratch *scratch, ColumnUnit unit)
{
    const int level_t = job->level_t;
    const int64_t limit = min64((job->col0 + unit.tx1) << level_t, job->n_slices);
    scratch->first = scratch->end = INT64_MIN; /* chunks must not depend on what the task did before */
    int32_t n_kept = 0;
    for (int32_t tx = unit.tx0; tx < unit.tx1; tx++) {
        const int64_t s0 = (job->col0 + tx) << level_t;
        const int64_t s1 = min64(s0 + (INT64_C(1) << level_t), job->n_slices);
        sono_bins_reset(&scratch->bins[0]);
        const bool done =
            job->provisional ? reduce_picks(job, scratch, s0, s1) : reduce_exact(job, scratch, s0, s1, limit);
        if (!done) {
            return;
        }
        column_finish(job, scratch, &scratch->bins[0], (size_t)n_kept++);
        if (n_kept == SONO_TEXEL_BLOCK || tx + 1 == unit.tx1) {
            column_flush(job, scratch, tx + 1, n_kept);
            n_kept = 0;
        }
    }
}

bool column_time_scratch(const ColumnJob *job, ColumnScratch *scratch)
{
    const SonoPlan *plan = job->plan;
    const size_t n_slices = job->provisional ? 2 : (size_t)job->chunk_slices + 1;
    const size_t n_frames = n_slices * (size_t)plan->slice_hop + (size_t)plan->slice_len;
    scratch->pcm = sono_alloc_uncleared(n_frames, sizeof(float));
    scratch->coef = sono_alloc_uncleared(n_slices * plan->n_coef, sizeof(SonoCplx));
    return scratch->pcm && scratch->coef;
}

void column_time_scratch_free(ColumnScratch *scratch)
{
    sono_free(scratch->coef);
    sono_free(scratch->pcm);
}

/* With the one before where deviations need it. */
SonoSlices column_time_slices(const ColumnJob *job, int64_t col, int64_t n_cols)
{
    const int64_t s0 = (col << job->level_t) - (job->kind == SONO_TEXEL_DEVIATION ? 1 : 0);
    const int64_t s1 = min64((col + n_cols) << job->level_t, job->n_slices);
    return (SonoSlices){s0, s1 - s0};
}

int64_t column_time_unit_width(const ColumnJob *job)
{
    return job->provisional ? 8 : max64(1, job->chunk_slices >> job->level_t);
}

SonoStatus column_time_prepare(ColumnJob *job, SonoError *err)
{
    const SonoPlan *plan = job->plan;
    const SonoAtom *atom = &plan->atoms[0];
    const int64_t size = atom->n_fft;
    const int64_t fitting = (int64_t)(CHUNK_BYTES / (plan->n_coef * sizeof(SonoCplx)));
    if (plan->n_atoms != 1) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "no tiles of %s plans", plan->transform);
    }
    job->n_slices = column_count(plan, job->reader->n_frames, 0); /* centred in the sound */
    job->chunk_slices = max64(MIN_CHUNK_SLICES, min64(MAX_CHUNK_SLICES, fitting));
    job->scale = (float)(atom->level_scale * atom->level_scale);
    for (size_t k = 0; k < job->n_bins; k++) {
        /* turns per slice at a bin's centre: bin * hop / size, without its whole part and without rounding */
        job->advance[k] = (float)((double)((int64_t)k * (plan->slice_hop % size) % size) / (double)size);
        job->bins_per_turn[k] = (float)((double)size / (double)plan->slice_hop);
    }
    return SONO_OK;
}
