/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to draw now: the strips a view wants, and under them all that may stand in: the whole sound, coarser levels,
 * finer ones, the same places of older revisions. */
#include "tile_feed.h"

#include "tile_list.h"

#include <math.h>

/* Finer levels that may stand in after zooming out. */
#define FINER_LEVELS 2

/* A strip for a band; stale: frames that were changed since it was made. Its columns there, and one more on both sides
 * (which are drawn together with their neighbours), are not drawn. */
static SonoStatus add(const SonoTileFeed *feed, const FeedView *v, SonoStrip *strip, SonoDrawStrip draw, SonoSpan stale,
                      SonoError *err)
{
    const SonoPlan *plan = feed->plan;
    draw.strip = strip;
    if (stale.n_frames > 0) {
        const double hop_s = (double)plan->slice_hop / plan->rate_hz;
        const double col_s = ldexp(hop_s, strip->key.level_t);
        const SonoSlices slices = sono_plan_slices_touching(plan, stale);
        draw.stale0_s = (floor(ldexp((double)slices.first, -strip->key.level_t)) - 1.0) * col_s - 0.5 * hop_s;
        draw.stale1_s =
            (ceil(ldexp((double)(slices.first + slices.n), -strip->key.level_t)) + 1.0) * col_s - 0.5 * hop_s;
    }
    return tile_list_add(v->list, &draw, err);
}

static SonoDrawStrip in_band(const SonoLevelBand *b, int taps_t, bool fallback)
{
    return (SonoDrawStrip){.p0 = b->p0, .p1 = b->p1, .taps_t = taps_t, .taps_f = b->taps_f, .fallback = fallback};
}

/* Strips of one other level of time over the view. */
static SonoStatus add_fallbacks(const SonoTileFeed *feed, const FeedView *v, int32_t level_t, SonoError *err)
{
    int64_t x0 = 0;
    int64_t x1 = 0;
    sono_view_strips(v->view, feed->plan, level_t, &x0, &x1);
    SonoStatus status = SONO_OK;
    for (int b = 0; b < v->levels.n_bands; b++) {
        const SonoDrawStrip draw = in_band(&v->levels.bands[b], level_t < v->levels.level_t ? 2 : 1, true);
        for (int64_t x = x0; x < x1 && status == SONO_OK; x++) {
            SonoSpan stale = {0, 0};
            SonoStrip *strip =
                feed_get_stale(feed, feed_key(feed, v, feed->shown, level_t, v->levels.bands[b].level_f, x), &stale);
            if (strip) {
                status = add(feed, v, strip, draw, stale, err);
            }
        }
    }
    return status;
}

/* The whole sound: under everything, whatever the axis. One that is kept from elsewhere in the history is better than
 * a hole and worse than anything else. */
static SonoStatus add_overview(const SonoTileFeed *feed, const FeedView *v, SonoError *err)
{
    const SonoSpan all = {INT64_MIN / 4, INT64_MAX / 2};
    const SonoStripKey key = feed_key(feed, v, feed->shown, v->overview_t, v->overview.level_f, 0);
    SonoSpan stale = {0, 0};
    SonoStrip *strip = feed_get_stale(feed, key, &stale);
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
        stale = strip->key.revision == feed_resolve(feed, key).revision ? stale : all;
    }
    const SonoDrawStrip draw = {.p0 = 0.0, .p1 = 1.0, .taps_t = 1, .taps_f = 2, .fallback = true};
    return strip ? add(feed, v, strip, draw, stale, err) : SONO_OK;
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
            SonoSpan stale = {0, 0};
            SonoStrip *strip = feed_get(feed, key);
            const bool there = strip && feed_covers(strip, &v->tiles[b]);
            strip = strip ? strip : feed_get_stale(feed, key, &stale);
            v->list->complete = v->list->complete && there;
            v->list->exact = v->list->exact && there && !strip->provisional;
            if (strip) {
                status = add(feed, v, strip, in_band(&l->bands[b], l->taps_t, !there), stale, err);
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
    status = status == SONO_OK ? add_wanted(feed, v, err) : status;
    return status == SONO_OK ? tile_list_add_stale(v->list, err) : status;
}
