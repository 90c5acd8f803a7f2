/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zooms: a dragged rectangle fills the view; a click zooms in about the pointer, with Ctrl or Alt out, with Shift in
 * time alone. */
#include "tools.h"

#define CLICK_TIME 2.0
#define CLICK_FREQ 1.5
/* A rectangle flatter than this leaves frequency as it is, a narrower one time. */
#define FLAT_PX 8.0

/* In SonoToolContext.state. */
enum { T_DOWN, F_DOWN, DRAGGED };

static void click(SonoToolContext *c, const SonoPointer *p)
{
    const bool out = p->ctrl || p->alt;
    sono_view_state_zoom_time(c->view, p->x_px, out ? 1.0 / CLICK_TIME : CLICK_TIME);
    if (!p->shift) {
        sono_view_state_zoom_freq(c->view, p->y_px, out ? 1.0 / CLICK_FREQ : CLICK_FREQ);
    }
}

/* The rectangle between the two places, with the sides that are meant. */
static SonoRegion rectangle(const SonoToolContext *c, const SonoPointer *p)
{
    const unsigned axes = (fabs(p->x_px - c->down.x_px) >= FLAT_PX ? TOOL_TIME : 0u) |
                          (fabs(p->y_px - c->down.y_px) >= FLAT_PX ? TOOL_FREQ : 0u);
    double t_s = 0.0;
    double freq_hz = 0.0;
    tool_place(c, p->x_px, p->y_px, &t_s, &freq_hz);
    SonoRegion r = tool_span(c, TOOL_TIME | TOOL_FREQ, c->state[T_DOWN], c->state[F_DOWN], t_s, freq_hz);
    r.t1_s = axes & TOOL_TIME ? r.t1_s : r.t0_s;
    r.f1_hz = axes & TOOL_FREQ ? r.f1_hz : r.f0_hz;
    return r;
}

static SonoStatus drag(SonoToolContext *c, const SonoPointer *p, SonoError *err)
{
    sono_mask_clear(&c->band);
    if (c->state[DRAGGED] == 0.0 && tool_drag_px(c, p) < TOOL_CLICK_PX) {
        return SONO_OK;
    }
    c->state[DRAGGED] = 1.0;
    const SonoRegion r = rectangle(c, p);
    SonoShape shape = {.kind = SONO_SHAPE_BOX, .box = r};
    if (!(r.t1_s > r.t0_s)) { /* what is seen along the side that stays */
        shape.box.t0_s = c->view->t0_s;
        shape.box.t1_s = c->view->t0_s + c->view->s_per_px * c->view->width_px;
    }
    if (!(r.f1_hz > r.f0_hz)) {
        shape.box.f0_hz = c->view->axis.f0_hz;
        shape.box.f1_hz = c->view->axis.f1_hz;
    }
    return sono_region_is_empty(shape.box) ? SONO_OK : sono_mask_add(&c->band, &shape, err);
}

static SonoStatus point(SonoToolContext *c, const SonoPointer *p, SonoError *err)
{
    if (p->kind == SONO_POINTER_DOWN) {
        tool_place(c, p->x_px, p->y_px, &c->state[T_DOWN], &c->state[F_DOWN]);
    } else if (p->kind == SONO_POINTER_DRAG) {
        return drag(c, p, err);
    } else if (p->kind == SONO_POINTER_UP) {
        if (c->state[DRAGGED] == 0.0 && tool_drag_px(c, p) < TOOL_CLICK_PX) {
            click(c, p);
        } else {
            sono_view_state_show_region(c->view, rectangle(c, p), 0.0);
        }
    }
    return SONO_OK;
}

static SonoCursor cursor(const SonoToolContext *context, const SonoPointer *pointer, bool is_down)
{
    (void)context;
    (void)pointer;
    (void)is_down;
    return SONO_CURSOR_ZOOM;
}

const SonoTool sono_tool_zoom = {
    .name = "zoom",
    .title = "Zoom",
    .tip = "Zoom to a rectangle; a click zooms in, with Ctrl or Alt out",
    .icon = "sonobrush-tool-zoom-symbolic",
    .key = 'z',
    .has = 0,
    .point = point,
    .cursor = cursor,
};
