/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel of the picture's looks. */
#include "display_panel.h"

#include <glib/gi18n.h>
#include <math.h>

#include "accessible.h"
#include "param_scale.h"
#include "value_entry.h"

struct _DisplayPanel {
    GtkBox parent_instance;
    SonoCanvas *canvas; /* borrowed: the window holds both */
    GtkWidget *floor, *ceiling, *lanes, *lanes_row;
    int n_channels; /* that lanes lists */
    gboolean showing;
};

G_DEFINE_FINAL_TYPE(DisplayPanel, display_panel, GTK_TYPE_BOX)

static const SonoParamDesc level = {"level_db", N_("Level"), "dB", SONO_PARAM_INT, -200.0, 100.0, 0.0, NULL, NULL};
#define MIN_RANGE_DB 5.0

static GtkWidget *add_row(DisplayPanel *p, const char *title)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    GtkWidget *label = gtk_label_new(title);
    gtk_widget_add_css_class(row, "param");
    gtk_label_set_xalign(GTK_LABEL(label), 0.0f);
    gtk_label_set_width_chars(GTK_LABEL(label), 9);
    gtk_widget_add_css_class(label, "param-title");
    gtk_box_append(GTK_BOX(row), label);
    gtk_box_append(GTK_BOX(p), row);
    return row;
}

/* Linked radio buttons on an action with a string. */
static GtkWidget *add_choices(DisplayPanel *p, const char *title)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
    gtk_widget_add_css_class(box, "linked");
    gtk_widget_set_hexpand(box, TRUE);
    gtk_box_set_homogeneous(GTK_BOX(box), TRUE);
    gtk_box_append(GTK_BOX(add_row(p, title)), box);
    return box;
}

static GtkWidget *add_choice(GtkWidget *box, const char *action, const char *target, const char *name, const char *tip)
{
    GtkWidget *button = gtk_toggle_button_new();
    gtk_actionable_set_action_target(GTK_ACTIONABLE(button), "s", target);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    gtk_widget_set_tooltip_text(button, tip);
    gtk_box_append(GTK_BOX(box), button);
    return button;
}

static void add_axis(DisplayPanel *p)
{
    static const char *const names[][3] = {{"linear", N_("Lin"), N_("Linear frequency")},
                                           {"log", N_("Log"), N_("Logarithmic frequency: octaves are equally high")},
                                           {"mel", N_("Mel"), N_("Mel frequency: as pitch is heard")},
                                           {"erb", N_("ERB"), N_("ERB frequency: as the ear tells sounds apart")},
                                           {"bark", N_("Bark"), N_("Bark frequency: as critical bands are wide")}};
    GtkWidget *box = add_choices(p, _("Axis"));
    gtk_widget_add_css_class(box, "dense");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *tip = g_strdup_printf("%s (%s)", _(names[i][2]), _("Shift+F steps"));
        GtkWidget *button = add_choice(box, "win.axis", names[i][0], _(names[i][2]), tip);
        gtk_button_set_label(GTK_BUTTON(button), _(names[i][1]));
    }
}

static void add_show(DisplayPanel *p)
{
    static const char *const names[][3] = {
        {"level", N_("Level"), N_("Levels as colours")},
        {"phase", N_("Phase"), N_("Phase or frequency deviation as hue, level as brightness")}};
    GtkWidget *box = add_choices(p, _("Show"));
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *tip = g_strdup_printf("%s (%s)", _(names[i][2]), _("P switches"));
        GtkWidget *button = add_choice(box, "win.show", names[i][0], _(names[i][1]), tip);
        gtk_button_set_label(GTK_BUTTON(button), _(names[i][1]));
    }
}

/* Each map as a swatch of itself. */
static void add_colours(DisplayPanel *p)
{
    GtkWidget *box = add_choices(p, _("Colours"));
    for (const SonoColourMap *const *map = sono_colour_maps; *map; map++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static((*map)->rgb, sizeof(guint8[256][3]));
        g_autoptr(GdkTexture) texture =
            gdk_memory_texture_new(256, 1, GDK_MEMORY_R8G8B8, bytes, sizeof(guint8[256][3]));
        GtkWidget *swatch = gtk_picture_new_for_paintable(GDK_PAINTABLE(texture));
        g_autofree char *title = g_strdup((*map)->name);
        title[0] = g_ascii_toupper(title[0]); /* as the preferences call it */
        g_autofree char *name = g_strdup_printf(_("Colours: %s"), _(title));
        GtkWidget *button = add_choice(box, "win.colours", (*map)->name, name, name);
        gtk_picture_set_content_fit(GTK_PICTURE(swatch), GTK_CONTENT_FIT_FILL);
        gtk_picture_set_can_shrink(GTK_PICTURE(swatch), TRUE);
        gtk_widget_add_css_class(button, "swatch");
        gtk_button_set_child(GTK_BUTTON(button), swatch);
    }
}

static char *on_level(DisplayPanel *p, const char *text, GtkWidget *entry)
{
    SonoScene *scene = sono_canvas_scene(p->canvas);
    SonoError err = {0};
    double value_db = 0.0;
    if (!scene || param_scale_parse(&level, text, &value_db, &err) != SONO_OK) {
        return g_strdup(scene ? err.message : "");
    }
    const SonoViewState *v = sono_scene_view(scene);
    const double floor_db = entry == p->floor ? value_db : MIN(v->floor_db, value_db - MIN_RANGE_DB);
    const double ceiling_db = entry == p->floor ? MAX(v->ceiling_db, value_db + MIN_RANGE_DB) : value_db;
    gtk_widget_activate_action(GTK_WIDGET(p), "win.range", "(dd)", floor_db, ceiling_db);
    return NULL;
}

