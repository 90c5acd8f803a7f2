/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sound for the benchmarks of edits. One of hours is silent but for the minute around the edit, so that it needs no
 * gigabytes; every structure the edit touches is as large as for a loud one. */
#include "bench.h"
#include "sono_mem.h"

#include <math.h>

#define RATE 48000
#define CHUNK 65536

/* Noise with a whistle of -6 dB from `at_s` for a second, in the minute around it; silence elsewhere. */
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
            const double u = t - at_s; /* vibrato of 60 Hz at 5.5 Hz */
            x[i] += (float)(0.5 * sin(6.283185307179586 * 1414.0 * u + 60.0 / 5.5 * sin(6.283185307179586 * 5.5 * u)));
        }
    }
}

SonoStatus bench_clip(SonoPcmStore *store, double length_s, double at_s, float noise, SonoClip **out, SonoError *err)
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
