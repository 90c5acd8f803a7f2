/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time along the canvas: ticks and labels are kept as a drawing of their own, so that the pointer's mark costs nothing.
 */
#include "sono_lanes.h"

#include <glib/gi18n.h>
#include <math.h>

#include "lane_style.h"
#include "sono_ticks.h"

#define HEIGHT_PX 22
#define LABEL_GAP_PX 18.0
#define MINOR_PX 5.0
#define CLICK_PX 3.0 /* a press that moves farther is no click */

struct _SonoTimeRuler {
    GtkWidget parent_instance;
    SonoCanvas *canvas; /* weak */
    LaneStyle style;
    SonoTimeFormat format;
    GskRenderNode *ticks; /* of the view in ticks_of, or NULL */
    SonoViewState ticks_of;
    SonoTimeFormat ticks_format;
    int ticks_scale;
    double pan_px, x_px; /* last place of a pan, of the pointer */
    gboolean scrubbing;  /* a drag is the sound's */
    gboolean dragged;    /* it is no click any more */
};

G_DEFINE_FINAL_TYPE(SonoTimeRuler, sono_time_ruler, GTK_TYPE_WIDGET)

static double rate_hz(const SonoTimeRuler *r)
{
    const SonoClip *clip = r->canvas ? sono_scene_clip(sono_canvas_scene(r->canvas)) : NULL;
    const SonoViewState *view = lane_view(r->canvas);
    return clip ? sono_clip_rate_hz(clip) : view && view->nyquist_hz > 0.0 ? 2.0 * view->nyquist_hz : 1.0;
}

/* Labels get as much room as the longest of them takes: that depends on the ticks, and these on the room. */
static void find_ticks(SonoTimeRuler *r, const SonoViewState *view, SonoTickList *list)
{
    static const SonoTickTime units[] = {SONO_TICKS_SECONDS, SONO_TICKS_CLOCK, SONO_TICKS_SAMPLES};
    double label_px = 56.0;
    for (int round = 0; round < 3; round++) {
        double widest = 0.0;
        sono_ticks_time(units[r->format], view->t0_s, view->t0_s + view->width_px * view->s_per_px, rate_hz(r),
                        (SonoTickRoom){view->width_px, label_px, MINOR_PX}, list);
        for (size_t i = 0; i < list->n; i++) {
            widest = list->ticks[i].label[0]
                         ? fmax(widest, lane_text_width(&r->style, GTK_WIDGET(r), list->ticks[i].label))
                         : widest;
        }
        if (widest + LABEL_GAP_PX <= label_px) {
            return;
        }
        label_px = widest + LABEL_GAP_PX;
    }
}

static void draw_ticks(SonoTimeRuler *r, GtkSnapshot *snapshot, const SonoViewState *view)
{
    GtkWidget *widget = GTK_WIDGET(r);
    const double height = gtk_widget_get_height(widget);
    SonoTickList list;
    find_ticks(r, view, &list);
    for (size_t i = 0; i < list.n; i++) {
        const SonoTick *t = &list.ticks[i];
        const double x = lane_snap(widget, (t->value - view->t0_s) / view->s_per_px);
        if (t->label[0]) {
            lane_rect(snapshot, lane_colour(&r->style, widget, LANE_TICK), x, 3.0, 1.0, height - 3.0);
            lane_text(&r->style, widget, snapshot, t->label, LANE_TEXT, x + 4.0, 1.0, 0.0, 0.0);
        } else {
            lane_rect(snapshot, lane_colour(&r->style, widget, LANE_TICK_MINOR), x, height - 5.0, 1.0, 5.0);
        }
    }
}

static gboolean ticks_are_current(SonoTimeRuler *r, const SonoViewState *view)
{
    return r->ticks && r->ticks_format == r->format && r->ticks_scale == gtk_widget_get_scale_factor(GTK_WIDGET(r)) &&
           r->ticks_of.t0_s == view->t0_s && r->ticks_of.s_per_px == view->s_per_px &&
           r->ticks_of.width_px == view->width_px && r->ticks_of.nyquist_hz == view->nyquist_hz;
}

static void forget_ticks(SonoTimeRuler *r)
{
    g_clear_pointer(&r->ticks, gsk_render_node_unref);
}

