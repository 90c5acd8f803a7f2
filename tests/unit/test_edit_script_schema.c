/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/edit-script.schema.json says what the parser accepts and the printer writes: same objects, same fields, same
 * required ones, same ranges, same names of operations and transforms. */
#include <string.h>

#include <cjson/cJSON.h>

#include "edit_script_fields.h"
#include "sono_edit_script.h"
#include "sono_mem.h"
#include "sono_test.h"
#include "sono_transform.h"

static cJSON *load(void)
{
    char path[1024];
    const char *root = getenv("SONO_SOURCE_DIR");
    (void)snprintf(path, sizeof path, "%s/docs/edit-script.schema.json", root ? root : ".");
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    static char text[65536];
    const size_t n = fread(text, 1, sizeof text - 1, f);
    (void)fclose(f);
    text[n] = '\0';
    cJSON *schema = cJSON_Parse(text);
    assert_non_null(schema);
    return schema;
}

static const cJSON *get(const cJSON *node, const char *name)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(node, name);
    if (!found) {
        fail_msg("the schema lacks %s", name);
    }
    return found;
}

static bool contains(const char *const *names, const char *name)
{
    for (; *names; names++) {
        if (strcmp(*names, name) == 0) {
            return true;
        }
    }
    return false;
}

static void assert_fields(const cJSON *object, const char *const *names)
{
    const cJSON *properties = get(object, "properties");
    assert_true(cJSON_IsFalse(get(object, "additionalProperties")));
    int n = 0;
    for (; names[n]; n++) {
        (void)get(properties, names[n]);
    }
    for (const cJSON *p = properties->child; p; p = p->next) {
        if (!contains(names, p->string)) {
            fail_msg("the schema has a field %s that the parser refuses", p->string);
        }
    }
    assert_int_equal(cJSON_GetArraySize(properties), n);
}

static void assert_params(const cJSON *object, SonoParamTable table, const char *extra)
{
    const char *names[SONO_MAX_PARAMS + 2] = {extra};
    for (size_t i = 0; i < table.n; i++) {
        names[i + (extra ? 1 : 0)] = table.desc[i].name;
    }
    assert_fields(object, names);
    for (size_t i = 0; i < table.n; i++) {
        const SonoParamDesc *d = &table.desc[i];
        const cJSON *p = get(get(object, "properties"), d->name);
        if (d->kind == SONO_PARAM_ENUM) {
            int k = 0;
            for (; d->choices[k]; k++) {
                assert_string_equal(cJSON_GetArrayItem(get(p, "enum"), k)->valuestring, d->choices[k]);
            }
            assert_int_equal(cJSON_GetArraySize(get(p, "enum")), k);
            assert_string_equal(get(p, "default")->valuestring, d->choices[(int)d->def]);
        } else {
            assert_true(get(p, "minimum")->valuedouble == d->min);
            assert_true(get(p, "maximum")->valuedouble == d->max);
            assert_true(get(p, "default")->valuedouble == d->def);
            assert_string_equal(get(p, "type")->valuestring, d->kind == SONO_PARAM_INT ? "integer" : "number");
        }
    }
}

static void schema_has_the_fields_of_the_parser(void **state)
{
    (void)state;
    cJSON *schema = load();
    const cJSON *defs = get(schema, "definitions");
    assert_fields(schema, sono_script_root_fields);
    assert_fields(get(defs, "edit"), sono_script_edit_fields);
    assert_fields(get(defs, "solver"), sono_script_solver_fields);
    assert_fields(get(defs, "mask"), sono_script_mask_fields);
    assert_fields(get(defs, "box"), sono_script_box_fields);
    assert_fields(get(defs, "stroke"), sono_script_stroke_fields);
    assert_fields(get(defs, "brush"), sono_script_brush_fields);
    const cJSON *combine = get(get(defs, "combine"), "enum");
    for (int i = 0; sono_script_combines[i]; i++) {
        assert_string_equal(cJSON_GetArrayItem(combine, i)->valuestring, sono_script_combines[i]);
    }
    assert_true(get(get(get(schema, "properties"), "sonobrush_edits"), "const")->valuedouble == SONO_SCRIPT_VERSION);
    cJSON_Delete(schema);
}

static void schema_has_every_operation_and_transform(void **state)
{
    (void)state;
    cJSON *schema = load();
    const cJSON *defs = get(schema, "definitions");
    const cJSON *properties = get(get(defs, "edit"), "properties");
    const cJSON *names = get(get(properties, "operation"), "enum");
    int n = 0;
    for (; sono_operations[n]; n++) {
        char key[64];
        (void)snprintf(key, sizeof key, "params_%s", sono_operations[n]->name);
        assert_string_equal(cJSON_GetArrayItem(names, n)->valuestring, sono_operations[n]->name);
        assert_params(get(defs, key), sono_operations[n]->params, NULL);
        const cJSON *rule = cJSON_GetArrayItem(get(get(defs, "edit"), "allOf"), n);
        assert_string_equal(get(get(get(get(rule, "if"), "properties"), "operation"), "const")->valuestring,
                            sono_operations[n]->name);
    }
    assert_int_equal(cJSON_GetArraySize(names), n);
    const cJSON *choices = get(get(properties, "transform"), "oneOf");
    for (n = 0; sono_transforms[n]; n++) {
        char key[64];
        (void)snprintf(key, sizeof key, "transform_%s", sono_transforms[n]->name);
        assert_params(get(defs, key), sono_transforms[n]->params, "name");
        assert_non_null(strstr(get(cJSON_GetArrayItem(choices, n + 1), "$ref")->valuestring, key));
    }
    assert_int_equal(cJSON_GetArraySize(choices), n + 1);
    cJSON_Delete(schema);
}

