/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source of samples: a clip, or a file that is still being decoded (first picture of a long file). */
#pragma once
#include "sono_clip.h"

typedef struct SonoPcmReader {
    void *ctx;
    /* As sono_clip_read. Thread: as the owner says; a clip's reader is safe from any thread. */
    SonoStatus (*read)(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst, SonoError *err);
    double rate_hz;
    int n_channels;
    int64_t n_frames;
    uint64_t revision;
} SonoPcmReader;

/* Borrowed: valid while the clip is. */
SonoPcmReader sono_clip_reader(const SonoClip *clip);
