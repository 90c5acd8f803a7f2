/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making strips: which columns need which slices, their analysis in bounded chunks on all cores, and the gutters.
 *
 * A strip's columns are cut into units: some neighbouring short columns, or one long one. A unit always starts at the
 * start of a column and its chunks depend on plan and level only, so a column comes out with the same bits whether the
 * whole strip is made or only this column, and on any number of threads. */
#include "sono_tile.h"

#include "strip_internal.h"

#include "sono_mem.h"

#include <stdatomic.h>
#include <string.h>

#define MAX_LEVEL_T 30
#define MAX_LEVEL_F 16
#define PICKS 4          /* slices of a provisional column */
#define MIN_PICK_LEVEL 3 /* levels of time below this are always exact */
#define CHUNK_BYTES ((size_t)512 * 1024)
#define MIN_CHUNK_SLICES 4
#define MAX_CHUNK_SLICES 128
#define TASKS_PER_THREAD 4
#define ROW_FLOATS (2 * (size_t)SONO_TILE_TEXELS)
#define TILE_FLOATS (ROW_FLOATS * SONO_TILE_TEXELS)

typedef struct StripUnit {
    int32_t tx0, tx1; /* texel columns, half-open */
} StripUnit;

typedef struct StripJob {
    SonoEngine *engine;
    const SonoPlan *plan;
    const SonoPcmReader *reader;
    const SonoJobTicket *ticket;
    SonoStrip *strip;
    bool provisional;
    SonoTexelKind kind;
    int64_t n_slices, n_cols; /* of the picture */
    int64_t col0;             /* column of texel 0 */
    size_t n_bins;
    int64_t chunk_slices;
    float *advance; /* [n_bins] */
    StripUnit units[SONO_TILE_TEXELS];
    size_t n_units, n_tasks;
    _Atomic bool stopped; /* set by the task that then writes status and error */
    SonoStatus status;
    SonoError error;
} StripJob;

/* What one task works with. Row 0 of coef is the slice before the first one loaded. */
typedef struct Scratch {
    float *pcm;
    SonoCplx *coef;
    int64_t first, end; /* slices loaded: slice s is in row 1 + s - first */
    SonoTexelColumn texels;
} Scratch;

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

SonoStrip *sono_strip_ref(const SonoStrip *strip)
{
    SonoStrip *s = (SonoStrip *)(uintptr_t)strip; /* the count is the one mutable member */
    (void)atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

void sono_strip_unref(const SonoStrip *strip)
{
    SonoStrip *s = (SonoStrip *)(uintptr_t)strip;
    if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) > 1) {
        return;
    }
    sono_free(s->data);
    sono_free(s);
}

int32_t sono_strip_n_rows(const SonoPlan *plan, int32_t level_f)
{
    const int64_t n_bins = sono_plan_n_bins(plan);
    return (int32_t)((n_bins + (INT64_C(1) << level_f) - 1) >> level_f);
}

static SonoStatus strip_new(const SonoPlan *plan, SonoStripKey key, SonoStrip **out, SonoError *err)
{
    SonoStrip *s = sono_calloc(1, sizeof *s);
    if (!s) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for tiles");
    }
    atomic_init(&s->refs, 1);
    s->key = key;
    s->n_rows = sono_strip_n_rows(plan, key.level_f);
    s->n_tiles = (s->n_rows + SONO_TILE_INNER - 1) / SONO_TILE_INNER;
    s->data = sono_alloc_aligned((size_t)s->n_tiles, TILE_FLOATS * sizeof *s->data);
    if (!s->data) {
        sono_strip_unref(s);
        return sono_fail(err, SONO_E_NOMEM, "no memory for %d tiles", (int)s->n_tiles);
    }
    *out = s;
    return SONO_OK;
}

/* The first failure counts; the other tasks see the flag and return. */
static void stop(StripJob *job, SonoStatus status, const SonoError *error)
{
    if (!atomic_exchange_explicit(&job->stopped, true, memory_order_relaxed)) {
        job->status = status; /* read after parallel_for has joined the tasks */
        job->error = *error;
    }
}

