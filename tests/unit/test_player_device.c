/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a player asks of its device, when it opens and closes it, and that its meters show what is heard, when it is
 * heard. */
#include "player_fixture.h"

#include <math.h>
#include <time.h>

#include "sono_clock.h"

#define RATE 44100
#define IDLE_S 30.0

typedef struct Stage {
    char dir[64];
    SonoPcmStore *store;
    SonoPlayer *player;
    SonoClip *clip;
} Stage;

static SonoClip *constant_clip(SonoPcmStore *store, double rate_hz, int n_channels, int64_t n_frames, float level)
{
    SonoError err = {0};
    SonoClipBuilder *b = NULL;
    SonoClip *clip = NULL;
    float *plane = sono_alloc_aligned((size_t)n_frames, sizeof *plane);
    const float *pcm[MAX_TEST_CHANNELS] = {plane, plane, plane, plane};
    assert_non_null(plane);
    for (int64_t i = 0; i < n_frames; i++) {
        plane[i] = i % 2 ? level : -level;
    }
    assert_ok(sono_clip_builder_new(store, rate_hz, n_channels, &b, &err), err);
    assert_ok(sono_clip_builder_append(b, pcm, n_frames, &err), err);
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    sono_free(plane);
    return clip;
}

static Stage stage_new(const FakeDevice *device, int n_channels, float level)
{
    Stage s = {0};
    SonoError err = {0};
    make_temp_dir(s.dir);
    fake_output_set(device);
    s.store = store_new(0, s.dir);
    s.clip = constant_clip(s.store, RATE, n_channels, RATE * 4, level);
    assert_ok(sono_player_new(NULL, NULL, &s.player, &err), err);
    sono_player_set_sound(s.player, &(SonoPlaySound){.clip = s.clip});
    return s;
}

static void stage_end(Stage *s)
{
    sono_player_free(s->player);
    sono_clip_unref(s->clip);
    expect_empty(s->store);
    sono_pcm_store_unref(s->store);
    (void)rmdir(s->dir);
}

static void nap(double s)
{
    const struct timespec t = {(time_t)s, (long)(1e9 * (s - floor(s)))};
    (void)nanosleep(&t, NULL);
}

static bool has_two_opens(void *ctx)
{
    (void)ctx;
    return fake_output_n_opens() == 2;
}

static bool has_three_opens(void *ctx)
{
    (void)ctx;
    return fake_output_n_opens() == 3;
}

static void test_wishes(void **state)
{
    (void)state;
    Stage s = stage_new(&(FakeDevice){.buffer_frames = 256}, 1, 0.5F);
    nap(0.05);
    assert_int_equal(fake_output_n_opens(), 0); /* not before something is to sound */
    const SonoPlayRange range = {0, RATE * 4, false};
    sono_player_play(s.player, &range, 0);
    assert_int_equal(fake_take(NULL, 0, 1000, 0.5), 1000);
    SonoOutputWish wish = fake_output_wish();
    assert_true(wish.rate_hz == RATE && wish.n_channels == 2 && wish.buffer_frames == 0 && wish.n_in_channels == 0);
    assert_string_equal(wish.device, "");

    /* another device, while it plays: opened at once, and it goes on there */
    sono_player_set_device(s.player, "somewhere else", 48000.0, 512);
    wait_until(has_two_opens, NULL, 2.0, "the other device is opened");
    nap(0.05); /* the feeder lets go of the old ring */
    assert_int_equal(fake_take(NULL, 0, 5000, 0.5), 5000);
    wish = fake_output_wish();
    assert_string_equal(wish.device, "somewhere else");
    assert_true(wish.rate_hz == 48000.0 && wish.buffer_frames == 512);
    const SonoPlayState now = sono_player_state(s.player);
    assert_int_equal(now.phase, SONO_PLAY_PLAYING);
    assert_true(now.position_frames >= 900.0 && now.position_frames <= 1000.0 + 5000.0 * RATE / 48000.0);

    /* another file: its channels, when it is played; not before */
    SonoClip *wide = constant_clip(s.store, RATE, 4, RATE, 0.1F);
    sono_player_stop(s.player);
    sono_player_set_sound(s.player, &(SonoPlaySound){.clip = wide});
    nap(0.05);
    assert_int_equal(fake_output_n_opens(), 2);
    sono_player_play(s.player, &(SonoPlayRange){0, RATE, false}, 0);
    wait_until(has_three_opens, NULL, 2.0, "the device is opened for four channels");
    assert_int_equal(fake_output_wish().n_channels, 4);
    sono_clip_unref(wide);
    stage_end(&s);
}

static bool is_closed(void *ctx)
{
    (void)ctx;
    return !fake_output_is_open();
}

