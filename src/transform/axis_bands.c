/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Triangles on a frequency scale over an STFT's bins. A bin lies between two neighbouring centres and divides itself
 * between them, so the weights of a bin sum to 1 exactly as they are stored. */
#include "sono_axis_bands.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

double sono_axis_band_hz(const SonoFreqAxis *axis, int32_t n_bands, int32_t band)
{
    if (band == 0 || band == n_bands - 1) {
        return band == 0 ? axis->f0_hz : axis->f1_hz;
    }
    return sono_freq_axis_hz(axis, (double)band / (double)(n_bands - 1));
}

static SonoStatus check(const SonoPlan *plan, const SonoFreqAxis *axis, int32_t n_bands, SonoError *err)
{
    if (plan->axis != SONO_AXIS_TIME || plan->n_atoms != 1) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "bands of an axis are a view of the stft; %s has bands of its own",
                         plan->transform);
    }
    if (n_bands < 2) {
        return sono_fail(err, SONO_E_RANGE, "%d bands, must be 2 or more", (int)n_bands);
    }
    const bool log_axis = axis->scale == SONO_SCALE_LOG;
    if (!(axis->f0_hz >= 0.0) || (log_axis && !(axis->f0_hz > 0.0)) || !(axis->f1_hz > axis->f0_hz) ||
        !isfinite(axis->f1_hz)) {
        return sono_fail(err, SONO_E_RANGE, "an axis from %g Hz to %g Hz must rise from %s0", axis->f0_hz, axis->f1_hz,
                         log_axis ? "above " : "");
    }
    return SONO_OK;
}

SonoStatus sono_axis_bands_make(const SonoPlan *plan, const SonoFreqAxis *axis, int32_t n_bands, SonoAxisBands *out,
                                SonoError *err)
{
    const SonoStatus status = check(plan, axis, n_bands, err);
    if (status != SONO_OK) {
        return status;
    }
    SonoAxisBands bands = {.n_bands = n_bands, .n_bins = sono_plan_n_bins(plan)};
    bands.first = sono_calloc((size_t)bands.n_bins, sizeof *bands.first);
    bands.part = sono_calloc((size_t)bands.n_bins, sizeof *bands.part);
    if (!bands.first || !bands.part) {
        sono_axis_bands_clear(&bands);
        return sono_fail(err, SONO_E_NOMEM, "no memory for %d bands", (int)n_bands);
    }
    for (int32_t k = 0; k < bands.n_bins; k++) {
        const double at = sono_freq_axis_position(axis, sono_plan_row_hz(plan, k)) * (double)(n_bands - 1);
        const double within = fmin(fmax(at, 0.0), (double)(n_bands - 1)); /* flat beyond the outer centres */
        const int32_t below = (int32_t)fmin(floor(within), (double)(n_bands - 2));
        bands.first[k] = below;
        bands.part[k] = within - (double)below;
    }
    *out = bands;
    return SONO_OK;
}

void sono_axis_bands_clear(SonoAxisBands *bands)
{
    sono_free(bands->first);
    sono_free(bands->part);
    *bands = (SonoAxisBands){0};
}

/* The bins that share a pair of bands follow each other, so each pair is summed in double and rounded once. */
void sono_axis_bands_power(const SonoAxisBands *bands, const float *power, float *band_power)
{
    double here = 0.0; /* band `band` so far, and the one above it */
    double above = 0.0;
    int32_t band = 0;
    for (int32_t k = 0; k < bands->n_bins; k++) {
        for (; band < bands->first[k]; band++) {
            band_power[band] = (float)here;
            here = above;
            above = 0.0;
        }
        here += (1.0 - bands->part[k]) * (double)power[k];
        above += bands->part[k] * (double)power[k];
    }
    for (; band < bands->n_bands; band++) {
        band_power[band] = (float)here;
        here = above;
        above = 0.0;
    }
}

void sono_axis_bands_gains(const SonoAxisBands *bands, const float *band_gain, float *bin_gain)
{
    for (int32_t k = 0; k < bands->n_bins; k++) {
        const double below = band_gain[bands->first[k]];
        const double above = band_gain[bands->first[k] + 1];
        bin_gain[k] = (float)(below + bands->part[k] * (above - below));
    }
}
