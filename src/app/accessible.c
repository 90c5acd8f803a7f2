/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of buttons. */
#include "accessible.h"

void accessible_name_buttons(GtkWidget *widget)
{
    if (GTK_IS_BUTTON(widget) && gtk_button_get_use_underline(GTK_BUTTON(widget))) {
        const char *label = gtk_button_get_label(GTK_BUTTON(widget));
        g_autoptr(GString) name = g_string_new(label ? label : "");
        g_string_replace(name, "_", "", 1);
        gtk_accessible_reset_relation(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
        gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name->str, -1);
        return;
    }
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child; child = gtk_widget_get_next_sibling(child)) {
        accessible_name_buttons(child);
    }
}

void accessible_name_drop_down(GtkWidget *drop_down, const char *name)
{
    gtk_accessible_update_property(GTK_ACCESSIBLE(drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    gtk_accessible_update_property(GTK_ACCESSIBLE(gtk_widget_get_first_child(drop_down)), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   name, -1);
}
