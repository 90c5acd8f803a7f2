/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job is a slice: an analysis slice is computed alone; a synthesis slice is computed alone and then added to the
 * sound. At any frame at most two slices overlap, and a sum of two does not depend on their order: whoever comes first
 * to the join of two slices writes it, the other adds. */
#include "cpu_bands.h"

#include "cpu_vector.h"
#include "sono_mem.h"

#include <pthread.h>
#include <string.h>

#define N_LOCKS 16
#define MAX_PREFETCH 4096 /* coefficients: most of a first-level cache */

typedef struct Call {
    const SonoPlan *plan;
    const CpuPlan *cpu;
    SonoSpan span;
    SonoSlices slices; /* to compute */
    const float *pcm_in;
    SonoCplx *coef_out; /* row of slices.first */
    const SonoCplx *coef_in;
    float *pcm_out;
    bool dual;
    pthread_mutex_t locks[N_LOCKS]; /* join i: of slices i - 1 and i of the call; lock i mod N_LOCKS */
    bool *is_joined;                /* [slices.n + 1]: written by one of the two */
    _Atomic bool no_memory;
} Call;

/* What one slice needs. */
typedef struct Work {
    SonoCplx *spectrum; /* [L/2 + 1] */
    float *frames;      /* [L]: frame t at t mod L; in analysis the spectrum's own memory */
    SonoCplx *band;     /* [largest n_fft] */
    float *real;        /* [the same]: coefficients of a real band */
    double *exact;      /* [L + 2], where the slice's FFT is in double, else NULL */
} Work;

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t positive_mod(int64_t a, int64_t n)
{
    const int64_t r = a % n;
    return r < 0 ? r + n : r;
}

static void work_close(const Call *call, Work *w)
{
    if (call->coef_in) {
        sono_free(w->frames);
    }
    sono_free(w->spectrum);
    sono_free(w->band);
    sono_free(w->real);
    sono_free(w->exact);
}

static bool work_open(const Call *call, Work *w)
{
    const size_t len = (size_t)call->plan->slice_len;
    const size_t n_fft = (size_t)call->cpu->max_fft;
    *w = (Work){.spectrum = sono_alloc_uncleared(len / 2 + 1, sizeof *w->spectrum),
                .band = sono_alloc_uncleared(n_fft, sizeof *w->band),
                .real = sono_alloc_uncleared(n_fft, sizeof *w->real)};
    w->frames = call->coef_in ? sono_alloc_uncleared(len, sizeof *w->frames) : (float *)w->spectrum;
    if (call->cpu->forward->exact) {
        w->exact = sono_alloc_uncleared(len + 2, sizeof *w->exact);
    }
    return w->frames && w->spectrum && w->band && w->real && (w->exact || !call->cpu->forward->exact);
}

/* FFTW goes through a band's coefficients in strides that the processor does not foresee; so the next band's are
 * fetched while one is computed. */
static void prefetch(const SonoCplx *coef, int32_t n)
{
    for (int32_t i = 0; i < n && i < MAX_PREFETCH; i += SONO_ALIGN / (int32_t)sizeof *coef) {
        __builtin_prefetch(coef + i);
    }
}

/* frames[(start + i) mod len] = x[i - from] gain[i] for i in [from, to); NULL gain: 1; NULL x: 0. */
static void place(float *frames, int64_t len, int64_t start, int64_t from, int64_t to, const float *x,
                  const float *gain)
{
    for (int64_t i = from; i < to;) {
        const int64_t at = positive_mod(start + i, len);
        const int64_t n = min64(to - i, len - at);
        if (!x) {
            memset(frames + at, 0, (size_t)n * sizeof *frames);
        } else if (!gain) {
            memcpy(frames + at, x + (i - from), (size_t)n * sizeof *frames);
        } else {
            cpu_multiply(x + (i - from), gain + i, n, frames + at);
        }
        i += n;
    }
}

/* frames = h x. False: x has nothing in the slice. */
static bool place_slice(const Call *call, int64_t start, float *frames)
{
    const CpuFade *h = &call->cpu->fades->analyse;
    const int64_t len = call->plan->slice_len;
    const int64_t from = max64(h->from, call->span.start_frame - start);
    const int64_t to = min64(h->to, sono_span_end(call->span) - start);
    if (from >= to) {
        return false;
    }
    const int64_t edges[4] = {from, min64(max64(h->flat_from, from), to), max64(min64(h->flat_to, to), from), to};
    place(frames, len, start, 0, from, NULL, NULL);
    for (int k = 0; k < 3; k++) {
        place(frames, len, start, edges[k], edges[k + 1], call->pcm_in + (start + edges[k] - call->span.start_frame),
              k == 1 ? NULL : h->gain);
    }
    place(frames, len, start, to, len, NULL, NULL);
    return true;
}

