/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoClip: an immutable sound. Planar float32, full scale 1.0, in blocks of 65,536 frames per channel that clips share
 * (copy on write). Undo is keeping the old clip. 1 to 256 channels, hours long.
 * A SonoPcmStore holds the blocks: resident up to a budget, the least recently used ones beyond it in an unlinked
 * cache file. All-zero blocks cost nothing. Thread: any, for every function here (a builder belongs to one thread). */
#pragma once
#include <stdint.h>

#include "sono_error.h"
#include "sono_rect.h"

#define SONO_BLOCK_FRAMES 65536
#define SONO_MAX_CHANNELS 256

typedef struct SonoPcmStore SonoPcmStore;
typedef struct SonoClip SonoClip;
typedef struct SonoClipBuilder SonoClipBuilder;

/* budget_bytes 0: SONO_PCM_BUDGET_MB if set, else 25 % of physical memory. cache_dir NULL: XDG_CACHE_HOME or ~/.cache,
 * under sonobrush/ (0700). The cache file is made on first need. Refcounted: clips hold a reference to their store. */
SonoStatus sono_pcm_store_new(uint64_t budget_bytes, const char *cache_dir, SonoPcmStore **out, SonoError *err);
SonoPcmStore *sono_pcm_store_ref(SonoPcmStore *store);
void sono_pcm_store_unref(SonoPcmStore *store);

typedef struct SonoPcmStoreStats {
    uint64_t budget_bytes, resident_bytes, spilled_bytes; /* spilled: bytes whose only copy is in the cache file */
    uint64_t n_blocks, n_loads;
} SonoPcmStoreStats;
SonoPcmStoreStats sono_pcm_store_stats(SonoPcmStore *store);

SonoClip *sono_clip_ref(const SonoClip *clip);
void sono_clip_unref(const SonoClip *clip); /* NULL is fine */

double sono_clip_rate_hz(const SonoClip *clip);
int sono_clip_n_channels(const SonoClip *clip);
int64_t sono_clip_n_frames(const SonoClip *clip);
/* Process-unique, never 0; every new clip has a new one. */
uint64_t sono_clip_revision(const SonoClip *clip);

/* Copy n_frames of one channel from start_frame to dst; outside [0, n_frames of the clip) is 0. start_frame may be
 * negative. Errors: IO (the cache file could not be read), NOMEM. */
SonoStatus sono_clip_read(const SonoClip *clip, int channel, int64_t start_frame, int64_t n_frames, float *dst,
                          SonoError *err);

/* New clip with channel c's frames [start_frame, start_frame + n_frames) replaced by pcm[c][0..n_frames); pcm[c] NULL
 * leaves channel c as it is. The span must lie inside the clip. Shares every untouched block; cost depends on n_frames
 * and not on the clip's length (but for one pointer per 4 million frames). Errors: INVALID, NOMEM, IO. */
SonoStatus sono_clip_splice(const SonoClip *clip, int64_t start_frame, int64_t n_frames, const float *const *pcm,
                            SonoClip **out, SonoError *err);
/* True if both clips hold the same block object at this place (used by tests of sharing). */
int sono_clip_shares_block(const SonoClip *a, const SonoClip *b, int channel, int64_t frame);

/* Building: append planar frames in any portions, look at what is there so far, finish. */
SonoStatus sono_clip_builder_new(SonoPcmStore *store, double rate_hz, int n_channels, SonoClipBuilder **out,
                                 SonoError *err);
/* pcm: float[n_channels][n_frames], finite (the caller has scrubbed it). */
SonoStatus sono_clip_builder_append(SonoClipBuilder *b, const float *const *pcm, int64_t n_frames, SonoError *err);
/* The same without a copy: planes[c] are places for the next *n_room (at least 1) frames of each channel. Write up to
 * so many, finite, and commit them; reserving again before gives the same places. Errors: as append. */
SonoStatus sono_clip_builder_reserve(SonoClipBuilder *b, float **planes, int64_t *n_room, SonoError *err);
void sono_clip_builder_commit(SonoClipBuilder *b, int64_t n_frames);
int64_t sono_clip_builder_n_frames(const SonoClipBuilder *b);
/* A clip of what was appended so far; the builder goes on. */
SonoStatus sono_clip_builder_snapshot(SonoClipBuilder *b, SonoClip **out, SonoError *err);
/* Snapshot, then free the builder (also on error). */
SonoStatus sono_clip_builder_finish(SonoClipBuilder *b, SonoClip **out, SonoError *err);
void sono_clip_builder_free(SonoClipBuilder *b); /* NULL is fine */

/* Peaks: minimum, maximum and root mean square of frames [start_frame, start_frame + n_frames), split into n_columns
 * equal spans (column i covers frames start + i*n/n_columns, rounded down, at least one frame). Taken from the pyramid
 * (256 frames x 4 per level, kept with each block) where a span is long enough, from the samples where not: exact in
 * both cases for min and max; rms to 1e-5 relative. Outside the clip: 0. Errors: IO, NOMEM. */
typedef struct SonoPeak {
    float min, max, rms;
} SonoPeak;
SonoStatus sono_clip_peaks(const SonoClip *clip, int channel, int64_t start_frame, int64_t n_frames, int n_columns,
                           SonoPeak *out, SonoError *err);
