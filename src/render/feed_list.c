/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to draw now: the strips a view wants, and under them all that may stand in: the whole sound, coarser levels,
 * finer ones, the same places of older revisions. */
#include "tile_feed.h"

#include "tile_list.h"

#include <math.h>

/* Finer levels that may stand in after zooming out. */
#define FINER_LEVELS 2

/* Columns of the picture that may depend on these frames: [*first, *end). */
static void columns_touching(const SonoPlan *plan, SonoSpan frames, int64_t *first, int64_t *end)
{
    const SonoSlices slices = sono_plan_slices_touching(plan, frames);
    if (plan->axis == SONO_AXIS_TIME) {
        *first = slices.first;
        *end = slices.first + slices.n;
        return;
    }
    const SonoSpan reached = sono_plan_support(plan, slices);
    *first = (reached.start_frame - plan->slice_hop) / plan->picture_hop - 1;
    *end = (sono_span_end(reached) + plan->slice_hop) / plan->picture_hop + 2;
}

/* A strip; stale: frames that were changed since it was made. Its columns there, and one more on both sides (which are
 * drawn together with their neighbours), are not drawn. */
static SonoStatus add(const FeedView *v, SonoStrip *strip, SonoDrawStrip draw, SonoSpan stale, SonoError *err)
{
    const SonoPlan *plan = v->plan;
    draw.strip = strip;
    draw.plan = plan;
    if (stale.n_frames > 0) {
        const double hop_s = (double)plan->picture_hop / plan->rate_hz;
        const double col_s = ldexp(hop_s, strip->key.level_t);
        int64_t first = 0;
        int64_t end = 0;
        columns_touching(plan, stale, &first, &end);
        draw.stale0_s = (floor(ldexp((double)first, -strip->key.level_t)) - 1.0) * col_s - 0.5 * hop_s;
        draw.stale1_s = (ceil(ldexp((double)end, -strip->key.level_t)) + 1.0) * col_s - 0.5 * hop_s;
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
    sono_view_strips(v->view, v->plan, level_t, &x0, &x1);
    SonoStatus status = SONO_OK;
    for (int b = 0; b < v->levels.n_bands; b++) {
        const SonoDrawStrip draw = in_band(&v->levels.bands[b], level_t < v->levels.level_t ? 2 : 1, true);
        for (int64_t x = x0; x < x1 && status == SONO_OK; x++) {
            SonoSpan stale = {0, 0};
            SonoStrip *strip =
                feed_get_stale(feed, v->plan, feed_key(v, feed->shown, level_t, v->levels.bands[b].level_f, x), &stale);
            if (strip) {
                status = add(v, strip, draw, stale, err);
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
    const SonoStripKey key = feed_key(v, feed->shown, v->overview_t, v->overview.level_f, 0);
    SonoSpan stale = {0, 0};
    SonoStrip *strip = feed_get_stale(feed, v->plan, key, &stale);
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
        stale = strip->key.revision == feed_resolve(feed, v->plan, key).revision ? stale : all;
    }
    const SonoDrawStrip draw = {.p0 = 0.0, .p1 = 1.0, .taps_t = 1, .taps_f = 2, .fallback = true};
    return strip ? add(v, strip, draw, stale, err) : SONO_OK;
}

static SonoStatus add_wanted(const SonoTileFeed *feed, const FeedView *v, SonoError *err)
{
    const SonoViewLevels *l = &v->levels;
    SonoStatus status = SONO_OK;
    v->list->complete = true;
    v->list->exact = feed->shown == feed->target && !feed_is_switching(feed);
    for (int b = 0; b < l->n_bands; b++) {
        for (int64_t x = l->x0; x < l->x1 && status == SONO_OK; x++) {
            const SonoStripKey key = feed_key(v, feed->shown, l->level_t, l->bands[b].level_f, x);
            SonoSpan stale = {0, 0};
            SonoStrip *strip = feed_get(feed, v->plan, key);
            const bool there = strip && feed_covers(strip, &v->tiles[v->band_tiles[b]]);
            strip = strip ? strip : feed_get_stale(feed, v->plan, key, &stale);
            v->list->complete = v->list->complete && there;
            v->list->exact = v->list->exact && there && !strip->provisional;
            if (strip) {
                status = add(v, strip, in_band(&l->bands[b], l->taps_t, !there), stale, err);
            }
        }
    }
    return status;
}

/* All that may stand in for what the view wants, coarse before fine. */
static SonoStatus add_stand_ins(const SonoTileFeed *feed, const FeedView *v, int32_t wanted, SonoError *err)
{
    SonoStatus status = add_overview(feed, v, err);
    for (int32_t level = v->overview_t; level > v->levels.level_t && status == SONO_OK; level--) {
        status = add_fallbacks(feed, v, level, err);
    }
    const int32_t finest = v->levels.level_t - FINER_LEVELS;
    for (int32_t level = finest < 0 ? 0 : finest; level < v->levels.level_t + wanted && status == SONO_OK; level++) {
        status = add_fallbacks(feed, v, level, err);
    }
    return status;
}

/* What lies under the picture of another plan shows where that has rows and nothing else. */
static void keep_within(SonoTileList *list, const FeedView *v)
{
    const SonoFreqAxis *axis = &v->view->axis;
    const double bottom = sono_freq_axis_position(axis, sono_plan_row_hz(v->plan, -0.5));
    const double top = sono_freq_axis_position(axis, sono_plan_row_hz(v->plan, v->plan->n_rows - 0.5));
    for (size_t i = 0; i < list->n; i++) {
        list->strips[i].p0 = fmax(list->strips[i].p0, bottom);
        list->strips[i].p1 = fmin(list->strips[i].p1, top);
    }
}

SonoStatus feed_fill_list(const SonoTileFeed *feed, const FeedView *v, const FeedView *under, SonoError *err)
{
    SonoStatus status = SONO_OK;
    if (under) {
        status = add_stand_ins(feed, under, 1, err);
        keep_within(under->list, v);
    }
    status = status == SONO_OK ? add_stand_ins(feed, v, 0, err) : status;
    status = status == SONO_OK ? add_wanted(feed, v, err) : status;
    return status == SONO_OK ? tile_list_add_stale(v->list, err) : status;
}
