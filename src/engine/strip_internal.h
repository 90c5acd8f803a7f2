/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside strips: column_job.c and what it calls analyses, strip_reduce.c finds the loudest coefficients and turns them
 * into decibels (apart, because these loops are what the first picture of a long file waits for), strip_data.c is about
 * the texels' memory.
 */
#pragma once
#include "sono_cplx.h"
#include "sono_tile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STRIP_ROW_FLOATS (2 * (size_t)SONO_TILE_TEXELS)
#define STRIP_TILE_FLOATS (STRIP_ROW_FLOATS * SONO_TILE_TEXELS)

typedef enum SonoTexelKind {
    SONO_TEXEL_PHASE,     /* second channel: phase in turns */
    SONO_TEXEL_DEVIATION, /* second channel: deviation in bins */
    SONO_TEXEL_LEVEL_ONLY /* second channel: 0 */
} SonoTexelKind;

/* Finished columns are kept until there are so many: a cache line of a tile's row is then written at once. */
#define SONO_TEXEL_BLOCK 8

/* Loudest coefficient so far of every bin of a column of slices. */
typedef struct SonoBinColumn {
    size_t n_bins;
    bool empty;
    float *power, *re, *im;
    float *prev_re, *prev_im;                                      /* the same bin one slice earlier */
    float *slice_power;                                            /* scratch: loudest of a run of slices ... */
    int32_t *slice_row;                                            /* ... and in which row it is */
    float *row_power, *row_re, *row_im;                            /* scratch: the winners of rows of several bins */
    float *row_advance, *row_per_turn, *row_prev_re, *row_prev_im; /* likewise */
    float *prev_turns;
    void *memory;
} SonoBinColumn;

#define SONO_BINS_ARRAYS 15                             /* of n_bins floats */
bool sono_bins_init(SonoBinColumn *col, size_t n_bins); /* false: no memory */
void sono_bins_free(SonoBinColumn *col);
void sono_bins_reset(SonoBinColumn *col);
/* Let the slices in rows [row0, row1) of coef take part. With DEVIATION row row0 - 1 must hold the slice before. */
void sono_bins_add(SonoBinColumn *col, SonoTexelKind kind, const SonoCplx *coef, size_t pitch, int32_t row0,
                   int32_t row1);

/* Finished columns of texels, all of the same rows. */
typedef struct SonoTexelBlock {
    float *level_db, *second; /* [SONO_TEXEL_BLOCK][stride] */
    size_t stride;
} SonoTexelBlock;

bool sono_texels_init(SonoTexelBlock *block, size_t n_rows); /* false: no memory */
void sono_texels_free(SonoTexelBlock *block);
/* Rows [row0, row1) of level_f of a column that is not empty, as column j of the block (row row0 comes first). Row r is
 * the loudest of bins [r << level_f, (r + 1) << level_f). advance: turns per slice at the centre of every bin, in
 * [0, 1). scale: power of a full-scale sine times this is 1. bins_per_turn: of every bin, size / hop over time. */
void sono_texels_finish(SonoBinColumn *col, SonoTexelKind kind, int level_f, size_t row0, size_t row1,
                        const float *advance, float scale, const float *bins_per_turn, SonoTexelBlock *block, size_t j);

/* A strip that holds tiles [tile0, tile1), its texels not yet written. */
SonoStatus sono_strip_new(const SonoPlan *plan, SonoStripKey key, int32_t tile0, int32_t tile1, SonoStrip **out,
                          SonoError *err);
/* Rows of the level that tiles of a strip hold, gutters included. */
void sono_strip_held_rows(const SonoStrip *strip, int32_t *row0, int32_t *row1);
/* Texel columns [tx, tx + n) of all tiles, gutter rows included, from a block of finished columns. */
void sono_strip_write(SonoStrip *strip, const SonoTexelBlock *block, int32_t tx, int32_t n);
/* Texel columns that lie outside the picture of n_cols columns, col0 being that of texel 0: the gutter at the
 * picture's ends repeats the edge, columns past the end are silent. */
void sono_strip_finish_edges(SonoStrip *strip, int64_t col0, int64_t n_cols);
