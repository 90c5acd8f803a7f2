/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of masks share. */
#pragma once
#include "sono_test.h"

#include <string.h>

#include "sono_mask.h"
#include "sono_mem.h"

enum { COLS = 160, ROWS = 129 };

typedef struct Grid {
    double time_s[COLS], freq_hz[ROWS];
} Grid;

static inline const Grid *grid(void)
{
    static Grid g;
    for (int c = 0; c < COLS; c++) {
        g.time_s[c] = -0.1 + 0.0116 * c;
    }
    for (int r = 0; r < ROWS; r++) {
        g.freq_hz[r] = 62.5 * r;
    }
    return &g;
}

static inline float *render(const SonoMask *mask)
{
    const Grid *g = grid();
    SonoError err = {0};
    float *w = sono_alloc_aligned(COLS * ROWS, sizeof *w);
    assert_non_null(w);
    memset(w, 0x7f, COLS * ROWS * sizeof *w);
    assert_ok(sono_mask_render(mask, g->time_s, COLS, g->freq_hz, ROWS, w, ROWS, &err), err);
    return w;
}

static inline void add(SonoMask *mask, SonoShape shape, SonoCombine combine)
{
    SonoError err = {0};
    shape.combine = combine;
    assert_ok(sono_mask_add(mask, &shape, &err), err);
}

static inline double uniform(uint64_t *seed, double lo, double hi)
{
    return lo + (hi - lo) * (0.5 + 0.5 * (double)sono_test_noise(seed));
}
