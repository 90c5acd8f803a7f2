/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the stage around the canvas, each a widget of its own that follows the canvas's signals. Main thread.
 * Each can be told to draw again with gtk_widget_queue_draw. */
#pragma once
#include "sono_canvas.h"
#include "sono_peaks_feed.h"
#include "sono_readout.h"

/* Waveform of every lane's channel (minimum, maximum, rms), over the canvas's time; dragging selects time. */
#define SONO_TYPE_WAVEFORM (sono_waveform_get_type())
G_DECLARE_FINAL_TYPE(SonoWaveform, sono_waveform, SONO, WAVEFORM, GtkWidget)
GtkWidget *sono_waveform_new(SonoCanvas *canvas, SonoEngine *engine);
void sono_waveform_set_sound(SonoWaveform *waveform, const SonoClip *clip, double end_s);

/* The whole sound as a thin waveform with the view as a window that can be dragged, resized and set by a click. */
#define SONO_TYPE_OVERVIEW (sono_overview_get_type())
G_DECLARE_FINAL_TYPE(SonoOverview, sono_overview, SONO, OVERVIEW, GtkWidget)
GtkWidget *sono_overview_new(SonoCanvas *canvas, SonoEngine *engine);
void sono_overview_set_sound(SonoOverview *overview, const SonoClip *clip, double end_s);

/* Time along the top; the pointer's place and the selection are marked. Wheel zooms, dragging pans. */
#define SONO_TYPE_TIME_RULER (sono_time_ruler_get_type())
G_DECLARE_FINAL_TYPE(SonoTimeRuler, sono_time_ruler, SONO, TIME_RULER, GtkWidget)
GtkWidget *sono_time_ruler_new(SonoCanvas *canvas);
void sono_time_ruler_set_format(SonoTimeRuler *ruler, SonoTimeFormat format);

/* Frequency along the left side of every lane. Wheel zooms, dragging pans. */
#define SONO_TYPE_FREQ_RULER (sono_freq_ruler_get_type())
G_DECLARE_FINAL_TYPE(SonoFreqRuler, sono_freq_ruler, SONO, FREQ_RULER, GtkWidget)
GtkWidget *sono_freq_ruler_new(SonoCanvas *canvas);
void sono_freq_ruler_set_format(SonoFreqRuler *ruler, SonoFreqFormat format);

/* Colours and their dB: dragging the ends moves floor and ceiling, dragging between them both; the wheel moves both,
 * with Ctrl the range; a double click gives the default back. */
#define SONO_TYPE_COLOUR_BAR (sono_colour_bar_get_type())
G_DECLARE_FINAL_TYPE(SonoColourBar, sono_colour_bar, SONO, COLOUR_BAR, GtkWidget)
GtkWidget *sono_colour_bar_new(SonoCanvas *canvas);
