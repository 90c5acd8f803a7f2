/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texels of one strip column: the loops that find the loudest coefficient of each and turn it into decibels. Apart from
 * strip.c because these loops are what the first picture of a long file waits for. */
#pragma once
#include "sono_cplx.h"

#include <stddef.h>
#include <stdint.h>

typedef enum SonoTexelKind {
    SONO_TEXEL_PHASE,     /* second channel: phase in turns */
    SONO_TEXEL_DEVIATION, /* second channel: deviation in bins */
    SONO_TEXEL_LEVEL_ONLY /* second channel: 0 */
} SonoTexelKind;

/* Finished columns are kept until there are so many: a cache line of a tile's row is then written at once. */
#define SONO_TEXEL_BLOCK 8

/* Loudest coefficient so far of every row of a column. */
typedef struct SonoTexelColumn {
    size_t n_rows;
    float *power;             /* |z|^2; -1: none yet */
    float *re, *im;           /* the winner */
    float *prev_re, *prev_im; /* the same bin one slice earlier */
    float *advance;           /* turns per slice at the centre of the winner's bin, in [0, 1) */
    float *level_db, *second; /* results of finish: [SONO_TEXEL_BLOCK][stride] */
    size_t stride;
    float *bin_power; /* scratch, one per bin: loudest of the slices at hand, and in which row it is */
    int32_t *bin_row;
    void *memory;
} SonoTexelColumn;

/* 0 if there is no memory. */
int sono_texels_init(SonoTexelColumn *col, size_t n_rows, size_t n_bins);
void sono_texels_free(SonoTexelColumn *col);
void sono_texels_reset(SonoTexelColumn *col);
/* Let the slices in rows [row0, row1) of coef take part: row r of texels covers bins [r << level_f, (r + 1) <<
 * level_f). advance: per bin. With DEVIATION row row0 - 1 must hold the slice before. */
void sono_texels_add(SonoTexelColumn *col, SonoTexelKind kind, const SonoCplx *coef, size_t pitch, int32_t row0,
                     int32_t row1, size_t n_bins, int level_f, const float *advance);
/* level_db and second of block column j from the winners. scale: power of a full-scale sine times this is 1.
 * bins_per_turn: size / hop.
 */
void sono_texels_finish(SonoTexelColumn *col, SonoTexelKind kind, size_t j, float scale, float bins_per_turn);
