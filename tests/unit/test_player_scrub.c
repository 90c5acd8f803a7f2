/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scrubbing: follows a hand at its speed, in both directions, without a click; a hand that rests is silent; a far leap
 * is a short fade. Hands are told sixty times a second, as from a pointer. */
#include "player_fixture.h"

#include <math.h>

#include "feeder_scrub.h"
#include "sono_clock.h"

#define RATE 48000
#define LENGTH_S 20
#define FREQ_HZ 440.0
#define LEVEL 0.5
#define PI 3.14159265358979323846
#define PER_MOVE (RATE / 60)
#define MAX_FRAMES (RATE * 4)

typedef struct Stage {
    char dir[64];
    SonoPcmStore *store;
    SonoClip *clip;
    FeederScrub *scrub;
    PlayVoice voice;
    double hand;
    int64_t n;
    float *out;     /* what was heard */
    double *places; /* the frame of the clip at the end of each move */
    int64_t n_moves;
} Stage;

static Stage stage_new(double at_frame)
{
    Stage s = {.hand = at_frame};
    make_temp_dir(s.dir);
    s.store = store_new(0, s.dir);
    Flat flat = flat_new(1, RATE * LENGTH_S);
    for (int64_t i = 0; i < flat.n_frames; i++) {
        flat.pcm[0][i] = (float)(LEVEL * sin(2.0 * PI * FREQ_HZ * (double)i / RATE));
    }
    s.clip = clip_of_flat(s.store, &flat);
    flat_free(&flat);
    s.scrub = feeder_scrub_new(1);
    s.out = sono_alloc_aligned(MAX_FRAMES, sizeof *s.out);
    s.places = sono_alloc_aligned(MAX_FRAMES / PER_MOVE, sizeof *s.places);
    assert_true(s.scrub && s.out && s.places);
    s.voice = (PlayVoice){.sound = {.clip = s.clip}};
    feeder_scrub_begin(s.scrub, at_frame);
    return s;
}

static void stage_free(Stage *s)
{
    feeder_scrub_free(s->scrub);
    sono_clip_unref(s->clip);
    sono_free(s->out);
    sono_free(s->places);
    expect_empty(s->store);
    sono_pcm_store_unref(s->store);
    (void)rmdir(s->dir);
}

/* The hand moves at speed for some time. */
static void drag(Stage *s, double speed, double length_s)
{
    for (int move = 0; move < (int)(length_s * 60.0); move++) {
        s->hand += speed * PER_MOVE;
        for (int done = 0; done < PER_MOVE;) {
            const int n = PER_MOVE - done < SCRUB_BLOCK_FRAMES ? PER_MOVE - done : SCRUB_BLOCK_FRAMES;
            float *out[1] = {s->out + s->n};
            assert_true(feeder_scrub_render(s->scrub, &s->voice, s->hand, RATE, n, out));
            s->n += n;
            done += n;
        }
        s->places[s->n_moves++] = feeder_scrub_at(s->scrub);
    }
}

/* Nothing bends more sharply than the sine at the highest speed. */
static void expect_smooth(const Stage *s, double max_speed)
{
    const double omega = 2.0 * PI * FREQ_HZ * max_speed / RATE;
    const double most = LEVEL * omega * omega * 1.1 + 1e-3;
    for (int64_t i = 1; i + 1 < s->n; i++) {
        const double bend = (double)s->out[i + 1] - 2.0 * (double)s->out[i] + (double)s->out[i - 1];
        if (fabs(bend) > most) {
            fail_msg("frame %lld of %lld bends by %.4f, more than %.4f", (long long)i, (long long)s->n, bend, most);
        }
    }
}

static int crossings(const Stage *s, int64_t from, int64_t to)
{
    int n = 0;
    for (int64_t i = from + 1; i < to; i++) {
        n += s->out[i - 1] < 0.0F && s->out[i] >= 0.0F;
    }
    return n;
}

