/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tile feed: its life, the sound it shows, and what the views of an update need. */
#include "tile_feed.h"

#include "tile_list.h"

#include "sono_mem.h"
#include "sono_scene.h"

#include <math.h>

#define MAX_LEVEL_F 16
/* Tiles that the overviews of all channels may have together. */
#define OVERVIEW_TILES 128
/* Revisions from here on are of no clip. */
#define UNREAD_REVISIONS (UINT64_C(1) << 63)

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
    feed->budget_bytes = budget_bytes;
    feed->landed = landed;
    feed->landed_ctx = ctx;
    feed->target = feed->shown = feed->unread = UNREAD_REVISIONS;
    *out = feed;
    return SONO_OK;
}

SonoTileFeed *sono_tile_feed_ref(SonoTileFeed *feed)
{
    (void)atomic_fetch_add_explicit(&feed->refs, 1, memory_order_relaxed);
    return feed;
}

static void drop_floors(SonoTileFeed *feed)
{
    for (size_t i = 0; i < feed->n_floors; i++) {
        sono_strip_unref(feed->floors[i].strip);
    }
    sono_free(feed->floors);
    feed->floors = NULL;
    feed->n_floors = 0;
}

static void drop_plans(SonoTileFeed *feed)
{
    sono_plan_unref(feed->plan);
    sono_plan_unref(feed->shown_plan);
    sono_plan_unref(feed->under_plan);
    feed->plan = feed->shown_plan = feed->under_plan = NULL;
}

/* The plan that makes the pictures of a plan. */
static const SonoPlan *picture_of(const SonoPlan *plan)
{
    return plan->picture ? plan->picture : plan;
}

/* The plan (caller unrefs) of pictures of what is still being read: these look at a few windows here and there, which
 * plans over frequency have not. Then it is the default STFT, until the sound is there. */
static SonoStatus sparse_plan(const SonoTileFeed *feed, const SonoPlan *plan, SonoPlan **out, SonoError *err)
{
    if (picture_of(plan)->axis == SONO_AXIS_TIME) {
        *out = sono_plan_ref(picture_of(plan));
        return SONO_OK;
    }
    return sono_display_plan(feed->engine, NULL, NULL, plan->rate_hz, 0, out, err);
}

static void set_plan(SonoPlan **to, const SonoPlan *plan)
{
    SonoPlan *old = *to;
    *to = plan ? sono_plan_ref(plan) : NULL;
    sono_plan_unref(old);
}

bool feed_is_switching(const SonoTileFeed *feed)
{
    return feed->shown_plan && feed->shown_plan->key != feed->plan->key;
}

