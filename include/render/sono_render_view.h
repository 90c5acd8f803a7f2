/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is looked at: a value, no GL. Pixels are device pixels of the target; y grows upward as in GL. */
#pragma once
#include <stdint.h>

#include "sono_freq_axis.h"
#include "sono_picture.h"
#include "sono_plan.h"

/* LEVEL: dB through the colour map. PHASE: the tiles' second channel (at level 0 the phase, else the deviation of the
 * instantaneous frequency) as hue, the level as brightness. */
typedef enum SonoShow { SONO_SHOW_LEVEL, SONO_SHOW_PHASE } SonoShow;
extern const char *const sono_show_names[]; /* NULL-ended: "level", "phase" */

typedef struct SonoRenderView {
    int x_px, y_px;              /* lower left corner in the target */
    int width_px, height_px;     /* > 0 */
    double t0_s, s_per_px;       /* time at the left edge; > 0 */
    double end_s;                /* of the sound: nothing is drawn before 0 or after it */
    SonoFreqAxis axis;           /* bottom and top edge */
    double floor_db, ceiling_db; /* floor < ceiling */
    const SonoColourMap *map;
    SonoShow show;
} SonoRenderView;

/* A part of the view's height, [p0, p1) as positions on the axis, that is shown from one level of frequency: the level
 * that has one to two texels to a pixel there, or the finest. Where axis and rows follow different laws (an STFT on a
 * logarithmic axis, a constant-Q on a linear one) the level changes along the axis, and may come back. */
#define SONO_MAX_BANDS 17
typedef struct SonoLevelBand {
    int32_t level_f;
    double p0, p1;
    int taps_f; /* 2 where texels are smaller than pixels */
} SonoLevelBand;

typedef struct SonoViewLevels {
    int32_t level_t;
    int taps_t;
    int64_t x0, x1; /* strips [x0, x1) of level_t meet the view */
    int n_bands;
    SonoLevelBand bands[SONO_MAX_BANDS];
} SonoViewLevels;

SonoViewLevels sono_view_levels(const SonoRenderView *view, const SonoPlan *plan);
/* Strips [*x0, *x1) of another level of time that meet the view. */
void sono_view_strips(const SonoRenderView *view, const SonoPlan *plan, int32_t level_t, int64_t *x0, int64_t *x1);
/* Coarsest level of time that is ever useful: one strip holds the whole sound. */
int32_t sono_view_overview_level(const SonoPlan *plan, double end_s);
