/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frequency along every lane: one drawing of the ticks serves all lanes, as they have the same axis and height. */
#include "sono_lanes.h"

#include <glib/gi18n.h>
#include <math.h>

#include "lane_style.h"
#include "sono_ticks.h"

#define WIDTH_PX 52
#define MINOR_PX 4.0

struct _SonoFreqRuler {
    GtkWidget parent_instance;
    SonoCanvas *canvas; /* weak */
    LaneStyle style;
    SonoFreqFormat format;
    GskRenderNode *ticks; /* of a lane of the view in ticks_of, or NULL */
    SonoViewState ticks_of;
    SonoFreqFormat ticks_format;
    int ticks_scale;
    double pan_px, y_px; /* last place of a pan, of the pointer */
};

G_DEFINE_FINAL_TYPE(SonoFreqRuler, sono_freq_ruler, GTK_TYPE_WIDGET)

static void draw_ticks(SonoFreqRuler *r, GtkSnapshot *snapshot, const SonoViewState *view, double height)
{
    GtkWidget *widget = GTK_WIDGET(r);
    const double right = gtk_widget_get_width(widget);
    const double text = lane_text_height(&r->style, widget);
    const SonoTickRoom room = {height, text + (r->format == SONO_FREQ_NOTES ? 0.0 : 9.0), MINOR_PX};
    SonoTickList list;
    if (r->format == SONO_FREQ_NOTES) {
        sono_ticks_notes(&view->axis, view->tuning_hz, room, &list);
    } else {
        sono_ticks_freq(&view->axis, room, &list);
    }
    for (size_t i = 0; i < list.n; i++) {
        const SonoTick *t = &list.ticks[i];
        const double y = height * (1.0 - sono_freq_axis_position(&view->axis, t->value));
        const double line = fmin(lane_snap(widget, y), height - 1.0);
        if (t->label[0]) {
            const double middle = CLAMP(y, 0.5 * text, height - 0.5 * text);
            lane_rect(snapshot, lane_colour(&r->style, widget, LANE_TICK), right - 7.0, line, 7.0, 1.0);
            lane_text(&r->style, widget, snapshot, t->label, LANE_TEXT, right - 10.0, middle, 1.0, 0.5);
        } else {
            lane_rect(snapshot, lane_colour(&r->style, widget, LANE_TICK_MINOR), right - 4.0, line, 4.0, 1.0);
        }
    }
}

static gboolean ticks_are_current(SonoFreqRuler *r, const SonoViewState *view, int n_lanes)
{
    const SonoViewState *of = &r->ticks_of;
    return r->ticks && r->ticks_format == r->format && r->ticks_scale == gtk_widget_get_scale_factor(GTK_WIDGET(r)) &&
           of->axis.scale == view->axis.scale && of->axis.f0_hz == view->axis.f0_hz &&
           of->axis.f1_hz == view->axis.f1_hz && of->tuning_hz == view->tuning_hz && of->height_px == view->height_px &&
           sono_view_state_n_lanes(of) == n_lanes;
}

static void forget_ticks(SonoFreqRuler *r)
{
    g_clear_pointer(&r->ticks, gsk_render_node_unref);
}

static double to_y(const SonoViewState *view, int lane, double freq_hz)
{
    const SonoLane place = sono_view_state_lane(view, lane);
    double x_px = 0.0;
    double y_px = 0.0;
    sono_view_state_to_px(view, lane, view->t0_s, freq_hz, &x_px, &y_px);
    return CLAMP(y_px, place.y_px, place.y_px + place.height_px);
}

