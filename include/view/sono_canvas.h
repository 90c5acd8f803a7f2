/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoCanvas: a scene as a widget: draws it with OpenGL where there is any, else with the CPU painter; pointers, wheel,
 * pinch and pen go to the scene. Main thread.
 * Signals: "edited" (SonoEdit *): a stroke was finished; tell sono_scene_strokes() what becomes of it.
 *          "pointed": what is under the pointer has changed (sono_scene_probe).
 *          "view-changed": time, frequency, range, colours, lanes, size or sound: rulers draw again.
 *          "selection-changed"
 *          "tool-changed": the tool in effect.
 *          "noticed" (const char *): one line for the user.
 *          "located" (double): the user puts the play cursor at this second, here or on a lane around.
 *          "scrubbed" (double, gboolean): the sound is dragged past this second; FALSE: not any more.
 * Properties: "settled" (boolean): the picture is exact and of the sound that was set last. */
#pragma once
#include <gtk/gtk.h>

#include "sono_scene.h"

#define SONO_TYPE_CANVAS (sono_canvas_get_type())
G_DECLARE_FINAL_TYPE(SonoCanvas, sono_canvas, SONO, CANVAS, GtkWidget)

/* engine must outlive the canvas. */
GtkWidget *sono_canvas_new(SonoEngine *engine);
/* Owned by the canvas; after changing anything in it call sono_canvas_refresh, which draws again and emits whichever of
 * view-changed, selection-changed and tool-changed is due. NULL once disposed. */
SonoScene *sono_canvas_scene(SonoCanvas *canvas);
void sono_canvas_refresh(SonoCanvas *canvas);
/* All pointing devices come through here (tests too). */
void sono_canvas_point(SonoCanvas *canvas, const SonoPointer *pointer);
/* The user has put the play cursor there, or drags the sound past there: emits the signals, cut to the sound. */
void sono_canvas_locate(SonoCanvas *canvas, double t_s);
void sono_canvas_scrub(SonoCanvas *canvas, double t_s, gboolean going_on);
/* A frequency that is pointed at beside the canvas (NAN: none), for readouts; emits "pointed". */
void sono_canvas_hint_freq(SonoCanvas *canvas, double freq_hz);
double sono_canvas_hinted_freq(SonoCanvas *canvas);
/* True without OpenGL. */
gboolean sono_canvas_has_no_gl(SonoCanvas *canvas);

/* Frames drawn so far and the longest and median time between the starts of frames that followed each other while the
 * view was moving, in ms, since the last call. For tests and docs/performance.md. */
typedef struct SonoFrameTimes {
    guint n_frames;
    double median_ms, worst_ms, draw_median_ms; /* draw: time inside the render handler */
} SonoFrameTimes;
SonoFrameTimes sono_canvas_take_frame_times(SonoCanvas *canvas);
