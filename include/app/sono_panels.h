/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the window beside the stage. They act through win. actions and follow canvas and document; nothing in
 * them knows an operation or a tool by name. Main thread. */
#pragma once
#include "sono_editor.h"
#include "sono_stage.h"

struct TransformChoice; /* src/app/transform_choice.h */

/* Column of tool buttons, from sono_tools[]. */
GtkWidget *sono_tool_bar_new(void);

/* Side strip: operation and its parameters (generated from the table), brush, selection, display. Sections that the
 * tool does not use (SonoTool.has) are folded. */
#define SONO_TYPE_INSPECTOR (sono_inspector_get_type())
G_DECLARE_FINAL_TYPE(SonoInspector, sono_inspector, SONO, INSPECTOR, GtkWidget)
GtkWidget *sono_inspector_new(SonoCanvas *canvas);
/* The tool, its options or the operation's parameters have changed in the scene. */
void sono_inspector_update(SonoInspector *inspector);
/* The states to list; doc must live until the next call. NULL: none. */
void sono_inspector_show_document(SonoInspector *inspector, const SonoDocument *doc);

/* What the picture is made with is shown; plan: of it, or NULL while there is none; problem: why not, or NULL. */
void sono_inspector_show_transform(SonoInspector *inspector, const struct TransformChoice *choice, const SonoPlan *plan,
                                   const char *problem);
void sono_inspector_show_tuning(SonoInspector *inspector, double tuning_hz);
/* A problem with it is seen there. */
gboolean sono_inspector_shows_transform(SonoInspector *inspector);

/* A panel for any parameter table: for each one a slider with unit, an entry for exact values, its default on a double
 * click; choices and switches for ENUM and BOOL. Signal "changed" (guint index): the user has changed one. */
#define SONO_TYPE_PARAM_PANEL (sono_param_panel_get_type())
G_DECLARE_FINAL_TYPE(SonoParamPanel, sono_param_panel, SONO, PARAM_PANEL, GtkWidget)
GtkWidget *sono_param_panel_new(void);
void sono_param_panel_set(SonoParamPanel *panel, SonoParamTable table, const SonoParams *params);
SonoParams sono_param_panel_get(SonoParamPanel *panel);

/* The list of states: "Original", then one row an edit; a click goes there, those after it are dim. A button restores
 * the selection from a row's state. */
#define SONO_TYPE_HISTORY_LIST (sono_history_list_get_type())
G_DECLARE_FINAL_TYPE(SonoHistoryList, sono_history_list, SONO, HISTORY_LIST, GtkWidget)
GtkWidget *sono_history_list_new(void);
void sono_history_list_update(SonoHistoryList *list, const SonoDocument *doc); /* NULL: empty */

/* The line at the bottom: time, frequency with note, level and channel under the pointer; start, end, length, low,
 * centre and high of the selection as entries that take typed values. */
#define SONO_TYPE_STATUS_BAR (sono_status_bar_get_type())
G_DECLARE_FINAL_TYPE(SonoStatusBar, sono_status_bar, SONO, STATUS_BAR, GtkWidget)
GtkWidget *sono_status_bar_new(SonoCanvas *canvas);
void sono_status_bar_set_formats(SonoStatusBar *bar, SonoTimeFormat time, SonoFreqFormat freq);
