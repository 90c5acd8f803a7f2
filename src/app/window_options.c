/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings, scene and actions say the same. A setting that an action has changed, here, in another window or in the
 * preferences, is applied to the scene, and becomes the state of the action with its name. */
#include "window.h"

#include <string.h>

#include "tool_params.h"
#include "volume.h"

#define MIN_RANGE_DB 5.0

/* Settings by which a window goes, besides those of tool_params. */
static const char *const followed[] = {
    "tool",       "operation",       "axis",          "colours",        "floor-db",
    "ceiling-db", "time-format",     "freq-format",   "show-meters",    "output-gain",
    "loop",       "return-to-start", "auto-audition", "follow",         "pre-roll",
    "post-roll",  "show-overview",   "show-waveform", "show-inspector", "picture",
    "tuning",     "note-grid",       "piano",         "edit-transform", NULL};

static int index_of(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return 0;
}

static GVariant *variant_of(const GValue *value)
{
    if (G_VALUE_HOLDS_STRING(value)) {
        return g_variant_new_string(g_value_get_string(value));
    }
    return G_VALUE_HOLDS_BOOLEAN(value) ? g_variant_new_boolean(g_value_get_boolean(value))
                                        : g_variant_new_double(g_value_get_double(value));
}

static double number_of(const GValue *value)
{
    return G_VALUE_HOLDS_BOOLEAN(value) ? (g_value_get_boolean(value) ? 1.0 : 0.0) : g_value_get_double(value);
}

static void choose_operation(SonoWindow *w, const char *name)
{
    SonoToolOptions *o = sono_scene_options(window_scene(w));
    const SonoOperation *op = sono_operation_find(name);
    op = op && !op->takes_state ? op : sono_operations[0];
    o->operation = op;
    o->params = sono_params_defaults(op->params);
    for (gsize i = 0; i < op->params.n; i++) {
        const SonoParamDesc *d = &op->params.desc[i];
        (void)sono_params_set(op->params, &o->params, d->name,
                              sono_settings_get_param(w->settings, op->name, d->name, d->def), NULL);
    }
    sono_scene_preview_selection(window_scene(w), false);
}

static void apply_range(SonoWindow *w)
{
    SonoViewState *v = sono_scene_view(window_scene(w));
    double floor_db = v->floor_db;
    double ceiling_db = v->ceiling_db;
    g_object_get(w->settings, "floor-db", &floor_db, "ceiling-db", &ceiling_db, NULL);
    if (ceiling_db - floor_db >= MIN_RANGE_DB) {
        v->floor_db = floor_db;
        v->ceiling_db = ceiling_db;
    }
}

static void apply_formats(SonoWindow *w)
{
    g_autofree char *time = NULL;
    g_autofree char *freq = NULL;
    g_object_get(w->settings, "time-format", &time, "freq-format", &freq, NULL);
    const SonoTimeFormat time_format = (SonoTimeFormat)index_of(sono_time_format_names, time);
    const SonoFreqFormat freq_format = (SonoFreqFormat)index_of(sono_freq_format_names, freq);
    sono_stage_set_formats(w->stage, time_format, freq_format);
    sono_status_bar_set_formats(w->status_bar, time_format, freq_format);
    sono_transport_set_format(w->transport, time_format);
}

static void apply_text(SonoWindow *w, const char *name, const char *text)
{
    SonoScene *scene = window_scene(w);
    if (strcmp(name, "tool") == 0) {
        const SonoTool *tool = sono_tool_find(text);
        sono_scene_set_tool(scene, tool ? tool : sono_tools[0]);
    } else if (strcmp(name, "operation") == 0) {
        choose_operation(w, text);
    } else if (strcmp(name, "axis") == 0) {
        (void)sono_scene_set_scale(scene, text);
    } else if (strcmp(name, "colours") == 0 && sono_colour_map_find(text)) {
        sono_scene_view(scene)->map = sono_colour_map_find(text);
    } else if (strcmp(name, "time-format") == 0 || strcmp(name, "freq-format") == 0) {
        apply_formats(w);
        window_listen_poll(w);
    } else if (strcmp(name, "picture") == 0) {
        window_transform_follow_settings(w);
    } else if (strcmp(name, "follow") == 0) {
        window_listen_follow_settings(w);
    }
}

