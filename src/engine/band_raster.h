/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bands of a plan over frequency, sampled for a level of time: how many samples of each band a slice has there, and
 * the derived plans that the coefficients come from.
 *
 * At level 0 a band has one sample per column, at the column's frame. Coarser columns take the loudest of at least
 * four: of the band's own coefficients where these come as often, else of a power of two of samples, at least twice as
 * many
 * (|c|^2 has twice the bandwidth), but no more than at level 0, of whose columns it is then the exact maximum. Samples
 * are coefficients, zero-padded to a power of two at least twice the band's own number; what is denser than that is
 * interpolated between these, to -110 dB, only where columns need it. */
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

#define BAND_TAPS 16 /* of interpolation, around a place between the 8th and the 9th */

typedef struct BandRaster {
    _Atomic int refs;
    const SonoPlan *plan; /* a reference */
    int level;            /* of time */
    int32_t n_rows, n_groups;
    BandGroup *groups;
    int32_t *n_coef;      /* [n_rows] coefficients per slice */
    int32_t *n_line;      /* [n_rows] samples per slice: as many, or a power of two times that */
    int32_t *centre_bin;  /* [n_rows] */
    size_t *tail_at;      /* [n_rows] in the tails of all groups: what slices share */
    float *power_scale;   /* [n_rows] |c|^2 of a full-scale sine at the centre, times this, is 1 */
    float *advance;       /* [n_rows] turns from one sample to the next at the centre, in [0, 1) */
    float *rows_per_turn; /* [n_rows] deviation in rows of an advance by one turn more */
    size_t n_group_coef;  /* the longest row of a group */
    size_t n_all_coef;    /* a row of all groups */
    size_t n_tail;
    int32_t max_line, max_input; /* samples of a band; coefficients that are interpolated at once */
    int32_t max_ratio;           /* of n_line to n_coef */
    float *filter;  /* [max_ratio][BAND_TAPS][2]: row k for k / max_ratio of a coefficient further, each tap twice */
    size_t n_bytes; /* of all tables */
    int32_t n_roots;
    SonoCplx *roots; /* [n_roots] exp(2 pi i k / n_roots), if max_ratio > 1 */
    int64_t spacing; /* frames, at most, from one sample to the next */
} BandRaster;

/* plan: over frequency, without a picture plan of its own, slice_len a power of two. Errors: UNSUPPORTED, NOMEM. */
SonoStatus band_raster_new(const SonoPlan *plan, int level, BandRaster **out, SonoError *err);
BandRaster *band_raster_ref(BandRaster *raster);
void band_raster_unref(BandRaster *raster); /* NULL is fine */

/* The same without a raster. */
int64_t band_raster_spacing(const SonoPlan *plan, int level);

/* Have all bands the same samples at two levels? */
bool band_raster_is_same(const SonoPlan *plan, int level_a, int level_b);
/* The finest level of which this is so. */
int band_raster_level(const SonoPlan *plan, int level);

/* From the engine's cache, or made (caller unrefs). level: any. */
SonoStatus engine_band_raster(SonoEngine *engine, const SonoPlan *plan, int level, BandRaster **out, SonoError *err);
