/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gtk/gtk.h>

/* For tooltips of what is updated often: GTK asks the display where the pointer is, and waits for the answer, each time
 * a tooltip is set. text NULL: none. */
void tip_set(GtkWidget *widget, const char *text);
