/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One piece of what lies inside a mask alone: the worker's side of alone.h. */
#pragma once
#include "sono_commit.h"

/* Hops of a plan in cells; the first and the last also hold the slices beyond the ends of the sound. */
typedef struct AloneCells {
    int64_t slices_per_cell, n;
} AloneCells;
AloneCells alone_cells(const SonoPlan *plan, int64_t n_frames);
/* The cells that frames depend on: [*first, *end). */
void alone_cells_of(AloneCells cells, const SonoPlan *plan, SonoSpan frames, int64_t *first, int64_t *end);

/* Add cells [first, end) of the edit (a plain erase with its transform settled) on clip to what has been taken out
 * already: *out is a new clip or without referenced again. Errors: as sono_commit. Thread: any worker. */
SonoStatus alone_take_out(SonoEngine *engine, const SonoClip *clip, const SonoEdit *edit, const SonoPlan *plan,
                          AloneCells cells, int64_t first, int64_t end, const SonoClip *without,
                          const SonoJobTicket *ticket, SonoClip **out, SonoError *err);
