/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commits at the edges of what can be asked: masks finer than any transform, the top of the spectrum, the last frames,
 * levels near the end of float32, hops far too short, masks of most of an hour. */
#include "sono_test.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "sono_commit.h"
#include "sono_mem.h"

#define RATE 48000

static SonoEngine *new_engine(void)
{
    SonoError err = {0};
    SonoEngine *engine = NULL;
    assert_ok(sono_engine_new("cpu", 2, &engine, &err), err);
    return engine;
}

static SonoClip *new_clip(const float *pcm, int64_t n_frames)
{
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoClipBuilder *b = NULL;
    SonoClip *clip = NULL;
    assert_ok(sono_pcm_store_new(0, NULL, &store, &err), err);
    assert_ok(sono_clip_builder_new(store, RATE, 1, &b, &err), err);
    assert_ok(sono_clip_builder_append(b, &pcm, n_frames, &err), err);
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    sono_pcm_store_unref(store);
    return clip;
}

static SonoClip *noise_clip(float amplitude, int64_t n_frames)
{
    uint64_t seed = 5;
    float *x = sono_alloc_aligned((size_t)n_frames, sizeof *x);
    for (int64_t i = 0; i < n_frames; i++) {
        x[i] = amplitude * sono_test_noise(&seed);
    }
    SonoClip *clip = new_clip(x, n_frames);
    sono_free(x);
    return clip;
}

static void add_box(SonoEdit *edit, double t0_s, double t1_s, double f0_hz, double f1_hz)
{
    SonoError err = {0};
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {t0_s, t1_s, f0_hz, f1_hz}};
    assert_ok(sono_mask_add(&edit->mask, &box, &err), err);
}

static void add_line(SonoEdit *edit, const SonoBrush *brush, SonoStrokePoint from, SonoStrokePoint to)
{
    SonoError err = {0};
    SonoStrokePoint points[2] = {from, to};
    const bool is_dot = from.t_s == to.t_s && from.f_hz == to.f_hz;
    const SonoShape stroke = {.kind = SONO_SHAPE_STROKE, .brush = *brush, .points = points, .n_points = is_dot ? 1 : 2};
    assert_ok(sono_mask_add(&edit->mask, &stroke, &err), err);
}

static void use_stft(SonoEdit *edit, int size, int hop)
{
    (void)snprintf(edit->transform, sizeof edit->transform, "stft");
    edit->transform_params = sono_params_defaults(sono_transform_find("stft")->params);
    edit->transform_params.v[SONO_STFT_SIZE] = size;
    edit->transform_params.v[SONO_STFT_HOP] = hop;
}

static SonoEdit erase(void)
{
    return sono_edit_new(sono_operation_find("erase"));
}

/* Energy of what the edit took, over that of the frames it may touch. */
static double commit_change_db(SonoEngine *engine, const SonoClip *clip, const SonoEdit *edit, SonoCommitReport *report)
{
    SonoError err = {0};
    SonoClip *out = NULL;
    assert_ok(sono_commit(engine, clip, edit, NULL, NULL, &out, report, &err), err);
    const size_t n = (size_t)report->dirty.n_frames;
    float *x = sono_alloc_aligned(n, sizeof *x);
    float *y = sono_alloc_aligned(n, sizeof *y);
    assert_ok(sono_clip_read(clip, 0, report->dirty.start_frame, (int64_t)n, x, &err), err);
    assert_ok(sono_clip_read(out, 0, report->dirty.start_frame, (int64_t)n, y, &err), err);
    double before = 0.0;
    double change = 0.0;
    for (size_t i = 0; i < n; i++) {
        before += (double)x[i] * (double)x[i];
        change += ((double)y[i] - (double)x[i]) * ((double)y[i] - (double)x[i]);
    }
    sono_free(x);
    sono_free(y);
    sono_clip_unref(out);
    return n > 0 ? 10.0 * log10(change / before + 1e-30) : -300.0;
}

