/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The colours of the picture and their levels. The scale stands still while a handle is dragged, so that the handle
 * stays under the pointer; afterwards it makes room again. */
#include "sono_lanes.h"

#include <glib/gi18n.h>
#include <math.h>

#include "lane_style.h"
#include "sono_ticks.h"

#define WIDTH_PX 60
#define BAR_X_PX 8.0
#define BAR_PX 14.0
#define EDGE_PX 9.0 /* above and below the scale: half a label */
#define GRIP_PX 7.0 /* from a handle */
#define LEAST_DB (-200.0)
#define MOST_DB 20.0
#define LEAST_SPAN_DB 5.0
#define ROOM_DB 20.0

typedef enum Grip { GRIP_NONE, GRIP_FLOOR, GRIP_CEILING, GRIP_BOTH } Grip;

struct _SonoColourBar {
    GtkWidget parent_instance;
    SonoCanvas *canvas; /* weak */
    LaneStyle style;
    double default_floor_db, default_ceiling_db;
    double low_db, high_db;                /* of the scale */
    Grip grip;                             /* being dragged */
    double grip_floor_db, grip_ceiling_db; /* when the drag began */
    double y_px;                           /* pointer; < 0: elsewhere */
    GdkTexture *gradient;
    const SonoColourMap *gradient_of;
};

G_DEFINE_FINAL_TYPE(SonoColourBar, sono_colour_bar, GTK_TYPE_WIDGET)

static double scale_px(SonoColourBar *bar)
{
    return fmax(1.0, gtk_widget_get_height(GTK_WIDGET(bar)) - 2.0 * EDGE_PX);
}

static double to_y(SonoColourBar *bar, double level_db)
{
    const double up = (level_db - bar->low_db) / (bar->high_db - bar->low_db);
    return EDGE_PX + scale_px(bar) * (1.0 - CLAMP(up, 0.0, 1.0));
}

/* Room beyond both ends, in steps of 20 dB. */
static void set_scale(SonoColourBar *bar, const SonoViewState *view)
{
    if (bar->grip == GRIP_NONE) {
        bar->low_db = fmax(LEAST_DB, fmin(-140.0, 20.0 * floor((view->floor_db - ROOM_DB) / 20.0)));
        bar->high_db = fmin(MOST_DB, fmax(10.0, 10.0 * ceil((view->ceiling_db + 0.5 * ROOM_DB) / 10.0)));
    }
}

