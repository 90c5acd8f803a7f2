/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans over frequency: where a coefficient lies, and derived plans (other numbers of coefficients, fewer bands). */
#include "plan_internal.h"
#include "sono_hash.h"
#include "sono_mem.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

int64_t sono_plan_slice_start(const SonoPlan *plan, int64_t slice)
{
    return slice * plan->slice_hop - plan->slice_lead;
}

static int64_t positive_mod(int64_t a, int64_t n)
{
    const int64_t r = a % n;
    return r < 0 ? r + n : r;
}

int32_t sono_plan_first_coef(const SonoPlan *plan, int64_t slice, const SonoAtom *atom)
{
    /* smallest nu with nu L / M >= start mod L, or 0 past the end */
    const int64_t at = positive_mod(sono_plan_slice_start(plan, slice), plan->slice_len);
    const int64_t nu = (at * atom->n_fft + plan->slice_len - 1) / plan->slice_len;
    return (int32_t)(nu % atom->n_fft);
}

double sono_plan_coef_frame(const SonoPlan *plan, int64_t slice, const SonoAtom *atom, int32_t nu)
{
    const int64_t start = sono_plan_slice_start(plan, slice);
    const int64_t at = positive_mod(start, plan->slice_len);
    const double in_period = (double)((int64_t)nu * plan->slice_len / atom->n_fft) +
                             (double)((int64_t)nu * plan->slice_len % atom->n_fft) / (double)atom->n_fft;
    const double period = (double)(start - at);
    return in_period >= (double)at ? period + in_period : period + in_period + (double)plan->slice_len;
}

SonoStatus sono_plan_derive(const SonoPlan *base, int32_t first, int32_t n, const int32_t *n_fft, SonoPlan **out,
                            SonoError *err)
{
    const SonoAtom *from = &base->atoms[first];
    const size_t n_taps = from[n - 1].tap_at + (size_t)from[n - 1].length - from[0].tap_at;
    SonoPlan *p = NULL;
    for (int32_t i = 0; n_fft && i < n; i++) {
        const int64_t needed = from[i].real ? 2 * (int64_t)from[i].length - 1 : from[i].length;
        if (n_fft[i] < needed || n_fft[i] % 8 != 0) {
            return sono_fail(err, SONO_E_RANGE, "%d coefficients for a band of %lld bins: too few, or no multiple of 8",
                             (int)n_fft[i], (long long)needed);
        }
    }
    SonoStatus status =
        sono_plan_alloc(base->transform, &base->params, SONO_MAX_PARAMS, base->rate_hz, n, n_taps, &p, err);
    if (status != SONO_OK) {
        return status;
    }
    SonoAtom *const atoms = p->atoms;
    double *const window = p->window;
    double *const dual = p->dual;
    /* all but the count, which other threads may be changing, and then what is its own */
    const size_t shared = offsetof(SonoPlan, key);
    memcpy((char *)p + shared, (const char *)base + shared, sizeof *p - shared);
    p->atoms = atoms;
    p->window = window;
    p->dual = dual;
    p->slice_window = p->slice_dual = NULL;
    p->picture = NULL;
    p->tables = sono_plan_ref(base->tables ? base->tables : base);
    p->slice_window = base->slice_window;
    p->slice_dual = base->slice_dual;
    p->n_atoms = n;
    p->n_taps = n_taps;
    const int32_t range[2] = {first, n};
    p->key = sono_hash(range, sizeof range, base->key);
    size_t at = 0;
    for (int32_t i = 0; i < n; i++) {
        SonoAtom a = from[i];
        a.n_fft = a.n_coef = n_fft ? n_fft[i] : a.n_fft;
        a.tap_at -= from[0].tap_at;
        a.coef_at = at;
        a.level_scale *= sqrt((double)a.n_fft / (double)from[i].n_fft);
        at += (size_t)a.n_coef;
        const double scale = sqrt((double)from[i].n_fft / (double)a.n_fft);
        for (int32_t t = 0; t < a.length; t++) {
            window[a.tap_at + (size_t)t] = scale * base->window[from[i].tap_at + (size_t)t];
            dual[a.tap_at + (size_t)t] = scale * base->dual[from[i].tap_at + (size_t)t];
        }
        p->key = sono_hash(&a.n_fft, sizeof a.n_fft, p->key);
        atoms[i] = a;
    }
    p->n_coef = at;
    const int32_t row0 = first > base->row_atom ? first : base->row_atom;
    const int32_t rows_end = base->row_atom + base->n_rows < first + n ? base->row_atom + base->n_rows : first + n;
    p->row_atom = row0 - first;
    p->n_rows = rows_end > row0 ? rows_end - row0 : 0;
    p->rows.row_offset = base->rows.row_offset - (double)(row0 - base->row_atom);
    *out = p;
    return SONO_OK;
}

void sono_plan_atoms_touching(const SonoPlan *plan, double f0_hz, double f1_hz, int32_t *first, int32_t *n)
{
    int32_t lo = plan->n_atoms;
    int32_t hi = -1;
    int32_t nearest = 0;
    const double middle_hz = 0.5 * (f0_hz + f1_hz);
    for (int32_t i = 0; i < plan->n_atoms; i++) {
        const SonoAtom *a = &plan->atoms[i];
        if (a->freq_hz + 0.5 * a->width_hz >= f0_hz && a->freq_hz - 0.5 * a->width_hz <= f1_hz) {
            lo = i < lo ? i : lo;
            hi = i;
        }
        nearest = fabs(a->freq_hz - middle_hz) < fabs(plan->atoms[nearest].freq_hz - middle_hz) ? i : nearest;
    }
    *first = hi >= lo ? lo : nearest;
    *n = hi >= lo ? hi - lo + 1 : 1;
}

SonoStatus sono_plan_for_edit(const SonoPlan *base, double f0_hz, double f1_hz, SonoPlan **out, SonoError *err)
{
    int32_t first = 0;
    int32_t n = 0;
    sono_plan_atoms_touching(base, f0_hz, f1_hz, &first, &n);
    if (n > 1 && base->atoms[first].real) {
        first++;
        n--;
    }
    n -= n > 1 && base->atoms[first + n - 1].real;
    int32_t *n_fft = sono_calloc((size_t)n, sizeof *n_fft);
    if (!n_fft) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the bands of an edit");
    }
    int32_t most = 8;
    for (int32_t i = 0; i < n; i++) {
        most = base->atoms[first + i].n_fft > most ? base->atoms[first + i].n_fft : most;
    }
    for (int32_t i = 0; i < n; i++) {
        n_fft[i] = most;
    }
    const SonoStatus status = sono_plan_derive(base, first, n, n_fft, out, err);
    sono_free(n_fft);
    return status;
}
