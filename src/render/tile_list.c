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

SonoStatus tile_list_add(SonoTileList *list, const SonoDrawStrip *draw, SonoError *err)
{
    if (list->n == list->cap) {
        const size_t cap = list->cap ? 2 * list->cap : 32;
        SonoDrawStrip *more = sono_realloc_array(list->strips, cap, sizeof *more);
        if (!more) {
            sono_strip_unref(draw->strip);
            return sono_fail(err, SONO_E_NOMEM, "no memory for the picture");
        }
        list->strips = more;
        list->cap = cap;
    }
    list->strips[list->n++] = *draw;
    return SONO_OK;
}

static bool is_stale(const SonoDrawStrip *draw)
{
    return draw->stale1_s > draw->stale0_s;
}

static void reverse(SonoDrawStrip *strips, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        const SonoDrawStrip swapped = strips[i];
        strips[i] = strips[n - 1 - i];
        strips[n - 1 - i] = swapped;
    }
}

SonoStatus tile_list_add_stale(SonoTileList *list, SonoError *err)
{
    const size_t n = list->n;
    SonoStatus status = SONO_OK;
    for (size_t i = 0; i < n && status == SONO_OK; i++) {
        if (is_stale(&list->strips[i])) {
            SonoDrawStrip whole = list->strips[i];
            whole.stale0_s = whole.stale1_s = 0.0;
            whole.strip = sono_strip_ref(whole.strip);
            status = tile_list_add(list, &whole, err);
        }
    }
    /* the new ones to the front */
    reverse(list->strips, n);
    reverse(list->strips + n, list->n - n);
    reverse(list->strips, list->n);
    return status;
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
        const bool stale = t_s > list->strips[i].stale0_s && t_s < list->strips[i].stale1_s;
        if (stale || col < 0.0 || col >= SONO_TILE_INNER || row >= s->n_rows) {
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
