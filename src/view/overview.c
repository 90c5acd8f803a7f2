/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole sound, all channels as one, with the view as a window in it. The waveform is a texture that is painted when
 * peaks come; what moves is drawn over it. */
#include "sono_lanes.h"

#include <glib/gi18n.h>
#include <math.h>

#include "lane_feed.h"
#include "lane_style.h"
#include "wave_paint.h"

#define HEIGHT_PX 40
#define GRIP_PX 5.0
#define LEAST_FRAME_PX 7.0
#define PAD_PX 3.0
#define CLICK_PX 3.0 /* a press that moves farther is no click */

typedef enum Grip { GRIP_NONE, GRIP_MOVE, GRIP_START, GRIP_END } Grip;

struct _SonoOverview {
    GtkWidget parent_instance;
    SonoCanvas *canvas; /* weak */
    LaneStyle style;
    LaneFeed *feed;
    SonoClip *clip; /* or NULL */
    double end_s;
    GdkTexture *wave; /* or NULL: to be painted */
    int wave_width, wave_height, wave_scale;
    double wave_end_s;
    gboolean wave_exact;
    Grip grip;
    double grip_t0_s, grip_t1_s; /* the view when the drag began */
    double x_px;                 /* pointer; < 0: elsewhere */
    gboolean dragged;            /* it is no click any more */
};

G_DEFINE_FINAL_TYPE(SonoOverview, sono_overview, GTK_TYPE_WIDGET)

static double whole_s(const SonoOverview *o)
{
    const SonoViewState *view = lane_view(o->canvas);
    return view && view->end_s > 0.0 ? view->end_s : o->end_s;
}

static double to_px(SonoOverview *o, double t_s)
{
    const double end_s = whole_s(o);
    return end_s > 0.0 ? t_s / end_s * gtk_widget_get_width(GTK_WIDGET(o)) : 0.0;
}

static double to_s(SonoOverview *o, double x_px)
{
    return x_px / fmax(1.0, gtk_widget_get_width(GTK_WIDGET(o))) * whole_s(o);
}

/* The window in pixels, wide enough to be grabbed. */
static gboolean frame_px(SonoOverview *o, double *x0, double *x1)
{
    const SonoViewState *view = lane_view(o->canvas);
    if (!view || view->end_s <= 0.0) {
        return FALSE;
    }
    *x0 = to_px(o, view->t0_s);
    *x1 = to_px(o, fmin(view->t0_s + view->width_px * view->s_per_px, view->end_s));
    if (*x1 - *x0 < LEAST_FRAME_PX) {
        const double middle = 0.5 * (*x0 + *x1);
        *x0 = middle - 0.5 * LEAST_FRAME_PX;
        *x1 = middle + 0.5 * LEAST_FRAME_PX;
    }
    return TRUE;
}

static void forget_wave(SonoOverview *o)
{
    g_clear_object(&o->wave);
}

static void paint_wave(SonoOverview *o)
{
    GtkWidget *widget = GTK_WIDGET(o);
    const int scale = gtk_widget_get_scale_factor(widget);
    const int width = gtk_widget_get_width(widget) * scale;
    const int height = (int)(gtk_widget_get_height(widget) - 2 * PAD_PX) * scale;
    const double end_s = whole_s(o);
    if (o->wave && o->wave_width == width && o->wave_height == height && o->wave_scale == scale &&
        o->wave_end_s == end_s) {
        return;
    }
    forget_wave(o);
    if (!o->clip || width < 1 || height < 1 || end_s <= 0.0) {
        return;
    }
    const SonoPeaksSpan span = {SONO_PEAKS_ALL_CHANNELS, 0.0, end_s / width, width};
    const WaveLook look = {.height_px = height, /* quieter than the waveform: one tone but for clipping */
                           .gain = 1.0,
                           .wave = lane_pixel(lane_colour(&o->style, widget, LANE_WAVE)),
                           .rms = lane_pixel(lane_colour(&o->style, widget, LANE_WAVE)),
                           .clip = lane_pixel(lane_colour(&o->style, widget, LANE_CLIP))};
    g_autofree SonoPeak *peaks = g_new(SonoPeak, (gsize)width);
    o->wave_exact = lane_feed_get(o->feed, &span, peaks);
    guint32 *pixels = g_new0(guint32, (gsize)width * (gsize)height);
    wave_paint(&look, peaks, width, pixels, (size_t)width);
    o->wave = lane_texture(pixels, width, height);
    o->wave_width = width;
    o->wave_height = height;
    o->wave_scale = scale;
    o->wave_end_s = end_s;
}

