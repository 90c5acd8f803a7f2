/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What play_ring.h promises of the last stage: which frames are heard, how they are faded, and that nothing hurts,
 * whatever is fed and however the device asks for it. */
#include "last_stage.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "sono_test.h"

#define RATE_HZ 48000.0
#define N_CHANNELS 3
#define TAPE_FRAMES 400000
#define STEP_LIMIT 0.01f /* -40 dBFS */
#define NS_PER_FRAME (1e9 / RATE_HZ)

typedef float (*Source)(uint32_t channel, uint64_t frame);

/* A feeder, a device and its tape in one thread. */
typedef struct Rig {
    PlayRing *ring;
    LastStage *stage;
    uint32_t capacity, fade;
    uint64_t fed, noise;
    uint32_t n_taped;
    uint32_t n_fixed; /* frames of each call; 0: random */
    float *tape[N_CHANNELS];
} Rig;

static float curve(const Rig *rig, uint64_t i)
{
    return i >= rig->fade ? 1.0f
                          : (float)(0.5 * (1.0 - cos(3.14159265358979323846 * ((double)i + 0.5) / (double)rig->fade)));
}

static float source_noise(uint32_t channel, uint64_t frame)
{
    uint64_t state = (frame + 1) * UINT64_C(0x9e3779b97f4a7c15) + channel * UINT64_C(77777) + 1;
    (void)sono_test_noise(&state);
    return sono_test_noise(&state);
}

static float source_dc(uint32_t channel, uint64_t frame)
{
    (void)frame;
    return channel == 1 ? -1.0f : 1.0f;
}

static float source_square(uint32_t channel, uint64_t frame)
{
    return frame / (50 + 50 * channel) % 2 ? -1.0f : 1.0f;
}

static uint32_t random_below(Rig *rig, uint32_t n)
{
    rig->noise ^= rig->noise >> 12;
    rig->noise ^= rig->noise << 25;
    rig->noise ^= rig->noise >> 27;
    return (uint32_t)((rig->noise * UINT64_C(2685821657736338717)) >> 40) % n;
}

static int rig_setup(void **state)
{
    Rig *rig = calloc(1, sizeof *rig);
    SonoError err;
    int fd = -1;
    assert_non_null(rig);
    assert_ok(play_ring_new(RATE_HZ, N_CHANNELS, 2, 8192, &rig->ring, &fd, &err), err);
    assert_int_equal(close(fd), 0);
    assert_ok(last_stage_new(rig->ring, &rig->stage, &err), err);
    rig->capacity = rig->ring->capacity_frames;
    rig->fade = play_ring_fade_frames(RATE_HZ);
    rig->noise = UINT64_C(88172645463325252);
    for (int c = 0; c < N_CHANNELS; c++) {
        rig->tape[c] = calloc(TAPE_FRAMES, sizeof(float));
        assert_non_null(rig->tape[c]);
    }
    *state = rig;
    return 0;
}

static int rig_teardown(void **state)
{
    Rig *rig = *state;
    last_stage_free(rig->stage);
    play_ring_unmap(rig->ring, rig->ring->bytes);
    for (int c = 0; c < N_CHANNELS; c++) {
        free(rig->tape[c]);
    }
    free(rig);
    return 0;
}

static void feed(Rig *rig, Source source, uint64_t until)
{
    assert_true(until <= atomic_load(&rig->ring->taken) + rig->capacity);
    for (uint32_t c = 0; c < N_CHANNELS; c++) {
        for (uint64_t f = rig->fed; f < until; f++) {
            play_ring_plane(rig->ring, rig->capacity, c)[f & (rig->capacity - 1)] = source(c, f);
        }
    }
    rig->fed = until > rig->fed ? until : rig->fed;
    atomic_store(&rig->ring->written, rig->fed);
}

static void feed_cut(Rig *rig)
{
    atomic_store(&rig->ring->cut, rig->fed);
}

static void feed_end(Rig *rig, uint64_t end)
{
    atomic_store(&rig->ring->end, end);
}

static void call(Rig *rig, uint32_t n)
{
    assert_true(rig->n_taped + n <= TAPE_FRAMES);
    float *out[N_CHANNELS];
    for (int c = 0; c < N_CHANNELS; c++) {
        out[c] = rig->tape[c] + rig->n_taped;
    }
    last_stage_run(rig->stage, NULL, out, n, (int64_t)(rig->n_taped * NS_PER_FRAME));
    rig->n_taped += n;
}

