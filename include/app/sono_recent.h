/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sounds that were opened lately, as the desktop remembers them. Main thread. */
#pragma once
#include <gtk/gtk.h>

/* path was opened well. */
void sono_recent_add(const char *path);
/* "Open Recent": items for app.open-path, newest first, and one that clears them. Follows the desktop's list; files
 * that are gone are left out. Borrowed from app: put it into a menu as a submenu. */
GMenuModel *sono_recent_menu(GtkApplication *app);
/* Paths, newest first, whether they are there or not. Free with g_strfreev. */
char **sono_recent_paths(void);
void sono_recent_clear(void);
