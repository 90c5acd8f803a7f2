/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options that a transform's own parameter table defines, and those of the engine. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* --transform decides which other options exist, so it is looked for before the others are parsed. */
static const char *wanted_transform(int argc, char **argv)
{
    static const char option[] = "--transform";
    const char *name = "stft";
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], option) == 0 && i + 1 < argc) {
            name = argv[++i];
        } else if (g_str_has_prefix(argv[i], option) && argv[i][sizeof option - 1] == '=') {
            name = argv[i] + sizeof option;
        }
    }
    return name;
}

static char *param_help(const SonoParamDesc *d)
{
    const char *space = d->unit[0] ? " " : "";
    if (d->kind == SONO_PARAM_ENUM) {
        g_autofree char *choices = g_strjoinv(", ", (char **)(void *)d->choices);
        return g_strdup_printf("%s: %s (default %s)", d->title, choices, d->choices[(int)d->def]);
    }
    return g_strdup_printf("%s, %g to %g%s%s (default %g)", d->title, d->min, d->max, space, d->unit, d->def);
}

static char *transform_list(void)
{
    GString *list = g_string_new(NULL);
    for (gsize i = 0; sono_transforms[i]; i++) {
        g_string_append_printf(list, "%s%s", i ? ", " : "", sono_transforms[i]->name);
    }
    return g_string_free(list, FALSE);
}

bool cli_transform_add(CliTransform *t, CliParser *p, int argc, char **argv)
{
    const char *name = wanted_transform(argc, argv);
    char *list = transform_list();
    g_ptr_array_add(p->texts, list);
    *t = (CliTransform){.transform = sono_transform_find(name)};
    if (!t->transform) {
        (void)cli_usage_error(p->command, "unknown transform '%s', must be one of: %s", name, list);
        return false;
    }
    t->params = sono_params_defaults(t->transform->params);
    char *help = g_strdup_printf("Transform: %s (default stft)", list);
    g_ptr_array_add(p->texts, help);
    const GOptionEntry transform[] = {{"transform", 0, 0, G_OPTION_ARG_STRING, &t->name, help, "NAME"},
                                      G_OPTION_ENTRY_NULL};
    cli_parser_add(p, transform);
    for (gsize i = 0; i < t->transform->params.n; i++) {
        const SonoParamDesc *d = &t->transform->params.desc[i];
        char *text = param_help(d);
        g_ptr_array_add(p->texts, text);
        const char *kind = d->kind == SONO_PARAM_ENUM ? "NAME" : "N";
        const GOptionEntry entry[] = {{d->name, 0, 0, G_OPTION_ARG_STRING, &t->values[i], text, kind},
                                      G_OPTION_ENTRY_NULL};
        cli_parser_add(p, entry);
    }
    return true;
}

bool cli_transform_finish(CliTransform *t, const CliParser *p)
{
    SonoError err = {0};
    for (gsize i = 0; i < t->transform->params.n; i++) {
        const char *name = t->transform->params.desc[i].name;
        if (t->values[i] &&
            sono_params_set_text(t->transform->params, &t->params, name, t->values[i], &err) != SONO_OK) {
            (void)cli_usage_error(p->command, "--%s", err.message);
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
    *t = (CliTransform){0};
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

void cli_engine_add(CliEngineOptions *o, CliParser *p)
{
    *o = (CliEngineOptions){0};
    const GOptionEntry entries[] = {
        {"backend", 0, 0, G_OPTION_ARG_STRING, &o->backend, "Compute with this backend (see: engines)", "NAME"},
        {"threads", 0, 0, G_OPTION_ARG_INT, &o->n_threads, "Threads to compute with (default: all cores)", "N"},
        G_OPTION_ENTRY_NULL};
    cli_parser_add(p, entries);
}

bool cli_engine_finish(const CliEngineOptions *o, const CliParser *p)
{
    if (o->n_threads < 0 || o->n_threads > SONO_MAX_THREADS) {
        (void)cli_usage_error(p->command, "--threads is %d, must be from 1 to %d, or 0 for all cores", o->n_threads,
                              SONO_MAX_THREADS);
        return false;
    }
    return true;
}

SonoStatus cli_engine_open(const CliEngineOptions *o, SonoEngine **out, SonoError *err)
{
    return sono_engine_new(o->backend, o->n_threads, out, err);
}

void cli_engine_options_clear(CliEngineOptions *o)
{
    g_clear_pointer(&o->backend, g_free);
}
