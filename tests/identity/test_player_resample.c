/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reaches a device of another rate is what soxr makes of the same samples in one go: whole ranges, from the
 * middle, round a loop, and over a change of the sound. */
#include "player_fixture.h"

#include <math.h>
#include <soxr.h>

#define LIMIT_DB (-120.0)

static float *offline(const float *pcm, int64_t n, double in_hz, double out_hz, int64_t *n_out)
{
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    const size_t room = (size_t)ceil((double)n * out_hz / in_hz) + 16;
    float *out = sono_alloc_aligned(room, sizeof *out);
    assert_non_null(out);
    size_t done = 0;
    assert_null(soxr_oneshot(in_hz, out_hz, 1, pcm, (size_t)n, NULL, out, room, &done, NULL, &quality, NULL));
    *n_out = (int64_t)done;
    return out;
}

/* Of got against want, in dB. */
static double error_db(const float *got, const float *want, int64_t n)
{
    double error = 0.0;
    double power = 0.0;
    for (int64_t i = 0; i < n; i++) {
        error += ((double)got[i] - (double)want[i]) * ((double)got[i] - (double)want[i]);
        power += (double)want[i] * (double)want[i];
    }
    return 10.0 * log10(fmax(error, 1e-30) / power);
}

typedef struct Stage {
    char dir[64];
    SonoPcmStore *store;
    SonoPlayer *player;
    float *got[2];
} Stage;

#define GOT_FRAMES 2000000

static SonoClip *clip_at_rate(SonoPcmStore *store, const Flat *f, double rate_hz)
{
    SonoError err = {0};
    SonoClipBuilder *b = NULL;
    SonoClip *clip = NULL;
    uint64_t seed = 7;
    assert_ok(sono_clip_builder_new(store, rate_hz, f->n_channels, &b, &err), err);
    append_flat(b, f, 50000, &seed);
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    return clip;
}

static void begin(Stage *s, double device_hz)
{
    SonoError err = {0};
    fake_output_set(&(FakeDevice){.rate_hz = device_hz, .buffer_frames = 256});
    make_temp_dir(s->dir);
    s->store = store_new(0, s->dir);
    assert_ok(sono_player_new(NULL, NULL, &s->player, &err), err);
    for (int c = 0; c < 2; c++) {
        s->got[c] = sono_alloc_aligned(GOT_FRAMES, sizeof(float));
        assert_non_null(s->got[c]);
    }
}

static void end(Stage *s, SonoClip *clip, Flat *flat)
{
    sono_player_free(s->player);
    sono_clip_unref(clip);
    flat_free(flat);
    sono_free(s->got[0]);
    sono_free(s->got[1]);
    expect_empty(s->store);
    sono_pcm_store_unref(s->store);
    (void)rmdir(s->dir);
}

/* All of it, and from a frame that both rates share; but for 5 ms at the edges, where the device fades, and where soxr,
 * which knows nothing of what lies before, drops what its second stage should have got. */
static void check_whole(double in_hz, double out_hz, int64_t from)
{
    Stage s = {0};
    begin(&s, out_hz);
    const int64_t n = (int64_t)in_hz * 2;
    Flat flat = flat_noise(2, n, 31);
    SonoClip *clip = clip_at_rate(s.store, &flat, in_hz);
    sono_player_set_sound(s.player, &(SonoPlaySound){.clip = clip});
    for (int round = 0; round < 2; round++) {
        const int64_t start = round == 0 ? 0 : from;
        const int64_t n_want = (int64_t)ceil((double)(n - start) * out_hz / in_hz - 1e-9);
        sono_player_play(s.player, &(SonoPlayRange){0, n, false}, start);
        const int64_t n_got = fake_take(s.got, 0, GOT_FRAMES, 0.5);
        assert_int_equal(n_got, n_want);
        for (int c = 0; c < 2; c++) {
            int64_t n_off = 0;
            float *want = offline(flat.pcm[c], n, in_hz, out_hz, &n_off);
            const int64_t skip = llround((double)start * out_hz / in_hz);
            const int64_t edge = llround(0.005 * out_hz);
            const int64_t n_both = n_want < n_off - skip ? n_want : n_off - skip;
            const double db = error_db(s.got[c] + edge, want + skip + edge, n_both - 2 * edge);
            print_message("%g Hz to %g Hz from frame %lld: error %.1f dB\n", in_hz, out_hz, (long long)start, db);
            assert_true(db <= LIMIT_DB);
            sono_free(want);
        }
    }
    end(&s, clip, &flat);
}

