/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the feeder writes into the ring: every frame of ranges, loops, jumps, new sounds and mixes, bit for bit where
 * nothing has to change; and what the player says of it. */
#include "player_fixture.h"

#include <math.h>
#include <time.h>

#include "sono_clock.h"

#define RATE 48000
#define FADE 240 /* 5 ms */
#define PI 3.14159265358979323846

typedef struct Stage {
    char dir[64];
    SonoPcmStore *store;
    SonoPlayer *player;
    Flat flat;
    SonoClip *clip;
    float *got[64];
    int n_got_channels;
    _Atomic int n_changes;
} Stage;

static void on_changed(void *ctx)
{
    atomic_fetch_add(&((Stage *)ctx)->n_changes, 1);
}

static Stage stage_new(const FakeDevice *device, int n_channels, int64_t n_frames)
{
    Stage s = {0};
    make_temp_dir(s.dir);
    s.store = store_new(0, s.dir);
    s.flat = flat_noise(n_channels, n_frames, 4711);
    s.clip = clip_of_flat(s.store, &s.flat);
    fake_output_set(device);
    return s;
}

/* Apart from stage_new, which returns by value: the player keeps the address. */
static void stage_begin(Stage *s, int n_got_channels)
{
    SonoError err = {0};
    assert_ok(sono_player_new(on_changed, s, &s->player, &err), err);
    sono_player_set_sound(s->player, &(SonoPlaySound){.clip = s->clip});
    s->n_got_channels = n_got_channels;
    for (int c = 0; c < n_got_channels; c++) {
        s->got[c] = sono_alloc_aligned(RATE * 20, sizeof(float));
        assert_non_null(s->got[c]);
    }
}

static void stage_end(Stage *s)
{
    sono_player_free(s->player);
    sono_clip_unref(s->clip);
    flat_free(&s->flat);
    for (int c = 0; c < s->n_got_channels; c++) {
        sono_free(s->got[c]);
    }
    expect_empty(s->store);
    sono_pcm_store_unref(s->store);
    (void)rmdir(s->dir);
}

static void expect_bits(const Stage *s, int channel, int64_t at, const float *want, int64_t n, const char *what)
{
    for (int64_t i = 0; i < n; i++) {
        if (memcmp(&s->got[channel][at + i], &want[i], sizeof(float)) != 0) {
            fail_msg("%s: channel %d, frame %lld of %lld is %.9g, not %.9g", what, channel, (long long)i, (long long)n,
                     (double)s->got[channel][at + i], (double)want[i]);
        }
    }
}

static double curve(int64_t k, int64_t n)
{
    return 0.5 - 0.5 * cos(PI * ((double)k + 0.5) / (double)n);
}

static const FakeDevice plain = {.buffer_frames = 256};

static void test_range(void **state)
{
    (void)state;
    Stage s = stage_new(&plain, 2, RATE * 3);
    stage_begin(&s, 2);
    const SonoPlayRange range = {1000, RATE * 2 + 777, false};
    sono_player_play(s.player, &range, 1000);
    const int64_t n = range.end_frame - range.start_frame;
    assert_int_equal(fake_take(s.got, 0, n + 5000, 0.5), n);
    for (int c = 0; c < 2; c++) {
        expect_bits(&s, c, 0, s.flat.pcm[c] + 1000, n, "range");
    }
    assert_true(fake_output_wish().rate_hz == RATE);
    const double until_s = sono_now_s() + 2.0;
    SonoPlayState now = sono_player_state(s.player);
    while (now.phase != SONO_PLAY_STOPPED && sono_now_s() < until_s) {
        now = sono_player_state(s.player);
    }
    assert_int_equal(now.phase, SONO_PLAY_STOPPED);
    assert_true(now.position_frames == (double)range.end_frame);
    assert_true(atomic_load(&s.n_changes) >= 1);

    /* again, from before the range: the pre-roll is played too */
    sono_player_play(s.player, &range, 100);
    assert_int_equal(fake_take(s.got, 0, 3000, 0.5), 3000);
    expect_bits(&s, 0, 0, s.flat.pcm[0] + 100, 3000, "pre-roll");
    assert_int_equal(fake_output_n_opens(), 1);
    stage_end(&s);
}

