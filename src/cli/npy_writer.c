/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NumPy's format 1.0: magic, version, length of the header, a Python literal padded so that data starts at a multiple
 * of 64. Source: NumPy Enhancement Proposal 1. */
#include "npy_writer.h"

#include <stdio.h>
#include <string.h>

#define HEADER_BYTES 128

_Static_assert(sizeof(SonoCplx) == 8, "a coefficient is a complex64");

void npy_abandon(NpyWriter *w)
{
    sono_file_writer_abandon(w->file);
    *w = (NpyWriter){0};
}

SonoStatus npy_open(NpyWriter *w, const char *path, NpyType type, const int64_t shape[3], SonoError *err)
{
    *w = (NpyWriter){.value_bytes = type == NPY_COMPLEX64 ? sizeof(SonoCplx) : sizeof(float),
                     .n_left = shape[0] * shape[1] * shape[2]};
    unsigned char header[HEADER_BYTES];
    const uint16_t length = HEADER_BYTES - 10;
    const uint16_t one = 1;
    const char order = *(const unsigned char *)&one == 1 ? '<' : '>';
    memset(header, ' ', sizeof header);
    memcpy(header, "\x93NUMPY\x01\x00", 8); /* NOLINT(bugprone-not-null-terminated-result): bytes, not a string */
    header[8] = (unsigned char)(length & 0xff);
    header[9] = (unsigned char)(length >> 8);
    char text[HEADER_BYTES];
    const int n =
        snprintf(text, sizeof text, "{'descr': '%c%s', 'fortran_order': False, 'shape': (%lld, %lld, %lld), }", order,
                 type == NPY_COMPLEX64 ? "c8" : "f4", (long long)shape[0], (long long)shape[1], (long long)shape[2]);
    memcpy(header + 10, text, (size_t)n); /* at most 10 + 44 + 3 * 21 bytes */
    header[HEADER_BYTES - 1] = '\n';
    SonoStatus status = sono_file_writer_open(path, &w->file, err);
    if (status == SONO_OK) {
        status = sono_file_writer_write(w->file, header, sizeof header, err);
    }
    if (status != SONO_OK) {
        npy_abandon(w);
    }
    return status;
}

SonoStatus npy_write(NpyWriter *w, const void *values, size_t n, SonoError *err)
{
    w->n_left -= (int64_t)n;
    return sono_file_writer_write(w->file, values, n * w->value_bytes, err);
}

SonoStatus npy_close(NpyWriter *w, SonoError *err)
{
    if (w->n_left != 0) {
        npy_abandon(w);
        return sono_fail(err, SONO_E_INVALID, "not all values of an array were written");
    }
    const SonoStatus status = sono_file_writer_close(w->file, err);
    *w = (NpyWriter){0};
    return status;
}
