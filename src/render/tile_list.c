/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of strips to draw, and what they say about a place. */
#include "tile_list.h"

#include "sono_mem.h"

#include <math.h>

/* A sine half way between two rows is that much louder than each of them at most, in all plans. */
#define MOST_BETWEEN_ROWS_DB 3.0f

void tile_list_reset(SonoTileList *list)
{
    for (size_t i = 0; i < list->n; i++) {
        sono_strip_unref(list->strips[i].strip);
        sono_plan_unref(list->strips[i].plan);
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
    (void)sono_plan_ref(draw->plan);
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

/* A texel of a strip: where it is. */
typedef struct Place {
    int32_t row, col; /* of level_f; of the strip's tiles */
} Place;

/* False: the place is not in the strip. */
static bool find_place(const SonoDrawStrip *draw, double t_s, double freq_hz, Place *out)
{
    const SonoStrip *s = draw->strip;
    const SonoPlan *plan = draw->plan;
    const double column = t_s * plan->rate_hz / (double)plan->picture_hop + 0.5;
    const double row = sono_plan_row_at(plan, freq_hz) + 0.5;
    const double col = floor(ldexp(column, -s->key.level_t)) - (double)s->key.x * SONO_TILE_INNER;
    const bool stale = t_s > draw->stale0_s && t_s < draw->stale1_s;
    const bool inside =
        !stale && column >= 0.0 && col >= 0.0 && col < SONO_TILE_INNER && row >= 0.0 && row < plan->n_rows;
    if (inside) {
        *out = (Place){(int32_t)floor(ldexp(row, -s->key.level_f)), (int32_t)col};
    }
    return inside;
}

/* NULL: the strip does not hold the row. */
static const float *texel_at(const SonoStrip *s, int32_t row, int32_t col)
{
    const float *texels = row >= 0 && row < s->n_rows ? sono_strip_tile(s, row / SONO_TILE_INNER) : NULL;
    const size_t y = (size_t)(row % SONO_TILE_INNER + 1);
    return texels ? &texels[2 * (y * SONO_TILE_TEXELS + (size_t)col + 1)] : NULL;
}

/* Drawn last, seen first. */
static const SonoDrawStrip *find_seen(const SonoTileList *list, double t_s, double freq_hz, Place *place)
{
    for (size_t i = list->n; i-- > 0;) {
        const SonoDrawStrip *draw = &list->strips[i];
        if (find_place(draw, t_s, freq_hz, place) && texel_at(draw->strip, place->row, place->col)) {
            return draw;
        }
    }
    return NULL;
}

float sono_tile_list_level(const SonoTileList *list, double t_s, double freq_hz)
{
    Place place = {0};
    const SonoDrawStrip *draw = find_seen(list, t_s, freq_hz, &place);
    return draw ? texel_at(draw->strip, place.row, place.col)[0] : SONO_TILE_FLOOR_DB;
}

static float level_of(const SonoStrip *strip, int32_t row, int32_t col)
{
    const float *texel = texel_at(strip, row, col);
    return texel ? texel[0] : SONO_TILE_FLOOR_DB;
}

static float power_of(float level_db)
{
    return level_db > SONO_TILE_FLOOR_DB ? powf(10.0f, 0.1f * level_db) : 0.0f;
}

float sono_tile_list_reading(const SonoTileList *list, double t_s, double freq_hz)
{
    Place at = {0};
    const SonoDrawStrip *draw = find_seen(list, t_s, freq_hz, &at);
    if (!draw || draw->strip->key.level_f > 0) {
        return draw ? level_of(draw->strip, at.row, at.col) : SONO_TILE_FLOOR_DB;
    }
    const SonoStrip *s = draw->strip;
    const float level_db = level_of(s, at.row, at.col);
    int32_t peak = at.row;
    for (int32_t row = at.row - 1; row <= at.row + 1; row++) {
        peak = level_of(s, row, at.col) > level_of(s, peak, at.col) ? row : peak;
    }
    const float peak_db = level_of(s, peak, at.col);
    if (peak_db < level_of(s, peak - 1, at.col) || peak_db < level_of(s, peak + 1, at.col)) {
        return level_db; /* the slope of something that is farther away */
    }
    const int32_t reach = sono_plan_reading_reach(draw->plan);
    float power[2 * SONO_MAX_READING_REACH + 1];
    for (int32_t i = -reach; i <= reach; i++) {
        power[i + reach] = power_of(level_of(s, peak + i, at.col));
    }
    const float sine_db = 10.0f * log10f((float)fmax(sono_plan_reading(draw->plan, peak, power), 1e-20));
    return sine_db <= peak_db + MOST_BETWEEN_ROWS_DB ? sine_db : level_db;
}
