/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Display tiles. A tile is 254 x 254 texels plus a one-texel gutter on each side (256 x 256), texel (x, y) at
 * data[2 * (y * 256 + x)]: {level in dB re full-scale sine, second channel}. Texel column = slice, texel row = bin at
 * level (0, 0). A level of time n holds the maximum over 2^n slices, one of frequency n the maximum over 2^n bins
 * (never a mean); both go together for a 2 x 2 pyramid, but the whole of a long file needs time reduced far more than
 * frequency, so they are counted apart. Second channel: at level (0, 0) the phase in turns (-0.5, 0.5]; else the
 * instantaneous-frequency deviation of the winning bin in bins. Below -200 dB levels are clamped.
 * The picture is the slices centred in the sound; texels outside it are at the floor, but a gutter at its edge repeats
 * the edge. Display only: edits never read tiles. */
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
    bool provisional; /* columns hold the maximum of at least 4 of their slices, not of all */
    int32_t n_tiles;  /* ceil(rows / 254); tile i holds rows [254 i, 254 (i + 1)) of level_f */
    int32_t n_rows;   /* rows at level_f */
    float *data;      /* float[n_tiles][256][256][2] */
} SonoStrip;

SonoStrip *sono_strip_ref(const SonoStrip *strip);
void sono_strip_unref(const SonoStrip *strip);

/* Rows of a level. */
int32_t sono_strip_n_rows(const SonoPlan *plan, int32_t level_f);

/* Analyse what the strip needs and nothing else, on all workers: reader must be safe from any thread.
 * provisional: at most 4 slices per column (levels of time >= 3), without deviations (0).
 * previous (or NULL): an exact strip of the same place for an older revision; only columns whose support meets dirty
 * are analysed, the others are taken from it (one that is provisional or of another place is ignored). The result is
 * the same, bit for bit, as without it. ticket (or NULL): gives up with CANCELLED when obsolete. Errors: NOMEM, IO,
 * CANCELLED, INVALID (the key), UNSUPPORTED (plans over frequency). Thread: any worker. */
SonoStatus sono_strip_make(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader, SonoStripKey key,
                           bool provisional, const SonoStrip *previous, SonoSpan dirty, const SonoJobTicket *ticket,
                           SonoStrip **out, SonoError *err);

/* Cache by key, least recently used out first; never beyond budget_bytes. Thread: any. */
typedef struct SonoTileCache SonoTileCache;
SonoStatus sono_tile_cache_new(uint64_t budget_bytes, SonoTileCache **out, SonoError *err);
void sono_tile_cache_free(SonoTileCache *cache);
/* A reference (caller unrefs) or NULL. */
SonoStrip *sono_tile_cache_get(SonoTileCache *cache, const SonoStripKey *key);
/* Keeps a reference; replaces a provisional strip of the same key, never an exact one by a provisional one. */
void sono_tile_cache_put(SonoTileCache *cache, SonoStrip *strip);
uint64_t sono_tile_cache_bytes(SonoTileCache *cache);
