/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the picture is made with: a preset by purpose, the transform and its parameters, the concert pitch and what is
 * drawn of notes, and what edits are made with. All of it is built from the tables of presets and transforms. */
#pragma once
#include <gtk/gtk.h>

#include "transform_choice.h"

#define TRANSFORM_TYPE_PANEL (transform_panel_get_type())
G_DECLARE_FINAL_TYPE(TransformPanel, transform_panel, TRANSFORM, PANEL, GtkBox)

GtkWidget *transform_panel_new(void);
/* plan: of the choice, or NULL while there is none; problem: why there will be none, or NULL. */
void transform_panel_show(TransformPanel *panel, const TransformChoice *choice, const SonoPlan *plan,
                          const char *problem);
/* A problem with it would be seen. */
gboolean transform_panel_is_seen(TransformPanel *panel);
/* The concert pitch, from the settings. */
void transform_panel_show_tuning(TransformPanel *panel, double tuning_hz);
