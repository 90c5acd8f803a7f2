/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A region of 1 s x 1 octave (1 to 2 kHz), erased in a constant-Q transform without the solver, from the sound to the
 * spliced sound, on two cores. Scenes take turns, forwards and backwards, so that none always finds the caches as the
 * same other left them; each round lies at another place of the slices' grid. */
#include "bench.h"
#include "sono_clip.h"
#include "sono_commit.h"

#include <stdio.h>

#define ROUNDS 200

typedef struct Region {
    const char *name, *params; /* of slicq */
    double length_s, at_s;     /* of the sound; of the first edit */
    double p50_ms, p99_ms;     /* at most */
    SonoClip *clip;
    SonoEdit edit;
    double ms[ROUNDS];
} Region;

static SonoStatus prepare(Region *s, SonoPcmStore *store, SonoError *err)
{
    const SonoTransform *slicq = sono_transform_find("slicq");
    s->edit = sono_edit_new(sono_operation_find("erase"));
    s->edit.solver.max_steps = 0;
    s->edit.all_channels = false;
    s->edit.channels[0] = 1;
    (void)snprintf(s->edit.transform, sizeof s->edit.transform, "slicq");
    const SonoStatus status = sono_params_parse(slicq->params, s->params, &s->edit.transform_params, err);
    return status == SONO_OK ? bench_clip(store, s->length_s, s->at_s, 1e-2f, &s->clip, err) : status;
}

static SonoStatus one_edit(SonoEngine *engine, Region *s, int round, double *ms, SonoError *err)
{
    const double t0_s = s->at_s + 0.0171 * (double)(round % 60);
    const SonoShape box = {.kind = SONO_SHAPE_BOX,
                           .combine = SONO_COMBINE_ADD,
                           .box = {t0_s, t0_s + 1.0, 1000.0, 2000.0},
                           .feather_ms = 10.0,
                           .feather_hz = 20.0};
    SonoClip *edited = NULL;
    SonoCommitReport report = {0};
    sono_mask_clear(&s->edit.mask);
    SonoStatus status = sono_mask_add(&s->edit.mask, &box, err);
    if (status == SONO_OK) {
        status = sono_commit(engine, s->clip, &s->edit, NULL, NULL, &edited, &report, err);
    }
    sono_clip_unref(edited);
    *ms = 1e3 * report.seconds;
    return status;
}

static SonoStatus run_rounds(SonoEngine *engine, Region *regions, size_t n, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (int r = -3; r < ROUNDS; r++) { /* the first ones warm up */
        for (size_t turn = 0; status == SONO_OK && turn < n; turn++) {
            const size_t i = r % 2 == 0 ? turn : n - 1 - turn;
            status = one_edit(engine, &regions[i], r < 0 ? 0 : r, &regions[i].ms[r < 0 ? 0 : r], err);
        }
    }
    return status;
}

static void add_figures(BenchList *list, Region *regions, size_t n)
{
    static const char *const note = "one channel, two cores, no solver, from sound to spliced sound";
    double ratio[ROUNDS];
    for (int r = 0; r < ROUNDS; r++) {
        ratio[r] = regions[1].ms[r] / regions[0].ms[r];
    }
    for (size_t i = 0; i < n; i++) {
        char name[80];
        const double p50_ms = bench_median(regions[i].ms, ROUNDS); /* sorts */
        (void)snprintf(name, sizeof name, "%s, median", regions[i].name);
        bench_add(list, name, p50_ms, "ms", regions[i].p50_ms, false, note);
        (void)snprintf(name, sizeof name, "%s, 99 of 100", regions[i].name);
        bench_add(list, name, regions[i].ms[ROUNDS * 99 / 100 - 1], "ms", regions[i].p99_ms, false, note);
    }
    bench_add(list, "slicq region: 3 hours against 10 s", bench_median(ratio, ROUNDS), "x", 1.05, false,
              "the cost depends on the region alone");
}

SonoStatus bench_region(BenchList *list, SonoError *err)
{
    Region regions[] = {
        {.name = "slicq region of 1 s x 1 octave",
         .params = "",
         .length_s = 10.0,
         .at_s = 4.0,
         .p50_ms = 1.5,
         .p99_ms = 6.0},
        {.name = "the same in 3 hours",
         .params = "",
         .length_s = 10800.0,
         .at_s = 6000.0,
         .p50_ms = 1.5,
         .p99_ms = 6.0},
        {.name = "slicq region, precise",
         .params = "slice=131072 window=cos4",
         .length_s = 10.0,
         .at_s = 4.0,
         .p50_ms = 3.0,
         .p99_ms = 6.0},
    };
    enum { N_REGIONS = sizeof regions / sizeof *regions };
    SonoEngine *engine = NULL;
    SonoPcmStore *store = NULL;
    SonoStatus status = sono_engine_new("cpu", 2, &engine, err);
    if (status == SONO_OK) {
        status = sono_pcm_store_new(0, NULL, &store, err);
    }
    for (int i = 0; status == SONO_OK && i < N_REGIONS; i++) {
        status = prepare(&regions[i], store, err);
    }
    if (status == SONO_OK) {
        status = run_rounds(engine, regions, N_REGIONS, err);
    }
    if (status == SONO_OK) {
        add_figures(list, regions, N_REGIONS);
    }
    for (int i = 0; i < N_REGIONS; i++) {
        sono_edit_clear(&regions[i].edit);
        sono_clip_unref(regions[i].clip);
    }
    sono_pcm_store_unref(store);
    sono_engine_free(engine);
    return status;
}