/* Twenty rounds are what the documentation says, whatever the length. */
static void check_loop(int64_t start, int64_t length)
{
    Stage s = stage_new(&plain, 2, RATE);
    stage_begin(&s, 2);
    const SonoPlayRange range = {start, start + length, true};
    sono_player_play(s.player, &range, start);
    const int64_t n = length * 20;
    assert_int_equal(fake_take(s.got, 0, n, 0.5), n);
    const int64_t n_fade = length / 2 < FADE ? length / 2 : FADE;
    float *want = sono_alloc_aligned((size_t)length, sizeof *want);
    assert_non_null(want);
    for (int c = 0; c < 2; c++) {
        memcpy(want, s.flat.pcm[c] + start, (size_t)length * sizeof *want);
        for (int64_t k = 0; k < n_fade; k++) {
            const int64_t i = length - n_fade + k;
            const int64_t before = start - n_fade + k;
            const float b = before >= 0 ? s.flat.pcm[c][before] : 0.0F;
            want[i] += (float)curve(k, n_fade) * (b - want[i]);
        }
        for (int64_t round = 0; round < 20; round++) {
            expect_bits(&s, c, round * length, want, length, "loop");
        }
    }
    const SonoPlayState now = sono_player_state(s.player);
    assert_true(now.position_frames >= (double)range.start_frame && now.position_frames < (double)range.end_frame);
    sono_free(want);
    stage_end(&s);
}

static void test_loops(void **state)
{
    (void)state;
    check_loop(5000, 12345);
    check_loop(0, 4096);
    check_loop(100, 480);
    check_loop(100, 37);
    check_loop(7, 1);
}

static void test_new_sound(void **state)
{
    (void)state;
    Stage s = stage_new(&plain, 2, RATE * 2);
    stage_begin(&s, 2);
    Flat other = flat_noise(2, RATE * 2, 99);
    memcpy(other.pcm[1], s.flat.pcm[1], sizeof(float) * RATE * 2); /* one channel is the same: not a bit may change */
    SonoClip *clip = clip_of_flat(s.store, &other);
    const SonoPlayRange range = {0, RATE * 2, false};
    sono_player_play(s.player, &range, 0);
    assert_int_equal(fake_take(s.got, 0, 20000, 0.5), 20000);
    fake_settle();
    const double queued = (double)atomic_load(&fake_ring()->written) - 20000.0;
    assert_true(queued <= SONO_PLAYER_AHEAD_S * RATE + 256);
    assert_true(sono_player_state(s.player).sound_revision == sono_clip_revision(s.clip));
    sono_player_set_sound(s.player, &(SonoPlaySound){.clip = clip});
    assert_int_equal(fake_take(s.got, 20000, RATE * 2 - 20000, 0.5), RATE * 2 - 20000);
    int64_t first = 0;
    while (first < RATE * 2 && s.got[0][first] == s.flat.pcm[0][first]) {
        first++;
    }
    assert_true(first >= 20000 && first <= 20000 + (int64_t)queued + 1);
    expect_bits(&s, 1, 0, s.flat.pcm[1], RATE * 2, "the channel that is the same");
    for (int64_t k = 0; k < FADE; k++) {
        const float a = s.flat.pcm[0][first + k];
        const float want = a + (float)curve(k, FADE) * (other.pcm[0][first + k] - a);
        assert_true(s.got[0][first + k] == want);
    }
    expect_bits(&s, 0, first + FADE, other.pcm[0] + first + FADE, RATE * 2 - first - FADE, "after the crossfade");
    assert_true(sono_player_state(s.player).sound_revision == sono_clip_revision(clip));
    sono_clip_unref(clip);
    flat_free(&other);
    stage_end(&s);
}

static void test_minus(void **state)
{
    (void)state;
    Stage s = stage_new(&plain, 1, RATE);
    stage_begin(&s, 2);
    Flat other = flat_noise(1, RATE, 5);
    SonoClip *minus = clip_of_flat(s.store, &other);
    sono_player_set_sound(s.player, &(SonoPlaySound){.clip = s.clip, .minus = minus});
    const SonoPlayRange range = {0, RATE, false};
    sono_player_play(s.player, &range, 0);
    assert_int_equal(fake_take(s.got, 0, RATE, 0.5), RATE);
    for (int64_t i = 0; i < RATE; i++) {
        other.pcm[0][i] = s.flat.pcm[0][i] - other.pcm[0][i];
    }
    expect_bits(&s, 0, 0, other.pcm[0], RATE, "difference, left");
    expect_bits(&s, 1, 0, other.pcm[0], RATE, "difference, right: one channel goes to the first two");
    sono_clip_unref(minus);
    flat_free(&other);
    stage_end(&s);
}

