/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every backend must satisfy: adjointness, reconstruction, linearity, shift, agreement with the reference, and the
 * same bits for any number of threads and any cut of the work. A new row of backends.def is tested without a change. */
#include "sono_test.h"

#include <math.h>
#include <string.h>

#include "sono_backend.h"
#include "sono_mem.h"
#include "sono_ref.h"
#include "sono_transform.h"

#define N_FRAMES 6000

static const struct Case {
    double size, hop;
    int window;
} cases[] = {{64, 16, 0},   {64, 1, 1},    {243, 60, 1},  {100, 33, 2},
             {512, 128, 0}, {512, 211, 0}, {625, 625, 1}, {960, 240, 0}};
#define N_CASES (sizeof cases / sizeof *cases)

typedef struct Fixture {
    SonoJobs *jobs;
    SonoBackend *be;
    SonoPlan *plan;
    SonoSpan span;
    SonoSlices slices;
    size_t n_coef;
    float *x;
    SonoCplx *c;
} Fixture;

static SonoPlan *build(const struct Case *k)
{
    const SonoTransform *t = sono_transform_find("stft");
    SonoParams p = sono_params_defaults(t->params);
    SonoPlan *plan = NULL;
    SonoError err = {0};
    p.v[SONO_STFT_SIZE] = k->size;
    p.v[SONO_STFT_HOP] = k->hop;
    p.v[SONO_STFT_WINDOW] = k->window;
    assert_ok(sono_plan_build(t, &p, 48000.0, 0, &plan, &err), err);
    return plan;
}

static void set_up(Fixture *f, const SonoBackendType *type, const struct Case *k, int n_threads)
{
    SonoError err = {0};
    memset(f, 0, sizeof *f);
    f->plan = build(k);
    if (n_threads > 1) {
        assert_ok(sono_jobs_new(n_threads, &f->jobs, &err), err);
    }
    assert_ok(type->open(NULL, f->jobs, &f->be, &err), err);
    /* naive sums are slow: the reference works on a shorter sound */
    f->span = (SonoSpan){-100, strcmp(type->name, "ref") == 0 ? 1500 : N_FRAMES};
    f->slices = sono_plan_slices_touching(f->plan, f->span);
    f->n_coef = (size_t)f->slices.n * f->plan->n_coef;
    f->x = sono_alloc_aligned((size_t)f->span.n_frames, sizeof *f->x);
    f->c = sono_alloc_aligned(f->n_coef, sizeof *f->c);
    assert_true(f->x && f->c);
    uint64_t seed = 42;
    for (int64_t i = 0; i < f->span.n_frames; i++) {
        f->x[i] = 0.5f * sono_test_noise(&seed);
    }
}

static void tear_down(Fixture *f)
{
    f->be->type->close(f->be);
    sono_jobs_free(f->jobs);
    sono_plan_unref(f->plan);
    sono_free(f->x);
    sono_free(f->c);
}

/* Run a check over all backends and plans. */
static void for_all(void (*check)(Fixture *f))
{
    for (const SonoBackendType *const *type = sono_backend_types; *type; type++) {
        assert_int_equal((*type)->abi, SONO_BACKEND_ABI);
        assert_int_equal((*type)->size, sizeof(SonoBackendType));
        for (size_t i = 0; i < N_CASES; i++) {
            Fixture f;
            set_up(&f, *type, &cases[i], 2);
            check(&f);
            tear_down(&f);
        }
    }
}

static double inner_coef(const SonoPlan *plan, const SonoCplx *a, const SonoCplx *b, int64_t n_slices)
{
    double sum = 0.0;
    for (int64_t s = 0; s < n_slices; s++) {
        for (size_t k = 0; k < plan->n_coef; k++) {
            const size_t i = (size_t)s * plan->n_coef + k;
            sum += sono_plan_weight(plan, k) * ((double)a[i].re * (double)b[i].re + (double)a[i].im * (double)b[i].im);
        }
    }
    return sum;
}

static void random_coef(const SonoPlan *plan, SonoCplx *c, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++) {
        const int used = sono_plan_weight(plan, i % plan->n_coef) > 0.0;
        c[i] = used ? (SonoCplx){sono_test_noise(&seed), sono_test_noise(&seed)} : (SonoCplx){0.0f, 0.0f};
    }
}

