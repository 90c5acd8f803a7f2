/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clips against flat arrays: building, snapshots, reading, splicing, sharing. */
#include "pcm_test.h"

#include "../../src/pcm/clip_internal.h"
#include "sono_clock.h"
#include "sono_pcm_reader.h"

#define B SONO_BLOCK_FRAMES

/* Sanitized, the suite only needs to end soon; nothing here has two threads. */
#if defined __SANITIZE_THREAD__
#define N_STEPS 25
#elif defined __SANITIZE_ADDRESS__
#define N_STEPS 80
#else
#define N_STEPS 300
#endif

static void test_builder_in_portions(void **state)
{
    (void)state;
    static const int64_t sizes[] = {0, 1, B - 1, B, B + 1, 2 * B, 3 * B + 12345};
    static const int64_t portions[] = {1000, B, 3 * B};
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(0, dir);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t k = 0; k < sizeof portions / sizeof *portions; k++) {
            SonoError err = {0};
            SonoClipBuilder *b = NULL;
            SonoClip *clip = NULL;
            uint64_t seed = 1 + i;
            Flat f = flat_noise(3, sizes[i], seed);
            assert_ok(sono_clip_builder_new(store, 44100.0, 3, &b, &err), err);
            append_flat(b, &f, portions[k], &seed);
            assert_int_equal(sono_clip_builder_n_frames(b), sizes[i]);
            assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
            assert_true(sono_clip_rate_hz(clip) == 44100.0);
            expect_equals_flat(clip, &f);
            sono_clip_unref(clip);
            flat_free(&f);
        }
    }
    assert_int_equal(sono_pcm_store_stats(store).n_blocks, 0);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0); /* nothing was spilled, and nothing lies about */
}

/* Reserved places, filled in part, beside appended portions; a snapshot in between sees what was committed only. */
static void test_builder_in_place(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoPcmStore *store = store_new(0, NULL);
    SonoClipBuilder *b = NULL;
    SonoClip *clip = NULL;
    uint64_t seed = 5;
    Flat f = flat_noise(2, 5 * B + 4321, 11);
    assert_ok(sono_clip_builder_new(store, 48000.0, 2, &b, &err), err);
    for (int64_t at = 0, turn = 0; at < f.n_frames; turn++) {
        float *planes[2] = {0}, *again[2] = {0};
        int64_t n_room = 0, n_room_again = 0;
        assert_ok(sono_clip_builder_reserve(b, planes, &n_room, &err), err);
        assert_true(n_room >= 1 && n_room <= B - at % B);
        const int64_t left = n_room < f.n_frames - at ? n_room : f.n_frames - at;
        const int64_t n = turn % 3 == 0 ? left : 1 + (int64_t)(fabsf(sono_test_noise(&seed)) * (float)(left - 1));
        for (int c = 0; c < 2; c++) {
            memcpy(planes[c], f.pcm[c] + at, (size_t)n * sizeof(float));
        }
        if (turn % 4 == 1) {
            const Flat so_far = {2, at, {f.pcm[0], f.pcm[1]}};
            assert_ok(sono_clip_builder_snapshot(b, &clip, &err), err);
            expect_equals_flat(clip, &so_far);
            sono_clip_unref(clip);
        }
        assert_ok(sono_clip_builder_reserve(b, again, &n_room_again, &err), err);
        assert_true(again[0] == planes[0] && again[1] == planes[1] && n_room_again == n_room);
        sono_clip_builder_commit(b, n);
        at += n;
        if (turn % 5 == 2 && at < f.n_frames) {
            const float *const next[2] = {f.pcm[0] + at, f.pcm[1] + at};
            assert_ok(sono_clip_builder_append(b, next, 1, &err), err);
            at++;
        }
        assert_int_equal(sono_clip_builder_n_frames(b), at);
    }
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    expect_equals_flat(clip, &f);
    sono_clip_unref(clip);
    flat_free(&f);
    assert_int_equal(sono_pcm_store_stats(store).resident_bytes, 0);
    sono_pcm_store_unref(store);
}

