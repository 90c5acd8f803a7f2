/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restoring an earlier state: all of it under a full mask, a band of it under a part of one, and not a bit of what has
 * not changed since. */
#include "commit_fixture.h"

#include <math.h>
#include <string.h>

#include "sono_commit.h"
#include "sono_mem.h"

#define RATE 44100
#define N_FRAMES (10 * SONO_BLOCK_FRAMES + 1234)

typedef struct Sound {
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoClip *then, *now;
    float *x, *s, *y; /* scratch for one channel of now, then and the result */
} Sound;

static SonoClip *commit(const Sound *s, const SonoClip *clip, const SonoEdit *edit, const SonoClip *state,
                        SonoCommitReport *report)
{
    SonoError err = {0};
    SonoClip *out = NULL;
    assert_ok(sono_commit(s->engine, clip, edit, state, NULL, &out, report, &err), err);
    return out;
}

/* Two channels of noise with tones of 1 and 6 kHz; since then both tones were erased in two places far apart. */
static void sound_open(Sound *s, const char *backend, int n_threads)
{
    SonoError err = {0};
    uint64_t seed = 3;
    float *planes[2];
    *s = (Sound){0};
    assert_ok(sono_engine_new(backend, n_threads, &s->engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &s->store, &err), err);
    for (int c = 0; c < 2; c++) {
        planes[c] = sono_alloc_aligned(N_FRAMES, sizeof *planes[c]);
        for (int i = 0; i < N_FRAMES; i++) {
            const double t = 6.283185307179586 * i / RATE;
            planes[c][i] = 0.01f * sono_test_noise(&seed) + (float)(0.2 * sin(1000.0 * t) + 0.2 * sin(6000.0 * t));
        }
    }
    s->then = fixture_clip(s->store, RATE, (const float *const *)planes, 2, N_FRAMES);
    SonoEdit early = fixture_box_edit("erase", 1.0, 2.0, 500, 8000);
    SonoEdit late = fixture_box_edit("erase", 12.0, 12.5, 500, 8000);
    SonoClip *between = commit(s, s->then, &early, NULL, NULL);
    s->now = commit(s, between, &late, NULL, NULL);
    sono_clip_unref(between);
    sono_edit_clear(&early);
    sono_edit_clear(&late);
    s->x = planes[0];
    s->s = planes[1];
    s->y = sono_alloc_aligned(N_FRAMES, sizeof *s->y);
}

static void sound_close(Sound *s)
{
    sono_engine_free(s->engine);
    sono_clip_unref(s->then);
    sono_clip_unref(s->now);
    sono_pcm_store_unref(s->store);
    sono_free(s->x);
    sono_free(s->s);
    sono_free(s->y);
}

static void read_all(const SonoClip *clip, int channel, float *x)
{
    SonoError err = {0};
    assert_ok(sono_clip_read(clip, channel, 0, N_FRAMES, x, &err), err);
}

static void a_full_mask_brings_all_of_it_back(void **state)
{
    (void)state;
    Sound s;
    sound_open(&s, "cpu", 2);
    SonoEdit edit = fixture_box_edit("restore", -1.0, 100.0, 0.0, 30000.0);
    SonoCommitReport report = {0};
    SonoClip *out = commit(&s, s.now, &edit, s.then, &report);
    assert_int_equal(report.steps, 0);
    assert_int_equal(report.tones, 0);
    for (int c = 0; c < 2; c++) {
        double most = 0.0;
        read_all(out, c, s.y);
        read_all(s.then, c, s.s);
        for (int i = 0; i < N_FRAMES; i++) {
            most = fmax(most, fabs((double)s.y[i] - (double)s.s[i]));
        }
        if (!(most <= 3e-7)) { /* the sound is at most 0.41: 1 unit in the last place is 3e-8 */
            fail_msg("channel %d differs by %g", c, most);
        }
    }
    /* what neither edit touched is still the same block */
    assert_true(sono_clip_shares_block(s.then, s.now, 0, (int64_t)4 * SONO_BLOCK_FRAMES));
    for (int64_t block = 3; block <= 6; block++) {
        assert_true(sono_clip_shares_block(out, s.now, 0, block * SONO_BLOCK_FRAMES));
    }
    sono_clip_unref(out);
    sono_edit_clear(&edit);
    sound_close(&s);
}