static void check_adjoint(Fixture *f)
{
    SonoError err = {0};
    SonoCplx *c = sono_alloc_aligned(f->n_coef, sizeof *c);
    float *y = sono_alloc_aligned((size_t)f->span.n_frames, sizeof *y);
    random_coef(f->plan, c, f->n_coef, 7);
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, f->slices, f->c, &err), err);
    assert_ok(sono_backend_adjoint(f->be, f->plan, c, f->slices, y, f->span, &err), err);
    double right = 0.0;
    for (int64_t i = 0; i < f->span.n_frames; i++) {
        right += (double)f->x[i] * (double)y[i];
    }
    const double left = inner_coef(f->plan, f->c, c, f->slices.n);
    const double scale = sqrt(inner_coef(f->plan, f->c, f->c, f->slices.n) * inner_coef(f->plan, c, c, f->slices.n));
    if (!(fabs(left - right) <= 2e-7 * scale)) {
        fail_msg("%s size %g: <Vx,c> %.9g, <x,V*c> %.9g", f->be->type->name, f->plan->params.v[0], left, right);
    }
    sono_free(c);
    sono_free(y);
}

static void check_reconstruction(Fixture *f)
{
    SonoError err = {0};
    float *y = sono_alloc_aligned((size_t)f->span.n_frames, sizeof *y);
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, f->slices, f->c, &err), err);
    assert_ok(sono_backend_synthesise(f->be, f->plan, f->c, f->slices, y, f->span, &err), err);
    double e = 0.0;
    double p = 0.0;
    for (int64_t i = 0; i < f->span.n_frames; i++) {
        e += ((double)y[i] - (double)f->x[i]) * ((double)y[i] - (double)f->x[i]);
        p += (double)f->x[i] * (double)f->x[i];
    }
    /* rounding is amplified by at most sqrt(B/A) */
    const double limit_db = 130.0 - 10.0 * log10(f->plan->bound_b / f->plan->bound_a);
    if (!(10.0 * log10(p / e) >= limit_db)) {
        fail_msg("%s size %g hop %g: %.1f dB", f->be->type->name, f->plan->params.v[0], f->plan->params.v[1],
                 10.0 * log10(p / e));
    }
    sono_free(y);
}

static void check_linearity(Fixture *f)
{
    SonoError err = {0};
    const size_t n = (size_t)f->span.n_frames;
    float *y = sono_alloc_aligned(n, sizeof *y);
    float *z = sono_alloc_aligned(n, sizeof *z);
    SonoCplx *cy = sono_alloc_aligned(f->n_coef, sizeof *cy);
    SonoCplx *cz = sono_alloc_aligned(f->n_coef, sizeof *cz);
    uint64_t seed = 99;
    for (size_t i = 0; i < n; i++) {
        y[i] = sono_test_noise(&seed);
        z[i] = 0.25f * f->x[i] - 2.0f * y[i];
    }
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, f->slices, f->c, &err), err);
    assert_ok(sono_backend_analyse(f->be, f->plan, y, f->span, f->slices, cy, &err), err);
    assert_ok(sono_backend_analyse(f->be, f->plan, z, f->span, f->slices, cz, &err), err);
    double e = 0.0;
    double p = 0.0;
    for (size_t i = 0; i < f->n_coef; i++) {
        const double re = 0.25 * (double)f->c[i].re - 2.0 * (double)cy[i].re - (double)cz[i].re;
        const double im = 0.25 * (double)f->c[i].im - 2.0 * (double)cy[i].im - (double)cz[i].im;
        e += re * re + im * im;
        p += (double)cz[i].re * (double)cz[i].re + (double)cz[i].im * (double)cz[i].im;
    }
    assert_true(e <= 1e-12 * p);
    sono_free(y);
    sono_free(z);
    sono_free(cy);
    sono_free(cz);
}

/* Phase is time-invariant: the same sound three hops later has the same coefficients three slices later. */
static void check_shift(Fixture *f)
{
    SonoError err = {0};
    SonoCplx *c = sono_alloc_aligned(f->n_coef, sizeof *c);
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, f->slices, f->c, &err), err);
    const int64_t shift = 3;
    const SonoSpan later = {f->span.start_frame + shift * f->plan->slice_hop, f->span.n_frames};
    const SonoSlices slices = {f->slices.first + shift, f->slices.n};
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, later, slices, c, &err), err);
    assert_memory_equal(c, f->c, f->n_coef * sizeof *c);
    sono_free(c);
}

