/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waveform lanes. Dragging is the time tool, lent to the scene for as long as the drag lasts, so that selecting is the
 * same here and on the canvas. The strip at the right edge is the amplitude's scale. */
#include "sono_lanes.h"

#include <glib/gi18n.h>
#include <math.h>

#include "lane_style.h"
#include "waveform_texture.h"

#define HEIGHT_PX 96
#define LEAST_PX 28
#define STRIP_PX 34.0    /* of the scale */
#define LABELLED_PX 40.0 /* a lane of this height has labels */
#define LEAST_GAIN 0.25
#define MOST_GAIN 1000.0
#define WHEEL_GAIN 1.25
#define CLICK_PX 3.0 /* a press that moves farther is no click */

struct _SonoWaveform {
    GtkWidget parent_instance;
    SonoCanvas *canvas; /* weak */
    LaneStyle style;
    LaneFeed *feed;
    SonoClip *clip; /* or NULL */
    WaveformTexture wave;
    double gain;
    gboolean decibels;
    gboolean selecting; /* a drag is the time tool's */
    gboolean dragged;   /* it is no click any more */
    gboolean scaling;   /* a drag is the scale's */
    double drag_gain;
    int drag_lane;
    double pan_px; /* last place of a pan */
    double x_px;   /* pointer */
};

G_DEFINE_FINAL_TYPE(SonoWaveform, sono_waveform, GTK_TYPE_WIDGET)