/* A jump drops what is queued, and begins at its place with its bits. */
static void test_jump_and_stop(void **state)
{
    (void)state;
    Stage s = stage_new(&plain, 2, RATE * 2);
    stage_begin(&s, 2);
    const SonoPlayRange range = {0, RATE * 2, false};
    sono_player_play(s.player, &range, 0);
    assert_int_equal(fake_take(s.got, 0, 10000, 0.5), 10000);
    fake_settle();
    const uint64_t before = atomic_load(&fake_ring()->written);
    sono_player_play(s.player, &range, 50000);
    const SonoPlayState jumped = sono_player_state(s.player);
    assert_true(jumped.position_frames >= 50000.0 && jumped.position_frames < 50100.0);
    fake_settle();
    assert_int_equal(atomic_load(&fake_ring()->cut), before);
    assert_int_equal(fake_take(s.got, 0, 5000, 0.5), 5000);
    expect_bits(&s, 0, 0, s.flat.pcm[0] + 50000, 5000, "after the jump");

    fake_settle();
    sono_player_stop(s.player);
    const double stopped = sono_player_state(s.player).position_frames;
    assert_true(stopped >= 50000.0 && stopped <= 55000.0);
    fake_settle();
    assert_int_equal(fake_take(s.got, 0, 1000, 0.1), 0);
    assert_int_equal(atomic_load(&fake_ring()->end), atomic_load(&fake_ring()->written));
    sono_player_play(s.player, &range, 70000);
    assert_int_equal(fake_take(s.got, 0, 5000, 0.5), 5000);
    expect_bits(&s, 1, 0, s.flat.pcm[1] + 70000, 5000, "after the stop");
    stage_end(&s);
}

static void play_mix(Stage *s, const SonoPlayMix *mix, int64_t n)
{
    sono_player_stop(s->player);
    sono_player_set_mix(s->player, mix);
    fake_settle();
    const SonoPlayRange range = {0, n, false};
    sono_player_play(s->player, &range, 0);
    assert_int_equal(fake_take(s->got, 0, n, 0.5), n);
}

static void test_mixes(void **state)
{
    (void)state;
    enum { N = 4800 };
    Stage s = stage_new(&plain, 2, RATE);
    stage_begin(&s, 2);
    sono_player_play(s.player, &(SonoPlayRange){0, 10, false}, 0);
    (void)fake_take(NULL, 0, 10, 0.5);
    const float *l = s.flat.pcm[0];
    const float *r = s.flat.pcm[1];
    play_mix(&s, &(SonoPlayMix){.mode = SONO_CHANNELS_MID}, N);
    for (int i = 0; i < N; i++) {
        assert_true(s.got[0][i] == 0.5F * l[i] + 0.5F * r[i] && s.got[1][i] == s.got[0][i]);
    }
    play_mix(&s, &(SonoPlayMix){.mode = SONO_CHANNELS_SIDE}, N);
    for (int i = 0; i < N; i++) {
        assert_true(s.got[0][i] == 0.5F * l[i] - 0.5F * r[i] && s.got[1][i] == s.got[0][i]);
    }
    play_mix(&s, &(SonoPlayMix){.muted = {1}}, N);
    for (int i = 0; i < N; i++) {
        assert_true(s.got[0][i] == 0.0F && s.got[1][i] == r[i]);
    }
    play_mix(&s, &(SonoPlayMix){.gain_db = -60.0}, N);
    for (int i = 0; i < N; i++) {
        assert_true(s.got[0][i] == 0.0F && s.got[1][i] == 0.0F);
    }
    play_mix(&s, &(SonoPlayMix){.gain_db = -6.0}, N);
    for (int i = 0; i < N; i++) {
        assert_true(fabs((double)s.got[0][i] - (double)l[i] * pow(10.0, -0.3)) < 1e-7);
    }
    /* a change while it plays takes 5 ms and has no step */
    sono_player_stop(s.player);
    sono_player_set_mix(s.player, &(SonoPlayMix){0});
    fake_settle();
    sono_player_play(s.player, &(SonoPlayRange){0, RATE, false}, 0);
    assert_int_equal(fake_take(s.got, 0, 5000, 0.5), 5000);
    sono_player_set_mix(s.player, &(SonoPlayMix){.gain_db = -60.0});
    assert_int_equal(fake_take(s.got, 5000, 10000, 0.5), 10000);
    int64_t first = 0;
    while (first < 15000 && s.got[0][first] == l[first]) {
        first++;
    }
    assert_true(first < 15000 - FADE);
    for (int64_t k = 0; k < FADE; k++) {
        assert_true(fabs((double)s.got[0][first + k] - (double)l[first + k] * (1.0 - curve(k, FADE))) < 1e-6);
    }
    assert_true(s.got[0][first + FADE] == 0.0F);
    stage_end(&s);
}

