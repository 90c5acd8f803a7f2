/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole sound of millions of frames, whose spectrum the cpu computes in double: in float alone this length, whose FFT
 * is 2^7 3^9 points, would come back at 129.4 dB. */
#include "bands_fixture.h"

#include <math.h>

#include "sono_mem.h"

#define N_FRAMES 2500009

typedef struct Sound {
    SonoPlan *plan;
    SonoSpan span;
    SonoSlices slices;
    float *x, *y, *y_ref;
    SonoCplx *c, *c_ref;
} Sound;

static double relative_error(const float *a, const float *ref, size_t n)
{
    double error = 0.0;
    double power = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double d = (double)a[i] - (double)ref[i];
        error += d * d;
        power += (double)ref[i] * (double)ref[i];
    }
    return sqrt(error / power);
}

static int set_up(void **state)
{
    Sound *s = test_calloc(1, sizeof *s);
    s->plan = bands_plan("nsgt", "", 48000, N_FRAMES);
    s->span = (SonoSpan){0, N_FRAMES};
    s->slices = sono_plan_slices_touching(s->plan, s->span);
    s->x = sono_alloc_aligned(N_FRAMES, sizeof *s->x);
    s->y = sono_alloc_aligned(N_FRAMES, sizeof *s->y);
    s->y_ref = sono_alloc_aligned(N_FRAMES, sizeof *s->y_ref);
    s->c = sono_alloc_aligned(s->plan->n_coef, sizeof *s->c);
    s->c_ref = sono_alloc_aligned(s->plan->n_coef, sizeof *s->c_ref);
    assert_true(s->x && s->y && s->y_ref && s->c && s->c_ref);
    uint64_t seed = 3;
    for (int64_t i = 0; i < N_FRAMES; i++) {
        s->x[i] = sono_test_noise(&seed);
    }
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    Sound *s = *state;
    sono_plan_unref(s->plan);
    sono_free(s->x);
    sono_free(s->y);
    sono_free(s->y_ref);
    sono_free(s->c);
    sono_free(s->c_ref);
    test_free(s);
    return 0;
}

static void it_comes_back_and_agrees_with_the_reference(void **state)
{
    Sound *s = *state;
    SonoError err = {0};
    SonoBackend *cpu = bands_backend("cpu", NULL);
    SonoBackend *ref = bands_backend("ref", NULL);
    assert_int_equal(s->slices.n, 1);
    assert_ok(sono_backend_analyse(cpu, s->plan, s->x, s->span, s->slices, s->c, &err), err);
    assert_ok(sono_backend_analyse(ref, s->plan, s->x, s->span, s->slices, s->c_ref, &err), err);
    const double analysis = relative_error(&s->c->re, &s->c_ref->re, 2 * s->plan->n_coef);
    assert_ok(sono_backend_synthesise(cpu, s->plan, s->c, s->slices, s->y, s->span, &err), err);
    const double round_trip_db = -20.0 * log10(relative_error(s->y, s->x, N_FRAMES));
    assert_ok(sono_backend_adjoint(cpu, s->plan, s->c, s->slices, s->y, s->span, &err), err);
    assert_ok(sono_backend_adjoint(ref, s->plan, s->c, s->slices, s->y_ref, s->span, &err), err);
    const double adjoint = relative_error(s->y, s->y_ref, N_FRAMES);
    print_message("round trip %.1f dB; against the reference: %.1e, adjoint %.1e\n", round_trip_db, analysis, adjoint);
    assert_true(round_trip_db >= 134.0);
    assert_true(analysis <= 2e-7 && adjoint <= 2e-7);
    cpu->type->close(cpu);
    ref->type->close(ref);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_comes_back_and_agrees_with_the_reference, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
