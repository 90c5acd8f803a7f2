/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The job pool: order, priorities, obsolete jobs, loops inside jobs, and freeing while busy. */
#include "sono_test.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "sono_jobs.h"

#define MAX_LOG 256

/* A gate holds the only worker until the test has queued what it wants to see ordered. */
typedef struct Gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool entered, open;
} Gate;

typedef struct Log {
    pthread_mutex_t lock;
    int n;
    int value[MAX_LOG];
} Log;

typedef struct Entry {
    Log *log;
    int value;
    _Atomic int n_ran, n_dropped;
} Entry;

static void gate_init(Gate *g)
{
    memset(g, 0, sizeof *g);
    (void)pthread_mutex_init(&g->lock, NULL);
    (void)pthread_cond_init(&g->changed, NULL);
}

static void gate_job(void *data, const SonoJobTicket *ticket)
{
    Gate *g = data;
    (void)ticket;
    (void)pthread_mutex_lock(&g->lock);
    g->entered = true;
    (void)pthread_cond_broadcast(&g->changed);
    while (!g->open) {
        (void)pthread_cond_wait(&g->changed, &g->lock);
    }
    (void)pthread_mutex_unlock(&g->lock);
}

static void gate_wait_entered(Gate *g)
{
    (void)pthread_mutex_lock(&g->lock);
    while (!g->entered) {
        (void)pthread_cond_wait(&g->changed, &g->lock);
    }
    (void)pthread_mutex_unlock(&g->lock);
}

static void gate_open(Gate *g)
{
    (void)pthread_mutex_lock(&g->lock);
    g->open = true;
    (void)pthread_cond_broadcast(&g->changed);
    (void)pthread_mutex_unlock(&g->lock);
}

static SonoJobs *pool(int n_threads)
{
    SonoJobs *jobs = NULL;
    SonoError err = {0};
    assert_ok(sono_jobs_new(n_threads, &jobs, &err), err);
    return jobs;
}

static void post(SonoJobs *jobs, SonoPriority priority, SonoGeneration *g, SonoJobFn fn, SonoJobDropFn drop, void *data)
{
    SonoError err = {0};
    assert_ok(sono_jobs_post(jobs, priority, g, fn, drop, data, &err), err);
}

static void log_entry(void *data, const SonoJobTicket *ticket)
{
    Entry *e = data;
    (void)ticket;
    (void)pthread_mutex_lock(&e->log->lock);
    e->log->value[e->log->n++] = e->value;
    (void)pthread_mutex_unlock(&e->log->lock);
    e->n_ran++;
}

static void drop_entry(void *data)
{
    ((Entry *)data)->n_dropped++;
}

static void close_gate(SonoJobs *jobs, Gate *g)
{
    gate_init(g);
    post(jobs, SONO_PRIORITY_VISIBLE, NULL, gate_job, NULL, g);
    gate_wait_entered(g);
}

static void test_order_and_priorities(void **state)
{
    (void)state;
    SonoJobs *jobs = pool(1);
    Gate gate;
    Log log = {.lock = PTHREAD_MUTEX_INITIALIZER};
    static const SonoPriority priority[] = {SONO_PRIORITY_PREFETCH, SONO_PRIORITY_MARGIN, SONO_PRIORITY_VISIBLE};
    Entry entries[30];
    memset(entries, 0, sizeof entries);
    close_gate(jobs, &gate);
    for (int i = 0; i < 30; i++) { /* prefetch, margin, visible, prefetch, ... */
        entries[i].log = &log;
        entries[i].value = i;
        post(jobs, priority[i % 3], NULL, log_entry, drop_entry, &entries[i]);
    }
    gate_open(&gate);
    sono_jobs_wait_idle(jobs);
    assert_int_equal(log.n, 30);
    for (int k = 0; k < 30; k++) {
        const int of_priority = 2 - k / 10; /* visible ones first, each kind in the order of posting */
        assert_int_equal(log.value[k], of_priority + 3 * (k % 10));
        assert_int_equal(entries[k].n_dropped, 0);
    }
    sono_jobs_free(jobs);
}

typedef struct Watch {
    Gate gate;
    bool before, after;
} Watch;

static void watch_job(void *data, const SonoJobTicket *ticket)
{
    Watch *w = data;
    w->before = sono_job_is_obsolete(ticket);
    gate_job(&w->gate, ticket);
    w->after = sono_job_is_obsolete(ticket);
}

