/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See solver_cases.h. */
#include "solver_cases.h"

#include <math.h>
#include <sndfile.h>
#include <string.h>

#include "sono_mem.h"

#define TWO_PI 6.283185307179586

const char *const intruder_names[N_INTRUDERS] = {"whistle", "phone", "cough"};

static double smoothstep(double u)
{
    const double v = fmax(0.0, fmin(1.0, u));
    return v * v * (3.0 - 2.0 * v);
}

/* 1 between t0 and t1, edges of the given length centred on both. */
static double envelope(double t, double t0, double t1, double edge_s)
{
    return smoothstep(fmin((t - t0) / edge_s + 0.5, (t1 - t) / edge_s + 0.5));
}

float *case_read_clip(const char *path, int *rate_hz, int64_t *n_frames)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file) {
        fail_msg("%s: %s (the test needs alsa-utils and sonic-pi-samples)", path, sf_strerror(NULL));
    }
    float *all = sono_alloc_aligned((size_t)info.frames * (size_t)info.channels, sizeof *all);
    assert_non_null(all);
    const int64_t got = sf_readf_float(file, all, info.frames);
    assert_true(got > info.samplerate / 2);
    (void)sf_close(file);
    *rate_hz = info.samplerate;
    *n_frames = (int64_t)(CASE_SECONDS * info.samplerate);
    float *x = sono_alloc_aligned((size_t)*n_frames, sizeof *x);
    assert_non_null(x);
    const int64_t start = (int64_t)(0.3 * info.samplerate);
    double energy = 0.0;
    for (int64_t i = 0; i < *n_frames; i++) {
        const double t = (double)i / info.samplerate;
        const double fade = smoothstep((t - 0.06) / 0.04) * smoothstep((CASE_SECONDS - 0.06 - t) / 0.04);
        const double v = fade * (double)all[(start + i) % got * info.channels];
        x[i] = (float)v;
        energy += v * v;
    }
    const double scale = 0.05 / sqrt(energy / (double)*n_frames + 1e-20);
    for (int64_t i = 0; i < *n_frames; i++) {
        x[i] = (float)(scale * (double)x[i]);
    }
    sono_free(all);
    return x;
}

static void fill_whistle(int rate_hz, int64_t n, float *x, double end_s)
{
    double phase = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const double t = (double)i / rate_hz;
        const double f = 1500.0 + 60.0 * sin(TWO_PI * 5.5 * t) + 200.0 * sin(TWO_PI * 1.3 * t);
        phase += TWO_PI * f / rate_hz;
        x[i] = (float)(envelope(t, CASE_ONSET_S, end_s, 0.04) * (sin(phase) + 0.2 * sin(2.0 * phase)));
    }
}

static void fill_phone(int rate_hz, int64_t n, float *x, double end_s)
{
    for (int64_t i = 0; i < n; i++) {
        const double t = (double)i / rate_hz;
        const double tones = sin(TWO_PI * 1336.0 * t) + sin(TWO_PI * 1477.0 * t) / 2.0 + sin(TWO_PI * 2770.0 * t) / 3.0;
        x[i] = (float)(envelope(t, CASE_ONSET_S, end_s, 0.02) * (0.6 + 0.4 * sin(TWO_PI * 20.0 * t)) * tones);
    }
}

/* Noise around 1.2 kHz (a second-order band-pass, applied in a row COUGH_ORDER times), decaying with 80 ms. */
#define COUGH_ORDER 4

static void fill_cough(int rate_hz, int64_t n, float *x, double end_s)
{
    const double w = TWO_PI * 1200.0 / rate_hz;
    const double alpha = sin(w) / (2.0 * 0.5);
    const double a1 = -2.0 * cos(w) / (1.0 + alpha);
    const double a2 = (1.0 - alpha) / (1.0 + alpha);
    const double b = alpha / (1.0 + alpha);
    double past[COUGH_ORDER + 1][2] = {{0}}; /* of each stage's input; the last one's output */
    uint64_t seed = 5;
    for (int64_t i = 0; i < n; i++) {
        const double t = (double)i / rate_hz;
        double v = (double)sono_test_noise(&seed);
        for (int k = 0; k <= COUGH_ORDER; k++) {
            const double y = k < COUGH_ORDER ? b * (v - past[k][1]) - a1 * past[k + 1][0] - a2 * past[k + 1][1] : 0.0;
            past[k][1] = past[k][0];
            past[k][0] = v;
            v = k < COUGH_ORDER ? y : v;
        }
        x[i] = (float)(envelope(t, CASE_ONSET_S, end_s, 0.01) * exp(-fmax(0.0, t - CASE_ONSET_S) / 0.08) * v);
    }
}

