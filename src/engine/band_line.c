/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interpolation is that of the band brought down to 0 Hz: a zero-padded inverse FFT goes round the slice, and so does
 * this. Coefficients are turned back by the phase of the band's centre bin, samples turned on by it again. */
#include "band_line.h"

#include "sono_clones.h"

#include <string.h>

#define BEFORE (BAND_TAPS / 2 - 1) /* taps before the coefficient at or before a sample */
#define MARGIN (BAND_TAPS / 2 + 1) /* coefficients that a tail keeps on each side for the taps */

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t ceil_div(int64_t a, int64_t b)
{
    return a / b + (a % b > 0);
}

static int64_t positive_mod(int64_t a, int64_t n)
{
    const int64_t r = a % n;
    return r < 0 ? r + n : r;
}

/* Whole slices are taken off first: a frame times n need not fit. */
int64_t band_sample_from(const SonoPlan *plan, int64_t n, int64_t frame)
{
    const int64_t whole = frame / plan->slice_len;
    return whole * n + ceil_div(frame % plan->slice_len * n, plan->slice_len);
}

StepSamples band_step_samples(const SonoPlan *plan, int64_t m, int64_t n)
{
    return (StepSamples){.a0 = band_sample_from(plan, n, sono_plan_slice_start(plan, m)),
                         .shared = band_sample_from(plan, n, sono_plan_slice_start(plan, m - 1) + plan->slice_len),
                         .a1 = band_sample_from(plan, n, sono_plan_slice_start(plan, m + 1))};
}

/* out[0 .. j1 - j0) = coefficients j0.. of a row of n, which goes round. */
static void unroll(const SonoCplx *row, int64_t n, int64_t j0, int64_t j1, SonoCplx *out)
{
    for (int64_t j = j0; j < j1;) {
        const int64_t at = positive_mod(j, n);
        const int64_t run = min64(j1 - j, n - at);
        memcpy(out + (j - j0), row + at, (size_t)run * sizeof *out);
        j += run;
    }
}

SONO_CLONES static void add(const SonoCplx *restrict tail, int64_t n, SonoCplx *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i].re += tail[i].re;
        out[i].im += tail[i].im;
    }
}

/* z[i] *= exp(+-2 pi i bin (first + i) / n) */
static void turn(const BandRaster *r, int64_t bin, int64_t first, int64_t n, bool back, int64_t n_z, SonoCplx *z)
{
    const int64_t step = positive_mod(bin, n);
    const int64_t stride = r->n_roots / n;
    int64_t k = step * positive_mod(first, n) % n;
    for (int64_t i = 0; i < n_z; i++) {
        const SonoCplx w = r->roots[k * stride];
        const float im = back ? -w.im : w.im;
        z[i] = (SonoCplx){z[i].re * w.re - z[i].im * im, z[i].re * im + z[i].im * w.re};
        k += step;
        k -= k >= n ? n : 0;
    }
}

/* out = sum of taps in[i] filter[i]; complex numbers side by side, four at a time. */
SONO_CLONES static void interpolate(const float *restrict in, const float *restrict filter, int64_t ratio,
                                    int64_t filter_step, int64_t k, int64_t n, SonoCplx *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        const float *h = filter + k * filter_step * 2 * BAND_TAPS;
        float sum[8] = {0};
        for (int g = 0; g < 2 * BAND_TAPS; g += 8) {
            for (int l = 0; l < 8; l++) {
                sum[l] += in[g + l] * h[g + l];
            }
        }
        out[i] = (SonoCplx){(sum[0] + sum[2]) + (sum[4] + sum[6]), (sum[1] + sum[3]) + (sum[5] + sum[7])};
        if (++k == ratio) {
            k = 0;
            in += 2;
        }
    }
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Samples [a0, a1) between coefficients; tail: that to add, coefficient tail_from first, or NULL. */
static void fill_between(const BandRaster *r, int32_t row, const SonoCplx *coef, const SonoCplx *tail,
                         int64_t tail_from, int64_t a0, int64_t a1, SonoCplx *input, SonoCplx *out)
{
    const int64_t n = r->n_coef[row];
    const int64_t ratio = r->n_line[row] / n;
    const int64_t bin = r->centre_bin[row];
    const int64_t whole = floor_div(a0, ratio);
    const int64_t j0 = whole - BEFORE;
    const int64_t j1 = floor_div(a1 - 1, ratio) - BEFORE + BAND_TAPS;
    unroll(coef, n, j0, j1, input);
    if (tail) {
        add(tail + (j0 - tail_from), j1 - j0, input);
    }
    turn(r, bin, j0, n, true, j1 - j0, input);
    interpolate((const float *)input, r->filter, ratio, r->max_ratio / ratio, a0 - whole * ratio, a1 - a0, out);
    turn(r, bin, a0, r->n_line[row], false, a1 - a0, out);
}

/* First coefficient of slice m - 1 that its tail holds for step m. */
static int64_t tail_from(const BandRaster *r, int32_t row, int64_t m)
{
    const int64_t first = band_sample_from(r->plan, r->n_coef[row], sono_plan_slice_start(r->plan, m));
    return first - (r->n_line[row] > r->n_coef[row] ? MARGIN : 0);
}

void band_line_fill(const BandRaster *r, int32_t row, int64_t m, const SonoCplx *coef, const SonoCplx *tail, int64_t a0,
                    int64_t a1, SonoCplx *input, SonoCplx *out)
{
    const StepSamples step = band_step_samples(r->plan, m, r->n_line[row]);
    const int64_t from = tail_from(r, row, m);
    const int64_t both = max64(min64(a1, step.shared), a0); /* [a0, both) is of two slices */
    if (r->n_line[row] == r->n_coef[row]) {
        unroll(coef, r->n_coef[row], a0, a1, out);
        add(tail + 1 + (a0 - from), both - a0, out);
        return;
    }
    if (both > a0) {
        fill_between(r, row, coef, tail + 1, from, a0, both, input, out);
    }
    if (a1 > both) {
        fill_between(r, row, coef, NULL, 0, both, a1, input, out + (both - a0));
    }
}

void band_line_tail(const BandRaster *r, int32_t row, int64_t m, const SonoCplx *coef, SonoCplx *input, SonoCplx *last,
                    SonoCplx *tail)
{
    const SonoPlan *plan = r->plan;
    const int64_t n = r->n_coef[row];
    const StepSamples step = band_step_samples(plan, m, r->n_line[row]);
    const int64_t margin = r->n_line[row] > n ? MARGIN : 0;
    const int64_t end = band_sample_from(plan, n, sono_plan_slice_start(plan, m) + plan->slice_len) + margin;
    band_line_fill(r, row, m, coef, tail, step.a1 - 1, step.a1, input, last);
    unroll(coef, n, tail_from(r, row, m + 1), end, tail + 1);
    tail[0] = *last;
}
