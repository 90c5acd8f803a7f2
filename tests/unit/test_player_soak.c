/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An hour of playing, looping, jumping, scrubbing and editing, as fast as it goes: memory, threads and descriptors stay
 * as they are. Sanitizers keep memory of their own, so there it is two minutes and memory is not looked at. */
#include "player_fixture.h"

#include <dirent.h>
#include <time.h>

#include "sono_clock.h"

#define RATE 48000
#define CLIP_S 60

#ifdef SONO_SANITIZED
#define SOAK_S 120
#define LOOK_EVERY 1
#else
#define SOAK_S 3600
#define LOOK_EVERY 16
#endif

static int64_t resident_bytes(void)
{
    long pages = 0;
    long all = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%ld %ld", &all, &pages), 2);
    (void)fclose(f);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

static int count_entries(const char *path)
{
    int n = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    while (readdir(d)) {
        n++;
    }
    (void)closedir(d);
    return n;
}

/* Another sound, as an edit makes it: half a second is new. */
static SonoClip *edited(const SonoClip *clip, uint64_t *seed)
{
    static float pcm[2][RATE / 2];
    const float *planes[2] = {pcm[0], pcm[1]};
    SonoError err = {0};
    SonoClip *out = NULL;
    const float level = sono_test_noise(seed);
    for (int i = 0; i < RATE / 2; i++) {
        pcm[0][i] = pcm[1][i] = level * (float)(i % 100) * 0.01F;
    }
    assert_ok(sono_clip_splice(clip, pick(seed, RATE * (CLIP_S - 1)), RATE / 2, planes, &out, &err), err);
    return out;
}

static void act(SonoPlayer *player, int what, int64_t at, const SonoPlaySound *sound, uint64_t *seed)
{
    const SonoPlayRange all = {0, RATE * CLIP_S, false};
    const SonoPlayRange loop = {at, at + 1 + pick(seed, RATE), true};
    const SonoPlayMix mix = {.gain_db = (double)sono_test_noise(seed), .mode = (SonoChannelMode)pick(seed, 4)};
    switch (what) {
    case 0:
        sono_player_play(player, &all, at);
        break;
    case 1:
        sono_player_play(player, &loop, at);
        break;
    case 2:
        sono_player_set_range(player, &loop);
        break;
    case 3:
        sono_player_set_mix(player, &mix);
        break;
    case 4:
        sono_player_stop(player);
        break;
    case 5:
        sono_player_scrub(player, at);
        break;
    case 6:
        sono_player_scrub(player, at + RATE / 20);
        break;
    case 7:
        sono_player_reset_meters(player);
        break;
    default:
        sono_player_set_sound(player, sound);
        break;
    }
}

static void test_soak(void **state)
{
    (void)state;
    char dir[64];
    SonoError err = {0};
    uint64_t seed = 20;
    make_temp_dir(dir);
    fake_output_set(&(FakeDevice){.buffer_frames = 8192});
    SonoPcmStore *store = store_new(0, dir);
    Flat flat = flat_noise(2, RATE * CLIP_S, 3);
    SonoClip *clip = clip_of_flat(store, &flat);
    flat_free(&flat);
    SonoPlayer *player = NULL;
    assert_ok(sono_player_new(NULL, NULL, &player, &err), err);
    sono_player_set_sound(player, &(SonoPlaySound){.clip = clip});
    const double start_s = sono_now_s();
    int64_t played = 0;
    int64_t low = INT64_MAX;
    int64_t high = 0;
    int n_threads = 0;
    int n_files = 0;
    for (int64_t round = 0; played < (int64_t)RATE * SOAK_S; round++) {
        const int what = (int)pick(&seed, 12);
        SonoPlaySound sound = {.clip = clip};
        SonoClip *next = NULL;
        if (what > 7) {
            next = edited(clip, &seed); /* always of the first one, so that there is an end to its blocks */
            sound = (SonoPlaySound){.clip = next, .minus = what == 11 ? clip : NULL};
        }
        act(player, what, pick(&seed, RATE * (CLIP_S - 2)), &sound, &seed);
        sono_clip_unref(next);
        if (sono_player_state(player).phase == SONO_PLAY_STOPPED) {
            act(player, 0, pick(&seed, RATE * (CLIP_S - 2)), NULL, &seed);
        }
        played += fake_take(NULL, 0, pick(&seed, RATE * 8), 0.02);
        if (played > (int64_t)RATE * SOAK_S / 4 && round % LOOK_EVERY == 0) { /* warm: the store keeps spare blocks */
            /* edits hold blocks of a quarter of a MiB as long as they are heard: look when none is */
            sono_player_play(player, &(SonoPlayRange){0, RATE * CLIP_S, false}, 0);
            sono_player_set_sound(player, &(SonoPlaySound){.clip = clip});
            played += fake_take(NULL, 0, RATE, 0.02);
            fake_settle();
            const int64_t now = resident_bytes();
            low = now < low ? now : low;
            high = now > high ? now : high;
            const int threads = count_entries("/proc/self/task");
            const int files = count_entries("/proc/self/fd");
            assert_true(n_threads == 0 || n_threads == threads);
            assert_true(n_files == 0 || n_files == files);
            n_threads = threads;
            n_files = files;
        }
    }
    print_message("%lld s of sound in %.1f s; resident %.2f to %.2f MiB, %d threads, %d descriptors\n",
                  (long long)(played / RATE), sono_now_s() - start_s, (double)low / 1048576.0, (double)high / 1048576.0,
                  n_threads - 2, n_files - 3);
#ifndef SONO_SANITIZED
    assert_true((double)(high - low) <= 0.01 * (double)low);
#endif
    assert_int_equal(atomic_load(&fake_ring()->starved), 0);
    sono_player_free(player);
    sono_clip_unref(clip);
    expect_empty(store);
    sono_pcm_store_unref(store);
    (void)rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_soak)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
