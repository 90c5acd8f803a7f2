/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pixels <-> seconds and Hz, and moving about within the sound. */
#include "sono_view_state.h"

#include <math.h>
#include <string.h>

#define WHEEL_ZOOM 1.25
#define WHEEL_SCROLL_PX 60.0
#define COMMAND_ZOOM 1.5
#define MIN_S_PER_PX 1e-6
#define MIN_AXIS_SPAN 1e-3 /* of the whole axis */
#define LOG_BOTTOM_HZ 20.0

void sono_view_state_to_sound(const SonoViewState *v, double x_px, double y_px, double *t_s, double *freq_hz)
{
    *t_s = v->t0_s + x_px * v->s_per_px;
    *freq_hz = sono_freq_axis_hz(&v->axis, 1.0 - y_px / v->height_px);
}

void sono_view_state_to_px(const SonoViewState *v, double t_s, double freq_hz, double *x_px, double *y_px)
{
    *x_px = (t_s - v->t0_s) / v->s_per_px;
    *y_px = (1.0 - sono_freq_axis_position(&v->axis, freq_hz)) * v->height_px;
}

static SonoFreqAxis whole_axis(const SonoViewState *v)
{
    const double bottom = v->axis.scale == SONO_SCALE_LOG ? fmin(LOG_BOTTOM_HZ, 0.5 * v->nyquist_hz) : 0.0;
    return (SonoFreqAxis){v->axis.scale, bottom, v->nyquist_hz};
}

/* Set the axis from positions on the whole one, moved and limited to lie inside it. */
static void set_axis(SonoViewState *v, double p0, double p1)
{
    const SonoFreqAxis whole = whole_axis(v);
    const double span = fmin(fmax(p1 - p0, MIN_AXIS_SPAN), 1.0);
    p0 = fmin(fmax(p0, 0.0), 1.0 - span);
    v->axis.f0_hz = p0 <= 0.0 ? whole.f0_hz : sono_freq_axis_hz(&whole, p0);
    v->axis.f1_hz = p0 + span >= 1.0 ? whole.f1_hz : sono_freq_axis_hz(&whole, p0 + span);
}

static void get_axis(const SonoViewState *v, double *p0, double *p1)
{
    const SonoFreqAxis whole = whole_axis(v);
    *p0 = sono_freq_axis_position(&whole, fmax(v->axis.f0_hz, whole.f0_hz));
    *p1 = sono_freq_axis_position(&whole, v->axis.f1_hz);
}

static void limit_time(SonoViewState *v)
{
    v->s_per_px = fmax(fmin(v->s_per_px, v->end_s / v->width_px), MIN_S_PER_PX);
    v->t0_s = fmax(0.0, fmin(v->t0_s, v->end_s - v->s_per_px * v->width_px));
}

void sono_view_state_fit(SonoViewState *v)
{
    v->t0_s = 0.0;
    v->s_per_px = v->end_s / v->width_px;
    set_axis(v, 0.0, 1.0);
}

bool sono_view_state_resize(SonoViewState *v, double width_px, double height_px)
{
    if (v->width_px == width_px && v->height_px == height_px) {
        return false;
    }
    v->s_per_px *= v->width_px / width_px;
    v->width_px = width_px;
    v->height_px = height_px;
    limit_time(v);
    return true;
}

void sono_view_state_set_length(SonoViewState *v, double end_s)
{
    const bool was_whole = v->t0_s <= 0.0 && v->s_per_px * v->width_px >= v->end_s * (1.0 - 1e-9);
    v->end_s = end_s;
    v->s_per_px = was_whole ? end_s / v->width_px : v->s_per_px;
    limit_time(v);
}

void sono_view_state_set_scale(SonoViewState *v, SonoAxisScale scale)
{
    double p0 = 0.0;
    double p1 = 1.0;
    v->axis.scale = scale;
    get_axis(v, &p0, &p1);
    set_axis(v, p0, p1);
}

void sono_view_state_zoom_time(SonoViewState *v, double x_px, double factor)
{
    const double t_s = v->t0_s + x_px * v->s_per_px;
    v->s_per_px /= factor;
    limit_time(v);
    v->t0_s = t_s - x_px * v->s_per_px;
    limit_time(v);
}

void sono_view_state_zoom_freq(SonoViewState *v, double y_px, double factor)
{
    double p0 = 0.0;
    double p1 = 1.0;
    get_axis(v, &p0, &p1);
    const double span = fmin(fmax((p1 - p0) / factor, MIN_AXIS_SPAN), 1.0);
    const double up = 1.0 - y_px / v->height_px;
    const double bottom = p0 + up * (p1 - p0) - up * span;
    set_axis(v, bottom, bottom + span);
}

void sono_view_state_pan(SonoViewState *v, double dx_px, double dy_px)
{
    double p0 = 0.0;
    double p1 = 1.0;
    v->t0_s -= dx_px * v->s_per_px;
    limit_time(v);
    get_axis(v, &p0, &p1);
    const double by = dy_px / v->height_px * (p1 - p0);
    set_axis(v, p0 + by, p1 + by);
}

void sono_view_state_wheel(SonoViewState *v, double x_px, double y_px, double dx, double dy, bool ctrl, bool shift)
{
    if (ctrl && shift) { /* some toolkits turn a wheel with Shift into a horizontal one */
        sono_view_state_zoom_freq(v, y_px, pow(WHEEL_ZOOM, -(dx + dy)));
    } else if (ctrl) {
        sono_view_state_zoom_time(v, x_px, pow(WHEEL_ZOOM, -dy));
    } else if (shift) {
        sono_view_state_pan(v, -(dx + dy) * WHEEL_SCROLL_PX, 0.0);
    } else {
        sono_view_state_pan(v, -dx * WHEEL_SCROLL_PX, -dy * WHEEL_SCROLL_PX);
    }
}

bool sono_view_state_command(SonoViewState *v, const char *name)
{
    if (strcmp(name, "zoom-fit") == 0) {
        sono_view_state_fit(v);
    } else if (strcmp(name, "zoom-in") == 0) {
        sono_view_state_zoom_time(v, 0.5 * v->width_px, COMMAND_ZOOM);
    } else if (strcmp(name, "zoom-out") == 0) {
        sono_view_state_zoom_time(v, 0.5 * v->width_px, 1.0 / COMMAND_ZOOM);
    } else if (strcmp(name, "zoom-in-freq") == 0) {
        sono_view_state_zoom_freq(v, 0.5 * v->height_px, COMMAND_ZOOM);
    } else if (strcmp(name, "zoom-out-freq") == 0) {
        sono_view_state_zoom_freq(v, 0.5 * v->height_px, 1.0 / COMMAND_ZOOM);
    } else {
        return false;
    }
    return true;
}

SonoRenderView sono_view_state_render_view(const SonoViewState *v, int px_scale, const SonoColourMap *map)
{
    return (SonoRenderView){.width_px = (int)lround(v->width_px * px_scale),
                            .height_px = (int)lround(v->height_px * px_scale),
                            .t0_s = v->t0_s,
                            .s_per_px = v->s_per_px / px_scale,
                            .end_s = v->end_s,
                            .axis = v->axis,
                            .floor_db = v->floor_db,
                            .ceiling_db = v->ceiling_db,
                            .map = map};
}
