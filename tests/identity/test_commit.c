/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commits: nothing changes where nothing was painted, replay gives the same bits, the solver's objective falls, and a
 * failing backend or a cancelled job costs nothing. */
#include "commit_fixture.h"

#include <math.h>
#include <string.h>

#include "sono_commit.h"
#include "sono_mem.h"

#define RATE 44100
#define N_FRAMES 200000

typedef struct Sound {
    SonoPcmStore *store;
    SonoClip *clip;
    int n_channels;
    float *pcm[3];
} Sound;

/* A band of noise, 5 to 9 kHz, from 3.0 s to 3.3 s: sines of fixed frequencies and scattered phases. */
static double band_noise(int i)
{
    const double t = (double)i / RATE - 3.0;
    if (t < 0.0 || t > 0.3) {
        return 0.0;
    }
    double sum = 0.0;
    for (int k = 0; k < 120; k++) {
        sum += sin(6.283185307179586 * (5000.0 + 4000.0 / 120.0 * k) * t + 2.399963 * k * k);
    }
    return 0.04 * sum * fmin(1.0, fmin(t, 0.3 - t) / 0.02);
}

/* Noise with a tone of 3 kHz from 1 s to 2 s and a band of noise later; every 997th frame is -0. */
static void make_sound(Sound *s, int n_channels)
{
    SonoError err = {0};
    uint64_t seed = 11;
    *s = (Sound){.n_channels = n_channels};
    assert_ok(sono_pcm_store_new(0, NULL, &s->store, &err), err);
    for (int c = 0; c < n_channels; c++) {
        s->pcm[c] = sono_alloc_aligned(N_FRAMES, sizeof *s->pcm[c]);
        for (int i = 0; i < N_FRAMES; i++) {
            s->pcm[c][i] = 0.01f * sono_test_noise(&seed);
            s->pcm[c][i] += (float)band_noise(i);
            if (i >= RATE && i < 2 * RATE) {
                s->pcm[c][i] += (float)(0.4 * sin(6.283185307179586 * 3000.0 * i / RATE));
            }
        }
        for (int i = 0; i < N_FRAMES; i += 997) {
            s->pcm[c][i] = -0.0f;
        }
    }
    s->clip = fixture_clip(s->store, RATE, (const float *const *)s->pcm, n_channels, N_FRAMES);
}

static void free_sound(Sound *s)
{
    sono_clip_unref(s->clip);
    sono_pcm_store_unref(s->store);
    for (int c = 0; c < s->n_channels; c++) {
        sono_free(s->pcm[c]);
    }
}

static SonoEngine *new_engine(const char *backend, int n_threads)
{
    SonoError err = {0};
    SonoEngine *engine = NULL;
    assert_ok(sono_engine_new(backend, n_threads, &engine, &err), err);
    return engine;
}

static void read_all(const SonoClip *clip, int channel, float *x)
{
    SonoError err = {0};
    assert_int_equal(sono_clip_n_frames(clip), N_FRAMES);
    assert_ok(sono_clip_read(clip, channel, 0, N_FRAMES, x, &err), err);
}

static void an_edit_that_changes_nothing_returns_the_same_clip(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 2);
    SonoEngine *engine = new_engine("cpu", 2);
    SonoError err = {0};
    SonoEdit edits[3] = {fixture_box_edit("gain", 1.0, 2.0, 2000, 4000), sono_edit_new(sono_operation_find("erase")),
                         fixture_box_edit("erase", 100.0, 101.0, 2000, 4000)};
    edits[0].params.v[0] = 0.0; /* 0 dB; the others: an empty mask, and one past the end of the sound */
    for (int i = 0; i < 3; i++) {
        SonoClip *out = NULL;
        SonoCommitReport report = {0};
        assert_ok(sono_commit(engine, s.clip, &edits[i], NULL, NULL, &out, &report, &err), err);
        assert_ptr_equal(out, s.clip);
        assert_int_equal(report.dirty.n_frames, 0);
        sono_clip_unref(out);
        sono_edit_clear(&edits[i]);
    }
    sono_engine_free(engine);
    free_sound(&s);
}

