/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commit of an edit: x' = x + S(C' - C), solved further while it helps (design: an edit adds a difference). In plans
 * over frequency C are each slice's own coefficients, of the bands that the mask touches. Frames that no atom under the
 * mask reaches keep their bits; time depends on the region alone, memory not even on that (a long mask is worked
 * through in segments). Shapes finer than the transform's grid are drawn as fine as it can (SonoMaskFit), so no mask
 * over sound falls between its columns or bins. */
#pragma once
#include "sono_clip.h"
#include "sono_edit.h"
#include "sono_engine.h"

#define SONO_COMMIT_MAX_OBJECTIVE 201

typedef struct SonoCommitReport {
    SonoSpan dirty;                /* frames that may differ between the two clips; n_frames 0: nothing changed */
    SonoRegion region;             /* the mask's bounds, clipped to the sound */
    int window_frames, hop_frames; /* of a slice */
    char transform[24];
    int tones; /* subtracted by the solver, most of any channel */
    int steps; /* conjugate-gradient steps, most of any channel; tones and steps 0: plain mask */
    /* Level inside the mask after the plain mask, after the solver, and of its surround (worst channel; see
     * sono_solver.h). All 0 where the solver had nothing to look at. */
    double inside_db, solved_db, surround_db;
    double objective[SONO_COMMIT_MAX_OBJECTIVE]; /* [0..steps] of the channel with most steps: falls at every step */
    double seconds;
} SonoCommitReport;

/* Apply edit to clip. state: for an operation that takes an earlier state, its clip (same length, rate and channels);
 * else NULL. *out is a new clip (or the same one, referenced again, if nothing changed).
 * generation ticket: gives up with CANCELLED when obsolete (may be NULL). report may be NULL.
 * Errors: RANGE (a parameter; a result that float32 cannot hold), NOT_FRAME, LIMIT (hop far too short for its window),
 * NOMEM, IO, CANCELLED. Thread: any worker; the clip is untouched in every case. */
SonoStatus sono_commit(SonoEngine *engine, const SonoClip *clip, const SonoEdit *edit, const SonoClip *state,
                       const SonoJobTicket *ticket, SonoClip **out, SonoCommitReport *report, SonoError *err);

/* Transform and parameters the commit will use: the edit's own, or for "auto" an STFT with W = 4 fs / height_Hz rounded
 * to a size, within [256, min(mask's length in frames, 16384)], hop W / 4, Hann: from the mask, never from the display.
 * height_Hz is the median height of the mask's runs, weighted by area: of a thin curved line its width, not the box
 * around it. n_frames: of the sound (bounds a mask that reaches past it). Caller unrefs. */
SonoStatus sono_commit_plan(SonoEngine *engine, const SonoEdit *edit, double rate_hz, int64_t n_frames, SonoPlan **out,
                            SonoError *err);
