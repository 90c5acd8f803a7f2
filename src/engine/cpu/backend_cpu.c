/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cpu backend: FFTW, on the job pool. Work is cut into chunks whose results do not depend on the cut: an analysis
 * slice is computed alone, a synthesis sample sums its slices in ascending order starting from 0. */
#include "cpu_bands.h"
#include "cpu_vector.h"
#include "sono_backend.h"
#include "sono_mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MAX_ANALYSIS_CHUNK 64   /* slices; bounds what a late thread still has to do */
#define MAX_SYNTHESIS_CHUNK 256 /* longer, as each chunk redoes the slices that reach in from the one before */

extern const SonoBackendType sono_backend_type_cpu;

typedef struct CpuBackend {
    SonoBackend base;
    CpuPlanCache *plans;
    char text[96];
} CpuBackend;

typedef struct CpuCall {
    const SonoPlan *plan;
    const CpuPlan *cpu;
    SonoSpan span;
    SonoSlices slices;
    const float *pcm_in;
    float *pcm_out;
    const SonoCplx *coef_in;
    SonoCplx *coef_out;
    bool use_dual;
    int64_t chunk; /* slices (analysis) or frames (synthesis) per chunk */
    _Atomic bool no_memory;
} CpuCall;

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t atom_start(const SonoPlan *plan, const SonoAtom *a, int64_t slice)
{
    return slice * plan->slice_hop - plan->slice_lead + a->centre - a->length / 2;
}

/* buf = window * x around the atom's centre, centre tap first. Frames outside the span are 0. */
static void gather(const CpuCall *call, const SonoAtom *a, const float *window, int64_t start, float *buf)
{
    const int64_t lead = a->length / 2;
    const int64_t tail = a->length - lead;
    const float *x = call->pcm_in + (start - call->span.start_frame);
    if (start >= call->span.start_frame && start + a->length <= sono_span_end(call->span)) {
        cpu_multiply(x + lead, window, tail, buf);
        if (a->n_fft > a->length) {
            memset(buf + tail, 0, (size_t)(a->n_fft - a->length) * sizeof *buf);
        }
        cpu_multiply(x, window + (a->n_fft - lead), lead, buf + (a->n_fft - lead));
        return;
    }
    memset(buf, 0, (size_t)a->n_fft * sizeof *buf);
    const int64_t from = max64(0, call->span.start_frame - start);
    const int64_t to = min64(a->length, sono_span_end(call->span) - start);
    for (int64_t i = from; i < to; i++) {
        const int64_t at = i >= lead ? i - lead : i - lead + a->n_fft;
        buf[at] = x[i] * window[at];
    }
}

static void analyse_chunk(void *ctx, size_t chunk)
{
    CpuCall *call = ctx;
    const SonoPlan *plan = call->plan;
    float *buf = sono_alloc_aligned((size_t)call->cpu->max_fft, sizeof *buf);
    if (!buf) {
        atomic_store_explicit(&call->no_memory, true, memory_order_relaxed);
        return;
    }
    const int64_t from = (int64_t)chunk * call->chunk;
    const int64_t to = min64(from + call->chunk, call->slices.n);
    for (int64_t s = from; s < to; s++) {
        SonoCplx *row = call->coef_out + (size_t)s * plan->n_coef;
        size_t used = 0;
        for (int32_t i = 0; i < plan->n_atoms; i++) {
            const SonoAtom *a = &plan->atoms[i];
            gather(call, a, call->cpu->atoms[i].window, atom_start(plan, a, call->slices.first + s), buf);
            fftwf_execute_dft_r2c(call->cpu->atoms[i].analyse->plan, buf, (fftwf_complex *)(row + a->coef_at));
            used = a->coef_at + (size_t)a->n_coef;
        }
        memset(row + used, 0, (plan->n_coef - used) * sizeof *row);
    }
    sono_free(buf);
}

/* out[0..) of the chunk += one atom of one slice */
static void scatter(const SonoAtom *a, const float *window, const float *buf, int64_t start, SonoSpan chunk, float *out)
{
    const int64_t lead = a->length / 2;
    const int64_t from = max64(0, chunk.start_frame - start);
    const int64_t to = min64(a->length, sono_span_end(chunk) - start);
    float *y = out + (start - chunk.start_frame);
    if (from < min64(to, lead)) {
        const int64_t at = from - lead + a->n_fft;
        cpu_multiply_add(buf + at, window + at, min64(to, lead) - from, y + from);
    }
    if (max64(from, lead) < to) {
        const int64_t first = max64(from, lead);
        cpu_multiply_add(buf + (first - lead), window + (first - lead), to - first, y + first);
    }
}

static void synthesise_chunk(void *ctx, size_t index)
{
    CpuCall *call = ctx;
    const SonoPlan *plan = call->plan;
    const int64_t from = (int64_t)index * call->chunk;
    const SonoSpan chunk = {call->span.start_frame + from, min64(call->chunk, call->span.n_frames - from)};
    float *out = call->pcm_out + from;
    float *buf = sono_alloc_aligned((size_t)call->cpu->max_fft, sizeof *buf);
    SonoCplx *row = sono_alloc_aligned(plan->n_coef, sizeof *row);
    if (!buf || !row) {
        atomic_store_explicit(&call->no_memory, true, memory_order_relaxed);
        goto done;
    }
    memset(out, 0, (size_t)chunk.n_frames * sizeof *out);
    const SonoSlices touching = sono_plan_slices_touching(plan, chunk);
    const int64_t first = max64(touching.first, call->slices.first);
    const int64_t end = min64(touching.first + touching.n, call->slices.first + call->slices.n);
    for (int64_t s = first; s < end; s++) {
        const SonoCplx *coef = call->coef_in + (size_t)(s - call->slices.first) * plan->n_coef;
        for (int32_t i = 0; i < plan->n_atoms; i++) {
            const SonoAtom *a = &plan->atoms[i];
            const CpuAtom *c = &call->cpu->atoms[i];
            memcpy(row, coef + a->coef_at, (size_t)a->n_coef * sizeof *row); /* the inverse FFT destroys its input */
            fftwf_execute_dft_c2r(c->synthesise->plan, (fftwf_complex *)row, buf);
            scatter(a, call->use_dual ? c->dual : c->window, buf, atom_start(plan, a, s), chunk, out);
        }
    }
done:
    sono_free(row);
    sono_free(buf);
}

