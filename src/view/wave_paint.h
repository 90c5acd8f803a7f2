/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waveforms as pixels. A column is written by a loop, with soft ends, which costs a tenth of what paths cost. Pixels
 * are device pixels, premultiplied, as Cairo's ARGB32 (GDK_MEMORY_DEFAULT). Pure functions. Thread: any. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sono_clip.h"

#define WAVE_DB_SPAN 60.0 /* of the dB scale: from the top to the middle */

typedef struct WaveLook {
    double height_px;
    double gain;              /* 1: full scale reaches the edges */
    bool decibels;            /* distance from the middle is dB, WAVE_DB_SPAN of them */
    uint32_t wave, rms, clip; /* 0xffrrggbb */
} WaveLook;

/* Height above the middle, -1 to 1, for a sample. */
double wave_position(const WaveLook *look, double sample);
/* Columns of minimum to maximum, with the rms inside, joined to their neighbours; samples at or beyond full scale are
 * marked at the edge. Writes height_px rows (rounded up) of n pixels, pitch pixels apart; they must be 0 before. */
void wave_paint(const WaveLook *look, const SonoPeak *peaks, int n, uint32_t *pixels, size_t pitch);
