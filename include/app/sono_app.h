/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application and its windows. Every command is a GAction (docs/commands.md), so that menus, accelerators, scripts
 * and tests (D-Bus org.gtk.Actions) share them. Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sono_clip.h"
#include "sono_engine.h"
#include "sono_recovery.h"
#include "sono_settings.h"
#include "sono_speaker.h"

#define SONO_APP_ID "io.github.sonobrush.Sonobrush"
#define SONO_RESOURCE "/io/github/sonobrush/Sonobrush/"

/* A window with one document. */
#define SONO_TYPE_WINDOW (sono_window_get_type())
G_DECLARE_FINAL_TYPE(SonoWindow, sono_window, SONO, WINDOW, GtkApplicationWindow)
/* engine, store and settings must outlive the window. */
SonoWindow *sono_window_new(GtkApplication *app, SonoEngine *engine, SonoPcmStore *store, SonoSettings *settings,
                            SonoSpeaker *speaker);
/* False once a file was opened in it: another file gets another window. */
gboolean sono_window_is_empty(SonoWindow *window);
void sono_window_open(SonoWindow *window, const char *path);
/* Open path and queue the edits when it is there (takes over the script's content). lost_file: the recovery file they
 * were taken from. */
void sono_window_open_with_edits(SonoWindow *window, const char *path, SonoEditScript *edits, const char *lost_file);
gboolean sono_window_is_modified(SonoWindow *window);
/* One line for the user: what went well (it goes by itself), or a problem (it stays until it is closed). */
void sono_window_tell(SonoWindow *window, const char *line, gboolean problem);
/* What the file chooser starts with: the sound's path, or NULL. */
const char *sono_window_path(SonoWindow *window);
