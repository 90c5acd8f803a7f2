/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of an STFT in bands of the axis: the bins of each slice are summed to N bands, those are pooled over the
 * time a pixel covers, and every band is a stripe around its centre. The same powers as in arrays: a sine reads its
 * amplitude at a centre, and 3 dB less half-way between two, which share it. */
#include <math.h>
#include <string.h>

#include "analyze.h"
#include "sono_axis_bands.h"
#include "sono_mem.h"

#define CHUNK_SLICES 256
#define FLOOR_POWER 1e-20f /* -200 dB */
#define QUICK_SLICES 4

typedef struct BandPainter {
    const AnalyzeJob *job;
    const SonoPictureSpec *spec;
    SonoAxisBands bands;
    int64_t first, n; /* slices in memory */
    float *pcm, *power;
    SonoCplx *coef;
    float *now, *column; /* [n_bands]: of one slice; of the pixel column */
} BandPainter;

static SonoStatus painter_init(BandPainter *p, SonoError *err)
{
    const SonoPlan *plan = p->job->plan;
    const SonoSpan support = sono_plan_support(plan, (SonoSlices){0, CHUNK_SLICES});
    p->pcm = sono_alloc_aligned((size_t)support.n_frames, sizeof *p->pcm);
    p->coef = sono_alloc_aligned(CHUNK_SLICES * plan->n_coef, sizeof *p->coef);
    p->power = sono_alloc_aligned((size_t)plan->n_rows, sizeof *p->power);
    p->now = sono_alloc_aligned((size_t)p->job->n_bands, sizeof *p->now);
    p->column = sono_alloc_aligned((size_t)p->job->n_bands, sizeof *p->column);
    return p->pcm && p->coef && p->power && p->now && p->column
               ? sono_axis_bands_make(plan, &p->job->axis, p->job->n_bands, &p->bands, err)
               : sono_fail(err, SONO_E_NOMEM, "no memory for a picture");
}

static void painter_clear(BandPainter *p)
{
    sono_axis_bands_clear(&p->bands);
    sono_free(p->pcm);
    sono_free(p->coef);
    sono_free(p->power);
    sono_free(p->now);
    sono_free(p->column);
}

/* Band powers of a slice; slices are asked for in rising order. */
static SonoStatus slice_bands(BandPainter *p, int64_t slice, SonoError *err)
{
    const AnalyzeJob *job = p->job;
    const SonoPlan *plan = job->plan;
    if (slice < p->first || slice >= p->first + p->n) {
        const SonoSlices part = {slice, p->spec->provisional ? 1 : CHUNK_SLICES};
        const SonoSpan span = sono_plan_support(plan, part);
        SonoStatus status =
            job->reader->read(job->reader->ctx, p->spec->channel, span.start_frame, span.n_frames, p->pcm, err);
        if (status == SONO_OK) {
            status = sono_engine_analyse(job->engine, plan, p->pcm, span, part, p->coef, err);
        }
        if (status != SONO_OK) {
            return status;
        }
        p->first = part.first;
        p->n = part.n;
    }
    const SonoCplx *coef = p->coef + (size_t)(slice - p->first) * plan->n_coef;
    analyze_power(coef, (size_t)plan->n_rows, plan->atoms[0].level_scale / sqrt(plan->reading_gain), p->power);
    sono_axis_bands_power(&p->bands, p->power, p->now);
    return SONO_OK;
}

/* The slices [from, to) of a pixel column, at most four if it is to be quick. */
static SonoStatus pool_column(BandPainter *p, int64_t from, int64_t to, SonoError *err)
{
    const size_t n_bands = (size_t)p->job->n_bands;
    const bool mean = p->spec->pool == SONO_POOL_MEAN;
    const int64_t step = p->spec->provisional ? MAX(1, (to - from) / QUICK_SLICES) : 1;
    float n = 0.0f;
    memset(p->column, 0, n_bands * sizeof *p->column);
    for (int64_t slice = from; slice < to; slice += step) {
        const SonoStatus status = slice_bands(p, slice, err);
        if (status != SONO_OK) {
            return status;
        }
        n += 1.0f;
        for (size_t b = 0; b < n_bands; b++) {
            p->column[b] = mean ? p->column[b] + p->now[b] : fmaxf(p->column[b], p->now[b]);
        }
    }
    for (size_t b = 0; b < n_bands && mean; b++) {
        p->column[b] /= n;
    }
    return SONO_OK;
}

static void paint_column(const BandPainter *p, int x, float *level_db)
{
    const double last = (double)(p->job->n_bands - 1);
    for (int y = 0; y < p->spec->height_px; y++) {
        const double position = 1.0 - ((double)y + 0.5) / (double)p->spec->height_px;
        const float power = p->column[(int32_t)floor(position * last + 0.5)];
        level_db[(size_t)y * (size_t)p->spec->width_px + (size_t)x] = 10.0f * log10f(fmaxf(power, FLOOR_POWER));
    }
}

SonoStatus analyze_bands_levels(const AnalyzeJob *job, const SonoPictureSpec *spec, float *level_db, SonoError *err)
{
    BandPainter p = {.job = job, .spec = spec};
    SonoStatus status = painter_init(&p, err);
    const double slices_per_s = job->plan->rate_hz / (double)job->plan->slice_hop;
    const double t_px = (spec->t1_s - spec->t0_s) / (double)spec->width_px;
    for (int x = 0; x < spec->width_px && status == SONO_OK; x++) {
        const int64_t from = (int64_t)floor((spec->t0_s + t_px * (double)x) * slices_per_s + 0.5);
        const int64_t to = (int64_t)floor((spec->t0_s + t_px * (double)(x + 1)) * slices_per_s + 0.5);
        status = pool_column(&p, from, MAX(to, from + 1), err);
        if (status == SONO_OK) {
            paint_column(&p, x, level_db);
        }
    }
    painter_clear(&p);
    return status;
}
