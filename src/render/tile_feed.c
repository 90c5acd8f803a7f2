/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which strips a view gets: those it wants, stale or coarser ones while these are missing, and the jobs for the rest.
 */
#include "tile_feed.h"

#include "tile_list.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

/* From this level of time on a provisional strip analyses fewer slices than an exact one. */
#define PROVISIONAL_LEVEL 3
/* Finer levels that may stand in after zooming out. */
#define FINER_LEVELS 2
#define MAX_LEVEL_T 30
#define MAX_ANCESTORS 64

SonoStatus sono_tile_feed_new(SonoEngine *engine, uint64_t budget_bytes, void (*landed)(void *ctx), void *ctx,
                              SonoTileFeed **out, SonoError *err)
{
    SonoTileFeed *feed = sono_calloc(1, sizeof *feed);
    if (!feed) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the tile feed");
    }
    const SonoStatus status = sono_tile_cache_new(budget_bytes, &feed->cache, err);
    if (status != SONO_OK) {
        sono_free(feed);
        return status;
    }
    (void)pthread_mutex_init(&feed->lock, NULL); /* cannot fail with default attributes on Linux */
    atomic_init(&feed->refs, 1);
    feed->engine = engine;
    feed->landed = landed;
    feed->landed_ctx = ctx;
    *out = feed;
    return SONO_OK;
}

SonoTileFeed *sono_tile_feed_ref(SonoTileFeed *feed)
{
    (void)atomic_fetch_add_explicit(&feed->refs, 1, memory_order_relaxed);
    return feed;
}

