/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bands over frequency: 48 to the octave from 32.7 Hz to Nyquist on 60 s, slices of 65,536 frames and the precise ones
 * of 131,072, and the whole sound at once. Against bare FFTW transforms: those of the plan, one after the other with
 * the same flags, on buffers that stay in the cache. */
#include "bench.h"
#include "sono_clock.h"
#include "sono_engine.h"
#include "sono_mem.h"

#include <fftw3.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SECONDS 60
#define RATE 48000
#define MAX_SIZES 64

/* The transforms of one slice: of the slice and of its bands. */
typedef struct RawFfts {
    fftwf_plan slice_forward, slice_inverse;
    fftwf_plan forward[MAX_SIZES], inverse[MAX_SIZES];
    bool real[MAX_SIZES];
    int32_t n_fft[MAX_SIZES];
    int n_sizes;
    int *size_of; /* [n_atoms] */
    fftwf_complex *a, *b;
    float *x;
} RawFfts;

enum { RAW_FWD, FWD, FWD_RATIO, FWD_ONE, FWD_TWO, RAW_INV, INV, INV_RATIO, INV_ONE, INV_TWO, N_SERIES };

typedef struct BandsBench {
    const char *name, *transform, *params;
    SonoEngine *one, *two;
    SonoPlan *plan;
    SonoSpan span;
    SonoSlices slices;
    float *x, *y;
    SonoCplx *c;
    RawFfts raw;
    double series[N_SERIES][BENCH_ROUNDS];
} BandsBench;

static void clear(BandsBench *b)
{
    fftwf_destroy_plan(b->raw.slice_forward);
    fftwf_destroy_plan(b->raw.slice_inverse);
    for (int i = 0; i < b->raw.n_sizes; i++) {
        fftwf_destroy_plan(b->raw.forward[i]);
        fftwf_destroy_plan(b->raw.inverse[i]);
    }
    sono_free(b->raw.size_of);
    sono_free(b->raw.a);
    sono_free(b->raw.b);
    sono_free(b->raw.x);
    sono_plan_unref(b->plan);
    sono_free(b->x);
    sono_free(b->y);
    sono_free(b->c);
}