static void apply_number(SonoWindow *w, const char *name, double value)
{
    SonoToolOptions *options = sono_scene_options(window_scene(w));
    if (tool_params_find(name)) {
        tool_params_set(options, name, value);
        if (options->all_channels) {
            sono_scene_selection(window_scene(w))->channel = -1;
        }
    } else if (strcmp(name, "show-inspector") == 0) {
        gtk_widget_set_visible(GTK_WIDGET(w->inspector), value != 0.0);
    } else if (strcmp(name, "show-overview") == 0 || strcmp(name, "show-waveform") == 0 ||
               strcmp(name, "show-meters") == 0) {
        g_object_set(w->stage, name, value != 0.0, NULL);
    } else if (strcmp(name, "note-grid") == 0 || strcmp(name, "piano") == 0) {
        g_object_set(w->stage, name, value != 0.0, NULL);
    } else if (strcmp(name, "tuning") == 0) {
        sono_scene_view(window_scene(w))->tuning_hz = value;
        sono_inspector_show_tuning(w->inspector, value);
        apply_formats(w); /* what is written with it */
        window_transform_follow_settings(w);
    } else if (strcmp(name, "output-gain") == 0) {
        volume_show(w->volume, value);
    } else if (strcmp(name, "floor-db") == 0 || strcmp(name, "ceiling-db") == 0) {
        apply_range(w);
    } else {
        window_listen_follow_settings(w);
    }
}

/* FALSE: no setting a window goes by. */
static gboolean apply(SonoWindow *w, const char *name)
{
    const GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(w->settings), name);
    g_auto(GValue) value = G_VALUE_INIT;
    if (!tool_params_find(name) && !g_strv_contains(followed, name)) {
        return FALSE;
    }
    g_value_init(&value, spec->value_type);
    g_object_get_property(G_OBJECT(w->settings), name, &value);
    if (G_VALUE_HOLDS_STRING(&value)) {
        apply_text(w, name, g_value_get_string(&value));
    } else {
        apply_number(w, name, number_of(&value));
    }
    window_set_state(w, name, variant_of(&value));
    return TRUE;
}

static void on_setting(SonoWindow *w, const GParamSpec *spec)
{
    if (w->canvas && apply(w, spec->name)) {
        window_refresh(w);
    }
}

void window_follow_settings(SonoWindow *w)
{
    const SonoParamTable *const tables[] = {&tool_params_brush, &tool_params_selection, &tool_params_channels};
    for (gsize i = 0; followed[i]; i++) {
        (void)apply(w, followed[i]);
    }
    for (gsize t = 0; t < G_N_ELEMENTS(tables); t++) {
        for (gsize i = 0; i < tables[t]->n; i++) {
            (void)apply(w, tables[t]->desc[i].name);
        }
    }
    g_signal_connect_object(w->settings, "notify", G_CALLBACK(on_setting), w, G_CONNECT_SWAPPED);
}

void window_set_range(SonoWindow *w, double floor_db, double ceiling_db)
{
    SonoViewState *v = sono_scene_view(window_scene(w));
    v->floor_db = floor_db;
    v->ceiling_db = ceiling_db;
    g_object_set(w->settings, "floor-db", floor_db, "ceiling-db", ceiling_db, NULL);
    window_refresh(w);
}

void window_note_view(SonoWindow *w)
{
    const SonoViewState *v = sono_scene_view(window_scene(w));
    double floor_db = 0.0;
    double ceiling_db = 0.0;
    g_object_get(w->settings, "floor-db", &floor_db, "ceiling-db", &ceiling_db, NULL);
    if (floor_db != v->floor_db || ceiling_db != v->ceiling_db) {
        g_object_set(w->settings, "floor-db", v->floor_db, "ceiling-db", v->ceiling_db, NULL);
    }
    window_set_state(w, "lanes", g_variant_new_int32(v->only_channel));
}

SonoStatus window_set_param(SonoWindow *w, const char *name, double value, SonoError *err)
{
    SonoScene *scene = window_scene(w);
    SonoToolOptions *o = sono_scene_options(scene);
    const SonoStatus status = sono_params_set(o->operation->params, &o->params, name, value, err);
    if (status == SONO_OK) {
        sono_settings_set_param(w->settings, o->operation->name, name, value);
        sono_scene_preview_selection(scene, !sono_selection_is_empty(sono_scene_selection(scene)));
        window_refresh(w);
    }
    return status;
}
