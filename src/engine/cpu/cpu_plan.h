/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cpu backend keeps per plan: FFTW plans and the windows in float, rotated so that the centre tap is first. */
#pragma once
#include "sono_plan.h"

#include <fftw3.h>

typedef struct CpuAtom {
    fftwf_plan forward, inverse; /* r2c and c2r of n_fft points, out of place, SONO_ALIGN-aligned arrays */
    float *window, *dual;        /* float[n_fft]: tap i at (i - length/2) mod n_fft, 0 between */
} CpuAtom;

typedef struct CpuPlan {
    uint64_t key;
    int users; /* guarded by the cache's lock */
    uint64_t used_at;
    int32_t n_atoms, max_fft;
    CpuAtom *atoms;
    struct CpuPlan *next;
} CpuPlan;

typedef struct CpuPlanCache CpuPlanCache;

SonoStatus cpu_plan_cache_new(CpuPlanCache **out, SonoError *err);
void cpu_plan_cache_free(CpuPlanCache *cache);
/* Look up or build; hold until release. Thread: any. */
SonoStatus cpu_plan_acquire(CpuPlanCache *cache, const SonoPlan *plan, CpuPlan **out, SonoError *err);
void cpu_plan_release(CpuPlanCache *cache, CpuPlan *cpu);
