/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans: allocation, reference counts, and where coefficients lie in time and frequency. */
#include "sono_plan.h"

#include "plan_internal.h"
#include "sono_hash.h"
#include "sono_mem.h"
#include "sono_transform.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

SonoStatus sono_plan_alloc(const char *transform, const SonoParams *params, size_t n_params, double rate_hz,
                           int32_t n_atoms, size_t n_taps, SonoPlan **out, SonoError *err)
{
    SonoPlan *p = sono_calloc(1, sizeof *p);
    if (!p) {
        goto fail;
    }
    p->atoms = sono_calloc((size_t)n_atoms, sizeof *p->atoms);
    p->window = sono_alloc_aligned(n_taps, sizeof *p->window);
    p->dual = sono_alloc_aligned(n_taps, sizeof *p->dual);
    if (!p->atoms || !p->window || !p->dual) {
        goto fail;
    }
    atomic_init(&p->refs, 1);
    p->transform = transform;
    p->params = *params;
    p->rate_hz = rate_hz;
    p->n_atoms = n_atoms;
    p->n_taps = n_taps;
    p->key = sono_hash(transform, strlen(transform), SONO_HASH_SEED);
    p->key = sono_hash(params->v, n_params * sizeof params->v[0], p->key);
    p->key = sono_hash(&rate_hz, sizeof rate_hz, p->key);
    *out = p;
    return SONO_OK;
fail:
    sono_plan_unref(p);
    return sono_fail(err, SONO_E_NOMEM, "no memory for the tables of a %s plan", transform);
}

SonoPlan *sono_plan_ref(const SonoPlan *plan)
{
    SonoPlan *p = (SonoPlan *)(uintptr_t)plan; /* the count is the one mutable member */
    (void)atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    return p;
}

void sono_plan_unref(const SonoPlan *plan)
{
    SonoPlan *p = (SonoPlan *)(uintptr_t)plan;
    if (!p || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) > 1) {
        return;
    }
    sono_free(p->atoms);
    sono_free(p->window);
    sono_free(p->dual);
    if (!p->tables) {
        sono_free(p->slice_window);
        sono_free(p->slice_dual);
    }
    sono_plan_unref(p->tables);
    sono_plan_unref(p->picture);
    sono_free(p);
}

/* The atom that owns a coefficient; the last one for pads. */
static const SonoAtom *atom_of(const SonoPlan *plan, size_t coef)
{
    int32_t lo = 0;
    int32_t hi = plan->n_atoms - 1;
    while (lo < hi) {
        const int32_t mid = (lo + hi + 1) / 2;
        if (plan->atoms[mid].coef_at <= coef) {
            lo = mid;
        } else {
            hi = mid - 1;
        }
    }
    return &plan->atoms[lo];
}

double sono_plan_freq_hz(const SonoPlan *plan, size_t coef)
{
    const SonoAtom *a = atom_of(plan, coef);
    if (plan->axis == SONO_AXIS_TIME) {
        return (double)(coef - a->coef_at) * plan->rate_hz / (double)a->n_fft;
    }
    return a->freq_hz;
}

double sono_plan_time_s(const SonoPlan *plan, int64_t slice)
{
    return (double)(slice * plan->slice_hop) / plan->rate_hz;
}

double sono_plan_weight(const SonoPlan *plan, size_t coef)
{
    const SonoAtom *a = atom_of(plan, coef);
    const size_t k = coef - a->coef_at;
    if (k >= (size_t)a->n_coef) {
        return 0.0;
    }
    if (plan->axis == SONO_AXIS_FREQ) {
        return a->real ? 1.0 : 2.0;
    }
    return k == 0 || (a->n_fft % 2 == 0 && k == (size_t)a->n_fft / 2) ? 1.0 : 2.0;
}

int32_t sono_plan_n_bins(const SonoPlan *plan)
{
    return plan->n_rows;
}

double sono_plan_row_at(const SonoPlan *plan, double freq_hz)
{
    return plan->rows.rows_per_unit * sono_warp(plan->rows.law, freq_hz) + plan->rows.row_offset;
}

double sono_plan_row_hz(const SonoPlan *plan, double row)
{
    return sono_unwarp(plan->rows.law, (row - plan->rows.row_offset) / plan->rows.rows_per_unit);
}

/* Whose rows those of the picture are. */
static const SonoPlan *with_rows(const SonoPlan *plan)
{
    return plan->picture ? plan->picture : plan;
}

double sono_plan_row_scale(const SonoPlan *plan, int32_t row)
{
    const SonoPlan *p = with_rows(plan);
    return p->axis == SONO_AXIS_TIME ? p->atoms[0].level_scale : p->atoms[p->row_atom + row].level_scale;
}

