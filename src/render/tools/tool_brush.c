/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paints with the chosen operation. */
#include "tools.h"

static SonoStatus point(SonoToolContext *context, const SonoPointer *pointer, SonoError *err)
{
    return tool_paint_point(context, context->options->operation, &context->options->params, pointer, err);
}

static SonoCursor cursor(const SonoToolContext *context, const SonoPointer *pointer, bool is_down)
{
    (void)pointer;
    (void)is_down;
    return tool_paint_cursor(context);
}

const SonoTool sono_tool_brush = {
    .name = "brush",
    .title = "Brush",
    .tip = "Paint with the operation",
    .icon = "sonobrush-tool-brush-symbolic",
    .key = 'b',
    .has = SONO_TOOL_HAS_OPERATION | SONO_TOOL_HAS_BRUSH,
    .point = point,
    .cursor = cursor,
};
