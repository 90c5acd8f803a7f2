/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings there are: one row each is a property, its range, its default and its place in the file. */
#pragma once
#include <gtk/gtk.h>

typedef struct SonoSetting {
    const char *name;
    const char *group; /* of the file */
    GType type;        /* G_TYPE_STRING, _DOUBLE, _INT or _BOOLEAN */
    double number;     /* default of what is no string */
    double min, max;
    const char *text;                    /* default of a string */
    gboolean (*takes)(const char *text); /* strings only */
} SonoSetting;

#define SONO_N_SETTINGS 44
extern const SonoSetting sono_setting_table[SONO_N_SETTINGS];
gboolean sono_setting_takes(const SonoSetting *setting, const char *text);
