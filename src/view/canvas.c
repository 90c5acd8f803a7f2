/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canvas: a scene as a widget; who listens hears what has changed. */
#include "canvas_private.h"

#include "sono_clock.h"
#include "sono_view_resources.h"

#include <glib/gi18n.h>
#include <math.h>

G_DEFINE_FINAL_TYPE(SonoCanvas, sono_canvas, GTK_TYPE_WIDGET)

enum { EDITED, POINTED, VIEW_CHANGED, SELECTION_CHANGED, TOOL_CHANGED, NOTICED, LOCATED, SCRUBBED, N_SIGNALS };
static guint signals[N_SIGNALS];

void canvas_set_settled(SonoCanvas *c, gboolean settled)
{
    if (c->settled != settled) {
        c->settled = settled;
        g_object_notify(G_OBJECT(c), "settled");
    }
}

void canvas_notice(SonoCanvas *c, const char *line)
{
    g_signal_emit(c, signals[NOTICED], 0, line);
}

void canvas_pointed(SonoCanvas *c)
{
    g_signal_emit(c, signals[POINTED], 0);
}

static gboolean on_wake(gpointer data)
{
    SonoCanvas *c = data;
    g_atomic_int_set(&c->wake_pending, 0);
    if (c->scene) { /* not disposed */
        canvas_landed(c);
    }
    return G_SOURCE_REMOVE;
}

/* Worker: news for the main loop, at most one wake-up under way. */
static void wake(void *ctx)
{
    SonoCanvas *c = ctx;
    if (g_atomic_int_compare_and_exchange(&c->wake_pending, 0, 1)) {
        g_idle_add_full(G_PRIORITY_DEFAULT, on_wake, g_object_ref(c), g_object_unref);
    }
}

static gboolean same_place(const SonoViewState *a, const SonoViewState *b)
{
    return a->t0_s == b->t0_s && a->s_per_px == b->s_per_px && a->axis.scale == b->axis.scale &&
           a->axis.f0_hz == b->axis.f0_hz && a->axis.f1_hz == b->axis.f1_hz && a->width_px == b->width_px &&
           a->height_px == b->height_px && a->first_lane == b->first_lane;
}

static gboolean same_view(const SonoViewState *a, const SonoViewState *b)
{
    return same_place(a, b) && a->end_s == b->end_s && a->nyquist_hz == b->nyquist_hz && a->floor_db == b->floor_db &&
           a->ceiling_db == b->ceiling_db && a->map == b->map && a->show == b->show && a->n_channels == b->n_channels &&
           a->only_channel == b->only_channel && a->tuning_hz == b->tuning_hz;
}

static void update_cursor(SonoCanvas *c)
{
    static const char *const names[] = {[SONO_CURSOR_ARROW] = "default",
                                        [SONO_CURSOR_CROSS] = "crosshair",
                                        [SONO_CURSOR_NONE] = "none",
                                        [SONO_CURSOR_GRAB] = "grab",
                                        [SONO_CURSOR_GRABBING] = "grabbing",
                                        [SONO_CURSOR_ZOOM] = "zoom-in",
                                        [SONO_CURSOR_MOVE] = "move",
                                        [SONO_CURSOR_SIZE_TIME] = "ew-resize",
                                        [SONO_CURSOR_SIZE_FREQ] = "ns-resize",
                                        [SONO_CURSOR_SIZE_FALLING] = "nwse-resize",
                                        [SONO_CURSOR_SIZE_RISING] = "nesw-resize"};
    const char *name = c->input.is_panning ? "grabbing" : names[sono_scene_cursor(c->scene)];
    if (c->cursor != name) {
        c->cursor = name;
        gtk_widget_set_cursor_from_name(GTK_WIDGET(c), name);
    }
}

/* Tell who listens what is new since the last time; a listener may change the scene again. TRUE if the picture is
 * another one. */
static gboolean tell_changes(SonoCanvas *c)
{
    const CanvasSeen old = c->seen;
    const SonoClip *clip = sono_scene_clip(c->scene);
    const SonoPlan *plan = sono_scene_plan(c->scene);
    c->seen = (CanvasSeen){.view = *sono_scene_view(c->scene),
                           .tool = sono_scene_tool(c->scene),
                           .selection_revision = sono_scene_selection(c->scene)->revision,
                           .clip_revision = clip ? sono_clip_revision(clip) : 0,
                           .plan_key = plan ? plan->key : 0};
    const gboolean moved = !same_place(&old.view, &c->seen.view);
    const gboolean view = !same_view(&old.view, &c->seen.view) || old.clip_revision != c->seen.clip_revision ||
                          old.plan_key != c->seen.plan_key;
    const gboolean selection = old.selection_revision != c->seen.selection_revision;
    if (moved) {
        canvas_moved(c);
    }
    if (view) {
        canvas_set_settled(c, FALSE);
        g_signal_emit(c, signals[VIEW_CHANGED], 0);
    }
    if (selection && c->scene) {
        g_signal_emit(c, signals[SELECTION_CHANGED], 0);
    }
    if (old.tool != c->seen.tool && c->scene) {
        g_signal_emit(c, signals[TOOL_CHANGED], 0);
    }
    if (c->scene) {
        update_cursor(c);
        canvas_describe(c);
    }
    return view || selection; /* an operation shown on the selection ends with it */
}

