/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage: the parts that show the sound, laid out so that what is above each other is the same time, and what is
 * beside each other the same frequency, to the pixel. The edge between waveform and spectrogram can be dragged. */
#include "sono_stage.h"

#include "lane_buttons.h"
#include "note_grid.h"
#include "piano.h"
#include "playhead.h"
#include "sono_lanes.h"

#include <glib/gi18n.h>

#define WAVEFORM_DEFAULT_PX 84
#define WAVEFORM_MIN_PX 32
#define CANVAS_MIN_PX 160
#define SPLIT_PX 7 /* of which 3 lie over each neighbour */
#define KEY_STEP_PX 8

struct _SonoStage {
    GtkWidget parent_instance;
    GtkWidget *overview, *waveform, *split, *time_ruler, *freq_ruler, *piano, *canvas, *note_grid, *colour_bar;
    GtkWidget *meters, *lane_buttons, *playhead;
    gboolean show_overview, show_waveform, show_meters, show_note_grid, show_piano;
    int waveform_height; /* that was wished; there may be less room */
    int drag_height;     /* when a drag began */
};

G_DEFINE_FINAL_TYPE(SonoStage, sono_stage, GTK_TYPE_WIDGET)

enum { SHOW_OVERVIEW = 1, SHOW_WAVEFORM, SHOW_METERS, NOTE_GRID, PIANO, WAVEFORM_HEIGHT, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

typedef struct Size {
    int min, natural;
} Size;

static Size measure(GtkWidget *child, GtkOrientation orientation)
{
    Size s = {0};
    if (gtk_widget_should_layout(child)) {
        gtk_widget_measure(child, orientation, -1, &s.min, &s.natural, NULL, NULL);
    }
    return s;
}

static void sono_stage_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                               int *minimum_baseline, int *natural_baseline)
{
    SonoStage *s = SONO_STAGE(widget);
    const Size canvas = measure(s->canvas, orientation);
    if (orientation == GTK_ORIENTATION_HORIZONTAL) {
        const int left = measure(s->freq_ruler, orientation).natural + measure(s->piano, orientation).natural;
        const int right = measure(s->colour_bar, orientation).natural + measure(s->meters, orientation).natural;
        *minimum = left + right + MAX(canvas.min, CANVAS_MIN_PX);
        *natural = MAX(*minimum, left + right + canvas.natural);
    } else {
        const int above = measure(s->overview, orientation).natural + measure(s->time_ruler, orientation).natural;
        *minimum = above + (s->show_waveform ? WAVEFORM_MIN_PX : 0) + CANVAS_MIN_PX;
        *natural = MAX(*minimum, above + (s->show_waveform ? s->waveform_height : 0) + canvas.natural);
    }
}

static void place(GtkWidget *child, int x, int y, int width, int height)
{
    if (gtk_widget_should_layout(child) && width > 0 && height > 0) {
        gtk_widget_size_allocate(child, &(GtkAllocation){x, y, width, height}, -1);
    }
}

static void sono_stage_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    SonoStage *s = SONO_STAGE(widget);
    const int freqs = measure(s->freq_ruler, GTK_ORIENTATION_HORIZONTAL).natural;
    const int left = freqs + measure(s->piano, GTK_ORIENTATION_HORIZONTAL).natural;
    const int meters = measure(s->meters, GTK_ORIENTATION_HORIZONTAL).natural;
    const int right = measure(s->colour_bar, GTK_ORIENTATION_HORIZONTAL).natural + meters;
    const int overview = measure(s->overview, GTK_ORIENTATION_VERTICAL).natural;
    const int ruler = measure(s->time_ruler, GTK_ORIENTATION_VERTICAL).natural;
    const int room = height - overview - ruler - CANVAS_MIN_PX;
    const int waveform = s->show_waveform ? CLAMP(s->waveform_height, WAVEFORM_MIN_PX, MAX(room, WAVEFORM_MIN_PX)) : 0;
    const int top = overview + waveform + ruler;
    const int middle = MAX(width - left - right, 1);
    place(s->overview, left, 0, middle, overview);
    place(s->waveform, left, overview, middle, waveform);
    place(s->split, left, overview + waveform - SPLIT_PX / 2, middle, SPLIT_PX);
    place(s->time_ruler, left, overview + waveform, middle, ruler);
    place(s->freq_ruler, 0, top, freqs, height - top);
    place(s->piano, freqs, top, left - freqs, height - top);
    place(s->canvas, left, top, middle, MAX(height - top, 1));
    place(s->colour_bar, left + middle, top, right - meters, height - top);
    place(s->meters, left + middle + right - meters, 0, meters, height);
    place(s->note_grid, left, top, middle, MAX(height - top, 1));
    place(s->lane_buttons, 0, top, freqs, height - top);
    place(s->playhead, 0, 0, width, height);
    sono_playhead_set_places(SONO_PLAYHEAD(s->playhead), &(PlayheadPlaces){.x_px = left,
                                                                           .width_px = middle,
                                                                           .overview_height_px = overview,
                                                                           .top_px = overview,
                                                                           .ruler_y_px = overview + waveform,
                                                                           .ruler_height_px = ruler,
                                                                           .canvas_y_px = top,
                                                                           .canvas_height_px = MAX(height - top, 1)});
}

