/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of tools, from tools.def. */
#include "tools.h"

#include <string.h>

const SonoTool *const sono_tools[] = {
#define SONO_TOOL(name) &sono_tool_##name,
#include "tools.def"
#undef SONO_TOOL
    NULL,
};

const SonoTool *sono_tool_find(const char *name)
{
    for (size_t i = 0; sono_tools[i]; i++) {
        if (strcmp(sono_tools[i]->name, name) == 0) {
            return sono_tools[i];
        }
    }
    return NULL;
}

double tool_drag_px(const SonoToolContext *c, const SonoPointer *pointer)
{
    return hypot(pointer->x_px - c->down.x_px, pointer->y_px - c->down.y_px);
}

void tool_place(const SonoToolContext *c, double x_px, double y_px, double *t_s, double *freq_hz)
{
    const SonoViewState *v = c->view;
    const SonoLane lane = sono_view_state_lane(v, c->down_lane);
    const double x = fmin(fmax(x_px, 0.0), v->width_px);
    const double y = fmin(fmax(y_px, lane.y_px), lane.y_px + lane.height_px);
    sono_view_state_to_sound(v, c->down_lane, x, y, t_s, freq_hz);
    *t_s = fmin(fmax(*t_s, 0.0), v->end_s);
    /* the bottom of a whole logarithmic axis is not 0 Hz, but who drags there means all below, too */
    const double bottom_hz = sono_view_state_whole_axis(v).f0_hz * (1.0 + 1e-9);
    *freq_hz = *freq_hz <= bottom_hz ? 0.0 : fmin(*freq_hz, v->nyquist_hz);
}

SonoRegion tool_span(const SonoToolContext *c, unsigned axes, double t_s, double freq_hz, double to_t_s,
                     double to_freq_hz)
{
    const SonoViewState *v = c->view;
    SonoRegion r = {0.0, v->end_s, 0.0, v->nyquist_hz};
    if (axes & TOOL_TIME) {
        r.t0_s = fmin(t_s, to_t_s);
        r.t1_s = fmax(t_s, to_t_s);
    }
    if (axes & TOOL_FREQ) {
        r.f0_hz = fmin(freq_hz, to_freq_hz);
        r.f1_hz = fmax(freq_hz, to_freq_hz);
    }
    return r;
}
