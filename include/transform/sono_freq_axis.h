/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frequency scales, and axes of pictures on them: position 0 (bottom) .. 1 (top) <-> Hz.
 *
 * Every scale is one of three laws, so that a shader needs three formulas for all of them and for the rows of every
 * plan:  LINEAR f,  LOG log2(f + shift),  RECIPROCAL -1 / (f + shift).
 *   log   LOG, shift 0
 *   mel   LOG, shift 700: mel(f) = 2595 log10(1 + f / 700)  (O'Shaughnessy 1987)
 *   erb   LOG, shift 1 / 0.00437: ERB rate(f) = 21.4 log10(1 + 0.00437 f)  (Glasberg, Moore, Hear. Res. 47, 1990)
 *   bark  RECIPROCAL, shift 1960: z(f) = 26.81 f / (1960 + f) - 0.53  (Traunmueller, JASA 88(1), 1990) */
#pragma once
#include "sono_error.h"

typedef enum SonoWarp { SONO_WARP_LINEAR, SONO_WARP_LOG, SONO_WARP_RECIPROCAL } SonoWarp;
typedef struct SonoScaleLaw {
    SonoWarp warp;
    double shift_hz;
} SonoScaleLaw;
/* Strictly rising; LOG and RECIPROCAL need freq_hz + shift_hz > 0 (less is taken as 1e-9). RECIPROCAL stays below 0:
 * from there on sono_unwarp() gives INFINITY. */
double sono_warp(SonoScaleLaw law, double freq_hz);
double sono_unwarp(SonoScaleLaw law, double y);

typedef enum SonoAxisScale {
    SONO_SCALE_LINEAR,
    SONO_SCALE_LOG,
    SONO_SCALE_MEL,
    SONO_SCALE_ERB,
    SONO_SCALE_BARK
} SonoAxisScale;
#define SONO_N_SCALES 5
extern const SonoScaleLaw sono_scale_laws[SONO_N_SCALES];
extern const char *const sono_scale_names[]; /* NULL-ended: "linear", "log", "mel", "erb", "bark" */

typedef struct SonoFreqAxis {
    SonoAxisScale scale;
    double f0_hz, f1_hz; /* bottom and top; LOG needs f0_hz > 0 */
} SonoFreqAxis;

double sono_freq_axis_hz(const SonoFreqAxis *axis, double position); /* exact at 0 and 1 */
double sono_freq_axis_position(const SonoFreqAxis *axis, double freq_hz);
