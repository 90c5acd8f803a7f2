/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: one backend, and the cpu for every call it cannot serve. */
#include "sono_engine.h"

#include "band_raster.h"
#include "sono_log.h"
#include "sono_mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLANS 32
#define MAX_RASTERS 16
#define MAX_RASTER_BYTES ((size_t)128 << 20) /* but always two: a slice of a million frames has 37 MB in each */

struct SonoEngine {
    SonoJobs *jobs;
    SonoBackend *cpu;
    SonoBackend *chosen; /* may be the cpu itself */
    _Atomic bool lost;   /* chosen reported DEVICE: never call it again (its threads may still run, so keep it open) */
    _Atomic bool told;   /* the one notice about fallbacks per call was given */
    pthread_mutex_t lock;
    SonoPlan *plans[MAX_PLANS];       /* guarded by lock; most recently used first */
    pthread_mutex_t raster_lock;      /* apart: making one takes milliseconds */
    BandRaster *rasters[MAX_RASTERS]; /* guarded by raster_lock; most recently used first */
};

static SonoStatus open_backend(const char *name, SonoJobs *jobs, SonoBackend **out, SonoError *err)
{
    const SonoBackendType *type = sono_backend_type_find(name);
    if (!type) {
        return sono_fail(err, SONO_E_INVALID, "no backend '%s' (see: sonobrush-cli engines)", name);
    }
    return type->open(NULL, jobs, out, err);
}

SonoStatus sono_engine_new(const char *backend, int n_threads, SonoEngine **out, SonoError *err)
{
    const char *env = getenv("SONO_BACKEND");
    const char *name = backend ? backend : env && env[0] ? env : "cpu";
    SonoEngine *e = sono_calloc(1, sizeof *e);
    if (!e || pthread_mutex_init(&e->lock, NULL) != 0) {
        sono_free(e);
        return sono_fail(err, SONO_E_NOMEM, "no memory for the engine");
    }
    (void)pthread_mutex_init(&e->raster_lock, NULL); /* cannot fail with default attributes on Linux */
    SonoStatus status = sono_jobs_new(n_threads, &e->jobs, err);
    if (status == SONO_OK) {
        status = open_backend("cpu", e->jobs, &e->cpu, err);
    }
    if (status == SONO_OK && strcmp(name, "cpu") == 0) {
        e->chosen = e->cpu;
    } else if (status == SONO_OK) {
        status = open_backend(name, e->jobs, &e->chosen, err);
    }
    if (status != SONO_OK) {
        sono_engine_free(e);
        return status;
    }
    *out = e;
    return SONO_OK;
}

void sono_engine_free(SonoEngine *e)
{
    if (!e) {
        return;
    }
    sono_jobs_free(e->jobs);
    if (e->chosen && e->chosen != e->cpu) {
        e->chosen->type->close(e->chosen);
    }
    if (e->cpu) {
        e->cpu->type->close(e->cpu);
    }
    for (int i = 0; i < MAX_PLANS; i++) {
        sono_plan_unref(e->plans[i]);
    }
    for (int i = 0; i < MAX_RASTERS; i++) {
        band_raster_unref(e->rasters[i]);
    }
    (void)pthread_mutex_destroy(&e->raster_lock);
    (void)pthread_mutex_destroy(&e->lock);
    sono_free(e);
}

SonoJobs *sono_engine_jobs(SonoEngine *e)
{
    return e->jobs;
}

static SonoBackend *current(SonoEngine *e)
{
    return atomic_load_explicit(&e->lost, memory_order_relaxed) ? e->cpu : e->chosen;
}

const char *sono_engine_backend_name(SonoEngine *e)
{
    return current(e)->type->name;
}

bool sono_engine_is_degraded(SonoEngine *e)
{
    return atomic_load_explicit(&e->lost, memory_order_relaxed);
}

/* Lock held: plan (built or found at `at`) becomes the most recently used one. */
static void keep_plan(SonoEngine *e, int at, SonoPlan *plan)
{
    memmove(e->plans + 1, e->plans, (size_t)at * sizeof e->plans[0]);
    e->plans[0] = plan;
}