static void on_landed(GtkWidget *widget)
{
    SonoOverview *o = SONO_OVERVIEW(widget);
    if (!o->wave_exact) {
        forget_wave(o);
        gtk_widget_queue_draw(widget);
    }
}

static void draw_selection(SonoOverview *o, GtkSnapshot *snapshot)
{
    GtkWidget *widget = GTK_WIDGET(o);
    const double height = gtk_widget_get_height(widget);
    const GdkRGBA inside = lane_colour_alpha(&o->style, widget, LANE_SELECTED, 0.16f);
    LaneTimes times;
    int channel = 0;
    if (lane_selection(o->canvas, NULL, &times, &channel)) {
        for (int i = 0; i < times.n; i++) {
            const double x0 = to_px(o, times.spans[i].t0_s);
            const double width = fmax(2.0, to_px(o, times.spans[i].t1_s) - x0);
            lane_rect(snapshot, &inside, x0, 0.0, width, height);
            lane_rect(snapshot, lane_colour(&o->style, widget, LANE_SELECTED), x0, height - 2.0, width, 2.0);
        }
    }
}

/* What has not been read yet is shaded; a line says how far it has. */
static void draw_progress(SonoOverview *o, GtkSnapshot *snapshot)
{
    GtkWidget *widget = GTK_WIDGET(o);
    const double known_s = o->clip ? (double)sono_clip_n_frames(o->clip) / sono_clip_rate_hz(o->clip) : 0.0;
    const double width = gtk_widget_get_width(widget);
    const double height = gtk_widget_get_height(widget);
    const double x = to_px(o, known_s);
    if (o->end_s > 0.0 && x < width - 0.5) {
        const GdkRGBA shade = lane_colour_alpha(&o->style, widget, LANE_SHADE, 0.5f);
        lane_rect(snapshot, &shade, x, 0.0, width - x, height);
        lane_rect(snapshot, lane_colour(&o->style, widget, LANE_ACCENT), 0.0, height - 2.0, x, 2.0);
    }
}

static void draw_frame(SonoOverview *o, GtkSnapshot *snapshot)
{
    GtkWidget *widget = GTK_WIDGET(o);
    const double width = gtk_widget_get_width(widget);
    const double height = gtk_widget_get_height(widget);
    double x0 = 0.0;
    double x1 = 0.0;
    if (!frame_px(o, &x0, &x1)) {
        return;
    }
    x0 = CLAMP(lane_snap(widget, x0), 0.0, width - 1.0);
    x1 = CLAMP(lane_snap(widget, x1), x0 + 1.0, width);
    const gboolean hot = o->grip != GRIP_NONE || (o->x_px >= x0 - GRIP_PX && o->x_px <= x1 + GRIP_PX);
    const GdkRGBA shade = lane_colour_alpha(&o->style, widget, LANE_SHADE, 0.62f);
    const GdkRGBA line = lane_colour_alpha(&o->style, widget, LANE_FRAME, hot ? 1.0f : 0.75f);
    lane_rect(snapshot, &shade, 0.0, 0.0, x0, height);
    lane_rect(snapshot, &shade, x1, 0.0, width - x1, height);
    lane_rect(snapshot, &line, x0, 0.0, x1 - x0, 1.0);
    lane_rect(snapshot, &line, x0, height - 1.0, x1 - x0, 1.0);
    lane_rect(snapshot, &line, x0, 0.0, hot ? 2.0 : 1.0, height);
    lane_rect(snapshot, &line, x1 - (hot ? 2.0 : 1.0), 0.0, hot ? 2.0 : 1.0, height);
}

