/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store while its file is slow, short or refuses: this program's own pread and pwrite stand before the system's. */
#define _GNU_SOURCE /* syscall */
#include "pcm_test.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "../../src/pcm/block_store.h"
#include "sono_log.h"

#define B SONO_BLOCK_FRAMES

/* What the next calls do. */
typedef struct Faults {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool hold, held;       /* writes wait; one does */
    _Atomic int fail_with; /* errno; 0: none */
    _Atomic bool short_io; /* at most 1000 bytes at a time, every other call interrupted */
    _Atomic int n_writes, n_reads;
} Faults;

static Faults faults = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static bool fault(int n_calls, size_t *n_bytes)
{
    if (faults.fail_with != 0) {
        errno = faults.fail_with;
        return true;
    }
    if (faults.short_io) {
        *n_bytes = *n_bytes < 1000 ? *n_bytes : 1000;
        errno = EINTR;
        return n_calls % 2 == 0;
    }
    return false;
}

ssize_t pwrite(int fd, const void *data, size_t n_bytes, off_t offset)
{
    (void)pthread_mutex_lock(&faults.lock);
    while (faults.hold) {
        faults.held = true;
        (void)pthread_cond_broadcast(&faults.changed);
        (void)pthread_cond_wait(&faults.changed, &faults.lock);
    }
    (void)pthread_mutex_unlock(&faults.lock);
    return fault(++faults.n_writes, &n_bytes) ? -1 : (ssize_t)syscall(SYS_pwrite64, fd, data, n_bytes, offset);
}

ssize_t pread(int fd, void *data, size_t n_bytes, off_t offset)
{
    return fault(++faults.n_reads, &n_bytes) ? -1 : (ssize_t)syscall(SYS_pread64, fd, data, n_bytes, offset);
}

static void hold_writes(bool hold)
{
    (void)pthread_mutex_lock(&faults.lock);
    faults.hold = hold;
    faults.held = false;
    (void)pthread_cond_broadcast(&faults.changed);
    (void)pthread_mutex_unlock(&faults.lock);
}

static void wait_until_held(void)
{
    (void)pthread_mutex_lock(&faults.lock);
    while (!faults.held) {
        (void)pthread_cond_wait(&faults.changed, &faults.lock);
    }
    (void)pthread_mutex_unlock(&faults.lock);
}

/* A block whose samples all are value. */
static SonoBlock *block_of(SonoPcmStore *store, float value)
{
    SonoError err = {0};
    SonoBlock *block = NULL;
    SonoPayload *payload = sono_payload_new(store);
    if (!payload) {
        return NULL;
    }
    for (size_t i = 0; i < B; i++) {
        payload->samples[i] = value;
    }
    return sono_block_new(store, payload, &block, &err) == SONO_OK ? block : NULL;
}

static void expect_block(SonoBlock *block, float value)
{
    SonoError err = {0};
    const SonoPayload *payload = NULL;
    assert_ok(sono_block_pin(block, &payload, &err), err);
    for (size_t i = 0; i < B; i += 97) {
        assert_true(payload->samples[i] == value);
    }
    sono_block_unpin(block);
}

typedef struct Maker {
    SonoPcmStore *store;
    SonoBlock *block;
} Maker;

static void *make_block(void *arg)
{
    Maker *m = arg;
    m->block = block_of(m->store, 2.0f);
    return NULL;
}