/* However fine the brush, white noise under it loses something: an edit that does nothing would be a riddle. */
static void no_mask_falls_between_the_cells(void **state)
{
    (void)state;
    const SonoBrush dot = {.radius_ms = 0.05, .radius_hz = 200, .hardness = 0.5, .flow = 1};
    const SonoBrush hair = {.radius_ms = 5, .radius_hz = 0.5, .hardness = 1, .flow = 1};
    const SonoBrush octaves = {.radius_ms = 5, .radius_oct = 1e-4, .hardness = 1, .flow = 1};
    const SonoBrush smallest = {.radius_ms = DBL_TRUE_MIN, .radius_hz = DBL_TRUE_MIN, .hardness = 1, .flow = 1};
    SonoEdit edits[9];
    for (size_t i = 0; i < 9; i++) {
        edits[i] = erase();
    }
    add_box(&edits[0], 1.00031, 1.0005, 5000, 6000);    /* between two columns */
    add_box(&edits[1], 1.0, 1.1, 1003, 1005);           /* between two bins */
    add_box(&edits[2], 1.00031, 1.00032, 1003, 1003.1); /* both */
    add_line(&edits[3], &dot, (SonoStrokePoint){1.00031, 1003, 1}, (SonoStrokePoint){1.00031, 1003, 1});
    add_line(&edits[4], &hair, (SonoStrokePoint){0.5, 1003, 1}, (SonoStrokePoint){1.5, 1003.2, 1});
    add_line(&edits[5], &octaves, (SonoStrokePoint){0.5, 1003, 1}, (SonoStrokePoint){1.5, 1003.2, 1});
    add_line(&edits[6], &smallest, (SonoStrokePoint){1.0, 1000, 1}, (SonoStrokePoint){1.0, 1000, 1});
    add_box(&edits[7], 1.1, 1.11, 1000, 2000); /* a window and a hop much longer than the mask */
    use_stft(&edits[7], 65536, 32768);
    add_box(&edits[8], 1.0, 1.1, 1000, 1050); /* a bin much wider than the mask */
    use_stft(&edits[8], 64, 16);
    SonoEngine *engine = new_engine();
    SonoClip *clip = noise_clip(0.25f, 2 * RATE);
    for (size_t i = 0; i < 9; i++) {
        SonoCommitReport report = {0};
        const double change_db = commit_change_db(engine, clip, &edits[i], &report);
        if (!(change_db > -50.0 && change_db < -3.0)) {
            fail_msg("mask %zu: %.1f dB of %lld frames", i, change_db, (long long)report.dirty.n_frames);
        }
        sono_edit_clear(&edits[i]);
    }
    sono_clip_unref(clip);
    sono_engine_free(engine);
}

/* Of a thin line that crosses a tall box the line's height counts, not the box's. */
static void a_thin_line_is_seen_as_thin(void **state)
{
    (void)state;
    const SonoBrush hair = {.radius_ms = 0.5, .radius_hz = 1.5, .hardness = 1, .flow = 0.1};
    SonoEngine *engine = new_engine();
    SonoError err = {0};
    SonoEdit edit = erase();
    SonoPlan *plan = NULL;
    add_line(&edit, &hair, (SonoStrokePoint){0.5, 300, 1}, (SonoStrokePoint){4.5, 20000, 1});
    assert_ok(sono_commit_plan(engine, &edit, RATE, 5 * RATE, &plan, &err), err);
    assert_true(plan->slice_len >= 1024); /* by its bounds it would be the shortest, 256 */
    sono_plan_unref(plan);
    sono_edit_clear(&edit);
    sono_engine_free(engine);
}

/* Frames and frequencies at the very ends of a sound are under a mask that reaches the ends. */
static void the_ends_are_reached(void **state)
{
    (void)state;
    SonoEngine *engine = new_engine();
    SonoCommitReport report = {0};
    float nyquist[4800];
    for (size_t i = 0; i < 4800; i++) {
        nyquist[i] = i % 2 ? 0.5f : -0.5f;
    }
    SonoClip *clip = new_clip(nyquist, 4800);
    SonoEdit all = erase();
    add_box(&all, 0.0, 0.1, 0.0, RATE / 2.0);
    SonoClip *out = NULL;
    SonoError err = {0};
    assert_ok(sono_commit(engine, clip, &all, NULL, NULL, &out, &report, &err), err);
    assert_ok(sono_clip_read(out, 0, 0, 4800, nyquist, &err), err);
    for (size_t i = 0; i < 4800; i++) {
        assert_true(fabsf(nyquist[i]) < 1e-5f);
    }
    sono_clip_unref(out);
    sono_edit_clear(&all);
    sono_clip_unref(clip);

    clip = noise_clip(0.25f, 100); /* one window is longer than the sound; its second column is at frame 64 */
    SonoEdit tail = erase();
    add_box(&tail, 80.0 / RATE, 100.0 / RATE, 0.0, RATE / 2.0);
    const double change_db = commit_change_db(engine, clip, &tail, &report);
    assert_true(change_db > -20.0);
    assert_int_equal(sono_span_end(report.dirty), 100);
    sono_edit_clear(&tail);
    sono_clip_unref(clip);
    sono_engine_free(engine);
}

/* What float32 cannot hold is refused, and the sound stays; what it can is done. */
static void levels_beyond_float_are_refused(void **state)
{
    (void)state;
    SonoEngine *engine = new_engine();
    SonoError err = {0};
    SonoClip *clip = noise_clip(1e38f, RATE);
    SonoClip *out = NULL;
    SonoEdit loud = sono_edit_new(sono_operation_find("gain"));
    loud.params.v[0] = 60.0;
    add_box(&loud, 0.2, 0.8, 100, 20000);
    assert_int_equal(sono_commit(engine, clip, &loud, NULL, NULL, &out, NULL, &err), SONO_E_RANGE);
    assert_non_null(strstr(err.message, "too large"));
    assert_null(out);
    sono_edit_clear(&loud);
    sono_clip_unref(clip);
    clip = noise_clip(1e25f, RATE); /* powers overflow float */
    SonoCommitReport report = {0};
    SonoEdit edit = erase();
    add_box(&edit, 0.2, 0.8, 0, 24000);
    assert_true(commit_change_db(engine, clip, &edit, &report) > -3.0);
    sono_edit_clear(&edit);
    sono_clip_unref(clip);
    sono_engine_free(engine);
}

