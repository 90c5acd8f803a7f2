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
#define MAX_BANDS 17 /* as there are levels of frequency */

typedef struct StripUnit {
    int32_t tx0, tx1; /* texel columns, half-open */
} StripUnit;

typedef struct StripJob {
    SonoEngine *engine;
    const SonoPlan *plan;
    const SonoPcmReader *reader;
    const SonoJobTicket *ticket;
    SonoStripKey key;
    SonoStripBand *bands;
    int n_bands;
    bool provisional;
    SonoTexelKind kind;       /* of the analysis: the most that any band needs */
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
    SonoBinColumn bins;
    SonoTexelBlock blocks[MAX_BANDS]; /* one per band */
} Scratch;

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
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
    sono_jobs_yield(sono_engine_jobs(job->engine)); /* once per chunk of some 100 transforms */
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
        status = job->reader->read(job->reader->ctx, job->key.channel, span.start_frame, span.n_frames, scratch->pcm,
                                   &error);
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
    sono_bins_add(&scratch->bins, job->kind, scratch->coef, job->plan->n_coef, (int32_t)(1 + s0 - scratch->first),
                  (int32_t)(1 + s1 - scratch->first));
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

/* The kind of a band's own texels. */
static SonoTexelKind kind_of(const StripJob *job, const SonoStripBand *band)
{
    if (job->provisional) {
        return SONO_TEXEL_LEVEL_ONLY;
    }
    return job->key.level_t == 0 && band->level_f == 0 ? SONO_TEXEL_PHASE : SONO_TEXEL_DEVIATION;
}

/* A column is finished: texels of all bands, as column j of their blocks. */
static void finish_column(const StripJob *job, Scratch *scratch, size_t j)
{
    const SonoAtom *atom = &job->plan->atoms[0];
    const float scale = (float)(atom->level_scale * atom->level_scale);
    const float bins_per_turn = (float)((double)atom->n_fft / (double)job->plan->slice_hop);
    for (int i = 0; i < job->n_bands; i++) {
        const SonoStripBand *band = &job->bands[i];
        int32_t row0 = 0;
        int32_t row1 = 0;
        sono_strip_held_rows(band->strip, &row0, &row1);
        sono_texels_finish(&scratch->bins, kind_of(job, band), band->level_f, (size_t)row0, (size_t)row1, job->advance,
                           scale, bins_per_turn, &scratch->blocks[i], j);
    }
}

static void make_unit(StripJob *job, Scratch *scratch, StripUnit unit)
{
    const int level_t = job->key.level_t;
    const int64_t limit = min64((job->col0 + unit.tx1) << level_t, job->n_slices);
    scratch->first = scratch->end = INT64_MIN; /* chunks must not depend on what the task did before */
    int32_t n_kept = 0;
    for (int32_t tx = unit.tx0; tx < unit.tx1; tx++) {
        const int64_t s0 = (job->col0 + tx) << level_t;
        const int64_t s1 = min64(s0 + (INT64_C(1) << level_t), job->n_slices);
        sono_bins_reset(&scratch->bins);
        const bool done =
            job->provisional ? reduce_picks(job, scratch, s0, s1) : reduce_exact(job, scratch, s0, s1, limit);
        if (!done) {
            return;
        }
        finish_column(job, scratch, (size_t)n_kept++);
        if (n_kept == SONO_TEXEL_BLOCK || tx + 1 == unit.tx1) {
            for (int i = 0; i < job->n_bands; i++) {
                sono_strip_write(job->bands[i].strip, &scratch->blocks[i], tx + 1 - n_kept, n_kept);
            }
            n_kept = 0;
        }
    }
}

