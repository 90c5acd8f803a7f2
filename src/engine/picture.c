/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CPU painter. Groups of neighbouring pixel columns are jobs of their own. Which thread paints which group, and how
 * many there are, changes nothing. */
#include "sono_picture.h"

#include <math.h>
#include <string.h>

#include "picture_internal.h"

#define MAX_SIDE_PX 32768
#define MAX_LEVEL 30
#define COLUMNS_PER_GROUP 16
#define MAX_BATCH_SLICES 64
#define MAX_BATCH_BYTES ((size_t)4 << 20)
#define GROUPS_PER_THREAD 4
#define MIN_GROUP_SLICES 8
#define MAX_GROUP_BYTES ((size_t)8 << 20)

double picture_column_at(const Painting *p, double t_s)
{
    return t_s * p->plan->rate_hz / (double)p->plan->picture_hop;
}

double picture_edge_s(const SonoPictureSpec *spec, int x)
{
    return spec->t0_s + (spec->t1_s - spec->t0_s) * (double)x / (double)spec->width_px;
}

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

static void paint_group(void *ctx, size_t group)
{
    Painting *p = ctx;
    const int x0 = (int)group * p->columns_per_group;
    const int x1 = x0 + p->columns_per_group < p->spec->width_px ? x0 + p->columns_per_group : p->spec->width_px;
    if (atomic_load_explicit(&p->failed, memory_order_relaxed)) {
        return;
    }
    SonoError err = {0};
    const SonoStatus status =
        p->plan->axis == SONO_AXIS_TIME ? picture_time_paint(p, x0, x1, &err) : picture_bands_paint(p, x0, x1, &err);
    if (status != SONO_OK) {
        note_failure(p, status, &err);
    }
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
    if (plan->axis == SONO_AXIS_TIME && plan->n_atoms != 1) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "no pictures of transform '%s'", plan->transform);
    }
    return SONO_OK;
}

/* How many pixel columns are painted together. Over frequency such a group needs one slice more than it shows, so it
 * has as many slices as keep all cores busy and fit into memory. */
static void cut_groups(Painting *p)
{
    const SonoPlan *plan = p->plan;
    if (plan->axis == SONO_AXIS_TIME) {
        const size_t fitting = MAX_BATCH_BYTES / (plan->n_coef * sizeof(SonoCplx));
        p->columns_per_group = COLUMNS_PER_GROUP;
        p->batch = fitting < 1 ? 1 : fitting > MAX_BATCH_SLICES ? MAX_BATCH_SLICES : (int64_t)fitting;
        return;
    }
    const int n_threads = sono_jobs_n_threads(sono_engine_jobs(p->engine));
    const double slices = p->columns_per_px * p->spec->width_px * (double)plan->picture_hop / (double)plan->slice_hop;
    const double n_groups = fmin(GROUPS_PER_THREAD * n_threads, ceil(slices / MIN_GROUP_SLICES));
    const double most = (double)MAX_GROUP_BYTES / (2.0 * sizeof(float) * plan->n_rows);
    p->columns_per_group = (int)fmax(1.0, fmin(most, ceil(p->spec->width_px / fmax(1.0, n_groups))));
}

/* Level of time whose columns are narrower than a pixel, so that each pixel has a coefficient of every band. */
static int level_of(const Painting *p)
{
    int level = 0;
    while (level < MAX_LEVEL && ldexp(PICTURE_BANDS_WIDE, level + 1) <= p->columns_per_px) {
        level++;
    }
    return level;
}

SonoStatus sono_picture_levels(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader,
                               const SonoPictureSpec *spec, float *level_db, SonoError *err)
{
    const SonoPlan *picture = plan->picture ? plan->picture : plan;
    SonoStatus status = check_spec(picture, reader, spec, err);
    PictureRows rows = {0};
    Painting p = {
        .engine = engine,
        .plan = picture,
        .reader = reader,
        .spec = spec,
        .rows = &rows,
        .columns_per_px = (spec->t1_s - spec->t0_s) * picture->rate_hz / (double)picture->picture_hop / spec->width_px,
        .level_db = level_db,
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
    if (status == SONO_OK) {
        status = sono_picture_rows_make(picture, spec, &rows, err);
    }
    if (status == SONO_OK && picture->axis == SONO_AXIS_FREQ) {
        status = engine_band_raster(engine, picture, level_of(&p), &p.raster, err);
    }
    if (status == SONO_OK) {
        cut_groups(&p);
        const size_t width = (size_t)spec->width_px;
        const size_t per_group = (size_t)p.columns_per_group;
        sono_jobs_parallel_for(sono_engine_jobs(engine), (width + per_group - 1) / per_group, paint_group, &p);
        status = p.status;
        if (status != SONO_OK && err) {
            *err = p.err;
        }
    }
    band_raster_unref(p.raster);
    sono_picture_rows_clear(&rows);
    (void)pthread_mutex_destroy(&p.lock);
    return status;
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
