/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of FREQ plans: analysis sums the coefficients that slices have at the same time, the adjoint of that hands a
 * row's to all slices that hold it. The plain mask works on the slices' own coefficients, for a sum of slices cannot be
 * split exactly. */
#include "solver_internal.h"

#include "band_rows.h"
#include "sono_mem.h"

#include <string.h>

#define BATCH_COEFS ((int64_t)1 << 20)
#define MAX_BATCH 8

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Slices that hold some of the rows and see the frames. */
static SonoSlices slices_of(const SonoPlan *plan, SonoSlices rows, SonoSpan frames)
{
    SonoSlices slices = sono_plan_slices_touching(plan, frames);
    while (slices.n > 0 && band_rows_first(plan, slices.first) + plan->atoms[0].n_fft <= rows.first) {
        slices.first++;
        slices.n--;
    }
    while (slices.n > 0 && band_rows_first(plan, slices.first + slices.n - 1) >= rows.first + rows.n) {
        slices.n--;
    }
    return slices;
}

static int64_t per_batch(const SonoPlan *plan, SonoSlices slices)
{
    return max64(1, min64(slices.n, min64(MAX_BATCH, BATCH_COEFS / (int64_t)plan->n_coef)));
}

/* Rows that a slice holds of the given ones. */
static SonoSlices rows_held(const SonoPlan *plan, int64_t slice, SonoSlices rows)
{
    const int64_t first = max64(band_rows_first(plan, slice), rows.first);
    const int64_t end = min64(band_rows_first(plan, slice) + plan->atoms[0].n_fft, rows.first + rows.n);
    return (SonoSlices){first, max64(0, end - first)};
}

/* coef[rows] += a slice's coefficients */
static void add_slice(const SonoPlan *plan, int64_t slice, const SonoCplx *row, SonoSlices rows, SonoCplx *coef)
{
    const size_t pitch = sono_solve_pitch(plan);
    const SonoSlices held = rows_held(plan, slice, rows);
    for (int64_t i = held.first; i < held.first + held.n; i++) {
        const SonoCplx *from = row + band_rows_nu(plan, i);
        SonoCplx *to = coef + (size_t)(i - rows.first) * pitch;
        for (int32_t b = 0; b < plan->n_atoms; b++) {
            const SonoCplx c = from[plan->atoms[b].coef_at];
            to[b].re += c.re;
            to[b].im += c.im;
        }
    }
}

SonoStatus sono_solve_analyse(SonoEngine *engine, const SonoPlan *plan, const float *pcm, SonoSpan span,
                              SonoSlices rows, SonoCplx *coef, SonoError *err)
{
    if (plan->axis == SONO_AXIS_TIME) {
        return sono_engine_analyse(engine, plan, pcm, span, rows, coef, err);
    }
    const SonoSlices slices = slices_of(plan, rows, span);
    const int64_t batch = per_batch(plan, slices);
    SonoCplx *own = sono_alloc_uncleared((size_t)batch * plan->n_coef, sizeof *own);
    SonoStatus status =
        own ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory to analyse %lld columns", (long long)rows.n);
    memset(coef, 0, (size_t)rows.n * sono_solve_pitch(plan) * sizeof *coef);
    for (int64_t at = 0; status == SONO_OK && at < slices.n; at += batch) {
        const SonoSlices some = {slices.first + at, min64(batch, slices.n - at)};
        status = sono_engine_analyse(engine, plan, pcm, span, some, own, err);
        for (int64_t i = 0; status == SONO_OK && i < some.n; i++) {
            add_slice(plan, some.first + i, own + (size_t)i * plan->n_coef, rows, coef);
        }
    }
    sono_free(own);
    return status;
}

SonoStatus solver_analyse(const Solver *s, const float *x, SonoSpan span, SonoSlices rows, SonoCplx *coef,
                          SonoError *err)
{
    return sono_solve_analyse(s->engine, s->p->plan, x, span, rows, coef, err);
}

/* A slice's coefficients from the rows. */
static void spread_slice(const SonoPlan *plan, int64_t slice, const SonoCplx *coef, SonoSlices rows, SonoCplx *row)
{
    const size_t pitch = sono_solve_pitch(plan);
    const SonoSlices held = rows_held(plan, slice, rows);
    memset(row, 0, plan->n_coef * sizeof *row);
    for (int64_t i = held.first; i < held.first + held.n; i++) {
        const SonoCplx *from = coef + (size_t)(i - rows.first) * pitch;
        SonoCplx *to = row + band_rows_nu(plan, i);
        for (int32_t b = 0; b < plan->n_atoms; b++) {
            to[plan->atoms[b].coef_at] = from[b];
        }
    }
}

/* y += part on the span */
static void add_sound(float *restrict y, const float *restrict part, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        y[i] += part[i];
    }
}

