/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "title_chooser.h"

#include "accessible.h"

#define TIP_CHARS 44

typedef const char *(*Tip)(guint i);

static void setup_short(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    GtkWidget *label = gtk_label_new(NULL);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0f);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_list_item_set_child(item, label);
}

static void bind_short(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    GtkStringObject *title = gtk_list_item_get_item(item);
    gtk_label_set_text(GTK_LABEL(gtk_list_item_get_child(item)), gtk_string_object_get_string(title));
}

static void setup_whole(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    for (int i = 0; i < 2; i++) {
        GtkWidget *label = gtk_label_new(NULL);
        gtk_label_set_xalign(GTK_LABEL(label), 0.0f);
        gtk_label_set_wrap(GTK_LABEL(label), TRUE);
        gtk_label_set_max_width_chars(GTK_LABEL(label), TIP_CHARS);
        gtk_box_append(GTK_BOX(box), label);
    }
    gtk_widget_add_css_class(gtk_widget_get_last_child(box), "choice-tip");
    gtk_list_item_set_child(item, box);
}

static void bind_whole(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
    const Tip *tip = data;
    GtkWidget *box = gtk_list_item_get_child(item);
    GtkWidget *about = gtk_widget_get_last_child(box);
    const char *sentence = (*tip)(gtk_list_item_get_position(item));
    GtkStringObject *title = gtk_list_item_get_item(item);
    gtk_label_set_text(GTK_LABEL(gtk_widget_get_first_child(box)), gtk_string_object_get_string(title));
    gtk_label_set_text(GTK_LABEL(about), sentence ? sentence : "");
    gtk_widget_set_visible(about, sentence != NULL);
}

static void free_tip(gpointer data, GClosure *closure)
{
    g_free(data);
}

GtkWidget *title_chooser_new(const char *const *titles, const char *(*tip)(guint i), const char *name)
{
    GtkWidget *chooser = gtk_drop_down_new_from_strings(titles);
    g_autoptr(GtkListItemFactory) in_place = gtk_signal_list_item_factory_new();
    g_autoptr(GtkListItemFactory) in_list = gtk_signal_list_item_factory_new();
    Tip *of = g_new(Tip, 1);
    *of = tip;
    g_signal_connect(in_place, "setup", G_CALLBACK(setup_short), NULL);
    g_signal_connect(in_place, "bind", G_CALLBACK(bind_short), NULL);
    g_signal_connect(in_list, "setup", G_CALLBACK(setup_whole), NULL);
    g_signal_connect_data(in_list, "bind", G_CALLBACK(bind_whole), of, free_tip, 0);
    gtk_drop_down_set_factory(GTK_DROP_DOWN(chooser), in_place);
    gtk_drop_down_set_list_factory(GTK_DROP_DOWN(chooser), in_list);
    gtk_widget_set_hexpand(chooser, TRUE);
    accessible_name_drop_down(chooser, name);
    return chooser;
}
