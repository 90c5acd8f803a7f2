/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edit scripts: a versioned JSON list of edits (docs/edit-script.md, docs/edit-script.schema.json). Unknown fields are
 * refused by name; size <= 16 MiB, nesting <= 64, nodes <= 1 million. Numbers are written so that they read back with
 * the same bits. */
#pragma once
#include <stddef.h>

#include "sono_edit.h"

typedef struct SonoEditScript {
    SonoEdit *edits; /* owned */
    size_t n_edits;
} SonoEditScript;

/* text need not be NUL-terminated. Errors: FORMAT ("edits[2].mask.shapes[0].box.t1_s: ..."), LIMIT, RANGE, NOMEM. */
SonoStatus sono_edit_script_parse(const char *text, size_t n_bytes, SonoEditScript *out, SonoError *err);
SonoStatus sono_edit_script_load(const char *path, SonoEditScript *out, SonoError *err);
/* *text is malloc'ed (sono_free), NUL-terminated, ends with a newline. */
SonoStatus sono_edit_script_print(const SonoEdit *const *edits, size_t n_edits, char **text, SonoError *err);
SonoStatus sono_edit_script_save(const char *path, const SonoEdit *const *edits, size_t n_edits, SonoError *err);
void sono_edit_script_clear(SonoEditScript *script);