/* Lock held: where the plan is, or else the first free place, or MAX_PLANS. */
static int find_plan(const SonoEngine *e, const SonoTransform *transform, const SonoParams *params, double rate_hz,
                     int64_t for_frames)
{
    int at = 0;
    while (at < MAX_PLANS && e->plans[at] &&
           (strcmp(e->plans[at]->transform, transform->name) != 0 || e->plans[at]->rate_hz != rate_hz ||
            e->plans[at]->for_frames != for_frames || e->plans[at]->tables ||
            memcmp(&e->plans[at]->params, params, sizeof *params) != 0)) {
        at++;
    }
    return at;
}

SonoStatus sono_engine_plan(SonoEngine *e, const SonoTransform *transform, const SonoParams *params, double rate_hz,
                            int64_t n_frames, SonoPlan **out, SonoError *err)
{
    const int64_t for_frames = transform->needs_length ? n_frames : 0;
    SonoPlan *built = NULL;
    (void)pthread_mutex_lock(&e->lock);
    int at = find_plan(e, transform, params, rate_hz, for_frames);
    if (at == MAX_PLANS || !e->plans[at]) { /* nobody waits for a plan that somebody else has built */
        (void)pthread_mutex_unlock(&e->lock);
        const SonoStatus status = sono_plan_build(transform, params, rate_hz, n_frames, &built, err);
        if (status != SONO_OK) {
            return status;
        }
        (void)pthread_mutex_lock(&e->lock);
        at = find_plan(e, transform, params, rate_hz, for_frames);
    }
    SonoPlan *plan = at < MAX_PLANS ? e->plans[at] : NULL;
    if (!plan) {
        at = at < MAX_PLANS ? at : MAX_PLANS - 1;
        sono_plan_unref(e->plans[at]);
        plan = built;
        built = NULL;
    }
    keep_plan(e, at, plan);
    *out = sono_plan_ref(plan);
    (void)pthread_mutex_unlock(&e->lock);
    sono_plan_unref(built); /* another thread was quicker */
    return SONO_OK;
}

SonoStatus sono_engine_edit_plan(SonoEngine *e, const SonoPlan *base, double f0_hz, double f1_hz, SonoPlan **out,
                                 SonoError *err)
{
    SonoPlan *plan = NULL;
    SonoStatus status = sono_plan_for_edit(base, f0_hz, f1_hz, &plan, err);
    if (status != SONO_OK) {
        return status;
    }
    (void)pthread_mutex_lock(&e->lock);
    int at = 0;
    while (at < MAX_PLANS && e->plans[at] && e->plans[at]->key != plan->key) {
        at++;
    }
    SonoPlan *found = at < MAX_PLANS ? e->plans[at] : NULL;
    if (found) { /* the same tables: what a backend has made of them is still there */
        sono_plan_unref(plan);
        plan = found;
    } else {
        at = at < MAX_PLANS ? at : MAX_PLANS - 1;
        sono_plan_unref(e->plans[at]);
    }
    keep_plan(e, at, plan);
    *out = sono_plan_ref(plan);
    (void)pthread_mutex_unlock(&e->lock);
    return SONO_OK;
}

/* Lock held: the longest unused leave while there are too many bytes. */
static void forget_rasters(SonoEngine *e)
{
    size_t n_bytes = 0;
    for (int i = 0; i < MAX_RASTERS && e->rasters[i]; i++) {
        n_bytes += e->rasters[i]->n_bytes;
        if (i >= 2 && n_bytes > MAX_RASTER_BYTES) {
            n_bytes -= e->rasters[i]->n_bytes;
            band_raster_unref(e->rasters[i]);
            memmove(e->rasters + i, e->rasters + i + 1, (size_t)(MAX_RASTERS - 1 - i) * sizeof e->rasters[0]);
            e->rasters[MAX_RASTERS - 1] = NULL;
            i--;
        }
    }
}

