/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples to integers, whole blocks at a time. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct SonoQuantiser {
    int bits; /* 8 .. 32 */
    bool dither;
    uint64_t seed;
} SonoQuantiser;

/* n samples of one channel, of which the first is start_frame of the sound, to out[0], out[stride] ... left-justified
 * in 32 bits. Returns the number of samples that were clipped. The dither of a sample depends on seed, channel and
 * frame only, not on how the sound is cut into blocks. */
int64_t sono_quantise_block(const SonoQuantiser *q, const float *in, int64_t n, int channel, int64_t start_frame,
                            int32_t *out, int stride);
