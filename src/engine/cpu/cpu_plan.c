/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FFTW plans by key. FFTW's planner is not thread-safe, so one lock guards planning and the list. FFTW_ESTIMATE only
 * and no wisdom: the same machine picks the same algorithm every time, and replay gives the same bits. */
#include "cpu_plan.h"

#include "sono_cplx.h"
#include "sono_mem.h"

#include <pthread.h>

#define MAX_IDLE_PLANS 24

struct CpuPlanCache {
    pthread_mutex_t lock;
    CpuPlan *head;
    uint64_t clock;
};

/* The planner is global to the process, like FFTW itself. */
static pthread_mutex_t planner_lock = PTHREAD_MUTEX_INITIALIZER;

SonoStatus cpu_plan_cache_new(CpuPlanCache **out, SonoError *err)
{
    CpuPlanCache *cache = sono_calloc(1, sizeof *cache);
    if (!cache || pthread_mutex_init(&cache->lock, NULL) != 0) {
        sono_free(cache);
        return sono_fail(err, SONO_E_NOMEM, "no memory for FFT plans");
    }
    *out = cache;
    return SONO_OK;
}

static void cpu_plan_free(CpuPlan *cpu)
{
    if (!cpu) {
        return;
    }
    (void)pthread_mutex_lock(&planner_lock);
    for (int32_t i = 0; cpu->atoms && i < cpu->n_atoms; i++) {
        fftwf_destroy_plan(cpu->atoms[i].forward);
        fftwf_destroy_plan(cpu->atoms[i].inverse);
        sono_free(cpu->atoms[i].window);
        sono_free(cpu->atoms[i].dual);
    }
    (void)pthread_mutex_unlock(&planner_lock);
    sono_free(cpu->atoms);
    sono_free(cpu);
}

void cpu_plan_cache_free(CpuPlanCache *cache)
{
    if (!cache) {
        return;
    }
    while (cache->head) {
        CpuPlan *next = cache->head->next;
        cpu_plan_free(cache->head);
        cache->head = next;
    }
    (void)pthread_mutex_destroy(&cache->lock);
    sono_free(cache);
}

static void rotate_taps(const double *taps, const SonoAtom *a, float *out)
{
    const int32_t lead = a->length / 2;
    for (int32_t i = 0; i < a->length; i++) {
        out[i >= lead ? i - lead : i - lead + a->n_fft] = (float)taps[i];
    }
}

static int build_atom(const SonoPlan *plan, const SonoAtom *a, CpuAtom *out)
{
    const size_t n = (size_t)a->n_fft;
    float *real = sono_alloc_aligned(n + 2, sizeof *real);
    SonoCplx *half = sono_alloc_aligned(n / 2 + 1, sizeof *half);
    out->window = sono_alloc_aligned(n, sizeof *out->window);
    out->dual = sono_alloc_aligned(n, sizeof *out->dual);
    int ok = real && half && out->window && out->dual;
    if (ok) {
        rotate_taps(plan->window + a->tap_at, a, out->window);
        rotate_taps(plan->dual + a->tap_at, a, out->dual);
        (void)pthread_mutex_lock(&planner_lock);
        out->forward = fftwf_plan_dft_r2c_1d(a->n_fft, real, (fftwf_complex *)half, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
        out->inverse = fftwf_plan_dft_c2r_1d(a->n_fft, (fftwf_complex *)half, real, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
        (void)pthread_mutex_unlock(&planner_lock);
        ok = out->forward && out->inverse;
    }
    sono_free(real);
    sono_free(half);
    return ok;
}

static CpuPlan *cpu_plan_build(const SonoPlan *plan)
{
    CpuPlan *cpu = sono_calloc(1, sizeof *cpu);
    if (!cpu) {
        return NULL;
    }
    cpu->key = plan->key;
    cpu->n_atoms = plan->n_atoms;
    cpu->atoms = sono_calloc((size_t)plan->n_atoms, sizeof *cpu->atoms);
    for (int32_t i = 0; i < plan->n_atoms; i++) {
        if (!cpu->atoms || !build_atom(plan, &plan->atoms[i], &cpu->atoms[i])) {
            cpu_plan_free(cpu);
            return NULL;
        }
        cpu->max_fft = plan->atoms[i].n_fft > cpu->max_fft ? plan->atoms[i].n_fft : cpu->max_fft;
    }
    return cpu;
}

/* Unlink the longest unused plan nobody holds, if there are too many. Lock held; the caller frees it. */
static CpuPlan *take_surplus(CpuPlanCache *cache)
{
    int n = 0;
    CpuPlan **oldest = NULL;
    for (CpuPlan **p = &cache->head; *p; p = &(*p)->next) {
        n++;
        if ((*p)->users == 0 && (!oldest || (*p)->used_at < (*oldest)->used_at)) {
            oldest = p;
        }
    }
    if (n <= MAX_IDLE_PLANS || !oldest) {
        return NULL;
    }
    CpuPlan *victim = *oldest;
    *oldest = victim->next;
    return victim;
}

SonoStatus cpu_plan_acquire(CpuPlanCache *cache, const SonoPlan *plan, CpuPlan **out, SonoError *err)
{
    (void)pthread_mutex_lock(&cache->lock);
    CpuPlan *cpu = cache->head;
    while (cpu && cpu->key != plan->key) {
        cpu = cpu->next;
    }
    CpuPlan *surplus = NULL;
    if (!cpu) {
        cpu = cpu_plan_build(plan);
        if (cpu) {
            cpu->next = cache->head;
            cache->head = cpu;
            cpu->users = 1; /* so that it is not the surplus itself */
            surplus = take_surplus(cache);
            cpu->users = 0;
        }
    }
    if (cpu) {
        cpu->users++;
        cpu->used_at = ++cache->clock;
    }
    (void)pthread_mutex_unlock(&cache->lock);
    cpu_plan_free(surplus);
    if (!cpu) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for an FFT of %d points", (int)plan->atoms[0].n_fft);
    }
    *out = cpu;
    return SONO_OK;
}

void cpu_plan_release(CpuPlanCache *cache, CpuPlan *cpu)
{
    (void)pthread_mutex_lock(&cache->lock);
    cpu->users--;
    (void)pthread_mutex_unlock(&cache->lock);
}
