/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A layout of a row of groups: the first at the start, the others at the end. Where they do not fit into one row, those
 * that do not begin the next, so that the row is never wider than its window. */
#pragma once
#include <gtk/gtk.h>

#define WRAP_TYPE_LAYOUT (wrap_layout_get_type())
G_DECLARE_FINAL_TYPE(WrapLayout, wrap_layout, WRAP, LAYOUT, GtkLayoutManager)
/* Px between groups and between rows: set once, before the first layout. */
void wrap_layout_set_spacing(WrapLayout *layout, int spacing_px);
