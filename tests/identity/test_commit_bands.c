/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commits in every transform over frequency: gain is gain up to the ends of the sound, nothing changes where nothing
 * was painted, no mask falls between bands, replay gives the same bits, failures cost nothing. */
#include "commit_fixture.h"

#include <math.h>
#include <string.h>

#include "sono_commit.h"
#include "sono_mem.h"

#define RATE 44100
#define N_FRAMES 300000
#define LENGTH_S ((double)N_FRAMES / RATE)

static const char *const transforms[] = {"slicq", "cqt", "vqt", "nsgt", "erb", "mel", "bark"};
#define N_TRANSFORMS (sizeof transforms / sizeof *transforms)

typedef struct Sound {
    SonoPcmStore *store;
    SonoClip *clip;
    float *pcm[2];
} Sound;

/* Noise with a tone of 3 kHz, an offset of 0.05 and an alternating 0.05; every 997th frame is -0. */
static void make_sound(Sound *s)
{
    SonoError err = {0};
    SonoClipBuilder *b = NULL;
    uint64_t seed = 23;
    *s = (Sound){0};
    assert_ok(sono_pcm_store_new(0, NULL, &s->store, &err), err);
    assert_ok(sono_clip_builder_new(s->store, RATE, 2, &b, &err), err);
    for (int c = 0; c < 2; c++) {
        s->pcm[c] = sono_alloc_aligned(N_FRAMES, sizeof *s->pcm[c]);
        for (int i = 0; i < N_FRAMES; i++) {
            s->pcm[c][i] = 0.02f * sono_test_noise(&seed) + 0.05f + (i % 2 ? -0.05f : 0.05f);
            s->pcm[c][i] += (float)(0.3 * sin(6.283185307179586 * 3000.0 * i / RATE));
        }
        for (int i = 0; i < N_FRAMES; i += 997) {
            s->pcm[c][i] = -0.0f;
        }
    }
    assert_ok(sono_clip_builder_append(b, (const float *const *)s->pcm, N_FRAMES, &err), err);
    assert_ok(sono_clip_builder_finish(b, &s->clip, &err), err);
}

static void free_sound(Sound *s)
{
    sono_clip_unref(s->clip);
    sono_pcm_store_unref(s->store);
    sono_free(s->pcm[0]);
    sono_free(s->pcm[1]);
}

static SonoEngine *new_engine(const char *backend, int n_threads)
{
    SonoError err = {0};
    SonoEngine *engine = NULL;
    assert_ok(sono_engine_new(backend, n_threads, &engine, &err), err);
    return engine;
}

static void set_transform(SonoEdit *edit, const char *name)
{
    (void)snprintf(edit->transform, sizeof edit->transform, "%s", name);
    edit->transform_params = sono_params_defaults(sono_transform_find(name)->params);
}

/* A plain edit under a box. */
static SonoEdit box_edit(const char *transform, const char *operation, SonoRegion box, double feather_ms,
                         double feather_hz)
{
    SonoError err = {0};
    SonoEdit edit = sono_edit_new(sono_operation_find(operation));
    const SonoShape shape = {.kind = SONO_SHAPE_BOX,
                             .combine = SONO_COMBINE_ADD,
                             .box = box,
                             .feather_ms = feather_ms,
                             .feather_hz = feather_hz};
    assert_ok(sono_mask_add(&edit.mask, &shape, &err), err);
    edit.solver.max_steps = 0;
    set_transform(&edit, transform);
    return edit;
}

static SonoClip *commit(SonoEngine *engine, const SonoClip *clip, const SonoEdit *edit, SonoCommitReport *report)
{
    SonoError err = {0};
    SonoClip *out = NULL;
    assert_ok(sono_commit(engine, clip, edit, NULL, NULL, &out, report, &err), err);
    return out;
}

static void read_all(const SonoClip *clip, int channel, float *x)
{
    SonoError err = {0};
    assert_int_equal(sono_clip_n_frames(clip), N_FRAMES);
    assert_ok(sono_clip_read(clip, channel, 0, N_FRAMES, x, &err), err);
}

