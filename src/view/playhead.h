/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The play cursor and the playhead: thin lines over all parts of the stage that share the canvas's time. A widget of
 * its own that takes no events: a line that moves draws two lines again and nothing below them. Main thread. */
#pragma once
#include "sono_canvas.h"

#define SONO_TYPE_PLAYHEAD (sono_playhead_get_type())
G_DECLARE_FINAL_TYPE(SonoPlayhead, sono_playhead, SONO, PLAYHEAD, GtkWidget)

GtkWidget *sono_playhead_new(SonoCanvas *canvas);

/* Where the parts are, in the stage's pixels; height 0: not shown. */
typedef struct PlayheadPlaces {
    int x_px, width_px; /* of all of them */
    int overview_y_px, overview_height_px;
    int top_px; /* of the waveform, or the time ruler without it */
    int ruler_y_px, ruler_height_px;
    int canvas_y_px, canvas_height_px;
} PlayheadPlaces;
void sono_playhead_set_places(SonoPlayhead *playhead, const PlayheadPlaces *places);
/* Seconds; head_s NAN: nothing is playing. */
void sono_playhead_set(SonoPlayhead *playhead, double cursor_s, double head_s);