static void draw_selection(SonoTimeRuler *r, GtkSnapshot *snapshot, const SonoViewState *view)
{
    GtkWidget *widget = GTK_WIDGET(r);
    const double height = gtk_widget_get_height(widget);
    const GdkRGBA inside = lane_colour_alpha(&r->style, widget, LANE_SELECTED, 0.13f);
    LaneTimes times;
    int channel = 0;
    double x0 = 0.0;
    double x1 = 0.0;
    if (lane_selection(r->canvas, NULL, &times, &channel)) {
        for (int i = 0; i < times.n; i++) {
            if (lane_span_px(view, times.spans[i].t0_s, times.spans[i].t1_s, &x0, &x1)) {
                lane_rect(snapshot, &inside, x0, 0.0, x1 - x0, height);
                lane_rect(snapshot, lane_colour(&r->style, widget, LANE_SELECTED), x0, height - 2.0, x1 - x0, 2.0);
            }
        }
    }
}

/* Where the pointer is: a line with a small head. */
static void draw_pointer(SonoTimeRuler *r, GtkSnapshot *snapshot, const SonoViewState *view)
{
    GtkWidget *widget = GTK_WIDGET(r);
    const SonoProbe probe = sono_scene_probe(sono_canvas_scene(r->canvas));
    if (probe.inside) {
        const GdkRGBA *colour = lane_colour(&r->style, widget, LANE_ACCENT);
        const double height = gtk_widget_get_height(widget);
        const double x = lane_snap(widget, (probe.t_s - view->t0_s) / view->s_per_px);
        for (int i = 0; i < 3; i++) {
            lane_rect(snapshot, colour, x - 2.0 + i, height - 6.0 + i, 5.0 - 2.0 * i, 1.0);
        }
        lane_rect(snapshot, colour, x, height - 4.0, 1.0, 4.0);
    }
}

static void sono_time_ruler_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    SonoTimeRuler *r = SONO_TIME_RULER(widget);
    const SonoViewState *view = lane_view(r->canvas);
    const int width = gtk_widget_get_width(widget);
    const int height = gtk_widget_get_height(widget);
    if (view && view->end_s > 0.0 && view->s_per_px > 0.0) {
        if (!ticks_are_current(r, view)) {
            g_autoptr(GtkSnapshot) ticks = gtk_snapshot_new();
            forget_ticks(r);
            draw_ticks(r, ticks, view);
            r->ticks = gtk_snapshot_to_node(ticks);
            r->ticks_of = *view;
            r->ticks_format = r->format;
            r->ticks_scale = gtk_widget_get_scale_factor(widget);
        }
        gtk_snapshot_push_clip(snapshot, &GRAPHENE_RECT_INIT(0.0f, 0.0f, (float)width, (float)height));
        if (r->ticks) {
            gtk_snapshot_append_node(snapshot, r->ticks);
        }
        draw_selection(r, snapshot, view);
        draw_pointer(r, snapshot, view);
        gtk_snapshot_pop(snapshot);
    }
    lane_rect(snapshot, lane_colour(&r->style, widget, LANE_LINE), 0.0, 0.0, width, 1.0);
}

static void sono_time_ruler_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                                    int *natural, int *minimum_baseline, int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT_PX : 0;
}

static double to_s(const SonoTimeRuler *r, double x_px)
{
    const SonoViewState *view = lane_view(r->canvas);
    return view ? view->t0_s + x_px * view->s_per_px : 0.0;
}

/* A click puts the play cursor there, a drag moves the view; with Ctrl it drags the sound. */
static void on_drag_begin(GtkGestureDrag *drag, double x, double y, SonoTimeRuler *r)
{
    const GdkModifierType held = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(drag));
    r->pan_px = 0.0;
    r->dragged = FALSE;
    r->scrubbing = (held & GDK_CONTROL_MASK) != 0 && r->canvas;
    gtk_widget_set_cursor_from_name(GTK_WIDGET(r), r->scrubbing ? "col-resize" : "grabbing");
    if (r->scrubbing) {
        sono_canvas_scrub(r->canvas, to_s(r, x), TRUE);
    }
}

static void on_drag_update(GtkGestureDrag *drag, double dx, double dy, SonoTimeRuler *r)
{
    SonoViewState *view = lane_view(r->canvas);
    double x = 0.0;
    double y = 0.0;
    r->dragged = r->dragged || fabs(dx) > CLICK_PX;
    if (!view || !gtk_gesture_drag_get_start_point(drag, &x, &y)) {
        return;
    }
    if (r->scrubbing) {
        sono_canvas_scrub(r->canvas, to_s(r, x + dx), TRUE);
    } else if (r->dragged) {
        sono_view_state_pan(view, dx - r->pan_px, 0.0);
        r->pan_px = dx;
        sono_canvas_refresh(r->canvas);
    }
}

