/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A quick look at plans over frequency: short spectra here and there in a long column, their power summed over each
 * band. It sees low bands blurred and short sounds not at all, but a column costs a few FFTs instead of some slices. */
#pragma once
#include "sono_engine.h"

typedef struct ColumnSketch {
    SonoPlan *stft; /* a reference */
    int32_t n_rows;
    int32_t *first_bin, *n_bins; /* [n_rows] */
    size_t *weight_at;           /* [n_rows] in weight */
    float *weight;               /* power of a full-scale sine at a row's centre, summed with these, is 1 */
} ColumnSketch;

/* Is it worth it for columns of so many frames? */
bool column_sketch_pays(const SonoPlan *plan, int64_t column_frames);
/* plan: of the picture, over frequency. Errors: NOMEM. */
SonoStatus column_sketch_new(SonoEngine *engine, const SonoPlan *plan, ColumnSketch **out, SonoError *err);
void column_sketch_free(ColumnSketch *sketch); /* NULL is fine */
/* power[n_rows] = max(power, that of one slice of the short spectra) */
void column_sketch_add(const ColumnSketch *sketch, const SonoCplx *coef, float *bin_power, float *power);
