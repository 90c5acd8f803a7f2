/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a cJSON tree strictly: unknown and repeated fields are refused, and every complaint starts with the full path
 * of the field ("edits[2].mask.shapes[0].t1_s: must be a number"). */
#pragma once
#include <cjson/cJSON.h>
#include <stddef.h>

#include "sono_error.h"

/* Where a value is; lives on the stack of who reads it. name NULL: element index of an array. */
typedef struct SonoJsonPath {
    const struct SonoJsonPath *parent; /* NULL: the top, whose own name is not shown */
    const char *name;
    size_t index;
} SonoJsonPath;

#define SONO_JSON_MAX_FIELDS 20

SonoStatus sono_json_fail(const SonoJsonPath *path, SonoStatus code, SonoError *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5), cold));
/* Put the path before an error that is already set. */
SonoStatus sono_json_fail_context(const SonoJsonPath *path, SonoError *err);

/* Bytes of a string from the file that fit a message ("%.*s"), cut between characters. */
int sono_json_shown_length(const char *s);

/* values[i] = the value of names[i], or NULL; names is NULL-ended, at most SONO_JSON_MAX_FIELDS. */
SonoStatus sono_json_read_object(const cJSON *node, const SonoJsonPath *path, const char *const *names,
                                 const cJSON **values, SonoError *err);
SonoStatus sono_json_require(const cJSON *value, const SonoJsonPath *path, const char *name, SonoError *err);
/* Values of fields: *out is left as it is where value is NULL (the field is absent). */
SonoStatus sono_json_read_number(const cJSON *value, const SonoJsonPath *path, const char *name, double *out,
                                 SonoError *err);
SonoStatus sono_json_read_string(const cJSON *value, const SonoJsonPath *path, const char *name, const char **out,
                                 SonoError *err);
/* Index of a string in NULL-ended choices. */
SonoStatus sono_json_read_choice(const cJSON *value, const SonoJsonPath *path, const char *name,
                                 const char *const *choices, int *out, SonoError *err);
