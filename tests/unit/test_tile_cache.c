/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tile cache: keys, order of leaving, budget, what replaces what, and many threads at once. */
#include "sono_test.h"

#include "sono_mem.h"
#include "sono_tile.h"

#include <pthread.h>
#include <string.h>

static SonoStrip *new_strip(SonoStripKey key, bool provisional)
{
    SonoStrip *s = sono_calloc(1, sizeof *s);
    assert_non_null(s);
    atomic_init(&s->refs, 1);
    s->key = key;
    s->provisional = provisional;
    s->n_tiles = 1;
    s->n_rows = 100;
    s->data = sono_calloc((size_t)2 * 256 * 256, sizeof *s->data);
    assert_non_null(s->data);
    s->data[0] = (float)key.x;
    return s;
}

static const uint64_t STRIP_BYTES = sizeof(SonoStrip) + (uint64_t)2 * 256 * 256 * sizeof(float);

static SonoStripKey key_at(int64_t x)
{
    return (SonoStripKey){.revision = 5, .plan = 6, .channel = 1, .level_t = 2, .level_f = 3, .x = x};
}

static SonoTileCache *new_cache(uint64_t budget)
{
    SonoError err = {0};
    SonoTileCache *cache = NULL;
    assert_ok(sono_tile_cache_new(budget, &cache, &err), err);
    return cache;
}

static void put(SonoTileCache *cache, SonoStripKey key, bool provisional)
{
    SonoStrip *s = new_strip(key, provisional);
    sono_tile_cache_put(cache, s);
    sono_strip_unref(s);
}

static bool has(SonoTileCache *cache, int64_t x)
{
    const SonoStripKey key = key_at(x);
    SonoStrip *s = sono_tile_cache_get(cache, &key);
    assert_true(!s || s->data[0] == (float)x);
    sono_strip_unref(s);
    return s != NULL;
}

static void test_oldest_leaves_first(void **state)
{
    (void)state;
    SonoTileCache *cache = new_cache(3 * STRIP_BYTES);
    for (int64_t x = 0; x < 3; x++) {
        put(cache, key_at(x), false);
    }
    assert_int_equal(sono_tile_cache_bytes(cache), 3 * STRIP_BYTES);
    assert_true(has(cache, 0)); /* now 1 is the oldest */
    put(cache, key_at(3), false);
    assert_false(has(cache, 1));
    assert_true(has(cache, 2) && has(cache, 0) && has(cache, 3));
    put(cache, key_at(4), false);
    assert_false(has(cache, 2));
    assert_int_equal(sono_tile_cache_bytes(cache), 3 * STRIP_BYTES);
    sono_tile_cache_free(cache);
    sono_tile_cache_free(NULL);
}

static void test_budget_is_never_exceeded(void **state)
{
    (void)state;
    SonoTileCache *cache = new_cache(2 * STRIP_BYTES + 100);
    for (int64_t x = 0; x < 20; x++) {
        put(cache, key_at(x), x % 2);
        assert_true(sono_tile_cache_bytes(cache) <= 2 * STRIP_BYTES + 100);
    }
    sono_tile_cache_free(cache);
    cache = new_cache(STRIP_BYTES - 1); /* nothing fits */
    put(cache, key_at(0), false);
    assert_false(has(cache, 0));
    assert_int_equal(sono_tile_cache_bytes(cache), 0);
    sono_tile_cache_free(cache);
}

static void test_exact_is_not_replaced_by_provisional(void **state)
{
    (void)state;
    SonoTileCache *cache = new_cache(8 * STRIP_BYTES);
    const SonoStripKey key = key_at(9);
    put(cache, key, true);
    SonoStrip *rough = sono_tile_cache_get(cache, &key);
    assert_true(rough && rough->provisional);
    put(cache, key, false);
    SonoStrip *exact = sono_tile_cache_get(cache, &key);
    assert_true(exact && !exact->provisional);
    put(cache, key, true);
    SonoStrip *still = sono_tile_cache_get(cache, &key);
    assert_ptr_equal(still, exact);
    assert_int_equal(sono_tile_cache_bytes(cache), STRIP_BYTES);
    assert_true(rough->data[0] == 9.0f); /* a replaced strip lives as long as somebody draws it */
    sono_strip_unref(rough);
    sono_strip_unref(exact);
    sono_tile_cache_free(cache);
    assert_true(still->data[0] == 9.0f);
    sono_strip_unref(still);
}

static void test_every_field_is_part_of_the_key(void **state)
{
    (void)state;
    SonoTileCache *cache = new_cache(8 * STRIP_BYTES);
    put(cache, key_at(0), false);
    SonoStripKey other[6];
    for (size_t i = 0; i < 6; i++) {
        memset(&other[i], 0xa5, sizeof other[i]); /* what is in the padding must not matter */
        other[i].revision = 5;
        other[i].plan = 6;
        other[i].channel = 1;
        other[i].level_t = 2;
        other[i].level_f = 3;
        other[i].x = 0;
    }
    SonoStrip *same = sono_tile_cache_get(cache, &other[0]);
    assert_non_null(same);
    sono_strip_unref(same);
    other[0].revision++;
    other[1].plan++;
    other[2].channel++;
    other[3].level_t++;
    other[4].level_f++;
    other[5].x++;
    for (size_t i = 0; i < 6; i++) {
        assert_null(sono_tile_cache_get(cache, &other[i]));
    }
    sono_tile_cache_free(cache);
}

enum { N_THREADS = 4, N_ROUNDS = 1500, N_KEYS = 24 };

typedef struct Worker {
    SonoTileCache *cache;
    uint64_t seed;
    int n_wrong, n_found;
} Worker;

static void *work(void *data)
{
    Worker *w = data;
    for (int i = 0; i < N_ROUNDS; i++) {
        const int64_t x = (int64_t)(11.999 * (1.0 + (double)sono_test_noise(&w->seed)));
        const SonoStripKey key = key_at(x);
        if (sono_test_noise(&w->seed) < -0.5f) {
            SonoStrip *s = new_strip(key, sono_test_noise(&w->seed) < 0.0f);
            sono_tile_cache_put(w->cache, s);
            sono_strip_unref(s);
        } else {
            SonoStrip *s = sono_tile_cache_get(w->cache, &key);
            w->n_found += s != NULL;
            w->n_wrong += s && (s->key.x != x || s->data[0] != (float)x);
            sono_strip_unref(s);
        }
        w->n_wrong += sono_tile_cache_bytes(w->cache) > 10 * STRIP_BYTES;
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    SonoTileCache *cache = new_cache(10 * STRIP_BYTES);
    pthread_t threads[N_THREADS];
    Worker workers[N_THREADS];
    for (int i = 0; i < N_THREADS; i++) {
        workers[i] = (Worker){.cache = cache, .seed = 100 + (uint64_t)i};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].n_wrong, 0);
        assert_true(workers[i].n_found > 0);
    }
    uint64_t n = 0;
    for (int64_t x = 0; x < N_KEYS; x++) {
        n += has(cache, x);
    }
    assert_int_equal(sono_tile_cache_bytes(cache), n * STRIP_BYTES);
    sono_tile_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oldest_leaves_first),
        cmocka_unit_test(test_budget_is_never_exceeded),
        cmocka_unit_test(test_exact_is_not_replaced_by_provisional),
        cmocka_unit_test(test_every_field_is_part_of_the_key),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
