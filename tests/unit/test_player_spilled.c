/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sound that lies in the cache file on a slow disk: every block takes longer to read than the ring lasts, so the feeder
 * must not be the one who reads it. The program's own pread makes the disk slow. */
#define _GNU_SOURCE
#include "player_fixture.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>

#include "sono_clock.h"

#define RATE 48000
#define LENGTH_S 30

static _Atomic int read_ms;
static _Atomic int n_reads, n_reads_by_feeder;

ssize_t pread(int fd, void *to, size_t n, off_t at)
{
    const struct timespec t = {0, (long)atomic_load(&read_ms) * 1000000};
    (void)nanosleep(&t, NULL);
    atomic_fetch_add(&n_reads, 1);
    atomic_fetch_add(&n_reads_by_feeder, fake_is_feeder());
    return (ssize_t)syscall(SYS_pread64, fd, to, n, at);
}

/* A device in step with a clock that runs `speed` times as fast; returns how many of its buffers came too short. */
static int play_paced(float *const *to, int64_t n, int buffer, double speed)
{
    const double start_s = sono_now_s();
    int n_short = 0;
    for (int64_t done = 0; done < n; done += buffer) {
        const double due_s = start_s + (double)done / RATE / speed - sono_now_s();
        if (due_s > 0.0) {
            const struct timespec t = {0, (long)(due_s * 1e9)};
            (void)nanosleep(&t, NULL);
        }
        const int64_t want = n - done < buffer ? n - done : buffer;
        const int64_t got = fake_take(to, done, want, 0.0);
        n_short += got < want;
        (void)fake_take(to, done + got, want - got, 5.0);
    }
    return n_short;
}

static void test_slow_disk(void **state)
{
    (void)state;
    char dir[64];
    SonoError err = {0};
    make_temp_dir(dir);
    fake_output_set(&(FakeDevice){.buffer_frames = 256});
    SonoPcmStore *store = store_new(4 << 20, dir); /* 8 of the 22 blocks of each of two channels */
    Flat flat = flat_noise(2, RATE * LENGTH_S, 3);
    SonoClip *clip = clip_of_flat(store, &flat);
    assert_true(sono_pcm_store_stats(store).spilled_bytes > 4 << 20);
    float *got[2];
    for (int c = 0; c < 2; c++) {
        got[c] = sono_alloc_aligned(RATE * LENGTH_S, sizeof(float));
        assert_non_null(got[c]);
    }
    SonoPlayer *player = NULL;
    assert_ok(sono_player_new(NULL, NULL, &player, &err), err);
    sono_player_set_sound(player, &(SonoPlaySound){.clip = clip});
    sono_player_play(player, &(SonoPlayRange){0, RATE * LENGTH_S, false}, 0);
    (void)fake_ring();
    fake_settle();
    atomic_store(&n_reads, 0);
    atomic_store(&n_reads_by_feeder, 0);
    atomic_store(&read_ms, 70); /* the ring lasts 45 ms, at this speed 15 */
    const int n_short = play_paced(got, RATE * LENGTH_S, 256, 3.0);
    print_message("%d reads of 70 ms, %d of them by the feeder; %d buffers came short\n", atomic_load(&n_reads),
                  atomic_load(&n_reads_by_feeder), n_short);
    assert_true(atomic_load(&n_reads) >= 30);
    assert_int_equal(atomic_load(&n_reads_by_feeder), 0);
    for (int c = 0; c < 2; c++) {
        assert_memory_equal(got[c], flat.pcm[c], RATE * LENGTH_S * sizeof(float));
        sono_free(got[c]);
    }
    atomic_store(&read_ms, 0);
    sono_player_free(player);
    sono_clip_unref(clip);
    flat_free(&flat);
    expect_empty(store);
    sono_pcm_store_unref(store);
    (void)rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_slow_disk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