static void set_waveform_height(SonoStage *s, int height_px)
{
    const int limited = CLAMP(height_px, WAVEFORM_MIN_PX, 4096);
    if (s->waveform_height != limited) {
        s->waveform_height = limited;
        gtk_accessible_update_property(GTK_ACCESSIBLE(s->split), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double)limited,
                                       GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, (double)WAVEFORM_MIN_PX, -1);
        gtk_widget_queue_allocate(GTK_WIDGET(s));
        g_object_notify_by_pspec(G_OBJECT(s), properties[WAVEFORM_HEIGHT]);
    }
}

static void on_split_begin(GtkGestureDrag *drag, double x, double y, SonoStage *s)
{
    gtk_gesture_set_state(GTK_GESTURE(drag), GTK_EVENT_SEQUENCE_CLAIMED);
    s->drag_height = gtk_widget_get_height(s->waveform);
}

/* The split moves with what it drags, and so does the place its gesture counts from. */
static void on_split_update(GtkGestureDrag *drag, double dx, double dy, SonoStage *s)
{
    double x0 = 0.0;
    double y0 = 0.0;
    double y_px = 0.0;
    gtk_gesture_drag_get_start_point(drag, &x0, &y0);
    gtk_widget_translate_coordinates(s->split, GTK_WIDGET(s), x0, y0 + dy, NULL, &y_px);
    const int top = gtk_widget_get_visible(s->overview) ? gtk_widget_get_height(s->overview) : 0;
    const int room = gtk_widget_get_height(GTK_WIDGET(s)) - top - gtk_widget_get_height(s->time_ruler) - CANVAS_MIN_PX;
    set_waveform_height(s, MIN((int)y_px - top, room));
}

static void on_split_pressed(GtkGestureClick *click, int n_press, double x, double y, SonoStage *s)
{
    if (n_press == 2) {
        set_waveform_height(s, WAVEFORM_DEFAULT_PX);
    }
}

static gboolean on_split_key(GtkWidget *split, GVariant *args, gpointer data)
{
    SonoStage *s = SONO_STAGE(gtk_widget_get_parent(split));
    set_waveform_height(s, s->waveform_height + g_variant_get_int32(args));
    return TRUE;
}

static void sono_stage_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    SonoStage *s = SONO_STAGE(object);
    switch (id) {
    case SHOW_OVERVIEW:
        g_value_set_boolean(value, s->show_overview);
        break;
    case SHOW_WAVEFORM:
        g_value_set_boolean(value, s->show_waveform);
        break;
    case SHOW_METERS:
        g_value_set_boolean(value, s->show_meters);
        break;
    case NOTE_GRID:
        g_value_set_boolean(value, s->show_note_grid);
        break;
    case PIANO:
        g_value_set_boolean(value, s->show_piano);
        break;
    default:
        g_value_set_int(value, s->waveform_height);
        break;
    }
}