void sono_canvas_refresh(SonoCanvas *c)
{
    if (c->scene) { /* not disposed */
        (void)tell_changes(c);
        canvas_draw_again(c, TRUE);
    }
}

void sono_canvas_hint_freq(SonoCanvas *c, double freq_hz)
{
    c->hint_hz = freq_hz;
    if (c->scene) {
        canvas_pointed(c);
    }
}

double sono_canvas_hinted_freq(SonoCanvas *c)
{
    return c->hint_hz;
}

SonoScene *sono_canvas_scene(SonoCanvas *c)
{
    return c->scene;
}

void sono_canvas_locate(SonoCanvas *c, double t_s)
{
    if (c->scene && sono_scene_clip(c->scene)) {
        g_signal_emit(c, signals[LOCATED], 0, CLAMP(t_s, 0.0, sono_scene_view(c->scene)->end_s));
    }
}

void sono_canvas_scrub(SonoCanvas *c, double t_s, gboolean going_on)
{
    if (c->scene && sono_scene_clip(c->scene)) {
        g_signal_emit(c, signals[SCRUBBED], 0, CLAMP(t_s, 0.0, sono_scene_view(c->scene)->end_s), going_on);
    }
}

gboolean sono_canvas_has_no_gl(SonoCanvas *c)
{
    return c->no_gl;
}

/* TRUE if an edit was made. */
static gboolean point(SonoCanvas *c, const SonoPointer *pointer)
{
    static const char *const names[] = {
        [SONO_POINTER_HOVER] = "hover", [SONO_POINTER_DOWN] = "down",     [SONO_POINTER_DRAG] = "drag",
        [SONO_POINTER_UP] = "up",       [SONO_POINTER_CANCEL] = "cancel", [SONO_POINTER_LEAVE] = "leave",
    };
    SonoError err = {0};
    SonoOutcome outcome = {0};
    if (pointer->kind == SONO_POINTER_DOWN) {
        canvas_keys_used(c);
    }
    frame_log_input(&c->log, names[pointer->kind]);
    if (sono_scene_point(c->scene, pointer, &outcome, &err) != SONO_OK) {
        canvas_notice(c, err.message);
    }
    if (outcome.edited) {
        g_signal_emit(c, signals[EDITED], 0, &outcome.edit);
        sono_edit_clear(&outcome.edit);
    }
    return outcome.edited;
}

void canvas_point_all(SonoCanvas *c, const SonoPointer *pointers, gsize n)
{
    gboolean edited = FALSE;
    for (gsize i = 0; i < n && c->scene; i++) {
        edited = point(c, &pointers[i]) || edited;
    }
    if (c->scene && n > 0) {
        canvas_follow_drag(c, &pointers[n - 1]);
    }
    if (c->scene) {
        canvas_pointed(c);
    }
    if (c->scene) { /* the brush's outline moves in any case */
        const gboolean painted = edited || sono_strokes_is_painting(sono_scene_strokes(c->scene));
        canvas_draw_again(c, tell_changes(c) || painted);
    }
}

void sono_canvas_point(SonoCanvas *c, const SonoPointer *pointer)
{
    canvas_point_all(c, pointer, 1);
}

void canvas_open_menu(SonoCanvas *c, double x_px, double y_px)
{
    gtk_popover_set_pointing_to(GTK_POPOVER(c->menu), &(GdkRectangle){(int)x_px, (int)y_px, 1, 1});
    gtk_popover_popup(GTK_POPOVER(c->menu));
}

SonoFrameTimes sono_canvas_take_frame_times(SonoCanvas *c)
{
    FramePace *p = &c->pace;
    const SonoFrameTimes times = {.n_frames = p->n_frames,
                                  .median_ms = frame_pace_median(p->gap_ms, p->n_gaps),
                                  .worst_ms = p->n_gaps > 0 ? p->gap_ms[p->n_gaps - 1] : 0.0, /* sorted by now */
                                  .draw_median_ms = frame_pace_median(p->draw_ms, p->n_draws)};
    p->n_frames = 0;
    p->n_gaps = p->n_draws = 0;
    return times;
}

/* Listeners may ask for another size of theirs, which cannot be while sizes are being given. */
static gboolean on_resized(gpointer data)
{
    SonoCanvas *c = data;
    c->resize_idle = 0;
    sono_canvas_refresh(c);
    return G_SOURCE_REMOVE;
}

static void sono_canvas_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    SonoCanvas *c = SONO_CANVAS(widget);
    gtk_widget_allocate(c->area, width, height, baseline, NULL);
    gtk_widget_allocate(c->picture, width, height, baseline, NULL);
    if (gtk_widget_get_visible(c->menu)) {
        gtk_popover_present(GTK_POPOVER(c->menu));
    }
    if (sono_view_state_resize(sono_scene_view(c->scene), MAX(width, 1), MAX(height, 1))) {
        canvas_draw_again(c, FALSE);
        if (!c->resize_idle) {
            c->resize_idle = g_idle_add_full(G_PRIORITY_HIGH_IDLE, on_resized, c, NULL);
        }
    }
}

