/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pixel columns from a plan over time: each reads and analyses the slices it shows, in batches of bounded size, and
 * keeps only the pooled power per bin. */
#include "picture_internal.h"

#include <math.h>
#include <string.h>

#include "sono_mem.h"

#define PROVISIONAL_SLICES 4

/* Buffers of one group. */
typedef struct Scratch {
    float *pcm;     /* [frames of a batch] */
    SonoCplx *coef; /* [batch][n_coef] */
    float *power;   /* [n_bins], of one column */
    float *row_db;  /* [2][height]: two neighbouring slices, where a column is narrower than a slice */
} Scratch;

/* Slices centred in a column; the nearest one if there is none. */
static SonoSlices column_slices(const Painting *p, int x)
{
    const double from = picture_column_at(p, picture_edge_s(p->spec, x)),
                 to = picture_column_at(p, picture_edge_s(p->spec, x + 1));
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
        power[k] = p->spec->pool == SONO_POOL_MEAN ? power[k] + v : v > power[k] ? v : power[k];
    }
}

static void divide(const Painting *p, float *power, int64_t n)
{
    for (int32_t k = p->rows->first_bin; k < p->rows->end_bin; k++) {
        power[k] /= (float)n;
    }
}

/* Maximum, or mean, over all slices of a column, or over a few of them. */
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
    if (p->spec->pool == SONO_POOL_MEAN) {
        divide(p, s->power, some ? PROVISIONAL_SLICES : all.n);
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
        const double at = picture_column_at(p, (picture_edge_s(p->spec, x) + picture_edge_s(p->spec, x + 1)) / 2);
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

SonoStatus picture_time_paint(const Painting *p, int x0, int x1, SonoError *err)
{
    const SonoSpan longest = sono_plan_support(p->plan, (SonoSlices){0, p->batch});
    SonoStatus status = SONO_OK;
    Scratch s = {
        .pcm = sono_alloc_aligned((size_t)longest.n_frames, sizeof *s.pcm),
        .coef = sono_alloc_aligned((size_t)p->batch * p->plan->n_coef, sizeof *s.coef),
        .power = sono_alloc_aligned((size_t)p->rows->n_bins, sizeof *s.power),
        .row_db = sono_alloc_aligned(2 * (size_t)p->spec->height_px, sizeof *s.row_db),
    };
    if (!s.pcm || !s.coef || !s.power || !s.row_db) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory to paint a spectrogram");
    } else if (p->columns_per_px >= 1.0) {
        status = paint_wide_columns(p, &s, x0, x1, err);
    } else {
        status = paint_narrow_columns(p, &s, x0, x1, err);
    }
    sono_free(s.pcm);
    sono_free(s.coef);
    sono_free(s.power);
    sono_free(s.row_db);
    return status;
}
