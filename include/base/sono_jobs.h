/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Job pool: a few worker threads, three priorities, cancellation by generation.
 * A job belongs to a SonoGeneration; bumping it makes every job posted before obsolete: queued ones are dropped
 * without running, running ones see sono_job_is_obsolete() and may stop early. */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sono_error.h"

typedef struct SonoJobs SonoJobs;

typedef struct SonoGeneration {
    _Atomic uint64_t now;
} SonoGeneration;

typedef struct SonoJobTicket {
    const SonoGeneration *generation; /* NULL: never obsolete */
    uint64_t at;                      /* generation when posted */
} SonoJobTicket;

typedef enum SonoPriority { SONO_PRIORITY_VISIBLE, SONO_PRIORITY_MARGIN, SONO_PRIORITY_PREFETCH } SonoPriority;

/* Runs on a worker. Must not wait for another job (parallel_for is fine). */
typedef void (*SonoJobFn)(void *data, const SonoJobTicket *ticket);
/* Called once per job that never ran, with its data, on a worker or on the thread that frees the pool. */
typedef void (*SonoJobDropFn)(void *data);

#define SONO_MAX_THREADS 256
/* n_threads 0: SONO_THREADS if set, else the number of cores. Errors: NOMEM, RANGE (more than 256). */
SonoStatus sono_jobs_new(int n_threads, SonoJobs **out, SonoError *err);
/* Drops what is queued, waits for what runs, joins the workers; NULL is fine. Not from a worker. */
void sono_jobs_free(SonoJobs *jobs);
int sono_jobs_n_threads(const SonoJobs *jobs);

/* Queue a job. Within a priority jobs start in the order of posting. drop may be NULL. Thread: any.
 * On error (NOMEM) neither fn nor drop is called and data stays the caller's. */
SonoStatus sono_jobs_post(SonoJobs *jobs, SonoPriority priority, SonoGeneration *generation, SonoJobFn fn,
                          SonoJobDropFn drop, void *data, SonoError *err);
/* From within long work: run what waits and is more urgent than this, here and now, before going on. Costs nothing when
 * there is nothing. Hold no lock that another job may want. Not on a worker: does nothing. jobs may be NULL. */
void sono_jobs_yield(SonoJobs *jobs);
/* Let the workers run at a lower priority of the operating system from now on, for a program whose main thread draws.
 */
void sono_jobs_lower(SonoJobs *jobs);
/* Wait until nothing is queued and nothing runs. Tests and shutdown only; never on the GTK thread. */
void sono_jobs_wait_idle(SonoJobs *jobs);

/* Make all jobs of the generation posted so far obsolete. Thread: any. */
void sono_generation_bump(SonoGeneration *generation);
bool sono_job_is_obsolete(const SonoJobTicket *ticket);

/* Run fn(ctx, i) for i in 0..n-1 on the workers and the calling thread; returns when all are done. May be called from
 * a job (the caller works along, so it cannot deadlock). Which thread runs which i is unspecified: results must not
 * depend on it. jobs NULL: runs everything on the calling thread. */
void sono_jobs_parallel_for(SonoJobs *jobs, size_t n, void (*fn)(void *ctx, size_t i), void *ctx);
