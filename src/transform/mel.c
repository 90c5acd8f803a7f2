/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mel bank: bands evenly spaced in mel, 2595 log10(1 + f / 700), that is in log2(f + 700). */
#include "octave_bank.h"
#include "sono_transform.h"

#include <math.h>

enum { BANDS, FMIN, FMAX, QUALITY, N_PARAMS };

static const SonoParamDesc params_table[] = {
    [BANDS] = {"bands_per_100_mel", "Bands per 100 mel", "", SONO_PARAM_FLOAT, 0.5, 32, 6, NULL,
               "How many bands to 100 mel; the range of hearing has about 3,900 mel."},
    [FMIN] = SONO_FMIN_PARAM(20),
    [FMAX] = SONO_FMAX_PARAM,
    [QUALITY] = SONO_QUALITY_PARAM,
};
static const char *const main_params[] = {"bands_per_100_mel", "fmin_hz", "quality", NULL};

static SonoStatus mel_build(const SonoParams *params, double rate_hz, int64_t n_frames, SonoPlan **out, SonoError *err)
{
    (void)n_frames;
    SonoBank bank = {.transform = "mel",
                     .params = params,
                     .n_params = N_PARAMS,
                     .rate_hz = rate_hz,
                     .law = sono_scale_laws[SONO_SCALE_MEL],
                     .rows_per_unit = params->v[BANDS] * 25.95 * log10(2.0),
                     .anchor_hz = 1000.0,
                     .fmin_hz = params->v[FMIN],
                     .fmax_hz = params->v[FMAX]};
    sono_bank_quality(&bank, (SonoQuality)params->v[QUALITY]);
    return sono_bank_build(&bank, out, err);
}

const SonoTransform sono_transform_mel;
const SonoTransform sono_transform_mel = {
    .name = "mel",
    .title = "Mel filter bank",
    .tip = "Even steps of pitch height: speech, and what other tools call a mel spectrogram.",
    .params = {params_table, N_PARAMS},
    .main_params = main_params,
    .build = mel_build,
    .scale = SONO_SCALE_MEL,
};
