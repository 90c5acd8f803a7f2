/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze: what its two kinds of output share. */
#pragma once
#include "cli.h"
#include "npy_writer.h"
#include "sono_picture.h"

typedef enum AnalyzeValues { ANALYZE_COMPLEX, ANALYZE_POWER } AnalyzeValues;

typedef struct AnalyzeJob {
    const CliCommand *command;
    const char *path, *output;
    SonoEngine *engine;
    const SonoPlan *plan;
    const SonoPcmReader *reader;
    double t0_s, t1_s;
    int channel; /* -1: all */
    bool json;
    SonoFreqAxis axis;
    int n_bands; /* of the axis, instead of an STFT's bins; 0: none */
    /* arrays */
    AnalyzeValues values;
    double fmin_hz, fmax_hz; /* rows between them; NAN: all */
    /* pictures */
    int width_px, height_px;
    double floor_db, ceiling_db; /* NAN: from what is seen */
    const SonoColourMap *map;
    SonoPool pool;
    bool quick, notes;
} AnalyzeJob;

CliExit analyze_to_png(const AnalyzeJob *job);
CliExit analyze_to_npy(const AnalyzeJob *job);

/* --- analyze_bands.c --- */
/* As sono_picture_levels, in job->n_bands bands of the axis. */
SonoStatus analyze_bands_levels(const AnalyzeJob *job, const SonoPictureSpec *spec, float *level_db, SonoError *err);

/* --- analyze_npy.c, analyze_npy_bands.c --- */
/* What an array holds, and how its columns are written. */
typedef struct AnalyzeArray {
    SonoPlan *derived; /* FREQ: the bands asked for, all with one number of coefficients */
    int64_t first_col; /* TIME: slices; FREQ: columns col_frames apart */
    int64_t n_cols;
    double col_frames;
    int32_t first_row, n_rows;
} AnalyzeArray;

/* A column is centred at first_col + i times col_frames. Errors: RANGE (nothing there), NOMEM. */
SonoStatus analyze_bands_layout(const AnalyzeJob *job, AnalyzeArray *array, SonoError *err);
SonoStatus analyze_bands_write(const AnalyzeJob *job, const AnalyzeArray *array, int c0, int c1, NpyWriter *npy,
                               SonoError *err);
/* power[k] = (scale |c|)^2 */
void analyze_power(const SonoCplx *coef, size_t n, double scale, float *power);