/* spectrum = r2c(frames), which lie in the same memory. */
static void transform_slice(const CpuFft *fft, const Work *w)
{
    if (!w->exact) {
        fftwf_execute_dft_r2c(fft->plan, w->frames, (fftwf_complex *)w->spectrum);
        return;
    }
    cpu_widen(w->frames, fft->n, w->exact);
    fftw_execute_dft_r2c(fft->exact, w->exact, (fftw_complex *)w->exact);
    cpu_round(w->exact, 2 * (int64_t)(fft->n / 2 + 1), &w->spectrum->re);
}

/* frames = c2r(spectrum), which is destroyed. In double by way of r2c, which is much faster in place: with a = re + im
 * over all L bins, where re is even and im odd, r2c(a) = sum re cos - i sum im sin, and their sum is the frame. */
static void transform_back(const CpuFft *fft, const Work *w)
{
    if (!w->exact) {
        fftwf_execute_dft_c2r(fft->plan, (fftwf_complex *)w->spectrum, w->frames);
        return;
    }
    const int64_t len = fft->n;
    for (int64_t j = 1; j < len / 2; j++) {
        const double re = (double)w->spectrum[j].re;
        const double im = (double)w->spectrum[j].im;
        w->exact[j] = re + im;
        w->exact[len - j] = re - im;
    }
    w->exact[0] = (double)w->spectrum[0].re;
    w->exact[len / 2] = (double)w->spectrum[len / 2].re;
    fftw_execute_dft_r2c(fft->exact, w->exact, (fftw_complex *)w->exact);
    for (int64_t t = 1; t < len / 2; t++) {
        w->frames[t] = (float)(w->exact[2 * t] + w->exact[2 * t + 1]);
        w->frames[len - t] = (float)(w->exact[2 * t] - w->exact[2 * t + 1]);
    }
    w->frames[0] = (float)w->exact[0];
    w->frames[len / 2] = (float)w->exact[len];
}

/* Half spectrum of a real band. The band at Nyquist lies below its origin: its bins are conj of those above. */
static void analyse_real(const Call *call, const SonoAtom *a, const CpuAtom *c, const Work *w, SonoCplx *coef)
{
    SonoCplx *z = w->band;
    const SonoCplx *x = w->spectrum + a->first_bin;
    if (sono_plan_origin(call->plan, a) == 0) {
        cpu_scale(x, c->window, a->length, z);
    } else {
        for (int32_t i = 0; i < a->length; i++) {
            const int32_t t = a->length - 1 - i;
            z[i] = (SonoCplx){x[t].re * c->window[t], -x[t].im * c->window[t]};
        }
    }
    memset(z + a->length, 0, (size_t)(a->n_fft / 2 + 1 - a->length) * sizeof *z);
    fftwf_execute_dft_c2r(c->analyse->plan, (fftwf_complex *)z, w->real);
    cpu_from_real(w->real, a->n_fft, coef);
}

static void analyse_band(const SonoAtom *a, const CpuAtom *c, const Work *w, SonoCplx *coef)
{
    SonoCplx *z = w->band;
    const SonoCplx *x = w->spectrum + a->first_bin;
    const int64_t at = a->first_bin % a->n_fft;
    const int64_t n = min64(a->length, a->n_fft - at); /* before it wraps */
    const int64_t n_wrapped = a->length - n;
    cpu_scale(x + n, c->window + n, n_wrapped, z);
    memset(z + n_wrapped, 0, (size_t)(at - n_wrapped) * sizeof *z);
    cpu_scale(x, c->window, n, z + at);
    memset(z + at + n, 0, (size_t)(a->n_fft - at - n) * sizeof *z);
    fftwf_execute_dft(c->analyse->plan, (fftwf_complex *)z, (fftwf_complex *)coef);
}

static void analyse_slice(void *ctx, size_t index)
{
    Call *call = ctx;
    const SonoPlan *plan = call->plan;
    SonoCplx *row = call->coef_out + index * plan->n_coef;
    Work w;
    if (!work_open(call, &w)) {
        atomic_store_explicit(&call->no_memory, true, memory_order_relaxed);
    } else if (!place_slice(call, sono_plan_slice_start(plan, call->slices.first + (int64_t)index), w.frames)) {
        memset(row, 0, plan->n_coef * sizeof *row);
    } else {
        transform_slice(call->cpu->forward, &w);
        size_t used = 0;
        for (int32_t i = 0; i < plan->n_atoms; i++) {
            const SonoAtom *a = &plan->atoms[i];
            memset(row + used, 0, (a->coef_at - used) * sizeof *row);
            if (i + 1 < plan->n_atoms) {
                prefetch(row + a[1].coef_at, a[1].n_coef);
            }
            if (a->real) {
                analyse_real(call, a, &call->cpu->atoms[i], &w, row + a->coef_at);
            } else {
                analyse_band(a, &call->cpu->atoms[i], &w, row + a->coef_at);
            }
            used = a->coef_at + (size_t)a->n_coef;
        }
        memset(row + used, 0, (plan->n_coef - used) * sizeof *row);
    }
    work_close(call, &w);
}