static void test_snapshots_while_building(void **state)
{
    (void)state;
    enum { N = 40 };
    SonoPcmStore *store = store_new(0, NULL);
    SonoError err = {0};
    SonoClipBuilder *b = NULL;
    SonoClip *shots[N] = {0};
    Flat all = flat_noise(2, 70 * (int64_t)B, 9); /* more than one page of 64 blocks */
    int64_t lengths[N] = {0};
    uint64_t seed = 5;
    int64_t at = 0;
    assert_ok(sono_clip_builder_new(store, 48000.0, 2, &b, &err), err);
    for (int i = 0; i < N; i++) {
        static const int64_t exact[] = {B, 63 * (int64_t)B, 64 * (int64_t)B, 65 * (int64_t)B};
        int64_t to = at + pick(&seed, 4 * B); /* sometimes nothing new, sometimes exactly a block's or page's end */
        for (size_t k = 0; k < 4; k++) {
            to = at < exact[k] && to >= exact[k] ? exact[k] : to;
        }
        to = to < all.n_frames ? to : all.n_frames;
        const float *pcm[2] = {all.pcm[0] + at, all.pcm[1] + at};
        assert_ok(sono_clip_builder_append(b, pcm, to - at, &err), err);
        assert_ok(sono_clip_builder_snapshot(b, &shots[i], &err), err);
        at = lengths[i] = to;
    }
    sono_clip_builder_free(b); /* snapshots outlive it */
    uint64_t last_revision = 0;
    for (int i = 0; i < N; i++) {
        Flat part = {2, lengths[i], {all.pcm[0], all.pcm[1]}};
        expect_equals_flat(shots[i], &part);
        assert_true(sono_clip_revision(shots[i]) > last_revision);
        last_revision = sono_clip_revision(shots[i]);
    }
    for (int i = 0; i + 1 < N; i++) { /* full blocks are the same objects in all of them */
        for (int64_t f = 0; f + B <= lengths[i]; f += B) {
            assert_true(sono_clip_shares_block(shots[i], shots[N - 1], 1, f));
        }
        sono_clip_unref(shots[i]);
    }
    assert_true(sono_pcm_store_stats(store).n_blocks <= 2 * 71);
    sono_clip_unref(shots[N - 1]);
    assert_int_equal(sono_pcm_store_stats(store).n_blocks, 0);
    flat_free(&all);
    sono_pcm_store_unref(store);
}

static void test_reads(void **state)
{
    (void)state;
    SonoPcmStore *store = store_new(0, NULL);
    Flat f = flat_noise(2, 3 * B + 777, 3);
    SonoClip *clip = clip_of_flat(store, &f);
    SonoPcmReader reader = sono_clip_reader(clip);
    SonoError err = {0};
    float *got = sono_alloc_aligned(5 * B, sizeof *got);
    uint64_t seed = 11;
    assert_non_null(got);
    for (int i = 0; i < 600; i++) {
        const int c = (int)pick(&seed, 2);
        const int64_t edge = B * pick(&seed, 5); /* half of them near a block's edge */
        const int64_t start = i % 2 ? edge - pick(&seed, 40) : pick(&seed, 5 * B) - B;
        const int64_t n = i % 3 ? pick(&seed, 80) : pick(&seed, 4 * B);
        memset(got, 0xff, (size_t)(n + 1) * sizeof *got);
        if (i % 5) {
            assert_ok(sono_clip_read(clip, c, start, n, got, &err), err);
        } else {
            assert_ok(reader.read(reader.ctx, c, start, n, got, &err), err);
        }
        for (int64_t k = 0; k < n; k++) {
            const int64_t at = start + k;
            const float want = at >= 0 && at < f.n_frames ? f.pcm[c][at] : 0.0f;
            if (memcmp(&want, &got[k], sizeof want) != 0) {
                fail_msg("frame %lld is %g, not %g", (long long)at, (double)got[k], (double)want);
            }
        }
        uint32_t guard = 0;
        memcpy(&guard, &got[n], sizeof guard);
        assert_int_equal(guard, UINT32_MAX); /* not a sample too many */
    }
    assert_ok(sono_clip_read(clip, 0, -(INT64_C(1) << 50), 9, got, &err), err);
    assert_ok(sono_clip_read(clip, 0, INT64_C(1) << 50, 9, got + 9, &err), err);
    for (int k = 0; k < 18; k++) {
        assert_true(got[k] == 0.0f);
    }
    assert_int_equal(sono_clip_read(clip, 2, 0, 1, got, &err), SONO_E_INVALID);
    assert_int_equal(sono_clip_read(clip, -1, 0, 1, got, &err), SONO_E_INVALID);
    assert_int_equal(sono_clip_read(clip, 0, 0, -1, got, &err), SONO_E_INVALID);
    assert_int_equal(sono_clip_read(clip, 0, INT64_MAX, 5, got, &err), SONO_E_INVALID);
    assert_int_equal(sono_clip_read(clip, 0, INT64_MIN, 5, got, &err), SONO_E_INVALID);
    assert_true(reader.n_channels == 2 && reader.n_frames == f.n_frames && reader.rate_hz == 48000.0);
    assert_true(reader.revision == sono_clip_revision(clip));
    sono_free(got);
    sono_clip_unref(clip);
    flat_free(&f);
    sono_pcm_store_unref(store);
}

