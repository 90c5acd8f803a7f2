/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sono_freq_axis.h"

#include <math.h>
#include <stddef.h>

#define MEL_SHIFT_HZ 700.0
#define ERB_PER_HZ 0.00437
#define BARK_SHIFT_HZ 1960.0

const char *const sono_scale_names[] = {"linear", "log", "mel", "erb", "bark", NULL};

const SonoScaleLaw sono_scale_laws[SONO_N_SCALES] = {
    [SONO_SCALE_LINEAR] = {SONO_WARP_LINEAR, 0.0},
    [SONO_SCALE_LOG] = {SONO_WARP_LOG, 0.0},
    [SONO_SCALE_MEL] = {SONO_WARP_LOG, MEL_SHIFT_HZ},
    [SONO_SCALE_ERB] = {SONO_WARP_LOG, 1.0 / ERB_PER_HZ},
    [SONO_SCALE_BARK] = {SONO_WARP_RECIPROCAL, BARK_SHIFT_HZ},
};

double sono_warp(SonoScaleLaw law, double freq_hz)
{
    const double f = fmax(freq_hz + law.shift_hz, 1e-9);
    switch (law.warp) {
    case SONO_WARP_LOG:
        return log2(f);
    case SONO_WARP_RECIPROCAL:
        return -1.0 / f;
    case SONO_WARP_LINEAR:
        break;
    }
    return freq_hz;
}

double sono_unwarp(SonoScaleLaw law, double y)
{
    switch (law.warp) {
    case SONO_WARP_LOG:
        return exp2(y) - law.shift_hz;
    case SONO_WARP_RECIPROCAL:
        return y < 0.0 ? -1.0 / y - law.shift_hz : (double)INFINITY;
    case SONO_WARP_LINEAR:
        break;
    }
    return y;
}

double sono_freq_axis_hz(const SonoFreqAxis *axis, double position)
{
    const SonoScaleLaw law = sono_scale_laws[axis->scale];
    const double a = sono_warp(law, axis->f0_hz);
    const double b = sono_warp(law, axis->f1_hz);
    if (position == 0.0 || position == 1.0) { /* the ends are meant exactly */
        return position > 0.0 ? axis->f1_hz : axis->f0_hz;
    }
    return sono_unwarp(law, a + position * (b - a));
}

double sono_freq_axis_position(const SonoFreqAxis *axis, double freq_hz)
{
    const SonoScaleLaw law = sono_scale_laws[axis->scale];
    const double a = sono_warp(law, axis->f0_hz);
    const double b = sono_warp(law, axis->f1_hz);
    return (sono_warp(law, freq_hz) - a) / (b - a);
}