static void a_band_of_it_leaves_the_rest(void **state)
{
    (void)state;
    Sound s;
    sound_open(&s, "cpu", 2);
    SonoEdit edit = fixture_box_edit("restore", 1.2, 1.8, 500.0, 2000.0);
    edit.all_channels = false;
    edit.channels[0] = 2;
    SonoCommitReport report = {0};
    SonoClip *out = commit(&s, s.now, &edit, s.then, &report);
    read_all(s.now, 1, s.x);
    read_all(s.then, 1, s.s);
    read_all(out, 1, s.y);
    const double low = fixture_level_db(s.y, RATE, 1000.0, (int)(1.35 * RATE), (int)(1.65 * RATE));
    const double high = fixture_level_db(s.y, RATE, 6000.0, (int)(1.35 * RATE), (int)(1.65 * RATE));
    if (fabs(low - fixture_level_db(s.s, RATE, 1000.0, (int)(1.35 * RATE), (int)(1.65 * RATE))) > 0.05 ||
        high > fixture_level_db(s.s, RATE, 6000.0, (int)(1.35 * RATE), (int)(1.65 * RATE)) - 40.0) {
        fail_msg("%.2f dB at 1 kHz, %.2f dB at 6 kHz", low, high);
    }
    const size_t first = (size_t)report.dirty.start_frame;
    const size_t end = (size_t)sono_span_end(report.dirty);
    assert_true(first >= (size_t)(1.2 * RATE) - 2 * (size_t)report.window_frames);
    assert_true(end <= (size_t)(1.8 * RATE) + 2 * (size_t)report.window_frames);
    assert_memory_equal(s.y, s.x, first * sizeof *s.y);
    assert_memory_equal(s.y + end, s.x + end, (N_FRAMES - end) * sizeof *s.y);
    read_all(s.now, 0, s.x);
    read_all(out, 0, s.y);
    assert_memory_equal(s.y, s.x, N_FRAMES * sizeof *s.y);
    sono_clip_unref(out);
    sono_edit_clear(&edit);
    sound_close(&s);
}

/* x' = x - S(m V(x - s)), by another way: the erase of x - s takes S(m V(x - s)) from it. */
static void it_is_the_erase_of_what_has_changed(void **state)
{
    (void)state;
    Sound s;
    sound_open(&s, "cpu", 2);
    float *const d = sono_alloc_aligned(N_FRAMES, sizeof *d);
    SonoEdit restore = fixture_box_edit("restore", 0.5, 13.0, 700.0, 3000.0);
    SonoEdit erase = fixture_box_edit("erase", 0.5, 13.0, 700.0, 3000.0);
    erase.solver.max_steps = 0;
    read_all(s.now, 0, s.x);
    read_all(s.then, 0, s.s);
    for (int i = 0; i < N_FRAMES; i++) {
        d[i] = s.x[i] - s.s[i];
    }
    SonoClip *difference = fixture_clip(s.store, RATE, (const float *const[]){d}, 1, N_FRAMES);
    SonoClip *left = commit(&s, difference, &erase, NULL, NULL);
    SonoClip *out = commit(&s, s.now, &restore, s.then, NULL);
    read_all(out, 0, s.y);
    read_all(left, 0, d);
    double most = 0.0;
    for (int i = 0; i < N_FRAMES; i++) {
        most = fmax(most, fabs((double)s.y[i] - ((double)s.s[i] + (double)d[i])));
    }
    if (!(most <= 2e-7)) {
        fail_msg("differs by %g", most);
    }
    sono_clip_unref(difference);
    sono_clip_unref(left);
    sono_clip_unref(out);
    sono_edit_clear(&restore);
    sono_edit_clear(&erase);
    sono_free(d);
    sound_close(&s);
}

