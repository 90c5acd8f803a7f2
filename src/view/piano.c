/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "piano.h"

#include <glib/gi18n.h>
#include <math.h>

#include "lane_style.h"
#include "note_places.h"
#include "sono_readout.h"
#include "sono_ticks.h"

#define WIDTH_PX 30
#define BLACK_PART 0.6    /* of the width */
#define KEY_MIN_PX 2.5    /* a semitone that is lower is drawn as a part of its octave */
#define OCTAVE_MIN_PX 5.0 /* an octave that is lower is not drawn */
#define NO_NOTE (-1)

struct _SonoPiano {
    GtkWidget parent_instance;
    SonoCanvas *canvas; /* weak */
    LaneStyle style;
    int note;         /* that is pointed at, or where the arrow keys are; NO_NOTE: none */
    int pressed_note; /* where a drag began, or NO_NOTE */
    int lane;         /* of the pointer */
    double y_px;      /* last place of the pointer */
};

G_DEFINE_FINAL_TYPE(SonoPiano, sono_piano, GTK_TYPE_WIDGET)

static NotePlaces places_of(const SonoViewState *view)
{
    return (NotePlaces){view->axis, view->tuning_hz, sono_view_state_lane(view, 0).height_px};
}

/* ---- drawing ---- */

static GdkRGBA key_colour(SonoPiano *p, gboolean black)
{
    return *lane_colour(&p->style, GTK_WIDGET(p), black ? LANE_KEY_BLACK : LANE_KEY_WHITE);
}

/* [top, bottom] of a note's band, cut to the lane. FALSE: not seen. */
static gboolean band(SonoPiano *p, const NotePlaces *places, double low, double high, double *top, double *bottom)
{
    *top = CLAMP(lane_snap(GTK_WIDGET(p), note_places_y(places, high)), 0.0, places->height_px);
    *bottom = CLAMP(lane_snap(GTK_WIDGET(p), note_places_y(places, low)), 0.0, places->height_px);
    return *bottom > *top;
}

static void draw_c_name(SonoPiano *p, GtkSnapshot *snapshot, const NotePlaces *places, int note)
{
    char name[8];
    const double text = lane_text_height(&p->style, GTK_WIDGET(p));
    const double y = note_places_y(places, note);
    if (note_places_octave_px(places, note) >= text + 2.0 && y >= 0.5 * text && y <= places->height_px - 0.5 * text) {
        (void)g_snprintf(name, sizeof name, "C%d", note / 12 - 1);
        if (note_places_semitone_px(places, note) < 0.75 * text) { /* else no black key is in the way */
            const GdkRGBA white = key_colour(p, FALSE);
            const double width = lane_text_width(&p->style, GTK_WIDGET(p), name) + 5.0;
            lane_rect(snapshot, &white, WIDTH_PX - width, y - 0.45 * text, width, 0.9 * text);
        }
        lane_text(&p->style, GTK_WIDGET(p), snapshot, name, LANE_KEY_TEXT, WIDTH_PX - 3.0, y, 1.0, 0.5);
    }
}

/* Black keys are shorter; from the middle of each a line goes on between its neighbours. */
static void draw_key(SonoPiano *p, GtkSnapshot *snapshot, const NotePlaces *places, int note)
{
    const GdkRGBA black = key_colour(p, TRUE);
    const GdkRGBA gap = *lane_colour(&p->style, GTK_WIDGET(p), LANE_KEY_GAP);
    double top = 0.0;
    double bottom = 0.0;
    if (note_is_black(note)) {
        const double middle = lane_snap(GTK_WIDGET(p), note_places_y(places, note));
        if (band(p, places, note - 0.5, note + 0.5, &top, &bottom)) {
            lane_rect(snapshot, &black, 0.0, top, BLACK_PART * WIDTH_PX, bottom - top);
        }
        if (middle >= 0.0 && middle < places->height_px) {
            lane_rect(snapshot, &gap, BLACK_PART * WIDTH_PX, middle, (1.0 - BLACK_PART) * WIDTH_PX, 1.0);
        }
    } else if (note % 12 == 0 || note % 12 == 5) { /* above B and E there is no black key */
        const double edge = lane_snap(GTK_WIDGET(p), note_places_y(places, note - 0.5));
        if (edge >= 0.0 && edge < places->height_px) {
            lane_rect(snapshot, &gap, 0.0, edge, WIDTH_PX, 1.0);
        }
    }
}

