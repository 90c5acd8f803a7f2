/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shared arithmetic against double: the limits math.kernel.h states. */
#include "sono_test.h"

#include "dialect_c.h"
#include "math.kernel.h"

#include "brush/dab.kernel.h"

#include <float.h>
#include <math.h>

#define N 400000

static double worse(double a, double b)
{
    return a > b ? a : b;
}

static void test_exp2(void **state)
{
    (void)state;
    double err = 0.0;
    for (int i = 0; i <= N; i++) {
        const float x = (float)(-126.0 + 252.0 * i / N);
        err = worse(err, fabs((double)sono_exp2(x) / exp2((double)x) - 1.0));
    }
    print_message("exp2: %.3g relative\n", err);
    assert_true(err <= 2.4e-7);
    assert_true(sono_exp2(0.0f) == 1.0f);
    assert_true(sono_exp2(1e9f) == sono_exp2(126.0f));
    assert_true(sono_exp2(-1e9f) == sono_exp2(-126.0f));
}

static void test_log2(void **state)
{
    (void)state;
    double err = 0.0;
    for (int i = 0; i <= N; i++) {
        const float x = (float)exp2(-1.5 + 3.0 * i / N); /* where the value is small */
        err = worse(err, fabs((double)sono_log2(x) - log2((double)x)));
    }
    print_message("log2: %.3g absolute\n", err);
    assert_true(err <= 2e-7);
    for (int i = 0; i <= N; i++) {
        const float x = (float)exp2(-125.9 + 253.8 * i / N);
        const double exact = log2((double)x);
        /* beyond a few octaves half a unit in the last place of the result is the larger part */
        assert_true(fabs((double)sono_log2(x) - exact) <= 2e-7 + 0.5 * (double)FLT_EPSILON * fabs(exact));
    }
    assert_true(sono_log2(0.0f) == sono_log2(1.2e-38f));
    assert_true(sono_log2(1.0f) == 0.0f);
}

static void test_decibels(void **state)
{
    (void)state;
    for (int i = 0; i <= N; i++) {
        const double db = -199.0 + 299.0 * i / N;
        const float power = (float)pow(10.0, db / 10.0);
        assert_true(fabs((double)sono_power_to_db(power) - 10.0 * log10((double)power)) < 4e-5);
    }
    assert_true(fabs((double)sono_power_to_db(0.0f) + 200.0) < 4e-5);
    for (int i = 0; i <= N; i++) {
        const float db = (float)(-120.0 + 180.0 * i / N);
        const double exact = pow(10.0, (double)db / 20.0);
        assert_true(fabs((double)sono_db_to_gain(db) / exact - 1.0) < 2e-6);
    }
}

static void test_phase(void **state)
{
    (void)state;
    double err = 0.0;
    for (int i = 0; i < N; i++) {
        const double turns = -0.5 + (i + 0.5) / N;
        const double size = exp2(-20.0 + 40.0 * (i % 101) / 100.0);
        const float re = (float)(size * cos(6.283185307179586 * turns));
        const float im = (float)(size * sin(6.283185307179586 * turns));
        const double exact = atan2((double)im, (double)re) / 6.283185307179586;
        const double diff = (double)sono_phase_turns(sono_bin(re, im)) - exact;
        err = worse(err, fabs(diff - round(diff)));
    }
    print_message("phase: %.3g turns\n", err);
    assert_true(err <= 1e-6);
    assert_true(fabs((double)sono_phase_turns(sono_bin(-1.0f, 0.0f)) - 0.5) <= 1e-6);
    assert_true(sono_phase_turns(sono_bin(0.0f, 0.0f)) == 0.0f);
}

static void test_floor(void **state)
{
    (void)state;
    for (int i = -4000; i <= 4000; i++) {
        const float x = (float)i / 16.0f;
        assert_true(sono_k_floor(x) == floorf(x));
    }
}

static void test_edge(void **state)
{
    (void)state;
    assert_true(sono_edge_weight(-0.5f) == 0.0f);
    assert_true(sono_edge_weight(0.0f) == 0.5f);
    assert_true(sono_edge_weight(0.5f) == 1.0f);
    for (int i = -100; i < 100; i++) {
        assert_true(sono_edge_weight((float)i / 100.0f) <= sono_edge_weight((float)(i + 1) / 100.0f));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exp2),  cmocka_unit_test(test_log2),  cmocka_unit_test(test_decibels),
        cmocka_unit_test(test_phase), cmocka_unit_test(test_floor), cmocka_unit_test(test_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