static void test_speeds(void **state)
{
    (void)state;
    static const double speeds[] = {1.0, -1.0, 0.5, 2.0, -3.0};
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        Stage s = stage_new(RATE * 10.0);
        drag(&s, speeds[i], 2.0);
        /* its pitch is the hand's, once it has caught up */
        const int n = crossings(&s, RATE, 2 * RATE);
        assert_true(fabs(n - FREQ_HZ * fabs(speeds[i])) <= 0.01 * FREQ_HZ * fabs(speeds[i]) + 2.0);
        expect_smooth(&s, fabs(speeds[i]) * 1.3);
        /* 50 ms behind, and no more */
        assert_true(fabs(s.hand - feeder_scrub_at(s.scrub)) <= 0.07 * RATE * fabs(speeds[i]));
        float peak = 0.0F;
        for (int64_t k = RATE; k < 2 * RATE; k++) {
            peak = fmaxf(peak, fabsf(s.out[k]));
        }
        assert_true(fabs((double)peak - LEVEL) < 0.02);

        /* it comes to rest under the hand, exactly, and is silent */
        drag(&s, 0.0, 0.5);
        assert_true(feeder_scrub_at(s.scrub) == s.hand);
        for (int64_t k = s.n - RATE / 10; k < s.n; k++) {
            assert_true(s.out[k] == 0.0F);
        }
        expect_smooth(&s, fabs(speeds[i]) * 1.3);
        drag(&s, -speeds[i], 0.5); /* and back */
        expect_smooth(&s, fabs(speeds[i]) * 1.3);
        stage_free(&s);
    }
}

/* A shaking hand, and one that is somewhere else at once. */
static void test_leaps(void **state)
{
    (void)state;
    Stage s = stage_new(RATE * 10.0);
    for (int i = 0; i < 6; i++) {
        drag(&s, i % 2 ? 3.0 : -3.0, 0.1);
    }
    s.hand = RATE * 2.0;
    drag(&s, 1.0, 0.5);
    assert_true(fabs(s.hand - feeder_scrub_at(s.scrub)) <= 0.07 * RATE);
    s.hand = RATE * 15.0;
    drag(&s, -1.0, 0.5);
    drag(&s, 40.0, 0.3); /* faster than anything that can be followed */
    drag(&s, 0.0, 0.7);
    assert_true(feeder_scrub_at(s.scrub) == fmin(s.hand, (double)RATE * LENGTH_S));
    expect_smooth(&s, 4.0);
    stage_free(&s);
}

/* An edit under the hand: another sound without a step. */
static void test_new_sound(void **state)
{
    (void)state;
    Stage s = stage_new(RATE * 10.0);
    drag(&s, 1.0, 1.0);
    Flat silence = flat_new(1, RATE * LENGTH_S);
    SonoClip *clip = clip_of_flat(s.store, &silence);
    flat_free(&silence);
    s.voice.sound.clip = clip;
    drag(&s, 1.0, 0.5);
    assert_true(s.out[s.n - 1] == 0.0F);
    for (int64_t i = 1; i < s.n; i++) {
        assert_true(fabs((double)s.out[i] - (double)s.out[i - 1]) < 2.0 * PI * FREQ_HZ / RATE * LEVEL * 1.3 + 0.01);
    }
    drag(&s, 1.0, 0.1); /* the scrubber has let go of the old one by now */
    sono_clip_unref(s.clip);
    s.clip = clip;
    stage_free(&s);
}

static bool is_at_hand(void *ctx)
{
    (void)fake_take(NULL, 0, PER_MOVE, 0.0);
    const SonoPlayState now = sono_player_state(ctx);
    return now.phase == SONO_PLAY_SCRUBBING && now.position_frames == (double)RATE * 5;
}

/* Through the player: phases, positions, and playing on. */
static void test_player(void **state)
{
    (void)state;
    Stage s = stage_new(0.0);
    SonoError err = {0};
    SonoPlayer *player = NULL;
    fake_output_set(&(FakeDevice){.rate_hz = 44100.0, .buffer_frames = 256});
    assert_ok(sono_player_new(NULL, NULL, &player, &err), err);
    sono_player_set_sound(player, &(SonoPlaySound){.clip = s.clip});
    for (int i = 0; i <= 30; i++) {
        sono_player_scrub(player, RATE * 5 - (30 - i) * PER_MOVE);
        (void)fake_take(NULL, 0, 44100 / 60, 0.5);
    }
    assert_int_equal(sono_player_state(player).phase, SONO_PLAY_SCRUBBING);
    wait_until(is_at_hand, player, 5.0, "the playhead is under the hand");
    sono_player_stop(player);
    const SonoPlayState now = sono_player_state(player);
    assert_int_equal(now.phase, SONO_PLAY_STOPPED);
    assert_true(now.position_frames == (double)RATE * 5);
    sono_player_play(player, &(SonoPlayRange){0, RATE * LENGTH_S, false}, RATE * 5);
    assert_int_equal(fake_take(NULL, 0, 5000, 0.5), 5000);
    assert_int_equal(sono_player_state(player).phase, SONO_PLAY_PLAYING);
    sono_player_free(player);
    stage_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_speeds),
        cmocka_unit_test(test_leaps),
        cmocka_unit_test(test_new_sound),
        cmocka_unit_test(test_player),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