/* More channels than the device has: they share, by 1/n. */
static void test_fewer_channels(void **state)
{
    (void)state;
    const FakeDevice two = {.buffer_frames = 256, .n_channels = 2};
    Stage s = stage_new(&two, 3, RATE);
    stage_begin(&s, 2);
    sono_player_play(s.player, &(SonoPlayRange){0, 4800, false}, 0);
    assert_int_equal(fake_take(s.got, 0, 4800, 0.5), 4800);
    for (int i = 0; i < 4800; i++) {
        assert_true(s.got[0][i] == 0.5F * s.flat.pcm[0][i] + 0.5F * s.flat.pcm[2][i]);
        assert_true(s.got[1][i] == s.flat.pcm[1][i]);
    }
    stage_end(&s);
}

static void test_change_of_range(void **state)
{
    (void)state;
    Stage s = stage_new(&plain, 2, RATE * 2);
    stage_begin(&s, 2);
    sono_player_play(s.player, &(SonoPlayRange){0, 48000, true}, 0);
    assert_int_equal(fake_take(s.got, 0, 10000, 0.5), 10000);
    sono_player_set_range(s.player, &(SonoPlayRange){0, 60000, false}); /* from where it is, to the new end */
    assert_int_equal(fake_take(s.got, 10000, 60000, 0.5), 50000);
    expect_bits(&s, 0, 0, s.flat.pcm[0], 60000, "longer, no loop any more");

    sono_player_play(s.player, &(SonoPlayRange){0, 48000, true}, 0);
    assert_int_equal(fake_take(s.got, 0, 10000, 0.5), 10000);
    sono_player_set_range(s.player, &(SonoPlayRange){20000, 30000, true}); /* it is outside: from its start */
    fake_settle();
    assert_int_equal(fake_take(s.got, 0, 9000, 0.5), 9000);
    expect_bits(&s, 0, 0, s.flat.pcm[0] + 20000, 9000, "the new range from its start");
    stage_end(&s);
}

/* What the player says is where the device says it is, latency included. */
static void test_position(void **state)
{
    (void)state;
    const FakeDevice late = {.buffer_frames = 256, .latency_s = 0.02};
    Stage s = stage_new(&late, 2, RATE * 4);
    stage_begin(&s, 2);
    sono_player_play(s.player, &(SonoPlayRange){1000, RATE * 4, false}, 1000);
    assert_true(sono_player_state(s.player).position_frames == 1000.0);
    double worst = 0.0;
    for (int i = 0; i < 60; i++) {
        assert_int_equal(fake_take(s.got, 0, 256, 0.5), 256);
        PlayRing *ring = fake_ring();
        const struct timespec t = {0, 3000000};
        (void)nanosleep(&t, NULL);
        const double before_s = sono_now_s();
        const SonoPlayState now = sono_player_state(s.player);
        const double after_s = sono_now_s();
        const double frame = (double)atomic_load(&ring->place_frame);
        const double dac_s = 1e-9 * (double)atomic_load(&ring->place_dac_ns);
        const double most = 1000.0 + (double)atomic_load(&ring->taken);
        double low = 1000.0 + frame + (before_s - dac_s) * RATE;
        double high = 1000.0 + frame + (after_s - dac_s) * RATE;
        low = fmin(fmax(low, 1000.0), most);
        high = fmin(fmax(high, 1000.0), most);
        worst = fmax(worst, fmax(low - now.position_frames, now.position_frames - high));
        assert_int_equal(now.phase, SONO_PLAY_PLAYING);
    }
    print_message("position: at most %.3f frames beside the device's own\n", worst);
    assert_true(worst <= 1.0);
    stage_end(&s);
}

/* The same by what is heard: the sound is a ramp, so the level of the frame that is at the device's output now says
 * which frame of the clip it is. */
