/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all tools that paint do: a stroke under the pointer; with Shift first a straight line from the end of the last
 * one. */
#include "tools.h"

/* A brush in octaves has no place at 0 Hz. */
#define LOWEST_HZ 1.0
/* A line is straight on the screen, whatever the axis. */
#define LINE_STEP_PX 8.0
#define LINE_MAX_STEPS 512.0

/* In SonoToolContext.state. */
enum { T_LAST, F_LAST, PRESSURE_LAST, HAS_LAST, FAILED };

static double clamp(double x, double low, double high)
{
    return fmin(fmax(x, low), high);
}

/* A stroke may leave the canvas and the sound's ends, but not the sound's frequencies. */
static SonoStrokePoint place(const SonoToolContext *c, double x_px, double y_px, double pressure)
{
    SonoStrokePoint at = {.pressure = clamp(pressure, 0.0, 1.0)};
    sono_view_state_to_sound(c->view, c->down_lane, x_px, y_px, &at.t_s, &at.f_hz);
    at.f_hz = clamp(at.f_hz, LOWEST_HZ, fmax(c->view->nyquist_hz, LOWEST_HZ));
    return at;
}

static SonoStatus add(SonoToolContext *c, SonoStrokePoint at, SonoError *err)
{
    if (c->state[HAS_LAST] != 0.0 && at.t_s == c->state[T_LAST] && at.f_hz == c->state[F_LAST] &&
        at.pressure == c->state[PRESSURE_LAST]) {
        return SONO_OK;
    }
    const SonoStatus status = sono_strokes_add_point(c->strokes, &at, err);
    if (status == SONO_OK) {
        c->state[T_LAST] = at.t_s;
        c->state[F_LAST] = at.f_hz;
        c->state[PRESSURE_LAST] = at.pressure;
        c->state[HAS_LAST] = 1.0;
    }
    /* say it once; what was painted so far counts */
    c->state[FAILED] = status != SONO_OK;
    return status;
}

static SonoStatus line_from_last(SonoToolContext *c, const SonoPointer *p, SonoError *err)
{
    const SonoStrokePoint from = c->last_end;
    const double pressure = clamp(p->pressure, 0.0, 1.0);
    double x0 = 0.0;
    double y0 = 0.0;
    sono_view_state_to_px(c->view, c->down_lane, from.t_s, from.f_hz, &x0, &y0);
    const double length_px = hypot(p->x_px - x0, p->y_px - y0);
    const int n = (int)clamp(ceil(length_px / LINE_STEP_PX), 1.0, LINE_MAX_STEPS);
    SonoStatus status = add(c, (SonoStrokePoint){from.t_s, from.f_hz, pressure}, err);
    for (int i = 1; i < n && status == SONO_OK; i++) {
        const double a = (double)i / n;
        status = add(c, place(c, x0 + a * (p->x_px - x0), y0 + a * (p->y_px - y0), pressure), err);
    }
    return status;
}

static SonoStatus begin(SonoToolContext *c, const SonoOperation *operation, const SonoParams *params,
                        const SonoPointer *p, SonoError *err)
{
    const int channel = c->options->all_channels ? -1 : sono_view_state_lane(c->view, c->down_lane).channel;
    if (!c->has_sound) {
        return SONO_OK;
    }
    SonoStatus status = sono_strokes_begin(c->strokes, operation, params, &c->options->brush, channel, err);
    if (status == SONO_OK && p->shift && c->has_last_end) {
        status = line_from_last(c, p, err);
    }
    return status == SONO_OK ? add(c, place(c, p->x_px, p->y_px, p->pressure), err) : status;
}

static SonoStatus finish(SonoToolContext *c, SonoError *err)
{
    if (!sono_strokes_is_painting(c->strokes)) {
        return SONO_OK;
    }
    if (c->state[HAS_LAST] == 0.0) { /* not even its first point was possible, which was said */
        sono_strokes_cancel(c->strokes);
        return SONO_OK;
    }
    const SonoStatus status = sono_strokes_end(c->strokes, c->edit, err);
    if (status == SONO_OK) {
        *c->edited = true;
        c->has_last_end = true;
        c->last_end = (SonoStrokePoint){c->state[T_LAST], c->state[F_LAST], c->state[PRESSURE_LAST]};
    }
    return status;
}

SonoStatus tool_paint_point(SonoToolContext *c, const SonoOperation *operation, const SonoParams *params,
                            const SonoPointer *p, SonoError *err)
{
    switch (p->kind) {
    case SONO_POINTER_DOWN:
        return begin(c, operation, params, p, err);
    case SONO_POINTER_DRAG:
        return sono_strokes_is_painting(c->strokes) && c->state[FAILED] == 0.0
                   ? add(c, place(c, p->x_px, p->y_px, p->pressure), err)
                   : SONO_OK;
    case SONO_POINTER_UP:
        return finish(c, err);
    case SONO_POINTER_CANCEL:
    case SONO_POINTER_HOVER:
    case SONO_POINTER_LEAVE:
        break;
    }
    return SONO_OK;
}

SonoCursor tool_paint_cursor(const SonoToolContext *c)
{
    return c->has_sound ? SONO_CURSOR_NONE : SONO_CURSOR_ARROW;
}
