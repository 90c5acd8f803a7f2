/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference that everything is measured against: adjoint and inverse to rounding of double, and the coefficients,
 * samples and bounds that sono_plan.h defines, by sums written down here once more. */
#include "conformance_fixture.h"

#include <complex.h>
#include <math.h>

#include "sono_mem.h"
#include "sono_ref.h"

#define PI 3.141592653589793238463

static void adjoint_and_inverse_are_exact_in_double(void **state)
{
    (void)state;
    SonoError err = {0};
    for (size_t k = 0; k < conformance_n_cases; k++) {
        const ConformanceCase *of = &conformance_cases[k];
        const bool is_frame = of->kind == CONFORMANCE_PLAN || of->kind == CONFORMANCE_FINER;
        SonoPlan *plan = conformance_plan(of, 9000);
        const SonoSpan span = plan->axis == SONO_AXIS_TIME ? (SonoSpan){-100, 1200} : (SonoSpan){0, 9000};
        const SonoSlices slices = sono_plan_slices_touching(plan, span);
        const size_t n = (size_t)span.n_frames;
        const size_t n_coef = (size_t)slices.n * plan->n_coef;
        double *x = sono_alloc_aligned(n, sizeof *x);
        double *y = sono_alloc_aligned(n, sizeof *y);
        SonoCplxD *vx = sono_alloc_aligned(n_coef, sizeof *vx);
        SonoCplxD *c = sono_alloc_aligned(n_coef, sizeof *c);
        assert_true(x && y && vx && c);
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
        double e = 0.0;
        double p = 0.0;
        for (size_t i = 0; i < n; i++) {
            right += x[i] * y[i];
        }
        if (!(fabs(left - right) <= 1e-12 * scale)) {
            fail_msg("%s %s, kind %d: <Vx,c> %.17g, <x,V*c> %.17g", of->transform, of->params, (int)of->kind, left,
                     right);
        }
        assert_ok(sono_ref_synthesise(plan, vx, slices, y, span, &err), err);
        for (size_t i = 0; i < n; i++) {
            e += (y[i] - x[i]) * (y[i] - x[i]);
            p += x[i] * x[i];
        }
        if (is_frame && !(10.0 * log10(p / e) >= 290.0 - 10.0 * log10(plan->bound_b / plan->bound_a))) {
            fail_msg("%s %s, kind %d: %.1f dB", of->transform, of->params, (int)of->kind, 10.0 * log10(p / e));
        }
        sono_free(x);
        sono_free(y);
        sono_free(vx);
        sono_free(c);
        sono_plan_unref(plan);
    }
}

/* Two slices of a small plan with noise, and its coefficients by the reference. */
typedef struct Small {
    SonoPlan *plan;
    SonoSpan span;
    SonoSlices slices;
    double *x;
    SonoCplxD *c;
} Small;

static const ConformanceCase small_case = {"slicq", "slice=4096 fmin_hz=200 bins_per_octave=12 hop_eighths=5", 48000,
                                           CONFORMANCE_PLAN};

static int small_set_up(void **state)
{
    static Small s;
    SonoError err = {0};
    s.plan = conformance_plan(&small_case, 0);
    s.slices = (SonoSlices){3, 2};
    s.span = sono_plan_support(s.plan, s.slices);
    s.x = sono_alloc_aligned((size_t)s.span.n_frames, sizeof *s.x);
    s.c = sono_alloc_aligned(2 * s.plan->n_coef, sizeof *s.c);
    assert_true(s.x && s.c);
    uint64_t seed = 17;
    for (int64_t i = 0; i < s.span.n_frames; i++) {
        s.x[i] = (double)sono_test_noise(&seed);
    }
    assert_ok(sono_ref_analyse(s.plan, s.x, s.span, s.slices, s.c, &err), err);
    *state = &s;
    return 0;
}

static int small_tear_down(void **state)
{
    Small *s = *state;
    sono_plan_unref(s->plan);
    sono_free(s->x);
    sono_free(s->c);
    return 0;
}

/* exp(2 pi i k / n) */
static double complex root(int64_t k, int64_t n)
{
    const double phase = 2.0 * PI * (double)(k % n) / (double)n;
    return cos(phase) + I * sin(phase);
}

