/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --transform, --preset, and the options that a transform's own parameter table defines. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* --transform and --preset decide which other options exist, so they are looked for before the others are parsed.
 * option: with its dashes. NULL: not given. */
static const char *wanted(int argc, char **argv, const char *option)
{
    const size_t length = strlen(option);
    const char *value = NULL;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], option) == 0 && i + 1 < argc) {
            value = argv[++i];
        } else if (g_str_has_prefix(argv[i], option) && argv[i][length] == '=') {
            value = argv[i] + length + 1;
        }
    }
    return value;
}

static char *param_help(const SonoParamDesc *d, double value)
{
    g_autofree char *range = cli_param_range(d, value);
    return g_strdup_printf(d->kind == SONO_PARAM_ENUM ? "%s: %s" : "%s, %s", d->title, range);
}

static char *transform_list(void)
{
    GString *list = g_string_new(NULL);
    for (gsize i = 0; sono_transforms[i]; i++) {
        g_string_append_printf(list, "%s%s", i ? ", " : "", sono_transforms[i]->name);
    }
    return g_string_free(list, FALSE);
}

static char *preset_list(void)
{
    GString *list = g_string_new(NULL);
    for (gsize i = 0; sono_presets[i]; i++) {
        g_string_append_printf(list, "%s%s", i ? ", " : "", sono_presets[i]->name);
    }
    return g_string_free(list, FALSE);
}

bool cli_transform_choose(CliTransform *t, const CliCommand *command, const char *name, const char *preset_name)
{
    g_autofree char *transforms = transform_list();
    g_autofree char *presets = preset_list();
    SonoError err = {0};
    t->is_given = name || preset_name;
    t->transform = sono_transform_find(name ? name : sono_transforms[0]->name);
    if (!t->transform) {
        (void)cli_usage_error(command, "unknown transform '%s', must be one of: %s", name, transforms);
        return false;
    }
    if (!preset_name) {
        t->params = sono_params_defaults(t->transform->params);
        return true;
    }
    const SonoTransform *of_preset = NULL;
    t->preset = sono_preset_find(preset_name);
    if (!t->preset) {
        (void)cli_usage_error(command, "unknown preset '%s', must be one of: %s", preset_name, presets);
    } else if (sono_preset_params(t->preset, &of_preset, &t->params, &err) != SONO_OK) {
        (void)cli_usage_error(command, "%s", err.message);
    } else if (name && of_preset != t->transform) {
        (void)cli_usage_error(command, "--preset %s is for --transform %s, not %s", preset_name, of_preset->name, name);
    } else {
        t->transform = of_preset;
        return true;
    }
    return false;
}

bool cli_transform_add(CliTransform *t, CliParser *p, int argc, char **argv)
{
    *t = (CliTransform){0};
    if (!cli_transform_choose(t, p->command, wanted(argc, argv, "--transform"), wanted(argc, argv, "--preset"))) {
        return false;
    }
    g_autofree char *transforms = transform_list();
    g_autofree char *presets = preset_list();
    char *help = g_strdup_printf("Transform: %s (default %s)", transforms, sono_transforms[0]->name);
    char *preset_help = g_strdup_printf("Transform and settings by purpose: %s", presets);
    g_ptr_array_add(p->texts, help);
    g_ptr_array_add(p->texts, preset_help);
    const GOptionEntry transform[] = {
        {"transform", 0, 0, G_OPTION_ARG_STRING, &t->name, help, "NAME"},
        {"preset", 0, 0, G_OPTION_ARG_STRING, &t->preset_name, preset_help, "NAME"},
        G_OPTION_ENTRY_NULL,
    };
    cli_parser_add(p, transform);
    for (gsize i = 0; i < t->transform->params.n; i++) {
        const SonoParamDesc *d = &t->transform->params.desc[i];
        char *text = param_help(d, t->params.v[i]);
        char *option = cli_option_name(d);
        g_ptr_array_add(p->texts, text);
        g_ptr_array_add(p->texts, option);
        const char *kind = d->kind == SONO_PARAM_ENUM ? "NAME" : "N";
        const GOptionEntry entry[] = {{option, 0, 0, G_OPTION_ARG_STRING, &t->values[i], text, kind},
                                      G_OPTION_ENTRY_NULL};
        cli_parser_add(p, entry);
    }
    return true;
}

bool cli_transform_finish(CliTransform *t, const CliParser *p)
{
    SonoError err = {0};
    for (gsize i = 0; i < t->transform->params.n; i++) {
        const SonoParamDesc *d = &t->transform->params.desc[i];
        if (t->values[i] &&
            sono_params_set_text(t->transform->params, &t->params, d->name, t->values[i], &err) != SONO_OK) {
            g_autofree char *option = cli_option_name(d);
            const size_t known = g_str_has_prefix(err.message, d->name) ? strlen(d->name) : 0;
            (void)cli_usage_error(p->command, "--%s%s", option, err.message + known);
            return false;
        }
    }
    return true;
}

void cli_transform_clear(CliTransform *t)
{
    for (gsize i = 0; i < SONO_MAX_PARAMS; i++) {
        g_free(t->values[i]);
    }
    g_free(t->name);
    g_free(t->preset_name);
    *t = (CliTransform){0};
}

SonoAxisScale cli_transform_scale(const CliTransform *t)
{
    return t->preset ? t->preset->scale : t->transform->scale;
}

void cli_transform_json(SonoJsonWriter *w, const char *key, const SonoPlan *plan)
{
    const SonoTransform *transform = sono_transform_find(plan->transform);
    sono_json_begin_object(w, key, SONO_JSON_INLINE);
    sono_json_string(w, "name", plan->transform);
    for (gsize i = 0; transform && i < transform->params.n; i++) {
        const SonoParamDesc *d = &transform->params.desc[i];
        if (d->kind == SONO_PARAM_ENUM) {
            sono_json_string(w, d->name, d->choices[(int)plan->params.v[i]]);
        } else {
            sono_json_double(w, d->name, plan->params.v[i]);
        }
    }
    sono_json_end_object(w);
}
