/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all tools that select with boxes do: drag a new box, join one with Shift, Ctrl or Alt, move what is selected,
 * pull edges and corners, select what is seen by a double click, select nothing by a click. */
#include "tools.h"

#define GRIP_PX 6.0
#define SLIVER_S 1e-9
#define SLIVER_HZ 1e-6
#define EDGES (SONO_GRIP_START | SONO_GRIP_END | SONO_GRIP_LOW | SONO_GRIP_HIGH)

/* In SonoToolContext.state. */
enum { MODE, COMBINE, T_DOWN, F_DOWN, DRAGGED, JOINED, GRIP, SHAPE, OFF_X, OFF_Y };
typedef enum Mode { IDLE, NEW, JOIN, MOVE, RESIZE } Mode;

/* Which handle of which box. */
typedef struct Hit {
    unsigned grips;
    size_t shape;
} Hit;

static bool has_modifier(const SonoPointer *p)
{
    return p->shift || p->ctrl || p->alt;
}

static SonoCombine combine_of(const SonoPointer *p)
{
    if (!p->ctrl && !p->alt) {
        return SONO_COMBINE_ADD;
    }
    return p->shift ? SONO_COMBINE_INTERSECT : SONO_COMBINE_SUBTRACT;
}

static int channel_of(const SonoToolContext *c)
{
    return c->options->all_channels ? -1 : sono_view_state_lane(c->view, c->down_lane).channel;
}

/* Near an edge at pixel a, on the side of its box (of this thickness) or outside. */
static bool is_near(double x, double edge, double outward, double thickness)
{
    const double out = (x - edge) * outward;
    return out <= GRIP_PX && out >= -fmin(GRIP_PX, thickness / 3.0);
}

static unsigned grips_of_box(const SonoViewState *v, int lane, SonoRegion box, double x, double y)
{
    double x0 = 0.0;
    double y0 = 0.0;
    double x1 = 0.0;
    double y1 = 0.0;
    sono_view_state_to_px(v, lane, box.t0_s, box.f1_hz, &x0, &y0);
    sono_view_state_to_px(v, lane, box.t1_s, box.f0_hz, &x1, &y1);
    if (x < x0 - GRIP_PX || x > x1 + GRIP_PX || y < y0 - GRIP_PX || y > y1 + GRIP_PX) {
        return 0;
    }
    return (is_near(x, x0, -1.0, x1 - x0) ? SONO_GRIP_START : 0u) |
           (is_near(x, x1, 1.0, x1 - x0) ? SONO_GRIP_END : 0u) | (is_near(y, y1, 1.0, y1 - y0) ? SONO_GRIP_LOW : 0u) |
           (is_near(y, y0, -1.0, y1 - y0) ? SONO_GRIP_HIGH : 0u);
}

/* Where nothing but selected sound is seen there is nothing to take hold of: then a drag selects anew. */
static bool fills_the_view(const SonoToolContext *c, unsigned axes, SonoRegion r)
{
    const SonoViewState *v = c->view;
    const double bottom_hz = sono_view_state_whole_axis(v).f0_hz;
    const bool in_time = r.t0_s <= fmax(v->t0_s, 0.0) && r.t1_s >= fmin(v->t0_s + v->s_per_px * v->width_px, v->end_s);
    const bool in_freq = (r.f0_hz <= v->axis.f0_hz || r.f0_hz <= bottom_hz) && r.f1_hz >= v->axis.f1_hz;
    return (in_time || !(axes & TOOL_TIME)) && (in_freq || !(axes & TOOL_FREQ));
}

static Hit hit(const SonoToolContext *c, unsigned axes, const SonoPointer *p)
{
    const SonoViewState *v = c->view;
    const SonoSelection *s = c->selection;
    const int lane = sono_view_state_lane_at(v, p->y_px);
    const unsigned usable = (axes & TOOL_TIME ? SONO_GRIP_START | SONO_GRIP_END : 0u) |
                            (axes & TOOL_FREQ ? SONO_GRIP_LOW | SONO_GRIP_HIGH : 0u);
    if (sono_selection_is_empty(s) || (s->channel >= 0 && s->channel != sono_view_state_lane(v, lane).channel)) {
        return (Hit){0};
    }
    for (size_t i = s->mask.n_shapes; i-- > 0;) {
        const SonoShape *shape = &s->mask.shapes[i];
        if (shape->kind == SONO_SHAPE_BOX && shape->combine == SONO_COMBINE_ADD) {
            const unsigned grips = grips_of_box(v, lane, shape->box, p->x_px, p->y_px) & usable;
            if (grips) {
                return (Hit){grips, i};
            }
        }
    }
    double t_s = 0.0;
    double freq_hz = 0.0;
    sono_view_state_to_sound(v, lane, p->x_px, p->y_px, &t_s, &freq_hz);
    const bool inside = sono_selection_contains(s, t_s, freq_hz) &&
                        !fills_the_view(c, axes, sono_selection_region(s, v->end_s, v->nyquist_hz));
    return (Hit){inside ? SONO_GRIP_MOVE : 0u, 0};
}

