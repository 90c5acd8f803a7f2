/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fault backend: the cpu backend with failures on order. config is a comma-separated list of <kind>@<call>, kind
 * one of nomem, unsupported, device; calls of all kinds are counted from 1 and "*" means every call. Without a config,
 * or an empty one, SONO_FAULT is read; without that it never fails. A failing call scribbles over its output first:
 * callers must not use it. */
#include "sono_backend.h"
#include "sono_mem.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FAULTS 64

extern const SonoBackendType sono_backend_type_fault;

typedef struct Fault {
    SonoStatus status;
    long call; /* 0: every call */
} Fault;

typedef struct FaultBackend {
    SonoBackend base;
    SonoBackend *inner;
    Fault faults[MAX_FAULTS];
    size_t n_faults;
    _Atomic long n_calls;
} FaultBackend;

static SonoStatus parse_fault(const char *text, size_t n, Fault *out, SonoError *err)
{
    static const struct {
        const char *name;
        SonoStatus status;
    } kinds[] = {{"nomem@", SONO_E_NOMEM}, {"unsupported@", SONO_E_UNSUPPORTED}, {"device@", SONO_E_DEVICE}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const size_t len = strlen(kinds[i].name);
        if (n <= len || strncmp(text, kinds[i].name, len) != 0) {
            continue;
        }
        if (n == len + 1 && text[len] == '*') {
            *out = (Fault){kinds[i].status, 0};
            return SONO_OK;
        }
        char *end = NULL;
        const long call = strtol(text + len, &end, 10);
        if (end == text + n && call > 0) {
            *out = (Fault){kinds[i].status, call};
            return SONO_OK;
        }
    }
    return sono_fail(err, SONO_E_INVALID, "fault '%.*s' is not <nomem|unsupported|device>@<call or *>", (int)n, text);
}

static SonoStatus parse_faults(const char *config, FaultBackend *be, SonoError *err)
{
    for (const char *p = config; p && *p;) {
        const size_t n = strcspn(p, ",");
        if (be->n_faults == MAX_FAULTS) {
            return sono_fail(err, SONO_E_LIMIT, "more than %d faults", MAX_FAULTS);
        }
        const SonoStatus status = parse_fault(p, n, &be->faults[be->n_faults], err);
        if (status != SONO_OK) {
            return status;
        }
        be->n_faults++;
        p += n + (p[n] == ',');
    }
    return SONO_OK;
}

static SonoStatus next_fault(FaultBackend *be, SonoError *err)
{
    const long call = 1 + atomic_fetch_add_explicit(&be->n_calls, 1, memory_order_relaxed);
    for (size_t i = 0; i < be->n_faults; i++) {
        if (be->faults[i].call == 0 || be->faults[i].call == call) {
            return sono_fail(err, be->faults[i].status, "injected fault at call %ld", call);
        }
    }
    return SONO_OK;
}

static void scribble(float *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = NAN;
    }
}

static SonoStatus fault_analyse(SonoBackend *base, const SonoPlan *plan, const float *pcm, SonoSpan span,
                                SonoSlices slices, SonoCplx *coef, SonoError *err)
{
    FaultBackend *be = (FaultBackend *)base;
    const SonoStatus status = next_fault(be, err);
    if (status != SONO_OK) {
        scribble((float *)coef, 2 * (size_t)slices.n * plan->n_coef);
        return status;
    }
    return sono_backend_analyse(be->inner, plan, pcm, span, slices, coef, err);
}

static SonoStatus fault_synthesise(SonoBackend *base, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                                   float *pcm, SonoSpan span, SonoError *err)
{
    FaultBackend *be = (FaultBackend *)base;
    const SonoStatus status = next_fault(be, err);
    if (status != SONO_OK) {
        scribble(pcm, (size_t)span.n_frames);
        return status;
    }
    return sono_backend_synthesise(be->inner, plan, coef, slices, pcm, span, err);
}

static SonoStatus fault_adjoint(SonoBackend *base, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                                float *pcm, SonoSpan span, SonoError *err)
{
    FaultBackend *be = (FaultBackend *)base;
    const SonoStatus status = next_fault(be, err);
    if (status != SONO_OK) {
        scribble(pcm, (size_t)span.n_frames);
        return status;
    }
    return sono_backend_adjoint(be->inner, plan, coef, slices, pcm, span, err);
}

static SonoStatus fault_apply(SonoBackend *base, const SonoPlan *plan, const SonoOperation *op, const float *args,
                              const SonoCplx *in, const float *weights, SonoSlices slices, SonoCplx *out,
                              SonoError *err)
{
    FaultBackend *be = (FaultBackend *)base;
    const SonoStatus status = next_fault(be, err);
    if (status != SONO_OK) {
        if (out != in) {
            scribble((float *)out, 2 * (size_t)slices.n * plan->n_coef);
        }
        return status;
    }
    return sono_backend_apply(be->inner, plan, op, args, in, weights, slices, out, err);
}

static void fault_close(SonoBackend *base)
{
    FaultBackend *be = (FaultBackend *)base;
    if (be->inner) {
        be->inner->type->close(be->inner);
    }
    sono_free(be);
}

static SonoStatus fault_open(const char *config, SonoJobs *jobs, SonoBackend **out, SonoError *err)
{
    FaultBackend *be = sono_calloc(1, sizeof *be);
    if (!be) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the fault backend");
    }
    be->base.type = &sono_backend_type_fault;
    be->base.jobs = jobs;
    const SonoBackendType *cpu = sono_backend_type_find("cpu");
    SonoStatus status = parse_faults(config && config[0] ? config : getenv("SONO_FAULT"), be, err);
    if (status == SONO_OK) {
        status = cpu->open(NULL, jobs, &be->inner, err);
    }
    if (status != SONO_OK) {
        fault_close(&be->base);
        return status;
    }
    *out = &be->base;
    return SONO_OK;
}

static const char *fault_describe(SonoBackend *base)
{
    FaultBackend *be = (FaultBackend *)base;
    return be->n_faults ? "cpu with injected failures" : "cpu, no failure ordered";
}

const SonoBackendType sono_backend_type_fault = {
    .abi = SONO_BACKEND_ABI,
    .size = sizeof(SonoBackendType),
    .name = "fault",
    .title = "The cpu backend with failures on order (tests; see SONO_FAULT)",
    .open = fault_open,
    .close = fault_close,
    .analyse = fault_analyse,
    .synthesise = fault_synthesise,
    .adjoint = fault_adjoint,
    .apply = fault_apply,
    .describe = fault_describe,
};
