/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Display tiles. A tile is 254 x 254 texels plus a one-texel gutter on each side (256 x 256), texel (x, y) at
 * data[2 * (y * 256 + x)]: {level in dB re full-scale sine, second channel}. Texel column i is at frame
 * i * picture_hop of the plan (over time: slice i), texel row = row of the plan (bin, or band) at level (0, 0). A level
 * of time n holds the maximum over 2^n columns, one of frequency n the maximum over 2^n rows (never a mean); both go
 * together for a 2 x 2 pyramid, but the whole of a long file needs time reduced far more than frequency, so they are
 * counted apart. Second channel: at level (0, 0) the phase in turns (-0.5, 0.5]; else the instantaneous-frequency
 * deviation of the winning row in rows of level 0. Below -200 dB levels are clamped.
 * Over frequency a level of time samples each band as densely as its columns need, and at least with the plan's own
 * coefficients: a peak that falls between two of these is shown up to 1.5 dB too low (Hann bands). Levels 1 and 2 are
 * the exact maximum.
 * The picture is the columns whose frame lies in the sound; texels outside it are at the floor, but a gutter at its
 * edge repeats the edge. Display only: edits never read tiles. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "sono_engine.h"
#include "sono_pcm_reader.h"

#define SONO_TILE_INNER 254
#define SONO_TILE_TEXELS 256
#define SONO_TILE_FLOOR_DB (-200.0f)

/* Unit of work: all tiles above each other at one time position. */
typedef struct SonoStripKey {
    uint64_t revision; /* of the clip */
    uint64_t plan;     /* plan->key */
    int32_t channel;
    int32_t level_t, level_f; /* 0..30, 0..16 */
    int64_t x;                /* strip covers columns [254 x, 254 (x + 1)) of level_t, i.e. slices * 2^level_t */
} SonoStripKey;

typedef struct SonoStrip {
    _Atomic int refs;
    SonoStripKey key;
    bool provisional;         /* columns hold some of their sound, not all */
    int32_t n_tiles;          /* ceil(rows / 254); tile i holds rows [254 i, 254 (i + 1)) of level_f */
    int32_t n_rows;           /* rows at level_f */
    int32_t n_below, n_above; /* tiles at the bottom and at the top that it does not hold */
    float *data;              /* float[n_tiles - n_below - n_above][256][256][2] */
} SonoStrip;

/* Texels of tile i, or NULL if the strip does not hold it. */
const float *sono_strip_tile(const SonoStrip *strip, int32_t i);

SonoStrip *sono_strip_ref(const SonoStrip *strip);
void sono_strip_unref(const SonoStrip *strip);

/* Rows of a level. */
int32_t sono_strip_n_rows(const SonoPlan *plan, int32_t level_f);

/* Analyse what the strip needs and nothing else, on all workers: reader must be safe from any thread.
 * provisional: at most 4 slices per column (levels of time >= 3), without deviations (0); over frequency 3 short
 * spectra summed over bands, where that is quicker (columns of a third of a slice and longer). Others are exact, and
 * say so. previous (or NULL): an exact strip of the same place for an older revision; only columns whose slices meet
 * dirty are analysed, the others are taken from it (one that is provisional or of another place is ignored). The result
 * is the same, bit for bit, as without it. ticket (or NULL): gives up with CANCELLED when obsolete. Errors: NOMEM, IO,
 * CANCELLED, INVALID (the key), UNSUPPORTED (a plan of several windows over time). Thread: any worker. */
SonoStatus sono_strip_make(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader, SonoStripKey key,
                           bool provisional, const SonoStrip *previous, SonoSpan dirty, const SonoJobTicket *ticket,
                           SonoStrip **out, SonoError *err);

/* Several levels of frequency at one place: they share their analysis. */
typedef struct SonoStripBand {
    int32_t level_f;
    int32_t tile0, tile1;      /* tiles to hold; both 0: all */
    const SonoStrip *previous; /* as above; or NULL. One that holds too few tiles is ignored; so are all if one is */
    SonoStrip *strip;          /* result */
} SonoStripBand;
/* As sono_strip_make for each band; key.level_f is not looked at. A provisional previous also serves a provisional
 * strip. On error no band has a strip. */
SonoStatus sono_strip_make_bands(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader,
                                 SonoStripKey key, bool provisional, SonoSpan dirty, SonoStripBand *bands, int n_bands,
                                 const SonoJobTicket *ticket, SonoError *err);

/* Can a level be made from the one that is finer in time? Not where the second channel is another (level 0 of time and
 * frequency has phases), nor, of plans over frequency, where the finer one has other samples of the bands. */
bool sono_strip_can_halve(const SonoPlan *plan, int32_t level_t, int32_t level_f);

/* The strip of a coarser level of time from the two finer ones it covers, finer[1] and finer[2], at places 2 x and
 * 2 x + 1 of level_t - 1, and their neighbours finer[0] and finer[3] for the gutters, without any analysis. NULL: that
 * one lies outside the picture, or, of the neighbours, is not there (the strip is then provisional). The same levels,
 * bit for bit, as made from the sound. n_frames: of the sound. Errors: NOMEM, INVALID (where sono_strip_can_halve()
 * says no). */
SonoStatus sono_strip_halve_time(const SonoPlan *plan, int64_t n_frames, SonoStripKey key, int32_t tile0, int32_t tile1,
                                 const SonoStrip *const finer[4], SonoStrip **out, SonoError *err);

/* Cache by key, least recently used out first; never beyond budget_bytes. Thread: any. */
typedef struct SonoTileCache SonoTileCache;
SonoStatus sono_tile_cache_new(uint64_t budget_bytes, SonoTileCache **out, SonoError *err);
void sono_tile_cache_free(SonoTileCache *cache);
/* A reference (caller unrefs) or NULL. */
SonoStrip *sono_tile_cache_get(SonoTileCache *cache, const SonoStripKey *key);
/* Keeps a reference. Of two strips of the same key it keeps the new one if that holds a tile the old one does not, or
 * is not provisional while the old one is, or both are alike. */
void sono_tile_cache_put(SonoTileCache *cache, SonoStrip *strip);
uint64_t sono_tile_cache_bytes(SonoTileCache *cache);
/* Forget all strips. */
void sono_tile_cache_clear(SonoTileCache *cache);
