/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The name tables of edit_script_fields.h. */
#include "edit_script_fields.h"

#include <stddef.h>

#define NAME(id, text) text,

const char *const sono_script_root_fields[] = {SONO_SCRIPT_FIELDS_ROOT(NAME) NULL};
const char *const sono_script_edit_fields[] = {SONO_SCRIPT_FIELDS_EDIT(NAME) NULL};
const char *const sono_script_solver_fields[] = {SONO_SCRIPT_FIELDS_SOLVER(NAME) NULL};
const char *const sono_script_mask_fields[] = {SONO_SCRIPT_FIELDS_MASK(NAME) NULL};
const char *const sono_script_box_fields[] = {SONO_SCRIPT_FIELDS_BOX(NAME) NULL};
const char *const sono_script_stroke_fields[] = {SONO_SCRIPT_FIELDS_STROKE(NAME) NULL};
const char *const sono_script_brush_fields[] = {SONO_SCRIPT_FIELDS_BRUSH(NAME) NULL};
const char *const sono_script_kinds[] = {"box", "stroke", NULL};
const char *const sono_script_combines[] = {"add", "subtract", "intersect", NULL};