/* n frames in calls of any length. */
static void run(Rig *rig, uint32_t n)
{
    while (n > 0) {
        const uint32_t wish = rig->n_fixed > 0 ? rig->n_fixed : 1 + random_below(rig, 700);
        const uint32_t k = wish < n ? wish : n;
        call(rig, k);
        n -= k;
    }
}

static void assert_bits(float got, float want, const char *what, uint64_t at)
{
    if (memcmp(&got, &want, sizeof got) != 0 && !(got == 0.0f && want == 0.0f)) {
        fail_msg("%s, frame %llu: %.9g, not %.9g", what, (unsigned long long)at, (double)got, (double)want);
    }
}

/* The tape from `at` on is n frames of the source from frame first on, faded in at its beginning, out at its end. */
static void expect(const Rig *rig, Source source, const char *what, uint32_t at, uint64_t first, uint64_t n)
{
    for (uint32_t c = 0; c < N_CHANNELS; c++) {
        for (uint64_t i = 0; i < n; i++) {
            const float gain = curve(rig, i) * curve(rig, n - 1 - i), x = source(c, first + i);
            assert_bits(rig->tape[c][at + i], gain == 1.0f ? x : x * gain, what, i);
        }
    }
}

static void expect_silence(const Rig *rig, const char *what, uint32_t at, uint32_t until)
{
    for (uint32_t c = 0; c < N_CHANNELS; c++) {
        for (uint32_t i = at; i < until; i++) {
            assert_bits(rig->tape[c][i], 0.0f, what, i);
        }
    }
}

/* Sounds of all lengths, one after the other: each faded in and out, what is between with its bits. */
static void test_whole_sounds(void **state)
{
    Rig *rig = *state;
    const uint64_t lengths[] = {1, 2, 100, rig->fade - 1, rig->fade, rig->fade + 1, 2 * rig->fade, 777, 12000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const uint64_t first = rig->fed;
        const uint32_t at = rig->n_taped;
        feed_end(rig, first + lengths[i]);
        feed(rig, source_noise, first + lengths[i]);
        run(rig, (uint32_t)lengths[i] + 1000);
        expect(rig, source_noise, "a whole sound", at, first, lengths[i]);
        expect_silence(rig, "after it", at + (uint32_t)lengths[i], rig->n_taped);
    }
    assert_int_equal(atomic_load(&rig->ring->starved), 0);
    assert_int_equal(atomic_load(&rig->ring->taken), rig->fed);
}

/* A cut: 5 ms fade away, the rest before it is dropped, and it goes on there. */
static void test_cut(void **state)
{
    Rig *rig = *state;
    feed(rig, source_noise, 6000);
    run(rig, 2000);
    feed_cut(rig);
    feed_end(rig, 9000);
    feed(rig, source_noise, 9000);
    run(rig, 5000);
    expect(rig, source_noise, "before the cut", 0, 0, 2000 + rig->fade);
    expect(rig, source_noise, "after the cut", 2000 + rig->fade, 6000, 3000);
    expect_silence(rig, "after all", 5000 + rig->fade, rig->n_taped);
    assert_int_equal(atomic_load(&rig->ring->starved), 0);
}

/* To stop at once: everything ends here, and later it goes on elsewhere. */
static void test_stop_and_go_on(void **state)
{
    Rig *rig = *state;
    feed(rig, source_noise, 6000);
    run(rig, 1500);
    feed_end(rig, rig->fed);
    feed_cut(rig);
    run(rig, 1000);
    expect(rig, source_noise, "stopped", 0, 0, 1500 + rig->fade);
    expect_silence(rig, "stopped", 1500 + rig->fade, rig->n_taped);
    assert_int_equal(atomic_load(&rig->ring->taken), 6000);
    feed_end(rig, 8000);
    feed(rig, source_noise, 8000);
    run(rig, 3000);
    expect(rig, source_noise, "again", 2500, 6000, 2000);
}

/* Starved: fades out over what was kept for that, and goes on with the next frame: none is lost. */
static void test_starvation(void **state)
{
    Rig *rig = *state;
    feed(rig, source_noise, 3000);
    run(rig, 5000);
    expect(rig, source_noise, "starved", 0, 0, 3000);
    expect_silence(rig, "starved", 3000, rig->n_taped);
    assert_int_equal(atomic_load(&rig->ring->starved), 1);
    feed_end(rig, 7000);
    feed(rig, source_noise, 7000);
    run(rig, 5000);
    expect(rig, source_noise, "fed again", 5000, 3000, 4000);
    assert_int_equal(atomic_load(&rig->ring->starved), 1);
}

