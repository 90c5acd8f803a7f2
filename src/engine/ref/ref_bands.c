/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ref_bands.h"

#include "sono_mem.h"

#include <fftw3.h>
#include <pthread.h>
#include <string.h>

/* FFTW's planner is not thread-safe. */
static pthread_mutex_t planner_lock = PTHREAD_MUTEX_INITIALIZER;

typedef struct Slice {
    double *frames;      /* [L], frame t at t mod L */
    SonoCplxD *spectrum; /* [L/2 + 1] */
    SonoCplxD *band;     /* [largest n_fft] */
    fftw_plan forward, inverse;
} Slice;

static int64_t positive_mod(int64_t a, int64_t n)
{
    const int64_t r = a % n;
    return r < 0 ? r + n : r;
}

static void slice_close(Slice *s)
{
    (void)pthread_mutex_lock(&planner_lock);
    fftw_destroy_plan(s->forward);
    fftw_destroy_plan(s->inverse);
    (void)pthread_mutex_unlock(&planner_lock);
    sono_free(s->frames);
    sono_free(s->spectrum);
    sono_free(s->band);
}

static SonoStatus slice_open(const SonoPlan *plan, Slice *s, SonoError *err)
{
    int32_t most = 0;
    for (int32_t i = 0; i < plan->n_atoms; i++) {
        most = plan->atoms[i].n_fft > most ? plan->atoms[i].n_fft : most;
    }
    const int n = (int)plan->slice_len;
    *s = (Slice){.frames = sono_alloc_aligned((size_t)n, sizeof *s->frames),
                 .spectrum = sono_alloc_aligned((size_t)n / 2 + 1, sizeof *s->spectrum),
                 .band = sono_alloc_aligned((size_t)most, sizeof *s->band)};
    if (s->frames && s->spectrum && s->band) {
        fftw_complex *spectrum = (fftw_complex *)s->spectrum;
        (void)pthread_mutex_lock(&planner_lock);
        s->forward = fftw_plan_dft_r2c_1d(n, s->frames, spectrum, FFTW_ESTIMATE);
        s->inverse = fftw_plan_dft_c2r_1d(n, spectrum, s->frames, FFTW_ESTIMATE);
        (void)pthread_mutex_unlock(&planner_lock);
    }
    if (s->forward && s->inverse) {
        return SONO_OK;
    }
    slice_close(s);
    return sono_fail(err, SONO_E_NOMEM, "no memory for a spectrum of %d frames", n);
}

/* In place, unscaled. */
static SonoStatus band_fft(SonoCplxD *band, int32_t n_fft, int sign, SonoError *err)
{
    fftw_complex *z = (fftw_complex *)band;
    (void)pthread_mutex_lock(&planner_lock);
    fftw_plan plan = fftw_plan_dft_1d(n_fft, z, z, sign, FFTW_ESTIMATE);
    (void)pthread_mutex_unlock(&planner_lock);
    if (!plan) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for an FFT of %d points", (int)n_fft);
    }
    fftw_execute(plan);
    (void)pthread_mutex_lock(&planner_lock);
    fftw_destroy_plan(plan);
    (void)pthread_mutex_unlock(&planner_lock);
    return SONO_OK;
}

/* Bin j of the stored half in its place; a real band's other half too. */
static void add_to_band(const SonoPlan *plan, const SonoAtom *a, int64_t j, SonoCplxD x, double w, SonoCplxD *band)
{
    const int64_t at = j - sono_plan_origin(plan, a);
    SonoCplxD *z = &band[positive_mod(at, a->n_fft)];
    z->re += w * x.re;
    z->im += w * x.im;
    if (a->real && j != 0 && 2 * j != plan->slice_len) {
        SonoCplxD *mirror = &band[positive_mod(-at, a->n_fft)];
        mirror->re += w * x.re;
        mirror->im -= w * x.im;
    }
}