static void where_nothing_has_changed_nothing_changes(void **state)
{
    (void)state;
    Sound s;
    sound_open(&s, "cpu", 2);
    SonoEdit all = fixture_box_edit("restore", -1.0, 100.0, 0.0, 30000.0);
    SonoEdit between = fixture_box_edit("restore", 4.0, 9.0, 0.0, 30000.0);
    SonoCommitReport report = {0};
    SonoClip *same = commit(&s, s.now, &all, s.now, &report);
    assert_ptr_equal(same, s.now);
    assert_int_equal(report.dirty.n_frames, 0);
    sono_clip_unref(same);
    same = commit(&s, s.now, &between, s.then, &report);
    assert_ptr_equal(same, s.now);
    sono_clip_unref(same);
    sono_edit_clear(&all);
    sono_edit_clear(&between);
    sound_close(&s);
}

/* On any number of threads and backend; and with clips that share no block, which only makes it slower. */
static void the_bits_are_always_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *backend, *faults;
        int n_threads;
        bool shared;
    } runs[] = {{"cpu", NULL, 1, true}, {"cpu", NULL, 3, true}, {"cpu", NULL, 2, false}, {"fault", "nomem@9", 2, true}};
    float *first = sono_alloc_aligned(N_FRAMES, sizeof *first);
    for (size_t r = 0; r < sizeof runs / sizeof *runs; r++) {
        Sound s;
        if (runs[r].faults) {
            assert_int_equal(setenv("SONO_FAULT", runs[r].faults, 1), 0);
        }
        sound_open(&s, runs[r].backend, runs[r].n_threads);
        (void)unsetenv("SONO_FAULT");
        SonoClip *then = sono_clip_ref(s.then);
        if (!runs[r].shared) {
            sono_clip_unref(then);
            read_all(s.then, 0, s.x);
            read_all(s.then, 1, s.s);
            then = fixture_clip(s.store, RATE, (const float *const[]){s.x, s.s}, 2, N_FRAMES);
            assert_false(sono_clip_shares_block(then, s.now, 0, (int64_t)4 * SONO_BLOCK_FRAMES));
        }
        SonoEdit edit = fixture_box_edit("restore", 0.2, 14.0, 300.0, 5000.0);
        SonoClip *out = commit(&s, s.now, &edit, then, NULL);
        read_all(out, 1, r == 0 ? first : s.y);
        if (r > 0) {
            assert_memory_equal(s.y, first, N_FRAMES * sizeof *s.y);
        }
        sono_clip_unref(out);
        sono_clip_unref(then);
        sono_edit_clear(&edit);
        sound_close(&s);
    }
    sono_free(first);
}

static void a_state_must_be_one_of_the_sound(void **state)
{
    (void)state;
    Sound s;
    SonoError err = {0};
    sound_open(&s, "cpu", 1);
    SonoEdit restore = fixture_box_edit("restore", 1.0, 2.0, 300.0, 5000.0);
    SonoEdit erase = fixture_box_edit("erase", 1.0, 2.0, 300.0, 5000.0);
    SonoClip *out = NULL;
    SonoClip *mono = fixture_clip(s.store, RATE, (const float *const[]){s.x}, 1, N_FRAMES);
    assert_int_equal(sono_commit(s.engine, s.now, &restore, NULL, NULL, &out, NULL, &err), SONO_E_INVALID);
    assert_non_null(strstr(err.message, "needs an earlier state"));
    assert_int_equal(sono_commit(s.engine, s.now, &erase, s.then, NULL, &out, NULL, &err), SONO_E_INVALID);
    assert_int_equal(sono_commit(s.engine, s.now, &restore, mono, NULL, &out, NULL, &err), SONO_E_INVALID);
    assert_non_null(strstr(err.message, "no state of this sound"));
    assert_null(out);
    sono_clip_unref(mono);
    sono_edit_clear(&restore);
    sono_edit_clear(&erase);
    sound_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_mask_brings_all_of_it_back),
        cmocka_unit_test(a_band_of_it_leaves_the_rest),
        cmocka_unit_test(it_is_the_erase_of_what_has_changed),
        cmocka_unit_test(where_nothing_has_changed_nothing_changes),
        cmocka_unit_test(the_bits_are_always_the_same),
        cmocka_unit_test(a_state_must_be_one_of_the_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