enum { PROP_GAIN = 1, PROP_DECIBELS, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void set_gain(SonoWaveform *w, double gain)
{
    gain = CLAMP(gain, LEAST_GAIN, MOST_GAIN);
    if (w->gain != gain) {
        w->gain = gain;
        g_object_notify_by_pspec(G_OBJECT(w), properties[PROP_GAIN]);
        gtk_widget_queue_draw(GTK_WIDGET(w));
    }
}

static void set_decibels(SonoWaveform *w, gboolean decibels)
{
    if (w->decibels != decibels) {
        w->decibels = decibels;
        g_object_notify_by_pspec(G_OBJECT(w), properties[PROP_DECIBELS]);
        gtk_widget_queue_draw(GTK_WIDGET(w));
    }
}

static WaveLook look_of(SonoWaveform *w)
{
    GtkWidget *widget = GTK_WIDGET(w);
    return (WaveLook){.gain = w->gain,
                      .decibels = w->decibels,
                      .wave = lane_pixel(lane_colour(&w->style, widget, LANE_WAVE)),
                      .rms = lane_pixel(lane_colour(&w->style, widget, LANE_WAVE_RMS)),
                      .clip = lane_pixel(lane_colour(&w->style, widget, LANE_CLIP))};
}

static void on_landed(GtkWidget *widget)
{
    SonoWaveform *w = SONO_WAVEFORM(widget);
    if (!w->wave.exact) {
        waveform_texture_clear(&w->wave);
        gtk_widget_queue_draw(widget);
    }
}

static void draw_selection(SonoWaveform *w, GtkSnapshot *snapshot, const SonoViewState *view, int lane, double y,
                           double height)
{
    GtkWidget *widget = GTK_WIDGET(w);
    const GdkRGBA inside = lane_colour_alpha(&w->style, widget, LANE_SELECTED, 0.13f);
    const GdkRGBA edge = lane_colour_alpha(&w->style, widget, LANE_SELECTED, 0.7f);
    LaneTimes times;
    int channel = 0;
    double x0 = 0.0;
    double x1 = 0.0;
    if (!lane_selection(w->canvas, NULL, &times, &channel) ||
        (channel >= 0 && channel != sono_view_state_lane(view, lane).channel)) {
        return;
    }
    for (int i = 0; i < times.n; i++) {
        if (lane_span_px(view, times.spans[i].t0_s, times.spans[i].t1_s, &x0, &x1)) {
            lane_rect(snapshot, &inside, x0, y, x1 - x0, height);
            if (times.spans[i].t0_s >= view->t0_s) {
                lane_rect(snapshot, &edge, lane_snap(widget, x0), y, 1.0, height);
            }
            if (times.spans[i].t1_s <= view->t0_s + view->width_px * view->s_per_px) {
                lane_rect(snapshot, &edge, lane_snap(widget, x1) - 1.0, y, 1.0, height);
            }
        }
    }
}

/* Levels that get a line and, above the middle, a label. */
static void draw_scale(SonoWaveform *w, GtkSnapshot *snapshot, double y, double height, gboolean labels)
{
    static const double levels_db[] = {0, -6, -12, -18, -24, -36, -48, -60, -72, -84};
    GtkWidget *widget = GTK_WIDGET(w);
    const WaveLook look = {.height_px = height, .gain = w->gain, .decibels = w->decibels};
    const double width = gtk_widget_get_width(widget);
    const double middle = y + 0.5 * height;
    const double apart = lane_text_height(&w->style, widget);
    double last = 0.0; /* distance from the middle of the label before */
    if (!labels) {
        lane_rect(snapshot, lane_colour(&w->style, widget, LANE_LINE), 0.0, lane_snap(widget, middle), width, 1.0);
    }
    if (height < LABELLED_PX) {
        return;
    }
    for (gsize i = G_N_ELEMENTS(levels_db); i-- > 0;) {
        const double up = 0.5 * height * fabs(wave_position(&look, pow(10.0, levels_db[i] / 20.0)));
        if (up - last < 0.8 * apart || up > 0.5 * height - 1.0) {
            continue;
        }
        last = up;
        const GdkRGBA faint = lane_colour_alpha(&w->style, widget, LANE_LINE, 0.55f);
        char text[16];
        (void)g_snprintf(text, sizeof text, "%.0f", levels_db[i]);
        for (int side = -1; side <= 1 && !labels; side += 2) {
            lane_rect(snapshot, &faint, 0.0, lane_snap(widget, middle + side * up), width, 1.0);
        }
        if (labels && up + 0.5 * apart <= 0.5 * height) {
            lane_text(&w->style, widget, snapshot, text, LANE_TEXT_DIM, width - 5.0, middle - up, 1.0, 0.5);
        }
    }
}

static void draw_wave(SonoWaveform *w, GtkSnapshot *snapshot, const SonoViewState *view)
{
    GtkWidget *widget = GTK_WIDGET(w);
    waveform_texture_update(&w->wave, w->feed, view, sono_clip_rate_hz(w->clip), look_of(w),
                            gtk_widget_get_height(widget), gtk_widget_get_scale_factor(widget));
    const WaveformTexture *t = &w->wave;
    const double x = lane_snap(widget, (t->t0_s - view->t0_s) / view->s_per_px);
    gtk_snapshot_append_texture(snapshot, t->texture,
                                &GRAPHENE_RECT_INIT((float)x, 0.0f, (float)t->width_px / (float)t->scale,
                                                    (float)t->height_px / (float)t->scale));
}

static void draw_pointer(SonoWaveform *w, GtkSnapshot *snapshot, const SonoViewState *view)
{
    GtkWidget *widget = GTK_WIDGET(w);
    const SonoProbe probe = sono_scene_probe(sono_canvas_scene(w->canvas));
    if (probe.inside) {
        const GdkRGBA colour = lane_colour_alpha(&w->style, widget, LANE_ACCENT, 0.6f);
        lane_rect(snapshot, &colour, lane_snap(widget, (probe.t_s - view->t0_s) / view->s_per_px), 0.0, 1.0,
                  gtk_widget_get_height(widget));
    }
}

static void sono_waveform_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    SonoWaveform *w = SONO_WAVEFORM(widget);
    const SonoViewState *view = lane_view(w->canvas);
    const int width = gtk_widget_get_width(widget);
    const int height = gtk_widget_get_height(widget);
    if (!view || view->end_s <= 0.0 || !(view->s_per_px > 0.0) || height < 1) {
        return;
    }
    gtk_snapshot_push_clip(snapshot, &GRAPHENE_RECT_INIT(0.0f, 0.0f, (float)width, (float)height));
    for (int pass = 0; pass < 2; pass++) { /* lines, the waves, then what lies over them */
        for (int lane = 0; lane < sono_view_state_n_lanes(view); lane++) {
            double y = 0.0;
            double lane_height = 0.0;
            waveform_lane(view, lane, height, &y, &lane_height);
            draw_scale(w, snapshot, y, lane_height, pass == 1);
            if (pass == 1) {
                draw_selection(w, snapshot, view, lane, y, lane_height);
            }
            if (lane > 0 && pass == 1) {
                lane_rect(snapshot, lane_colour(&w->style, widget, LANE_RULER_BG), 0.0, lane_snap(widget, y) - 1.0,
                          width, 1.0);
            }
        }
        if (pass == 0 && w->clip) {
            draw_wave(w, snapshot, view);
        }
    }
    draw_pointer(w, snapshot, view);
    gtk_snapshot_pop(snapshot);
}

