/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Feeder, callback and a reader of the place in three threads on one mapping: no frame is heard before it was written,
 * and no place is half of one and half of another. */
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "last_stage.h"
#include "sono_test.h"

#define RATE_HZ 50000.0
#define NS_PER_FRAME 20000 /* whole, so that a place can be checked exactly */
#define N_CALLS 60000
#define N_FRAMES 50

typedef struct Rig {
    PlayRing *ring;
    LastStage *stage;
    uint32_t capacity, fade;
    _Atomic bool over;
    uint64_t n_places, n_torn, n_wrong, n_heard;
} Rig;

static float sample(uint64_t frame)
{
    uint64_t state = (frame + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return sono_test_noise(&state);
}

static void *feeder(void *ctx)
{
    Rig *rig = ctx;
    float *plane = play_ring_plane(rig->ring, rig->capacity, 0);
    uint64_t fed = 0;
    while (!atomic_load_explicit(&rig->over, memory_order_relaxed)) {
        const uint64_t room = atomic_load_explicit(&rig->ring->taken, memory_order_acquire) + rig->capacity;
        const uint64_t until = fed + 333 < room ? fed + 333 : room;
        if (until == fed) {
            (void)sched_yield();
        }
        for (; fed < until; fed++) {
            plane[fed & (rig->capacity - 1)] = sample(fed);
        }
        atomic_store_explicit(&rig->ring->written, fed, memory_order_release);
    }
    return NULL;
}

static void *reader(void *ctx)
{
    Rig *rig = ctx;
    while (!atomic_load_explicit(&rig->over, memory_order_relaxed)) {
        PlayRingPlace place;
        if (play_ring_place(rig->ring, &place) && place.playing) {
            rig->n_places++;
            rig->n_torn += place.dac_ns != (int64_t)place.frame * NS_PER_FRAME;
        } else {
            (void)sched_yield();
        }
    }
    return NULL;
}

static void *device(void *ctx)
{
    Rig *rig = ctx;
    float samples[N_FRAMES];
    float *const out[] = {samples};
    for (int k = 0; k < N_CALLS; k++) {
        while (last_stage_would_starve(rig->stage, N_FRAMES)) {
            (void)sched_yield();
        }
        const uint64_t first = atomic_load_explicit(&rig->ring->taken, memory_order_relaxed);
        last_stage_run(rig->stage, NULL, out, N_FRAMES, (int64_t)first * NS_PER_FRAME);
        for (uint32_t i = 0; i < N_FRAMES && first >= rig->fade; i++) {
            const float want = sample(first + i);
            rig->n_wrong += memcmp(&want, &samples[i], sizeof want) != 0;
            rig->n_heard++;
        }
    }
    atomic_store_explicit(&rig->over, true, memory_order_relaxed);
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    static Rig rig;
    SonoError err;
    int fd = -1;
    assert_ok(play_ring_new(RATE_HZ, 1, 0, N_FRAMES, &rig.ring, &fd, &err), err);
    assert_int_equal(close(fd), 0);
    assert_ok(last_stage_new(rig.ring, &rig.stage, &err), err);
    rig.capacity = rig.ring->capacity_frames;
    rig.fade = play_ring_fade_frames(RATE_HZ);
    void *(*const roles[])(void *) = {feeder, reader, device};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, roles[i], &rig), 0);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(rig.n_wrong, 0);
    assert_int_equal(rig.n_torn, 0);
    assert_true(rig.n_heard > (uint64_t)N_CALLS * N_FRAMES * 9 / 10);
    assert_true(rig.n_places > 10);
    assert_int_equal(atomic_load(&rig.ring->starved), 0);
    last_stage_free(rig.stage);
    play_ring_unmap(rig.ring, rig.ring->bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
