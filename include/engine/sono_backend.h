/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Backends: who computes a plan. Coefficient buffers are SonoCplx[n_slices][plan->n_coef] in host memory, aligned to
 * SONO_ALIGN. All results are bit-identical from call to call and independent of the number of threads: every sample of
 * a synthesis sums its atoms in ascending order. A row that is new inherits the whole conformance suite. */
#pragma once
#include <stdint.h>

#include "sono_cplx.h"
#include "sono_error.h"
#include "sono_jobs.h"
#include "sono_operation.h"
#include "sono_plan.h"
#include "sono_rect.h"

#define SONO_BACKEND_ABI 1

typedef struct SonoBackend SonoBackend;

/* Public prototypes; the vtable's members are typed from them.
 *
 * analyse: coef[slices] = V x. pcm holds the frames of span; outside it x is zero.
 * synthesise: pcm[span] = sum over the slices of dual atoms (overwrites). Slices outside the given ones count as zero.
 * adjoint: as synthesise with the windows themselves: V* under <a, b> = sum of weight Re(a conj b).
 * apply: out = op(in) with weights[n_slices][plan->n_coef]; NULL in a vtable: the operation's C body.
 * Errors of all: NOMEM, UNSUPPORTED (the engine then asks cpu), DEVICE (the engine closes it and asks cpu).
 * Thread: any number of threads at once on one backend. */
SonoStatus sono_backend_analyse(SonoBackend *be, const SonoPlan *plan, const float *pcm, SonoSpan span,
                                SonoSlices slices, SonoCplx *coef, SonoError *err);
SonoStatus sono_backend_synthesise(SonoBackend *be, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                                   float *pcm, SonoSpan span, SonoError *err);
SonoStatus sono_backend_adjoint(SonoBackend *be, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                                float *pcm, SonoSpan span, SonoError *err);
SonoStatus sono_backend_apply(SonoBackend *be, const SonoPlan *plan, const SonoOperation *op, const float *args,
                              const SonoCplx *in, const float *weights, SonoSlices slices, SonoCplx *out,
                              SonoError *err);

typedef struct SonoBackendType {
    uint32_t abi, size; /* SONO_BACKEND_ABI, sizeof(SonoBackendType) */
    const char *name;   /* "cpu", "ref", "fault", "cuda" */
    const char *title;  /* one line for `engines` */
    /* config: NULL or a string the backend defines (fault: "nomem@3,device@7"). jobs may be NULL (one thread). */
    SonoStatus (*open)(const char *config, SonoJobs *jobs, SonoBackend **out, SonoError *err);
    void (*close)(SonoBackend *be);
    __typeof__(&sono_backend_analyse) analyse;
    __typeof__(&sono_backend_synthesise) synthesise;
    __typeof__(&sono_backend_adjoint) adjoint;
    __typeof__(&sono_backend_apply) apply; /* optional */
    /* Short text on what this open backend runs on ("FFTW 3.3.10, 2 threads"). */
    const char *(*describe)(SonoBackend *be);
} SonoBackendType;

/* First member of every backend's own struct. */
struct SonoBackend {
    const SonoBackendType *type;
    SonoJobs *jobs;
};

extern const SonoBackendType *const sono_backend_types[]; /* NULL-ended */
const SonoBackendType *sono_backend_type_find(const char *name);
