/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Window formulas (sources in sono_window.h). */
#include "sono_window.h"

#include <math.h>
#include <stddef.h>

#define SONO_TWO_PI 6.283185307179586476925

const char *const sono_window_names[] = {"hann", "hamming", "blackman-harris", NULL};

/* Cosine sums a0 + a1 cos(2 pi u) + a2 cos(4 pi u) + a3 cos(6 pi u). */
static const double terms[][4] = {
    [SONO_WINDOW_HANN] = {0.5, 0.5, 0.0, 0.0},
    [SONO_WINDOW_HAMMING] = {0.54, 0.46, 0.0, 0.0},
    [SONO_WINDOW_BLACKMAN_HARRIS] = {0.35875, 0.48829, 0.14128, 0.01168},
};

double sono_window_value(SonoWindow window, double u)
{
    if (u < -0.5 || u > 0.5) {
        return 0.0;
    }
    const double *a = terms[window];
    const double x = SONO_TWO_PI * u;
    return a[0] + a[1] * cos(x) + a[2] * cos(2.0 * x) + a[3] * cos(3.0 * x);
}

void sono_window_fill(SonoWindow window, int32_t length, double *taps)
{
    for (int32_t i = 0; i < length; i++) {
        const int32_t from_centre = i - length / 2;
        taps[i] = sono_window_value(window, (double)from_centre / (double)length);
    }
}

double sono_window_main_lobe_bins(SonoWindow window)
{
    return window == SONO_WINDOW_BLACKMAN_HARRIS ? 4.0 : 2.0;
}
