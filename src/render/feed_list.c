/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to draw now: the strips a view wants, and under them all that may stand in: the whole sound, coarser levels,
 * finer ones, the same places of older revisions. */
#include "tile_feed.h"

#include "tile_list.h"

/* Finer levels that may stand in after zooming out. */
#define FINER_LEVELS 2

static SonoStatus add(const FeedView *v, SonoStrip *strip, int band, int taps_t, bool fallback, SonoError *err)
{
    const SonoLevelBand *b = &v->levels.bands[band];
    return tile_list_add(v->list, strip, b->p0, b->p1, taps_t, b->taps_f, fallback, err);
}

/* Strips of one other level of time over the view. */
static SonoStatus add_fallbacks(const SonoTileFeed *feed, const FeedView *v, int32_t level_t, SonoError *err)
{
    int64_t x0 = 0;
    int64_t x1 = 0;
    sono_view_strips(v->view, feed->plan, level_t, &x0, &x1);
    SonoStatus status = SONO_OK;
    for (int b = 0; b < v->levels.n_bands; b++) {
        for (int64_t x = x0; x < x1 && status == SONO_OK; x++) {
            SonoStrip *strip =
                feed_get_stale(feed, feed_key(feed, v, feed->shown, level_t, v->levels.bands[b].level_f, x));
            if (strip) {
                status = add(v, strip, b, level_t < v->levels.level_t ? 2 : 1, true, err);
            }
        }
    }
    return status;
}

/* The whole sound: under everything, whatever the axis. */
static SonoStatus add_overview(const SonoTileFeed *feed, const FeedView *v, SonoError *err)
{
    const SonoStripKey key = feed_key(feed, v, feed->shown, v->overview_t, v->overview.level_f, 0);
    SonoStrip *strip = feed_get_stale(feed, key);
    FeedFloor *kept = NULL;
    for (size_t i = 0; i < feed->n_floors; i++) {
        kept = feed->floors[i].channel == v->channel ? &feed->floors[i] : kept;
    }
    if (strip && kept) {
        sono_strip_unref(kept->strip);
        kept->strip = sono_strip_ref(strip);
    } else if (!strip && kept && kept->strip && kept->strip->key.plan == key.plan &&
               kept->strip->key.level_t == key.level_t) {
        strip = sono_strip_ref(kept->strip);
    }
    return strip ? tile_list_add(v->list, strip, 0.0, 1.0, 1, 2, true, err) : SONO_OK;
}

static SonoStatus add_wanted(const SonoTileFeed *feed, const FeedView *v, SonoError *err)
{
    const SonoViewLevels *l = &v->levels;
    SonoStatus status = SONO_OK;
    v->list->complete = true;
    v->list->exact = feed->shown == feed->target;
    for (int b = 0; b < l->n_bands; b++) {
        for (int64_t x = l->x0; x < l->x1 && status == SONO_OK; x++) {
            const SonoStripKey key = feed_key(feed, v, feed->shown, l->level_t, l->bands[b].level_f, x);
            SonoStrip *strip = feed_get(feed, key);
            const bool there = strip && feed_covers(strip, &v->tiles[b]);
            strip = strip ? strip : feed_get_stale(feed, key);
            v->list->complete = v->list->complete && there;
            v->list->exact = v->list->exact && there && !strip->provisional;
            if (strip) {
                status = add(v, strip, b, l->taps_t, !there, err);
            }
        }
    }
    return status;
}

SonoStatus feed_fill_list(const SonoTileFeed *feed, const FeedView *v, SonoError *err)
{
    SonoStatus status = add_overview(feed, v, err);
    for (int32_t level = v->overview_t; level > v->levels.level_t && status == SONO_OK; level--) {
        status = add_fallbacks(feed, v, level, err);
    }
    const int32_t finest = v->levels.level_t - FINER_LEVELS;
    for (int32_t level = finest < 0 ? 0 : finest; level < v->levels.level_t && status == SONO_OK; level++) {
        status = add_fallbacks(feed, v, level, err);
    }
    return status == SONO_OK ? add_wanted(feed, v, err) : status;
}