/* An object with all of its required fields is read; without any one of them it is refused by that name. */
static void required_fields_are_those_of_the_parser(void **state)
{
    (void)state;
    static const char *const whole = "{\"sonobrush_edits\":1,\"edits\":[{\"operation\":\"erase\",\"mask\":{\"shapes\":["
                                     "{\"kind\":\"box\",\"t0_s\":0,\"t1_s\":1,\"f0_hz\":0,\"f1_hz\":1},"
                                     "{\"kind\":\"stroke\",\"brush\":{\"radius_ms\":1,\"radius_hz\":1},"
                                     "\"points\":[[0,1]]}]}}]}";
    cJSON *schema = load();
    const cJSON *defs = get(schema, "definitions");
    static const char *const names[] = {NULL, "edit", "mask", "box", "stroke", "brush"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const cJSON *object = names[i] ? get(defs, names[i]) : schema;
        for (const cJSON *p = get(object, "properties")->child; p; p = p->next) {
            cJSON *script = cJSON_Parse(whole);
            cJSON *edit = cJSON_GetArrayItem(cJSON_GetObjectItem(script, "edits"), 0);
            cJSON *mask = cJSON_GetObjectItem(edit, "mask");
            cJSON *shapes = cJSON_GetObjectItem(mask, "shapes");
            cJSON *stroke = cJSON_GetArrayItem(shapes, 1);
            cJSON *const at[] = {
                script, edit, mask, cJSON_GetArrayItem(shapes, 0), stroke, cJSON_GetObjectItem(stroke, "brush")};
            bool required = false;
            for (const cJSON *r = get(object, "required")->child; r; r = r->next) {
                required = required || strcmp(r->valuestring, p->string) == 0;
            }
            if (i == 5 && strcmp(p->string, "radius_hz") == 0) { /* by oneOf */
                cJSON_Delete(script);
                continue;
            }
            cJSON_DeleteItemFromObjectCaseSensitive(at[i], p->string);
            char *text = cJSON_PrintUnformatted(script);
            SonoEditScript out = {0};
            SonoError err = {0};
            const SonoStatus status = sono_edit_script_parse(text, strlen(text), &out, &err);
            if ((status != SONO_OK) != required) {
                fail_msg("%s.%s: required %d, but %s", names[i] ? names[i] : "script", p->string, required,
                         status == SONO_OK ? "accepted without it" : err.message);
            }
            if (required) {
                assert_non_null(strstr(err.message, p->string));
                assert_non_null(strstr(err.message, "field is missing"));
            }
            sono_edit_script_clear(&out);
            cJSON_free(text);
            cJSON_Delete(script);
        }
    }
    cJSON_Delete(schema);
}

static void collect(const cJSON *printed, const char *const *names)
{
    for (const cJSON *p = printed->child; p; p = p->next) {
        if (!contains(names, p->string)) {
            fail_msg("the printer writes a field %s that is not in the tables", p->string);
        }
    }
}

static void printer_writes_every_field(void **state)
{
    (void)state;
    SonoEdit e = sono_edit_new(sono_operation_find("gain"));
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {0, 1, 0, 1}};
    SonoStrokePoint point = {0, 1, 1};
    const SonoShape stroke = {.kind = SONO_SHAPE_STROKE,
                              .brush = {.radius_ms = 1, .radius_hz = 1, .flow = 1},
                              .points = &point,
                              .n_points = 1};
    SonoError err = {0};
    assert_ok(sono_mask_add(&e.mask, &box, &err), err);
    assert_ok(sono_mask_add(&e.mask, &stroke, &err), err);
    const SonoEdit *list[] = {&e};
    char *text = NULL;
    assert_ok(sono_edit_script_print(list, 1, &text, &err), err);
    cJSON *root = cJSON_Parse(text);
    assert_non_null(root);
    const cJSON *edit = cJSON_GetArrayItem(get(root, "edits"), 0);
    const cJSON *shapes = get(get(edit, "mask"), "shapes");
    collect(root, sono_script_root_fields);
    collect(edit, sono_script_edit_fields);
    assert_int_equal(cJSON_GetArraySize(edit), N_EDIT);
    collect(get(edit, "solver"), sono_script_solver_fields);
    assert_int_equal(cJSON_GetArraySize(get(edit, "solver")), N_SOLVER);
    collect(cJSON_GetArrayItem(shapes, 0), sono_script_box_fields);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetArrayItem(shapes, 0)), N_BOX);
    collect(cJSON_GetArrayItem(shapes, 1), sono_script_stroke_fields);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetArrayItem(shapes, 1)), N_STROKE);
    const cJSON *brush = get(cJSON_GetArrayItem(shapes, 1), "brush");
    collect(brush, sono_script_brush_fields);
    assert_int_equal(cJSON_GetArraySize(brush), N_BRUSH - 1); /* Hz or octaves */
    cJSON_Delete(root);
    sono_free(text);
    sono_edit_clear(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schema_has_the_fields_of_the_parser),
        cmocka_unit_test(schema_has_every_operation_and_transform),
        cmocka_unit_test(required_fields_are_those_of_the_parser),
        cmocka_unit_test(printer_writes_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