/* spectrum[first ..] += z taps, where bins from *filled on have not been written yet. */
static void add_bins(SonoCplx *spectrum, int64_t *filled, int64_t first, int64_t n, const SonoCplx *z,
                     const float *taps)
{
    if (*filled < first) {
        memset(spectrum + *filled, 0, (size_t)(first - *filled) * sizeof *spectrum);
        *filled = first;
    }
    const int64_t n_add = min64(*filled - first, n);
    cpu_scale_add(z, taps, n_add, spectrum + first);
    cpu_scale(z + n_add, taps + n_add, n - n_add, spectrum + first + n_add);
    *filled = max64(*filled, first + n);
}

static void synthesise_real(const Call *call, const SonoAtom *a, const CpuAtom *c, const Work *w, const SonoCplx *coef,
                            int64_t *filled)
{
    cpu_to_real(coef, a->n_fft, w->real);
    SonoCplx *z = w->band;
    fftwf_execute_dft_r2c(c->synthesise->plan, w->real, (fftwf_complex *)z);
    if (sono_plan_origin(call->plan, a) != 0) { /* bins below the origin, in rising order */
        for (int32_t i = 0, t = a->length - 1; i <= t; i++, t--) {
            const SonoCplx low = z[t];
            z[t] = (SonoCplx){z[i].re, -z[i].im};
            z[i] = (SonoCplx){low.re, -low.im};
        }
    }
    add_bins(w->spectrum, filled, a->first_bin, a->length, z, call->dual ? c->dual : c->window);
}

static void synthesise_band(const Call *call, const SonoAtom *a, const CpuAtom *c, const Work *w, const SonoCplx *coef,
                            int64_t *filled)
{
    const float *taps = call->dual ? c->dual : c->window;
    const int64_t at = a->first_bin % a->n_fft;
    const int64_t n = min64(a->length, a->n_fft - at);
    /* FFTW's const is missing: the plan keeps its input */
    fftwf_execute_dft(c->synthesise->plan, (fftwf_complex *)(uintptr_t)coef, (fftwf_complex *)w->band);
    add_bins(w->spectrum, filled, a->first_bin, n, w->band + at, taps);
    add_bins(w->spectrum, filled, a->first_bin + n, a->length - n, w->band, taps + n);
}

/* pcm = or += gain y for frames [from, to) of the slice, NULL gain: 1. */
static void put_run(const Call *call, const Work *w, int64_t start, int64_t from, int64_t to, const float *gain,
                    bool add)
{
    const int64_t len = call->plan->slice_len;
    for (int64_t i = from; i < to;) {
        const int64_t at = positive_mod(start + i, len);
        const int64_t n = min64(to - i, len - at);
        const float *y = w->frames + at;
        float *out = call->pcm_out + (start + i - call->span.start_frame);
        if (!gain && add) {
            cpu_add(y, n, out);
        } else if (!gain) {
            memcpy(out, y, (size_t)n * sizeof *out);
        } else if (add) {
            cpu_multiply_add(y, gain + i, n, out);
        } else {
            cpu_multiply(y, gain + i, n, out);
        }
        i += n;
    }
}

static void put(const Call *call, const Work *w, int64_t start, int64_t from, int64_t to, bool add)
{
    const CpuFade *fade = call->dual ? &call->cpu->fades->synthesise : &call->cpu->fades->analyse;
    from = max64(from, call->span.start_frame - start);
    to = max64(from, min64(to, sono_span_end(call->span) - start));
    const int64_t flat_from = min64(max64(fade->flat_from, from), to);
    const int64_t flat_to = max64(min64(fade->flat_to, to), flat_from);
    put_run(call, w, start, from, flat_from, fade->gain, add);
    put_run(call, w, start, flat_from, flat_to, NULL, add);
    put_run(call, w, start, flat_to, to, fade->gain, add);
}

/* Frames [from, to) of the slice, which it shares with a neighbour. */
static void put_join(Call *call, const Work *w, int64_t start, int64_t from, int64_t to, int64_t join)
{
    pthread_mutex_t *lock = &call->locks[join % N_LOCKS];
    (void)pthread_mutex_lock(lock);
    put(call, w, start, from, to, call->is_joined[join]);
    call->is_joined[join] = true;
    (void)pthread_mutex_unlock(lock);
}

