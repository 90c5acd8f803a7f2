/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which levels of the tile pyramid a view needs. */
#include "sono_render_view.h"

#include "sono_tile.h"

#include <math.h>

#define MAX_LEVEL_T 30
#define MAX_LEVEL_F 16

/* How far a density must be past a border between levels to count as past it: else rounding would make bands. */
#define BORDER 1e-6

/* Seconds per column. */
static double column_s(const SonoPlan *plan)
{
    return (double)plan->picture_hop / plan->rate_hz;
}

static int32_t level_for(double texels_per_px, int32_t max_level)
{
    if (!(texels_per_px >= 2.0)) {
        return 0;
    }
    const int32_t level = (int32_t)floor(log2(texels_per_px));
    return level < max_level ? level : max_level;
}

void sono_view_strips(const SonoRenderView *view, const SonoPlan *plan, int32_t level_t, int64_t *x0, int64_t *x1)
{
    const double strip_s = ldexp(column_s(plan), level_t) * SONO_TILE_INNER;
    const double half_s = 0.5 * column_s(plan); /* a column's cell reaches half a hop to both sides of its centre */
    const double from_s = fmax(0.0, view->t0_s);
    const double to_s = fmin(view->end_s, view->t0_s + view->s_per_px * view->width_px);
    *x0 = (int64_t)floor((from_s + half_s) / strip_s);
    *x1 = to_s > from_s ? (int64_t)ceil((to_s + half_s) / strip_s) : *x0;
}

int32_t sono_view_overview_level(const SonoPlan *plan, double end_s)
{
    return level_for(2.0 * end_s / (column_s(plan) * SONO_TILE_INNER), MAX_LEVEL_T);
}

/* Rows of the picture that a pixel row shows. */
typedef struct PixelRows {
    double density;
    bool whole; /* not at the edge of the picture or outside of it */
} PixelRows;

static PixelRows rows_of_pixel(const SonoRenderView *view, const SonoPlan *plan, int y)
{
    const double h = view->height_px;
    const double top = plan->n_rows - 0.5;
    const double lo = sono_plan_row_at(plan, sono_freq_axis_hz(&view->axis, y / h));
    const double hi = sono_plan_row_at(plan, sono_freq_axis_hz(&view->axis, (y + 1) / h));
    return (PixelRows){.density = fmin(fmax(hi, -0.5), top) - fmin(fmax(lo, -0.5), top),
                       .whole = lo >= -0.5 && hi <= top};
}

static int32_t max_i32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* The level for a pixel row above a band of another level, which goes on where that is as good. The density may rise
 * and fall along the axis. */
static int32_t next_level(int32_t level_f, PixelRows rows)
{
    const int32_t least = level_for(rows.density * (1.0 - BORDER), MAX_LEVEL_F);
    const int32_t most = level_for(rows.density * (1.0 + BORDER), MAX_LEVEL_F);
    if (!rows.whole) {
        return max_i32(level_f, least);
    }
    return level_f < least ? least : level_f > most ? most : level_f;
}

/* That of the lowest pixel row: of what is next to it where it is not whole. */
static int32_t first_level(const SonoRenderView *view, const SonoPlan *plan)
{
    int32_t level = 0;
    for (int y = 0; y < view->height_px; y++) {
        const PixelRows rows = rows_of_pixel(view, plan, y);
        level = max_i32(level, level_for(rows.density, MAX_LEVEL_F));
        if (rows.whole) {
            break;
        }
    }
    return level;
}

static void add_bands(const SonoRenderView *view, const SonoPlan *plan, SonoViewLevels *out)
{
    int32_t level_f = first_level(view, plan);
    for (int y = 0; y < view->height_px; y++) {
        const PixelRows rows = rows_of_pixel(view, plan, y);
        SonoLevelBand *band = out->n_bands > 0 ? &out->bands[out->n_bands - 1] : NULL;
        level_f = next_level(level_f, rows);
        if (!band || (level_f != band->level_f && out->n_bands < SONO_MAX_BANDS)) {
            band = &out->bands[out->n_bands++];
            *band = (SonoLevelBand){.level_f = level_f, .p0 = (double)y / view->height_px, .taps_f = 1};
        }
        if (ldexp(rows.density, -band->level_f) > 1.0 + BORDER) {
            band->taps_f = 2;
        }
        band->p1 = (double)(y + 1) / view->height_px;
    }
}

SonoViewLevels sono_view_levels(const SonoRenderView *view, const SonoPlan *plan)
{
    SonoViewLevels out = {0};
    const double columns_per_px = view->s_per_px / column_s(plan);
    out.level_t = level_for(columns_per_px, MAX_LEVEL_T);
    out.taps_t = ldexp(columns_per_px, -out.level_t) > 1.0 ? 2 : 1;
    sono_view_strips(view, plan, out.level_t, &out.x0, &out.x1);
    add_bands(view, plan, &out);
    return out;
}
