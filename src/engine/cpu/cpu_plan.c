/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans of the cpu backend by key, and what several of them share. */
#include "cpu_plan.h"

#include "sono_mem.h"

#include <pthread.h>

#define MAX_IDLE_PLANS 24
#define MAX_BYTES                                                                                                      \
    ((size_t)128 << 20) /* of tables, unless plans in use have more: slices of a million frames have 18 MB */
/* Longer spectra are computed in double: in float, millions of frames would come back at less than 130 dB. */
#define MAX_FLOAT_SLICE ((int64_t)1 << 20)

struct CpuPlanCache {
    pthread_mutex_t lock;
    CpuPlan *head;
    CpuFades *fades;
    CpuFft *ffts; /* guarded by the planner's lock */
    uint64_t clock;
};

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

/* Lock held, or nobody else left. */
static void fades_release(CpuPlanCache *cache, CpuFades *fades)
{
    if (!fades || --fades->users > 0) {
        return;
    }
    CpuFades **p = &cache->fades;
    while (*p != fades) {
        p = &(*p)->next;
    }
    *p = fades->next;
    sono_free(fades->analyse.gain);
    sono_free(fades->synthesise.gain);
    sono_free(fades);
}

/* Lock held, or nobody else left. */
static void cpu_plan_free(CpuPlanCache *cache, CpuPlan *cpu)
{
    if (!cpu) {
        return;
    }
    for (int32_t i = 0; cpu->atoms && i < cpu->n_atoms; i++) {
        cpu_fft_release(&cache->ffts, cpu->atoms[i].analyse);
        cpu_fft_release(&cache->ffts, cpu->atoms[i].synthesise);
    }
    cpu_fft_release(&cache->ffts, cpu->forward);
    cpu_fft_release(&cache->ffts, cpu->inverse);
    fades_release(cache, cpu->fades);
    sono_free(cpu->window);
    sono_free(cpu->dual);
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
        cpu_plan_free(cache, cache->head);
        cache->head = next;
    }
    (void)pthread_mutex_destroy(&cache->lock);
    sono_free(cache);
}

static bool fade_make(const double *gain, int64_t n, CpuFade *out)
{
    *out = (CpuFade){.to = n, .flat_to = n};
    if (!gain) {
        return true;
    }
    out->gain = sono_alloc_uncleared((size_t)n, sizeof *out->gain);
    if (!out->gain) {
        return false;
    }
    for (int64_t i = 0; i < n; i++) {
        out->gain[i] = (float)gain[i];
    }
    while (out->from < n && out->gain[out->from] == 0.0f) {
        out->from++;
    }
    while (out->to > out->from && out->gain[out->to - 1] == 0.0f) {
        out->to--;
    }
    /* the run of ones around the middle */
    out->flat_from = out->flat_to = n / 2;
    while (out->flat_from > out->from && out->gain[out->flat_from - 1] == 1.0f) {
        out->flat_from--;
    }
    while (out->flat_to < out->to && out->gain[out->flat_to] == 1.0f) {
        out->flat_to++;
    }
    return true;
}

/* Lock held. */
static CpuFades *fades_acquire(CpuPlanCache *cache, const SonoPlan *plan)
{
    const uint64_t key = plan->tables ? plan->tables->key : plan->key;
    CpuFades *fades = cache->fades;
    while (fades && fades->key != key) {
        fades = fades->next;
    }
    if (!fades) {
        fades = sono_calloc(1, sizeof *fades);
        if (!fades) {
            return NULL;
        }
        fades->key = key;
        fades->next = cache->fades;
        cache->fades = fades;
        if (!fade_make(plan->slice_window, plan->slice_len, &fades->analyse) ||
            !fade_make(plan->slice_dual, plan->slice_len, &fades->synthesise)) {
            fades->users = 1;
            fades_release(cache, fades);
            return NULL;
        }
    }
    fades->users++;
    return fades;
}

static void rotate_taps(const double *taps, const SonoAtom *a, float *out)
{
    const int32_t lead = a->length / 2;
    for (int32_t i = 0; i < a->length; i++) {
        out[i >= lead ? i - lead : i - lead + a->n_fft] = (float)taps[i];
    }
}

/* Floats of an atom's table: whole cache lines, so that they start aligned. */
static size_t table_size(const SonoPlan *plan, const SonoAtom *a)
{
    const size_t n = (size_t)(plan->axis == SONO_AXIS_TIME ? a->n_fft : a->length);
    return (n + SONO_ALIGN / sizeof(float) - 1) / (SONO_ALIGN / sizeof(float)) * (SONO_ALIGN / sizeof(float));
}

static void fill_table(const SonoPlan *plan, const SonoAtom *a, const double *taps, float *out)
{
    if (plan->axis == SONO_AXIS_TIME) {
        rotate_taps(taps + a->tap_at, a, out);
        return;
    }
    for (int32_t i = 0; i < a->length; i++) {
        out[i] = (float)taps[a->tap_at + (size_t)i];
    }
}