/* A mask over everything: the whole sound, its first and last samples, 0 Hz and Nyquist too. */
static void gain_of_everything_is_the_gain(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    SonoEngine *engine = new_engine("cpu", 2);
    float *y = sono_alloc_aligned(N_FRAMES, sizeof *y);
    for (size_t t = 0; t < N_TRANSFORMS; t++) {
        SonoEdit edit = box_edit(transforms[t], "gain", (SonoRegion){-1.0, 100.0, 0.0, 30000.0}, 10.0, 100.0);
        edit.params.v[0] = -6.0;
        SonoClip *out = commit(engine, s.clip, &edit, NULL);
        read_all(out, 1, y);
        double error = 0.0;
        double energy = 0.0;
        for (int i = 0; i < N_FRAMES; i++) {
            const double d = (double)y[i] - pow(10.0, -0.3) * (double)s.pcm[1][i];
            error += d * d;
            energy += (double)s.pcm[1][i] * (double)s.pcm[1][i];
        }
        const double snr_db = 10.0 * log10(energy / error);
        if (!(snr_db > 120.0)) {
            fail_msg("%s: a gain of everything is %.1f dB exact", transforms[t], snr_db);
        }
        sono_clip_unref(out);
        sono_edit_clear(&edit);
    }
    sono_free(y);
    sono_engine_free(engine);
    free_sound(&s);
}

static void an_edit_that_changes_nothing_returns_the_same_clip(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    SonoEngine *engine = new_engine("cpu", 2);
    for (size_t t = 0; t < N_TRANSFORMS; t++) {
        SonoEdit edits[3] = {
            box_edit(transforms[t], "gain", (SonoRegion){0.5, 3.0, 20.0, 9000.0}, 10.0, 10.0),
            box_edit(transforms[t], "erase", (SonoRegion){100.0, 101.0, 2000.0, 4000.0}, 0.0, 0.0),
            box_edit(transforms[t], "erase", (SonoRegion){1.0, 2.0, 23000.0, 24000.0}, 0.0, 0.0),
        };
        edits[0].params.v[0] = 0.0; /* dB; the others lie past the end and above Nyquist */
        for (int i = 0; i < 3; i++) {
            SonoCommitReport report = {0};
            SonoClip *out = commit(engine, s.clip, &edits[i], &report);
            assert_ptr_equal(out, s.clip);
            assert_int_equal(report.dirty.n_frames, 0);
            sono_clip_unref(out);
            sono_edit_clear(&edits[i]);
        }
    }
    sono_engine_free(engine);
    free_sound(&s);
}

/* Bits outside the slices that see the mask, and of the channel that is not edited; and the tone under it goes. */
static void nothing_changes_outside_the_slices(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    SonoEngine *engine = new_engine("cpu", 2);
    float *y = sono_alloc_aligned(N_FRAMES, sizeof *y);
    for (size_t t = 0; t < N_TRANSFORMS; t++) {
        SonoEdit edit = box_edit(transforms[t], "erase", (SonoRegion){3.2, 3.7, 2000.0, 4500.0}, 10.0, 100.0);
        edit.all_channels = false;
        edit.channels[0] = 2;
        SonoCommitReport report = {0};
        SonoClip *out = commit(engine, s.clip, &edit, &report);
        assert_string_equal(report.transform, transforms[t]);
        read_all(out, 0, y);
        assert_memory_equal(y, s.pcm[0], N_FRAMES * sizeof *y);
        read_all(out, 1, y);
        const int64_t from = report.dirty.start_frame;
        const int64_t end = sono_span_end(report.dirty);
        assert_true(from > (int64_t)(3.195 * RATE) - report.window_frames);
        assert_true(end < (int64_t)(3.705 * RATE) + report.window_frames);
        assert_memory_equal(y, s.pcm[1], (size_t)from * sizeof *y);
        assert_memory_equal(y + end, s.pcm[1] + end, (size_t)(N_FRAMES - end) * sizeof *y);
        const int a = (int)(3.3 * RATE);
        const int b = (int)(3.6 * RATE);
        const double inside_db =
            fixture_level_db(s.pcm[1], RATE, 3000.0, a, b) - fixture_level_db(y, RATE, 3000.0, a, b);
        const double before_db = fixture_level_db(s.pcm[1], RATE, 3000.0, a - RATE, b - RATE) -
                                 fixture_level_db(y, RATE, 3000.0, a - RATE, b - RATE);
        if (!(inside_db > 50.0 && fabs(before_db) < 0.01)) {
            fail_msg("%s: the tone went down by %.1f dB inside and %.4f dB a second before", transforms[t], inside_db,
                     before_db);
        }
        sono_clip_unref(out);
        sono_edit_clear(&edit);
    }
    sono_free(y);
    sono_engine_free(engine);
    free_sound(&s);
}

