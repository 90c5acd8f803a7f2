/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "band_raster.h"

#include "sono_mem.h"

#include <math.h>
#include <stdatomic.h>

#define MIN_COEF 8
#define COEFS_PER_COLUMN 4
#define KAISER_BETA 11.6
#define PI 3.141592653589793238463
/* Of one slice. A group has at least as much work of its own as the slice's spectrum takes, which each needs anew. */
#define GROUP_BYTES ((size_t)4 << 20)
#define MIN_GROUP_COEF_PER_FRAME 4

static int64_t columns_of_slice(const SonoPlan *plan, int level)
{
    return level < 62 ? plan->slice_len / plan->picture_hop >> level : 0;
}

static int32_t power_of_two_from(int64_t least)
{
    int64_t n = MIN_COEF;
    while (n < least) {
        n *= 2;
    }
    return (int32_t)n;
}

static int32_t n_line_at(const SonoPlan *plan, const SonoAtom *atom, int level)
{
    const int64_t finest = columns_of_slice(plan, 0);
    const int64_t wanted = level == 0 ? finest : COEFS_PER_COLUMN * columns_of_slice(plan, level);
    if (level > 0 && atom->n_fft >= wanted) {
        return atom->n_fft;
    }
    /* level 0 needs no more than is exact, others what shows peaks, but not more than level 0 */
    const int64_t exact = atom->length > finest ? atom->length : finest;
    const int64_t dense = wanted > 2 * (int64_t)atom->n_fft ? wanted : 2 * (int64_t)atom->n_fft;
    return power_of_two_from(dense < exact ? dense : exact);
}

static int32_t n_coef_at(const SonoPlan *plan, const SonoAtom *atom, int level)
{
    const int32_t n_line = n_line_at(plan, atom, level);
    const int32_t padded = power_of_two_from(2 * (int64_t)atom->n_fft);
    return n_line > padded ? padded : n_line;
}

bool band_raster_is_same(const SonoPlan *plan, int level_a, int level_b)
{
    for (int32_t r = 0; r < plan->n_rows; r++) {
        const SonoAtom *atom = &plan->atoms[plan->row_atom + r];
        if (n_line_at(plan, atom, level_a) != n_line_at(plan, atom, level_b)) {
            return false;
        }
    }
    return true;
}

int band_raster_level(const SonoPlan *plan, int level)
{
    while (level > 0 && band_raster_is_same(plan, level, level - 1)) {
        level--;
    }
    return level;
}

int64_t band_raster_spacing(const SonoPlan *plan, int level)
{
    int32_t least = INT32_MAX;
    for (int32_t r = 0; r < plan->n_rows; r++) {
        const int32_t n = n_line_at(plan, &plan->atoms[plan->row_atom + r], level);
        least = n < least ? n : least;
    }
    return plan->slice_len / least + 1;
}

/* Groups are cut where a row would become too long. */
static SonoStatus derive_groups(BandRaster *r, SonoError *err)
{
    const SonoPlan *plan = r->plan;
    const size_t by_frames = MIN_GROUP_COEF_PER_FRAME * (size_t)plan->slice_len;
    const size_t by_bytes = GROUP_BYTES / sizeof(SonoCplx);
    const size_t most = plan->slice_len > (1 << 17) && by_frames > by_bytes ? by_frames : by_bytes;
    for (int32_t row = 0; row < r->n_rows; r->n_groups++) {
        BandGroup *g = &r->groups[r->n_groups];
        size_t n = (size_t)r->n_coef[row];
        int32_t end = row + 1;
        while (end < r->n_rows && n + (size_t)r->n_coef[end] <= most) {
            n += (size_t)r->n_coef[end++];
        }
        *g = (BandGroup){.row0 = row, .n_rows = end - row, .row_at = r->n_all_coef};
        const SonoStatus status =
            sono_plan_derive(plan, plan->row_atom + row, end - row, r->n_coef + row, &g->plan, err);
        if (status != SONO_OK) {
            return status;
        }
        r->n_all_coef += g->plan->n_coef;
        r->n_bytes += 2 * g->plan->n_taps * sizeof *g->plan->window;
        r->n_group_coef = g->plan->n_coef > r->n_group_coef ? g->plan->n_coef : r->n_group_coef;
        row = end;
    }
    return SONO_OK;
}

/* What depends on a row's centre and number of samples. */
static void fill_rows(BandRaster *r)
{
    const SonoPlan *plan = r->plan;
    const double hz_per_bin = plan->rate_hz / (double)plan->slice_len;
    const int64_t shared = plan->slice_len - plan->slice_hop;
    r->max_ratio = 1;
    for (int32_t k = 0; k < r->n_rows; k++) {
        const SonoAtom *a = &plan->atoms[plan->row_atom + k];
        const double scale = a->level_scale * sqrt((double)r->n_coef[k] / (double)a->n_fft);
        const double n = (double)r->n_line[k];
        const double turns = a->freq_hz / hz_per_bin / n;
        const double step_hz = 1e-3 * hz_per_bin;
        const double slope =
            (sono_plan_row_at(plan, a->freq_hz + step_hz) - sono_plan_row_at(plan, a->freq_hz)) / step_hz;
        r->centre_bin[k] = (int32_t)lround(a->freq_hz / hz_per_bin);
        r->power_scale[k] = (float)(scale * scale);
        r->advance[k] = (float)(turns - floor(turns));
        r->rows_per_turn[k] = (float)(n * hz_per_bin * slope);
        r->tail_at[k] = r->n_tail;
        r->n_tail += (size_t)((int64_t)r->n_coef[k] * shared / plan->slice_len) + 2 + BAND_TAPS + 2;
        r->max_line = r->n_line[k] > r->max_line ? r->n_line[k] : r->max_line;
        const int32_t ratio = r->n_line[k] / r->n_coef[k];
        if (ratio > 1) {
            r->max_ratio = ratio > r->max_ratio ? ratio : r->max_ratio;
            r->max_input = r->n_coef[k] + BAND_TAPS + 2 > r->max_input ? r->n_coef[k] + BAND_TAPS + 2 : r->max_input;
            r->n_roots = r->n_line[k] > r->n_roots ? r->n_line[k] : r->n_roots;
        }
    }
}

