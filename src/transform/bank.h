/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bank of bands as a plan: what the files of the frequency transforms fill in. Band n (any integer) has its centre
 * where law.rows_per_unit * warp(Hz) = n + row of the anchor; its window is phi((bin - centre) / width), |.| < 1/2, of
 * full width (S / 2) * B, B = f[n+1] - f[n-1], or alpha f + gamma where alpha is given. */
#pragma once
#include "plan_internal.h"

typedef enum SonoBankWindow {
    SONO_BANK_HANN, /* cos^2, S = 3: a tight frame, sharp in frequency */
    SONO_BANK_COS4  /* cos^4, S = 4: sharp in time, little leaks from slice to slice */
} SonoBankWindow;
extern const char *const sono_bank_window_names[]; /* "hann", "cos4" */

typedef struct SonoBank {
    const char *transform;
    const SonoParams *params;
    size_t n_params;
    double rate_hz;
    SonoScaleLaw law;
    double rows_per_unit;    /* bands per unit of the warped scale: bins per octave for LOG */
    double anchor_hz;        /* a frequency that is a band's centre */
    double fmin_hz, fmax_hz; /* centres lie in [fmin, fmax] (fmin: to the nearest band) */
    double alpha, gamma_hz;  /* alpha > 0: B = alpha f + gamma */
    SonoBankWindow window;
    int64_t slice_len; /* L, a power of two */
    int hop_eighths;   /* 4..6; 0: one slice holds the sound, L >= n_frames */
    int64_t n_frames;  /* of the sound, when hop_eighths is 0 */
    bool lengthen;     /* double L, up to 2^20, while the lowest band is wider than asked for */
} SonoBank;

/* Errors: RANGE, NOT_FRAME names Hz, NOMEM. */
SonoStatus sono_bank_build(const SonoBank *bank, SonoPlan **out, SonoError *err);