static bool fill_tables(const SonoPlan *plan, CpuPlan *cpu)
{
    size_t n = 0;
    for (int32_t i = 0; i < plan->n_atoms; i++) {
        n += table_size(plan, &plan->atoms[i]);
    }
    cpu->window = sono_alloc_aligned(n, sizeof *cpu->window);
    cpu->dual = sono_alloc_aligned(n, sizeof *cpu->dual);
    cpu->n_bytes = 2 * n * sizeof *cpu->window;
    if (!cpu->window || !cpu->dual) {
        return false;
    }
    size_t at = 0;
    for (int32_t i = 0; i < plan->n_atoms; i++) {
        fill_table(plan, &plan->atoms[i], plan->window, cpu->window + at);
        fill_table(plan, &plan->atoms[i], plan->dual, cpu->dual + at);
        cpu->atoms[i].window = cpu->window + at;
        cpu->atoms[i].dual = cpu->dual + at;
        at += table_size(plan, &plan->atoms[i]);
    }
    return true;
}

static bool plan_atom(CpuPlanCache *cache, const SonoPlan *plan, const SonoAtom *a, CpuAtom *out)
{
    CpuFftKind analyse = CPU_FFT_R2C;
    CpuFftKind synthesise = CPU_FFT_C2R;
    if (plan->axis == SONO_AXIS_FREQ) {
        analyse = a->real ? CPU_FFT_C2R : CPU_FFT_BACKWARD;
        synthesise = a->real ? CPU_FFT_R2C : CPU_FFT_FORWARD;
    }
    out->analyse = cpu_fft_acquire(&cache->ffts, analyse, a->n_fft);
    out->synthesise = cpu_fft_acquire(&cache->ffts, synthesise, a->n_fft);
    return out->analyse && out->synthesise;
}

static bool plan_slices(CpuPlanCache *cache, const SonoPlan *plan, CpuPlan *cpu)
{
    const bool exact = plan->slice_len > MAX_FLOAT_SLICE;
    const int32_t n = (int32_t)plan->slice_len;
    cpu->forward = cpu_fft_acquire(&cache->ffts, exact ? CPU_FFT_R2C_EXACT : CPU_FFT_R2C_IN_PLACE, n);
    cpu->inverse = cpu_fft_acquire(&cache->ffts, exact ? CPU_FFT_R2C_EXACT : CPU_FFT_C2R, n);
    cpu->fades = fades_acquire(cache, plan);
    return cpu->forward && cpu->inverse && cpu->fades;
}

/* Lock held. */
static CpuPlan *cpu_plan_build(CpuPlanCache *cache, const SonoPlan *plan)
{
    CpuPlan *cpu = sono_calloc(1, sizeof *cpu);
    if (!cpu) {
        return NULL;
    }
    cpu->key = plan->key;
    cpu->n_atoms = plan->n_atoms;
    cpu->atoms = sono_calloc((size_t)plan->n_atoms, sizeof *cpu->atoms);
    bool ok = cpu->atoms && fill_tables(plan, cpu) && (plan->axis == SONO_AXIS_TIME || plan_slices(cache, plan, cpu));
    for (int32_t i = 0; ok && i < plan->n_atoms; i++) {
        ok = plan_atom(cache, plan, &plan->atoms[i], &cpu->atoms[i]);
        cpu->max_fft = plan->atoms[i].n_fft > cpu->max_fft ? plan->atoms[i].n_fft : cpu->max_fft;
    }
    if (!ok) {
        cpu_plan_free(cache, cpu);
        return NULL;
    }
    return cpu;
}

/* Unlink the longest unused plan nobody holds, if there are too many. Lock held. */
static CpuPlan *take_surplus(CpuPlanCache *cache)
{
    int n = 0;
    size_t n_bytes = 0;
    CpuPlan **oldest = NULL;
    for (CpuPlan **p = &cache->head; *p; p = &(*p)->next) {
        n++;
        n_bytes += (*p)->n_bytes;
        if ((*p)->users == 0 && (!oldest || (*p)->used_at < (*oldest)->used_at)) {
            oldest = p;
        }
    }
    if ((n <= MAX_IDLE_PLANS && n_bytes <= MAX_BYTES) || !oldest) {
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
    if (!cpu) {
        cpu = cpu_plan_build(cache, plan);
        if (cpu) {
            cpu->next = cache->head;
            cache->head = cpu;
            cpu->users = 1; /* so that it is not the surplus itself */
            for (CpuPlan *surplus = take_surplus(cache); surplus; surplus = take_surplus(cache)) {
                cpu_plan_free(cache, surplus);
            }
            cpu->users = 0;
        }
    }
    if (cpu) {
        cpu->users++;
        cpu->used_at = ++cache->clock;
    }
    (void)pthread_mutex_unlock(&cache->lock);
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
