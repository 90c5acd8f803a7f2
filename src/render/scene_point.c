/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointers -> tools: which tool an event is for, what is remembered from DOWN to UP, and what CANCEL puts back. */
#include "scene.h"

#include "tools/tools.h"

#include <string.h>

/* How fast the view follows a pointer outside: at its edge, more for every pixel of distance, and at most. */
#define FOLLOW_MIN_PX_PER_S 120.0
#define FOLLOW_GAIN 12.0
#define FOLLOW_MAX_VIEWS_PER_S 2.0

void sono_scene_set_tool(SonoScene *s, const SonoTool *tool)
{
    s->tool = tool;
}

void sono_scene_lend_tool(SonoScene *s, const SonoTool *tool)
{
    s->lent = tool;
}

const SonoTool *sono_scene_tool(const SonoScene *s)
{
    return s->dragging ? s->dragging : s->lent ? s->lent : s->tool;
}

bool sono_scene_is_dragging(const SonoScene *s)
{
    return s->dragging != NULL;
}

/* A pen's other end erases, whatever the tool. */
static const SonoTool *tool_under(const SonoScene *s, const SonoPointer *pointer)
{
    return pointer->eraser && !s->dragging ? sono_tool_find("eraser") : sono_scene_tool(s);
}

void scene_meet_context(SonoScene *s)
{
    s->context.view = &s->view;
    s->context.selection = &s->selection;
    s->context.strokes = s->strokes;
    s->context.options = &s->options;
    s->context.has_sound = s->clip && !s->other && s->view.end_s > 0.0;
}

SonoCursor sono_scene_cursor(const SonoScene *s)
{
    return tool_under(s, &s->pointer)->cursor(&s->context, &s->pointer, s->dragging != NULL);
}

static bool same_view(const SonoViewState *a, const SonoViewState *b)
{
    return a->t0_s == b->t0_s && a->s_per_px == b->s_per_px && a->axis.scale == b->axis.scale &&
           a->axis.f0_hz == b->axis.f0_hz && a->axis.f1_hz == b->axis.f1_hz && a->only_channel == b->only_channel &&
           a->first_lane == b->first_lane;
}

/* Of the view at DOWN what a drag may have moved; the canvas or the sound may have another size by now. */
static void put_back_view(SonoScene *s)
{
    const SonoViewState *before = &s->context.before;
    SonoViewState *v = &s->view;
    if (v->end_s == before->end_s && v->width_px == before->width_px && v->nyquist_hz == before->nyquist_hz) {
        v->t0_s = before->t0_s;
        v->s_per_px = before->s_per_px;
        v->axis = before->axis;
    }
}

static void finish_drag(SonoScene *s)
{
    s->dragging = NULL;
    sono_mask_clear(&s->context.band);
    sono_selection_clear(&s->context.selected_before);
}

static SonoStatus cancel(SonoScene *s, const SonoPointer *pointer, SonoError *err)
{
    SonoStatus status = SONO_OK;
    if (!s->dragging) {
        return status;
    }
    put_back_view(s);
    sono_strokes_cancel(s->strokes);
    if (s->selection.revision != s->context.selected_before.revision) {
        status = sono_selection_assign(&s->selection, &s->context.selected_before, err);
    }
    if (status == SONO_OK) {
        status = s->dragging->point(&s->context, pointer, err);
    }
    finish_drag(s);
    return status;
}

static SonoStatus down(SonoScene *s, const SonoPointer *pointer, SonoError *err)
{
    SonoToolContext *c = &s->context;
    SonoStatus status = sono_selection_assign(&c->selected_before, &s->selection, err);
    if (status != SONO_OK) {
        return status;
    }
    c->selected_before.revision = s->selection.revision;
    s->dragging = tool_under(s, pointer);
    c->down = *pointer;
    c->down_lane = sono_view_state_lane_at(&s->view, pointer->y_px);
    c->before = s->view;
    memset(c->state, 0, sizeof c->state);
    return s->dragging->point(c, pointer, err);
}

