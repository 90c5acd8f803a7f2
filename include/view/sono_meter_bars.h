/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Meters of what is heard: for each channel a bar with rms, peak and its hold mark, a light that stays on once
 * something has clipped; below them true peak and loudness in figures. A click on the lights or figures activates
 * win.reset-meters. Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sono_meters.h"

#define SONO_TYPE_METER_BARS (sono_meter_bars_get_type())
G_DECLARE_FINAL_TYPE(SonoMeterBars, sono_meter_bars, SONO, METER_BARS, GtkWidget)

GtkWidget *sono_meter_bars_new(void);
/* What is heard now; not sounding: what was heard falls. Draws at most 30 times a second, and only what has changed.
 * TRUE while something is still to move: call it again with the next frame. */
gboolean sono_meter_bars_set(SonoMeterBars *meters, const SonoMeterReading *reading, gboolean sounding);
/* What stands beside the bars, from the lights to the figures. */
void sono_meter_bars_set_fader(SonoMeterBars *meters, GtkWidget *fader);
/* 0 (nothing) to 1 (full scale): the scale of IEC 60268-18. */
double sono_meter_position(double db);
