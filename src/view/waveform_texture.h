/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The waveforms of all lanes as one texture that reaches beyond the view on both sides, so that a pan moves it and
 * paints nothing. Main thread. */
#pragma once
#include "lane_feed.h"
#include "sono_view_state.h"
#include "wave_paint.h"

/* Frames per pixel below which a line through the samples is drawn. */
#define WAVEFORM_LINE_FRAMES 1.0

typedef struct WaveformTexture {
    GdkTexture *texture; /* or NULL: to be painted */
    /* what it was painted of */
    SonoViewState of;
    WaveLook look;
    int width_px, height_px, scale; /* device pixels */
    double rate_hz;
    double t0_s;    /* at its left edge: a whole number of columns */
    gboolean exact; /* else it is painted again when peaks land */
} WaveformTexture;

void waveform_texture_clear(WaveformTexture *t);
/* Paint what this view shows, unless it is there already. look: colours and scale; its height_px is set here.
 * height_px: of all lanes, in widget pixels. */
void waveform_texture_update(WaveformTexture *t, LaneFeed *feed, const SonoViewState *view, double rate_hz,
                             WaveLook look, int height_px, int scale);
/* Upper edge and height of a lane of the waveform, in widget pixels. */
void waveform_lane(const SonoViewState *view, int lane, double height_px, double *y_px, double *lane_height_px);
