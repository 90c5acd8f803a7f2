/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window: its parts and how they hang together. The widgets are in window.ui, but for those that need the canvas. */
#include "window.h"

#include <glib/gi18n.h>

#include "display_panel.h"
#include "sono_app_resources.h"
#include "sono_recent.h"
#include "volume.h"

G_DEFINE_FINAL_TYPE(SonoWindow, sono_window, GTK_TYPE_APPLICATION_WINDOW)

SonoScene *window_scene(SonoWindow *w)
{
    return sono_canvas_scene(w->canvas);
}

SonoDocument *window_document(SonoWindow *w)
{
    return w->file.editor ? sono_editor_document(w->file.editor) : NULL;
}

void window_refresh(SonoWindow *w)
{
    if (w->canvas) { /* not disposed */
        sono_inspector_update(w->inspector);
        sono_canvas_refresh(w->canvas);
        window_update(w);
    }
}

gboolean sono_window_is_empty(SonoWindow *w)
{
    return !w->file.editor && !sono_scene_plan(window_scene(w));
}

void sono_window_open(SonoWindow *w, const char *path)
{
    window_start(w, path);
}

void sono_window_open_with_edits(SonoWindow *w, const char *path, SonoEditScript *edits, const char *lost_file)
{
    w->file.later = *edits;
    w->file.later_of = g_strdup(lost_file);
    *edits = (SonoEditScript){0};
    window_start(w, path);
}

const char *sono_window_path(SonoWindow *w)
{
    return w->file.path;
}

void sono_window_tell(SonoWindow *w, const char *line, gboolean problem)
{
    if (problem) {
        g_message("%s", line);
    }
    if (w->toasts) {
        sono_toasts_show(w->toasts, line, problem);
    }
}

static void on_edited(SonoCanvas *canvas, const SonoEdit *edit, SonoWindow *w)
{
    window_commit(w, edit);
}

static void on_noticed(SonoCanvas *canvas, const char *line, SonoWindow *w)
{
    sono_window_tell(w, line, TRUE);
}

static void on_view_changed(SonoWindow *w)
{
    if (w->canvas) {
        window_note_view(w);
        window_update(w);
    }
}

static void on_fullscreened(SonoWindow *w)
{
    window_set_state(w, "fullscreen", g_variant_new_boolean(gtk_window_is_fullscreen(GTK_WINDOW(w))));
}

static void focus_stage(GtkWidget *widget, const char *action, GVariant *parameter)
{
    SonoWindow *w = SONO_WINDOW(widget);
    if (w->canvas) {
        gtk_widget_grab_focus(GTK_WIDGET(w->canvas));
    }
}

static void sono_window_dispose(GObject *object)
{
    SonoWindow *w = SONO_WINDOW(object);
    if (w->canvas) {
        window_listen_end(w);
        window_close_file(w); /* waits for what reads it */
        window_transform_end(w);
    }
    g_clear_handle_id(&w->tasks_source, g_source_remove);
    w->canvas = NULL;
    w->toasts = NULL;
    G_OBJECT_CLASS(sono_window_parent_class)->dispose(object);
}

static gboolean sono_window_close_request(GtkWindow *window)
{
    return window_on_close_request(SONO_WINDOW(window)) ||
           GTK_WINDOW_CLASS(sono_window_parent_class)->close_request(window);
}

static void sono_window_class_init(SonoWindowClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_window_dispose;
    GTK_WINDOW_CLASS(klass)->close_request = sono_window_close_request;
    sono_app_register_resource();
    gtk_widget_class_set_template_from_resource(widget, SONO_RESOURCE "window.ui");
#define CHILD(name) gtk_widget_class_bind_template_child(widget, SonoWindow, name)
    CHILD(content), CHILD(welcome), CHILD(name), CHILD(info), CHILD(menu_button), CHILD(display_button), CHILD(presets);
    gtk_widget_class_install_action(widget, "window.focus-stage", NULL, focus_stage);
}

