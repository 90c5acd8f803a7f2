/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the solver adds to a plain mask's difference in a FREQ plan. It works on segments of the mask's rows, each with
 * a halo of its neighbours'; what they add is joined by a linear crossfade of an atom. Where it adds nothing the plain
 * difference keeps its bits. */
#pragma once
#include "commit_internal.h"

/* What the solver adds on a span; add NULL: nothing. */
typedef struct BandsAddition {
    SonoSpan span;
    float *add;
} BandsAddition;

typedef struct BandsSolver {
    const CommitRegion *r;
    int channel;
    CommitPartFn part;
    void *ctx;
    SonoPlan *plan;        /* the mask's bands and those beside them; NULL: nothing to solve */
    SonoSlices rows;       /* of the plan, under the mask */
    int64_t per_piece, at; /* rows; of the first piece that is not there yet, counted from rows.first */
    float args[SONO_OP_MAX_ARGS];
    BandsAddition last; /* of the latest piece, joined with the one before */
    SonoSolveResult result;
} BandsSolver;

/* Errors of all: NOMEM, CANCELLED, those of the engine and of part. Close in any case. */
SonoStatus bands_solver_open(const CommitRegion *region, int channel, CommitPartFn part, void *ctx, BandsSolver *solver,
                             SonoError *err);
void bands_solver_close(BandsSolver *solver);
/* A CommitPartFn (ctx: a BandsSolver): add to a part of the plain difference and hand it on. Parts come in order. */
SonoStatus bands_solver_part(void *ctx, SonoSpan span, float *delta, SonoError *err);