SonoStatus solver_adjoint(const Solver *s, const SonoCplx *coef, float *y, SonoError *err)
{
    const SonoPlan *plan = s->p->plan;
    const SonoSpan span = s->p->span;
    if (plan->axis == SONO_AXIS_TIME) {
        return sono_engine_adjoint(s->engine, plan, coef, s->inner, y, span, err);
    }
    const SonoSlices slices = slices_of(plan, s->inner, span);
    const int64_t batch = per_batch(plan, slices);
    SonoCplx *own = sono_alloc_uncleared((size_t)batch * plan->n_coef, sizeof *own);
    float *part = sono_alloc_uncleared((size_t)span.n_frames, sizeof *part);
    SonoStatus status =
        own && part ? SONO_OK
                    : sono_fail(err, SONO_E_NOMEM, "no memory to solve for %lld frames", (long long)span.n_frames);
    memset(y, 0, (size_t)span.n_frames * sizeof *y);
    for (int64_t at = 0; status == SONO_OK && at < slices.n; at += batch) {
        const SonoSlices some = {slices.first + at, min64(batch, slices.n - at)};
        for (int64_t i = 0; i < some.n; i++) {
            spread_slice(plan, some.first + i, coef, s->inner, own + (size_t)i * plan->n_coef);
        }
        status = sono_engine_adjoint(s->engine, plan, own, some, part, span, err);
        if (status == SONO_OK) {
            add_sound(y, part, span.n_frames);
        }
    }
    sono_free(part);
    sono_free(own);
    return status;
}

/* A slice's weights from the rows. */
static void spread_weights(const SonoPlan *plan, int64_t slice, const float *weights, SonoSlices rows, float *row)
{
    const size_t pitch = sono_solve_pitch(plan);
    const SonoSlices held = rows_held(plan, slice, rows);
    memset(row, 0, plan->n_coef * sizeof *row);
    for (int64_t i = held.first; i < held.first + held.n; i++) {
        const float *from = weights + (size_t)(i - rows.first) * pitch;
        float *to = row + band_rows_nu(plan, i);
        for (int32_t b = 0; b < plan->n_atoms; b++) {
            to[plan->atoms[b].coef_at] = from[b];
        }
    }
}

typedef struct PlainSlices {
    SonoCplx *coef, *target;
    float *weights, *part;
} PlainSlices;

/* part = S(C' - C) of these slices on span. */
static SonoStatus plain_slices(SonoEngine *engine, const SonoPlan *plan, const SonoOperation *operation,
                               const float *args, const float *pcm, SonoSpan pcm_span, SonoSlices slices,
                               const PlainSlices *own, SonoSpan span, SonoError *err)
{
    SonoStatus status = sono_engine_analyse(engine, plan, pcm, pcm_span, slices, own->coef, err);
    if (status == SONO_OK) {
        status = sono_engine_apply(engine, plan, operation, args, own->coef, own->weights, slices, own->target, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    for (size_t i = 0; i < (size_t)slices.n * plan->n_coef; i++) {
        own->target[i].re -= own->coef[i].re;
        own->target[i].im -= own->coef[i].im;
    }
    return sono_engine_synthesise(engine, plan, own->target, slices, own->part, span, err);
}

SonoStatus sono_solve_plain(SonoEngine *engine, const SonoPlan *plan, const SonoOperation *operation, const float *args,
                            const float *pcm, SonoSpan pcm_span, const float *weights, SonoSlices rows, float *delta,
                            SonoSpan span, SonoError *err)
{
    const SonoSlices slices = slices_of(plan, rows, span);
    const int64_t batch = per_batch(plan, slices);
    const size_t n = (size_t)batch * plan->n_coef;
    const PlainSlices own = {.coef = sono_alloc_uncleared(n, sizeof *own.coef),
                             .target = sono_alloc_uncleared(n, sizeof *own.target),
                             .weights = sono_alloc_uncleared(n, sizeof *own.weights),
                             .part = sono_alloc_uncleared((size_t)span.n_frames, sizeof *own.part)};
    SonoStatus status =
        own.coef && own.target && own.weights && own.part
            ? SONO_OK
            : sono_fail(err, SONO_E_NOMEM, "no memory for an edit of %lld frames", (long long)span.n_frames);
    memset(delta, 0, (size_t)span.n_frames * sizeof *delta);
    for (int64_t at = 0; status == SONO_OK && at < slices.n; at += batch) {
        const SonoSlices some = {slices.first + at, min64(batch, slices.n - at)};
        for (int64_t i = 0; i < some.n; i++) {
            spread_weights(plan, some.first + i, weights, rows, own.weights + (size_t)i * plan->n_coef);
        }
        status = plain_slices(engine, plan, operation, args, pcm, pcm_span, some, &own, span, err);
        if (status == SONO_OK) {
            add_sound(delta, own.part, span.n_frames);
        }
    }
    sono_free(own.coef);
    sono_free(own.target);
    sono_free(own.weights);
    sono_free(own.part);
    return status;
}
