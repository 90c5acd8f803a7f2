/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names for assistive technology that GTK 4.8 does not give by itself. */
#pragma once
#include <gtk/gtk.h>

/* All buttons with a mnemonic at and below a widget are called as they read ("Apply", where GTK says "_Apply Apply").
 */
void accessible_name_buttons(GtkWidget *widget);
/* A GtkDropDown, and the button in it that has the keyboard. */
void accessible_name_drop_down(GtkWidget *drop_down, const char *name);
