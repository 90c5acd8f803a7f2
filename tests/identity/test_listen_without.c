/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies inside a mask alone: the difference clip - without is S(m C) by the definitions, it is nothing outside of
 * its span, parts of a partition add up to the sound, and so do pieces made in any order. */
#include "sono_test.h"

#include <math.h>
#include <string.h>

#include "alone.h"
#include "alone_job.h"
#include "listen_without.h"
#include "sono_commit.h"
#include "sono_listener.h"
#include "sono_mem.h"
#include "sono_ref.h"

#define RATE 44100

typedef struct Sound {
    SonoPcmStore *store;
    SonoClip *clip;
    SonoEngine *engine;
    int n_channels;
    int64_t n;
} Sound;

static void make_sound(Sound *s, int n_channels, int64_t n)
{
    SonoError err = {0};
    SonoClipBuilder *b = NULL;
    uint64_t seed = 5;
    *s = (Sound){.n_channels = n_channels, .n = n};
    assert_ok(sono_engine_new("cpu", 2, &s->engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &s->store, &err), err);
    assert_ok(sono_clip_builder_new(s->store, RATE, n_channels, &b, &err), err);
    float *pcm[SONO_MAX_CHANNELS] = {0};
    for (int c = 0; c < n_channels; c++) {
        pcm[c] = sono_alloc_aligned((size_t)n, sizeof *pcm[c]);
        for (int64_t i = 0; i < n; i++) {
            const double t = (double)i / RATE;
            pcm[c][i] = (float)(0.3 * sin(6.283185307179586 * (700.0 + 100.0 * c) * t) +
                                0.2 * sin(6.283185307179586 * 6000.0 * t * (1.0 + 0.01 * t))) +
                        0.2f * sono_test_noise(&seed);
            pcm[c][i] = i % 997 == 0 ? -0.0f : pcm[c][i];
        }
    }
    assert_ok(sono_clip_builder_append(b, (const float *const *)pcm, n, &err), err);
    assert_ok(sono_clip_builder_finish(b, &s->clip, &err), err);
    for (int c = 0; c < n_channels; c++) {
        sono_free(pcm[c]);
    }
}

static void free_sound(Sound *s)
{
    sono_clip_unref(s->clip);
    sono_pcm_store_unref(s->store);
    sono_engine_free(s->engine);
}

static void add_box(SonoMask *mask, SonoCombine combine, SonoRegion box, double feather_ms, double feather_hz)
{
    SonoError err = {0};
    const SonoShape shape = {
        .kind = SONO_SHAPE_BOX, .combine = combine, .box = box, .feather_ms = feather_ms, .feather_hz = feather_hz};
    assert_ok(sono_mask_add(mask, &shape, &err), err);
}

static void add_stroke(SonoMask *mask)
{
    SonoError err = {0};
    SonoStrokePoint points[] = {{0.3, 5000.0, 1.0}, {0.5, 6500.0, 0.6}, {0.7, 5500.0, 1.0}};
    const SonoShape shape = {
        .kind = SONO_SHAPE_STROKE,
        .brush = {.radius_ms = 60.0, .radius_hz = 900.0, .hardness = 0.5, .flow = 0.8, .pressure_to_size = 0.5},
        .points = points,
        .n_points = 3};
    assert_ok(sono_mask_add(mask, &shape, &err), err);
}

static float *read_channel(const SonoClip *clip, int channel)
{
    SonoError err = {0};
    float *x = sono_alloc_aligned((size_t)sono_clip_n_frames(clip), sizeof *x);
    assert_non_null(x);
    assert_ok(sono_clip_read(clip, channel, 0, sono_clip_n_frames(clip), x, &err), err);
    return x;
}

/* sum[i] += x[i] - w[i] */
static void add_inside(const SonoClip *clip, const SonoClip *without, int channel, double *sum)
{
    float *x = read_channel(clip, channel);
    float *w = read_channel(without, channel);
    for (int64_t i = 0; i < sono_clip_n_frames(clip); i++) {
        sum[i] += (double)x[i] - (double)w[i];
    }
    sono_free(x);
    sono_free(w);
}

static double *doubles(int64_t n)
{
    double *x = sono_calloc((size_t)n, sizeof *x);
    assert_non_null(x);
    return x;
}

