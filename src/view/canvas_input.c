/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointing devices: mouse, pen, fingers, wheel. What they say becomes SonoPointer, and all of those come through
 * canvas_point_all(); only moving about (middle button, two fingers, wheel) changes the view directly. */
#include "canvas_private.h"

#include <math.h>

/* Touchpads scroll in pixels; so many are a step of a wheel. */
#define PX_PER_STEP 60.0
/* A press that moves farther is no click. */
#define CLICK_PX 3.0

SonoPointer canvas_pointer(SonoPointerKind kind, double x_px, double y_px, GdkModifierType held,
                           const GdkDeviceToolType *tool, gboolean has_pressure, double pressure)
{
    const gboolean knows = tool && has_pressure && isfinite(pressure);
    return (SonoPointer){.kind = kind,
                         .x_px = x_px,
                         .y_px = y_px,
                         .pressure = knows ? CLAMP(pressure, 0.0, 1.0) : 1.0,
                         .eraser = tool && *tool == GDK_DEVICE_TOOL_TYPE_ERASER,
                         .shift = (held & GDK_SHIFT_MASK) != 0,
                         .ctrl = (held & GDK_CONTROL_MASK) != 0,
                         .alt = (held & GDK_ALT_MASK) != 0,
                         .n_press = 1};
}

static gboolean is_on_canvas(SonoCanvas *c, const SonoPointer *p)
{
    return gtk_widget_contains(GTK_WIDGET(c), p->x_px, p->y_px);
}

static gboolean on_follow(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    SonoCanvas *c = SONO_CANVAS(widget);
    CanvasInput *in = &c->input;
    const gint64 now_us = gdk_frame_clock_get_frame_time(clock);
    const double dt_s = in->followed_us > 0 ? CLAMP((double)(now_us - in->followed_us) / 1e6, 0.0, 0.1) : 1.0 / 60.0;
    in->followed_us = now_us;
    if (!c->scene || !sono_scene_follow_drag(c->scene, dt_s)) {
        in->follow_tick = 0;
        return G_SOURCE_REMOVE;
    }
    canvas_pointed(c);
    sono_canvas_refresh(c);
    return G_SOURCE_CONTINUE;
}

void canvas_follow_drag(SonoCanvas *c, const SonoPointer *pointer)
{
    CanvasInput *in = &c->input;
    if (pointer->kind == SONO_POINTER_DRAG && !in->follow_tick && sono_scene_tool(c->scene)->scrolls &&
        !is_on_canvas(c, pointer)) {
        in->followed_us = 0;
        in->follow_tick = gtk_widget_add_tick_callback(GTK_WIDGET(c), on_follow, NULL, NULL);
    }
}

static GdkModifierType held_of(GtkEventController *controller)
{
    return gtk_event_controller_get_current_event_state(controller);
}

static GdkDeviceTool *tool_of(GtkEventController *controller)
{
    GdkEvent *event = gtk_event_controller_get_current_event(controller);
    return event ? gdk_event_get_device_tool(event) : NULL;
}

static SonoPointer pointer_of(GtkEventController *controller, SonoPointerKind kind, double x_px, double y_px)
{
    GdkEvent *event = gtk_event_controller_get_current_event(controller);
    GdkDeviceTool *tool = tool_of(controller);
    const GdkDeviceToolType type = tool ? gdk_device_tool_get_tool_type(tool) : GDK_DEVICE_TOOL_TYPE_UNKNOWN;
    double pressure = 1.0;
    const gboolean has_pressure = tool && gdk_event_get_axis(event, GDK_AXIS_PRESSURE, &pressure);
    return canvas_pointer(kind, x_px, y_px, held_of(controller), tool ? &type : NULL, has_pressure, pressure);
}

