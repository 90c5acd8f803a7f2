/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lane_times.h"

#include <math.h>

#define MAX_SHAPES 256

/* Append a span, joined to the last one if they touch. False: no room. */
static bool append(LaneTimes *list, double t0_s, double t1_s)
{
    if (!(t1_s > t0_s)) {
        return true;
    }
    if (list->n > 0 && t0_s <= list->spans[list->n - 1].t1_s) {
        list->spans[list->n - 1].t1_s = fmax(list->spans[list->n - 1].t1_s, t1_s);
        return true;
    }
    if (list->n == LANE_MAX_SPANS) {
        return false;
    }
    list->spans[list->n].t0_s = t0_s;
    list->spans[list->n++].t1_s = t1_s;
    return true;
}

static bool join(LaneTimes *list, double t0_s, double t1_s)
{
    LaneTimes joined = {0};
    bool ok = true;
    bool placed = false;
    for (int i = 0; i < list->n && ok; i++) {
        if (!placed && t0_s <= list->spans[i].t0_s) {
            ok = append(&joined, t0_s, t1_s);
            placed = true;
        }
        ok = ok && append(&joined, list->spans[i].t0_s, list->spans[i].t1_s);
    }
    ok = ok && (placed || append(&joined, t0_s, t1_s));
    *list = joined;
    return ok;
}

static bool subtract(LaneTimes *list, double t0_s, double t1_s)
{
    LaneTimes left = {0};
    bool ok = true;
    for (int i = 0; i < list->n && ok; i++) {
        const double a = list->spans[i].t0_s;
        const double b = list->spans[i].t1_s;
        ok = append(&left, a, fmin(b, t0_s)) && append(&left, fmax(a, t1_s), b);
    }
    *list = left;
    return ok;
}

static void intersect(LaneTimes *list, double t0_s, double t1_s)
{
    LaneTimes both = {0};
    for (int i = 0; i < list->n; i++) {
        (void)append(&both, fmax(list->spans[i].t0_s, t0_s), fmin(list->spans[i].t1_s, t1_s));
    }
    *list = both;
}

static bool combine(LaneTimes *list, const SonoShape *shape, double nyquist_hz)
{
    SonoShape alone = *shape;
    alone.combine = SONO_COMBINE_ADD;
    const SonoMask mask = {.shapes = &alone, .n_shapes = 1};
    const SonoRegion bounds = sono_mask_bounds(&mask);
    const SonoRegion *box = &shape->box;
    switch (shape->combine) {
    case SONO_COMBINE_ADD:
        return join(list, bounds.t0_s, bounds.t1_s);
    case SONO_COMBINE_SUBTRACT:
        return shape->kind != SONO_SHAPE_BOX || box->f0_hz > 0.0 || box->f1_hz < nyquist_hz ||
               subtract(list, box->t0_s, box->t1_s);
    case SONO_COMBINE_INTERSECT:
        intersect(list, bounds.t0_s, bounds.t1_s);
        break;
    }
    return true;
}

void lane_times(const SonoSelection *selection, double end_s, double nyquist_hz, LaneTimes *out)
{
    const SonoMask *mask = &selection->mask;
    bool ok = mask->n_shapes <= MAX_SHAPES;
    *out = (LaneTimes){0};
    if (sono_selection_is_empty(selection)) {
        return;
    }
    for (size_t i = 0; i < mask->n_shapes && ok; i++) {
        ok = combine(out, &mask->shapes[i], nyquist_hz);
    }
    if (!ok) {
        const SonoRegion all = sono_selection_region(selection, end_s, nyquist_hz);
        *out = (LaneTimes){0};
        (void)append(out, all.t0_s, all.t1_s);
    }
    intersect(out, 0.0, end_s);
}