/* A ring that fills too slowly to begin with is waited for, but not for ever. */
static void test_patience(void **state)
{
    Rig *rig = *state;
    rig->n_fixed = 64;
    feed(rig, source_noise, 300);
    run(rig, 320);
    expect_silence(rig, "waiting", 0, 320);
    run(rig, 64 * 20);
    expect(rig, source_noise, "not for ever", 960, 0, 300);
    assert_int_equal(atomic_load(&rig->ring->starved), 1);
}

/* Bits: what needs no change has none, also next to what does. */
static void test_bits_and_clips(void **state)
{
    Rig *rig = *state;
    static const float odd[] = {1.0f, -1.0f, -0.0f, 1e-40f, -1e-45f, 0.9999999f, 1e-30f};
    rig->n_fixed = 250; /* what is clipped and what is not, in one block */
    feed_end(rig, 4000);
    feed(rig, source_noise, 4000);
    for (uint32_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        play_ring_plane(rig->ring, rig->capacity, 0)[1000 + i] = odd[i];
        play_ring_plane(rig->ring, rig->capacity, 0)[2000 + i] = odd[i];
    }
    play_ring_plane(rig->ring, rig->capacity, 0)[2100] = 1.5f;
    play_ring_plane(rig->ring, rig->capacity, 1)[2101] = -7.9f;
    play_ring_plane(rig->ring, rig->capacity, 2)[2102] = NAN;
    play_ring_plane(rig->ring, rig->capacity, 2)[2103] = -INFINITY;
    run(rig, 5000);
    for (uint32_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_memory_equal(&rig->tape[0][1000 + i], &odd[i], sizeof odd[i]);
        assert_memory_equal(&rig->tape[0][2000 + i], &odd[i], sizeof odd[i]);
    }
    assert_true(rig->tape[0][2100] == 1.0f && rig->tape[1][2101] == -1.0f);
    assert_true(rig->tape[2][2102] == 0.0f && rig->tape[2][2103] == 0.0f);
    assert_int_equal(atomic_load(&rig->ring->clipped), 2);
    assert_int_equal(atomic_load(&rig->ring->non_finite), 2);
    assert_int_equal(atomic_load(&rig->ring->muted), 0);
    assert_bits(rig->tape[0][2099], source_noise(0, 2099), "next to a clip", 2099);
}

static void expect_calm(const Rig *rig, const char *what, bool only_same_sign)
{
    float worst = 0.0f;
    for (uint32_t c = 0; c < N_CHANNELS; c++) {
        for (uint32_t i = 1; i < rig->n_taped; i++) {
            const float a = rig->tape[c][i - 1], b = rig->tape[c][i];
            if (!(b >= -1.0f && b <= 1.0f)) {
                fail_msg("%s, frame %u: %g", what, i, (double)b);
            }
            if (!only_same_sign || a * b >= 0.0f) {
                worst = fmaxf(worst, fabsf(b - a));
            }
            if (worst > STEP_LIMIT) {
                fail_msg("%s, frame %u: a step from %g to %g", what, i, (double)a, (double)b);
            }
        }
    }
    print_message("%s: steepest step %.1f dBFS\n", what, 20.0 * log10((double)worst));
}

/* Starts, stops, seeks, ends and droughts at random. */
static void harass(Rig *rig, Source source)
{
    while (rig->n_taped < TAPE_FRAMES - 10000) {
        const uint64_t taken = atomic_load(&rig->ring->taken);
        const uint64_t room = taken + rig->capacity - rig->fed;
        const uint32_t dice = random_below(rig, 10);
        if (dice == 0) {
            feed_cut(rig);
        } else if (dice == 1) {
            feed_end(rig, rig->fed);
            feed_cut(rig);
        } else if (dice == 2) {
            feed_end(rig, rig->fed + random_below(rig, 800));
        } else if (dice == 3) {
            feed_end(rig, PLAY_RING_NO_END);
        }
        uint64_t more = random_below(rig, 1500);
        feed(rig, source, rig->fed + (more < room ? more : room));
        run(rig, 1 + random_below(rig, 1000));
    }
}

static void test_dc(void **state)
{
    Rig *rig = *state;
    harass(rig, source_dc);
    assert_true(atomic_load(&rig->ring->starved) > 10);
    expect_calm(rig, "DC at full scale", false);
}

static void test_square(void **state)
{
    Rig *rig = *state;
    harass(rig, source_square);
    expect_calm(rig, "full-scale square", true);
}