/* Hundreds of splices at random, with undo to older clips; budget_bytes decides how much of it lives in the file. */
static void splice_at_random(uint64_t budget_bytes)
{
    enum { N_CH = 3, N_KEPT = 6 };
    const int64_t n_frames = 5 * B + 4321;
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(budget_bytes, dir);
    SonoError err = {0};
    SonoClip *clips[N_KEPT] = {0};
    Flat models[N_KEPT];
    uint64_t seed = 2024;
    models[0] = flat_noise(N_CH, n_frames, 8);
    clips[0] = clip_of_flat(store, &models[0]);
    for (int k = 1; k < N_KEPT; k++) {
        models[k] = flat_copy(&models[0]);
        clips[k] = sono_clip_ref(clips[0]);
    }
    for (int step = 0; step < N_STEPS; step++) {
        const int from = (int)pick(&seed, N_KEPT); /* any old state may be the one edited next */
        const int to = (int)pick(&seed, N_KEPT);
        int64_t start = pick(&seed, n_frames);
        int64_t n = pick(&seed, step % 4 ? 500 : n_frames);
        if (step % 5 == 0) { /* whole blocks */
            start = start / B * B;
            n = n / B * B + B;
        }
        n = n < n_frames - start ? n : n_frames - start;
        Flat patch = step % 7 == 0 ? flat_new(N_CH, n) : flat_noise(N_CH, n, seed); /* at times silence */
        const float *pcm[N_CH] = {0};
        Flat model = flat_copy(&models[from]);
        for (int c = 0; c < N_CH; c++) {
            const bool same = pick(&seed, 9) == 0;
            pcm[c] = pick(&seed, 3) == 0 ? NULL : same ? model.pcm[c] + start : patch.pcm[c];
            if (pcm[c] && !same && n > 0) {
                memcpy(model.pcm[c] + start, patch.pcm[c], (size_t)n * sizeof(float));
            }
        }
        SonoClip *next = NULL;
        assert_ok(sono_clip_splice(clips[from], start, n, pcm, &next, &err), err);
        assert_int_not_equal(sono_clip_revision(next), sono_clip_revision(clips[from]));
        for (int c = 0; c < N_CH; c++) {
            for (int64_t f = 0; f < n_frames; f += B) {
                const int64_t last = f + B < n_frames ? f + B : n_frames;
                const bool touched = pcm[c] && start < last && start + n > f;
                const bool equal =
                    memcmp(model.pcm[c] + f, models[from].pcm[c] + f, (size_t)(last - f) * sizeof(float)) == 0;
                if (!touched) {
                    assert_true(sono_clip_shares_block(clips[from], next, c, f));
                } else if (!equal) {
                    assert_false(sono_clip_shares_block(clips[from], next, c, f));
                }
            }
        }
        flat_free(&patch);
        flat_free(&models[to]);
        sono_clip_unref(clips[to]);
        models[to] = model;
        clips[to] = next;
        expect_equals_flat(clips[to], &models[to]);
        const int other = (int)pick(&seed, N_KEPT);
        expect_equals_flat(clips[other], &models[other]);
    }
    const SonoPcmStoreStats stats = sono_pcm_store_stats(store);
    assert_true(stats.resident_bytes <= stats.budget_bytes);
    for (int k = 0; k < N_KEPT; k++) {
        expect_equals_flat(clips[k], &models[k]);
        sono_clip_unref(clips[k]);
        flat_free(&models[k]);
    }
    const SonoPcmStoreStats empty = sono_pcm_store_stats(store);
    assert_true(empty.n_blocks == 0 && empty.resident_bytes == 0 && empty.spilled_bytes == 0);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

static void test_splices_resident(void **state)
{
    (void)state;
    splice_at_random(0);
}

static void test_splices_spilled(void **state)
{
    (void)state;
    splice_at_random(2 * BLOCK_BYTES);
}

static void test_splice_same_bits_shares(void **state)
{
    (void)state;
    SonoPcmStore *store = store_new(0, NULL);
    Flat f = flat_noise(1, 3 * B, 4);
    memset(f.pcm[0] + B, 0, B * sizeof(float)); /* the middle is silence */
    SonoClip *clip = clip_of_flat(store, &f);
    SonoClip *next = NULL;
    SonoError err = {0};
    const float *pcm[1] = {f.pcm[0] + 100};
    assert_ok(sono_clip_splice(clip, 100, 2 * B, pcm, &next, &err), err);
    for (int64_t at = 0; at < 3 * B; at += B) {
        assert_true(sono_clip_shares_block(clip, next, 0, at));
    }
    sono_clip_unref(next);
    float minus_zero[8] = {-0.0f, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f, -0.0f};
    pcm[0] = minus_zero; /* silence, yet not the same bits */
    assert_ok(sono_clip_splice(clip, B + 8, 8, pcm, &next, &err), err);
    memcpy(f.pcm[0] + B + 8, minus_zero, sizeof minus_zero);
    assert_false(sono_clip_shares_block(clip, next, 0, B));
    expect_equals_flat(next, &f);
    assert_false(sono_clip_shares_block(clip, next, 0, 3 * B)); /* no such place */
    assert_false(sono_clip_shares_block(clip, next, 1, 0));
    assert_false(sono_clip_shares_block(clip, next, 0, -1));
    sono_clip_unref(next);
    sono_clip_unref(clip);
    flat_free(&f);
    sono_pcm_store_unref(store);
}

static void test_splice_refuses_spans_outside(void **state)
{
    (void)state;
    static const struct {
        int64_t start_frame, n_frames;
    } bad[] = {{-1, 1}, {0, 1001}, {1000, 1}, {1001, 0}, {5, -1}, {INT64_MAX, 1}, {1, INT64_MAX}};
    SonoPcmStore *store = store_new(0, NULL);
    Flat f = flat_noise(1, 1000, 4);
    SonoClip *clip = clip_of_flat(store, &f);
    const float *pcm[1] = {f.pcm[0]};
    SonoError err = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        SonoClip *next = NULL;
        assert_int_equal(sono_clip_splice(clip, bad[i].start_frame, bad[i].n_frames, pcm, &next, &err), SONO_E_INVALID);
        assert_null(next);
    }
    SonoClip *next = NULL;
    assert_ok(sono_clip_splice(clip, 1000, 0, pcm, &next, &err), err);
    expect_equals_flat(next, &f);
    sono_clip_unref(next);
    sono_clip_unref(clip);
    sono_clip_unref(NULL);
    flat_free(&f);
    sono_pcm_store_unref(store);
}

