/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "column_job.h"

#include "sono_mem.h"

#define TASKS_PER_THREAD 4

void column_stop(ColumnJob *job, SonoStatus status, const SonoError *error)
{
    if (!atomic_exchange_explicit(&job->stopped, true, memory_order_relaxed)) {
        job->status = status; /* read after parallel_for has joined the tasks */
        job->error = *error;
    }
}

bool column_is_stopped(ColumnJob *job)
{
    if (job->ticket && sono_job_is_obsolete(job->ticket)) {
        SonoError error = {0};
        column_stop(job, sono_fail(&error, SONO_E_CANCELLED, "tiles are no longer wanted"), &error);
    }
    return atomic_load_explicit(&job->stopped, memory_order_relaxed);
}

int64_t column_count(const SonoPlan *plan, int64_t n_frames, int level_t)
{
    const int64_t n = ((n_frames > 0 ? n_frames : 0) + plan->picture_hop - 1) / plan->picture_hop;
    return (n + (INT64_C(1) << level_t) - 1) >> level_t;
}

/* The kind of an out's own texels. */
static SonoTexelKind kind_of(const ColumnJob *job, const ColumnOut *out)
{
    if (job->provisional) {
        return SONO_TEXEL_LEVEL_ONLY;
    }
    return job->level_t == 0 && out->level_f == 0 ? SONO_TEXEL_PHASE : SONO_TEXEL_DEVIATION;
}

void column_finish(const ColumnJob *job, ColumnScratch *scratch, SonoBinColumn *bins, size_t j)
{
    for (int i = 0; i < job->n_outs; i++) {
        const ColumnOut *out = &job->outs[i];
        sono_texels_finish(bins, kind_of(job, out), out->level_f, (size_t)out->row0, (size_t)out->row1, job->advance,
                           job->scale, job->bins_per_turn, &scratch->blocks[i], j);
    }
}

void column_flush(const ColumnJob *job, ColumnScratch *scratch, int32_t tx1, int32_t n)
{
    for (int i = 0; i < job->n_outs; i++) {
        job->write(job->ctx, i, &scratch->blocks[i], tx1 - n, n);
    }
}

static bool is_time(const ColumnJob *job)
{
    return job->plan->axis == SONO_AXIS_TIME;
}

static bool scratch_init(const ColumnJob *job, ColumnScratch *scratch)
{
    bool good = is_time(job) ? column_time_scratch(job, scratch) : column_bands_scratch(job, scratch);
    for (int i = 0; i < (is_time(job) ? 1 : SONO_TEXEL_BLOCK) && good; i++) {
        good = sono_bins_init(&scratch->bins[i], job->n_bins);
    }
    for (int i = 0; i < job->n_outs && good; i++) {
        good = sono_texels_init(&scratch->blocks[i], (size_t)(job->outs[i].row1 - job->outs[i].row0));
    }
    return good;
}

static void scratch_clear(const ColumnJob *job, ColumnScratch *scratch)
{
    for (int i = 0; i < job->n_outs; i++) {
        sono_texels_free(&scratch->blocks[i]);
    }
    for (int i = 0; i < SONO_TEXEL_BLOCK; i++) {
        sono_bins_free(&scratch->bins[i]);
    }
    if (is_time(job)) {
        column_time_scratch_free(scratch);
    } else {
        column_bands_scratch_free(scratch);
    }
}

static void run_task(void *ctx, size_t task)
{
    ColumnJob *job = ctx;
    ColumnScratch scratch = {0};
    if (!scratch_init(job, &scratch)) {
        SonoError error = {0};
        column_stop(job, sono_fail(&error, SONO_E_NOMEM, "no memory to make tiles"), &error);
    }
    for (size_t i = task; i < job->n_units && !column_is_stopped(job); i += job->n_tasks) {
        if (is_time(job)) {
            column_time_make(job, &scratch, job->units[i]);
        } else {
            column_bands_make(job, &scratch, job->units[i]);
        }
    }
    scratch_clear(job, &scratch);
}

/* Do the slices behind a column see the frames? */
static bool column_meets(const ColumnJob *job, int64_t col, SonoSpan frames)
{
    const SonoSlices touched = sono_plan_slices_touching(job->plan, frames);
    const SonoSlices needed = is_time(job) ? column_time_slices(job, col, 1) : column_bands_slices(job, col, 1);
    return touched.n > 0 && needed.first < touched.first + touched.n && needed.first + needed.n > touched.first;
}

static bool list_units(ColumnJob *job)
{
    const int64_t width = is_time(job) ? column_time_unit_width(job) : column_bands_unit_width(job);
    ColumnUnit *last = NULL;
    job->units = sono_calloc((size_t)job->n_texels, sizeof *job->units);
    for (int32_t tx = 0; tx < job->n_texels && job->units; tx++) {
        const int64_t c = job->col0 + tx;
        if (c < 0 || c >= job->n_cols || (job->renew && !column_meets(job, c, job->dirty))) {
            last = NULL;
            continue;
        }
        if (!last || tx - last->tx0 >= width) {
            last = &job->units[job->n_units++];
            last->tx0 = tx;
        }
        last->tx1 = tx + 1;
    }
    return job->units != NULL;
}

static void run_units(ColumnJob *job)
{
    SonoJobs *jobs = sono_engine_jobs(job->engine);
    const size_t n_threads = jobs ? (size_t)sono_jobs_n_threads(jobs) : 1;
    job->n_tasks = job->n_units < TASKS_PER_THREAD * n_threads ? job->n_units : TASKS_PER_THREAD * n_threads;
    sono_jobs_parallel_for(jobs, job->n_tasks, run_task, job);
}

SonoStatus column_job_prepare(ColumnJob *job, SonoError *err)
{
    job->n_bins = (size_t)sono_plan_n_bins(job->plan);
    job->n_cols = column_count(job->plan, job->reader->n_frames, job->level_t);
    job->provisional =
        job->provisional && (is_time(job) || column_sketch_pays(job->plan, job->plan->picture_hop << job->level_t));
    job->kind = job->provisional ? SONO_TEXEL_LEVEL_ONLY : SONO_TEXEL_PHASE;
    for (int i = 0; i < job->n_outs; i++) {
        job->kind = kind_of(job, &job->outs[i]) == SONO_TEXEL_DEVIATION ? SONO_TEXEL_DEVIATION : job->kind;
    }
    job->advance = sono_alloc_aligned(job->n_bins, sizeof *job->advance);
    job->bins_per_turn = sono_alloc_aligned(job->n_bins, sizeof *job->bins_per_turn);
    if (!job->advance || !job->bins_per_turn) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to make tiles");
    }
    return is_time(job) ? column_time_prepare(job, err) : column_bands_prepare(job, err);
}

void column_job_clear(ColumnJob *job)
{
    sono_free(job->units);
    sono_free(job->advance);
    sono_free(job->bins_per_turn);
    band_raster_unref(job->raster);
    column_sketch_free(job->sketch);
    job->units = NULL;
    job->advance = job->bins_per_turn = NULL;
    job->raster = NULL;
    job->sketch = NULL;
}

SonoStatus column_job_run(ColumnJob *job, SonoError *err)
{
    SonoStatus status = column_job_prepare(job, err);
    if (status == SONO_OK && !list_units(job)) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory to make tiles");
    }
    if (status == SONO_OK) {
        run_units(job);
        status = atomic_load_explicit(&job->stopped, memory_order_relaxed) ? job->status : SONO_OK;
        if (status != SONO_OK && err) {
            *err = job->error;
        }
    }
    column_job_clear(job);
    return status;
}