static void sono_stage_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
    SonoStage *s = SONO_STAGE(object);
    switch (id) {
    case SHOW_OVERVIEW:
        s->show_overview = g_value_get_boolean(value);
        break;
    case SHOW_WAVEFORM:
        s->show_waveform = g_value_get_boolean(value);
        break;
    case SHOW_METERS:
        s->show_meters = g_value_get_boolean(value);
        break;
    case NOTE_GRID:
        s->show_note_grid = g_value_get_boolean(value);
        break;
    case PIANO:
        s->show_piano = g_value_get_boolean(value);
        break;
    default:
        set_waveform_height(s, g_value_get_int(value));
        return;
    }
    if (s->canvas) {
        gtk_widget_set_visible(s->overview, s->show_overview);
        gtk_widget_set_visible(s->waveform, s->show_waveform);
        gtk_widget_set_visible(s->split, s->show_waveform);
        gtk_widget_set_visible(s->meters, s->show_meters);
        gtk_widget_set_visible(s->note_grid, s->show_note_grid);
        gtk_widget_set_visible(s->piano, s->show_piano);
    }
    g_object_notify_by_pspec(object, pspec);
}

static void sono_stage_dispose(GObject *object)
{
    SonoStage *s = SONO_STAGE(object);
    /* the canvas last: the others listen to it */
    GtkWidget **const children[] = {&s->playhead,   &s->lane_buttons, &s->meters,     &s->split,
                                    &s->overview,   &s->waveform,     &s->time_ruler, &s->freq_ruler,
                                    &s->colour_bar, &s->piano,        &s->note_grid,  &s->canvas};
    for (gsize i = 0; i < G_N_ELEMENTS(children); i++) {
        g_clear_pointer(children[i], gtk_widget_unparent);
    }
    G_OBJECT_CLASS(sono_stage_parent_class)->dispose(object);
}

static void sono_stage_class_init(SonoStageClass *klass)
{
    GObjectClass *object = G_OBJECT_CLASS(klass);
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
    object->dispose = sono_stage_dispose;
    object->get_property = sono_stage_get_property;
    object->set_property = sono_stage_set_property;
    widget->measure = sono_stage_measure;
    widget->size_allocate = sono_stage_size_allocate;
    gtk_widget_class_set_css_name(widget, "sonostage");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_GROUP);
    properties[SHOW_OVERVIEW] = g_param_spec_boolean("show-overview", NULL, NULL, TRUE, flags);
    properties[SHOW_WAVEFORM] = g_param_spec_boolean("show-waveform", NULL, NULL, TRUE, flags);
    properties[SHOW_METERS] = g_param_spec_boolean("show-meters", NULL, NULL, TRUE, flags);
    properties[NOTE_GRID] = g_param_spec_boolean("note-grid", NULL, NULL, FALSE, flags);
    properties[PIANO] = g_param_spec_boolean("piano", NULL, NULL, FALSE, flags);
    properties[WAVEFORM_HEIGHT] =
        g_param_spec_int("waveform-height", NULL, NULL, WAVEFORM_MIN_PX, 4096, WAVEFORM_DEFAULT_PX, flags);
    g_object_class_install_properties(object, N_PROPERTIES, properties);
}

static void sono_stage_init(SonoStage *s)
{
    s->show_overview = s->show_waveform = s->show_meters = TRUE;
    s->waveform_height = WAVEFORM_DEFAULT_PX;
}