static void nothing_changes_outside_the_support(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 3);
    SonoEngine *engine = new_engine("cpu", 2);
    SonoError err = {0};
    float *y = sono_alloc_aligned(N_FRAMES, sizeof *y);
    for (int steps = 0; steps <= 20; steps += 20) {
        SonoEdit edit = fixture_box_edit("erase", 1.2, 1.7, 2500, 3500);
        edit.all_channels = false;
        edit.channels[0] = 1u << 1;
        edit.solver.max_steps = steps;
        SonoClip *out = NULL;
        SonoCommitReport report = {0};
        assert_ok(sono_commit(engine, s.clip, &edit, NULL, NULL, &out, &report, &err), err);
        for (int c = 0; c < 3; c++) {
            read_all(out, c, y);
            if (c != 1) {
                assert_memory_equal(y, s.pcm[c], N_FRAMES * sizeof *y);
                continue;
            }
            const int64_t reach = 2 * report.window_frames + (int64_t)(0.005 * RATE);
            assert_true(report.dirty.start_frame >= (int64_t)(1.2 * RATE) - reach);
            assert_true(sono_span_end(report.dirty) <= (int64_t)(1.7 * RATE) + reach);
            assert_memory_equal(y, s.pcm[c], (size_t)report.dirty.start_frame * sizeof *y);
            const size_t end = (size_t)sono_span_end(report.dirty);
            assert_memory_equal(y + end, s.pcm[c] + end, (N_FRAMES - end) * sizeof *y);
            const double before = fixture_level_db(s.pcm[c], RATE, 3000.0, (int)(1.3 * RATE), (int)(1.6 * RATE));
            const double after = fixture_level_db(y, RATE, 3000.0, (int)(1.3 * RATE), (int)(1.6 * RATE));
            if (!(before - after > 35.0)) {
                fail_msg("%d steps: the tone went from %.1f to %.1f dB", steps, before, after);
            }
        }
        assert_true(sono_clip_shares_block(out, s.clip, 1, N_FRAMES - 1));
        assert_true(sono_clip_shares_block(out, s.clip, 0, (int64_t)(1.5 * RATE)));
        sono_clip_unref(out);
        sono_edit_clear(&edit);
    }
    sono_free(y);
    sono_engine_free(engine);
    free_sound(&s);
}

/* Gain in the core of a wide mask is the gain that was asked for. */
static void gain_is_the_gain(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 1);
    SonoEngine *engine = new_engine("cpu", 2);
    SonoError err = {0};
    float *y = sono_alloc_aligned(N_FRAMES, sizeof *y);
    for (double gain_db = -24.0; gain_db <= 12.0; gain_db += 12.0) {
        SonoEdit edit = fixture_box_edit("gain", 0.8, 2.2, 1000, 5000);
        edit.params.v[0] = gain_db;
        edit.solver.max_steps = 0;
        SonoClip *out = NULL;
        assert_ok(sono_commit(engine, s.clip, &edit, NULL, NULL, &out, NULL, &err), err);
        read_all(out, 0, y);
        const double change = fixture_level_db(y, RATE, 3000.0, (int)(1.2 * RATE), (int)(1.8 * RATE)) -
                              fixture_level_db(s.pcm[0], RATE, 3000.0, (int)(1.2 * RATE), (int)(1.8 * RATE));
        if (!(fabs(change - gain_db) < 0.05)) {
            fail_msg("%g dB asked, %g dB heard", gain_db, change);
        }
        sono_clip_unref(out);
        sono_edit_clear(&edit);
    }
    sono_free(y);
    sono_engine_free(engine);
    free_sound(&s);
}

