/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of parameters. */
#include "param_row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "accessible.h"
#include "param_scale.h"
#include "value_entry.h"

struct _ParamRow {
    GtkBox parent_instance;
    const SonoParamDesc *desc;
    double value;
    gboolean showing; /* the widgets follow the value, not the user */
    GtkWidget *scale, *entry, *choice, *check;
};

G_DEFINE_FINAL_TYPE(ParamRow, param_row, GTK_TYPE_BOX)

static guint changed_signal;

/* A unit that is a word is in the row's name: there is no room for it behind the value. */
#define LONGEST_UNIT 3

static char *text_of(const ParamRow *r, double value)
{
    SonoParamDesc desc = *r->desc;
    desc.unit = strlen(desc.unit) > LONGEST_UNIT ? "" : desc.unit;
    return param_scale_text(&desc, value);
}

static void show_value(ParamRow *r)
{
    g_autofree char *text = text_of(r, r->value);
    r->showing = TRUE;
    if (r->scale) {
        gtk_range_set_value(GTK_RANGE(r->scale), param_scale_position(r->desc, r->value));
        gtk_accessible_update_property(GTK_ACCESSIBLE(r->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
        value_entry_show(VALUE_ENTRY(r->entry), text, FALSE);
    } else if (r->choice) {
        gtk_drop_down_set_selected(GTK_DROP_DOWN(r->choice), (guint)r->value);
    } else {
        gtk_check_button_set_active(GTK_CHECK_BUTTON(r->check), r->value != 0.0);
    }
    r->showing = FALSE;
}

static void change_to(ParamRow *r, double value)
{
    if (value != r->value) {
        r->value = value;
        g_signal_emit(r, changed_signal, 0);
    }
    show_value(r);
}

static void on_slid(ParamRow *r)
{
    if (!r->showing) {
        const double value = param_scale_value(r->desc, gtk_range_get_value(GTK_RANGE(r->scale)));
        if (value != r->value) {
            g_autofree char *text = text_of(r, value);
            r->value = value;
            value_entry_show(VALUE_ENTRY(r->entry), text, TRUE);
            gtk_accessible_update_property(GTK_ACCESSIBLE(r->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
            g_signal_emit(r, changed_signal, 0);
        }
    }
}

static char *on_entered(ParamRow *r, const char *text)
{
    SonoError err = {0};
    double value = 0.0;
    if (param_scale_parse(r->desc, text, &value, &err) != SONO_OK) {
        return g_strdup(err.message);
    }
    change_to(r, value);
    return NULL;
}

static void on_stepped(ParamRow *r, double n)
{
    change_to(r, param_scale_step(r->desc, r->value, n));
}

static void on_chosen(ParamRow *r)
{
    if (!r->showing) {
        change_to(r, gtk_drop_down_get_selected(GTK_DROP_DOWN(r->choice)));
    }
}

static void on_checked(ParamRow *r)
{
    if (!r->showing) {
        change_to(r, gtk_check_button_get_active(GTK_CHECK_BUTTON(r->check)) ? 1.0 : 0.0);
    }
}

static void on_pressed(GtkGestureClick *click, int n_press, double x, double y, ParamRow *r)
{
    if (n_press == 2) {
        gtk_gesture_set_state(GTK_GESTURE(click), GTK_EVENT_SEQUENCE_CLAIMED);
        change_to(r, r->desc->def);
    }
}

static void reset_on_double_click(ParamRow *r, GtkWidget *widget)
{
    GtkGesture *click = gtk_gesture_click_new();
    gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(click), GTK_PHASE_CAPTURE);
    g_signal_connect_object(click, "pressed", G_CALLBACK(on_pressed), r, 0);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
}

static void add_number(ParamRow *r, const char *name)
{
    g_autofree char *exact = g_strdup_printf(_("%s, exact value"), name);
    r->scale = gtk_scale_new_with_range(GTK_ORIENTATION_HORIZONTAL, 0.0, 1.0, 0.01);
    gtk_scale_set_draw_value(GTK_SCALE(r->scale), FALSE);
    gtk_range_set_increments(GTK_RANGE(r->scale), 0.01, 0.1);
    if (r->desc->min < 0.0 && r->desc->max > 0.0) {
        /* on both sides, or the theme draws the knob as an arrow */
        const double zero = param_scale_position(r->desc, 0.0);
        gtk_scale_add_mark(GTK_SCALE(r->scale), zero, GTK_POS_TOP, NULL);
        gtk_scale_add_mark(GTK_SCALE(r->scale), zero, GTK_POS_BOTTOM, NULL);
    }
    gtk_widget_set_hexpand(r->scale, TRUE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(r->scale), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    r->entry = value_entry_new(exact, 8);
    value_entry_describe(VALUE_ENTRY(r->entry), exact, r->desc->tip);
    g_signal_connect_swapped(r->scale, "value-changed", G_CALLBACK(on_slid), r);
    g_signal_connect_swapped(r->entry, "entered", G_CALLBACK(on_entered), r);
    g_signal_connect_swapped(r->entry, "stepped", G_CALLBACK(on_stepped), r);
    reset_on_double_click(r, r->scale);
    gtk_box_append(GTK_BOX(r), r->scale);
    gtk_box_append(GTK_BOX(r), r->entry);
}

static void add_choice(ParamRow *r, const char *name)
{
    g_autoptr(GtkStringList) words = gtk_string_list_new(NULL);
    for (const char *const *choice = r->desc->choices; *choice; choice++) {
        gtk_string_list_append(words, _(*choice));
    }
    r->choice = gtk_drop_down_new(G_LIST_MODEL(g_steal_pointer(&words)), NULL);
    gtk_widget_set_hexpand(r->choice, TRUE);
    accessible_name_drop_down(r->choice, name);
    g_signal_connect_swapped(r->choice, "notify::selected", G_CALLBACK(on_chosen), r);
    gtk_box_append(GTK_BOX(r), r->choice);
}

static void param_row_class_init(ParamRowClass *klass)
{
    changed_signal =
        g_signal_new("changed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void param_row_init(ParamRow *r)
{
    gtk_box_set_spacing(GTK_BOX(r), 4);
    gtk_widget_add_css_class(GTK_WIDGET(r), "param");
}

GtkWidget *param_row_new(const SonoParamDesc *desc)
{
    ParamRow *r = g_object_new(PARAM_TYPE_ROW, NULL);
    g_autofree char *name =
        desc->unit[0] ? g_strdup_printf("%s (%s)", _(desc->title), desc->unit) : g_strdup(_(desc->title));
    r->desc = desc;
    r->value = desc->def;
    gtk_widget_set_tooltip_text(GTK_WIDGET(r), desc->tip ? _(desc->tip) : NULL);
    if (desc->kind == SONO_PARAM_BOOL) {
        r->check = gtk_check_button_new_with_label(_(desc->title));
        gtk_widget_set_focus_on_click(r->check, FALSE); /* as all buttons (window_keys.c) */
        g_signal_connect_swapped(r->check, "toggled", G_CALLBACK(on_checked), r);
        gtk_box_append(GTK_BOX(r), r->check);
    } else {
        GtkWidget *title = gtk_label_new(_(desc->title));
        gtk_label_set_xalign(GTK_LABEL(title), 0.0f);
        gtk_label_set_width_chars(GTK_LABEL(title), 9);
        gtk_label_set_ellipsize(GTK_LABEL(title), PANGO_ELLIPSIZE_END);
        gtk_widget_add_css_class(title, "param-title");
        reset_on_double_click(r, title);
        gtk_box_append(GTK_BOX(r), title);
        (desc->kind == SONO_PARAM_ENUM ? add_choice : add_number)(r, name);
    }
    show_value(r);
    return GTK_WIDGET(r);
}

double param_row_get(ParamRow *r)
{
    return r->value;
}

void param_row_set(ParamRow *r, double value)
{
    r->value = value;
    show_value(r);
}
