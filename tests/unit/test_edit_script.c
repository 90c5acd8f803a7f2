/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edit scripts: what is read, printed and read again is the same to the bit; every refusal names the field; bombs are
 * refused quickly; a failed parse leaves the result alone. */
#include <math.h>
#include <string.h>

#include "sono_clock.h"
#include "sono_edit_script.h"
#include "sono_mem.h"
#include "sono_test.h"
#include "sono_transform.h"

static char *example(const char *name)
{
    static char path[1024];
    const char *root = getenv("SONO_SOURCE_DIR");
    (void)snprintf(path, sizeof path, "%s/tests/data/edits/%s", root ? root : ".", name);
    return path;
}

static void assert_same_shape(const SonoShape *a, const SonoShape *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->combine, b->combine);
    assert_memory_equal(&a->box, &b->box, sizeof a->box);
    assert_memory_equal(&a->feather_ms, &b->feather_ms, sizeof a->feather_ms);
    assert_memory_equal(&a->feather_hz, &b->feather_hz, sizeof a->feather_hz);
    assert_memory_equal(&a->brush, &b->brush, sizeof a->brush);
    assert_int_equal(a->n_points, b->n_points);
    if (a->n_points > 0) {
        assert_memory_equal(a->points, b->points, a->n_points * sizeof *a->points);
    }
}

static void assert_same_edit(const SonoEdit *a, const SonoEdit *b)
{
    assert_ptr_equal(a->operation, b->operation);
    assert_memory_equal(&a->params, &b->params, sizeof a->params);
    assert_int_equal(a->all_channels, b->all_channels);
    if (!a->all_channels) {
        assert_memory_equal(a->channels, b->channels, sizeof a->channels);
    }
    assert_string_equal(a->transform, b->transform);
    if (strcmp(a->transform, "auto") != 0) {
        assert_memory_equal(&a->transform_params, &b->transform_params, sizeof a->transform_params);
    }
    assert_memory_equal(&a->solver.strength, &b->solver.strength, sizeof(double));
    assert_memory_equal(&a->solver.tolerance_db, &b->solver.tolerance_db, sizeof(double));
    assert_int_equal(a->solver.max_steps, b->solver.max_steps);
    assert_string_equal(a->label, b->label);
    assert_int_equal(a->mask.n_shapes, b->mask.n_shapes);
    for (size_t i = 0; i < a->mask.n_shapes; i++) {
        assert_same_shape(&a->mask.shapes[i], &b->mask.shapes[i]);
    }
}

static void assert_round_trip(const SonoEdit *edits, size_t n)
{
    const SonoEdit *list[16];
    SonoEditScript again = {0};
    SonoError err = {0};
    char *text = NULL;
    assert_true(n <= 16);
    for (size_t i = 0; i < n; i++) {
        list[i] = &edits[i];
    }
    assert_ok(sono_edit_script_print(list, n, &text, &err), err);
    assert_ok(sono_edit_script_parse(text, strlen(text), &again, &err), err);
    assert_int_equal(again.n_edits, n);
    for (size_t i = 0; i < n; i++) {
        assert_same_edit(&edits[i], &again.edits[i]);
    }
    sono_edit_script_clear(&again);
    sono_free(text);
}

