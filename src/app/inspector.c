/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The side strip: what the tool does, how it does it, how the picture looks, and the history. */
#include "sono_panels.h"

#include <glib/gi18n.h>

#include "accessible.h"
#include "display_panel.h"
#include "listen_panel.h"
#include "tip.h"
#include "tool_params.h"
#include "transform_panel.h"

struct _SonoInspector {
    GtkWidget parent_instance;
    SonoCanvas *canvas;   /* borrowed: the window holds both */
    const SonoTool *tool; /* sections are folded for it */
    gboolean showing;     /* the widgets follow the scene, not the user */
    GPtrArray *choices;   /* const SonoOperation *, as in the chooser */
    GtkWidget *box, *sections, *operation, *params, *brush, *selection, *channels, *transform, *apply, *history;
    GtkWidget *operation_section, *brush_section, *selection_section;
};

G_DEFINE_FINAL_TYPE(SonoInspector, sono_inspector, GTK_TYPE_WIDGET)

static void on_operation_chosen(SonoInspector *p)
{
    const guint i = gtk_drop_down_get_selected(GTK_DROP_DOWN(p->operation));
    if (!p->showing && i < p->choices->len) {
        const SonoOperation *op = g_ptr_array_index(p->choices, i);
        gtk_widget_activate_action(GTK_WIDGET(p), "win.operation", "s", op->name);
    }
}

static void on_param_changed(SonoInspector *p, guint i)
{
    const SonoToolOptions *options = sono_scene_options(sono_canvas_scene(p->canvas));
    const SonoParams params = sono_param_panel_get(SONO_PARAM_PANEL(p->params));
    gtk_widget_activate_action(GTK_WIDGET(p), "win.set-param", "(sd)", options->operation->params.desc[i].name,
                               params.v[i]);
}

/* Panels of tool_params: the actions have the parameters' names. */
static void change_tool_param(GtkWidget *panel, SonoParamTable table, guint i)
{
    const SonoParamDesc *d = &table.desc[i];
    const double value = sono_param_panel_get(SONO_PARAM_PANEL(panel)).v[i];
    GActionGroup *actions = G_ACTION_GROUP(gtk_widget_get_root(panel));
    g_action_group_change_action_state(actions, d->name,
                                       d->kind == SONO_PARAM_BOOL ? g_variant_new_boolean(value != 0.0)
                                                                  : g_variant_new_double(value));
}

static void on_brush_changed(GtkWidget *panel, guint i)
{
    change_tool_param(panel, tool_params_brush, i);
}

static void on_selection_changed(GtkWidget *panel, guint i)
{
    change_tool_param(panel, tool_params_selection, i);
}

static void on_channels_changed(GtkWidget *panel, guint i)
{
    change_tool_param(panel, tool_params_channels, i);
}

/* A fold with a title; returns the box inside. */
static GtkWidget *add_section(GtkWidget *parent, const char *title, GtkWidget **section)
{
    GtkWidget *expander = gtk_expander_new(title);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    gtk_widget_add_css_class(expander, "section");
    gtk_accessible_update_property(GTK_ACCESSIBLE(expander), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
    gtk_expander_set_expanded(GTK_EXPANDER(expander), TRUE);
    gtk_expander_set_child(GTK_EXPANDER(expander), box);
    gtk_box_append(GTK_BOX(parent), expander);
    if (section) {
        *section = expander;
    }
    return box;
}

static GtkWidget *add_button(GtkWidget *row, const char *label, const char *action, const char *tip)
{
    GtkWidget *button = gtk_button_new_with_mnemonic(label);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
    gtk_widget_set_tooltip_text(button, tip);
    accessible_name_buttons(button);
    gtk_box_append(GTK_BOX(row), button);
    return button;
}

static GtkWidget *button_row(GtkWidget *parent)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    gtk_box_set_homogeneous(GTK_BOX(row), TRUE);
    gtk_widget_add_css_class(row, "buttons");
    gtk_box_append(GTK_BOX(parent), row);
    return row;
}

