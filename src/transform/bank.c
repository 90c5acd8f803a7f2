/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Banks of bands. Bands whose support would reach bin 0 or Nyquist are left out; two real bands fill what is missing of
 * a constant sum of squares there, so that the frame is tight wherever the bands themselves overlap evenly. */
#include "bank.h"

#include "sono_hash.h"
#include "sono_mem.h"
#include "sono_transform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.141592653589793238463
#define MAX_SLICE ((int64_t)1 << 20)
#define MAX_LENGTH ((int64_t)1 << 22)
#define MAX_BANDS 8192
/* Below this A/B the inverse would amplify rounding by more than 30 dB. */
#define MIN_BOUND_RATIO 1e-3
/* What the complement leaves out: its square is far below the rounding of float. */
#define MIN_COMPLEMENT 1e-5
#define MEDIAN_OF 4096

const char *const sono_bank_window_names[] = {"hann", "cos4", NULL};

/* Support in units of the bands' spacing. Least widths in bins: an atom that is longer than a slice's padding wraps
 * around, and coefficients at the seams of slices are wrong by so much. With these they are good to -40 dB or better (1
 * %, a sine's level to 0.09 dB); an atom's main lobe alone would allow less (Hann 4 L / w, cos^4 6 L / w frames long).
 * One slice for all has no seams. */
static const struct {
    double support;
    int power, min_bins, min_bins_of_hop[3]; /* of hops of 4, 5 and 6 eighths */
} windows[] = {
    [SONO_BANK_HANN] = {3.0, 2, 4, {10, 10, 15}},
    [SONO_BANK_COS4] = {4.0, 4, 8, {10, 13, 20}},
};

typedef struct Layout {
    const SonoBank *bank;
    int64_t len;               /* L */
    int32_t n;                 /* bands but DC and Nyquist */
    double *freq_hz, *width;   /* [n]: centre; width of the support in bins */
    double *sum, *low, *high;  /* [L/2 + 1]: squares of the bands' peak-1 windows; DC's and Nyquist's windows */
    double *row;               /* [L/2 + 1]: scratch */
    int64_t n_low, first_high; /* bins [0, n_low) and [first_high, L/2] */
    double constant_q_from_hz;
} Layout;

static double band_hz(const SonoBank *b, int64_t k)
{
    return sono_unwarp(b->law, sono_warp(b->law, b->anchor_hz) + (double)k / b->rows_per_unit);
}

/* Full width in bins that band k asks for. */
static double asked_width(const SonoBank *b, int64_t k, double hz_per_bin)
{
    const double spacing_hz =
        b->alpha > 0.0 ? b->alpha * band_hz(b, k) + b->gamma_hz : band_hz(b, k + 1) - band_hz(b, k - 1);
    return 0.5 * windows[b->window].support * spacing_hz / hz_per_bin;
}

static double least_width(const SonoBank *b)
{
    return b->hop_eighths ? windows[b->window].min_bins_of_hop[b->hop_eighths - 4] : windows[b->window].min_bins;
}

/* out[i] = cos(from + i step): some at a time are turned together, and start anew before rounding adds up. */
static void fill_cosines(double from, double step, int64_t n, double *restrict out)
{
    enum { LANES = 4, RESTART = 32 * LANES };
    const double turn_re = cos(LANES * step);
    const double turn_im = sin(LANES * step);
    double re[LANES] = {0};
    double im[LANES] = {0};
    for (int64_t at = 0; at < n; at += LANES) {
        for (int k = 0; k < LANES; k++) {
            const double last = re[k];
            const bool starts = at % RESTART == 0;
            re[k] = starts ? cos(from + (double)(at + k) * step) : last * turn_re - im[k] * turn_im;
            im[k] = starts ? sin(from + (double)(at + k) * step) : last * turn_im + im[k] * turn_re;
        }
        memcpy(out + at, re, (size_t)(n - at < LANES ? n - at : LANES) * sizeof *out);
    }
}

