/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transforms and parameters as text, and as presets. */
#include "transform_choice.h"

#include <string.h>

TransformChoice transform_choice_default(void)
{
    return (TransformChoice){sono_transforms[0], sono_params_defaults(sono_transforms[0]->params)};
}

static gboolean is_tuning(const SonoParamDesc *d)
{
    return strcmp(d->name, TRANSFORM_TUNING) == 0;
}

static void append_value(GString *text, const SonoParamDesc *d, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    const char *word = d->kind == SONO_PARAM_ENUM   ? d->choices[(int)value]
                       : d->kind == SONO_PARAM_BOOL ? (value != 0.0 ? "true" : "false")
                                                    : g_ascii_dtostr(number, sizeof number, value);
    g_string_append_printf(text, " %s=%s", d->name, word);
}

char *transform_choice_text(const TransformChoice *choice)
{
    const SonoParamTable table = choice->transform->params;
    GString *text = g_string_new(choice->transform->name);
    for (gsize i = 0; i < table.n; i++) {
        if (!is_tuning(&table.desc[i]) && choice->params.v[i] != table.desc[i].def) {
            append_value(text, &table.desc[i], choice->params.v[i]);
        }
    }
    return g_string_free(text, FALSE);
}

/* Whatever pitch was in it: the usual one. */
static void untune(TransformChoice *choice)
{
    const int i = sono_params_find(choice->transform->params, TRANSFORM_TUNING);
    if (i >= 0) {
        choice->params.v[i] = choice->transform->params.desc[i].def;
    }
}

SonoStatus transform_choice_parse(const char *text, TransformChoice *out, SonoError *err)
{
    const gsize n_name = strcspn(text, " ");
    g_autofree char *name = g_strndup(text, n_name);
    TransformChoice choice = {sono_transform_find(name), {{0}}};
    if (!choice.transform) {
        return sono_fail(err, SONO_E_INVALID, "there is no transform '%.40s'", name);
    }
    const SonoStatus status = sono_params_parse(choice.transform->params, text + n_name, &choice.params, err);
    if (status == SONO_OK) {
        untune(&choice);
        *out = choice;
    }
    return status;
}

SonoStatus transform_choice_of_preset(const SonoPreset *preset, TransformChoice *out, SonoError *err)
{
    TransformChoice choice = {NULL, {{0}}};
    const SonoStatus status = sono_preset_params(preset, &choice.transform, &choice.params, err);
    if (status == SONO_OK) {
        untune(&choice);
        *out = choice;
    }
    return status;
}

gboolean transform_choice_equal(const TransformChoice *a, const TransformChoice *b)
{
    if (a->transform != b->transform) {
        return FALSE;
    }
    for (gsize i = 0; i < a->transform->params.n; i++) {
        if (!is_tuning(&a->transform->params.desc[i]) && a->params.v[i] != b->params.v[i]) {
            return FALSE;
        }
    }
    return TRUE;
}

const SonoPreset *transform_choice_preset(const TransformChoice *choice)
{
    for (const SonoPreset *const *p = sono_presets; *p; p++) {
        TransformChoice of = {NULL, {{0}}};
        if (transform_choice_of_preset(*p, &of, NULL) == SONO_OK && transform_choice_equal(choice, &of)) {
            return *p;
        }
    }
    return NULL;
}

const SonoPreset *transform_choice_step_preset(const TransformChoice *choice, int steps)
{
    const SonoPreset *now = transform_choice_preset(choice);
    int n = 1; /* there is one at least */
    int at = steps > 0 ? -1 : 0;
    while (sono_presets[n]) {
        n++;
    }
    for (int i = 0; i < n; i++) {
        at = sono_presets[i] == now ? i : at;
    }
    return sono_presets[((at + steps) % n + n) % n];
}

void transform_choice_tune(TransformChoice *choice, double tuning_hz)
{
    (void)sono_params_set(choice->transform->params, &choice->params, TRANSFORM_TUNING, tuning_hz, NULL);
}

gboolean transform_choice_is_main(const SonoTransform *transform, const char *param)
{
    for (const char *const *name = transform->main_params; *name; name++) {
        if (strcmp(*name, param) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}