/* A second of the tone, 6 dB up. */
static void gain_in_the_core_is_the_gain(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    SonoEngine *engine = new_engine("cpu", 2);
    float *y = sono_alloc_aligned(N_FRAMES, sizeof *y);
    for (size_t t = 0; t < N_TRANSFORMS; t++) {
        SonoEdit edit = box_edit(transforms[t], "gain", (SonoRegion){2.0, 4.0, 1500.0, 6000.0}, 10.0, 100.0);
        edit.params.v[0] = 6.0;
        SonoClip *out = commit(engine, s.clip, &edit, NULL);
        read_all(out, 0, y);
        const double change_db = fixture_level_db(y, RATE, 3000.0, (int)(2.4 * RATE), (int)(3.6 * RATE)) -
                                 fixture_level_db(s.pcm[0], RATE, 3000.0, (int)(2.4 * RATE), (int)(3.6 * RATE));
        if (!(fabs(change_db - 6.0) < 0.02)) {
            fail_msg("%s: 6 dB asked, %.3f dB heard", transforms[t], change_db);
        }
        sono_clip_unref(out);
        sono_edit_clear(&edit);
    }
    sono_free(y);
    sono_engine_free(engine);
    free_sound(&s);
}

/* Masks that reach 0 Hz hold the offset, those that reach the top the alternating samples, others neither. */
static void the_ends_of_the_spectrum_belong_to_masks_that_reach_them(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    SonoEngine *engine = new_engine("cpu", 2);
    float *y = sono_alloc_aligned(N_FRAMES, sizeof *y);
    static const struct {
        double f0_hz, f1_hz;
        bool low, high; /* gone */
    } masks[] = {{0.0, 2000.0, true, false}, {200.0, 15000.0, false, false}, {300.0, 22050.0, false, true}};
    const int a = (int)(3.0 * RATE);
    const int b = (int)(4.0 * RATE);
    for (size_t t = 0; t < N_TRANSFORMS; t++) {
        for (size_t m = 0; m < sizeof masks / sizeof *masks; m++) {
            SonoEdit edit =
                box_edit(transforms[t], "erase", (SonoRegion){2.0, 5.0, masks[m].f0_hz, masks[m].f1_hz}, 10.0, 0.0);
            SonoClip *out = commit(engine, s.clip, &edit, NULL);
            read_all(out, 0, y);
            const double low_db = fixture_level_db(s.pcm[0], RATE, 0.0, a, b) - fixture_level_db(y, RATE, 0.0, a, b);
            const double high_db =
                fixture_level_db(s.pcm[0], RATE, 0.5 * RATE, a, b) - fixture_level_db(y, RATE, 0.5 * RATE, a, b);
            if (masks[m].low ? low_db < 40.0 : fabs(low_db) > 0.05) {
                fail_msg("%s, mask %zu: the offset went down by %.2f dB", transforms[t], m, low_db);
            }
            if (masks[m].high ? high_db < 40.0 : fabs(high_db) > 0.05) {
                fail_msg("%s, mask %zu: Nyquist went down by %.2f dB", transforms[t], m, high_db);
            }
            sono_clip_unref(out);
            sono_edit_clear(&edit);
        }
    }
    sono_free(y);
    sono_engine_free(engine);
    free_sound(&s);
}

/* The first and the last 60 ms, erased: the very first and last samples go too. */
static void masks_reach_the_ends_of_the_sound(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    SonoEngine *engine = new_engine("cpu", 2);
    float *y = sono_alloc_aligned(N_FRAMES, sizeof *y);
    for (size_t t = 0; t < N_TRANSFORMS; t++) {
        for (int end = 0; end < 2; end++) {
            const SonoRegion box = {end ? LENGTH_S - 0.06 : 0.0, end ? LENGTH_S : 0.06, 1000.0, 9000.0};
            SonoEdit edit = box_edit(transforms[t], "erase", box, 0.0, 0.0);
            SonoClip *out = commit(engine, s.clip, &edit, NULL);
            read_all(out, 0, y);
            const int n = RATE / 50;
            const int from = end ? N_FRAMES - n : 0;
            const double lowered_db = fixture_level_db(s.pcm[0], RATE, 3000.0, from, from + n) -
                                      fixture_level_db(y, RATE, 3000.0, from, from + n);
            double edge = 0.0; /* largest sample of the tone left in the last two periods */
            double was = 0.0;
            for (int i = 0; i < 30; i++) {
                const int at = end ? N_FRAMES - 1 - i : i;
                edge = fmax(edge, fabs((double)y[at] - 0.05 - (at % 2 ? -0.05 : 0.05)));
                was = fmax(was, fabs((double)s.pcm[0][at] - 0.05 - (at % 2 ? -0.05 : 0.05)));
            }
            if (!(lowered_db > 20.0 && edge < 0.35 * was)) {
                fail_msg("%s, %s: the tone went down by %.1f dB; %.3f of its edge is left", transforms[t],
                         end ? "end" : "start", lowered_db, edge / was);
            }
            sono_clip_unref(out);
            sono_edit_clear(&edit);
        }
    }
    sono_free(y);
    sono_engine_free(engine);
    free_sound(&s);
}