void case_fill_intruder(IntruderKind kind, int rate_hz, int64_t n_frames, float *x, double *end_s)
{
    *end_s = CASE_ONSET_S + (kind == INTRUDER_COUGH ? 0.35 : 0.8);
    switch (kind) {
    case INTRUDER_WHISTLE:
        fill_whistle(rate_hz, n_frames, x, *end_s);
        break;
    case INTRUDER_PHONE:
        fill_phone(rate_hz, n_frames, x, *end_s);
        break;
    case INTRUDER_COUGH:
    case N_INTRUDERS:
        fill_cough(rate_hz, n_frames, x, *end_s);
        break;
    }
}

static SonoPlan *stft_plan(SonoEngine *engine, int64_t size, int64_t hop, int rate_hz)
{
    SonoError err = {0};
    SonoPlan *plan = NULL;
    const SonoTransform *stft = sono_transform_find("stft");
    SonoParams params = sono_params_defaults(stft->params);
    params.v[SONO_STFT_SIZE] = (double)size;
    params.v[SONO_STFT_HOP] = (double)hop;
    assert_ok(sono_engine_plan(engine, stft, &params, rate_hz, 0, &plan, &err), err);
    return plan;
}

static SonoCplx *analyse(SonoEngine *engine, const SonoPlan *plan, const float *x, SonoSpan span, SonoSlices slices)
{
    SonoError err = {0};
    SonoCplx *coef = sono_alloc_aligned((size_t)slices.n * plan->n_coef, sizeof *coef);
    assert_non_null(coef);
    assert_ok(sono_engine_analyse(engine, plan, x, span, slices, coef, &err), err);
    return coef;
}

static double power(SonoCplx c)
{
    return (double)c.re * (double)c.re + (double)c.im * (double)c.im;
}

static void add_run(const SonoPlan *plan, int64_t slice, size_t from, size_t to, SonoMask *mask)
{
    SonoError err = {0};
    const double t = sono_plan_time_s(plan, slice);
    const double hop_s = (double)plan->slice_hop / plan->rate_hz;
    const double bin_hz = plan->rate_hz / (double)plan->slice_len;
    /* full weight over the cells, nothing at their neighbours' centres; boxes of neighbouring columns overlap so that
     * there is no dip between them */
    const SonoShape box = {
        .kind = SONO_SHAPE_BOX,
        .combine = SONO_COMBINE_ADD,
        .box = {t - 0.75 * hop_s, t + 0.75 * hop_s, ((double)from - 0.5) * bin_hz, ((double)to - 0.5) * bin_hz},
        .feather_ms = 500.0 * hop_s,
        .feather_hz = bin_hz};
    assert_ok(sono_mask_add(mask, &box, &err), err);
}

void case_add_footprint(SonoEngine *engine, IntruderKind kind, const float *intruder, int rate_hz, int64_t n_frames,
                        SonoMask *mask)
{
    const int64_t size = kind == INTRUDER_COUGH ? 2048 : 4096;
    SonoPlan *plan = stft_plan(engine, size, size / 4, rate_hz);
    const SonoSlices slices = {0, n_frames / plan->slice_hop};
    SonoCplx *coef = analyse(engine, plan, intruder, (SonoSpan){0, n_frames}, slices);
    const size_t n_bins = (size_t)sono_plan_n_bins(plan);
    double strongest = 0.0;
    for (size_t i = 0; i < (size_t)slices.n * plan->n_coef; i++) {
        strongest = fmax(strongest, power(coef[i]));
    }
    for (int64_t s = 0; s < slices.n; s++) {
        const SonoCplx *row = coef + (size_t)s * plan->n_coef;
        for (size_t k = 1; k < n_bins; k++) { /* from bin 1: a box starts at 0 Hz at the lowest */
            if (power(row[k]) < 1e-4 * strongest) {
                continue;
            }
            const size_t from = k;
            while (k < n_bins && power(row[k]) >= 1e-4 * strongest) {
                k++;
            }
            add_run(plan, s, from, k, mask);
        }
    }
    sono_free(coef);
    sono_plan_unref(plan);
}

