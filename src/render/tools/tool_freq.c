/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selects a band of frequencies over the whole sound. */
#include "tools.h"

static SonoStatus point(SonoToolContext *context, const SonoPointer *pointer, SonoError *err)
{
    return tool_select_point(context, TOOL_FREQ, pointer, err);
}

static SonoCursor cursor(const SonoToolContext *context, const SonoPointer *pointer, bool is_down)
{
    return tool_select_cursor(context, TOOL_FREQ, pointer, is_down);
}

const SonoTool sono_tool_freq = {
    .name = "freq",
    .title = "Frequency",
    .tip = "Select a band of frequencies over the whole sound",
    .icon = "sonobrush-tool-freq-symbolic",
    .key = 'f',
    .has = SONO_TOOL_HAS_SELECTION | SONO_TOOL_HAS_OPERATION,
    .scrolls = TOOL_FREQ,
    .point = point,
    .cursor = cursor,
};