/* An octave without room for its keys: a line on C. */
static void draw_octave(SonoPiano *p, GtkSnapshot *snapshot, const NotePlaces *places, int c)
{
    const GdkRGBA gap = *lane_colour(&p->style, GTK_WIDGET(p), LANE_KEY_GAP);
    const double y = lane_snap(GTK_WIDGET(p), note_places_y(places, c - 0.5));
    if (note_places_octave_px(places, c) >= OCTAVE_MIN_PX && y >= 0.0 && y < places->height_px) {
        lane_rect(snapshot, &gap, 0.0, y, WIDTH_PX, 1.0);
    }
}

/* The key pointed at, or those dragged over. */
static void draw_marks(SonoPiano *p, GtkSnapshot *snapshot, const NotePlaces *places)
{
    const GdkRGBA mark = lane_colour_alpha(&p->style, GTK_WIDGET(p), LANE_ACCENT, 0.6f);
    const int from = p->pressed_note == NO_NOTE ? p->note : MIN(p->note, p->pressed_note);
    const int to = p->pressed_note == NO_NOTE ? p->note : MAX(p->note, p->pressed_note);
    double top = 0.0;
    double bottom = 0.0;
    if (p->note != NO_NOTE && band(p, places, from - 0.5, to + 0.5, &top, &bottom)) {
        lane_rect(snapshot, &mark, 0.0, top, WIDTH_PX, MAX(bottom - top, 1.0));
    }
}

static void draw_lane(SonoPiano *p, GtkSnapshot *snapshot, const NotePlaces *places)
{
    int first = 0;
    int last = 0;
    double top = 0.0;
    double bottom = 0.0;
    const GdkRGBA white = key_colour(p, FALSE);
    if (!note_places_seen(places, &first, &last)) {
        return;
    }
    if (band(p, places, first - 0.5, last + 0.5, &top, &bottom)) {
        lane_rect(snapshot, &white, 0.0, top, WIDTH_PX, bottom - top);
    }
    for (int note = first; note <= last; note++) {
        if (note_places_semitone_px(places, note) >= KEY_MIN_PX) {
            draw_key(p, snapshot, places, note);
        } else if (note % 12 == 0) {
            draw_octave(p, snapshot, places, note);
        }
    }
    draw_marks(p, snapshot, places);
    for (int note = first; note <= last; note++) {
        if (note % 12 == 0) {
            draw_c_name(p, snapshot, places, note);
        }
    }
}

static void sono_piano_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    SonoPiano *p = SONO_PIANO(widget);
    const SonoViewState *view = lane_view(p->canvas);
    const int height = gtk_widget_get_height(widget);
    if (!view || view->end_s <= 0.0) {
        return;
    }
    const NotePlaces places = places_of(view);
    gtk_snapshot_push_clip(snapshot, &GRAPHENE_RECT_INIT(0.0f, 0.0f, (float)WIDTH_PX, (float)height));
    for (int lane = 0; lane < sono_view_state_n_lanes(view); lane++) {
        const double y = lane_snap(widget, sono_view_state_lane(view, lane).y_px);
        gtk_snapshot_save(snapshot);
        gtk_snapshot_translate(snapshot, &GRAPHENE_POINT_INIT(0.0f, (float)y));
        draw_lane(p, snapshot, &places);
        gtk_snapshot_restore(snapshot);
    }
    gtk_snapshot_pop(snapshot);
}

static void sono_piano_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                               int *minimum_baseline, int *natural_baseline)
{
    *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_PX : 0;
}

/* ---- pointing ---- */

