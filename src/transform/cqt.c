/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CQT: the ratio of a band's frequency to its width is the same for all (gamma 0). Low bands then need long atoms, so
 * the slice is lengthened until the lowest fits, up to 2^20 frames; constant_q_from_hz says from where on it holds. */
#include "octave_bank.h"
#include "sono_transform.h"

enum { BANDS, FMIN, FMAX, TUNING, QUALITY, N_PARAMS };

static const SonoParamDesc params_table[] = {
    [BANDS] = SONO_BANDS_PER_OCTAVE_PARAM, [FMIN] = SONO_FMIN_PARAM(32.7), [FMAX] = SONO_FMAX_PARAM,
    [TUNING] = SONO_TUNING_PARAM,          [QUALITY] = SONO_QUALITY_PARAM,
};
static const char *const main_params[] = {"bins_per_octave", "fmin_hz", "tuning_hz", "quality", NULL};

static SonoStatus cqt_build(const SonoParams *params, double rate_hz, int64_t n_frames, SonoPlan **out, SonoError *err)
{
    (void)n_frames;
    SonoBank bank = {.transform = "cqt",
                     .params = params,
                     .n_params = N_PARAMS,
                     .rate_hz = rate_hz,
                     .fmin_hz = params->v[FMIN],
                     .fmax_hz = params->v[FMAX],
                     .lengthen = true};
    sono_bank_quality(&bank, (SonoQuality)params->v[QUALITY]);
    sono_bank_octaves(&bank, params->v[BANDS], 0.0, params->v[TUNING], SONO_LAYOUT_NOTES);
    return sono_bank_build(&bank, out, err);
}

const SonoTransform sono_transform_cqt;
const SonoTransform sono_transform_cqt = {
    .name = "cqt",
    .title = "Constant-Q transform",
    .tip = "Every octave alike, a band on every note: chords, tuning, harmony. Low notes are slow.",
    .params = {params_table, N_PARAMS},
    .main_params = main_params,
    .build = cqt_build,
    .scale = SONO_SCALE_LOG,
    .has_notes = true,
};
