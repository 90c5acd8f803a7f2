/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A layout of a row whose less important children vanish where there is no room for them: the window gets narrower than
 * all of them together. What vanishes is an action that has a key and a menu entry, too. */
#pragma once
#include <gtk/gtk.h>

#define SHY_TYPE_LAYOUT (shy_layout_get_type())
G_DECLARE_FINAL_TYPE(ShyLayout, shy_layout, SHY, LAYOUT, GtkLayoutManager)

/* rank 0 (as all begin): stays. Else those of the highest rank go first. Set once, before the first layout. */
void shy_layout_set_rank(GtkWidget *child, guint rank);
