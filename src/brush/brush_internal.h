/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the brush layer share: checks of shapes and the reach of dabs. */
#pragma once
#include "sono_mask.h"

#include <math.h>

#define SONO_STROKE_MAX_DABS 200000

/* Errors: RANGE names the field, its limit and its value; LIMIT (a stroke of too many dabs). */
SonoStatus sono_brush_check(const SonoBrush *brush, SonoError *err);
SonoStatus sono_stroke_check(const SonoBrush *brush, const SonoStrokePoint *points, size_t n_points, SonoError *err);
/* One point of a stroke; the message names the field. */
SonoStatus sono_stroke_point_check(const SonoBrush *brush, const SonoStrokePoint *point, SonoError *err);
SonoStatus sono_shape_check(const SonoShape *shape, SonoError *err);

/* Number of dabs of a checked stroke; LIMIT beyond SONO_STROKE_MAX_DABS. */
SonoStatus sono_stroke_count_dabs(const SonoBrush *brush, const SonoStrokePoint *points, size_t n_points, size_t *n_out,
                                  SonoError *err);

/* Radius factor of a pressure. */
double sono_brush_size_scale(const SonoBrush *brush, double pressure);
#define SONO_MASK_AS_IT_IS ((SonoMaskFit){0.0, 0.0, INFINITY, 0.0})

/* An ellipse with radii of at least a step: of a dab (time, frequency, radii; the rest is not looked at). One in
 * octaves that is lower than a step becomes one in Hz. */
void sono_dab_fit(SonoDab *dab, SonoMaskFit fit);
/* A box with sides of at least a step, about the same middle. */
SonoRegion sono_box_fit(SonoRegion box, SonoMaskFit fit);
/* Region outside of which a dab weighs 0. */
SonoRegion sono_dab_reach(const SonoDab *dab);
/* Region outside of which a shape, fitted, weighs 0. */
SonoRegion sono_shape_reach(const SonoShape *shape, SonoMaskFit fit);
