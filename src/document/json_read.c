/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strict access to a cJSON tree, with paths in every message. */
#include "json_read.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_SHOWN 48 /* bytes of a name from the file that a message repeats */

int sono_json_shown_length(const char *s)
{
    size_t n = strlen(s);
    if (n > MAX_SHOWN) {
        n = MAX_SHOWN;
        while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80) {
            n--;
        }
    }
    return (int)n;
}

/* Appends to buf, which holds *used bytes; what does not fit is cut. */
static void append(char *buf, size_t n_bytes, size_t *used, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void append(char *buf, size_t n_bytes, size_t *used, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(buf + *used, n_bytes - *used, fmt, args);
    va_end(args);
    *used += n > 0 ? (size_t)n : 0;
    *used = *used < n_bytes ? *used : n_bytes - 1;
}

static void append_path(const SonoJsonPath *path, char *buf, size_t n_bytes, size_t *used)
{
    if (!path || !path->parent) {
        return;
    }
    append_path(path->parent, buf, n_bytes, used);
    if (path->name) {
        append(buf, n_bytes, used, "%s%.*s", *used > 0 ? "." : "", sono_json_shown_length(path->name), path->name);
    } else {
        append(buf, n_bytes, used, "[%zu]", path->index);
    }
}

SonoStatus sono_json_fail(const SonoJsonPath *path, SonoStatus code, SonoError *err, const char *fmt, ...)
{
    char where[160] = "", what[160];
    size_t used = 0;
    append_path(path, where, sizeof where, &used);
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return sono_fail(err, code, "%s%s%s", where, used > 0 ? ": " : "", what);
}

SonoStatus sono_json_fail_context(const SonoJsonPath *path, SonoError *err)
{
    char where[160] = "";
    size_t used = 0;
    append_path(path, where, sizeof where, &used);
    return sono_fail_context(err, "%s", where);
}

SonoStatus sono_json_read_object(const cJSON *node, const SonoJsonPath *path, const char *const *names,
                                 const cJSON **values, SonoError *err)
{
    if (!cJSON_IsObject(node)) {
        return sono_json_fail(path, SONO_E_FORMAT, err, "must be an object");
    }
    for (size_t i = 0; names[i]; i++) {
        values[i] = NULL;
    }
    for (const cJSON *field = node->child; field; field = field->next) {
        const SonoJsonPath here = {path, field->string, 0};
        size_t i = 0;
        while (names[i] && strcmp(names[i], field->string) != 0) {
            i++;
        }
        if (!names[i]) {
            return sono_json_fail(&here, SONO_E_FORMAT, err, "unknown field");
        }
        if (values[i]) {
            return sono_json_fail(&here, SONO_E_FORMAT, err, "field is given twice");
        }
        values[i] = field;
    }
    return SONO_OK;
}

SonoStatus sono_json_require(const cJSON *value, const SonoJsonPath *path, const char *name, SonoError *err)
{
    const SonoJsonPath here = {path, name, 0};
    return value ? SONO_OK : sono_json_fail(&here, SONO_E_FORMAT, err, "field is missing");
}

SonoStatus sono_json_read_number(const cJSON *value, const SonoJsonPath *path, const char *name, double *out,
                                 SonoError *err)
{
    const SonoJsonPath here = {path, name, 0};
    if (!value) {
        return SONO_OK;
    }
    if (!cJSON_IsNumber(value) || !isfinite(value->valuedouble)) {
        return sono_json_fail(&here, SONO_E_FORMAT, err, "must be a number");
    }
    *out = value->valuedouble;
    return SONO_OK;
}

SonoStatus sono_json_read_string(const cJSON *value, const SonoJsonPath *path, const char *name, const char **out,
                                 SonoError *err)
{
    const SonoJsonPath here = {path, name, 0};
    if (!value) {
        return SONO_OK;
    }
    if (!cJSON_IsString(value)) {
        return sono_json_fail(&here, SONO_E_FORMAT, err, "must be a string");
    }
    *out = value->valuestring;
    return SONO_OK;
}

SonoStatus sono_json_read_choice(const cJSON *value, const SonoJsonPath *path, const char *name,
                                 const char *const *choices, int *out, SonoError *err)
{
    const SonoJsonPath here = {path, name, 0};
    const char *text = NULL;
    const SonoStatus status = sono_json_read_string(value, path, name, &text, err);
    if (status != SONO_OK || !text) {
        return status;
    }
    char list[96] = "";
    size_t used = 0;
    for (int i = 0; choices[i]; i++) {
        if (strcmp(choices[i], text) == 0) {
            *out = i;
            return SONO_OK;
        }
        append(list, sizeof list, &used, "%s%s", i ? ", " : "", choices[i]);
    }
    return sono_json_fail(&here, SONO_E_FORMAT, err, "'%.*s' must be one of: %s", sono_json_shown_length(text), text,
                          list);
}
