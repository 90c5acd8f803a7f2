/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of pcm share: flat sound as the model of a clip, and stores in a temporary folder. */
#pragma once
#include "sono_test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sono_clip.h"
#include "sono_mem.h"

/* Bytes one block costs in memory: 65,536 samples, 256 peaks, whole pages. */
#define BLOCK_BYTES ((uint64_t)65 * 4096)

#define MAX_TEST_CHANNELS 4

typedef struct Flat {
    int n_channels;
    int64_t n_frames;
    float *pcm[MAX_TEST_CHANNELS];
} Flat;

static inline Flat flat_new(int n_channels, int64_t n_frames)
{
    Flat f = {n_channels, n_frames, {0}};
    for (int c = 0; c < n_channels; c++) {
        f.pcm[c] = sono_alloc_aligned((size_t)n_frames, sizeof(float));
        assert_non_null(f.pcm[c]);
    }
    return f;
}

static inline void flat_free(Flat *f)
{
    for (int c = 0; c < f->n_channels; c++) {
        sono_free(f->pcm[c]);
    }
    *f = (Flat){0};
}

static inline Flat flat_copy(const Flat *f)
{
    Flat copy = flat_new(f->n_channels, f->n_frames);
    for (int c = 0; c < f->n_channels; c++) {
        memcpy(copy.pcm[c], f->pcm[c], (size_t)f->n_frames * sizeof(float));
    }
    return copy;
}

static inline Flat flat_noise(int n_channels, int64_t n_frames, uint64_t seed)
{
    Flat f = flat_new(n_channels, n_frames);
    for (int c = 0; c < n_channels; c++) {
        for (int64_t i = 0; i < n_frames; i++) {
            f.pcm[c][i] = sono_test_noise(&seed);
        }
    }
    return f;
}

/* A number in [0, n). */
static inline int64_t pick(uint64_t *seed, int64_t n)
{
    (void)sono_test_noise(seed);
    return (int64_t)((*seed >> 11) % (uint64_t)n);
}

/* Appends all of it in portions of 1 to most frames. */
static inline void append_flat(SonoClipBuilder *b, const Flat *f, int64_t most, uint64_t *seed)
{
    SonoError err = {0};
    for (int64_t at = 0; at < f->n_frames;) {
        int64_t n = 1 + pick(seed, most);
        n = n < f->n_frames - at ? n : f->n_frames - at;
        const float *pcm[MAX_TEST_CHANNELS] = {0};
        for (int c = 0; c < f->n_channels; c++) {
            pcm[c] = f->pcm[c] + at;
        }
        assert_ok(sono_clip_builder_append(b, pcm, n, &err), err);
        at += n;
    }
}

static inline SonoClip *clip_of_flat(SonoPcmStore *store, const Flat *f)
{
    SonoError err = {0};
    SonoClipBuilder *b = NULL;
    SonoClip *clip = NULL;
    uint64_t seed = 77;
    assert_ok(sono_clip_builder_new(store, 48000.0, f->n_channels, &b, &err), err);
    append_flat(b, f, 100000, &seed);
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    return clip;
}

/* Every sample of the clip, bit for bit. */
static inline void expect_equals_flat(const SonoClip *clip, const Flat *f)
{
    SonoError err = {0};
    assert_int_equal(sono_clip_n_channels(clip), f->n_channels);
    assert_int_equal(sono_clip_n_frames(clip), f->n_frames);
    float *got = sono_alloc_aligned((size_t)f->n_frames, sizeof *got);
    assert_non_null(got);
    for (int c = 0; c < f->n_channels; c++) {
        memset(got, 0xff, (size_t)f->n_frames * sizeof *got);
        assert_ok(sono_clip_read(clip, c, 0, f->n_frames, got, &err), err);
        if (memcmp(got, f->pcm[c], (size_t)f->n_frames * sizeof *got) != 0) {
            fail_msg("channel %d differs from the model", c);
        }
    }
    sono_free(got);
}

static inline SonoPcmStore *store_new(uint64_t budget_bytes, const char *dir)
{
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    assert_ok(sono_pcm_store_new(budget_bytes, dir, &store, &err), err);
    return store;
}

/* Nothing left: not a block, not a byte. */
static inline void expect_empty(SonoPcmStore *store)
{
    const SonoPcmStoreStats s = sono_pcm_store_stats(store);
    assert_int_equal(s.n_blocks, 0);
    assert_int_equal(s.resident_bytes, 0);
    assert_int_equal(s.spilled_bytes, 0);
}

/* A folder of our own, in the tests' temporary place; the caller removes it. */
static inline void make_temp_dir(char dir[64])
{
    (void)snprintf(dir, 64, "/tmp/sono-pcm-XXXXXX");
    assert_non_null(mkdtemp(dir));
}
