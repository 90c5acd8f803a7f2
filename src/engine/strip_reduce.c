/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maximum over slices and bins, on power; logarithm and phase once per texel. Loops over whole rows without branches,
 * so that the compiler vectorises them. */
#include "strip_internal.h"

#include "dialect_c.h"
#include "math.kernel.h"

#include "sono_clones.h"
#include "sono_mem.h"
#include "sono_tile.h"

#include <string.h>

bool sono_bins_init(SonoBinColumn *col, size_t n_bins)
{
    const size_t stride = (n_bins + 15) & ~(size_t)15;
    float *p = sono_alloc_uncleared(SONO_BINS_ARRAYS * stride, sizeof *p);
    if (!p) {
        return false;
    }
    *col = (SonoBinColumn){
        .n_bins = n_bins,
        .memory = p,
        .power = p,
        .re = p + stride,
        .im = p + 2 * stride,
        .prev_re = p + 3 * stride,
        .prev_im = p + 4 * stride,
        .slice_power = p + 5 * stride,
        .slice_row = (int32_t *)(void *)(p + 6 * stride),
        .row_power = p + 7 * stride,
        .row_re = p + 8 * stride,
        .row_im = p + 9 * stride,
        .row_advance = p + 10 * stride,
        .row_prev_re = p + 11 * stride,
        .row_prev_im = p + 12 * stride,
        .prev_turns = p + 13 * stride,
        .row_per_turn = p + 14 * stride,
    };
    return true;
}

void sono_bins_free(SonoBinColumn *col)
{
    sono_free(col->memory);
    *col = (SonoBinColumn){0};
}

bool sono_texels_init(SonoTexelBlock *block, size_t n_rows)
{
    block->stride = (n_rows + 15) & ~(size_t)15;
    block->level_db = sono_alloc_uncleared(2 * SONO_TEXEL_BLOCK * block->stride, sizeof(float));
    block->second = block->level_db ? block->level_db + SONO_TEXEL_BLOCK * block->stride : NULL;
    return block->level_db != NULL;
}

void sono_texels_free(SonoTexelBlock *block)
{
    sono_free(block->level_db);
    *block = (SonoTexelBlock){0};
}

void sono_bins_reset(SonoBinColumn *col)
{
    col->empty = true;
}

SONO_CLONES static void split(const SonoCplx *restrict z, size_t n, float *restrict re, float *restrict im)
{
    for (size_t k = 0; k < n; k++) {
        re[k] = z[k].re;
        im[k] = z[k].im;
    }
}

SONO_CLONES static void powers(const SonoCplx *restrict z, size_t n, float *restrict power)
{
    for (size_t k = 0; k < n; k++) {
        power[k] = z[k].re * z[k].re + z[k].im * z[k].im;
    }
}

SONO_CLONES static void louder_powers(const SonoCplx *restrict z, size_t n, float *restrict power)
{
    for (size_t k = 0; k < n; k++) {
        const float p = z[k].re * z[k].re + z[k].im * z[k].im;
        power[k] = SONO_KMAX(p, power[k]);
    }
}

SONO_CLONES static void next_slice(const SonoCplx *restrict z, size_t n, int32_t row, float *restrict power,
                                   int32_t *restrict row_at)
{
    for (size_t k = 0; k < n; k++) {
        const float p = z[k].re * z[k].re + z[k].im * z[k].im;
        const float best = power[k];
        const int32_t louder = -(int32_t)(p > best); /* a mask: with a condition gcc makes a branch and no vectors */
        row_at[k] = (row & louder) | (row_at[k] & ~louder);
        power[k] = SONO_KMAX(p, best);
    }
}

static void take_slice(SonoBinColumn *col, SonoTexelKind kind, const SonoCplx *z, size_t pitch)
{
    powers(z, col->n_bins, col->power);
    split(z, col->n_bins, col->re, col->im);
    if (kind == SONO_TEXEL_DEVIATION) {
        split(z - pitch, col->n_bins, col->prev_re, col->prev_im);
    }
}

/* The loudest of a run of slices replaces what is kept of a bin if it is louder than that. */
static void merge(SonoBinColumn *col, SonoTexelKind kind, const SonoCplx *coef, size_t pitch)
{
    for (size_t k = 0; k < col->n_bins; k++) {
        if (!(col->slice_power[k] > col->power[k])) {
            continue;
        }
        const SonoCplx *z = coef + (size_t)col->slice_row[k] * pitch + k;
        col->power[k] = col->slice_power[k];
        col->re[k] = z->re;
        col->im[k] = z->im;
        if (kind == SONO_TEXEL_DEVIATION) {
            const SonoCplx *prev = z - pitch;
            col->prev_re[k] = prev->re;
            col->prev_im[k] = prev->im;
        }
    }
}

