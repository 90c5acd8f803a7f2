/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to make next. First what the views show and is missing, coarsely; then what they will show if they go on as they
 * do; then all of it exactly. The lanes take turns, from the middle of the view outward. */
#include "tile_feed.h"

#include "sono_mem.h"

#include <string.h>

#define MAX_ANCESTORS 64
/* Strips ahead of a view that moves. */
#define AHEAD 2
/* What is shown must be at most this part of the cache for more to be made in advance: three times as much. */
#define ADVANCE_SHARE 8

typedef struct Wish {
    const FeedUpdate *u;
    SonoStripKey *keep; /* places of jobs that may go on */
    size_t n_keep, cap_keep;
    SonoStatus status;
} Wish;

/* What a group still lacks: strips, tiles, or with refine exactness. */
static void find_missing(const FeedUpdate *u, const SonoStripKey *key, const FeedTiles *tiles, int n, bool refine,
                         FeedGroup *out)
{
    *out = (FeedGroup){.key = *key};
    for (int i = 0; i < n; i++) {
        SonoStripKey k = *key;
        k.level_f = tiles[i].level_f;
        SonoStrip *strip = sono_tile_cache_get(u->feed->cache, &k);
        if (!strip || !feed_covers(strip, &tiles[i]) || (refine && strip->provisional)) {
            out->tiles[out->n_tiles++] = tiles[i];
        }
        sono_strip_unref(strip);
    }
}

static void drop_strips(SonoStrip **strips, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sono_strip_unref(strips[i]);
        strips[i] = NULL;
    }
}

/* All strips of the group as an ancestor has them; false: not all are there. */
static bool take_group(const SonoTileFeed *feed, const FeedGroup *group, SonoStripKey key, bool exact, SonoStrip **out)
{
    for (int i = 0; i < group->n_tiles; i++) {
        key.level_f = group->tiles[i].level_f;
        out[i] = sono_tile_cache_get(feed->cache, &key);
        if (!out[i] || !feed_covers(out[i], &group->tiles[i]) || (exact && out[i]->provisional)) {
            drop_strips(out, (size_t)i + 1);
            return false;
        }
    }
    return true;
}

/* Strips of an ancestor, of which only the columns that were changed since need to be made again. */
static bool find_previous(const SonoTileFeed *feed, FeedJob *job, bool exact)
{
    SonoStripKey key = job->group.key;
    job->dirty = (SonoSpan){0, 0};
    for (int i = 0; i < MAX_ANCESTORS && feed_to_parent(feed, feed->plan, &key, &job->dirty); i++) {
        if (take_group(feed, &job->group, key, exact, job->previous)) {
            return true;
        }
    }
    return false;
}

/* The finer strips that a strip covers, and their neighbours, where there are any. */
static bool take_finer(const FeedView *v, const SonoTileFeed *feed, const FeedGroup *group, int band, bool exact,
                       SonoStrip **out)
{
    const int64_t end = feed_end(v, group->key.level_t - 1);
    for (int i = 0; i < 4; i++) {
        const int64_t x = 2 * group->key.x - 1 + i;
        if (x < 0 || x >= end) {
            continue;
        }
        SonoStrip *strip =
            feed_get(feed, v->plan, feed_key(v, feed->target, group->key.level_t - 1, group->tiles[band].level_f, x));
        if (strip && feed_covers(strip, &group->tiles[band]) && !(exact && strip->provisional)) {
            out[i] = strip;
            continue;
        }
        sono_strip_unref(strip);
        if (exact || i == 1 || i == 2) {
            return false;
        }
    }
    return out[1] != NULL;
}

static bool find_finer(const FeedView *v, const SonoTileFeed *feed, FeedJob *job, bool exact)
{
    bool good = true;
    for (int i = 0; i < job->group.n_tiles && good; i++) {
        good = sono_strip_can_halve(feed->plan, job->group.key.level_t, job->group.tiles[i].level_f) &&
               take_finer(v, feed, &job->group, i, exact, job->finer[i]);
    }
    if (!good) {
        drop_strips(&job->finer[0][0], (size_t)SONO_MAX_BANDS * 4);
    }
    return good;
}

static void keep(Wish *w, const SonoStripKey *key)
{
    if (w->n_keep == w->cap_keep) {
        const size_t cap = w->cap_keep ? 2 * w->cap_keep : 64;
        SonoStripKey *more = sono_realloc_array(w->keep, cap, sizeof *more);
        if (!more) {
            return; /* a job that is cancelled for it is asked for again */
        }
        w->keep = more;
        w->cap_keep = cap;
    }
    w->keep[w->n_keep++] = *key;
}

/* Strips of a lane at one place; returns whether they are there as they should. room: a job may be posted. */
static bool ask(Wish *w, const FeedView *v, const FeedTiles *tiles, int n_tiles, int32_t level_t, int64_t x,
                bool refine, SonoPriority priority, bool room)
{
    SonoTileFeed *feed = w->u->feed;
    const SonoStripKey key = feed_resolve(feed, v->plan, feed_key(v, feed->target, level_t, 0, x));
    FeedJob job = {.priority = priority, .provisional = !refine};
    find_missing(w->u, &key, tiles, n_tiles, refine, &job.group);
    keep(w, &key);
    if (job.group.n_tiles == 0) {
        return true;
    }
    if (!room || w->status != SONO_OK || feed_is_busy(feed, &job.group, priority)) {
        return false;
    }
    if (find_previous(feed, &job, true)) {
        job.provisional = false;
    } else if (find_finer(v, feed, &job, refine)) {
        job.halve = true;
    } else if (job.provisional) {
        (void)find_previous(feed, &job, false);
    }
    w->status = feed_post(feed, &job, w->u->err);
    return false;
}