static void plan_size(RawFfts *r, const SonoAtom *a, int i)
{
    int k = 0;
    while (k < r->n_sizes && (r->n_fft[k] != a->n_fft || r->real[k] != a->real)) {
        k++;
    }
    if (k == MAX_SIZES) {
        return;
    }
    r->size_of[i] = k;
    if (k < r->n_sizes) {
        return;
    }
    const int n = a->n_fft;
    r->n_fft[k] = n;
    r->real[k] = a->real;
    r->n_sizes++;
    if (a->real) {
        r->forward[k] = fftwf_plan_dft_c2r_1d(n, r->a, r->x, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
        r->inverse[k] = fftwf_plan_dft_r2c_1d(n, r->x, r->a, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    } else {
        r->forward[k] = fftwf_plan_dft_1d(n, r->a, r->b, FFTW_BACKWARD, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
        r->inverse[k] = fftwf_plan_dft_1d(n, r->a, r->b, FFTW_FORWARD, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    }
}

static SonoStatus prepare_raw(const SonoPlan *plan, RawFfts *r, SonoError *err)
{
    const size_t n = (size_t)plan->slice_len + 2;
    r->size_of = sono_calloc((size_t)plan->n_atoms, sizeof *r->size_of);
    r->a = sono_alloc_aligned(n, sizeof *r->a);
    r->b = sono_alloc_aligned(n, sizeof *r->b);
    r->x = sono_alloc_aligned(n, sizeof *r->x);
    if (!r->size_of || !r->a || !r->b || !r->x) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the benchmark of bands");
    }
    const int len = (int)plan->slice_len;
    r->slice_forward = fftwf_plan_dft_r2c_1d(len, (float *)r->a, r->a, FFTW_ESTIMATE);
    r->slice_inverse = fftwf_plan_dft_c2r_1d(len, r->a, r->x, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    for (int i = 0; i < plan->n_atoms; i++) {
        plan_size(r, &plan->atoms[i], i);
    }
    return SONO_OK;
}

/* CPU seconds of the transforms of n slices. */
static double raw_s(const SonoPlan *plan, const RawFfts *r, bool inverse, int64_t n_slices)
{
    const double at = bench_cpu_s();
    for (int64_t m = 0; m < n_slices; m++) {
        fftwf_execute(inverse ? r->slice_inverse : r->slice_forward);
        for (int32_t i = 0; i < plan->n_atoms; i++) {
            fftwf_execute(inverse ? r->inverse[r->size_of[i]] : r->forward[r->size_of[i]]);
        }
    }
    return bench_cpu_s() - at;
}

static SonoStatus prepare(BandsBench *b, SonoError *err)
{
    const SonoTransform *t = sono_transform_find(b->transform);
    SonoParams params;
    b->span = (SonoSpan){0, (int64_t)SECONDS * RATE};
    SonoStatus status = sono_params_parse(t->params, b->params, &params, err);
    if (status == SONO_OK) {
        status = sono_engine_plan(b->one, t, &params, RATE, b->span.n_frames, &b->plan, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    b->slices = sono_plan_slices_touching(b->plan, b->span);
    b->x = sono_alloc_aligned((size_t)b->span.n_frames, sizeof *b->x);
    b->y = sono_alloc_aligned((size_t)b->span.n_frames, sizeof *b->y);
    b->c = sono_alloc_aligned((size_t)b->slices.n * b->plan->n_coef, sizeof *b->c);
    if (!b->x || !b->y || !b->c) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the benchmark of bands");
    }
    for (int64_t i = 0; i < b->span.n_frames; i++) { /* as in bench_stft.c */
        const double s = (double)i / RATE;
        b->x[i] = (float)(0.3 * sin(6.283185307179586 * (100.0 + 80.0 * s) * s) + 0.1 * sin(1e4 * s));
    }
    return prepare_raw(b->plan, &b->raw, err);
}

static SonoStatus run(BandsBench *b, SonoEngine *engine, bool inverse, double *cpu_s, double *wall_s, SonoError *err)
{
    const double cpu = bench_cpu_s();
    const double wall = sono_now_s();
    const SonoStatus status = inverse ? sono_engine_synthesise(engine, b->plan, b->c, b->slices, b->y, b->span, err)
                                      : sono_engine_analyse(engine, b->plan, b->x, b->span, b->slices, b->c, err);
    *cpu_s = bench_cpu_s() - cpu;
    *wall_s = sono_now_s() - wall;
    return status;
}

static SonoStatus one_round(BandsBench *b, double out[N_SERIES], SonoError *err)
{
    double cpu = 0.0;
    out[RAW_FWD] = raw_s(b->plan, &b->raw, false, b->slices.n);
    SonoStatus status = run(b, b->one, false, &out[FWD], &out[FWD_ONE], err);
    if (status == SONO_OK) {
        status = run(b, b->two, false, &cpu, &out[FWD_TWO], err);
    }
    out[FWD_RATIO] = out[FWD] / out[RAW_FWD];
    out[RAW_INV] = raw_s(b->plan, &b->raw, true, b->slices.n);
    if (status == SONO_OK) {
        status = run(b, b->one, true, &out[INV], &out[INV_ONE], err);
    }
    if (status == SONO_OK) {
        status = run(b, b->two, true, &cpu, &out[INV_TWO], err);
    }
    out[INV_RATIO] = out[INV] / out[RAW_INV];
    return status;
}

static SonoStatus measure(BandsBench *b, SonoError *err)
{
    double round[N_SERIES] = {0};
    SonoStatus status = prepare(b, err);
    for (int r = -1; status == SONO_OK && r < BENCH_ROUNDS; r++) { /* the first warms up */
        status = one_round(b, round, err);
        for (int k = 0; r >= 0 && k < N_SERIES; k++) {
            b->series[k][r] = round[k];
        }
    }
    return status;
}

static double snr_db(const BandsBench *b)
{
    double p = 0.0;
    double e = 0.0;
    for (int64_t i = 0; i < b->span.n_frames; i++) {
        const double d = (double)b->y[i] - (double)b->x[i];
        p += (double)b->x[i] * (double)b->x[i];
        e += d * d;
    }
    return 10.0 * log10(p / e);
}

static double fastest(const double *series)
{
    double best = series[0];
    for (int r = 1; r < BENCH_ROUNDS; r++) {
        best = fmin(best, series[r]);
    }
    return best;
}

static void add(BenchList *list, const BandsBench *b, const char *what, double value, const char *unit, double target,
                bool at_least, const char *note)
{
    char name[80];
    (void)snprintf(name, sizeof name, "%s %s", b->name, what);
    bench_add(list, name, value, unit, target, at_least, note);
}

static void add_figures(BenchList *list, BandsBench *b, bool sliced)
{
    const double forward_two = fastest(b->series[FWD_ONE]) / fastest(b->series[FWD_TWO]);
    const double inverse_two = fastest(b->series[INV_ONE]) / fastest(b->series[INV_TWO]);
    const char *raw = "raw FFTW of the same sizes in the cache, one core";
    char note[120];
    (void)snprintf(note, sizeof note, "%.2f ms; raw FFTW of the same sizes %.2f ms",
                   1e3 * bench_median(b->series[FWD], BENCH_ROUNDS),
                   1e3 * bench_median(b->series[RAW_FWD], BENCH_ROUNDS));
    add(list, b, "forward", bench_median(b->series[FWD_RATIO], BENCH_ROUNDS), "x", sliced ? 1.4 : NAN, false, raw);
    add(list, b, "forward, real time", SECONDS / bench_median(b->series[FWD], BENCH_ROUNDS), "x", NAN, true, note);
    (void)snprintf(note, sizeof note, "%.2f ms; raw FFTW of the same sizes %.2f ms",
                   1e3 * bench_median(b->series[INV], BENCH_ROUNDS),
                   1e3 * bench_median(b->series[RAW_INV], BENCH_ROUNDS));
    add(list, b, "inverse", bench_median(b->series[INV_RATIO], BENCH_ROUNDS), "x", sliced ? 1.5 : NAN, false, raw);
    add(list, b, "inverse, real time", SECONDS / bench_median(b->series[INV], BENCH_ROUNDS), "x", NAN, true, note);
    if (sliced) {
        add(list, b, "forward, 2 threads", forward_two, "x", 1.8, true, "one thread, fastest of 9 rounds each");
        add(list, b, "inverse, 2 threads", inverse_two, "x", 1.8, true, "one thread, fastest of 9 rounds each");
    }
    add(list, b, "round trip", snr_db(b), "dB", 130.0, true, "signal to error, float");
}

SonoStatus bench_bands(BenchList *list, SonoError *err)
{
    static const struct {
        const char *name, *transform, *params;
        bool sliced;
    } kinds[] = {{"sliCQ", "slicq", "bins_per_octave=48 gamma_hz=6.6", true},
                 {"sliCQ precise", "slicq", "bins_per_octave=48 gamma_hz=6.6 window=cos4 slice=131072", true},
                 {"NSGT", "nsgt", "bins_per_octave=48 gamma_hz=6.6", false}};
    SonoEngine *one = NULL;
    SonoEngine *two = NULL;
    SonoStatus status = sono_engine_new("cpu", 1, &one, err);
    if (status == SONO_OK) {
        status = sono_engine_new("cpu", 2, &two, err);
    }
    for (size_t i = 0; status == SONO_OK && i < sizeof kinds / sizeof *kinds; i++) {
        BandsBench b = {
            .name = kinds[i].name, .transform = kinds[i].transform, .params = kinds[i].params, .one = one, .two = two};
        status = measure(&b, err);
        if (status == SONO_OK) {
            add_figures(list, &b, kinds[i].sliced);
        }
        clear(&b);
    }
    sono_engine_free(one);
    sono_engine_free(two);
    return status;
}
