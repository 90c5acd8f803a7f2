/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The job pool: one lock, three queues, and the loops that callers of parallel_for are waiting for.
 * A worker helps with a waited-for loop before it takes a queued job. A loop lives on its caller's stack: the caller
 * takes indices too and then waits only for the workers that are inside its loop, so loops may nest and a job may run
 * one without any risk of waiting for itself. Loops have the priority of their job; helpers leave a loop, and jobs that
 * yield pause, while something more urgent waits. */
#define _GNU_SOURCE /* sched_getaffinity, pthread_setname_np, gettid */
#include "sono_jobs.h"

#include "sono_mem.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define N_PRIORITIES 3
#define LOWERED_NICE 5 /* a third of the time of a thread that is not lowered, when both want all of it */

typedef struct Job {
    struct Job *next;
    SonoJobTicket ticket;
    SonoJobFn fn;
    SonoJobDropFn drop;
    void *data;
    int priority;
} Job;

typedef struct Queue {
    Job *first, *last;
} Queue;

typedef struct Loop {
    struct Loop *next;
    int priority; /* of the job that runs it */
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
    _Atomic int most_urgent; /* priority of what waits; N_PRIORITIES: nothing. A hint: written under the lock */
    bool lowered;
    int n_threads;
    pid_t tids[SONO_MAX_THREADS]; /* 0: not started yet */
    pthread_t threads[SONO_MAX_THREADS];
};

/* What this thread works at. Threads outside the pool are as urgent as can be. */
static _Thread_local int my_priority = SONO_PRIORITY_VISIBLE;

/* The first job of a priority above the given one. Lock held. */
static Job *pop_job(SonoJobs *jobs, int below)
{
    for (int p = 0; p < below; p++) {
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
static Loop *find_loop(SonoJobs *jobs, int below)
{
    Loop *found = NULL;
    for (Loop *loop = jobs->loops; loop; loop = loop->next) {
        if (loop->priority < below && loop->n_helpers < jobs->n_threads - 1 && loop_has_work(loop)) {
            found = loop;
            below = loop->priority;
        }
    }
    return found;
}

/* Lock held. */
static void note_urgency(SonoJobs *jobs)
{
    int urgent = 0;
    while (urgent < N_PRIORITIES && !jobs->queues[urgent].first) {
        urgent++;
    }
    const Loop *loop = find_loop(jobs, urgent);
    urgent = loop ? loop->priority : urgent;
    atomic_store_explicit(&jobs->most_urgent, urgent, memory_order_relaxed);
}

/* Order between threads comes from the lock, taken before and after; the counter only hands out indices. A helper
 * leaves when something more urgent waits: the loop's own thread goes on. */
static void run_indices(SonoJobs *jobs, Loop *loop, bool helping)
{
    for (;;) {
        if (helping && atomic_load_explicit(&jobs->most_urgent, memory_order_relaxed) < loop->priority) {
            return;
        }
        const size_t i = atomic_fetch_add_explicit(&loop->next_index, 1, memory_order_relaxed);
        if (i >= loop->n) {
            return;
        }
        loop->fn(loop->ctx, i);
    }
}

/* Help with a loop or run a job, of a priority above the given one; false: there is none. Lock held, and let go of
 * meanwhile. Waiting loops come before queued jobs of the same priority. */
static bool work_once(SonoJobs *jobs, int below)
{
    Loop *loop = find_loop(jobs, below);
    Job *job = pop_job(jobs, loop ? loop->priority : below);
    if (job) {
        loop = NULL;
    } else if (!loop) {
        return false;
    }
    const int before = my_priority;
    my_priority = loop ? loop->priority : job->priority;
    jobs->n_busy++;
    if (loop) {
        loop->n_helpers++;
    }
    note_urgency(jobs);
    (void)pthread_mutex_unlock(&jobs->lock);
    if (loop) {
        run_indices(jobs, loop, true);
    } else {
        run_job(job);
    }
    (void)pthread_mutex_lock(&jobs->lock);
    my_priority = before;
    if (loop && --loop->n_helpers == 0) {
        (void)pthread_cond_broadcast(&jobs->helper_left);
    }
    if (--jobs->n_busy == 0) {
        (void)pthread_cond_broadcast(&jobs->quiet);
    }
    return true;
}

/* On Linux a nice value belongs to a thread. Lock held. */
static void lower(const SonoJobs *jobs, int i)
{
    if (jobs->lowered && jobs->tids[i] != 0) {
        (void)setpriority(PRIO_PROCESS, (id_t)jobs->tids[i], LOWERED_NICE); /* refused: they work as they did */
    }
}

static void *worker_main(void *arg)
{
    SonoJobs *jobs = arg;
    (void)pthread_mutex_lock(&jobs->lock);
    for (int i = 0; i < jobs->n_threads; i++) {
        if (pthread_equal(jobs->threads[i], pthread_self())) {
            jobs->tids[i] = gettid();
            lower(jobs, i);
        }
    }
    while (!jobs->stop) {
        if (!work_once(jobs, N_PRIORITIES)) {
            (void)pthread_cond_wait(&jobs->work, &jobs->lock);
        }
    }
    (void)pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

void sono_jobs_lower(SonoJobs *jobs)
{
    (void)pthread_mutex_lock(&jobs->lock);
    jobs->lowered = true;
    for (int i = 0; i < jobs->n_threads; i++) {
        lower(jobs, i);
    }
    (void)pthread_mutex_unlock(&jobs->lock);
}

void sono_jobs_yield(SonoJobs *jobs)
{
    if (!jobs || atomic_load_explicit(&jobs->most_urgent, memory_order_relaxed) >= my_priority) {
        return;
    }
    (void)pthread_mutex_lock(&jobs->lock);
    while (!jobs->stop && work_once(jobs, my_priority)) {
    }
    (void)pthread_mutex_unlock(&jobs->lock);
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
    atomic_init(&jobs->most_urgent, N_PRIORITIES);

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
    for (Job *job = pop_job(jobs, N_PRIORITIES); job;
         job = pop_job(jobs, N_PRIORITIES)) { /* drop may post again: that is dropped too */
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
    job->priority = (int)priority;
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
    note_urgency(jobs);
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
    note_urgency(jobs);
}

void sono_jobs_parallel_for(SonoJobs *jobs, size_t n, void (*fn)(void *ctx, size_t i), void *ctx)
{
    if (!jobs || jobs->n_threads == 1 || n < 2) {
        for (size_t i = 0; i < n; i++) {
            fn(ctx, i);
        }
        return;
    }
    Loop loop = {.priority = my_priority, .fn = fn, .ctx = ctx, .n = n};
    (void)pthread_mutex_lock(&jobs->lock);
    loop.next = jobs->loops;
    jobs->loops = &loop;
    note_urgency(jobs);
    (void)pthread_cond_broadcast(&jobs->work);
    (void)pthread_mutex_unlock(&jobs->lock);

    run_indices(jobs, &loop, false);

    (void)pthread_mutex_lock(&jobs->lock);
    unlink_loop(jobs, &loop); /* nobody new can enter from here on */
    while (loop.n_helpers > 0) {
        (void)pthread_cond_wait(&jobs->helper_left, &jobs->lock);
    }
    (void)pthread_mutex_unlock(&jobs->lock);
}
