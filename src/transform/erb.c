/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ERB bank: bands evenly spaced in ERB rate, 21.4 log10(1 + 0.00437 f) (Glasberg, Moore 1990), that is in log2(f +
 * 228.8). */
#include "octave_bank.h"
#include "sono_transform.h"

#include <math.h>

enum { BANDS, FMIN, FMAX, QUALITY, N_PARAMS };

static const SonoParamDesc params_table[] = {
    [BANDS] = {"bands_per_erb", "Bands per ERB", "", SONO_PARAM_FLOAT, 0.5, 16, 4, NULL,
               "How many bands to one equivalent rectangular bandwidth of the ear."},
    [FMIN] = SONO_FMIN_PARAM(20),
    [FMAX] = SONO_FMAX_PARAM,
    [QUALITY] = SONO_QUALITY_PARAM,
};
static const char *const main_params[] = {"bands_per_erb", "fmin_hz", "quality", NULL};

static SonoStatus erb_build(const SonoParams *params, double rate_hz, int64_t n_frames, SonoPlan **out, SonoError *err)
{
    (void)n_frames;
    SonoBank bank = {.transform = "erb",
                     .params = params,
                     .n_params = N_PARAMS,
                     .rate_hz = rate_hz,
                     .law = sono_scale_laws[SONO_SCALE_ERB],
                     .rows_per_unit = params->v[BANDS] * 21.4 * log10(2.0),
                     .anchor_hz = 1000.0,
                     .fmin_hz = params->v[FMIN],
                     .fmax_hz = params->v[FMAX]};
    sono_bank_quality(&bank, (SonoQuality)params->v[QUALITY]);
    return sono_bank_build(&bank, out, err);
}

const SonoTransform sono_transform_erb;
const SonoTransform sono_transform_erb = {
    .name = "erb",
    .title = "ERB filter bank",
    .tip = "As wide as the ear hears: speech, masking, loudness.",
    .params = {params_table, N_PARAMS},
    .main_params = main_params,
    .build = erb_build,
    .scale = SONO_SCALE_ERB,
};
