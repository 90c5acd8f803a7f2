/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strips made by workers, and the table of those on their way. */
#include "tile_feed.h"

#include "sono_mem.h"

static bool same_place(const SonoStripKey *a, const SonoStripKey *b)
{
    return a->x == b->x && a->revision == b->revision && a->level_t == b->level_t && a->channel == b->channel &&
           a->plan == b->plan;
}

static void drop_strips(FeedJob *job)
{
    for (int i = 0; i < job->group.n_tiles; i++) {
        sono_strip_unref(job->previous[i]);
        for (int k = 0; k < 4; k++) {
            sono_strip_unref(job->finer[i][k]);
        }
    }
}

static void free_job(FeedJob *job)
{
    drop_strips(job);
    sono_plan_unref(job->plan);
    sono_clip_unref(job->clip);
    sono_free(job);
}

/* Take the job out of the table, say that it is over, free it. */
static void finish(FeedJob *job, SonoStatus status, const SonoError *error)
{
    SonoTileFeed *feed = job->feed;
    (void)pthread_mutex_lock(&feed->lock);
    for (int i = 0; i < feed->n_jobs; i++) {
        if (feed->jobs[i] == job) {
            feed->jobs[i] = feed->jobs[--feed->n_jobs];
            break;
        }
    }
    if (status != SONO_OK && status != SONO_E_CANCELLED) {
        if (feed->n_failed < FEED_MAX_FAILED) {
            feed->failed[feed->n_failed++] = job->group.key;
        }
        feed->error = *error;
    }
    if (feed->landed) {
        feed->landed(feed->landed_ctx);
    }
    (void)pthread_mutex_unlock(&feed->lock);
    free_job(job);
    sono_tile_feed_unref(feed);
}

static SonoStatus halve(FeedJob *job, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (int i = 0; i < job->group.n_tiles && status == SONO_OK; i++) {
        const FeedTiles *t = &job->group.tiles[i];
        SonoStripKey key = job->group.key;
        key.level_f = t->level_f;
        SonoStrip *strip = NULL;
        status = sono_strip_halve_time(job->plan, sono_clip_n_frames(job->clip), key, t->tile0, t->tile1,
                                       (const SonoStrip *const *)job->finer[i], &strip, err);
        if (status == SONO_OK) {
            sono_tile_cache_put(job->feed->cache, strip);
            sono_strip_unref(strip);
        }
    }
    return status;
}

static SonoStatus analyse(FeedJob *job, const SonoJobTicket *ticket, SonoError *err)
{
    SonoStripBand bands[SONO_MAX_BANDS] = {0};
    const SonoPcmReader reader = sono_clip_reader(job->clip);
    const int n = job->group.n_tiles;
    for (int i = 0; i < n; i++) {
        const FeedTiles *t = &job->group.tiles[i];
        bands[i] =
            (SonoStripBand){.level_f = t->level_f, .tile0 = t->tile0, .tile1 = t->tile1, .previous = job->previous[i]};
    }
    const SonoStatus status = sono_strip_make_bands(job->feed->engine, job->plan, &reader, job->group.key,
                                                    job->provisional, job->dirty, bands, n, ticket, err);
    for (int i = 0; i < n && status == SONO_OK; i++) {
        sono_tile_cache_put(job->feed->cache, bands[i].strip);
        sono_strip_unref(bands[i].strip);
    }
    return status;
}

static void run_job(void *data, const SonoJobTicket *ticket)
{
    FeedJob *job = data;
    SonoError error = {0};
    (void)pthread_mutex_lock(&job->feed->lock);
    job->running = true;
    (void)pthread_mutex_unlock(&job->feed->lock);
    const SonoStatus status = job->halve ? halve(job, &error) : analyse(job, ticket, &error);
    finish(job, status, &error);
}

static void drop_job(void *data)
{
    finish(data, SONO_E_CANCELLED, NULL);
}

SonoStatus feed_post(SonoTileFeed *feed, FeedJob *job, SonoError *err)
{
    FeedJob *posted = sono_calloc(1, sizeof *posted);
    if (posted) {
        *posted = *job;
        posted->plan = sono_plan_ref(feed->plan);
        posted->clip = sono_clip_ref(feed->clip);
        posted->feed = sono_tile_feed_ref(feed);
    }
    (void)pthread_mutex_lock(&feed->lock);
    const bool room = posted && feed->n_jobs < FEED_MAX_JOBS;
    if (room) {
        feed->jobs[feed->n_jobs++] = posted;
    }
    (void)pthread_mutex_unlock(&feed->lock);
    SonoError error = {0};
    SonoStatus status = room ? sono_jobs_post(sono_engine_jobs(feed->engine), job->priority, &posted->generation,
                                              run_job, drop_job, posted, &error)
                             : SONO_OK;
    if (room && status != SONO_OK) {
        finish(posted, status, &error);
        return sono_fail(err, status, "%s", error.message);
    }
    if (!posted) {
        drop_strips(job);
        return sono_fail(err, SONO_E_NOMEM, "no memory for a tile job");
    }
    if (!room) { /* all are busy with what is not wanted any more: the next update asks again */
        free_job(posted);
        sono_tile_feed_unref(feed);
    }
    return SONO_OK;
}

/* Lock held. */
static void cancel(FeedJob *job)
{
    job->cancelled = true;
    sono_generation_bump(&job->generation);
}

static bool brings(const FeedJob *job, const FeedTiles *tiles)
{
    bool found = false;
    for (int i = 0; i < job->group.n_tiles; i++) {
        const FeedTiles *t = &job->group.tiles[i];
        found = found || (t->level_f == tiles->level_f && t->tile0 <= tiles->tile0 && t->tile1 >= tiles->tile1);
    }
    return found;
}

bool feed_is_busy(SonoTileFeed *feed, const FeedGroup *group, SonoPriority priority)
{
    bool busy = false;
    (void)pthread_mutex_lock(&feed->lock);
    for (int i = 0; i < feed->n_jobs; i++) {
        FeedJob *job = feed->jobs[i];
        if (job->cancelled || !same_place(&job->group.key, &group->key)) {
            continue;
        }
        bool all = job->running || job->priority <= priority;
        for (int k = 0; k < group->n_tiles; k++) {
            all = all && brings(job, &group->tiles[k]);
        }
        if (!all) {
            cancel(job);
        }
        busy = busy || all;
    }
    for (int i = 0; i < feed->n_failed && !busy; i++) {
        busy = same_place(&feed->failed[i], &group->key);
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return busy;
}

int feed_n_jobs(SonoTileFeed *feed, SonoPriority priority)
{
    int n = 0;
    (void)pthread_mutex_lock(&feed->lock);
    for (int i = 0; i < feed->n_jobs; i++) {
        n += !feed->jobs[i]->cancelled && feed->jobs[i]->priority <= priority;
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return n;
}

void feed_cancel_others(SonoTileFeed *feed, const SonoStripKey *wanted, size_t n)
{
    (void)pthread_mutex_lock(&feed->lock);
    for (int i = 0; i < feed->n_jobs; i++) {
        FeedJob *job = feed->jobs[i];
        bool wanted_still = job->cancelled;
        for (size_t w = 0; w < n && !wanted_still; w++) {
            wanted_still = same_place(&job->group.key, &wanted[w]);
        }
        if (!wanted_still) {
            cancel(job);
        }
    }
    (void)pthread_mutex_unlock(&feed->lock);
}