static void test_whole(void **state)
{
    (void)state;
    check_whole(44100.0, 48000.0, 14700);
    check_whole(48000.0, 44100.0, 32000);
    check_whole(96000.0, 48000.0, 50000);
    check_whole(48000.0, 192000.0, 12345);
    check_whole(8000.0, 48000.0, 777);
}

/* Twenty rounds without a gap: what soxr makes of the rounds one after another. */
static void test_loop(void **state)
{
    (void)state;
    enum { START = 14700, LENGTH = 10007, ROUNDS = 20, FADE = 221 /* 5 ms */ };
    const double in_hz = 44100.0;
    const double out_hz = 48000.0;
    Stage s = {0};
    begin(&s, out_hz);
    Flat flat = flat_noise(1, 44100, 17);
    SonoClip *clip = clip_at_rate(s.store, &flat, in_hz);
    sono_player_set_sound(s.player, &(SonoPlaySound){.clip = clip});
    sono_player_play(s.player, &(SonoPlayRange){START, START + LENGTH, true}, START);
    const int64_t n_in = START + (int64_t)LENGTH * ROUNDS;
    float *line = sono_alloc_aligned((size_t)n_in, sizeof *line);
    assert_non_null(line);
    memcpy(line, flat.pcm[0], START * sizeof *line);
    for (int64_t i = START; i < n_in; i++) {
        const int64_t at = (i - START) % LENGTH;
        line[i] = flat.pcm[0][START + at];
        const int64_t k = at - (LENGTH - FADE);
        if (k >= 0) {
            const double w = 0.5 - 0.5 * cos(3.14159265358979323846 * ((double)k + 0.5) / FADE);
            line[i] += (float)w * (flat.pcm[0][START - FADE + k] - line[i]);
        }
    }
    int64_t n_off = 0;
    float *want = offline(line, n_in, in_hz, out_hz, &n_off);
    const int64_t n = n_off - 16000 - 2000; /* the end rings */
    assert_int_equal(fake_take(s.got, 0, n, 0.5), n);
    const double db = error_db(s.got[0], want + 16000, n);
    print_message("loop of %d rounds: error %.1f dB\n", ROUNDS, db);
    assert_true(db <= LIMIT_DB);
    sono_free(line);
    sono_free(want);
    end(&s, clip, &flat);
}

/* Before and after a change of the sound each is itself, and no step lies between. */
static void test_new_sound(void **state)
{
    (void)state;
    const double in_hz = 44100.0;
    const double out_hz = 48000.0;
    Stage s = {0};
    begin(&s, out_hz);
    Flat flat = flat_noise(1, 88200, 17);
    Flat other = flat_noise(1, 88200, 18);
    SonoClip *clip = clip_at_rate(s.store, &flat, in_hz);
    SonoClip *new_clip = clip_at_rate(s.store, &other, in_hz);
    sono_player_set_sound(s.player, &(SonoPlaySound){.clip = clip});
    sono_player_play(s.player, &(SonoPlayRange){0, 88200, false}, 0);
    assert_int_equal(fake_take(s.got, 0, 30000, 0.5), 30000);
    fake_settle();
    sono_player_set_sound(s.player, &(SonoPlaySound){.clip = new_clip});
    assert_int_equal(fake_take(s.got, 30000, 66000, 0.5), 66000);
    int64_t n_off = 0;
    float *a = offline(flat.pcm[0], 88200, in_hz, out_hz, &n_off);
    float *b = offline(other.pcm[0], 88200, in_hz, out_hz, &n_off);
    int64_t first = 240; /* the last frame of the old one, the first of the new one */
    int64_t last = 96000 - 1;
    while (first < 96000 && fabsf(s.got[0][first] - a[first]) < 1e-5F) {
        first++;
    }
    while (last > 0 && fabsf(s.got[0][last - 1] - b[last - 1]) < 1e-5F) {
        last--;
    }
    const double late_s = (double)(last - 30000) / out_hz;
    print_message("new sound: %.1f ms after it was set, over %.1f ms\n", 1e3 * late_s,
                  1e3 * (double)(last - first) / out_hz);
    assert_true(late_s < 0.06 + 256 / out_hz);             /* design: at most 60 ms ahead */
    assert_true(last - first < (int64_t)(0.020 * out_hz)); /* 5 ms, and what soxr spreads them by */
    assert_true(error_db(s.got[0] + 240, a + 240, first - 1240) <= LIMIT_DB);
    assert_true(error_db(s.got[0] + last + 1000, b + last + 1000, 96000 - last - 2000) <= LIMIT_DB);
    sono_free(a);
    sono_free(b);
    flat_free(&other);
    sono_clip_unref(new_clip);
    end(&s, clip, &flat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_loop),
        cmocka_unit_test(test_new_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
