/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mask of an edit in an edit script: boxes and strokes. Ranges are the mask's own business (sono_mask_add). */
#include "edit_script_parse_mask.h"

#include <string.h>

#include "edit_script_fields.h"
#include "sono_mem.h"

/* Numbers of an object: those before n_required must be there, others keep what they have. */
static SonoStatus read_numbers(const cJSON *const *values, const SonoJsonPath *path, const char *const *names,
                               double *const *out, size_t n, size_t n_required, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (size_t i = 0; i < n && status == SONO_OK; i++) {
        if (i < n_required) {
            status = sono_json_require(values[i], path, names[i], err);
        }
        if (status == SONO_OK) {
            status = sono_json_read_number(values[i], path, names[i], out[i], err);
        }
    }
    return status;
}

static SonoStatus read_box(const cJSON *node, const SonoJsonPath *path, SonoShape *shape, SonoError *err)
{
    const cJSON *values[N_BOX];
    double *const out[] = {&shape->box.t0_s,  &shape->box.t1_s,   &shape->box.f0_hz,
                           &shape->box.f1_hz, &shape->feather_ms, &shape->feather_hz};
    int combine = SONO_COMBINE_ADD;
    SonoStatus status = sono_json_read_object(node, path, sono_script_box_fields, values, err);
    if (status == SONO_OK) {
        status = sono_json_read_choice(values[BOX_COMBINE], path, sono_script_box_fields[BOX_COMBINE],
                                       sono_script_combines, &combine, err);
    }
    if (status == SONO_OK) {
        status = read_numbers(values + BOX_T0_S, path, sono_script_box_fields + BOX_T0_S, out, N_BOX - BOX_T0_S,
                              BOX_FEATHER_MS - BOX_T0_S, err);
    }
    shape->combine = (SonoCombine)combine;
    return status;
}

static SonoStatus read_brush(const cJSON *node, const SonoJsonPath *parent, SonoBrush *brush, SonoError *err)
{
    const SonoJsonPath path = {parent, sono_script_stroke_fields[STROKE_BRUSH], 0};
    const cJSON *values[N_BRUSH];
    double *const out[N_BRUSH] = {&brush->radius_ms,       &brush->radius_hz, &brush->radius_oct,
                                  &brush->hardness,        &brush->flow,      &brush->pressure_to_size,
                                  &brush->pressure_to_flow};
    *brush = (SonoBrush){.hardness = 0.5, .flow = 1.0};
    SonoStatus status = sono_json_require(node, parent, path.name, err);
    if (status == SONO_OK) {
        status = sono_json_read_object(node, &path, sono_script_brush_fields, values, err);
    }
    if (status == SONO_OK) {
        status = read_numbers(values, &path, sono_script_brush_fields, out, N_BRUSH, BRUSH_RADIUS_MS + 1, err);
    }
    if (status == SONO_OK && !values[BRUSH_RADIUS_HZ] == !values[BRUSH_RADIUS_OCT]) {
        status = sono_json_fail(&path, SONO_E_FORMAT, err, "needs radius_hz or radius_oct, and not both");
    }
    if (status == SONO_OK && values[BRUSH_RADIUS_OCT] && !(brush->radius_oct > 0.0)) {
        const SonoJsonPath here = {&path, sono_script_brush_fields[BRUSH_RADIUS_OCT], 0};
        status = sono_json_fail(&here, SONO_E_RANGE, err, "is %g, must be more than 0", brush->radius_oct);
    }
    return status;
}

/* [seconds, Hz] or [seconds, Hz, pressure]. */
static SonoStatus read_point(const cJSON *node, const SonoJsonPath *path, SonoStrokePoint *point, SonoError *err)
{
    double v[3] = {0.0, 0.0, 1.0};
    size_t n = 0;
    if (cJSON_IsArray(node)) {
        for (const cJSON *value = node->child; value && n <= 3; value = value->next, n++) {
            const SonoJsonPath here = {path, NULL, n};
            if (!cJSON_IsNumber(value)) {
                return sono_json_fail(&here, SONO_E_FORMAT, err, "must be a number");
            }
            if (n < 3) {
                v[n] = value->valuedouble;
            }
        }
    }
    if (n != 2 && n != 3) {
        return sono_json_fail(path, SONO_E_FORMAT, err, "must be [seconds, Hz] or [seconds, Hz, pressure]");
    }
    *point = (SonoStrokePoint){v[0], v[1], v[2]};
    return SONO_OK;
}

