/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of transforms. A transform is a file that fills a plan, plus one row in transforms.def. */
#pragma once
#include "sono_params.h"
#include "sono_plan.h"

typedef struct SonoTransform {
    const char *name;  /* "stft" */
    const char *title; /* "Short-time Fourier" */
    SonoParamTable params;
    /* Errors: RANGE names the parameter, its value and limits; NOT_FRAME says why and from which B/A; NOMEM. */
    SonoStatus (*build)(const SonoParams *params, double rate_hz, SonoPlan **out, SonoError *err);
    /* Fill params with the editing choice for a mask of this height and length (NULL: no automatic choice). */
    void (*auto_params)(double height_hz, int64_t n_frames, double rate_hz, SonoParams *params);
} SonoTransform;

extern const SonoTransform *const sono_transforms[]; /* NULL-ended */
const SonoTransform *sono_transform_find(const char *name);

/* Check the parameters and build. rate_hz in (0, 768000]. */
SonoStatus sono_plan_build(const SonoTransform *transform, const SonoParams *params, double rate_hz, SonoPlan **out,
                           SonoError *err);

/* STFT parameters, in table order. */
enum { SONO_STFT_SIZE, SONO_STFT_HOP, SONO_STFT_WINDOW, SONO_STFT_N_PARAMS };

/* Smallest 2^a 3^b 5^c >= n. */
int64_t sono_fft_size_at_least(int64_t n);
int sono_fft_size_is_fast(int64_t n);
