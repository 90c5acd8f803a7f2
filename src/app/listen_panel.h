/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of two channels is heard: as they are, their middle, their sides, or both as one. Hidden for other sounds. Acts
 * through win.channel-mode. Main thread. */
#pragma once
#include "sono_canvas.h"

GtkWidget *listen_panel_new(SonoCanvas *canvas);