static float source_burst(uint32_t channel, uint64_t frame)
{
    static const float loud[] = {1e30f, -1e30f, 8.5f, 3e38f};
    return frame % 17000 > 16000 ? loud[frame % 4] : source_dc(channel, frame);
}

static void test_bursts(void **state)
{
    Rig *rig = *state;
    harass(rig, source_burst);
    assert_true(atomic_load(&rig->ring->muted) > 3);
    expect_calm(rig, "DC with bursts of 1e30", false);
}

static float source_hostile(uint32_t channel, uint64_t frame)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, 1e30f, -3e38f, 7.0f, -2.0f};
    const uint64_t h = (frame * 31 + channel) * UINT64_C(0x9e3779b97f4a7c15) >> 40;
    return h % 3000 < 7 ? odd[h % 7] : frame % 9000 < 300 ? NAN : source_noise(channel, frame);
}

static void test_hostile(void **state)
{
    Rig *rig = *state;
    harass(rig, source_hostile);
    for (uint32_t c = 0; c < N_CHANNELS; c++) {
        for (uint32_t i = 0; i < rig->n_taped; i++) {
            assert_true(rig->tape[c][i] >= -1.0f && rig->tape[c][i] <= 1.0f);
        }
    }
    assert_true(atomic_load(&rig->ring->non_finite) > 100);
    assert_true(atomic_load(&rig->ring->muted) > 3);
}

static float source_one_burst(uint32_t channel, uint64_t frame)
{
    return frame == 3000 && channel == 1 ? 9.0f : source_noise(channel, frame);
}

/* One sample that is absurdly loud: what was heard before dies away over 5 ms, 100 ms of silence, a fade in; the sound
 * goes on where it would have been. */
static void test_mute(void **state)
{
    Rig *rig = *state;
    const uint32_t quiet = (uint32_t)(RATE_HZ * PLAY_RING_MUTE_S), fade = rig->fade;
    rig->n_fixed = 100; /* the block from 3000 to 3099 */
    feed_end(rig, 12000);
    feed(rig, source_one_burst, 12000);
    run(rig, 12500);
    for (uint32_t c = 0; c < N_CHANNELS; c++) {
        const float *tape = rig->tape[c];
        assert_bits(tape[2999], source_noise(c, 2999), "before", 2999);
        for (uint32_t i = 0; i < fade; i++) {
            assert_bits(tape[3000 + i], tape[2999] * curve(rig, fade - 1 - i), "dies away", i);
        }
        expect_silence(rig, "muted", 3000 + fade, 3000 + fade + quiet);
        for (uint32_t i = 0; i < fade; i++) {
            const uint32_t at = 3000 + fade + quiet + i;
            assert_bits(tape[at], source_noise(c, at) * curve(rig, i), "returns", i);
        }
        assert_bits(tape[9000], source_noise(c, 9000), "after", 9000);
    }
    assert_int_equal(atomic_load(&rig->ring->muted), 1);
    assert_int_equal(atomic_load(&rig->ring->clipped), 0);
}

static float source_short_gaps(uint32_t channel, uint64_t frame)
{
    return channel == 2 && frame % 2000 >= 1970 ? NAN : source_noise(channel, frame);
}

static float source_long_gap(uint32_t channel, uint64_t frame)
{
    return channel == 2 && frame >= 60000 ? NAN : source_noise(channel, frame);
}

/* What is not finite now and then is silence; a run of it is a fault that nobody is to hear. */
static void test_gaps(void **state)
{
    Rig *rig = *state;
    uint64_t n_bad = 0;
    while (rig->n_taped < 40000) {
        feed(rig, source_short_gaps, rig->fed + 900);
        run(rig, 800);
    }
    for (uint64_t f = 0; f < atomic_load(&rig->ring->taken); f++) {
        n_bad += isnan(source_short_gaps(2, f)) ? 1 : 0;
    }
    assert_true(n_bad > 500);
    assert_int_equal(atomic_load(&rig->ring->non_finite), n_bad);
    assert_int_equal(atomic_load(&rig->ring->muted), 0);
    while (rig->n_taped < 70000) {
        feed(rig, source_long_gap, rig->fed + 900);
        run(rig, 800);
    }
    assert_int_equal(atomic_load(&rig->ring->muted), 1);
    expect_silence(rig, "a long gap", 62000, 70000);
}

static void expect_place(Rig *rig, uint64_t frame, uint32_t at, bool playing)
{
    PlayRingPlace place;
    assert_true(play_ring_place(rig->ring, &place));
    assert_int_equal(place.playing, playing);
    assert_int_equal(place.frame, frame);
    assert_true(llabs(place.dac_ns - (int64_t)(at * NS_PER_FRAME)) <= 2);
}

