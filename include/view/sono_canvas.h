/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoCanvas: a scene as a widget: draws it with OpenGL where there is any, else with the CPU painter; gestures zoom,
 * pan and paint. Main thread.
 * Signals: "stroked" (SonoEdit *): a stroke was finished; tell sono_scene_strokes() what becomes of it.
 *          "pointed": what is under the pointer has changed (sono_scene_probe).
 *          "noticed" (const char *): one line for the user.
 * Properties: "settled" (boolean): the picture is exact and of the sound that was set last. */
#pragma once
#include <gtk/gtk.h>

#include "sono_scene.h"

#define SONO_TYPE_CANVAS (sono_canvas_get_type())
G_DECLARE_FINAL_TYPE(SonoCanvas, sono_canvas, SONO, CANVAS, GtkWidget)

/* engine must outlive the canvas. */
GtkWidget *sono_canvas_new(SonoEngine *engine);
/* Owned by the canvas; after changing it call sono_canvas_refresh. */
SonoScene *sono_canvas_scene(SonoCanvas *canvas);
void sono_canvas_refresh(SonoCanvas *canvas);
/* All pointing devices come through here (tests too); arguments as for sono_scene_point. */
void sono_canvas_point(SonoCanvas *canvas, SonoPointerKind kind, double x_px, double y_px, double pressure,
                       gboolean eraser);
