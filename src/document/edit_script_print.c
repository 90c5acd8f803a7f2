/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edit scripts: from edits to JSON text. Every field is written, defaults too, so that a script means the same when a
 * later version has other defaults. What could not be read back is refused. */
#include <math.h>
#include <string.h>

#include "edit_script_fields.h"
#include "edit_script_label.h"
#include "edit_script_part.h"
#include "json_guard.h"
#include "sono_clip.h"
#include "sono_json_writer.h"
#include "sono_mem.h"
#include "sono_transform.h"

static void print_params(SonoJsonWriter *w, SonoParamTable table, const SonoParams *params)
{
    for (size_t i = 0; i < table.n; i++) {
        const SonoParamDesc *d = &table.desc[i];
        if (d->kind == SONO_PARAM_ENUM) {
            sono_json_string(w, d->name, d->choices[(size_t)params->v[i]]);
        } else if (d->kind == SONO_PARAM_BOOL) {
            sono_json_bool(w, d->name, params->v[i] != 0.0);
        } else {
            sono_json_double(w, d->name, params->v[i]);
        }
    }
}

static void print_channels(SonoJsonWriter *w, const char *key, const SonoEdit *edit)
{
    if (edit->all_channels) {
        sono_json_string(w, key, "all");
        return;
    }
    sono_json_begin_array(w, key, SONO_JSON_INLINE);
    for (int c = 0; c < SONO_MAX_CHANNELS; c++) {
        if (edit->channels[c / 64] >> (c % 64) & 1u) {
            sono_json_int(w, NULL, c);
        }
    }
    sono_json_end_array(w);
}

static void print_box(SonoJsonWriter *w, const SonoShape *shape)
{
    const char *const *names = sono_script_box_fields;
    sono_json_double(w, names[BOX_T0_S], shape->box.t0_s);
    sono_json_double(w, names[BOX_T1_S], shape->box.t1_s);
    sono_json_double(w, names[BOX_F0_HZ], shape->box.f0_hz);
    sono_json_double(w, names[BOX_F1_HZ], shape->box.f1_hz);
    sono_json_double(w, names[BOX_FEATHER_MS], shape->feather_ms);
    sono_json_double(w, names[BOX_FEATHER_HZ], shape->feather_hz);
}

static void print_brush(SonoJsonWriter *w, const SonoBrush *brush)
{
    const char *const *names = sono_script_brush_fields;
    sono_json_begin_object(w, sono_script_stroke_fields[STROKE_BRUSH], SONO_JSON_INLINE);
    sono_json_double(w, names[BRUSH_RADIUS_MS], brush->radius_ms);
    if (brush->radius_oct > 0.0) {
        sono_json_double(w, names[BRUSH_RADIUS_OCT], brush->radius_oct);
    } else {
        sono_json_double(w, names[BRUSH_RADIUS_HZ], brush->radius_hz);
    }
    sono_json_double(w, names[BRUSH_HARDNESS], brush->hardness);
    sono_json_double(w, names[BRUSH_FLOW], brush->flow);
    sono_json_double(w, names[BRUSH_PRESSURE_TO_SIZE], brush->pressure_to_size);
    sono_json_double(w, names[BRUSH_PRESSURE_TO_FLOW], brush->pressure_to_flow);
    sono_json_end_object(w);
}

static void print_stroke(SonoJsonWriter *w, const SonoShape *shape)
{
    print_brush(w, &shape->brush);
    sono_json_begin_array(w, sono_script_stroke_fields[STROKE_POINTS], SONO_JSON_LINES);
    for (size_t i = 0; i < shape->n_points; i++) {
        sono_json_begin_array(w, NULL, SONO_JSON_INLINE);
        sono_json_double(w, NULL, shape->points[i].t_s);
        sono_json_double(w, NULL, shape->points[i].f_hz);
        sono_json_double(w, NULL, shape->points[i].pressure);
        sono_json_end_array(w);
    }
    sono_json_end_array(w);
}

static void print_mask(SonoJsonWriter *w, const SonoMask *mask)
{
    sono_json_begin_object(w, sono_script_edit_fields[EDIT_MASK], SONO_JSON_LINES);
    sono_json_begin_array(w, sono_script_mask_fields[MASK_SHAPES], SONO_JSON_LINES);
    for (size_t i = 0; i < mask->n_shapes; i++) {
        const SonoShape *shape = &mask->shapes[i];
        const bool is_box = shape->kind == SONO_SHAPE_BOX;
        sono_json_begin_object(w, NULL, is_box ? SONO_JSON_INLINE : SONO_JSON_LINES);
        sono_json_string(w, sono_script_box_fields[BOX_KIND], sono_script_kinds[shape->kind]);
        sono_json_string(w, sono_script_box_fields[BOX_COMBINE], sono_script_combines[shape->combine]);
        if (is_box) {
            print_box(w, shape);
        } else {
            print_stroke(w, shape);
        }
        sono_json_end_object(w);
    }
    sono_json_end_array(w);
    sono_json_end_object(w);
}