/* An intruder that is too high for a tone: conjugate gradients do all the work. */
static void the_objective_falls_at_every_step(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 2);
    SonoEngine *engine = new_engine("cpu", 2);
    SonoError err = {0};
    SonoEdit edit = fixture_box_edit("erase", 2.99, 3.31, 4900, 9100);
    edit.solver.tolerance_db = 0.0;
    SonoClip *out = NULL;
    SonoCommitReport report = {0};
    assert_ok(sono_commit(engine, s.clip, &edit, NULL, NULL, &out, &report, &err), err);
    assert_int_equal(report.tones, 0);
    if (report.steps == 0) {
        fail_msg("no step with %.1f dB inside and %.1f dB around", report.inside_db, report.surround_db);
    }
    for (int k = 1; k <= report.steps; k++) {
        if (!(report.objective[k] < report.objective[k - 1])) {
            fail_msg("step %d: %.9g after %.9g", k, report.objective[k], report.objective[k - 1]);
        }
    }
    sono_clip_unref(out);
    sono_edit_clear(&edit);
    sono_engine_free(engine);
    free_sound(&s);
}

/* The same edits twice, on any number of threads, and on a backend that fails now and then: the same bits. The first is
 * solved by taking out a tone, the second by conjugate gradients. */
static void replay_gives_the_same_bits(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 2);
    SonoError err = {0};
    float *first = sono_alloc_aligned(N_FRAMES, sizeof *first);
    float *y = sono_alloc_aligned(N_FRAMES, sizeof *y);
    static const struct {
        const char *backend, *faults;
        int n_threads;
    } runs[] = {{"cpu", NULL, 1},
                {"cpu", NULL, 1},
                {"cpu", NULL, 2},
                {"cpu", NULL, 5},
                {"fault", "nomem@2,nomem@5", 2},
                {"fault", "unsupported@*", 2},
                {"fault", "device@1", 2},
                {"fault", "device@7", 2}};
    for (size_t r = 0; r < sizeof runs / sizeof *runs; r++) {
        if (runs[r].faults) {
            assert_int_equal(setenv("SONO_FAULT", runs[r].faults, 1), 0);
        }
        SonoEngine *engine = new_engine(runs[r].backend, runs[r].n_threads);
        (void)unsetenv("SONO_FAULT");
        SonoEdit edit = fixture_box_edit("erase", 0.95, 2.05, 2900, 3100);
        (void)snprintf(edit.transform, sizeof edit.transform, "stft");
        edit.transform_params = sono_params_defaults(sono_transform_find("stft")->params);
        edit.transform_params.v[SONO_STFT_SIZE] = 512; /* the tone's lobe is wider than the mask: much leaks */
        edit.transform_params.v[SONO_STFT_HOP] = 128;
        SonoEdit second = fixture_box_edit("erase", 2.99, 3.31, 4900, 9100);
        second.solver.tolerance_db = 0.0;
        SonoClip *between = NULL;
        SonoClip *out = NULL;
        SonoCommitReport report = {0};
        assert_ok(sono_commit(engine, s.clip, &edit, NULL, NULL, &between, &report, &err), err);
        assert_true(report.tones > 0);
        assert_ok(sono_commit(engine, between, &second, NULL, NULL, &out, &report, &err), err);
        assert_true(report.steps > 0);
        read_all(out, 1, r == 0 ? first : y);
        if (r > 0) {
            assert_memory_equal(y, first, N_FRAMES * sizeof *y);
        }
        sono_clip_unref(between);
        sono_clip_unref(out);
        sono_edit_clear(&edit);
        sono_edit_clear(&second);
        sono_engine_free(engine);
    }
    sono_free(first);
    sono_free(y);
    free_sound(&s);
}

static void a_cancelled_commit_leaves_nothing(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 1);
    SonoEngine *engine = new_engine("cpu", 2);
    SonoError err = {0};
    SonoGeneration generation = {0};
    const SonoJobTicket ticket = {&generation, 0};
    SonoEdit edit = fixture_box_edit("erase", 1.2, 1.7, 2500, 3500);
    SonoClip *out = NULL;
    sono_generation_bump(&generation);
    assert_int_equal(sono_commit(engine, s.clip, &edit, NULL, &ticket, &out, NULL, &err), SONO_E_CANCELLED);
    assert_null(out);
    sono_edit_clear(&edit);
    sono_engine_free(engine);
    free_sound(&s);
}

