/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose a key is. What is typed into a field is the field's before it is a command. What no other part of the window
 * wants is the canvas's. Controls that are used with the mouse leave the keys to the canvas: else Return and the space
 * bar would press or open them again. */
#include "window.h"

#define REPEAT_US (1000 * 1000) /* a keyboard begins to repeat sooner */

/* Is in a popover, which is a surface of its own. */
static gboolean is_elsewhere(SonoWindow *w, GtkWidget *focus)
{
    return focus && gtk_widget_get_native(focus) != GTK_NATIVE(w);
}

static gboolean has_canvas_focus(SonoWindow *w)
{
    return gtk_widget_has_focus(GTK_WIDGET(w->canvas));
}

/* The space bar plays and stops wherever nothing is written: buttons are pressed with Return. Held, it does so once: a
 * press that comes soon after another, without a release between, is the keyboard repeating. */
static gboolean on_space(SonoWindow *w, GtkWidget *focus, GdkModifierType held)
{
    const GdkModifierType modifiers = held & gtk_accelerator_get_default_mod_mask();
    if (GTK_IS_EDITABLE(focus) || GTK_IS_TEXT_VIEW(focus) || is_elsewhere(w, focus) ||
        (modifiers != 0 && modifiers != GDK_SHIFT_MASK)) {
        return FALSE;
    }
    const gint64 now_us = g_get_monotonic_time();
    const gboolean repeats = w->space_us > 0 && now_us - w->space_us < REPEAT_US;
    w->space_us = now_us;
    if (!repeats) {
        (void)gtk_widget_activate_action(GTK_WIDGET(w), modifiers ? "win.play-selection" : "win.play", NULL);
    }
    return TRUE;
}

/* A press anywhere but in a field ends typing: what was typed counts for what is pressed. (Presses in popovers are not
 * heard of here, as it should be: what was opened with the mouse is used with the mouse.) */
static void on_press(GtkGestureClick *click, int n_press, double x, double y, SonoWindow *w)
{
    GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(w));
    GtkWidget *pressed = gtk_widget_pick(GTK_WIDGET(w), x, y, GTK_PICK_DEFAULT);
    w->by_mouse = TRUE;
    if (w->canvas && GTK_IS_TEXT(focus) && !is_elsewhere(w, focus) && pressed &&
        !gtk_widget_is_ancestor(pressed, gtk_widget_get_parent(focus))) {
        gtk_widget_grab_focus(GTK_WIDGET(w->canvas));
    }
}

/* What lies around the canvas, such as the overview, has keys of its own and keeps them. */
static void on_focus_moved(SonoWindow *w)
{
    GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(w));
    if (w->canvas && w->by_mouse && focus && !GTK_IS_TEXT(focus) && !is_elsewhere(w, focus) &&
        !gtk_widget_is_ancestor(focus, GTK_WIDGET(w->stage))) {
        gtk_widget_grab_focus(GTK_WIDGET(w->canvas));
    }
}

/* Before the commands: the keys of editing are a field's own, used or not. */
static gboolean on_key(GtkEventControllerKey *keys, guint key, guint code, GdkModifierType held, SonoWindow *w)
{
    static const guint editing[] = {GDK_KEY_a, GDK_KEY_c, GDK_KEY_v, GDK_KEY_x, GDK_KEY_y, GDK_KEY_z, GDK_KEY_slash};
    GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(w));
    w->by_mouse = FALSE;
    if (key == GDK_KEY_space && on_space(w, focus, held)) {
        return TRUE;
    }
    if (!GTK_IS_TEXT(focus) || (held & GDK_CONTROL_MASK) == 0) {
        return FALSE;
    }
    gboolean taken = gtk_event_controller_key_forward(keys, focus);
    for (gsize i = 0; i < G_N_ELEMENTS(editing); i++) {
        taken = taken || gdk_keyval_to_lower(key) == editing[i];
    }
    return taken;
}

/* Wherever the focus has gone since a key went down: what it lent is given back. */
static void on_key_up(GtkEventControllerKey *keys, guint key, guint code, GdkModifierType held, SonoWindow *w)
{
    if (key == GDK_KEY_space) {
        w->space_us = 0;
    }
    if (w->canvas && !has_canvas_focus(w)) {
        (void)gtk_event_controller_key_forward(keys, GTK_WIDGET(w->canvas));
    }
}

/* After all others. Arrows move the focus. */
static gboolean on_unused_key(GtkEventControllerKey *keys, guint key, guint code, GdkModifierType held, SonoWindow *w)
{
    static const guint arrows[] = {GDK_KEY_Left,    GDK_KEY_Right,    GDK_KEY_Up,    GDK_KEY_Down,
                                   GDK_KEY_KP_Left, GDK_KEY_KP_Right, GDK_KEY_KP_Up, GDK_KEY_KP_Down};
    GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(w));
    if (!w->canvas || has_canvas_focus(w) || GTK_IS_TEXT(focus) || is_elsewhere(w, focus)) {
        return FALSE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(arrows); i++) {
        if (key == arrows[i]) {
            return FALSE;
        }
    }
    return gtk_event_controller_key_forward(keys, GTK_WIDGET(w->canvas));
}

/* A button that is clicked leaves the keys where they are, and what a held key has lent with them. */
static void let_buttons_be(GtkWidget *widget)
{
    if (GTK_IS_BUTTON(widget) || GTK_IS_CHECK_BUTTON(widget) || GTK_IS_EXPANDER(widget)) {
        gtk_widget_set_focus_on_click(widget, FALSE);
    }
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child; child = gtk_widget_get_next_sibling(child)) {
        let_buttons_be(child);
    }
}

static GtkEventController *add_controller(SonoWindow *w, GtkPropagationPhase phase)
{
    GtkEventController *keys = gtk_event_controller_key_new(); /* added last, asked first */
    gtk_event_controller_set_propagation_phase(keys, phase);
    gtk_widget_add_controller(GTK_WIDGET(w), keys);
    return keys;
}

void window_watch_keys(SonoWindow *w)
{
    GtkEventController *first = add_controller(w, GTK_PHASE_CAPTURE);
    g_signal_connect(first, "key-pressed", G_CALLBACK(on_key), w);
    g_signal_connect(first, "key-released", G_CALLBACK(on_key_up), w);
    g_signal_connect(add_controller(w, GTK_PHASE_BUBBLE), "key-pressed", G_CALLBACK(on_unused_key), w);
    GtkGesture *click = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), 0); /* any */
    gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(click), GTK_PHASE_CAPTURE);
    g_signal_connect(click, "pressed", G_CALLBACK(on_press), w);
    gtk_widget_add_controller(GTK_WIDGET(w), GTK_EVENT_CONTROLLER(click));
    g_signal_connect(w, "notify::focus-widget", G_CALLBACK(on_focus_moved), NULL);
    let_buttons_be(GTK_WIDGET(w));
}