static void every_field_is_read(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoEditScript s = {0};
    assert_ok(sono_edit_script_load(example("every_field.json"), &s, &err), err);
    assert_int_equal(s.n_edits, 2);
    const SonoEdit *e = &s.edits[0];
    assert_string_equal(e->operation->name, "gain");
    assert_true(e->params.v[0] == -18.25);
    assert_string_equal(e->label, "duck the phone \xe2\x80\x94 2\xc3\x97");
    assert_false(e->all_channels);
    assert_true(e->channels[0] == 3 && e->channels[1] == 0 && e->channels[3] == UINT64_C(1) << 63);
    assert_string_equal(e->transform, "stft");
    assert_true(e->transform_params.v[SONO_STFT_SIZE] == 4096 && e->transform_params.v[SONO_STFT_HOP] == 1024);
    assert_true(e->transform_params.v[SONO_STFT_WINDOW] == 2);
    assert_true(e->solver.strength == 12.5 && e->solver.tolerance_db == 0.1 && e->solver.max_steps == 7);
    assert_int_equal(e->mask.n_shapes, 3);
    const SonoShape *box = &e->mask.shapes[0], *hz = &e->mask.shapes[1], *oct = &e->mask.shapes[2];
    assert_true(box->kind == SONO_SHAPE_BOX && box->combine == SONO_COMBINE_ADD);
    assert_true(box->box.t0_s == 0.1 && box->box.t1_s == 1.3 && box->box.f0_hz == 100 && box->box.f1_hz == 4186.009);
    assert_true(box->feather_ms == 5 && box->feather_hz == 30.5);
    assert_true(hz->kind == SONO_SHAPE_STROKE && hz->combine == SONO_COMBINE_SUBTRACT);
    assert_true(hz->brush.radius_ms == 20 && hz->brush.radius_hz == 120 && hz->brush.radius_oct == 0);
    assert_true(hz->brush.hardness == 0.25 && hz->brush.flow == 0.75);
    assert_true(hz->brush.pressure_to_size == 0.5 && hz->brush.pressure_to_flow == 1);
    assert_int_equal(hz->n_points, 3);
    assert_true(hz->points[0].t_s == 0.5 && hz->points[0].f_hz == 440 && hz->points[0].pressure == 0.3);
    assert_true(hz->points[1].pressure == 1 && hz->points[2].t_s == 0.7000000000000001);
    assert_true(oct->combine == SONO_COMBINE_INTERSECT && oct->brush.radius_oct == 3.5 && oct->brush.radius_hz == 0);
    assert_round_trip(s.edits, s.n_edits);
    /* the defaults of the second */
    const SonoEdit plain = sono_edit_new(sono_operation_find("erase"));
    const SonoEdit *second = &s.edits[1];
    assert_true(second->all_channels && second->mask.n_shapes == 1);
    assert_string_equal(second->transform, "auto");
    assert_memory_equal(&second->solver, &plain.solver, sizeof plain.solver);
    sono_edit_script_clear(&s);
    assert_ok(sono_edit_script_load(example("minimal.json"), &s, &err), err);
    assert_int_equal(s.n_edits, 0);
    sono_edit_script_clear(&s);
}

static double random_in(uint64_t *seed, double from, double to)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return from + (to - from) * ((double)(*seed >> 11) / 9007199254740992.0);
}

static void random_edits_come_back_with_the_same_bits(void **state)
{
    (void)state;
    uint64_t seed = 11;
    SonoError err = {0};
    int n_transforms = 0;
    while (sono_transforms[n_transforms]) {
        n_transforms++;
    }
    for (int round = 0; round < 200; round++) {
        SonoEdit e = sono_edit_new(sono_operations[round % 2]);
        for (size_t i = 0; i < e.operation->params.n; i++) {
            const SonoParamDesc *d = &e.operation->params.desc[i];
            e.params.v[i] = random_in(&seed, d->min, d->max);
        }
        e.solver = (SonoSolverSettings){random_in(&seed, 0, 10000), random_in(&seed, 0, 40), round};
        (void)snprintf(e.label, sizeof e.label, "round %d \"quoted\" \\ \xc3\xbc", round);
        if (round % 3 == 0) {
            e.all_channels = false;
            e.channels[round % 4] = seed | 1;
        }
        if (round % 4 != 3) {
            const SonoTransform *t = sono_transforms[round % n_transforms];
            (void)strcpy(e.transform, t->name);
            for (size_t i = 0; i < t->params.n; i++) {
                const SonoParamDesc *d = &t->params.desc[i];
                const double v = random_in(&seed, d->min, d->max);
                e.transform_params.v[i] = d->kind == SONO_PARAM_FLOAT ? v : floor(v);
            }
        }
        for (int k = 0; k < 5; k++) {
            const double t_s = random_in(&seed, -10, 10000), f_hz = random_in(&seed, 0, 20000);
            SonoStrokePoint points[40];
            for (size_t i = 0; i < 40; i++) {
                points[i] = (SonoStrokePoint){t_s + random_in(&seed, 0, 3), 1 + f_hz * random_in(&seed, 0.9, 1.1),
                                              random_in(&seed, 0, 1)};
            }
            SonoShape shape = {.kind = k % 2 ? SONO_SHAPE_BOX : SONO_SHAPE_STROKE, .combine = (SonoCombine)(k % 3)};
            if (k % 2) {
                shape.box = (SonoRegion){t_s, t_s + random_in(&seed, 1e-6, 1), f_hz, f_hz + random_in(&seed, 1e-3, 9)};
                shape.feather_ms = random_in(&seed, 0, 50);
                shape.feather_hz = random_in(&seed, 0, 50);
            } else {
                shape.brush = (SonoBrush){random_in(&seed, 5, 999),
                                          k ? 0 : random_in(&seed, 10, 1e4),
                                          k ? random_in(&seed, 0.01, 9) : 0,
                                          random_in(&seed, 0, 1),
                                          random_in(&seed, 0, 1),
                                          random_in(&seed, 0, 1),
                                          random_in(&seed, 0, 1)};
                shape.points = points;
                shape.n_points = 40;
            }
            assert_ok(sono_mask_add(&e.mask, &shape, &err), err);
        }
        assert_round_trip(&e, 1);
        sono_edit_clear(&e);
    }
}

