/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VQT: constant Q above, while the lowest bands are widened by gamma, so that a bass note has an onset too. */
#include "octave_bank.h"
#include "sono_transform.h"

enum { BANDS, FMIN, FMAX, GAMMA, TUNING, LAYOUT, QUALITY, N_PARAMS };

static const SonoParamDesc params_table[] = {
    [BANDS] = SONO_BANDS_PER_OCTAVE_PARAM,
    [FMIN] = SONO_FMIN_PARAM(32.7),
    [FMAX] = SONO_FMAX_PARAM,
    [GAMMA] = SONO_GAMMA_PARAM,
    [TUNING] = SONO_TUNING_PARAM,
    [LAYOUT] = SONO_LAYOUT_PARAM,
    [QUALITY] = SONO_QUALITY_PARAM,
};
static const char *const main_params[] = {"bins_per_octave", "fmin_hz", "gamma_hz", "layout",
                                          "tuning_hz",       "quality", NULL};

static SonoStatus vqt_build(const SonoParams *params, double rate_hz, int64_t n_frames, SonoPlan **out, SonoError *err)
{
    (void)n_frames;
    SonoBank bank = {.transform = "vqt",
                     .params = params,
                     .n_params = N_PARAMS,
                     .rate_hz = rate_hz,
                     .fmin_hz = params->v[FMIN],
                     .fmax_hz = params->v[FMAX]};
    sono_bank_quality(&bank, (SonoQuality)params->v[QUALITY]);
    sono_bank_octaves(&bank, params->v[BANDS], params->v[GAMMA], params->v[TUNING], (SonoBankLayout)params->v[LAYOUT]);
    return sono_bank_build(&bank, out, err);
}

const SonoTransform sono_transform_vqt;
const SonoTransform sono_transform_vqt = {
    .name = "vqt",
    .title = "Variable-Q transform",
    .tip = "Notes as in constant Q, but with a bass that keeps its rhythm: the one to start with for music.",
    .params = {params_table, N_PARAMS},
    .main_params = main_params,
    .build = vqt_build,
    .scale = SONO_SCALE_LOG,
    .has_notes = true,
};