/* shape->points is allocated here and freed by the caller, also on error. */
static SonoStatus read_points(const cJSON *node, const SonoJsonPath *parent, SonoShape *shape, SonoError *err)
{
    const SonoJsonPath path = {parent, sono_script_stroke_fields[STROKE_POINTS], 0};
    const SonoStatus status = sono_json_require(node, parent, path.name, err);
    if (status != SONO_OK) {
        return status;
    }
    if (!cJSON_IsArray(node) || !node->child) {
        return sono_json_fail(&path, SONO_E_FORMAT, err, "must be a list of at least one point");
    }
    size_t n = 0;
    for (const cJSON *value = node->child; value; value = value->next) {
        n++;
    }
    shape->points = sono_calloc(n, sizeof *shape->points);
    if (!shape->points) {
        return sono_json_fail(&path, SONO_E_NOMEM, err, "no memory for %zu points", n);
    }
    for (const cJSON *value = node->child; value; value = value->next) {
        const SonoJsonPath here = {&path, NULL, shape->n_points};
        const SonoStatus point_status = read_point(value, &here, &shape->points[shape->n_points], err);
        if (point_status != SONO_OK) {
            return point_status;
        }
        shape->n_points++;
    }
    return SONO_OK;
}

static SonoStatus read_stroke(const cJSON *node, const SonoJsonPath *path, SonoShape *shape, SonoError *err)
{
    const cJSON *values[N_STROKE];
    int combine = SONO_COMBINE_ADD;
    SonoStatus status = sono_json_read_object(node, path, sono_script_stroke_fields, values, err);
    if (status == SONO_OK) {
        status = sono_json_read_choice(values[STROKE_COMBINE], path, sono_script_stroke_fields[STROKE_COMBINE],
                                       sono_script_combines, &combine, err);
    }
    if (status == SONO_OK) {
        status = read_brush(values[STROKE_BRUSH], path, &shape->brush, err);
    }
    if (status == SONO_OK) {
        status = read_points(values[STROKE_POINTS], path, shape, err);
    }
    shape->combine = (SonoCombine)combine;
    return status;
}

static SonoStatus read_shape(const cJSON *node, const SonoJsonPath *path, SonoMask *mask, SonoError *err)
{
    if (!cJSON_IsObject(node)) {
        return sono_json_fail(path, SONO_E_FORMAT, err, "must be an object");
    }
    const cJSON *kind_node = node->child;
    while (kind_node && strcmp(kind_node->string, "kind") != 0) {
        kind_node = kind_node->next;
    }
    int kind = 0;
    SonoStatus status = sono_json_require(kind_node, path, "kind", err);
    if (status == SONO_OK) {
        status = sono_json_read_choice(kind_node, path, "kind", sono_script_kinds, &kind, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    SonoShape shape = {.kind = (SonoShapeKind)kind};
    status = kind == SONO_SHAPE_BOX ? read_box(node, path, &shape, err) : read_stroke(node, path, &shape, err);
    if (status == SONO_OK && (status = sono_mask_add(mask, &shape, err)) != SONO_OK) {
        (void)sono_json_fail_context(path, err);
    }
    sono_free(shape.points);
    return status;
}

SonoStatus sono_script_read_mask(const cJSON *node, const SonoJsonPath *parent, SonoMask *mask, SonoError *err)
{
    const SonoJsonPath path = {parent, sono_script_edit_fields[EDIT_MASK], 0};
    const SonoJsonPath list = {&path, sono_script_mask_fields[MASK_SHAPES], 0};
    const cJSON *values[N_MASK];
    SonoStatus status = sono_json_require(node, parent, path.name, err);
    if (status == SONO_OK) {
        status = sono_json_read_object(node, &path, sono_script_mask_fields, values, err);
    }
    if (status == SONO_OK) {
        status = sono_json_require(values[MASK_SHAPES], &path, list.name, err);
    }
    if (status == SONO_OK && !cJSON_IsArray(values[MASK_SHAPES])) {
        status = sono_json_fail(&list, SONO_E_FORMAT, err, "must be a list of shapes");
    }
    size_t i = 0;
    for (const cJSON *shape = status == SONO_OK ? values[MASK_SHAPES]->child : NULL; shape && status == SONO_OK;
         shape = shape->next, i++) {
        const SonoJsonPath here = {&list, NULL, i};
        status = read_shape(shape, &here, mask, err);
    }
    return status;
}
