/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NSGT: the same bands on the whole sound at once, up to 2^22 frames: the reference that slices are measured against.
 * Its pictures are made with the sliced twin, which needs no spectrum of the whole sound for every tile. */
#include "octave_bank.h"
#include "sono_transform.h"

#define PICTURE_SLICE 131072

enum { BANDS, FMIN, FMAX, GAMMA, TUNING, LAYOUT, WINDOW, N_PARAMS };

static const SonoParamDesc params_table[] = {
    [BANDS] = SONO_BANDS_PER_OCTAVE_PARAM,
    [FMIN] = SONO_FMIN_PARAM(32.7),
    [FMAX] = SONO_FMAX_PARAM,
    [GAMMA] = SONO_GAMMA_PARAM,
    [TUNING] = SONO_TUNING_PARAM,
    [LAYOUT] = SONO_LAYOUT_PARAM,
    [WINDOW] = {"window", "Window", "", SONO_PARAM_ENUM, 0, 1, SONO_BANK_HANN, sono_bank_window_names,
                "Shape of the bands: hann is sharper in frequency, cos4 in time."},
};
static const char *const main_params[] = {"bins_per_octave", "fmin_hz", "gamma_hz", "tuning_hz", NULL};

static SonoStatus nsgt_build(const SonoParams *params, double rate_hz, int64_t n_frames, SonoPlan **out, SonoError *err)
{
    SonoBank bank = {.transform = "nsgt",
                     .params = params,
                     .n_params = N_PARAMS,
                     .rate_hz = rate_hz,
                     .fmin_hz = params->v[FMIN],
                     .fmax_hz = params->v[FMAX],
                     .window = (SonoBankWindow)params->v[WINDOW],
                     .slice_len = PICTURE_SLICE,
                     .hop_eighths = 0,
                     .n_frames = n_frames};
    SonoPlan *picture = NULL;
    sono_bank_octaves(&bank, params->v[BANDS], params->v[GAMMA], params->v[TUNING], (SonoBankLayout)params->v[LAYOUT]);
    const SonoStatus status = sono_bank_build(&bank, out, err);
    if (status != SONO_OK) {
        return status;
    }
    bank.hop_eighths = 6;
    SonoError no_twin = {0};
    if (sono_bank_build(&bank, &picture, &no_twin) != SONO_OK) {
        sono_plan_unref(*out);
        return sono_fail(err, SONO_E_RANGE, "%s", no_twin.message);
    }
    (*out)->picture = picture;
    (*out)->picture_hop = picture->picture_hop;
    (*out)->rows = picture->rows;
    (*out)->n_rows = picture->n_rows;
    (*out)->row_atom = -1; /* rows are the twin's: a short sound has fewer bands of its own */
    return SONO_OK;
}

const SonoTransform sono_transform_nsgt;
const SonoTransform sono_transform_nsgt = {
    .name = "nsgt",
    .title = "Non-stationary Gabor transform of the whole sound",
    .tip = "Constant-Q without slices, for sounds of up to 4 million frames: the most exact, and slow.",
    .params = {params_table, N_PARAMS},
    .main_params = main_params,
    .needs_length = true,
    .build = nsgt_build,
    .scale = SONO_SCALE_LOG,
    .has_notes = true,
};
