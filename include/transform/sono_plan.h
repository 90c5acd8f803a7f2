/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoPlan: immutable tables of a painless non-stationary Gabor frame, the same for every backend.
 *
 * The signal is cut into slices: slice m covers frames [m * slice_hop - slice_lead, ... + slice_len). Every slice holds
 * the same atoms. With axis TIME an atom is a window on the frames of the slice and its FFT runs over frequency (an
 * STFT frame is a slice with one atom); with axis FREQ the slice is Fourier transformed first (n_fft = slice_len) and
 * an atom is a window on its bins (CQT, NSGT: later). Samples outside the sound are zero; slice indices may be
 * negative.
 *
 * Windows are scaled by 1/sqrt(n_fft). With that the frame operator is S = diag(d), and A = min d, B = max d are the
 * frame bounds. dual = window / d is the canonical dual. Design is in double, tables are rounded once.
 *
 * Phase is time-invariant: the phase of a coefficient is the phase at the atom's own centre (tap length/2 lands on FFT
 * index 0). A sound delayed by one hop has the same coefficients one slice later.
 *
 * A TIME atom of n_fft points has n_fft/2 + 1 coefficients (half spectrum of a real signal). In inner products each
 * counts twice but DC and, for even n_fft, Nyquist: sono_plan_weight().
 * Source: Balazs, Doerfler, Jaillet, Holighaus, Velasco, "Theory, implementation and applications of nonstationary
 * Gabor frames", J. Comput. Appl. Math. 236, 2011 (painless case). */
#pragma once
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "sono_error.h"
#include "sono_params.h"
#include "sono_rect.h"

typedef enum SonoPlanAxis { SONO_AXIS_TIME, SONO_AXIS_FREQ } SonoPlanAxis;

typedef struct SonoAtom {
    int64_t centre;     /* TIME: frames from the slice's start; FREQ: bin of the slice's FFT */
    int32_t length;     /* taps */
    int32_t n_fft;      /* >= length */
    int32_t n_coef;     /* coefficients per slice */
    size_t tap_at;      /* first tap in window[] and dual[] */
    size_t coef_at;     /* first coefficient in a slice's row */
    double level_scale; /* |coefficient| of a sine of amplitude a at its centre frequency, times this, is a */
} SonoAtom;

typedef struct SonoPlan {
    _Atomic int refs;
    uint64_t key; /* hash of transform, params and rate: equal keys, equal tables */
    const char *transform;
    SonoParams params;
    double rate_hz;
    SonoPlanAxis axis;
    int64_t slice_len, slice_hop, slice_lead; /* frames */
    int32_t n_atoms;
    SonoAtom *atoms;
    size_t n_taps;
    double *window, *dual; /* double[n_taps]; window is scaled by 1/sqrt(n_fft) */
    size_t n_coef;         /* row of one slice: coefficients, padded to a multiple of 8 (pads are written as 0) */
    double bound_a, bound_b;
    double main_lobe_hz; /* half width of an atom's main lobe (TIME) */
} SonoPlan;

SonoPlan *sono_plan_ref(const SonoPlan *plan);
void sono_plan_unref(const SonoPlan *plan); /* NULL is fine */

/* Frequency and time of a coefficient (index in the row, pads excluded) of a slice; weight in inner products. */
double sono_plan_freq_hz(const SonoPlan *plan, size_t coef);
double sono_plan_time_s(const SonoPlan *plan, int64_t slice);
double sono_plan_weight(const SonoPlan *plan, size_t coef);
/* Number of display rows (bins from DC to Nyquist for a TIME plan). */
int32_t sono_plan_n_bins(const SonoPlan *plan);

/* Slices whose support meets the frames; frames on which a slice span has support. */
typedef struct SonoSlices {
    int64_t first, n;
} SonoSlices;
SonoSlices sono_plan_slices_touching(const SonoPlan *plan, SonoSpan frames);
SonoSpan sono_plan_support(const SonoPlan *plan, SonoSlices slices);

/* One line for logs and `engines`: "stft size 2048 hop 512 hann, A 1.5 B 1.5, ...". Returns buf. */
const char *sono_plan_describe(const SonoPlan *plan, char *buf, size_t n_bytes);