static void tell_accessible(SonoColourBar *bar, const SonoViewState *view)
{
    g_autofree char *text = g_strdup_printf(_("%.0f to %.0f dB"), view->floor_db, view->ceiling_db);
    gtk_accessible_update_property(GTK_ACCESSIBLE(bar), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, LEAST_DB,
                                   GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, MOST_DB, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                   view->ceiling_db, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static void on_view_changed(SonoColourBar *bar)
{
    const SonoViewState *view = lane_view(bar->canvas);
    if (view) {
        tell_accessible(bar, view);
        gtk_widget_queue_draw(GTK_WIDGET(bar));
    }
}

/* Both ends within the limits and apart; which: the one that gives way. */
static void set_range(SonoColourBar *bar, double floor_db, double ceiling_db, Grip which)
{
    SonoViewState *view = lane_view(bar->canvas);
    if (!view) {
        return;
    }
    floor_db = round(floor_db);
    ceiling_db = round(ceiling_db);
    if (which == GRIP_BOTH) { /* the span stays */
        const double span = fmin(ceiling_db - floor_db, MOST_DB - LEAST_DB);
        floor_db = CLAMP(floor_db, LEAST_DB, MOST_DB - span);
        ceiling_db = floor_db + span;
    } else if (which == GRIP_FLOOR) {
        floor_db = CLAMP(floor_db, LEAST_DB, fmin(ceiling_db, MOST_DB) - LEAST_SPAN_DB);
    } else {
        ceiling_db = CLAMP(ceiling_db, fmax(floor_db, LEAST_DB) + LEAST_SPAN_DB, MOST_DB);
    }
    if (floor_db != view->floor_db || ceiling_db != view->ceiling_db) {
        view->floor_db = floor_db;
        view->ceiling_db = ceiling_db;
        sono_canvas_refresh(bar->canvas);
        on_view_changed(bar);
    }
}

static void move_range(SonoColourBar *bar, double floor_by_db, double ceiling_by_db)
{
    const SonoViewState *view = lane_view(bar->canvas);
    if (view) {
        const Grip which = floor_by_db == ceiling_by_db ? GRIP_BOTH : floor_by_db != 0.0 ? GRIP_FLOOR : GRIP_CEILING;
        set_range(bar, view->floor_db + floor_by_db, view->ceiling_db + ceiling_by_db, which);
    }
}

static void set_default(SonoColourBar *bar)
{
    set_range(bar, bar->default_floor_db, bar->default_ceiling_db, GRIP_CEILING);
}

/* One column of 256 colours, the brightest on top. */
static GdkTexture *make_gradient(const SonoColourMap *map)
{
    guint8 *rgb = g_malloc((gsize)256 * 3);
    for (int i = 0; i < 256; i++) {
        for (int c = 0; c < 3; c++) {
            rgb[3 * i + c] = map->rgb[255 - i][c];
        }
    }
    g_autoptr(GBytes) bytes = g_bytes_new_take(rgb, (gsize)256 * 3);
    return gdk_memory_texture_new(1, 256, GDK_MEMORY_R8G8B8, bytes, 3);
}

static GdkRGBA map_end(const SonoColourMap *map, int i)
{
    return (GdkRGBA){(float)map->rgb[i][0] / 255.0f, (float)map->rgb[i][1] / 255.0f, (float)map->rgb[i][2] / 255.0f,
                     1.0f};
}

static void draw_colours(SonoColourBar *bar, GtkSnapshot *snapshot, const SonoViewState *view)
{
    const double top = to_y(bar, view->ceiling_db);
    const double bottom = to_y(bar, view->floor_db);
    const GdkRGBA dark = map_end(view->map, 0);
    const GdkRGBA bright = map_end(view->map, 255);
    if (bar->gradient_of != view->map) {
        g_clear_object(&bar->gradient);
        bar->gradient = make_gradient(view->map);
        bar->gradient_of = view->map;
    }
    lane_rect(snapshot, &bright, BAR_X_PX, EDGE_PX, BAR_PX, top - EDGE_PX);
    lane_rect(snapshot, &dark, BAR_X_PX, bottom, BAR_PX, EDGE_PX + scale_px(bar) - bottom);
    gtk_snapshot_append_texture(snapshot, bar->gradient,
                                &GRAPHENE_RECT_INIT((float)BAR_X_PX, (float)top, (float)BAR_PX, (float)(bottom - top)));
}

static void draw_handle(SonoColourBar *bar, GtkSnapshot *snapshot, double level_db, gboolean hot)
{
    GtkWidget *widget = GTK_WIDGET(bar);
    const double y = lane_snap(widget, to_y(bar, level_db));
    const GdkRGBA *colour = lane_colour(&bar->style, widget, hot ? LANE_ACCENT : LANE_FRAME);
    lane_rect(snapshot, lane_colour(&bar->style, widget, LANE_RULER_BG), BAR_X_PX - 3.0, y - 2.0, BAR_PX + 6.0, 4.0);
    lane_rect(snapshot, colour, BAR_X_PX - 3.0, y - 1.0, BAR_PX + 6.0, 2.0);
}

static void draw_ticks(SonoColourBar *bar, GtkSnapshot *snapshot, const SonoViewState *view)
{
    GtkWidget *widget = GTK_WIDGET(bar);
    const double x = BAR_X_PX + BAR_PX;
    SonoTickList list;
    sono_ticks_level(bar->low_db, bar->high_db, (SonoTickRoom){scale_px(bar), 26.0, 4.0}, &list);
    for (size_t i = 0; i < list.n; i++) {
        const SonoTick *t = &list.ticks[i];
        const double y = lane_snap(widget, to_y(bar, t->value));
        const gboolean shown = t->value >= view->floor_db && t->value <= view->ceiling_db;
        if (t->label[0]) {
            lane_rect(snapshot, lane_colour(&bar->style, widget, LANE_TICK), x + 3.0, y, 5.0, 1.0);
            lane_text(&bar->style, widget, snapshot, t->label, shown ? LANE_TEXT : LANE_TEXT_DIM, x + 11.0, y, 0.0,
                      0.5);
        } else {
            lane_rect(snapshot, lane_colour(&bar->style, widget, LANE_TICK_MINOR), x + 3.0, y, 3.0, 1.0);
        }
    }
}

/* The level under the pointer, beside the colour it has. */
static void draw_level(SonoColourBar *bar, GtkSnapshot *snapshot)
{
    GtkWidget *widget = GTK_WIDGET(bar);
    const SonoProbe probe = sono_scene_probe(sono_canvas_scene(bar->canvas));
    if (probe.inside && probe.level_db > bar->low_db) {
        const GdkRGBA *colour = lane_colour(&bar->style, widget, LANE_ACCENT);
        const double y = lane_snap(widget, to_y(bar, probe.level_db));
        for (int i = 0; i < 4; i++) {
            lane_rect(snapshot, colour, BAR_X_PX - 5.0 + i, y - 3.0 + i, 1.0, 7.0 - 2.0 * i);
        }
    }
}

static Grip grip_at(SonoColourBar *bar, double y_px)
{
    const SonoViewState *view = lane_view(bar->canvas);
    if (!view) {
        return GRIP_NONE;
    }
    const double to_floor = fabs(y_px - to_y(bar, view->floor_db));
    const double to_ceiling = fabs(y_px - to_y(bar, view->ceiling_db));
    if (fmin(to_floor, to_ceiling) <= GRIP_PX) {
        return to_floor < to_ceiling ? GRIP_FLOOR : GRIP_CEILING;
    }
    return y_px > to_y(bar, view->ceiling_db) && y_px < to_y(bar, view->floor_db) ? GRIP_BOTH : GRIP_NONE;
}

static void sono_colour_bar_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    SonoColourBar *bar = SONO_COLOUR_BAR(widget);
    const SonoViewState *view = lane_view(bar->canvas);
    if (!view || !view->map || gtk_widget_get_height(widget) < 4.0 * EDGE_PX) {
        return;
    }
    const Grip hot = bar->grip != GRIP_NONE ? bar->grip : bar->y_px >= 0.0 ? grip_at(bar, bar->y_px) : GRIP_NONE;
    set_scale(bar, view);
    draw_colours(bar, snapshot, view);
    draw_ticks(bar, snapshot, view);
    draw_handle(bar, snapshot, view->floor_db, hot == GRIP_FLOOR || hot == GRIP_BOTH);
    draw_handle(bar, snapshot, view->ceiling_db, hot == GRIP_CEILING || hot == GRIP_BOTH);
    draw_level(bar, snapshot);
}

static void sono_colour_bar_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                                    int *natural, int *minimum_baseline, int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_PX : 0;
}

