/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making columns of a picture: which of them, from what, where to. column_job.c cuts them into units and runs these on
 * all workers; column_time.c analyses plans over time, column_bands.c those over frequency.
 *
 * A unit is some neighbouring columns. A column comes out with the same bits however columns are cut into units, and on
 * any number of threads. */
#pragma once
#include "band_pump.h"
#include "column_sketch.h"
#include "strip_internal.h"

#include <stdatomic.h>
#include <stdbool.h>

#define COLUMN_MAX_LEVEL_T 30
#define COLUMN_MAX_OUTS 17 /* as there are levels of frequency */

/* Rows that are wanted of a level of frequency. */
typedef struct ColumnOut {
    int32_t level_f, row0, row1;
} ColumnOut;

typedef struct ColumnUnit {
    int32_t tx0, tx1; /* texel columns, half-open */
} ColumnUnit;

typedef struct ColumnJob {
    /* the caller's */
    SonoEngine *engine;
    const SonoPlan *plan; /* of the picture */
    const SonoPcmReader *reader;
    const SonoJobTicket *ticket; /* or NULL */
    int channel, level_t;
    bool provisional; /* may be; afterwards: is */
    int64_t col0;     /* column of texel 0; may be -1 */
    int32_t n_texels; /* texel columns; those outside the picture are not made */
    bool renew;       /* only columns that the frames of dirty have a say in */
    SonoSpan dirty;
    ColumnOut outs[COLUMN_MAX_OUTS];
    int n_outs;
    /* n <= SONO_TEXEL_BLOCK finished columns of an out. Thread: any worker, each column once. */
    void (*write)(void *ctx, int out, const SonoTexelBlock *block, int32_t tx, int32_t n);
    void *ctx;
    /* the job's own */
    int64_t n_cols; /* of the picture */
    size_t n_bins;
    SonoTexelKind kind;             /* of the analysis: the most that any out needs */
    int64_t n_slices;               /* TIME: of the picture */
    int64_t chunk_slices;           /* TIME: analysed at once */
    BandRaster *raster;             /* FREQ, exact */
    ColumnSketch *sketch;           /* FREQ, provisional */
    float *advance, *bins_per_turn; /* [n_bins] */
    float scale;                    /* TIME: power of a full-scale sine times this is 1 (FREQ: done before) */
    ColumnUnit *units;
    size_t n_units, n_tasks;
    _Atomic bool stopped; /* set by the task that then writes status and error */
    SonoStatus status;
    SonoError error;
} ColumnJob;

/* What one task works with. */
typedef struct ColumnScratch {
    float *pcm; /* TIME */
    SonoCplx *coef;
    int64_t first, end; /* slices loaded: slice s is in row 1 + s - first of coef; row 0 is the one before */
    BandPump pump;      /* FREQ */
    BandColumns bands;
    int64_t *edges;
    float *bin_power;                     /* of the sketch */
    SonoBinColumn bins[SONO_TEXEL_BLOCK]; /* TIME: the first only */
    SonoTexelBlock blocks[COLUMN_MAX_OUTS];
} ColumnScratch;

/* Fill in what the caller has not: for column_job_run(), which does it itself, and for those who make columns
 * otherwise. Undone by column_job_clear() in any case. */
SonoStatus column_job_prepare(ColumnJob *job, SonoError *err);
void column_job_clear(ColumnJob *job);

/* Make all columns. On error some may have been written. job->n_units tells whether there were any. */
SonoStatus column_job_run(ColumnJob *job, SonoError *err);
/* Columns of a sound at a level of time. */
int64_t column_count(const SonoPlan *plan, int64_t n_frames, int level_t);

/* column_job.c, for the two that analyse */
void column_stop(ColumnJob *job, SonoStatus status, const SonoError *error); /* the first failure counts */
bool column_is_stopped(ColumnJob *job);                                      /* asks the ticket too */
/* Texels of all outs from a column, as column j of the blocks; write blocks whose last column is tx1 - 1. */
void column_finish(const ColumnJob *job, ColumnScratch *scratch, SonoBinColumn *bins, size_t j);
void column_flush(const ColumnJob *job, ColumnScratch *scratch, int32_t tx1, int32_t n);

/* Each: set up, buffers, what a column needs, a unit. */
SonoStatus column_time_prepare(ColumnJob *job, SonoError *err);
bool column_time_scratch(const ColumnJob *job, ColumnScratch *scratch); /* false: no memory */
void column_time_scratch_free(ColumnScratch *scratch);
SonoSlices column_time_slices(const ColumnJob *job, int64_t col, int64_t n_cols);
int64_t column_time_unit_width(const ColumnJob *job);
void column_time_make(ColumnJob *job, ColumnScratch *scratch, ColumnUnit unit);

/* Columns [j0, j0 + n), n <= SONO_TEXEL_BLOCK, as they are: bins[0..n). */
void column_bands_gather(const ColumnJob *job, const BandColumns *b, int32_t j0, int32_t n, SonoBinColumn *bins);
SonoStatus column_bands_prepare(ColumnJob *job, SonoError *err);
bool column_bands_scratch(const ColumnJob *job, ColumnScratch *scratch);
void column_bands_scratch_free(ColumnScratch *scratch);
SonoSlices column_bands_slices(const ColumnJob *job, int64_t col, int64_t n_cols);
int64_t column_bands_unit_width(const ColumnJob *job);
void column_bands_make(ColumnJob *job, ColumnScratch *scratch, ColumnUnit unit);
