/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The job pool: one lock, three queues, and the loops that callers of parallel_for are waiting for.
 * A worker helps with a waited-for loop before it takes a queued job. A loop lives on its caller's stack: the caller
 * takes indices too and then waits only for the workers that are inside its loop, so loops may nest and a job may run
 * one without any risk of waiting for itself. */
#define _GNU_SOURCE /* sched_getaffinity, pthread_setname_np */
#include "sono_jobs.h"

#include "sono_mem.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_PRIORITIES 3

typedef struct Job {
    struct Job *next;
    SonoJobTicket ticket;
    SonoJobFn fn;
    SonoJobDropFn drop;
    void *data;
} Job;

typedef struct Queue {
    Job *first, *last;
} Queue;

typedef struct Loop {
    struct Loop *next;
    void (*fn)(void *ctx, size_t i);
    void *ctx;
    size_t n;
    _Atomic size_t next_index; /* first one nobody has taken; may pass n */
    int n_helpers;             /* workers inside; guarded by the pool's lock */
} Loop;

struct SonoJobs {
    pthread_mutex_t lock;
    pthread_cond_t work;        /* a job, a loop, or stop */
    pthread_cond_t quiet;       /* a worker fell idle */
    pthread_cond_t helper_left; /* a worker left a loop for good */
    Queue queues[N_PRIORITIES];
    Loop *loops; /* newest first: inner loops end before the outer ones that wait for them */
    int n_busy;  /* workers inside a job or a loop */
    bool stop;
    int n_threads;
    pthread_t threads[SONO_MAX_THREADS];
};

static Job *pop_job(SonoJobs *jobs)
{
    for (int p = 0; p < N_PRIORITIES; p++) {
        Queue *q = &jobs->queues[p];
        Job *job = q->first;
        if (job) {
            q->first = job->next;
            q->last = q->first ? q->last : NULL;
            return job;
        }
    }
    return NULL;
}

static void drop_job(Job *job)
{
    if (job->drop) {
        job->drop(job->data);
    }
    sono_free(job);
}

static void run_job(Job *job)
{
    if (sono_job_is_obsolete(&job->ticket)) {
        drop_job(job);
        return;
    }
    job->fn(job->data, &job->ticket);
    sono_free(job);
}

static bool loop_has_work(Loop *loop)
{
    return atomic_load_explicit(&loop->next_index, memory_order_relaxed) < loop->n;
}

/* The caller is one of the n_threads that share a loop, so that a pool of one thread means one thread. */
static Loop *find_loop(SonoJobs *jobs)
{
    for (Loop *loop = jobs->loops; loop; loop = loop->next) {
        if (loop->n_helpers < jobs->n_threads - 1 && loop_has_work(loop)) {
            return loop;
        }
    }
    return NULL;
}

/* Order between threads comes from the lock, taken before and after; the counter only hands out indices. */
static void run_indices(Loop *loop)
{
    for (;;) {
        const size_t i = atomic_fetch_add_explicit(&loop->next_index, 1, memory_order_relaxed);
        if (i >= loop->n) {
            return;
        }
        loop->fn(loop->ctx, i);
    }
}

static void *worker_main(void *arg)
{
    SonoJobs *jobs = arg;
    (void)pthread_mutex_lock(&jobs->lock);
    while (!jobs->stop) {
        Loop *loop = find_loop(jobs);
        Job *job = loop ? NULL : pop_job(jobs);
        if (!loop && !job) {
            (void)pthread_cond_wait(&jobs->work, &jobs->lock);
            continue;
        }
        jobs->n_busy++;
        if (loop) {
            loop->n_helpers++;
        }
        (void)pthread_mutex_unlock(&jobs->lock);
        if (loop) {
            run_indices(loop);
        } else {
            run_job(job);
        }
        (void)pthread_mutex_lock(&jobs->lock);
        if (loop && --loop->n_helpers == 0) {
            (void)pthread_cond_broadcast(&jobs->helper_left);
        }
        if (--jobs->n_busy == 0) {
            (void)pthread_cond_broadcast(&jobs->quiet);
        }
    }
    (void)pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

static int n_cores(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    long n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : sysconf(_SC_NPROCESSORS_ONLN);
    n = n < 1 ? 1 : n;
    return (int)(n > SONO_MAX_THREADS ? SONO_MAX_THREADS : n);
}

static SonoStatus choose_n_threads(int wanted, int *out, SonoError *err)
{
    if (wanted < 0 || wanted > SONO_MAX_THREADS) {
        return sono_fail(err, SONO_E_RANGE, "%d threads asked for, must be from 1 to %d", wanted, SONO_MAX_THREADS);
    }
    const char *env = getenv("SONO_THREADS");
    if (wanted > 0) {
        *out = wanted;
    } else if (env && env[0]) {
        char *end = NULL;
        const long n = strtol(env, &end, 10);
        if (*end != '\0' || n < 1 || n > SONO_MAX_THREADS) {
            return sono_fail(err, SONO_E_RANGE, "SONO_THREADS is '%s', must be from 1 to %d", env, SONO_MAX_THREADS);
        }
        *out = (int)n;
    } else {
        *out = n_cores();
    }
    return SONO_OK;
}

/* Workers take no signals: those belong to the main thread. */
static int start_worker(SonoJobs *jobs, pthread_t *thread)
{
    sigset_t all;
    sigset_t old;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    const int rc = pthread_create(thread, NULL, worker_main, jobs);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (rc == 0) {
        (void)pthread_setname_np(*thread, "sono-job");
    }
    return rc;
}

SonoStatus sono_jobs_new(int n_threads, SonoJobs **out, SonoError *err)
{
    int n = 0;
    const SonoStatus status = choose_n_threads(n_threads, &n, err);
    if (status != SONO_OK) {
        return status;
    }
    SonoJobs *jobs = sono_calloc(1, sizeof *jobs);
    if (!jobs) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the job pool");
    }
    /* With default attributes these cannot fail on Linux. */
    (void)pthread_mutex_init(&jobs->lock, NULL);
    (void)pthread_cond_init(&jobs->work, NULL);
    (void)pthread_cond_init(&jobs->quiet, NULL);
    (void)pthread_cond_init(&jobs->helper_left, NULL);

    (void)pthread_mutex_lock(&jobs->lock); /* workers wait until n_threads is known */
    int rc = 0;
    while (jobs->n_threads < n && rc == 0) {
        rc = start_worker(jobs, &jobs->threads[jobs->n_threads]);
        jobs->n_threads += rc == 0;
    }
    (void)pthread_mutex_unlock(&jobs->lock);
    if (rc != 0) {
        const int started = jobs->n_threads;
        sono_jobs_free(jobs);
        return sono_fail(err, SONO_E_NOMEM, "could start only %d of %d worker threads: %s", started, n, strerror(rc));
    }
    *out = jobs;
    return SONO_OK;
}