static void draw_marks(SonoFreqRuler *r, GtkSnapshot *snapshot, const SonoViewState *view, int lane)
{
    GtkWidget *widget = GTK_WIDGET(r);
    const double right = gtk_widget_get_width(widget);
    const SonoLane place = sono_view_state_lane(view, lane);
    const SonoProbe probe = sono_scene_probe(sono_canvas_scene(r->canvas));
    SonoRegion region = {0};
    int channel = 0;
    if (lane_selection(r->canvas, &region, NULL, &channel) && (channel < 0 || channel == place.channel) &&
        (region.f0_hz > 0.0 || region.f1_hz < view->nyquist_hz)) { /* all frequencies are none in particular */
        const double top = to_y(view, lane, region.f1_hz);
        const double bottom = to_y(view, lane, region.f0_hz);
        const GdkRGBA inside = lane_colour_alpha(&r->style, widget, LANE_SELECTED, 0.13f);
        lane_rect(snapshot, &inside, 0.0, top, right, bottom - top);
        lane_rect(snapshot, lane_colour(&r->style, widget, LANE_SELECTED), right - 2.0, top, 2.0, bottom - top);
    }
    if (probe.inside) { /* in every lane: the same frequency elsewhere is what one compares */
        const GdkRGBA colour =
            lane_colour_alpha(&r->style, widget, LANE_ACCENT, probe.channel == place.channel ? 1.0f : 0.45f);
        const double y = lane_snap(widget, to_y(view, lane, probe.freq_hz));
        for (int i = 0; i < 3; i++) {
            lane_rect(snapshot, &colour, right - 6.0 + i, y - 2.0 + i, 1.0, 5.0 - 2.0 * i);
        }
        lane_rect(snapshot, &colour, right - 4.0, y, 4.0, 1.0);
    }
}

/* "L", "R", or the channel's number. */
static void draw_name(SonoFreqRuler *r, GtkSnapshot *snapshot, const SonoViewState *view, int lane)
{
    const SonoLane place = sono_view_state_lane(view, lane);
    char number[8];
    if (view->n_channels > 1) {
        const char *name = number;
        (void)g_snprintf(number, sizeof number, "%d", place.channel + 1);
        if (view->n_channels == 2) {
            name = place.channel == 0 ? C_("channel", "L") : C_("channel", "R");
        }
        lane_text(&r->style, GTK_WIDGET(r), snapshot, name, LANE_TEXT_DIM, 5.0, place.y_px + 2.0, 0.0, 0.0);
    }
}

static void sono_freq_ruler_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    SonoFreqRuler *r = SONO_FREQ_RULER(widget);
    const SonoViewState *view = lane_view(r->canvas);
    const int width = gtk_widget_get_width(widget);
    const int height = gtk_widget_get_height(widget);
    if (!view || view->end_s <= 0.0 || !(view->axis.f1_hz > view->axis.f0_hz)) {
        return;
    }
    const int n_lanes = sono_view_state_n_lanes(view);
    if (!ticks_are_current(r, view, n_lanes)) {
        g_autoptr(GtkSnapshot) ticks = gtk_snapshot_new();
        forget_ticks(r);
        draw_ticks(r, ticks, view, sono_view_state_lane(view, 0).height_px);
        r->ticks = gtk_snapshot_to_node(ticks);
        r->ticks_of = *view;
        r->ticks_format = r->format;
        r->ticks_scale = gtk_widget_get_scale_factor(widget);
    }
    gtk_snapshot_push_clip(snapshot, &GRAPHENE_RECT_INIT(0.0f, 0.0f, (float)width, (float)height));
    for (int lane = 0; lane < n_lanes; lane++) {
        const SonoLane place = sono_view_state_lane(view, lane);
        gtk_snapshot_save(snapshot);
        gtk_snapshot_translate(snapshot, &GRAPHENE_POINT_INIT(0.0f, (float)lane_snap(widget, place.y_px)));
        if (r->ticks) {
            gtk_snapshot_append_node(snapshot, r->ticks);
        }
        gtk_snapshot_restore(snapshot);
        draw_name(r, snapshot, view, lane);
        draw_marks(r, snapshot, view, lane);
        if (lane > 0) {
            lane_rect(snapshot, lane_colour(&r->style, widget, LANE_LINE), 0.0, place.y_px - SONO_LANE_GAP_PX, width,
                      SONO_LANE_GAP_PX);
        }
    }
    gtk_snapshot_pop(snapshot);
}

static void sono_freq_ruler_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                                    int *natural, int *minimum_baseline, int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_PX : 0;
}

static void on_pan_begin(GtkGestureDrag *drag, double x, double y, SonoFreqRuler *r)
{
    r->pan_px = 0.0;
    gtk_widget_set_cursor_from_name(GTK_WIDGET(r), "grabbing");
}

