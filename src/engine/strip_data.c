/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texels of a strip: their memory, gutters and edges, and coarser levels of time from finer ones. */
#include "column_job.h"
#include "strip_internal.h"

#include "sono_mem.h"

#include <stdatomic.h>
#include <string.h>

#define LAST (SONO_TILE_TEXELS - 1)

SonoStrip *sono_strip_ref(const SonoStrip *strip)
{
    SonoStrip *s = (SonoStrip *)(uintptr_t)strip; /* the count is the one mutable member */
    (void)atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

void sono_strip_unref(const SonoStrip *strip)
{
    SonoStrip *s = (SonoStrip *)(uintptr_t)strip;
    if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) > 1) {
        return;
    }
    sono_free(s->data);
    sono_free(s);
}

int32_t sono_strip_n_rows(const SonoPlan *plan, int32_t level_f)
{
    const int64_t n_bins = sono_plan_n_bins(plan);
    return (int32_t)((n_bins + (INT64_C(1) << level_f) - 1) >> level_f);
}

const float *sono_strip_tile(const SonoStrip *strip, int32_t i)
{
    const bool held = i >= strip->n_below && i < strip->n_tiles - strip->n_above;
    return held ? strip->data + (size_t)(i - strip->n_below) * STRIP_TILE_FLOATS : NULL;
}

SonoStatus sono_strip_new(const SonoPlan *plan, SonoStripKey key, int32_t tile0, int32_t tile1, SonoStrip **out,
                          SonoError *err)
{
    SonoStrip *s = sono_calloc(1, sizeof *s);
    if (!s) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for tiles");
    }
    atomic_init(&s->refs, 1);
    s->key = key;
    s->n_rows = sono_strip_n_rows(plan, key.level_f);
    s->n_tiles = (s->n_rows + SONO_TILE_INNER - 1) / SONO_TILE_INNER;
    tile1 = tile1 <= 0 || tile1 > s->n_tiles ? s->n_tiles : tile1;
    tile0 = tile0 < 0 || tile0 >= tile1 ? 0 : tile0;
    s->n_below = tile0;
    s->n_above = s->n_tiles - tile1;
    s->data = sono_alloc_uncleared((size_t)(tile1 - tile0), STRIP_TILE_FLOATS * sizeof *s->data);
    if (!s->data) {
        sono_strip_unref(s);
        return sono_fail(err, SONO_E_NOMEM, "no memory for %d tiles", (int)(tile1 - tile0));
    }
    *out = s;
    return SONO_OK;
}

void sono_strip_held_rows(const SonoStrip *strip, int32_t *row0, int32_t *row1)
{
    const int32_t first = SONO_TILE_INNER * strip->n_below - 1;
    const int32_t end = SONO_TILE_INNER * (strip->n_tiles - strip->n_above) + 1;
    *row0 = first < 0 ? 0 : first;
    *row1 = end > strip->n_rows ? strip->n_rows : end;
}

/* One row of one tile, n columns at a time: with a constant n the compiler unrolls it. */
static inline void write_row(float *at, const float *level_db, const float *second, size_t stride, int32_t n)
{
    for (int32_t j = 0; j < n; j++) {
        at[2 * j] = level_db[(size_t)j * stride];
        at[2 * j + 1] = second[(size_t)j * stride];
    }
}

static void silence(float *at, int32_t n)
{
    for (int32_t j = 0; j < n; j++) {
        at[2 * j] = SONO_TILE_FLOOR_DB;
        at[2 * j + 1] = 0.0f;
    }
}

void sono_strip_write(SonoStrip *strip, const SonoTexelBlock *block, int32_t tx, int32_t n)
{
    int32_t row0 = 0;
    int32_t row1 = 0;
    sono_strip_held_rows(strip, &row0, &row1);
    float *at = strip->data + 2 * (size_t)tx;
    for (int32_t i = strip->n_below; i < strip->n_tiles - strip->n_above; i++) {
        for (int32_t y = 0; y < SONO_TILE_TEXELS; y++, at += STRIP_ROW_FLOATS) {
            int32_t row = SONO_TILE_INNER * i + y - 1;
            row = row < 0 ? 0 : row;
            row -= y == LAST && row == strip->n_rows; /* the picture's edge is repeated */
            if (row >= row1) {
                silence(at, n);
                continue;
            }
            const size_t k = (size_t)(row - row0);
            if (n == SONO_TEXEL_BLOCK) {
                write_row(at, block->level_db + k, block->second + k, block->stride, SONO_TEXEL_BLOCK);
            } else {
                write_row(at, block->level_db + k, block->second + k, block->stride, n);
            }
        }
    }
}

