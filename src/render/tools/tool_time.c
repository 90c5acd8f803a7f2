/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selects a stretch of time at all frequencies. */
#include "tools.h"

static SonoStatus point(SonoToolContext *context, const SonoPointer *pointer, SonoError *err)
{
    return tool_select_point(context, TOOL_TIME, pointer, err);
}

static SonoCursor cursor(const SonoToolContext *context, const SonoPointer *pointer, bool is_down)
{
    return tool_select_cursor(context, TOOL_TIME, pointer, is_down);
}

const SonoTool sono_tool_time = {
    .name = "time",
    .title = "Time",
    .tip = "Select a stretch of time at all frequencies",
    .icon = "sonobrush-tool-time-symbolic",
    .key = 't',
    .has = SONO_TOOL_HAS_SELECTION | SONO_TOOL_HAS_OPERATION,
    .scrolls = TOOL_TIME,
    .point = point,
    .cursor = cursor,
};
