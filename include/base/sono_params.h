/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameter tables: one declaration per parameter serves the arithmetic, JSON, the command line and (later) panels.
 * Values are doubles in table order; an enum's value is its index, a bool's is 0 or 1. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "sono_error.h"

#define SONO_MAX_PARAMS 16

typedef enum SonoParamKind { SONO_PARAM_FLOAT, SONO_PARAM_INT, SONO_PARAM_ENUM, SONO_PARAM_BOOL } SonoParamKind;

typedef struct SonoParamDesc {
    const char *name;  /* JSON and command-line key: lower case, words joined by '_', unit at the end ("gain_db") */
    const char *title; /* for people: "Gain" */
    const char *unit;  /* "dB", "ms", "Hz", "frames", "" */
    SonoParamKind kind;
    double min, max, def;       /* range is inclusive; def lies in it */
    const char *const *choices; /* ENUM only: NULL-ended names; else NULL */
    const char *tip;            /* one sentence */
} SonoParamDesc;

typedef struct SonoParamTable {
    const SonoParamDesc *desc;
    size_t n; /* <= SONO_MAX_PARAMS */
} SonoParamTable;

typedef struct SonoParams {
    double v[SONO_MAX_PARAMS]; /* entries past the table's n are 0 */
} SonoParams;

SonoParams sono_params_defaults(SonoParamTable table);
/* Index of a name, or -1. */
int sono_params_find(SonoParamTable table, const char *name);
/* Set one by name from a number (RANGE names the parameter, its value and limits; INVALID an unknown name). */
SonoStatus sono_params_set(SonoParamTable table, SonoParams *p, const char *name, double value, SonoError *err);
/* Set one by name from text: a number, an enum's choice, or true/false. Numbers are read with '.' in every locale. */
SonoStatus sono_params_set_text(SonoParamTable table, SonoParams *p, const char *name, const char *text,
                                SonoError *err);
/* Check all values: finite, in range, whole where INT/ENUM/BOOL. */
SonoStatus sono_params_check(SonoParamTable table, const SonoParams *p, SonoError *err);