static bool is_stopped(StripJob *job)
{
    if (job->ticket && sono_job_is_obsolete(job->ticket)) {
        SonoError error = {0};
        stop(job, sono_fail(&error, SONO_E_CANCELLED, "tiles are no longer wanted"), &error);
    }
    return atomic_load_explicit(&job->stopped, memory_order_relaxed);
}

/* Have slice s in scratch, and after it those up to limit as far as a chunk goes; returns false when stopped. */
static bool load(StripJob *job, Scratch *scratch, int64_t s, int64_t limit)
{
    if (s >= scratch->first && s < scratch->end) {
        return true;
    }
    if (is_stopped(job)) {
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
        status = job->reader->read(job->reader->ctx, job->strip->key.channel, span.start_frame, span.n_frames,
                                   scratch->pcm, &error);
    }
    if (status == SONO_OK) {
        status = sono_engine_analyse(job->engine, plan, scratch->pcm, span, slices, coef, &error);
    }
    if (status != SONO_OK) {
        stop(job, status, &error);
        return false;
    }
    scratch->first = s;
    scratch->end = slices.first + slices.n;
    return true;
}

static void add_slices(const StripJob *job, Scratch *scratch, int64_t s0, int64_t s1)
{
    sono_texels_add(&scratch->texels, job->kind, scratch->coef, job->plan->n_coef, (int32_t)(1 + s0 - scratch->first),
                    (int32_t)(1 + s1 - scratch->first), job->n_bins, job->strip->key.level_f, job->advance);
}

static bool reduce_exact(StripJob *job, Scratch *scratch, int64_t s0, int64_t s1, int64_t limit)
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
static bool reduce_picks(StripJob *job, Scratch *scratch, int64_t s0, int64_t s1)
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

/* Texel columns [tx, tx + n) of all tiles, gutter rows included, from a block of finished columns. */
static void write_columns(const StripJob *job, const SonoTexelColumn *texels, int32_t tx, int32_t n)
{
    SonoStrip *strip = job->strip;
    for (int32_t i = 0; i < strip->n_tiles; i++) {
        float *at = strip->data + (size_t)i * TILE_FLOATS + 2 * (size_t)tx;
        for (int32_t y = 0; y < SONO_TILE_TEXELS; y++, at += ROW_FLOATS) {
            int32_t row = SONO_TILE_INNER * i + y - 1;
            row = row < 0 ? 0 : row;
            row -= y == SONO_TILE_TEXELS - 1 && row == strip->n_rows; /* the picture's edge is repeated */
            const bool inside = row < strip->n_rows;
            for (int32_t j = 0; j < n; j++) {
                const size_t k = (size_t)j * texels->stride + (size_t)row;
                at[2 * j] = inside ? texels->level_db[k] : SONO_TILE_FLOOR_DB;
                at[2 * j + 1] = inside ? texels->second[k] : 0.0f;
            }
        }
    }
}

static void make_unit(StripJob *job, Scratch *scratch, StripUnit unit)
{
    const SonoPlan *plan = job->plan;
    const SonoAtom *atom = &plan->atoms[0];
    const int level_t = job->strip->key.level_t;
    const float scale = (float)(atom->level_scale * atom->level_scale);
    const float bins_per_turn = (float)((double)atom->n_fft / (double)plan->slice_hop);
    const int64_t limit = min64((job->col0 + unit.tx1) << level_t, job->n_slices);
    scratch->first = scratch->end = INT64_MIN; /* chunks must not depend on what the task did before */
    int32_t n_kept = 0;
    for (int32_t tx = unit.tx0; tx < unit.tx1; tx++) {
        const int64_t s0 = (job->col0 + tx) << level_t;
        const int64_t s1 = min64(s0 + (INT64_C(1) << level_t), job->n_slices);
        sono_texels_reset(&scratch->texels);
        const bool done =
            job->provisional ? reduce_picks(job, scratch, s0, s1) : reduce_exact(job, scratch, s0, s1, limit);
        if (!done) {
            return;
        }
        sono_texels_finish(&scratch->texels, job->kind, (size_t)n_kept++, scale, bins_per_turn);
        if (n_kept == SONO_TEXEL_BLOCK || tx + 1 == unit.tx1) {
            write_columns(job, &scratch->texels, tx + 1 - n_kept, n_kept);
            n_kept = 0;
        }
    }
}