#define BOX "{\"kind\":\"box\",\"t0_s\":0,\"t1_s\":1,\"f0_hz\":0,\"f1_hz\":9}"
#define BRUSH "\"brush\":{\"radius_ms\":1,\"radius_hz\":1}"
#define SCRIPT(edit) "{\"sonobrush_edits\":1,\"edits\":[" edit "]}"
#define EDIT(fields) SCRIPT("{\"operation\":\"erase\"," fields "\"mask\":{\"shapes\":[" BOX "]}}")
#define SHAPE(shape) SCRIPT("{\"operation\":\"erase\",\"mask\":{\"shapes\":[" BOX "," shape "]}}")
#define STROKE(brush, points) SHAPE("{\"kind\":\"stroke\",\"brush\":{" brush "},\"points\":" points "}")

static const struct {
    const char *text;
    SonoStatus status;
    const char *says;
} refused[] = {
    {"[]", SONO_E_FORMAT, "an edit script must be a JSON object"},
    {"{\"edits\":[]}", SONO_E_FORMAT, "sonobrush_edits: field is missing"},
    {"{\"sonobrush_edits\":1}", SONO_E_FORMAT, "edits: field is missing"},
    {"{\"sonobrush_edits\":2,\"edits\":[],\"new\":1}", SONO_E_UNSUPPORTED, "sonobrush_edits: version 2 is newer"},
    {"{\"sonobrush_edits\":0,\"edits\":[]}", SONO_E_FORMAT, "sonobrush_edits: must be 1"},
    {"{\"sonobrush_edits\":\"1\",\"edits\":[]}", SONO_E_FORMAT, "sonobrush_edits: must be a number"},
    {"{\"sonobrush_edits\":1,\"edits\":{}}", SONO_E_FORMAT, "edits: must be a list"},
    {"{\"sonobrush_edits\":1,\"edits\":[],\"x\":1}", SONO_E_FORMAT, "x: unknown field"},
    {"{\"sonobrush_edits\":1,\"edits\":[],\"Edits\":[]}", SONO_E_FORMAT, "Edits: unknown field"},
    {"{\"sonobrush_edits\":1,\"edits\":[],\"edits\":[]}", SONO_E_FORMAT, "edits: field is given twice"},
    {"{\"sonobrush_edits\":1,\"edits\":[]} x", SONO_E_FORMAT, "line 1, column 34: text after the end"},
    {SCRIPT("1"), SONO_E_FORMAT, "edits[0]: must be an object"},
    {SCRIPT("{\"mask\":{\"shapes\":[]}}"), SONO_E_FORMAT, "edits[0].operation: field is missing"},
    {SCRIPT("{\"operation\":\"zap\",\"mask\":{\"shapes\":[]}}"), SONO_E_FORMAT,
     "edits[0].operation: 'zap' is not a known operation"},
    {SCRIPT("{\"operation\":3,\"mask\":{\"shapes\":[]}}"), SONO_E_FORMAT, "edits[0].operation: must be a string"},
    {SCRIPT("{\"operation\":\"erase\"}"), SONO_E_FORMAT, "edits[0].mask: field is missing"},
    {SCRIPT("{\"operation\":\"erase\",\"mask\":{}}"), SONO_E_FORMAT, "edits[0].mask.shapes: field is missing"},
    {SCRIPT("{\"operation\":\"erase\",\"mask\":{\"shapes\":{}}}"), SONO_E_FORMAT,
     "edits[0].mask.shapes: must be a list"},
    {SCRIPT("{\"operation\":\"erase\",\"mask\":{\"shapes\":[],\"x\":0}}"), SONO_E_FORMAT,
     "edits[0].mask.x: unknown field"},
    {EDIT("\"colour\":1,"), SONO_E_FORMAT, "edits[0].colour: unknown field"},
    {EDIT("\"params\":{\"gain_db\":1},"), SONO_E_FORMAT, "edits[0].params.gain_db: unknown field"},
    {EDIT("\"params\":3,"), SONO_E_FORMAT, "edits[0].params: must be an object"},
    {SCRIPT("{\"operation\":\"gain\",\"params\":{\"gain_db\":1e3},\"mask\":{\"shapes\":[]}}"), SONO_E_RANGE,
     "edits[0].params: gain_db is 1000 dB"},
    {SCRIPT("{\"operation\":\"gain\",\"params\":{\"gain_db\":\"1\"},\"mask\":{\"shapes\":[]}}"), SONO_E_FORMAT,
     "edits[0].params.gain_db: must be a number"},
    {SCRIPT("{\"operation\":\"gain\",\"params\":{\"gain_db\":1,\"gain_db\":1},\"mask\":{\"shapes\":[]}}"),
     SONO_E_FORMAT, "edits[0].params.gain_db: field is given twice"},
    {EDIT("\"label\":7,"), SONO_E_FORMAT, "edits[0].label: must be a string"},
    {EDIT("\"label\":\"a\\nb\","), SONO_E_FORMAT, "edits[0].label: must be one line of plain text"},
    {EDIT("\"label\":\"\\u202e\","), SONO_E_FORMAT, "edits[0].label: must be one line of plain text"},
    {EDIT("\"label\":\"0123456789012345678901234567890123456789012345678901234567890123\","), SONO_E_LIMIT,
     "edits[0].label: is longer than 63 bytes"},
    {EDIT("\"channels\":\"left\","), SONO_E_FORMAT, "edits[0].channels: must be \"all\""},
    {EDIT("\"channels\":[],"), SONO_E_FORMAT, "edits[0].channels: must be"},
    {EDIT("\"channels\":[0,256],"), SONO_E_RANGE, "edits[0].channels[1]: must be a channel number"},
    {EDIT("\"channels\":[-1],"), SONO_E_RANGE, "edits[0].channels[0]"},
    {EDIT("\"channels\":[0.5],"), SONO_E_RANGE, "edits[0].channels[0]"},
    {EDIT("\"channels\":[1e300],"), SONO_E_RANGE, "edits[0].channels[0]"},
    {EDIT("\"channels\":[3,3],"), SONO_E_FORMAT, "edits[0].channels[1]: channel 3 is given twice"},
    {EDIT("\"transform\":\"stft\","), SONO_E_FORMAT, "edits[0].transform: must be \"auto\" or an object"},
    {EDIT("\"transform\":{},"), SONO_E_FORMAT, "edits[0].transform.name: field is missing"},
    {EDIT("\"transform\":{\"name\":\"wavelet\"},"), SONO_E_FORMAT, "edits[0].transform.name: 'wavelet'"},
    {EDIT("\"transform\":{\"name\":\"stft\",\"size\":1},"), SONO_E_RANGE, "edits[0].transform: size is 1 frames"},
    {EDIT("\"transform\":{\"name\":\"stft\",\"size\":64.5},"), SONO_E_RANGE, "edits[0].transform: size is 64.5"},
    {EDIT("\"transform\":{\"name\":\"stft\",\"window\":\"box\"},"), SONO_E_FORMAT,
     "edits[0].transform.window: 'box' must be one of: hann, hamming, blackman-harris"},
    {EDIT("\"transform\":{\"name\":\"stft\",\"window\":0},"), SONO_E_FORMAT,
     "edits[0].transform.window: must be a string"},
    {EDIT("\"transform\":{\"name\":\"stft\",\"bins\":1},"), SONO_E_FORMAT, "edits[0].transform.bins: unknown field"},
    {EDIT("\"transform\":{\"name\":\"stft\",\"name\":\"stft\"},"), SONO_E_FORMAT,
     "edits[0].transform.name: field is given twice"},
    {EDIT("\"solver\":{\"strength\":-1},"), SONO_E_RANGE, "edits[0].solver.strength: is -1, must be from 0 to 10000"},
    {EDIT("\"solver\":{\"tolerance_db\":41},"), SONO_E_RANGE, "edits[0].solver.tolerance_db"},
    {EDIT("\"solver\":{\"max_steps\":1.5},"), SONO_E_RANGE,
     "edits[0].solver.max_steps: is 1.5, must be a whole number"},
    {EDIT("\"solver\":{\"max_steps\":201},"), SONO_E_RANGE, "edits[0].solver.max_steps"},
    {EDIT("\"solver\":{\"steps\":1},"), SONO_E_FORMAT, "edits[0].solver.steps: unknown field"},
    {EDIT("\"solver\":null,"), SONO_E_FORMAT, "edits[0].solver: must be an object"},
    {SHAPE("7"), SONO_E_FORMAT, "edits[0].mask.shapes[1]: must be an object"},
    {SHAPE("{}"), SONO_E_FORMAT, "edits[0].mask.shapes[1].kind: field is missing"},
    {SHAPE("{\"kind\":\"circle\"}"), SONO_E_FORMAT,
     "edits[0].mask.shapes[1].kind: 'circle' must be one of: box, stroke"},
    {SHAPE("{\"kind\":\"box\",\"t0_s\":0,\"f0_hz\":0,\"f1_hz\":1}"), SONO_E_FORMAT,
     "edits[0].mask.shapes[1].t1_s: field is missing"},
    {SHAPE("{\"kind\":\"box\",\"t0_s\":0,\"t1_s\":null,\"f0_hz\":0,\"f1_hz\":1}"), SONO_E_FORMAT,
     "edits[0].mask.shapes[1].t1_s: must be a number"},
    {SHAPE("{\"kind\":\"box\",\"t0_s\":0,\"t1_s\":1e999,\"f0_hz\":0,\"f1_hz\":1}"), SONO_E_FORMAT,
     "number is too large"},
    {SHAPE("{\"kind\":\"box\",\"t0_s\":1,\"t1_s\":0,\"f0_hz\":0,\"f1_hz\":1}"), SONO_E_RANGE,
     "edits[0].mask.shapes[1]: t1_s"},
    {SHAPE("{\"kind\":\"box\",\"t0_s\":0,\"t1_s\":1,\"f0_hz\":0,\"f1_hz\":1,\"feather_ms\":-1}"), SONO_E_RANGE,
     "edits[0].mask.shapes[1]: feather_ms"},
    {SHAPE("{\"kind\":\"box\",\"t0_s\":0,\"t1_s\":1,\"f0_hz\":0,\"f1_hz\":1,\"brush\":{}}"), SONO_E_FORMAT,
     "edits[0].mask.shapes[1].brush: unknown field"},
    {SHAPE("{\"kind\":\"box\",\"combine\":\"xor\",\"t0_s\":0,\"t1_s\":1,\"f0_hz\":0,\"f1_hz\":1}"), SONO_E_FORMAT,
     "edits[0].mask.shapes[1].combine: 'xor' must be one of: add, subtract, intersect"},
    {SHAPE("{\"kind\":\"stroke\",\"points\":[[0,1]]}"), SONO_E_FORMAT,
     "edits[0].mask.shapes[1].brush: field is missing"},
    {SHAPE("{\"kind\":\"stroke\"," BRUSH "}"), SONO_E_FORMAT, "edits[0].mask.shapes[1].points: field is missing"},
    {STROKE("\"radius_hz\":1", "[[0,1]]"), SONO_E_FORMAT, "shapes[1].brush.radius_ms: field is missing"},
    {STROKE("\"radius_ms\":1", "[[0,1]]"), SONO_E_FORMAT, "shapes[1].brush: needs radius_hz or radius_oct"},
    {STROKE("\"radius_ms\":1,\"radius_hz\":1,\"radius_oct\":1", "[[0,1]]"), SONO_E_FORMAT,
     "shapes[1].brush: needs radius_hz or radius_oct, and not both"},
    {STROKE("\"radius_ms\":1,\"radius_oct\":0", "[[0,1]]"), SONO_E_RANGE, "shapes[1].brush.radius_oct"},
    {STROKE("\"radius_ms\":0,\"radius_hz\":1", "[[0,1]]"), SONO_E_RANGE, "radius_ms"},
    {STROKE("\"radius_ms\":1,\"radius_hz\":1,\"hardness\":2", "[[0,1]]"), SONO_E_RANGE, "hardness"},
    {STROKE("\"radius_ms\":1,\"radius_hz\":1,\"size\":2", "[[0,1]]"), SONO_E_FORMAT,
     "shapes[1].brush.size: unknown field"},
    {STROKE("\"radius_ms\":1,\"radius_hz\":1", "[]"), SONO_E_FORMAT,
     "shapes[1].points: must be a list of at least one"},
    {STROKE("\"radius_ms\":1,\"radius_hz\":1", "[[0,1],[0]]"), SONO_E_FORMAT, "shapes[1].points[1]: must be [seconds"},
    {STROKE("\"radius_ms\":1,\"radius_hz\":1", "[[0,1,1,1]]"), SONO_E_FORMAT, "shapes[1].points[0]: must be [seconds"},
    {STROKE("\"radius_ms\":1,\"radius_hz\":1", "[[0,\"1\"]]"), SONO_E_FORMAT,
     "shapes[1].points[0][1]: must be a number"},
    {STROKE("\"radius_ms\":1,\"radius_hz\":1", "[{}]"), SONO_E_FORMAT, "shapes[1].points[0]: must be [seconds"},
    {STROKE("\"radius_ms\":1,\"radius_hz\":1", "[[0,1,2]]"), SONO_E_RANGE, "pressure"},
};

