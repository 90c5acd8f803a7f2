/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a preset costs before its first coefficients are there: the plan, the engine's tables and FFTs, one slice. And
 * the memory that one thread works in, sound and coefficients not counted. */
#include "bench.h"
#include "sono_engine.h"
#include "sono_mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define RATE 48000
#define N_SLICES 8

typedef struct FirstSlices {
    SonoSpan span;
    SonoSlices slices;
    float *x;
    SonoCplx *c;
} FirstSlices;

static void clear(FirstSlices *f)
{
    sono_free(f->x);
    sono_free(f->c);
}

/* Room for some slices, touched. */
static SonoStatus prepare(const SonoPlan *plan, FirstSlices *f, SonoError *err)
{
    f->slices = (SonoSlices){1, N_SLICES};
    f->span = sono_plan_support(plan, f->slices);
    f->x = sono_alloc_aligned((size_t)f->span.n_frames, sizeof *f->x);
    f->c = sono_alloc_aligned(N_SLICES * plan->n_coef, sizeof *f->c);
    if (!f->x || !f->c) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the benchmark of plans");
    }
    for (int64_t i = 0; i < f->span.n_frames; i++) {
        f->x[i] = (float)((i * 7919) % 1009) / 1009.0f - 0.5f;
    }
    return SONO_OK;
}

/* A fresh engine's plan and first slice. */
static SonoStatus first_slice(const SonoTransform *t, const SonoParams *params, double *ms, SonoError *err)
{
    SonoEngine *engine = NULL;
    SonoPlan *plan = NULL;
    FirstSlices f = {0};
    SonoStatus status = sono_engine_new("cpu", 1, &engine, err);
    double at = bench_cpu_s();
    if (status == SONO_OK) {
        status = sono_engine_plan(engine, t, params, RATE, 0, &plan, err);
    }
    *ms = 1e3 * (bench_cpu_s() - at);
    if (status == SONO_OK) {
        status = prepare(plan, &f, err);
    }
    at = bench_cpu_s();
    if (status == SONO_OK) {
        status = sono_engine_analyse(engine, plan, f.x, f.span, (SonoSlices){f.slices.first, 1}, f.c, err);
    }
    *ms += 1e3 * (bench_cpu_s() - at);
    clear(&f);
    sono_plan_unref(plan);
    sono_engine_free(engine);
    return status;
}

/* Peak of one thread's forward and inverse, over what the plan's tables take for all threads. */
static SonoStatus working_memory(const SonoTransform *t, const SonoParams *params, double *mb, SonoError *err)
{
    SonoEngine *engine = NULL;
    SonoPlan *plan = NULL;
    FirstSlices f = {0};
    SonoStatus status = sono_engine_new("cpu", 1, &engine, err);
    if (status == SONO_OK) {
        status = sono_engine_plan(engine, t, params, RATE, 0, &plan, err);
    }
    if (status == SONO_OK) {
        status = prepare(plan, &f, err);
    }
    for (int r = 0; status == SONO_OK && r < 2; r++) { /* the first makes the tables */
        const double before = bench_start_peak_mb();
        status = sono_engine_analyse(engine, plan, f.x, f.span, f.slices, f.c, err);
        if (status == SONO_OK) {
            status = sono_engine_synthesise(engine, plan, f.c, f.slices, f.x, f.span, err);
        }
        *mb = bench_peak_mb() - before;
    }
    clear(&f);
    sono_plan_unref(plan);
    sono_engine_free(engine);
    return status;
}

static SonoStatus measure(BenchList *list, const SonoPreset *preset, SonoError *err)
{
    const SonoTransform *t = NULL;
    SonoParams params;
    double ms[BENCH_ROUNDS];
    double mb = NAN;
    char name[80];
    SonoStatus status = sono_preset_params(preset, &t, &params, err);
    for (int r = 0; status == SONO_OK && r < BENCH_ROUNDS; r++) {
        status = first_slice(t, &params, &ms[r], err);
    }
    if (status == SONO_OK) {
        status = working_memory(t, &params, &mb, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    (void)snprintf(name, sizeof name, "%s: plan and first slice", preset->title);
    bench_add(list, name, bench_median(ms, BENCH_ROUNDS), "ms", 50.0, false, "from nothing, one core");
    if (!isnan(mb)) {
        (void)snprintf(name, sizeof name, "%s: working memory", preset->title);
        bench_add(list, name, mb, "MB", 16.0, false, "of one thread, both ways, without sound and coefficients");
    }
    return SONO_OK;
}

SonoStatus bench_plans(BenchList *list, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (const SonoPreset *const *preset = sono_presets; status == SONO_OK && *preset; preset++) {
        status = measure(list, *preset, err);
    }
    return status;
}
