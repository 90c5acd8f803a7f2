/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys without Ctrl: they act while the canvas has the focus, so that typing into a field types. Keys that are held
 * lend a tool, or show the original; pressed shortly, a tool's key chooses it. */
#include "canvas_private.h"

#include "sono_follow.h"

#include <string.h>

/* A tool's key that is held for less chooses the tool. */
#define SHORT_PRESS_US (250 * 1000)

/* What else a key can do with an action: step through the names of its state, or switch it. */
typedef enum KeyVerb { ACTIVATE, SWITCH, NEXT_SCALE, NEXT_SHOW, NEXT_FOLLOW, ESCAPE, MENU } KeyVerb;

typedef struct KeyRow {
    guint keyval;
    GdkModifierType held;
    KeyVerb verb;
    const char *action; /* without "win." */
} KeyRow;

static const KeyRow rows[] = {
    {GDK_KEY_Return, 0, ACTIVATE, "apply"},
    {GDK_KEY_KP_Enter, 0, ACTIVATE, "apply"},
    {GDK_KEY_Delete, 0, ACTIVATE, "erase-selection"},
    {GDK_KEY_KP_Delete, 0, ACTIVATE, "erase-selection"},
    {GDK_KEY_BackSpace, 0, ACTIVATE, "erase-selection"},
    {GDK_KEY_Escape, 0, ESCAPE, "select-none"},
    {GDK_KEY_c, 0, SWITCH, "link-channels"},
    {GDK_KEY_bracketleft, 0, ACTIVATE, "brush-smaller"},
    {GDK_KEY_bracketright, 0, ACTIVATE, "brush-bigger"},
    {GDK_KEY_bracketleft, GDK_SHIFT_MASK, ACTIVATE, "brush-softer"},
    {GDK_KEY_bracketright, GDK_SHIFT_MASK, ACTIVATE, "brush-harder"},
    {GDK_KEY_braceleft, GDK_SHIFT_MASK, ACTIVATE, "brush-softer"},
    {GDK_KEY_braceright, GDK_SHIFT_MASK, ACTIVATE, "brush-harder"},
    {GDK_KEY_0, 0, ACTIVATE, "zoom-fit"},
    {GDK_KEY_KP_0, 0, ACTIVATE, "zoom-fit"},
    {GDK_KEY_1, 0, ACTIVATE, "zoom-selection"},
    {GDK_KEY_KP_1, 0, ACTIVATE, "zoom-selection"},
    {GDK_KEY_Left, 0, ACTIVATE, "pan-left"},
    {GDK_KEY_Right, 0, ACTIVATE, "pan-right"},
    {GDK_KEY_Up, 0, ACTIVATE, "pan-up"},
    {GDK_KEY_Down, 0, ACTIVATE, "pan-down"},
    {GDK_KEY_KP_Left, 0, ACTIVATE, "pan-left"},
    {GDK_KEY_KP_Right, 0, ACTIVATE, "pan-right"},
    {GDK_KEY_KP_Up, 0, ACTIVATE, "pan-up"},
    {GDK_KEY_KP_Down, 0, ACTIVATE, "pan-down"},
    {GDK_KEY_Page_Up, 0, ACTIVATE, "page-left"},
    {GDK_KEY_Page_Down, 0, ACTIVATE, "page-right"},
    {GDK_KEY_KP_Page_Up, 0, ACTIVATE, "page-left"},
    {GDK_KEY_KP_Page_Down, 0, ACTIVATE, "page-right"},
    {GDK_KEY_Home, 0, ACTIVATE, "go-start"},
    {GDK_KEY_End, 0, ACTIVATE, "go-end"},
    {GDK_KEY_KP_Home, 0, ACTIVATE, "go-start"},
    {GDK_KEY_KP_End, 0, ACTIVATE, "go-end"},
    {GDK_KEY_f, GDK_SHIFT_MASK, NEXT_SCALE, "axis"},
    {GDK_KEY_p, 0, NEXT_SHOW, "show"},
    {GDK_KEY_a, 0, ACTIVATE, "fit-contrast"},
    {GDK_KEY_n, 0, SWITCH, "note-grid"},
    {GDK_KEY_k, 0, SWITCH, "piano"},
    {GDK_KEY_v, 0, ACTIVATE, "preset-next"},
    {GDK_KEY_v, GDK_SHIFT_MASK, ACTIVATE, "preset-previous"},
    {GDK_KEY_d, 0, ACTIVATE, "play-delta"},
    {GDK_KEY_l, 0, SWITCH, "loop"},
    {GDK_KEY_l, GDK_SHIFT_MASK, NEXT_FOLLOW, "follow"},
    {GDK_KEY_a, GDK_SHIFT_MASK, SWITCH, "auto-audition"},
    {GDK_KEY_Menu, 0, MENU, NULL},
    {GDK_KEY_F10, GDK_SHIFT_MASK, MENU, NULL},
};

