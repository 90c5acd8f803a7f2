/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of plans over frequency: the whole of an hour exactly, and three hours at a glance; what each preset needs
 * before its first tiles are there, for tiles at the finest level, and of memory. */
#include "bench.h"
#include "sono_clock.h"
#include "sono_mem.h"
#include "sono_tile.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define RATE 48000
#define LOOP_FRAMES (1 << 18)
#define PART_OF_HOUR 3 /* measured: costs grow with the length and nothing else */
#define VIEW_S 10.0
#define VIEW_PX 1200.0

/* Noise that goes round: any span of any length. */
static SonoStatus read_loop(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst, SonoError *err)
{
    const float *noise = ctx;
    (void)channel;
    (void)err;
    for (int64_t at = 0; at < n_frames;) {
        const int64_t from = (start_frame + at) % LOOP_FRAMES;
        const int64_t n = LOOP_FRAMES - from < n_frames - at ? LOOP_FRAMES - from : n_frames - at;
        memcpy(dst + at, noise + from, (size_t)n * sizeof *dst);
        at += n;
    }
    return SONO_OK;
}

static SonoPcmReader sound_of(float *noise, double length_s, int n_channels)
{
    return (SonoPcmReader){.ctx = noise,
                           .read = read_loop,
                           .rate_hz = RATE,
                           .n_channels = n_channels,
                           .n_frames = (int64_t)(length_s * RATE)};
}

static int level_for(const SonoPlan *plan, double frames_per_column)
{
    int level = 0;
    while (ldexp((double)plan->picture_hop, level + 1) <= frames_per_column) {
        level++;
    }
    return level;
}

/* Strips [0, n) of all channels. */
static SonoStatus make_strips(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader, int level_t,
                              int64_t n, bool provisional, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (int c = 0; c < reader->n_channels; c++) {
        for (int64_t x = 0; x < n && status == SONO_OK; x++) {
            const SonoStripKey key = {.revision = 1, .plan = plan->key, .channel = c, .level_t = level_t, .x = x};
            SonoStrip *strip = NULL;
            status = sono_strip_make(engine, plan, reader, key, provisional, NULL, (SonoSpan){0, 0}, NULL, &strip, err);
            sono_strip_unref(strip);
        }
    }
    return status;
}

static SonoStatus new_plan(SonoEngine *engine, const char *name, SonoPlan **out, SonoError *err)
{
    const SonoTransform *t = sono_transform_find(name);
    const SonoParams params = sono_params_defaults(t->params);
    return sono_engine_plan(engine, t, &params, RATE, 0, out, err);
}

static SonoStatus overviews(BenchList *list, float *noise, SonoError *err)
{
    SonoEngine *one = NULL;
    SonoEngine *two = NULL;
    SonoPlan *plan = NULL;
    double hour_s[BENCH_ROUNDS];
    double faster[BENCH_ROUNDS];
    double glance_ms[BENCH_ROUNDS];
    const SonoPcmReader part = sound_of(noise, 3600.0 / PART_OF_HOUR, 2);
    const SonoPcmReader hours = sound_of(noise, 10800.0, 2);
    SonoStatus status = sono_engine_new("cpu", 1, &one, err);
    if (status == SONO_OK) {
        status = sono_engine_new("cpu", 2, &two, err);
    }
    if (status == SONO_OK) {
        status = new_plan(one, "slicq", &plan, err);
    }
    for (int r = 0; r < BENCH_ROUNDS && status == SONO_OK; r++) {
        const int level_t = level_for(plan, 3600.0 * RATE / SONO_TILE_INNER);
        const double cpu = bench_cpu_s();
        const double wall = sono_now_s();
        status = make_strips(one, plan, &part, level_t, 1, false, err);
        hour_s[r] = PART_OF_HOUR * (bench_cpu_s() - cpu);
        const double joined = sono_now_s();
        if (status == SONO_OK) {
            status = make_strips(two, plan, &part, level_t, 1, false, err);
        }
        faster[r] = (joined - wall) / (sono_now_s() - joined);
        const double glance = bench_cpu_s();
        if (status == SONO_OK) {
            status = make_strips(one, plan, &hours, level_for(plan, 10800.0 * RATE / SONO_TILE_INNER), 1, true, err);
        }
        glance_ms[r] = 1e3 * (bench_cpu_s() - glance);
    }
    if (status == SONO_OK) {
        bench_add(list, "slicq: overview of an hour, stereo", bench_median(hour_s, BENCH_ROUNDS), "s", 6.0, false,
                  "exact, one core, sound in memory; twenty minutes measured");
        bench_add(list, "slicq: overview, two threads", bench_median(faster, BENCH_ROUNDS), "x", 1.8, true,
                  "faster than one, wall time");
        bench_add(list, "slicq: provisional picture of 3 hours, stereo", bench_median(glance_ms, BENCH_ROUNDS), "ms",
                  NAN, false, "analysis alone, one core");
    }
    sono_plan_unref(plan);
    sono_engine_free(one);
    sono_engine_free(two);
    return status;
}

