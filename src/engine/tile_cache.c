/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strips by key, the least recently used leave first. One lock for everything; strips are freed outside it. */
#include "sono_tile.h"

#include "sono_mem.h"

#include <pthread.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>
#include <utlist.h>

typedef struct Entry {
    uint64_t words[5]; /* the key without its padding */
    SonoStrip *strip;
    uint64_t bytes;
    struct Entry *prev, *next; /* by last use, oldest first */
    UT_hash_handle hh;
} Entry;

struct SonoTileCache {
    pthread_mutex_t lock;
    uint64_t budget_bytes, bytes;
    Entry *by_key;
    Entry *by_use;
};

static void key_words(const SonoStripKey *key, uint64_t words[5])
{
    words[0] = key->revision;
    words[1] = key->plan;
    words[2] = (uint64_t)(uint32_t)key->channel << 32 | (uint32_t)key->level_t;
    words[3] = (uint64_t)(uint32_t)key->level_f;
    words[4] = (uint64_t)key->x;
}

static uint64_t strip_bytes(const SonoStrip *strip)
{
    const uint64_t texels = (uint64_t)SONO_TILE_TEXELS * SONO_TILE_TEXELS;
    return sizeof *strip +
           (uint64_t)(strip->n_tiles - strip->n_below - strip->n_above) * texels * 2 * sizeof *strip->data;
}

static Entry *find(SonoTileCache *cache, const SonoStripKey *key)
{
    uint64_t words[5];
    Entry *e = NULL;
    key_words(key, words);
    HASH_FIND(hh, cache->by_key, words, sizeof words, e); /* NOLINT: uthash's own arithmetic */
    return e;
}

/* Lock held; the entry is then the caller's. */
static void take_out(SonoTileCache *cache, Entry *e)
{
    HASH_DEL(cache->by_key, e); /* NOLINT: uthash takes the list for consistent */
    DL_DELETE(cache->by_use, e);
    cache->bytes -= e->bytes;
}

static void free_entries(Entry *head)
{
    Entry *e = NULL;
    Entry *next = NULL;
    DL_FOREACH_SAFE(head, e, next)
    {
        sono_strip_unref(e->strip);
        sono_free(e);
    }
}

SonoStatus sono_tile_cache_new(uint64_t budget_bytes, SonoTileCache **out, SonoError *err)
{
    SonoTileCache *cache = sono_calloc(1, sizeof *cache);
    if (!cache || pthread_mutex_init(&cache->lock, NULL) != 0) {
        sono_free(cache);
        return sono_fail(err, SONO_E_NOMEM, "no memory for the tile cache");
    }
    cache->budget_bytes = budget_bytes;
    *out = cache;
    return SONO_OK;
}

void sono_tile_cache_clear(SonoTileCache *cache)
{
    (void)pthread_mutex_lock(&cache->lock);
    Entry *leaving = cache->by_use;
    HASH_CLEAR(hh, cache->by_key);
    cache->by_use = NULL;
    cache->bytes = 0;
    (void)pthread_mutex_unlock(&cache->lock);
    free_entries(leaving);
}

void sono_tile_cache_free(SonoTileCache *cache)
{
    if (!cache) {
        return;
    }
    sono_tile_cache_clear(cache);
    (void)pthread_mutex_destroy(&cache->lock);
    sono_free(cache);
}

SonoStrip *sono_tile_cache_get(SonoTileCache *cache, const SonoStripKey *key)
{
    (void)pthread_mutex_lock(&cache->lock);
    Entry *e = find(cache, key);
    SonoStrip *strip = NULL;
    if (e) {
        DL_DELETE(cache->by_use, e);
        DL_APPEND(cache->by_use, e);
        strip = sono_strip_ref(e->strip);
    }
    (void)pthread_mutex_unlock(&cache->lock);
    return strip;
}

/* Lock held. False if the table could not grow. */
static bool insert(SonoTileCache *cache, Entry *e)
{
    HASH_ADD(hh, cache->by_key, words, sizeof e->words, e);
    if (!e->hh.tbl) {
        return false;
    }
    DL_APPEND(cache->by_use, e);
    cache->bytes += e->bytes;
    return true;
}

/* A tile that was not there counts more than exactness, exactness more than tiles that nobody asked for. */
static bool is_better(const SonoStrip *strip, const SonoStrip *old)
{
    if (strip->n_below < old->n_below || strip->n_above < old->n_above) {
        return true;
    }
    const bool all = strip->n_below == old->n_below && strip->n_above == old->n_above;
    return old->provisional ? all || !strip->provisional : all && !strip->provisional;
}

void sono_tile_cache_put(SonoTileCache *cache, SonoStrip *strip)
{
    Entry *e = sono_calloc(1, sizeof *e);
    if (!e) {
        return; /* a cache may forget */
    }
    key_words(&strip->key, e->words);
    e->strip = sono_strip_ref(strip);
    e->bytes = strip_bytes(strip);
    Entry *leaving = NULL;
    (void)pthread_mutex_lock(&cache->lock);
    Entry *old = find(cache, &strip->key);
    if (old && !is_better(strip, old->strip)) {
        DL_APPEND(leaving, e);
    } else {
        if (old) {
            take_out(cache, old);
            DL_APPEND(leaving, old);
        }
        if (!insert(cache, e)) {
            DL_APPEND(leaving, e);
        }
    }
    while (cache->bytes > cache->budget_bytes) {
        Entry *oldest = cache->by_use;
        take_out(cache, oldest);
        DL_APPEND(leaving, oldest); /* NOLINT: bytes are left, so entries are */
    }
    (void)pthread_mutex_unlock(&cache->lock);
    free_entries(leaving);
}

uint64_t sono_tile_cache_bytes(SonoTileCache *cache)
{
    (void)pthread_mutex_lock(&cache->lock);
    const uint64_t bytes = cache->bytes;
    (void)pthread_mutex_unlock(&cache->lock);
    return bytes;
}
