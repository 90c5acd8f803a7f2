/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moves the view: the sound that was grabbed stays under the pointer, as far as the sound goes. It is looked up anew at
 * every event, so that nothing adds up, and a zoom meanwhile does no harm. */
#include "tools.h"

/* In SonoToolContext.state. */
enum { T_GRABBED, F_GRABBED };

static SonoStatus point(SonoToolContext *c, const SonoPointer *p, SonoError *err)
{
    (void)err;
    if (p->kind == SONO_POINTER_DOWN) {
        sono_view_state_to_sound(c->view, c->down_lane, p->x_px, p->y_px, &c->state[T_GRABBED], &c->state[F_GRABBED]);
    } else if (p->kind == SONO_POINTER_DRAG || p->kind == SONO_POINTER_UP) {
        double x = 0.0;
        double y = 0.0;
        sono_view_state_to_px(c->view, c->down_lane, c->state[T_GRABBED], c->state[F_GRABBED], &x, &y);
        sono_view_state_pan(c->view, p->x_px - x, p->y_px - y);
    }
    return SONO_OK;
}

static SonoCursor cursor(const SonoToolContext *context, const SonoPointer *pointer, bool is_down)
{
    (void)context;
    (void)pointer;
    return is_down ? SONO_CURSOR_GRABBING : SONO_CURSOR_GRAB;
}

const SonoTool sono_tool_hand = {
    .name = "hand",
    .title = "Hand",
    .tip = "Move the view",
    .icon = "sonobrush-tool-hand-symbolic",
    .key = 'h',
    .has = 0,
    .point = point,
    .cursor = cursor,
};
