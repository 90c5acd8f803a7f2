/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many threads at one small store: blocks are loaded, written out, read, replaced and dropped all at once. */
#include "pcm_test.h"

#include <pthread.h>
#include <stdatomic.h>

#define B SONO_BLOCK_FRAMES

#ifdef __SANITIZE_THREAD__
#define SCALE 1 /* every access costs tenfold there */
#else
#define SCALE 4
#endif

typedef struct Reader {
    const SonoClip *clip;
    const Flat *flat;
    uint64_t seed;
    int n_wrong, n_failed;
} Reader;

static void *read_at_random(void *arg)
{
    Reader *r = arg;
    static const int64_t most = 3 * B;
    float *got = sono_alloc_aligned((size_t)most, sizeof *got);
    SonoError err = {0};
    if (!got) {
        r->n_failed++;
        return NULL;
    }
    for (int i = 0; i < 150; i++) {
        const int c = (int)pick(&r->seed, r->flat->n_channels);
        const int64_t n = 1 + pick(&r->seed, i % 4 ? 3000 : most - 1);
        const int64_t start = pick(&r->seed, r->flat->n_frames - n);
        SonoPeak peak = {0};
        r->n_failed += sono_clip_read(r->clip, c, start, n, got, &err) != SONO_OK;
        r->n_wrong += memcmp(got, r->flat->pcm[c] + start, (size_t)n * sizeof *got) != 0;
        r->n_failed += sono_clip_peaks(r->clip, c, start, i % 2 ? n : 5000, 1, &peak, &err) != SONO_OK;
        r->n_wrong += !(peak.min <= got[0] && peak.max >= got[0]);
        if (i % 10 == 0) { /* others make and drop clips of the same blocks meanwhile */
            const float *pcm[MAX_TEST_CHANNELS] = {got, got};
            SonoClip *mine = NULL;
            r->n_failed += sono_clip_splice(r->clip, start, n, pcm, &mine, &err) != SONO_OK;
            sono_clip_unref(mine);
        }
    }
    sono_free(got);
    return NULL;
}

static void test_many_readers(void **state)
{
    (void)state;
    enum { N_READERS = 5 };
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(4 * BLOCK_BYTES, dir);
    Flat f = flat_noise(2, 10 * B + 99, 40);
    SonoClip *clip = clip_of_flat(store, &f);
    pthread_t threads[N_READERS];
    Reader readers[N_READERS];
    for (int i = 0; i < N_READERS; i++) {
        readers[i] = (Reader){clip, &f, 100 + (uint64_t)i, 0, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, read_at_random, &readers[i]), 0);
    }
    for (int i = 0; i < N_READERS; i++) {
        (void)pthread_join(threads[i], NULL);
        assert_int_equal(readers[i].n_failed, 0);
        assert_int_equal(readers[i].n_wrong, 0);
    }
    const SonoPcmStoreStats s = sono_pcm_store_stats(store);
    assert_true(s.resident_bytes <= s.budget_bytes);
    assert_int_equal(s.n_blocks, 22);
    assert_true(s.n_loads > 100);
    expect_equals_flat(clip, &f);
    sono_clip_unref(clip);
    expect_empty(store);
    flat_free(&f);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

enum { N_HERD = 4, N_ROUNDS = 200, N_HERD_BLOCKS = 8 };

typedef struct Herd {
    pthread_barrier_t start;
    const SonoClip *clip;
    const Flat *flat;
    _Atomic int n_wrong;
} Herd;

static void *read_together(void *arg)
{
    Herd *h = arg;
    SonoError err = {0};
    float *got = sono_alloc_aligned(B, sizeof *got);
    for (int k = 0; k < N_ROUNDS; k++) {
        const int64_t start = B * (k % N_HERD_BLOCKS);
        (void)pthread_barrier_wait(&h->start);
        h->n_wrong += !got || sono_clip_read(h->clip, 0, start, B, got, &err) != SONO_OK ||
                      memcmp(got, h->flat->pcm[0] + start, B * sizeof *got) != 0;
    }
    sono_free(got);
    return NULL;
}