static SonoStatus select_seen(SonoToolContext *c, unsigned axes, const SonoPointer *p, SonoError *err)
{
    const SonoViewState *v = c->view;
    const SonoLane lane = sono_view_state_lane(v, c->down_lane);
    double t0_s = 0.0;
    double t1_s = 0.0;
    SonoShape shape = {.kind = SONO_SHAPE_BOX, .combine = combine_of(p)};
    double low_hz = 0.0;
    double high_hz = 0.0;
    tool_place(c, 0.0, lane.y_px + lane.height_px, &t0_s, &low_hz);
    tool_place(c, v->width_px, lane.y_px, &t1_s, &high_hz);
    shape.box = tool_span(c, axes, t0_s, low_hz, t1_s, high_hz);
    const SonoStatus status = has_modifier(p) ? sono_selection_join(c->selection, &shape, channel_of(c), err)
                                              : sono_selection_set(c->selection, &shape, channel_of(c), err);
    sono_selection_fold(c->selection);
    return status;
}

/* Take hold of an edge where it is, not where the pointer is. */
static void grab_edges(SonoToolContext *c, Hit at, const SonoPointer *p)
{
    const SonoRegion *box = &c->selection->mask.shapes[at.shape].box;
    double x = 0.0;
    double y = 0.0;
    sono_view_state_to_px(c->view, c->down_lane, at.grips & SONO_GRIP_END ? box->t1_s : box->t0_s,
                          at.grips & SONO_GRIP_HIGH ? box->f1_hz : box->f0_hz, &x, &y);
    c->state[MODE] = RESIZE;
    c->state[GRIP] = at.grips;
    c->state[SHAPE] = (double)at.shape;
    c->state[OFF_X] = at.grips & (SONO_GRIP_START | SONO_GRIP_END) ? x - p->x_px : 0.0;
    c->state[OFF_Y] = at.grips & (SONO_GRIP_LOW | SONO_GRIP_HIGH) ? y - p->y_px : 0.0;
}

static SonoStatus begin(SonoToolContext *c, unsigned axes, const SonoPointer *p, SonoError *err)
{
    if (!c->has_sound) {
        return SONO_OK;
    }
    if (p->n_press > 1) {
        return select_seen(c, axes, p, err);
    }
    const Hit at = has_modifier(p) ? (Hit){0} : hit(c, axes, p);
    tool_place(c, p->x_px, p->y_px, &c->state[T_DOWN], &c->state[F_DOWN]);
    c->state[COMBINE] = combine_of(p);
    c->state[MODE] = has_modifier(p) ? JOIN : at.grips & SONO_GRIP_MOVE ? MOVE : NEW;
    if (at.grips & EDGES) {
        grab_edges(c, at, p);
    }
    return SONO_OK;
}

static SonoStatus drag_new(SonoToolContext *c, unsigned axes, double t_s, double freq_hz, SonoError *err)
{
    const SonoShape shape = {.kind = SONO_SHAPE_BOX,
                             .combine = (SonoCombine)c->state[COMBINE],
                             .box = tool_span(c, axes, c->state[T_DOWN], c->state[F_DOWN], t_s, freq_hz)};
    const bool is_empty = sono_region_is_empty(shape.box);
    if (c->state[MODE] == NEW) {
        if (is_empty && !sono_selection_is_empty(c->selection)) {
            sono_selection_clear(c->selection);
        }
        return is_empty ? SONO_OK : sono_selection_set(c->selection, &shape, channel_of(c), err);
    }
    if (is_empty) { /* as if it had not begun yet */
        c->state[JOINED] = 0.0;
        return sono_selection_assign(c->selection, &c->selected_before, err);
    }
    if (c->state[JOINED] != 0.0) {
        return sono_selection_replace_last(c->selection, &shape, err);
    }
    const SonoStatus status = sono_selection_join(c->selection, &shape, channel_of(c), err);
    c->state[JOINED] = status == SONO_OK;
    return status;
}

static SonoStatus drag_all(SonoToolContext *c, unsigned axes, double t_s, double freq_hz, SonoError *err)
{
    const SonoFreqAxis whole = sono_view_state_whole_axis(c->view);
    const double from = fmax(sono_freq_axis_position(&whole, c->state[F_DOWN]), 0.0);
    const double to = fmax(sono_freq_axis_position(&whole, freq_hz), 0.0);
    const SonoStatus status = sono_selection_assign(c->selection, &c->selected_before, err);
    return status == SONO_OK ? sono_selection_move(c->selection, axes & TOOL_TIME ? t_s - c->state[T_DOWN] : 0.0,
                                                   &whole, axes & TOOL_FREQ ? to - from : 0.0, c->view->end_s, err)
                             : status;
}

