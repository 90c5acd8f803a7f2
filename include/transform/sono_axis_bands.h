/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bands of a scale on an STFT's bins, as a view: triangles that overlap by half on any scale (linear, log, mel, ERB,
 * Bark), a partition of unity: at every bin the weights of all bands sum to 1. Power goes to bands and gains come back:
 * an edit made on the bands of a view maps back to the bins exactly (equal gains give that gain, and a gain pattern on
 * the bins that is linear between the bands' centres is found again). Never a way to resynthesise from band powers. */
#pragma once
#include "sono_freq_axis.h"
#include "sono_plan.h"

/* Band b has its centre at position b / (n_bands - 1) of the axis; the first and the last are flat beyond it. */
typedef struct SonoAxisBands {
    int32_t n_bands, n_bins;
    int32_t *first; /* [n_bins]: the bin belongs to bands first and first + 1 ... */
    double *part;   /* ... with weights 1 - part and part */
} SonoAxisBands;

/* plan: axis TIME. n_bands >= 2. Errors: RANGE (axis, n_bands), UNSUPPORTED (the plan), NOMEM. */
SonoStatus sono_axis_bands_make(const SonoPlan *plan, const SonoFreqAxis *axis, int32_t n_bands, SonoAxisBands *out,
                                SonoError *err);
void sono_axis_bands_clear(SonoAxisBands *bands);
double sono_axis_band_hz(const SonoFreqAxis *axis, int32_t n_bands, int32_t band);
/* band_power[n_bands] = sum over bins of weight * power[n_bins] */
void sono_axis_bands_power(const SonoAxisBands *bands, const float *power, float *band_power);
/* bin_gain[n_bins] = sum over bands of weight * band_gain[n_bands] */
void sono_axis_bands_gains(const SonoAxisBands *bands, const float *band_gain, float *bin_gain);
