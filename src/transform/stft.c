/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STFT as a painless frame: slice n is the frame around n * hop, one atom of `size` taps and an FFT of the same size.
 * Frame operator: d[r] = sum over k of g[r + k hop]^2; dual = g / d. Source: as sono_plan.h, uniform case. */
#include "plan_internal.h"
#include "sono_mem.h"
#include "sono_transform.h"
#include "sono_window.h"

#include <math.h>

/* Below this A/B the inverse would amplify rounding by more than 30 dB. */
#define MIN_BOUND_RATIO 1e-3

static const SonoParamDesc stft_params[] = {
    [SONO_STFT_SIZE] = {"size", "Size", "frames", SONO_PARAM_INT, 64, 65536, 2048, NULL,
                        "Length of the window and of the FFT; only factors 2, 3 and 5."},
    [SONO_STFT_HOP] = {"hop", "Hop", "frames", SONO_PARAM_INT, 1, 65536, 512, NULL,
                       "Distance between neighbouring frames; any value that leaves no gap."},
    [SONO_STFT_WINDOW] = {"window", "Window", "", SONO_PARAM_ENUM, 0, 2, SONO_WINDOW_HANN, sono_window_names,
                          "Shape of the window."},
};

static const char *const stft_main_params[] = {"size", "hop", "window", NULL};

/* d of every residue of the hop; returns its smallest and largest value. */
static void frame_diagonal(const double *g, int32_t size, int64_t hop, double *d, double *min, double *max)
{
    *min = INFINITY;
    *max = 0.0;
    for (int64_t r = 0; r < hop; r++) {
        double sum = 0.0;
        for (int64_t i = r; i < size; i += hop) {
            sum += g[i] * g[i];
        }
        d[r] = sum;
        *min = fmin(*min, sum);
        *max = fmax(*max, sum);
    }
}

static SonoStatus stft_build(const SonoParams *params, double rate_hz, int64_t n_frames, SonoPlan **out, SonoError *err)
{
    (void)n_frames;
    const int32_t size = (int32_t)params->v[SONO_STFT_SIZE];
    const int64_t hop = (int64_t)params->v[SONO_STFT_HOP];
    const SonoWindow window = (SonoWindow)params->v[SONO_STFT_WINDOW];
    if (!sono_fft_size_is_fast(size)) {
        return sono_fail(err, SONO_E_RANGE, "size is %d, must have no factors but 2, 3 and 5 (next: %lld)", (int)size,
                         (long long)sono_fft_size_at_least(size));
    }
    if (hop > size) {
        return sono_fail(err, SONO_E_NOT_FRAME,
                         "no frame: hop %lld is longer than the window of %d, so %lld frames of sound are never seen",
                         (long long)hop, (int)size, (long long)(hop - size));
    }
    SonoPlan *p = NULL;
    SonoStatus status = sono_plan_alloc("stft", params, SONO_STFT_N_PARAMS, rate_hz, 1, (size_t)size, &p, err);
    if (status != SONO_OK) {
        return status;
    }
    double *d = sono_alloc_aligned((size_t)hop, sizeof *d);
    if (!d) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory for the frame operator");
        goto fail;
    }
    sono_window_fill(window, size, p->window);
    const double scale = 1.0 / sqrt((double)size);
    double sum = 0.0;
    for (int32_t i = 0; i < size; i++) {
        p->window[i] *= scale;
        sum += p->window[i];
    }
    frame_diagonal(p->window, size, hop, d, &p->bound_a, &p->bound_b);
    p->bound_a *= (double)size; /* unnormalised FFT: S = n_fft * sum of g^2 */
    p->bound_b *= (double)size;
    if (!(p->bound_a >= MIN_BOUND_RATIO * p->bound_b)) {
        status =
            sono_fail(err, SONO_E_NOT_FRAME,
                      "no frame: with a %s window of %d and hop %lld some samples are seen with %.1e of the weight "
                      "of others (B/A %.1e, limit 1e3); use a shorter hop",
                      sono_window_names[window], (int)size, (long long)hop, p->bound_a / p->bound_b,
                      p->bound_b / fmax(p->bound_a, 1e-300));
        goto fail;
    }
    for (int32_t i = 0; i < size; i++) {
        p->dual[i] = p->window[i] / ((double)size * d[i % hop]);
    }
    p->axis = SONO_AXIS_TIME;
    p->slice_len = size;
    p->slice_hop = hop;
    p->slice_lead = size / 2;
    p->atoms[0] =
        (SonoAtom){.centre = size / 2, .length = size, .n_fft = size, .n_coef = size / 2 + 1, .level_scale = 2.0 / sum};
    p->n_coef = ((size_t)size / 2 + 1 + 7) & ~(size_t)7;
    double squares = 0.0;
    for (int32_t i = 0; i < size; i++) {
        squares += p->window[i] * p->window[i];
    }
    p->reading_gain = (double)size * squares / (sum * sum);
    p->reading_reach = window == SONO_WINDOW_BLACKMAN_HARRIS ? 4 : 2;
    p->rows = (SonoRowLaw){{SONO_WARP_LINEAR, 0.0}, (double)size / rate_hz, 0.0};
    p->n_rows = size / 2 + 1;
    p->picture_hop = hop;
    p->main_lobe_hz = sono_window_main_lobe_bins(window) * rate_hz / (double)size;
    sono_free(d);
    *out = p;
    return SONO_OK;
fail:
    sono_free(d);
    sono_plan_unref(p);
    return status;
}

static int is_auto_size(int64_t size)
{
    return size % 4 == 0 && sono_fft_size_is_fast(size); /* hop = size / 4 must be whole */
}

/* A window four times as long as the mask is high keeps the main lobe (4 bins) inside the mask; one longer than the
 * mask would smear the edit in time. */
static void stft_auto_params(double height_hz, int64_t n_frames, double rate_hz, SonoParams *params)
{
    const double wanted = height_hz > 0.0 ? 4.0 * rate_hz / height_hz : 16384.0;
    const int64_t longest = n_frames < 256 ? 256 : n_frames > 16384 ? 16384 : n_frames;
    int64_t size = (int64_t)ceil(fmax(256.0, fmin(wanted, (double)longest)));
    while (!is_auto_size(size)) {
        size++;
    }
    while (size > longest || !is_auto_size(size)) {
        size--; /* 256 is one, so this ends */
    }
    const int64_t hop = size / 4;
    params->v[SONO_STFT_SIZE] = (double)size;
    params->v[SONO_STFT_HOP] = (double)hop;
    params->v[SONO_STFT_WINDOW] = SONO_WINDOW_HANN;
}

const SonoTransform sono_transform_stft;
const SonoTransform sono_transform_stft = {
    .name = "stft",
    .title = "Short-time Fourier transform",
    .tip = "All frequencies at the same resolution: noise, clicks, everyday work.",
    .params = {stft_params, SONO_STFT_N_PARAMS},
    .main_params = stft_main_params,
    .scale = SONO_SCALE_LOG,
    .build = stft_build,
    .auto_params = stft_auto_params,
};