static void run_task(void *ctx, size_t task)
{
    StripJob *job = ctx;
    const SonoPlan *plan = job->plan;
    const size_t n_slices = (size_t)job->chunk_slices + 1;
    Scratch scratch = {
        .pcm = sono_alloc_aligned(n_slices * (size_t)plan->slice_hop + (size_t)plan->slice_len, sizeof(float)),
        .coef = sono_alloc_aligned(n_slices * plan->n_coef, sizeof(SonoCplx)),
    };
    if (!sono_texels_init(&scratch.texels, (size_t)job->strip->n_rows, job->n_bins) || !scratch.pcm || !scratch.coef) {
        SonoError error = {0};
        stop(job, sono_fail(&error, SONO_E_NOMEM, "no memory to make tiles"), &error);
    }
    for (size_t i = task; i < job->n_units && !is_stopped(job); i += job->n_tasks) {
        make_unit(job, &scratch, job->units[i]);
    }
    sono_texels_free(&scratch.texels);
    sono_free(scratch.coef);
    sono_free(scratch.pcm);
}

/* Do the slices behind column c of the picture, and the one before where deviations need it, see the frames? */
static bool column_meets(const StripJob *job, int64_t c, SonoSpan frames)
{
    const int level_t = job->strip->key.level_t;
    const SonoSlices touched = sono_plan_slices_touching(job->plan, frames);
    const int64_t s0 = (c << level_t) - (job->kind == SONO_TEXEL_DEVIATION ? 1 : 0);
    const int64_t s1 = min64((c + 1) << level_t, job->n_slices);
    return touched.n > 0 && s0 < touched.first + touched.n && s1 > touched.first;
}

static void list_units(StripJob *job, const SonoStrip *previous, SonoSpan dirty)
{
    const int level_t = job->strip->key.level_t;
    const int64_t width = job->provisional ? 8 : max64(1, job->chunk_slices >> level_t); /* columns of a unit */
    StripUnit *last = NULL;
    for (int32_t tx = 0; tx < SONO_TILE_TEXELS; tx++) {
        const int64_t c = job->col0 + tx;
        if (c < 0 || c >= job->n_cols || (previous && !column_meets(job, c, dirty))) {
            last = NULL;
            continue;
        }
        if (!last || tx - last->tx0 >= width) {
            last = &job->units[job->n_units++];
            last->tx0 = tx;
        }
        last->tx1 = tx + 1;
    }
}

static void fill_columns(SonoStrip *strip, int32_t tx0)
{
    for (size_t y = 0; y < (size_t)strip->n_tiles * SONO_TILE_TEXELS; y++) {
        float *row = strip->data + y * ROW_FLOATS;
        for (int32_t tx = tx0; tx < SONO_TILE_TEXELS; tx++) {
            row[2 * tx] = SONO_TILE_FLOOR_DB;
            row[2 * tx + 1] = 0.0f;
        }
    }
}

static void copy_column(SonoStrip *strip, int32_t from, int32_t to)
{
    for (size_t y = 0; y < (size_t)strip->n_tiles * SONO_TILE_TEXELS; y++) {
        float *row = strip->data + y * ROW_FLOATS;
        memcpy(row + 2 * to, row + 2 * from, 2 * sizeof *row);
    }
}

/* What no analysis gives: the gutter at the picture's ends repeats the edge, columns past the end are silent. */
static void finish_edges(const StripJob *job)
{
    SonoStrip *strip = job->strip;
    const int64_t first_outside = max64(1, min64(job->n_cols - job->col0, SONO_TILE_TEXELS));
    if (first_outside < SONO_TILE_TEXELS - 1) {
        fill_columns(strip, (int32_t)first_outside);
    } else if (first_outside == SONO_TILE_TEXELS - 1) {
        copy_column(strip, SONO_TILE_TEXELS - 2, SONO_TILE_TEXELS - 1);
    }
    if (job->col0 < 0) {
        copy_column(strip, 1, 0);
    }
}

static bool is_same_place(const SonoStrip *a, const SonoStrip *b)
{
    return a->key.plan == b->key.plan && a->key.channel == b->key.channel && a->key.level_t == b->key.level_t &&
           a->key.level_f == b->key.level_f && a->key.x == b->key.x && a->n_rows == b->n_rows;
}

