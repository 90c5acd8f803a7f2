/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A canvas with everything that the widgets around it need, laid out as on the stage, in a window of its own. */
#pragma once
#include "sono_lanes.h"

typedef struct Lanes {
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoClip *clip;
    GtkWidget *window, *grid;
    SonoCanvas *canvas;
    GtkWidget *overview, *waveform, *time_ruler, *freq_ruler, *colour_bar;
} Lanes;

/* sound: a file, or NULL for 4 s of two channels made here (a glide that exceeds full scale at times, and pulses). */
void lanes_open(Lanes *lanes, const char *sound, int width_px, int height_px);
void lanes_close(Lanes *lanes);
SonoViewState *lanes_view(Lanes *lanes);
/* Turn the main loop until done(ctx), at most timeout_s. */
gboolean lanes_wait(gboolean (*done)(gpointer ctx), gpointer ctx, double timeout_s);
/* Until the picture has settled and nothing has happened for a while. */
void lanes_settle(Lanes *lanes);
/* What a real pointer and keyboard do: commands of xdotool. */
void lanes_xdo(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Pointer to (x, y) of the widget. */
void lanes_move(Lanes *lanes, GtkWidget *widget, double x, double y);
/* The window as it is drawn, as pixels of width x height (caller unrefs); its renderer's time in ms in *ms, if not
 * NULL. */
GdkTexture *lanes_picture(GtkWidget *widget, double *ms);