double case_masked_energy(SonoEngine *engine, const SonoEdit *edit, const float *x, int rate_hz, int64_t n_frames)
{
    SonoError err = {0};
    SonoPlan *plan = NULL;
    assert_ok(sono_commit_plan(engine, edit, rate_hz, n_frames, &plan, &err), err);
    const SonoSlices slices = {0, n_frames / plan->slice_hop + 1};
    const size_t n_bins = (size_t)sono_plan_n_bins(plan);
    SonoCplx *coef = analyse(engine, plan, x, (SonoSpan){0, n_frames}, slices);
    float *m = sono_alloc_aligned((size_t)slices.n * plan->n_coef, sizeof *m);
    double *time_s = sono_calloc((size_t)slices.n, sizeof *time_s);
    double *freq_hz = sono_calloc(n_bins, sizeof *freq_hz);
    assert_true(m && time_s && freq_hz);
    for (int64_t s = 0; s < slices.n; s++) {
        time_s[s] = sono_plan_time_s(plan, s);
    }
    for (size_t k = 0; k < n_bins; k++) {
        freq_hz[k] = sono_plan_freq_hz(plan, k);
    }
    assert_ok(sono_mask_render(&edit->mask, time_s, (size_t)slices.n, freq_hz, n_bins, m, plan->n_coef, &err), err);
    double sum = 0.0;
    for (size_t i = 0; i < (size_t)slices.n * plan->n_coef; i++) {
        sum += (double)m[i] * power(coef[i]);
    }
    sono_free(coef);
    sono_free(m);
    sono_free(time_s);
    sono_free(freq_hz);
    sono_plan_unref(plan);
    return sum;
}

/* Mean over slices of the power in a band; slice 0 is centred on frame `centre` of x. */
static double band_power(SonoEngine *engine, const SonoPlan *plan, const float *x, int64_t n_frames, int64_t centre,
                         int64_t n_slices, double f0_hz, double f1_hz)
{
    const SonoSlices slices = {0, n_slices};
    SonoCplx *coef = analyse(engine, plan, x, (SonoSpan){-centre, n_frames}, slices);
    double sum = 0.0;
    for (int64_t s = 0; s < n_slices; s++) {
        for (size_t k = 0; k < (size_t)sono_plan_n_bins(plan); k++) {
            const double f = sono_plan_freq_hz(plan, k);
            sum += f >= f0_hz && f <= f1_hz ? power(coef[(size_t)s * plan->n_coef + k]) : 0.0;
        }
    }
    sono_free(coef);
    return sum / (double)n_slices;
}

double case_pre_echo_db(SonoEngine *engine, SonoRegion mask, const float *x, const float *y, int rate_hz,
                        int64_t n_frames)
{
    int64_t size = (int64_t)(0.12 * rate_hz);
    while (size % 4 != 0 || !sono_fft_size_is_fast(size)) {
        size++;
    }
    SonoPlan *plan = stft_plan(engine, size, size / 4, rate_hz);
    float *error = sono_alloc_aligned((size_t)n_frames, sizeof *error);
    assert_non_null(error);
    for (int64_t i = 0; i < n_frames; i++) {
        error[i] = y[i] - x[i];
    }
    const int64_t before = (int64_t)(mask.t0_s * rate_hz) - size / 2;
    const int64_t from = (int64_t)((mask.t0_s - 0.3) * rate_hz);
    const int64_t n_slices = (int64_t)((mask.t1_s - mask.t0_s + 0.6) * rate_hz) / plan->slice_hop;
    const double echo = band_power(engine, plan, error, n_frames, before, 1, mask.f0_hz, mask.f1_hz);
    const double around = band_power(engine, plan, x, n_frames, from, n_slices, mask.f0_hz, mask.f1_hz);
    sono_free(error);
    sono_plan_unref(plan);
    return 10.0 * log10((echo + 1e-30) / (around + 1e-30));
}

SonoClip *case_make_clip(const float *x, int rate_hz, int64_t n_frames)
{
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoClipBuilder *builder = NULL;
    SonoClip *clip = NULL;
    assert_ok(sono_pcm_store_new(0, NULL, &store, &err), err);
    assert_ok(sono_clip_builder_new(store, rate_hz, 1, &builder, &err), err);
    assert_ok(sono_clip_builder_append(builder, &x, n_frames, &err), err);
    assert_ok(sono_clip_builder_finish(builder, &clip, &err), err);
    sono_pcm_store_unref(store);
    return clip;
}

void case_commit(SonoEngine *engine, const SonoEdit *edit, const float *x, int rate_hz, int64_t n_frames, float *y,
                 SonoCommitReport *report)
{
    SonoError err = {0};
    SonoClip *clip = case_make_clip(x, rate_hz, n_frames);
    SonoClip *out = NULL;
    assert_ok(sono_commit(engine, clip, edit, NULL, NULL, &out, report, &err), err);
    assert_ok(sono_clip_read(out, 0, 0, n_frames, y, &err), err);
    sono_clip_unref(out);
    sono_clip_unref(clip);
}