/* A thin line between waveform and time ruler; wider for the pointer, and moved by the arrow keys. */
static GtkWidget *new_split(SonoStage *s)
{
    GtkWidget *split =
        g_object_new(GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_SEPARATOR, "focusable", TRUE, "orientation",
                     GTK_ORIENTATION_VERTICAL, "css-classes", (const char *const[]){"stage-split", NULL}, NULL);
    gtk_box_append(GTK_BOX(split), gtk_separator_new(GTK_ORIENTATION_HORIZONTAL));
    gtk_accessible_update_property(GTK_ACCESSIBLE(split), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Height of the waveform"),
                                   -1);
    gtk_widget_set_tooltip_text(split, _("Drag to resize the waveform; double click for the default"));
    gtk_widget_set_cursor_from_name(split, "row-resize");

    GtkGesture *drag = gtk_gesture_drag_new();
    g_signal_connect(drag, "drag-begin", G_CALLBACK(on_split_begin), s);
    g_signal_connect(drag, "drag-update", G_CALLBACK(on_split_update), s);
    gtk_widget_add_controller(split, GTK_EVENT_CONTROLLER(drag));
    GtkGesture *click = gtk_gesture_click_new();
    g_signal_connect(click, "pressed", G_CALLBACK(on_split_pressed), s);
    gtk_widget_add_controller(split, GTK_EVENT_CONTROLLER(click));
    gtk_gesture_group(drag, click);

    GtkEventController *keys = gtk_shortcut_controller_new();
    static const struct {
        guint keyval;
        int by_px;
    } steps[] = {{GDK_KEY_Up, -KEY_STEP_PX}, {GDK_KEY_Down, KEY_STEP_PX}};
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        GtkShortcut *shortcut = gtk_shortcut_new(gtk_keyval_trigger_new(steps[i].keyval, 0),
                                                 gtk_callback_action_new(on_split_key, NULL, NULL));
        gtk_shortcut_set_arguments(shortcut, g_variant_new_int32(steps[i].by_px));
        gtk_shortcut_controller_add_shortcut(GTK_SHORTCUT_CONTROLLER(keys), shortcut);
    }
    gtk_widget_add_controller(split, keys);
    return split;
}

GtkWidget *sono_stage_new(SonoEngine *engine)
{
    SonoStage *s = g_object_new(SONO_TYPE_STAGE, NULL);
    s->canvas = sono_canvas_new(engine);
    SonoCanvas *canvas = SONO_CANVAS(s->canvas);
    s->overview = sono_overview_new(canvas, engine);
    s->waveform = sono_waveform_new(canvas, engine);
    s->time_ruler = sono_time_ruler_new(canvas);
    s->freq_ruler = sono_freq_ruler_new(canvas);
    s->piano = sono_piano_new(canvas);
    s->note_grid = sono_note_grid_new(canvas);
    s->colour_bar = sono_colour_bar_new(canvas);
    gtk_widget_set_visible(s->piano, FALSE);
    gtk_widget_set_visible(s->note_grid, FALSE);
    s->meters = sono_meter_bars_new();
    s->lane_buttons = sono_lane_buttons_new(canvas);
    s->playhead = sono_playhead_new(canvas);
    s->split = new_split(s);
    /* in the order of the Tab key; the last ones lie over their neighbours */
    GtkWidget *const children[] = {s->overview,   s->waveform, s->time_ruler, s->freq_ruler,   s->piano,    s->canvas,
                                   s->colour_bar, s->meters,   s->note_grid,  s->lane_buttons, s->playhead, s->split};
    for (gsize i = 0; i < G_N_ELEMENTS(children); i++) {
        gtk_widget_set_parent(children[i], GTK_WIDGET(s));
    }
    return GTK_WIDGET(s);
}

SonoCanvas *sono_stage_canvas(SonoStage *s)
{
    return SONO_CANVAS(s->canvas);
}

void sono_stage_set_waveform(SonoStage *s, const SonoClip *clip, double end_s)
{
    sono_waveform_set_sound(SONO_WAVEFORM(s->waveform), clip, end_s);
    sono_overview_set_sound(SONO_OVERVIEW(s->overview), clip, end_s);
}

void sono_stage_set_play(SonoStage *s, double cursor_s, double head_s)
{
    sono_playhead_set(SONO_PLAYHEAD(s->playhead), cursor_s, head_s);
}

SonoMeterBars *sono_stage_meters(SonoStage *s)
{
    return SONO_METER_BARS(s->meters);
}

void sono_stage_set_heard(SonoStage *s, const guint8 *muted, const guint8 *solo, gsize n_bytes)
{
    sono_lane_buttons_set(SONO_LANE_BUTTONS(s->lane_buttons), muted, solo, n_bytes);
}

void sono_stage_set_formats(SonoStage *s, SonoTimeFormat time, SonoFreqFormat freq)
{
    sono_time_ruler_set_format(SONO_TIME_RULER(s->time_ruler), time);
    sono_freq_ruler_set_format(SONO_FREQ_RULER(s->freq_ruler), freq);
}