/* X[j] of a slice, j of either sign */
static double complex spectrum(const Small *s, int64_t slice, int64_t j)
{
    const int64_t len = s->plan->slice_len;
    const int64_t start = sono_plan_slice_start(s->plan, slice);
    double complex sum = 0.0;
    for (int64_t t = start; t < start + len; t++) {
        sum += s->plan->slice_window[t - start] * s->x[t - s->span.start_frame] * root(-j * t, len);
    }
    return sum;
}

static double complex coefficient(const Small *s, int64_t slice, const SonoAtom *a, int32_t nu)
{
    const int64_t origin = a->real && a->first_bin > 0 ? s->plan->slice_len / 2 : 0;
    double complex sum = 0.0;
    for (int32_t t = 0; t < a->length; t++) {
        const int64_t j = a->first_bin + t;
        const double w = s->plan->window[a->tap_at + (size_t)t];
        sum += w * spectrum(s, slice, j) * root((j - origin) * nu, a->n_fft);
        if (a->real && j != origin) { /* the half that is not stored: the window is even about the origin */
            const int64_t mirror = 2 * origin - j;
            sum += w * spectrum(s, slice, mirror) * root((mirror - origin) * nu, a->n_fft);
        }
    }
    return sum;
}

static void coefficients_are_those_of_the_definition(void **state)
{
    const Small *s = *state;
    const int32_t n = s->plan->n_atoms;
    const int32_t atoms[] = {0, 1, n / 3, n - 2, n - 1};
    for (size_t i = 0; i < sizeof atoms / sizeof *atoms; i++) {
        const SonoAtom *a = &s->plan->atoms[atoms[i]];
        if (a->length > 600) {
            fail_msg("band %d has %d taps: too many for a naive sum", (int)atoms[i], (int)a->length);
        }
        for (int32_t m = 0; m < 2; m++) {
            const int32_t nu = (m == 0 ? 1 : 5) * a->n_fft / 8;
            const double complex want = coefficient(s, s->slices.first + m, a, nu);
            const SonoCplxD is = s->c[(size_t)m * s->plan->n_coef + a->coef_at + (size_t)nu];
            const double off = cabs(want - (is.re + I * is.im));
            if (!(off <= 1e-12 && cabs(want) > 1e-6)) {
                fail_msg("atom %d, slice %d, coefficient %d: off by %.2e", (int)atoms[i], (int)m, (int)nu, off);
            }
        }
    }
}

/* Y[j] of a slice, j in 0..L/2 */
static double complex synthesised_bin(const Small *s, size_t row, int64_t j, const double *taps)
{
    double complex sum = 0.0;
    for (int32_t i = 0; i < s->plan->n_atoms; i++) {
        const SonoAtom *a = &s->plan->atoms[i];
        const int64_t origin = a->real && a->first_bin > 0 ? s->plan->slice_len / 2 : 0;
        if (j < a->first_bin || j >= a->first_bin + a->length) {
            continue;
        }
        double complex z = 0.0;
        for (int32_t nu = 0; nu < a->n_fft; nu++) {
            const SonoCplxD c = s->c[row * s->plan->n_coef + a->coef_at + (size_t)nu];
            z += (c.re + (a->real ? 0.0 : I * c.im)) * root(-(j - origin) * nu, a->n_fft);
        }
        sum += taps[a->tap_at + (size_t)(j - a->first_bin)] * z;
    }
    return sum;
}