static SonoStatus dispatch(SonoScene *s, const SonoPointer *pointer, SonoError *err)
{
    SonoStatus status = SONO_OK;
    switch (pointer->kind) {
    case SONO_POINTER_DOWN:
        status = cancel(s, &(SonoPointer){.kind = SONO_POINTER_CANCEL}, err);
        return status == SONO_OK ? down(s, pointer, err) : status;
    case SONO_POINTER_DRAG:
        return s->dragging ? s->dragging->point(&s->context, pointer, err) : SONO_OK;
    case SONO_POINTER_UP:
        if (s->dragging) {
            status = s->dragging->point(&s->context, pointer, err);
            finish_drag(s);
        }
        return status;
    case SONO_POINTER_CANCEL:
        return cancel(s, pointer, err);
    case SONO_POINTER_HOVER:
    case SONO_POINTER_LEAVE:
        break;
    }
    return SONO_OK;
}

/* Where the pointer is; between DOWN and UP only what the drag does counts. */
static void follow(SonoScene *s, const SonoPointer *pointer)
{
    const bool is_motion = pointer->kind == SONO_POINTER_HOVER || pointer->kind == SONO_POINTER_LEAVE;
    if (pointer->kind == SONO_POINTER_CANCEL || (s->dragging && is_motion)) {
        return;
    }
    s->inside = pointer->kind != SONO_POINTER_LEAVE;
    if (s->inside) {
        s->pointer = *pointer;
    }
}

/* Pixels in dt_s for a pointer that is so far out. */
static double follow_px(double out_px, double size_px, double dt_s)
{
    const double px_per_s = fmin(FOLLOW_MIN_PX_PER_S + FOLLOW_GAIN * fabs(out_px), FOLLOW_MAX_VIEWS_PER_S * size_px);
    return out_px == 0.0 ? 0.0 : copysign(px_per_s * dt_s, out_px);
}

/* How far x lies below low (negative) or above high. */
static double how_far_out(double x, double low, double high)
{
    return x < low ? x - low : x > high ? x - high : 0.0;
}

bool sono_scene_follow_drag(SonoScene *s, double dt_s)
{
    const SonoViewState before = s->view;
    const unsigned along = s->dragging ? s->dragging->scrolls : 0u;
    if (!along || tool_drag_px(&s->context, &s->pointer) < TOOL_CLICK_PX) {
        return false;
    }
    const SonoLane lane = sono_view_state_lane(&s->view, s->context.down_lane);
    const double right = how_far_out(s->pointer.x_px, 0.0, s->view.width_px);
    const double down = how_far_out(s->pointer.y_px, lane.y_px, lane.y_px + lane.height_px);
    sono_view_state_pan(&s->view, along & SONO_ALONG_TIME ? -follow_px(right, s->view.width_px, dt_s) : 0.0,
                        along & SONO_ALONG_FREQ ? -follow_px(down, lane.height_px, dt_s) : 0.0);
    SonoPointer again = s->pointer;
    again.kind = SONO_POINTER_DRAG;
    return !same_view(&before, &s->view) && s->dragging->point(&s->context, &again, NULL) == SONO_OK;
}

SonoStatus sono_scene_point(SonoScene *s, const SonoPointer *pointer, SonoOutcome *out, SonoError *err)
{
    *out = (SonoOutcome){0};
    if (!isfinite(pointer->x_px) || !isfinite(pointer->y_px) || !isfinite(pointer->pressure)) {
        return sono_fail(err, SONO_E_INVALID, "a pointer at no place");
    }
    const SonoViewState view = s->view;
    const uint64_t revision = s->selection.revision;
    scene_meet_context(s);
    s->context.edit = &out->edit;
    s->context.edited = &out->edited;
    follow(s, pointer);
    const SonoStatus status = dispatch(s, pointer, err);
    s->context.edit = NULL;
    s->context.edited = NULL;
    out->view_changed = !same_view(&view, &s->view);
    out->selection_changed = revision != s->selection.revision;
    return status;
}
