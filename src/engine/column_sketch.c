/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "column_sketch.h"

#include "sono_mem.h"

#include <math.h>

#define SKETCH_S 0.17    /* length of a spectrum */
#define MIN_WIDTH_BINS 4 /* a band sees at least the main lobe of a sine */
#define PI 3.141592653589793238463

bool column_sketch_pays(const SonoPlan *plan, int64_t column_frames)
{
    return 3 * column_frames >= plan->slice_hop;
}

static SonoStatus short_spectra(SonoEngine *engine, double rate_hz, SonoPlan **out, SonoError *err)
{
    const SonoTransform *stft = sono_transform_find("stft");
    SonoParams params = sono_params_defaults(stft->params);
    const double size = exp2(floor(log2(fmin(fmax(SKETCH_S * rate_hz, 256.0), 65536.0)) + 0.5));
    params.v[SONO_STFT_SIZE] = size;
    params.v[SONO_STFT_HOP] = size / 8.0;
    return sono_engine_plan(engine, stft, &params, rate_hz, 0, out, err);
}

/* Amplitude of a Hann window's spectrum, 1 at 0, bins from its centre. */
static double hann_lobe(double bins)
{
    if (fabs(bins) < 1e-6) {
        return 1.0;
    }
    if (fabs(fabs(bins) - 1.0) < 1e-6) {
        return 0.5;
    }
    return sin(PI * bins) / (PI * bins) / (1.0 - bins * bins);
}

/* Weights of a band, so that a sine at its centre reads 1. */
static void weigh(const SonoPlan *plan, const SonoAtom *atom, double bin_hz, double scale, int32_t first, int32_t n,
                  float *weight)
{
    const double width_hz = fmax(atom->width_hz, MIN_WIDTH_BINS * bin_hz);
    double sum = 0.0;
    for (int32_t i = 0; i < n; i++) {
        const double off_hz = (first + i) * bin_hz - atom->freq_hz;
        const double lobe = hann_lobe(off_hz / bin_hz);
        const double w = fabs(off_hz) < 0.5 * width_hz ? pow(cos(PI * off_hz / width_hz), 2.0 * plan->band_power) : 0.0;
        weight[i] = (float)w;
        sum += w * lobe * lobe;
    }
    for (int32_t i = 0; i < n; i++) {
        weight[i] *= (float)(scale / fmax(sum, 1e-3));
    }
}

static bool fill(ColumnSketch *s, const SonoPlan *plan)
{
    const SonoAtom *spectrum = &s->stft->atoms[0];
    const double bin_hz = s->stft->rate_hz / (double)spectrum->n_fft;
    const double scale = spectrum->level_scale * spectrum->level_scale;
    size_t n_weights = 0;
    for (int32_t r = 0; r < s->n_rows; r++) {
        const SonoAtom *a = &plan->atoms[plan->row_atom + r];
        const double reach_hz = 0.5 * fmax(a->width_hz, MIN_WIDTH_BINS * bin_hz);
        const double from = fmax(ceil((a->freq_hz - reach_hz) / bin_hz), 0.0);
        const double to = fmin(floor((a->freq_hz + reach_hz) / bin_hz), (double)(spectrum->n_coef - 1));
        s->first_bin[r] = (int32_t)from;
        s->n_bins[r] = to >= from ? (int32_t)(to - from) + 1 : 0;
        s->weight_at[r] = n_weights;
        n_weights += (size_t)s->n_bins[r];
    }
    s->weight = sono_alloc_aligned(n_weights, sizeof *s->weight);
    for (int32_t r = 0; r < s->n_rows && s->weight; r++) {
        weigh(plan, &plan->atoms[plan->row_atom + r], bin_hz, scale, s->first_bin[r], s->n_bins[r],
              s->weight + s->weight_at[r]);
    }
    return s->weight != NULL;
}

SonoStatus column_sketch_new(SonoEngine *engine, const SonoPlan *plan, ColumnSketch **out, SonoError *err)
{
    ColumnSketch *s = sono_calloc(1, sizeof *s);
    if (!s) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a quick look");
    }
    const size_t n = (size_t)plan->n_rows;
    s->n_rows = plan->n_rows;
    s->first_bin = sono_calloc(n, sizeof *s->first_bin);
    s->n_bins = sono_calloc(n, sizeof *s->n_bins);
    s->weight_at = sono_calloc(n, sizeof *s->weight_at);
    SonoStatus status = short_spectra(engine, plan->rate_hz, &s->stft, err);
    if (status == SONO_OK && (!s->first_bin || !s->n_bins || !s->weight_at || !fill(s, plan))) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory for a quick look");
    }
    if (status != SONO_OK) {
        column_sketch_free(s);
        return status;
    }
    *out = s;
    return SONO_OK;
}

void column_sketch_free(ColumnSketch *s)
{
    if (!s) {
        return;
    }
    sono_plan_unref(s->stft);
    sono_free(s->first_bin);
    sono_free(s->n_bins);
    sono_free(s->weight_at);
    sono_free(s->weight);
    sono_free(s);
}

#define LANES 8

/* Sums by lanes, so that the compiler vectorises them. */
static float weighted_sum(const float *restrict power, const float *restrict weight, int32_t n)
{
    float sum[LANES] = {0};
    int32_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            sum[k] += power[i + k] * weight[i + k];
        }
    }
    for (; i < n; i++) {
        sum[0] += power[i] * weight[i];
    }
    for (int k = 1; k < LANES; k++) {
        sum[0] += sum[k];
    }
    return sum[0];
}

void column_sketch_add(const ColumnSketch *s, const SonoCplx *coef, float *bin_power, float *power)
{
    const int32_t n = s->stft->atoms[0].n_coef;
    for (int32_t k = 0; k < n; k++) {
        bin_power[k] = coef[k].re * coef[k].re + coef[k].im * coef[k].im;
    }
    for (int32_t r = 0; r < s->n_rows; r++) {
        const float p = weighted_sum(bin_power + s->first_bin[r], s->weight + s->weight_at[r], s->n_bins[r]);
        power[r] = p > power[r] ? p : power[r];
    }
}