static SonoStatus analyse_slice(const SonoPlan *plan, Slice *s, SonoCplxD *row, SonoError *err)
{
    SonoStatus status = SONO_OK;
    fftw_execute(s->forward);
    for (int32_t i = 0; i < plan->n_atoms && status == SONO_OK; i++) {
        const SonoAtom *a = &plan->atoms[i];
        SonoCplxD *c = row + a->coef_at;
        memset(s->band, 0, (size_t)a->n_fft * sizeof *s->band);
        for (int32_t t = 0; t < a->length; t++) {
            const int64_t j = a->first_bin + t;
            add_to_band(plan, a, j, s->spectrum[j], plan->window[a->tap_at + (size_t)t], s->band);
        }
        status = band_fft(s->band, a->n_fft, FFTW_BACKWARD, err);
        memcpy(c, s->band, (size_t)a->n_coef * sizeof *c);
        for (int32_t nu = 0; a->real && nu < a->n_coef; nu++) {
            c[nu].im = 0.0;
        }
    }
    return status;
}

SonoStatus ref_bands_analyse(const SonoPlan *plan, const double *pcm, SonoSpan span, SonoSlices slices, SonoCplxD *coef,
                             SonoError *err)
{
    Slice s;
    SonoStatus status = slice_open(plan, &s, err);
    if (status != SONO_OK) {
        return status;
    }
    memset(coef, 0, (size_t)slices.n * plan->n_coef * sizeof *coef);
    for (int64_t m = 0; m < slices.n && status == SONO_OK; m++) {
        const int64_t start = sono_plan_slice_start(plan, slices.first + m);
        for (int64_t i = 0; i < plan->slice_len; i++) {
            const int64_t at = start + i - span.start_frame;
            const double x = at >= 0 && at < span.n_frames ? pcm[at] : 0.0;
            s.frames[positive_mod(start + i, plan->slice_len)] = plan->slice_window ? x * plan->slice_window[i] : x;
        }
        status = analyse_slice(plan, &s, coef + (size_t)m * plan->n_coef, err);
    }
    slice_close(&s);
    return status;
}

/* frames = c2r of the sum over the bands */
static SonoStatus synthesise_slice(const SonoPlan *plan, const double *taps, const SonoCplxD *row, Slice *s,
                                   SonoError *err)
{
    SonoStatus status = SONO_OK;
    memset(s->spectrum, 0, (size_t)(plan->slice_len / 2 + 1) * sizeof *s->spectrum);
    for (int32_t i = 0; i < plan->n_atoms && status == SONO_OK; i++) {
        const SonoAtom *a = &plan->atoms[i];
        memcpy(s->band, row + a->coef_at, (size_t)a->n_coef * sizeof *s->band);
        for (int32_t nu = 0; a->real && nu < a->n_coef; nu++) {
            s->band[nu].im = 0.0;
        }
        status = band_fft(s->band, a->n_fft, FFTW_FORWARD, err);
        for (int32_t t = 0; t < a->length; t++) {
            const int64_t j = a->first_bin + t;
            const SonoCplxD z = s->band[positive_mod(j - sono_plan_origin(plan, a), a->n_fft)];
            s->spectrum[j].re += taps[a->tap_at + (size_t)t] * z.re;
            s->spectrum[j].im += taps[a->tap_at + (size_t)t] * z.im;
        }
    }
    if (status == SONO_OK) {
        fftw_execute(s->inverse);
    }
    return status;
}

SonoStatus ref_bands_overlap_add(const SonoPlan *plan, bool dual, const SonoCplxD *coef, SonoSlices slices, double *pcm,
                                 SonoSpan span, SonoError *err)
{
    const double *fade = dual ? plan->slice_dual : plan->slice_window;
    Slice s;
    SonoStatus status = slice_open(plan, &s, err);
    if (status != SONO_OK) {
        return status;
    }
    memset(pcm, 0, (size_t)span.n_frames * sizeof *pcm);
    for (int64_t m = 0; m < slices.n && status == SONO_OK; m++) {
        const int64_t start = sono_plan_slice_start(plan, slices.first + m);
        status = synthesise_slice(plan, dual ? plan->dual : plan->window, coef + (size_t)m * plan->n_coef, &s, err);
        for (int64_t i = 0; i < plan->slice_len && status == SONO_OK; i++) {
            const int64_t at = start + i - span.start_frame;
            if (at >= 0 && at < span.n_frames) {
                pcm[at] += (fade ? fade[i] : 1.0) * s.frames[positive_mod(start + i, plan->slice_len)];
            }
        }
    }
    slice_close(&s);
    return status;
}
