/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frame_pace.h"

#include <math.h>
#include <stdlib.h>

/* Time since the last change that was not spent on drawing it. */
static double idle_s(const FramePace *p, double now_s)
{
    const double drawing_s = p->began_s >= p->changed_s ? p->ended_s - p->began_s : 0.0;
    return now_s - p->changed_s - fmax(drawing_s, 0.0);
}

void frame_pace_change(FramePace *p, double now_s)
{
    if (p->changed_s > 0.0 && idle_s(p, now_s) < FRAME_PACE_STILL_S) {
        p->moving = true;
    }
    p->changed_s = now_s;
}

bool frame_pace_settle(FramePace *p, double now_s)
{
    if (p->moving && idle_s(p, now_s) >= FRAME_PACE_STILL_S) {
        p->moving = false;
        return true;
    }
    return false;
}

void frame_pace_begin(FramePace *p, double now_s)
{
    if (p->moving && p->began_moving && p->n_gaps < FRAME_PACE_MAX_GAPS) {
        p->gap_ms[p->n_gaps++] = 1e3 * (now_s - p->began_s);
    }
    p->began_s = now_s;
    p->began_moving = p->moving;
    p->n_frames++;
}

void frame_pace_end(FramePace *p, double now_s)
{
    p->ended_s = now_s;
    if (p->n_draws < FRAME_PACE_MAX_GAPS) {
        p->draw_ms[p->n_draws++] = 1e3 * (now_s - p->began_s);
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

double frame_pace_median(double *values, size_t n)
{
    if (n == 0) {
        return 0.0;
    }
    qsort(values, n, sizeof *values, compare);
    return values[n / 2];
}
