/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of a picture: what tiles and live views are made of. Column c of level_t holds, of every row, the loudest of
 * columns [c, c + 1) * 2^level_t of level 0, {level in dB re full-scale sine, second channel} as in sono_tile.h. */
#pragma once
#include "sono_engine.h"
#include "sono_pcm_reader.h"

typedef struct SonoColumnSpec {
    int channel;
    int level_t;       /* 0..30 */
    int64_t first_col; /* >= 0 */
    int32_t n_cols;
} SonoColumnSpec;

/* texels[n_cols][rows of the plan][2]. A column's bits depend on the sound, the plan and its own place only, not on the
 * others that are asked for nor on the number of threads: they are those of the exact strip of the same place (its
 * level_f 0). Reads at most the support of the columns. Errors: NOMEM, IO, CANCELLED, INVALID (the spec). Thread: any
 * worker. */
SonoStatus sono_columns_make(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader,
                             const SonoColumnSpec *spec, const SonoJobTicket *ticket, float *texels, SonoError *err);
/* Frames a column depends on (not cut to the sound). */
SonoSpan sono_columns_support(const SonoPlan *plan, int level_t, int64_t first_col, int32_t n_cols);