static void check_against_ref(Fixture *f)
{
    SonoError err = {0};
    const size_t n = (size_t)f->span.n_frames;
    const SonoSlices some = {f->slices.first + f->slices.n / 3, f->slices.n < 8 ? f->slices.n / 2 : 4};
    const size_t n_some = (size_t)some.n * f->plan->n_coef;
    double *xd = sono_alloc_aligned(n, sizeof *xd);
    double *yd = sono_alloc_aligned(n, sizeof *yd);
    float *y = sono_alloc_aligned(n, sizeof *y);
    SonoCplxD *cd = sono_alloc_aligned(n_some, sizeof *cd);
    for (size_t i = 0; i < n; i++) {
        xd[i] = (double)f->x[i];
    }
    assert_ok(sono_ref_analyse(f->plan, xd, f->span, some, cd, &err), err);
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, some, f->c, &err), err);
    double e = 0.0;
    double p = 0.0;
    for (size_t i = 0; i < n_some; i++) {
        const double re = (double)f->c[i].re - cd[i].re;
        const double im = (double)f->c[i].im - cd[i].im;
        e += re * re + im * im;
        p += cd[i].re * cd[i].re + cd[i].im * cd[i].im;
        cd[i] = (SonoCplxD){(double)f->c[i].re, (double)f->c[i].im};
    }
    if (!(sqrt(e / p) <= 5e-7)) {
        fail_msg("%s size %g: relative L2 %.2e of the analysis", f->be->type->name, f->plan->params.v[0], sqrt(e / p));
    }
    for (int dual = 0; dual < 2; dual++) {
        assert_ok(dual ? sono_ref_synthesise(f->plan, cd, some, yd, f->span, &err)
                       : sono_ref_adjoint(f->plan, cd, some, yd, f->span, &err),
                  err);
        assert_ok(dual ? sono_backend_synthesise(f->be, f->plan, f->c, some, y, f->span, &err)
                       : sono_backend_adjoint(f->be, f->plan, f->c, some, y, f->span, &err),
                  err);
        e = p = 0.0;
        for (size_t i = 0; i < n; i++) {
            e += ((double)y[i] - yd[i]) * ((double)y[i] - yd[i]);
            p += yd[i] * yd[i];
        }
        if (!(sqrt(e / p) <= 5e-7)) {
            fail_msg("%s size %g dual %d: relative L2 %.2e", f->be->type->name, f->plan->params.v[0], dual,
                     sqrt(e / p));
        }
    }
    sono_free(xd);
    sono_free(yd);
    sono_free(y);
    sono_free(cd);
}

/* Analysing a part, or synthesising a part of the frames, gives the bits of the whole. */
static void check_cuts(Fixture *f)
{
    SonoError err = {0};
    const size_t n = (size_t)f->span.n_frames;
    float *y = sono_alloc_aligned(n, sizeof *y);
    float *part = sono_alloc_aligned(n, sizeof *part);
    SonoCplx *c = sono_alloc_aligned(f->n_coef, sizeof *c);
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, f->slices, f->c, &err), err);
    assert_ok(sono_backend_synthesise(f->be, f->plan, f->c, f->slices, y, f->span, &err), err);
    for (int64_t at = 0; at < f->slices.n; at += 5) {
        const SonoSlices one = {f->slices.first + at, f->slices.n - at < 5 ? f->slices.n - at : 5};
        assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, one, c, &err), err);
        assert_memory_equal(c, f->c + (size_t)at * f->plan->n_coef, (size_t)one.n * f->plan->n_coef * sizeof *c);
    }
    for (int64_t at = 0; at < f->span.n_frames; at += 777) {
        const SonoSpan some = {f->span.start_frame + at, f->span.n_frames - at < 777 ? f->span.n_frames - at : 777};
        assert_ok(sono_backend_synthesise(f->be, f->plan, f->c, f->slices, part, some, &err), err);
        assert_memory_equal(part, y + at, (size_t)some.n_frames * sizeof *y);
    }
    sono_free(y);
    sono_free(part);
    sono_free(c);
}

static void adjoint(void **state)
{
    (void)state;
    for_all(check_adjoint);
}
static void reconstruction(void **state)
{
    (void)state;
    for_all(check_reconstruction);
}
static void linearity(void **state)
{
    (void)state;
    for_all(check_linearity);
}
static void shift(void **state)
{
    (void)state;
    for_all(check_shift);
}
static void agreement_with_ref(void **state)
{
    (void)state;
    for_all(check_against_ref);
}
static void any_cut_gives_the_same_bits(void **state)
{
    (void)state;
    for_all(check_cuts);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    SonoError err = {0};
    for (const SonoBackendType *const *type = sono_backend_types; *type; type++) {
        for (size_t i = 0; i < N_CASES; i++) {
            Fixture one;
            set_up(&one, *type, &cases[i], 1);
            const size_t n = (size_t)one.span.n_frames;
            float *y1 = sono_alloc_aligned(n, sizeof *y1);
            float *yn = sono_alloc_aligned(n, sizeof *yn);
            assert_ok(sono_backend_analyse(one.be, one.plan, one.x, one.span, one.slices, one.c, &err), err);
            assert_ok(sono_backend_synthesise(one.be, one.plan, one.c, one.slices, y1, one.span, &err), err);
            for (int threads = 2; threads <= 5; threads += 3) {
                Fixture many;
                set_up(&many, *type, &cases[i], threads);
                assert_ok(sono_backend_analyse(many.be, many.plan, many.x, many.span, many.slices, many.c, &err), err);
                assert_ok(sono_backend_synthesise(many.be, many.plan, many.c, many.slices, yn, many.span, &err), err);
                assert_memory_equal(many.c, one.c, one.n_coef * sizeof *one.c);
                assert_memory_equal(yn, y1, n * sizeof *y1);
                tear_down(&many);
            }
            sono_free(y1);
            sono_free(yn);
            tear_down(&one);
        }
    }
}

