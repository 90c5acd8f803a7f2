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
 * and fades in there. Outside fades the samples reach the device with their bits. */
#pragma once
#include <stdatomic.h>
#include <stdint.h>

#define PLAY_RING_MAGIC UINT32_C(0x53504c31) /* "SPL1"; change it with every change of this page */
#define PLAY_RING_FADE_S 0.005
#define PLAY_RING_MUTE_LEVEL 8.0f /* +18 dBFS: louder than any sound that was meant */
#define PLAY_RING_MUTE_S 0.1      /* how long it stays silent after that */
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
    /* Where it is: odd while it is being changed. frame is heard at dac_ns of CLOCK_MONOTONIC, and the ones after it in
     * step with rate_hz; playing 0: nothing is heard since then. */
    _Atomic uint32_t place_seq;
    _Atomic uint32_t playing;
    _Atomic uint64_t place_frame;
    _Atomic int64_t place_dac_ns;
} PlayRing;

#define PLAY_RING_DATA 4096
_Static_assert(sizeof(PlayRing) <= PLAY_RING_DATA, "planes begin at PLAY_RING_DATA");

static inline float *play_ring_plane(PlayRing *ring, uint32_t capacity_frames, uint32_t channel)
{
    return (float *)(void *)((char *)ring + PLAY_RING_DATA) + (uint64_t)channel * capacity_frames;
}
