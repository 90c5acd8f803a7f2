/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maximum over slices and bins, on power; logarithm and phase once per texel. Loops over whole rows without branches,
 * so that the compiler vectorises them. */
#include "strip_internal.h"

#include "dialect_c.h"
#include "math.kernel.h"

#include "sono_mem.h"
#include "sono_tile.h"

int sono_texels_init(SonoTexelColumn *col, size_t n_rows, size_t n_bins)
{
    const size_t stride = (n_rows + 15) & ~(size_t)15;
    const size_t bins = (n_bins + 15) & ~(size_t)15;
    float *p = sono_alloc_aligned((6 + 2 * SONO_TEXEL_BLOCK) * stride + 2 * bins, sizeof *p);
    if (!p) {
        return 0;
    }
    *col = (SonoTexelColumn){
        .n_rows = n_rows,
        .stride = stride,
        .power = p,
        .re = p + stride,
        .im = p + 2 * stride,
        .prev_re = p + 3 * stride,
        .prev_im = p + 4 * stride,
        .advance = p + 5 * stride,
        .level_db = p + 6 * stride,
        .second = p + (6 + SONO_TEXEL_BLOCK) * stride,
        .bin_power = p + (6 + 2 * SONO_TEXEL_BLOCK) * stride,
        .bin_row = (int32_t *)(void *)(p + (6 + 2 * SONO_TEXEL_BLOCK) * stride + bins),
        .memory = p,
    };
    return 1;
}

void sono_texels_free(SonoTexelColumn *col)
{
    sono_free(col->memory);
    *col = (SonoTexelColumn){0};
}

void sono_texels_reset(SonoTexelColumn *col)
{
    for (size_t r = 0; r < col->n_rows; r++) {
        col->power[r] = -1.0f;
        col->re[r] = col->im[r] = 0.0f;
        col->prev_re[r] = col->prev_im[r] = 0.0f;
        col->advance[r] = 0.0f;
    }
}

static void first_slice(const SonoCplx *restrict z, size_t n_bins, int32_t row, float *restrict power,
                        int32_t *restrict row_at)
{
    for (size_t k = 0; k < n_bins; k++) {
        power[k] = z[k].re * z[k].re + z[k].im * z[k].im;
        row_at[k] = row;
    }
}

static void next_slice(const SonoCplx *restrict z, size_t n_bins, int32_t row, float *restrict power,
                       int32_t *restrict row_at)
{
    for (size_t k = 0; k < n_bins; k++) {
        const float p = z[k].re * z[k].re + z[k].im * z[k].im;
        const float best = power[k];
        const int32_t louder = -(int32_t)(p > best); /* a mask: with a condition gcc makes a branch and no vectors */
        row_at[k] = (row & louder) | (row_at[k] & ~louder);
        power[k] = SONO_KMAX(p, best);
    }
}

void sono_texels_add(SonoTexelColumn *col, SonoTexelKind kind, const SonoCplx *coef, size_t pitch, int32_t row0,
                     int32_t row1, size_t n_bins, int level_f, const float *advance)
{
    first_slice(coef + (size_t)row0 * pitch, n_bins, row0, col->bin_power, col->bin_row);
    for (int32_t row = row0 + 1; row < row1; row++) {
        next_slice(coef + (size_t)row * pitch, n_bins, row, col->bin_power, col->bin_row);
    }
    for (size_t r = 0; r < col->n_rows; r++) {
        size_t best = r << level_f;
        const size_t end = (r + 1) << level_f < n_bins ? (r + 1) << level_f : n_bins;
        for (size_t k = best + 1; k < end; k++) {
            best = col->bin_power[k] > col->bin_power[best] ? k : best;
        }
        if (!(col->bin_power[best] > col->power[r])) {
            continue;
        }
        const SonoCplx *z = coef + (size_t)col->bin_row[best] * pitch + best;
        col->power[r] = col->bin_power[best];
        col->re[r] = z->re;
        col->im[r] = z->im;
        if (kind == SONO_TEXEL_DEVIATION) {
            const SonoCplx *prev = z - pitch;
            col->prev_re[r] = prev->re;
            col->prev_im[r] = prev->im;
            col->advance[r] = advance[best];
        }
    }
}

/* Rounding must not leave a texel of silence a hair above the floor. */
#define NEAR_FLOOR_DB (SONO_TILE_FLOOR_DB + 1e-3f)

static void levels(const float *restrict power, size_t n, float scale, float *restrict level_db)
{
    for (size_t r = 0; r < n; r++) {
        const float db = sono_power_to_db(power[r] * scale);
        level_db[r] = db > NEAR_FLOOR_DB ? db : SONO_TILE_FLOOR_DB;
    }
}

static void phases(const float *restrict re, const float *restrict im, size_t n, float *restrict turns)
{
    for (size_t r = 0; r < n; r++) {
        turns[r] = sono_phase_turns(sono_bin(re[r], im[r]));
    }
}

/* Phase has advanced by (bin + deviation) * hop / size turns since the slice before. In: turns, prev; out: turns. */
static void deviations(const float *restrict prev, const float *restrict advance, const float *restrict level_db,
                       size_t n, float bins_per_turn, float *restrict turns)
{
    for (size_t r = 0; r < n; r++) {
        const float d = turns[r] - prev[r] - advance[r];
        const float wrapped = d - SONO_KFLOOR(d + 0.5f);
        turns[r] = level_db[r] > SONO_TILE_FLOOR_DB ? wrapped * bins_per_turn : 0.0f; /* silence has no frequency */
    }
}

void sono_texels_finish(SonoTexelColumn *col, SonoTexelKind kind, size_t j, float scale, float bins_per_turn)
{
    float *level_db = col->level_db + j * col->stride;
    float *second = col->second + j * col->stride;
    levels(col->power, col->n_rows, scale, level_db);
    if (kind == SONO_TEXEL_LEVEL_ONLY) {
        memset(second, 0, col->n_rows * sizeof *second);
        return;
    }
    phases(col->re, col->im, col->n_rows, second);
    if (kind == SONO_TEXEL_DEVIATION) {
        phases(col->prev_re, col->prev_im, col->n_rows, col->bin_power); /* scratch by now, and never shorter */
        deviations(col->bin_power, col->advance, level_db, col->n_rows, bins_per_turn, second);
    }
}
