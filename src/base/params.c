/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameter tables: lookup, ranges, numbers from text. */
#include "sono_params.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t n_choices(const SonoParamDesc *d)
{
    size_t n = 0;
    while (d->choices && d->choices[n]) {
        n++;
    }
    return n;
}

static SonoStatus check_one(const SonoParamDesc *d, double value, SonoError *err)
{
    const char *space = d->unit[0] ? " " : "";
    if (!isfinite(value)) {
        return sono_fail(err, SONO_E_RANGE, "%s must be a finite number", d->name);
    }
    if (value < d->min || value > d->max) {
        return sono_fail(err, SONO_E_RANGE, "%s is %g%s%s, must be from %g to %g", d->name, value, space, d->unit,
                         d->min, d->max);
    }
    if (d->kind != SONO_PARAM_FLOAT && value != floor(value)) {
        return sono_fail(err, SONO_E_RANGE, "%s is %g, must be a whole number", d->name, value);
    }
    if (d->kind == SONO_PARAM_ENUM && value >= (double)n_choices(d)) {
        return sono_fail(err, SONO_E_RANGE, "%s has no choice number %g", d->name, value);
    }
    return SONO_OK;
}

SonoParams sono_params_defaults(SonoParamTable table)
{
    SonoParams p = {{0}};
    for (size_t i = 0; i < table.n; i++) {
        p.v[i] = table.desc[i].def;
    }
    return p;
}

int sono_params_find(SonoParamTable table, const char *name)
{
    for (size_t i = 0; i < table.n; i++) {
        if (strcmp(table.desc[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

SonoStatus sono_params_set(SonoParamTable table, SonoParams *p, const char *name, double value, SonoError *err)
{
    const int i = sono_params_find(table, name);
    if (i < 0) {
        return sono_fail(err, SONO_E_INVALID, "unknown parameter '%s'", name);
    }
    const SonoStatus status = check_one(&table.desc[i], value, err);
    if (status == SONO_OK) {
        p->v[i] = value;
    }
    return status;
}

/* strtod reads the locale's decimal point; parameters are written with '.' everywhere. */
static bool parse_number(const char *text, double *out)
{
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c == (locale_t)0) {
        return false;
    }
    const locale_t old = uselocale(c);
    char *end = NULL;
    const double value = strtod(text, &end);
    (void)uselocale(old);
    freelocale(c);
    if (end == text || *end != '\0') {
        return false;
    }
    *out = value;
    return true;
}

SonoStatus sono_params_set_text(SonoParamTable table, SonoParams *p, const char *name, const char *text, SonoError *err)
{
    const int i = sono_params_find(table, name);
    if (i < 0) {
        return sono_fail(err, SONO_E_INVALID, "unknown parameter '%s'", name);
    }
    const SonoParamDesc *d = &table.desc[i];
    for (size_t k = 0; d->kind == SONO_PARAM_ENUM && k < n_choices(d); k++) {
        if (strcmp(d->choices[k], text) == 0) {
            p->v[i] = (double)k;
            return SONO_OK;
        }
    }
    if (d->kind == SONO_PARAM_ENUM) {
        char list[128] = "";
        for (size_t k = 0; k < n_choices(d); k++) {
            const size_t used = strlen(list);
            (void)snprintf(list + used, sizeof list - used, "%s%s", k ? ", " : "", d->choices[k]);
        }
        return sono_fail(err, SONO_E_INVALID, "%s is '%s', must be one of: %s", name, text, list);
    }
    if (d->kind == SONO_PARAM_BOOL && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)) {
        p->v[i] = text[0] == 't' ? 1.0 : 0.0;
        return SONO_OK;
    }
    double value = 0.0;
    if (!parse_number(text, &value)) {
        return sono_fail(err, SONO_E_INVALID, "%s is '%s', must be a number", name, text);
    }
    return sono_params_set(table, p, name, value, err);
}

SonoStatus sono_params_check(SonoParamTable table, const SonoParams *p, SonoError *err)
{
    for (size_t i = 0; i < table.n; i++) {
        const SonoStatus status = check_one(&table.desc[i], p->v[i], err);
        if (status != SONO_OK) {
            return status;
        }
    }
    return SONO_OK;
}