static void sono_waveform_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                                  int *natural, int *minimum_baseline, int *natural_baseline)
{
    *minimum = orientation == GTK_ORIENTATION_VERTICAL ? LEAST_PX : 0;
    *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT_PX : 0;
}

/* A place on the canvas for a place here: the same time, the middle of the lane. */
static SonoPointer pointer_at(SonoWaveform *w, GtkEventController *controller, SonoPointerKind kind, double x, double y)
{
    const SonoViewState *view = lane_view(w->canvas);
    const GdkModifierType held = gtk_event_controller_get_current_event_state(controller);
    const int n = sono_view_state_n_lanes(view);
    if (kind == SONO_POINTER_DOWN) {
        w->drag_lane = CLAMP((int)(y / fmax(1.0, gtk_widget_get_height(GTK_WIDGET(w))) * n), 0, n - 1);
    }
    const SonoLane lane = sono_view_state_lane(view, MIN(w->drag_lane, n - 1));
    return (SonoPointer){.kind = kind,
                         .x_px = x,
                         .y_px = lane.y_px + 0.5 * lane.height_px,
                         .pressure = 1.0,
                         .shift = (held & GDK_SHIFT_MASK) != 0,
                         .ctrl = (held & GDK_CONTROL_MASK) != 0,
                         .alt = (held & GDK_ALT_MASK) != 0,
                         .n_press = 1};
}

static gboolean is_on_strip(SonoWaveform *w, double x)
{
    return x > gtk_widget_get_width(GTK_WIDGET(w)) - STRIP_PX;
}

static void show_cursor(SonoWaveform *w)
{
    gtk_widget_set_cursor_from_name(GTK_WIDGET(w),
                                    w->scaling || (!w->selecting && is_on_strip(w, w->x_px)) ? "ns-resize" : "text");
}

static void on_pressed(GtkGestureClick *click, int n_press, double x, double y, SonoWaveform *w)
{
    SonoScene *scene = w->canvas ? sono_canvas_scene(w->canvas) : NULL;
    if (!scene) {
        return;
    }
    gtk_widget_grab_focus(GTK_WIDGET(w->canvas)); /* its keys go on with what is begun here */
    w->scaling = is_on_strip(w, x);
    if (w->scaling) {
        w->drag_gain = w->gain;
        if (n_press == 2) {
            set_gain(w, 1.0);
            w->drag_gain = 1.0;
        }
        return;
    }
    SonoPointer pointer = pointer_at(w, GTK_EVENT_CONTROLLER(click), SONO_POINTER_DOWN, x, y);
    pointer.n_press = n_press;
    w->selecting = TRUE;
    w->dragged = FALSE;
    sono_scene_lend_tool(scene, sono_tool_find("time"));
    sono_canvas_point(w->canvas, &pointer);
}

static void on_drag_update(GtkGestureDrag *drag, double dx, double dy, SonoWaveform *w)
{
    double x = 0.0;
    double y = 0.0;
    gtk_gesture_drag_get_start_point(drag, &x, &y);
    w->dragged = w->dragged || hypot(dx, dy) > CLICK_PX;
    if (w->scaling) {
        set_gain(w, w->drag_gain * exp2(-dy / 32.0));
    } else if (w->selecting && lane_view(w->canvas)) {
        const SonoPointer pointer = pointer_at(w, GTK_EVENT_CONTROLLER(drag), SONO_POINTER_DRAG, x + dx, y + dy);
        sono_canvas_point(w->canvas, &pointer);
    }
}

