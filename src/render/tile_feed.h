/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the tile feed: tile_feed.c is its life and what a view needs, feed_revisions.c knows which revisions share
 * strips, feed_list.c lists what to draw, feed_wish.c decides what to make, feed_jobs.c makes it on workers. */
#pragma once
#include "sono_tile_feed.h"

#include <pthread.h>

#define FEED_MAX_JOBS 64
#define FEED_MAX_FAILED 64

/* revision = the one at parent_at with other samples in dirty. Ancestors come first in the list. */
typedef struct FeedRevision {
    uint64_t revision;
    int parent_at; /* -1: the first sound, of parent_revision */
    uint64_t parent_revision;
    SonoSpan dirty;
} FeedRevision;

/* Tiles of one level of frequency. */
typedef struct FeedTiles {
    int32_t level_f, tile0, tile1;
} FeedTiles;

/* All that is wanted at one place in time: made together, as it shares its analysis. */
typedef struct FeedGroup {
    SonoStripKey key; /* level_f is 0 */
    FeedTiles tiles[SONO_MAX_BANDS];
    int n_tiles;
} FeedGroup;

/* One group on its way. Freed by the worker. */
typedef struct FeedJob {
    SonoTileFeed *feed; /* a reference */
    SonoGeneration generation;
    FeedGroup group;
    bool provisional;
    bool running, cancelled; /* guarded by the feed's lock */
    SonoPriority priority;
    SonoPlan *plan;
    SonoClip *clip;
    SonoStrip *previous[SONO_MAX_BANDS]; /* or NULL */
    SonoSpan dirty;
    bool halve;                          /* made from finer, not from the sound */
    SonoStrip *finer[SONO_MAX_BANDS][4]; /* or NULL */
} FeedJob;

/* The overview of a channel that was shown last: under everything while nothing else is there. */
typedef struct FeedFloor {
    int channel;
    SonoStrip *strip;
} FeedFloor;

struct SonoTileFeed {
    _Atomic int refs;
    SonoEngine *engine;
    SonoTileCache *cache; /* has its own lock */
    uint64_t budget_bytes;

    /* main thread only */
    SonoPlan *plan;       /* set last */
    SonoPlan *shown_plan; /* that is drawn */
    SonoPlan *under_plan; /* drawn under it, until the whole sound is there in shown_plan; or NULL */
    SonoClip *clip;
    FeedRevision *revisions;
    size_t n_revisions, cap_revisions;
    int n_channels;         /* 0: not known yet */
    uint64_t unread;        /* stands for the revision 0 of what is being read: another for each sound */
    uint64_t target, shown; /* revisions: set last; drawn */
    FeedFloor *floors;
    size_t n_floors;
    double last_centre_s; /* of the view, to know where it goes */
    int direction;        /* of its last movement: -1, 0, 1 */

    pthread_mutex_t lock;      /* guards what follows */
    void (*landed)(void *ctx); /* NULL when closed */
    void *landed_ctx;
    FeedJob *jobs[FEED_MAX_JOBS]; /* posted and not finished */
    int n_jobs;
    SonoStripKey failed[FEED_MAX_FAILED]; /* places not to be tried again for this sound */
    int n_failed;
    SonoError error; /* of the last failed job, until update() reports it */
};

/* One lane in an update: what its view needs in a plan. */
typedef struct FeedView {
    const SonoRenderView *view;
    int channel;
    SonoTileList *list;
    const SonoPlan *plan;
    SonoViewLevels levels;
    FeedTiles tiles[SONO_MAX_BANDS]; /* every level of frequency once */
    int n_tiles;
    int band_tiles[SONO_MAX_BANDS]; /* which of them is that of a band */
    int32_t overview_t;
    FeedTiles overview;
} FeedView;

typedef struct FeedUpdate {
    SonoTileFeed *feed;
    FeedView *views; /* in the plan set last */
    int n_views;
    SonoError *err;
} FeedUpdate;

/* feed_revisions.c */
SonoStatus feed_add_revision(SonoTileFeed *feed, uint64_t revision, uint64_t parent, SonoSpan dirty, SonoError *err);
/* The key under which the same picture is kept: of the newest revision whose change reaches the strip. plan: of the
 * key, here and below. */
SonoStripKey feed_resolve(const SonoTileFeed *feed, const SonoPlan *plan, SonoStripKey key);
/* To the key's parent, which the change *dirty (joined to what it holds) has made different; false: there is none. */
bool feed_to_parent(const SonoTileFeed *feed, const SonoPlan *plan, SonoStripKey *key, SonoSpan *dirty);
/* The strip of this very picture, or NULL. */
SonoStrip *feed_get(const SonoTileFeed *feed, const SonoPlan *plan, SonoStripKey key);
/* The nearest picture of the place that there is: of the revision, else of an ancestor that was changed in *stale. */
SonoStrip *feed_get_stale(const SonoTileFeed *feed, const SonoPlan *plan, SonoStripKey key, SonoSpan *stale);

/* tile_feed.c */
SonoStripKey feed_key(const FeedView *view, uint64_t revision, int32_t level_t, int32_t level_f, int64_t x);
/* Strips [0, x) of a level of time hold the whole sound. */
int64_t feed_end(const FeedView *view, int32_t level_t);
/* The plan that was set last is not drawn yet. */
bool feed_is_switching(const SonoTileFeed *feed);
bool feed_covers(const SonoStrip *strip, const FeedTiles *tiles);

/* What all that the views want takes in memory. */
uint64_t feed_wanted_bytes(const FeedUpdate *u);

/* feed_list.c. under (or NULL): the view in another plan, whose strips lie under all others. */
SonoStatus feed_fill_list(const SonoTileFeed *feed, const FeedView *view, const FeedView *under, SonoError *err);

/* feed_wish.c: is all of the target there that the views show; is the whole sound there, coarsely? */
bool feed_views_are_there(const FeedUpdate *u);
bool feed_overviews_are_there(const FeedUpdate *u);
/* Cancel what is not wanted any more, post what is missing. */
SonoStatus feed_ask(const FeedUpdate *u);

/* feed_jobs.c: post a job; takes over the references that it holds in previous and finer. feed, plan and clip are
 * filled in. */
SonoStatus feed_post(SonoTileFeed *feed, FeedJob *job, SonoError *err);
/* Is a job for all of the group on its way, or has its place failed? One that would bring only a part, or waits at a
 * lower priority, is cancelled. */
bool feed_is_busy(SonoTileFeed *feed, const FeedGroup *group, SonoPriority priority);
/* Jobs that are on their way, of this priority and more urgent ones. */
int feed_n_jobs(SonoTileFeed *feed, SonoPriority priority);
/* Cancel jobs at places that are not among the given ones. */
void feed_cancel_others(SonoTileFeed *feed, const SonoStripKey *wanted, size_t n);