/* Modified Bessel function of order 0. */
static double bessel_i0(double x)
{
    double sum = 1.0;
    double term = 1.0;
    for (int k = 1; term > 1e-17 * sum; k++) {
        term *= x / (2.0 * k) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

/* A sinc under a Kaiser window: coefficients come twice as often as the band needs, so that its images begin where
 * three times its own half width ends; 16 taps put them at -115 dB (Kaiser's formula, A = 2.285 * 15 * pi + 8). */
static double interpolation_tap(double x)
{
    const double u = x / (0.5 * BAND_TAPS);
    if (fabs(u) >= 1.0) {
        return 0.0;
    }
    const double sinc = fabs(x) < 1e-12 ? 1.0 : sin(PI * x) / (PI * x);
    return sinc * bessel_i0(KAISER_BETA * sqrt(1.0 - u * u)) / bessel_i0(KAISER_BETA);
}

static bool make_filter(BandRaster *r)
{
    if (r->max_ratio == 1) {
        return true;
    }
    r->filter = sono_alloc_aligned((size_t)r->max_ratio * BAND_TAPS * 2, sizeof *r->filter);
    r->roots = sono_alloc_aligned((size_t)r->n_roots, sizeof *r->roots);
    r->n_bytes += (size_t)r->max_ratio * BAND_TAPS * 2 * sizeof *r->filter + (size_t)r->n_roots * sizeof *r->roots;
    if (!r->filter || !r->roots) {
        return false;
    }
    for (int32_t k = 0; k < r->max_ratio; k++) {
        for (int32_t i = 0; i < BAND_TAPS; i++) {
            const double x = (double)k / (double)r->max_ratio + BAND_TAPS / 2 - 1 - i;
            float *tap = r->filter + ((size_t)k * BAND_TAPS + (size_t)i) * 2;
            tap[0] = tap[1] = (float)interpolation_tap(x);
        }
    }
    for (int32_t k = 0; k < r->n_roots; k++) {
        const double x = 2.0 * PI * (double)k / (double)r->n_roots;
        r->roots[k] = (SonoCplx){(float)cos(x), (float)sin(x)};
    }
    return true;
}

SonoStatus band_raster_new(const SonoPlan *plan, int level, BandRaster **out, SonoError *err)
{
    if (plan->axis != SONO_AXIS_FREQ || plan->n_rows < 1 || plan->picture ||
        (plan->slice_len & (plan->slice_len - 1)) != 0) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "no pictures of %s plans with slices of %lld frames", plan->transform,
                         (long long)plan->slice_len);
    }
    BandRaster *r = sono_calloc(1, sizeof *r);
    if (!r) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the bands of a picture");
    }
    const size_t n = (size_t)plan->n_rows;
    atomic_init(&r->refs, 1);
    r->plan = sono_plan_ref(plan);
    r->level = level;
    r->n_rows = plan->n_rows;
    r->groups = sono_calloc(n, sizeof *r->groups);
    r->n_coef = sono_calloc(n, sizeof *r->n_coef);
    r->n_line = sono_calloc(n, sizeof *r->n_line);
    r->centre_bin = sono_calloc(n, sizeof *r->centre_bin);
    r->tail_at = sono_calloc(n, sizeof *r->tail_at);
    r->power_scale = sono_calloc(n, sizeof *r->power_scale);
    r->advance = sono_calloc(n, sizeof *r->advance);
    r->rows_per_turn = sono_calloc(n, sizeof *r->rows_per_turn);
    SonoStatus status = r->groups && r->n_coef && r->n_line && r->centre_bin && r->tail_at && r->power_scale &&
                                r->advance && r->rows_per_turn
                            ? SONO_OK
                            : sono_fail(err, SONO_E_NOMEM, "no memory for the bands of a picture");
    for (int32_t k = 0; k < r->n_rows && status == SONO_OK; k++) {
        r->n_coef[k] = n_coef_at(plan, &plan->atoms[plan->row_atom + k], level);
        r->n_line[k] = n_line_at(plan, &plan->atoms[plan->row_atom + k], level);
    }
    if (status == SONO_OK) {
        status = derive_groups(r, err);
    }
    if (status == SONO_OK) {
        fill_rows(r);
        r->spacing = band_raster_spacing(plan, level);
        status = make_filter(r) ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory for the bands of a picture");
    }
    if (status != SONO_OK) {
        band_raster_unref(r);
        return status;
    }
    *out = r;
    return SONO_OK;
}

BandRaster *band_raster_ref(BandRaster *raster)
{
    (void)atomic_fetch_add_explicit(&raster->refs, 1, memory_order_relaxed);
    return raster;
}

void band_raster_unref(BandRaster *r)
{
    if (!r || atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) > 1) {
        return;
    }
    for (int32_t g = 0; r->groups && g < r->n_rows; g++) {
        sono_plan_unref(r->groups[g].plan);
    }
    sono_plan_unref(r->plan);
    sono_free(r->groups);
    sono_free(r->n_coef);
    sono_free(r->n_line);
    sono_free(r->centre_bin);
    sono_free(r->filter);
    sono_free(r->roots);
    sono_free(r->tail_at);
    sono_free(r->power_scale);
    sono_free(r->advance);
    sono_free(r->rows_per_turn);
    sono_free(r);
}