void sono_bins_add(SonoBinColumn *col, SonoTexelKind kind, const SonoCplx *coef, size_t pitch, int32_t row0,
                   int32_t row1)
{
    const size_t n = col->n_bins;
    int32_t row = row0;
    if (col->empty && row < row1) {
        col->empty = false;
        if (kind == SONO_TEXEL_LEVEL_ONLY) {
            powers(coef + (size_t)row * pitch, n, col->power);
        } else {
            take_slice(col, kind, coef + (size_t)row * pitch, pitch);
        }
        row++;
    }
    if (row >= row1) {
        return;
    }
    if (kind == SONO_TEXEL_LEVEL_ONLY) {
        for (; row < row1; row++) {
            louder_powers(coef + (size_t)row * pitch, n, col->power);
        }
        return;
    }
    memcpy(col->slice_power, col->power, n * sizeof *col->power); /* a slice that is no louder leaves no trace */
    memset(col->slice_row, 0, n * sizeof *col->slice_row);
    for (; row < row1; row++) {
        next_slice(coef + (size_t)row * pitch, n, row, col->slice_power, col->slice_row);
    }
    merge(col, kind, coef, pitch);
}

/* Rounding must not leave a texel of silence a hair above the floor. */
#define NEAR_FLOOR_DB (SONO_TILE_FLOOR_DB + 1e-3f)

SONO_CLONES static void levels(const float *restrict power, size_t n, float scale, float *restrict level_db)
{
    for (size_t r = 0; r < n; r++) {
        const float db = sono_power_to_db(power[r] * scale);
        level_db[r] = db > NEAR_FLOOR_DB ? db : SONO_TILE_FLOOR_DB;
    }
}

SONO_CLONES static void phases(const float *restrict re, const float *restrict im, size_t n, float *restrict turns)
{
    for (size_t r = 0; r < n; r++) {
        turns[r] = sono_phase_turns(sono_bin(re[r], im[r]));
    }
}

/* Phase has advanced by advance + deviation / bins_per_turn turns since the slice before. In: turns, prev; out: turns.
 */
SONO_CLONES static void deviations(const float *restrict prev, const float *restrict advance,
                                   const float *restrict bins_per_turn, const float *restrict level_db, size_t n,
                                   float *restrict turns)
{
    for (size_t r = 0; r < n; r++) {
        const float d = turns[r] - prev[r] - advance[r];
        const float wrapped = d - SONO_KFLOOR(d + 0.5f);
        turns[r] = level_db[r] > SONO_TILE_FLOOR_DB ? wrapped * bins_per_turn[r] : 0.0f; /* silence has no frequency */
    }
}

static size_t loudest_bin(const float *power, size_t first, size_t end)
{
    size_t best = first;
    for (size_t k = first + 1; k < end; k++) {
        best = power[k] > power[best] ? k : best;
    }
    return best;
}

/* Loudest power of each row of 2^level_f bins. */
SONO_CLONES static void max_powers(const SonoBinColumn *col, int level_f, size_t row0, size_t row1)
{
    for (size_t r = row0; r < row1; r++) {
        const size_t first = r << level_f;
        const size_t end = (r + 1) << level_f < col->n_bins ? (r + 1) << level_f : col->n_bins;
        float best = col->power[first];
        for (size_t k = first + 1; k < end; k++) {
            best = SONO_KMAX(col->power[k], best);
        }
        col->row_power[r] = best;
    }
}

/* The loudest bin of every row. */
static void pick_rows(SonoBinColumn *col, SonoTexelKind kind, int level_f, size_t row0, size_t row1,
                      const float *advance, const float *bins_per_turn)
{
    for (size_t r = row0; r < row1; r++) {
        const size_t end = (r + 1) << level_f < col->n_bins ? (r + 1) << level_f : col->n_bins;
        const size_t k = loudest_bin(col->power, r << level_f, end);
        col->row_power[r] = col->power[k];
        col->row_re[r] = col->re[k];
        col->row_im[r] = col->im[k];
        if (kind == SONO_TEXEL_DEVIATION) {
            col->row_prev_re[r] = col->prev_re[k];
            col->row_prev_im[r] = col->prev_im[k];
            col->row_advance[r] = advance[k];
            col->row_per_turn[r] = bins_per_turn[k];
        }
    }
}

void sono_texels_finish(SonoBinColumn *col, SonoTexelKind kind, int level_f, size_t row0, size_t row1,
                        const float *advance, float scale, const float *bins_per_turn, SonoTexelBlock *block, size_t j)
{
    float *level_db = block->level_db + j * block->stride;
    float *second = block->second + j * block->stride;
    const size_t n = row1 - row0;
    const bool own = level_f == 0; /* rows are bins */
    if (kind == SONO_TEXEL_LEVEL_ONLY) {
        if (!own) {
            max_powers(col, level_f, row0, row1);
        }
        levels((own ? col->power : col->row_power) + row0, n, scale, level_db);
        memset(second, 0, n * sizeof *second);
        return;
    }
    if (!own) {
        pick_rows(col, kind, level_f, row0, row1, advance, bins_per_turn);
    }
    levels((own ? col->power : col->row_power) + row0, n, scale, level_db);
    phases((own ? col->re : col->row_re) + row0, (own ? col->im : col->row_im) + row0, n, second);
    if (kind == SONO_TEXEL_DEVIATION) {
        phases((own ? col->prev_re : col->row_prev_re) + row0, (own ? col->prev_im : col->row_prev_im) + row0, n,
               col->prev_turns);
        deviations(col->prev_turns, (own ? advance : col->row_advance) + row0,
                   (own ? bins_per_turn : col->row_per_turn) + row0, level_db, n, second);
    }
}
