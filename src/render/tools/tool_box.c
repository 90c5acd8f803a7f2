/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selects a stretch of time in a band of frequencies. */
#include "tools.h"

static SonoStatus point(SonoToolContext *context, const SonoPointer *pointer, SonoError *err)
{
    return tool_select_point(context, TOOL_TIME | TOOL_FREQ, pointer, err);
}

static SonoCursor cursor(const SonoToolContext *context, const SonoPointer *pointer, bool is_down)
{
    return tool_select_cursor(context, TOOL_TIME | TOOL_FREQ, pointer, is_down);
}

const SonoTool sono_tool_box = {
    .name = "box",
    .title = "Box",
    .tip = "Select a stretch of time in a band of frequencies",
    .icon = "sonobrush-tool-box-symbolic",
    .key = 'r',
    .has = SONO_TOOL_HAS_SELECTION | SONO_TOOL_HAS_OPERATION,
    .scrolls = TOOL_TIME | TOOL_FREQ,
    .point = point,
    .cursor = cursor,
};