/* "A4 +0 ct, 440.0 Hz" without the cents */
static void tell_note(SonoPiano *p)
{
    const SonoViewState *view = lane_view(p->canvas);
    if (p->note == NO_NOTE || !view) {
        gtk_accessible_update_property(GTK_ACCESSIBLE(p), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "", -1);
        return;
    }
    g_autofree char *hz = sono_format_freq(sono_hz_from_note(p->note, view->tuning_hz), SONO_FREQ_HZ, view->tuning_hz);
    g_autofree char *text = g_strdup_printf("%s%d, %s", sono_note_names[p->note % 12], p->note / 12 - 1, hz);
    gtk_accessible_update_property(GTK_ACCESSIBLE(p), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double)p->note,
                                   GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static void point_at(SonoPiano *p, int note)
{
    if (note != p->note) {
        p->note = note;
        tell_note(p);
        const SonoViewState *view = lane_view(p->canvas);
        if (view) {
            sono_canvas_hint_freq(p->canvas, note == NO_NOTE ? (double)NAN : sono_hz_from_note(note, view->tuning_hz));
        }
        gtk_widget_queue_draw(GTK_WIDGET(p));
    }
}

static int note_under(SonoPiano *p, double y_px)
{
    const SonoViewState *view = lane_view(p->canvas);
    if (!view || view->end_s <= 0.0) {
        return NO_NOTE;
    }
    const NotePlaces places = places_of(view);
    const int lane = p->pressed_note == NO_NOTE ? sono_view_state_lane_at(view, y_px) : p->lane;
    const double top = sono_view_state_lane(view, MIN(lane, sono_view_state_n_lanes(view) - 1)).y_px;
    p->lane = lane;
    return note_places_at(&places, CLAMP(y_px - top, 0.0, places.height_px - 1.0));
}

/* The time that is selected stays. */
static void select_notes(SonoPiano *p, int from, int to)
{
    const SonoViewState *view = lane_view(p->canvas);
    SonoRegion region = {0};
    if (!view || from == NO_NOTE || to == NO_NOTE) {
        return;
    }
    if (!lane_selection(p->canvas, &region, NULL, NULL)) {
        region = (SonoRegion){0.0, view->end_s, 0.0, 0.0};
    }
    region.f0_hz = MIN(sono_hz_from_note(MIN(from, to) - 0.5, view->tuning_hz), view->nyquist_hz);
    region.f1_hz = MIN(sono_hz_from_note(MAX(from, to) + 0.5, view->tuning_hz), view->nyquist_hz);
    if (region.f1_hz > region.f0_hz) {
        gtk_widget_activate_action(GTK_WIDGET(p), "win.select", "(dddd)", region.t0_s, region.t1_s, region.f0_hz,
                                   region.f1_hz);
    }
}

static void on_motion(GtkEventControllerMotion *motion, double x, double y, SonoPiano *p)
{
    p->y_px = y;
    point_at(p, note_under(p, y));
}

static void on_leave(GtkEventControllerMotion *motion, SonoPiano *p)
{
    if (p->pressed_note == NO_NOTE) {
        point_at(p, NO_NOTE);
    }
}

static void on_drag_begin(GtkGestureDrag *drag, double x, double y, SonoPiano *p)
{
    point_at(p, note_under(p, y));
    p->pressed_note = p->note;
    gtk_widget_queue_draw(GTK_WIDGET(p));
}

static void on_drag_update(GtkGestureDrag *drag, double dx, double dy, SonoPiano *p)
{
    double x = 0.0;
    double y = 0.0;
    if (gtk_gesture_drag_get_start_point(drag, &x, &y)) {
        point_at(p, note_under(p, y + dy));
    }
}

static void on_drag_end(GtkGestureDrag *drag, double dx, double dy, SonoPiano *p)
{
    const int from = p->pressed_note;
    p->pressed_note = NO_NOTE;
    select_notes(p, from, p->note);
    gtk_widget_queue_draw(GTK_WIDGET(p));
}

static void on_drag_cancel(GtkGesture *drag, GdkEventSequence *sequence, SonoPiano *p)
{
    p->pressed_note = NO_NOTE;
    gtk_widget_queue_draw(GTK_WIDGET(p));
}

static gboolean on_scroll(GtkEventControllerScroll *scroll, double dx, double dy, SonoPiano *p)
{
    const GdkModifierType held = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(scroll));
    const gboolean zoom = (held & GDK_SHIFT_MASK) == 0;
    lane_wheel(scroll, p->canvas, 0.0, p->y_px, 0.0, dx + dy, zoom, zoom);
    return TRUE;
}

/* ---- keys ---- */

static gboolean on_step(GtkWidget *widget, GVariant *args, gpointer data)
{
    SonoPiano *p = SONO_PIANO(widget);
    const SonoViewState *view = lane_view(p->canvas);
    int first = 0;
    int last = 0;
    if (view && view->end_s > 0.0) {
        const NotePlaces places = places_of(view);
        if (note_places_seen(&places, &first, &last)) {
            const int from = p->note == NO_NOTE ? CLAMP(60, first, last) - g_variant_get_int32(args) : p->note;
            point_at(p, CLAMP(from + g_variant_get_int32(args), first, last));
        }
    }
    return TRUE;
}

