/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations against their formulas in double; bits where the weight is 0; edits as values. */
#include "sono_test.h"

#include "sono_edit.h"

#include <math.h>
#include <string.h>

#define N 1003 /* no multiple of a vector or of a block */

static void fill(SonoCplx *z, float *w)
{
    uint64_t seed = 7;
    for (int i = 0; i < N; i++) {
        const float scale = (float)exp2(8.0 * (double)sono_test_noise(&seed));
        z[i] = (SonoCplx){scale * sono_test_noise(&seed), scale * sono_test_noise(&seed)};
        w[i] = i % 3 == 0 ? 0.0f : 0.5f + 0.5f * sono_test_noise(&seed);
    }
    w[1] = 1.0f;
}

static void check(const SonoCplx *in, const float *w, const SonoCplx *out, double (*factor)(double weight, double p0),
                  double p0)
{
    for (int i = 0; i < N; i++) {
        if (w[i] == 0.0f) {
            assert_memory_equal(&in[i], &out[i], sizeof in[i]);
            continue;
        }
        const double g = factor((double)w[i], p0);
        const double re = g * (double)in[i].re;
        const double im = g * (double)in[i].im;
        const double size = hypot(re, im);
        assert_true(fabs((double)out[i].re - re) <= 1e-5 * size + 1e-30);
        assert_true(fabs((double)out[i].im - im) <= 1e-5 * size + 1e-30);
    }
}

static double gain_factor(double weight, double p0)
{
    return pow(10.0, weight * p0 / 20.0);
}

static double erase_factor(double weight, double p0)
{
    (void)p0;
    return 1.0 - weight;
}

static void run_both_ways(const SonoOperation *op, const SonoParams *params, double (*factor)(double, double),
                          double p0)
{
    static SonoCplx in[N];
    static SonoCplx out[N];
    static float w[N];
    float args[SONO_OP_MAX_ARGS] = {0};
    fill(in, w);
    op->args(params, args);
    for (size_t n = 0; n < 40; n++) { /* every tail length writes its elements and no more */
        memset(out, 0x5a, sizeof out);
        op->run(in, w, n, args, out);
        const unsigned char *after = (const unsigned char *)&out[n];
        for (size_t b = 0; b < sizeof out[0]; b++) {
            assert_int_equal(after[b], 0x5a);
        }
    }
    op->run(in, w, N, args, out);
    check(in, w, out, factor, p0);
    static SonoCplx same[N];
    memcpy(same, in, sizeof same);
    op->run(same, w, N, args, same);
    assert_memory_equal(same, out, sizeof out);
}

static void test_gain(void **state)
{
    (void)state;
    const SonoOperation *op = sono_operation_find("gain");
    assert_non_null(op);
    const double values[] = {-120.0, -12.0, -0.01, 0.0, 6.0, 60.0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        SonoParams p = sono_params_defaults(op->params);
        SonoError err = {0};
        assert_ok(sono_params_set(op->params, &p, "gain_db", values[i], &err), err);
        run_both_ways(op, &p, gain_factor, values[i]);
        assert_int_equal(op->attenuates(&p), values[i] < 0.0);
    }
    SonoParams p = sono_params_defaults(op->params);
    assert_true(p.v[0] == -12.0);
    SonoError err = {0};
    assert_int_equal(sono_params_set(op->params, &p, "gain_db", 61.0, &err), SONO_E_RANGE);
    assert_non_null(strstr(err.message, "gain_db"));
}

static void test_erase(void **state)
{
    (void)state;
    const SonoOperation *op = sono_operation_find("erase");
    assert_non_null(op);
    const SonoParams p = sono_params_defaults(op->params);
    run_both_ways(op, &p, erase_factor, 0.0);
    assert_true(op->attenuates(&p));
    const SonoCplx in = {3.0f, -4.0f};
    const float w = 1.0f;
    const float args[SONO_OP_MAX_ARGS] = {0};
    SonoCplx out = {1.0f, 1.0f};
    op->run(&in, &w, 1, args, &out);
    assert_true(out.re == 0.0f && out.im == 0.0f);
}

