/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bands_checks.h"

#include <math.h>
#include <string.h>

#include "sono_mem.h"

SonoPlan *bands_build(const char *transform, const char *text, double rate_hz, int64_t n_frames)
{
    const SonoTransform *t = sono_transform_find(transform);
    SonoParams p;
    SonoPlan *plan = NULL;
    SonoError err = {0};
    assert_non_null(t);
    assert_ok(sono_params_parse(t->params, text, &p, &err), err);
    assert_ok(sono_plan_build(t, &p, rate_hz, n_frames, &plan, &err), err);
    return plan;
}

/* {4, 5, 6, 7} 2^a and a multiple of 8 */
static bool is_class(int32_t n_fft)
{
    int32_t k = n_fft;
    while (k > 7 && k % 2 == 0) {
        k /= 2;
    }
    return n_fft % 8 == 0 && k >= 4 && k <= 7;
}

static void check_atoms(const SonoPlan *p, const char *label)
{
    size_t tap_at = 0;
    size_t coef_at = 0;
    double freq_hz = -1.0;
    for (int32_t i = 0; i < p->n_atoms; i++) {
        const SonoAtom *a = &p->atoms[i];
        const bool is_end = i == 0 || i == p->n_atoms - 1;
        const int64_t needed = a->real ? 2 * (int64_t)a->length - 1 : a->length;
        const bool fits = a->length > 0 && a->first_bin >= 0 && a->first_bin + a->length <= p->slice_len / 2 + 1;
        if (a->real != is_end || !is_class(a->n_fft) || a->n_fft < needed || a->n_coef != a->n_fft || !fits ||
            a->tap_at != tap_at || a->coef_at != coef_at || a->freq_hz <= freq_hz) {
            fail_msg("%s: atom %d of %d: %d taps from bin %lld, n_fft %d, at %g Hz", label, (int)i, (int)p->n_atoms,
                     (int)a->length, (long long)a->first_bin, (int)a->n_fft, a->freq_hz);
        }
        tap_at += (size_t)a->length;
        coef_at += (size_t)a->n_coef;
        freq_hz = a->freq_hz;
    }
    assert_int_equal(p->n_taps, tap_at);
    assert_int_equal(p->n_coef, coef_at);
    assert_true(p->atoms[0].first_bin == 0 && freq_hz == 0.5 * p->rate_hz);
}

/* The duals undo the windows at every bin: L sum over bands of n_fft window dual = 1, and the bounds are those of d. */
static void check_duals(const SonoPlan *p, const char *label)
{
    const int64_t half = p->slice_len / 2;
    const double len = (double)p->slice_len;
    double *one = sono_calloc((size_t)(half + 1), sizeof *one);
    double *d = sono_calloc((size_t)(half + 1), sizeof *d);
    double a_is = INFINITY;
    double b_is = 0.0;
    assert_true(one && d);
    for (int32_t i = 0; i < p->n_atoms; i++) {
        const SonoAtom *a = &p->atoms[i];
        for (int32_t t = 0; t < a->length; t++) {
            const double w = p->window[a->tap_at + (size_t)t];
            one[a->first_bin + t] += len * a->n_fft * w * p->dual[a->tap_at + (size_t)t];
            d[a->first_bin + t] += len * a->n_fft * w * w;
        }
    }
    for (int64_t j = 0; j <= half; j++) {
        if (!(fabs(one[j] - 1.0) <= 1e-11)) {
            fail_msg("%s: at bin %lld windows and duals make %.15g", label, (long long)j, one[j]);
        }
        a_is = fmin(a_is, d[j]);
        b_is = fmax(b_is, d[j]);
    }
    if (!(fabs(a_is / p->bound_a - 1.0) <= 1e-9 && fabs(b_is / p->bound_b - 1.0) <= 1e-9)) {
        fail_msg("%s: bounds %.12g %.12g, of the windows %.12g %.12g", label, p->bound_a, p->bound_b, a_is, b_is);
    }
    assert_true(p->bound_a >= 1e-3 * p->bound_b);
    sono_free(one);
    sono_free(d);
}

void bands_check_slices(const SonoPlan *p, const char *label)
{
    const int64_t overlap = p->slice_len - p->slice_hop;
    if (!p->slice_window) {
        assert_true(p->slice_hop == p->slice_len && !p->slice_dual);
        return;
    }
    assert_true(2 * p->slice_hop >= p->slice_len && p->slice_lead * 2 == overlap);
    for (int64_t i = 0; i < p->slice_len; i++) {
        const double h = p->slice_window[i];
        const double next = i >= p->slice_hop ? p->slice_window[i - p->slice_hop] : 0.0;
        const double before = i < overlap ? p->slice_window[i + p->slice_hop] : 0.0;
        if (!(fabs(h + next + before - 1.0) <= 1e-12 && h * p->slice_dual[i] == h)) {
            fail_msg("%s: frame %lld of a slice: h %.15g, sum %.15g, its dual %.15g", label, (long long)i, h,
                     h + next + before, p->slice_dual[i]);
        }
    }
}

static void check_rows(const SonoPlan *of, const char *label)
{
    const SonoPlan *p = of->picture ? of->picture : of;
    assert_int_equal(sono_plan_n_bins(of), p->n_atoms - 2);
    assert_int_equal(p->row_atom, 1);
    assert_true(of->picture_hop > 0 && p->slice_len % of->picture_hop == 0 && of->picture_hop == p->picture_hop);
    assert_true(sono_plan_reading_reach(of) >= 1 && sono_plan_reading_reach(of) <= SONO_MAX_READING_REACH);
    for (int32_t r = 0; r < p->n_rows; r++) {
        const double hz = p->atoms[1 + r].freq_hz;
        if (!(fabs(sono_plan_row_hz(of, r) / hz - 1.0) <= 1e-9 && fabs(sono_plan_row_at(of, hz) - r) <= 1e-6 &&
              sono_plan_row_scale(of, r) == p->atoms[1 + r].level_scale)) {
            fail_msg("%s: row %d is at %.9g Hz, its band at %.9g Hz", label, (int)r, sono_plan_row_hz(of, r), hz);
        }
    }
}

void bands_check_plan(const SonoPlan *p, const char *label)
{
    char text[300];
    assert_int_equal(p->axis, SONO_AXIS_FREQ);
    check_atoms(p, label);
    check_duals(p, label);
    bands_check_slices(p, label);
    check_rows(p, label);
    assert_true(strlen(sono_plan_describe(p, text, sizeof text)) > 20);
    if (p->picture) {
        check_atoms(p->picture, label);
        check_duals(p->picture, label);
        bands_check_slices(p->picture, label);
    }
}