/* Energy of a over that of a - b, in dB. */
static double snr_db(const double *a, const double *b, int64_t n)
{
    double signal = 0.0;
    double error = 0.0;
    for (int64_t i = 0; i < n; i++) {
        signal += a[i] * a[i];
        error += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return 10.0 * log10((signal + 1e-300) / (error + 1e-300));
}

/* S(m C) in double by naive sums, of channel 0. */
static double *inside_by_definition(const Sound *s, const SonoMask *mask)
{
    SonoError err = {0};
    SonoEdit edit = {0};
    SonoPlan *plan = NULL;
    assert_ok(listen_without_edit(mask, -1, &edit, &err), err);
    assert_ok(sono_commit_plan(s->engine, &edit, RATE, s->n, &plan, &err), err);
    const SonoSpan all = {0, s->n};
    const SonoSlices slices = sono_plan_slices_touching(plan, all);
    const size_t n_bins = (size_t)sono_plan_n_bins(plan);
    const SonoMaskFit fit = {(double)plan->slice_hop / RATE, RATE / (double)plan->atoms[0].n_fft, 0.5 * RATE, 0.0};
    double *freq_hz = doubles((int64_t)n_bins);
    double *time_s = doubles(slices.n);
    float *weights = sono_alloc_aligned((size_t)slices.n * plan->n_coef, sizeof *weights);
    SonoCplxD *coef = sono_calloc((size_t)slices.n * plan->n_coef, sizeof *coef);
    double *pcm = doubles(s->n);
    double *out = doubles(s->n);
    float *x = read_channel(s->clip, 0);
    assert_true(weights && coef);
    for (int64_t i = 0; i < s->n; i++) {
        pcm[i] = (double)x[i];
    }
    for (size_t k = 0; k < n_bins; k++) {
        freq_hz[k] = sono_plan_freq_hz(plan, k);
    }
    for (int64_t i = 0; i < slices.n; i++) {
        time_s[i] = sono_plan_time_s(plan, slices.first + i);
    }
    assert_ok(sono_mask_render_fit(mask, fit, time_s, (size_t)slices.n, freq_hz, n_bins, weights, plan->n_coef, &err),
              err);
    assert_ok(sono_ref_analyse(plan, pcm, all, slices, coef, &err), err);
    for (size_t i = 0; i < (size_t)slices.n * plan->n_coef; i++) {
        coef[i].re *= (double)weights[i];
        coef[i].im *= (double)weights[i];
    }
    assert_ok(sono_ref_synthesise(plan, coef, slices, out, all, &err), err);
    sono_free(freq_hz);
    sono_free(time_s);
    sono_free(weights);
    sono_free(coef);
    sono_free(pcm);
    sono_free(x);
    sono_edit_clear(&edit);
    sono_plan_unref(plan);
    return out;
}

static void it_is_the_masked_spectrogram(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 1, RATE);
    for (int kind = 0; kind < 3; kind++) {
        SonoError err = {0};
        SonoMask mask = {0};
        SonoClip *without = NULL;
        SonoSpan span = {0};
        if (kind == 0) {
            add_box(&mask, SONO_COMBINE_ADD, (SonoRegion){0.3, 0.6, 4800.0, 7000.0}, 20.0, 200.0);
        } else if (kind == 1) {
            add_stroke(&mask);
        } else { /* with a hole */
            add_box(&mask, SONO_COMBINE_ADD, (SonoRegion){0.2, 0.8, 300.0, 9000.0}, 0.0, 0.0);
            add_box(&mask, SONO_COMBINE_SUBTRACT, (SonoRegion){0.4, 0.5, 3000.0, 7000.0}, 10.0, 300.0);
        }
        assert_ok(sono_listen_without(s.engine, s.clip, &mask, -1, NULL, &without, &span, &err), err);
        double *heard = doubles(s.n);
        double *want = inside_by_definition(&s, &mask);
        add_inside(s.clip, without, 0, heard);
        const double db = snr_db(want, heard, s.n);
        if (!(db >= 110.0)) { /* what x - (x - inside) loses to rounding of x, which is louder than its inside */
            fail_msg("mask %d: %.1f dB", kind, db);
        }
        sono_free(heard);
        sono_free(want);
        sono_clip_unref(without);
        sono_mask_clear(&mask);
    }
    free_sound(&s);
}

