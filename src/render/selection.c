/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The selection as a value: set, joined, changed, moved, inverted, read. */
#include "sono_selection.h"

#include <math.h>

/* A shape as the only one of a mask: checked, with points of its own. */
static SonoStatus make_own(const SonoShape *shape, SonoCombine combine, SonoMask *out, SonoError *err)
{
    SonoShape own = *shape;
    own.combine = combine;
    return sono_mask_add(out, &own, err);
}

bool sono_selection_is_empty(const SonoSelection *s)
{
    return s->mask.n_shapes == 0 || s->mask.shapes[0].combine != SONO_COMBINE_ADD;
}

/* Take over a mask. */
static void set_mask(SonoSelection *s, SonoMask *mask, size_t n_folded)
{
    sono_mask_clear(&s->mask);
    s->mask = *mask;
    s->n_folded = n_folded;
    s->revision++;
}

void sono_selection_clear(SonoSelection *s)
{
    SonoMask none = {0};
    set_mask(s, &none, 0);
    s->channel = -1;
}

SonoStatus sono_selection_set(SonoSelection *s, const SonoShape *shape, int channel, SonoError *err)
{
    SonoMask mask = {0};
    const SonoStatus status = make_own(shape, SONO_COMBINE_ADD, &mask, err);
    if (status == SONO_OK) {
        set_mask(s, &mask, 1);
        s->channel = channel;
    } else {
        sono_mask_clear(&mask);
    }
    return status;
}

SonoStatus sono_selection_join(SonoSelection *s, const SonoShape *shape, int channel, SonoError *err)
{
    sono_selection_fold(s);
    if (sono_selection_is_empty(s) && shape->combine == SONO_COMBINE_ADD) {
        return sono_selection_set(s, shape, channel, err);
    }
    const SonoStatus status = sono_mask_add(&s->mask, shape, err);
    if (status == SONO_OK) {
        if (shape->combine == SONO_COMBINE_ADD && channel != s->channel) {
            s->channel = -1;
        }
        s->revision++;
    }
    return status;
}

SonoStatus sono_selection_replace(SonoSelection *s, size_t index, const SonoShape *shape, SonoError *err)
{
    SonoMask one = {0};
    if (index >= s->mask.n_shapes) {
        return sono_fail(err, SONO_E_RANGE, "the selection has %zu shapes, no number %zu", s->mask.n_shapes, index);
    }
    const SonoStatus status = make_own(shape, shape->combine, &one, err);
    if (status == SONO_OK) {
        const SonoShape old = s->mask.shapes[index];
        s->mask.shapes[index] = one.shapes[0];
        one.shapes[0] = old;
        s->n_folded = s->n_folded < index ? s->n_folded : index;
        s->revision++;
    }
    sono_mask_clear(&one);
    return status;
}

SonoStatus sono_selection_replace_last(SonoSelection *s, const SonoShape *shape, SonoError *err)
{
    return sono_selection_replace(s, s->mask.n_shapes - 1, shape, err);
}

SonoStatus sono_selection_assign(SonoSelection *to, const SonoSelection *from, SonoError *err)
{
    SonoMask copy = {0};
    const SonoStatus status = from->mask.n_shapes > 0 ? sono_mask_copy(&from->mask, &copy, err) : SONO_OK;
    if (status == SONO_OK) {
        set_mask(to, &copy, from->n_folded);
        to->channel = from->channel;
    }
    return status;
}

/* A frequency that far up the axis; at its ends the ends of the sound. */
static double shift_hz(const SonoFreqAxis *axis, double freq_hz, double by)
{
    const double p = fmax(sono_freq_axis_position(axis, freq_hz), 0.0) + by;
    return by == 0.0 ? freq_hz : p <= 0.0 ? 0.0 : p >= 1.0 ? axis->f1_hz : sono_freq_axis_hz(axis, p);
}