static void on_drag_end(GtkGestureDrag *drag, double dx, double dy, SonoTimeRuler *r)
{
    double x = 0.0;
    double y = 0.0;
    gtk_widget_set_cursor_from_name(GTK_WIDGET(r), "grab");
    if (r->canvas && gtk_gesture_drag_get_start_point(drag, &x, &y)) {
        if (r->scrubbing) {
            sono_canvas_scrub(r->canvas, to_s(r, x + dx), FALSE);
        } else if (!r->dragged) {
            sono_canvas_locate(r->canvas, to_s(r, x));
        }
    }
    r->scrubbing = FALSE;
}

/* The sequence was taken away: a scrub must not go on for ever. */
static void on_drag_cancel(GtkGesture *drag, GdkEventSequence *sequence, SonoTimeRuler *r)
{
    if (r->scrubbing && r->canvas) {
        sono_canvas_scrub(r->canvas, to_s(r, r->x_px), FALSE);
    }
    r->scrubbing = FALSE;
}

static void on_motion(GtkEventControllerMotion *motion, double x, double y, SonoTimeRuler *r)
{
    r->x_px = x;
}

static gboolean on_scroll(GtkEventControllerScroll *scroll, double dx, double dy, SonoTimeRuler *r)
{
    const GdkModifierType held = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(scroll));
    const gboolean sideways = (held & GDK_SHIFT_MASK) != 0 || fabs(dx) > fabs(dy);
    lane_wheel(scroll, r->canvas, r->x_px, 0.0, sideways ? dx : 0.0, dy, !sideways, sideways);
    return TRUE;
}

static void sono_time_ruler_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    SonoTimeRuler *r = SONO_TIME_RULER(widget);
    GTK_WIDGET_CLASS(sono_time_ruler_parent_class)->css_changed(widget, change);
    lane_style_forget(&r->style);
    forget_ticks(r);
    gtk_widget_queue_draw(widget);
}

static void sono_time_ruler_dispose(GObject *object)
{
    SonoTimeRuler *r = SONO_TIME_RULER(object);
    g_clear_weak_pointer(&r->canvas);
    forget_ticks(r);
    lane_style_clear(&r->style);
    G_OBJECT_CLASS(sono_time_ruler_parent_class)->dispose(object);
}

static void sono_time_ruler_class_init(SonoTimeRulerClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_time_ruler_dispose;
    widget->snapshot = sono_time_ruler_snapshot;
    widget->measure = sono_time_ruler_measure;
    widget->css_changed = sono_time_ruler_css_changed;
    gtk_widget_class_set_css_name(widget, "timeruler");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
    lane_style_install();
}

static void sono_time_ruler_init(SonoTimeRuler *r)
{
    GtkWidget *widget = GTK_WIDGET(r);
    GtkGesture *drag = gtk_gesture_drag_new();
    GtkEventController *motion = gtk_event_controller_motion_new();
    GtkEventController *scroll = gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    r->format = SONO_TIME_HMS;
    g_signal_connect(drag, "drag-begin", G_CALLBACK(on_drag_begin), r);
    g_signal_connect(drag, "drag-update", G_CALLBACK(on_drag_update), r);
    g_signal_connect(drag, "drag-end", G_CALLBACK(on_drag_end), r);
    g_signal_connect(drag, "cancel", G_CALLBACK(on_drag_cancel), r);
    g_signal_connect(motion, "enter", G_CALLBACK(on_motion), r);
    g_signal_connect(motion, "motion", G_CALLBACK(on_motion), r);
    g_signal_connect(scroll, "scroll", G_CALLBACK(on_scroll), r);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
    gtk_widget_add_controller(widget, motion);
    gtk_widget_add_controller(widget, scroll);
    gtk_widget_set_direction(widget, GTK_TEXT_DIR_LTR); /* time runs to the right in every language */
    gtk_widget_set_cursor_from_name(widget, "grab");
    gtk_widget_set_tooltip_text(
        widget, _("Drag to move, wheel to zoom time; a click puts the play cursor there, Ctrl and drag scrubs"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(r), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Time"), -1);
}

GtkWidget *sono_time_ruler_new(SonoCanvas *canvas)
{
    SonoTimeRuler *r = g_object_new(SONO_TYPE_TIME_RULER, NULL);
    g_set_weak_pointer(&r->canvas, canvas);
    lane_follow(GTK_WIDGET(r), canvas, "view-changed");
    lane_follow(GTK_WIDGET(r), canvas, "pointed");
    lane_follow(GTK_WIDGET(r), canvas, "selection-changed");
    return GTK_WIDGET(r);
}

void sono_time_ruler_set_format(SonoTimeRuler *ruler, SonoTimeFormat format)
{
    ruler->format = format;
    gtk_widget_queue_draw(GTK_WIDGET(ruler));
}
