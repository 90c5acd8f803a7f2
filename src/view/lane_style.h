/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the widgets around the canvas share: named colours, small text that is shaped once, sharp lines, the canvas they
 * follow. Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "lane_times.h"
#include "sono_canvas.h"

typedef enum LaneColour {
    LANE_BG,
    LANE_RULER_BG,
    LANE_LINE,
    LANE_TICK,
    LANE_TICK_MINOR,
    LANE_TEXT,
    LANE_TEXT_DIM,
    LANE_WAVE,
    LANE_WAVE_RMS,
    LANE_CLIP,
    LANE_ACCENT,
    LANE_SELECTED,
    LANE_FRAME,
    LANE_SHADE,
    LANE_PLAY,
    LANE_KEY_WHITE,
    LANE_KEY_BLACK,
    LANE_KEY_GAP,
    LANE_KEY_TEXT,
    N_LANE_COLOURS
} LaneColour;

/* Part of a widget: zero at first; lane_style_clear at the end. */
typedef struct LaneStyle {
    gboolean known;
    GdkRGBA colours[N_LANE_COLOURS];
    GHashTable *texts;
} LaneStyle;

/* Colours, for all widgets of a display, once; follows dark and light. */
void lane_style_install(void);
/* The theme has changed (from css_changed). */
void lane_style_forget(LaneStyle *style);
void lane_style_clear(LaneStyle *style);
const GdkRGBA *lane_colour(LaneStyle *style, GtkWidget *widget, LaneColour which);
GdkRGBA lane_colour_alpha(LaneStyle *style, GtkWidget *widget, LaneColour which, float alpha);

/* Text with its box at (x, y): align 0 begins there, 0.5 is centred, 1 ends there. */
void lane_text(LaneStyle *style, GtkWidget *widget, GtkSnapshot *snapshot, const char *string, LaneColour colour,
               double x, double y, double align_x, double align_y);
double lane_text_width(LaneStyle *style, GtkWidget *widget, const char *text);
double lane_text_height(LaneStyle *style, GtkWidget *widget);

/* As GDK_MEMORY_DEFAULT has it, opaque; and a texture of such pixels, which it takes over (g_free). */
guint32 lane_pixel(const GdkRGBA *colour);
GdkTexture *lane_texture(guint32 *pixels, int width_px, int height_px);
void lane_rect(GtkSnapshot *snapshot, const GdkRGBA *colour, double x, double y, double width, double height);
/* To a whole device pixel. */
double lane_snap(GtkWidget *widget, double px);

/* The view of the canvas's scene, or NULL when there is none (any more). */
SonoViewState *lane_view(SonoCanvas *canvas);
/* Draw the widget again on this signal of the canvas, as long as both live. */
void lane_follow(GtkWidget *widget, SonoCanvas *canvas, const char *signal);
/* Position and length of a span of time on the canvas, cut to [0, width]. FALSE: nothing of it is seen. */
gboolean lane_span_px(const SonoViewState *view, double t0_s, double t1_s, double *x0_px, double *x1_px);
/* The selection's bounds, and where along time it is (either may be NULL); FALSE: nothing is selected. channel: -1:
 * all. */
gboolean lane_selection(SonoCanvas *canvas, SonoRegion *region, LaneTimes *times, int *channel);
/* Wheel steps as the view state takes them: with the modifiers held. */
void lane_wheel(GtkEventControllerScroll *scroll, SonoCanvas *canvas, double x_px, double y_px, double dx, double dy,
                gboolean ctrl, gboolean shift);
