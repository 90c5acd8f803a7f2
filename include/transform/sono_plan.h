/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoPlan: immutable tables of a painless non-stationary Gabor frame, the same for every backend.
 *
 * The signal is cut into slices: slice m covers frames [m * slice_hop - slice_lead, ... + slice_len). Every slice holds
 * the same atoms. Samples outside the sound are zero; slice indices may be negative.
 *
 * TIME (STFT): an atom is a window on the frames of the slice and its FFT runs over frequency. An STFT frame is a slice
 * with one atom of n_fft points and n_fft/2 + 1 coefficients (half spectrum of a real signal).
 *
 * FREQ (NSGT, sliCQ, CQT, VQT, ERB, mel, Bark): an atom is a band, a window on the slice's spectrum. With L =
 * slice_len: X[j]  = sum over the slice's frames t of h(t) x(t) exp(-2 pi i j t / L)     j = 0..L/2, t counted from
 * frame 0 of the sound: frame t is put at t mod L, so that phases do not depend on the slice; h = slice_window[t -
 * first frame of the slice], or 1 where that is NULL c[nu] = sum over the band's bins j of X[j] window[j] exp(2 pi i j
 * nu / M)     M = n_fft, nu = 0..M-1 c[nu] is the band at the one frame of the slice that is congruent to nu L / M
 * modulo L: sono_plan_coef_frame(). Synthesis is the mirror: Y[j] = sum over the bands of dual[j] FFT_M(c)[j mod M], y
 * = c2r(Y) of L points (unscaled), read at t mod L, times slice_dual, summed over slices. The adjoint has window and
 * slice_window in their place. The bands at DC and Nyquist (atom.real) are real signals: their window is symmetric
 * about bin 0 or L/2, only its half with 0 <= j <= L/2 is stored, the other half follows from X[L - j] = conj X[j], and
 * their coefficients have no imaginary part (synthesis ignores one). The band at Nyquist is brought down to 0 for that:
 * it has j - L/2 in the place of j (sono_plan_origin()). They make the frame complete and are no rows of the picture.
 * At any frame at most two slices overlap (slice_hop >= slice_len / 2).
 *
 * Windows have peak 1 / sqrt(n_fft) (TIME) or 1 / sqrt(n_fft L) (FREQ). With that the frame operator (of one slice
 * without h, for FREQ) is diagonal, d, and A = min d, B = max d are the frame bounds; dual = window / d is the
 * canonical dual. Design is in double, tables are rounded once.
 *
 * Phase is time-invariant: the phase of a coefficient is that at the atom's own centre (TIME: tap length/2 lands on FFT
 * index 0; FREQ: a band is placed at j mod M). A sound delayed by one hop has the same coefficients one slice later.
 *
 * In inner products a coefficient counts twice but those of DC, Nyquist and real bands: sono_plan_weight().
 * Sources: Balazs, Doerfler, Jaillet, Holighaus, Velasco, "Theory, implementation and applications of nonstationary
 * Gabor frames", J. Comput. Appl. Math. 236, 2011 (painless case); Holighaus, Doerfler, Velasco, Grill, "A framework
 * for invertible, real-time constant-Q transforms", IEEE Trans. ASLP 21(4), 2013 (slices); Schoerkhuber, Klapuri,
 * Holighaus, Doerfler, "A Matlab toolbox for efficient perfect reconstruction time-frequency transforms", AES 53, 2014
 * (gamma). */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sono_error.h"
#include "sono_freq_axis.h"
#include "sono_params.h"
#include "sono_rect.h"

typedef enum SonoPlanAxis { SONO_AXIS_TIME, SONO_AXIS_FREQ } SonoPlanAxis;

typedef struct SonoAtom {
    int64_t centre;     /* TIME: frames from the slice's start */
    int64_t first_bin;  /* FREQ: of the taps */
    int32_t length;     /* taps */
    int32_t n_fft;      /* >= length; of a real band >= 2 length - 1 */
    int32_t n_coef;     /* coefficients per slice; FREQ: n_fft, a multiple of 8 */
    bool real;          /* FREQ: the band at DC or at Nyquist; length counts the stored half */
    double freq_hz;     /* FREQ: exact centre of the band */
    double width_hz;    /* FREQ: full width of the window's support */
    size_t tap_at;      /* first tap in window[] and dual[] */
    size_t coef_at;     /* first coefficient in a slice's row; FREQ: a multiple of 8, ascending with the atoms */
    double level_scale; /* |coefficient| of a sine of amplitude a at its centre frequency, times this, is a */
} SonoAtom;

/* Row r of the picture has its centre where rows_per_unit * warp(law, Hz) + row_offset = r. */
typedef struct SonoRowLaw {
    SonoScaleLaw law;
    double rows_per_unit, row_offset;
} SonoRowLaw;

