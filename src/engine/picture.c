/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CPU painter. Groups of neighbouring pixel columns are jobs of their own: each reads and analyses the slices its
 * columns show, in batches of bounded size, and keeps only the maximum power per bin of a column. Which thread paints
 * which group changes nothing. */
#include "sono_picture.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "picture_rows.h"
#include "sono_mem.h"
#include "sono_tile.h"

#define MAX_SIDE_PX 32768
#define COLUMNS_PER_GROUP 16
#define MAX_BATCH_SLICES 64
#define MAX_BATCH_BYTES ((size_t)4 << 20)
#define PROVISIONAL_SLICES 4

typedef struct Painting {
    SonoEngine *engine;
    const SonoPlan *plan;
    const SonoPcmReader *reader;
    const SonoPictureSpec *spec;
    const PictureRows *rows;
    double slices_per_px;
    int64_t batch; /* slices analysed at once */
    float *level_db;
    _Atomic bool failed;
    pthread_mutex_t lock; /* guards the two below */
    SonoStatus status;
    SonoError err;
} Painting;

/* Buffers of one group. */
typedef struct Scratch {
    float *pcm;     /* [frames of a batch] */
    SonoCplx *coef; /* [batch][n_coef] */
    float *power;   /* [n_bins], of one column */
    float *row_db;  /* [2][height]: two neighbouring slices, where a column is narrower than a slice */
} Scratch;

static void note_failure(Painting *p, SonoStatus status, const SonoError *err)
{
    (void)pthread_mutex_lock(&p->lock);
    if (p->status == SONO_OK) {
        p->status = status;
        p->err = *err;
    }
    (void)pthread_mutex_unlock(&p->lock);
    atomic_store_explicit(&p->failed, true, memory_order_relaxed);
}

/* Position of a time in slices: slice m is centred at m. */
static double slice_at(const Painting *p, double t_s)
{
    return t_s * p->plan->rate_hz / (double)p->plan->slice_hop;
}

static double column_edge_s(const SonoPictureSpec *spec, int x)
{
    return spec->t0_s + (spec->t1_s - spec->t0_s) * (double)x / (double)spec->width_px;
}

/* Slices centred in a column; the nearest one if there is none. */
static SonoSlices column_slices(const Painting *p, int x)
{
    const double from = slice_at(p, column_edge_s(p->spec, x)), to = slice_at(p, column_edge_s(p->spec, x + 1));
    const int64_t first = (int64_t)ceil(from), end = (int64_t)ceil(to);
    if (end > first) {
        return (SonoSlices){first, end - first};
    }
    return (SonoSlices){(int64_t)floor((from + to) / 2 + 0.5), 1};
}

/* coef = V x for at most p->batch slices. Sound outside the reader is zero and is not read. */
static SonoStatus analyse(const Painting *p, Scratch *s, SonoSlices slices, SonoError *err)
{
    const SonoSpan sound = {0, p->reader->n_frames};
    const SonoSpan span = sono_span_intersect(sono_plan_support(p->plan, slices), sound);
    if (span.n_frames == 0) {
        memset(s->coef, 0, (size_t)slices.n * p->plan->n_coef * sizeof *s->coef);
        return SONO_OK;
    }
    SonoStatus status = p->reader->read(p->reader->ctx, p->spec->channel, span.start_frame, span.n_frames, s->pcm, err);
    if (status == SONO_OK) {
        status = sono_engine_analyse(p->engine, p->plan, s->pcm, span, slices, s->coef, err);
    }
    return status;
}

static void fold_power(const Painting *p, const SonoCplx *row, float *power)
{
    for (int32_t k = p->rows->first_bin; k < p->rows->end_bin; k++) {
        const float v = row[k].re * row[k].re + row[k].im * row[k].im;
        power[k] = v > power[k] ? v : power[k];
    }
}

