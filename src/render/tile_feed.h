/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the tile feed: tile_feed.c decides, feed_jobs.c makes strips on workers. */
#pragma once
#include "sono_tile_feed.h"

#include <pthread.h>

#define FEED_MAX_JOBS 64
#define FEED_MAX_FAILED 64

/* revision = parent_revision with other samples in dirty. Ancestors come first in the list. */
typedef struct FeedRevision {
    uint64_t revision, parent;
    SonoSpan dirty;
} FeedRevision;

/* One strip on its way. Freed by the worker. */
typedef struct FeedJob {
    SonoTileFeed *feed; /* a reference */
    SonoGeneration generation;
    SonoStripKey key;
    bool provisional;
    SonoPlan *plan;
    SonoClip *clip;
    SonoStrip *previous; /* or NULL */
    SonoSpan dirty;
} FeedJob;

struct SonoTileFeed {
    _Atomic int refs;
    SonoEngine *engine;
    SonoTileCache *cache; /* has its own lock */

    /* main thread only */
    SonoPlan *plan;
    SonoClip *clip;
    FeedRevision *revisions;
    size_t n_revisions, cap_revisions;
    uint64_t target, shown; /* revisions: set last; drawn */

    pthread_mutex_t lock;      /* guards what follows */
    void (*landed)(void *ctx); /* NULL when closed */
    void *landed_ctx;
    FeedJob *jobs[FEED_MAX_JOBS]; /* posted and not finished */
    int n_jobs;
    SonoStripKey failed[FEED_MAX_FAILED]; /* not to be tried again for this sound */
    int n_failed;
    SonoError error; /* of the last failed job, until update() reports it */
};

bool feed_same_key(const SonoStripKey *a, const SonoStripKey *b);
/* Post a job for a strip. previous: a reference that the job takes over, or NULL. */
SonoStatus feed_post(SonoTileFeed *feed, SonoStripKey key, bool provisional, SonoPriority priority, SonoStrip *previous,
                     SonoSpan dirty, SonoError *err);
/* Is a job for this key on its way, or has it failed? */
bool feed_is_busy(SonoTileFeed *feed, const SonoStripKey *key);
int feed_n_jobs(SonoTileFeed *feed);
/* Cancel jobs whose keys are not among the given ones. */
void feed_cancel_others(SonoTileFeed *feed, const SonoStripKey *wanted, size_t n);