/* Nothing, or as good as nothing: what is left by rounding when an edge is pulled onto another. */
static bool is_sliver(SonoRegion box)
{
    return box.t1_s - box.t0_s < SLIVER_S || box.f1_hz - box.f0_hz < SLIVER_HZ;
}

static void put_in_order(double *a, double *b)
{
    const double low = fmin(*a, *b);
    *b = fmax(*a, *b);
    *a = low;
}

/* An edge may be pulled across the opposite one. */
static SonoStatus drag_edges(SonoToolContext *c, const SonoPointer *p, SonoError *err)
{
    const size_t index = (size_t)c->state[SHAPE];
    const unsigned grips = (unsigned)c->state[GRIP];
    double t_s = 0.0;
    double freq_hz = 0.0;
    if (index >= c->selected_before.mask.n_shapes || index >= c->selection->mask.n_shapes) {
        return SONO_OK; /* the selection was replaced meanwhile */
    }
    tool_place(c, p->x_px + c->state[OFF_X], p->y_px + c->state[OFF_Y], &t_s, &freq_hz);
    SonoShape shape = c->selected_before.mask.shapes[index];
    SonoRegion *box = &shape.box;
    box->t0_s = grips & SONO_GRIP_START ? t_s : box->t0_s;
    box->t1_s = grips & SONO_GRIP_END ? t_s : box->t1_s;
    box->f0_hz = grips & SONO_GRIP_LOW ? freq_hz : box->f0_hz;
    box->f1_hz = grips & SONO_GRIP_HIGH ? freq_hz : box->f1_hz;
    put_in_order(&box->t0_s, &box->t1_s);
    put_in_order(&box->f0_hz, &box->f1_hz);
    return is_sliver(*box) ? SONO_OK : sono_selection_replace(c->selection, index, &shape, err);
}

static SonoStatus drag(SonoToolContext *c, unsigned axes, const SonoPointer *p, SonoError *err)
{
    const Mode mode = (Mode)c->state[MODE];
    if (mode == IDLE || (c->state[DRAGGED] == 0.0 && tool_drag_px(c, p) < TOOL_CLICK_PX)) {
        return SONO_OK;
    }
    double t_s = 0.0;
    double freq_hz = 0.0;
    c->state[DRAGGED] = 1.0;
    tool_place(c, p->x_px, p->y_px, &t_s, &freq_hz);
    if (mode == RESIZE) {
        return drag_edges(c, p, err);
    }
    return mode == MOVE ? drag_all(c, axes, t_s, freq_hz, err) : drag_new(c, axes, t_s, freq_hz, err);
}

static SonoStatus end(SonoToolContext *c, unsigned axes, const SonoPointer *p, SonoError *err)
{
    const SonoStatus status = drag(c, axes, p, err);
    const Mode mode = (Mode)c->state[MODE];
    if (c->state[DRAGGED] != 0.0) {
        sono_selection_fold(c->selection);
    } else if (mode != IDLE && mode != JOIN && c->selection->mask.n_shapes > 0) {
        sono_selection_clear(c->selection);
    }
    return status;
}

SonoStatus tool_select_point(SonoToolContext *c, unsigned axes, const SonoPointer *p, SonoError *err)
{
    switch (p->kind) {
    case SONO_POINTER_DOWN:
        return begin(c, axes, p, err);
    case SONO_POINTER_DRAG:
        return drag(c, axes, p, err);
    case SONO_POINTER_UP:
        return end(c, axes, p, err);
    case SONO_POINTER_CANCEL:
    case SONO_POINTER_HOVER:
    case SONO_POINTER_LEAVE:
        break;
    }
    return SONO_OK;
}

static SonoCursor cursor_of(unsigned grips)
{
    const bool in_time = (grips & (SONO_GRIP_START | SONO_GRIP_END)) != 0;
    const bool in_freq = (grips & (SONO_GRIP_LOW | SONO_GRIP_HIGH)) != 0;
    if (in_time && in_freq) {
        return ((grips & SONO_GRIP_START) != 0) == ((grips & SONO_GRIP_HIGH) != 0) ? SONO_CURSOR_SIZE_FALLING
                                                                                   : SONO_CURSOR_SIZE_RISING;
    }
    return in_time                  ? SONO_CURSOR_SIZE_TIME
           : in_freq                ? SONO_CURSOR_SIZE_FREQ
           : grips & SONO_GRIP_MOVE ? SONO_CURSOR_MOVE
                                    : SONO_CURSOR_CROSS;
}

SonoCursor tool_select_cursor(const SonoToolContext *c, unsigned axes, const SonoPointer *p, bool is_down)
{
    if (!c->has_sound) {
        return SONO_CURSOR_ARROW;
    }
    if (is_down) {
        const Mode mode = (Mode)c->state[MODE];
        return cursor_of(mode == RESIZE ? (unsigned)c->state[GRIP] : mode == MOVE ? SONO_GRIP_MOVE : 0u);
    }
    return cursor_of(has_modifier(p) ? 0u : hit(c, axes, p).grips);
}