static void shift_shape(SonoShape *shape, double by_s, const SonoFreqAxis *axis, double by, double end_s)
{
    SonoRegion *b = &shape->box;
    b->t0_s += by_s;
    b->t1_s += by_s;
    b->f0_hz = shift_hz(axis, b->f0_hz, by);
    b->f1_hz = shift_hz(axis, b->f1_hz, by);
    if (shape->combine == SONO_COMBINE_ADD) { /* rounding must not put it outside */
        b->t0_s = fmax(b->t0_s, 0.0);
        b->t1_s = fmin(b->t1_s, end_s);
    }
    for (size_t i = 0; i < shape->n_points; i++) {
        shape->points[i].t_s += by_s;
        shape->points[i].f_hz = fmax(shift_hz(axis, shape->points[i].f_hz, by), 1.0);
    }
}

SonoStatus sono_selection_move(SonoSelection *s, double by_s, const SonoFreqAxis *axis, double by_position,
                               double end_s, SonoError *err)
{
    const SonoRegion r = sono_selection_region(s, end_s, axis->f1_hz);
    const double dt_s = fmin(fmax(by_s, -r.t0_s), end_s - r.t1_s);
    const double low = fmax(sono_freq_axis_position(axis, r.f0_hz), 0.0);
    const double high = fmin(sono_freq_axis_position(axis, r.f1_hz), 1.0);
    const double up = fmin(fmax(by_position, -low), fmax(1.0 - high, 0.0));
    SonoMask moved = {0};
    const SonoStatus status = sono_mask_copy(&s->mask, &moved, err);
    if (status != SONO_OK) {
        return status;
    }
    size_t n = 0;
    for (size_t i = 0; i < moved.n_shapes; i++) {
        SonoShape *shape = &moved.shapes[i];
        shift_shape(shape, dt_s, axis, up, end_s);
        if (shape->kind == SONO_SHAPE_STROKE || !sono_region_is_empty(shape->box)) {
            moved.shapes[n++] = *shape;
        }
    }
    moved.n_shapes = n; /* boxes own nothing */
    set_mask(s, &moved, 0);
    return SONO_OK;
}

/* Where an intersection with a box took away: everything around the box. */
static SonoStatus add_surround(SonoMask *mask, SonoRegion box, SonoRegion whole, SonoError *err)
{
    const SonoRegion parts[] = {
        {whole.t0_s, box.t0_s, whole.f0_hz, whole.f1_hz},
        {box.t1_s, whole.t1_s, whole.f0_hz, whole.f1_hz},
        {box.t0_s, box.t1_s, whole.f0_hz, box.f0_hz},
        {box.t0_s, box.t1_s, box.f1_hz, whole.f1_hz},
    };
    SonoStatus status = SONO_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == SONO_OK; i++) {
        const SonoShape shape = {.kind = SONO_SHAPE_BOX, .box = parts[i]};
        status = sono_region_is_empty(parts[i]) ? SONO_OK : sono_mask_add(mask, &shape, err);
    }
    return status;
}

/* De Morgan: what was added is subtracted, what was subtracted or cut off by an intersection is added. */
static SonoStatus add_inverse(SonoMask *mask, const SonoShape *shape, SonoRegion whole, SonoError *err)
{
    SonoShape inverse = *shape;
    const bool is_box = shape->kind == SONO_SHAPE_BOX;
    if (is_box) {
        inverse.box = sono_region_intersect(shape->box, whole);
    }
    if (shape->combine == SONO_COMBINE_INTERSECT) {
        return is_box ? add_surround(mask, inverse.box, whole, err)
                      : sono_fail(err, SONO_E_INVALID, "an intersection with a stroke cannot be inverted");
    }
    if (is_box && sono_region_is_empty(inverse.box)) {
        return SONO_OK;
    }
    inverse.combine = shape->combine == SONO_COMBINE_ADD ? SONO_COMBINE_SUBTRACT : SONO_COMBINE_ADD;
    return sono_mask_add(mask, &inverse, err);
}