static void sono_canvas_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    SonoCanvas *c = SONO_CANVAS(widget);
    if (!canvas_shot_snapshot(c, snapshot)) {
        GTK_WIDGET_CLASS(sono_canvas_parent_class)->snapshot(widget, snapshot);
    }
    if (c->no_gl && c->scene) {
        canvas_overlay_snapshot(c, snapshot);
    }
}

static void sono_canvas_root(GtkWidget *widget)
{
    GTK_WIDGET_CLASS(sono_canvas_parent_class)->root(widget);
    GtkRoot *root = gtk_widget_get_root(widget);
    canvas_keys_watch_window(SONO_CANVAS(widget), GTK_IS_WINDOW(root) ? GTK_WINDOW(root) : NULL);
}

static void sono_canvas_unroot(GtkWidget *widget)
{
    canvas_keys_watch_window(SONO_CANVAS(widget), NULL);
    GTK_WIDGET_CLASS(sono_canvas_parent_class)->unroot(widget);
}

static void sono_canvas_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    g_value_set_boolean(value, SONO_CANVAS(object)->settled);
}

static void sono_canvas_dispose(GObject *object)
{
    SonoCanvas *c = SONO_CANVAS(object);
    canvas_describe_stop(c);
    g_clear_handle_id(&c->still_timer, g_source_remove);
    g_clear_handle_id(&c->resize_idle, g_source_remove);
    g_clear_handle_id(&c->drawn.idle, g_source_remove);
    g_clear_pointer(&c->drawn.notice, g_free);
    g_clear_object(&c->marks);
    frame_log_close(&c->log);
    canvas_shot_drop(c);
    gtk_widget_dispose_template(GTK_WIDGET(c), SONO_TYPE_CANVAS);
    g_clear_pointer(&c->scene, sono_scene_free);
    G_OBJECT_CLASS(sono_canvas_parent_class)->dispose(object);
}

static void add_style(void)
{
    GdkDisplay *display = gdk_display_get_default();
    if (display) {
        g_autoptr(GtkCssProvider) css = gtk_css_provider_new();
        gtk_css_provider_load_from_resource(css, "/io/github/sonobrush/Sonobrush/canvas.css");
        gtk_style_context_add_provider_for_display(display, GTK_STYLE_PROVIDER(css),
                                                   GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    }
}

static void sono_canvas_class_init(SonoCanvasClass *klass)
{
    GObjectClass *object = G_OBJECT_CLASS(klass);
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    const GType type = G_TYPE_FROM_CLASS(klass);
    object->dispose = sono_canvas_dispose;
    object->get_property = sono_canvas_get_property;
    widget->size_allocate = sono_canvas_size_allocate;
    widget->snapshot = sono_canvas_snapshot;
    widget->root = sono_canvas_root;
    widget->unroot = sono_canvas_unroot;
    sono_view_register_resource();
    add_style();
    gtk_widget_class_set_css_name(widget, "sonocanvas");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
    gtk_widget_class_set_template_from_resource(widget, "/io/github/sonobrush/Sonobrush/canvas.ui");
    gtk_widget_class_bind_template_child(widget, SonoCanvas, area);
    gtk_widget_class_bind_template_child(widget, SonoCanvas, picture);
    gtk_widget_class_bind_template_child(widget, SonoCanvas, menu);
#define CALLBACK(name) gtk_widget_class_bind_template_callback(widget, name)
    CALLBACK(canvas_on_realize), CALLBACK(canvas_on_unrealize), CALLBACK(canvas_on_render);
    CALLBACK(canvas_on_create_context);
    g_object_class_install_property(
        object, 1, g_param_spec_boolean("settled", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
    signals[EDITED] = g_signal_new("edited", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
    signals[VIEW_CHANGED] = g_signal_new("view-changed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[SELECTION_CHANGED] = g_signal_new("selection-changed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[TOOL_CHANGED] = g_signal_new("tool-changed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[POINTED] = g_signal_new("pointed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[NOTICED] = g_signal_new("noticed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[LOCATED] = g_signal_new("located", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
    signals[SCRUBBED] =
        g_signal_new("scrubbed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_BOOLEAN);
}

static void sono_canvas_init(SonoCanvas *c)
{
    gtk_widget_init_template(GTK_WIDGET(c));
    c->hint_hz = (double)NAN;
    frame_log_open(&c->log);
    canvas_input_init(c);
    canvas_keys_init(c);
    g_signal_connect(c, "notify::scale-factor", G_CALLBACK(sono_canvas_refresh), NULL);
}

GtkWidget *sono_canvas_new(SonoEngine *engine)
{
    SonoCanvas *c = g_object_new(SONO_TYPE_CANVAS, NULL);
    SonoError err = {0};
    if (sono_scene_new(engine, wake, c, &c->scene, &err) != SONO_OK) {
        g_error("%s", err.message); /* no memory for an empty window */
    }
    (void)tell_changes(c); /* nobody listens yet: the first state is no change */
    return GTK_WIDGET(c);
}
