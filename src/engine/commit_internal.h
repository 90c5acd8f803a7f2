/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between commit.c (what an edit means), commit_plan.c (its transform) and commit_region.c (the arithmetic of one
 * channel's region). */
#pragma once
#include "sono_commit.h"
#include "sono_solver.h"

typedef struct CommitRegion {
    SonoEngine *engine;
    const SonoEdit *edit;
    const SonoPlan *plan;
    const SonoClip *clip;
    SonoRegion bounds;   /* of the mask, clipped to the sound */
    SonoSlices weighted; /* slices whose time lies in the bounds */
    SonoSpan span;       /* frames the edit may change, clipped to the sound */
    const SonoJobTicket *ticket;
} CommitRegion;

static inline SonoRegion commit_whole_sound(double rate_hz, int64_t n_frames)
{
    return (SonoRegion){0.0, (double)n_frames / rate_hz, 0.0, 0.5 * rate_hz};
}

/* delta[span.n_frames] of one channel: what is added to the sound. result: of the segment with the most steps. */
SonoStatus commit_region_delta(const CommitRegion *region, int channel, float *delta, SonoSolveResult *result,
                               SonoError *err);
