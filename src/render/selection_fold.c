/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fewer shapes for the same selection. Each new shape is folded into those before it, which are folded already:
 * whatever a hard-edged box makes full or empty hides what lay there before. Boxes with soft edges and strokes are kept
 * as they are, but for those that such a box hides. */
#include "sono_selection.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

static bool is_hard_box(const SonoShape *shape)
{
    return shape->kind == SONO_SHAPE_BOX && shape->feather_ms <= 0.0 && shape->feather_hz <= 0.0;
}

/* Where it can have a weight. */
static SonoRegion reach(const SonoShape *shape)
{
    SonoShape alone = *shape;
    alone.combine = SONO_COMBINE_ADD;
    return is_hard_box(shape) ? shape->box
                              : sono_mask_bounds(&(SonoMask){.shapes = &alone, .n_shapes = 1, .cap_shapes = 1});
}

static bool contains(SonoRegion a, SonoRegion b)
{
    return a.t0_s <= b.t0_s && a.t1_s >= b.t1_s && a.f0_hz <= b.f0_hz && a.f1_hz >= b.f1_hz;
}

static bool overlaps(SonoRegion a, SonoRegion b)
{
    return a.t0_s < b.t1_s && b.t0_s < a.t1_s && a.f0_hz < b.f1_hz && b.f0_hz < a.f1_hz;
}

static void drop(SonoMask *mask, size_t i)
{
    sono_free(mask->shapes[i].points);
    mask->n_shapes--;
    memmove(&mask->shapes[i], &mask->shapes[i + 1], (mask->n_shapes - i) * sizeof *mask->shapes);
}

/* Of the shapes before *at those that add or subtract only inside box; *at follows its shape. */
static void drop_hidden(SonoMask *mask, SonoRegion box, size_t *at)
{
    for (size_t i = *at; i-- > 0;) {
        if (mask->shapes[i].combine != SONO_COMBINE_INTERSECT && contains(box, reach(&mask->shapes[i]))) {
            drop(mask, i);
            (*at)--;
        }
    }
}

/* Before at something is added. */
static bool has_something(const SonoMask *mask, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (mask->shapes[i].combine == SONO_COMBINE_ADD) {
            return true;
        }
    }
    return false;
}

/* Before at something is added to box. */
static bool is_touched(const SonoMask *mask, size_t at, SonoRegion box)
{
    for (size_t i = 0; i < at; i++) {
        if (mask->shapes[i].combine == SONO_COMBINE_ADD && overlaps(reach(&mask->shapes[i]), box)) {
            return true;
        }
    }
    return false;
}

/* Between i and at nothing takes from the box of i. */
static bool is_whole(const SonoMask *mask, size_t i, size_t at)
{
    const SonoRegion box = mask->shapes[i].box;
    for (size_t k = i + 1; k < at; k++) {
        const SonoShape *later = &mask->shapes[k];
        if (later->combine == SONO_COMBINE_INTERSECT ||
            (later->combine == SONO_COMBINE_SUBTRACT && overlaps(reach(later), box))) {
            return false;
        }
    }
    return true;
}

/* Two boxes that together are one. */
static bool can_unite(SonoRegion a, SonoRegion b)
{
    const bool in_time = a.f0_hz == b.f0_hz && a.f1_hz == b.f1_hz && a.t0_s <= b.t1_s && b.t0_s <= a.t1_s;
    const bool in_freq = a.t0_s == b.t0_s && a.t1_s == b.t1_s && a.f0_hz <= b.f1_hz && b.f0_hz <= a.f1_hz;
    return in_time || in_freq;
}

static void fold_add(SonoMask *mask, size_t at)
{
    drop_hidden(mask, mask->shapes[at].box, &at);
    for (size_t i = at; i-- > 0;) {
        const SonoShape *old = &mask->shapes[i];
        const SonoRegion box = mask->shapes[at].box;
        const bool is_in = contains(old->box, box);
        if (old->combine != SONO_COMBINE_ADD || !is_hard_box(old) || !(is_in || can_unite(old->box, box)) ||
            !is_whole(mask, i, at)) {
            continue;
        }
        if (is_in) {
            drop(mask, at);
            return;
        }
        mask->shapes[at].box = sono_region_union(old->box, box);
        drop(mask, i);
        at--;
        drop_hidden(mask, mask->shapes[at].box, &at);
        i = at; /* what is larger now may meet others */
    }
}

/* What is left of a where b is taken away, if that is one box. */
static SonoRegion cut(SonoRegion a, SonoRegion b)
{
    SonoRegion r = a;
    if (b.f0_hz <= a.f0_hz && b.f1_hz >= a.f1_hz) {
        if (b.t0_s <= a.t0_s) {
            r.t0_s = fmax(a.t0_s, b.t1_s);
        } else if (b.t1_s >= a.t1_s) {
            r.t1_s = fmin(a.t1_s, b.t0_s);
        }
    } else if (b.t0_s <= a.t0_s && b.t1_s >= a.t1_s) {
        if (b.f0_hz <= a.f0_hz) {
            r.f0_hz = fmax(a.f0_hz, b.f1_hz);
        } else if (b.f1_hz >= a.f1_hz) {
            r.f1_hz = fmin(a.f1_hz, b.f0_hz);
        }
    }
    return r;
}

static void fold_subtract(SonoMask *mask, size_t at)
{
    const SonoRegion box = mask->shapes[at].box;
    drop_hidden(mask, box, &at);
    for (size_t i = 0; i < at; i++) {
        SonoShape *old = &mask->shapes[i];
        if (old->combine == SONO_COMBINE_ADD && is_hard_box(old) && overlaps(old->box, box)) {
            old->box = cut(old->box, box);
        }
    }
    if (!is_touched(mask, at, box)) {
        drop(mask, at);
    }
}

static void fold_intersect(SonoMask *mask, size_t at)
{
    const SonoRegion box = mask->shapes[at].box;
    for (size_t i = 0; i < at; i++) {
        if (!is_hard_box(&mask->shapes[i]) || mask->shapes[i].combine == SONO_COMBINE_INTERSECT) {
            return;
        }
    }
    drop(mask, at);
    for (size_t i = at; i-- > 0;) {
        SonoShape *old = &mask->shapes[i];
        old->box = sono_region_intersect(old->box, box);
        if (sono_region_is_empty(old->box)) {
            drop(mask, i);
        }
    }
}

static void fold_one(SonoMask *mask, size_t at)
{
    const SonoShape *shape = &mask->shapes[at];
    if (shape->combine != SONO_COMBINE_ADD && !has_something(mask, at)) {
        drop(mask, at);
    } else if (!is_hard_box(shape)) {
        return;
    } else if (shape->combine == SONO_COMBINE_ADD) {
        fold_add(mask, at);
    } else if (shape->combine == SONO_COMBINE_SUBTRACT) {
        fold_subtract(mask, at);
    } else {
        fold_intersect(mask, at);
    }
}

void sono_selection_fold(SonoSelection *s)
{
    SonoMask *mask = &s->mask;
    if (s->n_folded >= mask->n_shapes) {
        return;
    }
    /* a fold shortens the list in front of what is still to be folded, so that is counted from the end */
    for (size_t left = mask->n_shapes - s->n_folded; left > 0; left--) {
        fold_one(mask, mask->n_shapes - left);
    }
    while (mask->n_shapes > 0 && mask->shapes[0].combine != SONO_COMBINE_ADD) {
        drop(mask, 0);
    }
    s->n_folded = mask->n_shapes;
    s->revision++;
}