void sono_tile_feed_unref(SonoTileFeed *feed)
{
    if (!feed || atomic_fetch_sub_explicit(&feed->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    sono_tile_cache_free(feed->cache);
    drop_floors(feed);
    drop_plans(feed);
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

SonoStatus sono_tile_feed_set_sound(SonoTileFeed *feed, const SonoPlan *plan, const SonoClip *clip,
                                    uint64_t parent_revision, SonoSpan dirty, SonoError *err)
{
    const uint64_t revision = clip ? sono_clip_revision(clip) : feed->unread;
    const uint64_t parent = parent_revision ? parent_revision : feed->unread;
    SonoPlan *sparse = NULL;
    const SonoStatus status =
        clip ? feed_add_revision(feed, revision, parent, dirty, err) : sparse_plan(feed, plan, &sparse, err);
    if (status != SONO_OK) {
        return status;
    }
    SonoClip *old_clip = feed->clip;
    set_plan(&feed->plan, clip ? picture_of(plan) : sparse);
    sono_plan_unref(sparse);
    if (!feed->shown_plan) {
        set_plan(&feed->shown_plan, feed->plan);
    }
    feed->clip = clip ? sono_clip_ref(clip) : NULL;
    sono_clip_unref(old_clip);
    feed->target = revision;
    (void)pthread_mutex_lock(&feed->lock);
    feed->n_failed = 0;
    (void)pthread_mutex_unlock(&feed->lock);
    return SONO_OK;
}

void sono_tile_feed_forget_sound(SonoTileFeed *feed)
{
    feed_cancel_others(feed, NULL, 0);
    drop_plans(feed);
    sono_clip_unref(feed->clip);
    feed->clip = NULL;
    feed->n_revisions = 0;
    feed->n_channels = 0;
    feed->unread++; /* textures of the old picture are not the next one's */
    feed->target = feed->shown = feed->unread;
    (void)pthread_mutex_lock(&feed->lock);
    feed->n_failed = 0;
    feed->error = (SonoError){0};
    (void)pthread_mutex_unlock(&feed->lock);
    drop_floors(feed);
    sono_tile_cache_clear(feed->cache);
}

SonoStripKey feed_key(const FeedView *view, uint64_t revision, int32_t level_t, int32_t level_f, int64_t x)
{
    return (SonoStripKey){revision, view->plan->key, view->channel, level_t, level_f, x};
}

bool feed_covers(const SonoStrip *strip, const FeedTiles *tiles)
{
    return strip->n_below <= tiles->tile0 && strip->n_tiles - strip->n_above >= tiles->tile1;
}

int64_t feed_end(const FeedView *v, int32_t level_t)
{
    int64_t x0 = 0;
    int64_t x1 = 0;
    SonoRenderView whole = *v->view;
    whole.t0_s = 0.0;
    whole.s_per_px = whole.end_s / whole.width_px;
    sono_view_strips(&whole, v->plan, level_t, &x0, &x1);
    return x1;
}

/* The tile that holds a frequency, a row off for what drawing between texels needs. */
static int32_t tile_at(const SonoPlan *plan, int32_t level_f, double freq_hz, int32_t off)
{
    const int32_t n_rows = sono_strip_n_rows(plan, level_f);
    const double row = floor(ldexp(sono_plan_row_at(plan, freq_hz) + 0.5, -level_f)) + off;
    return (int32_t)fmin(fmax(row, 0.0), n_rows - 1) / SONO_TILE_INNER;
}

static FeedTiles band_tiles(const SonoPlan *plan, const SonoRenderView *view, const SonoLevelBand *band)
{
    return (FeedTiles){.level_f = band->level_f,
                       .tile0 = tile_at(plan, band->level_f, sono_freq_axis_hz(&view->axis, band->p0), -1),
                       .tile1 = tile_at(plan, band->level_f, sono_freq_axis_hz(&view->axis, band->p1), 1) + 1};
}

/* A band's tiles, joined to those of another band of its level: a strip holds tiles without a gap. */
static void add_band_tiles(FeedView *v, int band)
{
    const FeedTiles t = band_tiles(v->plan, v->view, &v->levels.bands[band]);
    int i = 0;
    while (i < v->n_tiles && v->tiles[i].level_f != t.level_f) {
        i++;
    }
    v->band_tiles[band] = i;
    if (i == v->n_tiles) {
        v->tiles[v->n_tiles++] = t;
        return;
    }
    v->tiles[i].tile0 = t.tile0 < v->tiles[i].tile0 ? t.tile0 : v->tiles[i].tile0;
    v->tiles[i].tile1 = t.tile1 > v->tiles[i].tile1 ? t.tile1 : v->tiles[i].tile1;
}

static int32_t n_tiles(const SonoPlan *plan, int32_t level_f)
{
    return (sono_strip_n_rows(plan, level_f) + SONO_TILE_INNER - 1) / SONO_TILE_INNER;
}

/* The whole sound in one strip, as fine in frequency as many channels allow. */
static FeedTiles overview_tiles(const SonoPlan *plan, int n_channels)
{
    int32_t level_f = 0;
    while (level_f < MAX_LEVEL_F && n_tiles(plan, level_f) > 1 &&
           n_tiles(plan, level_f) * n_channels > OVERVIEW_TILES) {
        level_f++;
    }
    return (FeedTiles){.level_f = level_f, .tile0 = 0, .tile1 = n_tiles(plan, level_f)};
}

static FeedView view_of(const SonoPlan *plan, int n_channels, const SonoFeedLane *lane)
{
    FeedView v = {.view = &lane->view, .channel = lane->channel, .list = lane->list, .plan = plan};
    v.levels = sono_view_levels(v.view, plan);
    for (int b = 0; b < v.levels.n_bands; b++) {
        add_band_tiles(&v, b);
    }
    v.overview_t = sono_view_overview_level(plan, v.view->end_s);
    v.overview = overview_tiles(plan, n_channels);
    return v;
}

uint64_t feed_wanted_bytes(const FeedUpdate *u)
{
    uint64_t n = 0;
    for (int i = 0; i < u->n_views; i++) {
        const FeedView *v = &u->views[i];
        for (int i_tiles = 0; i_tiles < v->n_tiles; i_tiles++) {
            const FeedTiles *t = &v->tiles[i_tiles];
            n += (uint64_t)(v->levels.x1 - v->levels.x0) * (uint64_t)(t->tile1 - t->tile0);
        }
        n += (uint64_t)v->overview.tile1;
    }
    return n * SONO_TILE_TEXELS * SONO_TILE_TEXELS * 2 * sizeof(float);
}

/* A hundred lanes may want more than the cache holds, and would push each other out for ever: then all are shown
 * coarser. */
static void fit_budget(const FeedUpdate *u)
{
    const SonoTileFeed *feed = u->feed;
    while (feed_wanted_bytes(u) > feed->budget_bytes / 4 * 3 && u->views[0].levels.level_t < u->views[0].overview_t) {
        for (int i = 0; i < u->n_views; i++) {
            SonoViewLevels *l = &u->views[i].levels;
            l->level_t++;
            l->taps_t = 1;
            sono_view_strips(u->views[i].view, u->views[i].plan, l->level_t, &l->x0, &l->x1);
        }
    }
}

/* Places to keep the overviews of these channels; without memory there is none for some, and that is all. */
static void add_floors(SonoTileFeed *feed, const FeedUpdate *u)
{
    for (int i = 0; i < u->n_views; i++) {
        bool there = false;
        for (size_t k = 0; k < feed->n_floors; k++) {
            there = there || feed->floors[k].channel == u->views[i].channel;
        }
        FeedFloor *more = there ? NULL : sono_realloc_array(feed->floors, feed->n_floors + 1, sizeof *more);
        if (more) {
            feed->floors = more;
            feed->floors[feed->n_floors++] = (FeedFloor){.channel = u->views[i].channel};
        }
    }
}

static void note_movement(SonoTileFeed *feed, const SonoRenderView *view)
{
    const double centre_s = view->t0_s + 0.5 * view->width_px * view->s_per_px;
    if (centre_s != feed->last_centre_s) {
        feed->direction = centre_s > feed->last_centre_s ? 1 : -1;
    }
    feed->last_centre_s = centre_s;
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

/* What the lanes need in a plan. */
static SonoStatus begin_update(FeedUpdate *u, SonoTileFeed *feed, const SonoPlan *plan, const SonoFeedLane *lanes,
                               int n_lanes, SonoError *err)
{
    *u = (FeedUpdate){.feed = feed, .views = sono_calloc((size_t)n_lanes, sizeof(FeedView)), .err = err};
    if (!u->views) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the picture");
    }
    for (; u->n_views < n_lanes; u->n_views++) {
        u->views[u->n_views] = view_of(plan, feed->n_channels, &lanes[u->n_views]);
    }
    fit_budget(u);
    return SONO_OK;
}

/* Go over to the sound and the plan that were set last, as soon as all lanes can. */
static void advance(SonoTileFeed *feed, const FeedUpdate *u)
{
    const bool switching = feed_is_switching(feed);
    if (switching ? feed_views_are_there(u)
                  : feed->shown == feed->target || (feed_overviews_are_there(u) && feed_views_are_there(u))) {
        if (switching) {
            set_plan(&feed->under_plan, feed->shown_plan);
            set_plan(&feed->shown_plan, feed->plan);
        }
        feed->shown = feed->target;
    }
    if (feed->under_plan && !feed_is_switching(feed) && feed_overviews_are_there(u)) {
        set_plan(&feed->under_plan, NULL);
    }
}

/* The lists, from the views in the plan that is shown, with those in the one under it (or none). */
static SonoStatus fill_lists(const SonoTileFeed *feed, const FeedUpdate *shown, const FeedUpdate *under, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (int i = 0; i < shown->n_views && status == SONO_OK; i++) {
        const FeedView *v = &shown->views[i];
        status = feed_fill_list(feed, v, under->views ? &under->views[i] : NULL, err);
        v->list->current = feed->shown == feed->target && !feed_is_switching(feed);
    }
    return status;
}

static SonoStatus update(SonoTileFeed *feed, FeedUpdate *wanted, const SonoFeedLane *lanes, int n_lanes, SonoError *err)
{
    FeedUpdate shown = {0};
    FeedUpdate under = {0};
    add_floors(feed, wanted);
    note_movement(feed, wanted->views[0].view);
    advance(feed, wanted);
    SonoStatus status = SONO_OK;
    if (feed_is_switching(feed)) {
        status = begin_update(&shown, feed, feed->shown_plan, lanes, n_lanes, err);
    }
    if (feed->under_plan && status == SONO_OK) {
        status = begin_update(&under, feed, feed->under_plan, lanes, n_lanes, err);
    }
    if (status == SONO_OK) {
        status = fill_lists(feed, shown.views ? &shown : wanted, &under, err);
    }
    sono_free(shown.views);
    sono_free(under.views);
    return status == SONO_OK && feed->clip ? feed_ask(wanted) : status;
}

SonoStatus sono_tile_feed_update(SonoTileFeed *feed, const SonoFeedLane *lanes, int n_lanes, SonoError *err)
{
    for (int i = 0; i < n_lanes; i++) {
        tile_list_reset(lanes[i].list);
    }
    if (!feed->plan || n_lanes == 0) {
        return SONO_OK;
    }
    FeedUpdate wanted = {0};
    feed->n_channels = feed->clip ? sono_clip_n_channels(feed->clip) : feed->n_channels;
    SonoStatus status = begin_update(&wanted, feed, feed->plan, lanes, n_lanes, err);
    if (status == SONO_OK) {
        status = update(feed, &wanted, lanes, n_lanes, err);
    }
    sono_free(wanted.views);
    return status == SONO_OK ? take_error(feed, err) : status;
}

/* Provisional strips at one place, straight from a reader. */
static SonoStatus add_group(SonoTileFeed *feed, const FeedView *v, const SonoPcmReader *reader, int32_t level_t,
                            int64_t x, const FeedTiles *tiles, int n, const SonoJobTicket *ticket, SonoError *err)
{
    const uint64_t revision = reader->revision ? reader->revision : feed->unread;
    const SonoStripKey key = {revision, v->plan->key, v->channel, level_t, 0, x};
    SonoStripBand bands[SONO_MAX_BANDS] = {0};
    for (int b = 0; b < n; b++) {
        bands[b] = (SonoStripBand){.level_f = tiles[b].level_f, .tile0 = tiles[b].tile0, .tile1 = tiles[b].tile1};
    }
    const SonoStatus status =
        sono_strip_make_bands(feed->engine, v->plan, reader, key, true, (SonoSpan){0, 0}, bands, n, ticket, err);
    for (int b = 0; b < n && status == SONO_OK; b++) {
        sono_tile_cache_put(feed->cache, bands[b].strip);
        sono_strip_unref(bands[b].strip);
    }
    (void)pthread_mutex_lock(&feed->lock);
    if (feed->landed) {
        feed->landed(feed->landed_ctx);
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return status;
}

SonoStatus sono_tile_feed_add_sparse(SonoTileFeed *feed, const SonoPlan *plan, const SonoPcmReader *reader,
                                     const SonoRenderView *view, int channel, const SonoJobTicket *ticket,
                                     SonoError *err)
{
    const SonoFeedLane lane = {.view = *view, .channel = channel};
    SonoPlan *sparse = NULL;
    SonoStatus status = sparse_plan(feed, plan, &sparse, err);
    if (status != SONO_OK) {
        return status;
    }
    const FeedView v = view_of(sparse, reader->n_channels, &lane);
    status = add_group(feed, &v, reader, v.overview_t, 0, &v.overview, 1, ticket, err);
    for (int64_t x = v.levels.x0; x < v.levels.x1 && status == SONO_OK; x++) {
        status = add_group(feed, &v, reader, v.levels.level_t, x, v.tiles, v.n_tiles, ticket, err);
    }
    sono_plan_unref(sparse);
    return status;
}