gboolean canvas_cancel_drag(SonoCanvas *c)
{
    CanvasInput *in = &c->input;
    if (!in->is_down && !sono_scene_is_dragging(c->scene)) { /* a drag on a lane is none of in's */
        return FALSE;
    }
    in->is_down = FALSE;
    in->last.kind = SONO_POINTER_CANCEL;
    canvas_point_all(c, &in->last, 1);
    return TRUE;
}

void canvas_set_modifiers(SonoCanvas *c, GdkModifierType held)
{
    SonoPointer *at = c->input.is_down ? &c->input.last : &c->input.hover;
    const SonoPointer now = {.shift = (held & GDK_SHIFT_MASK) != 0,
                             .ctrl = (held & GDK_CONTROL_MASK) != 0,
                             .alt = (held & GDK_ALT_MASK) != 0};
    if (at->shift == now.shift && at->ctrl == now.ctrl && at->alt == now.alt) {
        return;
    }
    at->shift = now.shift;
    at->ctrl = now.ctrl;
    at->alt = now.alt;
    if (c->input.is_down) {
        at->kind = SONO_POINTER_DRAG;
        canvas_point_all(c, at, 1);
    } else if (at->kind == SONO_POINTER_HOVER) {
        canvas_point_all(c, at, 1);
    }
}

/* Presses that follow each other closely, as the desktop counts double clicks. */
static int count_press(SonoCanvas *c, guint32 time_ms, double x_px, double y_px)
{
    CanvasInput *in = &c->input;
    int most_ms = 0;
    int most_px = 0;
    g_object_get(gtk_widget_get_settings(GTK_WIDGET(c)), "gtk-double-click-time", &most_ms, "gtk-double-click-distance",
                 &most_px, NULL);
    const gboolean follows = in->n_press > 0 && time_ms - in->press_ms <= (guint32)most_ms &&
                             fabs(x_px - in->press_x_px) <= most_px && fabs(y_px - in->press_y_px) <= most_px;
    in->n_press = follows ? in->n_press + 1 : 1;
    in->press_ms = time_ms;
    in->press_x_px = x_px;
    in->press_y_px = y_px;
    return in->n_press;
}

static void press(GtkGesture *gesture, double x_px, double y_px, SonoCanvas *c, gboolean subtract)
{
    CanvasInput *in = &c->input;
    GtkEventController *controller = GTK_EVENT_CONTROLLER(gesture);
    gtk_widget_grab_focus(GTK_WIDGET(c));
    (void)canvas_cancel_drag(c);
    in->last = pointer_of(controller, SONO_POINTER_DOWN, x_px, y_px);
    in->last.alt = in->last.alt || subtract;
    in->last.n_press = count_press(c, gtk_event_controller_get_current_event_time(controller), x_px, y_px);
    in->is_down = TRUE;
    canvas_point_all(c, &in->last, 1);
}

/* Motion comes once a frame, with all places between as its history: a stroke takes them all. Appends them. */
static void collect_history(GtkEventController *controller, const SonoPointer *now, GArray *out)
{
    GdkEvent *event = gtk_event_controller_get_current_event(controller);
    guint n = 0;
    double x = 0.0;
    double y = 0.0;
    if (!event || gdk_event_get_event_type(event) != GDK_MOTION_NOTIFY || !gdk_event_get_position(event, &x, &y)) {
        return;
    }
    g_autofree GdkTimeCoord *history = gdk_event_get_history(event, &n);
    for (guint i = 0; i < n; i++) {
        const GdkTimeCoord *at = &history[i];
        if ((at->flags & GDK_AXIS_FLAG_X) && (at->flags & GDK_AXIS_FLAG_Y)) {
            SonoPointer p = *now;
            p.x_px += at->axes[GDK_AXIS_X] - x; /* the surface's pixels are the widget's, but for an offset */
            p.y_px += at->axes[GDK_AXIS_Y] - y;
            if ((at->flags & GDK_AXIS_FLAG_PRESSURE) && isfinite(at->axes[GDK_AXIS_PRESSURE])) {
                p.pressure = CLAMP(at->axes[GDK_AXIS_PRESSURE], 0.0, 1.0);
            }
            g_array_append_val(out, p);
        }
    }
}

