/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sound in memory that remembers which frames were read, and short ways to plans, strips and texels. */
#pragma once
#include "sono_tile.h"

#include <stdatomic.h>
#include <stdint.h>

enum { FIXTURE_RATE = 8000, FIXTURE_MAX_FRAMES = 40000 };

typedef struct Sound {
    float pcm[FIXTURE_MAX_FRAMES];
    int64_t n_frames;
    _Atomic unsigned char seen[FIXTURE_MAX_FRAMES]; /* 1: read since sound_forget */
    _Atomic int n_reads;
    SonoGeneration *bump_at_read; /* or NULL: bumped by read number bump_after */
    int bump_after;
    SonoStatus fail_with; /* not OK: every read fails */
} Sound;

/* Speech-like mixture: gliding sines, noise, a click, a stretch of silence. */
Sound *sound_new(int64_t n_frames);
void sound_free(Sound *sound);
void sound_forget(Sound *sound);
SonoPcmReader sound_reader(Sound *sound);

SonoPlan *fixture_plan(SonoEngine *engine, int size, int hop);
SonoEngine *fixture_engine(int n_threads);
SonoStripKey fixture_key(const SonoPlan *plan, int level_t, int level_f, int64_t x);
/* Exact or provisional strip; fails the test on error. */
SonoStrip *fixture_strip(SonoEngine *engine, const SonoPlan *plan, Sound *sound, SonoStripKey key, bool provisional);
/* Texel of the inner column and row (row counts over all tiles); channel 0 or 1. Columns -1 and 254 are the gutter. */
float fixture_texel(const SonoStrip *strip, int64_t col, int64_t row, int channel);
size_t fixture_bytes(const SonoStrip *strip);
int64_t fixture_n_slices(const SonoPlan *plan, const Sound *sound);
