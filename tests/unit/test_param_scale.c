/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters as positions on a slider and as text: there and back, for every parameter there is and for typical ranges;
 * what users type, and what they must not. Panels' tables fit their settings. */
#include "param_scale.h"
#include "sono_operation.h"
#include "sono_test.h"
#include "tool_params.h"

#include <math.h>
#include <string.h>

static const char *const shapes[] = {"hann", "flat", NULL};
static const SonoParamDesc descs[] = {
    {"gain_db", "Gain", "dB", SONO_PARAM_FLOAT, -120.0, 60.0, -12.0, NULL, ""},
    {"low_hz", "Low", "Hz", SONO_PARAM_FLOAT, 20.0, 20000.0, 440.0, NULL, ""},
    {"time_ms", "Time", "ms", SONO_PARAM_FLOAT, 1.0, 60000.0, 60.0, NULL, ""},
    {"soft_ms", "Soft", "ms", SONO_PARAM_FLOAT, 0.0, 1000.0, 5.0, NULL, ""},
    {"part", "Part", "", SONO_PARAM_FLOAT, 0.0, 1.0, 0.5, NULL, ""},
    {"steps", "Steps", "", SONO_PARAM_INT, 0.0, 200.0, 3.0, NULL, ""},
    {"shape", "Shape", "", SONO_PARAM_ENUM, 0.0, 1.0, 0.0, shapes, ""},
    {"on", "On", "", SONO_PARAM_BOOL, 0.0, 1.0, 1.0, NULL, ""},
};

static void check_slider(const SonoParamDesc *d)
{
    double before = -INFINITY;
    assert_true(fabs(param_scale_position(d, d->min)) < 1e-12);
    assert_true(fabs(param_scale_position(d, d->max) - 1.0) < 1e-12);
    for (int i = 0; i <= 1000; i++) {
        const double position = i / 1000.0;
        const double value = param_scale_value(d, position);
        assert_true(value >= d->min && value <= d->max);
        assert_true(value >= before); /* further right is never less */
        before = value;
        /* a round number, and near what was pointed at */
        if (d->kind == SONO_PARAM_FLOAT) {
            assert_true(fabs(param_scale_position(d, value) - position) < 0.02);
        } else {
            assert_true(value == round(value));
        }
    }
    assert_true(param_scale_value(d, 0.0) == d->min);
    assert_true(param_scale_value(d, 1.0) == d->max);
}

static void check_text(const SonoParamDesc *d)
{
    for (int i = 0; d->kind <= SONO_PARAM_INT && i <= 50; i++) {
        SonoError err = {0};
        double back = NAN;
        const double value = param_scale_value(d, i / 50.0);
        char *text = param_scale_text(d, value);
        assert_ok(param_scale_parse(d, text, &back, &err), err);
        assert_true(fabs(back - value) <= 5e-4 * fabs(value) + 5e-4);
        g_free(text);
    }
}

static void check_steps(const SonoParamDesc *d)
{
    for (int i = 1; i < 20; i++) {
        const double value = param_scale_value(d, i / 20.0);
        const double up = param_scale_step(d, value, 1.0);
        assert_true(up > value || value == d->max);
        assert_true(param_scale_step(d, value, -1.0) < value || value == d->min);
        assert_true(param_scale_step(d, value, 1e6) <= d->max && param_scale_step(d, value, -1000.0) >= d->min);
        assert_true(up - value <= (d->max - d->min) * 0.11 + 1.0); /* a step, not a leap */
    }
}

static void check_table(SonoParamTable table)
{
    for (size_t i = 0; i < table.n; i++) {
        check_slider(&table.desc[i]);
        check_text(&table.desc[i]);
        check_steps(&table.desc[i]);
    }
}

static void every_parameter_goes_there_and_back(void **state)
{
    (void)state;
    check_table((SonoParamTable){descs, sizeof descs / sizeof *descs});
    check_table(tool_params_brush);
    check_table(tool_params_selection);
    for (const SonoOperation *const *op = sono_operations; *op; op++) {
        if (!(*op)->takes_state) {
            check_table((*op)->params);
        }
    }
}

static void expect(const SonoParamDesc *d, const char *text, double wanted)
{
    SonoError err = {0};
    double value = NAN;
    assert_ok(param_scale_parse(d, text, &value, &err), err);
    assert_true(fabs(value - wanted) < 1e-9 * fabs(wanted) + 1e-12);
}

static void refuse(const SonoParamDesc *d, const char *text, SonoStatus code, const char *reason)
{
    SonoError err = {0};
    double value = 42.0;
    assert_int_equal(param_scale_parse(d, text, &value, &err), code);
    assert_true(value == 42.0);
    assert_non_null(strstr(err.message, reason));
    assert_non_null(strstr(err.message, d->title));
}

static void what_users_type(void **state)
{
    (void)state;
    expect(&descs[0], "-12", -12.0);
    expect(&descs[0], " -12,5 dB ", -12.5);
    expect(&descs[0],
           "\xe2\x88\x92"
           "6 db",
           -6.0);
    expect(&descs[0], "+3", 3.0);
    expect(&descs[1], "1.2k", 1200.0);
    expect(&descs[1], "1.2 kHz", 1200.0);
    expect(&descs[2], "0.5 s", 500.0);
    expect(&descs[2], "250ms", 250.0);
    expect(&descs[4], "80 %", 0.8);
    expect(&descs[4], "80", 0.8);
    expect(&descs[4], "0.8", 0.8);
    expect(&descs[4], "1", 1.0);
    expect(&descs[5], "7.4", 7.0);
    refuse(&descs[0], "loud", SONO_E_INVALID, "not a number");
    refuse(&descs[0], "", SONO_E_INVALID, "not a number");
    refuse(&descs[0], "-12 Hz", SONO_E_INVALID, "not a number");
    refuse(&descs[0], "nan", SONO_E_INVALID, "not a number");
    refuse(&descs[0], "100", SONO_E_RANGE, "-120.0 dB to 60.0 dB");
    refuse(&descs[1], "1 Hz", SONO_E_RANGE, "20.0 Hz");
    refuse(&descs[4], "120 %", SONO_E_RANGE, "100 %");
}

static void tool_parameters_are_the_scene_s(void **state)
{
    (void)state;
    const SonoParamTable *const tables[] = {&tool_params_brush, &tool_params_selection, &tool_params_channels};
    for (size_t t = 0; t < 3; t++) {
        for (size_t i = 0; i < tables[t]->n; i++) {
            const SonoParamDesc *d = &tables[t]->desc[i];
            SonoToolOptions before = {.brush = {.radius_ms = 7.0}};
            SonoToolOptions options = before;
            const double value = d->kind == SONO_PARAM_BOOL ? 1.0 : d->max;
            assert_ptr_equal(tool_params_find(d->name), d);
            tool_params_set(&options, d->name, value);
            assert_true(tool_params_get(&options, d->name) == value);
            assert_memory_not_equal(&options, &before, sizeof options);
        }
    }
    assert_null(tool_params_find("gain_db"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_parameter_goes_there_and_back),
        cmocka_unit_test(what_users_type),
        cmocka_unit_test(tool_parameters_are_the_scene_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