static void add_operation(SonoInspector *p, GtkWidget *parent)
{
    GtkWidget *box = add_section(parent, _("Operation"), &p->operation_section);
    g_autoptr(GtkStringList) titles = gtk_string_list_new(NULL);
    p->choices = g_ptr_array_new();
    for (const SonoOperation *const *op = sono_operations; *op; op++) {
        if (!(*op)->takes_state) { /* those are the history's */
            g_ptr_array_add(p->choices, (gpointer)(guintptr)*op);
            gtk_string_list_append(titles, _((*op)->title));
        }
    }
    p->operation = gtk_drop_down_new(G_LIST_MODEL(g_steal_pointer(&titles)), NULL);
    accessible_name_drop_down(p->operation, _("Operation"));
    g_signal_connect_object(p->operation, "notify::selected", G_CALLBACK(on_operation_chosen), p, G_CONNECT_SWAPPED);
    gtk_box_append(GTK_BOX(box), p->operation);
    p->params = sono_param_panel_new();
    g_signal_connect_object(p->params, "changed", G_CALLBACK(on_param_changed), p, G_CONNECT_SWAPPED);
    gtk_box_append(GTK_BOX(box), p->params);
    GtkWidget *row = button_row(box);
    p->apply = add_button(row, _("_Apply"), "win.apply", _("Apply the operation to the selection (Return)"));
    (void)add_button(row, _("_Erase"), "win.erase-selection", _("Erase the selection (Delete)"));
    p->channels = sono_param_panel_new();
    g_signal_connect(p->channels, "changed", G_CALLBACK(on_channels_changed), NULL);
    gtk_box_append(GTK_BOX(box), p->channels);
}

static void add_brush(SonoInspector *p, GtkWidget *parent)
{
    p->brush = sono_param_panel_new();
    g_signal_connect(p->brush, "changed", G_CALLBACK(on_brush_changed), NULL);
    gtk_box_append(GTK_BOX(add_section(parent, _("Brush"), &p->brush_section)), p->brush);
}

static void add_selection(SonoInspector *p, GtkWidget *parent)
{
    GtkWidget *box = add_section(parent, _("Selection"), &p->selection_section);
    GtkWidget *row = button_row(box);
    (void)add_button(row, _("A_ll"), "win.select-all", _("Select everything (Ctrl+A)"));
    (void)add_button(row, _("_None"), "win.select-none", _("Select nothing (Escape)"));
    (void)add_button(row, _("In_vert"), "win.select-invert", _("Select what is not selected (Ctrl+Shift+I)"));
    p->selection = sono_param_panel_new();
    g_signal_connect(p->selection, "changed", G_CALLBACK(on_selection_changed), NULL);
    gtk_box_append(GTK_BOX(box), p->selection);
}

static void add_transform(SonoInspector *p, GtkWidget *parent)
{
    p->transform = transform_panel_new();
    gtk_box_append(GTK_BOX(add_section(parent, _("Transform"), NULL)), p->transform);
}

static void fold_for(SonoInspector *p, const SonoTool *tool)
{
    if (tool != p->tool) {
        p->tool = tool;
        gtk_expander_set_expanded(GTK_EXPANDER(p->operation_section), (tool->has & SONO_TOOL_HAS_OPERATION) != 0);
        gtk_expander_set_expanded(GTK_EXPANDER(p->brush_section), (tool->has & SONO_TOOL_HAS_BRUSH) != 0);
        gtk_expander_set_expanded(GTK_EXPANDER(p->selection_section), (tool->has & SONO_TOOL_HAS_SELECTION) != 0);
    }
}

static void sono_inspector_dispose(GObject *object)
{
    g_clear_pointer(&SONO_INSPECTOR(object)->box, gtk_widget_unparent);
    G_OBJECT_CLASS(sono_inspector_parent_class)->dispose(object);
}

static void sono_inspector_finalize(GObject *object)
{
    g_ptr_array_unref(SONO_INSPECTOR(object)->choices);
    G_OBJECT_CLASS(sono_inspector_parent_class)->finalize(object);
}