/* In double the adjoint and the inverse are exact to rounding. */
static void reference_is_exact_in_double(void **state)
{
    (void)state;
    SonoError err = {0};
    for (size_t k = 0; k < N_CASES; k++) {
        SonoPlan *plan = build(&cases[k]);
        const SonoSpan span = {-100, 1200};
        const SonoSlices slices = sono_plan_slices_touching(plan, span);
        const size_t n = (size_t)span.n_frames;
        const size_t n_coef = (size_t)slices.n * plan->n_coef;
        double *x = sono_alloc_aligned(n, sizeof *x);
        double *y = sono_alloc_aligned(n, sizeof *y);
        SonoCplxD *vx = sono_alloc_aligned(n_coef, sizeof *vx);
        SonoCplxD *c = sono_alloc_aligned(n_coef, sizeof *c);
        uint64_t seed = 3;
        for (size_t i = 0; i < n; i++) {
            x[i] = (double)sono_test_noise(&seed);
        }
        for (size_t i = 0; i < n_coef; i++) {
            c[i] = (SonoCplxD){(double)sono_test_noise(&seed), (double)sono_test_noise(&seed)};
        }
        assert_ok(sono_ref_analyse(plan, x, span, slices, vx, &err), err);
        assert_ok(sono_ref_adjoint(plan, c, slices, y, span, &err), err);
        double left = 0.0;
        double right = 0.0;
        double scale = 0.0;
        for (size_t i = 0; i < n_coef; i++) {
            const double w = sono_plan_weight(plan, i % plan->n_coef);
            left += w * (vx[i].re * c[i].re + vx[i].im * c[i].im);
            scale += w * (fabs(vx[i].re * c[i].re) + fabs(vx[i].im * c[i].im));
        }
        for (size_t i = 0; i < n; i++) {
            right += x[i] * y[i];
        }
        assert_true(fabs(left - right) <= 1e-12 * scale);
        assert_ok(sono_ref_synthesise(plan, vx, slices, y, span, &err), err);
        double e = 0.0;
        double p = 0.0;
        for (size_t i = 0; i < n; i++) {
            e += (y[i] - x[i]) * (y[i] - x[i]);
            p += x[i] * x[i];
        }
        assert_true(10.0 * log10(p / e) >= 290.0 - 10.0 * log10(plan->bound_b / plan->bound_a));
        sono_free(x);
        sono_free(y);
        sono_free(vx);
        sono_free(c);
        sono_plan_unref(plan);
    }
}

/* Frames past 2^33 (a day at 96 kHz): the same sound there has the same coefficients, and comes back the same. */
static void check_far(Fixture *f)
{
    SonoError err = {0};
    const int64_t hops = INT64_C(1) << 40;
    const SonoSpan span = {f->span.start_frame + hops * f->plan->slice_hop, f->span.n_frames};
    const SonoSlices slices = sono_plan_slices_touching(f->plan, span);
    assert_int_equal(slices.first, f->slices.first + hops);
    assert_int_equal(slices.n, f->slices.n);
    SonoCplx *c = sono_alloc_aligned(f->n_coef, sizeof *c);
    float *y = sono_alloc_aligned((size_t)span.n_frames, sizeof *y);
    float *z = sono_alloc_aligned((size_t)span.n_frames, sizeof *z);
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, f->slices, f->c, &err), err);
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, span, slices, c, &err), err);
    assert_memory_equal(c, f->c, f->n_coef * sizeof *c);
    assert_ok(sono_backend_synthesise(f->be, f->plan, c, f->slices, y, f->span, &err), err);
    assert_ok(sono_backend_synthesise(f->be, f->plan, c, slices, z, span, &err), err);
    assert_memory_equal(z, y, (size_t)span.n_frames * sizeof *y);
    sono_free(c);
    sono_free(y);
    sono_free(z);
}

static void far_positions(void **state)
{
    (void)state;
    for_all(check_far);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adjoint),
        cmocka_unit_test(reconstruction),
        cmocka_unit_test(linearity),
        cmocka_unit_test(shift),
        cmocka_unit_test(far_positions),
        cmocka_unit_test(agreement_with_ref),
        cmocka_unit_test(any_cut_gives_the_same_bits),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(reference_is_exact_in_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
