/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drop-down of titles that may be longer than its place: there they are cut, in its list they stand whole, each with
 * a sentence about it. */
#pragma once
#include <gtk/gtk.h>

/* titles: NULL-ended, shown translated by the caller. tip(i): a sentence about title i, or NULL. name: for assistive
 * technology. */
GtkWidget *title_chooser_new(const char *const *titles, const char *(*tip)(guint i), const char *name);