static void test_builder_refuses(void **state)
{
    (void)state;
    SonoPcmStore *store = store_new(0, NULL);
    SonoClipBuilder *b = NULL;
    SonoError err = {0};
    assert_int_equal(sono_clip_builder_new(store, 48000.0, 0, &b, &err), SONO_E_INVALID);
    assert_int_equal(sono_clip_builder_new(store, 48000.0, 257, &b, &err), SONO_E_INVALID);
    assert_int_equal(sono_clip_builder_new(store, 0.0, 1, &b, &err), SONO_E_INVALID);
    assert_int_equal(sono_clip_builder_new(store, (double)INFINITY, 1, &b, &err), SONO_E_INVALID);
    assert_null(b);
    assert_ok(sono_clip_builder_new(store, 48000.0, SONO_MAX_CHANNELS, &b, &err), err);
    float frame = 0.5f;
    const float *pcm[SONO_MAX_CHANNELS];
    for (int c = 0; c < SONO_MAX_CHANNELS; c++) {
        pcm[c] = &frame;
    }
    assert_int_equal(sono_clip_builder_append(b, pcm, -1, &err), SONO_E_INVALID);
    assert_int_equal(sono_clip_builder_append(b, pcm, INT64_MAX, &err), SONO_E_INVALID);
    assert_ok(sono_clip_builder_append(b, pcm, 1, &err), err);
    SonoClip *clip = NULL;
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    float got = 0.0f;
    assert_ok(sono_clip_read(clip, 255, 0, 1, &got, &err), err);
    assert_true(got == 0.5f);
    sono_clip_unref(clip);
    sono_clip_builder_free(NULL);
    sono_pcm_store_unref(store);
}

