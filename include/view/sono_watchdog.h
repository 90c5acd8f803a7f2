/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The watchdog: a line on standard error whenever the main loop has not turned for too long, such as
 *   stall 137 ms in drawing (cpu 120 ms)
 * and, while the stall lasts, where the main thread is. It watches in debug builds, and in all builds if SONO_WATCHDOG
 * gives the limit in milliseconds; else every function here does nothing. Main thread. */
#pragma once
#include <gtk/gtk.h>

/* Call once, before the main loop runs. */
void sono_watchdog_start(void);
/* From now on stalls count: a first frame has been drawn. */
void sono_watchdog_arm(void);
/* What the main thread does is named "drawing" (a string that stays) until leave; they may lie inside each other. The
 * frames of application windows are named "a frame": with little cpu those wait for a software rasteriser. */
void sono_watchdog_enter(const char *what);
void sono_watchdog_leave(void);
/* A turn of the main loop that holds any of this does not count: shaders are compiled, a dialog of GTK's is made.
 * Windows that are no GtkApplicationWindow are excused by themselves until they have been drawn. */
void sono_watchdog_excuse_begin(void);
void sono_watchdog_excuse_end(void);
