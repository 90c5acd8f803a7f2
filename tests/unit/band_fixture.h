/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of plans over frequency: every transform that has some, sounds that say what they were asked for. */
#pragma once
#include "sono_columns.h"
#include "sono_tile.h"

#define BAND_RATE 48000.0

typedef struct BandCase {
    const char *transform, *params;
} BandCase;
extern const BandCase band_cases[]; /* NULL-ended: every transform over frequency, and odd settings */

SonoEngine *band_engine(int n_threads);
SonoPlan *band_plan(SonoEngine *engine, const BandCase *c, int64_t n_frames);

/* A sound in memory; read() fails outside [0, n_frames) and notes the frames it was asked for. */
typedef struct BandSound {
    float *pcm;
    int64_t n_frames;
    _Atomic int64_t first, end; /* of all reads; set first to INT64_MAX and end to 0 to start anew */
    SonoStatus fail_with;
} BandSound;
BandSound *band_sound_new(int64_t n_frames); /* silence */
void band_sound_free(BandSound *sound);
void band_sound_add_noise(BandSound *sound, float amplitude);
void band_sound_add_sine(BandSound *sound, double amplitude, double freq_hz);
SonoPcmReader band_reader(BandSound *sound, uint64_t revision);

SonoStrip *band_strip(SonoEngine *engine, const SonoPlan *plan, BandSound *sound, int level_t, int level_f, int64_t x);
/* Texel of a column of the picture, which the strip must hold. */
const float *band_texel(const SonoStrip *strip, int64_t col, int64_t row);
/* Columns by themselves: [n_cols][rows][2]. */
float *band_columns(SonoEngine *engine, const SonoPlan *plan, BandSound *sound, int level_t, int64_t first_col,
                    int32_t n_cols);
