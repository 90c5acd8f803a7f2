/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every backend must satisfy: adjointness, reconstruction, linearity, shift, agreement with the reference, and the
 * same bits for any number of threads and any cut of the work. A new row of backends.def is tested without a change. */
#include "conformance_fixture.h"

#include <math.h>
#include <string.h>

#include "sono_mem.h"
#include "sono_ref.h"

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

static void check_adjoint(Conformance *f)
{
    SonoError err = {0};
    SonoCplx *c = sono_alloc_aligned(f->n_coef, sizeof *c);
    float *y = sono_alloc_aligned((size_t)f->span.n_frames, sizeof *y);
    conformance_random(f->plan, c, f->n_coef, 7);
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, f->slices, f->c, &err), err);
    assert_ok(sono_backend_adjoint(f->be, f->plan, c, f->slices, y, f->span, &err), err);
    double right = 0.0;
    for (int64_t i = 0; i < f->span.n_frames; i++) {
        right += (double)f->x[i] * (double)y[i];
    }
    const double left = inner_coef(f->plan, f->c, c, f->slices.n);
    const double scale = sqrt(inner_coef(f->plan, f->c, f->c, f->slices.n) * inner_coef(f->plan, c, c, f->slices.n));
    if (!(fabs(left - right) <= 2e-7 * scale)) {
        fail_msg("%s: <Vx,c> %.9g, <x,V*c> %.9g", f->label, left, right);
    }
    sono_free(c);
    sono_free(y);
}

static void check_reconstruction(Conformance *f)
{
    SonoError err = {0};
    if (!f->is_frame) {
        return; /* some of the bands: what they give back is tested against the reference */
    }
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
        fail_msg("%s: %.1f dB", f->label, 10.0 * log10(p / e));
    }
    sono_free(y);
}

static void check_linearity(Conformance *f)
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

/* Phase is time-invariant: the same sound later has the same coefficients later, bit for bit: three slices later with a
 * plan over time, eight with one over frequency (whole slice lengths, since frame t is at t mod L). */
static void check_shift(Conformance *f)
{
    SonoError err = {0};
    SonoCplx *c = sono_alloc_aligned(f->n_coef, sizeof *c);
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, f->slices, f->c, &err), err);
    const int64_t shift = f->plan->axis == SONO_AXIS_TIME ? 3 : 8;
    const SonoSpan later = {f->span.start_frame + shift * f->plan->slice_hop, f->span.n_frames};
    const SonoSlices slices = {f->slices.first + shift, f->slices.n};
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, later, slices, c, &err), err);
    assert_memory_equal(c, f->c, f->n_coef * sizeof *c);
    sono_free(c);
}

/* One hop later the coefficients of a band are those of before, in the order of time. */
static void check_hop(Conformance *f)
{
    SonoError err = {0};
    if (f->plan->axis == SONO_AXIS_TIME) {
        return; /* its slices have one column: check_shift() says it all */
    }
    SonoCplx *c = sono_alloc_aligned(f->n_coef, sizeof *c);
    const SonoPlan *p = f->plan;
    const SonoSpan later = {f->span.start_frame + p->slice_hop, f->span.n_frames};
    const SonoSlices slices = {f->slices.first + 1, f->slices.n};
    assert_ok(sono_backend_analyse(f->be, p, f->x, f->span, f->slices, f->c, &err), err);
    assert_ok(sono_backend_analyse(f->be, p, f->x, later, slices, c, &err), err);
    double e = 0.0;
    double power = 0.0;
    for (int64_t m = 0; m < f->slices.n; m++) {
        for (int32_t i = 0; i < p->n_atoms; i++) {
            const SonoAtom *a = &p->atoms[i];
            const SonoCplx *was = f->c + (size_t)m * p->n_coef + a->coef_at;
            const SonoCplx *is = c + (size_t)m * p->n_coef + a->coef_at;
            const int32_t first = sono_plan_first_coef(p, f->slices.first + m, a);
            const int32_t first_later = sono_plan_first_coef(p, slices.first + m, a);
            for (int32_t k = 0; k < a->n_coef; k++) {
                const SonoCplx z = was[(first + k) % a->n_coef];
                const SonoCplx y = is[(first_later + k) % a->n_coef];
                e += pow((double)z.re - (double)y.re, 2.0) + pow((double)z.im - (double)y.im, 2.0);
                power += pow((double)z.re, 2.0) + pow((double)z.im, 2.0);
            }
        }
    }
    if (!(e <= 1e-12 * power)) {
        fail_msg("%s: a hop later it differs by %.1f dB", f->label, 10.0 * log10(e / power));
    }
    sono_free(c);
}

