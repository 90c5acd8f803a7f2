/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stroke -> dabs: the path is walked by arc length in units of the brush's radii, so that dabs lie a quarter radius
 * apart whatever the units of time and frequency are. The same points always give the same dabs. */
#include "brush_internal.h"

#include "sono_mem.h"

#include <math.h>

#define SPACING 0.25 /* of the radius at the last dab */
/* No pressure leaves a dot and not nothing: a radius of 0 has no spacing. */
#define MIN_SIZE_SCALE (1.0 / 64.0)
/* Closer than this (radii) two dabs are in the same place. */
#define SAME_PLACE 1e-9

double sono_brush_size_scale(const SonoBrush *brush, double pressure)
{
    return fmax(MIN_SIZE_SCALE, 1.0 - brush->pressure_to_size * (1.0 - pressure));
}

static SonoDab dab_at(const SonoBrush *b, double t_s, double f_hz, double pressure)
{
    const double scale = sono_brush_size_scale(b, pressure);
    return (SonoDab){
        .t_s = t_s,
        .f_hz = f_hz,
        .radius_s = scale * b->radius_ms * 1e-3,
        .radius_hz = b->radius_oct > 0.0 ? 0.0 : scale * b->radius_hz,
        .radius_oct = scale * b->radius_oct,
        .hardness = b->hardness,
        .opacity = b->flow * (1.0 - b->pressure_to_flow * (1.0 - pressure)),
    };
}

/* Put a dab after those of the path. */
static SonoStatus put_dab(SonoDabWalk *walk, double t_s, double f_hz, double pressure, SonoError *err)
{
    if (walk->n_dabs >= SONO_STROKE_MAX_DABS) {
        return sono_fail(err, SONO_E_LIMIT, "stroke needs more than %d dabs: the brush is too small for its length",
                         SONO_STROKE_MAX_DABS);
    }
    if (walk->n_dabs == walk->cap_dabs) {
        const size_t cap = walk->cap_dabs ? 2 * walk->cap_dabs : 64;
        SonoDab *more = sono_realloc_array(walk->dabs, cap, sizeof *more);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for a stroke of %zu dabs", walk->n_dabs);
        }
        walk->dabs = more;
        walk->cap_dabs = cap;
    }
    walk->dabs[walk->n_dabs++] = dab_at(&walk->brush, t_s, f_hz, pressure);
    return SONO_OK;
}

/* One that stays. */
static SonoStatus put_on_path(SonoDabWalk *walk, double t_s, double f_hz, double pressure, SonoError *err)
{
    const SonoStatus status = put_dab(walk, t_s, f_hz, pressure, err);
    walk->n_on_path = walk->n_dabs;
    walk->pressure = pressure;
    return status;
}

static double step_after(const SonoDabWalk *walk)
{
    return SPACING * sono_brush_size_scale(&walk->brush, walk->pressure);
}

/* Vertical coordinate in radii: log-frequency for a brush in octaves. */
static double height_of(const SonoBrush *b, double f_hz)
{
    return b->radius_oct > 0.0 ? log2(f_hz) / b->radius_oct : f_hz / b->radius_hz;
}

static double frequency_at(const SonoBrush *b, double height)
{
    return b->radius_oct > 0.0 ? exp2(height * b->radius_oct) : height * b->radius_hz;
}

/* Along the segment from the last point. */
static SonoStatus walk_segment(SonoDabWalk *walk, const SonoStrokePoint *q, double height, SonoError *err)
{
    const SonoBrush *b = &walk->brush;
    const SonoStrokePoint *p = &walk->last;
    const double length = hypot((q->t_s - p->t_s) / (b->radius_ms * 1e-3), height - walk->height);
    if (!(length < SPACING * SONO_STROKE_MAX_DABS)) { /* also where the difference overflows */
        return sono_fail(err, SONO_E_LIMIT, "stroke needs more than %d dabs: the brush is too small for its length",
                         SONO_STROKE_MAX_DABS);
    }
    double at = step_after(walk) - walk->since; /* of the next dab on this segment */
    double last = -walk->since;
    SonoStatus status = SONO_OK;
    while (at <= length && status == SONO_OK) {
        const double a = length > 0.0 ? fmax(0.0, at / length) : 1.0;
        status = put_on_path(walk, p->t_s + a * (q->t_s - p->t_s),
                             frequency_at(b, walk->height + a * (height - walk->height)),
                             p->pressure + a * (q->pressure - p->pressure), err);
        last = at;
        at += step_after(walk);
    }
    walk->since = length - last;
    return status;
}