static size_t n_held_rows(const SonoStrip *strip)
{
    return (size_t)(strip->n_tiles - strip->n_below - strip->n_above) * SONO_TILE_TEXELS;
}

static void copy_column(SonoStrip *strip, int32_t from, int32_t to)
{
    for (size_t y = 0; y < n_held_rows(strip); y++) {
        float *row = strip->data + y * STRIP_ROW_FLOATS;
        memcpy(row + 2 * to, row + 2 * from, 2 * sizeof *row);
    }
}

void sono_strip_finish_edges(SonoStrip *strip, int64_t col0, int64_t n_cols)
{
    const int64_t n_inside = n_cols - col0;
    if (n_inside < LAST) {
        const int32_t tx = (int32_t)(n_inside < 0 ? 0 : n_inside);
        for (size_t y = 0; y < n_held_rows(strip); y++) {
            silence(strip->data + y * STRIP_ROW_FLOATS + 2 * tx, SONO_TILE_TEXELS - tx);
        }
    } else if (n_inside == LAST) {
        copy_column(strip, LAST - 1, LAST);
    }
    if (col0 < 0) {
        copy_column(strip, 1, 0);
    }
}

bool sono_strip_can_halve(const SonoPlan *plan, int32_t level_t, int32_t level_f)
{
    const SonoPlan *picture = plan->picture ? plan->picture : plan;
    if (level_t < 1 || (level_t == 1 && level_f == 0)) {
        return false; /* level 0 has phases */
    }
    return picture->axis == SONO_AXIS_TIME || band_raster_is_same(picture, level_t - 1, level_t);
}

/* The louder of two texels, the first if they are equal. */
static inline void louder(const float *a, const float *b, float *out)
{
    const bool second = b[0] > a[0];
    out[0] = second ? b[0] : a[0];
    out[1] = second ? b[1] : a[1];
}

/* One row: in[k] is that row of finer[k], or NULL. */
static void halve_row(const float *const in[4], float *out)
{
    const int32_t half = SONO_TILE_INNER / 2;
    for (int32_t i = 0; i < half; i++) {
        louder(in[1] + 2 * (2 * i + 1), in[1] + 2 * (2 * i + 2), out + 2 * (i + 1));
    }
    for (int32_t i = 0; i < half && in[2]; i++) {
        louder(in[2] + 2 * (2 * i + 1), in[2] + 2 * (2 * i + 2), out + 2 * (half + i + 1));
    }
    if (!in[2]) {
        silence(out + 2 * (half + 1), half);
    }
    memcpy(out, in[1], 2 * sizeof *out); /* half of what the gutter should be: what the finer gutter has */
    if (in[0]) {
        louder(in[0] + 2 * (LAST - 2), in[0] + 2 * (LAST - 1), out);
    }
    memcpy(out + 2 * LAST, in[2] ? in[2] + 2 * LAST : out + 2 * (LAST - 1), 2 * sizeof *out);
    if (in[3]) {
        louder(in[3] + 2, in[3] + 4, out + 2 * LAST);
    }
}

SonoStatus sono_strip_halve_time(const SonoPlan *plan, int64_t n_frames, SonoStripKey key, int32_t tile0, int32_t tile1,
                                 const SonoStrip *const finer[4], SonoStrip **out, SonoError *err)
{
    if (!sono_strip_can_halve(plan, key.level_t, key.level_f)) {
        return sono_fail(err, SONO_E_INVALID, "tiles of level %d, %d cannot be made from finer ones", (int)key.level_t,
                         (int)key.level_f);
    }
    SonoStrip *s = NULL;
    const SonoStatus status = sono_strip_new(plan, key, tile0, tile1, &s, err);
    if (status != SONO_OK) {
        return status;
    }
    const int64_t n_cols = column_count(plan, n_frames, key.level_t);
    const int64_t col0 = SONO_TILE_INNER * key.x - 1;
    for (int32_t i = s->n_below; i < s->n_tiles - s->n_above; i++) {
        for (size_t y = 0; y < SONO_TILE_TEXELS; y++) {
            const float *in[4];
            for (int k = 0; k < 4; k++) {
                in[k] = finer[k] ? sono_strip_tile(finer[k], i) + y * STRIP_ROW_FLOATS : NULL;
            }
            const size_t at = (size_t)(i - s->n_below) * SONO_TILE_TEXELS + y;
            halve_row(in, s->data + at * STRIP_ROW_FLOATS);
        }
    }
    s->provisional = (!finer[0] && key.x > 0) || (!finer[3] && col0 + LAST < n_cols);
    for (int k = 0; k < 4; k++) {
        s->provisional = s->provisional || (finer[k] && finer[k]->provisional);
    }
    sono_strip_finish_edges(s, col0, n_cols);
    *out = s;
    return SONO_OK;
}
