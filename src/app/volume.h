/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How loud it plays: a fader in dB whose lower end is silence, and below it a button that mutes. Acts through
 * win.output-gain. Main thread. */
#pragma once
#include <gtk/gtk.h>

GtkWidget *volume_new(void);
void volume_show(GtkWidget *volume, double gain_db);
