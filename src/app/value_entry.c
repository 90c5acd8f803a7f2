/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The field for exact values. */
#include "value_entry.h"

#include "tip.h"

struct _ValueEntry {
    GtkEntry parent_instance;
    char *shown; /* text of the value */
    char *tip;
    gboolean failed;
};

G_DEFINE_FINAL_TYPE(ValueEntry, value_entry, GTK_TYPE_ENTRY)

enum { ENTERED, STEPPED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *text_of(ValueEntry *e)
{
    return gtk_editable_get_text(GTK_EDITABLE(e));
}

/* why NULL: all is well. */
static void set_failed(ValueEntry *e, const char *why)
{
    if (e->failed != (why != NULL)) {
        e->failed = why != NULL;
        (e->failed ? gtk_widget_add_css_class : gtk_widget_remove_css_class)(GTK_WIDGET(e), "error");
        gtk_accessible_update_state(GTK_ACCESSIBLE(e), GTK_ACCESSIBLE_STATE_INVALID,
                                    e->failed ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
    }
    tip_set(GTK_WIDGET(e), why ? why : e->tip);
}

static void restore(ValueEntry *e)
{
    set_failed(e, NULL);
    if (strcmp(text_of(e), e->shown) != 0) {
        gtk_editable_set_text(GTK_EDITABLE(e), e->shown);
    }
}

/* TRUE unless the text was refused. */
static gboolean take(ValueEntry *e)
{
    g_autofree char *why = NULL;
    if (strcmp(text_of(e), e->shown) != 0) {
        g_autofree char *typed = g_strdup(text_of(e));
        g_signal_emit(e, signals[ENTERED], 0, typed, &why);
    }
    set_failed(e, why);
    if (!why) {
        restore(e); /* as the value is written */
    }
    return !why;
}

static void on_activate(ValueEntry *e)
{
    if (take(e)) {
        gtk_widget_activate_action(GTK_WIDGET(e), "window.focus-stage", NULL);
    } else {
        gtk_editable_select_region(GTK_EDITABLE(e), 0, -1);
    }
}

static void on_focus_left(ValueEntry *e)
{
    if (gtk_widget_get_mapped(GTK_WIDGET(e)) && !take(e)) {
        restore(e);
    }
}

static gboolean on_key(GtkEventControllerKey *keys, guint key, guint code, GdkModifierType held, ValueEntry *e)
{
    double n = 0.0;
    switch (key) {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
        n = 1.0;
        break;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
        n = -1.0;
        break;
    case GDK_KEY_Page_Up:
        n = 10.0;
        break;
    case GDK_KEY_Page_Down:
        n = -10.0;
        break;
    case GDK_KEY_Escape:
        restore(e);
        gtk_widget_activate_action(GTK_WIDGET(e), "window.focus-stage", NULL);
        return TRUE;
    default:
        return FALSE;
    }
    if ((held & gtk_accelerator_get_default_mod_mask()) != 0) {
        return FALSE;
    }
    if (take(e)) {
        g_signal_emit(e, signals[STEPPED], 0, n);
    }
    return TRUE;
}

static void value_entry_finalize(GObject *object)
{
    g_free(VALUE_ENTRY(object)->shown);
    g_free(VALUE_ENTRY(object)->tip);
    G_OBJECT_CLASS(value_entry_parent_class)->finalize(object);
}

static void value_entry_class_init(ValueEntryClass *klass)
{
    const GType type = G_TYPE_FROM_CLASS(klass);
    G_OBJECT_CLASS(klass)->finalize = value_entry_finalize;
    /* For assistive technology: GTK 4.8 offers it the action of an entry, but gives an entry nothing to do. */
    gtk_widget_class_set_activate_signal_from_name(GTK_WIDGET_CLASS(klass), "activate");
    signals[ENTERED] = g_signal_new("entered", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_first_wins, NULL, NULL,
                                    G_TYPE_STRING, 1, G_TYPE_STRING);
    signals[STEPPED] =
        g_signal_new("stepped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void value_entry_init(ValueEntry *e)
{
    GtkEventController *focus = gtk_event_controller_focus_new();
    GtkEventController *keys = gtk_event_controller_key_new();
    e->shown = g_strdup("");
    gtk_widget_add_css_class(GTK_WIDGET(e), "value");
    gtk_editable_set_alignment(GTK_EDITABLE(e), 1.0f);
    /* numbers are written from left to right everywhere; in text that is not, "50 %" would be "% 50" */
    gtk_widget_set_direction(GTK_WIDGET(gtk_editable_get_delegate(GTK_EDITABLE(e))), GTK_TEXT_DIR_LTR);
    gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE); /* before the text moves its cursor */
    g_signal_connect(keys, "key-pressed", G_CALLBACK(on_key), e);
    g_signal_connect_swapped(focus, "leave", G_CALLBACK(on_focus_left), e);
    g_signal_connect(e, "activate", G_CALLBACK(on_activate), NULL);
    gtk_widget_add_controller(GTK_WIDGET(e), keys);
    gtk_widget_add_controller(GTK_WIDGET(e), focus);
}

GtkWidget *value_entry_new(const char *name, int width_chars)
{
    ValueEntry *e = g_object_new(VALUE_TYPE_ENTRY, "width-chars", width_chars, "max-width-chars", width_chars, NULL);
    value_entry_describe(e, name, NULL);
    return GTK_WIDGET(e);
}

void value_entry_describe(ValueEntry *e, const char *name, const char *tip)
{
    g_free(e->tip);
    e->tip = g_strdup(tip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(e), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    if (!e->failed) {
        tip_set(GTK_WIDGET(e), e->tip);
    }
}

void value_entry_show(ValueEntry *e, const char *text, gboolean force)
{
    const gboolean typing = !force && strcmp(text_of(e), e->shown) != 0 &&
                            (gtk_widget_get_state_flags(GTK_WIDGET(e)) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
    if (strcmp(text, e->shown) != 0) {
        g_free(e->shown);
        e->shown = g_strdup(text);
    }
    if (!typing) {
        restore(e);
    }
}