/* Place number j of [x0, x1), the middle first; false: it lies outside. */
static bool outward(int64_t x0, int64_t x1, int64_t j, int64_t *x)
{
    const int64_t step = (j + 1) / 2;
    *x = (x0 + x1) / 2 + (j % 2 ? -step : step);
    return *x >= x0 && *x < x1;
}

/* All places [x0, x1) of a level, given for the whole view and each lane. Returns whether all are there. */
static bool ask_level(Wish *w, int finer, int before, int after, bool refine, SonoPriority priority, int max_jobs)
{
    const FeedUpdate *u = w->u;
    bool all = true;
    bool any = true;
    for (int64_t j = 0; any; j++) {
        any = false;
        for (int i = 0; i < u->n_views; i++) {
            const FeedView *v = &u->views[i];
            const int32_t level_t = v->levels.level_t - finer;
            int64_t x0 = v->levels.x0;
            int64_t x1 = v->levels.x1;
            int64_t x = 0;
            if (level_t < 0) {
                continue;
            }
            sono_view_strips(v->view, v->plan, level_t, &x0, &x1);
            x0 = x0 - before < 0 ? 0 : x0 - before;
            x1 = x1 + after > feed_end(v, level_t) ? x1 : x1 + after;
            any = any || j <= x1 - x0;
            if (!outward(x0, x1, j, &x)) {
                continue;
            }
            const bool room = feed_n_jobs(u->feed, priority) < max_jobs;
            all = ask(w, v, v->tiles, v->n_tiles, level_t, x, refine, priority, room) && all;
        }
    }
    return all;
}

static bool ask_overviews(Wish *w, int max_jobs)
{
    bool all = true;
    for (int i = 0; i < w->u->n_views; i++) {
        const FeedView *v = &w->u->views[i];
        const bool room = feed_n_jobs(w->u->feed, SONO_PRIORITY_VISIBLE) < max_jobs;
        all = ask(w, v, &v->overview, 1, v->overview_t, 0, false, SONO_PRIORITY_VISIBLE, room) && all;
    }
    return all;
}

/* Few jobs at a time: a commit must not wait behind a long queue, and the next update knows better what is wanted. */
static void ask_all(Wish *w)
{
    const SonoTileFeed *feed = w->u->feed;
    const int n_threads = sono_jobs_n_threads(sono_engine_jobs(feed->engine));
    bool all = true;
    if (feed_is_switching(feed)) { /* another picture stands in for the whole meanwhile */
        all = ask_level(w, 0, 0, 0, false, SONO_PRIORITY_VISIBLE, 2 * n_threads);
    }
    all = ask_overviews(w, all ? 2 * n_threads : 0) && all; /* first: then there is never a hole */
    all = ask_level(w, 0, 0, 0, false, SONO_PRIORITY_VISIBLE, 2 * n_threads) && all;
    if (!all) {
        return;
    }
    if (feed_wanted_bytes(w->u) <= feed->budget_bytes / ADVANCE_SHARE) {
        const int before = feed->direction < 0 ? AHEAD : 0;
        const int after = feed->direction > 0 ? AHEAD : 0;
        all = ask_level(w, 0, before, after, false, SONO_PRIORITY_MARGIN, n_threads);
        all = ask_level(w, 1, 0, 0, false, SONO_PRIORITY_PREFETCH, n_threads) && all;
    }
    /* an exact strip of a long sound takes seconds; while it does, all else goes before it */
    const int spare = n_threads > 1 ? n_threads - 1 : 1;
    (void)ask_level(w, 0, 0, 0, true, SONO_PRIORITY_PREFETCH, all ? spare : 0);
}

static bool is_there(const FeedUpdate *u, const FeedView *v, const FeedTiles *tiles, int n, int32_t level_t, int64_t x)
{
    FeedGroup missing = {0};
    const SonoStripKey key = feed_resolve(u->feed, v->plan, feed_key(v, u->feed->target, level_t, 0, x));
    find_missing(u, &key, tiles, n, false, &missing);
    return missing.n_tiles == 0;
}

bool feed_overviews_are_there(const FeedUpdate *u)
{
    bool all = true;
    for (int i = 0; i < u->n_views && all; i++) {
        const FeedView *v = &u->views[i];
        all = is_there(u, v, &v->overview, 1, v->overview_t, 0);
    }
    return all;
}

bool feed_views_are_there(const FeedUpdate *u)
{
    bool all = true;
    for (int i = 0; i < u->n_views && all; i++) {
        const FeedView *v = &u->views[i];
        for (int64_t x = v->levels.x0; x < v->levels.x1 && all; x++) {
            all = is_there(u, v, v->tiles, v->n_tiles, v->levels.level_t, x);
        }
    }
    return all;
}

SonoStatus feed_ask(const FeedUpdate *u)
{
    Wish w = {.u = u, .status = SONO_OK};
    ask_all(&w);
    feed_cancel_others(u->feed, w.keep, w.n_keep);
    sono_free(w.keep);
    return w.status;
}