static void load_css(void)
{
    g_autoptr(GtkCssProvider) css = gtk_css_provider_new();
    gtk_css_provider_load_from_resource(css, SONO_RESOURCE "app.css");
    gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(css),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void sono_window_init(SonoWindow *w)
{
    static gsize loaded = 0;
    if (g_once_init_enter(&loaded)) {
        load_css();
        g_once_init_leave(&loaded, 1);
    }
    gtk_widget_init_template(GTK_WIDGET(w));
    window_add_actions(w);
}

/* The inspector keeps its width when the window grows; it had this one the last time. */
static void on_max_position(GtkPaned *paned, const GParamSpec *spec, SonoWindow *w)
{
    int max = 0;
    int width = 0;
    int min = 0;
    g_object_get(paned, "max-position", &max, NULL);
    g_object_get(w->settings, "inspector-width", &width, NULL);
    gtk_widget_measure(GTK_WIDGET(w->inspector), GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
    if (max > 0 && max < G_MAXINT && min > 0) {
        g_clear_signal_handler(&w->paned_handler, paned);
        gtk_paned_set_position(paned, MAX(max - MAX(width - min, 0), 0));
    }
}

static GtkWidget *make_body(SonoWindow *w)
{
    GtkWidget *body = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
    GtkWidget *overlay = gtk_overlay_new();
    w->stage = SONO_STAGE(sono_stage_new(w->engine));
    w->canvas = sono_stage_canvas(w->stage);
    w->inspector = SONO_INSPECTOR(sono_inspector_new(w->canvas));
    w->paned = gtk_paned_new(GTK_ORIENTATION_HORIZONTAL);
    gtk_overlay_set_child(GTK_OVERLAY(overlay), GTK_WIDGET(w->stage));
    gtk_overlay_add_overlay(GTK_OVERLAY(overlay), w->welcome);
    gtk_paned_set_start_child(GTK_PANED(w->paned), overlay);
    gtk_paned_set_end_child(GTK_PANED(w->paned), GTK_WIDGET(w->inspector));
    gtk_paned_set_resize_end_child(GTK_PANED(w->paned), FALSE);
    gtk_paned_set_shrink_end_child(GTK_PANED(w->paned), FALSE);
    gtk_widget_set_hexpand(w->paned, TRUE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(w->paned), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Width of the inspector"),
                                   -1);
    w->paned_handler = g_signal_connect(w->paned, "notify::max-position", G_CALLBACK(on_max_position), w);
    gtk_box_append(GTK_BOX(body), sono_tool_bar_new());
    gtk_box_append(GTK_BOX(body), w->paned);
    return body;
}

static void add_parts(SonoWindow *w)
{
    GtkWidget *body = make_body(w);
    GtkWidget *popover = gtk_popover_new();
    GtkWidget *toasts = sono_toasts_new(body);
    GtkWidget *display = display_panel_new(w->canvas);
    w->toasts = SONO_TOASTS(toasts);
    w->status_bar = SONO_STATUS_BAR(sono_status_bar_new(w->canvas));
    w->volume = volume_new();
    sono_meter_bars_set_fader(sono_stage_meters(w->stage), w->volume);
    w->transport = SONO_TRANSPORT(sono_transport_new());
    gtk_header_bar_pack_start(GTK_HEADER_BAR(gtk_window_get_titlebar(GTK_WINDOW(w))), GTK_WIDGET(w->transport));
    gtk_widget_set_vexpand(toasts, TRUE);
    gtk_box_append(GTK_BOX(w->content), toasts);
    gtk_box_append(GTK_BOX(w->content), GTK_WIDGET(w->status_bar));
    gtk_widget_set_size_request(display, 240, -1);
    gtk_popover_set_child(GTK_POPOVER(popover), display);
    gtk_menu_button_set_popover(GTK_MENU_BUTTON(w->display_button), popover);
}

static void follow_canvas(SonoWindow *w)
{
    g_signal_connect_object(w->canvas, "edited", G_CALLBACK(on_edited), w, 0);
    g_signal_connect_object(w->canvas, "noticed", G_CALLBACK(on_noticed), w, 0);
    g_signal_connect_object(w->canvas, "view-changed", G_CALLBACK(on_view_changed), w, G_CONNECT_SWAPPED);
    g_signal_connect_object(w->canvas, "selection-changed", G_CALLBACK(window_update), w, G_CONNECT_SWAPPED);
    g_signal_connect_object(w->canvas, "tool-changed", G_CALLBACK(window_update), w, G_CONNECT_SWAPPED);
    g_signal_connect_object(w->canvas, "notify::settled", G_CALLBACK(window_update), w, G_CONNECT_SWAPPED);
    g_signal_connect(w, "notify::fullscreened", G_CALLBACK(on_fullscreened), NULL);
}

static void restore_size(SonoWindow *w)
{
    int width = 0;
    int height = 0;
    gboolean maximized = FALSE;
    g_object_get(w->settings, "window-width", &width, "window-height", &height, "window-maximized", &maximized, NULL);
    gtk_window_set_default_size(GTK_WINDOW(w), width, height);
    if (maximized) {
        gtk_window_maximize(GTK_WINDOW(w));
    }
}

static void list_presets(SonoWindow *w)
{
    for (const SonoPreset *const *preset = sono_presets; *preset; preset++) {
        g_autoptr(GMenuItem) item = g_menu_item_new(_((*preset)->title), NULL);
        g_menu_item_set_action_and_target(item, "win.preset", "s", (*preset)->name);
        g_menu_append_item(w->presets, item);
    }
}

SonoWindow *sono_window_new(GtkApplication *app, SonoEngine *engine, SonoPcmStore *store, SonoSettings *settings,
                            SonoSpeaker *speaker)
{
    SonoWindow *w = g_object_new(SONO_TYPE_WINDOW, "application", app, NULL);
    GMenuModel *menu = gtk_menu_button_get_menu_model(GTK_MENU_BUTTON(w->menu_button));
    g_autoptr(GMenuModel) files = g_menu_model_get_item_link(menu, 0, G_MENU_LINK_SECTION);
    w->engine = engine;
    w->store = store;
    w->settings = settings;
    w->speaker = g_object_ref(speaker);
    window_set_accels(app);
    add_parts(w);
    window_listen_start(w);
    window_follow_settings(w);
    follow_canvas(w);
    window_watch_keys(w);
    restore_size(w);
    g_menu_insert_submenu(G_MENU(files), 1, _("Open _Recent"), sono_recent_menu(app));
    list_presets(w);
    window_refresh(w);
    return w;
}