static void end_drag(SonoWaveform *w, GtkGesture *gesture, SonoPointerKind kind, double x, double y)
{
    SonoScene *scene = w->canvas ? sono_canvas_scene(w->canvas) : NULL;
    if (w->selecting && scene) {
        const SonoPointer pointer = pointer_at(w, GTK_EVENT_CONTROLLER(gesture), kind, x, y);
        const SonoPointer leave = {.kind = SONO_POINTER_LEAVE}; /* it is here, not on the canvas */
        sono_canvas_point(w->canvas, &pointer);
        if (kind == SONO_POINTER_UP && !w->dragged && sono_selection_is_empty(sono_scene_selection(scene))) {
            const SonoViewState *view = sono_scene_view(scene);
            sono_canvas_locate(w->canvas, view->t0_s + x * view->s_per_px);
        }
        sono_canvas_point(w->canvas, &leave);
        sono_scene_lend_tool(scene, NULL);
        sono_canvas_refresh(w->canvas);
    }
    w->selecting = w->scaling = FALSE;
    show_cursor(w);
}

static void on_drag_end(GtkGestureDrag *drag, double dx, double dy, SonoWaveform *w)
{
    double x = 0.0;
    double y = 0.0;
    gtk_gesture_drag_get_start_point(drag, &x, &y);
    end_drag(w, GTK_GESTURE(drag), SONO_POINTER_UP, x + dx, y + dy);
}

static void on_drag_cancel(GtkGesture *drag, GdkEventSequence *sequence, SonoWaveform *w)
{
    end_drag(w, drag, SONO_POINTER_CANCEL, 0.0, 0.0);
}

static void on_pan_begin(GtkGestureDrag *drag, double x, double y, SonoWaveform *w)
{
    w->pan_px = 0.0;
}

static void on_pan_update(GtkGestureDrag *drag, double dx, double dy, SonoWaveform *w)
{
    SonoViewState *view = lane_view(w->canvas);
    if (view) {
        sono_view_state_pan(view, dx - w->pan_px, 0.0);
        w->pan_px = dx;
        sono_canvas_refresh(w->canvas);
    }
}

static void on_secondary(GtkGestureClick *click, int n_press, double x, double y, SonoWaveform *w)
{
    if (is_on_strip(w, x)) {
        set_decibels(w, !w->decibels);
    }
}

static void on_motion(GtkEventControllerMotion *motion, double x, double y, SonoWaveform *w)
{
    w->x_px = x;
    show_cursor(w);
}

/* Amplitude; with Ctrl or Shift, or sideways, as on the canvas. */
static gboolean on_scroll(GtkEventControllerScroll *scroll, double dx, double dy, SonoWaveform *w)
{
    const GdkModifierType held = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(scroll));
    const gboolean ctrl = (held & GDK_CONTROL_MASK) != 0;
    const gboolean shift = (held & GDK_SHIFT_MASK) != 0 || fabs(dx) > fabs(dy);
    if (ctrl || shift) {
        lane_wheel(scroll, w->canvas, w->x_px, 0.0, dx, dy, ctrl && !shift, shift);
    } else {
        const gboolean fine = gtk_event_controller_scroll_get_unit(scroll) == GDK_SCROLL_UNIT_SURFACE;
        set_gain(w, w->gain * pow(WHEEL_GAIN, fine ? -dy / 40.0 : -dy));
    }
    return TRUE;
}

static void sono_waveform_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(sono_waveform_parent_class)->css_changed(widget, change);
    lane_style_forget(&SONO_WAVEFORM(widget)->style);
    gtk_widget_queue_draw(widget);
}

static void sono_waveform_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
    if (id == PROP_GAIN) {
        set_gain(SONO_WAVEFORM(object), g_value_get_double(value));
    } else {
        set_decibels(SONO_WAVEFORM(object), g_value_get_boolean(value));
    }
}

static void sono_waveform_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    if (id == PROP_GAIN) {
        g_value_set_double(value, SONO_WAVEFORM(object)->gain);
    } else {
        g_value_set_boolean(value, SONO_WAVEFORM(object)->decibels);
    }
}

static void sono_waveform_dispose(GObject *object)
{
    SonoWaveform *w = SONO_WAVEFORM(object);
    g_clear_weak_pointer(&w->canvas);
    g_clear_pointer(&w->feed, lane_feed_free);
    g_clear_pointer(&w->clip, sono_clip_unref);
    waveform_texture_clear(&w->wave);
    lane_style_clear(&w->style);
    G_OBJECT_CLASS(sono_waveform_parent_class)->dispose(object);
}

