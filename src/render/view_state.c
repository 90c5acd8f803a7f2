/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lanes, pixels <-> seconds and Hz, and moving about within the sound. */
#include "sono_view_state.h"

#include <math.h>
#include <string.h>

#define WHEEL_ZOOM 1.25
#define WHEEL_SCROLL_PX 60.0
#define COMMAND_ZOOM 1.5
#define COMMAND_PAN 0.125
#define COMMAND_PAGE 0.875
#define MIN_S_PER_PX 1e-6
#define MIN_AXIS_SPAN 1e-3 /* of the whole axis */
#define LOG_BOTTOM_HZ 20.0
/* Part of the axis within which an edge counts as that of the whole. */
#define AT_THE_EDGE 1e-9

static int n_shown(const SonoViewState *v)
{
    return v->only_channel == SONO_ALL_LANES ? v->n_channels : 1;
}

int sono_view_state_n_lanes(const SonoViewState *v)
{
    const double fit = floor((v->height_px + SONO_LANE_GAP_PX) / (SONO_LANE_MIN_PX + SONO_LANE_GAP_PX));
    const int shown = n_shown(v);
    return fit < 1.0 ? 1 : fit < shown ? (int)fit : shown;
}

static int top_lane(const SonoViewState *v)
{
    const int last = n_shown(v) - sono_view_state_n_lanes(v);
    return v->first_lane < 0 ? 0 : v->first_lane < last ? v->first_lane : last;
}

/* All lanes are equally high, so that a pixel is as many octaves in each; whole pixels, so that the picture has them.
 * What is left over widens gaps. */
static double lane_height(const SonoViewState *v)
{
    const int n = sono_view_state_n_lanes(v);
    return n == 1 ? v->height_px : floor((v->height_px - SONO_LANE_GAP_PX * (n - 1)) / n);
}

SonoLane sono_view_state_lane(const SonoViewState *v, int lane)
{
    const int n = sono_view_state_n_lanes(v);
    const int i = lane < 0 ? 0 : lane < n ? lane : n - 1;
    const double height_px = lane_height(v);
    return (SonoLane){.channel = v->only_channel == SONO_ALL_LANES ? top_lane(v) + i : v->only_channel,
                      .y_px = n == 1 ? 0.0 : floor(i * (v->height_px - height_px) / (n - 1)),
                      .height_px = height_px};
}

int sono_view_state_lane_at(const SonoViewState *v, double y_px)
{
    const int n = sono_view_state_n_lanes(v);
    for (int i = 0; i + 1 < n; i++) {
        const SonoLane lane = sono_view_state_lane(v, i);
        const SonoLane next = sono_view_state_lane(v, i + 1);
        if (y_px < 0.5 * (lane.y_px + lane.height_px + next.y_px)) {
            return i;
        }
    }
    return n - 1;
}

void sono_view_state_set_only_channel(SonoViewState *v, int channel)
{
    v->only_channel = channel >= 0 && channel < v->n_channels ? channel : SONO_ALL_LANES;
    v->first_lane = top_lane(v);
}

void sono_view_state_scroll_lanes(SonoViewState *v, int lanes)
{
    if (v->only_channel == SONO_ALL_LANES) {
        v->first_lane = top_lane(v) + lanes;
        v->first_lane = top_lane(v);
    }
}

void sono_view_state_set_channels(SonoViewState *v, int n_channels)
{
    v->n_channels = n_channels > 1 ? n_channels : 1;
    sono_view_state_set_only_channel(v, v->only_channel);
}

/* 0 at the lane's lower edge, 1 at its upper one. */
static double height_in_lane(const SonoViewState *v, int lane, double y_px)
{
    const SonoLane l = sono_view_state_lane(v, lane);
    return 1.0 - (y_px - l.y_px) / l.height_px;
}

void sono_view_state_to_sound(const SonoViewState *v, int lane, double x_px, double y_px, double *t_s, double *freq_hz)
{
    *t_s = v->t0_s + x_px * v->s_per_px;
    *freq_hz = fmax(0.0, sono_freq_axis_hz(&v->axis, height_in_lane(v, lane, y_px)));
}

void sono_view_state_to_px(const SonoViewState *v, int lane, double t_s, double freq_hz, double *x_px, double *y_px)
{
    const SonoLane l = sono_view_state_lane(v, lane);
    *x_px = (t_s - v->t0_s) / v->s_per_px;
    *y_px = l.y_px + (1.0 - sono_freq_axis_position(&v->axis, freq_hz)) * l.height_px;
}

SonoFreqAxis sono_view_state_whole_axis(const SonoViewState *v)
{
    const double lowest_hz = fmin(v->lowest_hz > 0.0 ? v->lowest_hz : LOG_BOTTOM_HZ, 0.5 * v->nyquist_hz);
    return (SonoFreqAxis){v->axis.scale, v->axis.scale == SONO_SCALE_LOG ? lowest_hz : 0.0, v->nyquist_hz};
}