static void test_generation_drops(void **state)
{
    (void)state;
    SonoJobs *jobs = pool(1);
    SonoGeneration old = {0};
    SonoGeneration other = {0};
    Watch watch = {0};
    Log log = {.lock = PTHREAD_MUTEX_INITIALIZER};
    Entry obsolete[8];
    Entry kept = {.log = &log, .value = 100};
    Entry later = {.log = &log, .value = 101};
    Entry forever = {.log = &log, .value = 102};
    memset(obsolete, 0, sizeof obsolete);
    gate_init(&watch.gate);
    post(jobs, SONO_PRIORITY_VISIBLE, &old, watch_job, NULL, &watch);
    gate_wait_entered(&watch.gate);
    for (int i = 0; i < 8; i++) {
        obsolete[i].log = &log;
        post(jobs, SONO_PRIORITY_MARGIN, &old, log_entry, i == 3 ? NULL : drop_entry, &obsolete[i]);
    }
    post(jobs, SONO_PRIORITY_MARGIN, &other, log_entry, drop_entry, &kept);
    post(jobs, SONO_PRIORITY_MARGIN, NULL, log_entry, drop_entry, &forever);
    sono_generation_bump(&old);
    post(jobs, SONO_PRIORITY_MARGIN, &old, log_entry, drop_entry, &later);
    gate_open(&watch.gate);
    sono_jobs_wait_idle(jobs);
    assert_false(watch.before);
    assert_true(watch.after);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(obsolete[i].n_ran, 0);
        assert_int_equal(obsolete[i].n_dropped, i == 3 ? 0 : 1);
    }
    assert_int_equal(log.n, 3);
    assert_int_equal(kept.n_ran, 1);
    assert_int_equal(later.n_ran, 1);
    assert_int_equal(forever.n_ran, 1);
    assert_int_equal(kept.n_dropped + later.n_dropped + forever.n_dropped, 0);
    sono_jobs_free(jobs);
}

typedef struct Opener {
    Gate *gate;
} Opener;

/* Opens the gate after the pool has surely been told to stop: the jobs behind it must be dropped, not run. */
static void *open_late(void *arg)
{
    const struct timespec pause = {.tv_nsec = 100000000};
    (void)nanosleep(&pause, NULL);
    gate_open(((Opener *)arg)->gate);
    return NULL;
}

static void test_free_drops_once(void **state)
{
    (void)state;
    SonoJobs *jobs = pool(1);
    Gate gate;
    Log log = {.lock = PTHREAD_MUTEX_INITIALIZER};
    Entry entries[50];
    memset(entries, 0, sizeof entries);
    close_gate(jobs, &gate);
    for (int i = 0; i < 50; i++) {
        entries[i].log = &log;
        post(jobs, (SonoPriority)(i % 3), NULL, log_entry, drop_entry, &entries[i]);
    }
    pthread_t thread;
    Opener opener = {&gate};
    assert_int_equal(pthread_create(&thread, NULL, open_late, &opener), 0);
    sono_jobs_free(jobs);
    (void)pthread_join(thread, NULL);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(entries[i].n_ran, 0);
        assert_int_equal(entries[i].n_dropped, 1);
    }
    sono_jobs_free(NULL);
}

static void test_thread_counts(void **state)
{
    (void)state;
    SonoJobs *jobs = NULL;
    SonoError err = {0};
    assert_int_equal(sono_jobs_new(257, &jobs, &err), SONO_E_RANGE);
    assert_int_equal(sono_jobs_new(-1, &jobs, &err), SONO_E_RANGE);
    static const char *const bad[] = {"0", "-3", "257", "2x", "many"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(setenv("SONO_THREADS", bad[i], 1), 0);
        assert_int_equal(sono_jobs_new(0, &jobs, &err), SONO_E_RANGE);
        assert_non_null(strstr(err.message, "SONO_THREADS"));
        assert_non_null(strstr(err.message, bad[i]));
    }
    assert_null(jobs);
    assert_int_equal(setenv("SONO_THREADS", "3", 1), 0);
    jobs = pool(0);
    assert_int_equal(sono_jobs_n_threads(jobs), 3);
    sono_jobs_free(jobs);
    jobs = pool(2); /* an explicit number wins */
    assert_int_equal(sono_jobs_n_threads(jobs), 2);
    sono_jobs_free(jobs);
    assert_int_equal(unsetenv("SONO_THREADS"), 0);
    jobs = pool(0);
    assert_true(sono_jobs_n_threads(jobs) >= 1);
    sono_jobs_free(jobs);
}

typedef struct Grid {
    SonoJobs *jobs;
    size_t n_outer, n_inner;
    int *count; /* plain ints: a race here is one the pool allows */
    size_t row;
} Grid;

static void count_cell(void *ctx, size_t i)
{
    Grid *g = ctx;
    g->count[g->row * g->n_inner + i]++;
}

static void count_row(void *ctx, size_t i)
{
    Grid row = *(Grid *)ctx;
    row.row = i;
    sono_jobs_parallel_for(row.jobs, row.n_inner, count_cell, &row);
}

