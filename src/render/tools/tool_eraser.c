/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paints with "erase", whatever operation is chosen. */
#include "tools.h"

static SonoStatus point(SonoToolContext *context, const SonoPointer *pointer, SonoError *err)
{
    const SonoToolOptions *o = context->options;
    const SonoOperation *erase = sono_operation_find("erase");
    const SonoParams params = o->operation == erase ? o->params : sono_params_defaults(erase->params);
    return tool_paint_point(context, erase, &params, pointer, err);
}

static SonoCursor cursor(const SonoToolContext *context, const SonoPointer *pointer, bool is_down)
{
    (void)pointer;
    (void)is_down;
    return tool_paint_cursor(context);
}

const SonoTool sono_tool_eraser = {
    .name = "eraser",
    .title = "Eraser",
    .tip = "Erase what is painted over",
    .icon = "sonobrush-tool-eraser-symbolic",
    .key = 'e',
    .has = SONO_TOOL_HAS_BRUSH,
    .point = point,
    .cursor = cursor,
};