static SonoStatus run(CpuBackend *be, CpuCall *call, int64_t n_items, void (*fn)(void *, size_t), SonoError *err)
{
    CpuPlan *cpu = NULL;
    const SonoStatus status = cpu_plan_acquire(be->plans, call->plan, &cpu, err);
    if (status != SONO_OK) {
        return status;
    }
    call->cpu = cpu;
    sono_jobs_parallel_for(be->base.jobs, (size_t)((n_items + call->chunk - 1) / call->chunk), fn, call);
    cpu_plan_release(be->plans, cpu);
    return atomic_load_explicit(&call->no_memory, memory_order_relaxed)
               ? sono_fail(err, SONO_E_NOMEM, "no memory for an FFT of %d points", (int)call->plan->atoms[0].n_fft)
               : SONO_OK;
}

/* Small jobs are cut finer, so that an edit of some hundred slices uses every core. */
static int64_t slices_per_chunk(const CpuBackend *be, int64_t n_slices, int64_t max)
{
    const int64_t threads = be->base.jobs ? sono_jobs_n_threads(be->base.jobs) : 1;
    return max64(8, min64(max, (n_slices + 2 * threads - 1) / (2 * threads)));
}

static SonoStatus cpu_analyse(SonoBackend *base, const SonoPlan *plan, const float *pcm, SonoSpan span,
                              SonoSlices slices, SonoCplx *coef, SonoError *err)
{
    CpuBackend *be = (CpuBackend *)base;
    if (plan->axis == SONO_AXIS_FREQ) {
        return cpu_bands_analyse(be->plans, base->jobs, plan, pcm, span, slices, coef, err);
    }
    CpuCall call = {.plan = plan,
                    .span = span,
                    .slices = slices,
                    .pcm_in = pcm,
                    .coef_out = coef,
                    .chunk = slices_per_chunk(be, slices.n, MAX_ANALYSIS_CHUNK)};
    return run(be, &call, slices.n, analyse_chunk, err);
}

static SonoStatus overlap_add(SonoBackend *base, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                              float *pcm, SonoSpan span, bool use_dual, SonoError *err)
{
    CpuBackend *be = (CpuBackend *)base;
    if (plan->axis == SONO_AXIS_FREQ) {
        return cpu_bands_overlap_add(be->plans, base->jobs, plan, use_dual, coef, slices, pcm, span, err);
    }
    const int64_t n_slices = span.n_frames / plan->slice_hop + 1;
    const int64_t frames = slices_per_chunk(be, n_slices, MAX_SYNTHESIS_CHUNK) * plan->slice_hop;
    CpuCall call = {.plan = plan,
                    .span = span,
                    .slices = slices,
                    .pcm_out = pcm,
                    .coef_in = coef,
                    .use_dual = use_dual,
                    .chunk = max64(frames, 4 * plan->slice_len)};
    return run(be, &call, span.n_frames, synthesise_chunk, err);
}

static SonoStatus cpu_synthesise(SonoBackend *base, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                                 float *pcm, SonoSpan span, SonoError *err)
{
    return overlap_add(base, plan, coef, slices, pcm, span, true, err);
}

static SonoStatus cpu_adjoint(SonoBackend *base, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                              float *pcm, SonoSpan span, SonoError *err)
{
    return overlap_add(base, plan, coef, slices, pcm, span, false, err);
}

static void cpu_close(SonoBackend *base)
{
    CpuBackend *be = (CpuBackend *)base;
    cpu_plan_cache_free(be->plans);
    sono_free(be);
}

static SonoStatus cpu_open(const char *config, SonoJobs *jobs, SonoBackend **out, SonoError *err)
{
    if (config && config[0]) {
        return sono_fail(err, SONO_E_INVALID, "the cpu backend takes no configuration, not '%s'", config);
    }
    CpuBackend *be = sono_calloc(1, sizeof *be);
    if (!be) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the cpu backend");
    }
    const SonoStatus status = cpu_plan_cache_new(&be->plans, err);
    if (status != SONO_OK) {
        sono_free(be);
        return status;
    }
    be->base.type = &sono_backend_type_cpu;
    be->base.jobs = jobs;
    (void)snprintf(be->text, sizeof be->text, "%s, %d thread%s", fftwf_version, jobs ? sono_jobs_n_threads(jobs) : 1,
                   jobs && sono_jobs_n_threads(jobs) > 1 ? "s" : "");
    *out = &be->base;
    return SONO_OK;
}

static const char *cpu_describe(SonoBackend *base)
{
    return ((CpuBackend *)base)->text;
}

const SonoBackendType sono_backend_type_cpu = {
    .abi = SONO_BACKEND_ABI,
    .size = sizeof(SonoBackendType),
    .name = "cpu",
    .title = "FFTW on every core, single precision",
    .open = cpu_open,
    .close = cpu_close,
    .analyse = cpu_analyse,
    .synthesise = cpu_synthesise,
    .adjoint = cpu_adjoint,
    .describe = cpu_describe,
};