static void test_idle(void **state)
{
    (void)state;
    Stage s = stage_new(&(FakeDevice){.buffer_frames = 256}, 2, 0.5F);
    sono_player_play(s.player, &(SonoPlayRange){0, RATE, false}, 0);
    assert_int_equal(fake_take(NULL, 0, RATE + 1000, 0.5), RATE);
    nap(0.1);
    assert_int_equal(sono_player_state(s.player).phase, SONO_PLAY_STOPPED);
    const double ended_s = sono_now_s();
    nap(IDLE_S - 3.0);
    assert_true(fake_output_is_open());
    wait_until(is_closed, NULL, 8.0, "the idle device is closed");
    const double idle_s = sono_now_s() - ended_s;
    print_message("closed after %.1f s\n", idle_s);
    assert_true(idle_s > IDLE_S - 1.0 && idle_s < IDLE_S + 3.0);
    sono_player_play(s.player, &(SonoPlayRange){0, RATE, false}, 0);
    assert_int_equal(fake_take(NULL, 0, 5000, 0.5), 5000);
    assert_int_equal(fake_output_n_opens(), 2);
    stage_end(&s);
}

/* A quarter of a second of latency: meters wait for it as ears do. */
static void test_meters(void **state)
{
    (void)state;
    const double latency_s = 0.25;
    Stage s = stage_new(&(FakeDevice){.buffer_frames = 256, .latency_s = latency_s}, 2, 0.5F);
    SonoMeterReading r = sono_player_state(s.player).meters;
    assert_true((double)r.peak_db[0] <= SONO_METER_FLOOR_DB);
    sono_player_set_mix(s.player, &(SonoPlayMix){.muted = {2}}); /* the right one is not heard */
    sono_player_play(s.player, &(SonoPlayRange){0, RATE * 4, false}, 0);
    (void)fake_ring();
    const double start_s = sono_now_s();
    double shown_s = 0.0;
    for (int64_t taken = 0; sono_now_s() < start_s + 0.6;) { /* in step with the clock */
        if ((double)taken < (sono_now_s() - start_s) * RATE) {
            taken += fake_take(NULL, 0, 256, 0.0);
        } else {
            nap(0.001);
        }
        r = sono_player_state(s.player).meters;
        if (shown_s == 0.0 && (double)r.peak_db[0] > -20.0) {
            shown_s = sono_now_s() - start_s;
        }
    }
    print_message("shown after %.0f ms\n", 1e3 * shown_s);
    assert_true(shown_s >= latency_s - 0.02 && shown_s <= latency_s + 0.1);
    assert_true(fabs((double)r.peak_db[0] + 6.02) < 0.05 && fabs((double)r.hold_db[0] + 6.02) < 0.05);
    assert_true((double)r.peak_db[1] <= SONO_METER_FLOOR_DB);
    assert_int_equal(r.n_channels, 2);
    assert_int_equal(r.clipped, 0);

    /* too loud by gain: the light goes on, and stays until it is reset */
    sono_player_set_mix(s.player, &(SonoPlayMix){.gain_db = 7.0});
    (void)fake_take(NULL, 0, RATE / 2, 0.2);
    nap(0.3);
    assert_int_equal(sono_player_state(s.player).meters.clipped, 3);
    sono_player_stop(s.player);
    nap(0.3);
    sono_player_reset_meters(s.player);
    nap(0.1);
    r = sono_player_state(s.player).meters;
    assert_int_equal(r.clipped, 0);
    assert_true((double)r.hold_db[0] <= SONO_METER_FLOOR_DB);
    stage_end(&s);
}

/* What a jump drops is not metered: a loud part that was queued, but never played. */
static void test_dropped(void **state)
{
    (void)state;
    Stage s = stage_new(&(FakeDevice){.buffer_frames = 256}, 2, 0.01F);
    SonoError err = {0};
    SonoClip *loud = NULL;
    static float full[RATE];
    const float *planes[2] = {full, full};
    for (int i = 0; i < RATE; i++) {
        full[i] = 1.0F;
    }
    assert_ok(sono_clip_splice(s.clip, RATE, RATE, planes, &loud, &err), err);
    sono_player_set_sound(s.player, &(SonoPlaySound){.clip = loud});
    sono_player_play(s.player, &(SonoPlayRange){0, RATE * 4, false}, RATE - 1000);
    assert_int_equal(fake_take(NULL, 0, 256, 0.5), 256); /* 744 frames before the loud part, which is queued */
    fake_settle();
    sono_player_play(s.player, &(SonoPlayRange){0, RATE * 4, false}, 0);
    fake_settle();
    assert_int_equal(fake_take(NULL, 0, 20000, 0.5), 20000);
    nap(0.1);
    const SonoMeterReading r = sono_player_state(s.player).meters;
    assert_int_equal(r.clipped, 0);
    assert_true((double)r.hold_db[0] < -39.0);
    sono_clip_unref(loud);
    stage_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wishes),
        cmocka_unit_test(test_meters),
        cmocka_unit_test(test_dropped),
        cmocka_unit_test(test_idle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