static void expect_all_once(Grid *g)
{
    for (size_t i = 0; i < g->n_outer * g->n_inner; i++) {
        assert_int_equal(g->count[i], 1);
        g->count[i] = 0;
    }
}

static void test_parallel_for(void **state)
{
    (void)state;
    int count[1000] = {0};
    for (int n_threads = 0; n_threads <= 4; n_threads++) { /* 0: no pool */
        SonoJobs *jobs = n_threads ? pool(n_threads) : NULL;
        Grid g = {jobs, 1, 1000, count, 0};
        sono_jobs_parallel_for(jobs, 1000, count_cell, &g);
        expect_all_once(&g);
        sono_jobs_parallel_for(jobs, 0, count_cell, &g);
        assert_int_equal(count[0], 0);
        g = (Grid){jobs, 40, 25, count, 0};
        sono_jobs_parallel_for(jobs, 40, count_row, &g); /* nested */
        expect_all_once(&g);
        sono_jobs_free(jobs);
    }
}

static void grid_job(void *data, const SonoJobTicket *ticket)
{
    Grid *g = data;
    (void)ticket;
    sono_jobs_parallel_for(g->jobs, g->n_outer, count_row, g);
}

/* As many jobs as workers and more, each in a nested loop: nobody may wait for a worker that waits for it. */
static void test_parallel_for_in_jobs(void **state)
{
    (void)state;
    enum { N_JOBS = 12 };
    static int count[N_JOBS][400];
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        SonoJobs *jobs = pool(n_threads);
        Grid grids[N_JOBS];
        for (int i = 0; i < N_JOBS; i++) {
            grids[i] = (Grid){jobs, 20, 20, count[i], 0};
            post(jobs, (SonoPriority)(i % 3), NULL, grid_job, NULL, &grids[i]);
        }
        sono_jobs_wait_idle(jobs);
        for (int i = 0; i < N_JOBS; i++) {
            expect_all_once(&grids[i]);
        }
        sono_jobs_free(jobs);
    }
}

typedef struct Spread {
    int n_expected;
    _Atomic int n_inside, n_most;
    pthread_t who[8];
} Spread;

/* Stays until as many threads as expected were inside at once, or 5 s. */
static void meet_threads(void *ctx, size_t i)
{
    Spread *s = ctx;
    const struct timespec pause = {.tv_nsec = 1000000};
    const int inside = ++s->n_inside;
    int most = s->n_most;
    while (inside > most && !atomic_compare_exchange_weak(&s->n_most, &most, inside)) {
    }
    s->who[i] = pthread_self();
    for (int k = 0; k < 5000 && s->n_most < s->n_expected; k++) {
        (void)nanosleep(&pause, NULL);
    }
    (void)nanosleep(&pause, NULL); /* one thread too many would still come in */
    s->n_inside--;
}

/* A pool of n threads means n threads, the caller among them. */
static void test_parallel_for_width(void **state)
{
    (void)state;
    for (int n_threads = 1; n_threads <= 3; n_threads++) {
        SonoJobs *jobs = pool(n_threads);
        Spread s = {.n_expected = n_threads};
        sono_jobs_parallel_for(jobs, 8, meet_threads, &s);
        assert_int_equal(s.n_most, n_threads);
        bool caller_worked = false;
        for (int i = 0; i < 8; i++) {
            caller_worked = caller_worked || pthread_equal(s.who[i], pthread_self());
        }
        assert_true(caller_worked);
        sono_jobs_free(jobs);
    }
}

typedef struct Storm {
    SonoJobs *jobs;
    SonoGeneration generation;
    _Atomic int n_ran, n_dropped, n_cells;
} Storm;

static void storm_cell(void *ctx, size_t i)
{
    (void)i;
    ((Storm *)ctx)->n_cells++;
}

static void storm_job(void *data, const SonoJobTicket *ticket)
{
    Storm *s = data;
    if (!sono_job_is_obsolete(ticket)) {
        sono_jobs_parallel_for(s->jobs, 5, storm_cell, s);
    }
    s->n_ran++;
}

static void storm_drop(void *data)
{
    ((Storm *)data)->n_dropped++;
}

static void *storm_poster(void *arg)
{
    Storm *s = arg;
    for (int i = 0; i < 2000; i++) {
        SonoError err = {0};
        if (sono_jobs_post(s->jobs, (SonoPriority)(i % 3), i % 2 ? &s->generation : NULL, storm_job, storm_drop, s,
                           &err) != SONO_OK) {
            return (void *)1;
        }
        if (i % 16 == 0) {
            sono_generation_bump(&s->generation);
        }
        if (i % 64 == 0) {
            sono_jobs_parallel_for(s->jobs, 7, storm_cell, s);
        }
    }
    return NULL;
}

