/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bark bank: bands evenly spaced in Bark, 26.81 f / (1960 + f) - 0.53 (Traunmueller 1990), that is in -1 / (f + 1960).
 */
#include "octave_bank.h"
#include "sono_transform.h"

#include <math.h>

enum { BANDS, FMIN, FMAX, QUALITY, N_PARAMS };

static const SonoParamDesc params_table[] = {
    [BANDS] = {"bands_per_bark", "Bands per Bark", "", SONO_PARAM_FLOAT, 0.5, 32, 8, NULL,
               "How many bands to one critical band of the ear."},
    [FMIN] = SONO_FMIN_PARAM(20),
    [FMAX] = SONO_FMAX_PARAM,
    [QUALITY] = SONO_QUALITY_PARAM,
};
static const char *const main_params[] = {"bands_per_bark", "fmin_hz", "quality", NULL};

static SonoStatus bark_build(const SonoParams *params, double rate_hz, int64_t n_frames, SonoPlan **out, SonoError *err)
{
    (void)n_frames;
    SonoBank bank = {.transform = "bark",
                     .params = params,
                     .n_params = N_PARAMS,
                     .rate_hz = rate_hz,
                     .law = sono_scale_laws[SONO_SCALE_BARK],
                     .rows_per_unit = params->v[BANDS] * 26.81 * 1960.0,
                     .anchor_hz = 1000.0,
                     .fmin_hz = params->v[FMIN],
                     .fmax_hz = params->v[FMAX]};
    sono_bank_quality(&bank, (SonoQuality)params->v[QUALITY]);
    return sono_bank_build(&bank, out, err);
}

const SonoTransform sono_transform_bark;
const SonoTransform sono_transform_bark = {
    .name = "bark",
    .title = "Bark filter bank",
    .tip = "Critical bands of the ear: masking, noise, loudness.",
    .params = {params_table, N_PARAMS},
    .main_params = main_params,
    .build = bark_build,
    .scale = SONO_SCALE_BARK,
};
