/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commit of an erase of 1 s x 1 octave (1 to 2 kHz) on two cores, solver in auto: a strong tone over noise (the solver
 * works) on a sound of 10 s and on one of 3 hours, stereo. The 3 hours are silent but for the minute around the edit,
 * so that the benchmark needs no gigabytes; every structure the edit touches is as large as for a loud one. */
#include "bench.h"
#include "sono_clip.h"
#include "sono_commit.h"
#include "sono_mem.h"

#include <math.h>
#include <stdio.h>

#define RATE 48000
#define CHUNK 65536
#define ROUNDS 21

/* Noise with a tone of -6 dB from `at_s` for a second, in the minute around it; silence elsewhere. */
static void fill(float *x, int64_t start, int64_t n, double at_s, float noise, uint64_t *seed)
{
    for (int64_t i = 0; i < n; i++) {
        const double t = (double)(start + i) / RATE;
        x[i] = 0.0f;
        if (fabs(t - at_s) < 30.0) {
            *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            x[i] = noise * ((float)(*seed >> 40) / 8388608.0f - 1.0f);
        }
        if (t >= at_s + 0.1 && t < at_s + 0.9) {
            x[i] += (float)(0.5 * sin(6.283185307179586 * 1414.0 * (t - at_s)));
        }
    }
}

static SonoStatus make_clip(SonoPcmStore *store, double length_s, double at_s, float noise, SonoClip **out,
                            SonoError *err)
{
    SonoClipBuilder *b = NULL;
    float *x = sono_alloc_aligned(CHUNK, sizeof *x);
    SonoStatus status = x ? sono_clip_builder_new(store, RATE, 2, &b, err)
                          : sono_fail(err, SONO_E_NOMEM, "no memory for the commit benchmark");
    const int64_t n_frames = (int64_t)(length_s * RATE);
    uint64_t seed = 1;
    for (int64_t at = 0; status == SONO_OK && at < n_frames; at += CHUNK) {
        const int64_t n = n_frames - at < CHUNK ? n_frames - at : CHUNK;
        fill(x, at, n, at_s, noise, &seed);
        const float *planes[2] = {x, x};
        status = sono_clip_builder_append(b, planes, n, err);
    }
    if (status == SONO_OK) {
        status = sono_clip_builder_finish(b, out, err);
    } else {
        sono_clip_builder_free(b);
    }
    sono_free(x);
    return status;
}

static SonoStatus make_edit(double at_s, SonoEdit *edit, SonoError *err)
{
    *edit = sono_edit_new(sono_operation_find("erase"));
    const SonoShape box = {.kind = SONO_SHAPE_BOX,
                           .combine = SONO_COMBINE_ADD,
                           .box = {at_s, at_s + 1.0, 1000.0, 2000.0},
                           .feather_ms = 10.0,
                           .feather_hz = 60.0};
    return sono_mask_add(&edit->mask, &box, err);
}

static SonoStatus time_commits(SonoEngine *engine, const SonoClip *clip, const SonoEdit *edit, double *median_ms,
                               SonoCommitReport *report, SonoError *err)
{
    double ms[ROUNDS];
    SonoStatus status = SONO_OK;
    for (int r = -2; status == SONO_OK && r < ROUNDS; r++) {
        SonoClip *edited = NULL;
        status = sono_commit(engine, clip, edit, NULL, &edited, report, err);
        sono_clip_unref(edited);
        if (r >= 0) {
            ms[r] = 1e3 * report->seconds;
        }
    }
    if (status == SONO_OK) {
        *median_ms = bench_median(ms, ROUNDS);
    }
    return status;
}

SonoStatus bench_commit(BenchList *list, SonoError *err)
{
    static const struct {
        double length_s, at_s;
        float noise;
    } sounds[] = {{10.0, 5.0, 1e-2f}, {10800.0, 6000.0, 1e-2f}, {10.0, 5.0, 1e-5f}};
    enum { N_SOUNDS = sizeof sounds / sizeof *sounds };
    SonoEngine *engine = NULL;
    SonoPcmStore *store = NULL;
    double ms[N_SOUNDS] = {0};
    SonoCommitReport reports[N_SOUNDS] = {0};
    SonoStatus status = sono_engine_new("cpu", 2, &engine, err);
    if (status == SONO_OK) {
        status = sono_pcm_store_new(0, NULL, &store, err);
    }
    for (int i = 0; status == SONO_OK && i < N_SOUNDS; i++) {
        SonoClip *clip = NULL;
        SonoEdit edit = {0};
        status = make_clip(store, sounds[i].length_s, sounds[i].at_s, sounds[i].noise, &clip, err);
        if (status == SONO_OK) {
            status = make_edit(sounds[i].at_s, &edit, err);
        }
        if (status == SONO_OK) {
            status = time_commits(engine, clip, &edit, &ms[i], &reports[i], err);
        }
        sono_edit_clear(&edit);
        sono_clip_unref(clip);
    }
    if (status == SONO_OK) {
        static const char *const names[N_SOUNDS] = {"erase 1 s x 1 octave", "the same in 3 hours of sound",
                                                    "the same, solver at work"};
        for (int i = 0; i < N_SOUNDS; i++) {
            char note[120];
            (void)snprintf(note, sizeof note, "stereo, two cores; window %d, %d tones, %d solver steps",
                           reports[i].window_frames, reports[i].tones, reports[i].steps);
            bench_add(list, names[i], ms[i], "ms", 50.0, false, note);
        }
        bench_add(list, "3 hours against 10 s", ms[1] / ms[0], "x", 1.2, false, "the cost depends on the region alone");
    }
    sono_pcm_store_unref(store);
    sono_engine_free(engine);
    return status;
}
