/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks as values: a list of shapes that owns its points, and how far it reaches. */
#include "brush_internal.h"

#include "sono_mem.h"

#include <float.h>
#include <math.h>
#include <string.h>

static SonoStatus reserve(SonoMask *mask, size_t n, SonoError *err)
{
    if (mask->shapes && n <= mask->cap_shapes) {
        return SONO_OK;
    }
    size_t cap = mask->cap_shapes ? 2 * mask->cap_shapes : 4;
    cap = cap < n ? n : cap;
    SonoShape *shapes = sono_realloc_array(mask->shapes, cap, sizeof *shapes);
    if (!shapes) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a mask of %zu shapes", n);
    }
    mask->shapes = shapes;
    mask->cap_shapes = cap;
    return SONO_OK;
}

/* Append a checked shape; its points are copied. */
static SonoStatus append(SonoMask *mask, const SonoShape *shape, SonoError *err)
{
    const SonoStatus status = reserve(mask, mask->n_shapes + 1, err);
    if (status != SONO_OK) {
        return status;
    }
    SonoShape own = *shape;
    own.points = NULL;
    own.n_points = 0;
    if (shape->kind == SONO_SHAPE_STROKE) {
        own.points = sono_calloc(shape->n_points, sizeof *own.points);
        if (!own.points) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for a stroke of %zu points", shape->n_points);
        }
        memcpy(own.points, shape->points, shape->n_points * sizeof *own.points);
        own.n_points = shape->n_points;
    }
    mask->shapes[mask->n_shapes++] = own;
    return SONO_OK;
}

SonoStatus sono_mask_add(SonoMask *mask, const SonoShape *shape, SonoError *err)
{
    const SonoStatus status = sono_shape_check(shape, err);
    if (status != SONO_OK) {
        return status;
    }
    if (mask->n_shapes >= SONO_MASK_MAX_SHAPES) {
        return sono_fail(err, SONO_E_LIMIT, "a mask may hold %d shapes", SONO_MASK_MAX_SHAPES);
    }
    size_t n_points = shape->kind == SONO_SHAPE_STROKE ? shape->n_points : 0;
    for (size_t i = 0; i < mask->n_shapes; i++) {
        n_points += mask->shapes[i].n_points;
    }
    if (n_points > SONO_MASK_MAX_POINTS) {
        return sono_fail(err, SONO_E_LIMIT, "points are %zu, a mask may hold %d", n_points, SONO_MASK_MAX_POINTS);
    }
    return append(mask, shape, err);
}

SonoStatus sono_mask_copy(const SonoMask *mask, SonoMask *out, SonoError *err)
{
    SonoMask copy = {0};
    SonoStatus status = reserve(&copy, mask->n_shapes, err);
    for (size_t i = 0; i < mask->n_shapes && status == SONO_OK; i++) {
        status = append(&copy, &mask->shapes[i], err);
    }
    if (status != SONO_OK) {
        sono_mask_clear(&copy);
        return status;
    }
    *out = copy;
    return SONO_OK;
}

void sono_mask_clear(SonoMask *mask)
{
    if (!mask) {
        return;
    }
    for (size_t i = 0; i < mask->n_shapes; i++) {
        sono_free(mask->shapes[i].points);
    }
    sono_free(mask->shapes);
    *mask = (SonoMask){0};
}

/* Grow by some units in the last place of the larger end, so that no rounding on the way leaves weight outside. There
 * is no sound below 0 Hz. */
static SonoRegion outward(double t0_s, double t1_s, double f0_hz, double f1_hz)
{
    const double eps = 32.0 * DBL_EPSILON;
    const double pad_s = eps * fmax(fabs(t0_s), fabs(t1_s));
    const double pad_hz = eps * fmax(fabs(f0_hz), isfinite(f1_hz) ? fabs(f1_hz) : 0.0);
    return (SonoRegion){t0_s - pad_s, t1_s + pad_s, fmax(0.0, f0_hz - pad_hz), fmax(0.0, f1_hz + pad_hz)};
}

SonoRegion sono_dab_reach(const SonoDab *dab)
{
    const double t0 = dab->t_s - dab->radius_s;
    const double t1 = dab->t_s + dab->radius_s;
    if (dab->radius_oct > 0.0) {
        return outward(t0, t1, dab->f_hz * exp2(-dab->radius_oct), dab->f_hz * exp2(dab->radius_oct));
    }
    return outward(t0, t1, dab->f_hz - dab->radius_hz, dab->f_hz + dab->radius_hz);
}

