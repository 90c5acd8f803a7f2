/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands on what the picture is made with, and on its notes. */
#include "window.h"

#include <string.h>

/* Parameters of transforms lie in the settings beside those of operations. */
static char *settings_name(const SonoTransform *transform)
{
    return g_strconcat("transform.", transform->name, NULL);
}

static void set_choice(SonoWindow *w, const TransformChoice *choice)
{
    g_autofree char *text = transform_choice_text(choice);
    g_autofree char *name = settings_name(choice->transform);
    const SonoParamTable table = choice->transform->params;
    for (gsize i = 0; i < table.n; i++) {
        sono_settings_set_param(w->settings, name, table.desc[i].name, choice->params.v[i]);
    }
    g_object_set(w->settings, "picture", text, NULL);
}

static void no_such(SonoWindow *w, const char *action, const char *text)
{
    g_autofree char *line = g_strdup_printf("%s: there is no '%.40s'", action, text);
    sono_window_tell(w, line, TRUE);
}

static void set_preset(SonoWindow *w, const SonoPreset *preset)
{
    SonoError err = {0};
    TransformChoice choice;
    if (transform_choice_of_preset(preset, &choice, &err) != SONO_OK) {
        sono_window_tell(w, err.message, TRUE);
        return;
    }
    g_object_set(w->settings, "axis", sono_scale_names[preset->scale], NULL);
    set_choice(w, &choice);
}

static void choose_preset(GSimpleAction *action, GVariant *value, gpointer data)
{
    const char *name = g_variant_get_string(value, NULL);
    const SonoPreset *preset = sono_preset_find(name);
    if (preset) {
        set_preset(data, preset);
    } else if (strcmp(name, WINDOW_NO_PRESET) != 0) {
        no_such(data, "preset", name);
    }
}

static void step_preset(SonoWindow *w, int steps)
{
    set_preset(w, transform_choice_step_preset(&w->transform.choice, steps));
}

static void next_preset(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    step_preset(data, 1);
}

static void previous_preset(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    step_preset(data, -1);
}

/* With the parameters that it had the last time. */
static void choose_transform(GSimpleAction *action, GVariant *value, gpointer data)
{
    SonoWindow *w = data;
    const char *wanted = g_variant_get_string(value, NULL);
    const SonoTransform *transform = sono_transform_find(wanted);
    if (!transform) {
        no_such(w, "transform", wanted);
        return;
    }
    if (transform == w->transform.choice.transform) {
        return;
    }
    TransformChoice choice = {transform, sono_params_defaults(transform->params)};
    g_autofree char *name = settings_name(transform);
    for (gsize i = 0; i < transform->params.n; i++) {
        const SonoParamDesc *d = &transform->params.desc[i];
        (void)sono_params_set(transform->params, &choice.params, d->name,
                              sono_settings_get_param(w->settings, name, d->name, d->def), NULL);
    }
    set_choice(w, &choice);
}

static void set_param(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoWindow *w = data;
    SonoError err = {0};
    const char *name = NULL;
    double value = 0.0;
    TransformChoice choice = w->transform.choice;
    g_variant_get(parameter, "(&sd)", &name, &value);
    if (sono_params_set(choice.transform->params, &choice.params, name, value, &err) != SONO_OK) {
        sono_window_tell(w, err.message, TRUE);
    } else if (strcmp(name, TRANSFORM_TUNING) == 0) {
        g_object_set(w->settings, "tuning", value, NULL);
    } else {
        set_choice(w, &choice);
    }
}

static void set_tuning(GSimpleAction *action, GVariant *value, gpointer data)
{
    SonoWindow *w = data;
    const double tuning_hz = g_variant_get_double(value);
    const GParamSpecDouble *spec =
        G_PARAM_SPEC_DOUBLE(g_object_class_find_property(G_OBJECT_GET_CLASS(w->settings), "tuning"));
    if (tuning_hz >= spec->minimum && tuning_hz <= spec->maximum) {
        g_object_set(w->settings, "tuning", tuning_hz, NULL);
    } else {
        g_autofree char *line =
            g_strdup_printf("tuning: %g Hz is not from %g to %g Hz", tuning_hz, spec->minimum, spec->maximum);
        sono_window_tell(w, line, TRUE);
    }
}

static void set_switch(GSimpleAction *action, GVariant *value, gpointer data)
{
    g_object_set(SONO_WINDOW(data)->settings, g_action_get_name(G_ACTION(action)), g_variant_get_boolean(value), NULL);
}

static void choose_edit_transform(GSimpleAction *action, GVariant *value, gpointer data)
{
    const char *text = g_variant_get_string(value, NULL);
    if (strcmp(text, "auto") == 0 || strcmp(text, "picture") == 0) {
        g_object_set(SONO_WINDOW(data)->settings, "edit-transform", text, NULL);
    } else {
        no_such(data, "edit-transform", text);
    }
}

void window_add_transform_actions(SonoWindow *w)
{
    static const GActionEntry entries[] = {
        {.name = "preset", .parameter_type = "s", .state = "'everyday'", .change_state = choose_preset},
        {.name = "preset-next", .activate = next_preset},
        {.name = "preset-previous", .activate = previous_preset},
        {.name = "transform", .parameter_type = "s", .state = "'stft'", .change_state = choose_transform},
        {.name = "transform-param", .activate = set_param, .parameter_type = "(sd)"},
        {.name = "tuning", .parameter_type = "d", .state = "440.0", .change_state = set_tuning},
        {.name = "note-grid", .state = "false", .change_state = set_switch},
        {.name = "piano", .state = "false", .change_state = set_switch},
        {.name = "edit-transform", .parameter_type = "s", .state = "'auto'", .change_state = choose_edit_transform},
    };
    g_action_map_add_action_entries(G_ACTION_MAP(w), entries, G_N_ELEMENTS(entries), w);
}