static void show_cursor(SonoColourBar *bar, Grip grip)
{
    static const char *const names[] = {"default", "ns-resize", "ns-resize", "grab"};
    gtk_widget_set_cursor_from_name(GTK_WIDGET(bar), bar->grip == GRIP_BOTH ? "grabbing" : names[grip]);
}

/* A click on the colours beyond a handle takes the nearer one there. */
static void on_drag_begin(GtkGestureDrag *drag, double x, double y, SonoColourBar *bar)
{
    const SonoViewState *view = lane_view(bar->canvas);
    if (!view) {
        return;
    }
    gtk_widget_grab_focus(GTK_WIDGET(bar));
    set_scale(bar, view);
    bar->grip = grip_at(bar, y);
    bar->grip_floor_db = view->floor_db;
    bar->grip_ceiling_db = view->ceiling_db;
    show_cursor(bar, bar->grip);
    gtk_widget_queue_draw(GTK_WIDGET(bar));
}

static void on_drag_update(GtkGestureDrag *drag, double dx, double dy, SonoColourBar *bar)
{
    const double by_db = -dy * (bar->high_db - bar->low_db) / scale_px(bar);
    if (bar->grip != GRIP_NONE) {
        set_range(bar, bar->grip_floor_db + (bar->grip == GRIP_CEILING ? 0.0 : by_db),
                  bar->grip_ceiling_db + (bar->grip == GRIP_FLOOR ? 0.0 : by_db), bar->grip);
    }
}

static void on_drag_end(GtkGestureDrag *drag, double dx, double dy, SonoColourBar *bar)
{
    bar->grip = GRIP_NONE;
    show_cursor(bar, grip_at(bar, bar->y_px));
    gtk_widget_queue_draw(GTK_WIDGET(bar));
}

static void on_pressed(GtkGestureClick *click, int n_press, double x, double y, SonoColourBar *bar)
{
    if (n_press == 2) {
        gtk_gesture_set_state(GTK_GESTURE(click), GTK_EVENT_SEQUENCE_CLAIMED);
        bar->grip = GRIP_NONE;
        set_default(bar);
    }
}

static void on_motion(GtkEventControllerMotion *motion, double x, double y, SonoColourBar *bar)
{
    bar->y_px = y;
    show_cursor(bar, grip_at(bar, y));
    gtk_widget_queue_draw(GTK_WIDGET(bar));
}

static void on_leave(GtkEventControllerMotion *motion, SonoColourBar *bar)
{
    bar->y_px = -1.0;
    gtk_widget_queue_draw(GTK_WIDGET(bar));
}

/* Both; with Ctrl the range, its ceiling staying. */
static gboolean on_scroll(GtkEventControllerScroll *scroll, double dx, double dy, SonoColourBar *bar)
{
    const GdkModifierType held = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(scroll));
    const gboolean fine = gtk_event_controller_scroll_get_unit(scroll) == GDK_SCROLL_UNIT_SURFACE;
    const double steps_db = fine ? -0.25 * (dx + dy) : -2.0 * (dx + dy);
    const double by_db = fabs(steps_db) < 1.0 && steps_db != 0.0 ? copysign(1.0, steps_db) : steps_db;
    move_range(bar, by_db, (held & GDK_CONTROL_MASK) != 0 ? 0.0 : by_db);
    return TRUE;
}

