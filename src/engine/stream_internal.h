/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside streams: stream.c is their life and the samples, stream_time.c and stream_bands.c make columns of what has
 * come in. */
#pragma once
#include "column_job.h"
#include "sono_stream.h"

/* Of one channel. */
typedef struct StreamChannel {
    float *pcm;         /* [cap_frames]: frames from base on */
    int64_t next;       /* slice, or step, that comes next */
    int64_t col;        /* column that is handed out next */
    SonoCplx *last;     /* TIME: the slice before next */
    SonoBinColumn bins; /* TIME: the column so far */
    SonoCplx *tail;     /* FREQ: as in a pump */
    float *carry;       /* FREQ: [5][n_rows]: the planes of a column that the last step has begun */
} StreamChannel;

struct SonoStream {
    ColumnJob job; /* plan, level and what rows need; its reader is the one below */
    SonoPcmReader reader;
    const SonoPlan *plan; /* of the picture; a reference */
    int n_channels;
    SonoStreamFn fn;
    void *ctx;
    bool ended;
    int64_t base, n_frames; /* first frame in the buffers; frames that have come */
    int64_t cap_frames;
    uint64_t bytes;
    float *texels; /* [n_rows][2] */
    StreamChannel *channels;
    ColumnScratch scratch; /* of one channel at a time */
};

/* One column from scratch->bins[j] to fn. */
void stream_emit(SonoStream *s, int channel, int64_t col, SonoBinColumn *bins);

/* Each: set up buffers (counting bytes), frames that must be kept while slice or step `next` is to come, all that can
 * be made of a channel. */
SonoStatus stream_time_init(SonoStream *s, SonoError *err);
int64_t stream_time_frames(const SonoStream *s, int64_t *latency);
int64_t stream_time_keep(const SonoStream *s, int64_t next);
SonoStatus stream_time_advance(SonoStream *s, int channel, SonoError *err);

SonoStatus stream_bands_init(SonoStream *s, SonoError *err);
int64_t stream_bands_frames(const SonoStream *s, int64_t *latency);
int64_t stream_bands_keep(const SonoStream *s, int64_t next);
SonoStatus stream_bands_advance(SonoStream *s, int channel, SonoError *err);