static void move(GtkGesture *gesture, double dx_px, double dy_px, SonoCanvas *c, gboolean subtract)
{
    CanvasInput *in = &c->input;
    double x_px = 0.0;
    double y_px = 0.0;
    if (!in->is_down || !gtk_gesture_drag_get_start_point(GTK_GESTURE_DRAG(gesture), &x_px, &y_px)) {
        return; /* it was cancelled by Escape or a second finger */
    }
    SonoPointer now = pointer_of(GTK_EVENT_CONTROLLER(gesture), SONO_POINTER_DRAG, x_px + dx_px, y_px + dy_px);
    now.alt = now.alt || subtract;
    g_autoptr(GArray) batch = g_array_new(FALSE, FALSE, sizeof(SonoPointer));
    collect_history(GTK_EVENT_CONTROLLER(gesture), &now, batch);
    g_array_append_val(batch, now);
    in->last = now;
    if (fabs(dx_px) > CLICK_PX || fabs(dy_px) > CLICK_PX) {
        in->n_press = 0; /* who has dragged has not clicked: the next press is no double click */
    }
    canvas_point_all(c, (const SonoPointer *)(gconstpointer)batch->data, batch->len);
}

/* A click with a tool that selects, which leaves nothing selected, puts the play cursor there. */
static void locate(SonoCanvas *c, const SonoPointer *at)
{
    double t_s = 0.0;
    double freq_hz = 0.0;
    if ((sono_scene_tool(c->scene)->has & SONO_TOOL_HAS_SELECTION) != 0 && !at->shift && !at->ctrl && !at->alt &&
        sono_selection_is_empty(sono_scene_selection(c->scene))) {
        sono_view_state_to_sound(sono_scene_view(c->scene), 0, at->x_px, at->y_px, &t_s, &freq_hz);
        sono_canvas_locate(c, t_s);
    }
}

/* A pen that is lifted says pressure 0: the end of a stroke is as strong as what came before. */
static void release(GtkGesture *gesture, double dx_px, double dy_px, SonoCanvas *c)
{
    CanvasInput *in = &c->input;
    double x_px = 0.0;
    double y_px = 0.0;
    if (!in->is_down) {
        return;
    }
    if (gtk_gesture_drag_get_start_point(GTK_GESTURE_DRAG(gesture), &x_px, &y_px)) {
        in->last.x_px = x_px + dx_px;
        in->last.y_px = y_px + dy_px;
    }
    in->is_down = FALSE;
    in->last.kind = SONO_POINTER_UP;
    canvas_point_all(c, &in->last, 1);
    if (hypot(dx_px, dy_px) < CLICK_PX && c->scene) {
        locate(c, &in->last);
    }
    in->hover = in->last;
    in->hover.kind = is_on_canvas(c, &in->last) ? SONO_POINTER_HOVER : SONO_POINTER_LEAVE;
    canvas_point_all(c, &in->hover, 1); /* the cursor of what lies there now */
}

static void on_drag_begin(GtkGesture *gesture, double x, double y, SonoCanvas *c)
{
    press(gesture, x, y, c, FALSE);
}

static void on_drag_update(GtkGesture *gesture, double dx, double dy, SonoCanvas *c)
{
    move(gesture, dx, dy, c, FALSE);
}

static void on_drag_end(GtkGesture *gesture, double dx, double dy, SonoCanvas *c)
{
    release(gesture, dx, dy, c);
}

static void on_drag_cancel(GtkGesture *gesture, GdkEventSequence *sequence, SonoCanvas *c)
{
    (void)canvas_cancel_drag(c);
}

