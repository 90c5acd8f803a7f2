/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The solver behind a commit: what a plain mask leaves of a strong intruder, taken away while that helps. Inputs are
 * one channel's region; docs/architecture.md has the reasons.
 *
 * A masked spectrogram is not the spectrogram of a sound: re-analysed, the sound that is synthesised from it shows a
 * ghost inside the mask. The solver works only where the operation erases (what it leaves of full weights is at least
 * 40 dB down, measured on C and C') and where the ghost stands out from the surround: the louder of the bins above and
 * below the mask and of the columns before and after it.
 *   Tones: when what is under a mask of few bins stands 16 dB above the surround, its spectral peaks are followed,
 *     demodulated along the track, cut out of a long-window analysis and subtracted; the operation then works on what
 *     is left. Dropped as a whole unless that lowers the ghost by 9 dB.
 *   Steps: when it stands 32 dB above and a ghost above the tolerance is still there, conjugate gradients lower
 *     J(y) = sum of weight * w |V y - C'|^2, w = strength where the mask is at least 1/2 and else 1, over y - x in the
 *     span. A step that does not lower the ghost by 1 dB is not taken.
 * Works on TIME plans of one atom; any other plan keeps its plain mask.
 *
 * Sources: Kreme, Emiya, Chaux, Torresani, "Time-frequency fading algorithms based on Gabor multipliers", IEEE JSTSP
 * 15(1), 2021 (the problem); McAulay, Quatieri, "Speech analysis/synthesis based on a sinusoidal representation", IEEE
 * Trans. ASSP 34(4), 1986 (peak tracks); Saad, "Iterative methods for sparse linear systems", 2nd ed., algorithm 9.1
 * (conjugate gradients with a diagonal preconditioner). */
#pragma once
#include "sono_edit.h"
#include "sono_engine.h"

#define SONO_SOLVE_MAX_STEPS 200

typedef struct SonoSolveProblem {
    const SonoPlan *plan;
    SonoSlices slices;      /* at least all that touch span; up to sono_solve_slice_margin() more on each side show the
                               surround (those outside the sound are ignored) */
    SonoSpan span;          /* frames the solution may change: support of the slices with a weight, in the sound */
    int64_t n_frames;       /* of the whole sound */
    const float *pcm;       /* the sound on pcm_span, */
    SonoSpan pcm_span;      /* at least the support of slices, better sono_solve_pcm_margin() around span; 0 outside */
    const SonoCplx *coef;   /* C  [n_slices][n_coef], analysis of the sound before the edit */
    const SonoCplx *target; /* C' [n_slices][n_coef], operation applied to C */
    const float *weights;   /* m  [n_slices][n_coef] */
    const SonoOperation *operation;
    const float *args; /* of the operation */
    SonoSolverSettings settings;
    const SonoJobTicket *ticket; /* or NULL */
} SonoSolveProblem;

typedef struct SonoSolveResult {
    int tones; /* tracks subtracted */
    int steps; /* conjugate-gradient steps taken */
    /* Mean power of the coefficients inside the mask (weight >= 1/2) in dB: after the plain mask, after the solver, and
     * what the surround lets one expect. */
    double inside_db, solved_db, surround_db;
    double objective[SONO_SOLVE_MAX_STEPS + 1]; /* J before the first step and after each: [0..steps] */
} SonoSolveResult;

/* Slices beside span, and frames around it, with which the solver sees all it can use. */
int64_t sono_solve_slice_margin(const SonoPlan *plan);
int64_t sono_solve_pcm_margin(double rate_hz);

/* delta[span.n_frames]: in, the plain mask's difference S(C' - C) on span; out, the solved one (the bits unchanged if
 * there were neither tones nor steps). Deterministic, whatever the number of threads. Errors: NOMEM, CANCELLED, and
 * those of the engine. */
SonoStatus sono_solve(SonoEngine *engine, const SonoSolveProblem *problem, float *delta, SonoSolveResult *result,
                      SonoError *err);
