/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of states of a document. */
#include "sono_panels.h"

#include <glib/gi18n.h>

#include "history_model.h"

struct _SonoHistoryList {
    GtkWidget parent_instance;
    GtkWidget *scrolled, *view, *menu;
    HistoryModel *model;
    const SonoDocument *doc; /* borrowed; NULL: none */
    guint current;           /* state that is heard */
    GPtrArray *bound;        /* GtkListItem: rows that exist now */
};

G_DEFINE_FINAL_TYPE(SonoHistoryList, sono_history_list, GTK_TYPE_WIDGET)

static void set_class(GtkWidget *widget, const char *name, gboolean on)
{
    (on ? gtk_widget_add_css_class : gtk_widget_remove_css_class)(widget, name);
}

static void mark_row(SonoHistoryList *h, GtkListItem *item)
{
    const guint state = gtk_list_item_get_position(item);
    GtkWidget *row = gtk_list_item_get_child(item);
    set_class(row, "current", state == h->current);
    set_class(row, "later", state > h->current);
    gtk_widget_set_visible(gtk_widget_get_last_child(row), state < h->current);
}

static void on_right_click(GtkGestureClick *click, int n_press, double x, double y, SonoHistoryList *h)
{
    GtkWidget *row = gtk_event_controller_get_widget(GTK_EVENT_CONTROLLER(click));
    const guint state = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(row), "state"));
    double at_x = 0.0;
    double at_y = 0.0;
    g_autoptr(GMenu) menu = g_menu_new();
    g_autoptr(GMenuItem) go = g_menu_item_new(_("_Go to This State"), NULL);
    g_autoptr(GMenuItem) restore = g_menu_item_new(_("_Restore Selection from Here"), NULL);
    g_menu_item_set_action_and_target(go, "win.go-to", "u", state);
    g_menu_item_set_action_and_target(restore, "win.restore-from", "u", state);
    g_menu_append_item(menu, go);
    if (state < h->current) {
        g_menu_append_item(menu, restore);
    }
    (void)gtk_widget_translate_coordinates(row, GTK_WIDGET(h), x, y, &at_x, &at_y);
    gtk_popover_menu_set_menu_model(GTK_POPOVER_MENU(h->menu), G_MENU_MODEL(menu));
    gtk_popover_set_pointing_to(GTK_POPOVER(h->menu), &(GdkRectangle){(int)at_x, (int)at_y, 1, 1});
    gtk_popover_popup(GTK_POPOVER(h->menu));
    gtk_gesture_set_state(GTK_GESTURE(click), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void on_setup(SonoHistoryList *h, GtkListItem *item)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    GtkWidget *text = gtk_label_new(NULL);
    GtkWidget *restore = gtk_button_new_from_icon_name("edit-undo-symbolic");
    GtkGesture *click = gtk_gesture_click_new();
    gtk_label_set_xalign(GTK_LABEL(text), 0.0f);
    gtk_label_set_wrap(GTK_LABEL(text), TRUE); /* what was done, where in time and in frequency: two lines hold it */
    gtk_label_set_lines(GTK_LABEL(text), 2);
    gtk_label_set_ellipsize(GTK_LABEL(text), PANGO_ELLIPSIZE_END);
    gtk_label_set_width_chars(GTK_LABEL(text), 1);
    gtk_widget_set_hexpand(text, TRUE);
    gtk_button_set_has_frame(GTK_BUTTON(restore), FALSE);
    gtk_widget_add_css_class(restore, "restore");
    gtk_widget_set_tooltip_text(restore, _("Restore the selection from this state"));
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), GDK_BUTTON_SECONDARY);
    g_signal_connect_object(click, "pressed", G_CALLBACK(on_right_click), h, 0);
    gtk_widget_add_controller(row, GTK_EVENT_CONTROLLER(click));
    gtk_box_append(GTK_BOX(row), text);
    gtk_box_append(GTK_BOX(row), restore);
    gtk_list_item_set_child(item, row);
}

static const char *translate(const char *word)
{
    return _(word);
}

static void on_bind(SonoHistoryList *h, GtkListItem *item)
{
    char name[160] = "";
    const guint state = gtk_list_item_get_position(item);
    GtkWidget *row = gtk_list_item_get_child(item);
    GtkWidget *restore = gtk_widget_get_last_child(row);
    if (state > 0 && h->doc && state <= sono_document_n_edits(h->doc)) {
        (void)sono_document_describe_edit(h->doc, state - 1, translate, name, sizeof name);
    }
    const char *shown = state == 0 ? _("Original") : name;
    g_autofree char *from = g_strdup_printf(_("Restore the selection from: %s"), shown);
    gtk_label_set_text(GTK_LABEL(gtk_widget_get_first_child(row)), shown);
    gtk_widget_set_tooltip_text(row, shown);
    gtk_accessible_update_property(GTK_ACCESSIBLE(restore), GTK_ACCESSIBLE_PROPERTY_LABEL, from, -1);
    gtk_actionable_set_action_target(GTK_ACTIONABLE(restore), "u", state);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(restore), "win.restore-from");
    g_object_set_data(G_OBJECT(row), "state", GUINT_TO_POINTER(state));
    g_ptr_array_add(h->bound, item);
    mark_row(h, item);
}