/* The second button: a menu; on a pen it subtracts. */
static void on_second_begin(GtkGesture *gesture, double x, double y, SonoCanvas *c)
{
    if (tool_of(GTK_EVENT_CONTROLLER(gesture))) {
        press(gesture, x, y, c, TRUE);
    } else if ((held_of(GTK_EVENT_CONTROLLER(gesture)) & (GDK_BUTTON1_MASK | GDK_BUTTON2_MASK)) == 0) {
        canvas_open_menu(c, x, y); /* with another button down it only ends the drag */
    }
}

static void on_second_update(GtkGesture *gesture, double dx, double dy, SonoCanvas *c)
{
    move(gesture, dx, dy, c, TRUE);
}

static void on_motion(GtkEventController *motion, double x, double y, SonoCanvas *c)
{
    c->input.hover = pointer_of(motion, SONO_POINTER_HOVER, x, y);
    if (!c->input.is_down) { /* else the drag says it */
        canvas_point_all(c, &c->input.hover, 1);
    }
}

static void leave(SonoCanvas *c)
{
    c->input.hover.kind = SONO_POINTER_LEAVE;
    if (!c->input.is_down) {
        canvas_point_all(c, &c->input.hover, 1);
    }
}

static void on_proximity(GtkGesture *stylus, double x, double y, SonoCanvas *c)
{
    GdkEvent *event = gtk_event_controller_get_current_event(GTK_EVENT_CONTROLLER(stylus));
    if (event && gdk_event_get_event_type(event) == GDK_PROXIMITY_OUT) {
        leave(c);
    }
}

static void pan_by(SonoCanvas *c, double dx_px, double dy_px)
{
    if (!sono_scene_is_dragging(c->scene)) { /* as with the wheel */
        frame_log_input(&c->log, "pan");
        sono_view_state_pan(sono_scene_view(c->scene), dx_px, dy_px);
        sono_canvas_refresh(c);
    }
}

static void on_pan_begin(GtkGesture *drag, double x, double y, SonoCanvas *c)
{
    gtk_widget_grab_focus(GTK_WIDGET(c));
    c->input.pan_x_px = c->input.pan_y_px = 0.0;
    c->input.is_panning = TRUE;
    sono_canvas_refresh(c);
}

static void on_pan_update(GtkGesture *drag, double dx, double dy, SonoCanvas *c)
{
    pan_by(c, dx - c->input.pan_x_px, dy - c->input.pan_y_px);
    c->input.pan_x_px = dx;
    c->input.pan_y_px = dy;
}

static void on_pan_end(GtkGesture *drag, double dx, double dy, SonoCanvas *c)
{
    c->input.is_panning = FALSE;
    sono_canvas_refresh(c);
}

/* Two fingers, on a screen or a touchpad. The first one was dragging with the tool until now. */
static void on_pinch_begin(GtkGesture *zoom, GdkEventSequence *sequence, SonoCanvas *c)
{
    (void)canvas_cancel_drag(c);
    c->input.pinch_scale = 1.0;
    (void)gtk_gesture_get_bounding_box_center(zoom, &c->input.pinch_x_px, &c->input.pinch_y_px);
}

static void on_pinch(GtkGesture *zoom, double scale, SonoCanvas *c)
{
    CanvasInput *in = &c->input;
    double x = in->pinch_x_px;
    double y = in->pinch_y_px;
    (void)gtk_gesture_get_bounding_box_center(zoom, &x, &y);
    if (scale > 0.0 && in->pinch_scale > 0.0) {
        sono_view_state_zoom_time(sono_scene_view(c->scene), x, scale / in->pinch_scale);
        in->pinch_scale = scale;
    }
    sono_view_state_pan(sono_scene_view(c->scene), x - in->pinch_x_px, y - in->pinch_y_px);
    in->pinch_x_px = x;
    in->pinch_y_px = y;
    sono_canvas_refresh(c);
}