static void test_place(void **state)
{
    Rig *rig = *state;
    PlayRingPlace place;
    call(rig, 500);
    assert_true(play_ring_place(rig->ring, &place) && !place.playing);
    feed(rig, source_noise, 4000);
    call(rig, 500);
    expect_place(rig, 0, 500, true);
    call(rig, 300);
    expect_place(rig, 500, 1000, true);
    feed_cut(rig);
    feed(rig, source_noise, 7000);
    call(rig, 1000); /* fades out over its first frames, goes on at 4000 behind them */
    expect_place(rig, 4000, 1300 + rig->fade, true);
    feed_end(rig, 7000);
    call(rig, 3000);
    expect_place(rig, 7000, 1300 + rig->fade + 3000, false);
    call(rig, 500);
    expect_place(rig, 7000, 1300 + rig->fade + 3000, false);
}

static void test_capture(void **state)
{
    Rig *rig = *state;
    enum { N = 3000 };
    static float in0[N], in1[N];
    const float *const in[] = {in0, in1};
    float *const out[N_CHANNELS] = {rig->tape[0], rig->tape[1], rig->tape[2]};
    for (uint64_t done = 0; done < 3 * (uint64_t)rig->capacity; done += N) {
        for (uint32_t i = 0; i < N; i++) {
            in0[i] = source_noise(0, done + i);
            in1[i] = source_noise(1, done + i);
        }
        last_stage_run(rig->stage, in, out, N, 0);
        assert_int_equal(atomic_load(&rig->ring->in_written), done + N);
        for (uint32_t c = 0; c < 2; c++) {
            const float *plane = play_ring_in_plane(rig->ring, rig->capacity, N_CHANNELS, c);
            for (uint64_t f = done; f < done + N; f++) {
                assert_bits(plane[f & (rig->capacity - 1)], source_noise(c, f), "captured", f);
            }
        }
    }
    last_stage_run(rig->stage, NULL, out, N, 0);
    const uint64_t last = atomic_load(&rig->ring->in_written) - 1;
    assert_bits(play_ring_in_plane(rig->ring, rig->capacity, N_CHANNELS, 0)[last & (rig->capacity - 1)], 0.0f,
                "no input", last);
}

static void test_ask_silence(void **state)
{
    Rig *rig = *state;
    assert_true(last_stage_is_silent(rig->stage));
    feed(rig, source_noise, 6000);
    run(rig, 2000);
    assert_false(last_stage_is_silent(rig->stage));
    last_stage_ask_silence(rig->stage);
    run(rig, 1000);
    assert_true(last_stage_is_silent(rig->stage));
    expect(rig, source_noise, "silenced", 0, 0, 2000 + rig->fade);
    expect_silence(rig, "silenced", 2000 + rig->fade, rig->n_taped);
}

/* What another version, or memory gone wrong, could hold. */
static void test_refuses(void **state)
{
    Rig *rig = *state;
    LastStage *stage = NULL;
    SonoError err;
    PlayRing *ring = rig->ring;
    const PlayRing good = {.magic = ring->magic,
                           .n_channels = ring->n_channels,
                           .n_in_channels = ring->n_in_channels,
                           .capacity_frames = ring->capacity_frames,
                           .rate_hz = ring->rate_hz,
                           .bytes = ring->bytes};
    PlayRing bad[7];
    for (int i = 0; i < 7; i++) {
        memcpy(&bad[i], &good, sizeof good);
    }
    bad[0].magic++;
    bad[1].n_channels = 0;
    bad[2].n_channels = 65;
    bad[3].n_in_channels = 65;
    bad[4].capacity_frames = 5000;
    bad[5].rate_hz = NAN;
    bad[6].bytes--;
    for (int i = 0; i < 7; i++) {
        assert_int_equal(last_stage_new(&bad[i], &stage, &err), SONO_E_FORMAT);
    }
    assert_null(stage);
}

int main(void)
{
#define RIGGED(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        RIGGED(test_whole_sounds), RIGGED(test_cut),     RIGGED(test_stop_and_go_on), RIGGED(test_starvation),
        RIGGED(test_patience),     RIGGED(test_dc),      RIGGED(test_square),         RIGGED(test_bits_and_clips),
        RIGGED(test_bursts),       RIGGED(test_mute),    RIGGED(test_hostile),        RIGGED(test_place),
        RIGGED(test_gaps),         RIGGED(test_capture), RIGGED(test_refuses),        RIGGED(test_ask_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