static void sono_overview_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    SonoOverview *o = SONO_OVERVIEW(widget);
    const int width = gtk_widget_get_width(widget);
    const int height = gtk_widget_get_height(widget);
    if (!o->canvas || whole_s(o) <= 0.0) {
        return;
    }
    gtk_snapshot_push_clip(snapshot, &GRAPHENE_RECT_INIT(0.0f, 0.0f, (float)width, (float)height));
    lane_rect(snapshot, lane_colour(&o->style, widget, LANE_LINE), 0.0, lane_snap(widget, 0.5 * height), width, 1.0);
    paint_wave(o);
    if (o->wave) {
        gtk_snapshot_append_texture(snapshot, o->wave,
                                    &GRAPHENE_RECT_INIT(0.0f, (float)PAD_PX,
                                                        (float)o->wave_width / (float)o->wave_scale,
                                                        (float)o->wave_height / (float)o->wave_scale));
    }
    draw_progress(o, snapshot);
    draw_selection(o, snapshot);
    draw_frame(o, snapshot);
    gtk_snapshot_pop(snapshot);
}

static void sono_overview_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                                  int *natural, int *minimum_baseline, int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT_PX : 0;
}

static Grip grip_at(SonoOverview *o, double x)
{
    double x0 = 0.0;
    double x1 = 0.0;
    if (!frame_px(o, &x0, &x1) || x < x0 - GRIP_PX || x > x1 + GRIP_PX) {
        return GRIP_NONE;
    }
    const double inner = fmin(GRIP_PX, (x1 - x0) / 3.0); /* a narrow frame keeps something to be moved by */
    return x < x0 + inner ? GRIP_START : x > x1 - inner ? GRIP_END : GRIP_MOVE;
}

static void show_cursor(SonoOverview *o, Grip grip)
{
    const char *name = grip == GRIP_NONE      ? "pointer"
                       : grip != GRIP_MOVE    ? "ew-resize"
                       : o->grip == GRIP_MOVE ? "grabbing"
                                              : "grab";
    gtk_widget_set_cursor_from_name(GTK_WIDGET(o), name);
}

static void centre(SonoOverview *o, double x)
{
    SonoViewState *view = lane_view(o->canvas);
    if (view) {
        sono_view_state_set_start(view, to_s(o, x) - 0.5 * view->width_px * view->s_per_px);
        sono_canvas_refresh(o->canvas);
    }
}

/* Outside the window: the view goes there, and moves on with the pointer. */
static void on_drag_begin(GtkGestureDrag *drag, double x, double y, SonoOverview *o)
{
    const SonoViewState *view = lane_view(o->canvas);
    if (!view || view->end_s <= 0.0) {
        return;
    }
    gtk_widget_grab_focus(GTK_WIDGET(o));
    o->dragged = FALSE;
    o->grip = grip_at(o, x);
    if (o->grip == GRIP_NONE) {
        o->grip = GRIP_MOVE;
        centre(o, x);
    }
    o->grip_t0_s = view->t0_s;
    o->grip_t1_s = fmin(view->t0_s + view->width_px * view->s_per_px, view->end_s);
    show_cursor(o, o->grip);
    gtk_widget_queue_draw(GTK_WIDGET(o));
}

static void on_drag_update(GtkGestureDrag *drag, double dx, double dy, SonoOverview *o)
{
    SonoViewState *view = lane_view(o->canvas);
    const double by_s = to_s(o, dx);
    o->dragged = o->dragged || fabs(dx) > CLICK_PX;
    if (!view || o->grip == GRIP_NONE || !o->dragged) {
        return;
    }
    if (o->grip == GRIP_MOVE) {
        sono_view_state_set_start(view, o->grip_t0_s + by_s);
    } else { /* past the other edge they change places */
        const double moved = CLAMP((o->grip == GRIP_START ? o->grip_t0_s : o->grip_t1_s) + by_s, 0.0, view->end_s);
        const double still = o->grip == GRIP_START ? o->grip_t1_s : o->grip_t0_s;
        if (moved != still) {
            sono_view_state_show_region(view, (SonoRegion){fmin(moved, still), fmax(moved, still), 0.0, 0.0}, 0.0);
        }
    }
    sono_canvas_refresh(o->canvas);
}

