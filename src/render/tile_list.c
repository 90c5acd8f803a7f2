/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of strips to draw, and what they say about a place. */
#include "tile_list.h"

#include "sono_mem.h"

#include <math.h>

void tile_list_reset(SonoTileList *list)
{
    for (size_t i = 0; i < list->n; i++) {
        sono_strip_unref(list->strips[i].strip);
    }
    list->n = 0;
    list->complete = list->current = list->exact = false;
}

void sono_tile_list_clear(SonoTileList *list)
{
    tile_list_reset(list);
    sono_free(list->strips);
    *list = (SonoTileList){0};
}

SonoStatus tile_list_add(SonoTileList *list, SonoStrip *strip, double p0, double p1, int taps_t, int taps_f,
                         bool fallback, SonoError *err)
{
    if (list->n == list->cap) {
        const size_t cap = list->cap ? 2 * list->cap : 32;
        SonoDrawStrip *more = sono_realloc_array(list->strips, cap, sizeof *more);
        if (!more) {
            sono_strip_unref(strip);
            return sono_fail(err, SONO_E_NOMEM, "no memory for the picture");
        }
        list->strips = more;
        list->cap = cap;
    }
    list->strips[list->n++] = (SonoDrawStrip){strip, p0, p1, taps_t, taps_f, fallback};
    return SONO_OK;
}

float sono_tile_list_level(const SonoTileList *list, const SonoPlan *plan, double t_s, double freq_hz)
{
    const double slice = t_s * plan->rate_hz / (double)plan->slice_hop + 0.5;
    const double bin = freq_hz / (sono_plan_freq_hz(plan, 1) - sono_plan_freq_hz(plan, 0)) + 0.5;
    if (!(slice >= 0.0 && bin >= 0.0)) {
        return SONO_TILE_FLOOR_DB;
    }
    /* drawn last, seen first */
    for (size_t i = list->n; i-- > 0;) {
        const SonoStrip *s = list->strips[i].strip;
        const double col = floor(ldexp(slice, -s->key.level_t)) - (double)s->key.x * SONO_TILE_INNER;
        const double row = floor(ldexp(bin, -s->key.level_f));
        if (col < 0.0 || col >= SONO_TILE_INNER || row >= s->n_rows) {
            continue;
        }
        const float *texels = sono_strip_tile(s, (int32_t)row / SONO_TILE_INNER);
        if (!texels) {
            continue;
        }
        const size_t y = (size_t)row % SONO_TILE_INNER + 1;
        return texels[2 * (y * SONO_TILE_TEXELS + (size_t)col + 1)];
    }
    return SONO_TILE_FLOOR_DB;
}
