/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A continuous change of rate by soxr at its best quality, in small blocks: soxr's usual ones hold back up to 40 ms,
 * and so late would an edit be heard. Frame k that comes out lies at in_hz / out_hz * k of what went in. Thread: one.
 */
#pragma once
#include <stddef.h>

#include "sono_error.h"

typedef struct Resampler Resampler;

/* Errors: INVALID (soxr refuses), NOMEM. */
SonoStatus resampler_new(double in_hz, double out_hz, int n_channels, Resampler **out, SonoError *err);
void resampler_free(Resampler *resampler); /* NULL is fine */
/* The most frames it has held back until now, of what comes out. */
double resampler_lag(const Resampler *resampler);
/* Takes *n_in frames at most, gives *n_out at most; both become what they were. Errors: NOMEM. */
SonoStatus resampler_run(Resampler *resampler, const float *const *in, size_t *n_in, float *const *out, size_t *n_out,
                         SonoError *err);