static void on_pan_update(GtkGestureDrag *drag, double dx, double dy, SonoFreqRuler *r)
{
    SonoViewState *view = lane_view(r->canvas);
    if (view) {
        sono_view_state_pan(view, 0.0, dy - r->pan_px);
        r->pan_px = dy;
        sono_canvas_refresh(r->canvas);
    }
}

static void on_pan_end(GtkGestureDrag *drag, double dx, double dy, SonoFreqRuler *r)
{
    gtk_widget_set_cursor_from_name(GTK_WIDGET(r), "grab");
}

static void on_motion(GtkEventControllerMotion *motion, double x, double y, SonoFreqRuler *r)
{
    r->y_px = y;
}

static gboolean on_scroll(GtkEventControllerScroll *scroll, double dx, double dy, SonoFreqRuler *r)
{
    const GdkModifierType held = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(scroll));
    const gboolean zoom = (held & GDK_SHIFT_MASK) == 0;
    lane_wheel(scroll, r->canvas, 0.0, r->y_px, 0.0, dx + dy, zoom, zoom);
    return TRUE;
}

static void sono_freq_ruler_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    SonoFreqRuler *r = SONO_FREQ_RULER(widget);
    GTK_WIDGET_CLASS(sono_freq_ruler_parent_class)->css_changed(widget, change);
    lane_style_forget(&r->style);
    forget_ticks(r);
    gtk_widget_queue_draw(widget);
}

static void sono_freq_ruler_dispose(GObject *object)
{
    SonoFreqRuler *r = SONO_FREQ_RULER(object);
    g_clear_weak_pointer(&r->canvas);
    forget_ticks(r);
    lane_style_clear(&r->style);
    G_OBJECT_CLASS(sono_freq_ruler_parent_class)->dispose(object);
}

static void sono_freq_ruler_class_init(SonoFreqRulerClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_freq_ruler_dispose;
    widget->snapshot = sono_freq_ruler_snapshot;
    widget->measure = sono_freq_ruler_measure;
    widget->css_changed = sono_freq_ruler_css_changed;
    gtk_widget_class_set_css_name(widget, "freqruler");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
    lane_style_install();
}

static void sono_freq_ruler_init(SonoFreqRuler *r)
{
    GtkWidget *widget = GTK_WIDGET(r);
    GtkGesture *drag = gtk_gesture_drag_new();
    GtkEventController *motion = gtk_event_controller_motion_new();
    GtkEventController *scroll = gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    g_signal_connect(drag, "drag-begin", G_CALLBACK(on_pan_begin), r);
    g_signal_connect(drag, "drag-update", G_CALLBACK(on_pan_update), r);
    g_signal_connect(drag, "drag-end", G_CALLBACK(on_pan_end), r);
    g_signal_connect(motion, "enter", G_CALLBACK(on_motion), r);
    g_signal_connect(motion, "motion", G_CALLBACK(on_motion), r);
    g_signal_connect(scroll, "scroll", G_CALLBACK(on_scroll), r);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
    gtk_widget_add_controller(widget, motion);
    gtk_widget_add_controller(widget, scroll);
    gtk_widget_set_direction(widget, GTK_TEXT_DIR_LTR);
    gtk_widget_set_cursor_from_name(widget, "grab");
    gtk_widget_set_tooltip_text(widget, _("Drag to move, wheel to zoom frequency"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(r), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Frequency"), -1);
}

GtkWidget *sono_freq_ruler_new(SonoCanvas *canvas)
{
    SonoFreqRuler *r = g_object_new(SONO_TYPE_FREQ_RULER, NULL);
    g_set_weak_pointer(&r->canvas, canvas);
    lane_follow(GTK_WIDGET(r), canvas, "view-changed");
    lane_follow(GTK_WIDGET(r), canvas, "pointed");
    lane_follow(GTK_WIDGET(r), canvas, "selection-changed");
    return GTK_WIDGET(r);
}

void sono_freq_ruler_set_format(SonoFreqRuler *ruler, SonoFreqFormat format)
{
    ruler->format = format;
    gtk_widget_queue_draw(GTK_WIDGET(ruler));
}
