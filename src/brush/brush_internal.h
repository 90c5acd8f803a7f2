/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the brush layer share: checks of shapes and the reach of dabs. */
#pragma once
#include "sono_mask.h"

#define SONO_STROKE_MAX_DABS 200000

/* Errors: RANGE names the field, its limit and its value; LIMIT (a stroke of too many dabs). */
SonoStatus sono_brush_check(const SonoBrush *brush, SonoError *err);
SonoStatus sono_stroke_check(const SonoBrush *brush, const SonoStrokePoint *points, size_t n_points, SonoError *err);
SonoStatus sono_shape_check(const SonoShape *shape, SonoError *err);

/* Number of dabs of a checked stroke; LIMIT beyond SONO_STROKE_MAX_DABS. */
SonoStatus sono_stroke_count_dabs(const SonoBrush *brush, const SonoStrokePoint *points, size_t n_points, size_t *n_out,
                                  SonoError *err);

/* Radius factor of a pressure. */
double sono_brush_size_scale(const SonoBrush *brush, double pressure);
/* Region outside of which an ellipse weighs 0. */
SonoRegion sono_brush_reach(double t_s, double f_hz, double radius_s, double radius_hz, double radius_oct);
/* Region outside of which a shape weighs 0. */
SonoRegion sono_shape_reach(const SonoShape *shape);
