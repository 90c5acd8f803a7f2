/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings by purpose, and parameters from text. */
#include "sono_transform.h"

#include <string.h>

#define SONO_PRESET(name_, title_, tip_, transform_, params_, scale_)                                                  \
    static const SonoPreset preset_##name_ = {#name_, title_, tip_, transform_, params_, SONO_SCALE_##scale_};
#include "presets.def"
#undef SONO_PRESET

const SonoPreset *const sono_presets[] = {
#define SONO_PRESET(name_, title_, tip_, transform_, params_, scale_) &preset_##name_,
#include "presets.def"
#undef SONO_PRESET
    NULL};

const SonoPreset *sono_preset_find(const char *name)
{
    for (const SonoPreset *const *p = sono_presets; *p; p++) {
        if (strcmp((*p)->name, name) == 0) {
            return *p;
        }
    }
    return NULL;
}

SonoStatus sono_params_parse_over(SonoParamTable table, const char *text, SonoParams *out, SonoError *err)
{
    static const char separators[] = " ,";
    SonoParams params = *out;
    for (const char *at = text + strspn(text, separators); *at; at += strspn(at, separators)) {
        const size_t length = strcspn(at, separators);
        const char *equals = memchr(at, '=', length);
        char name[64] = "";
        char value[64] = "";
        const size_t n_name = equals ? (size_t)(equals - at) : length;
        const size_t n_value = equals ? length - n_name - 1 : 0;
        if (!equals || n_name >= sizeof name || n_value >= sizeof value) {
            return sono_fail(err, SONO_E_INVALID, "'%.*s' must be name=value", (int)(length < 80 ? length : 80), at);
        }
        memcpy(name, at, n_name);
        memcpy(value, equals + 1, n_value);
        const SonoStatus status = sono_params_set_text(table, &params, name, value, err);
        if (status != SONO_OK) {
            return status;
        }
        at += length;
    }
    *out = params;
    return SONO_OK;
}

SonoStatus sono_params_parse(SonoParamTable table, const char *text, SonoParams *out, SonoError *err)
{
    SonoParams params = sono_params_defaults(table);
    const SonoStatus status = sono_params_parse_over(table, text, &params, err);
    if (status == SONO_OK) {
        *out = params;
    }
    return status;
}

SonoStatus sono_preset_params(const SonoPreset *preset, const SonoTransform **transform, SonoParams *params,
                              SonoError *err)
{
    *transform = sono_transform_find(preset->transform);
    return *transform ? sono_params_parse((*transform)->params, preset->params, params, err)
                      : sono_fail(err, SONO_E_INVALID, "preset %s: no transform '%s'", preset->name, preset->transform);
}