void canvas_scroll(SonoCanvas *c, double dx, double dy, GdkModifierType held)
{
    const gboolean ctrl = (held & GDK_CONTROL_MASK) != 0;
    if (sono_scene_is_dragging(c->scene)) {
        return; /* a tool that drags knows the view it began in */
    }
    if (ctrl && (held & GDK_ALT_MASK)) {
        (void)gtk_widget_activate_action(GTK_WIDGET(c), "win.nudge-param", "d", -dy);
    } else {
        frame_log_input(&c->log, "wheel");
        sono_scene_wheel(c->scene, dx, dy, ctrl, (held & GDK_SHIFT_MASK) != 0);
        sono_canvas_refresh(c);
    }
}

static gboolean on_scroll(GtkEventControllerScroll *scroll, double dx, double dy, SonoCanvas *c)
{
    const double per_step = gtk_event_controller_scroll_get_unit(scroll) == GDK_SCROLL_UNIT_SURFACE ? PX_PER_STEP : 1.0;
    canvas_scroll(c, dx / per_step, dy / per_step, held_of(GTK_EVENT_CONTROLLER(scroll)));
    return TRUE;
}

/* None of them claims what it gets: nothing around the canvas wants it, and in GTK 4.8 a claim while another button is
 * down ends in a complaint. */
static GtkGesture *add_drag(SonoCanvas *c, guint button)
{
    GtkGesture *drag = gtk_gesture_drag_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(drag), button);
    gtk_widget_add_controller(GTK_WIDGET(c), GTK_EVENT_CONTROLLER(drag));
    return drag;
}

void canvas_input_init(SonoCanvas *c)
{
    GtkWidget *widget = GTK_WIDGET(c);
    c->input.hover.kind = SONO_POINTER_LEAVE;
    c->input.drag = add_drag(c, GDK_BUTTON_PRIMARY);
    g_signal_connect(c->input.drag, "drag-begin", G_CALLBACK(on_drag_begin), c);
    g_signal_connect(c->input.drag, "drag-update", G_CALLBACK(on_drag_update), c);
    g_signal_connect(c->input.drag, "drag-end", G_CALLBACK(on_drag_end), c);
    g_signal_connect(c->input.drag, "cancel", G_CALLBACK(on_drag_cancel), c);

    GtkGesture *second = add_drag(c, GDK_BUTTON_SECONDARY);
    g_signal_connect(second, "drag-begin", G_CALLBACK(on_second_begin), c);
    g_signal_connect(second, "drag-update", G_CALLBACK(on_second_update), c);
    g_signal_connect(second, "drag-end", G_CALLBACK(on_drag_end), c);
    g_signal_connect(second, "cancel", G_CALLBACK(on_drag_cancel), c);

    GtkGesture *pan = add_drag(c, GDK_BUTTON_MIDDLE);
    g_signal_connect(pan, "drag-begin", G_CALLBACK(on_pan_begin), c);
    g_signal_connect(pan, "drag-update", G_CALLBACK(on_pan_update), c);
    g_signal_connect(pan, "drag-end", G_CALLBACK(on_pan_end), c);

    GtkGesture *pinch = gtk_gesture_zoom_new();
    g_signal_connect(pinch, "begin", G_CALLBACK(on_pinch_begin), c);
    g_signal_connect(pinch, "scale-changed", G_CALLBACK(on_pinch), c);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(pinch));

    GtkGesture *stylus = gtk_gesture_stylus_new();
    g_signal_connect(stylus, "proximity", G_CALLBACK(on_proximity), c);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(stylus));

    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect(motion, "enter", G_CALLBACK(on_motion), c);
    g_signal_connect(motion, "motion", G_CALLBACK(on_motion), c);
    g_signal_connect_swapped(motion, "leave", G_CALLBACK(leave), c);
    gtk_widget_add_controller(widget, motion);

    GtkEventController *scroll = gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    g_signal_connect(scroll, "scroll", G_CALLBACK(on_scroll), c);
    gtk_widget_add_controller(widget, scroll);
}
