/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bands_fixture.h"

#include <math.h>

#include "sono_mem.h"

SonoPlan *bands_plan(const char *transform, const char *params, double rate_hz, int64_t n_frames)
{
    const SonoTransform *t = sono_transform_find(transform);
    SonoParams p;
    SonoPlan *plan = NULL;
    SonoError err = {0};
    assert_non_null(t);
    assert_ok(sono_params_parse(t->params, params, &p, &err), err);
    assert_ok(sono_plan_build(t, &p, rate_hz, n_frames, &plan, &err), err);
    return plan;
}

SonoBackend *bands_backend(const char *name, SonoJobs *jobs)
{
    SonoBackend *be = NULL;
    SonoError err = {0};
    const SonoBackendType *type = sono_backend_type_find(name);
    assert_non_null(type);
    assert_ok(type->open(NULL, jobs, &be, &err), err);
    return be;
}

void bands_noise(double *x, int64_t n, uint64_t seed)
{
    for (int64_t i = 0; i < n; i++) {
        x[i] = (double)(0.5f * sono_test_noise(&seed));
    }
}

static void float_round_trip(SonoBackend *be, const SonoPlan *plan, SonoSpan span, const double *x, double *y)
{
    SonoError err = {0};
    const SonoSlices slices = sono_plan_slices_touching(plan, span);
    float *pcm = sono_alloc_aligned((size_t)span.n_frames, sizeof *pcm);
    SonoCplx *c = sono_alloc_aligned((size_t)slices.n * plan->n_coef, sizeof *c);
    assert_true(pcm && c);
    for (int64_t i = 0; i < span.n_frames; i++) {
        pcm[i] = (float)x[i];
    }
    assert_ok(sono_backend_analyse(be, plan, pcm, span, slices, c, &err), err);
    assert_ok(sono_backend_synthesise(be, plan, c, slices, pcm, span, &err), err);
    for (int64_t i = 0; i < span.n_frames; i++) {
        y[i] = (double)pcm[i];
    }
    sono_free(pcm);
    sono_free(c);
}

static void exact_round_trip(const SonoPlan *plan, SonoSpan span, const double *x, double *y)
{
    SonoError err = {0};
    const SonoSlices slices = sono_plan_slices_touching(plan, span);
    SonoCplxD *c = sono_alloc_aligned((size_t)slices.n * plan->n_coef, sizeof *c);
    assert_non_null(c);
    assert_ok(sono_ref_analyse(plan, x, span, slices, c, &err), err);
    assert_ok(sono_ref_synthesise(plan, c, slices, y, span, &err), err);
    sono_free(c);
}

double bands_round_trip_db(SonoBackend *be, const SonoPlan *plan, SonoSpan span, const double *x)
{
    double *y = sono_alloc_aligned((size_t)span.n_frames, sizeof *y);
    double error = 0.0;
    double power = 0.0;
    assert_non_null(y);
    if (be) {
        float_round_trip(be, plan, span, x, y);
    } else {
        exact_round_trip(plan, span, x, y);
    }
    for (int64_t i = 0; i < span.n_frames; i++) {
        error += (y[i] - x[i]) * (y[i] - x[i]);
        power += x[i] * x[i];
    }
    sono_free(y);
    return 10.0 * log10(power / error);
}

static int64_t positive_mod(int64_t a, int64_t n)
{
    const int64_t r = a % n;
    return r < 0 ? r + n : r;
}

SonoCplxD bands_merged(const SonoPlan *plan, const SonoAtom *atom, SonoSlices slices, const SonoCplxD *c, int64_t nu)
{
    SonoCplxD sum = {0.0, 0.0};
    const int64_t at = positive_mod(nu, atom->n_fft);
    for (int64_t m = 0; m < slices.n; m++) {
        /* start <= nu L / n_fft < start + L */
        const int64_t start = sono_plan_slice_start(plan, slices.first + m);
        if (nu * plan->slice_len >= start * atom->n_fft &&
            nu * plan->slice_len < (start + plan->slice_len) * atom->n_fft) {
            const SonoCplxD z = c[(size_t)m * plan->n_coef + atom->coef_at + (size_t)at];
            sum.re += z.re;
            sum.im += z.im;
        }
    }
    return sum;
}