/* Set the axis from positions on the whole one, moved and limited to lie inside it. */
static void set_axis(SonoViewState *v, double p0, double p1)
{
    const SonoFreqAxis whole = sono_view_state_whole_axis(v);
    const double span = fmin(fmax(p1 - p0, MIN_AXIS_SPAN), 1.0);
    p0 = fmin(fmax(p0, 0.0), 1.0 - span);
    v->axis.f0_hz = p0 <= AT_THE_EDGE ? whole.f0_hz : sono_freq_axis_hz(&whole, p0);
    v->axis.f1_hz = p0 + span >= 1.0 - AT_THE_EDGE ? whole.f1_hz : sono_freq_axis_hz(&whole, p0 + span);
}

static void get_axis(const SonoViewState *v, double *p0, double *p1)
{
    const SonoFreqAxis whole = sono_view_state_whole_axis(v);
    *p0 = sono_freq_axis_position(&whole, fmin(fmax(v->axis.f0_hz, whole.f0_hz), whole.f1_hz));
    *p1 = sono_freq_axis_position(&whole, fmin(fmax(v->axis.f1_hz, whole.f0_hz), whole.f1_hz));
}

static void limit_time(SonoViewState *v)
{
    const double whole = v->end_s > 0.0 ? v->end_s / v->width_px : MIN_S_PER_PX;
    v->s_per_px = fmin(fmax(v->s_per_px, MIN_S_PER_PX), whole);
    v->t0_s = fmax(0.0, fmin(v->t0_s, v->end_s - v->s_per_px * v->width_px));
}

void sono_view_state_fit(SonoViewState *v)
{
    v->t0_s = 0.0;
    v->s_per_px = v->end_s / v->width_px;
    limit_time(v);
    set_axis(v, 0.0, 1.0);
}

void sono_view_state_show_region(SonoViewState *v, SonoRegion region, double margin)
{
    const double span_s = region.t1_s - region.t0_s;
    if (span_s > 0.0) {
        v->s_per_px = span_s * (1.0 + 2.0 * margin) / v->width_px;
        limit_time(v); /* then about the middle, where the zoom is not that fine */
        v->t0_s = 0.5 * (region.t0_s + region.t1_s - v->s_per_px * v->width_px);
        limit_time(v);
    }
    if (region.f1_hz > region.f0_hz) {
        const SonoFreqAxis whole = sono_view_state_whole_axis(v);
        const double p0 = sono_freq_axis_position(&whole, fmax(region.f0_hz, whole.f0_hz));
        const double p1 = sono_freq_axis_position(&whole, fmax(region.f1_hz, whole.f0_hz));
        const double middle = 0.5 * (p0 + p1);
        const double half = 0.5 * fmax((p1 - p0) * (1.0 + 2.0 * margin), MIN_AXIS_SPAN);
        /* what lies outside of the whole is cut off, not moved inside */
        const double bottom = fmin(fmax(middle - half, 0.0), 1.0 - MIN_AXIS_SPAN);
        set_axis(v, bottom, fmin(middle + half, 1.0));
    }
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
    v->first_lane = top_lane(v);
    return true;
}

void sono_view_state_set_length(SonoViewState *v, double end_s)
{
    const bool was_whole = v->t0_s <= 0.0 && v->s_per_px * v->width_px >= v->end_s * (1.0 - 1e-9);
    v->end_s = end_s;
    v->s_per_px = was_whole ? end_s / v->width_px : v->s_per_px;
    limit_time(v);
}

/* Another whole axis. What is seen from the bottom still is, which is not the same frequency on every one. */
static void set_whole(SonoViewState *v, SonoAxisScale scale, double lowest_hz)
{
    double p0 = 0.0;
    double p1 = 1.0;
    get_axis(v, &p0, &p1);
    const bool from_bottom = p0 <= AT_THE_EDGE;
    v->axis.scale = scale;
    v->lowest_hz = lowest_hz;
    get_axis(v, &p0, &p1);
    set_axis(v, from_bottom ? 0.0 : p0, p1);
}

void sono_view_state_set_scale(SonoViewState *v, SonoAxisScale scale)
{
    set_whole(v, scale, v->lowest_hz);
}

void sono_view_state_set_lowest(SonoViewState *v, double lowest_hz)
{
    if (lowest_hz != v->lowest_hz) {
        set_whole(v, v->axis.scale, lowest_hz);
    }
}

void sono_view_state_set_start(SonoViewState *v, double t0_s)
{
    v->t0_s = t0_s;
    limit_time(v);
}

void sono_view_state_zoom_time(SonoViewState *v, double x_px, double factor)
{
    const double t_s = v->t0_s + x_px * v->s_per_px;
    v->s_per_px /= factor;
    limit_time(v);
    v->t0_s = t_s - x_px * v->s_per_px;
    limit_time(v);
}

/* About a height in a lane, 0 to 1. */
static void zoom_freq_at(SonoViewState *v, double up, double factor)
{
    double p0 = 0.0;
    double p1 = 1.0;
    get_axis(v, &p0, &p1);
    const double span = fmin(fmax((p1 - p0) / factor, MIN_AXIS_SPAN), 1.0);
    const double bottom = p0 + up * (p1 - p0) - up * span;
    set_axis(v, bottom, bottom + span);
}