/* Maximum over all slices of a column, or over a few of them. */
static SonoStatus column_power(const Painting *p, Scratch *s, int x, SonoError *err)
{
    const SonoSlices all = column_slices(p, x);
    const bool some = p->spec->provisional && all.n > PROVISIONAL_SLICES;
    const int64_t n_parts = some ? PROVISIONAL_SLICES : (all.n + p->batch - 1) / p->batch;
    memset(s->power, 0, (size_t)p->rows->n_bins * sizeof *s->power);
    for (int64_t i = 0; i < n_parts; i++) {
        SonoSlices part = {all.first + i * p->batch, p->batch};
        if (some) { /* in the middles of equal parts */
            part = (SonoSlices){all.first + (2 * i + 1) * all.n / (2 * PROVISIONAL_SLICES), 1};
        } else if (part.first + part.n > all.first + all.n) {
            part.n = all.first + all.n - part.first;
        }
        const SonoStatus status = analyse(p, s, part, err);
        if (status != SONO_OK) {
            return status;
        }
        for (int64_t m = 0; m < part.n; m++) {
            fold_power(p, s->coef + (size_t)m * p->plan->n_coef, s->power);
        }
    }
    return SONO_OK;
}

static SonoStatus paint_wide_columns(const Painting *p, Scratch *s, int x0, int x1, SonoError *err)
{
    for (int x = x0; x < x1; x++) {
        const SonoStatus status = column_power(p, s, x, err);
        if (status != SONO_OK) {
            return status;
        }
        sono_picture_rows_levels(p->rows, s->power, s->row_db);
        for (int y = 0; y < p->spec->height_px; y++) {
            p->level_db[(size_t)y * (size_t)p->spec->width_px + (size_t)x] = s->row_db[y];
        }
    }
    return SONO_OK;
}

static SonoStatus slice_levels(const Painting *p, Scratch *s, int64_t slice, float *row_db, SonoError *err)
{
    const SonoStatus status = analyse(p, s, (SonoSlices){slice, 1}, err);
    if (status == SONO_OK) {
        memset(s->power, 0, (size_t)p->rows->n_bins * sizeof *s->power);
        fold_power(p, s->coef, s->power);
        sono_picture_rows_levels(p->rows, s->power, row_db);
    }
    return status;
}

/* Columns narrower than a slice: dB between the two slices around the column's centre. Each slice is analysed once. */
static SonoStatus paint_narrow_columns(const Painting *p, Scratch *s, int x0, int x1, SonoError *err)
{
    const size_t height = (size_t)p->spec->height_px;
    int64_t have = INT64_MIN; /* row_db[0] is this slice, row_db[1] the next */
    for (int x = x0; x < x1; x++) {
        const double at = slice_at(p, (column_edge_s(p->spec, x) + column_edge_s(p->spec, x + 1)) / 2);
        const int64_t slice = (int64_t)floor(at);
        const float part = (float)(at - (double)slice);
        SonoStatus status = SONO_OK;
        if (slice != have) {
            if (have != INT64_MIN && slice == have + 1) {
                memcpy(s->row_db, s->row_db + height, height * sizeof *s->row_db);
            } else {
                status = slice_levels(p, s, slice, s->row_db, err);
            }
            if (status == SONO_OK) {
                status = slice_levels(p, s, slice + 1, s->row_db + height, err);
            }
            have = slice;
        }
        if (status != SONO_OK) {
            return status;
        }
        for (size_t y = 0; y < height; y++) {
            const float a = s->row_db[y], b = s->row_db[height + y];
            p->level_db[y * (size_t)p->spec->width_px + (size_t)x] = a + part * (b - a);
        }
    }
    return SONO_OK;
}

static void paint_group(void *ctx, size_t group)
{
    Painting *p = ctx;
    const int x0 = (int)group * COLUMNS_PER_GROUP;
    const int x1 = x0 + COLUMNS_PER_GROUP < p->spec->width_px ? x0 + COLUMNS_PER_GROUP : p->spec->width_px;
    if (atomic_load_explicit(&p->failed, memory_order_relaxed)) {
        return;
    }
    const SonoSpan longest = sono_plan_support(p->plan, (SonoSlices){0, p->batch});
    SonoError err = {0};
    SonoStatus status = SONO_OK;
    Scratch s = {
        .pcm = sono_alloc_aligned((size_t)longest.n_frames, sizeof *s.pcm),
        .coef = sono_alloc_aligned((size_t)p->batch * p->plan->n_coef, sizeof *s.coef),
        .power = sono_alloc_aligned((size_t)p->rows->n_bins, sizeof *s.power),
        .row_db = sono_alloc_aligned(2 * (size_t)p->spec->height_px, sizeof *s.row_db),
    };
    if (!s.pcm || !s.coef || !s.power || !s.row_db) {
        status = sono_fail(&err, SONO_E_NOMEM, "no memory to paint a spectrogram");
    } else if (p->slices_per_px >= 1.0) {
        status = paint_wide_columns(p, &s, x0, x1, &err);
    } else {
        status = paint_narrow_columns(p, &s, x0, x1, &err);
    }
    if (status != SONO_OK) {
        note_failure(p, status, &err);
    }
    sono_free(s.pcm);
    sono_free(s.coef);
    sono_free(s.power);
    sono_free(s.row_db);
}

