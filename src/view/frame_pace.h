/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When frames are drawn: whether the view is moving (then speed matters more than sharpness), and how long frames take.
 * Times are those of sono_now_s(). No GTK. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Changes that follow each other within this are a movement. */
#define FRAME_PACE_STILL_S 0.12
#define FRAME_PACE_MAX_GAPS 2048

typedef struct FramePace {
    bool moving;
    double changed_s; /* the last change */
    double began_s;   /* the last frame */
    double ended_s;
    bool began_moving; /* the last frame was one of a movement */
    unsigned n_frames;
    size_t n_gaps, n_draws;
    double gap_ms[FRAME_PACE_MAX_GAPS];  /* between the starts of frames of one movement */
    double draw_ms[FRAME_PACE_MAX_GAPS]; /* inside the render handler */
} FramePace;

/* The view has changed. A slow frame does not end a movement: the time in it does not count. */
void frame_pace_change(FramePace *p, double now_s);
/* True once after a movement has ended: draw sharply. */
bool frame_pace_settle(FramePace *p, double now_s);
void frame_pace_begin(FramePace *p, double now_s);
void frame_pace_end(FramePace *p, double now_s);
/* Median and longest of values (which are sorted); 0 if there are none. */
double frame_pace_median(double *values, size_t n);