/* Of what has changed as much goes as the weight says; the levels of the sound itself say nothing here. */
static void test_restore(void **state)
{
    (void)state;
    const SonoOperation *op = sono_operation_find("restore");
    assert_non_null(op);
    assert_true(op->takes_state);
    assert_false(sono_operation_find("gain")->takes_state || sono_operation_find("erase")->takes_state);
    SonoParams p = sono_params_defaults(op->params);
    assert_string_equal(op->params.desc[0].name, "state");
    run_both_ways(op, &p, erase_factor, 0.0);
    assert_false(op->attenuates(&p));
    SonoError err = {0};
    assert_int_equal(sono_params_set(op->params, &p, "state", 1.5, &err), SONO_E_RANGE);
    SonoEdit edit = sono_edit_new(op);
    assert_true(sono_edit_has_its_state(&edit, 0));
    edit.params.v[0] = 3.0;
    assert_false(sono_edit_has_its_state(&edit, 2));
    assert_true(sono_edit_has_its_state(&edit, 3));
    edit.operation = sono_operation_find("gain");
    assert_true(sono_edit_has_its_state(&edit, 0));
    sono_edit_clear(&edit);
}

/* Where nothing is painted even bits that are no numbers pass. */
static void test_weight_zero_copies_bits(void **state)
{
    (void)state;
    const uint32_t odd[] = {0x80000000u, 0x7fc12345u, 0xffc00001u, 0x7fa00001u, 0x7f800000u, 0x00000001u, 0x80000001u};
    enum { N_ODD = sizeof odd / sizeof *odd };
    uint32_t in[64][2];
    float w[64] = {0};
    for (size_t i = 0; i < 64; i++) {
        in[i][0] = odd[i % N_ODD];
        in[i][1] = odd[(3 * i + 1) % N_ODD];
        w[i] = i % 2 ? 0.0f : -0.0f;
    }
    SonoCplx z[64];
    SonoCplx out[64];
    memcpy(z, in, sizeof z);
    for (const SonoOperation *const *op = sono_operations; *op; op++) {
        const SonoParams p = sono_params_defaults((*op)->params);
        float args[SONO_OP_MAX_ARGS] = {0};
        (*op)->args(&p, args);
        memset(out, 0, sizeof out);
        (*op)->run(z, w, 64, args, out);
        assert_memory_equal(out, in, sizeof out);
    }
}

static void test_table(void **state)
{
    (void)state;
    size_t n = 0;
    for (const SonoOperation *const *op = sono_operations; *op; op++, n++) {
        assert_ptr_equal(sono_operation_find((*op)->name), *op);
        const SonoParams p = sono_params_defaults((*op)->params);
        SonoError err = {0};
        assert_ok(sono_params_check((*op)->params, &p, &err), err);
    }
    assert_int_equal(n, 3);
    assert_null(sono_operation_find("no such operation"));
}

static void test_edit_is_a_value(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoEdit edit = sono_edit_new(sono_operation_find("gain"));
    assert_string_equal(edit.transform, "auto");
    assert_true(edit.params.v[0] == -12.0);
    assert_true(edit.solver.strength == 10.0 && edit.solver.tolerance_db == 2.0 && edit.solver.max_steps == 3);
    SonoStrokePoint points[] = {{1.0, 440.0, 1.0}, {2.0, 880.0, 0.5}};
    const SonoShape shape = {.kind = SONO_SHAPE_STROKE,
                             .brush = {.radius_ms = 50.0, .radius_hz = 100.0, .hardness = 0.5, .flow = 1.0},
                             .points = points,
                             .n_points = 2};
    assert_ok(sono_mask_add(&edit.mask, &shape, &err), err);
    points[0].t_s = 99.0; /* the mask has its own */
    SonoEdit copy = {0};
    assert_ok(sono_edit_copy(&edit, &copy, &err), err);
    assert_true(copy.mask.shapes[0].points != edit.mask.shapes[0].points);
    sono_edit_clear(&edit);
    assert_null(edit.mask.shapes);
    assert_true(copy.mask.n_shapes == 1 && copy.mask.shapes[0].points[0].t_s == 1.0);
    assert_true(sono_edit_touches_channel(&copy, 200));
    copy.all_channels = false;
    copy.channels[3] = UINT64_C(1) << 8;
    assert_true(sono_edit_touches_channel(&copy, 200));
    assert_false(sono_edit_touches_channel(&copy, 8));
    assert_false(sono_edit_touches_channel(&copy, 256));
    assert_false(sono_edit_touches_channel(&copy, -1));
    sono_edit_clear(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gain),    cmocka_unit_test(test_erase),
        cmocka_unit_test(test_restore), cmocka_unit_test(test_weight_zero_copies_bits),
        cmocka_unit_test(test_table),   cmocka_unit_test(test_edit_is_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
