/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which levels of the tile pyramid a view needs. */
#include "sono_render_view.h"

#include "sono_tile.h"

#include <math.h>

#define MAX_LEVEL_T 30
#define MAX_LEVEL_F 16

/* Seconds per slice. */
static double slice_s(const SonoPlan *plan)
{
    return (double)plan->slice_hop / plan->rate_hz;
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
    const double strip_s = ldexp(slice_s(plan), level_t) * SONO_TILE_INNER;
    const double half_s = 0.5 * slice_s(plan); /* a slice's cell reaches half a hop to both sides of its centre */
    const double from_s = fmax(0.0, view->t0_s);
    const double to_s = fmin(view->end_s, view->t0_s + view->s_per_px * view->width_px);
    *x0 = (int64_t)floor((from_s + half_s) / strip_s);
    *x1 = to_s > from_s ? (int64_t)ceil((to_s + half_s) / strip_s) : *x0;
}

int32_t sono_view_overview_level(const SonoPlan *plan, double end_s)
{
    return level_for(2.0 * end_s / (slice_s(plan) * SONO_TILE_INNER), MAX_LEVEL_T);
}

/* Bins that a pixel row at this height covers. */
static double bins_per_px(const SonoRenderView *view, double bin_hz, int row)
{
    const double h = view->height_px;
    return (sono_freq_axis_hz(&view->axis, (row + 1) / h) - sono_freq_axis_hz(&view->axis, row / h)) / bin_hz;
}

SonoViewLevels sono_view_levels(const SonoRenderView *view, const SonoPlan *plan)
{
    SonoViewLevels out = {0};
    const double slices_per_px = view->s_per_px / slice_s(plan);
    out.level_t = level_for(slices_per_px, MAX_LEVEL_T);
    out.taps_t = ldexp(slices_per_px, -out.level_t) > 1.0 ? 2 : 1;
    sono_view_strips(view, plan, out.level_t, &out.x0, &out.x1);

    const double bin_hz = sono_plan_freq_hz(plan, 1) - sono_plan_freq_hz(plan, 0);
    for (int row = 0; row < view->height_px; row++) {
        const double density = bins_per_px(view, bin_hz, row);
        const int32_t level = level_for(density, MAX_LEVEL_F);
        SonoLevelBand *band = out.n_bands > 0 ? &out.bands[out.n_bands - 1] : NULL;
        /* the density only grows upward; a step back by rounding stays in the band */
        if (!band || (level > band->level_f && out.n_bands < SONO_MAX_BANDS)) {
            band = &out.bands[out.n_bands++];
            *band = (SonoLevelBand){.level_f = level, .p0 = (double)row / view->height_px, .taps_f = 1};
        }
        if (ldexp(density, -band->level_f) > 1.0) {
            band->taps_f = 2;
        }
        band->p1 = (double)(row + 1) / view->height_px;
    }
    return out;
}
