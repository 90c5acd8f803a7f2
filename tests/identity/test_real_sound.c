/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real music and speech through the whole trip: file, STFT, reference, edit, file. */
#include "sono_test.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "sono_codec.h"
#include "sono_commit.h"
#include "sono_mem.h"
#include "sono_ref.h"

static const char *const sounds[] = {
    SONO_TEST_SAMPLES "/loop_amen_full.flac",
    SONO_TEST_SAMPLES "/guit_em9.flac",
    SONO_TEST_SAMPLES "/ambi_choir.flac",
    SONO_TEST_SAMPLES "/loop_garzul.flac",
    SONO_TEST_SPEECH,
    "/usr/share/sounds/alsa/Side_Right.wav",
};
#define N_SOUNDS (sizeof sounds / sizeof *sounds)

typedef struct World {
    SonoEngine *engine;
    SonoPcmStore *store;
} World;

static int set_up(void **state)
{
    static World w;
    SonoError err = {0};
    assert_ok(sono_engine_new("cpu", 2, &w.engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &w.store, &err), err);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    World *w = *state;
    sono_engine_free(w->engine);
    sono_pcm_store_unref(w->store);
    return 0;
}

static SonoClip *load(World *w, const char *path, SonoLoadReport *report)
{
    SonoError err = {0};
    SonoClip *clip = NULL;
    assert_ok(sono_clip_load(path, NULL, w->store, &clip, report, &err), err);
    return clip;
}

static float *read_channel(const SonoClip *clip, int channel)
{
    SonoError err = {0};
    float *x = sono_alloc_aligned((size_t)sono_clip_n_frames(clip), sizeof *x);
    assert_non_null(x);
    assert_ok(sono_clip_read(clip, channel, 0, sono_clip_n_frames(clip), x, &err), err);
    return x;
}

/* The bar: >= 130 dB at 2048/512 Hann. */
static void round_trip_of_music_and_speech(void **state)
{
    World *w = *state;
    SonoError err = {0};
    const SonoTransform *stft = sono_transform_find("stft");
    const SonoParams params = sono_params_defaults(stft->params);
    for (size_t i = 0; i < N_SOUNDS; i++) {
        SonoClip *clip = load(w, sounds[i], NULL);
        SonoPlan *plan = NULL;
        assert_ok(sono_engine_plan(w->engine, stft, &params, sono_clip_rate_hz(clip), 0, &plan, &err), err);
        const SonoSpan span = {0, sono_clip_n_frames(clip)};
        const SonoSlices slices = sono_plan_slices_touching(plan, span);
        SonoCplx *c = sono_alloc_aligned((size_t)slices.n * plan->n_coef, sizeof *c);
        float *y = sono_alloc_aligned((size_t)span.n_frames, sizeof *y);
        for (int channel = 0; channel < sono_clip_n_channels(clip); channel++) {
            float *x = read_channel(clip, channel);
            assert_ok(sono_engine_analyse(w->engine, plan, x, span, slices, c, &err), err);
            assert_ok(sono_engine_synthesise(w->engine, plan, c, slices, y, span, &err), err);
            double p = 0.0;
            double e = 0.0;
            for (int64_t t = 0; t < span.n_frames; t++) {
                const double d = (double)y[t] - (double)x[t];
                p += (double)x[t] * (double)x[t];
                e += d * d;
            }
            print_message("%s channel %d: %.1f dB\n", strrchr(sounds[i], '/') + 1, channel, 10.0 * log10(p / e));
            assert_true(10.0 * log10(p / e) >= 130.0);
            sono_free(x);
        }
        sono_free(c);
        sono_free(y);
        sono_plan_unref(plan);
        sono_clip_unref(clip);
    }
}