static int64_t first_band(const SonoBank *b)
{
    return (int64_t)floor(b->rows_per_unit * (sono_warp(b->law, b->fmin_hz) - sono_warp(b->law, b->anchor_hz)) + 0.5);
}

static SonoStatus choose_length(Layout *l, SonoError *err)
{
    const SonoBank *b = l->bank;
    if (b->hop_eighths == 0) {
        if (b->n_frames < 1 || b->n_frames > MAX_LENGTH) {
            return sono_fail(err, SONO_E_RANGE,
                             "%s takes the sound as a whole: it has %lld frames, must have from 1 to %lld (use slicq)",
                             b->transform, (long long)b->n_frames, (long long)MAX_LENGTH);
        }
        /* room for the atoms at the ends, which would otherwise wrap around into each other */
        const int64_t wanted = b->n_frames + (int64_t)(0.25 * b->rate_hz) + 512;
        l->len = 64 * sono_fft_size_at_least((wanted + 63) / 64);
        return SONO_OK;
    }
    l->len = b->slice_len;
    const int64_t k = first_band(b);
    while (b->lengthen && l->len < MAX_SLICE && asked_width(b, k, b->rate_hz / (double)l->len) < least_width(b)) {
        l->len *= 2;
    }
    return SONO_OK;
}

/* Centres and widths of all bands that lie between DC and Nyquist. */
static SonoStatus lay_bands(Layout *l, SonoError *err)
{
    const SonoBank *b = l->bank;
    const double hz_per_bin = b->rate_hz / (double)l->len;
    const double fmax_hz = fmin(b->fmax_hz, 0.5 * b->rate_hz) * (1.0 + 1e-9);
    for (int64_t k = first_band(b); l->n < MAX_BANDS && band_hz(b, k) <= fmax_hz; k++) {
        const double asked = asked_width(b, k, hz_per_bin);
        const double width = fmax(asked, least_width(b));
        const double centre = band_hz(b, k) / hz_per_bin;
        if (centre + 0.5 * width >= 0.5 * (double)l->len - 1.0) {
            break;
        }
        if (centre - 0.5 * width < 1.0) {
            continue;
        }
        if (asked < width) {
            l->constant_q_from_hz = band_hz(b, k + 1);
        }
        l->freq_hz[l->n] = band_hz(b, k);
        l->width[l->n++] = width;
    }
    return l->n > 0
               ? SONO_OK
               : sono_fail(err, SONO_E_RANGE,
                           "%s: no band fits between %g Hz and %g Hz at a rate of %g Hz and a slice of %lld frames",
                           b->transform, b->fmin_hz, fmin(b->fmax_hz, 0.5 * b->rate_hz), b->rate_hz, (long long)l->len);
}

/* First and last bin of a band's support. */
static void band_bins(const Layout *l, int32_t i, int64_t *first, int64_t *last)
{
    const double centre = l->freq_hz[i] * (double)l->len / l->bank->rate_hz;
    *first = (int64_t)floor(centre - 0.5 * l->width[i]) + 1;
    *last = (int64_t)ceil(centre + 0.5 * l->width[i]) - 1;
}