/* A clip of n_pages x 64 blocks per channel, one page of sound over and over: length without its memory. */
static SonoClip *long_clip(SonoPcmStore *store, const Flat *page_of_sound, int64_t n_pages)
{
    SonoError err = {0};
    SonoClip *page = clip_of_flat(store, page_of_sound);
    SonoClip *clip = NULL;
    assert_int_equal(page->n_pages, 1);
    assert_ok(sono_clip_alloc(store, 48000.0, page->n_channels, n_pages * page->n_frames, &clip, &err), err);
    for (int c = 0; c < clip->n_channels; c++) {
        for (size_t p = 0; p < clip->n_pages; p++) {
            clip->pages[(size_t)c * clip->n_pages + p] = sono_page_ref(page->pages[c]);
        }
    }
    sono_clip_unref(page);
    return clip;
}

static size_t count_own_pages(const SonoClip *a, const SonoClip *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_pages * (size_t)a->n_channels; i++) {
        n += a->pages[i] != b->pages[i];
    }
    return n;
}

static void test_splice_cost_is_local(void **state)
{
    (void)state;
    enum { N_CH = 2, RATE = 48000, REPEATS = 40 };
    static const int64_t n_pages[] = {1, 124}; /* 87 s and 3 h */
    SonoPcmStore *store = store_new(0, NULL);
    Flat sound = flat_noise(N_CH, 64 * (int64_t)B, 6);
    Flat patch = flat_noise(N_CH, RATE, 7);
    for (size_t i = 0; i < 2; i++) {
        SonoError err = {0};
        SonoClip *clip = long_clip(store, &sound, n_pages[i]);
        const int64_t middle = sono_clip_n_frames(clip) / 2 + 1000;
        const uint64_t n_blocks = sono_pcm_store_stats(store).n_blocks;
        const float *pcm[N_CH] = {patch.pcm[0], patch.pcm[1]};
        double best_s = 1e9;
        for (int k = 0; k < REPEATS; k++) {
            SonoClip *next = NULL;
            const double t0_s = sono_now_s();
            assert_ok(sono_clip_splice(clip, middle, RATE, pcm, &next, &err), err);
            const double took_s = sono_now_s() - t0_s;
            best_s = took_s < best_s ? took_s : best_s;
            assert_int_equal(count_own_pages(clip, next), N_CH); /* one page per channel, wherever it is */
            assert_true(sono_pcm_store_stats(store).n_blocks - n_blocks <= 2 * N_CH);
            sono_clip_unref(next);
        }
        print_message("splice of 1 s, stereo, into %5.0f s: %.0f us\n", (double)sono_clip_n_frames(clip) / RATE,
                      best_s * 1e6);
        sono_clip_unref(clip);
    }
    flat_free(&patch);
    flat_free(&sound);
    sono_pcm_store_unref(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builder_in_portions),      cmocka_unit_test(test_builder_in_place),
        cmocka_unit_test(test_snapshots_while_building), cmocka_unit_test(test_reads),
        cmocka_unit_test(test_splices_resident),         cmocka_unit_test(test_splices_spilled),
        cmocka_unit_test(test_splice_same_bits_shares),  cmocka_unit_test(test_splice_refuses_spans_outside),
        cmocka_unit_test(test_builder_refuses),          cmocka_unit_test(test_splice_cost_is_local),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
