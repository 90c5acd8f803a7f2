/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings of tools as parameter tables. A parameter's name is that of its action (win.brush-ms) and of its
 * setting; what it is for the scene is a field of SonoToolOptions. */
#pragma once
#include "sono_tool.h"

extern const SonoParamTable tool_params_brush, tool_params_selection, tool_params_channels;

/* The descriptor of a name in any of the tables; NULL: none has it. */
const SonoParamDesc *tool_params_find(const char *name);
double tool_params_get(const SonoToolOptions *options, const char *name);
void tool_params_set(SonoToolOptions *options, const char *name, double value);
/* All values of a table. */
SonoParams tool_params_values(const SonoToolOptions *options, SonoParamTable table);