/* A click puts the play cursor there. */
static void on_drag_end(GtkGestureDrag *drag, double dx, double dy, SonoOverview *o)
{
    double x = 0.0;
    double y = 0.0;
    if (o->canvas && o->grip != GRIP_NONE && !o->dragged && gtk_gesture_drag_get_start_point(drag, &x, &y)) {
        sono_canvas_locate(o->canvas, to_s(o, x));
    }
    o->grip = GRIP_NONE;
    show_cursor(o, grip_at(o, o->x_px));
    gtk_widget_queue_draw(GTK_WIDGET(o));
}

static gboolean command(SonoOverview *o, const char *name)
{
    SonoViewState *view = lane_view(o->canvas);
    const gboolean known = view && sono_view_state_command(view, name);
    if (known) {
        sono_canvas_refresh(o->canvas);
    }
    return known;
}

static void on_pressed(GtkGestureClick *click, int n_press, double x, double y, SonoOverview *o)
{
    SonoViewState *view = lane_view(o->canvas);
    if (n_press == 2 && view) { /* the whole sound; frequency stays */
        gtk_gesture_set_state(GTK_GESTURE(click), GTK_EVENT_SEQUENCE_CLAIMED);
        sono_view_state_show_region(view, (SonoRegion){0.0, view->end_s, 0.0, 0.0}, 0.0);
        sono_canvas_refresh(o->canvas);
    }
}

static void on_motion(GtkEventControllerMotion *motion, double x, double y, SonoOverview *o)
{
    o->x_px = x;
    show_cursor(o, o->grip != GRIP_NONE ? o->grip : grip_at(o, x));
    gtk_widget_queue_draw(GTK_WIDGET(o));
}

static void on_leave(GtkEventControllerMotion *motion, SonoOverview *o)
{
    o->x_px = -1e6;
    gtk_widget_queue_draw(GTK_WIDGET(o));
}

/* Zooms about what the pointer is on, where that is seen, else about the middle; with Shift or sideways scrolls. */
static gboolean on_scroll(GtkEventControllerScroll *scroll, double dx, double dy, SonoOverview *o)
{
    const SonoViewState *view = lane_view(o->canvas);
    const GdkModifierType held = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(scroll));
    const gboolean sideways = (held & GDK_SHIFT_MASK) != 0 || fabs(dx) > fabs(dy);
    if (view && view->end_s > 0.0) {
        const double x = (to_s(o, o->x_px) - view->t0_s) / view->s_per_px;
        const gboolean seen = x >= 0.0 && x <= view->width_px;
        lane_wheel(scroll, o->canvas, seen ? x : 0.5 * view->width_px, 0.0, sideways ? dx : 0.0, dy, !sideways,
                   sideways);
    }
    return TRUE;
}

static gboolean on_key(GtkEventControllerKey *key, guint keyval, guint keycode, GdkModifierType held, SonoOverview *o)
{
    static const struct {
        guint keyval;
        const char *command;
    } commands[] = {
        {GDK_KEY_Left, "pan-left"},      {GDK_KEY_Right, "pan-right"},      {GDK_KEY_KP_Left, "pan-left"},
        {GDK_KEY_KP_Right, "pan-right"}, {GDK_KEY_Page_Up, "page-left"},    {GDK_KEY_Page_Down, "page-right"},
        {GDK_KEY_Home, "go-start"},      {GDK_KEY_End, "go-end"},           {GDK_KEY_Up, "zoom-in"},
        {GDK_KEY_Down, "zoom-out"},      {GDK_KEY_plus, "zoom-in"},         {GDK_KEY_minus, "zoom-out"},
        {GDK_KEY_KP_Add, "zoom-in"},     {GDK_KEY_KP_Subtract, "zoom-out"}, {GDK_KEY_0, "zoom-fit"}};
    if ((held & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0) {
        return FALSE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (commands[i].keyval == keyval) {
            return command(o, commands[i].command);
        }
    }
    return FALSE;
}

static void on_view_changed(SonoOverview *o)
{
    const SonoViewState *view = lane_view(o->canvas);
    if (view) {
        const double seen_s = view->width_px * view->s_per_px;
        g_autofree char *text = g_strdup_printf(_("%.2f to %.2f of %.2f seconds"), view->t0_s,
                                                fmin(view->t0_s + seen_s, view->end_s), view->end_s);
        gtk_accessible_update_property(GTK_ACCESSIBLE(o), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                       GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, fmax(0.0, view->end_s - seen_s),
                                       GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, view->t0_s,
                                       GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
        gtk_widget_queue_draw(GTK_WIDGET(o));
    }
}

static void sono_overview_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(sono_overview_parent_class)->css_changed(widget, change);
    lane_style_forget(&SONO_OVERVIEW(widget)->style);
    forget_wave(SONO_OVERVIEW(widget));
    gtk_widget_queue_draw(widget);
}

static void sono_overview_dispose(GObject *object)
{
    SonoOverview *o = SONO_OVERVIEW(object);
    g_clear_weak_pointer(&o->canvas);
    g_clear_pointer(&o->feed, lane_feed_free);
    g_clear_pointer(&o->clip, sono_clip_unref);
    forget_wave(o);
    lane_style_clear(&o->style);
    G_OBJECT_CLASS(sono_overview_parent_class)->dispose(object);
}

static void sono_overview_class_init(SonoOverviewClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_overview_dispose;
    widget->snapshot = sono_overview_snapshot;
    widget->measure = sono_overview_measure;
    widget->css_changed = sono_overview_css_changed;
    gtk_widget_class_set_css_name(widget, "overview");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_SCROLLBAR);
    lane_style_install();
}

