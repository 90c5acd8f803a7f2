/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "listen_panel.h"

#include <glib/gi18n.h>

static void show_for(GtkWidget *panel, SonoCanvas *canvas)
{
    const SonoScene *scene = sono_canvas_scene(canvas);
    gtk_widget_set_visible(panel, scene && sono_scene_clip(scene) && sono_clip_n_channels(sono_scene_clip(scene)) == 2);
}

static void on_view_changed(SonoCanvas *canvas, GtkWidget *panel)
{
    show_for(panel, canvas);
}

GtkWidget *listen_panel_new(SonoCanvas *canvas)
{
    static const struct {
        const char *mode, *label, *name, *tip;
    } modes[] = {{"normal", N_("L R"), N_("Hear left and right"), N_("Hear left and right as they are")},
                 {"mid", N_("Mid"), N_("Hear the middle"), N_("Hear what left and right share: (L + R) / 2")},
                 {"side", N_("Side"), N_("Hear the sides"), N_("Hear what tells left from right: (L - R) / 2")},
                 {"mono", N_("Mono"), N_("Hear both as one"), N_("Hear both channels as one")}};
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    GtkWidget *title = gtk_label_new(_("Hear"));
    GtkWidget *linked = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
    gtk_widget_add_css_class(row, "param");
    gtk_widget_add_css_class(title, "param-title");
    gtk_widget_add_css_class(linked, "linked");
    gtk_widget_add_css_class(linked, "dense");
    gtk_label_set_xalign(GTK_LABEL(title), 0.0f);
    gtk_label_set_width_chars(GTK_LABEL(title), 9);
    gtk_widget_set_hexpand(linked, TRUE);
    gtk_box_set_homogeneous(GTK_BOX(linked), TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
        GtkWidget *button = gtk_toggle_button_new_with_label(_(modes[i].label));
        gtk_actionable_set_action_target(GTK_ACTIONABLE(button), "s", modes[i].mode);
        gtk_actionable_set_action_name(GTK_ACTIONABLE(button), "win.channel-mode");
        gtk_widget_set_tooltip_text(button, _(modes[i].tip));
        gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(modes[i].name), -1);
        gtk_box_append(GTK_BOX(linked), button);
    }
    gtk_box_append(GTK_BOX(row), title);
    gtk_box_append(GTK_BOX(row), linked);
    g_signal_connect_object(canvas, "view-changed", G_CALLBACK(on_view_changed), row, 0);
    show_for(row, canvas);
    return row;
}
