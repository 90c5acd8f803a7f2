/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sono_follow.h"

#include <math.h>

#define SCROLL_AT 0.333 /* of the view: what comes is worth more room than what was */
#define PAGE_AT 0.02    /* a new page begins a little before the playhead */

const char *const sono_follow_names[] = {"off", "page", "scroll", NULL};

void sono_follow_resume(SonoFollow *f)
{
    f->suspended = false;
    f->knows = false;
}

static bool was_moved(const SonoFollow *f, const SonoViewState *v)
{
    return f->knows && f->s_per_px == v->s_per_px && f->t0_s != v->t0_s;
}

/* In whole pixels: tiles are then drawn as they were, only elsewhere. */
static void show_from(SonoViewState *v, double t0_s)
{
    sono_view_state_set_start(v, v->t0_s + round((t0_s - v->t0_s) / v->s_per_px) * v->s_per_px);
}

bool sono_follow_step(SonoFollow *f, SonoViewState *v, double t_s)
{
    const double before_s = v->t0_s;
    const double seen_s = v->width_px * v->s_per_px;
    f->suspended = f->suspended || was_moved(f, v);
    if (f->mode != SONO_FOLLOW_OFF && !f->suspended && seen_s > 0.0 && v->s_per_px > 0.0) {
        if (f->mode == SONO_FOLLOW_SCROLL) {
            show_from(v, t_s - SCROLL_AT * seen_s);
        } else if (t_s < v->t0_s || t_s >= v->t0_s + seen_s) {
            sono_view_state_set_start(v, t_s - PAGE_AT * seen_s);
        }
    }
    f->knows = true;
    f->t0_s = v->t0_s;
    f->s_per_px = v->s_per_px;
    return v->t0_s != before_s;
}
