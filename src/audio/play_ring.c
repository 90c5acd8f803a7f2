/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The editor's side of the ring: making it, and reading where the sound is. */
#define _GNU_SOURCE
#include "play_ring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sono_output.h"

#define RING_S 0.3 /* the feeder stays far below; a reader of captured frames has this long */
#define MIN_RATE_HZ 8000.0
#define MAX_RATE_HZ 768000.0
#define MAX_BUFFER_FRAMES 65536

static uint32_t capacity_for(double rate_hz, int buffer_frames)
{
    const double want_frames = rate_hz * RING_S > 4.0 * buffer_frames ? rate_hz * RING_S : 4.0 * buffer_frames;
    uint32_t frames = 4096;
    while (frames < want_frames) {
        frames *= 2;
    }
    return frames;
}

SonoStatus play_ring_new(double rate_hz, int n_channels, int n_in_channels, int buffer_frames, PlayRing **ring, int *fd,
                         SonoError *err)
{
    if (!(rate_hz >= MIN_RATE_HZ && rate_hz <= MAX_RATE_HZ) || n_channels < 1 ||
        n_channels > SONO_OUTPUT_MAX_CHANNELS || n_in_channels < 0 || n_in_channels > SONO_OUTPUT_MAX_CHANNELS ||
        buffer_frames < 0 || buffer_frames > MAX_BUFFER_FRAMES) {
        return sono_fail(err, SONO_E_RANGE, "a device with %d channels, %d inputs at %g Hz in buffers of %d",
                         n_channels, n_in_channels, rate_hz, buffer_frames);
    }
    const uint32_t capacity = capacity_for(rate_hz, buffer_frames);
    const uint64_t bytes = play_ring_bytes((uint32_t)n_channels, (uint32_t)n_in_channels, capacity);
    const int memory = memfd_create("sonobrush-audio", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    /* Allocated now: memory that runs out later would be a SIGBUS, in the callback of all places. */
    int reason = memory < 0 ? errno : posix_fallocate(memory, 0, (off_t)bytes);
    if (!reason && fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) {
        reason = errno;
    }
    void *map = MAP_FAILED;
    if (!reason) {
        map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, memory, 0);
        reason = map == MAP_FAILED ? errno : 0;
    }
    if (reason) {
        if (memory >= 0) {
            (void)close(memory);
        }
        return sono_fail(err, SONO_E_NOMEM, "no memory for the sound on its way to the device: %s", strerror(reason));
    }
    PlayRing *made = map;
    made->magic = PLAY_RING_MAGIC;
    made->n_channels = (uint32_t)n_channels;
    made->n_in_channels = (uint32_t)n_in_channels;
    made->capacity_frames = capacity;
    made->rate_hz = rate_hz;
    made->bytes = bytes;
    atomic_store_explicit(&made->end, PLAY_RING_NO_END, memory_order_release);
    *ring = made;
    *fd = memory;
    return SONO_OK;
}

void play_ring_unmap(PlayRing *ring, uint64_t bytes)
{
    if (ring) {
        (void)munmap(ring, bytes);
    }
}

bool play_ring_place(PlayRing *ring, PlayRingPlace *out)
{
    for (int i = 0; i < 100; i++) {
        const uint32_t before = atomic_load_explicit(&ring->place_seq, memory_order_acquire);
        if (before & 1) {
            continue;
        }
        const PlayRingPlace place = {
            .frame = atomic_load_explicit(&ring->place_frame, memory_order_acquire),
            .dac_ns = atomic_load_explicit(&ring->place_dac_ns, memory_order_acquire),
            .playing = atomic_load_explicit(&ring->playing, memory_order_acquire) != 0,
        };
        if (atomic_load_explicit(&ring->place_seq, memory_order_relaxed) == before) {
            *out = place;
            return true;
        }
    }
    return false;
}