static SonoStatus check(const SonoPlan *plan, const SonoPcmReader *reader, SonoStripKey key, SonoError *err)
{
    if (plan->axis != SONO_AXIS_TIME) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "no tiles of %s plans yet", plan->transform);
    }
    if (key.channel < 0 || key.channel >= reader->n_channels) {
        return sono_fail(err, SONO_E_INVALID, "tiles of channel %d of %d", (int)key.channel, reader->n_channels);
    }
    if (key.level_t < 0 || key.level_t > MAX_LEVEL_T || key.level_f < 0 || key.level_f > MAX_LEVEL_F || key.x < 0 ||
        key.x > INT64_MAX / (2 * SONO_TILE_TEXELS)) {
        return sono_fail(err, SONO_E_INVALID, "no tiles at level %d, %d and place %lld", (int)key.level_t,
                         (int)key.level_f, (long long)key.x);
    }
    return SONO_OK;
}

/* Turns per slice at a bin's centre: bin * hop / size, without its whole part and without rounding. */
static float *new_advance(const SonoPlan *plan, size_t n_bins)
{
    float *advance = sono_alloc_aligned(n_bins, sizeof *advance);
    const int64_t size = plan->atoms[0].n_fft;
    for (size_t k = 0; advance && k < n_bins; k++) {
        advance[k] = (float)((double)((int64_t)k * (plan->slice_hop % size) % size) / (double)size);
    }
    return advance;
}

SonoStatus sono_strip_make(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader, SonoStripKey key,
                           bool provisional, const SonoStrip *previous, SonoSpan dirty, const SonoJobTicket *ticket,
                           SonoStrip **out, SonoError *err)
{
    SonoStatus status = check(plan, reader, key, err);
    if (status != SONO_OK) {
        return status;
    }
    StripJob job = {.engine = engine, .plan = plan, .reader = reader, .ticket = ticket};
    job.provisional = provisional && key.level_t >= MIN_PICK_LEVEL;
    job.kind = key.level_t == 0 && key.level_f == 0 ? SONO_TEXEL_PHASE
               : job.provisional                    ? SONO_TEXEL_LEVEL_ONLY
                                                    : SONO_TEXEL_DEVIATION;
    job.n_bins = (size_t)sono_plan_n_bins(plan);
    job.n_slices = (max64(0, reader->n_frames) + plan->slice_hop - 1) / plan->slice_hop; /* centred in the sound */
    job.n_cols = (job.n_slices + (INT64_C(1) << key.level_t) - 1) >> key.level_t;
    job.col0 = SONO_TILE_INNER * key.x - 1;
    const int64_t fitting = (int64_t)(CHUNK_BYTES / (plan->n_coef * sizeof(SonoCplx)));
    job.chunk_slices = max64(MIN_CHUNK_SLICES, min64(MAX_CHUNK_SLICES, fitting));
    job.advance = new_advance(plan, job.n_bins);
    if (!job.advance) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory for tiles");
        goto fail;
    }
    status = strip_new(plan, key, &job.strip, err);
    if (status != SONO_OK) {
        goto fail;
    }
    if (previous && (previous->provisional || !is_same_place(previous, job.strip))) {
        previous = NULL;
    }
    if (previous) {
        memcpy(job.strip->data, previous->data, (size_t)job.strip->n_tiles * TILE_FLOATS * sizeof *job.strip->data);
    }
    list_units(&job, previous, dirty);
    job.strip->provisional = job.provisional && job.n_units > 0;
    SonoJobs *jobs = sono_engine_jobs(engine);
    const size_t n_threads = jobs ? (size_t)sono_jobs_n_threads(jobs) : 1;
    job.n_tasks = job.n_units < TASKS_PER_THREAD * n_threads ? job.n_units : TASKS_PER_THREAD * n_threads;
    sono_jobs_parallel_for(jobs, job.n_tasks, run_task, &job);
    if (atomic_load_explicit(&job.stopped, memory_order_relaxed)) {
        status = job.status;
        if (err) {
            *err = job.error;
        }
        goto fail;
    }
    finish_edges(&job);
    sono_free(job.advance);
    *out = job.strip;
    return SONO_OK;
fail:
    sono_strip_unref(job.strip);
    sono_free(job.advance);
    return status;
}
