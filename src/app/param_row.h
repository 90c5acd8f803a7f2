/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One parameter: its title, a slider and a field, or a choice, or a switch. A double click on title or slider gives the
 * default back. Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sono_params.h"

#define PARAM_TYPE_ROW (param_row_get_type())
G_DECLARE_FINAL_TYPE(ParamRow, param_row, PARAM, ROW, GtkBox)

/* desc must live as long as the row. Signal "changed": the user has changed the value. */
GtkWidget *param_row_new(const SonoParamDesc *desc);
double param_row_get(ParamRow *row);
/* No signal. */
void param_row_set(ParamRow *row, double value);