static double step_at(SonoMaskFit fit, double freq_hz)
{
    return fit.step_hz + fit.step_per_hz * fmax(0.0, freq_hz);
}

void sono_dab_fit(SonoDab *dab, SonoMaskFit fit)
{
    const double step_hz = step_at(fit, dab->f_hz);
    dab->radius_s = fmax(dab->radius_s, fit.step_s);
    if (dab->radius_oct > 0.0 && dab->f_hz * (1.0 - exp2(-dab->radius_oct)) < step_hz) {
        dab->radius_oct = 0.0;
        dab->radius_hz = step_hz;
    } else if (!(dab->radius_oct > 0.0)) {
        dab->radius_hz = fmax(dab->radius_hz, step_hz);
    }
}

/* A hair more than the step, so that rounding cannot put a cell on either side. */
static void widen(double *lo, double *hi, double step)
{
    const double missing = step * (1.0 + 1e-6) - (*hi - *lo);
    if (missing > 0.0) {
        *lo -= 0.5 * missing;
        *hi += 0.5 * missing;
    }
}

SonoRegion sono_box_fit(SonoRegion box, SonoMaskFit fit)
{
    SonoRegion b = box;
    if (fit.step_s > 0.0) {
        widen(&b.t0_s, &b.t1_s, fit.step_s);
    }
    if (fit.step_hz > 0.0 || fit.step_per_hz > 0.0) {
        widen(&b.f0_hz, &b.f1_hz, step_at(fit, 0.5 * (b.f0_hz + b.f1_hz)));
    }
    return b;
}

/* Every dab lies between two points and its radius between theirs (position and pressure are interpolated), so in each
 * coordinate it stays within the reach of the two. */
static SonoRegion stroke_reach(const SonoShape *shape, SonoMaskFit fit)
{
    const SonoBrush *b = &shape->brush;
    SonoRegion all = {0};
    for (size_t i = 0; i < shape->n_points; i++) {
        const SonoStrokePoint *p = &shape->points[i];
        const double scale = sono_brush_size_scale(b, p->pressure);
        SonoDab dab = {.t_s = p->t_s,
                       .f_hz = p->f_hz,
                       .radius_s = scale * b->radius_ms * 1e-3,
                       .radius_hz = scale * b->radius_hz,
                       .radius_oct = scale * b->radius_oct};
        SonoRegion r = sono_dab_reach(&dab);
        sono_dab_fit(&dab, fit);
        const SonoRegion fitted = sono_dab_reach(&dab);
        r = (SonoRegion){fmin(r.t0_s, fitted.t0_s), fmax(r.t1_s, fitted.t1_s), fmin(r.f0_hz, fitted.f0_hz),
                         fmax(r.f1_hz, fitted.f1_hz)};
        all = i == 0 ? r
                     : (SonoRegion){fmin(all.t0_s, r.t0_s), fmax(all.t1_s, r.t1_s), fmin(all.f0_hz, r.f0_hz),
                                    fmax(all.f1_hz, r.f1_hz)};
    }
    return all;
}

SonoRegion sono_shape_reach(const SonoShape *shape, SonoMaskFit fit)
{
    if (shape->kind == SONO_SHAPE_STROKE) {
        return stroke_reach(shape, fit);
    }
    const double half_s = 0.5e-3 * shape->feather_ms;
    const double half_hz = 0.5 * shape->feather_hz;
    const SonoRegion b = sono_box_fit(shape->box, fit);
    const double top_hz = b.f1_hz >= fit.top_hz ? INFINITY : b.f1_hz + half_hz;
    return outward(b.t0_s - half_s, b.t1_s + half_s, b.f0_hz - half_hz, top_hz);
}

SonoRegion sono_mask_bounds(const SonoMask *mask)
{
    return sono_mask_bounds_fit(mask, SONO_MASK_AS_IT_IS);
}

SonoRegion sono_mask_bounds_fit(const SonoMask *mask, SonoMaskFit fit)
{
    SonoRegion bounds = {0};
    for (size_t i = 0; i < mask->n_shapes; i++) {
        const SonoShape *shape = &mask->shapes[i];
        if (shape->combine == SONO_COMBINE_ADD) {
            bounds = sono_region_union(bounds, sono_shape_reach(shape, fit));
        } else if (shape->combine == SONO_COMBINE_INTERSECT) {
            bounds = sono_region_intersect(bounds, sono_shape_reach(shape, fit));
        }
        if (sono_region_is_empty(bounds)) {
            bounds = (SonoRegion){0};
        }
    }
    return bounds;
}
