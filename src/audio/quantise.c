/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quantiser. It is the exact inverse of q / 2^(bits-1), so an unedited sample comes back as the integer it was;
 * dither touches only samples that are no such integer, and with that only what an edit has changed. */
#include "quantise.h"

#include <math.h>

#include "sono_codec.h"

#define FULL_SCALE_24 8388608.0

/* Round half up, in double: for 8 to 32 bits x * 2^(bits-1) is exact. Integers of more than 24 bits that lie next to
 * full scale were read as 1.0f: that is their value, not one beyond it. */
static int32_t round_clipped(double value, double full_scale, bool *clipped)
{
    const double rounded = floor(value + 0.5);
    if (rounded >= full_scale) {
        *clipped = rounded > full_scale || full_scale <= FULL_SCALE_24;
        return (int32_t)(full_scale - 1.0);
    }
    if (rounded < -full_scale) {
        *clipped = true;
        return (int32_t)-full_scale;
    }
    return isnan(rounded) ? 0 : (int32_t)rounded;
}

int32_t sono_quantise(float x, int bits, bool *clipped)
{
    bool beyond = false;
    const double full_scale = ldexp(1.0, bits - 1);
    const int32_t q = round_clipped((double)x * full_scale, full_scale, &beyond);
    if (clipped) {
        *clipped = beyond;
    }
    return q;
}

/* splitmix64's finaliser: every input bit reaches every output bit. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Triangular, in (-1, 1) steps: the difference of two uniform numbers. */
static double triangular(uint64_t seed, int channel, int64_t frame)
{
    const uint64_t key = mix(seed + UINT64_C(0x9e3779b97f4a7c15) * ((uint64_t)channel + 1));
    const uint64_t bits = mix(key + UINT64_C(0x9e3779b97f4a7c15) * ((uint64_t)frame + 1));
    return ((double)(bits >> 32) - (double)(bits & UINT32_MAX)) / 4294967296.0;
}

int64_t sono_quantise_block(const SonoQuantiser *q, const float *in, int64_t n, int channel, int64_t start_frame,
                            int32_t *out, int stride)
{
    const double full_scale = ldexp(1.0, q->bits - 1);
    const int shift = 32 - q->bits;
    int64_t n_clipped = 0;
    for (int64_t i = 0; i < n; i++) {
        double value = (double)in[i] * full_scale;
        bool clipped = false;
        if (q->dither && value != floor(value)) {
            value += triangular(q->seed, channel, start_frame + i);
        }
        const int32_t level = round_clipped(value, full_scale, &clipped);
        out[i * stride] = (int32_t)((uint32_t)level << shift);
        n_clipped += clipped;
    }
    return n_clipped;
}
