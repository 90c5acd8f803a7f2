/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The solver behind a commit. Inputs are one channel's region; see docs/architecture.md for the reasons and sources
 * (Kreme, Emiya, Chaux, Torresani, "Time-frequency fading algorithms based on Gabor multipliers", IEEE JSTSP 15(1),
 * 2021). */
#pragma once
#include "sono_edit.h"
#include "sono_engine.h"

typedef struct SonoSolveProblem {
    const SonoPlan *plan;
    SonoSlices slices; /* all slices with a non-zero weight, plus a margin of one slice_len of slices on both sides */
    SonoSpan span;     /* frames the solution may change: support of the weighted slices plus/minus one atom,
                          clipped to the sound */
    const SonoCplx *coef;   /* C  [n_slices][n_coef], analysis of the sound before the edit */
    const SonoCplx *target; /* C' [n_slices][n_coef] */
    const float *weights;   /* m  [n_slices][n_coef] */
    SonoSolverSettings settings;
    const SonoJobTicket *ticket; /* or NULL */
} SonoSolveProblem;

typedef struct SonoSolveResult {
    int steps;
    double inside_db, surround_db;
    double objective[201];
} SonoSolveResult;

/* delta[span.n_frames]: in, the plain mask's difference S(C' - C) on span; out, the solved one (unchanged if 0 steps).
 * Deterministic. Errors: NOMEM, CANCELLED, backend errors. */
SonoStatus sono_solve(SonoEngine *engine, const SonoSolveProblem *problem, float *delta, SonoSolveResult *result,
                      SonoError *err);