/* The edit can be written and read back. */
static SonoStatus check_edit(const SonoEdit *edit, size_t index, SonoError *err)
{
    const SonoTransform *transform = sono_transform_find(edit->transform);
    if (!edit->operation) {
        return sono_fail(err, SONO_E_INVALID, "operation: missing");
    }
    if (!transform && strcmp(edit->transform, "auto") != 0) {
        return sono_fail(err, SONO_E_INVALID, "transform: '%.20s' is not a known transform", edit->transform);
    }
    if (!sono_label_is_plain(edit->label)) {
        return sono_fail(err, SONO_E_INVALID, "label: must be one line of plain text");
    }
    if (!edit->all_channels && !(edit->channels[0] | edit->channels[1] | edit->channels[2] | edit->channels[3])) {
        return sono_fail(err, SONO_E_INVALID, "channels: none is chosen");
    }
    SonoStatus status = sono_params_check(edit->operation->params, &edit->params, err);
    if (status == SONO_OK && transform) {
        status = sono_params_check(transform->params, &edit->transform_params, err);
    }
    if (status == SONO_OK && !sono_edit_has_its_state(edit, index)) {
        status = sono_fail(err, SONO_E_RANGE, "params.%s: is %.0f, but only %zu edits come before this one",
                           edit->operation->params.desc[0].name, edit->params.v[0], index);
    }
    return status;
}

static void print_edit(SonoJsonWriter *w, const SonoEdit *edit)
{
    const char *const *names = sono_script_edit_fields;
    const SonoTransform *transform = sono_transform_find(edit->transform);
    sono_json_begin_object(w, NULL, SONO_JSON_LINES);
    sono_json_string(w, names[EDIT_OPERATION], edit->operation->name);
    sono_json_begin_object(w, names[EDIT_PARAMS], SONO_JSON_INLINE);
    print_params(w, edit->operation->params, &edit->params);
    sono_json_end_object(w);
    sono_json_string(w, names[EDIT_LABEL], edit->label);
    print_channels(w, names[EDIT_CHANNELS], edit);
    if (transform) {
        sono_json_begin_object(w, names[EDIT_TRANSFORM], SONO_JSON_INLINE);
        sono_json_string(w, "name", transform->name);
        print_params(w, transform->params, &edit->transform_params);
        sono_json_end_object(w);
    } else {
        sono_json_string(w, names[EDIT_TRANSFORM], "auto");
    }
    sono_json_begin_object(w, names[EDIT_SOLVER], SONO_JSON_INLINE);
    sono_json_double(w, sono_script_solver_fields[SOLVER_STRENGTH], edit->solver.strength);
    sono_json_double(w, sono_script_solver_fields[SOLVER_TOLERANCE_DB], edit->solver.tolerance_db);
    sono_json_int(w, sono_script_solver_fields[SOLVER_MAX_STEPS], edit->solver.max_steps);
    sono_json_end_object(w);
    print_mask(w, &edit->mask);
    sono_json_end_object(w);
}

static SonoStatus print(const SonoEdit *const *edits, size_t n_edits, size_t n_before, SonoJsonLayout layout,
                        char **text, SonoError *err)
{
    SonoJsonWriter w = {0};
    for (size_t i = 0; i < n_edits; i++) {
        if (check_edit(edits[i], n_before + i, err) != SONO_OK) {
            return sono_fail_context(err, "%s[%zu]", sono_script_root_fields[ROOT_EDITS], i);
        }
    }
    sono_json_begin_object(&w, NULL, layout);
    sono_json_int(&w, sono_script_root_fields[ROOT_VERSION], SONO_SCRIPT_VERSION);
    sono_json_begin_array(&w, sono_script_root_fields[ROOT_EDITS], SONO_JSON_LINES);
    for (size_t i = 0; i < n_edits; i++) {
        print_edit(&w, edits[i]);
    }
    sono_json_end_array(&w);
    sono_json_end_object(&w);
    char *printed = NULL;
    SonoStatus status = sono_json_finish(&w, &printed, err);
    if (status == SONO_OK) {
        status = sono_json_guard(printed, strlen(printed), err);
    }
    if (status == SONO_OK) {
        *text = printed;
    } else {
        sono_free(printed);
    }
    return status;
}

SonoStatus sono_edit_script_print(const SonoEdit *const *edits, size_t n_edits, char **text, SonoError *err)
{
    return print(edits, n_edits, 0, SONO_JSON_LINES, text, err);
}

SonoStatus sono_edit_script_print_part(const SonoEdit *const *edits, size_t n_edits, size_t n_before, char **text,
                                       SonoError *err)
{
    return print(edits, n_edits, n_before, SONO_JSON_INLINE, text, err);
}
