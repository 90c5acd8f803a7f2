/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The field names of an edit script, once: the parser accepts these, the printer writes these, and a test holds
 * docs/edit-script.schema.json to them. Parameters of operations and transforms are in their own tables. */
#pragma once

#define SONO_SCRIPT_VERSION 1

/* SONO_SCRIPT_FIELDS_<object>(F): F(NAME, "name"), in the order they are written. */
#define SONO_SCRIPT_FIELDS_ROOT(F) F(VERSION, "sonobrush_edits") F(EDITS, "edits")
#define SONO_SCRIPT_FIELDS_EDIT(F)                                                                                     \
    F(OPERATION, "operation")                                                                                          \
    F(PARAMS, "params")                                                                                                \
    F(LABEL, "label")                                                                                                  \
    F(CHANNELS, "channels")                                                                                            \
    F(TRANSFORM, "transform")                                                                                          \
    F(SOLVER, "solver")                                                                                                \
    F(MASK, "mask")
#define SONO_SCRIPT_FIELDS_SOLVER(F) F(STRENGTH, "strength") F(TOLERANCE_DB, "tolerance_db") F(MAX_STEPS, "max_steps")
#define SONO_SCRIPT_FIELDS_MASK(F) F(SHAPES, "shapes")
#define SONO_SCRIPT_FIELDS_BOX(F)                                                                                      \
    F(KIND, "kind")                                                                                                    \
    F(COMBINE, "combine")                                                                                              \
    F(T0_S, "t0_s")                                                                                                    \
    F(T1_S, "t1_s")                                                                                                    \
    F(F0_HZ, "f0_hz")                                                                                                  \
    F(F1_HZ, "f1_hz")                                                                                                  \
    F(FEATHER_MS, "feather_ms")                                                                                        \
    F(FEATHER_HZ, "feather_hz")
#define SONO_SCRIPT_FIELDS_STROKE(F) F(KIND, "kind") F(COMBINE, "combine") F(BRUSH, "brush") F(POINTS, "points")
#define SONO_SCRIPT_FIELDS_BRUSH(F)                                                                                    \
    F(RADIUS_MS, "radius_ms")                                                                                          \
    F(RADIUS_HZ, "radius_hz")                                                                                          \
    F(RADIUS_OCT, "radius_oct")                                                                                        \
    F(HARDNESS, "hardness")                                                                                            \
    F(FLOW, "flow")                                                                                                    \
    F(PRESSURE_TO_SIZE, "pressure_to_size")                                                                            \
    F(PRESSURE_TO_FLOW, "pressure_to_flow")

#define SONO_SCRIPT_ENUM_ROOT(id, text) ROOT_##id,
#define SONO_SCRIPT_ENUM_EDIT(id, text) EDIT_##id,
#define SONO_SCRIPT_ENUM_SOLVER(id, text) SOLVER_##id,
#define SONO_SCRIPT_ENUM_MASK(id, text) MASK_##id,
#define SONO_SCRIPT_ENUM_BOX(id, text) BOX_##id,
#define SONO_SCRIPT_ENUM_STROKE(id, text) STROKE_##id,
#define SONO_SCRIPT_ENUM_BRUSH(id, text) BRUSH_##id,
enum { SONO_SCRIPT_FIELDS_ROOT(SONO_SCRIPT_ENUM_ROOT) N_ROOT };
enum { SONO_SCRIPT_FIELDS_EDIT(SONO_SCRIPT_ENUM_EDIT) N_EDIT };
enum { SONO_SCRIPT_FIELDS_SOLVER(SONO_SCRIPT_ENUM_SOLVER) N_SOLVER };
enum { SONO_SCRIPT_FIELDS_MASK(SONO_SCRIPT_ENUM_MASK) N_MASK };
enum { SONO_SCRIPT_FIELDS_BOX(SONO_SCRIPT_ENUM_BOX) N_BOX };
enum { SONO_SCRIPT_FIELDS_STROKE(SONO_SCRIPT_ENUM_STROKE) N_STROKE };
enum { SONO_SCRIPT_FIELDS_BRUSH(SONO_SCRIPT_ENUM_BRUSH) N_BRUSH };

/* NULL-ended. */
extern const char *const sono_script_root_fields[];
extern const char *const sono_script_edit_fields[];
extern const char *const sono_script_solver_fields[];
extern const char *const sono_script_mask_fields[];
extern const char *const sono_script_box_fields[];
extern const char *const sono_script_stroke_fields[];
extern const char *const sono_script_brush_fields[];
extern const char *const sono_script_kinds[];    /* in the order of SonoShapeKind */
extern const char *const sono_script_combines[]; /* in the order of SonoCombine */
