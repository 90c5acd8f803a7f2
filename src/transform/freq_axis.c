/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sono_freq_axis.h"

#include <math.h>
#include <stddef.h>

const char *const sono_scale_names[] = {"linear", "log", "mel", NULL};

double sono_mel_from_hz(double freq_hz)
{
    return 2595.0 * log10(1.0 + freq_hz / 700.0);
}

double sono_hz_from_mel(double mel)
{
    return 700.0 * (pow(10.0, mel / 2595.0) - 1.0);
}

static double warp(SonoAxisScale scale, double freq_hz)
{
    switch (scale) {
    case SONO_SCALE_LOG:
        return log(freq_hz > 1e-9 ? freq_hz : 1e-9);
    case SONO_SCALE_MEL:
        return sono_mel_from_hz(freq_hz);
    case SONO_SCALE_LINEAR:
        break;
    }
    return freq_hz;
}

static double unwarp(SonoAxisScale scale, double y)
{
    switch (scale) {
    case SONO_SCALE_LOG:
        return exp(y);
    case SONO_SCALE_MEL:
        return sono_hz_from_mel(y);
    case SONO_SCALE_LINEAR:
        break;
    }
    return y;
}

double sono_freq_axis_hz(const SonoFreqAxis *axis, double position)
{
    const double a = warp(axis->scale, axis->f0_hz);
    const double b = warp(axis->scale, axis->f1_hz);
    return unwarp(axis->scale, a + position * (b - a));
}

double sono_freq_axis_position(const SonoFreqAxis *axis, double freq_hz)
{
    const double a = warp(axis->scale, axis->f0_hz);
    const double b = warp(axis->scale, axis->f1_hz);
    return (warp(axis->scale, freq_hz) - a) / (b - a);
}