static void synthesise_slice(void *ctx, size_t index)
{
    Call *call = ctx;
    const SonoPlan *plan = call->plan;
    const SonoCplx *row = call->coef_in + index * plan->n_coef;
    const int64_t start = sono_plan_slice_start(plan, call->slices.first + (int64_t)index);
    const int64_t overlap = plan->slice_len - plan->slice_hop;
    Work w;
    if (!work_open(call, &w)) {
        atomic_store_explicit(&call->no_memory, true, memory_order_relaxed);
        work_close(call, &w);
        return;
    }
    int64_t filled = 0;
    for (int32_t i = 0; i < plan->n_atoms; i++) {
        const SonoAtom *a = &plan->atoms[i];
        if (i + 1 < plan->n_atoms) {
            prefetch(row + a[1].coef_at, a[1].n_coef);
        }
        if (a->real) {
            synthesise_real(call, a, &call->cpu->atoms[i], &w, row + a->coef_at, &filled);
        } else {
            synthesise_band(call, a, &call->cpu->atoms[i], &w, row + a->coef_at, &filled);
        }
    }
    memset(w.spectrum + filled, 0, (size_t)(plan->slice_len / 2 + 1 - filled) * sizeof *w.spectrum);
    transform_back(call->cpu->inverse, &w);
    put_join(call, &w, start, 0, overlap, (int64_t)index);
    put(call, &w, start, overlap, plan->slice_hop, false);
    put_join(call, &w, start, plan->slice_hop, plan->slice_len, (int64_t)index + 1);
    work_close(call, &w);
}

static SonoStatus run(CpuPlanCache *plans, SonoJobs *jobs, Call *call, void (*fn)(void *, size_t), SonoError *err)
{
    CpuPlan *cpu = NULL;
    const SonoStatus status = cpu_plan_acquire(plans, call->plan, &cpu, err);
    if (status != SONO_OK) {
        return status;
    }
    call->cpu = cpu;
    sono_jobs_parallel_for(jobs, (size_t)call->slices.n, fn, call);
    cpu_plan_release(plans, cpu);
    return atomic_load_explicit(&call->no_memory, memory_order_relaxed)
               ? sono_fail(err, SONO_E_NOMEM, "no memory for a spectrum of %lld frames",
                           (long long)call->plan->slice_len)
               : SONO_OK;
}

SonoStatus cpu_bands_analyse(CpuPlanCache *plans, SonoJobs *jobs, const SonoPlan *plan, const float *pcm, SonoSpan span,
                             SonoSlices slices, SonoCplx *coef, SonoError *err)
{
    Call call = {.plan = plan, .span = span, .slices = slices, .pcm_in = pcm, .coef_out = coef};
    return run(plans, jobs, &call, analyse_slice, err);
}

SonoStatus cpu_bands_overlap_add(CpuPlanCache *plans, SonoJobs *jobs, const SonoPlan *plan, bool dual,
                                 const SonoCplx *coef, SonoSlices slices, float *pcm, SonoSpan span, SonoError *err)
{
    const SonoSlices touching = sono_plan_slices_touching(plan, span);
    const int64_t first = max64(touching.first, slices.first);
    const int64_t end = min64(touching.first + touching.n, slices.first + slices.n);
    if (first >= end) {
        memset(pcm, 0, (size_t)span.n_frames * sizeof *pcm);
        return SONO_OK;
    }
    Call call = {.plan = plan,
                 .span = span,
                 .slices = {first, end - first},
                 .coef_in = coef + (size_t)(first - slices.first) * plan->n_coef,
                 .pcm_out = pcm,
                 .dual = dual,
                 .is_joined = sono_calloc((size_t)(end - first + 1), sizeof *call.is_joined)};
    if (!call.is_joined) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a synthesis of %lld slices", (long long)(end - first));
    }
    for (int i = 0; i < N_LOCKS; i++) {
        (void)pthread_mutex_init(&call.locks[i], NULL);
    }
    /* frames that none of the slices reaches */
    const SonoSpan support = sono_plan_support(plan, call.slices);
    const int64_t before = min64(max64(support.start_frame - span.start_frame, 0), span.n_frames);
    const int64_t reached = min64(max64(sono_span_end(support) - span.start_frame, before), span.n_frames);
    memset(pcm, 0, (size_t)before * sizeof *pcm);
    memset(pcm + reached, 0, (size_t)(span.n_frames - reached) * sizeof *pcm);
    const SonoStatus status = run(plans, jobs, &call, synthesise_slice, err);
    for (int i = 0; i < N_LOCKS; i++) {
        (void)pthread_mutex_destroy(&call.locks[i]);
    }
    sono_free(call.is_joined);
    return status;
}