/* A mask over everything is cut into segments of bounded memory; a plain mask does not feel the cuts. */
static void long_masks_are_cut_without_a_seam(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 1);
    SonoEngine *engine = new_engine("cpu", 2);
    SonoError err = {0};
    float *whole = sono_alloc_aligned(N_FRAMES, sizeof *whole);
    float *y = sono_alloc_aligned(N_FRAMES, sizeof *y);
    SonoEdit edit = fixture_box_edit("gain", -1.0, 100.0, 0, 30000);
    edit.params.v[0] = -6.0;
    edit.solver.max_steps = 0;
    (void)snprintf(edit.transform, sizeof edit.transform, "stft");
    edit.transform_params = sono_params_defaults(sono_transform_find("stft")->params);
    edit.transform_params.v[SONO_STFT_SIZE] = 1024;
    for (int dense = 0; dense < 2; dense++) {
        edit.transform_params.v[SONO_STFT_HOP] = dense ? 8 : 256; /* hop 8: 13 million coefficients */
        SonoClip *out = NULL;
        assert_ok(sono_commit(engine, s.clip, &edit, NULL, NULL, &out, NULL, &err), err);
        read_all(out, 0, dense ? y : whole);
        sono_clip_unref(out);
    }
    double worst = 0.0;
    const double g = pow(10.0, -6.0 / 20.0);
    for (int i = 0; i < N_FRAMES; i++) { /* the first and the last sample too */
        worst = fmax(worst, fabs((double)y[i] - (double)whole[i]));
        assert_true(fabs((double)y[i] - g * (double)s.pcm[0][i]) < 2e-6);
    }
    assert_true(worst < 2e-6);
    sono_edit_clear(&edit);
    sono_free(whole);
    sono_free(y);
    sono_engine_free(engine);
    free_sound(&s);
}

static void bad_edits_are_refused(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 1);
    SonoEngine *engine = new_engine("cpu", 1);
    SonoError err = {0};
    SonoClip *out = NULL;
    SonoEdit edit = fixture_box_edit("gain", 1.0, 2.0, 100, 200);
    edit.params.v[0] = 1e9;
    assert_int_equal(sono_commit(engine, s.clip, &edit, NULL, NULL, &out, NULL, &err), SONO_E_RANGE);
    assert_non_null(strstr(err.message, "gain_db"));
    edit.params.v[0] = -3.0;
    (void)snprintf(edit.transform, sizeof edit.transform, "wavelet");
    assert_int_equal(sono_commit(engine, s.clip, &edit, NULL, NULL, &out, NULL, &err), SONO_E_INVALID);
    (void)snprintf(edit.transform, sizeof edit.transform, "stft");
    edit.transform_params = sono_params_defaults(sono_transform_find("stft")->params);
    edit.transform_params.v[SONO_STFT_HOP] = 4096;
    assert_int_equal(sono_commit(engine, s.clip, &edit, NULL, NULL, &out, NULL, &err), SONO_E_NOT_FRAME);
    assert_null(out);
    sono_edit_clear(&edit);
    sono_engine_free(engine);
    free_sound(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edit_that_changes_nothing_returns_the_same_clip),
        cmocka_unit_test(nothing_changes_outside_the_support),
        cmocka_unit_test(gain_is_the_gain),
        cmocka_unit_test(the_objective_falls_at_every_step),
        cmocka_unit_test(replay_gives_the_same_bits),
        cmocka_unit_test(a_cancelled_commit_leaves_nothing),
        cmocka_unit_test(long_masks_are_cut_without_a_seam),
        cmocka_unit_test(bad_edits_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