static void nothing_is_heard_outside_its_span(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 3, 4 * RATE);
    SonoError err = {0};
    SonoMask mask = {0};
    SonoMask empty = {0};
    SonoClip *without = NULL;
    SonoSpan span = {0};
    add_box(&mask, SONO_COMBINE_ADD, (SonoRegion){1.5, 2.0, 2000.0, 3000.0}, 20.0, 100.0);
    assert_ok(sono_listen_without(s.engine, s.clip, &mask, 1, NULL, &without, &span, &err), err);
    assert_true(span.n_frames > RATE / 2 && span.n_frames < RATE);
    assert_true(span.start_frame > RATE && sono_span_end(span) < 5 * RATE / 2);
    for (int c = 0; c < 3; c++) {
        float *x = read_channel(s.clip, c);
        float *w = read_channel(without, c);
        const size_t end = (size_t)sono_span_end(span);
        assert_memory_equal(x, w, (c == 1 ? (size_t)span.start_frame : (size_t)s.n) * sizeof *x);
        assert_memory_equal(x + end, w + end, ((size_t)s.n - end) * sizeof *x);
        sono_free(x);
        sono_free(w);
    }
    sono_clip_unref(without);
    assert_ok(sono_listen_without(s.engine, s.clip, &empty, -1, NULL, &without, &span, &err), err);
    assert_ptr_equal(without, s.clip);
    assert_int_equal(span.n_frames, 0);
    sono_clip_unref(without);
    assert_int_equal(sono_listen_without(s.engine, s.clip, &mask, 3, NULL, &without, &span, &err), SONO_E_RANGE);
    sono_mask_clear(&mask);
    free_sound(&s);
}

/* Two masks of a checkerboard: all heights are equal, so both get the same transform. */
static void checkerboard(SonoMask *mask, int odd)
{
    for (int t = 0; t < 8; t++) {
        for (int f = 0; f < 4; f++) {
            if ((t + f) % 2 == odd) {
                const double step_hz = 0.125 * RATE;
                add_box(mask, SONO_COMBINE_ADD,
                        (SonoRegion){t == 0 ? -1.0 : 0.25 * t, t == 7 ? 3.0 : 0.25 * (t + 1), step_hz * f,
                                     step_hz * (f + 1)},
                        0.0, 0.0);
            }
        }
    }
}

static void parts_of_a_partition_add_up(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 2, 2 * RATE);
    for (int kind = 0; kind < 3; kind++) {
        SonoError err = {0};
        double *sum[2] = {doubles(s.n), doubles(s.n)};
        for (int part = 0; part < 2; part++) {
            SonoMask mask = {0};
            SonoClip *without = NULL;
            const double mid_s = 0.8;
            const double mid_hz = 0.25 * RATE;
            if (kind == 0) { /* in time, with feathers */
                add_box(&mask, SONO_COMBINE_ADD, (SonoRegion){part ? mid_s : -9.0, part ? 9.0 : mid_s, 0.0, 0.5 * RATE},
                        50.0, 0.0);
            } else if (kind == 1) { /* in frequency */
                add_box(&mask, SONO_COMBINE_ADD,
                        (SonoRegion){-1.0, 9.0, part ? mid_hz : 0.0, part ? 0.5 * RATE : mid_hz}, 0.0, 0.0);
            } else {
                checkerboard(&mask, part);
            }
            assert_ok(sono_listen_without(s.engine, s.clip, &mask, -1, NULL, &without, NULL, &err), err);
            for (int c = 0; c < 2; c++) {
                add_inside(s.clip, without, c, sum[c]);
            }
            sono_clip_unref(without);
            sono_mask_clear(&mask);
        }
        for (int c = 0; c < 2; c++) {
            float *x = read_channel(s.clip, c);
            double *want = doubles(s.n);
            for (int64_t i = 0; i < s.n; i++) {
                want[i] = (double)x[i];
            }
            const double db = snr_db(want, sum[c], s.n);
            if (!(db >= 120.0)) {
                fail_msg("partition %d, channel %d: %.1f dB", kind, c, db);
            }
            sono_free(want);
            sono_free(x);
            sono_free(sum[c]);
        }
    }
    free_sound(&s);
}

