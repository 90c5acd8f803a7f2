/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a canvas looks at: a value. sono_view_state_to_sound and _to_px are the only conversions between widget pixels
 * (from the upper left corner) and seconds and Hz. All functions are pure but for *v; no GTK. */
#pragma once
#include <stdbool.h>

#include "sono_render_view.h"

typedef struct SonoViewState {
    double width_px, height_px; /* of the widget */
    double t0_s, s_per_px;      /* time at the left edge */
    SonoFreqAxis axis;          /* bottom and top edge */
    double end_s, nyquist_hz;   /* of the sound */
    double floor_db, ceiling_db;
} SonoViewState;

void sono_view_state_to_sound(const SonoViewState *v, double x_px, double y_px, double *t_s, double *freq_hz);
void sono_view_state_to_px(const SonoViewState *v, double t_s, double freq_hz, double *x_px, double *y_px);

/* The whole sound, in time and in frequency. */
void sono_view_state_fit(SonoViewState *v);
/* A widget of another size shows the same part (false: it has this size); a sound of another length keeps the part, or
 * the whole if it did. */
bool sono_view_state_resize(SonoViewState *v, double width_px, double height_px);
void sono_view_state_set_length(SonoViewState *v, double end_s);
void sono_view_state_set_scale(SonoViewState *v, SonoAxisScale scale);
/* factor > 1 shows less; what is at the given pixel stays there. */
void sono_view_state_zoom_time(SonoViewState *v, double x_px, double factor);
void sono_view_state_zoom_freq(SonoViewState *v, double y_px, double factor);
/* Move what is seen by pixels to the right and down. */
void sono_view_state_pan(SonoViewState *v, double dx_px, double dy_px);
/* A wheel's steps right and down at a pixel: scroll; with Shift scroll time; with Ctrl zoom time, with both frequency.
 */
void sono_view_state_wheel(SonoViewState *v, double x_px, double y_px, double dx, double dy, bool ctrl, bool shift);
/* "zoom-in", "zoom-out", "zoom-fit", "zoom-in-freq", "zoom-out-freq": about the middle. False: no such command. */
bool sono_view_state_command(SonoViewState *v, const char *name);
SonoRenderView sono_view_state_render_view(const SonoViewState *v, int px_scale, const SonoColourMap *map);