void sono_view_state_zoom_freq(SonoViewState *v, double y_px, double factor)
{
    const double up = height_in_lane(v, sono_view_state_lane_at(v, y_px), y_px);
    zoom_freq_at(v, fmin(fmax(up, 0.0), 1.0), factor);
}

void sono_view_state_pan(SonoViewState *v, double dx_px, double dy_px)
{
    v->t0_s -= dx_px * v->s_per_px;
    limit_time(v);
    if (dy_px != 0.0) { /* else rounding would make the axis creep */
        double p0 = 0.0;
        double p1 = 1.0;
        get_axis(v, &p0, &p1);
        const double by = dy_px / lane_height(v) * (p1 - p0);
        set_axis(v, p0 + by, p1 + by);
    }
}

/* Where the frequency axis has nowhere to go, the wheel moves lanes. */
static void scroll_vertically(SonoViewState *v, double dx, double dy)
{
    double p0 = 0.0;
    double p1 = 1.0;
    get_axis(v, &p0, &p1);
    const bool whole = p0 <= AT_THE_EDGE && p1 >= 1.0 - AT_THE_EDGE;
    if (whole && sono_view_state_n_lanes(v) < n_shown(v) && fabs(dy) >= 0.5) {
        sono_view_state_scroll_lanes(v, dy > 0.0 ? 1 : -1);
        dy = 0.0;
    }
    sono_view_state_pan(v, -dx * WHEEL_SCROLL_PX, -dy * WHEEL_SCROLL_PX);
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
        scroll_vertically(v, dx, dy);
    }
}

typedef enum Motion { FIT, ZOOM_TIME, ZOOM_FREQ, PAN_X, PAN_Y, TO_END, NEXT_LANE } Motion;

static const struct Command {
    const char *name;
    Motion motion;
    double by;
} commands[] = {
    {"zoom-fit", FIT, 0.0},
    {"zoom-in", ZOOM_TIME, COMMAND_ZOOM},
    {"zoom-out", ZOOM_TIME, 1.0 / COMMAND_ZOOM},
    {"zoom-in-freq", ZOOM_FREQ, COMMAND_ZOOM},
    {"zoom-out-freq", ZOOM_FREQ, 1.0 / COMMAND_ZOOM},
    {"pan-left", PAN_X, COMMAND_PAN},
    {"pan-right", PAN_X, -COMMAND_PAN},
    {"pan-up", PAN_Y, COMMAND_PAN},
    {"pan-down", PAN_Y, -COMMAND_PAN},
    {"page-left", PAN_X, COMMAND_PAGE},
    {"page-right", PAN_X, -COMMAND_PAGE},
    {"go-start", TO_END, 0.0},
    {"go-end", TO_END, 1.0},
    {"lane-next", NEXT_LANE, 1.0},
    {"lane-previous", NEXT_LANE, -1.0},
};

static void next_lane(SonoViewState *v, int by)
{
    const int channel = v->only_channel + by;
    if (v->only_channel == SONO_ALL_LANES) {
        sono_view_state_scroll_lanes(v, by);
    } else if (channel >= 0 && channel < v->n_channels) {
        v->only_channel = channel;
    }
}

static void move(SonoViewState *v, Motion motion, double by)
{
    switch (motion) {
    case FIT:
        sono_view_state_fit(v);
        break;
    case ZOOM_TIME:
        sono_view_state_zoom_time(v, 0.5 * v->width_px, by);
        break;
    case ZOOM_FREQ:
        zoom_freq_at(v, 0.5, by);
        break;
    case PAN_X:
        sono_view_state_pan(v, by * v->width_px, 0.0);
        break;
    case PAN_Y:
        sono_view_state_pan(v, 0.0, by * lane_height(v));
        break;
    case TO_END:
        sono_view_state_set_start(v, by * v->end_s);
        break;
    case NEXT_LANE:
        next_lane(v, (int)by);
        break;
    }
}

bool sono_view_state_command(SonoViewState *v, const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            move(v, commands[i].motion, commands[i].by);
            return true;
        }
    }
    return false;
}

SonoRenderView sono_view_state_render_view(const SonoViewState *v, int lane, int px_scale)
{
    const SonoLane l = sono_view_state_lane(v, lane);
    const long bottom_px = lround((v->height_px - l.y_px - l.height_px) * px_scale);
    return (SonoRenderView){.x_px = 0,
                            .y_px = (int)(bottom_px > 0 ? bottom_px : 0),
                            .width_px = (int)lround(v->width_px * px_scale),
                            .height_px = (int)lround(l.height_px * px_scale),
                            .t0_s = v->t0_s,
                            .s_per_px = v->s_per_px / px_scale,
                            .end_s = v->end_s,
                            .axis = v->axis,
                            .floor_db = v->floor_db,
                            .ceiling_db = v->ceiling_db,
                            .map = v->map,
                            .show = v->show};
}