/* Cells in a scattered order, alone and in runs. */
static void pieces_add_up_in_any_order(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 2, 6 * RATE);
    for (int kind = 0; kind < 3; kind++) {
        SonoError err = {0};
        SonoMask mask = {0};
        SonoEdit edit = {0};
        SonoPlan *plan = NULL;
        SonoClip *whole = NULL;
        if (kind == 0) { /* everything: the ends of the sound, too */
            add_box(&mask, SONO_COMBINE_ADD, (SonoRegion){-1.0, 10.0, 0.0, RATE}, 0.0, 0.0);
        } else if (kind == 1) { /* 60 Hz high: windows of 2940 frames and more */
            add_box(&mask, SONO_COMBINE_ADD, (SonoRegion){0.4, 5.0, 680.0, 740.0}, 30.0, 10.0);
        } else {
            add_stroke(&mask);
            add_box(&mask, SONO_COMBINE_ADD, (SonoRegion){1.0, 5.9, 5000.0, 9000.0}, 30.0, 10.0);
        }
        assert_ok(listen_without_edit(&mask, -1, &edit, &err), err);
        assert_ok(sono_commit_plan(s.engine, &edit, RATE, s.n, &plan, &err), err);
        (void)snprintf(edit.transform, sizeof edit.transform, "%s", plan->transform);
        edit.transform_params = plan->params;
        const AloneCells cells = alone_cells(plan, s.n);
        assert_true(cells.n > 10);
        SonoClip *without = sono_clip_ref(s.clip);
        for (int64_t i = 0; i < cells.n; i++) {
            const int64_t first = (i * 7 + 3) % cells.n;
            const int64_t end = first % 5 == 0 && first + 1 < cells.n ? first + 2 : first + 1;
            if (cells.n % 7 == 0 || (first > 0 && (first - 1) % 5 == 0)) {
                assert_true(cells.n % 7 != 0);
                continue; /* came with the one before */
            }
            SonoClip *next = NULL;
            assert_ok(alone_take_out(s.engine, s.clip, &edit, plan, cells, first, end, without, NULL, &next, &err),
                      err);
            sono_clip_unref(without);
            without = next;
        }
        assert_ok(sono_listen_without(s.engine, s.clip, &mask, -1, NULL, &whole, NULL, &err), err);
        for (int c = 0; c < 2; c++) {
            double *want = doubles(s.n);
            double *got = doubles(s.n);
            add_inside(s.clip, whole, c, want);
            add_inside(s.clip, without, c, got);
            const double db = snr_db(want, got, s.n);
            if (!(db >= 110.0)) {
                fail_msg("mask %d, channel %d: %.1f dB", kind, c, db);
            }
            sono_free(want);
            sono_free(got);
        }
        sono_clip_unref(whole);
        sono_clip_unref(without);
        sono_plan_unref(plan);
        sono_edit_clear(&edit);
        sono_mask_clear(&mask);
    }
    free_sound(&s);
}

/* An edit over frequency: cells from the last to the first make the whole, and those that frames depend on make these
 * frames. */
