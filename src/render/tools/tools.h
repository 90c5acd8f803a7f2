/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tools share: the table's objects, places under the pointer, and the behaviour of all that select or paint. */
#pragma once
#include "sono_tool.h"

#include <math.h>

#define SONO_TOOL(name) extern const SonoTool sono_tool_##name;
#include "tools.def"
#undef SONO_TOOL

/* Less than this is a click and no drag. */
#define TOOL_CLICK_PX 3.0

enum { TOOL_TIME = SONO_ALONG_TIME, TOOL_FREQ = SONO_ALONG_FREQ };

/* How far the pointer is from where it went down. */
double tool_drag_px(const SonoToolContext *context, const SonoPointer *pointer);
/* The place under the pointer in the drag's lane, on the canvas and inside the sound; the bottom of the whole axis is
 * 0 Hz. */
void tool_place(const SonoToolContext *context, double x_px, double y_px, double *t_s, double *freq_hz);
/* The region between two places; along an axis not in axes the whole sound. */
SonoRegion tool_span(const SonoToolContext *context, unsigned axes, double t_s, double freq_hz, double to_t_s,
                     double to_freq_hz);

/* Selecting with boxes that the pointer bounds along axes (TOOL_TIME, TOOL_FREQ or both). */
SonoStatus tool_select_point(SonoToolContext *context, unsigned axes, const SonoPointer *pointer, SonoError *err);
SonoCursor tool_select_cursor(const SonoToolContext *context, unsigned axes, const SonoPointer *pointer, bool is_down);

/* Painting with an operation. */
SonoStatus tool_paint_point(SonoToolContext *context, const SonoOperation *operation, const SonoParams *params,
                            const SonoPointer *pointer, SonoError *err);
SonoCursor tool_paint_cursor(const SonoToolContext *context);
