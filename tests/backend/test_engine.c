/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: choice of backend, fallback to the CPU, the cache of plans, many threads at once. */
#include "sono_test.h"

#include <pthread.h>
#include <string.h>

#include "sono_engine.h"
#include "sono_log.h"
#include "sono_mem.h"

#define N_FRAMES 20000

typedef struct Work {
    SonoEngine *engine;
    SonoPlan *plan;
    float *x;
    float *y;
    SonoCplx *c;
    SonoSlices slices;
} Work;

static const SonoSpan span = {0, N_FRAMES};
static int n_notices;

static void count_notices(SonoLogLevel level, const char *domain, const char *line, void *ctx)
{
    (void)domain;
    (void)line;
    (void)ctx;
    n_notices += level == SONO_LOG_NOTICE;
}

static void set_up(Work *w, const char *backend, const char *faults)
{
    SonoError err = {0};
    const SonoTransform *t = sono_transform_find("stft");
    const SonoParams p = sono_params_defaults(t->params);
    memset(w, 0, sizeof *w);
    if (faults) {
        assert_int_equal(setenv("SONO_FAULT", faults, 1), 0);
    } else {
        (void)unsetenv("SONO_FAULT");
    }
    assert_ok(sono_engine_new(backend, 2, &w->engine, &err), err);
    assert_ok(sono_engine_plan(w->engine, t, &p, 48000.0, 0, &w->plan, &err), err);
    w->slices = sono_plan_slices_touching(w->plan, span);
    w->x = sono_alloc_aligned(N_FRAMES, sizeof *w->x);
    w->y = sono_alloc_aligned(N_FRAMES, sizeof *w->y);
    w->c = sono_alloc_aligned((size_t)w->slices.n * w->plan->n_coef, sizeof *w->c);
    uint64_t seed = 5;
    for (int i = 0; i < N_FRAMES; i++) {
        w->x[i] = sono_test_noise(&seed);
    }
}

static void tear_down(Work *w)
{
    sono_plan_unref(w->plan);
    sono_engine_free(w->engine);
    sono_free(w->x);
    sono_free(w->y);
    sono_free(w->c);
}

static SonoStatus round_trip(Work *w, SonoError *err)
{
    const SonoStatus status = sono_engine_analyse(w->engine, w->plan, w->x, span, w->slices, w->c, err);
    return status == SONO_OK ? sono_engine_synthesise(w->engine, w->plan, w->c, w->slices, w->y, span, err) : status;
}

/* Whatever the backend refuses, the result is the CPU's, and a lost device is told once and never asked again. */
static void failures_fall_back_to_the_cpu(void **state)
{
    (void)state;
    SonoError err = {0};
    Work good;
    set_up(&good, "cpu", NULL);
    assert_ok(round_trip(&good, &err), err);
    static const struct {
        const char *faults;
        int degraded;
    } cases[] = {{"nomem@1", 0},  {"nomem@2", 0},  {"unsupported@*", 0},
                 {"device@1", 1}, {"device@2", 1}, {"nomem@1,device@2", 1}};
    sono_log_set_sink(count_notices, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Work w;
        n_notices = 0;
        set_up(&w, "fault", cases[i].faults);
        for (int again = 0; again < 3; again++) {
            assert_ok(round_trip(&w, &err), err);
            assert_memory_equal(w.y, good.y, N_FRAMES * sizeof *w.y);
        }
        assert_int_equal(sono_engine_is_degraded(w.engine), cases[i].degraded);
        assert_string_equal(sono_engine_backend_name(w.engine), cases[i].degraded ? "cpu" : "fault");
        assert_int_equal(n_notices, strchr(cases[i].faults, ',') ? 2 : 1);
        tear_down(&w);
    }
    sono_log_set_sink(NULL, NULL);
    (void)unsetenv("SONO_FAULT");
    tear_down(&good);
}

static void unknown_backends_and_faults_are_refused(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoEngine *engine = NULL;
    assert_int_equal(sono_engine_new("warp-drive", 1, &engine, &err), SONO_E_INVALID);
    assert_non_null(strstr(err.message, "warp-drive"));
    static const char *const bad[] = {"oom@1", "nomem@", "nomem@0", "nomem@x", "device@-1", "nomem@1;device@2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(setenv("SONO_FAULT", bad[i], 1), 0);
        assert_int_equal(sono_engine_new("fault", 1, &engine, &err), SONO_E_INVALID);
    }
    (void)unsetenv("SONO_FAULT");
    assert_null(engine);
}

static void equal_plans_are_one_plan(void **state)
{
    (void)state;
    SonoError err = {0};
    Work w;
    set_up(&w, "cpu", NULL);
    const SonoTransform *t = sono_transform_find("stft");
    SonoParams p = sono_params_defaults(t->params);
    for (int i = 0; i < 100; i++) { /* more than the cache holds */
        SonoPlan *other = NULL;
        p.v[SONO_STFT_HOP] = 100 + i;
        assert_ok(sono_engine_plan(w.engine, t, &p, 48000.0, 0, &other, &err), err);
        assert_true(other->key != w.plan->key);
        SonoPlan *same = NULL;
        assert_ok(sono_engine_plan(w.engine, t, &p, 48000.0, 0, &same, &err), err);
        assert_ptr_equal(same, other);
        assert_ok(sono_engine_analyse(w.engine, other, w.x, span, (SonoSlices){0, 2}, w.c, &err), err);
        sono_plan_unref(same);
        sono_plan_unref(other);
    }
    tear_down(&w);
}

static void *hammer(void *arg)
{
    Work *shared = arg;
    SonoError err = {0};
    const size_t n = (size_t)shared->slices.n * shared->plan->n_coef;
    Work mine = *shared;
    mine.c = sono_alloc_aligned(n, sizeof *mine.c);
    mine.y = sono_alloc_aligned(N_FRAMES, sizeof *mine.y);
    long bad = 0;
    for (int i = 0; i < 20; i++) {
        bad += round_trip(&mine, &err) != SONO_OK || memcmp(mine.y, shared->y, N_FRAMES * sizeof *mine.y) != 0;
    }
    sono_free(mine.c);
    sono_free(mine.y);
    return (void *)(intptr_t)bad;
}

static void many_threads_share_one_engine(void **state)
{
    (void)state;
    SonoError err = {0};
    Work w;
    set_up(&w, "cpu", NULL);
    assert_ok(round_trip(&w, &err), err);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, &w), 0);
    }
    for (int i = 0; i < 4; i++) {
        void *bad = NULL;
        assert_int_equal(pthread_join(threads[i], &bad), 0);
        assert_null(bad);
    }
    tear_down(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_fall_back_to_the_cpu),
        cmocka_unit_test(unknown_backends_and_faults_are_refused),
        cmocka_unit_test(equal_plans_are_one_plan),
        cmocka_unit_test(many_threads_share_one_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
