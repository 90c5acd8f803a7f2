/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What loading needs to know about a decoder beyond the public contract. */
#pragma once
#include <pthread.h>

#include "codec_child.h"

typedef struct SonoDecoderEnd {
    bool shorter_than_header; /* the header claims more than the file holds */
    bool recovered;           /* the header was never finished */
    bool broken;              /* the decoder met damage; reason says what */
    char reason[160];
    bool complete;    /* next() has given everything */
    int64_t n_frames; /* that next() gave */
} SonoDecoderEnd;

/* What is known about how the file ends; complete once next() has returned 0 frames. */
SonoDecoderEnd sono_decoder_end(const SonoDecoder *dec);
const char *sono_decoder_name(const SonoDecoder *dec); /* short, for messages */
const SonoAudioInfo *sono_decoder_info(const SonoDecoder *dec);
/* Frames per block: portions of this size cross without being cut. */
int64_t sono_decoder_block_frames(const SonoDecoder *dec);

typedef struct SonoDecoderSpan { /* all channels of the span the reader read last */
    pthread_mutex_t lock;        /* a reader is asked from many threads, the child answers one */
    float *pcm;                  /* channel c at c * n_frames; NULL: none */
    int64_t start_frame, n_frames;
} SonoDecoderSpan;
SonoDecoderSpan *sono_decoder_cache(SonoDecoder *dec);