SonoStatus sono_selection_invert(SonoSelection *s, double end_s, double nyquist_hz, SonoError *err)
{
    const SonoRegion whole = {0.0, end_s, 0.0, nyquist_hz};
    const SonoShape all = {.kind = SONO_SHAPE_BOX, .box = whole};
    SonoMask inverse = {0};
    sono_selection_fold(s);
    SonoStatus status = sono_mask_add(&inverse, &all, err);
    for (size_t i = 0; i < s->mask.n_shapes && status == SONO_OK; i++) {
        status = add_inverse(&inverse, &s->mask.shapes[i], whole, err);
    }
    if (status != SONO_OK) {
        sono_mask_clear(&inverse);
        return status;
    }
    set_mask(s, &inverse, 1);
    sono_selection_fold(s);
    return SONO_OK;
}

SonoRegion sono_selection_region(const SonoSelection *s, double end_s, double nyquist_hz)
{
    const SonoRegion whole = {0.0, end_s, 0.0, nyquist_hz};
    bool only_boxes = true;
    SonoRegion all = {0};
    for (size_t i = 0; i < s->mask.n_shapes; i++) {
        const SonoShape *shape = &s->mask.shapes[i];
        only_boxes = only_boxes && shape->kind == SONO_SHAPE_BOX && shape->combine != SONO_COMBINE_INTERSECT;
        if (only_boxes && shape->combine == SONO_COMBINE_ADD) {
            all = sono_region_union(all, shape->box);
        }
    }
    /* the bounds of a mask leave room for rounding, which numbers must not show */
    const SonoRegion r = sono_region_intersect(only_boxes ? all : sono_mask_bounds(&s->mask), whole);
    return sono_region_is_empty(r) ? (SonoRegion){0} : r;
}

bool sono_selection_is_box(const SonoSelection *s)
{
    return s->mask.n_shapes == 1 && s->mask.shapes[0].kind == SONO_SHAPE_BOX &&
           s->mask.shapes[0].combine == SONO_COMBINE_ADD;
}

bool sono_selection_contains(const SonoSelection *s, double t_s, double freq_hz)
{
    float weight = 0.0f;
    return !sono_selection_is_empty(s) &&
           sono_mask_render(&s->mask, &t_s, 1, &freq_hz, 1, &weight, 1, NULL) == SONO_OK && weight > 0.5f;
}

/* Soft edges of half a box's side at most; the ends of the sound are no edges, so there the box is moved out. */
static void feather(SonoShape *shape, double feather_ms, double feather_hz, double end_s, double nyquist_hz)
{
    SonoRegion *b = &shape->box;
    shape->feather_ms = fmin(feather_ms, 0.5e3 * (b->t1_s - b->t0_s));
    shape->feather_hz = fmin(feather_hz, 0.5 * (b->f1_hz - b->f0_hz));
    b->t0_s -= b->t0_s <= 0.0 ? 1e-3 * shape->feather_ms : 0.0;
    b->t1_s += b->t1_s >= end_s ? 1e-3 * shape->feather_ms : 0.0;
    b->f1_hz += b->f1_hz >= nyquist_hz ? shape->feather_hz : 0.0;
}

SonoStatus sono_selection_mask(const SonoSelection *s, double feather_ms, double feather_hz, double end_s,
                               double nyquist_hz, SonoMask *out, SonoError *err)
{
    if (sono_selection_is_empty(s)) {
        return sono_fail(err, SONO_E_INVALID, "nothing is selected");
    }
    SonoMask mask = {0};
    const SonoStatus status = sono_mask_copy(&s->mask, &mask, err);
    if (status != SONO_OK) {
        return status;
    }
    for (size_t i = 0; i < mask.n_shapes; i++) {
        if (mask.shapes[i].kind == SONO_SHAPE_BOX) {
            feather(&mask.shapes[i], feather_ms, feather_hz, end_s, nyquist_hz);
        }
    }
    *out = mask;
    return SONO_OK;
}