static bool scratch_init(const StripJob *job, Scratch *scratch)
{
    const SonoPlan *plan = job->plan;
    const size_t n_slices = job->provisional ? 2 : (size_t)job->chunk_slices + 1;
    const size_t n_frames = n_slices * (size_t)plan->slice_hop + (size_t)plan->slice_len;
    scratch->pcm = sono_alloc_uncleared(n_frames, sizeof(float));
    scratch->coef = sono_alloc_uncleared(n_slices * plan->n_coef, sizeof(SonoCplx));
    bool good = scratch->pcm && scratch->coef && sono_bins_init(&scratch->bins, job->n_bins);
    for (int i = 0; i < job->n_bands && good; i++) {
        int32_t row0 = 0;
        int32_t row1 = 0;
        sono_strip_held_rows(job->bands[i].strip, &row0, &row1);
        good = sono_texels_init(&scratch->blocks[i], (size_t)(row1 - row0));
    }
    return good;
}

static void scratch_clear(const StripJob *job, Scratch *scratch)
{
    for (int i = 0; i < job->n_bands; i++) {
        sono_texels_free(&scratch->blocks[i]);
    }
    sono_bins_free(&scratch->bins);
    sono_free(scratch->coef);
    sono_free(scratch->pcm);
}

static void run_task(void *ctx, size_t task)
{
    StripJob *job = ctx;
    Scratch scratch = {0};
    if (!scratch_init(job, &scratch)) {
        SonoError error = {0};
        stop(job, sono_fail(&error, SONO_E_NOMEM, "no memory to make tiles"), &error);
    }
    for (size_t i = task; i < job->n_units && !is_stopped(job); i += job->n_tasks) {
        make_unit(job, &scratch, job->units[i]);
    }
    scratch_clear(job, &scratch);
}

/* Do the slices behind column c of the picture, and the one before where deviations need it, see the frames? */
static bool column_meets(const StripJob *job, int64_t c, SonoSpan frames)
{
    const int level_t = job->key.level_t;
    const SonoSlices touched = sono_plan_slices_touching(job->plan, frames);
    const int64_t s0 = (c << level_t) - (job->kind == SONO_TEXEL_DEVIATION ? 1 : 0);
    const int64_t s1 = min64((c + 1) << level_t, job->n_slices);
    return touched.n > 0 && s0 < touched.first + touched.n && s1 > touched.first;
}