static void every_refusal_names_the_field(void **state)
{
    (void)state;
    const SonoEditScript untouched = {(SonoEdit *)(uintptr_t)8, 12345};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        SonoError err = {0};
        SonoEditScript script = untouched;
        const SonoStatus status = sono_edit_script_parse(refused[i].text, strlen(refused[i].text), &script, &err);
        if (status != refused[i].status || !strstr(err.message, refused[i].says)) {
            fail_msg("%s\n  status %d, \"%s\"; wanted %d, \"%s\"", refused[i].text, status, err.message,
                     refused[i].status, refused[i].says);
        }
        assert_memory_equal(&script, &untouched, sizeof script);
    }
}

/* before + unit * n + after is refused, quickly. */
static void assert_bomb(const char *what, const char *before, const char *unit, size_t n, const char *after)
{
    const size_t n_before = strlen(before), n_unit = strlen(unit), n_after = strlen(after);
    const size_t n_bytes = n_before + n * n_unit + n_after;
    char *text = malloc(n_bytes);
    memcpy(text, before, n_before);
    for (size_t i = 0; i < n; i++) {
        memcpy(text + n_before + i * n_unit, unit, n_unit);
    }
    memcpy(text + n_before + n * n_unit, after, n_after);
    SonoEditScript script = {0};
    SonoError err = {0};
    const double start_s = sono_now_s();
    const SonoStatus status = sono_edit_script_parse(text, n_bytes, &script, &err);
    const double seconds = sono_now_s() - start_s;
    print_message("%-16s %8zu bytes: %.1f ms, %.100s\n", what, n_bytes, 1e3 * seconds, err.message);
    assert_int_not_equal(status, SONO_OK);
    assert_true(strlen(err.message) > 0);
    assert_true(seconds < 5.0); /* generous: machines are shared, sanitizers are slow */
    free(text);
}

