/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which revisions of the sound share which strips. */
#include "tile_feed.h"

#include "sono_columns.h"
#include "sono_mem.h"

#define MAX_ANCESTORS 64

static int find(const SonoTileFeed *feed, uint64_t revision)
{
    for (size_t i = feed->n_revisions; i-- > 0;) {
        if (feed->revisions[i].revision == revision) {
            return (int)i;
        }
    }
    return -1;
}

SonoStatus feed_add_revision(SonoTileFeed *feed, uint64_t revision, uint64_t parent, SonoSpan dirty, SonoError *err)
{
    if (find(feed, revision) >= 0) {
        return SONO_OK;
    }
    if (feed->n_revisions == feed->cap_revisions) {
        const size_t cap = feed->cap_revisions ? 2 * feed->cap_revisions : 16;
        FeedRevision *more = sono_realloc_array(feed->revisions, cap, sizeof *more);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for the tile feed");
        }
        feed->revisions = more;
        feed->cap_revisions = cap;
    }
    const int parent_at = find(feed, parent); /* before there is a new one, which is not its own parent */
    feed->revisions[feed->n_revisions++] =
        (FeedRevision){.revision = revision, .parent_at = parent_at, .parent_revision = parent, .dirty = dirty};
    return SONO_OK;
}

/* Frames that a strip's columns depend on, with its gutter and one column more on both sides. */
static SonoSpan strip_support(const SonoPlan *plan, const SonoStripKey *key)
{
    return sono_columns_support(plan, key->level_t, key->x * SONO_TILE_INNER - 2, SONO_TILE_TEXELS + 2);
}

SonoStripKey feed_resolve(const SonoTileFeed *feed, const SonoPlan *plan, SonoStripKey key)
{
    const SonoSpan support = strip_support(plan, &key);
    for (int at = find(feed, key.revision); at >= 0; at = feed->revisions[at].parent_at) {
        const FeedRevision *r = &feed->revisions[at];
        key.revision = r->revision;
        if (sono_span_intersect(support, r->dirty).n_frames > 0) {
            break;
        }
        key.revision = r->parent_revision;
    }
    return key;
}

bool feed_to_parent(const SonoTileFeed *feed, const SonoPlan *plan, SonoStripKey *key, SonoSpan *dirty)
{
    const int at = find(feed, key->revision);
    if (at < 0) {
        return false;
    }
    *dirty = sono_span_union(*dirty, feed->revisions[at].dirty);
    key->revision = feed->revisions[at].parent_revision;
    *key = feed_resolve(feed, plan, *key);
    return true;
}

SonoStrip *feed_get(const SonoTileFeed *feed, const SonoPlan *plan, SonoStripKey key)
{
    key = feed_resolve(feed, plan, key);
    return sono_tile_cache_get(feed->cache, &key);
}

SonoStrip *feed_get_stale(const SonoTileFeed *feed, const SonoPlan *plan, SonoStripKey key, SonoSpan *stale)
{
    SonoSpan dirty = {0, 0};
    key = feed_resolve(feed, plan, key);
    SonoStrip *strip = sono_tile_cache_get(feed->cache, &key);
    for (int i = 0; i < MAX_ANCESTORS && !strip && feed_to_parent(feed, plan, &key, &dirty); i++) {
        strip = sono_tile_cache_get(feed->cache, &key);
    }
    *stale = strip ? dirty : (SonoSpan){0, 0};
    return strip;
}