/* Set the state of a window's action; nothing if it has none of that name, or a disabled one. */
static void set_state(SonoCanvas *c, const char *action, GVariant *value)
{
    GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(c));
    g_autoptr(GVariant) owned = g_variant_ref_sink(value);
    if (G_IS_ACTION_GROUP(root) && g_action_group_has_action(G_ACTION_GROUP(root), action) &&
        g_action_group_get_action_enabled(G_ACTION_GROUP(root), action)) {
        g_action_group_change_action_state(G_ACTION_GROUP(root), action, owned);
    }
}

static void switch_state(SonoCanvas *c, const char *action)
{
    GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(c));
    g_autoptr(GVariant) state =
        G_IS_ACTION_GROUP(root) ? g_action_group_get_action_state(G_ACTION_GROUP(root), action) : NULL;
    if (state && g_variant_is_of_type(state, G_VARIANT_TYPE_BOOLEAN)) {
        set_state(c, action, g_variant_new_boolean(!g_variant_get_boolean(state)));
    }
}

static void next_name(SonoCanvas *c, const char *action, const char *const *names, guint now)
{
    const char *next = names[now + 1] ? names[now + 1] : names[0];
    set_state(c, action, g_variant_new_string(next));
}

static void next_follow(SonoCanvas *c, const char *action)
{
    GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(c));
    g_autoptr(GVariant) state =
        G_IS_ACTION_GROUP(root) ? g_action_group_get_action_state(G_ACTION_GROUP(root), action) : NULL;
    for (guint i = 0; state && sono_follow_names[i]; i++) {
        if (g_str_equal(sono_follow_names[i], g_variant_get_string(state, NULL))) {
            next_name(c, action, sono_follow_names, i);
            return;
        }
    }
}

static gboolean on_shortcut(GtkWidget *widget, GVariant *args, gpointer data)
{
    const KeyRow *row = data;
    SonoCanvas *c = SONO_CANVAS(widget);
    const SonoViewState *view = sono_scene_view(c->scene);
    g_autofree char *name = g_strconcat("win.", row->action, NULL);
    switch (row->verb) {
    case ACTIVATE:
        (void)gtk_widget_activate_action(widget, name, NULL);
        break;
    case SWITCH:
        switch_state(c, row->action);
        break;
    case NEXT_SCALE:
        next_name(c, row->action, sono_scale_names, view->axis.scale);
        break;
    case NEXT_SHOW:
        next_name(c, row->action, sono_show_names, view->show);
        break;
    case NEXT_FOLLOW:
        next_follow(c, row->action);
        break;
    case ESCAPE:
        if (!canvas_cancel_drag(c)) {
            (void)gtk_widget_activate_action(widget, name, NULL);
        }
        break;
    case MENU:
        canvas_open_menu(c, 0.5 * view->width_px, 0.5 * view->height_px);
        break;
    }
    return TRUE;
}

/* What is lent now: by the key that went down last. */
static void lend(SonoCanvas *c)
{
    const SonoTool *tool = NULL;
    gboolean original = FALSE;
    for (guint i = 0; i < c->keys.n_held; i++) {
        tool = c->keys.held[i].tool ? c->keys.held[i].tool : tool;
        original = original || !c->keys.held[i].tool;
    }
    if (c->scene) {
        sono_scene_lend_tool(c->scene, tool);
        sono_canvas_refresh(c);
        if (original != c->keys.shows_original) {
            c->keys.shows_original = original;
            set_state(c, "compare", g_variant_new_boolean(original));
        }
    }
}

static CanvasHeldKey *find_held(SonoCanvas *c, guint keycode)
{
    for (guint i = 0; i < c->keys.n_held; i++) {
        if (c->keys.held[i].keycode == keycode) {
            return &c->keys.held[i];
        }
    }
    return NULL;
}

/* The Latin letter on a key, also where the layout has another script. */
static guint latin(SonoCanvas *c, guint keyval, guint keycode)
{
    guint other = 0;
    if (keyval >= 0x80 && keyval < 0xff00 &&
        gdk_display_translate_key(gtk_widget_get_display(GTK_WIDGET(c)), keycode, 0, 0, &other, NULL, NULL, NULL)) {
        keyval = other;
    }
    return gdk_keyval_to_lower(keyval);
}

