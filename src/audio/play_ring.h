/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory that the editor and sonobrush-audio share for one stream: a ring of frames to play, filled by the feeder
 * and emptied by the device's callback, one of captured frames the other way, and what the callback tells. A sealed
 * memfd of fixed size; both sides check every number before the first use and keep their own copy of it. All positions
 * are frames since the stream began, never wrapped.
 *
 * Playing: a frame counts once the feeder has raised `written` over it (release). The callback plays frames up to `end`
 * and fades by itself, a raised cosine of 5 ms: in at the first frame it plays after silence or a cut, out over the
 * last frames before `end`, before the ring would run dry (it keeps 5 ms back for that), and before a cut. A cut: the
 * feeder stores the frame to go on with in `cut`; the callback fades out with what it has, drops the rest before `cut`,
 * and fades in there. Outside fades the samples reach the device with their bits.
 *
 * Order. The feeder stores `cut` (not below `written`) before it raises `written` over frames that come after the cut;
 * the callback reads `written` first. To stop at once: end = cut = written. From silence it begins when a callback's
 * frames and 5 ms more are there, or everything up to `end`, or after 20 ms with what there is. The fade out of a sound
 * shorter than 10 ms overlaps its fade in: the gains multiply. */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sono_error.h"

#define PLAY_RING_MAGIC UINT32_C(0x53504c32) /* "SPL2"; change it with every change of this page */
#define PLAY_RING_FADE_S 0.005
#define PLAY_RING_FADE_MIN_FRAMES 160 /* shorter ones would step by more than -40 dBFS at full scale */
#define PLAY_RING_MUTE_LEVEL 8.0f     /* +18 dBFS: louder than any sound that was meant */
#define PLAY_RING_MUTE_S 0.1          /* how long it stays silent after that */
#define PLAY_RING_NO_END UINT64_MAX

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics without locks");

typedef struct PlayRing {
    /* written once before the child begins */
    uint32_t magic, n_channels, n_in_channels;
    uint32_t capacity_frames; /* of each channel; a power of two, both directions */
    double rate_hz;
    uint64_t bytes; /* of everything: planes follow at PLAY_RING_DATA, float32, first the outputs', then the inputs' */
    /* by the feeder */
    _Alignas(64) _Atomic uint64_t written;
    _Atomic uint64_t cut;      /* 0: never yet */
    _Atomic uint64_t end;      /* silence is meant from here; PLAY_RING_NO_END while more is to come */
    _Atomic uint64_t in_taken; /* captured frames before this may be overwritten; they are in any case */
    /* by the callback */
    _Alignas(64) _Atomic uint64_t taken; /* frames that were played or dropped */
    _Atomic uint64_t in_written;
    _Atomic uint64_t n_callbacks; /* the heartbeat */
    _Atomic uint64_t xruns, starved, clipped, non_finite, muted;
    _Atomic uint32_t longest_call; /* frames of the longest callback, or of several at once, until now */
    /* Where it is: odd while it is being changed. frame is heard at dac_ns of CLOCK_MONOTONIC, and the ones after it in
     * step with rate_hz; playing 0: nothing is heard since then. */
    _Atomic uint32_t place_seq;
    _Atomic uint32_t playing;
    _Atomic uint64_t place_frame;
    _Atomic int64_t place_dac_ns;
} PlayRing;

#define PLAY_RING_DATA 4096
_Static_assert(sizeof(PlayRing) <= PLAY_RING_DATA, "planes begin at PLAY_RING_DATA");

/* Frames of a fade. Gain of its frame i, rising: (1 - cos(pi (i + 1/2) / n)) / 2; falling: the same backwards. */
static inline uint32_t play_ring_fade_frames(double rate_hz)
{
    const uint32_t n = (uint32_t)(rate_hz * PLAY_RING_FADE_S + 0.5);
    return n < PLAY_RING_FADE_MIN_FRAMES ? PLAY_RING_FADE_MIN_FRAMES : n;
}

static inline float *play_ring_plane(PlayRing *ring, uint32_t capacity_frames, uint32_t channel)
{
    return (float *)(void *)((char *)ring + PLAY_RING_DATA) + (uint64_t)channel * capacity_frames;
}

/* The plane of captured channel c. */
static inline float *play_ring_in_plane(PlayRing *ring, uint32_t capacity_frames, uint32_t n_channels, uint32_t channel)
{
    return play_ring_plane(ring, capacity_frames, n_channels + channel);
}

/* Bytes of a whole ring. */
static inline uint64_t play_ring_bytes(uint32_t n_channels, uint32_t n_in_channels, uint32_t capacity_frames)
{
    return PLAY_RING_DATA + ((uint64_t)n_channels + n_in_channels) * capacity_frames * sizeof(float);
}

/* A new, silent ring of at least 0.3 s and 4 buffers, with its memory allocated; *fd: sealed, for the child; the
 * caller closes it. 1 to 64 channels, 0 to 64 inputs, 8 to 768 kHz. Errors: RANGE, NOMEM (also: no room for it). */
SonoStatus play_ring_new(double rate_hz, int n_channels, int n_in_channels, int buffer_frames, PlayRing **ring, int *fd,
                         SonoError *err);
void play_ring_unmap(PlayRing *ring, uint64_t bytes); /* NULL is fine; bytes: as it was made, not as it says now */

typedef struct PlayRingPlace {
    uint64_t frame;
    int64_t dac_ns;
    bool playing;
} PlayRingPlace;
/* Where it is; false: a moment's muddle (or the child died in the middle of telling), ask again later. */
bool play_ring_place(PlayRing *ring, PlayRingPlace *out);
