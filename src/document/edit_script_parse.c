/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edit scripts: from JSON text to edits. Everything is checked here: structure and names by json_read, parameters by
 * the tables of operations and transforms, shapes by the mask (edit_script_parse_mask.c). */
#include <math.h>
#include <string.h>

#include "c_locale.h"
#include "edit_script_fields.h"
#include "edit_script_label.h"
#include "edit_script_parse_mask.h"
#include "edit_script_part.h"
#include "json_guard.h"
#include "json_read.h"
#include "sono_clip.h"
#include "sono_mem.h"
#include "sono_transform.h"

_Static_assert(SONO_MAX_PARAMS + 1 <= SONO_JSON_MAX_FIELDS, "a transform object holds its name and its parameters");

/* A parameter's value: a number, for an enum its choice's name, for a bool true or false. */
static SonoStatus read_param(const cJSON *value, const SonoJsonPath *path, SonoParamTable table, size_t i,
                             SonoParams *params, SonoError *err)
{
    const SonoParamDesc *d = &table.desc[i];
    double v = 0.0;
    SonoStatus status = SONO_OK;
    if (d->kind == SONO_PARAM_ENUM) {
        int choice = 0;
        status = sono_json_read_choice(value, path, d->name, d->choices, &choice, err);
        v = choice;
    } else if (d->kind == SONO_PARAM_BOOL) {
        const SonoJsonPath here = {path, d->name, 0};
        status = cJSON_IsBool(value) ? SONO_OK : sono_json_fail(&here, SONO_E_FORMAT, err, "must be true or false");
        v = cJSON_IsTrue(value) ? 1.0 : 0.0;
    } else {
        status = sono_json_read_number(value, path, d->name, &v, err);
    }
    if (status == SONO_OK && sono_params_set(table, params, d->name, v, err) != SONO_OK) {
        status = sono_json_fail_context(path, err);
    }
    return status;
}

/* An object that holds parameters of a table and, first, the field extra (or NULL). Absent ones keep their default. */
static SonoStatus read_params(const cJSON *node, const SonoJsonPath *path, SonoParamTable table, const char *extra,
                              SonoParams *params, SonoError *err)
{
    const char *names[SONO_JSON_MAX_FIELDS + 1] = {extra};
    const cJSON *values[SONO_JSON_MAX_FIELDS];
    const size_t first = extra ? 1 : 0;
    for (size_t i = 0; i < table.n; i++) {
        names[first + i] = table.desc[i].name;
    }
    *params = sono_params_defaults(table);
    SonoStatus status = sono_json_read_object(node, path, names, values, err);
    for (size_t i = 0; i < table.n && status == SONO_OK; i++) {
        if (values[first + i]) {
            status = read_param(values[first + i], path, table, i, params, err);
        }
    }
    return status;
}

