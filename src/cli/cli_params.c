/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameter tables, shown: as JSON, as options, as lines for people. */
#include <stdio.h>

#include "cli.h"

void cli_params_json(SonoJsonWriter *w, SonoParamTable table)
{
    sono_json_begin_array(w, "params", SONO_JSON_LINES);
    for (gsize i = 0; i < table.n; i++) {
        const SonoParamDesc *d = &table.desc[i];
        sono_json_begin_object(w, NULL, SONO_JSON_INLINE);
        sono_json_string(w, "name", d->name);
        sono_json_string(w, "title", d->title);
        sono_json_string(w, "unit", d->unit);
        if (d->kind == SONO_PARAM_ENUM) {
            sono_json_begin_array(w, "choices", SONO_JSON_INLINE);
            for (gsize k = 0; d->choices[k]; k++) {
                sono_json_string(w, NULL, d->choices[k]);
            }
            sono_json_end_array(w);
            sono_json_string(w, "default", d->choices[(int)d->def]);
        } else {
            sono_json_double(w, "min", d->min);
            sono_json_double(w, "max", d->max);
            sono_json_double(w, "default", d->def);
        }
        sono_json_string(w, "tip", d->tip);
        sono_json_end_object(w);
    }
    sono_json_end_array(w);
}

char *cli_option_name(const SonoParamDesc *d)
{
    return g_strdelimit(g_strdup(d->name), "_", '-');
}

char *cli_param_range(const SonoParamDesc *d, double value)
{
    if (d->kind == SONO_PARAM_ENUM) {
        g_autofree char *choices = g_strjoinv(", ", (char **)(void *)d->choices);
        return g_strdup_printf("%s (default %s)", choices, d->choices[(int)value]);
    }
    return g_strdup_printf("%.10g to %.10g%s%s (default %.10g)", d->min, d->max, d->unit[0] ? " " : "", d->unit, value);
}

void cli_params_print(SonoParamTable table)
{
    for (gsize i = 0; i < table.n; i++) {
        g_autofree char *range = cli_param_range(&table.desc[i], table.desc[i].def);
        printf("    %-10s %s\n", table.desc[i].name, range);
    }
}