static void check_place(double clip_hz, double device_hz, const SonoPlayRange *range, double most_s)
{
    enum { N = RATE * 4, PER_ROUND = 256 };
    const FakeDevice late = {.buffer_frames = PER_ROUND, .latency_s = 0.01, .rate_hz = device_hz};
    Stage s = stage_new(&late, 1, 1);
    sono_clip_unref(s.clip);
    flat_free(&s.flat);
    s.flat = flat_new(1, N);
    for (int i = 0; i < N; i++) {
        s.flat.pcm[0][i] = (float)i / N;
    }
    SonoError err = {0};
    SonoClipBuilder *b = NULL;
    uint64_t seed = 1;
    assert_ok(sono_clip_builder_new(s.store, clip_hz, 1, &b, &err), err);
    append_flat(b, &s.flat, 65536, &seed);
    assert_ok(sono_clip_builder_finish(b, &s.clip, &err), err);
    stage_begin(&s, 2);
    sono_player_play(s.player, range, range->start_frame);
    double worst = 0.0;
    int64_t n_looked = 0;
    for (int64_t done = 0; done < PER_ROUND * 300; done += PER_ROUND) {
        assert_int_equal(fake_take(s.got, done, PER_ROUND, 0.5), PER_ROUND);
        PlayRing *ring = fake_ring();
        const struct timespec t = {0, 1000000};
        (void)nanosleep(&t, NULL);
        const double before_s = sono_now_s();
        const SonoPlayState now = sono_player_state(s.player);
        const double after_s = sono_now_s();
        const double dac_s = 1e-9 * (double)atomic_load(&ring->place_dac_ns);
        const double frame = (double)atomic_load(&ring->place_frame) + (0.5 * (before_s + after_s) - dac_s) * device_hz;
        const int64_t i = (int64_t)floor(frame);
        /* not where the device is ahead of itself, at an edge, or within a seam */
        if (after_s - before_s > 2e-5 || i < 1000 || i + 1 >= done + PER_ROUND || s.got[0][i + 1] < s.got[0][i] ||
            (range->loop && (double)range->end_frame - now.position_frames < 0.02 * clip_hz)) {
            continue;
        }
        const double level = (double)s.got[0][i] + (frame - (double)i) * (double)(s.got[0][i + 1] - s.got[0][i]);
        worst = fmax(worst, fabs(level * N - now.position_frames));
        n_looked++;
    }
    print_message("%g Hz on %g Hz%s: at most %.3f frames beside what is heard (%lld looks)\n", clip_hz, device_hz,
                  range->loop ? ", loop" : "", worst, (long long)n_looked);
    assert_true(n_looked > 50);
    assert_true(worst <= fmax(1.0 + 1e-5 * clip_hz, most_s * clip_hz)); /* the look itself takes up to 10 us */
    stage_end(&s);
}

static void test_place(void **state)
{
    (void)state;
    check_place(48000.0, 48000.0, &(SonoPlayRange){1000, RATE * 4, false}, 0.0);
    check_place(48000.0, 48000.0, &(SonoPlayRange){20000, 31000, true}, 0.0);
    check_place(44100.0, 48000.0, &(SonoPlayRange){1000, RATE * 4, false}, 0.002);
    check_place(96000.0, 44100.0, &(SonoPlayRange){20000, 31000, true}, 0.002);
}

static bool is_playing(void *ctx)
{
    return sono_player_state(ctx).output.phase == SONO_OUTPUT_RUNNING;
}

static void test_lost_device(void **state)
{
    (void)state;
    Stage s = stage_new(&plain, 2, RATE * 4);
    stage_begin(&s, 2);
    sono_player_play(s.player, &(SonoPlayRange){0, RATE * 4, false}, 0);
    assert_int_equal(fake_take(s.got, 0, 20000, 0.5), 20000);
    const double at = sono_player_state(s.player).position_frames;
    fake_output_plug(false);
    const struct timespec t = {0, 100000000};
    (void)nanosleep(&t, NULL);
    const SonoPlayState lost = sono_player_state(s.player);
    assert_int_equal(lost.phase, SONO_PLAY_PLAYING);
    assert_int_equal(lost.output.phase, SONO_OUTPUT_LOST);
    assert_false(lost.sounding);
    assert_true(fabs(lost.position_frames - at) <= 20000.0 - at + 1.0 || lost.position_frames >= at);
    fake_output_plug(true);
    wait_until(is_playing, s.player, 2.0, "the device is back");
    assert_int_equal(fake_take(s.got, 0, 5000, 0.5), 5000);
    expect_bits(&s, 0, 0, s.flat.pcm[0] + (int64_t)lost.position_frames, 5000, "from where it was heard last");
    stage_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_range),          cmocka_unit_test(test_loops),           cmocka_unit_test(test_new_sound),
        cmocka_unit_test(test_minus),          cmocka_unit_test(test_jump_and_stop),   cmocka_unit_test(test_mixes),
        cmocka_unit_test(test_fewer_channels), cmocka_unit_test(test_change_of_range), cmocka_unit_test(test_position),
        cmocka_unit_test(test_place),          cmocka_unit_test(test_lost_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