/* "auto" or {"name": "stft", ...}. */
static SonoStatus read_transform(const cJSON *node, const SonoJsonPath *parent, SonoEdit *edit, SonoError *err)
{
    const SonoJsonPath path = {parent, sono_script_edit_fields[EDIT_TRANSFORM], 0};
    if (cJSON_IsString(node) && strcmp(node->valuestring, "auto") == 0) {
        return SONO_OK; /* as sono_edit_new left it */
    }
    if (!cJSON_IsObject(node)) {
        return sono_json_fail(&path, SONO_E_FORMAT, err, "must be \"auto\" or an object with a name");
    }
    const cJSON *name = node->child;
    while (name && strcmp(name->string, "name") != 0) {
        name = name->next;
    }
    const char *text = NULL;
    SonoStatus status = sono_json_require(name, &path, "name", err);
    if (status == SONO_OK) {
        status = sono_json_read_string(name, &path, "name", &text, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    const SonoTransform *transform = sono_transform_find(text);
    const SonoJsonPath name_path = {&path, "name", 0};
    if (!transform || strlen(transform->name) >= sizeof edit->transform) {
        return sono_json_fail(&name_path, SONO_E_FORMAT, err, "'%.*s' is not a known transform",
                              sono_json_shown_length(text), text);
    }
    memcpy(edit->transform, transform->name, strlen(transform->name) + 1);
    return read_params(node, &path, transform->params, "name", &edit->transform_params, err);
}

/* "all" or a list of channel numbers, counted from 0. */
static SonoStatus read_channels(const cJSON *node, const SonoJsonPath *parent, SonoEdit *edit, SonoError *err)
{
    const SonoJsonPath path = {parent, sono_script_edit_fields[EDIT_CHANNELS], 0};
    if (cJSON_IsString(node) && strcmp(node->valuestring, "all") == 0) {
        return SONO_OK;
    }
    if (!cJSON_IsArray(node) || !node->child) {
        return sono_json_fail(&path, SONO_E_FORMAT, err, "must be \"all\" or a list of channel numbers");
    }
    edit->all_channels = false;
    memset(edit->channels, 0, sizeof edit->channels);
    size_t i = 0;
    for (const cJSON *value = node->child; value; value = value->next, i++) {
        const SonoJsonPath here = {&path, NULL, i};
        const double v = cJSON_IsNumber(value) ? value->valuedouble : -1.0;
        if (!(v >= 0.0 && v < SONO_MAX_CHANNELS) || v != floor(v)) {
            return sono_json_fail(&here, SONO_E_RANGE, err, "must be a channel number from 0 to %d",
                                  SONO_MAX_CHANNELS - 1);
        }
        const int c = (int)v;
        const uint64_t bit = UINT64_C(1) << (c % 64);
        if (edit->channels[c / 64] & bit) {
            return sono_json_fail(&here, SONO_E_FORMAT, err, "channel %d is given twice", c);
        }
        edit->channels[c / 64] |= bit;
    }
    return SONO_OK;
}

static SonoStatus read_solver(const cJSON *node, const SonoJsonPath *parent, SonoSolverSettings *solver, SonoError *err)
{
    static const struct {
        double min, max;
    } ranges[N_SOLVER] = {
        [SOLVER_STRENGTH] = {0, 10000}, [SOLVER_TOLERANCE_DB] = {0, 40}, [SOLVER_MAX_STEPS] = {0, 200}};
    const SonoJsonPath path = {parent, sono_script_edit_fields[EDIT_SOLVER], 0};
    const char *const *names = sono_script_solver_fields;
    const cJSON *values[N_SOLVER];
    double v[N_SOLVER] = {solver->strength, solver->tolerance_db, solver->max_steps};
    SonoStatus status = sono_json_read_object(node, &path, names, values, err);
    for (size_t i = 0; i < N_SOLVER && status == SONO_OK; i++) {
        const SonoJsonPath here = {&path, names[i], 0};
        status = sono_json_read_number(values[i], &path, names[i], &v[i], err);
        if (status == SONO_OK && !(v[i] >= ranges[i].min && v[i] <= ranges[i].max)) {
            status = sono_json_fail(&here, SONO_E_RANGE, err, "is %g, must be from %g to %g", v[i], ranges[i].min,
                                    ranges[i].max);
        }
        if (status == SONO_OK && i == SOLVER_MAX_STEPS && v[i] != floor(v[i])) {
            status = sono_json_fail(&here, SONO_E_RANGE, err, "is %g, must be a whole number", v[i]);
        }
    }
    if (status == SONO_OK) {
        *solver = (SonoSolverSettings){v[SOLVER_STRENGTH], v[SOLVER_TOLERANCE_DB], (int)v[SOLVER_MAX_STEPS]};
    }
    return status;
}

static SonoStatus read_label(const cJSON *node, const SonoJsonPath *path, SonoEdit *edit, SonoError *err)
{
    const SonoJsonPath here = {path, sono_script_edit_fields[EDIT_LABEL], 0};
    const char *label = "";
    const SonoStatus status = sono_json_read_string(node, path, here.name, &label, err);
    if (status != SONO_OK) {
        return status;
    }
    if (strlen(label) >= sizeof edit->label) {
        return sono_json_fail(&here, SONO_E_LIMIT, err, "is longer than %zu bytes", sizeof edit->label - 1);
    }
    if (!sono_label_is_plain(label)) {
        return sono_json_fail(&here, SONO_E_FORMAT, err, "must be one line of plain text");
    }
    memcpy(edit->label, label, strlen(label) + 1);
    return SONO_OK;
}

/* An earlier state is one before the edit itself. index: of the edit among all of the document's. */
static SonoStatus check_state(const SonoEdit *edit, const SonoJsonPath *parent, size_t index, SonoError *err)
{
    const SonoJsonPath params = {parent, sono_script_edit_fields[EDIT_PARAMS], 0};
    const SonoJsonPath here = {&params, edit->operation->params.desc[0].name, 0};
    if (sono_edit_has_its_state(edit, index)) {
        return SONO_OK;
    }
    return sono_json_fail(&here, SONO_E_RANGE, err, "is %.0f, but only %zu edits come before this one",
                          edit->params.v[0], index);
}

/* edit is empty; what was read of it stays its own, also on error. */
static SonoStatus read_edit(const cJSON *node, const SonoJsonPath *path, size_t index, SonoEdit *edit, SonoError *err)
{
    const char *const *names = sono_script_edit_fields;
    const cJSON *values[N_EDIT];
    const char *operation_name = NULL;
    SonoStatus status = sono_json_read_object(node, path, names, values, err);
    if (status == SONO_OK) {
        status = sono_json_require(values[EDIT_OPERATION], path, names[EDIT_OPERATION], err);
    }
    if (status == SONO_OK) {
        status = sono_json_read_string(values[EDIT_OPERATION], path, names[EDIT_OPERATION], &operation_name, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    const SonoOperation *operation = sono_operation_find(operation_name);
    if (!operation) {
        const SonoJsonPath here = {path, names[EDIT_OPERATION], 0};
        return sono_json_fail(&here, SONO_E_FORMAT, err, "'%.*s' is not a known operation",
                              sono_json_shown_length(operation_name), operation_name);
    }
    *edit = sono_edit_new(operation);
    if (values[EDIT_PARAMS]) {
        const SonoJsonPath here = {path, names[EDIT_PARAMS], 0};
        status = read_params(values[EDIT_PARAMS], &here, operation->params, NULL, &edit->params, err);
    }
    if (status == SONO_OK && operation->takes_state) {
        status = check_state(edit, path, index, err);
    }
    if (status == SONO_OK) {
        status = read_label(values[EDIT_LABEL], path, edit, err);
    }
    if (status == SONO_OK && values[EDIT_CHANNELS]) {
        status = read_channels(values[EDIT_CHANNELS], path, edit, err);
    }
    if (status == SONO_OK && values[EDIT_TRANSFORM]) {
        status = read_transform(values[EDIT_TRANSFORM], path, edit, err);
    }
    if (status == SONO_OK && values[EDIT_SOLVER]) {
        status = read_solver(values[EDIT_SOLVER], path, &edit->solver, err);
    }
    if (status == SONO_OK) {
        status = sono_script_read_mask(values[EDIT_MASK], path, &edit->mask, err);
    }
    return status;
}

static SonoStatus read_script(const cJSON *root, size_t n_before, SonoEditScript *script, SonoError *err)
{
    const SonoJsonPath top = {0};
    const SonoJsonPath list = {&top, sono_script_root_fields[ROOT_EDITS], 0};
    const SonoJsonPath version_path = {&top, sono_script_root_fields[ROOT_VERSION], 0};
    const cJSON *values[N_ROOT];
    if (!cJSON_IsObject(root)) {
        return sono_fail(err, SONO_E_FORMAT, "an edit script must be a JSON object");
    }
    /* The version first: a newer script has fields this program does not know. */
    double version = 0.0;
    for (const cJSON *field = root->child; field; field = field->next) {
        if (strcmp(field->string, version_path.name) == 0 && cJSON_IsNumber(field) &&
            field->valuedouble > SONO_SCRIPT_VERSION) {
            return sono_json_fail(&version_path, SONO_E_UNSUPPORTED, err,
                                  "version %g is newer than this program understands (%d)", field->valuedouble,
                                  SONO_SCRIPT_VERSION);
        }
    }
    SonoStatus status = sono_json_read_object(root, &top, sono_script_root_fields, values, err);
    if (status == SONO_OK) {
        status = sono_json_require(values[ROOT_VERSION], &top, version_path.name, err);
    }
    if (status == SONO_OK) {
        status = sono_json_read_number(values[ROOT_VERSION], &top, version_path.name, &version, err);
    }
    if (status == SONO_OK && version != SONO_SCRIPT_VERSION) {
        status = sono_json_fail(&version_path, SONO_E_FORMAT, err, "must be %d", SONO_SCRIPT_VERSION);
    }
    if (status == SONO_OK) {
        status = sono_json_require(values[ROOT_EDITS], &top, list.name, err);
    }
    if (status == SONO_OK && !cJSON_IsArray(values[ROOT_EDITS])) {
        status = sono_json_fail(&list, SONO_E_FORMAT, err, "must be a list of edits");
    }
    if (status != SONO_OK) {
        return status;
    }
    size_t n = 0;
    for (const cJSON *edit = values[ROOT_EDITS]->child; edit; edit = edit->next) {
        n++;
    }
    script->edits = sono_calloc(n ? n : 1, sizeof *script->edits);
    if (!script->edits) {
        return sono_json_fail(&list, SONO_E_NOMEM, err, "no memory for %zu edits", n);
    }
    for (const cJSON *edit = values[ROOT_EDITS]->child; edit && status == SONO_OK; edit = edit->next) {
        const SonoJsonPath here = {&list, NULL, script->n_edits};
        status = read_edit(edit, &here, n_before + script->n_edits, &script->edits[script->n_edits], err);
        script->n_edits++;
    }
    return status;
}

SonoStatus sono_edit_script_parse(const char *text, size_t n_bytes, SonoEditScript *out, SonoError *err)
{
    return sono_edit_script_parse_part(text, n_bytes, 0, out, err);
}

SonoStatus sono_edit_script_parse_part(const char *text, size_t n_bytes, size_t n_before, SonoEditScript *out,
                                       SonoError *err)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    if (n_bytes >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
        text += 3;
        n_bytes -= 3;
    }
    SonoStatus status = sono_json_guard(text, n_bytes, err);
    if (status != SONO_OK) {
        return status;
    }
    SonoCLocale locale;
    if (!sono_c_locale_enter(&locale)) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for an edit script");
    }
    cJSON *root = cJSON_ParseWithLength(text, n_bytes);
    sono_c_locale_leave(&locale);
    if (!root) { /* the guard has passed the text, so it is not its form */
        return sono_fail(err, SONO_E_NOMEM, "no memory for an edit script of %zu bytes", n_bytes);
    }
    SonoEditScript script = {0};
    status = read_script(root, n_before, &script, err);
    cJSON_Delete(root);
    if (status == SONO_OK) {
        *out = script;
    } else {
        sono_edit_script_clear(&script);
    }
    return status;
}