static void sono_overview_init(SonoOverview *o)
{
    GtkWidget *widget = GTK_WIDGET(o);
    GtkGesture *drag = gtk_gesture_drag_new();
    GtkGesture *click = gtk_gesture_click_new();
    GtkEventController *motion = gtk_event_controller_motion_new();
    GtkEventController *scroll = gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    GtkEventController *key = gtk_event_controller_key_new();
    o->x_px = -1e6;
    g_signal_connect(drag, "drag-begin", G_CALLBACK(on_drag_begin), o);
    g_signal_connect(drag, "drag-update", G_CALLBACK(on_drag_update), o);
    g_signal_connect(drag, "drag-end", G_CALLBACK(on_drag_end), o);
    g_signal_connect(click, "pressed", G_CALLBACK(on_pressed), o);
    g_signal_connect(motion, "enter", G_CALLBACK(on_motion), o);
    g_signal_connect(motion, "motion", G_CALLBACK(on_motion), o);
    g_signal_connect(motion, "leave", G_CALLBACK(on_leave), o);
    g_signal_connect(scroll, "scroll", G_CALLBACK(on_scroll), o);
    g_signal_connect(key, "key-pressed", G_CALLBACK(on_key), o);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
    gtk_widget_add_controller(widget, motion);
    gtk_widget_add_controller(widget, scroll);
    gtk_widget_add_controller(widget, key);
    gtk_widget_set_focusable(widget, TRUE);
    gtk_widget_set_direction(widget, GTK_TEXT_DIR_LTR);
    gtk_widget_set_tooltip_text(
        widget, _("The whole sound: drag the window, or its edges; a click puts the play cursor there"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(o), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Overview"),
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                   _("Arrow keys move the view, up and down zoom it"),
                                   GTK_ACCESSIBLE_PROPERTY_ORIENTATION, GTK_ORIENTATION_HORIZONTAL, -1);
}

GtkWidget *sono_overview_new(SonoCanvas *canvas, SonoEngine *engine)
{
    SonoOverview *o = g_object_new(SONO_TYPE_OVERVIEW, NULL);
    g_set_weak_pointer(&o->canvas, canvas);
    o->feed = lane_feed_new(engine, GTK_WIDGET(o), on_landed);
    g_signal_connect_object(canvas, "view-changed", G_CALLBACK(on_view_changed), o, G_CONNECT_SWAPPED);
    lane_follow(GTK_WIDGET(o), canvas, "selection-changed");
    return GTK_WIDGET(o);
}

void sono_overview_set_sound(SonoOverview *o, const SonoClip *clip, double end_s)
{
    SonoClip *old = o->clip;
    o->clip = clip ? sono_clip_ref(clip) : NULL;
    o->end_s = end_s;
    sono_clip_unref(old);
    lane_feed_set_sound(o->feed, clip);
    forget_wave(o);
    gtk_widget_queue_draw(GTK_WIDGET(o));
}