static void check_against_ref(Conformance *f)
{
    SonoError err = {0};
    const size_t n = (size_t)f->span.n_frames;
    const SonoSlices some = {f->slices.first + f->slices.n / 3, f->slices.n < 8 ? (f->slices.n + 1) / 2 : 4};
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
        fail_msg("%s: relative L2 %.2e of the analysis", f->label, sqrt(e / p));
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
            fail_msg("%s, dual %d: relative L2 %.2e", f->label, dual, sqrt(e / p));
        }
    }
    sono_free(xd);
    sono_free(yd);
    sono_free(y);
    sono_free(cd);
}

/* Analysing a part, or synthesising a part of the frames, gives the bits of the whole. */
static void check_cuts(Conformance *f)
{
    SonoError err = {0};
    const size_t n = (size_t)f->span.n_frames;
    float *y = sono_alloc_aligned(n, sizeof *y);
    float *part = sono_alloc_aligned(n, sizeof *part);
    SonoCplx *c = sono_alloc_aligned(f->n_coef, sizeof *c);
    assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, f->slices, f->c, &err), err);
    assert_ok(sono_backend_synthesise(f->be, f->plan, f->c, f->slices, y, f->span, &err), err);
    const int64_t step = f->slices.n < 40 ? 3 : 5;
    for (int64_t at = 0; at < f->slices.n; at += step) {
        const SonoSlices one = {f->slices.first + at, f->slices.n - at < step ? f->slices.n - at : step};
        assert_ok(sono_backend_analyse(f->be, f->plan, f->x, f->span, one, c, &err), err);
        assert_memory_equal(c, f->c + (size_t)at * f->plan->n_coef, (size_t)one.n * f->plan->n_coef * sizeof *c);
    }
    const int64_t length = f->plan->axis == SONO_AXIS_TIME ? 777 : 4777;
    for (int64_t at = 0; at < f->span.n_frames; at += length) {
        const int64_t left = f->span.n_frames - at;
        const SonoSpan some = {f->span.start_frame + at, left < length ? left : length};
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
    conformance_for_all(check_adjoint);
}
static void reconstruction(void **state)
{
    (void)state;
    conformance_for_all(check_reconstruction);
}
static void linearity(void **state)
{
    (void)state;
    conformance_for_all(check_linearity);
}
static void shift(void **state)
{
    (void)state;
    conformance_for_all(check_shift);
}
static void a_hop_later(void **state)
{
    (void)state;
    conformance_for_all(check_hop);
}
static void agreement_with_ref(void **state)
{
    (void)state;
    conformance_for_all(check_against_ref);
}
static void any_cut_gives_the_same_bits(void **state)
{
    (void)state;
    conformance_for_all(check_cuts);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    SonoError err = {0};
    for (const SonoBackendType *const *type = sono_backend_types; *type; type++) {
        for (size_t i = 0; i < conformance_n_cases; i++) {
            Conformance one;
            conformance_set_up(&one, *type, &conformance_cases[i], 1);
            const size_t n = (size_t)one.span.n_frames;
            float *y1 = sono_alloc_aligned(n, sizeof *y1);
            float *yn = sono_alloc_aligned(n, sizeof *yn);
            assert_ok(sono_backend_analyse(one.be, one.plan, one.x, one.span, one.slices, one.c, &err), err);
            assert_ok(sono_backend_synthesise(one.be, one.plan, one.c, one.slices, y1, one.span, &err), err);
            for (int threads = 2; threads <= 5; threads += 3) {
                Conformance many;
                conformance_set_up(&many, *type, &conformance_cases[i], threads);
                assert_ok(sono_backend_analyse(many.be, many.plan, many.x, many.span, many.slices, many.c, &err), err);
                assert_ok(sono_backend_synthesise(many.be, many.plan, many.c, many.slices, yn, many.span, &err), err);
                assert_memory_equal(many.c, one.c, one.n_coef * sizeof *one.c);
                assert_memory_equal(yn, y1, n * sizeof *y1);
                conformance_tear_down(&many);
            }
            sono_free(y1);
            sono_free(yn);
            conformance_tear_down(&one);
        }
    }
}

/* Frames past 2^33 (a day at 96 kHz): the same sound there has the same coefficients, and comes back the same. */
static void check_far(Conformance *f)
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
    conformance_for_all(check_far);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adjoint),
        cmocka_unit_test(reconstruction),
        cmocka_unit_test(linearity),
        cmocka_unit_test(shift),
        cmocka_unit_test(a_hop_later),
        cmocka_unit_test(far_positions),
        cmocka_unit_test(agreement_with_ref),
        cmocka_unit_test(any_cut_gives_the_same_bits),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