int32_t sono_plan_reading_reach(const SonoPlan *plan)
{
    return plan->reading_reach;
}

/* Power of a row's peak-1 window at a frequency. */
static double row_power_at(const SonoPlan *plan, int32_t row, double freq_hz)
{
    if (row < 0 || row >= plan->n_rows) {
        return 0.0;
    }
    const SonoAtom *a = &plan->atoms[plan->row_atom + row];
    const double u = (freq_hz - a->freq_hz) / a->width_hz;
    return fabs(u) < 0.5 ? pow(cos(3.141592653589793 * u), 2.0 * plan->band_power) : 0.0;
}

/* A sine within half a row of `row`, by the power there and in the louder neighbour: their ratio rises with its
 * frequency. The louder one, because the other's window may end before the sine. */
static double sine_hz(const SonoPlan *plan, int32_t row, const float *power)
{
    const float *at = power + plan->reading_reach;
    const bool up = row == 0 || (row + 1 < plan->n_rows && at[1] >= at[-1]);
    const int32_t lower = up ? row : row - 1;
    const double p_lower = (double)(up ? at[0] : at[-1]);
    const double p_upper = (double)(up ? at[1] : at[0]);
    double lo = sono_plan_row_hz(plan, (double)row - 0.75);
    double hi = fmin(sono_plan_row_hz(plan, (double)row + 0.75), 0.5 * plan->rate_hz);
    for (int i = 0; i < 40; i++) {
        const double f = 0.5 * (lo + hi);
        if (p_upper * row_power_at(plan, lower, f) > p_lower * row_power_at(plan, lower + 1, f)) {
            lo = f;
        } else {
            hi = f;
        }
    }
    return 0.5 * (lo + hi);
}

double sono_plan_reading(const SonoPlan *plan, int32_t row, const float *power)
{
    const SonoPlan *p = with_rows(plan);
    const int32_t reach = p->reading_reach;
    double sum = 0.0;
    for (int32_t i = 0; i <= 2 * reach; i++) {
        sum += (double)power[i];
    }
    if (p->axis == SONO_AXIS_TIME) {
        return sum / p->reading_gain;
    }
    if (!(sum > 0.0) || p->n_rows < 2) {
        return sum;
    }
    const double f = sine_hz(p, row, power);
    double seen = 0.0;
    for (int32_t r = row - reach; r <= row + reach; r++) {
        seen += row_power_at(p, r, f);
    }
    return seen > 0.0 ? sum / seen : sum;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

SonoSlices sono_plan_slices_touching(const SonoPlan *plan, SonoSpan frames)
{
    if (frames.n_frames <= 0) {
        return (SonoSlices){0, 0};
    }
    /* slice m covers [m hop - lead, m hop - lead + len): first m with its end after the start, last with its start
     * before the end */
    const int64_t first = floor_div(frames.start_frame + plan->slice_lead - plan->slice_len, plan->slice_hop) + 1;
    const int64_t last = floor_div(sono_span_end(frames) - 1 + plan->slice_lead, plan->slice_hop);
    return (SonoSlices){first, last - first + 1};
}

SonoSpan sono_plan_support(const SonoPlan *plan, SonoSlices slices)
{
    if (slices.n <= 0) {
        return (SonoSpan){0, 0};
    }
    return (SonoSpan){slices.first * plan->slice_hop - plan->slice_lead,
                      (slices.n - 1) * plan->slice_hop + plan->slice_len};
}

const char *sono_plan_describe(const SonoPlan *plan, char *buf, size_t n_bytes)
{
    if (plan->axis == SONO_AXIS_TIME) {
        (void)snprintf(buf, n_bytes, "%s: windows of %lld frames every %lld, A %.4g, B %.4g", plan->transform,
                       (long long)plan->slice_len, (long long)plan->slice_hop, plan->bound_a, plan->bound_b);
        return buf;
    }
    char from[64] = "";
    if (plan->constant_q_from_hz > 0.0) {
        (void)snprintf(from, sizeof from, ", wider than asked for below %.4g Hz", plan->constant_q_from_hz);
    }
    (void)snprintf(buf, n_bytes,
                   "%s: %d bands from %.5g Hz to %.5g Hz, slices of %lld frames every %lld, A %.4g, B %.4g%s",
                   plan->transform, (int)plan->n_rows, sono_plan_row_hz(plan, 0.0),
                   sono_plan_row_hz(plan, (double)(plan->n_rows - 1)), (long long)plan->slice_len,
                   (long long)plan->slice_hop, plan->bound_a, plan->bound_b, from);
    return buf;
}
