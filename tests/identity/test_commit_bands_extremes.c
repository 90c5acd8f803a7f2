/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commits over frequency at the edges of what can be asked: sounds shorter than a slice, any rate, hours into a sound,
 * masks of most of an hour, levels near the end of float32, a stop in the middle. */
#include "sono_test.h"

#include <float.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "sono_commit.h"
#include "sono_mem.h"

static const char *const transforms[] = {"slicq", "cqt", "vqt", "nsgt", "erb", "mel", "bark"};
#define N_TRANSFORMS (sizeof transforms / sizeof *transforms)

static SonoEngine *new_engine(void)
{
    SonoError err = {0};
    SonoEngine *engine = NULL;
    assert_ok(sono_engine_new("cpu", 2, &engine, &err), err);
    return engine;
}

/* n_silent zeros, then noise. */
static SonoClip *new_clip(int rate_hz, int64_t n_silent, float amplitude, int64_t n_noise)
{
    enum { CHUNK = 65536 };
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoClipBuilder *b = NULL;
    SonoClip *clip = NULL;
    float *x = sono_alloc_aligned(CHUNK, sizeof *x);
    const float *pcm = x;
    uint64_t seed = 5;
    assert_ok(sono_pcm_store_new(0, NULL, &store, &err), err);
    assert_ok(sono_clip_builder_new(store, rate_hz, 1, &b, &err), err);
    for (int64_t at = 0; at < n_silent; at += CHUNK) {
        assert_ok(sono_clip_builder_append(b, &pcm, n_silent - at < CHUNK ? n_silent - at : CHUNK, &err), err);
    }
    for (int64_t at = 0; at < n_noise; at += CHUNK) {
        const int64_t n = n_noise - at < CHUNK ? n_noise - at : CHUNK;
        for (int64_t i = 0; i < n; i++) {
            x[i] = amplitude * sono_test_noise(&seed);
        }
        assert_ok(sono_clip_builder_append(b, &pcm, n, &err), err);
    }
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    sono_pcm_store_unref(store);
    sono_free(x);
    return clip;
}

static SonoEdit box_edit(const char *transform, const SonoOperation *operation, SonoRegion region)
{
    SonoError err = {0};
    SonoEdit edit = sono_edit_new(operation);
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = region};
    assert_ok(sono_mask_add(&edit.mask, &box, &err), err);
    (void)snprintf(edit.transform, sizeof edit.transform, "%s", transform);
    edit.transform_params = sono_params_defaults(sono_transform_find(transform)->params);
    edit.solver.max_steps = 0;
    return edit;
}

static float *read_from(const SonoClip *clip, int64_t start, int64_t n)
{
    SonoError err = {0};
    float *x = sono_alloc_aligned((size_t)n, sizeof *x);
    assert_non_null(x);
    assert_ok(sono_clip_read(clip, 0, start, n, x, &err), err);
    return x;
}

/* A gain of everything, in sounds from one frame to a few slices. */
static void sounds_of_any_length_and_rate(void **state)
{
    (void)state;
    static const struct {
        int64_t n_frames;
        int rate_hz;
    } sounds[] = {{1, 48000},     {2, 48000},      {317, 44100},  {6144, 48000},   {49152, 48000}, {65536, 48000},
                  {65537, 48000}, {114689, 48000}, {30011, 8000}, {140003, 96000}, {90001, 11025}};
    SonoEngine *engine = new_engine();
    SonoError err = {0};
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++) {
        SonoClip *clip = new_clip(sounds[i].rate_hz, 0, 0.5f, sounds[i].n_frames);
        float *x = read_from(clip, 0, sounds[i].n_frames);
        for (size_t t = 0; t < N_TRANSFORMS; t++) {
            SonoEdit edit = box_edit(transforms[t], sono_operation_find("gain"), (SonoRegion){-1.0, 1e4, 0.0, 1e6});
            SonoClip *out = NULL;
            edit.params.v[0] = -6.0;
            assert_ok(sono_commit(engine, clip, &edit, NULL, NULL, &out, NULL, &err), err);
            float *y = read_from(out, 0, sounds[i].n_frames);
            for (int64_t k = 0; k < sounds[i].n_frames; k++) {
                const double error = fabs((double)y[k] - pow(10.0, -0.3) * (double)x[k]);
                if (!(error < 2e-6)) {
                    fail_msg("%s, %lld frames at %d Hz: frame %lld is %g off", transforms[t],
                             (long long)sounds[i].n_frames, sounds[i].rate_hz, (long long)k, error);
                }
            }
            sono_free(y);
            sono_clip_unref(out);
            sono_edit_clear(&edit);
        }
        sono_free(x);
        sono_clip_unref(clip);
    }
    sono_engine_free(engine);
}

