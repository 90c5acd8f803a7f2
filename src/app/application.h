/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoApplication: one engine, one store, one SonoSettings and the recent files for all windows; the app. actions. */
#pragma once
#include <gtk/gtk.h>

#include "sono_app.h"

#define SONO_TYPE_APPLICATION (sono_application_get_type())
G_DECLARE_FINAL_TYPE(SonoApplication, sono_application, SONO, APPLICATION, GtkApplication)

GtkApplication *sono_application_new(void);
SonoSettings *sono_application_settings(SonoApplication *app);
/* A window for path: the active one if it is empty, else a new one; one that has the file already is presented. Edits
 * (or NULL) are taken over and queued when the sound is there: always in a window of their own. lost_file: the recovery
 * file they are from. */
void sono_application_open(SonoApplication *app, const char *path, SonoEditScript *edits, const char *lost_file);
/* The window that was used last; NULL: there is none. */
GtkWindow *sono_application_active(SonoApplication *app);
/* The window that shows this file, or is about to; NULL: none does. */
SonoWindow *sono_application_find(SonoApplication *app, const char *path);
/* A file could not be read: a window that was made for it goes, and another tells why. FALSE: the window must itself.
 */
gboolean sono_application_take_failure(GtkApplication *app, SonoWindow *window, const char *line);
/* The user does not want to close a window after all: quitting ends here. Any application is fine. */
void sono_application_stay(GtkApplication *app);
