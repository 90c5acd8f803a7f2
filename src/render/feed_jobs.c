/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strips made by workers, and the table of those on their way. */
#include "tile_feed.h"

#include "sono_log.h"
#include "sono_mem.h"

bool feed_same_key(const SonoStripKey *a, const SonoStripKey *b)
{
    return a->x == b->x && a->revision == b->revision && a->level_t == b->level_t && a->level_f == b->level_f &&
           a->channel == b->channel && a->plan == b->plan;
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
            feed->failed[feed->n_failed++] = job->key;
        }
        feed->error = *error;
    }
    if (feed->landed) {
        feed->landed(feed->landed_ctx);
    }
    (void)pthread_mutex_unlock(&feed->lock);
    sono_strip_unref(job->previous);
    sono_plan_unref(job->plan);
    sono_clip_unref(job->clip);
    sono_free(job);
    sono_tile_feed_unref(feed);
}

static void run_job(void *data, const SonoJobTicket *ticket)
{
    FeedJob *job = data;
    SonoError error = {0};
    const SonoPcmReader reader = sono_clip_reader(job->clip);
    SonoStrip *strip = NULL;
    const SonoStatus status = sono_strip_make(job->feed->engine, job->plan, &reader, job->key, job->provisional,
                                              job->previous, job->dirty, ticket, &strip, &error);
    if (status == SONO_OK) {
        sono_tile_cache_put(job->feed->cache, strip);
        sono_strip_unref(strip);
    }
    finish(job, status, &error);
}

static void drop_job(void *data)
{
    finish(data, SONO_E_CANCELLED, NULL);
}

SonoStatus feed_post(SonoTileFeed *feed, SonoStripKey key, bool provisional, SonoPriority priority, SonoStrip *previous,
                     SonoSpan dirty, SonoError *err)
{
    if (feed_n_jobs(feed) == FEED_MAX_JOBS) { /* only this thread adds */
        sono_strip_unref(previous);
        return SONO_OK;
    }
    FeedJob *job = sono_calloc(1, sizeof *job);
    if (!job) {
        sono_strip_unref(previous);
        return sono_fail(err, SONO_E_NOMEM, "no memory for a tile job");
    }
    *job = (FeedJob){.feed = sono_tile_feed_ref(feed),
                     .key = key,
                     .provisional = provisional,
                     .plan = sono_plan_ref(feed->plan),
                     .clip = sono_clip_ref(feed->clip),
                     .previous = previous,
                     .dirty = dirty};
    (void)pthread_mutex_lock(&feed->lock);
    feed->jobs[feed->n_jobs++] = job;
    (void)pthread_mutex_unlock(&feed->lock);
    SonoError error = {0};
    const SonoStatus status =
        sono_jobs_post(sono_engine_jobs(feed->engine), priority, &job->generation, run_job, drop_job, job, &error);
    if (status != SONO_OK) {
        finish(job, status, &error);
        return sono_fail(err, status, "%s", error.message);
    }
    return SONO_OK;
}

bool feed_is_busy(SonoTileFeed *feed, const SonoStripKey *key)
{
    bool busy = false;
    (void)pthread_mutex_lock(&feed->lock);
    for (int i = 0; i < feed->n_jobs && !busy; i++) {
        busy = feed_same_key(&feed->jobs[i]->key, key);
    }
    for (int i = 0; i < feed->n_failed && !busy; i++) {
        busy = feed_same_key(&feed->failed[i], key);
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return busy;
}

int feed_n_jobs(SonoTileFeed *feed)
{
    (void)pthread_mutex_lock(&feed->lock);
    const int n = feed->n_jobs;
    (void)pthread_mutex_unlock(&feed->lock);
    return n;
}

void feed_cancel_others(SonoTileFeed *feed, const SonoStripKey *wanted, size_t n)
{
    (void)pthread_mutex_lock(&feed->lock);
    for (int i = 0; i < feed->n_jobs; i++) {
        bool keep = false;
        for (size_t w = 0; w < n && !keep; w++) {
            keep = feed_same_key(&feed->jobs[i]->key, &wanted[w]);
        }
        if (!keep) {
            sono_generation_bump(&feed->jobs[i]->generation);
        }
    }
    (void)pthread_mutex_unlock(&feed->lock);
}