static void on_level_stepped(DisplayPanel *p, double n, GtkWidget *entry)
{
    SonoScene *scene = sono_canvas_scene(p->canvas);
    if (scene) {
        const SonoViewState *v = sono_scene_view(scene);
        g_autofree char *text = param_scale_text(
            &level, CLAMP((entry == p->floor ? v->floor_db : v->ceiling_db) + n, level.min, level.max));
        g_free(on_level(p, text, entry));
    }
}

static GtkWidget *level_entry(DisplayPanel *p, GtkWidget *row, const char *name, const char *tip)
{
    GtkWidget *entry = value_entry_new(name, 6);
    value_entry_describe(VALUE_ENTRY(entry), name, tip);
    gtk_widget_set_hexpand(entry, TRUE);
    g_signal_connect_object(entry, "entered", G_CALLBACK(on_level), p, G_CONNECT_SWAPPED);
    g_signal_connect_object(entry, "stepped", G_CALLBACK(on_level_stepped), p, G_CONNECT_SWAPPED);
    gtk_box_append(GTK_BOX(row), entry);
    return entry;
}

static void add_contrast(DisplayPanel *p)
{
    GtkWidget *row = add_row(p, _("Levels"));
    GtkWidget *fit = gtk_button_new_with_label(_("Fit"));
    p->floor = level_entry(p, row, _("Floor (dB)"), _("Level that is shown darkest"));
    p->ceiling = level_entry(p, row, _("Ceiling (dB)"), _("Level that is shown brightest"));
    gtk_actionable_set_action_name(GTK_ACTIONABLE(fit), "win.fit-contrast");
    gtk_widget_set_tooltip_text(fit, _("Fit the levels to what is seen (A)"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(fit), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Fit contrast"), -1);
    gtk_box_append(GTK_BOX(row), fit);
}

static void on_lanes_chosen(DisplayPanel *p)
{
    const guint chosen = gtk_drop_down_get_selected(GTK_DROP_DOWN(p->lanes));
    if (!p->showing && chosen != GTK_INVALID_LIST_POSITION) {
        gtk_widget_activate_action(GTK_WIDGET(p), "win.lanes", "i", (int)chosen - 1);
    }
}

static void add_lanes(DisplayPanel *p)
{
    p->lanes_row = add_row(p, _("Channels"));
    p->lanes = gtk_drop_down_new(NULL, NULL);
    gtk_widget_set_hexpand(p->lanes, TRUE);
    gtk_widget_set_tooltip_text(p->lanes, _("Channels that are shown"));
    accessible_name_drop_down(p->lanes, _("Channels"));
    g_signal_connect_object(p->lanes, "notify::selected", G_CALLBACK(on_lanes_chosen), p, G_CONNECT_SWAPPED);
    gtk_box_append(GTK_BOX(p->lanes_row), p->lanes);
}

static void list_lanes(DisplayPanel *p, int n_channels)
{
    g_autoptr(GtkStringList) names = gtk_string_list_new(NULL);
    gtk_string_list_append(names, _("All"));
    for (int i = 0; i < n_channels; i++) {
        g_autofree char *name =
            n_channels == 2 ? g_strdup(i == 0 ? _("Left") : _("Right")) : g_strdup_printf(_("Channel %d"), i + 1);
        gtk_string_list_append(names, name);
    }
    gtk_drop_down_set_model(GTK_DROP_DOWN(p->lanes), G_LIST_MODEL(names));
    p->n_channels = n_channels;
}

static void show_view(DisplayPanel *p)
{
    SonoScene *scene = sono_canvas_scene(p->canvas);
    if (!scene) {
        return;
    }
    const SonoViewState *v = sono_scene_view(scene);
    g_autofree char *floor = param_scale_text(&level, v->floor_db);
    g_autofree char *ceiling = param_scale_text(&level, v->ceiling_db);
    value_entry_show(VALUE_ENTRY(p->floor), floor, FALSE);
    value_entry_show(VALUE_ENTRY(p->ceiling), ceiling, FALSE);
    p->showing = TRUE;
    if (p->n_channels != v->n_channels) {
        list_lanes(p, v->n_channels);
    }
    gtk_drop_down_set_selected(GTK_DROP_DOWN(p->lanes), (guint)(v->only_channel + 1));
    gtk_widget_set_visible(p->lanes_row, v->n_channels > 1);
    p->showing = FALSE;
}

static void display_panel_class_init(DisplayPanelClass *klass)
{
}

static void display_panel_init(DisplayPanel *p)
{
    gtk_orientable_set_orientation(GTK_ORIENTABLE(p), GTK_ORIENTATION_VERTICAL);
    add_axis(p);
    add_colours(p);
    add_show(p);
    add_contrast(p);
    add_lanes(p);
}

GtkWidget *display_panel_new(SonoCanvas *canvas)
{
    DisplayPanel *p = g_object_new(DISPLAY_TYPE_PANEL, NULL);
    p->canvas = canvas;
    g_signal_connect_object(canvas, "view-changed", G_CALLBACK(show_view), p, G_CONNECT_SWAPPED);
    show_view(p);
    return GTK_WIDGET(p);
}