/* Every stroke ends with a dab. */
static SonoStatus put_end(SonoDabWalk *walk, SonoError *err)
{
    const SonoStrokePoint *end = &walk->last;
    return walk->since > SAME_PLACE || walk->pressure != end->pressure
               ? put_dab(walk, end->t_s, end->f_hz, end->pressure, err)
               : SONO_OK;
}

/* A checked point; the end of the stroke so far is taken back. */
static SonoStatus walk_to(SonoDabWalk *walk, const SonoStrokePoint *point, SonoError *err)
{
    const double height = height_of(&walk->brush, point->f_hz);
    walk->n_dabs = walk->n_on_path;
    const SonoStatus status = walk->n_on_path == 0 ? put_on_path(walk, point->t_s, point->f_hz, point->pressure, err)
                                                   : walk_segment(walk, point, height, err);
    walk->last = *point;
    walk->height = height;
    return status;
}

SonoStatus sono_dab_walk_begin(SonoDabWalk *walk, const SonoBrush *brush, SonoError *err)
{
    const SonoStatus status = sono_brush_check(brush, err);
    if (status == SONO_OK) {
        *walk = (SonoDabWalk){.brush = *brush};
    }
    return status;
}

SonoStatus sono_dab_walk_add(SonoDabWalk *walk, const SonoStrokePoint *point, SonoError *err)
{
    SonoStatus status = sono_stroke_point_check(&walk->brush, point, err);
    if (status != SONO_OK) {
        return status;
    }
    const SonoDabWalk before = *walk;
    const SonoDab end = before.n_dabs > before.n_on_path ? before.dabs[before.n_on_path] : (SonoDab){0};
    status = walk_to(walk, point, err);
    if (status == SONO_OK) {
        status = put_end(walk, err);
    }
    if (status != SONO_OK) {
        SonoDab *dabs = walk->dabs; /* may have been moved */
        const size_t cap = walk->cap_dabs;
        *walk = before;
        walk->dabs = dabs;
        walk->cap_dabs = cap;
        if (walk->n_dabs > walk->n_on_path) {
            walk->dabs[walk->n_on_path] = end;
        }
    }
    return status;
}

void sono_dab_walk_clear(SonoDabWalk *walk)
{
    if (walk) {
        sono_free(walk->dabs);
        *walk = (SonoDabWalk){0};
    }
}

SonoStatus sono_stroke_dabs(const SonoBrush *brush, const SonoStrokePoint *points, size_t n_points, SonoDab **out,
                            size_t *n_out, SonoError *err)
{
    SonoStatus status = sono_stroke_check(brush, points, n_points, err);
    if (status != SONO_OK) {
        return status;
    }
    SonoDabWalk walk = {.brush = *brush};
    for (size_t i = 0; i < n_points && status == SONO_OK; i++) {
        status = walk_to(&walk, &points[i], err);
    }
    if (status == SONO_OK) {
        status = put_end(&walk, err);
    }
    if (status != SONO_OK) {
        sono_dab_walk_clear(&walk);
        return status;
    }
    *out = walk.dabs;
    *n_out = walk.n_dabs;
    return SONO_OK;
}

SonoStatus sono_stroke_count_dabs(const SonoBrush *brush, const SonoStrokePoint *points, size_t n_points, size_t *n_out,
                                  SonoError *err)
{
    SonoDab *dabs = NULL;
    const SonoStatus status = sono_stroke_dabs(brush, points, n_points, &dabs, n_out, err);
    sono_free(dabs);
    return status;
}
