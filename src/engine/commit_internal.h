/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between commit.c (what an edit means), commit_plan.c (its transform), commit_region.c and commit_bands.c (the
 * arithmetic of one channel's region, of TIME and of FREQ plans), commit_state.c (what has changed since an earlier
 * state). */
#pragma once
#include "sono_commit.h"
#include "sono_solver.h"

typedef struct CommitRegion {
    SonoEngine *engine;
    const SonoEdit *edit;
    const SonoPlan *plan; /* FREQ: the bands that the mask touches */
    const SonoPlan *base; /* the plan that the edit names */
    const SonoClip *clip;
    const SonoClip *state; /* the edit works on what differs from it; NULL: on the sound itself */
    SonoMaskFit fit;       /* what the plan's grid can tell apart */
    SonoRegion bounds;     /* of the fitted mask, clipped to the sound */
    SonoSlices weighted;   /* TIME: slices whose time lies in the bounds; FREQ: with sound and mask in reach */
    SonoSpan span;         /* frames the edit may change, clipped to the sound */
    double only_hz;        /* FREQ: > 0: the mask lies between two centres and the one band of plan looks at it here */
    const SonoJobTicket *ticket;
} CommitRegion;

static inline SonoRegion commit_whole_sound(double rate_hz, int64_t n_frames)
{
    return (SonoRegion){0.0, (double)n_frames / rate_hz, 0.0, 0.5 * rate_hz};
}

/* What a channel's edit looks at: the sound on the span, or its difference from the earlier state. */
SonoStatus commit_region_read(const CommitRegion *region, int channel, SonoSpan span, float *pcm, SonoError *err);
/* Of the slices those that see a difference from the earlier state, from the first to the last; all, without a state.
 * The others add exactly nothing. */
SonoStatus commit_region_differing(const CommitRegion *region, int channel, SonoSlices slices, SonoSlices *out,
                                   SonoError *err);

/* Takes what is added to the sound on a part of the region's span; delta is its own to change. */
typedef SonoStatus (*CommitPartFn)(void *ctx, SonoSpan span, float *delta, SonoError *err);

/* The difference of one channel, in parts of bounded length, in order; between them there is none. result: of the
 * segment with the most steps. Errors: LIMIT (a transform so dense that a part does not fit), CANCELLED, those of the
 * engine and of part. */
SonoStatus commit_region_run(const CommitRegion *region, int channel, CommitPartFn part, void *ctx,
                             SonoSolveResult *result, SonoError *err);

static inline bool commit_wants_solver(const SonoEdit *edit)
{
    return edit->solver.max_steps > 0 && edit->solver.strength > 0.0 && edit->operation->attenuates(&edit->params);
}
/* Of a channel's segments the one on which the solver worked most. */
static inline void commit_keep_worst(SonoSolveResult *result, const SonoSolveResult *one, bool first)
{
    if (first || one->steps > result->steps || (one->steps == result->steps && one->tones > result->tones)) {
        *result = *one;
    }
}

/* FREQ plans. Sets plan (the caller unrefs), fit, bounds, weighted, span and only_hz for the region's base, edit, clip
 * and engine. Errors: NOMEM. */
SonoStatus commit_bands_place(CommitRegion *region, SonoError *err);
/* As commit_region_run(). */
SonoStatus commit_bands_run(const CommitRegion *region, int channel, CommitPartFn part, void *ctx,
                            SonoSolveResult *result, SonoError *err);