static void sono_inspector_class_init(SonoInspectorClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_inspector_dispose;
    G_OBJECT_CLASS(klass)->finalize = sono_inspector_finalize;
    gtk_widget_class_set_layout_manager_type(widget, GTK_TYPE_BIN_LAYOUT);
    gtk_widget_class_set_css_name(widget, "inspector");
}

static void sono_inspector_init(SonoInspector *p)
{
    GtkWidget *scrolled = gtk_scrolled_window_new();
    GtkWidget *sections = p->sections = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *title = gtk_label_new(_("History"));
    p->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    add_operation(p, sections);
    add_brush(p, sections);
    add_selection(p, sections);
    add_transform(p, sections);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(scrolled), TRUE);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), sections);
    gtk_accessible_update_property(GTK_ACCESSIBLE(scrolled), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Inspector"), -1);
    gtk_box_append(GTK_BOX(p->box), scrolled);
    gtk_label_set_xalign(GTK_LABEL(title), 0.0f);
    gtk_widget_add_css_class(title, "section-title");
    gtk_box_append(GTK_BOX(p->box), title);
    p->history = sono_history_list_new();
    gtk_widget_set_vexpand(p->history, TRUE);
    gtk_widget_set_size_request(p->history, -1, 96);
    gtk_box_append(GTK_BOX(p->box), p->history);
    gtk_widget_set_parent(p->box, GTK_WIDGET(p));
}

GtkWidget *sono_inspector_new(SonoCanvas *canvas)
{
    SonoInspector *p = g_object_new(SONO_TYPE_INSPECTOR, NULL);
    GtkWidget *display = add_section(p->sections, _("Display"), NULL);
    p->canvas = canvas;
    gtk_box_append(GTK_BOX(display), display_panel_new(canvas));
    gtk_box_append(GTK_BOX(display), listen_panel_new(canvas));
    g_signal_connect_object(canvas, "tool-changed", G_CALLBACK(sono_inspector_update), p, G_CONNECT_SWAPPED);
    return GTK_WIDGET(p);
}

void sono_inspector_update(SonoInspector *inspector)
{
    SonoScene *scene = sono_canvas_scene(inspector->canvas);
    if (!scene) {
        return;
    }
    const SonoToolOptions *o = sono_scene_options(scene);
    guint chosen = 0;
    inspector->showing = TRUE;
    if (g_ptr_array_find(inspector->choices, o->operation, &chosen)) {
        gtk_drop_down_set_selected(GTK_DROP_DOWN(inspector->operation), chosen);
        tip_set(inspector->operation, _(o->operation->tip));
        sono_param_panel_set(SONO_PARAM_PANEL(inspector->params), o->operation->params, &o->params);
    }
    const struct {
        GtkWidget *panel;
        SonoParamTable table;
    } panels[] = {{inspector->brush, tool_params_brush},
                  {inspector->selection, tool_params_selection},
                  {inspector->channels, tool_params_channels}};
    for (gsize i = 0; i < G_N_ELEMENTS(panels); i++) {
        const SonoParams values = tool_params_values(o, panels[i].table);
        sono_param_panel_set(SONO_PARAM_PANEL(panels[i].panel), panels[i].table, &values);
    }
    inspector->showing = FALSE;
    fold_for(inspector, sono_scene_tool(scene));
}

void sono_inspector_show_document(SonoInspector *inspector, const SonoDocument *doc)
{
    sono_history_list_update(SONO_HISTORY_LIST(inspector->history), doc);
}

void sono_inspector_show_transform(SonoInspector *inspector, const TransformChoice *choice, const SonoPlan *plan,
                                   const char *problem)
{
    transform_panel_show(TRANSFORM_PANEL(inspector->transform), choice, plan, problem);
}

void sono_inspector_show_tuning(SonoInspector *inspector, double tuning_hz)
{
    transform_panel_show_tuning(TRANSFORM_PANEL(inspector->transform), tuning_hz);
}

gboolean sono_inspector_shows_transform(SonoInspector *inspector)
{
    return transform_panel_is_seen(TRANSFORM_PANEL(inspector->transform));
}