static void test_stress(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        Storm s = {.jobs = pool(4)};
        pthread_t threads[3];
        for (int i = 0; i < 3; i++) {
            assert_int_equal(pthread_create(&threads[i], NULL, storm_poster, &s), 0);
        }
        for (int i = 0; i < 3; i++) {
            void *failed = NULL;
            (void)pthread_join(threads[i], &failed);
            assert_null(failed);
        }
        if (round % 2) {
            sono_jobs_wait_idle(s.jobs);
            assert_int_equal(s.n_ran + s.n_dropped, 6000);
            assert_true(s.n_ran >= 3000); /* every second job belongs to no generation */
        }
        sono_jobs_free(s.jobs); /* without the wait, a busy machine may have run none so far */
        assert_int_equal(s.n_ran + s.n_dropped, 6000);
    }
}

/* Long work of little urgency, in steps, and an urgent job that is posted in the middle of it. */
typedef struct Steps {
    SonoJobs *jobs;
    bool yields, loops;
    SonoPriority posted_as;
    _Atomic int n_done, n_at_post, n_at_start; /* steps */
    _Atomic bool low_over, started_before_end;
} Steps;

static void urgent_job(void *data, const SonoJobTicket *ticket)
{
    Steps *s = data;
    (void)ticket;
    atomic_store(&s->n_at_start, atomic_load(&s->n_done));
    atomic_store(&s->started_before_end, !atomic_load(&s->low_over));
}

static void one_step(void *ctx, size_t i)
{
    Steps *s = ctx;
    (void)i;
    (void)nanosleep(&(struct timespec){0, 1000000}, NULL);
    if (atomic_fetch_add(&s->n_done, 1) == 20) {
        atomic_store(&s->n_at_post, 20);
        post(s->jobs, s->posted_as, NULL, urgent_job, NULL, s);
    }
    if (s->yields) {
        sono_jobs_yield(s->jobs);
    }
}

static void low_job(void *data, const SonoJobTicket *ticket)
{
    Steps *s = data;
    (void)ticket;
    if (s->loops) {
        sono_jobs_parallel_for(s->jobs, 200, one_step, s);
    }
    for (size_t i = 0; i < 200 && !s->loops; i++) {
        one_step(s, i);
    }
    atomic_store(&s->low_over, true);
}

static void run_steps(Steps *s, int n_threads)
{
    s->jobs = pool(n_threads);
    post(s->jobs, SONO_PRIORITY_MARGIN, NULL, low_job, NULL, s);
    sono_jobs_wait_idle(s->jobs);
    sono_jobs_free(s->jobs);
}

static void yielding_lets_urgent_jobs_pass(void **state)
{
    (void)state;
    Steps alone = {.yields = true, .posted_as = SONO_PRIORITY_VISIBLE};
    run_steps(&alone, 1);
    assert_true(atomic_load(&alone.started_before_end));
    assert_true(atomic_load(&alone.n_at_start) - atomic_load(&alone.n_at_post) <= 1);
    Steps loop = {.yields = true, .loops = true, .posted_as = SONO_PRIORITY_VISIBLE};
    run_steps(&loop, 2);
    assert_true(atomic_load(&loop.started_before_end));
    assert_true(atomic_load(&loop.n_at_start) - atomic_load(&loop.n_at_post) <= 10);
}

/* Also without yielding, once there is more than one worker. */
static void helpers_leave_for_urgent_jobs(void **state)
{
    (void)state;
    Steps s = {.loops = true, .posted_as = SONO_PRIORITY_VISIBLE};
    run_steps(&s, 2);
    assert_true(atomic_load(&s.started_before_end));
    assert_true(atomic_load(&s.n_at_start) - atomic_load(&s.n_at_post) <= 10);
}

static void equals_wait_their_turn(void **state)
{
    (void)state;
    Steps s = {.yields = true, .posted_as = SONO_PRIORITY_MARGIN};
    run_steps(&s, 1);
    assert_false(atomic_load(&s.started_before_end));
    assert_int_equal(atomic_load(&s.n_at_start), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_priorities),
        cmocka_unit_test(test_generation_drops),
        cmocka_unit_test(test_free_drops_once),
        cmocka_unit_test(test_thread_counts),
        cmocka_unit_test(test_parallel_for),
        cmocka_unit_test(test_parallel_for_in_jobs),
        cmocka_unit_test(test_parallel_for_width),
        cmocka_unit_test(test_stress),
        cmocka_unit_test(yielding_lets_urgent_jobs_pass),
        cmocka_unit_test(helpers_leave_for_urgent_jobs),
        cmocka_unit_test(equals_wait_their_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
