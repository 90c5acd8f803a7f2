/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the CPU painter: picture.c checks and cuts a picture into groups of pixel columns, picture_time.c and
 * picture_bands.c paint such a group. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "band_pump.h"
#include "picture_rows.h"

/* Over frequency, pixels of so many columns and more pool coefficients; the edges of smaller ones, whole frames, would
 * leave some without any. */
#define PICTURE_BANDS_WIDE 1.25

typedef struct Painting {
    SonoEngine *engine;
    const SonoPlan *plan;
    const SonoPcmReader *reader;
    const SonoPictureSpec *spec;
    const PictureRows *rows;
    double columns_per_px; /* of the plan, at level 0 */
    int columns_per_group; /* pixels */
    int64_t batch;         /* TIME: slices analysed at once */
    BandRaster *raster;    /* FREQ */
    float *level_db;
    _Atomic bool failed;
    pthread_mutex_t lock; /* guards the two below */
    SonoStatus status;
    SonoError err;
} Painting;

/* The plan's column, at level 0, at a time: column i is at i. */
double picture_column_at(const Painting *p, double t_s);
/* Left edge of a pixel column. */
double picture_edge_s(const SonoPictureSpec *spec, int x);

/* Pixel columns [x0, x1) into level_db. */
SonoStatus picture_time_paint(const Painting *p, int x0, int x1, SonoError *err);
SonoStatus picture_bands_paint(const Painting *p, int x0, int x1, SonoError *err);