/* What a key lends; FALSE: nothing. */
static gboolean look_up(guint keyval, CanvasHeldKey *out)
{
    for (const SonoTool *const *tool = sono_tools; *tool; tool++) {
        if (keyval == (guint)(unsigned char)(*tool)->key) {
            out->tool = *tool;
            out->chooses = TRUE;
            return TRUE;
        }
    }
    return keyval == GDK_KEY_o;
}

/* The modifier that a key is; 0: none. An event's own state does not hold the key it is about. */
static GdkModifierType modifier_of(guint keyval)
{
    switch (keyval) {
    case GDK_KEY_Shift_L:
    case GDK_KEY_Shift_R:
        return GDK_SHIFT_MASK;
    case GDK_KEY_Control_L:
    case GDK_KEY_Control_R:
        return GDK_CONTROL_MASK;
    case GDK_KEY_Alt_L:
    case GDK_KEY_Alt_R:
        return GDK_ALT_MASK;
    default:
        return 0;
    }
}

static gboolean on_key_pressed(GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType held,
                               SonoCanvas *c)
{
    CanvasHeldKey key = {.keycode = keycode, .since_us = g_get_monotonic_time()};
    canvas_set_modifiers(c, held | modifier_of(keyval));
    if (find_held(c, keycode)) {
        return TRUE; /* it repeats */
    }
    if ((held & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_META_MASK)) ||
        !look_up(latin(c, keyval, keycode), &key)) {
        return FALSE;
    }
    if (c->keys.n_held == CANVAS_MAX_HELD) {
        return TRUE; /* a cat */
    }
    c->keys.held[c->keys.n_held++] = key;
    lend(c);
    return TRUE;
}

static void on_key_released(GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType held,
                            SonoCanvas *c)
{
    canvas_set_modifiers(c, held & ~modifier_of(keyval));
    CanvasHeldKey *found = find_held(c, keycode);
    if (!found) {
        return;
    }
    const CanvasHeldKey key = *found;
    const guint after = c->keys.n_held - (guint)(found - c->keys.held) - 1;
    memmove(found, found + 1, after * sizeof *found);
    c->keys.n_held--;
    if (key.chooses && !key.used && g_get_monotonic_time() - key.since_us < SHORT_PRESS_US) {
        set_state(c, "tool", g_variant_new_string(key.tool->name));
    }
    lend(c);
}

void canvas_keys_used(SonoCanvas *c)
{
    for (guint i = 0; i < c->keys.n_held; i++) {
        c->keys.held[i].used = TRUE;
    }
}

void canvas_keys_release_all(SonoCanvas *c)
{
    if (c->keys.n_held > 0) {
        c->keys.n_held = 0;
        lend(c);
    }
}

static void on_active_changed(GtkWindow *window, GParamSpec *pspec, SonoCanvas *c)
{
    if (!gtk_window_is_active(window)) {
        canvas_keys_release_all(c);
    }
}

void canvas_keys_watch_window(SonoCanvas *c, GtkWindow *window)
{
    if (c->keys.window) {
        g_clear_signal_handler(&c->keys.window_handler, c->keys.window);
        g_clear_weak_pointer(&c->keys.window);
    }
    if (window) {
        g_set_weak_pointer(&c->keys.window, window);
        c->keys.window_handler = g_signal_connect(window, "notify::is-active", G_CALLBACK(on_active_changed), c);
    }
}

void canvas_keys_init(SonoCanvas *c)
{
    GtkEventController *shortcuts = gtk_shortcut_controller_new();
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        gtk_shortcut_controller_add_shortcut(
            GTK_SHORTCUT_CONTROLLER(shortcuts),
            gtk_shortcut_new(gtk_keyval_trigger_new(rows[i].keyval, rows[i].held),
                             gtk_callback_action_new(on_shortcut, (gpointer)(guintptr)&rows[i], NULL)));
    }
    gtk_widget_add_controller(GTK_WIDGET(c), shortcuts);

    GtkEventController *keys = gtk_event_controller_key_new();
    g_signal_connect(keys, "key-pressed", G_CALLBACK(on_key_pressed), c);
    g_signal_connect(keys, "key-released", G_CALLBACK(on_key_released), c);
    gtk_widget_add_controller(GTK_WIDGET(c), keys);

    GtkEventController *focus = gtk_event_controller_focus_new();
    g_signal_connect_swapped(focus, "leave", G_CALLBACK(canvas_keys_release_all), c);
    gtk_widget_add_controller(GTK_WIDGET(c), focus);
}
