/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A script that goes on where others have begun: edits that take an earlier state count all before them. */
#pragma once
#include "sono_edit_script.h"

/* As sono_edit_script_parse, with n_before edits before the script's first. */
SonoStatus sono_edit_script_parse_part(const char *text, size_t n_bytes, size_t n_before, SonoEditScript *out,
                                       SonoError *err);
/* As sono_edit_script_print; a part stands on one line. */
SonoStatus sono_edit_script_print_part(const SonoEdit *const *edits, size_t n_edits, size_t n_before, char **text,
                                       SonoError *err);