static gboolean on_key(GtkEventControllerKey *key, guint keyval, guint keycode, GdkModifierType held,
                       SonoColourBar *bar)
{
    const gboolean ctrl = (held & GDK_CONTROL_MASK) != 0;
    const gboolean shift = (held & GDK_SHIFT_MASK) != 0;
    double by_db = 0.0;
    switch (keyval) {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
        by_db = 1.0;
        break;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
        by_db = -1.0;
        break;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
        by_db = 10.0;
        break;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
        by_db = -10.0;
        break;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
        set_default(bar);
        return TRUE;
    default:
        return FALSE;
    }
    move_range(bar, shift ? 0.0 : by_db, ctrl ? 0.0 : by_db);
    return TRUE;
}

static void sono_colour_bar_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(sono_colour_bar_parent_class)->css_changed(widget, change);
    lane_style_forget(&SONO_COLOUR_BAR(widget)->style);
    gtk_widget_queue_draw(widget);
}

static void sono_colour_bar_dispose(GObject *object)
{
    SonoColourBar *bar = SONO_COLOUR_BAR(object);
    g_clear_weak_pointer(&bar->canvas);
    g_clear_object(&bar->gradient);
    lane_style_clear(&bar->style);
    G_OBJECT_CLASS(sono_colour_bar_parent_class)->dispose(object);
}

static void sono_colour_bar_class_init(SonoColourBarClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_colour_bar_dispose;
    widget->snapshot = sono_colour_bar_snapshot;
    widget->measure = sono_colour_bar_measure;
    widget->css_changed = sono_colour_bar_css_changed;
    gtk_widget_class_set_css_name(widget, "colourbar");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_SLIDER);
    lane_style_install();
}

static void add_controllers(SonoColourBar *bar)
{
    GtkWidget *widget = GTK_WIDGET(bar);
    GtkGesture *drag = gtk_gesture_drag_new();
    GtkGesture *click = gtk_gesture_click_new();
    GtkEventController *motion = gtk_event_controller_motion_new();
    GtkEventController *scroll = gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(drag, "drag-begin", G_CALLBACK(on_drag_begin), bar);
    g_signal_connect(drag, "drag-update", G_CALLBACK(on_drag_update), bar);
    g_signal_connect(drag, "drag-end", G_CALLBACK(on_drag_end), bar);
    g_signal_connect(click, "pressed", G_CALLBACK(on_pressed), bar);
    g_signal_connect(motion, "enter", G_CALLBACK(on_motion), bar);
    g_signal_connect(motion, "motion", G_CALLBACK(on_motion), bar);
    g_signal_connect(motion, "leave", G_CALLBACK(on_leave), bar);
    g_signal_connect(scroll, "scroll", G_CALLBACK(on_scroll), bar);
    g_signal_connect(key, "key-pressed", G_CALLBACK(on_key), bar);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
    gtk_widget_add_controller(widget, motion);
    gtk_widget_add_controller(widget, scroll);
    gtk_widget_add_controller(widget, key);
}

static void sono_colour_bar_init(SonoColourBar *bar)
{
    GtkWidget *widget = GTK_WIDGET(bar);
    bar->y_px = -1.0;
    add_controllers(bar);
    gtk_widget_set_focusable(widget, TRUE);
    gtk_widget_set_direction(widget, GTK_TEXT_DIR_LTR);
    gtk_widget_set_tooltip_text(widget, _("Levels in dB: drag the ends or what is between them; double click for the "
                                          "default"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Levels from black to white"),
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                   _("Arrow keys move both ends, with Shift the brightest, with Ctrl the darkest"),
                                   GTK_ACCESSIBLE_PROPERTY_ORIENTATION, GTK_ORIENTATION_VERTICAL, -1);
}

GtkWidget *sono_colour_bar_new(SonoCanvas *canvas)
{
    SonoColourBar *bar = g_object_new(SONO_TYPE_COLOUR_BAR, NULL);
    const SonoViewState *view = lane_view(canvas);
    g_set_weak_pointer(&bar->canvas, canvas);
    bar->default_floor_db = view->floor_db;
    bar->default_ceiling_db = view->ceiling_db;
    g_signal_connect_object(canvas, "view-changed", G_CALLBACK(on_view_changed), bar, G_CONNECT_SWAPPED);
    lane_follow(GTK_WIDGET(bar), canvas, "pointed");
    on_view_changed(bar);
    return GTK_WIDGET(bar);
}
