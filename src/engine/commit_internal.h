/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between commit.c (what an edit means), commit_plan.c (its transform) and commit_region.c (the arithmetic of one
 * channel's region), commit_state.c (what has changed since an earlier state). */
#pragma once
#include "sono_commit.h"
#include "sono_solver.h"

typedef struct CommitRegion {
    SonoEngine *engine;
    const SonoEdit *edit;
    const SonoPlan *plan;
    const SonoClip *clip;
    const SonoClip *state; /* the edit works on what differs from it; NULL: on the sound itself */
    SonoMaskFit fit;       /* what the plan's grid can tell apart */
    SonoRegion bounds;     /* of the fitted mask, clipped to the sound */
    SonoSlices weighted;   /* slices whose time lies in the bounds */
    SonoSpan span;         /* frames the edit may change, clipped to the sound */
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