/* A block that is just being written is pinned: at once, without the file, and for as long as the pin lasts. */
static void test_pin_while_written(void **state)
{
    (void)state;
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(BLOCK_BYTES, dir);
    SonoBlock *block = block_of(store, 1.0f);
    SonoError err = {0};
    const SonoPayload *payload = NULL;
    Maker maker = {.store = store};
    pthread_t thread;
    assert_non_null(block);
    hold_writes(true);
    assert_int_equal(pthread_create(&thread, NULL, make_block, &maker), 0); /* must push the first one out */
    wait_until_held();
    const int n_reads = faults.n_reads;
    assert_ok(sono_block_pin(block, &payload, &err), err);
    assert_int_equal(sono_pcm_store_stats(store).spilled_bytes, 0);
    hold_writes(false);
    (void)pthread_join(thread, NULL);
    for (size_t i = 0; i < B; i++) {
        assert_true(payload->samples[i] == 1.0f);
    }
    const int n_writes = faults.n_writes;
    SonoPcmStoreStats s = sono_pcm_store_stats(store);
    assert_int_equal(s.resident_bytes + s.spilled_bytes, 2 * BLOCK_BYTES);
    assert_true(s.resident_bytes >= BLOCK_BYTES);
    sono_block_unpin(block);
    s = sono_pcm_store_stats(store);
    assert_true(s.resident_bytes <= s.budget_bytes);
    assert_true(faults.n_writes - n_writes <= 1); /* the other one at most */
    assert_int_equal(faults.n_reads, n_reads);
    expect_block(block, 1.0f);
    expect_block(maker.block, 2.0f);
    sono_block_unref(block);
    sono_block_unref(maker.block);
    expect_empty(store);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

/* Its last owner lets a block go while it is being written. */
static void test_drop_while_written(void **state)
{
    (void)state;
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(BLOCK_BYTES, dir);
    SonoBlock *block = block_of(store, 1.0f);
    Maker maker = {.store = store};
    pthread_t thread;
    assert_non_null(block);
    hold_writes(true);
    assert_int_equal(pthread_create(&thread, NULL, make_block, &maker), 0);
    wait_until_held();
    sono_block_unref(block);
    hold_writes(false);
    (void)pthread_join(thread, NULL);
    assert_int_equal(sono_pcm_store_stats(store).n_blocks, 1);
    expect_block(maker.block, 2.0f);
    sono_block_unref(maker.block);
    expect_empty(store);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

static void *drop_block(void *arg)
{
    sono_block_unref(arg);
    return NULL;
}

/* The last reference has gone, its owner waits for the lock, and somebody looks for a block to write out. */
static void test_drop_before_written(void **state)
{
    (void)state;
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(BLOCK_BYTES, dir);
    for (int round = 0; round < 100; round++) {
        SonoBlock *block = block_of(store, 1.0f);
        SonoPayload *payload = sono_payload_new(store);
        SonoBlock *other = NULL;
        SonoError err = {0};
        pthread_t thread;
        assert_true(block && payload);
        for (size_t i = 0; i < B; i++) {
            payload->samples[i] = 3.0f;
        }
        (void)pthread_mutex_lock(&store->lock);
        assert_int_equal(pthread_create(&thread, NULL, drop_block, block), 0);
        while (atomic_load(&block->n_refs) > 0) {
            (void)sched_yield();
        }
        (void)pthread_mutex_unlock(&store->lock);
        assert_ok(sono_block_new(store, payload, &other, &err), err);
        (void)pthread_join(thread, NULL);
        expect_block(other, 3.0f);
        sono_block_unref(other);
        expect_empty(store);
    }
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

static void test_short_and_interrupted(void **state)
{
    (void)state;
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(BLOCK_BYTES, dir);
    Flat f = flat_noise(2, 3 * B + 10, 5);
    faults.short_io = true;
    SonoClip *clip = clip_of_flat(store, &f);
    expect_equals_flat(clip, &f);
    faults.short_io = false;
    assert_true(sono_pcm_store_stats(store).n_loads > 0);
    sono_clip_unref(clip);
    flat_free(&f);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

static void count_notices(SonoLogLevel level, const char *domain, const char *line, void *ctx)
{
    (void)domain;
    if (level == SONO_LOG_NOTICE && strstr(line, strerror(ENOSPC))) {
        ++*(int *)ctx;
    }
}

/* No room: everything stays; not every new block tries the disk again; one that goes makes it try. */
static void test_no_space(void **state)
{
    (void)state;
    char dir[64];
    make_temp_dir(dir);
    int n_notices = 0;
    sono_log_set_sink(count_notices, &n_notices);
    SonoPcmStore *store = store_new(2 * BLOCK_BYTES, dir);
    Flat spilled = flat_noise(1, 6 * B, 1);
    Flat f = flat_noise(1, 40 * (int64_t)B, 5);
    SonoClip *first = clip_of_flat(store, &spilled);
    assert_int_equal(sono_pcm_store_stats(store).spilled_bytes, 4 * BLOCK_BYTES);
    faults.fail_with = ENOSPC;
    const int n_writes = faults.n_writes;
    SonoClip *clip = clip_of_flat(store, &f);
    assert_int_equal(faults.n_writes - n_writes, 1);
    faults.fail_with = 0; /* there is room again, but nobody has told the store */
    expect_equals_flat(clip, &f);
    expect_equals_flat(first, &spilled);
    assert_int_equal(faults.n_writes - n_writes, 1);
    const SonoPcmStoreStats full = sono_pcm_store_stats(store);
    assert_int_equal(full.resident_bytes + full.spilled_bytes, 46 * BLOCK_BYTES);
    assert_true(full.spilled_bytes >= 4 * BLOCK_BYTES);
    assert_int_equal(n_notices, 1);
    sono_clip_unref(first);
    expect_equals_flat(clip, &f);
    const SonoPcmStoreStats s = sono_pcm_store_stats(store);
    assert_true(s.resident_bytes <= s.budget_bytes);
    sono_clip_unref(clip);
    expect_empty(store);
    flat_free(&f);
    flat_free(&spilled);
    sono_pcm_store_unref(store);
    sono_log_set_sink(NULL, NULL);
    assert_int_equal(rmdir(dir), 0);
}

/* A read that fails says so, and succeeds when the disk does. */
static void test_read_error(void **state)
{
    (void)state;
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(BLOCK_BYTES, dir);
    Flat f = flat_noise(1, 5 * B, 5);
    SonoClip *clip = clip_of_flat(store, &f);
    SonoError err = {0};
    static float got[B];
    faults.fail_with = EIO;
    assert_int_equal(sono_clip_read(clip, 0, 0, B, got, &err), SONO_E_IO);
    assert_non_null(strstr(err.message, strerror(EIO)));
    faults.fail_with = 0;
    expect_equals_flat(clip, &f);
    const SonoPcmStoreStats s = sono_pcm_store_stats(store);
    assert_true(s.resident_bytes <= s.budget_bytes);
    sono_clip_unref(clip);
    expect_empty(store);
    flat_free(&f);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pin_while_written),
        cmocka_unit_test(test_drop_while_written),
        cmocka_unit_test(test_drop_before_written),
        cmocka_unit_test(test_short_and_interrupted),
        cmocka_unit_test(test_no_space),
        cmocka_unit_test(test_read_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
