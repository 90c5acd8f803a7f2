/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks: 65,536 frames of one channel, immutable, counted. A block is resident or in the cache file, or both.
 * All-zero blocks are NULL wherever a block is expected: they cost nothing and are equal to each other.
 * What can leave memory is the payload: the samples and the finest peaks. Coarser peaks (1 KB) stay with the block, so
 * that an overview of hours touches no file but at the edges of its columns. */
#pragma once
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "cache_file.h"
#include "sono_clip.h"

#define SONO_FINE_FRAMES 256 /* per entry of payload.fine */
#define SONO_N_FINE (SONO_BLOCK_FRAMES / SONO_FINE_FRAMES)
#define SONO_COARSE_FRAMES 1024 /* per entry of the first coarse level; then 4096, 16384, 65536 */
#define SONO_N_COARSE (64 + 16 + 4 + 1)
#define SONO_MAX_SPARES 16

typedef struct SonoPayload {
    float samples[SONO_BLOCK_FRAMES];
    SonoPeak fine[SONO_N_FINE];
} SonoPayload;

/* What a resident payload costs: whole pages of memory. The file holds the samples alone. */
#define SONO_PAYLOAD_BYTES ((sizeof(SonoPayload) + 4095) / 4096 * 4096)

typedef enum SonoBlockState {
    SONO_BLOCK_RESIDENT, /* payload in memory; in the list of the least recently used when not pinned */
    SONO_BLOCK_WRITING,  /* as RESIDENT, being copied to the file; may be pinned and read, is in no list */
    SONO_BLOCK_SPILLED,  /* only in the file */
    SONO_BLOCK_LOADING,  /* being read back; whoever wants it waits for store.changed */
} SonoBlockState;

typedef struct SonoBlock {
    _Atomic int n_refs;
    SonoPcmStore *store; /* borrowed: whoever holds blocks holds the store */
    SonoPeak coarse[SONO_N_COARSE];
    /* The rest is guarded by the store's lock; a pinned payload itself may be read without. */
    SonoBlockState state;
    int n_pins;
    int64_t slot; /* -1: not in the file. Once set it stays until the block goes. */
    SonoPayload *payload;
    struct SonoBlock *newer, *older;
} SonoBlock;

struct SonoPcmStore {
    _Atomic int n_refs;
    uint64_t budget_bytes;
    pthread_mutex_t lock;
    pthread_cond_t changed;     /* a block left LOADING */
    SonoBlock *newest, *oldest; /* resident and not pinned */
    uint64_t n_clean;           /* of these, in the file already */
    uint64_t resident_bytes;    /* payloads, also those being loaded */
    uint64_t leaving_bytes;     /* of these, being written out */
    uint64_t spilled_bytes;
    uint64_t n_blocks, n_loads;
    SonoPayload *spares[SONO_MAX_SPARES]; /* to be used again: fresh memory costs more than a block's whole work */
    int n_spares, max_spares;
    SonoCacheFile file;
    bool file_failed;        /* write nothing more ... */
    uint64_t retry_at_bytes; /* ... until this much is resident or room in the file was freed */
    bool told;               /* the one notice about the file was given */
};

/* Memory for a payload, with anything in it; NULL: no memory. */
SonoPayload *sono_payload_map(void);
void sono_payload_unmap(SonoPayload *payload);
/* Fills payload.fine and coarse from the samples. */
void sono_payload_measure(SonoPayload *payload, SonoPeak coarse[SONO_N_COARSE]);
/* All bits zero (-0.0 is not). */
bool sono_payload_is_zero(const SonoPayload *payload);

/* Sums for peaks: min and max so far, and the sum of squares of the frames seen. */
typedef struct SonoPeakSum {
    float min, max;
    double sum_sq;
} SonoPeakSum;
#define SONO_PEAK_SUM_INIT                                                                                             \
    {                                                                                                                  \
        .min = INFINITY, .max = -INFINITY, .sum_sq = 0.0                                                               \
    }
void sono_peak_add_samples(SonoPeakSum *sum, const float *x, size_t n_frames);
/* A peak that stands for n_frames. */
void sono_peak_add(SonoPeakSum *sum, SonoPeak peak, size_t n_frames);
SonoPeak sono_peak_of(const SonoPeakSum *sum, int64_t n_frames);

/* The same from the store's spares where it has some. Without the store's lock. */
SonoPayload *sono_payload_new(SonoPcmStore *store);
void sono_payload_free(SonoPcmStore *store, SonoPayload *payload); /* NULL is fine */

/* A block of these samples; *out is NULL if all are zero. Takes the payload over on success. Errors: NOMEM. */
SonoStatus sono_block_new(SonoPcmStore *store, SonoPayload *payload, SonoBlock **out, SonoError *err);
SonoBlock *sono_block_ref(SonoBlock *block); /* NULL is fine, as in all of these but pin and read */
void sono_block_unref(SonoBlock *block);

/* Holds the payload in memory until unpinned, loading it if need be. Errors: IO, NOMEM. */
SonoStatus sono_block_pin(SonoBlock *block, const SonoPayload **out, SonoError *err);
/* The same without loading: NULL if the payload is not in memory now. */
const SonoPayload *sono_block_try_pin(SonoBlock *block);
void sono_block_unpin(SonoBlock *block);
/* A few samples straight from the file, after try_pin gave NULL. Errors: IO. */
SonoStatus sono_block_read_spilled(SonoBlock *block, size_t offset, size_t n_frames, float *dst, SonoError *err);
