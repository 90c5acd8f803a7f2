/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands on tools, operation and brush. What they set are settings, which all windows follow (window_options.c). */
#include "window.h"

#include <math.h>

#include "param_scale.h"
#include "tool_params.h"

static void refuse(SonoWindow *w, const char *what, const char *name)
{
    g_autofree char *line = g_strdup_printf("there is no %s '%.40s'", what, name);
    sono_window_tell(w, line, TRUE);
}

static void choose_tool(GSimpleAction *action, GVariant *value, gpointer data)
{
    SonoWindow *w = data;
    const char *name = g_variant_get_string(value, NULL);
    if (sono_tool_find(name)) {
        g_object_set(w->settings, "tool", name, NULL);
    } else {
        refuse(w, "tool", name);
    }
}

static void choose_operation(GSimpleAction *action, GVariant *value, gpointer data)
{
    SonoWindow *w = data;
    const char *name = g_variant_get_string(value, NULL);
    const SonoOperation *op = sono_operation_find(name);
    if (op && !op->takes_state) {
        g_object_set(w->settings, "operation", name, NULL);
    } else {
        refuse(w, "operation", name);
    }
}

static void set_param(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoError err = {0};
    const char *name = NULL;
    double value = 0.0;
    g_variant_get(parameter, "(&sd)", &name, &value);
    if (window_set_param(data, name, value, &err) != SONO_OK) {
        sono_window_tell(data, err.message, TRUE);
    }
}

/* The operation's first number, some steps up or down. */
static void nudge_param(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    const SonoToolOptions *o = sono_scene_options(window_scene(data));
    const double n_steps = CLAMP(g_variant_get_double(parameter), -1000.0, 1000.0);
    for (gsize i = 0; isfinite(n_steps) && i < o->operation->params.n; i++) {
        const SonoParamDesc *d = &o->operation->params.desc[i];
        if (d->kind == SONO_PARAM_FLOAT || d->kind == SONO_PARAM_INT) {
            (void)window_set_param(data, d->name, param_scale_step(d, o->params.v[i], n_steps), NULL);
            return;
        }
    }
}

static void set_number(SonoWindow *w, const char *name, double value)
{
    SonoError err = {0};
    SonoParams p = {{0}};
    const SonoParamDesc *d = tool_params_find(name);
    if (sono_params_set((SonoParamTable){d, 1}, &p, name, value, &err) == SONO_OK) {
        g_object_set(w->settings, name, value, NULL);
    } else {
        sono_window_tell(w, err.message, TRUE);
    }
}

static void change_number(GSimpleAction *action, GVariant *value, gpointer data)
{
    set_number(data, g_action_get_name(G_ACTION(action)), g_variant_get_double(value));
}

static void change_switch(GSimpleAction *action, GVariant *value, gpointer data)
{
    g_object_set(SONO_WINDOW(data)->settings, g_action_get_name(G_ACTION(action)), g_variant_get_boolean(value), NULL);
}

static void scale_brush(SonoWindow *w, double factor)
{
    static const char *const radii[] = {"brush-ms", "brush-octaves"};
    const SonoToolOptions *o = sono_scene_options(window_scene(w));
    for (gsize i = 0; i < G_N_ELEMENTS(radii); i++) {
        const SonoParamDesc *d = tool_params_find(radii[i]);
        set_number(w, radii[i], CLAMP(tool_params_get(o, radii[i]) * factor, d->min, d->max));
    }
}

static void harden_brush(SonoWindow *w, double by)
{
    const double hardness = tool_params_get(sono_scene_options(window_scene(w)), "brush-hardness");
    set_number(w, "brush-hardness", CLAMP(round((hardness + by) * 100.0) / 100.0, 0.0, 1.0));
}

static void shape_brush(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    const char *name = g_action_get_name(G_ACTION(action));
    if (g_str_equal(name, "brush-smaller")) {
        scale_brush(data, 1.0 / 1.25);
    } else if (g_str_equal(name, "brush-bigger")) {
        scale_brush(data, 1.25);
    } else {
        harden_brush(data, g_str_equal(name, "brush-harder") ? 0.1 : -0.1);
    }
}

void window_add_tool_actions(SonoWindow *w)
{
    static const GActionEntry entries[] = {
        {.name = "tool", .parameter_type = "s", .state = "'brush'", .change_state = choose_tool},
        {.name = "operation", .parameter_type = "s", .state = "'gain'", .change_state = choose_operation},
        {.name = "set-param", .activate = set_param, .parameter_type = "(sd)"},
        {.name = "nudge-param", .activate = nudge_param, .parameter_type = "d"},
        {.name = "brush-ms", .parameter_type = "d", .state = "1.0", .change_state = change_number},
        {.name = "brush-octaves", .parameter_type = "d", .state = "1.0", .change_state = change_number},
        {.name = "brush-hardness", .parameter_type = "d", .state = "1.0", .change_state = change_number},
        {.name = "brush-flow", .parameter_type = "d", .state = "1.0", .change_state = change_number},
        {.name = "feather-ms", .parameter_type = "d", .state = "0.0", .change_state = change_number},
        {.name = "feather-hz", .parameter_type = "d", .state = "0.0", .change_state = change_number},
        {.name = "pressure-to-strength", .state = "true", .change_state = change_switch},
        {.name = "pressure-to-size", .state = "false", .change_state = change_switch},
        {.name = "link-channels", .state = "true", .change_state = change_switch},
        {.name = "brush-smaller", .activate = shape_brush},
        {.name = "brush-bigger", .activate = shape_brush},
        {.name = "brush-softer", .activate = shape_brush},
        {.name = "brush-harder", .activate = shape_brush},
    };
    g_action_map_add_action_entries(G_ACTION_MAP(w), entries, G_N_ELEMENTS(entries), w);
}