/* Boxes and dabs far smaller than any cell, everywhere: below the lowest band, between bands, above the highest. */
static void no_mask_falls_between_the_bands(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    SonoEngine *engine = new_engine("cpu", 2);
    SonoError err = {0};
    static const double freqs_hz[] = {0.0, 5.0, 14.0, 33.3, 100.0, 441.3, 3007.0, 9999.9, 19990.0, 21500.0, 22049.0};
    uint64_t seed = 5;
    for (size_t t = 0; t < N_TRANSFORMS; t++) {
        for (size_t f = 0; f < sizeof freqs_hz / sizeof *freqs_hz; f++) {
            const double t_s = 0.2 + 6.0 * (0.5 + 0.5 * (double)sono_test_noise(&seed));
            SonoEdit box = box_edit(transforms[t], "erase",
                                    (SonoRegion){t_s, t_s + 1e-5, freqs_hz[f], freqs_hz[f] + 1e-3}, 0.0, 0.0);
            SonoEdit dab = sono_edit_new(sono_operation_find("erase"));
            SonoStrokePoint point = {t_s, freqs_hz[f], 1.0};
            const SonoShape shape = {.kind = SONO_SHAPE_STROKE,
                                     .combine = SONO_COMBINE_ADD,
                                     .brush = {.radius_ms = 1e-3, .radius_hz = 1e-3, .hardness = 1.0, .flow = 1.0},
                                     .points = &point,
                                     .n_points = 1};
            assert_ok(sono_mask_add(&dab.mask, &shape, &err), err);
            dab.solver.max_steps = 0;
            set_transform(&dab, transforms[t]);
            for (int i = 0; i < 2; i++) {
                SonoCommitReport report = {0};
                SonoClip *out = commit(engine, s.clip, i ? &dab : &box, &report);
                if (report.dirty.n_frames == 0) {
                    fail_msg("%s: a %s at %g s, %g Hz does nothing", transforms[t], i ? "dab" : "box", t_s,
                             freqs_hz[f]);
                }
                sono_clip_unref(out);
            }
            sono_edit_clear(&box);
            sono_edit_clear(&dab);
        }
    }
    sono_engine_free(engine);
    free_sound(&s);
}

/* Any number of threads, and backends that fail now and then: the same bits. */
static void replay_gives_the_same_bits(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    float *first = sono_alloc_aligned(N_FRAMES, sizeof *first);
    float *y = sono_alloc_aligned(N_FRAMES, sizeof *y);
    static const struct {
        const char *backend, *faults;
        int n_threads;
    } runs[] = {{"cpu", NULL, 1},
                {"cpu", NULL, 2},
                {"cpu", NULL, 5},
                {"fault", "nomem@2", 2},
                {"fault", "unsupported@*", 2},
                {"fault", "device@1", 2}};
    for (size_t t = 0; t < N_TRANSFORMS; t++) {
        for (size_t r = 0; r < sizeof runs / sizeof *runs; r++) {
            if (runs[r].faults) {
                assert_int_equal(setenv("SONO_FAULT", runs[r].faults, 1), 0);
            }
            SonoEngine *engine = new_engine(runs[r].backend, runs[r].n_threads);
            (void)unsetenv("SONO_FAULT");
            SonoEdit edit = box_edit(transforms[t], "erase", (SonoRegion){0.7, 5.9, 400.0, 3400.0}, 30.0, 50.0);
            SonoClip *out = commit(engine, s.clip, &edit, NULL);
            read_all(out, 1, r == 0 ? first : y);
            if (r > 0) {
                assert_memory_equal(y, first, N_FRAMES * sizeof *y);
            }
            sono_clip_unref(out);
            sono_edit_clear(&edit);
            sono_engine_free(engine);
        }
    }
    sono_free(first);
    sono_free(y);
    free_sound(&s);
}

