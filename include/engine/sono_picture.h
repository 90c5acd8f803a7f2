/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CPU painter: a spectrogram as 8-bit RGB, for the command line and for machines without GL; and colour maps, which
 * the GL renderer uses as lookup textures too (so they live here and not in render). */
#pragma once
#include <stdint.h>

#include "sono_engine.h"
#include "sono_freq_axis.h"
#include "sono_pcm_reader.h"

typedef struct SonoColourMap {
    const char *name;
    const uint8_t (*rgb)[3]; /* [256] */
} SonoColourMap;
extern const SonoColourMap *const sono_colour_maps[]; /* NULL-ended; the first is the default */
const SonoColourMap *sono_colour_map_find(const char *name);

/* What a pixel shows of the texels it covers: the loudest, so that nothing short or thin is lost, or the mean of their
 * powers, which is what a density of noise is judged by. */
typedef enum SonoPool { SONO_POOL_MAX, SONO_POOL_MEAN } SonoPool;

typedef struct SonoPictureSpec {
    int width_px, height_px;
    double t0_s, t1_s;
    SonoFreqAxis axis;
    double floor_db, ceiling_db; /* floor < ceiling */
    const SonoColourMap *map;
    int channel;
    bool provisional; /* at most 4 slices per pixel column; over frequency all the same */
    SonoPool pool;
} SonoPictureSpec;

/* level_db[y * width + x], row 0 at the top: the texels that a pixel covers, pooled; linear interpolation of dB between
 * rows of the plan, or columns, where a pixel is smaller. Analyses only what the picture shows. Errors: NOMEM, IO,
 * RANGE, UNSUPPORTED (a plan of several windows over time). */
SonoStatus sono_picture_levels(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader,
                               const SonoPictureSpec *spec, float *level_db, SonoError *err);
/* rgb[3 * (y * width + x)] from levels. */
void sono_picture_colours(const SonoPictureSpec *spec, const float *level_db, uint8_t *rgb);
