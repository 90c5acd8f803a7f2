/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows by formula, centred and symmetric. u = (tap - centre) / length, |u| <= 1/2. Peak 1.
 *   Hann             0.5 + 0.5 cos(2 pi u)
 *   Hamming          0.54 + 0.46 cos(2 pi u)
 *   Blackman-Harris  0.35875 + 0.48829 cos(2 pi u) + 0.14128 cos(4 pi u) + 0.01168 cos(6 pi u)   (4 terms, -92 dB)
 * Source: F. J. Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform",
 * Proc. IEEE 66(1), 1978 (coefficients of the minimum 4-term window: table 1). These are the periodic forms: tap 0 of
 * an even length is u = -1/2. */
#pragma once
#include <stdint.h>

typedef enum SonoWindow { SONO_WINDOW_HANN, SONO_WINDOW_HAMMING, SONO_WINDOW_BLACKMAN_HARRIS } SonoWindow;

extern const char *const sono_window_names[]; /* NULL-ended, in the order of SonoWindow */

double sono_window_value(SonoWindow window, double u);
/* taps[i] = value((i - length/2) / length), i = 0..length-1, integer division: the centre tap is length/2. */
void sono_window_fill(SonoWindow window, int32_t length, double *taps);
/* Half width of the main lobe in units of 1/length Hz*s (bins): 2, 2, 4. */
double sono_window_main_lobe_bins(SonoWindow window);