static gboolean on_return(GtkWidget *widget, GVariant *args, gpointer data)
{
    SonoPiano *p = SONO_PIANO(widget);
    select_notes(p, p->note, p->note);
    return TRUE;
}

static void on_focus_left(GtkEventControllerFocus *focus, SonoPiano *p)
{
    point_at(p, NO_NOTE);
}

static void add_key(SonoPiano *p, GtkEventController *keys, guint keyval, int steps)
{
    GtkShortcut *shortcut = gtk_shortcut_new(gtk_keyval_trigger_new(keyval, 0),
                                             gtk_callback_action_new(steps ? on_step : on_return, NULL, NULL));
    gtk_shortcut_set_arguments(shortcut, g_variant_new_int32(steps));
    gtk_shortcut_controller_add_shortcut(GTK_SHORTCUT_CONTROLLER(keys), shortcut);
}

static void add_controllers(SonoPiano *p)
{
    GtkWidget *widget = GTK_WIDGET(p);
    GtkGesture *drag = gtk_gesture_drag_new();
    GtkEventController *motion = gtk_event_controller_motion_new();
    GtkEventController *scroll = gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    GtkEventController *focus = gtk_event_controller_focus_new();
    GtkEventController *keys = gtk_shortcut_controller_new();
    g_signal_connect(drag, "drag-begin", G_CALLBACK(on_drag_begin), p);
    g_signal_connect(drag, "drag-update", G_CALLBACK(on_drag_update), p);
    g_signal_connect(drag, "drag-end", G_CALLBACK(on_drag_end), p);
    g_signal_connect(drag, "cancel", G_CALLBACK(on_drag_cancel), p);
    g_signal_connect(motion, "enter", G_CALLBACK(on_motion), p);
    g_signal_connect(motion, "motion", G_CALLBACK(on_motion), p);
    g_signal_connect(motion, "leave", G_CALLBACK(on_leave), p);
    g_signal_connect(scroll, "scroll", G_CALLBACK(on_scroll), p);
    g_signal_connect(focus, "leave", G_CALLBACK(on_focus_left), p);
    add_key(p, keys, GDK_KEY_Up, 1);
    add_key(p, keys, GDK_KEY_Down, -1);
    add_key(p, keys, GDK_KEY_Page_Up, 12);
    add_key(p, keys, GDK_KEY_Page_Down, -12);
    add_key(p, keys, GDK_KEY_Return, 0);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
    gtk_widget_add_controller(widget, motion);
    gtk_widget_add_controller(widget, scroll);
    gtk_widget_add_controller(widget, focus);
    gtk_widget_add_controller(widget, keys);
}

static void sono_piano_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(sono_piano_parent_class)->css_changed(widget, change);
    lane_style_forget(&SONO_PIANO(widget)->style);
    gtk_widget_queue_draw(widget);
}

static void sono_piano_dispose(GObject *object)
{
    SonoPiano *p = SONO_PIANO(object);
    g_clear_weak_pointer(&p->canvas);
    lane_style_clear(&p->style);
    G_OBJECT_CLASS(sono_piano_parent_class)->dispose(object);
}

static void sono_piano_class_init(SonoPianoClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_piano_dispose;
    widget->snapshot = sono_piano_snapshot;
    widget->measure = sono_piano_measure;
    widget->css_changed = sono_piano_css_changed;
    gtk_widget_class_set_css_name(widget, "piano");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_SLIDER);
    lane_style_install();
}

static void sono_piano_init(SonoPiano *p)
{
    GtkWidget *widget = GTK_WIDGET(p);
    p->note = p->pressed_note = NO_NOTE;
    add_controllers(p);
    gtk_widget_set_focusable(widget, TRUE);
    gtk_widget_set_direction(widget, GTK_TEXT_DIR_LTR);
    gtk_widget_set_tooltip_text(widget, _("A click selects the note's band, a drag those of several"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(p), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Piano keys"),
                                   GTK_ACCESSIBLE_PROPERTY_ORIENTATION, GTK_ORIENTATION_VERTICAL,
                                   GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0, GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
                                   (double)(NOTES_MAX - 1), -1);
}

GtkWidget *sono_piano_new(SonoCanvas *canvas)
{
    SonoPiano *p = g_object_new(SONO_TYPE_PIANO, NULL);
    g_set_weak_pointer(&p->canvas, canvas);
    lane_follow(GTK_WIDGET(p), canvas, "view-changed");
    return GTK_WIDGET(p);
}
