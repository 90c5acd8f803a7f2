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

typedef struct Walk {
    const SonoBrush *brush;
    SonoDab *dabs; /* NULL: count only */
    size_t n;
    double last_pressure;
} Walk;

double sono_brush_size_scale(const SonoBrush *brush, double pressure)
{
    return fmax(MIN_SIZE_SCALE, 1.0 - brush->pressure_to_size * (1.0 - pressure));
}

static void put_dab(Walk *walk, double t_s, double f_hz, double pressure)
{
    const SonoBrush *b = walk->brush;
    if (walk->dabs) {
        const double scale = sono_brush_size_scale(b, pressure);
        walk->dabs[walk->n] = (SonoDab){
            .t_s = t_s,
            .f_hz = f_hz,
            .radius_s = scale * b->radius_ms * 1e-3,
            .radius_hz = b->radius_oct > 0.0 ? 0.0 : scale * b->radius_hz,
            .radius_oct = scale * b->radius_oct,
            .hardness = b->hardness,
            .opacity = b->flow * (1.0 - b->pressure_to_flow * (1.0 - pressure)),
        };
    }
    walk->n++;
    walk->last_pressure = pressure;
}

static SonoStatus too_many(SonoError *err)
{
    return sono_fail(err, SONO_E_LIMIT, "stroke needs more than %d dabs: the brush is too small for its length",
                     SONO_STROKE_MAX_DABS);
}

static double step_after(const Walk *walk)
{
    return SPACING * sono_brush_size_scale(walk->brush, walk->last_pressure);
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

static SonoStatus walk_stroke(Walk *walk, const SonoStrokePoint *points, size_t n_points, SonoError *err)
{
    const SonoBrush *b = walk->brush;
    put_dab(walk, points[0].t_s, points[0].f_hz, points[0].pressure);
    double since = 0.0; /* path since the last dab */
    double h0 = height_of(b, points[0].f_hz);
    for (size_t i = 1; i < n_points; i++) {
        const SonoStrokePoint *p = &points[i - 1];
        const SonoStrokePoint *q = &points[i];
        const double h1 = height_of(b, q->f_hz);
        const double length = hypot((q->t_s - p->t_s) / (b->radius_ms * 1e-3), h1 - h0);
        if (!(length < SPACING * SONO_STROKE_MAX_DABS)) {
            return too_many(err); /* also where the difference overflows */
        }
        double at = step_after(walk) - since; /* of the next dab on this segment */
        double last = -since;
        while (at <= length) {
            const double a = length > 0.0 ? fmax(0.0, at / length) : 1.0;
            if (walk->n >= SONO_STROKE_MAX_DABS) {
                return too_many(err);
            }
            put_dab(walk, p->t_s + a * (q->t_s - p->t_s), frequency_at(b, h0 + a * (h1 - h0)),
                    p->pressure + a * (q->pressure - p->pressure));
            last = at;
            at += step_after(walk);
        }
        since = length - last;
        h0 = h1;
    }
    const SonoStrokePoint *end = &points[n_points - 1];
    if (since > SAME_PLACE || walk->last_pressure != end->pressure) {
        if (walk->n >= SONO_STROKE_MAX_DABS) {
            return too_many(err);
        }
        put_dab(walk, end->t_s, end->f_hz, end->pressure);
    }
    return SONO_OK;
}

SonoStatus sono_stroke_count_dabs(const SonoBrush *brush, const SonoStrokePoint *points, size_t n_points, size_t *n_out,
                                  SonoError *err)
{
    Walk walk = {.brush = brush};
    const SonoStatus status = walk_stroke(&walk, points, n_points, err);
    if (status == SONO_OK) {
        *n_out = walk.n;
    }
    return status;
}

SonoStatus sono_stroke_dabs(const SonoBrush *brush, const SonoStrokePoint *points, size_t n_points, SonoDab **out,
                            size_t *n_out, SonoError *err)
{
    SonoStatus status = sono_stroke_check(brush, points, n_points, err);
    if (status != SONO_OK) {
        return status;
    }
    size_t n_dabs = 0;
    status = sono_stroke_count_dabs(brush, points, n_points, &n_dabs, err);
    if (status != SONO_OK) {
        return status;
    }
    SonoDab *dabs = sono_calloc(n_dabs, sizeof *dabs);
    if (!dabs) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a stroke of %zu dabs", n_dabs);
    }
    Walk walk = {.brush = brush, .dabs = dabs};
    status = walk_stroke(&walk, points, n_points, err);
    if (status != SONO_OK) {
        sono_free(dabs);
        return status;
    }
    *out = dabs;
    *n_out = n_dabs;
    return SONO_OK;
}
