/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bands of a plan over frequency, sampled for a level of time: how many coefficients each band has there, and the
 * derived plans that give them.
 *
 * At level 0 a band is zero-padded (exact band-limited interpolation) to one coefficient per column, at the column's
 * frame. Coarser columns take the loudest of at least four: of the band's own coefficients where these come as often,
 * else of a power of two of them, at least twice its own (|c|^2 has twice the bandwidth), but no more than at level 0,
 * of whose columns it is then the exact maximum. */
#pragma once
#include "sono_engine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows [row0, row0 + n_rows), few enough for their coefficients to stay in the cache. */
typedef struct BandGroup {
    SonoPlan *plan; /* derived: its atoms are these rows */
    int32_t row0, n_rows;
    size_t row_at;  /* first coefficient, in a row of all groups */
    size_t tail_at; /* and in the tails of all groups */
} BandGroup;

typedef struct BandRaster {
    _Atomic int refs;
    const SonoPlan *plan; /* a reference */
    int level;            /* of time */
    int32_t n_rows, n_groups;
    BandGroup *groups;
    int32_t *n_coef;      /* [n_rows] per slice */
    size_t *tail_at;      /* [n_rows] in the tails of all groups: what slices share */
    float *power_scale;   /* [n_rows] |c|^2 of a full-scale sine at the centre, times this, is 1 */
    float *advance;       /* [n_rows] turns from one coefficient to the next at the centre, in [0, 1) */
    float *rows_per_turn; /* [n_rows] deviation in rows of an advance by one turn more */
    size_t n_group_coef;  /* the longest row of a group */
    size_t n_all_coef;    /* a row of all groups */
    size_t n_tail;
    int32_t max_coef;
    int64_t spacing; /* frames, at most, from one coefficient to the next */
} BandRaster;

/* plan: over frequency, without a picture plan of its own, slice_len a power of two. Errors: UNSUPPORTED, NOMEM. */
SonoStatus band_raster_new(const SonoPlan *plan, int level, BandRaster **out, SonoError *err);
BandRaster *band_raster_ref(BandRaster *raster);
void band_raster_unref(BandRaster *raster); /* NULL is fine */

/* The same without a raster. */
int64_t band_raster_spacing(const SonoPlan *plan, int level);

/* Have all bands the same coefficients at two levels? */
bool band_raster_is_same(const SonoPlan *plan, int level_a, int level_b);
/* The finest level of which this is so. */
int band_raster_level(const SonoPlan *plan, int level);

/* From the engine's cache, or made (caller unrefs). level: any. */
SonoStatus engine_band_raster(SonoEngine *engine, const SonoPlan *plan, int level, BandRaster **out, SonoError *err);
