/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canvas: a scene in a GtkGLArea (or, without OpenGL, a GtkPicture), and gestures that become calls of the scene.
 */
#include "sono_canvas.h"

#include "sono_mem.h"
#include "sono_view_resources.h"

#include <epoxy/gl.h>

struct _SonoCanvas {
    GtkWidget parent_instance;
    GtkWidget *area, *picture;
    SonoScene *scene;
    SonoRenderer *renderer;    /* NULL when not realized, or without OpenGL */
    double pan_x_px, pan_y_px; /* last place of a pan */
    gboolean settled, no_gl;
    int wake_pending; /* atomic */
};

G_DEFINE_FINAL_TYPE(SonoCanvas, sono_canvas, GTK_TYPE_WIDGET)

enum { EDITED, POINTED, VIEW_CHANGED, SELECTION_CHANGED, TOOL_CHANGED, NOTICED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void set_settled(SonoCanvas *c, gboolean settled)
{
    if (c->settled != settled) {
        c->settled = settled;
        g_object_notify(G_OBJECT(c), "settled");
    }
}

static void show_painted(SonoCanvas *c)
{
    SonoError err = {0};
    bool settled = false;
    int width = 0;
    int height = 0;
    guint8 *rgb = sono_scene_take_picture(c->scene, &width, &height, &settled, &err);
    if (err.code != SONO_OK) {
        g_signal_emit(c, signals[NOTICED], 0, err.message);
    }
    if (rgb) {
        g_autoptr(GBytes) bytes = g_bytes_new_with_free_func(rgb, 3 * (gsize)width * (gsize)height, sono_free, rgb);
        g_autoptr(GdkTexture) texture =
            gdk_memory_texture_new(width, height, GDK_MEMORY_R8G8B8, bytes, 3 * (gsize)width);
        gtk_picture_set_paintable(GTK_PICTURE(c->picture), GDK_PAINTABLE(texture));
        set_settled(c, settled);
    }
}

static gboolean on_wake(gpointer data)
{
    SonoCanvas *c = data;
    g_atomic_int_set(&c->wake_pending, 0);
    if (c->scene && c->no_gl) {
        show_painted(c);
    } else {
        sono_canvas_refresh(c);
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

void sono_canvas_refresh(SonoCanvas *c)
{
    if (c->scene) {
        g_signal_emit(c, signals[VIEW_CHANGED], 0);
        g_signal_emit(c, signals[SELECTION_CHANGED], 0);
        g_signal_emit(c, signals[TOOL_CHANGED], 0);
    }
    if (c->scene && c->no_gl) {
        set_settled(c, FALSE);
        sono_scene_ask_picture(c->scene, gtk_widget_get_scale_factor(GTK_WIDGET(c)));
    } else if (c->scene) { /* not disposed */
        gtk_gl_area_queue_render(GTK_GL_AREA(c->area));
    }
}

static gboolean show_picture(gpointer data)
{
    SonoCanvas *c = data;
    if (c->scene) {
        gtk_widget_set_visible(c->area, FALSE);
        gtk_widget_set_visible(c->picture, TRUE);
        sono_canvas_refresh(c);
    }
    return G_SOURCE_REMOVE;
}

static void give_up_gl(SonoCanvas *c, const char *reason)
{
    if (!c->no_gl) {
        g_autofree char *line = g_strdup_printf("No OpenGL (%s): the picture is drawn without it, more slowly", reason);
        c->no_gl = TRUE;
        g_signal_emit(c, signals[NOTICED], 0, line);
        g_idle_add_full(G_PRIORITY_DEFAULT, show_picture, g_object_ref(c), g_object_unref);
    }
}

static void on_realize(GtkGLArea *area, SonoCanvas *c)
{
    SonoError err = {0};
    gtk_gl_area_make_current(area);
    const GError *error = gtk_gl_area_get_error(area);
    if (error) {
        give_up_gl(c, error->message);
    } else if (sono_renderer_new(&c->renderer, &err) != SONO_OK) {
        give_up_gl(c, err.message);
    }
}

static void on_unrealize(GtkGLArea *area, SonoCanvas *c)
{
    gtk_gl_area_make_current(area);
    if (!gtk_gl_area_get_error(area)) {
        sono_renderer_free(c->renderer);
    }
    c->renderer = NULL;
}

static gboolean on_render(GtkGLArea *area, GdkGLContext *context, SonoCanvas *c)
{
    SonoError err = {0};
    SonoError tiles = {0};
    SonoSceneReport report = {0};
    int target = 0;
    if (!c->renderer) {
        return FALSE;
    }
    glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &target);
    if (sono_scene_draw(c->scene, c->renderer, (unsigned)target, gtk_widget_get_scale_factor(GTK_WIDGET(c)), false,
                        &report, &tiles, &err) != SONO_OK) {
        give_up_gl(c, err.message);
    }
    if (tiles.code != SONO_OK) {
        g_signal_emit(c, signals[NOTICED], 0, tiles.message);
    }
    if (report.again) {
        gtk_gl_area_queue_render(area);
    }
    set_settled(c, report.settled);
    return TRUE;
}

SonoScene *sono_canvas_scene(SonoCanvas *c)
{
    return c->scene;
}

void sono_canvas_point(SonoCanvas *c, const SonoPointer *pointer)
{
    SonoError err = {0};
    SonoOutcome outcome = {0};
    if (sono_scene_point(c->scene, pointer, &outcome, &err) != SONO_OK) {
        g_signal_emit(c, signals[NOTICED], 0, err.message);
    }
    if (outcome.edited) {
        g_signal_emit(c, signals[EDITED], 0, &outcome.edit);
        sono_edit_clear(&outcome.edit);
    }
    g_signal_emit(c, signals[POINTED], 0);
    if (!c->no_gl || outcome.view_changed || outcome.selection_changed) { /* the outline and the preview follow */
        sono_canvas_refresh(c);
    }
}

gboolean sono_canvas_has_no_gl(SonoCanvas *c)
{
    return c->no_gl;
}

/* A pen says how hard and with which end; a mouse presses fully. */
static void point_with_device(GtkGesture *gesture, SonoCanvas *c, SonoPointerKind kind, double dx, double dy)
{
    double x = 0.0;
    double y = 0.0;
    double pressure = 1.0;
    GdkEvent *event = gtk_event_controller_get_current_event(GTK_EVENT_CONTROLLER(gesture));
    GdkDeviceTool *tool = event ? gdk_event_get_device_tool(event) : NULL;
    if (!tool || !gdk_event_get_axis(event, GDK_AXIS_PRESSURE, &pressure)) {
        pressure = 1.0;
    }
    gtk_gesture_drag_get_start_point(GTK_GESTURE_DRAG(gesture), &x, &y);
    const GdkModifierType held = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
    const SonoPointer pointer = {.kind = kind,
                                 .x_px = x + dx,
                                 .y_px = y + dy,
                                 .pressure = pressure,
                                 .eraser = tool && gdk_device_tool_get_tool_type(tool) == GDK_DEVICE_TOOL_TYPE_ERASER,
                                 .shift = (held & GDK_SHIFT_MASK) != 0,
                                 .ctrl = (held & GDK_CONTROL_MASK) != 0,
                                 .alt = (held & GDK_ALT_MASK) != 0,
                                 .n_press = 1};
    sono_canvas_point(c, &pointer);
}

static void on_brush_begin(GtkGesture *gesture, double x, double y, SonoCanvas *c)
{
    gtk_widget_grab_focus(GTK_WIDGET(c));
    point_with_device(gesture, c, SONO_POINTER_DOWN, 0.0, 0.0);
}

static void on_brush_update(GtkGesture *gesture, double dx, double dy, SonoCanvas *c)
{
    point_with_device(gesture, c, SONO_POINTER_DRAG, dx, dy);
}

static void on_brush_end(GtkGesture *gesture, double dx, double dy, SonoCanvas *c)
{
    point_with_device(gesture, c, SONO_POINTER_UP, dx, dy);
}

static void on_brush_cancel(GtkGesture *gesture, GdkEventSequence *sequence, SonoCanvas *c)
{
    sono_canvas_point(c, &(SonoPointer){.kind = SONO_POINTER_CANCEL});
}

static void on_motion(GtkEventControllerMotion *motion, double x, double y, SonoCanvas *c)
{
    sono_canvas_point(c, &(SonoPointer){.kind = SONO_POINTER_HOVER, .x_px = x, .y_px = y});
}

static void on_leave(GtkEventControllerMotion *motion, SonoCanvas *c)
{
    sono_canvas_point(c, &(SonoPointer){.kind = SONO_POINTER_LEAVE});
}

static void on_pan_begin(GtkGestureDrag *drag, double x, double y, SonoCanvas *c)
{
    c->pan_x_px = c->pan_y_px = 0.0;
}

static void on_pan_update(GtkGestureDrag *drag, double dx, double dy, SonoCanvas *c)
{
    sono_view_state_pan(sono_scene_view(c->scene), dx - c->pan_x_px, dy - c->pan_y_px);
    c->pan_x_px = dx;
    c->pan_y_px = dy;
    sono_canvas_refresh(c);
}

static gboolean on_scroll(GtkEventControllerScroll *scroll, double dx, double dy, SonoCanvas *c)
{
    const GdkModifierType held = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(scroll));
    sono_scene_wheel(c->scene, dx, dy, (held & GDK_CONTROL_MASK) != 0, (held & GDK_SHIFT_MASK) != 0);
    sono_canvas_refresh(c);
    return TRUE;
}

static void sono_canvas_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    SonoCanvas *c = SONO_CANVAS(widget);
    gtk_widget_allocate(c->area, width, height, baseline, NULL);
    gtk_widget_allocate(c->picture, width, height, baseline, NULL);
    if (sono_view_state_resize(sono_scene_view(c->scene), MAX(width, 1), MAX(height, 1))) {
        sono_canvas_refresh(c); /* a new picture allocates, too */
    }
}

