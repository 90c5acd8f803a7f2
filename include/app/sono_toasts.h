/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoToasts: short messages and the progress of long tasks, in a column over the bottom of its child. Results go by
 * themselves after some seconds; problems stay until closed; a task is shown once it has run for half a second, with a
 * bar (a pulse when the fraction is unknown) and a button to cancel it (win.cancel-task). Also told to assistive
 * technology as alerts. Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sono_editor.h"

#define SONO_TYPE_TOASTS (sono_toasts_get_type())
G_DECLARE_FINAL_TYPE(SonoToasts, sono_toasts, SONO, TOASTS, GtkWidget)

GtkWidget *sono_toasts_new(GtkWidget *child);
void sono_toasts_show(SonoToasts *toasts, const char *line, gboolean problem);
/* A problem that is told as long as it lasts, and goes by itself (NULL); closed by the user it stays away until there
 * is another one. */
void sono_toasts_set_standing(SonoToasts *toasts, const char *line);
/* What is under way now; call it again as long as there is something (the window does, a few times a second). */
void sono_toasts_set_tasks(SonoToasts *toasts, const SonoEditorTask *tasks, gsize n);
