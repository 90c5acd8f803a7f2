/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block's payload: its memory, and the peak pyramid that is measured once when the block is made. */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "block_store.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

#define LANES 32

/* Mapped, not from the heap: evicted payloads go back to the system at once, and the small blocks that stay behind
 * cannot keep a heap full of holes. Under a sanitizer the heap, for its guards. */
SonoPayload *sono_payload_map(void)
{
#ifdef SONO_SANITIZED
    SonoPayload *p = sono_alloc_aligned(1, sizeof *p);
    return p ? memset(p, 0x5a, sizeof *p) : NULL;
#else
    void *p = mmap(NULL, sizeof(SonoPayload), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
#endif
}

void sono_payload_unmap(SonoPayload *payload)
{
#ifdef SONO_SANITIZED
    sono_free(payload);
#else
    if (payload) {
        (void)munmap(payload, sizeof *payload);
    }
#endif
}

bool sono_payload_is_zero(const SonoPayload *payload)
{
    const unsigned char *p = (const unsigned char *)payload->samples;
    /* Every byte equals the one before it, and the first is zero. */
    return p[0] == 0 && memcmp(p, p + 1, sizeof payload->samples - 1) == 0;
}

/* Independent lanes, so that the compiler may use vectors without reordering what we wrote; so many of them, and in
 * loops of their own, that it does (fewer are unrolled into scalar code first). Doubles for the squares: float32 files
 * may hold values whose squares float32 cannot. */
void sono_peak_add_samples(SonoPeakSum *sum, const float *x, size_t n_frames)
{
    float lo[LANES];
    float hi[LANES];
    double sq[LANES] = {0};
    for (int k = 0; k < LANES; k++) {
        lo[k] = sum->min;
        hi[k] = sum->max;
    }
    size_t i = 0;
    for (; i + LANES <= n_frames; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            const float v = x[i + (size_t)k];
            lo[k] = v < lo[k] ? v : lo[k];
        }
        for (int k = 0; k < LANES; k++) {
            const float v = x[i + (size_t)k];
            hi[k] = v > hi[k] ? v : hi[k];
        }
        for (int k = 0; k < LANES; k++) {
            const double v = x[i + (size_t)k];
            sq[k] += v * v;
        }
    }
    for (; i < n_frames; i++) {
        lo[0] = x[i] < lo[0] ? x[i] : lo[0];
        hi[0] = x[i] > hi[0] ? x[i] : hi[0];
        sq[0] += (double)x[i] * (double)x[i];
    }
    for (int k = 0; k < LANES; k++) {
        sum->min = lo[k] < sum->min ? lo[k] : sum->min;
        sum->max = hi[k] > sum->max ? hi[k] : sum->max;
        sum->sum_sq += sq[k];
    }
}

void sono_peak_add(SonoPeakSum *sum, SonoPeak peak, size_t n_frames)
{
    sum->min = peak.min < sum->min ? peak.min : sum->min;
    sum->max = peak.max > sum->max ? peak.max : sum->max;
    sum->sum_sq += (double)peak.rms * (double)peak.rms * (double)n_frames;
}

SonoPeak sono_peak_of(const SonoPeakSum *sum, int64_t n_frames)
{
    return (SonoPeak){sum->min, sum->max, (float)sqrt(sum->sum_sq / (double)n_frames)};
}

void sono_payload_measure(SonoPayload *payload, SonoPeak coarse[SONO_N_COARSE])
{
    for (size_t i = 0; i < SONO_N_FINE; i++) {
        SonoPeakSum sum = SONO_PEAK_SUM_INIT;
        sono_peak_add_samples(&sum, payload->samples + i * SONO_FINE_FRAMES, SONO_FINE_FRAMES);
        payload->fine[i] = sono_peak_of(&sum, SONO_FINE_FRAMES);
    }
    const SonoPeak *from = payload->fine;
    for (size_t n = SONO_N_FINE / 4; n > 0; n /= 4) {
        for (size_t i = 0; i < n; i++) {
            SonoPeakSum sum = SONO_PEAK_SUM_INIT;
            for (size_t k = 0; k < 4; k++) {
                sono_peak_add(&sum, from[4 * i + k], 1);
            }
            coarse[i] = sono_peak_of(&sum, 4);
        }
        from = coarse;
        coarse += n;
    }
}