SonoStatus engine_band_raster(SonoEngine *e, const SonoPlan *plan, int level, BandRaster **out, SonoError *err)
{
    const int at_level = band_raster_level(plan, level);
    (void)pthread_mutex_lock(&e->raster_lock);
    int at = 0;
    while (at < MAX_RASTERS && e->rasters[at] &&
           (e->rasters[at]->plan->key != plan->key || e->rasters[at]->level != at_level)) {
        at++;
    }
    BandRaster *raster = at < MAX_RASTERS ? e->rasters[at] : NULL;
    SonoStatus status = SONO_OK;
    if (!raster) {
        status = band_raster_new(plan, at_level, &raster, err);
        at = at < MAX_RASTERS ? at : MAX_RASTERS - 1;
        if (status == SONO_OK) {
            band_raster_unref(e->rasters[at]);
        }
    }
    if (status == SONO_OK) {
        memmove(e->rasters + 1, e->rasters, (size_t)at * sizeof e->rasters[0]);
        e->rasters[0] = raster;
        *out = band_raster_ref(raster);
        forget_rasters(e);
    }
    (void)pthread_mutex_unlock(&e->raster_lock);
    return status;
}

/* After a failed call: may the cpu take it over? Says so once. */
static bool may_fall_back(SonoEngine *e, const SonoBackend *be, SonoStatus status, const SonoError *err)
{
    if (be == e->cpu || (status != SONO_E_NOMEM && status != SONO_E_UNSUPPORTED && status != SONO_E_DEVICE)) {
        return false;
    }
    if (status == SONO_E_DEVICE) {
        if (!atomic_exchange_explicit(&e->lost, true, memory_order_relaxed)) {
            sono_log(SONO_LOG_NOTICE, "engine", "backend '%s' was lost (%s); working on the CPU from now on",
                     be->type->name, err->message);
        }
    } else if (!atomic_exchange_explicit(&e->told, true, memory_order_relaxed)) {
        sono_log(SONO_LOG_NOTICE, "engine", "backend '%s' could not do a call (%s); the CPU does such calls",
                 be->type->name, err->message);
    }
    return true;
}

SonoStatus sono_engine_analyse(SonoEngine *e, const SonoPlan *plan, const float *pcm, SonoSpan span, SonoSlices slices,
                               SonoCplx *coef, SonoError *err)
{
    SonoBackend *be = current(e);
    SonoError local = {0};
    SonoStatus status = sono_backend_analyse(be, plan, pcm, span, slices, coef, &local);
    if (status != SONO_OK && may_fall_back(e, be, status, &local)) {
        status = sono_backend_analyse(e->cpu, plan, pcm, span, slices, coef, &local);
    }
    return status == SONO_OK ? status : sono_fail(err, status, "%s", local.message);
}

SonoStatus sono_engine_synthesise(SonoEngine *e, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                                  float *pcm, SonoSpan span, SonoError *err)
{
    SonoBackend *be = current(e);
    SonoError local = {0};
    SonoStatus status = sono_backend_synthesise(be, plan, coef, slices, pcm, span, &local);
    if (status != SONO_OK && may_fall_back(e, be, status, &local)) {
        status = sono_backend_synthesise(e->cpu, plan, coef, slices, pcm, span, &local);
    }
    return status == SONO_OK ? status : sono_fail(err, status, "%s", local.message);
}

SonoStatus sono_engine_adjoint(SonoEngine *e, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices, float *pcm,
                               SonoSpan span, SonoError *err)
{
    SonoBackend *be = current(e);
    SonoError local = {0};
    SonoStatus status = sono_backend_adjoint(be, plan, coef, slices, pcm, span, &local);
    if (status != SONO_OK && may_fall_back(e, be, status, &local)) {
        status = sono_backend_adjoint(e->cpu, plan, coef, slices, pcm, span, &local);
    }
    return status == SONO_OK ? status : sono_fail(err, status, "%s", local.message);
}

SonoStatus sono_engine_apply(SonoEngine *e, const SonoPlan *plan, const SonoOperation *op, const float *args,
                             const SonoCplx *in, const float *weights, SonoSlices slices, SonoCplx *out, SonoError *err)
{
    SonoBackend *be = current(e);
    SonoError local = {0};
    SonoStatus status = sono_backend_apply(be, plan, op, args, in, weights, slices, out, &local);
    if (status != SONO_OK && may_fall_back(e, be, status, &local)) {
        status = sono_backend_apply(e->cpu, plan, op, args, in, weights, slices, out, &local);
    }
    return status == SONO_OK ? status : sono_fail(err, status, "%s", local.message);
}
