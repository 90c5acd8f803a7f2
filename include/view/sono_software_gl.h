/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <gtk/gtk.h>

/* Where OpenGL is a software rasteriser, have GTK draw its widgets with cairo (as later versions of GTK do by
 * themselves); the canvas keeps OpenGL. Call before the first window is made. GSK_RENDERER, if set, decides instead.
 * TRUE: done. Main thread. */
gboolean sono_software_gl_spare(GdkDisplay *display);
