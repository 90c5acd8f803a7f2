/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Display tiles: analysis, maximum of the powers, decibels, phases, nothing stored but texels. Some minutes against raw
 * FFTW of the same frames, at a level of time where texels cost as much as transforms and at one where the transforms
 * are nearly all there is; and a provisional picture of 3 hours. */
#include "bench.h"
#include "sono_clock.h"
#include "sono_mem.h"
#include "sono_tile.h"

#include <fftw3.h>
#include <math.h>
#include <string.h>

#define RATE 48000
#define MEMORY_FRAMES ((int64_t)300 * RATE)
#define LONGER 4

/* Noise that needs no storage: any span of any length. */
static SonoStatus read_noise(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst, SonoError *err)
{
    (void)ctx;
    (void)err;
    for (int64_t i = 0; i < n_frames; i++) {
        uint32_t h = (uint32_t)(start_frame + i) * 2654435761u + (uint32_t)channel;
        h ^= h >> 15;
        h *= 2246822519u;
        dst[i] = (float)(h >> 8) / 16777216.0f - 0.5f;
    }
    return SONO_OK;
}

/* The same minutes again and again. */
static SonoStatus read_memory(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst, SonoError *err)
{
    (void)channel;
    (void)err;
    for (int64_t i = 0; i < n_frames;) {
        const int64_t at = (start_frame + i) % MEMORY_FRAMES;
        const int64_t n = n_frames - i < MEMORY_FRAMES - at ? n_frames - i : MEMORY_FRAMES - at;
        memcpy(dst + i, (const float *)ctx + at, (size_t)n * sizeof *dst);
        i += n;
    }
    return SONO_OK;
}

static SonoStatus make_strips(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader, int32_t level_t,
                              bool provisional, double *cpu_s, double *wall_s, SonoError *err)
{
    const double cpu = bench_cpu_s();
    const double wall = sono_now_s();
    const int64_t n_slices = reader->n_frames / plan->slice_hop + 1;
    const int64_t per_strip = (int64_t)SONO_TILE_INNER << level_t;
    SonoStatus status = SONO_OK;
    for (int64_t x = 0; status == SONO_OK && x * per_strip < n_slices; x++) {
        for (int32_t channel = 0; status == SONO_OK && channel < reader->n_channels; channel++) {
            SonoStrip *strip = NULL;
            const SonoStripKey key = {.revision = 1, .plan = plan->key, .channel = channel, .level_t = level_t, .x = x};
            status = sono_strip_make(engine, plan, reader, key, provisional, NULL, (SonoSpan){0, 0}, NULL, &strip, err);
            sono_strip_unref(strip);
        }
    }
    *cpu_s = bench_cpu_s() - cpu;
    *wall_s = sono_now_s() - wall;
    return status;
}

/* CPU seconds of raw transforms of n_slices frames, read and stored in the cache. */
static double raw_fft_s(const SonoPlan *plan, int64_t n_slices)
{
    const size_t n = (size_t)plan->slice_len;
    float *x = sono_alloc_aligned(n, sizeof *x);
    fftwf_complex *c = sono_alloc_aligned(n / 2 + 1, sizeof *c);
    double seconds = NAN;
    if (x && c) {
        fftwf_plan p = fftwf_plan_dft_r2c_1d((int)n, x, c, FFTW_ESTIMATE);
        const double at = bench_cpu_s();
        for (int64_t i = 0; i < n_slices; i++) {
            fftwf_execute(p);
        }
        seconds = bench_cpu_s() - at;
        fftwf_destroy_plan(p);
    }
    sono_free(x);
    sono_free(c);
    return seconds;
}

typedef struct TileRounds {
    double texels[BENCH_ROUNDS], transforms[BENCH_ROUNDS], overview_ms[BENCH_ROUNDS];
} TileRounds;

static SonoStatus run_rounds(SonoEngine *one, SonoEngine *two, const SonoPlan *plan, float *x, TileRounds *rounds,
                             SonoError *err)
{
    const SonoPcmReader memory = {
        .ctx = x, .read = read_memory, .rate_hz = RATE, .n_channels = 1, .n_frames = MEMORY_FRAMES};
    const SonoPcmReader hours = {
        .read = read_noise, .rate_hz = RATE, .n_channels = 2, .n_frames = (int64_t)10800 * RATE};
    SonoPcmReader longer = memory; /* so that the strip's own memory is no matter */
    longer.n_frames = LONGER * MEMORY_FRAMES;
    SonoStatus status = read_noise(NULL, 0, 0, MEMORY_FRAMES, x, err);
    for (int r = 0; status == SONO_OK && r < BENCH_ROUNDS; r++) {
        double cpu = 0.0;
        double wall = 0.0;
        const double raw = raw_fft_s(plan, MEMORY_FRAMES / plan->slice_hop + 1);
        status = make_strips(one, plan, &memory, 4, false, &cpu, &wall, err);
        rounds->texels[r] = cpu / raw;
        if (status == SONO_OK) {
            status = make_strips(one, plan, &longer, 10, false, &cpu, &wall, err);
        }
        rounds->transforms[r] = cpu / (LONGER * raw);
        if (status == SONO_OK) {
            status = make_strips(two, plan, &hours, 10, true, &cpu, &wall, err);
        }
        rounds->overview_ms[r] = 1e3 * wall;
    }
    return status;
}

SonoStatus bench_tiles(BenchList *list, SonoError *err)
{
    SonoEngine *one = NULL;
    SonoEngine *two = NULL;
    SonoPlan *plan = NULL;
    TileRounds rounds;
    const SonoTransform *stft = sono_transform_find("stft");
    const SonoParams params = sono_params_defaults(stft->params);
    float *x = sono_alloc_aligned(MEMORY_FRAMES, sizeof *x);
    SonoStatus status =
        x ? sono_engine_new("cpu", 1, &one, err) : sono_fail(err, SONO_E_NOMEM, "no memory for the benchmark of tiles");
    if (status == SONO_OK) {
        status = sono_engine_new("cpu", 2, &two, err);
    }
    if (status == SONO_OK) {
        status = sono_engine_plan(one, stft, &params, RATE, 0, &plan, err);
    }
    if (status == SONO_OK) {
        status = run_rounds(one, two, plan, x, &rounds, err);
    }
    if (status == SONO_OK) {
        const char *raw = "raw FFTW of the same frames in the cache, one core";
        bench_add(list, "STFT tiles, 16 transforms a column", bench_median(rounds.texels, BENCH_ROUNDS), "x", NAN,
                  false, raw);
        bench_add(list, "STFT tiles, 1024 transforms a column", bench_median(rounds.transforms, BENCH_ROUNDS), "x",
                  1.25, false, raw);
        bench_add(list, "provisional picture of 3 hours, stereo", bench_median(rounds.overview_ms, BENCH_ROUNDS), "ms",
                  1500.0, false, "analysis alone, two cores, sound in memory");
    }
    sono_plan_unref(plan);
    sono_engine_free(one);
    sono_engine_free(two);
    sono_free(x);
    return status;
}
