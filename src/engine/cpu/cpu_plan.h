/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cpu backend keeps per plan: FFTs, and the tables in float. TIME: windows rotated so that the centre tap is
 * first. FREQ: as they are, and the fades of the slices, which derived plans share. */
#pragma once
#include "cpu_fft.h"
#include "sono_plan.h"

typedef struct CpuAtom {
    CpuFft *analyse, *synthesise; /* TIME: r2c, c2r; FREQ: backward, forward; of a real band c2r, r2c; n_fft points */
    const float *window, *dual;   /* TIME: [n_fft], tap i at (i - length/2) mod n_fft, 0 between; FREQ: [length] */
} CpuAtom;

/* A window on the frames of a slice: 0 outside [from, to), 1 on [flat_from, flat_to). NULL gain: 1 everywhere. */
typedef struct CpuFade {
    float *gain; /* [slice_len] */
    int64_t from, flat_from, flat_to, to;
} CpuFade;

typedef struct CpuFades {
    uint64_t key;
    int users; /* guarded by the cache's lock, as next */
    CpuFade analyse, synthesise;
    struct CpuFades *next;
} CpuFades;

typedef struct CpuPlan {
    uint64_t key;
    int users; /* guarded by the cache's lock */
    uint64_t used_at;
    int32_t n_atoms, max_fft;
    CpuAtom *atoms;
    float *window, *dual;      /* of all atoms */
    size_t n_bytes;            /* of these two */
    CpuFft *forward, *inverse; /* FREQ: of a slice: r2c in place and c2r, or for both r2c in double */
    CpuFades *fades;           /* FREQ */
    struct CpuPlan *next;
} CpuPlan;

typedef struct CpuPlanCache CpuPlanCache;

SonoStatus cpu_plan_cache_new(CpuPlanCache **out, SonoError *err);
void cpu_plan_cache_free(CpuPlanCache *cache);
/* Look up or build; hold until release. Thread: any. */
SonoStatus cpu_plan_acquire(CpuPlanCache *cache, const SonoPlan *plan, CpuPlan **out, SonoError *err);
void cpu_plan_release(CpuPlanCache *cache, CpuPlan *cpu);
