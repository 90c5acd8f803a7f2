/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beside every lane of a sound with several channels, below its name: M and S, which mute the channel and play it alone
 * (win.channel-mute, win.channel-solo). Lies over the frequency ruler; takes events only on the buttons. Main thread.
 */
#pragma once
#include "sono_canvas.h"

#define SONO_TYPE_LANE_BUTTONS (sono_lane_buttons_get_type())
G_DECLARE_FINAL_TYPE(SonoLaneButtons, sono_lane_buttons, SONO, LANE_BUTTONS, GtkWidget)

GtkWidget *sono_lane_buttons_new(SonoCanvas *canvas);
/* Bit c of byte c / 8: channel c is muted, or played alone. n_bytes of both. */
void sono_lane_buttons_set(SonoLaneButtons *buttons, const guint8 *muted, const guint8 *solo, gsize n_bytes);
