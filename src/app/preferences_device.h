/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the preferences that choose the sound device, its rate and its buffer. The devices are asked for on a
 * worker: a sound server may take seconds, or hang. Main thread. */
#pragma once
#include "sono_settings.h"

/* Above the rows that are in the grid already. widths: of the controls. */
void preferences_add_device(GtkGrid *grid, GtkSizeGroup *widths, SonoSettings *settings);
