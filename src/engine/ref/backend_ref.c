/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference backend: each coefficient is the sum that defines it, in double. */
#include "sono_ref.h"

#include "ref_bands.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

extern const SonoBackendType sono_backend_type_ref;

/* cos and sin of 2 pi i / n for i = 0..n-1 */
static SonoCplxD *roots_of_unity(int32_t n)
{
    SonoCplxD *w = sono_calloc((size_t)n, sizeof *w);
    for (int32_t i = 0; w && i < n; i++) {
        const double x = 6.283185307179586476925 * (double)i / (double)n;
        w[i] = (SonoCplxD){cos(x), sin(x)};
    }
    return w;
}

static int64_t atom_start(const SonoPlan *plan, const SonoAtom *a, int64_t slice)
{
    return slice * plan->slice_hop - plan->slice_lead + a->centre - a->length / 2;
}

/* c_k = sum over taps l of g[l] x[start + l] exp(-2 pi i k (l - length/2) / n_fft) */
SonoStatus sono_ref_analyse(const SonoPlan *plan, const double *pcm, SonoSpan span, SonoSlices slices, SonoCplxD *coef,
                            SonoError *err)
{
    if (plan->axis == SONO_AXIS_FREQ) {
        return ref_bands_analyse(plan, pcm, span, slices, coef, err);
    }
    memset(coef, 0, (size_t)slices.n * plan->n_coef * sizeof *coef);
    for (int32_t i = 0; i < plan->n_atoms; i++) {
        const SonoAtom *a = &plan->atoms[i];
        SonoCplxD *w = roots_of_unity(a->n_fft);
        if (!w) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for %d roots of unity", (int)a->n_fft);
        }
        for (int64_t s = 0; s < slices.n; s++) {
            const int64_t start = atom_start(plan, a, slices.first + s);
            SonoCplxD *c = coef + (size_t)s * plan->n_coef + a->coef_at;
            for (int32_t l = 0; l < a->length; l++) {
                const int64_t t = start + l - span.start_frame;
                if (t < 0 || t >= span.n_frames) {
                    continue;
                }
                const double x = pcm[t] * plan->window[a->tap_at + (size_t)l];
                const int64_t shift = l - a->length / 2 + a->n_fft;
                for (int32_t k = 0; k < a->n_coef; k++) {
                    const SonoCplxD e = w[(k * shift) % a->n_fft];
                    c[k].re += x * e.re;
                    c[k].im -= x * e.im;
                }
            }
        }
        sono_free(w);
    }
    return SONO_OK;
}

/* y[start + l] += h[l] sum over k of weight_k Re(c_k exp(+2 pi i k (l - length/2) / n_fft)) */
static SonoStatus overlap_add(const SonoPlan *plan, bool dual, const SonoCplxD *coef, SonoSlices slices, double *pcm,
                              SonoSpan span, SonoError *err)
{
    const double *taps = dual ? plan->dual : plan->window;
    if (plan->axis == SONO_AXIS_FREQ) {
        return ref_bands_overlap_add(plan, dual, coef, slices, pcm, span, err);
    }
    memset(pcm, 0, (size_t)span.n_frames * sizeof *pcm);
    for (int64_t s = 0; s < slices.n; s++) {
        for (int32_t i = 0; i < plan->n_atoms; i++) {
            const SonoAtom *a = &plan->atoms[i];
            SonoCplxD *w = roots_of_unity(a->n_fft);
            if (!w) {
                return sono_fail(err, SONO_E_NOMEM, "no memory for %d roots of unity", (int)a->n_fft);
            }
            const SonoCplxD *c = coef + (size_t)s * plan->n_coef + a->coef_at;
            const int64_t start = atom_start(plan, a, slices.first + s);
            for (int32_t l = 0; l < a->length; l++) {
                const int64_t t = start + l - span.start_frame;
                if (t < 0 || t >= span.n_frames) {
                    continue;
                }
                const int64_t shift = l - a->length / 2 + a->n_fft;
                double sum = 0.0;
                for (int32_t k = 0; k < a->n_coef; k++) {
                    const SonoCplxD e = w[(k * shift) % a->n_fft];
                    sum += sono_plan_weight(plan, a->coef_at + (size_t)k) * (c[k].re * e.re - c[k].im * e.im);
                }
                pcm[t] += taps[a->tap_at + (size_t)l] * sum;
            }
            sono_free(w);
        }
    }
    return SONO_OK;
}

