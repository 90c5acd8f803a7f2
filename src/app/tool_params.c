/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What brush, selections and channels can be set to. */
#include "tool_params.h"

#include <glib/gi18n.h>
#include <string.h>

#define NUMBER(name, title, unit, min, max, def, tip)                                                                  \
    {                                                                                                                  \
        name, title, unit, SONO_PARAM_FLOAT, min, max, def, NULL, tip                                                  \
    }
#define SWITCH(name, title, def, tip)                                                                                  \
    {                                                                                                                  \
        name, title, "", SONO_PARAM_BOOL, 0.0, 1.0, def, NULL, tip                                                     \
    }

static const SonoParamDesc brush[] = {
    NUMBER("brush-ms", N_("Time"), "ms", 1.0, 10000.0, 60.0, N_("Radius of the brush in time")),
    NUMBER("brush-octaves", N_("Pitch"), "oct", 0.01, 5.0, 0.15, N_("Radius of the brush in frequency")),
    NUMBER("brush-hardness", N_("Hardness"), "", 0.0, 1.0, 0.5, N_("Part of the radius with full weight")),
    NUMBER("brush-flow", N_("Flow"), "", 0.0, 1.0, 1.0, N_("Strength of one dab")),
    SWITCH("pressure-to-strength", N_("Pen pressure sets strength"), 1.0, N_("A harder press has more effect")),
    SWITCH("pressure-to-size", N_("Pen pressure sets size"), 0.0, N_("A harder press makes a larger brush")),
};

static const SonoParamDesc selection[] = {
    NUMBER("feather-ms", N_("Soft time"), "ms", 0.0, 1000.0, 5.0, N_("Width of the soft edges in time")),
    NUMBER("feather-hz", N_("Soft pitch"), "Hz", 0.0, 5000.0, 0.0, N_("Width of the soft edges in frequency")),
};

static const SonoParamDesc channels[] = {
    SWITCH("link-channels", N_("Edit all channels"), 1.0,
           N_("Edits and selections reach all channels, or the one they were made in")),
};

const SonoParamTable tool_params_brush = {brush, G_N_ELEMENTS(brush)};
const SonoParamTable tool_params_selection = {selection, G_N_ELEMENTS(selection)};
const SonoParamTable tool_params_channels = {channels, G_N_ELEMENTS(channels)};

const SonoParamDesc *tool_params_find(const char *name)
{
    const SonoParamTable *const tables[] = {&tool_params_brush, &tool_params_selection, &tool_params_channels};
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
        const int k = sono_params_find(*tables[i], name);
        if (k >= 0) {
            return &tables[i]->desc[k];
        }
    }
    return NULL;
}

/* The field of a number, or NULL. */
static double *field_of(SonoToolOptions *o, const char *name)
{
    const struct {
        const char *name;
        double *field;
    } numbers[] = {
        {"brush-ms", &o->brush.radius_ms},
        {"brush-octaves", &o->brush.radius_oct},
        {"brush-hardness", &o->brush.hardness},
        {"brush-flow", &o->brush.flow},
        {"pressure-to-strength", &o->brush.pressure_to_flow},
        {"pressure-to-size", &o->brush.pressure_to_size},
        {"feather-ms", &o->feather_ms},
        {"feather-hz", &o->feather_hz},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (strcmp(numbers[i].name, name) == 0) {
            return numbers[i].field;
        }
    }
    return NULL;
}

double tool_params_get(const SonoToolOptions *options, const char *name)
{
    SonoToolOptions copy = *options;
    const double *field = field_of(&copy, name);
    return field ? *field : copy.all_channels ? 1.0 : 0.0;
}

void tool_params_set(SonoToolOptions *options, const char *name, double value)
{
    double *field = field_of(options, name);
    if (field) {
        *field = value;
    } else if (strcmp(name, "link-channels") == 0) {
        options->all_channels = value != 0.0;
    }
}

SonoParams tool_params_values(const SonoToolOptions *options, SonoParamTable table)
{
    SonoParams p = {{0}};
    for (gsize i = 0; i < table.n; i++) {
        p.v[i] = tool_params_get(options, table.desc[i].name);
    }
    return p;
}