/* Relative L2 <= 5e-7 against sums in double, on 8 slices in the middle. */
static void analysis_agrees_with_the_reference(void **state)
{
    World *w = *state;
    SonoError err = {0};
    const SonoTransform *stft = sono_transform_find("stft");
    const SonoParams params = sono_params_defaults(stft->params);
    for (size_t i = 0; i < N_SOUNDS; i++) {
        SonoClip *clip = load(w, sounds[i], NULL);
        SonoPlan *plan = NULL;
        assert_ok(sono_engine_plan(w->engine, stft, &params, sono_clip_rate_hz(clip), 0, &plan, &err), err);
        const SonoSlices slices = {sono_clip_n_frames(clip) / plan->slice_hop / 2, 8};
        const SonoSpan span = sono_plan_support(plan, slices);
        const size_t n = (size_t)slices.n * plan->n_coef;
        float *x = sono_alloc_aligned((size_t)span.n_frames, sizeof *x);
        double *xd = sono_alloc_aligned((size_t)span.n_frames, sizeof *xd);
        SonoCplx *c = sono_alloc_aligned(n, sizeof *c);
        SonoCplxD *cd = sono_alloc_aligned(n, sizeof *cd);
        assert_ok(sono_clip_read(clip, 0, span.start_frame, span.n_frames, x, &err), err);
        for (int64_t t = 0; t < span.n_frames; t++) {
            xd[t] = (double)x[t];
        }
        assert_ok(sono_engine_analyse(w->engine, plan, x, span, slices, c, &err), err);
        assert_ok(sono_ref_analyse(plan, xd, span, slices, cd, &err), err);
        double p = 0.0;
        double e = 0.0;
        for (size_t k = 0; k < n; k++) {
            const double re = (double)c[k].re - cd[k].re;
            const double im = (double)c[k].im - cd[k].im;
            e += re * re + im * im;
            p += cd[k].re * cd[k].re + cd[k].im * cd[k].im;
        }
        print_message("%s: relative L2 %.2e\n", strrchr(sounds[i], '/') + 1, sqrt(e / p));
        assert_true(sqrt(e / p) <= 5e-7);
        sono_free(x);
        sono_free(xd);
        sono_free(c);
        sono_free(cd);
        sono_plan_unref(plan);
        sono_clip_unref(clip);
    }
}

/* Edit a real file, write it in its own format, read it back: every sample outside the edit's reach is the file's. */
static void a_saved_edit_keeps_every_other_sample(void **state)
{
    World *w = *state;
    SonoError err = {0};
    static const struct {
        const char *from, *extension;
    } cases[] = {{SONO_TEST_SPEECH, "wav"},
                 {SONO_TEST_SAMPLES "/guit_em9.flac", "flac"},
                 {SONO_TEST_SAMPLES "/loop_amen_full.flac", "aiff"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "/tmp/sonobrush-test-%ld.%s", (long)getpid(), cases[i].extension);
        SonoLoadReport report = {0};
        SonoClip *clip = load(w, cases[i].from, &report);
        SonoEdit edit = sono_edit_new(sono_operation_find("erase"));
        const SonoShape box = {.kind = SONO_SHAPE_BOX,
                               .combine = SONO_COMBINE_ADD,
                               .box = {0.4, 0.9, 400.0, 1200.0},
                               .feather_ms = 10.0,
                               .feather_hz = 50.0};
        assert_ok(sono_mask_add(&edit.mask, &box, &err), err);
        SonoClip *edited = NULL;
        SonoCommitReport commit = {0};
        assert_ok(sono_commit(w->engine, clip, &edit, NULL, NULL, &edited, &commit, &err), err);
        assert_true(commit.dirty.n_frames > 0);
        SonoEncodeOptions encode = {0};
        assert_ok(sono_encode_options_for(path, &report.info, &encode, &err), err);
        assert_ok(sono_clip_save(edited, path, &encode, NULL, NULL, &err), err);
        SonoClip *back = load(w, path, NULL);
        assert_int_equal(sono_clip_n_frames(back), sono_clip_n_frames(clip));
        assert_int_equal(sono_clip_n_channels(back), sono_clip_n_channels(clip));
        for (int channel = 0; channel < sono_clip_n_channels(clip); channel++) {
            float *x = read_channel(clip, channel);
            float *y = read_channel(back, channel);
            const size_t end = (size_t)sono_span_end(commit.dirty);
            assert_memory_equal(x, y, (size_t)commit.dirty.start_frame * sizeof *x);
            assert_memory_equal(x + end, y + end, ((size_t)sono_clip_n_frames(clip) - end) * sizeof *x);
            assert_memory_not_equal(x + commit.dirty.start_frame, y + commit.dirty.start_frame,
                                    (size_t)commit.dirty.n_frames * sizeof *x);
            sono_free(x);
            sono_free(y);
        }
        assert_int_equal(unlink(path), 0);
        sono_edit_clear(&edit);
        sono_clip_unref(back);
        sono_clip_unref(edited);
        sono_clip_unref(clip);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip_of_music_and_speech),
        cmocka_unit_test(analysis_agrees_with_the_reference),
        cmocka_unit_test(a_saved_edit_keeps_every_other_sample),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
