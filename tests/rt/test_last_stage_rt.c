/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A million callbacks, unpaced, of any length, in six scenarios, in a thread that may not make a single system call:
 * playing, loops and seeks (cuts), edits while playing (the feeder crossfades: new content), starvation, sound that
 * is not finite. No allocation, lock, page fault or wait either; and what leaves is finite and within full scale. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "last_stage.h"
#include "rt_trap.h"
#include "sono_test.h"

#define RATE_HZ 48000.0
#define N_CHANNELS 2
#define MAX_FRAMES 8192
#define CALLBACKS_PER_SCENARIO 170000
#define TIMED_FRAMES 64

typedef enum Scenario { PLAY, LOOP, SEEK, EDIT, STARVE, NAN_INPUT, N_SCENARIOS } Scenario;
static const char *const scenario_names[N_SCENARIOS] = {"play", "loop", "seek", "edit", "starve", "nan"};

typedef struct Rig {
    PlayRing *ring;
    LastStage *stage;
    uint64_t fed;
    uint64_t noise;
    uint32_t drought; /* callbacks with too little to play */
    float out[N_CHANNELS][MAX_FRAMES], in[N_CHANNELS][MAX_FRAMES];
    uint32_t *times_ns; /* of each callback, by scenario */
    RtCounts before, after;
    uint64_t n_run, n_bad;
    bool armed;
} Rig;

static uint32_t random_below(Rig *rig, uint32_t n)
{
    rig->noise ^= rig->noise >> 12;
    rig->noise ^= rig->noise << 25;
    rig->noise ^= rig->noise >> 27;
    return (uint32_t)((rig->noise * UINT64_C(2685821657736338717)) >> 40) % n;
}

/* As a feeder would, in the same thread: it may not call the system either. */
static void feed(Rig *rig, Scenario scenario, uint32_t n_frames)
{
    PlayRing *ring = rig->ring;
    const uint64_t taken = atomic_load_explicit(&ring->taken, memory_order_acquire);
    const uint32_t capacity = ring->capacity_frames;
    uint64_t until = taken + n_frames + 2000 < taken + capacity ? taken + n_frames + 2000 : taken + capacity;
    const uint32_t dice = random_below(rig, 1000);
    if (scenario == STARVE && (rig->drought > 0 || dice < 20)) {
        rig->drought = rig->drought > 0 ? rig->drought - 1 : 60;
        until = rig->fed + random_below(rig, 40);
    }
    if (((scenario == LOOP || scenario == SEEK) && dice < 100) || dice == 0) {
        rig->fed += scenario == SEEK ? random_below(rig, 50) : 0;
        atomic_store_explicit(&ring->cut, rig->fed, memory_order_release);
    }
    const uint64_t end = dice == 1 ? rig->fed + random_below(rig, 2000) : PLAY_RING_NO_END;
    until = until < end ? until : end;
    for (uint64_t f = rig->fed; f < until && f < taken + capacity; f++) {
        for (uint32_t c = 0; c < N_CHANNELS; c++) {
            float x = (float)((int32_t)random_below(rig, 20001) - 10000) * 1e-4f;
            if (scenario == EDIT && dice < 500) {
                x *= 1e-30f; /* and denormal where it is faded */
            }
            if (scenario == NAN_INPUT && random_below(rig, dice < 20 ? 4 : 5000) == 0) {
                static const float odd[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 1.5f, -7.9f, 8.1f, 1e-40f};
                x = odd[random_below(rig, sizeof odd / sizeof *odd)];
            }
            play_ring_plane(ring, capacity, c)[f & (capacity - 1)] = x;
        }
    }
    if (until > rig->fed) {
        rig->fed = until;
        atomic_store_explicit(&ring->end, end, memory_order_release);
        atomic_store_explicit(&ring->written, until, memory_order_release);
    }
}

static void run_one(Rig *rig, Scenario scenario, uint32_t n_frames, uint32_t *time_ns)
{
    float *const out[N_CHANNELS] = {rig->out[0], rig->out[1]};
    const float *const in[N_CHANNELS] = {rig->in[0], rig->in[1]};
    struct timespec t0, t1; /* read without a system call; the trap would tell */
    feed(rig, scenario, n_frames);
    (void)clock_gettime(CLOCK_MONOTONIC, &t0);
    rt_trap_enter();
    last_stage_run(rig->stage, in, out, n_frames, (int64_t)t0.tv_sec * 1000000000 + t0.tv_nsec);
    rt_trap_leave();
    (void)clock_gettime(CLOCK_MONOTONIC, &t1);
    *time_ns = (uint32_t)((t1.tv_sec - t0.tv_sec) * 1000000000 + t1.tv_nsec - t0.tv_nsec);
    for (uint32_t c = 0; c < N_CHANNELS; c++) {
        for (uint32_t i = 0; i < n_frames; i++) {
            rig->n_bad += !(rig->out[c][i] >= -1.0f && rig->out[c][i] <= 1.0f);
        }
    }
}

