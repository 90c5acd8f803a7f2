/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A band's samples in the order of time, from the coefficients of the two slices that have a say: their sum, and, where
 * samples are denser than coefficients, interpolated. */
#pragma once
#include "band_raster.h"

/* Which samples of a band a step has: [a0, a1), counted from frame 0, up to shared together with the slice before. */
typedef struct StepSamples {
    int64_t a0, shared, a1;
} StepSamples;
StepSamples band_step_samples(const SonoPlan *plan, int64_t m, int64_t n_line);
/* The first sample of n per slice, counted from frame 0, that is not before the frame. */
int64_t band_sample_from(const SonoPlan *plan, int64_t n, int64_t frame);

/* out[0 .. a1 - a0) = samples [a0, a1), which lie in step m. coef: of slice m; tail: of the one before, as
 * band_line_tail() has left it; input: [max_input]. */
void band_line_fill(const BandRaster *r, int32_t row, int64_t m, const SonoCplx *coef, const SonoCplx *tail, int64_t a0,
                    int64_t a1, SonoCplx *input, SonoCplx *out);
/* tail[0] = the last sample of step m (what comes before the next step's first); tail[1..] = the coefficients that the
 * next step needs. last: room for a sample. */
void band_line_tail(const BandRaster *r, int32_t row, int64_t m, const SonoCplx *coef, SonoCplx *input, SonoCplx *last,
                    SonoCplx *tail);
