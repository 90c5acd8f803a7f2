/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A NumPy file (format 1.0) of complex64 or float32, written in portions; until it is complete, and after any failure,
 * its place is as it was. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "sono_codec.h"
#include "sono_cplx.h"

typedef enum NpyType { NPY_COMPLEX64, NPY_FLOAT32 } NpyType;

typedef struct NpyWriter {
    SonoFileWriter *file;
    size_t value_bytes;
    int64_t n_left; /* values still to come */
} NpyWriter;

/* C order, shape [n0][n1][n2]. */
SonoStatus npy_open(NpyWriter *w, const char *path, NpyType type, const int64_t shape[3], SonoError *err);
/* values: SonoCplx or float. */
SonoStatus npy_write(NpyWriter *w, const void *values, size_t n, SonoError *err);
/* Only after exactly all values; also frees the writer, like abandon, which leaves nothing behind. */
SonoStatus npy_close(NpyWriter *w, SonoError *err);
void npy_abandon(NpyWriter *w);