/* Several threads want the same spilled block at once: it is loaded once. */
static void test_one_load_for_all(void **state)
{
    (void)state;
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(BLOCK_BYTES, dir);
    Flat f = flat_noise(1, N_HERD_BLOCKS * B, 12);
    SonoClip *clip = clip_of_flat(store, &f);
    Herd herd = {.clip = clip, .flat = &f};
    pthread_t threads[N_HERD];
    const uint64_t n_loads = sono_pcm_store_stats(store).n_loads;
    assert_int_equal(pthread_barrier_init(&herd.start, NULL, N_HERD), 0);
    for (int i = 0; i < N_HERD; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, read_together, &herd), 0);
    }
    for (int i = 0; i < N_HERD; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    assert_int_equal(herd.n_wrong, 0);
    assert_int_equal(sono_pcm_store_stats(store).n_loads - n_loads, N_ROUNDS);
    (void)pthread_barrier_destroy(&herd.start);
    sono_clip_unref(clip);
    expect_empty(store);
    flat_free(&f);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

typedef struct Show {
    pthread_mutex_t lock;
    SonoClip *newest; /* guarded by lock */
    const Flat *flat;
    _Atomic bool over;
    _Atomic int n_wrong, n_read;
} Show;

/* Reads the last few blocks of the newest snapshot: those that are just being written out. */
static void *read_the_newest(void *arg)
{
    Show *show = arg;
    uint64_t seed = (uint64_t)(uintptr_t)&show ^ 77;
    SonoError err = {0};
    float *got = sono_alloc_aligned(B, sizeof *got);
    while (got && !show->over) {
        (void)pthread_mutex_lock(&show->lock);
        SonoClip *clip = sono_clip_ref(show->newest);
        (void)pthread_mutex_unlock(&show->lock);
        for (int k = 0; k < 8; k++) {
            const int64_t last = sono_clip_n_frames(clip) / B;
            const int64_t back = last < 4 ? last : 4;
            const int64_t start = B * (last - pick(&seed, back + 1));
            const int64_t n = sono_clip_n_frames(clip) - start < B ? sono_clip_n_frames(clip) - start : B;
            show->n_wrong += sono_clip_read(clip, 0, start, n, got, &err) != SONO_OK ||
                             memcmp(got, show->flat->pcm[0] + start, (size_t)n * sizeof *got) != 0;
            show->n_read++;
        }
        sono_clip_unref(clip);
    }
    sono_free(got);
    return NULL;
}

/* Blocks are spilled for the first time, read, and dropped, all at once. */
static void test_read_while_building(void **state)
{
    (void)state;
    enum { N_READERS = 4, N_PORTIONS = SCALE * 100, PORTION = 20000 };
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(3 * BLOCK_BYTES, dir);
    Flat f = flat_noise(1, (int64_t)N_PORTIONS * PORTION, 21);
    Show show = {.lock = PTHREAD_MUTEX_INITIALIZER, .flat = &f};
    SonoClipBuilder *b = NULL;
    SonoError err = {0};
    pthread_t threads[N_READERS];
    assert_ok(sono_clip_builder_new(store, 48000.0, 1, &b, &err), err);
    for (int i = 0; i < N_PORTIONS; i++) {
        const float *pcm[1] = {f.pcm[0] + (int64_t)i * PORTION};
        SonoClip *clip = NULL;
        assert_ok(sono_clip_builder_append(b, pcm, PORTION, &err), err);
        assert_ok(sono_clip_builder_snapshot(b, &clip, &err), err);
        (void)pthread_mutex_lock(&show.lock);
        SonoClip *old = show.newest;
        show.newest = clip;
        (void)pthread_mutex_unlock(&show.lock);
        sono_clip_unref(old);
        for (int k = 0; i == 0 && k < N_READERS; k++) {
            assert_int_equal(pthread_create(&threads[k], NULL, read_the_newest, &show), 0);
        }
    }
    show.over = true;
    for (int i = 0; i < N_READERS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    assert_int_equal(show.n_wrong, 0);
    assert_true(show.n_read > 0);
    expect_equals_flat(show.newest, &f);
    const SonoPcmStoreStats s = sono_pcm_store_stats(store);
    assert_true(s.resident_bytes <= s.budget_bytes);
    sono_clip_unref(show.newest);
    sono_clip_builder_free(b);
    expect_empty(store);
    flat_free(&f);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_readers),
        cmocka_unit_test(test_one_load_for_all),
        cmocka_unit_test(test_read_while_building),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