typedef struct SonoPlan {
    _Atomic int refs;
    uint64_t key; /* hash of what it was built from: equal keys, equal tables */
    const char *transform;
    SonoParams params;
    double rate_hz;
    int64_t for_frames; /* the sound's length it was built for; 0: any */
    SonoPlanAxis axis;
    int64_t slice_len, slice_hop, slice_lead; /* frames */
    double *slice_window, *slice_dual;        /* FREQ: [slice_len] each, or both NULL: 1 */
    int32_t n_atoms;
    SonoAtom *atoms; /* FREQ: DC first, Nyquist last, bands between in rising order (a derived plan may lack some) */
    size_t n_taps;
    double *window, *dual; /* double[n_taps] */
    size_t n_coef;         /* row of one slice: coefficients, padded to a multiple of 8 (pads are written as 0) */
    double bound_a, bound_b;
    double main_lobe_hz;   /* half width of an atom's main lobe (TIME; FREQ: of the widest band) */
    int32_t reading_reach; /* rows, see sono_plan_reading() */
    double reading_gain;   /* TIME: sum of squares over the square of the sum of the window, times n_fft */
    int32_t band_power;    /* FREQ: windows are cos^band_power(pi (f - freq_hz) / width_hz) */
    double
        constant_q_from_hz; /* FREQ: below, bands are wider than asked for, because the slice is too short; 0: none */
    /* The picture: rows are the bins (TIME) or the bands but DC and Nyquist (FREQ); column i is at frame
     * i * picture_hop (TIME: slice i). */
    SonoRowLaw rows;
    int32_t n_rows, row_atom; /* FREQ: row r is atom row_atom + r (without a picture plan of its own) */
    int64_t picture_hop;      /* frames; FREQ: divides slice_len */
    struct SonoPlan *tables;  /* of a derived plan: the one that owns slice_window and slice_dual; else NULL */
    struct SonoPlan *picture; /* pictures are made with this one (nsgt: the same bands in slices); NULL: with itself */
} SonoPlan;

SonoPlan *sono_plan_ref(const SonoPlan *plan);
void sono_plan_unref(const SonoPlan *plan); /* NULL is fine */

/* Frequency of a coefficient (index in the row, pads excluded) and its weight in inner products. */
double sono_plan_freq_hz(const SonoPlan *plan, size_t coef);
double sono_plan_weight(const SonoPlan *plan, size_t coef);
/* TIME: time of a slice. */
double sono_plan_time_s(const SonoPlan *plan, int64_t slice);
/* FREQ: first frame of a slice; the frame of coefficient nu of an atom, in [that frame, + slice_len). */
int64_t sono_plan_slice_start(const SonoPlan *plan, int64_t slice);
double sono_plan_coef_frame(const SonoPlan *plan, int64_t slice, const SonoAtom *atom, int32_t nu);
/* FREQ: the bin that is placed at 0: 0, of the band at Nyquist slice_len / 2. */
static inline int64_t sono_plan_origin(const SonoPlan *plan, const SonoAtom *atom)
{
    return atom->real && atom->first_bin > 0 ? plan->slice_len / 2 : 0;
}
/* FREQ: the nu that comes first in time: coefficient i in the order of time is nu = (first + i) mod n_fft. */
int32_t sono_plan_first_coef(const SonoPlan *plan, int64_t slice, const SonoAtom *atom);

/* Rows of the picture, and row <-> Hz (fractional rows lie between centres). */
int32_t sono_plan_n_bins(const SonoPlan *plan);
double sono_plan_row_at(const SonoPlan *plan, double freq_hz);
double sono_plan_row_hz(const SonoPlan *plan, double row);
/* Level of a row in a picture: |coefficient| times this is the amplitude of a sine at the row's centre. */
double sono_plan_row_scale(const SonoPlan *plan, int32_t row);
/* What a steady sine reads, between rows too: power[0 .. 2 reach] are the scaled powers (level_scale^2 |c|^2) of rows
 * row - reach .. row + reach in one column, 0 where there is no such row; the sine lies nearest to row. Returns the
 * square of its amplitude, within 0.1 dB: TIME adds the powers, which sum to a constant; FREQ finds the frequency from
 * the neighbours' ratio and divides by the windows there. */
int32_t sono_plan_reading_reach(const SonoPlan *plan); /* <= SONO_MAX_READING_REACH */
#define SONO_MAX_READING_REACH 4
double sono_plan_reading(const SonoPlan *plan, int32_t row, const float *power);

/* Slices whose support meets the frames; frames on which a slice span has support. */
typedef struct SonoSlices {
    int64_t first, n;
} SonoSlices;
SonoSlices sono_plan_slices_touching(const SonoPlan *plan, SonoSpan frames);
SonoSpan sono_plan_support(const SonoPlan *plan, SonoSlices slices);

/* FREQ: the plan's atoms [first, first + n) with other numbers of coefficients, n_fft[n] (NULL: their own), the same
 * windows, duals and frame; any number at least as large as the painless one is exact. Coefficients in rows of the same
 * order as the atoms. The base's rows that are still there are rows of the picture. For pictures at a pixel's rate, and
 * for edits: a rectangle of bands that share one n_fft. Errors: RANGE (an n_fft that is too small or no multiple of 8),
 * NOMEM. */
SonoStatus sono_plan_derive(const SonoPlan *base, int32_t first, int32_t n, const int32_t *n_fft, SonoPlan **out,
                            SonoError *err);
/* FREQ: atoms whose support meets [f0_hz, f1_hz] (at least one: the nearest), and the derived plan of them in which all
 * have the largest's n_fft. The plan leaves out the bands at DC and Nyquist, which may need many times as many
 * coefficients, unless there is nothing else. */
void sono_plan_atoms_touching(const SonoPlan *plan, double f0_hz, double f1_hz, int32_t *first, int32_t *n);
SonoStatus sono_plan_for_edit(const SonoPlan *base, double f0_hz, double f1_hz, SonoPlan **out, SonoError *err);

/* One line for logs and `engines`: "stft size 2048 hop 512 hann, A 1.5 B 1.5, ...". Returns buf. */
const char *sono_plan_describe(const SonoPlan *plan, char *buf, size_t n_bytes);