/* Bins first..last of a band's window, peak 1; returns l->row. */
static const double *band_window(Layout *l, int32_t i, int64_t first, int64_t last)
{
    const double centre = l->freq_hz[i] * (double)l->len / l->bank->rate_hz;
    const double step = PI / l->width[i];
    fill_cosines(((double)first - centre) * step, step, last - first + 1, l->row);
    for (int64_t t = 0; t <= last - first; t++) {
        const double square = l->row[t] * l->row[t];
        l->row[t] = windows[l->bank->window].power == 2 ? square : square * square;
    }
    return l->row;
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median of sum[from..to], of a sample where they are many. */
static double median(Layout *l, int64_t from, int64_t to)
{
    const int64_t stride = 1 + (to - from) / MEDIAN_OF;
    size_t n = 0;
    for (int64_t j = from; j <= to; j += stride) {
        l->row[n++] = l->sum[j];
    }
    qsort(l->row, n, sizeof *l->row, compare_doubles);
    return l->row[n / 2];
}

/* The bands' sum of squares, and the windows at DC and Nyquist that complete it to what it is in the middle. */
static void complete(Layout *l)
{
    const int64_t nyquist = l->len / 2;
    const int32_t from_edge = (int32_t)windows[l->bank->window].support;
    const int32_t low_band = from_edge < l->n / 2 ? from_edge : l->n / 2;
    int64_t first = 0;
    int64_t last = 0;
    for (int32_t i = 0; i < l->n; i++) {
        band_bins(l, i, &first, &last);
        const double *w = band_window(l, i, first, last);
        for (int64_t j = first; j <= last; j++) {
            l->sum[j] += w[j - first] * w[j - first];
        }
    }
    const double bins_per_hz = (double)l->len / l->bank->rate_hz;
    const int64_t jl = (int64_t)(l->freq_hz[low_band] * bins_per_hz);
    int64_t jh = (int64_t)(l->freq_hz[l->n - 1 - low_band] * bins_per_hz);
    jh = jh < jl ? jl : jh;
    const double level = median(l, jl, jh);
    memset(l->low, 0, (size_t)(nyquist + 1) * sizeof *l->low);
    for (int64_t j = 0; j < jl; j++) {
        l->low[j] = sqrt(fmax(0.0, level - l->sum[j]));
    }
    for (int64_t j = nyquist; j > jh; j--) {
        l->high[j] = sqrt(fmax(0.0, level - l->sum[j]));
    }
    l->n_low = jl > 0 ? jl : 1;
    while (l->n_low > 1 && l->low[l->n_low - 1] < MIN_COMPLEMENT) {
        l->n_low--;
    }
    l->first_high = jh + 1;
    while (l->first_high < nyquist && l->high[l->first_high] < MIN_COMPLEMENT) {
        l->first_high++;
    }
}

/* d of a bin */
static double diagonal(const Layout *l, int64_t j)
{
    const double low = j < l->n_low ? l->low[j] : 0.0;
    const double high = j >= l->first_high ? l->high[j] : 0.0;
    return l->sum[j] + low * low + high * high;
}

static SonoStatus check_frame(const Layout *l, SonoPlan *p, SonoError *err)
{
    const int64_t nyquist = l->len / 2;
    p->bound_a = INFINITY;
    p->bound_b = 0.0;
    for (int64_t j = 0; j <= nyquist; j++) {
        p->bound_a = fmin(p->bound_a, diagonal(l, j));
        p->bound_b = fmax(p->bound_b, diagonal(l, j));
    }
    if (p->bound_a >= MIN_BOUND_RATIO * p->bound_b) {
        return SONO_OK;
    }
    int64_t from = 0;
    while (diagonal(l, from) >= MIN_BOUND_RATIO * p->bound_b) {
        from++;
    }
    int64_t to = from;
    while (to < nyquist && diagonal(l, to + 1) < MIN_BOUND_RATIO * p->bound_b) {
        to++;
    }
    const double hz_per_bin = l->bank->rate_hz / (double)l->len;
    return sono_fail(err, SONO_E_NOT_FRAME,
                     "no frame: from %.6g Hz to %.6g Hz the bands of %s let less than a thousandth through; take more "
                     "bands",
                     (double)from * hz_per_bin, (double)to * hz_per_bin, l->bank->transform);
}

static void add_atom(const Layout *l, SonoPlan *p, SonoAtom a, int64_t needed)
{
    SonoAtom *before = p->n_atoms > 0 ? &p->atoms[p->n_atoms - 1] : NULL;
    a.n_fft = a.n_coef = sono_band_size_at_least(needed);
    a.tap_at = before ? before->tap_at + (size_t)before->length : 0;
    a.coef_at = before ? before->coef_at + (size_t)before->n_coef : 0;
    a.level_scale = (a.real ? 1.0 : 2.0) * sqrt((double)a.n_fft / (double)l->len);
    p->n_coef = a.coef_at + (size_t)a.n_coef;
    p->atoms[p->n_atoms++] = a;
}

static void list_atoms(const Layout *l, SonoPlan *p)
{
    const int64_t nyquist = l->len / 2;
    const double hz_per_bin = l->bank->rate_hz / (double)l->len;
    p->n_atoms = 0;
    add_atom(
        l, p,
        (SonoAtom){
            .first_bin = 0, .length = (int32_t)l->n_low, .real = true, .width_hz = 2.0 * (double)l->n_low * hz_per_bin},
        2 * l->n_low - 1);
    for (int32_t i = 0; i < l->n; i++) {
        int64_t first = 0;
        int64_t last = 0;
        band_bins(l, i, &first, &last);
        add_atom(l, p,
                 (SonoAtom){.first_bin = first,
                            .length = (int32_t)(last - first + 1),
                            .freq_hz = l->freq_hz[i],
                            .width_hz = l->width[i] * hz_per_bin},
                 last - first + 1);
    }
    const int64_t n_high = nyquist - l->first_high + 1;
    add_atom(l, p,
             (SonoAtom){.first_bin = l->first_high,
                        .length = (int32_t)n_high,
                        .real = true,
                        .freq_hz = 0.5 * l->bank->rate_hz,
                        .width_hz = 2.0 * (double)n_high * hz_per_bin},
             2 * n_high - 1);
}

static void fill_windows(Layout *l, SonoPlan *p)
{
    for (int32_t i = 0; i < p->n_atoms; i++) {
        const SonoAtom *a = &p->atoms[i];
        const double scale = 1.0 / sqrt((double)a->n_fft * (double)l->len);
        const double *w = i == 0                ? l->low
                          : i == p->n_atoms - 1 ? l->high + a->first_bin
                                                : band_window(l, i - 1, a->first_bin, a->first_bin + a->length - 1);
        for (int32_t t = 0; t < a->length; t++) {
            p->window[a->tap_at + (size_t)t] = scale * w[t];
            p->dual[a->tap_at + (size_t)t] = scale * w[t] / diagonal(l, a->first_bin + t);
        }
    }
}

/* A raised cosine from 0 to 1. */
static void fill_rise(int64_t n, double *out)
{
    fill_cosines(0.5 * PI / (double)n, PI / (double)n, n, out);
    for (int64_t i = 0; i < n; i++) {
        out[i] = 0.5 - 0.5 * out[i];
    }
}

/* h rises over L / 16 around both borders of the hop and sums to 1 over slices; synthesis keeps all of that and fades
 * over the padding. */
static SonoStatus fill_slices(const Layout *l, SonoPlan *p, SonoError *err)
{
    p->slice_len = l->len;
    p->slice_hop = l->bank->hop_eighths ? l->len / 8 * l->bank->hop_eighths : l->len;
    p->slice_lead = (p->slice_len - p->slice_hop) / 2;
    if (l->bank->hop_eighths == 0) {
        return SONO_OK;
    }
    p->slice_window = sono_alloc_aligned((size_t)l->len, sizeof *p->slice_window);
    p->slice_dual = sono_alloc_aligned((size_t)l->len, sizeof *p->slice_dual);
    if (!p->slice_window || !p->slice_dual) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the slices of a %s plan", l->bank->transform);
    }
    const int64_t tr = l->len / 16;
    const int64_t pad = (p->slice_len - p->slice_hop - tr) / 2;
    fill_rise(tr, p->slice_window + pad);
    for (int64_t i = 0; i < tr; i++) {
        p->slice_window[pad + p->slice_hop + i] = 1.0 - p->slice_window[pad + i];
    }
    for (int64_t i = pad + tr; i < pad + p->slice_hop; i++) {
        p->slice_window[i] = 1.0;
    }
    fill_rise(pad, p->slice_dual);
    for (int64_t i = pad; i < l->len; i++) {
        p->slice_dual[i] = i < l->len - pad ? 1.0 : p->slice_dual[l->len - 1 - i];
    }
    return SONO_OK;
}

