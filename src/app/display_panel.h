/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the picture looks: axis, colours, level or phase, contrast, channels. Acts through win. actions, follows the
 * canvas. Main thread. */
#pragma once
#include "sono_canvas.h"

#define DISPLAY_TYPE_PANEL (display_panel_get_type())
G_DECLARE_FINAL_TYPE(DisplayPanel, display_panel, DISPLAY, PANEL, GtkBox)

GtkWidget *display_panel_new(SonoCanvas *canvas);
