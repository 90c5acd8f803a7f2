/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of transforms. A transform is a file that fills a plan, plus one row in transforms.def. */
#pragma once
#include "sono_params.h"
#include "sono_plan.h"

typedef struct SonoTransform {
    const char *name;  /* "stft" */
    const char *title; /* "Short-time Fourier" */
    const char *tip;   /* one sentence for a musician: what it shows best */
    SonoParamTable params;
    /* Parameters that most people want to see, by name, NULL-ended; the others are for experts. */
    const char *const *main_params;
    /* True: the plan depends on the sound's length (n_frames of build, > 0). */
    bool needs_length;
    /* Errors: RANGE names the parameter, its value and limits; NOT_FRAME says why and from which Hz to which; NOMEM. */
    SonoStatus (*build)(const SonoParams *params, double rate_hz, int64_t n_frames, SonoPlan **out, SonoError *err);
    /* Fill params with the editing choice for a mask of this height and length (NULL: no automatic choice). */
    void (*auto_params)(double height_hz, int64_t n_frames, double rate_hz, SonoParams *params);
    /* Scale on which its rows lie evenly, or nearly: what a picture of it is best looked at on. */
    SonoAxisScale scale;
    bool has_notes; /* rows can be notes: it has "bins_per_octave" and "tuning_hz" */
} SonoTransform;

extern const SonoTransform *const sono_transforms[]; /* NULL-ended; the first is the default */
const SonoTransform *sono_transform_find(const char *name);

/* Check the parameters and build. rate_hz in (0, 768000]. n_frames: of the sound; only transforms that need it look
 * (RANGE when it is not above 0 there). */
SonoStatus sono_plan_build(const SonoTransform *transform, const SonoParams *params, double rate_hz, int64_t n_frames,
                           SonoPlan **out, SonoError *err);

/* STFT parameters, in table order. */
enum { SONO_STFT_SIZE, SONO_STFT_HOP, SONO_STFT_WINDOW, SONO_STFT_N_PARAMS };

/* Settings by purpose: presets.def. */
typedef struct SonoPreset {
    const char *name;      /* "music" */
    const char *title;     /* "Music" */
    const char *tip;       /* one sentence */
    const char *transform; /* its name */
    const char *params;    /* "bins_per_octave=48 gamma_hz=6.6"; those not named have their default */
    SonoAxisScale scale;
} SonoPreset;
extern const SonoPreset *const sono_presets[]; /* NULL-ended */
const SonoPreset *sono_preset_find(const char *name);
/* The transform and parameters of a preset. Errors: INVALID, RANGE (a preset that is wrong). */
SonoStatus sono_preset_params(const SonoPreset *preset, const SonoTransform **transform, SonoParams *params,
                              SonoError *err);
/* Parameters from text, "name=value name=value" or with commas; those not named have their default. Errors: INVALID,
 * RANGE. */
SonoStatus sono_params_parse(SonoParamTable table, const char *text, SonoParams *out, SonoError *err);
/* The same, but those not named stay as they are. */
SonoStatus sono_params_parse_over(SonoParamTable table, const char *text, SonoParams *out, SonoError *err);

/* Smallest 2^a 3^b 5^c >= n. */
int64_t sono_fft_size_at_least(int64_t n);
int sono_fft_size_is_fast(int64_t n);
/* Sizes of bands: smallest of {4, 5, 6, 7} 2^a that is a multiple of 8 and >= n. */
int32_t sono_band_size_at_least(int64_t n);
