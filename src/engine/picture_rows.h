/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pixel rows of a picture and the bins (over frequency: bands) they show: the maximum, or mean, of those inside a row,
 * or, where a row is smaller than
 * a bin, dB interpolated between the two bins around its centre. */
#pragma once
#include <stdint.h>

#include "sono_freq_axis.h"
#include "sono_picture.h"
#include "sono_plan.h"

typedef struct PictureRow {
    int32_t first, end; /* bins inside; first == end: between bins first - 1 and first */
    float part;         /* then: how far from the lower to the upper; negative: outside all bins */
} PictureRow;

typedef struct PictureRows {
    PictureRow *row; /* [height], row 0 at the top */
    int height;
    int32_t n_bins, first_bin, end_bin; /* only bins [first_bin, end_bin) are shown */
    float level_offset_db;              /* from power as given to dB re full-scale sine */
    SonoPool pool;
} PictureRows;

/* Powers are |coefficient|^2 over time; over frequency scaled, so that a full-scale sine has 1. */
SonoStatus sono_picture_rows_make(const SonoPlan *plan, const SonoPictureSpec *spec, PictureRows *out, SonoError *err);
void sono_picture_rows_clear(PictureRows *rows);
/* row_db[height] from power[n_bins]. */
void sono_picture_rows_levels(const PictureRows *rows, const float *power, float *row_db);