/* Two hours and more into a sound, by whole slices and hops: the same bits as at its start. */
static void an_edit_does_not_depend_on_its_place(void **state)
{
    (void)state;
    enum { RATE = 48000, LEN = 65536, N = 6 * LEN };
    const int64_t offset = INT64_C(3) * LEN * 2000;
    SonoEngine *engine = new_engine();
    SonoError err = {0};
    SonoClip *near = new_clip(RATE, INT64_C(3) * LEN, 0.5f, N);
    SonoClip *far = new_clip(RATE, INT64_C(3) * LEN + offset, 0.5f, N);
    const double start_s = (double)(INT64_C(3) * LEN) / RATE;
    const double offset_s = (double)offset / RATE;
    SonoClip *out[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        const double at_s = start_s + (i ? offset_s : 0.0) + 2.0001;
        SonoEdit edit = box_edit("slicq", sono_operation_find("erase"), (SonoRegion){at_s, at_s + 1.7, 700.0, 2100.0});
        SonoCommitReport report = {0};
        assert_ok(sono_commit(engine, i ? far : near, &edit, NULL, NULL, &out[i], &report, &err), err);
        assert_true(report.dirty.n_frames > 0);
        sono_edit_clear(&edit);
    }
    float *a = read_from(out[0], INT64_C(3) * LEN, N);
    float *b = read_from(out[1], INT64_C(3) * LEN + offset, N);
    assert_memory_equal(a, b, N * sizeof *a);
    sono_free(a);
    sono_free(b);
    for (int i = 0; i < 2; i++) {
        sono_clip_unref(out[i]);
    }
    sono_clip_unref(near);
    sono_clip_unref(far);
    sono_engine_free(engine);
}

static void levels_beyond_float_are_refused(void **state)
{
    (void)state;
    SonoEngine *engine = new_engine();
    SonoError err = {0};
    SonoClip *clip = new_clip(48000, 0, 0.5f * FLT_MAX, 100000);
    SonoEdit edit = box_edit("vqt", sono_operation_find("gain"), (SonoRegion){0.0, 9.0, 0.0, 1e6});
    SonoClip *out = NULL;
    edit.params.v[0] = 60.0;
    assert_int_equal(sono_commit(engine, clip, &edit, NULL, NULL, &out, NULL, &err), SONO_E_RANGE);
    assert_non_null(strstr(err.message, "too large for float32"));
    assert_null(out);
    sono_edit_clear(&edit);
    sono_clip_unref(clip);
    sono_engine_free(engine);
}

static SonoGeneration stop_generation;
static int n_batches;

static void run_and_stop(const SonoCplx *in, const float *weights, size_t n, const float args[SONO_OP_MAX_ARGS],
                         SonoCplx *out)
{
    if (++n_batches == 2) {
        sono_generation_bump(&stop_generation);
    }
    sono_operation_find("erase")->run(in, weights, n, args, out);
}

static void a_long_commit_stops_where_it_is(void **state)
{
    (void)state;
    SonoEngine *engine = new_engine();
    SonoError err = {0};
    SonoClip *clip = new_clip(48000, 0, 0.25f, 60 * 48000);
    SonoClip *out = NULL;
    SonoOperation operation = *sono_operation_find("erase");
    operation.run = run_and_stop;
    SonoEdit edit = box_edit("slicq", &operation, (SonoRegion){0.0, 60.0, 1000.0, 2000.0});
    const SonoJobTicket ticket = {&stop_generation, 0};
    assert_int_equal(sono_commit(engine, clip, &edit, NULL, &ticket, &out, NULL, &err), SONO_E_CANCELLED);
    assert_int_equal(n_batches, 2); /* of eight */
    assert_null(out);
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

/* 40 minutes: as one difference 460 MB. */
static void memory_does_not_grow_with_the_mask(void **state)
{
    (void)state;
#ifdef SONO_SANITIZED
    skip(); /* their shadow memory is no measure */
#endif
    SonoEngine *engine = new_engine();
    SonoError err = {0};
    SonoClip *clip = new_clip(48000, INT64_C(40) * 60 * 48000, 0.1f, 48000);
    SonoClip *out = NULL;
    SonoEdit edit = box_edit("slicq", sono_operation_find("erase"), (SonoRegion){0.0, 1e6, 1000.0, 2000.0});
    const long before_kb = most_resident_kb();
    for (int steps = 0; steps < 4; steps += 3) { /* the solver works on segments */
        edit.solver.max_steps = steps;
        assert_ok(sono_commit(engine, clip, &edit, NULL, NULL, &out, NULL, &err), err);
        sono_clip_unref(out);
        const long grown_kb = most_resident_kb() - before_kb;
        print_message("%d steps: %ld MB\n", steps, grown_kb / 1024);
        if (!(grown_kb < (steps ? 400 : 64) * 1024)) {
            fail_msg("a mask of 40 minutes took %ld MB", grown_kb / 1024);
        }
    }
    sono_edit_clear(&edit);
    sono_clip_unref(clip);
    sono_engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_does_not_grow_with_the_mask), /* first, while little has been resident */
        cmocka_unit_test(sounds_of_any_length_and_rate),      cmocka_unit_test(an_edit_does_not_depend_on_its_place),
        cmocka_unit_test(levels_beyond_float_are_refused),    cmocka_unit_test(a_long_commit_stops_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