/* Columns as dense as the fastest band's coefficients, but no denser than every 16 frames. */
static void place_picture(const Layout *l, SonoPlan *p)
{
    int64_t columns = 8;
    while (columns < p->atoms[l->n].n_fft && columns < l->len / 16) {
        columns *= 2;
    }
    p->picture_hop = l->len / columns;
    p->n_rows = l->n;
    p->row_atom = 1;
    p->rows.law = l->bank->law;
    p->rows.rows_per_unit = l->bank->rows_per_unit;
    p->rows.row_offset = -l->bank->rows_per_unit * sono_warp(l->bank->law, l->freq_hz[0]);
    p->main_lobe_hz = 0.5 * p->atoms[l->n].width_hz;
    p->reading_reach = 1;
    p->band_power = windows[l->bank->window].power;
    p->constant_q_from_hz = l->constant_q_from_hz;
}

static SonoStatus make_plan(Layout *l, SonoPlan **out, SonoError *err)
{
    const SonoBank *b = l->bank;
    size_t n_taps = (size_t)l->n_low + (size_t)(l->len / 2 - l->first_high + 1);
    for (int32_t i = 0; i < l->n; i++) {
        int64_t first = 0;
        int64_t last = 0;
        band_bins(l, i, &first, &last);
        n_taps += (size_t)(last - first + 1);
    }
    SonoPlan *p = NULL;
    SonoStatus status = sono_plan_alloc(b->transform, b->params, b->n_params, b->rate_hz, l->n + 2, n_taps, &p, err);
    if (status != SONO_OK) {
        return status;
    }
    const int64_t shape[2] = {l->len, b->hop_eighths};
    p->axis = SONO_AXIS_FREQ;
    p->key = sono_hash(shape, sizeof shape, p->key);
    list_atoms(l, p);
    place_picture(l, p);
    status = check_frame(l, p, err);
    if (status == SONO_OK) {
        status = fill_slices(l, p, err);
    }
    if (status != SONO_OK) {
        sono_plan_unref(p);
        return status;
    }
    fill_windows(l, p);
    *out = p;
    return SONO_OK;
}

