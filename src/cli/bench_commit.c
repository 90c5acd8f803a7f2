/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commit of an erase of 1 s x 1 octave (1 to 2 kHz) on two cores, solver in auto: a strong tone over noise (the solver
 * works) on a sound of 10 s and on one of 3 hours, stereo. */
#include "bench.h"
#include "sono_clip.h"
#include "sono_commit.h"

#include <stdio.h>

#define ROUNDS 21

typedef struct Scene {
    const char *name;
    double length_s, at_s; /* of the sound; of the edit */
    float noise;           /* amplitude */
    double f0_hz, f1_hz;   /* of the mask */
    SonoClip *clip;
    SonoEdit edit;
    SonoCommitReport report;
    double ms[ROUNDS];
} Scene;

static SonoStatus prepare(Scene *s, SonoPcmStore *store, SonoError *err)
{
    s->edit = sono_edit_new(sono_operation_find("erase"));
    const SonoShape box = {.kind = SONO_SHAPE_BOX,
                           .combine = SONO_COMBINE_ADD,
                           .box = {s->at_s, s->at_s + 1.0, s->f0_hz, s->f1_hz},
                           .feather_ms = 10.0,
                           .feather_hz = 20.0};
    const SonoStatus status = bench_clip(store, s->length_s, s->at_s, s->noise, &s->clip, err);
    return status == SONO_OK ? sono_mask_add(&s->edit.mask, &box, err) : status;
}

/* One commit of every scene a round, so that a machine that changes speed changes all of them. */
static SonoStatus run_rounds(SonoEngine *engine, Scene *scenes, size_t n, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (int r = -2; r < ROUNDS; r++) { /* the first two warm up */
        for (size_t i = 0; status == SONO_OK && i < n; i++) {
            SonoClip *edited = NULL;
            status = sono_commit(engine, scenes[i].clip, &scenes[i].edit, NULL, NULL, &edited, &scenes[i].report, err);
            sono_clip_unref(edited);
            scenes[i].ms[r < 0 ? 0 : r] = 1e3 * scenes[i].report.seconds;
        }
    }
    return status;
}

static void add_figures(BenchList *list, Scene *scenes, size_t n)
{
    double ratio[ROUNDS];
    for (int r = 0; r < ROUNDS; r++) {
        ratio[r] = scenes[1].ms[r] / scenes[0].ms[r];
    }
    for (size_t i = 0; i < n; i++) {
        char note[120];
        (void)snprintf(note, sizeof note, "stereo, two cores; window %d, %d tones, %d solver steps",
                       scenes[i].report.window_frames, scenes[i].report.tones, scenes[i].report.steps);
        bench_add(list, scenes[i].name, bench_median(scenes[i].ms, ROUNDS), "ms", 50.0, false, note);
    }
    bench_add(list, "3 hours against 10 s", bench_median(ratio, ROUNDS), "x", 1.2, false,
              "the cost depends on the region alone");
}

SonoStatus bench_commit(BenchList *list, SonoError *err)
{
    Scene scenes[] = {
        {.name = "erase 1 s x 1 octave",
         .length_s = 10.0,
         .at_s = 5.0,
         .noise = 1e-2f,
         .f0_hz = 1000.0,
         .f1_hz = 2000.0},
        {.name = "the same in 3 hours of sound",
         .length_s = 10800.0,
         .at_s = 6000.0,
         .noise = 1e-2f,
         .f0_hz = 1000.0,
         .f1_hz = 2000.0},
        {.name = "erase a whistle under a tight mask, 1 s",
         .length_s = 10.0,
         .at_s = 5.0,
         .noise = 1e-3f,
         .f0_hz = 1319.0,
         .f1_hz = 1509.0},
    };
    enum { N_SCENES = sizeof scenes / sizeof *scenes };
    SonoEngine *engine = NULL;
    SonoPcmStore *store = NULL;
    SonoStatus status = sono_engine_new("cpu", 2, &engine, err);
    if (status == SONO_OK) {
        status = sono_pcm_store_new(0, NULL, &store, err);
    }
    for (int i = 0; status == SONO_OK && i < N_SCENES; i++) {
        status = prepare(&scenes[i], store, err);
    }
    if (status == SONO_OK) {
        status = run_rounds(engine, scenes, N_SCENES, err);
    }
    if (status == SONO_OK) {
        add_figures(list, scenes, N_SCENES);
    }
    for (int i = 0; i < N_SCENES; i++) {
        sono_edit_clear(&scenes[i].edit);
        sono_clip_unref(scenes[i].clip);
    }
    sono_pcm_store_unref(store);
    sono_engine_free(engine);
    return status;
}