static void sono_waveform_class_init(SonoWaveformClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    GObjectClass *object = G_OBJECT_CLASS(klass);
    const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
    object->dispose = sono_waveform_dispose;
    object->set_property = sono_waveform_set_property;
    object->get_property = sono_waveform_get_property;
    properties[PROP_GAIN] = g_param_spec_double("gain", NULL, NULL, LEAST_GAIN, MOST_GAIN, 1.0, flags);
    properties[PROP_DECIBELS] = g_param_spec_boolean("decibels", NULL, NULL, FALSE, flags);
    g_object_class_install_properties(object, N_PROPS, properties);
    widget->snapshot = sono_waveform_snapshot;
    widget->measure = sono_waveform_measure;
    widget->css_changed = sono_waveform_css_changed;
    gtk_widget_class_set_css_name(widget, "waveform");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
    lane_style_install();
}

static void add_controllers(SonoWaveform *w)
{
    GtkWidget *widget = GTK_WIDGET(w);
    GtkGesture *click = gtk_gesture_click_new();
    GtkGesture *drag = gtk_gesture_drag_new();
    GtkGesture *secondary = gtk_gesture_click_new();
    GtkGesture *pan = gtk_gesture_drag_new();
    GtkEventController *motion = gtk_event_controller_motion_new();
    GtkEventController *scroll = gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(secondary), GDK_BUTTON_SECONDARY);
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(pan), GDK_BUTTON_MIDDLE);
    gtk_gesture_group(drag, click);
    g_signal_connect(click, "pressed", G_CALLBACK(on_pressed), w);
    g_signal_connect(drag, "drag-update", G_CALLBACK(on_drag_update), w);
    g_signal_connect(drag, "drag-end", G_CALLBACK(on_drag_end), w);
    g_signal_connect(drag, "cancel", G_CALLBACK(on_drag_cancel), w);
    g_signal_connect(pan, "drag-begin", G_CALLBACK(on_pan_begin), w);
    g_signal_connect(pan, "drag-update", G_CALLBACK(on_pan_update), w);
    g_signal_connect(secondary, "pressed", G_CALLBACK(on_secondary), w);
    g_signal_connect(motion, "enter", G_CALLBACK(on_motion), w);
    g_signal_connect(motion, "motion", G_CALLBACK(on_motion), w);
    g_signal_connect(scroll, "scroll", G_CALLBACK(on_scroll), w);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(secondary));
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(pan));
    gtk_widget_add_controller(widget, motion);
    gtk_widget_add_controller(widget, scroll);
}

static void sono_waveform_init(SonoWaveform *w)
{
    GtkWidget *widget = GTK_WIDGET(w);
    w->gain = 1.0;
    add_controllers(w);
    gtk_widget_set_direction(widget, GTK_TEXT_DIR_LTR);
    gtk_widget_set_cursor_from_name(widget, "text");
    gtk_accessible_update_property(GTK_ACCESSIBLE(w), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Waveform"),
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                   _("Dragging selects time; the wheel zooms the amplitude"), -1);
}

GtkWidget *sono_waveform_new(SonoCanvas *canvas, SonoEngine *engine)
{
    SonoWaveform *w = g_object_new(SONO_TYPE_WAVEFORM, NULL);
    g_set_weak_pointer(&w->canvas, canvas);
    w->feed = lane_feed_new(engine, GTK_WIDGET(w), on_landed);
    lane_follow(GTK_WIDGET(w), canvas, "view-changed");
    lane_follow(GTK_WIDGET(w), canvas, "pointed");
    lane_follow(GTK_WIDGET(w), canvas, "selection-changed");
    return GTK_WIDGET(w);
}

void sono_waveform_set_sound(SonoWaveform *w, const SonoClip *clip, double end_s)
{
    SonoClip *old = w->clip;
    w->clip = clip ? sono_clip_ref(clip) : NULL;
    sono_clip_unref(old);
    lane_feed_set_sound(w->feed, clip);
    waveform_texture_clear(&w->wave);
    gtk_widget_queue_draw(GTK_WIDGET(w));
}
