/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to the user: none blocks, each answers once through a callback (never after its parent is gone). Native
 * file choosers; the folder is remembered in the settings. GTK 4.8 has no GtkFileDialog; its later names are only
 * needed here. Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sono_settings.h"

/* path NULL: nothing was chosen. */
typedef void (*SonoPathFn)(GtkWindow *parent, const char *path, gpointer data);
/* Sound files (several: fn is called for each). */
void sono_dialog_open_sounds(GtkWindow *parent, SonoSettings *settings, SonoPathFn fn, gpointer data);
/* suggested: a path or a name. */
void sono_dialog_save_sound(GtkWindow *parent, SonoSettings *settings, const char *suggested, SonoPathFn fn,
                            gpointer data);
void sono_dialog_save_edits(GtkWindow *parent, SonoSettings *settings, const char *suggested, SonoPathFn fn,
                            gpointer data);
void sono_dialog_open_edits(GtkWindow *parent, SonoSettings *settings, SonoPathFn fn, gpointer data);

/* "Save changes to X before closing?" */
typedef enum SonoUnsavedAnswer { SONO_UNSAVED_CANCEL, SONO_UNSAVED_DISCARD, SONO_UNSAVED_SAVE } SonoUnsavedAnswer;
typedef void (*SonoUnsavedFn)(GtkWindow *parent, SonoUnsavedAnswer answer, gpointer data);
void sono_dialog_unsaved(GtkWindow *parent, const char *name, SonoUnsavedFn fn, gpointer data);

void sono_dialog_about(GtkWindow *parent);
