/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the peaks feed: peaks_feed.c decides and shows, peaks_jobs.c makes chunks of columns on workers. */
#pragma once
#include "sono_peaks_feed.h"

#include <pthread.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define PEAKS_CHUNK 512       /* columns */
#define PEAKS_MAX_LEVEL 30    /* 2^30 frames a column: 512 of them are 132 days at 48 kHz */
#define PEAKS_MAX_CHUNKS 4096 /* 25 MB */
#define PEAKS_MAX_JOBS 6
#define PEAKS_MAX_PARTS 32
#define PEAKS_MAX_ANCESTORS 8

/* Column c of a level covers frames [c << level, (c + 1) << level); chunk i its columns from i * PEAKS_CHUNK on. */
typedef struct PeaksKey {
    int32_t channel, level;
    int64_t index;
} PeaksKey;

/* Immutable but for the count, and for the links, which are the main thread's. */
typedef struct PeaksChunk {
    _Atomic int refs;
    PeaksKey key;
    uint64_t revision;              /* of the clip it was made from */
    struct PeaksChunk *prev, *next; /* by last use, oldest first */
    UT_hash_handle hh;
    SonoPeak columns[PEAKS_CHUNK];
} PeaksChunk;

typedef struct PeaksPart {
    PeaksKey key;
    PeaksChunk *previous; /* a reference, or NULL */
    SonoClip *old;        /* what previous was made from; a reference, or NULL */
    PeaksChunk *made;     /* NULL until it is */
} PeaksPart;

/* Chunks on their way. Freed by the worker. */
typedef struct PeaksJob {
    SonoPeaksFeed *feed; /* a reference */
    SonoGeneration generation;
    SonoClip *clip;
    uint64_t wanted; /* the get that asked last; main thread */
    int n_parts;
    PeaksPart parts[PEAKS_MAX_PARTS];
} PeaksJob;

struct SonoPeaksFeed {
    _Atomic int refs;
    SonoEngine *engine;

    /* main thread only */
    SonoClip *clip;
    SonoClip *ancestors[PEAKS_MAX_ANCESTORS]; /* clips that were set before, newest first */
    PeaksChunk *by_key, *by_use;
    uint64_t n_gets;

    pthread_mutex_t lock;    /* guards what follows */
    void (*wake)(void *ctx); /* NULL when closed */
    void *wake_ctx;
    PeaksJob *jobs[PEAKS_MAX_JOBS]; /* posted and not finished */
    int n_jobs;
    PeaksChunk *landed;      /* linked by next */
    uint64_t n_columns_made; /* since the feed was made: what was not reused (for tests) */
};

void peaks_chunk_unref(PeaksChunk *chunk);
void peaks_feed_unref(SonoPeaksFeed *feed);
/* Takes over what the parts refer to. False: no room for another job, or no memory. */
bool peaks_post(SonoPeaksFeed *feed, const PeaksPart *parts, int n_parts);
/* Is a job for it on its way? Marks that job as wanted now. */
bool peaks_is_busy(SonoPeaksFeed *feed, const PeaksKey *key);
/* Cancel jobs that nothing has asked for since this get. */
void peaks_cancel_before(SonoPeaksFeed *feed, uint64_t wanted);
PeaksChunk *peaks_take_landed(SonoPeaksFeed *feed);