typedef struct PresetTimes {
    double first_ms[BENCH_ROUNDS], fine_ms[BENCH_ROUNDS];
    double mb;
} PresetTimes;

/* From nothing to tiles; then others, with all that is there. */
static SonoStatus time_preset(const SonoTransform *t, const SonoParams *params, float *noise, int r, PresetTimes *times,
                              SonoError *err)
{
    const SonoPcmReader sound = sound_of(noise, 2.0 * VIEW_S, 1);
    SonoEngine *engine = NULL;
    SonoPlan *plan = NULL;
    SonoStatus status = sono_engine_new("cpu", 1, &engine, err);
    double at = bench_cpu_s();
    if (status == SONO_OK) {
        status = sono_engine_plan(engine, t, params, RATE, sound.n_frames, &plan, err);
    }
    if (status == SONO_OK) {
        status = make_strips(engine, plan, &sound, level_for(plan, VIEW_S * RATE / VIEW_PX), 1, false, err);
    }
    times->first_ms[r] = 1e3 * (bench_cpu_s() - at);
    if (status == SONO_OK) {
        status = make_strips(engine, plan, &sound, 0, 1, false, err); /* its tables */
    }
    const double before = bench_start_peak_mb();
    at = bench_cpu_s();
    if (status == SONO_OK) {
        status = make_strips(engine, plan, &sound, 0, 1, false, err);
    }
    times->fine_ms[r] = 1e3 * (bench_cpu_s() - at);
    times->mb = bench_peak_mb() - before;
    sono_plan_unref(plan);
    sono_engine_free(engine);
    return status;
}

static SonoStatus preset_figures(BenchList *list, const SonoPreset *preset, float *noise, SonoError *err)
{
    const SonoTransform *t = NULL;
    SonoParams params;
    PresetTimes times;
    char name[80];
    SonoStatus status = sono_preset_params(preset, &t, &params, err);
    for (int r = 0; r < BENCH_ROUNDS && status == SONO_OK; r++) {
        status = time_preset(t, &params, noise, r, &times, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    (void)snprintf(name, sizeof name, "%s: plan and first tiles", preset->title);
    bench_add(list, name, bench_median(times.first_ms, BENCH_ROUNDS), "ms", 50.0, false,
              "from nothing, 10 s in view, one core");
    (void)snprintf(name, sizeof name, "%s: tiles at the finest level", preset->title);
    bench_add(list, name, bench_median(times.fine_ms, BENCH_ROUNDS), "ms", NAN, false,
              "254 columns, all rows, one core");
    if (!isnan(times.mb)) {
        (void)snprintf(name, sizeof name, "%s: memory to make them", preset->title);
        bench_add(list, name, times.mb, "MB", 16.0, false, "of one thread, tiles counted");
    }
    return SONO_OK;
}

SonoStatus bench_pictures(BenchList *list, SonoError *err)
{
    float *noise = sono_alloc_aligned(LOOP_FRAMES, sizeof *noise);
    if (!noise) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the benchmark of pictures");
    }
    for (int64_t i = 0; i < LOOP_FRAMES; i++) {
        uint32_t h = (uint32_t)i * 2654435761u;
        h ^= h >> 15;
        h *= 2246822519u;
        noise[i] = (float)(h >> 8) / 16777216.0f - 0.5f;
    }
    SonoStatus status = overviews(list, noise, err);
    for (const SonoPreset *const *preset = sono_presets; status == SONO_OK && *preset; preset++) {
        status = preset_figures(list, *preset, noise, err);
    }
    sono_free(noise);
    return status;
}