static void bombs_are_refused(void **state)
{
    (void)state;
    assert_bomb("deep arrays", "{\"sonobrush_edits\":1,\"edits\":", "[", 16u << 19, "");
    assert_bomb("deep objects", "", "{\"edits\":", 1u << 20, "");
    assert_bomb("wide", "{\"sonobrush_edits\":1,\"edits\":[", "1,", 8000000, "1]}");
    assert_bomb("wide, allowed", "{\"sonobrush_edits\":1,\"edits\":[", "1,", 900000, "1]}");
    assert_bomb("long key", "{\"", "kkkkkkkkkkkkkkkk", 1000000, "\":1}");
    assert_bomb("escaped key", "{\"", "\\u00e9", 2000000, "\":1}");
    assert_bomb("equal keys", "{\"sonobrush_edits\":1", ",\"edits\":[]", 400000, "}");
    assert_bomb("many keys", "{\"sonobrush_edits\":1", ",\"a\":1", 400000, "}");
    assert_bomb("too large", "{\"sonobrush_edits\":1,\"edits\":[]}", "        ", 3u << 20, "");
}

static void a_byte_order_mark_is_skipped(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbf{\"sonobrush_edits\":1,\"edits\":[]}";
    SonoEditScript script = {0};
    SonoError err = {0};
    assert_ok(sono_edit_script_parse(text, strlen(text), &script, &err), err);
    sono_edit_script_clear(&script);
}

static void files_that_are_none_are_refused(void **state)
{
    (void)state;
    SonoEditScript script = {0};
    SonoError err = {0};
    assert_int_equal(sono_edit_script_load("/nonexistent/a.json", &script, &err), SONO_E_IO);
    assert_non_null(strstr(err.message, "/nonexistent/a.json"));
    assert_int_equal(sono_edit_script_load("/", &script, &err), SONO_E_INVALID);
    assert_int_equal(sono_edit_script_load("/dev/null", &script, &err), SONO_E_INVALID);
    assert_int_equal(sono_edit_script_load("/dev/zero", &script, &err), SONO_E_INVALID);
    assert_int_equal(sono_edit_script_load("/etc/passwd", &script, &err), SONO_E_FORMAT);
    assert_non_null(strstr(err.message, "/etc/passwd: line 1"));
}

static void what_cannot_be_read_back_is_not_printed(void **state)
{
    (void)state;
    SonoEdit e = sono_edit_new(sono_operation_find("gain"));
    const SonoEdit *list[] = {&e};
    SonoError err = {0};
    char *text = NULL;
    e.label[0] = '\n';
    assert_int_equal(sono_edit_script_print(list, 1, &text, &err), SONO_E_INVALID);
    assert_non_null(strstr(err.message, "edits[0]: label"));
    e.label[0] = '\0';
    e.params.v[0] = NAN;
    assert_int_equal(sono_edit_script_print(list, 1, &text, &err), SONO_E_RANGE);
    e.params.v[0] = 0;
    e.all_channels = false;
    assert_int_equal(sono_edit_script_print(list, 1, &text, &err), SONO_E_INVALID);
    e.all_channels = true;
    (void)strcpy(e.transform, "wave");
    assert_int_equal(sono_edit_script_print(list, 1, &text, &err), SONO_E_INVALID);
    (void)strcpy(e.transform, "auto");
    assert_ok(sono_edit_script_print(list, 1, &text, &err), err);
    sono_free(text);
    sono_edit_clear(&e);
}

/* A state is one before the edit that takes it. */
static void states_come_before_their_edits(void **state)
{
    (void)state;
    static const char form[] =
        "{\"sonobrush_edits\": 1, \"edits\": [{\"operation\": \"erase\", \"mask\": {\"shapes\": []}},"
        "{\"operation\": \"restore\"%s, \"mask\": {\"shapes\": []}}]}";
    static const struct {
        const char *params;
        double state; /* or -1 */
        const char *says;
    } cases[] = {
        {"", 0.0, ""},
        {", \"params\": {\"state\": 0}", 0.0, ""},
        {", \"params\": {\"state\": 1}", 1.0, ""},
        {", \"params\": {\"state\": 2}", -1.0, "edits[1].params.state: is 2, but only 1 edits come before this one"},
        {", \"params\": {\"state\": 0.5}", -1.0, "edits[1].params"},
        {", \"params\": {\"state\": -1}", -1.0, "edits[1].params"},
        {", \"params\": {\"state\": \"1\"}", -1.0, "edits[1].params.state: must be a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[400];
        char *printed = NULL;
        SonoError err = {0};
        SonoEditScript script = {0};
        (void)snprintf(text, sizeof text, form, cases[i].params);
        const SonoStatus status = sono_edit_script_parse(text, strlen(text), &script, &err);
        if (cases[i].state < 0.0) {
            assert_true(status != SONO_OK);
            assert_non_null(strstr(err.message, cases[i].says));
            continue;
        }
        assert_ok(status, err);
        assert_true(script.edits[1].params.v[0] == cases[i].state);
        const SonoEdit *list[] = {&script.edits[0], &script.edits[1]};
        assert_round_trip(script.edits, 2);
        script.edits[1].params.v[0] = 2.0; /* could not be read back */
        assert_int_equal(sono_edit_script_print(list, 2, &printed, &err), SONO_E_RANGE);
        assert_non_null(strstr(err.message, "edits[1]: params.state: is 2"));
        sono_edit_script_clear(&script);
    }
}

/* One edit for every transform, each parameter away from its default, and one that leaves all of them open. */
static void every_transform_is_read(void **state)
{
    (void)state;
    SonoEditScript s = {0};
    SonoError err = {0};
    assert_ok(sono_edit_script_load(example("transforms.json"), &s, &err), err);
    size_t n = 0;
    for (; sono_transforms[n]; n++) {
        const SonoParamTable table = sono_transforms[n]->params;
        assert_true(n < s.n_edits);
        assert_string_equal(s.edits[n].transform, sono_transforms[n]->name);
        for (size_t k = 0; k < table.n; k++) {
            assert_true(s.edits[n].transform_params.v[k] != table.desc[k].def);
        }
    }
    assert_int_equal(s.n_edits, n + 1);
    const SonoParams defaults = sono_params_defaults(sono_transform_find("vqt")->params);
    assert_string_equal(s.edits[n].transform, "vqt");
    assert_memory_equal(&s.edits[n].transform_params, &defaults, sizeof defaults);
    assert_round_trip(s.edits, s.n_edits);
    sono_edit_script_clear(&s);
}

static void a_saved_script_is_loaded_again(void **state)
{
    (void)state;
    char path[] = "/tmp/sono-script-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    SonoError err = {0};
    SonoEditScript a = {0}, b = {0};
    assert_ok(sono_edit_script_load(example("every_field.json"), &a, &err), err);
    const SonoEdit *list[] = {&a.edits[0], &a.edits[1]};
    assert_ok(sono_edit_script_save(path, list, 2, &err), err);
    assert_ok(sono_edit_script_load(path, &b, &err), err);
    assert_same_edit(&a.edits[0], &b.edits[0]);
    assert_same_edit(&a.edits[1], &b.edits[1]);
    sono_edit_script_clear(&a);
    sono_edit_script_clear(&b);
    (void)remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_read),
        cmocka_unit_test(random_edits_come_back_with_the_same_bits),
        cmocka_unit_test(every_refusal_names_the_field),
        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(files_that_are_none_are_refused),
        cmocka_unit_test(what_cannot_be_read_back_is_not_printed),
        cmocka_unit_test(states_come_before_their_edits),
        cmocka_unit_test(every_transform_is_read),
        cmocka_unit_test(a_saved_script_is_loaded_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