void sono_tile_feed_unref(SonoTileFeed *feed)
{
    if (!feed || atomic_fetch_sub_explicit(&feed->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    sono_tile_cache_free(feed->cache);
    sono_plan_unref(feed->plan);
    sono_clip_unref(feed->clip);
    sono_free(feed->revisions);
    (void)pthread_mutex_destroy(&feed->lock);
    sono_free(feed);
}

void sono_tile_feed_close(SonoTileFeed *feed)
{
    (void)pthread_mutex_lock(&feed->lock);
    feed->landed = NULL;
    (void)pthread_mutex_unlock(&feed->lock);
    feed_cancel_others(feed, NULL, 0);
}

static const FeedRevision *find_revision(const SonoTileFeed *feed, uint64_t revision)
{
    for (size_t i = feed->n_revisions; i-- > 0;) {
        if (feed->revisions[i].revision == revision) {
            return &feed->revisions[i];
        }
    }
    return NULL;
}

SonoStatus sono_tile_feed_set_sound(SonoTileFeed *feed, const SonoPlan *plan, const SonoClip *clip,
                                    uint64_t parent_revision, SonoSpan dirty, SonoError *err)
{
    const uint64_t revision = clip ? sono_clip_revision(clip) : 0;
    if (clip && !find_revision(feed, revision)) {
        if (feed->n_revisions == feed->cap_revisions) {
            const size_t cap = feed->cap_revisions ? 2 * feed->cap_revisions : 16;
            FeedRevision *more = sono_realloc_array(feed->revisions, cap, sizeof *more);
            if (!more) {
                return sono_fail(err, SONO_E_NOMEM, "no memory for the tile feed");
            }
            feed->revisions = more;
            feed->cap_revisions = cap;
        }
        feed->revisions[feed->n_revisions++] = (FeedRevision){revision, parent_revision, dirty};
    }
    SonoPlan *old_plan = feed->plan;
    SonoClip *old_clip = feed->clip;
    feed->plan = sono_plan_ref(plan);
    feed->clip = clip ? sono_clip_ref(clip) : NULL;
    sono_plan_unref(old_plan);
    sono_clip_unref(old_clip);
    feed->target = revision;
    (void)pthread_mutex_lock(&feed->lock);
    feed->n_failed = 0;
    (void)pthread_mutex_unlock(&feed->lock);
    return SONO_OK;
}

/* Frames that a strip's columns depend on, with its gutter and one slice more on both sides. */
static SonoSpan strip_support(const SonoPlan *plan, const SonoStripKey *key)
{
    const int64_t per_column = (int64_t)1 << key->level_t;
    const SonoSlices slices = {(key->x * SONO_TILE_INNER - 1) * per_column - 1, SONO_TILE_TEXELS * per_column + 2};
    return sono_plan_support(plan, slices);
}

/* The key under which the same picture is kept: of the newest revision whose change reaches the strip. */
static SonoStripKey resolve(const SonoTileFeed *feed, SonoStripKey key)
{
    const SonoSpan support = strip_support(feed->plan, &key);
    for (const FeedRevision *r = find_revision(feed, key.revision);
         r && sono_span_intersect(support, r->dirty).n_frames == 0; r = find_revision(feed, key.revision)) {
        key.revision = r->parent;
    }
    return key;
}

static SonoStrip *get(const SonoTileFeed *feed, const SonoStripKey *key)
{
    const SonoStripKey k = resolve(feed, *key);
    return sono_tile_cache_get(feed->cache, &k);
}

/* An exact strip of an ancestor, and the frames in which the sound has changed since. */
static SonoStrip *find_previous(const SonoTileFeed *feed, SonoStripKey key, SonoSpan *dirty)
{
    *dirty = (SonoSpan){0, 0};
    for (int i = 0; i < MAX_ANCESTORS; i++) {
        key = resolve(feed, key);
        const FeedRevision *r = find_revision(feed, key.revision);
        if (!r) {
            return NULL;
        }
        *dirty = sono_span_union(*dirty, r->dirty);
        key.revision = r->parent;
        SonoStrip *strip = get(feed, &key);
        if (strip && !strip->provisional) {
            return strip;
        }
        sono_strip_unref(strip);
    }
    return NULL;
}

/* The nearest picture of the place that there is: shown, else of an ancestor. */
static SonoStrip *get_stale(const SonoTileFeed *feed, SonoStripKey key)
{
    for (int i = 0; i < MAX_ANCESTORS; i++) {
        SonoStrip *strip = get(feed, &key);
        if (strip) {
            return strip;
        }
        key = resolve(feed, key);
        const FeedRevision *r = find_revision(feed, key.revision);
        if (!r) {
            return NULL;
        }
        key.revision = r->parent;
    }
    return NULL;
}

/* Everything an update works with. */
typedef struct Update {
    SonoTileFeed *feed;
    const SonoRenderView *view;
    int channel;
    SonoViewLevels levels;
    SonoStripKey *wanted; /* resolved for the target */
    size_t n_wanted;
    SonoTileList *list;
    SonoError *err;
} Update;

static SonoStripKey key_at(const Update *u, uint64_t revision, int32_t level_t, int32_t level_f, int64_t x)
{
    return (SonoStripKey){revision, u->feed->plan->key, u->channel, level_t, level_f, x};
}

static SonoStatus list_wanted(Update *u)
{
    const SonoViewLevels *l = &u->levels;
    const size_t n = (size_t)(l->x1 - l->x0) * (size_t)l->n_bands;
    u->wanted = sono_calloc(n, sizeof *u->wanted);
    if (!u->wanted) {
        return sono_fail(u->err, SONO_E_NOMEM, "no memory for the picture");
    }
    for (int b = 0; b < l->n_bands; b++) {
        for (int64_t x = l->x0; x < l->x1; x++) {
            u->wanted[u->n_wanted++] = resolve(u->feed, key_at(u, u->feed->target, l->level_t, l->bands[b].level_f, x));
        }
    }
    return SONO_OK;
}

/* All wanted strips of the target there (or given up): show it from now on. */
static void try_show_target(const Update *u)
{
    for (size_t i = 0; i < u->n_wanted; i++) {
        SonoStrip *strip = sono_tile_cache_get(u->feed->cache, &u->wanted[i]);
        const bool there = strip != NULL;
        sono_strip_unref(strip);
        if (!there) {
            return;
        }
    }
    u->feed->shown = u->feed->target;
}

/* Strips of one other level of time over the view. */
static SonoStatus add_fallbacks(const Update *u, int32_t level_t)
{
    int64_t x0 = 0;
    int64_t x1 = 0;
    sono_view_strips(u->view, u->feed->plan, level_t, &x0, &x1);
    SonoStatus status = SONO_OK;
    for (int b = 0; b < u->levels.n_bands; b++) {
        const SonoLevelBand *band = &u->levels.bands[b];
        for (int64_t x = x0; x < x1 && status == SONO_OK; x++) {
            SonoStrip *strip = get_stale(u->feed, key_at(u, u->feed->shown, level_t, band->level_f, x));
            if (strip) {
                const int taps_t = level_t < u->levels.level_t ? 2 : 1;
                status = tile_list_add(u->list, strip, band->p0, band->p1, taps_t, band->taps_f, true, u->err);
            }
        }
    }
    return status;
}

/* The whole sound's strips at the finest frequency: under everything, whatever the axis. */
static SonoStatus add_overview(const Update *u)
{
    const int32_t level_t = sono_view_overview_level(u->feed->plan, u->view->end_s);
    SonoStrip *strip = get_stale(u->feed, key_at(u, u->feed->shown, level_t, 0, 0));
    return strip ? tile_list_add(u->list, strip, 0.0, 1.0, 1, 2, true, u->err) : SONO_OK;
}

static SonoStatus add_wanted(const Update *u)
{
    const SonoViewLevels *l = &u->levels;
    SonoStatus status = SONO_OK;
    u->list->complete = true;
    u->list->exact = u->feed->shown == u->feed->target;
    for (int b = 0; b < l->n_bands; b++) {
        const SonoLevelBand *band = &l->bands[b];
        for (int64_t x = l->x0; x < l->x1 && status == SONO_OK; x++) {
            const SonoStripKey key = key_at(u, u->feed->shown, l->level_t, band->level_f, x);
            SonoStrip *strip = get(u->feed, &key);
            const bool stale = !strip;
            strip = strip ? strip : get_stale(u->feed, key);
            u->list->complete = u->list->complete && !stale;
            u->list->exact = u->list->exact && !stale && !strip->provisional;
            if (strip) {
                status = tile_list_add(u->list, strip, band->p0, band->p1, l->taps_t, band->taps_f, stale, u->err);
            }
        }
    }
    return status;
}

static SonoStatus fill_list(const Update *u)
{
    const int32_t overview = sono_view_overview_level(u->feed->plan, u->view->end_s);
    SonoStatus status = add_overview(u);
    for (int32_t level = overview; level > u->levels.level_t && status == SONO_OK; level--) {
        status = add_fallbacks(u, level);
    }
    const int32_t finest = u->levels.level_t - FINER_LEVELS;
    for (int32_t level = finest < 0 ? 0 : finest; level < u->levels.level_t && status == SONO_OK; level++) {
        status = add_fallbacks(u, level);
    }
    return status == SONO_OK ? add_wanted(u) : status;
}

/* Post a job for one key if it is missing, or provisional and to be refined. Returns true if it is there as it should.
 */
static bool ask(const Update *u, SonoStripKey key, bool refine, SonoPriority priority, SonoStatus *status)
{
    SonoStrip *strip = sono_tile_cache_get(u->feed->cache, &key);
    const bool good = strip && !(refine && strip->provisional);
    const bool provisional = !strip && key.level_t >= PROVISIONAL_LEVEL;
    sono_strip_unref(strip);
    if (good || *status != SONO_OK || feed_is_busy(u->feed, &key)) {
        return good;
    }
    SonoSpan dirty = {0, 0};
    SonoStrip *previous = find_previous(u->feed, key, &dirty);
    *status = feed_post(u->feed, key, provisional && !previous, priority, previous, dirty, u->err);
    return false;
}

/* Few jobs at a time: a commit must not wait behind a long queue, and the next update knows better what is wanted. */
static SonoStatus post_jobs(const Update *u)
{
    SonoTileFeed *feed = u->feed;
    const int n_threads = sono_jobs_n_threads(sono_engine_jobs(feed->engine));
    SonoStatus status = SONO_OK;
    bool all = true;
    for (size_t i = 0; i < u->n_wanted; i++) {
        if (feed_n_jobs(feed) >= 2 * n_threads) {
            return status;
        }
        all = ask(u, u->wanted[i], false, SONO_PRIORITY_VISIBLE, &status) && all;
    }
    const int32_t overview = sono_view_overview_level(feed->plan, u->view->end_s);
    all = ask(u, resolve(feed, key_at(u, feed->target, overview, 0, 0)), false, SONO_PRIORITY_VISIBLE, &status) && all;
    /* refining takes all but one worker: exact strips of a long sound take seconds */
    const int spare = n_threads > 1 ? n_threads - 1 : 1;
    for (size_t i = 0; i < u->n_wanted && all; i++) {
        if (feed_n_jobs(feed) < spare) {
            (void)ask(u, u->wanted[i], true, SONO_PRIORITY_MARGIN, &status);
        }
    }
    return status;
}

/* Cancel what runs for a view that is gone; an overview may finish. */
static void cancel_unwanted(const Update *u)
{
    const SonoTileFeed *feed = u->feed;
    SonoStripKey *keep = sono_calloc(u->n_wanted + 1, sizeof *keep);
    if (keep) {
        memcpy(keep, u->wanted, u->n_wanted * sizeof *keep);
        keep[u->n_wanted] =
            resolve(feed, key_at(u, feed->target, sono_view_overview_level(feed->plan, u->view->end_s), 0, 0));
        feed_cancel_others(u->feed, keep, u->n_wanted + 1);
    }
    sono_free(keep);
}

/* The last failed job's error, once. */
static SonoStatus take_error(SonoTileFeed *feed, SonoError *err)
{
    (void)pthread_mutex_lock(&feed->lock);
    const SonoError e = feed->error;
    feed->error = (SonoError){0};
    (void)pthread_mutex_unlock(&feed->lock);
    return e.code == SONO_OK ? SONO_OK : sono_fail(err, e.code, "%s", e.message);
}

static SonoStatus update_lane(SonoTileFeed *feed, const SonoRenderView *view, int channel, SonoTileList *list,
                              SonoError *err)
{
    tile_list_reset(list);
    if (!feed->plan) {
        return SONO_OK;
    }
    Update u = {.feed = feed, .view = view, .channel = channel, .list = list, .err = err};
    u.levels = sono_view_levels(view, feed->plan);
    SonoStatus status = list_wanted(&u);
    if (status == SONO_OK) {
        try_show_target(&u);
        status = fill_list(&u);
        list->current = feed->shown == feed->target;
    }
    if (status == SONO_OK && feed->clip) {
        if (channel == 0) {
            cancel_unwanted(&u);
        }
        status = post_jobs(&u);
    }
    sono_free(u.wanted);
    return status == SONO_OK ? take_error(feed, err) : status;
}

SonoStatus sono_tile_feed_update(SonoTileFeed *feed, const SonoFeedLane *lanes, int n_lanes, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (int i = 0; i < n_lanes && status == SONO_OK; i++) {
        status = update_lane(feed, &lanes[i].view, lanes[i].channel, lanes[i].list, err);
    }
    return status;
}

SonoStatus sono_tile_feed_add_sparse(SonoTileFeed *feed, const SonoPlan *plan, const SonoPcmReader *reader,
                                     const SonoRenderView *view, int channel, const SonoJobTicket *ticket,
                                     SonoError *err)
{
    const SonoViewLevels levels = sono_view_levels(view, plan);
    SonoStatus status = SONO_OK;
    for (int b = 0; b < levels.n_bands; b++) {
        for (int64_t x = levels.x0; x < levels.x1 && status == SONO_OK; x++) {
            const SonoStripKey key = {reader->revision, plan->key, channel, levels.level_t, levels.bands[b].level_f, x};
            SonoStrip *strip = NULL;
            status =
                sono_strip_make(feed->engine, plan, reader, key, true, NULL, (SonoSpan){0, 0}, ticket, &strip, err);
            if (status != SONO_OK) {
                return status;
            }
            sono_tile_cache_put(feed->cache, strip);
            sono_strip_unref(strip);
            (void)pthread_mutex_lock(&feed->lock);
            if (feed->landed) {
                feed->landed(feed->landed_ctx);
            }
            (void)pthread_mutex_unlock(&feed->lock);
        }
    }
    return status;
}