static void pieces_add_up_in_bands(void **state)
{
    (void)state;
    static const char *const names[] = {"slicq", "cqt", "vqt", "nsgt", "erb", "mel", "bark"};
    Sound s;
    make_sound(&s, 1, 9 * RATE);
    SonoMask mask = {0};
    add_stroke(&mask);
    add_box(&mask, SONO_COMBINE_ADD, (SonoRegion){-1.0, 12.0, 650.0, 800.0}, 30.0, 10.0);
    for (size_t t = 0; t < sizeof names / sizeof *names; t++) {
        SonoError err = {0};
        SonoEdit edit = {0};
        SonoPlan *plan = NULL;
        SonoClip *whole = NULL;
        assert_ok(listen_without_edit(&mask, -1, &edit, &err), err);
        (void)snprintf(edit.transform, sizeof edit.transform, "%s", names[t]);
        edit.transform_params = sono_params_defaults(sono_transform_find(names[t])->params);
        assert_ok(sono_commit_plan(s.engine, &edit, RATE, s.n, &plan, &err), err);
        assert_ok(sono_commit(s.engine, s.clip, &edit, NULL, NULL, &whole, NULL, &err), err);
        float *want = read_channel(whole, 0);
        const AloneCells cells = alone_cells(plan, s.n);
        for (int part = 0; part < 2; part++) {
            const SonoSpan frames = part ? (SonoSpan){4 * RATE, RATE / 2} : (SonoSpan){0, s.n};
            SonoClip *without = sono_clip_ref(s.clip);
            int64_t first = 0;
            int64_t end = 0;
            alone_cells_of(cells, plan, frames, &first, &end);
            assert_true(part || (first == 0 && end == cells.n));
            for (int64_t cell = end - 1; cell >= first; cell--) {
                SonoClip *next = NULL;
                assert_ok(
                    alone_take_out(s.engine, s.clip, &edit, plan, cells, cell, cell + 1, without, NULL, &next, &err),
                    err);
                sono_clip_unref(without);
                without = next;
            }
            float *got = read_channel(without, 0);
            for (int64_t i = frames.start_frame; i < sono_span_end(frames); i++) {
                if (!(fabsf(got[i] - want[i]) < 5e-7f)) {
                    fail_msg("%s: frame %lld is %g, not %g", names[t], (long long)i, (double)got[i], (double)want[i]);
                }
            }
            sono_free(got);
            sono_clip_unref(without);
        }
        sono_free(want);
        sono_clip_unref(whole);
        sono_plan_unref(plan);
        sono_edit_clear(&edit);
    }
    sono_mask_clear(&mask);
    free_sound(&s);
}

static void no_wake(void *ctx)
{
    (void)ctx;
}

/* Frames that are said to be there are final, wherever it was begun. */
static void what_is_there_is_final(void **state)
{
    (void)state;
    Sound s;
    make_sound(&s, 1, 20 * RATE);
    SonoError err = {0};
    SonoMask mask = {0};
    SonoClip *whole = NULL;
    Alone *a = NULL;
    Mailbox *mailbox = mailbox_new(no_wake, NULL);
    add_box(&mask, SONO_COMBINE_ADD, (SonoRegion){2.0, 18.0, 650.0, 800.0}, 30.0, 30.0);
    assert_ok(sono_listen_without(s.engine, s.clip, &mask, -1, NULL, &whole, NULL, &err), err);
    assert_ok(alone_new(s.engine, s.clip, &mask, -1, mailbox, &a, &err), err);
    float *want = read_channel(whole, 0);
    const SonoSpan spans[] = {{9 * RATE, 2 * RATE}, {3 * RATE, RATE}, {2 * RATE, 16 * RATE}};
    assert_false(alone_has(a, spans[0]));
    for (int i = 0; i < 3; i++) {
        int n_pieces = 0;
        while (!alone_has(a, spans[i])) {
            alone_want(a, spans[i], SONO_PRIORITY_VISIBLE);
            sono_jobs_wait_idle(sono_engine_jobs(s.engine));
            assert_true(alone_poll(a));
            assert_null(alone_failure(a));
            assert_true(++n_pieces < 30);
        }
        assert_true(n_pieces > (i == 0 ? 1 : 0));
        assert_true(alone_has(a, (SonoSpan){9 * RATE, RATE}));
        assert_true(i == 2 || !alone_has(a, (SonoSpan){14 * RATE, 100}));
        float *got = read_channel(alone_without(a), 0);
        for (int64_t f = spans[i].start_frame; f < sono_span_end(spans[i]); f++) {
            assert_true(fabsf(got[f] - want[f]) < 3e-7f);
        }
        sono_free(got);
    }
    assert_false(alone_poll(a));
    sono_free(want);
    alone_free(a);
    sono_clip_unref(whole);
    sono_mask_clear(&mask);
    mailbox_close(mailbox);
    mailbox_unref(mailbox);
    free_sound(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_masked_spectrogram), cmocka_unit_test(nothing_is_heard_outside_its_span),
        cmocka_unit_test(parts_of_a_partition_add_up),  cmocka_unit_test(pieces_add_up_in_any_order),
        cmocka_unit_test(pieces_add_up_in_bands),       cmocka_unit_test(what_is_there_is_final),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
