/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks: fields of weights 0..1 over (seconds, Hz), as lists of vector shapes. A shape is a box or a brush stroke; each
 * joins what came before by add (max), subtract (min(a, 1 - b)) or intersect (min(a, b)). Independent of any transform.
 * A mask is a value that owns its shapes and points. Thread: any, if not changed meanwhile. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "sono_error.h"
#include "sono_rect.h"

typedef struct SonoStrokePoint {
    double t_s, f_hz;
    double pressure; /* 0..1 */
} SonoStrokePoint;

/* Brush: an ellipse in time and frequency. The radius in frequency is in Hz, or in octaves if radius_oct > 0. */
typedef struct SonoBrush {
    double radius_ms;  /* > 0, at pressure 1 */
    double radius_hz;  /* > 0 if radius_oct is 0 */
    double radius_oct; /* >= 0 */
    double hardness;   /* 0..1: part of the radius with full weight; outside it a smoothstep falls to 0 at the rim */
    double flow;       /* 0..1: weight of one dab; overlapping dabs build up as 1 - (1-a)(1-b) */
    double pressure_to_size; /* 0..1: how far pressure scales the radius */
    double pressure_to_flow; /* 0..1: how far pressure scales the flow */
} SonoBrush;

typedef struct SonoDab {
    double t_s, f_hz;
    double radius_s;
    double radius_hz;  /* 0 if in octaves */
    double radius_oct; /* 0 if in Hz */
    double hardness, opacity;
} SonoDab;

typedef enum SonoShapeKind { SONO_SHAPE_BOX, SONO_SHAPE_STROKE } SonoShapeKind;
typedef enum SonoCombine { SONO_COMBINE_ADD, SONO_COMBINE_SUBTRACT, SONO_COMBINE_INTERSECT } SonoCombine;

typedef struct SonoShape {
    SonoShapeKind kind;
    SonoCombine combine;
    /* BOX: weight 1 inside; raised-cosine edges of this full width, centred on the edge */
    SonoRegion box;
    double feather_ms, feather_hz; /* >= 0 */
    /* STROKE */
    SonoBrush brush;
    SonoStrokePoint *points; /* owned by the mask */
    size_t n_points;
} SonoShape;

typedef struct SonoMask {
    SonoShape *shapes;
    size_t n_shapes, cap_shapes;
} SonoMask;

#define SONO_MASK_MAX_SHAPES 4096
#define SONO_MASK_MAX_POINTS 1000000 /* per mask */

/* Append a shape (points are copied). Errors: RANGE names the field; LIMIT; NOMEM. A zero SonoMask is an empty mask. */
SonoStatus sono_mask_add(SonoMask *mask, const SonoShape *shape, SonoError *err);
SonoStatus sono_mask_copy(const SonoMask *mask, SonoMask *out, SonoError *err);
void sono_mask_clear(SonoMask *mask);
/* Smallest region outside of which the weight is 0 (subtracting and intersecting shapes only shrink it). */
SonoRegion sono_mask_bounds(const SonoMask *mask);

/* Weights on a grid, column-major: weights[c * pitch + r] for time_s[c], freq_hz[r]; both strictly ascending. Cells
 * past n_rows in a column are left alone. Deterministic: a cell's weight depends on the mask and its own time and
 * frequency only. Errors: NOMEM, INVALID (the grid). */
SonoStatus sono_mask_render(const SonoMask *mask, const double *time_s, size_t n_cols, const double *freq_hz,
                            size_t n_rows, float *weights, size_t pitch, SonoError *err);

/* What a transform's grid can tell apart. A shape thinner than a step is drawn as thick as one, so that none falls
 * between the cells and does nothing; a box that reaches top_hz holds the cells there (one from 0 Hz always holds DC).
 * The step at f_hz is step_hz + step_per_hz * f_hz: rows may lie wider apart further up.
 * Zeros (and top_hz infinite) leave every shape as it is. */
typedef struct SonoMaskFit {
    double step_s, step_hz;
    double top_hz;
    double step_per_hz; /* >= 0 */
} SonoMaskFit;

/* As sono_mask_bounds() and sono_mask_render(), with the shapes fitted to a grid. */
SonoRegion sono_mask_bounds_fit(const SonoMask *mask, SonoMaskFit fit);
SonoStatus sono_mask_render_fit(const SonoMask *mask, SonoMaskFit fit, const double *time_s, size_t n_cols,
                                const double *freq_hz, size_t n_rows, float *weights, size_t pitch, SonoError *err);

/* The dabs of a stroke while it is painted: after every point they are those that sono_stroke_dabs() gives for the
 * points so far, bit for bit, but a point costs its own part of the path only. */
typedef struct SonoDabWalk {
    SonoBrush brush;
    SonoDab *dabs; /* owned */
    size_t n_dabs, cap_dabs;
    size_t n_on_path;       /* dabs that stay; there may be one more, at the end of the stroke */
    SonoStrokePoint last;   /* point */
    double height;          /* of the last point, in radii */
    double since, pressure; /* path since the last dab that stays, in radii; that dab's pressure */
} SonoDabWalk;

/* Errors: RANGE. */
SonoStatus sono_dab_walk_begin(SonoDabWalk *walk, const SonoBrush *brush, SonoError *err);
/* Errors: RANGE, LIMIT, NOMEM; then the stroke stays as it was. */
SonoStatus sono_dab_walk_add(SonoDabWalk *walk, const SonoStrokePoint *point, SonoError *err);
void sono_dab_walk_clear(SonoDabWalk *walk); /* NULL is fine */

/* The dabs of a stroke, in order: the first point, then one every quarter radius along the path, and the last point.
 * *out is malloc'ed (sono_free). The preview draws these, the commit renders these. Errors: RANGE, LIMIT (200,000),
 * NOMEM. */
SonoStatus sono_stroke_dabs(const SonoBrush *brush, const SonoStrokePoint *points, size_t n_points, SonoDab **out,
                            size_t *n_out, SonoError *err);
