/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application and its windows. Every command is a GAction (app.*, win.*), so that menus, accelerators, scripts and
 * tests (D-Bus org.gtk.Actions) share them. Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sono_clip.h"
#include "sono_engine.h"

#define SONO_APP_ID "io.github.sonobrush.Sonobrush"

/* A window with one document. Actions: undo, redo, save-as, save-to (s), export-edits, export-edits-to (s), zoom-in,
 * zoom-out, zoom-fit, zoom-in-freq, zoom-out-freq, axis (s: linear, log, mel), operation (u), amount, brush-ms,
 * brush-octaves (d); the state of "status" (s) says what the window is doing: "ready edits=1 queued=0 settled=1 ...".
 */
#define SONO_TYPE_WINDOW (sono_window_get_type())
G_DECLARE_FINAL_TYPE(SonoWindow, sono_window, SONO, WINDOW, GtkApplicationWindow)
/* engine and store must outlive the window. */
SonoWindow *sono_window_new(GtkApplication *app, SonoEngine *engine, SonoPcmStore *store);
/* False once a file was opened in it: another file gets another window. */
gboolean sono_window_is_empty(SonoWindow *window);
void sono_window_open(SonoWindow *window, const char *path);
