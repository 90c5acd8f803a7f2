/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small field for an exact value. Enter takes what was typed and gives the keys back to the stage, leaving takes it,
 * Escape restores what was shown; Up and Down (Page Up and Page Down: ten) ask for steps. Text that does not do marks
 * the field and says why in its tooltip. Main thread. */
#pragma once
#include <gtk/gtk.h>

#define VALUE_TYPE_ENTRY (value_entry_get_type())
G_DECLARE_FINAL_TYPE(ValueEntry, value_entry, VALUE, ENTRY, GtkEntry)

/* Signals: "entered" (const char *text) -> char *: NULL when the text was taken, else why not (freed by the entry).
 *          "stepped" (double n). */
GtkWidget *value_entry_new(const char *name, int width_chars);
/* For assistive technology, and the tooltip. */
void value_entry_describe(ValueEntry *entry, const char *name, const char *tip);
/* The value as text; what is being typed is left alone unless force. */
void value_entry_show(ValueEntry *entry, const char *text, gboolean force);