static void on_unbind(SonoHistoryList *h, GtkListItem *item)
{
    (void)g_ptr_array_remove_fast(h->bound, item);
}

static void on_activate(SonoHistoryList *h, guint state)
{
    gtk_widget_activate_action(GTK_WIDGET(h), "win.go-to", "u", state);
}

static void sono_history_list_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    SonoHistoryList *h = SONO_HISTORY_LIST(widget);
    gtk_widget_allocate(h->scrolled, width, height, baseline, NULL);
    gtk_popover_present(GTK_POPOVER(h->menu));
}

static void sono_history_list_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *min, int *nat,
                                      int *min_baseline, int *nat_baseline)
{
    gtk_widget_measure(SONO_HISTORY_LIST(widget)->scrolled, orientation, for_size, min, nat, min_baseline,
                       nat_baseline);
}

static void sono_history_list_dispose(GObject *object)
{
    SonoHistoryList *h = SONO_HISTORY_LIST(object);
    h->doc = NULL;
    g_clear_pointer(&h->menu, gtk_widget_unparent);
    g_clear_pointer(&h->scrolled, gtk_widget_unparent);
    g_clear_object(&h->model);
    G_OBJECT_CLASS(sono_history_list_parent_class)->dispose(object);
}

static void sono_history_list_finalize(GObject *object)
{
    g_ptr_array_unref(SONO_HISTORY_LIST(object)->bound);
    G_OBJECT_CLASS(sono_history_list_parent_class)->finalize(object);
}

static void sono_history_list_class_init(SonoHistoryListClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_history_list_dispose;
    G_OBJECT_CLASS(klass)->finalize = sono_history_list_finalize;
    widget->size_allocate = sono_history_list_size_allocate;
    widget->measure = sono_history_list_measure;
    gtk_widget_class_set_css_name(widget, "history");
}

static void sono_history_list_init(SonoHistoryList *h)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
    h->bound = g_ptr_array_new();
    h->model = history_model_new();
    g_signal_connect_object(factory, "setup", G_CALLBACK(on_setup), h, G_CONNECT_SWAPPED);
    g_signal_connect_object(factory, "bind", G_CALLBACK(on_bind), h, G_CONNECT_SWAPPED);
    g_signal_connect_object(factory, "unbind", G_CALLBACK(on_unbind), h, G_CONNECT_SWAPPED);
    h->view =
        gtk_list_view_new(GTK_SELECTION_MODEL(gtk_no_selection_new(g_object_ref(G_LIST_MODEL(h->model)))), factory);
    gtk_list_view_set_single_click_activate(GTK_LIST_VIEW(h->view), TRUE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(h->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("History"), -1);
    g_signal_connect_object(h->view, "activate", G_CALLBACK(on_activate), h, G_CONNECT_SWAPPED);
    h->scrolled = gtk_scrolled_window_new();
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(h->scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(h->scrolled), h->view);
    gtk_accessible_update_property(GTK_ACCESSIBLE(h->scrolled), GTK_ACCESSIBLE_PROPERTY_LABEL, _("History"), -1);
    gtk_widget_set_parent(h->scrolled, GTK_WIDGET(h));
    h->menu = gtk_popover_menu_new_from_model(NULL);
    gtk_popover_set_has_arrow(GTK_POPOVER(h->menu), FALSE);
    gtk_widget_set_halign(h->menu, GTK_ALIGN_START);
    gtk_widget_set_parent(h->menu, GTK_WIDGET(h));
}

GtkWidget *sono_history_list_new(void)
{
    return g_object_new(SONO_TYPE_HISTORY_LIST, NULL);
}

void sono_history_list_update(SonoHistoryList *list, const SonoDocument *doc)
{
    const guint before = list->current;
    const guint n_before = g_list_model_get_n_items(G_LIST_MODEL(list->model));
    list->doc = doc;
    list->current = doc ? (guint)sono_document_n_applied(doc) : 0;
    history_model_update(list->model, doc);
    for (guint i = 0; i < list->bound->len; i++) {
        mark_row(list, g_ptr_array_index(list->bound, i));
    }
    const guint n_now = g_list_model_get_n_items(G_LIST_MODEL(list->model));
    if (n_now > 0 && (list->current != before || n_now != n_before)) {
        gtk_widget_activate_action(list->view, "list.scroll-to-item", "u", list->current);
    }
}