static SonoStatus check_spec(const SonoPlan *plan, const SonoPcmReader *reader, const SonoPictureSpec *spec,
                             SonoError *err)
{
    if (spec->width_px < 1 || spec->width_px > MAX_SIDE_PX || spec->height_px < 1 || spec->height_px > MAX_SIDE_PX) {
        return sono_fail(err, SONO_E_RANGE, "picture size %d x %d must be from 1 to %d", spec->width_px,
                         spec->height_px, MAX_SIDE_PX);
    }
    if (!isfinite(spec->t0_s) || !isfinite(spec->t1_s) || !(spec->t0_s < spec->t1_s) || fabs(spec->t0_s) > 1e9 ||
        fabs(spec->t1_s) > 1e9) {
        return sono_fail(err, SONO_E_RANGE, "picture from %g s to %g s: the end must come after the start", spec->t0_s,
                         spec->t1_s);
    }
    if (!isfinite(spec->axis.f0_hz) || !isfinite(spec->axis.f1_hz) || !(spec->axis.f0_hz < spec->axis.f1_hz) ||
        spec->axis.f0_hz < 0.0) {
        return sono_fail(err, SONO_E_RANGE, "picture from %g Hz to %g Hz: the top must lie above the bottom",
                         spec->axis.f0_hz, spec->axis.f1_hz);
    }
    if (spec->axis.scale == SONO_SCALE_LOG && !(spec->axis.f0_hz > 0.0)) {
        return sono_fail(err, SONO_E_RANGE, "a logarithmic axis must start above 0 Hz");
    }
    if (spec->channel < 0 || spec->channel >= reader->n_channels) {
        return sono_fail(err, SONO_E_RANGE, "channel %d does not exist: the sound has %d (counted from 0)",
                         spec->channel, reader->n_channels);
    }
    if (plan->axis != SONO_AXIS_TIME || plan->n_atoms != 1) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "pictures of transform '%s' are not possible yet", plan->transform);
    }
    return SONO_OK;
}

SonoStatus sono_picture_levels(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader,
                               const SonoPictureSpec *spec, float *level_db, SonoError *err)
{
    SonoStatus status = check_spec(plan, reader, spec, err);
    PictureRows rows = {0};
    if (status == SONO_OK) {
        status = sono_picture_rows_make(plan, &spec->axis, spec->height_px, &rows, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    const size_t fitting = MAX_BATCH_BYTES / (plan->n_coef * sizeof(SonoCplx));
    Painting p = {
        .engine = engine,
        .plan = plan,
        .reader = reader,
        .spec = spec,
        .rows = &rows,
        .slices_per_px = (spec->t1_s - spec->t0_s) * plan->rate_hz / (double)plan->slice_hop / spec->width_px,
        .batch = fitting < 1                  ? 1
                 : fitting > MAX_BATCH_SLICES ? MAX_BATCH_SLICES
                                              : (int64_t)fitting,
        .level_db = level_db,
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
    const size_t n_groups = ((size_t)spec->width_px + COLUMNS_PER_GROUP - 1) / COLUMNS_PER_GROUP;
    sono_jobs_parallel_for(sono_engine_jobs(engine), n_groups, paint_group, &p);
    sono_picture_rows_clear(&rows);
    (void)pthread_mutex_destroy(&p.lock);
    if (p.status != SONO_OK && err) {
        *err = p.err;
    }
    return p.status;
}

void sono_picture_colours(const SonoPictureSpec *spec, const float *level_db, uint8_t *rgb)
{
    const size_t n = (size_t)spec->width_px * (size_t)spec->height_px;
    const double scale = 255.0 / (spec->ceiling_db - spec->floor_db);
    const SonoColourMap *map = spec->map ? spec->map : sono_colour_maps[0];
    for (size_t i = 0; i < n; i++) {
        const double at = ((double)level_db[i] - spec->floor_db) * scale;
        const int colour = at > 0.0 ? (at < 255.0 ? (int)(at + 0.5) : 255) : 0; /* NaN is the floor */
        memcpy(rgb + 3 * i, map->rgb[colour], 3);
    }
}