/* The reference in double says the same. */
static void the_reference_agrees(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    SonoEngine *engines[2] = {new_engine("cpu", 2), new_engine("ref", 2)};
    float *y[2] = {sono_alloc_aligned(N_FRAMES, sizeof **y), sono_alloc_aligned(N_FRAMES, sizeof **y)};
    for (size_t t = 0; t < N_TRANSFORMS; t++) {
        SonoEdit edit = box_edit(transforms[t], "erase", (SonoRegion){1.0, 3.0, 500.0, 5000.0}, 30.0, 50.0);
        for (int e = 0; e < 2; e++) {
            SonoClip *out = commit(engines[e], s.clip, &edit, NULL);
            read_all(out, 0, y[e]);
            sono_clip_unref(out);
        }
        double most = 0.0;
        for (int i = 0; i < N_FRAMES; i++) {
            most = fmax(most, fabs((double)y[0][i] - (double)y[1][i]));
        }
        if (!(most < 1e-6)) {
            fail_msg("%s: %.3g from the reference", transforms[t], most);
        }
        sono_edit_clear(&edit);
    }
    for (int e = 0; e < 2; e++) {
        sono_free(y[e]);
        sono_engine_free(engines[e]);
    }
    free_sound(&s);
}

/* Restore takes back what an edit did, where it is painted: its whole slices here. */
static void restore_takes_back(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    SonoEngine *engine = new_engine("cpu", 2);
    SonoError err = {0};
    float *y = sono_alloc_aligned(N_FRAMES, sizeof *y);
    for (size_t t = 0; t < N_TRANSFORMS; t++) {
        SonoEdit erase = box_edit(transforms[t], "erase", (SonoRegion){2.5, 3.0, 2000.0, 4500.0}, 10.0, 100.0);
        SonoEdit restore = box_edit(transforms[t], "restore", (SonoRegion){-1.0, 100.0, 0.0, 30000.0}, 0.0, 0.0);
        SonoClip *erased = commit(engine, s.clip, &erase, NULL);
        SonoClip *out = NULL;
        assert_ok(sono_commit(engine, erased, &restore, s.clip, NULL, &out, NULL, &err), err);
        read_all(out, 0, y);
        double most = 0.0;
        for (int i = 0; i < N_FRAMES; i++) {
            most = fmax(most, fabs((double)y[i] - (double)s.pcm[0][i]));
        }
        if (!(most < 1e-6)) {
            fail_msg("%s: restored but for %.3g", transforms[t], most);
        }
        sono_clip_unref(out);
        sono_clip_unref(erased);
        sono_edit_clear(&erase);
        sono_edit_clear(&restore);
    }
    sono_free(y);
    sono_engine_free(engine);
    free_sound(&s);
}

/* 24 s of a whistle under a thin line, and dots far below and above, so that there are many bands and columns: the
 * solver works on segments.
 * The clean sound is noise; what is left of the whistle is as little at the segments' joint as elsewhere. */
