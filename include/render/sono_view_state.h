/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a canvas looks at: a value. The canvas holds one lane for each channel that is shown, stacked, channel 0 on top;
 * all share time and the frequency axis. sono_view_state_to_sound and _to_px are the only conversions between widget
 * pixels (from the canvas's upper left corner) and seconds and Hz. All functions are pure but for *v; no GTK. */
#pragma once
#include <stdbool.h>

#include "sono_render_view.h"

#define SONO_ALL_LANES (-1)
#define SONO_LANE_GAP_PX 2.0  /* between two lanes */
#define SONO_LANE_MIN_PX 64.0 /* lanes that do not fit are scrolled to (first_lane) */

typedef struct SonoViewState {
    double width_px, height_px; /* of the canvas */
    double t0_s, s_per_px;      /* time at the left edge */
    SonoFreqAxis axis;          /* bottom and top edge of every lane */
    double end_s, nyquist_hz;   /* of the sound */
    double lowest_hz;           /* where the whole of a logarithmic axis starts; 0: at 20 Hz */
    double tuning_hz;           /* of A4, > 0: for notes beside the axis and in readouts */
    double floor_db, ceiling_db;
    const SonoColourMap *map;
    SonoShow show;
    int n_channels;   /* of the sound, >= 1 */
    int only_channel; /* the one that is shown, or SONO_ALL_LANES */
    int first_lane;   /* topmost channel, when not all fit */
} SonoViewState;

/* Upper edge and height, in widget pixels. */
typedef struct SonoLane {
    int channel;
    double y_px, height_px;
} SonoLane;

int sono_view_state_n_lanes(const SonoViewState *v); /* that are seen, >= 1 */
SonoLane sono_view_state_lane(const SonoViewState *v, int lane);
/* The lane at a height; above, below and in a gap the nearest. */
int sono_view_state_lane_at(const SonoViewState *v, double y_px);
/* Show this channel alone, or SONO_ALL_LANES. A channel the sound lacks: all. */
void sono_view_state_set_only_channel(SonoViewState *v, int channel);
void sono_view_state_scroll_lanes(SonoViewState *v, int lanes); /* > 0: down */
/* A sound of so many channels; the lanes that are shown stay as far as there are such. */
void sono_view_state_set_channels(SonoViewState *v, int n_channels);

/* y_px outside the lane is a frequency outside the axis (never below 0 Hz). */
void sono_view_state_to_sound(const SonoViewState *v, int lane, double x_px, double y_px, double *t_s, double *freq_hz);
void sono_view_state_to_px(const SonoViewState *v, int lane, double t_s, double freq_hz, double *x_px, double *y_px);

/* The axis of the whole sound on this scale: how far zooming out goes. */
SonoFreqAxis sono_view_state_whole_axis(const SonoViewState *v);
/* The whole sound, in time and in frequency. */
void sono_view_state_fit(SonoViewState *v);
/* Show this part, with margin (a part of its sides; 0: exactly) around it, as far as the sound and the finest zoom
 * allow. An empty side of the region leaves that axis. */
void sono_view_state_show_region(SonoViewState *v, SonoRegion region, double margin);
/* A widget of another size shows the same part (false: it has this size); a sound of another length keeps the part, or
 * the whole if it did. */
bool sono_view_state_resize(SonoViewState *v, double width_px, double height_px);
void sono_view_state_set_length(SonoViewState *v, double end_s);
void sono_view_state_set_scale(SonoViewState *v, SonoAxisScale scale);
/* Another start of the whole of a logarithmic axis: one that showed it from the bottom does so again. */
void sono_view_state_set_lowest(SonoViewState *v, double lowest_hz);
/* Time at the left edge, as far as the sound goes. */
void sono_view_state_set_start(SonoViewState *v, double t0_s);
/* factor > 1 shows less; what is at the given pixel stays there. */
void sono_view_state_zoom_time(SonoViewState *v, double x_px, double factor);
void sono_view_state_zoom_freq(SonoViewState *v, double y_px, double factor);
/* Move what is seen by pixels to the right and down. */
void sono_view_state_pan(SonoViewState *v, double dx_px, double dy_px);
/* A wheel's steps right and down at a pixel: scroll; with Shift scroll time; with Ctrl zoom time, with both frequency.
 */
void sono_view_state_wheel(SonoViewState *v, double x_px, double y_px, double dx, double dy, bool ctrl, bool shift);
/* "zoom-in", "zoom-out", "zoom-fit", "zoom-in-freq", "zoom-out-freq": about the middle; "pan-left", "pan-right",
 * "pan-up", "pan-down": an eighth of the view; "page-left", "page-right": seven eighths; "go-start", "go-end";
 * "lane-next", "lane-previous" (when one channel is shown: the next one, else scroll). False: no such command. */
bool sono_view_state_command(SonoViewState *v, const char *name);
/* One lane, in device pixels; y_px of the result counts from the canvas's lower edge as GL does. */
SonoRenderView sono_view_state_render_view(const SonoViewState *v, int lane, int px_scale);