SonoStatus sono_ref_synthesise(const SonoPlan *plan, const SonoCplxD *coef, SonoSlices slices, double *pcm,
                               SonoSpan span, SonoError *err)
{
    return overlap_add(plan, true, coef, slices, pcm, span, err);
}

SonoStatus sono_ref_adjoint(const SonoPlan *plan, const SonoCplxD *coef, SonoSlices slices, double *pcm, SonoSpan span,
                            SonoError *err)
{
    return overlap_add(plan, false, coef, slices, pcm, span, err);
}

/* The float face: widen, compute, round once. */
static SonoStatus ref_analyse(SonoBackend *be, const SonoPlan *plan, const float *pcm, SonoSpan span, SonoSlices slices,
                              SonoCplx *coef, SonoError *err)
{
    (void)be;
    const size_t n_coef = (size_t)slices.n * plan->n_coef;
    double *x = sono_calloc((size_t)span.n_frames, sizeof *x);
    SonoCplxD *c = sono_calloc(n_coef, sizeof *c);
    SonoStatus status = x && c ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory for the reference analysis");
    for (int64_t i = 0; x && i < span.n_frames; i++) {
        x[i] = (double)pcm[i];
    }
    if (status == SONO_OK) {
        status = sono_ref_analyse(plan, x, span, slices, c, err);
    }
    for (size_t i = 0; status == SONO_OK && i < n_coef; i++) {
        coef[i] = (SonoCplx){(float)c[i].re, (float)c[i].im};
    }
    sono_free(x);
    sono_free(c);
    return status;
}

static SonoStatus ref_overlap_add(const SonoPlan *plan, bool dual, const SonoCplx *coef, SonoSlices slices, float *pcm,
                                  SonoSpan span, SonoError *err)
{
    const size_t n_coef = (size_t)slices.n * plan->n_coef;
    double *y = sono_calloc((size_t)span.n_frames, sizeof *y);
    SonoCplxD *c = sono_calloc(n_coef, sizeof *c);
    SonoStatus status = y && c ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory for the reference synthesis");
    for (size_t i = 0; c && i < n_coef; i++) {
        c[i] = (SonoCplxD){(double)coef[i].re, (double)coef[i].im};
    }
    if (status == SONO_OK) {
        status = overlap_add(plan, dual, c, slices, y, span, err);
    }
    for (int64_t i = 0; status == SONO_OK && i < span.n_frames; i++) {
        pcm[i] = (float)y[i];
    }
    sono_free(y);
    sono_free(c);
    return status;
}

static SonoStatus ref_synthesise(SonoBackend *be, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                                 float *pcm, SonoSpan span, SonoError *err)
{
    (void)be;
    return ref_overlap_add(plan, true, coef, slices, pcm, span, err);
}

static SonoStatus ref_adjoint(SonoBackend *be, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                              float *pcm, SonoSpan span, SonoError *err)
{
    (void)be;
    return ref_overlap_add(plan, false, coef, slices, pcm, span, err);
}

static SonoStatus ref_open(const char *config, SonoJobs *jobs, SonoBackend **out, SonoError *err)
{
    if (config && config[0]) {
        return sono_fail(err, SONO_E_INVALID, "the ref backend takes no configuration, not '%s'", config);
    }
    SonoBackend *be = sono_calloc(1, sizeof *be);
    if (!be) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the ref backend");
    }
    be->type = &sono_backend_type_ref;
    be->jobs = jobs;
    *out = be;
    return SONO_OK;
}

static void ref_close(SonoBackend *be)
{
    sono_free(be);
}

static const char *ref_describe(SonoBackend *be)
{
    (void)be;
    return "definitions in double, one thread";
}

const SonoBackendType sono_backend_type_ref = {
    .abi = SONO_BACKEND_ABI,
    .size = sizeof(SonoBackendType),
    .name = "ref",
    .title = "The definitions, naive sums in double precision (slow; to measure others against)",
    .open = ref_open,
    .close = ref_close,
    .analyse = ref_analyse,
    .synthesise = ref_synthesise,
    .adjoint = ref_adjoint,
    .describe = ref_describe,
};
