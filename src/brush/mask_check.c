/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of brushes and shapes: every refusal names the field, what it must be and what it is. */
#include "brush_internal.h"

#include <math.h>

typedef enum Bound { POSITIVE, NOT_NEGATIVE, UNIT, FINITE } Bound;

typedef struct Field {
    const char *name;
    double value;
    Bound bound;
} Field;

/* where: "" or "points[3]." */
static SonoStatus check_field(const char *where, const Field *field, SonoError *err)
{
    static const char *const must[] = {"> 0", ">= 0", "from 0 to 1", "a finite number"};
    const double v = field->value;
    int good = isfinite(v);
    switch (field->bound) {
    case POSITIVE:
        good = good && v > 0.0;
        break;
    case NOT_NEGATIVE:
        good = good && v >= 0.0;
        break;
    case UNIT:
        good = good && v >= 0.0 && v <= 1.0;
        break;
    case FINITE:
        break;
    }
    return good ? SONO_OK
                : sono_fail(err, SONO_E_RANGE, "%s%s must be %s, not %g", where, field->name, must[field->bound], v);
}

static SonoStatus check_fields(const char *where, const Field *fields, size_t n, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (size_t i = 0; i < n && status == SONO_OK; i++) {
        status = check_field(where, &fields[i], err);
    }
    return status;
}

SonoStatus sono_brush_check(const SonoBrush *brush, SonoError *err)
{
    const Field fields[] = {
        {"radius_ms", brush->radius_ms, POSITIVE},
        {"radius_oct", brush->radius_oct, NOT_NEGATIVE},
        {"radius_hz", brush->radius_hz, brush->radius_oct > 0.0 ? NOT_NEGATIVE : POSITIVE},
        {"hardness", brush->hardness, UNIT},
        {"flow", brush->flow, UNIT},
        {"pressure_to_size", brush->pressure_to_size, UNIT},
        {"pressure_to_flow", brush->pressure_to_flow, UNIT},
    };
    return check_fields("", fields, sizeof fields / sizeof *fields, err);
}

SonoStatus sono_stroke_point_check(const SonoBrush *brush, const SonoStrokePoint *point, SonoError *err)
{
    const Field fields[] = {
        {"t_s", point->t_s, FINITE},
        /* an ellipse in octaves has no place at or below 0 Hz */
        {"f_hz", point->f_hz, brush->radius_oct > 0.0 ? POSITIVE : NOT_NEGATIVE},
        {"pressure", point->pressure, UNIT},
    };
    return check_fields("", fields, sizeof fields / sizeof *fields, err);
}

SonoStatus sono_stroke_check(const SonoBrush *brush, const SonoStrokePoint *points, size_t n_points, SonoError *err)
{
    SonoStatus status = sono_brush_check(brush, err);
    if (status != SONO_OK) {
        return status;
    }
    if (!points || n_points == 0) {
        return sono_fail(err, SONO_E_RANGE, "points must hold at least one point");
    }
    if (n_points > SONO_MASK_MAX_POINTS) {
        return sono_fail(err, SONO_E_LIMIT, "points are %zu, a mask may hold %d", n_points, SONO_MASK_MAX_POINTS);
    }
    for (size_t i = 0; i < n_points && status == SONO_OK; i++) {
        status = sono_stroke_point_check(brush, &points[i], err);
        if (status != SONO_OK) {
            return sono_fail_context(err, "points[%zu]", i);
        }
    }
    return status;
}

static SonoStatus check_box(const SonoShape *shape, SonoError *err)
{
    const SonoRegion *b = &shape->box;
    const Field fields[] = {
        {"t0_s", b->t0_s, FINITE},
        {"t1_s", b->t1_s, FINITE},
        {"f0_hz", b->f0_hz, FINITE},
        {"f1_hz", b->f1_hz, FINITE},
        {"feather_ms", shape->feather_ms, NOT_NEGATIVE},
        {"feather_hz", shape->feather_hz, NOT_NEGATIVE},
    };
    const SonoStatus status = check_fields("", fields, sizeof fields / sizeof *fields, err);
    if (status != SONO_OK) {
        return status;
    }
    if (!(b->t1_s > b->t0_s)) {
        return sono_fail(err, SONO_E_RANGE, "t1_s must be > t0_s (%g), not %g", b->t0_s, b->t1_s);
    }
    if (!(b->f1_hz > b->f0_hz)) {
        return sono_fail(err, SONO_E_RANGE, "f1_hz must be > f0_hz (%g), not %g", b->f0_hz, b->f1_hz);
    }
    return SONO_OK;
}

SonoStatus sono_shape_check(const SonoShape *shape, SonoError *err)
{
    if (shape->combine != SONO_COMBINE_ADD && shape->combine != SONO_COMBINE_SUBTRACT &&
        shape->combine != SONO_COMBINE_INTERSECT) {
        return sono_fail(err, SONO_E_RANGE, "combine must be add, subtract or intersect, not number %d",
                         (int)shape->combine);
    }
    if (shape->kind == SONO_SHAPE_BOX) {
        return check_box(shape, err);
    }
    if (shape->kind != SONO_SHAPE_STROKE) {
        return sono_fail(err, SONO_E_RANGE, "kind must be box or stroke, not number %d", (int)shape->kind);
    }
    const SonoStatus status = sono_stroke_check(&shape->brush, shape->points, shape->n_points, err);
    if (status != SONO_OK) {
        return status;
    }
    size_t n_dabs = 0;
    return sono_stroke_count_dabs(&shape->brush, shape->points, shape->n_points, &n_dabs, err);
}
