/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes JSON text into a growing buffer: edit scripts, and what the command line prints with --json. Doubles are
 * written with the fewest digits that read back with the same bits, with '.' in every locale; non-finite ones as null.
 * Strings are always valid UTF-8 (bad bytes become U+FFFD) and free of control and bidirectional-override characters
 * (escaped), so the text is safe to show on a terminal. The first failure (no memory) sticks and is reported at the
 * end. A writer belongs to one thread. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sono_error.h"

#define SONO_JSON_WRITER_MAX_DEPTH 64

typedef struct SonoJsonWriter {
    char *text;
    size_t n, cap;
    int depth;
    uint64_t inline_bits; /* bit d: level d is written on one line */
    uint64_t filled_bits; /* bit d: level d has an element already */
    bool failed;
} SonoJsonWriter;

typedef enum SonoJsonLayout { SONO_JSON_LINES, SONO_JSON_INLINE } SonoJsonLayout;

/* A zero-initialised writer is empty. key is NULL inside arrays and at the top. What is inside an inline value is
 * inline too. */
void sono_json_begin_object(SonoJsonWriter *w, const char *key, SonoJsonLayout layout);
void sono_json_end_object(SonoJsonWriter *w);
void sono_json_begin_array(SonoJsonWriter *w, const char *key, SonoJsonLayout layout);
void sono_json_end_array(SonoJsonWriter *w);
void sono_json_string(SonoJsonWriter *w, const char *key, const char *value); /* NULL: null */
void sono_json_double(SonoJsonWriter *w, const char *key, double value);
void sono_json_int(SonoJsonWriter *w, const char *key, int64_t value);
void sono_json_bool(SonoJsonWriter *w, const char *key, bool value);
void sono_json_null(SonoJsonWriter *w, const char *key);

/* *text is malloc'ed (sono_free), NUL-terminated, ends with a newline. Leaves the writer empty, also on error (NOMEM,
 * INVALID when begin and end do not match). */
SonoStatus sono_json_finish(SonoJsonWriter *w, char **text, SonoError *err);
void sono_json_clear(SonoJsonWriter *w);

/* The double's shortest text: "0.1", "1e-07", "-3". buf holds at least 32 bytes. Returns buf. */
const char *sono_json_format_double(double value, char *buf, size_t n_bytes);