static void *run_all(void *ctx)
{
    Rig *rig = ctx;
    uint32_t warm;
    for (uint32_t n = 1; n <= MAX_FRAMES; n *= 2) {
        run_one(rig, NAN_INPUT, n, &warm);
    }
    (void)rt_trap_counts();
    rig->armed = rt_trap_arm();
    rig->before = rt_trap_counts();
    for (int s = 0; s < N_SCENARIOS; s++) {
        for (uint32_t k = 0; k < CALLBACKS_PER_SCENARIO; k++) {
            /* mostly the period that is timed, else anything, now and then the longest */
            const uint32_t dice = random_below(rig, 1000);
            const uint32_t n = dice < 900   ? TIMED_FRAMES
                               : dice < 999 ? 1 + random_below(rig, 512)
                                            : 1 + random_below(rig, MAX_FRAMES);
            uint32_t *time_ns = &rig->times_ns[(uint32_t)s * CALLBACKS_PER_SCENARIO + k];
            run_one(rig, (Scenario)s, n, time_ns);
            *time_ns = n == TIMED_FRAMES ? *time_ns : 0;
            rig->n_run++;
        }
    }
    rig->after = rt_trap_counts();
    rt_trap_disarm();
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void test_million(void **state)
{
    (void)state;
    static Rig rig;
    SonoError err;
    int fd = -1;
    assert_ok(play_ring_new(RATE_HZ, N_CHANNELS, N_CHANNELS, MAX_FRAMES, &rig.ring, &fd, &err), err);
    assert_ok(last_stage_new(rig.ring, &rig.stage, &err), err);
    rig.noise = UINT64_C(88172645463325252);
    memset(rig.out, 1, sizeof rig.out);
    memset(rig.in, 0, sizeof rig.in);
    const size_t n_times = (size_t)N_SCENARIOS * CALLBACKS_PER_SCENARIO;
    rig.times_ns = malloc(n_times * sizeof *rig.times_ns);
    assert_non_null(rig.times_ns);
    memset(rig.times_ns, 1, n_times * sizeof *rig.times_ns);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_all, &rig), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);

    assert_true(rig.armed);
    assert_true(rig.n_run >= 1000000);
    assert_int_equal(rig.n_bad, 0);
    assert_int_equal(rig.after.n_allocations, 0);
    assert_int_equal(rig.after.n_locks, 0);
    assert_int_equal(rig.after.minor_faults - rig.before.minor_faults, 0);
    assert_int_equal(rig.after.major_faults - rig.before.major_faults, 0);
    assert_int_equal(rig.after.waits - rig.before.waits, 0);
    /* it was no walk in the park */
    assert_true(atomic_load(&rig.ring->starved) > 100);
    assert_true(atomic_load(&rig.ring->clipped) > 100);
    assert_true(atomic_load(&rig.ring->non_finite) > 1000);
    assert_true(atomic_load(&rig.ring->muted) > 100);
    const double period_ns = TIMED_FRAMES / RATE_HZ * 1e9;
    for (int s = 0; s < N_SCENARIOS; s++) {
        uint32_t *times = rig.times_ns + (size_t)s * CALLBACKS_PER_SCENARIO, n_other = 0;
        qsort(times, CALLBACKS_PER_SCENARIO, sizeof *times, by_size);
        while (times[n_other] == 0) {
            n_other++;
        }
        const uint32_t *t = times + n_other, n = CALLBACKS_PER_SCENARIO - n_other;
        const double p999 = t[(size_t)(n * 0.999)];
        print_message("%-7s median %5.0f ns, p99.9 %6.0f ns (%.2f %% of %d frames)\n", scenario_names[s],
                      (double)t[n / 2], p999, 100.0 * p999 / period_ns, TIMED_FRAMES);
        assert_true(p999 <= 0.5 * period_ns);
    }
    last_stage_free(rig.stage);
    play_ring_unmap(rig.ring, rig.ring->bytes);
    assert_int_equal(close(fd), 0);
    free(rig.times_ns);
}

/* The trap itself: a system call ends the process, an allocation and a lock are seen. */
static void test_trap(void **state)
{
    (void)state;
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
        const int null = open("/dev/null", O_WRONLY);
        if (null < 0 || dup2(null, 2) != 2 || !rt_trap_arm()) {
            _exit(1);
        }
        void *volatile p = malloc(64);
        free(p);
        (void)pthread_mutex_lock(&mutex);
        (void)pthread_mutex_unlock(&mutex);
        const RtCounts counts = rt_trap_counts();
#ifndef SONO_RTSAN
        if (counts.n_allocations != 2 || counts.n_locks != 1) {
            _exit(2);
        }
#endif
        (void)counts;
        (void)getppid();
        _exit(3);
    }
    int wait_status = 0;
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_true(WIFEXITED(wait_status));
    assert_int_equal(WEXITSTATUS(wait_status), 99);
}

#ifdef SONO_RTSAN
static void test_rtsan(void **state)
{
    (void)state;
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        const int null = open("/dev/null", O_WRONLY);
        if (null < 0 || dup2(null, 2) != 2) {
            _exit(0);
        }
        __rtsan_init();
        rt_trap_enter();
        void *volatile p = malloc(64);
        free(p);
        rt_trap_leave();
        _exit(0);
    }
    int wait_status = 0;
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_false(WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trap),
#ifdef SONO_RTSAN
        cmocka_unit_test(test_rtsan),
#endif
        cmocka_unit_test(test_million),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
