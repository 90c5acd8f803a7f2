/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STFT 2048/512 Hann on 60 s: against bare batched FFTW transforms of the same frames (same library, same planner
 * flags, reading the overlapping frames from the sound and storing every coefficient); threads; error. */
#include "bench.h"
#include "sono_clock.h"
#include "sono_engine.h"
#include "sono_mem.h"

#include <fftw3.h>
#include <math.h>
#include <string.h>

#define SECONDS 60
#define RATE 48000

typedef struct StftBench {
    SonoEngine *one, *two;
    SonoPlan *plan;
    SonoSpan span;
    SonoSlices inside; /* slices that lie wholly in the sound: those the raw transforms do too */
    float *x, *y, *frames;
    SonoCplx *c, *raw;
    fftwf_plan forward, inverse;
} StftBench;

static void clear(StftBench *b)
{
    fftwf_destroy_plan(b->forward);
    fftwf_destroy_plan(b->inverse);
    sono_plan_unref(b->plan);
    sono_engine_free(b->one);
    sono_engine_free(b->two);
    sono_free(b->x);
    sono_free(b->y);
    sono_free(b->frames);
    sono_free(b->c);
    sono_free(b->raw);
}

static SonoStatus prepare(StftBench *b, SonoError *err)
{
    const SonoTransform *stft = sono_transform_find("stft");
    const SonoParams params = sono_params_defaults(stft->params);
    SonoStatus status = sono_engine_new("cpu", 1, &b->one, err);
    if (status == SONO_OK) {
        status = sono_engine_new("cpu", 2, &b->two, err);
    }
    if (status == SONO_OK) {
        status = sono_engine_plan(b->one, stft, &params, RATE, 0, &b->plan, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    b->span = (SonoSpan){0, (int64_t)SECONDS * RATE};
    const int64_t n_fft = b->plan->slice_len;
    const int64_t hop = b->plan->slice_hop;
    b->inside.first = b->plan->slice_lead / hop;
    b->inside.n = (b->span.n_frames - n_fft) / hop + 1;
    const size_t n_coef = (size_t)b->inside.n * b->plan->n_coef;
    b->x = sono_alloc_aligned((size_t)b->span.n_frames, sizeof *b->x);
    b->y = sono_alloc_aligned((size_t)b->span.n_frames, sizeof *b->y);
    b->frames = sono_alloc_aligned((size_t)(b->inside.n * n_fft), sizeof *b->frames);
    b->c = sono_alloc_aligned(n_coef, sizeof *b->c);
    b->raw = sono_alloc_aligned(n_coef, sizeof *b->raw);
    if (!b->x || !b->y || !b->frames || !b->c || !b->raw) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the STFT benchmark");
    }
    const int n[1] = {(int)n_fft};
    b->forward = fftwf_plan_many_dft_r2c(1, n, (int)b->inside.n, b->x, NULL, 1, (int)hop, (fftwf_complex *)b->raw, NULL,
                                         1, (int)b->plan->n_coef, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    b->inverse = fftwf_plan_many_dft_c2r(1, n, (int)b->inside.n, (fftwf_complex *)b->raw, NULL, 1, (int)b->plan->n_coef,
                                         b->frames, NULL, 1, (int)n_fft, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    if (!b->forward || !b->inverse) {
        return sono_fail(err, SONO_E_NOMEM, "FFTW has no plan for the STFT benchmark");
    }
    for (int64_t i = 0; i < b->span.n_frames; i++) { /* a slow chirp and its octave: spectra that are not flat */
        const double t = (double)i / RATE;
        b->x[i] = (float)(0.3 * sin(6.283185307179586 * (100.0 + 80.0 * t) * t) + 0.1 * sin(1e4 * t));
    }
    return SONO_OK;
}

static double snr_db(const StftBench *b)
{
    double p = 0.0;
    double e = 0.0;
    for (int64_t i = b->plan->slice_len; i < b->span.n_frames - b->plan->slice_len; i++) {
        const double d = (double)b->y[i] - (double)b->x[i];
        p += (double)b->x[i] * (double)b->x[i];
        e += d * d;
    }
    return 10.0 * log10(p / e);
}

/* One call on one engine: CPU seconds of this thread, and seconds on the clock. */
static SonoStatus forward(StftBench *b, SonoEngine *engine, double *cpu_s, double *wall_s, SonoError *err)
{
    const double cpu = bench_cpu_s();
    const double wall = sono_now_s();
    const SonoStatus status = sono_engine_analyse(engine, b->plan, b->x, b->span, b->inside, b->c, err);
    *cpu_s = bench_cpu_s() - cpu;
    *wall_s = sono_now_s() - wall;
    return status;
}

static SonoStatus inverse(StftBench *b, SonoEngine *engine, double *cpu_s, double *wall_s, SonoError *err)
{
    const double cpu = bench_cpu_s();
    const double wall = sono_now_s();
    const SonoStatus status = sono_engine_synthesise(engine, b->plan, b->c, b->inside, b->y, b->span, err);
    *cpu_s = bench_cpu_s() - cpu;
    *wall_s = sono_now_s() - wall;
    return status;
}

enum { RAW_FWD, FWD, FWD_RATIO, FWD_ONE, FWD_TWO, RAW_INV, INV, INV_RATIO, INV_ONE, INV_TWO, COPY, N_SERIES };

static SonoStatus one_round(StftBench *b, double out[N_SERIES], SonoError *err)
{
    double cpu = 0.0;
    double at = bench_cpu_s();
    fftwf_execute(b->forward);
    out[RAW_FWD] = bench_cpu_s() - at;
    SonoStatus status = forward(b, b->one, &out[FWD], &out[FWD_ONE], err);
    if (status == SONO_OK) {
        status = forward(b, b->two, &cpu, &out[FWD_TWO], err);
    }
    if (status != SONO_OK) {
        return status;
    }
    out[FWD_RATIO] = out[FWD] / out[RAW_FWD];
    const size_t n_bytes = (size_t)b->inside.n * b->plan->n_coef * sizeof *b->c;
    at = bench_cpu_s();
    memcpy(b->raw, b->c, n_bytes);
    out[COPY] = 2e-9 * (double)n_bytes / (bench_cpu_s() - at);
    at = bench_cpu_s();
    fftwf_execute(b->inverse);
    out[RAW_INV] = bench_cpu_s() - at;
    status = inverse(b, b->one, &out[INV], &out[INV_ONE], err);
    if (status == SONO_OK) {
        status = inverse(b, b->two, &cpu, &out[INV_TWO], err);
    }
    out[INV_RATIO] = out[INV] / out[RAW_INV];
    return status;
}

/* The second core is the first thing other work on the machine takes, and it can only take: the fastest round of each
 * says what two threads are worth. */
static double speed_up(const double *one, const double *two)
{
    double best_one = one[0];
    double best_two = two[0];
    for (int r = 1; r < BENCH_ROUNDS; r++) {
        best_one = fmin(best_one, one[r]);
        best_two = fmin(best_two, two[r]);
    }
    return best_one / best_two;
}

SonoStatus bench_stft(BenchList *list, SonoError *err)
{
    StftBench b = {0};
    double series[N_SERIES][BENCH_ROUNDS];
    double round[N_SERIES] = {0};
    SonoStatus status = prepare(&b, err);
    for (int r = -1; status == SONO_OK && r < BENCH_ROUNDS; r++) { /* the first warms up */
        status = one_round(&b, round, err);
        for (int k = 0; r >= 0 && k < N_SERIES; k++) {
            series[k][r] = round[k];
        }
    }
    if (status == SONO_OK) {
        const double forward_two = speed_up(series[FWD_ONE], series[FWD_TWO]);
        const double inverse_two = speed_up(series[INV_ONE], series[INV_TWO]);
        double m[N_SERIES];
        for (int k = 0; k < N_SERIES; k++) {
            m[k] = bench_median(series[k], BENCH_ROUNDS);
        }
        bench_add(list, "memory copy", m[COPY], "GB/s", NAN, true, "read and written bytes");
        bench_add(list, "raw FFTW r2c 2048, 60 s", 1e3 * m[RAW_FWD], "ms", NAN, false,
                  "batched, same frames, full store");
        bench_add(list, "STFT forward 2048/512", m[FWD_RATIO], "x", 1.4, false,
                  "raw FFTW of the same frames, one core");
        bench_add(list, "STFT forward, 2 threads", forward_two, "x", 1.8, true, "one thread, fastest of 9 rounds each");
        bench_add(list, "raw FFTW c2r 2048, 60 s", 1e3 * m[RAW_INV], "ms", NAN, false,
                  "batched, same frames, full store");
        bench_add(list, "STFT inverse 2048/512", m[INV_RATIO], "x", 1.5, false,
                  "raw FFTW of the same frames, one core");
        bench_add(list, "STFT inverse, 2 threads", inverse_two, "x", 1.8, true, "one thread, fastest of 9 rounds each");
        bench_add(list, "STFT round trip", snr_db(&b), "dB", 130.0, true, "signal to error, float");
    }
    clear(&b);
    return status;
}