static void samples_are_those_of_the_definition(void **state)
{
    const Small *s = *state;
    const SonoPlan *p = s->plan;
    const int64_t half = p->slice_len / 2;
    SonoError err = {0};
    double *y = sono_alloc_aligned((size_t)s->span.n_frames, sizeof *y);
    double complex *bins = sono_calloc((size_t)(2 * (half + 1)), sizeof *bins);
    assert_true(y && bins);
    /* any coefficients will do, those of no sound too */
    for (size_t i = 0; i < 2 * p->n_coef; i += 3) {
        s->c[i].re += 0.01;
        s->c[i].im -= 0.02;
    }
    for (int dual = 0; dual < 2; dual++) {
        const double *fade = dual ? p->slice_dual : p->slice_window;
        assert_ok(dual ? sono_ref_synthesise(p, s->c, s->slices, y, s->span, &err)
                       : sono_ref_adjoint(p, s->c, s->slices, y, s->span, &err),
                  err);
        for (size_t m = 0; m < 2; m++) {
            for (int64_t j = 0; j <= half; j++) {
                bins[(int64_t)m * (half + 1) + j] = synthesised_bin(s, m, j, dual ? p->dual : p->window);
            }
        }
        for (int64_t i = 5; i < s->span.n_frames; i += 997) {
            const int64_t t = s->span.start_frame + i;
            double want = 0.0;
            for (int64_t m = 0; m < 2; m++) {
                const int64_t in_slice = t - sono_plan_slice_start(p, s->slices.first + m);
                if (in_slice < 0 || in_slice >= p->slice_len) {
                    continue;
                }
                double sum = 0.0;
                for (int64_t j = 0; j <= half; j++) { /* c2r: all bins count twice but the ends */
                    const double twice = j == 0 || j == half ? 1.0 : 2.0;
                    sum += twice * creal(bins[m * (half + 1) + j] * root(j * t, p->slice_len));
                }
                want += fade[in_slice] * sum;
            }
            if (!(fabs(y[i] - want) <= 1e-11)) {
                fail_msg("dual %d, frame %lld: %.15g, by definition %.15g", dual, (long long)t, y[i], want);
            }
        }
    }
    sono_free(y);
    sono_free(bins);
}

/* Without slice windows (nsgt) the frame operator multiplies the spectrum by d: <Vx,Vx> / <x,x> of a tone on bin j is
 * d[j], and the bounds are the least and the greatest of them. */
static void bounds_are_those_of_the_operator(void **state)
{
    (void)state;
    static const ConformanceCase cases[] = {
        {"nsgt", "bins_per_octave=12 fmin_hz=100", 8000, CONFORMANCE_PLAN},
        {"nsgt", "bins_per_octave=24 fmin_hz=100 gamma_hz=30 layout=notes", 8000, CONFORMANCE_PLAN},
        {"nsgt", "bins_per_octave=6 fmin_hz=300 fmax_hz=2000 window=cos4", 8000, CONFORMANCE_PLAN},
    };
    SonoError err = {0};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        SonoPlan *p = conformance_plan(&cases[k], 1000);
        const int64_t len = p->slice_len;
        double *x = sono_alloc_aligned((size_t)len, sizeof *x);
        SonoCplxD *c = sono_alloc_aligned(p->n_coef, sizeof *c);
        double least = INFINITY;
        double greatest = 0.0;
        assert_true(x && c && p->slice_window == NULL);
        for (int64_t j = 0; j <= len / 2; j++) {
            double power = 0.0;
            double vx = 0.0;
            for (int64_t t = 0; t < len; t++) {
                x[t] = creal(root(j * t, len));
                power += x[t] * x[t];
            }
            assert_ok(sono_ref_analyse(p, x, (SonoSpan){0, len}, (SonoSlices){0, 1}, c, &err), err);
            for (size_t i = 0; i < p->n_coef; i++) {
                vx += sono_plan_weight(p, i) * (c[i].re * c[i].re + c[i].im * c[i].im);
            }
            least = fmin(least, vx / power);
            greatest = fmax(greatest, vx / power);
        }
        if (!(fabs(least - p->bound_a) <= 1e-9 && fabs(greatest - p->bound_b) <= 1e-9)) {
            fail_msg("%s: bounds %.12g and %.12g, measured %.12g and %.12g", cases[k].params, p->bound_a, p->bound_b,
                     least, greatest);
        }
        sono_free(x);
        sono_free(c);
        sono_plan_unref(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adjoint_and_inverse_are_exact_in_double),
        cmocka_unit_test_setup_teardown(coefficients_are_those_of_the_definition, small_set_up, small_tear_down),
        cmocka_unit_test_setup_teardown(samples_are_those_of_the_definition, small_set_up, small_tear_down),
        cmocka_unit_test(bounds_are_those_of_the_operator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