static void list_units(StripJob *job, bool renew, SonoSpan dirty)
{
    const int level_t = job->key.level_t;
    const int64_t width = job->provisional ? 8 : max64(1, job->chunk_slices >> level_t); /* columns of a unit */
    StripUnit *last = NULL;
    for (int32_t tx = 0; tx < SONO_TILE_TEXELS; tx++) {
        const int64_t c = job->col0 + tx;
        if (c < 0 || c >= job->n_cols || (renew && !column_meets(job, c, dirty))) {
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

static bool is_basis(const StripJob *job, const SonoStripBand *band)
{
    const SonoStrip *a = band->previous;
    const SonoStrip *b = band->strip;
    return a && (job->provisional || !a->provisional) && a->key.plan == b->key.plan &&
           a->key.channel == b->key.channel && a->key.level_t == b->key.level_t && a->key.level_f == b->key.level_f &&
           a->key.x == b->key.x && a->n_rows == b->n_rows && a->n_below <= b->n_below && a->n_above <= b->n_above;
}

/* Take over what the older strips have; false if not all of them serve. *rough: one of them is provisional. */
static bool copy_previous(const StripJob *job, bool *rough)
{
    for (int i = 0; i < job->n_bands; i++) {
        if (!is_basis(job, &job->bands[i])) {
            return false;
        }
    }
    for (int i = 0; i < job->n_bands; i++) {
        const SonoStripBand *band = &job->bands[i];
        const SonoStrip *s = band->strip;
        const size_t n = (size_t)(s->n_tiles - s->n_below - s->n_above);
        memcpy(s->data, sono_strip_tile(band->previous, s->n_below), n * STRIP_TILE_FLOATS * sizeof *s->data);
        *rough = *rough || band->previous->provisional;
    }
    return true;
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

static SonoStatus make_job(StripJob *job, SonoSpan dirty, SonoError *err)
{
    const SonoPlan *plan = job->plan;
    job->n_bins = (size_t)sono_plan_n_bins(plan);
    job->n_slices =
        (max64(0, job->reader->n_frames) + plan->slice_hop - 1) / plan->slice_hop; /* centred in the sound */
    job->n_cols = (job->n_slices + (INT64_C(1) << job->key.level_t) - 1) >> job->key.level_t;
    job->col0 = SONO_TILE_INNER * job->key.x - 1;
    const int64_t fitting = (int64_t)(CHUNK_BYTES / (plan->n_coef * sizeof(SonoCplx)));
    job->chunk_slices = max64(MIN_CHUNK_SLICES, min64(MAX_CHUNK_SLICES, fitting));
    job->kind = job->provisional ? SONO_TEXEL_LEVEL_ONLY : SONO_TEXEL_PHASE;
    SonoStatus status = SONO_OK;
    for (int i = 0; i < job->n_bands && status == SONO_OK; i++) {
        SonoStripBand *band = &job->bands[i];
        SonoStripKey key = job->key;
        key.level_f = band->level_f;
        status = sono_strip_new(plan, key, band->tile0, band->tile1, &band->strip, err);
        job->kind = kind_of(job, band) == SONO_TEXEL_DEVIATION ? SONO_TEXEL_DEVIATION : job->kind;
    }
    if (status != SONO_OK) {
        return status;
    }
    bool rough = false;
    const bool renew = copy_previous(job, &rough);
    list_units(job, renew, dirty);
    SonoJobs *jobs = sono_engine_jobs(job->engine);
    const size_t n_threads = jobs ? (size_t)sono_jobs_n_threads(jobs) : 1;
    job->n_tasks = job->n_units < TASKS_PER_THREAD * n_threads ? job->n_units : TASKS_PER_THREAD * n_threads;
    sono_jobs_parallel_for(jobs, job->n_tasks, run_task, job);
    if (atomic_load_explicit(&job->stopped, memory_order_relaxed)) {
        if (err) {
            *err = job->error;
        }
        return job->status;
    }
    for (int i = 0; i < job->n_bands; i++) {
        job->bands[i].strip->provisional = rough || (job->provisional && job->n_units > 0);
        sono_strip_finish_edges(job->bands[i].strip, job->col0, job->n_cols);
    }
    return SONO_OK;
}

SonoStatus sono_strip_make_bands(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader,
                                 SonoStripKey key, bool provisional, SonoSpan dirty, SonoStripBand *bands, int n_bands,
                                 const SonoJobTicket *ticket, SonoError *err)
{
    SonoStatus status = n_bands > 0 && n_bands <= MAX_BANDS ? SONO_OK : SONO_E_INVALID;
    if (status != SONO_OK) {
        return sono_fail(err, status, "tiles of %d levels at once, must be from 1 to %d", n_bands, MAX_BANDS);
    }
    for (int i = 0; i < n_bands && status == SONO_OK; i++) {
        bands[i].strip = NULL;
        key.level_f = bands[i].level_f;
        status = check(plan, reader, key, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    StripJob job = {.engine = engine,
                    .plan = plan,
                    .reader = reader,
                    .ticket = ticket,
                    .key = key,
                    .bands = bands,
                    .n_bands = n_bands,
                    .provisional = provisional && key.level_t >= MIN_PICK_LEVEL,
                    .advance = new_advance(plan, (size_t)sono_plan_n_bins(plan))};
    status = job.advance ? make_job(&job, dirty, err) : sono_fail(err, SONO_E_NOMEM, "no memory for tiles");
    for (int i = 0; i < n_bands && status != SONO_OK; i++) {
        sono_strip_unref(bands[i].strip);
        bands[i].strip = NULL;
    }
    sono_free(job.advance);
    return status;
}

SonoStatus sono_strip_make(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader, SonoStripKey key,
                           bool provisional, const SonoStrip *previous, SonoSpan dirty, const SonoJobTicket *ticket,
                           SonoStrip **out, SonoError *err)
{
    SonoStripBand band = {.level_f = key.level_f, .previous = previous};
    const SonoStatus status =
        sono_strip_make_bands(engine, plan, reader, key, provisional, dirty, &band, 1, ticket, err);
    if (status == SONO_OK) {
        *out = band.strip;
    }
    return status;
}
