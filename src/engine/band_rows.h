/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The common grid of a FREQ plan whose atoms share one n_fft: row i is at frame i slice_len / n_fft of the sound, in
 * every slice that holds that frame, where it is coefficient i mod n_fft of each band. */
#pragma once
#include <math.h>

#include "sono_plan.h"

static inline int64_t band_rows_ceil_div(int64_t a, int64_t b)
{
    return a / b + (a % b > 0);
}

/* First row of a slice, which has n_fft rows. A slice that is the whole sound is a circle: half of what it has beside
 * the sound comes before it. */
static inline int64_t band_rows_first(const SonoPlan *plan, int64_t slice)
{
    const int64_t before = plan->slice_window ? 0 : (plan->slice_len - plan->for_frames) / 2;
    return band_rows_ceil_div((sono_plan_slice_start(plan, slice) - before) * plan->atoms[0].n_fft, plan->slice_len);
}
static inline double band_rows_frame(const SonoPlan *plan, int64_t row)
{
    return (double)(row * plan->slice_len) / (double)plan->atoms[0].n_fft;
}
/* The coefficient that a row is. */
static inline size_t band_rows_nu(const SonoPlan *plan, int64_t row)
{
    const int64_t nu = row % plan->atoms[0].n_fft;
    return (size_t)(nu < 0 ? nu + plan->atoms[0].n_fft : nu);
}