static void long_masks_are_solved_in_segments(void **state)
{
    (void)state;
    enum { LONG = 26 * RATE, STEP = RATE / 4 };
    SonoEngine *engine = new_engine("cpu", 2);
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoClip *clip = NULL;
    SonoClipBuilder *b = NULL;
    float *clean = sono_alloc_aligned(LONG, sizeof *clean);
    float *x = sono_alloc_aligned(LONG, sizeof *x);
    float *y = sono_alloc_aligned(LONG, sizeof *y);
    uint64_t seed = 77;
    for (int i = 0; i < LONG; i++) {
        const double t = (double)i / RATE;
        clean[i] = 1e-3f * sono_test_noise(&seed);
        x[i] = clean[i] +
               (t > 1.0 && t < 25.0 ? (float)(0.5 * sin(6.283185307179586 * 1500.0 * t + 6.0 * sin(20.0 * t))) : 0.0f);
    }
    assert_ok(sono_pcm_store_new(0, NULL, &store, &err), err);
    assert_ok(sono_clip_builder_new(store, RATE, 1, &b, &err), err);
    assert_ok(sono_clip_builder_append(b, (const float *const[]){x}, LONG, &err), err);
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    SonoEdit edit = box_edit("slicq", "erase", (SonoRegion){0.95, 25.05, 1470.0, 1530.0}, 10.0, 4.0);
    for (int i = 0; i < 2; i++) {
        const double hz = i ? 21000.0 : 40.0;
        const SonoShape dot = {
            .kind = SONO_SHAPE_BOX, .combine = SONO_COMBINE_ADD, .box = {12.0, 12.01, hz, 1.01 * hz}};
        assert_ok(sono_mask_add(&edit.mask, &dot, &err), err);
    }
    assert_ok(
        sono_params_parse(sono_transform_find("slicq")->params, "bins_per_octave=96", &edit.transform_params, &err),
        err);
    double worst_db[2] = {-INFINITY, -INFINITY}; /* plain, solved: of a quarter of a second, what differs from clean */
    for (int solved = 0; solved < 2; solved++) {
        SonoCommitReport report = {0};
        edit.solver.max_steps = solved ? 3 : 0;
        SonoClip *out = commit(engine, clip, &edit, &report);
        assert_int_equal(report.tones > 0, solved);
        assert_ok(sono_clip_read(out, 0, 0, LONG, y, &err), err);
        for (int at = 2 * RATE; at < 24 * RATE; at += STEP) {
            double sum = 0.0;
            for (int i = at; i < at + STEP; i++) {
                sum += ((double)y[i] - (double)clean[i]) * ((double)y[i] - (double)clean[i]);
            }
            worst_db[solved] = fmax(worst_db[solved], 10.0 * log10(sum / STEP));
        }
        sono_clip_unref(out);
    }
    print_message("worst quarter of a second: %.1f dB by the mask, %.1f dB solved\n", worst_db[0], worst_db[1]);
    assert_true(worst_db[1] < worst_db[0] - 6.0);
    sono_edit_clear(&edit);
    sono_clip_unref(clip);
    sono_pcm_store_unref(store);
    sono_free(clean);
    sono_free(x);
    sono_free(y);
    sono_engine_free(engine);
}

static void a_cancelled_commit_leaves_nothing(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    SonoEngine *engine = new_engine("cpu", 2);
    SonoError err = {0};
    SonoGeneration generation = {0};
    const SonoJobTicket ticket = {&generation, 0};
    sono_generation_bump(&generation);
    for (size_t t = 0; t < N_TRANSFORMS; t++) {
        SonoEdit edit = box_edit(transforms[t], "erase", (SonoRegion){1.0, 3.0, 500.0, 5000.0}, 30.0, 50.0);
        SonoClip *out = NULL;
        assert_int_equal(sono_commit(engine, s.clip, &edit, NULL, &ticket, &out, NULL, &err), SONO_E_CANCELLED);
        assert_null(out);
        sono_edit_clear(&edit);
    }
    sono_engine_free(engine);
    free_sound(&s);
}

/* A result that float32 cannot hold, and parameters that make no frame: one line that says what. */
static void refusals_say_why(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s);
    SonoEngine *engine = new_engine("cpu", 2);
    SonoError err = {0};
    SonoClip *out = NULL;
    SonoEdit edit = box_edit("slicq", "erase", (SonoRegion){1.0, 3.0, 500.0, 5000.0}, 30.0, 50.0);
    edit.transform_params.v[sono_params_find(sono_transform_find("slicq")->params, "slice")] = 65537.0;
    assert_int_equal(sono_commit(engine, s.clip, &edit, NULL, NULL, &out, NULL, &err), SONO_E_RANGE);
    assert_non_null(strstr(err.message, "slice"));
    assert_null(out);
    sono_edit_clear(&edit);
    sono_engine_free(engine);
    free_sound(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gain_of_everything_is_the_gain),
        cmocka_unit_test(an_edit_that_changes_nothing_returns_the_same_clip),
        cmocka_unit_test(nothing_changes_outside_the_slices),
        cmocka_unit_test(gain_in_the_core_is_the_gain),
        cmocka_unit_test(the_ends_of_the_spectrum_belong_to_masks_that_reach_them),
        cmocka_unit_test(masks_reach_the_ends_of_the_sound),
        cmocka_unit_test(no_mask_falls_between_the_bands),
        cmocka_unit_test(replay_gives_the_same_bits),
        cmocka_unit_test(the_reference_agrees),
        cmocka_unit_test(restore_takes_back),
        cmocka_unit_test(long_masks_are_solved_in_segments),
        cmocka_unit_test(a_cancelled_commit_leaves_nothing),
        cmocka_unit_test(refusals_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
