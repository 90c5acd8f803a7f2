/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A strict look at JSON text before cJSON sees it. cJSON 1.7 accepts trailing garbage and invalid UTF-8, cuts strings
 * at \u0000, turns 1e999 into null and numbers of more than 63 characters into pieces, and needs forty times the text
 * in memory; none of that gets past here. */
#pragma once
#include <stddef.h>

#include "sono_error.h"

#define SONO_JSON_MAX_BYTES ((size_t)16 << 20)
#define SONO_JSON_MAX_DEPTH 64
#define SONO_JSON_MAX_NODES 1000000
#define SONO_JSON_MAX_NUMBER 63 /* characters of one number */

/* Text is one RFC 8259 value within the limits, every number finite. Errors name line and column: FORMAT, LIMIT. */
SonoStatus sono_json_guard(const char *text, size_t n_bytes, SonoError *err);
