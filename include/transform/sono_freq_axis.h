/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frequency axes of pictures: position 0 (bottom) .. 1 (top) <-> Hz. */
#pragma once
#include "sono_error.h"

typedef enum SonoAxisScale { SONO_SCALE_LINEAR, SONO_SCALE_LOG, SONO_SCALE_MEL } SonoAxisScale;
typedef struct SonoFreqAxis {
    SonoAxisScale scale;
    double f0_hz, f1_hz; /* bottom and top; LOG needs f0_hz > 0 */
} SonoFreqAxis;

extern const char *const sono_scale_names[]; /* NULL-ended: "linear", "log", "mel" */
double sono_freq_axis_hz(const SonoFreqAxis *axis, double position);
double sono_freq_axis_position(const SonoFreqAxis *axis, double freq_hz);
/* mel(f) = 2595 log10(1 + f / 700)  (O'Shaughnessy 1987) */
double sono_mel_from_hz(double freq_hz);
double sono_hz_from_mel(double mel);
