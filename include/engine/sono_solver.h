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
 * Works on rows: columns of coefficients, all bins or bands at one time. TIME plans of one atom: the slices. FREQ plans
 * whose bands share one n_fft: row i is at frame i slice_len / n_fft, with the sum over the slices of their
 * coefficients there (a linear map of the sound too, and independent of the slices but for what they alias). Other
 * plans, and those of more than 2^24 coefficients a slice, keep their plain mask.
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
    SonoSlices slices;      /* rows. At least all that touch span (sono_solve_rows_touching()); up to
                               sono_solve_slice_margin() more on each side show the surround (those outside the sound are
                               ignored) */
    SonoSpan span;          /* frames the solution may change, in the sound: TIME: support of the slices with a weight;
                               FREQ: an atom or two around the rows with one */
    int64_t n_frames;       /* of the whole sound */
    const float *pcm;       /* the sound on pcm_span, */
    SonoSpan pcm_span;      /* at least the support of slices, better sono_solve_pcm_margin() around span; 0 outside */
    const SonoCplx *coef;   /* C  [rows][sono_solve_pitch()], analysis of the sound before the edit */
    const SonoCplx *target; /* C' [rows][pitch], operation applied to C */
    const float *weights;   /* m  [rows][pitch]; pads of all three are 0 */
    const SonoOperation *operation;
    const float *args; /* of the operation */
    SonoSolverSettings settings;
    bool cut_before, cut_after;  /* the mask goes on beyond the rows with a weight: no surround there */
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

/* Can the solver work on such a plan? */
bool sono_solve_takes(const SonoPlan *plan);
/* Coefficients of a row, pads included: a multiple of 8. */
size_t sono_solve_pitch(const SonoPlan *plan);
/* Length of the longest atom in time, as it is heard: of a window in frames, of a band its main lobe. */
int64_t sono_solve_atom_frames(const SonoPlan *plan);
/* Rows whose atoms touch the frames; the frame of a row. */
SonoSlices sono_solve_rows_touching(const SonoPlan *plan, SonoSpan frames);
int64_t sono_solve_row_frame(const SonoPlan *plan, int64_t row);
/* Rows beside span, and frames around it, with which the solver sees all it can use. */
int64_t sono_solve_slice_margin(const SonoPlan *plan);
int64_t sono_solve_pcm_margin(double rate_hz);
/* Bands that show the surround of a mask of height bands, on each side. */
int32_t sono_solve_band_margin(const SonoPlan *plan, int32_t height);

/* coef[rows][pitch] = rows of V x; pcm on span, 0 outside. Errors: NOMEM, those of the engine. */
SonoStatus sono_solve_analyse(SonoEngine *engine, const SonoPlan *plan, const float *pcm, SonoSpan span,
                              SonoSlices rows, SonoCplx *coef, SonoError *err);
/* FREQ: the plain mask's difference S(C' - C) on span, slice by slice, of the sound on pcm_span under the weights of
 * the rows. Errors: as above. */
SonoStatus sono_solve_plain(SonoEngine *engine, const SonoPlan *plan, const SonoOperation *operation, const float *args,
                            const float *pcm, SonoSpan pcm_span, const float *weights, SonoSlices rows, float *delta,
                            SonoSpan span, SonoError *err);

/* delta[span.n_frames]: in, the plain mask's difference S(C' - C) on span; out, the solved one (the bits unchanged if
 * there were neither tones nor steps). Deterministic, whatever the number of threads. Errors: NOMEM, CANCELLED, and
 * those of the engine. */
SonoStatus sono_solve(SonoEngine *engine, const SonoSolveProblem *problem, float *delta, SonoSolveResult *result,
                      SonoError *err);