SonoStatus sono_bank_build(const SonoBank *bank, SonoPlan **out, SonoError *err)
{
    Layout l = {.bank = bank};
    if (!(bank->fmin_hz < bank->fmax_hz) || !(bank->fmin_hz < 0.5 * bank->rate_hz)) {
        return sono_fail(err, SONO_E_RANGE, "fmin_hz is %g, must be below fmax_hz %g and half the sample rate %g",
                         bank->fmin_hz, bank->fmax_hz, 0.5 * bank->rate_hz);
    }
    SonoStatus status = choose_length(&l, err);
    if (status != SONO_OK) {
        return status;
    }
    const size_t n_bins = (size_t)(l.len / 2 + 1);
    l.freq_hz = sono_calloc(MAX_BANDS, sizeof *l.freq_hz);
    l.width = sono_calloc(MAX_BANDS, sizeof *l.width);
    l.sum = sono_calloc(n_bins, sizeof *l.sum);
    l.row = sono_calloc(n_bins, sizeof *l.row);
    l.low = sono_calloc(n_bins, sizeof *l.low);
    l.high = sono_calloc(n_bins, sizeof *l.high);
    if (!l.freq_hz || !l.width || !l.sum || !l.row || !l.low || !l.high) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory to design a %s plan", bank->transform);
    }
    if (status == SONO_OK) {
        status = lay_bands(&l, err);
    }
    if (status == SONO_OK) {
        complete(&l);
        status = make_plan(&l, out, err);
    }
    sono_free(l.freq_hz);
    sono_free(l.width);
    sono_free(l.sum);
    sono_free(l.row);
    sono_free(l.low);
    sono_free(l.high);
    return status;
}