void sono_jobs_free(SonoJobs *jobs)
{
    if (!jobs) {
        return;
    }
    (void)pthread_mutex_lock(&jobs->lock);
    jobs->stop = true;
    (void)pthread_cond_broadcast(&jobs->work);
    (void)pthread_mutex_unlock(&jobs->lock);
    for (int i = 0; i < jobs->n_threads; i++) {
        (void)pthread_join(jobs->threads[i], NULL);
    }
    for (Job *job = pop_job(jobs); job; job = pop_job(jobs)) { /* drop may post again: that is dropped too */
        drop_job(job);
    }
    (void)pthread_cond_destroy(&jobs->helper_left);
    (void)pthread_cond_destroy(&jobs->quiet);
    (void)pthread_cond_destroy(&jobs->work);
    (void)pthread_mutex_destroy(&jobs->lock);
    sono_free(jobs);
}

int sono_jobs_n_threads(const SonoJobs *jobs)
{
    return jobs->n_threads;
}

SonoStatus sono_jobs_post(SonoJobs *jobs, SonoPriority priority, SonoGeneration *generation, SonoJobFn fn,
                          SonoJobDropFn drop, void *data, SonoError *err)
{
    Job *job = sono_calloc(1, sizeof *job);
    if (!job) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a job");
    }
    job->fn = fn;
    job->drop = drop;
    job->data = data;
    job->ticket.generation = generation;
    job->ticket.at = generation ? atomic_load_explicit(&generation->now, memory_order_acquire) : 0;

    (void)pthread_mutex_lock(&jobs->lock);
    Queue *q = &jobs->queues[priority];
    if (q->last) {
        q->last->next = job;
    } else {
        q->first = job;
    }
    q->last = job;
    (void)pthread_cond_signal(&jobs->work);
    (void)pthread_mutex_unlock(&jobs->lock);
    return SONO_OK;
}

static bool is_idle(const SonoJobs *jobs)
{
    bool queued = false;
    for (int p = 0; p < N_PRIORITIES; p++) {
        queued = queued || jobs->queues[p].first;
    }
    return !queued && jobs->n_busy == 0;
}

void sono_jobs_wait_idle(SonoJobs *jobs)
{
    (void)pthread_mutex_lock(&jobs->lock);
    while (!is_idle(jobs)) {
        (void)pthread_cond_wait(&jobs->quiet, &jobs->lock);
    }
    (void)pthread_mutex_unlock(&jobs->lock);
}

void sono_generation_bump(SonoGeneration *generation)
{
    (void)atomic_fetch_add_explicit(&generation->now, 1, memory_order_release);
}

bool sono_job_is_obsolete(const SonoJobTicket *ticket)
{
    return ticket->generation && atomic_load_explicit(&ticket->generation->now, memory_order_acquire) != ticket->at;
}

static void unlink_loop(SonoJobs *jobs, const Loop *loop)
{
    Loop **link = &jobs->loops;
    while (*link != loop) {
        link = &(*link)->next;
    }
    *link = loop->next;
}

void sono_jobs_parallel_for(SonoJobs *jobs, size_t n, void (*fn)(void *ctx, size_t i), void *ctx)
{
    if (!jobs || jobs->n_threads == 1 || n < 2) {
        for (size_t i = 0; i < n; i++) {
            fn(ctx, i);
        }
        return;
    }
    Loop loop = {.fn = fn, .ctx = ctx, .n = n};
    (void)pthread_mutex_lock(&jobs->lock);
    loop.next = jobs->loops;
    jobs->loops = &loop;
    (void)pthread_cond_broadcast(&jobs->work);
    (void)pthread_mutex_unlock(&jobs->lock);

    run_indices(&loop);

    (void)pthread_mutex_lock(&jobs->lock);
    unlink_loop(jobs, &loop); /* nobody new can enter from here on */
    while (loop.n_helpers > 0) {
        (void)pthread_cond_wait(&jobs->helper_left, &jobs->lock);
    }
    (void)pthread_mutex_unlock(&jobs->lock);
}
