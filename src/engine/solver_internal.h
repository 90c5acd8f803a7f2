/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the parts of the solver: solver.c (when to do what), solver_surround.c (what to expect under the mask),
 * solver_tonal.c and solver_tone.c (subtracting tones), solver_cg.c (conjugate gradients), solver_rows.c (sums),
 * solver_grid.c (where rows and bins lie), solver_bands.c (rows of FREQ plans).
 *
 * Rows are those of problem->slices; coefficient arrays that only the solver needs hold the inner rows, those that
 * touch the span. All sums are taken per row, in double, and added in the order of rows. */
#pragma once
#include <stdbool.h>

#include "sono_solver.h"

#define SOLVER_ON 1e-3f  /* weights above count as masked */
#define SOLVER_CORE 0.5f /* weights from here on are the mask's inside */

typedef struct Solver {
    SonoEngine *engine;
    const SonoSolveProblem *p;
    size_t n_rows, pitch, n_bins;
    size_t on_row0, on_row1; /* rows with a masked cell (half-open) */
    size_t on_bin0, on_bin1; /* bins with one */
    size_t in_row0, in_row1; /* inner rows */
    SonoSlices inner;        /* the same as rows of the plan */
    size_t n_inner;          /* coefficients of the inner rows, pads included */
    size_t n_core;           /* cells inside the mask */
    float *inner_weight;     /* sono_plan_weight() of a row, pads 0 */
    double *sums;            /* [n_rows] scratch of solver_sum_rows() */
    int64_t atom_frames;     /* length of an atom */
} Solver;

/* Distance of rows in frames, num / den. */
typedef struct SolverPitch {
    int64_t num, den;
} SolverPitch;
SolverPitch solver_row_pitch(const SonoPlan *plan);

/* Frequency of a fractional bin, and the distance of a and b bins around one: from lo - 1/2 to bin, bin to hi + 1/2. */
double solver_bin_hz(const Solver *s, double bin);
double solver_below_hz(const Solver *s, double bin, size_t lo);
double solver_above_hz(const Solver *s, double bin, size_t hi);
/* Power of white noise in the coefficients of a Hann STFT over that in the bin's. */
double solver_noise_ratio(const Solver *s, size_t bin);

/* Rows of V x, of x on span. */
SonoStatus solver_analyse(const Solver *s, const float *x, SonoSpan span, SonoSlices rows, SonoCplx *coef,
                          SonoError *err);
/* y = V* coef (inner rows) on the problem's span. */
SonoStatus solver_adjoint(const Solver *s, const SonoCplx *coef, float *y, SonoError *err);

/* First inner row of an array that has all rows. */
static inline size_t solver_inner_at(const Solver *s)
{
    return s->in_row0 * s->pitch;
}

double solver_db(double power);
SonoStatus solver_check_cancelled(const Solver *s, SonoError *err);

/* Run fn for every row [0, n_rows), on all cores when that pays. */
void solver_for_rows(const Solver *s, size_t n_rows, void (*fn)(void *ctx, size_t row), void *ctx);
/* The sum over rows of fn's value, added in order. */
double solver_sum_rows(const Solver *s, size_t n_rows, double (*fn)(void *ctx, size_t row), void *ctx);

/* Energy over the inner rows: inside the mask (weight >= 1/2), and weighted by the mask. */
double solver_core_energy(const Solver *s, const SonoCplx *inner_coef);
double solver_masked_energy(const Solver *s, const SonoCplx *inner_coef);

/* What to expect under the mask if nothing had been added there. */
typedef struct SolverSurround {
    double total; /* energy inside the mask */
    float *local; /* [on_row1 - on_row0][on_bin1 - on_bin0]: mean power beside the cell's run; 0 outside the mask */
} SolverSurround;

SonoStatus solver_surround(const Solver *s, SolverSurround *out, SonoError *err);
void solver_surround_clear(SolverSurround *surround);
/* Median height of the runs inside the mask, weighted by area, in bins; 0 when nothing is inside. */
SonoStatus solver_run_height(const Solver *s, size_t *height, SonoError *err);

/* Subtract tones: left[pcm_span] becomes what is left of the sound, coef_left (inner rows) V of that. *tones: tracks
 * subtracted, 0 if none or if the result was not worth it (both are then undefined). */
SonoStatus solver_tones(const Solver *s, const SolverSurround *surround, float *left, SonoCplx *coef_left, int *tones,
                        SonoError *err);

/* One spectral peak followed through consecutive rows. */
typedef struct SolverTrack {
    size_t row0, n;            /* rows of the problem */
    double *bin;               /* [n_rows of the problem]: fractional bin of row0 + i at [i] */
    double *freq_hz;           /* as bin, smoothed */
    double *expected;          /* as bin: power the surround lets one expect there */
    double below_hz, above_hz; /* the mask's reach on both sides of the track */
} SolverTrack;

/* The tone on a track, from the sound x on pcm_span: *tone is written on *span (frames, inside the problem's span; up
 * to the problem's span n_frames samples). */
SonoStatus solver_extract_tone(const Solver *s, const float *x, const SolverTrack *track, float *tone, SonoSpan *span,
                               SonoError *err);

/* Conjugate gradients from delta towards target (inner rows), at most max_steps and while the ghost inside the mask is
 * above limit (energy). coef_now (inner rows): V (x + delta), kept up to date. */
SonoStatus solver_cg(const Solver *s, const SonoCplx *target, double limit, SonoCplx *coef_now, float *delta,
                     SonoSolveResult *result, SonoError *err);
