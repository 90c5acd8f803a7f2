/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bands of a sound, slice after slice, pooled into columns. At any frame at most two slices overlap: a step takes
 * the frames from the start of slice m to the start of slice m + 1, where only m and the end of m - 1 have a say, adds
 * the two (coefficients of the same index are at the same frame) and lets the columns take the loudest, or the mean.
 * What a column gets depends on the sound and on where it lies only. */
#pragma once
#include "band_raster.h"
#include "sono_pcm_reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum BandPool {
    BAND_MAX_LEVEL,  /* the loudest coefficient's power */
    BAND_MAX_PHASES, /* the coefficient too, and the one before it */
    BAND_MEAN_LEVEL  /* sum of powers and their number */
} BandPool;

/* Columns: column j holds the frames [edge[j], edge[j + 1]); of row r it is at [r * stride + j] of every plane. */
typedef struct BandColumns {
    BandPool pool;
    int32_t n_rows, n_cols;
    const int64_t *edge; /* [n_cols + 1], rising; the caller's */
    int64_t width;       /* frames, if all columns have it and begin at a multiple of it; else 0 */
    size_t stride;
    float *power;             /* unscaled; negative: nothing yet */
    float *re, *im;           /* MAX_PHASES: of the loudest */
    float *prev_re, *prev_im; /* MAX_PHASES: of the one before that */
    float *n;                 /* MEAN_LEVEL: how many are in the sum */
    void *memory;
} BandColumns;

size_t band_columns_bytes(BandPool pool, int32_t n_rows, int32_t n_cols);
bool band_columns_init(BandColumns *cols, BandPool pool, int32_t n_rows, int32_t n_cols); /* false: no memory */
void band_columns_free(BandColumns *cols);
void band_columns_reset(BandColumns *cols);

typedef struct BandPump {
    SonoEngine *engine;
    BandRaster *raster; /* a reference */
    bool holds_all;     /* the rows of all groups at once */
    float *pcm;         /* [slice_len] */
    SonoCplx *row, *tail;
    SonoCplx *line;  /* [max_line + 1] samples of a band in the order of time, the one before first */
    SonoCplx *input; /* [max_input] coefficients to interpolate between */
    float *power;    /* [max_line + 1] */
} BandPump;

bool band_pump_init(BandPump *pump, SonoEngine *engine, BandRaster *raster, bool holds_all); /* false: no memory */
void band_pump_free(BandPump *pump);
size_t band_pump_bytes(const BandRaster *raster, bool holds_all);

/* Slice m of a group, from the reader. Errors: NOMEM, IO, those of the engine. */
SonoStatus band_pump_load(BandPump *pump, int32_t group, const SonoPcmReader *reader, int channel, int64_t m,
                          SonoError *err);
/* Step m into the columns; the slice before must have passed, if the columns need it. */
void band_pump_add(BandPump *pump, int32_t group, int64_t m, BandColumns *cols);
/* Keep of slice m what the next step needs. */
void band_pump_pass(BandPump *pump, int32_t group, int64_t m);

/* Slices, one after another, that columns from frame t0 to t1 need, with samples from before frames earlier on. */
SonoSlices band_slices(const SonoPlan *plan, int64_t before, int64_t t0, int64_t t1);
