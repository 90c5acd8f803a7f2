/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands on what is looked at. */
#include "window.h"

#include <math.h>

#define SELECTION_MARGIN 0.05

/* Those that sono_view_state_command knows. */
static void move(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)sono_view_state_command(sono_scene_view(window_scene(data)), g_action_get_name(G_ACTION(action)));
    window_refresh(data);
}

static void zoom_selection(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoScene *scene = window_scene(data);
    SonoViewState *v = sono_scene_view(scene);
    sono_view_state_show_region(v, sono_selection_region(sono_scene_selection(scene), v->end_s, v->nyquist_hz),
                                SELECTION_MARGIN);
    window_refresh(data);
}

static void show_region(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoRegion r = {0};
    g_variant_get(parameter, "(dddd)", &r.t0_s, &r.t1_s, &r.f0_hz, &r.f1_hz);
    if (isfinite(r.t0_s + r.t1_s + r.f0_hz + r.f1_hz) && r.t0_s <= r.t1_s && r.f0_hz <= r.f1_hz) {
        sono_view_state_show_region(sono_scene_view(window_scene(data)), r, 0.0);
        window_refresh(data);
    } else {
        sono_window_tell(data, "show-region: not a region", TRUE);
    }
}

static void choose_lanes(GSimpleAction *action, GVariant *value, gpointer data)
{
    sono_view_state_set_only_channel(sono_scene_view(window_scene(data)), g_variant_get_int32(value));
    window_refresh(data);
}

/* A text that must be one of some names: the setting with the action's name. */
static void choose(SonoWindow *w, GSimpleAction *action, GVariant *value, gboolean known)
{
    const char *name = g_action_get_name(G_ACTION(action));
    const char *text = g_variant_get_string(value, NULL);
    if (known) {
        g_object_set(w->settings, name, text, NULL);
    } else {
        g_autofree char *line = g_strdup_printf("%s: there is no '%.40s'", name, text);
        sono_window_tell(w, line, TRUE);
    }
}

static void choose_axis(GSimpleAction *action, GVariant *value, gpointer data)
{
    choose(data, action, value, g_strv_contains(sono_scale_names, g_variant_get_string(value, NULL)));
}

static void choose_colours(GSimpleAction *action, GVariant *value, gpointer data)
{
    choose(data, action, value, sono_colour_map_find(g_variant_get_string(value, NULL)) != NULL);
}

static void choose_time_format(GSimpleAction *action, GVariant *value, gpointer data)
{
    choose(data, action, value, g_strv_contains(sono_time_format_names, g_variant_get_string(value, NULL)));
}

static void choose_freq_format(GSimpleAction *action, GVariant *value, gpointer data)
{
    choose(data, action, value, g_strv_contains(sono_freq_format_names, g_variant_get_string(value, NULL)));
}

static void choose_show(GSimpleAction *action, GVariant *value, gpointer data)
{
    for (int i = 0; sono_show_names[i]; i++) {
        if (g_str_equal(sono_show_names[i], g_variant_get_string(value, NULL))) {
            sono_scene_view(window_scene(data))->show = (SonoShow)i;
            g_simple_action_set_state(action, value);
            window_refresh(data);
        }
    }
}

static void set_range(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    double floor_db = 0.0;
    double ceiling_db = 0.0;
    g_variant_get(parameter, "(dd)", &floor_db, &ceiling_db);
    if (floor_db >= -200.0 && ceiling_db <= 100.0 && ceiling_db - floor_db >= 5.0) {
        window_set_range(data, floor_db, ceiling_db);
    } else {
        sono_window_tell(data, "range: from -200 to 100 dB, at least 5 dB apart", TRUE);
    }
}

static void fit_contrast(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    if (sono_scene_fit_contrast(window_scene(data))) {
        window_refresh(data); /* the settings follow the view */
    }
}

static void show_part(GSimpleAction *action, GVariant *value, gpointer data)
{
    g_object_set(SONO_WINDOW(data)->settings, g_action_get_name(G_ACTION(action)), g_variant_get_boolean(value), NULL);
}

static void fullscreen(GSimpleAction *action, GVariant *value, gpointer data)
{
    (g_variant_get_boolean(value) ? gtk_window_fullscreen : gtk_window_unfullscreen)(GTK_WINDOW(data));
    g_simple_action_set_state(action, value);
}

static void open_menu(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    gtk_menu_button_popup(GTK_MENU_BUTTON(SONO_WINDOW(data)->menu_button));
}

/* For scripts: only read. */
static void keep_status(GSimpleAction *action, GVariant *value, gpointer data)
{
}

/* For measurements: how long frames took since the last time. */
static void take_frame_times(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    const SonoFrameTimes t = sono_canvas_take_frame_times(SONO_WINDOW(data)->canvas);
    g_simple_action_set_state(action, g_variant_new("(uddd)", t.n_frames, t.median_ms, t.worst_ms, t.draw_median_ms));
}

void window_add_view_actions(SonoWindow *w)
{
    static const char *const moves[] = {
        "zoom-in",  "zoom-out",  "zoom-in-freq", "zoom-out-freq", "zoom-fit", "pan-left",  "pan-right",     "pan-up",
        "pan-down", "page-left", "page-right",   "go-start",      "go-end",   "lane-next", "lane-previous",
    };
    static const GActionEntry entries[] = {
        {.name = "zoom-selection", .activate = zoom_selection},
        {.name = "show-region", .activate = show_region, .parameter_type = "(dddd)"},
        {.name = "lanes", .parameter_type = "i", .state = "-1", .change_state = choose_lanes},
        {.name = "axis", .parameter_type = "s", .state = "'mel'", .change_state = choose_axis},
        {.name = "show", .parameter_type = "s", .state = "'level'", .change_state = choose_show},
        {.name = "colours", .parameter_type = "s", .state = "'ember'", .change_state = choose_colours},
        {.name = "range", .activate = set_range, .parameter_type = "(dd)"},
        {.name = "fit-contrast", .activate = fit_contrast},
        {.name = "time-format", .parameter_type = "s", .state = "'hms'", .change_state = choose_time_format},
        {.name = "freq-format", .parameter_type = "s", .state = "'hz'", .change_state = choose_freq_format},
        {.name = "show-overview", .state = "true", .change_state = show_part},
        {.name = "show-waveform", .state = "true", .change_state = show_part},
        {.name = "show-inspector", .state = "true", .change_state = show_part},
        {.name = "fullscreen", .state = "false", .change_state = fullscreen},
        {.name = "menu", .activate = open_menu},
        {.name = "frame-times",
         .activate = take_frame_times,
         .state = "(uint32 0, 0.0, 0.0, 0.0)",
         .change_state = keep_status},
        {.name = "status", .state = "'empty'", .change_state = keep_status},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(moves); i++) {
        const GActionEntry entry = {.name = moves[i], .activate = move};
        g_action_map_add_action_entries(G_ACTION_MAP(w), &entry, 1, w);
    }
    g_action_map_add_action_entries(G_ACTION_MAP(w), entries, G_N_ELEMENTS(entries), w);
}
