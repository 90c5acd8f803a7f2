/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transform of docs/add-a-transform.md: by its row alone the registry has it, and it keeps what the page promises.
 */
#include "sono_test.h"

#include <math.h>
#include <string.h>

#include "sono_engine.h"
#include "sono_mem.h"

#define RATE_HZ 48000.0
#define N_FRAMES 200003

static SonoPlan *build(const char *params)
{
    const SonoTransform *t = sono_transform_find("third");
    SonoParams p;
    SonoPlan *plan = NULL;
    SonoError err = {0};
    assert_non_null(t);
    assert_ok(sono_params_parse(t->params, params, &p, &err), err);
    assert_ok(sono_plan_build(t, &p, RATE_HZ, 0, &plan, &err), err);
    return plan;
}

static void it_is_in_the_table(void **state)
{
    (void)state;
    const SonoTransform *t = sono_transform_find("third");
    int n = 0;
    assert_non_null(t);
    while (sono_transforms[n]) {
        n++;
    }
    assert_ptr_equal(sono_transforms[n - 1], t); /* the last row; those before it are all there */
    assert_non_null(sono_transform_find("stft"));
    for (int i = 0; t->main_params[i]; i++) {
        assert_true(sono_params_find(t->params, t->main_params[i]) >= 0);
    }
}

static void its_bands_are_thirds_of_octaves(void **state)
{
    (void)state;
    SonoPlan *plan = build("fmin_hz=25");
    assert_true(plan->bound_b / plan->bound_a < 1.1);
    assert_true(fabs(sono_plan_row_hz(plan, 0.0) - 1000.0 * exp2(-16.0 / 3.0)) < 1e-6); /* 24.8 Hz */
    const double row = sono_plan_row_at(plan, 1000.0);
    assert_true(fabs(row - round(row)) < 1e-9);
    for (int32_t r = 0; r + 1 < plan->n_rows; r++) {
        assert_true(fabs(log2(sono_plan_row_hz(plan, r + 1) / sono_plan_row_hz(plan, r)) - 1.0 / 3.0) < 1e-9);
    }
    sono_plan_unref(plan);
}

static void it_reconstructs(void **state)
{
    (void)state;
    static float in[N_FRAMES];
    static float out[N_FRAMES];
    uint64_t seed = 3;
    for (int i = 0; i < N_FRAMES; i++) {
        in[i] = sono_test_noise(&seed);
    }
    static const char *const settings[] = {"", "quality=precise", "fmin_hz=200"};
    static const struct {
        const char *name;
        double snr_db;
    } backends[] = {{"cpu", 130.0}, {"ref", 140.0}}; /* ref computes in double, coefficients are float */
    for (size_t b = 0; b < 2; b++) {
        SonoEngine *engine = NULL;
        SonoError err = {0};
        assert_ok(sono_engine_new(backends[b].name, 2, &engine, &err), err);
        for (size_t s = 0; s < 3; s++) {
            SonoPlan *plan = build(settings[s]);
            const SonoSpan span = {0, N_FRAMES};
            const SonoSlices slices = sono_plan_slices_touching(plan, span);
            SonoCplx *coef = sono_alloc_aligned((size_t)slices.n * plan->n_coef, sizeof *coef);
            assert_non_null(coef);
            assert_ok(sono_engine_analyse(engine, plan, in, span, slices, coef, &err), err);
            assert_ok(sono_engine_synthesise(engine, plan, coef, slices, out, span, &err), err);
            double signal = 0.0;
            double noise = 0.0;
            for (int i = 0; i < N_FRAMES; i++) {
                const double d = (double)out[i] - (double)in[i];
                signal += (double)in[i] * (double)in[i];
                noise += d * d;
            }
            const double snr_db = 10.0 * log10(signal / noise);
            if (!(snr_db >= backends[b].snr_db)) {
                fail_msg("third %s on %s: SNR %.1f dB, must be %.0f", settings[s], backends[b].name, snr_db,
                         backends[b].snr_db);
            }
            sono_free(coef);
            sono_plan_unref(plan);
        }
        sono_engine_free(engine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_in_the_table),
        cmocka_unit_test(its_bands_are_thirds_of_octaves),
        cmocka_unit_test(it_reconstructs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
