/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sliCQ: a constant-Q, or variable-Q, transform slice by slice, for sounds of any length. Every detail of it can be
 * set; cqt and vqt are the same machine with fewer knobs. Source: Holighaus et al. 2013 (sono_plan.h); hops of 4/8 to
 * 6/8 of the slice are our generalisation of its half. */
#include "octave_bank.h"
#include "sono_transform.h"

enum { BANDS, FMIN, FMAX, GAMMA, TUNING, LAYOUT, WINDOW, SLICE, HOP, N_PARAMS };

static const SonoParamDesc params_table[] = {
    [BANDS] = SONO_BANDS_PER_OCTAVE_PARAM,
    [FMIN] = SONO_FMIN_PARAM(32.7),
    [FMAX] = SONO_FMAX_PARAM,
    [GAMMA] = SONO_GAMMA_PARAM,
    [TUNING] = SONO_TUNING_PARAM,
    [LAYOUT] = SONO_LAYOUT_PARAM,
    [WINDOW] = {"window", "Window", "", SONO_PARAM_ENUM, 0, 1, SONO_BANK_HANN, sono_bank_window_names,
                "Shape of the bands: hann is sharper in frequency, cos4 in time."},
    [SLICE] = {"slice", "Slice", "frames", SONO_PARAM_INT, 4096, 1048576, 65536, NULL,
               "Length of a slice, a power of two; longer ones resolve low bands better."},
    [HOP] = {"hop_eighths", "Hop", "eighths of a slice", SONO_PARAM_INT, 4, 6, 6, NULL,
             "Distance between slices: less is slower and joins slices more exactly."},
};
static const char *const main_params[] = {"bins_per_octave", "fmin_hz", "gamma_hz", "tuning_hz", NULL};

static SonoStatus slicq_build(const SonoParams *params, double rate_hz, int64_t n_frames, SonoPlan **out,
                              SonoError *err)
{
    const int64_t slice = (int64_t)params->v[SLICE];
    (void)n_frames;
    if ((slice & (slice - 1)) != 0) {
        return sono_fail(err, SONO_E_RANGE, "slice is %lld, must be a power of two", (long long)slice);
    }
    SonoBank bank = {.transform = "slicq",
                     .params = params,
                     .n_params = N_PARAMS,
                     .rate_hz = rate_hz,
                     .fmin_hz = params->v[FMIN],
                     .fmax_hz = params->v[FMAX],
                     .window = (SonoBankWindow)params->v[WINDOW],
                     .slice_len = slice,
                     .hop_eighths = (int)params->v[HOP]};
    sono_bank_octaves(&bank, params->v[BANDS], params->v[GAMMA], params->v[TUNING], (SonoBankLayout)params->v[LAYOUT]);
    return sono_bank_build(&bank, out, err);
}

const SonoTransform sono_transform_slicq;
const SonoTransform sono_transform_slicq = {
    .name = "slicq",
    .title = "Sliced constant-Q transform",
    .tip = "The constant-Q machine with every knob: slices, windows, hops.",
    .params = {params_table, N_PARAMS},
    .main_params = main_params,
    .build = slicq_build,
    .scale = SONO_SCALE_LOG,
    .has_notes = true,
};