static void hops_far_too_short_are_refused(void **state)
{
    (void)state;
    SonoEngine *engine = new_engine();
    SonoError err = {0};
    SonoClip *clip = noise_clip(0.25f, RATE);
    SonoClip *out = NULL;
    SonoEdit edit = erase();
    add_box(&edit, 0.2, 0.8, 1000, 2000);
    use_stft(&edit, 65536, 1); /* 137 GB of coefficients at once */
    assert_int_equal(sono_commit(engine, clip, &edit, NULL, NULL, &out, NULL, &err), SONO_E_LIMIT);
    assert_non_null(strstr(err.message, "hop"));
    assert_null(out);
    sono_edit_clear(&edit);
    sono_clip_unref(clip);
    sono_engine_free(engine);
}

/* An operation that counts the segments it works on, and asks to stop within the second. */
static SonoGeneration stop_generation;
static int n_segments;

static void run_and_stop(const SonoCplx *in, const float *weights, size_t n, const float args[SONO_OP_MAX_ARGS],
                         SonoCplx *out)
{
    if (++n_segments == 2) {
        sono_generation_bump(&stop_generation);
    }
    sono_operation_find("erase")->run(in, weights, n, args, out);
}

static void a_long_commit_stops_where_it_is(void **state)
{
    (void)state;
    SonoEngine *engine = new_engine();
    SonoError err = {0};
    SonoClip *clip = noise_clip(0.25f, 8 * RATE);
    SonoClip *out = NULL;
    SonoCommitReport report = {.steps = -7};
    SonoOperation operation = *sono_operation_find("erase");
    operation.run = run_and_stop;
    SonoEdit edit = sono_edit_new(&operation);
    add_box(&edit, 0.0, 8.0, 1000, 2000);
    use_stft(&edit, 1024, 8);
    const SonoJobTicket ticket = {&stop_generation, 0};
    assert_int_equal(sono_commit(engine, clip, &edit, NULL, &ticket, &out, &report, &err), SONO_E_CANCELLED);
    assert_int_equal(n_segments, 2); /* of five */
    assert_null(out);
    assert_int_equal(report.steps, -7); /* results are written on success only */
    sono_edit_clear(&edit);
    sono_clip_unref(clip);
    sono_engine_free(engine);
}

static long most_resident_kb(void)
{
    struct rusage use = {0};
    assert_int_equal(getrusage(RUSAGE_SELF, &use), 0);
    return use.ru_maxrss;
}

/* 40 minutes: as one difference 440 MB, and as much again for the sound. */
static void memory_does_not_grow_with_the_mask(void **state)
{
    (void)state;
#ifdef SONO_SANITIZED
    skip(); /* their shadow memory is no measure */
#endif
    const int64_t n = INT64_C(40) * 60 * RATE;
    SonoEngine *engine = new_engine();
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoClipBuilder *b = NULL;
    SonoClip *clip = NULL;
    SonoClip *out = NULL;
    float *silence = sono_alloc_aligned((size_t)RATE, sizeof *silence);
    const float *pcm = silence;
    assert_ok(sono_pcm_store_new(0, NULL, &store, &err), err);
    assert_ok(sono_clip_builder_new(store, RATE, 1, &b, &err), err);
    for (int64_t i = 0; i < n; i += RATE) {
        assert_ok(sono_clip_builder_append(b, &pcm, RATE, &err), err);
    }
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    SonoEdit edit = erase();
    add_box(&edit, 0.0, 1e6, 0.0, 30000.0);
    use_stft(&edit, 1024, 512);
    const long before_kb = most_resident_kb();
    assert_ok(sono_commit(engine, clip, &edit, NULL, NULL, &out, NULL, &err), err);
    const long grown_kb = most_resident_kb() - before_kb;
    if (!(grown_kb < 400 * 1024)) {
        fail_msg("a mask of 40 minutes took %ld MB", grown_kb / 1024);
    }
    sono_edit_clear(&edit);
    sono_clip_unref(out);
    sono_clip_unref(clip);
    sono_pcm_store_unref(store);
    sono_free(silence);
    sono_engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_mask_falls_between_the_cells),
        cmocka_unit_test(a_thin_line_is_seen_as_thin),
        cmocka_unit_test(the_ends_are_reached),
        cmocka_unit_test(levels_beyond_float_are_refused),
        cmocka_unit_test(hops_far_too_short_are_refused),
        cmocka_unit_test(a_long_commit_stops_where_it_is),
        cmocka_unit_test(memory_does_not_grow_with_the_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
