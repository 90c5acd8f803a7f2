/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of the last stage: what leaves here is finite and at most full scale. Non-finite samples become zero, louder
 * ones are clipped, both counted; a sample above PLAY_RING_MUTE_LEVEL or a run of non-finite frames mutes: the last
 * good samples fade away (nothing of the block that did it is heard), silence for PLAY_RING_MUTE_S from the last such
 * block, a fade in. Samples that need none of this are copied. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define GUARD_CHUNK_FRAMES 256
#define GUARD_MAX_CHANNELS 64

typedef struct LevelGuard {
    uint32_t n_channels, fade_frames, mute_frames;
    const float *curve;                          /* [fade_frames], rising */
    uint32_t decay_left, mute_left, return_left; /* of a mute, in this order; all 0: none */
    uint32_t badness;                            /* rises with every non-finite frame, falls with every good one */
    uint64_t clipped, non_finite, muted;         /* since the stream began */
    float last[GUARD_MAX_CHANNELS];              /* what left last */
    float held[GUARD_MAX_CHANNELS];              /* what left last before the mute */
} LevelGuard;

/* n frames of in[c] (NULL: silence), times gains (NULL: all 1), into out[c] + out_at. n <= GUARD_CHUNK_FRAMES.
 * Real-time safe. */
void level_guard_pass(LevelGuard *guard, const float *const *in, const float *gains, float *const *out, uint32_t out_at,
                      uint32_t n);