static void sono_canvas_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    g_value_set_boolean(value, SONO_CANVAS(object)->settled);
}

static void sono_canvas_dispose(GObject *object)
{
    SonoCanvas *c = SONO_CANVAS(object);
    gtk_widget_dispose_template(GTK_WIDGET(c), SONO_TYPE_CANVAS);
    g_clear_pointer(&c->scene, sono_scene_free);
    G_OBJECT_CLASS(sono_canvas_parent_class)->dispose(object);
}

static void sono_canvas_class_init(SonoCanvasClass *klass)
{
    GObjectClass *object = G_OBJECT_CLASS(klass);
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    const GType type = G_TYPE_FROM_CLASS(klass);
    object->dispose = sono_canvas_dispose;
    object->get_property = sono_canvas_get_property;
    widget->size_allocate = sono_canvas_size_allocate;
    sono_view_register_resource();
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
    gtk_widget_class_set_template_from_resource(widget, "/io/github/sonobrush/Sonobrush/canvas.ui");
    gtk_widget_class_bind_template_child(widget, SonoCanvas, area);
    gtk_widget_class_bind_template_child(widget, SonoCanvas, picture);
#define CALLBACK(name) gtk_widget_class_bind_template_callback(widget, name)
    CALLBACK(on_realize), CALLBACK(on_unrealize), CALLBACK(on_render), CALLBACK(on_scroll);
    CALLBACK(on_brush_begin), CALLBACK(on_brush_update), CALLBACK(on_brush_end), CALLBACK(on_brush_cancel);
    CALLBACK(on_pan_begin), CALLBACK(on_pan_update), CALLBACK(on_motion), CALLBACK(on_leave);
    g_object_class_install_property(object, 1, g_param_spec_boolean("settled", NULL, NULL, FALSE, G_PARAM_READABLE));
    signals[EDITED] = g_signal_new("edited", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
    signals[VIEW_CHANGED] = g_signal_new("view-changed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[SELECTION_CHANGED] = g_signal_new("selection-changed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[TOOL_CHANGED] = g_signal_new("tool-changed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[POINTED] = g_signal_new("pointed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[NOTICED] = g_signal_new("noticed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void sono_canvas_init(SonoCanvas *c)
{
    gtk_widget_init_template(GTK_WIDGET(c));
}

GtkWidget *sono_canvas_new(SonoEngine *engine)
{
    SonoCanvas *c = g_object_new(SONO_TYPE_CANVAS, NULL);
    SonoError err = {0};
    if (sono_scene_new(engine, wake, c, &c->scene, &err) != SONO_OK) {
        g_error("%s", err.message); /* no memory for an empty window */
    }
    return GTK_WIDGET(c);
}
