/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peaks against brute force over the samples, resident and spilled, and their cost on hours of sound. */
#include "pcm_test.h"

#include <math.h>

#include "../../src/pcm/clip_internal.h"
#include "sono_clock.h"

#define B SONO_BLOCK_FRAMES

/* The contract, word for word: column i covers frames start + i*n/n_columns, rounded down, at least one frame. */
static void expect_peaks(const SonoClip *clip, const Flat *f, int channel, int64_t start, int64_t n, int n_columns)
{
    SonoError err = {0};
    SonoPeak *got = sono_calloc((size_t)n_columns, sizeof *got);
    assert_non_null(got);
    assert_ok(sono_clip_peaks(clip, channel, start, n, n_columns, got, &err), err);
    for (int64_t i = 0; i < n_columns; i++) {
        const int64_t from = start + i * n / n_columns;
        int64_t to = start + (i + 1) * n / n_columns;
        to = to > from ? to : from + 1;
        float lo = INFINITY;
        float hi = -INFINITY;
        double sum_sq = 0.0;
        for (int64_t k = from; k < to; k++) {
            const float x = k >= 0 && k < f->n_frames ? f->pcm[channel][k] : 0.0f;
            lo = x < lo ? x : lo;
            hi = x > hi ? x : hi;
            sum_sq += (double)x * (double)x;
        }
        const double rms = sqrt(sum_sq / (double)(to - from));
        if (got[i].min != lo || got[i].max != hi || !(fabs((double)got[i].rms - rms) <= 1e-5 * rms)) {
            fail_msg("frames %lld to %lld: %.9g %.9g %.9g, not %.9g %.9g %.9g", (long long)from, (long long)to,
                     (double)got[i].min, (double)got[i].max, (double)got[i].rms, (double)lo, (double)hi, rms);
        }
    }
    sono_free(got);
}

/* Noise whose level wanders, so that every column differs, with silent and partly silent blocks. */
static Flat lively_sound(int64_t n_frames)
{
    Flat f = flat_noise(2, n_frames, 31);
    for (int c = 0; c < 2; c++) {
        for (int64_t i = 0; i < n_frames; i++) {
            const double level = exp(-4.0 + 3.0 * sin((double)i * 1e-4 + c) + 1.5 * sin((double)i * 7e-3));
            f.pcm[c][i] = (float)((double)f.pcm[c][i] * level + 0.01 * c);
        }
    }
    memset(f.pcm[0] + 2 * B, 0, B * sizeof(float));
    memset(f.pcm[1] + 3 * B - 999, 0, 3000 * sizeof(float));
    return f;
}

static void compare_with_brute_force(uint64_t budget_bytes)
{
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(budget_bytes, dir);
    Flat f = lively_sound(6 * B + 321);
    SonoClip *clip = clip_of_flat(store, &f);
    uint64_t seed = 17;
    for (int c = 0; c < 2; c++) {
        expect_peaks(clip, &f, c, 0, f.n_frames, 1);
        expect_peaks(clip, &f, c, 0, f.n_frames, 7); /* long columns: edges straight from the file */
        expect_peaks(clip, &f, c, 0, f.n_frames, 90);
        expect_peaks(clip, &f, c, 0, f.n_frames, 1500);
        expect_peaks(clip, &f, c, -B, f.n_frames + 2 * B, 33);
        expect_peaks(clip, &f, c, 12345, 100, 250); /* fewer frames than columns */
        expect_peaks(clip, &f, c, B - 5, 10, 10);
        expect_peaks(clip, &f, c, f.n_frames - 1, 2, 2);
        expect_peaks(clip, &f, c, 5, 0, 3);
        expect_peaks(clip, &f, c, 20 * (int64_t)B, 1000, 3);
        for (int64_t frames = 256; frames <= B; frames *= 4) { /* spans on and beside the pyramid's steps */
            for (int64_t d = -1; d <= 1; d++) {
                expect_peaks(clip, &f, c, frames + d, 2 * frames, 1);
                expect_peaks(clip, &f, c, frames, 2 * frames + d, 1);
            }
        }
    }
    for (int i = 0; i < 400; i++) {
        const int64_t start = pick(&seed, 8 * B) - B;
        expect_peaks(clip, &f, i % 2, start, 1 + pick(&seed, i % 3 ? 5000 : 6 * B), 1 + (int)pick(&seed, 40));
    }
    const SonoPcmStoreStats stats = sono_pcm_store_stats(store);
    assert_true(stats.resident_bytes <= stats.budget_bytes);
    assert_true((stats.n_loads > 0) == (budget_bytes > 0));
    sono_clip_unref(clip);
    flat_free(&f);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

static void test_peaks_resident(void **state)
{
    (void)state;
    compare_with_brute_force(0);
}

static void test_peaks_spilled(void **state)
{
    (void)state;
    compare_with_brute_force(2 * BLOCK_BYTES);
}

static void test_peaks_after_splice(void **state)
{
    (void)state;
    SonoPcmStore *store = store_new(0, NULL);
    Flat f = lively_sound(4 * B);
    SonoClip *clip = clip_of_flat(store, &f);
    SonoClip *next = NULL;
    SonoError err = {0};
    Flat loud = flat_noise(2, 700, 99);
    const float *pcm[2] = {loud.pcm[0], NULL};
    for (int i = 0; i < 700; i++) {
        loud.pcm[0][i] *= 1e20f; /* squares beyond float32 */
    }
    assert_ok(sono_clip_splice(clip, B - 300, 700, pcm, &next, &err), err);
    expect_peaks(clip, &f, 0, 0, 3 * B, 100);
    memcpy(f.pcm[0] + B - 300, loud.pcm[0], 700 * sizeof(float));
    expect_peaks(next, &f, 0, 0, 3 * B, 100);
    expect_peaks(next, &f, 0, 0, 3 * B, 1);
    expect_peaks(next, &f, 1, 0, 3 * B, 100);
    flat_free(&loud);
    flat_free(&f);
    sono_clip_unref(next);
    sono_clip_unref(clip);
    sono_pcm_store_unref(store);
}

static void test_peaks_refuse(void **state)
{
    (void)state;
    SonoPcmStore *store = store_new(0, NULL);
    Flat f = flat_noise(1, 100, 1);
    SonoClip *clip = clip_of_flat(store, &f);
    SonoError err = {0};
    SonoPeak peak = {0};
    assert_int_equal(sono_clip_peaks(clip, 1, 0, 10, 1, &peak, &err), SONO_E_INVALID);
    assert_int_equal(sono_clip_peaks(clip, 0, 0, -1, 1, &peak, &err), SONO_E_INVALID);
    assert_int_equal(sono_clip_peaks(clip, 0, 0, 10, -1, &peak, &err), SONO_E_INVALID);
    assert_int_equal(sono_clip_peaks(clip, 0, INT64_MAX, 10, 1, &peak, &err), SONO_E_INVALID);
    assert_ok(sono_clip_peaks(clip, 0, 0, 10, 0, NULL, &err), err);
    sono_clip_unref(clip);
    flat_free(&f);
    sono_pcm_store_unref(store);
}

/* An overview of hours must not read hours: count what is loaded, print the time. */
static void test_overview_of_three_hours(void **state)
{
    (void)state;
    enum { N_COLUMNS = 1500, N_PAGES = 124 };
    char dir[64];
    make_temp_dir(dir);
    SonoPcmStore *store = store_new(8 * BLOCK_BYTES, dir);
    Flat sound = flat_noise(2, 64 * (int64_t)B, 6);
    SonoClip *page = clip_of_flat(store, &sound);
    SonoClip *clip = NULL;
    SonoError err = {0};
    assert_ok(sono_clip_alloc(store, 48000.0, 2, N_PAGES * page->n_frames, &clip, &err), err);
    for (size_t i = 0; i < 2 * clip->n_pages; i++) {
        clip->pages[i] = sono_page_ref(page->pages[i / clip->n_pages]);
    }
    static SonoPeak peaks[N_COLUMNS];
    const uint64_t n_loads = sono_pcm_store_stats(store).n_loads;
    double best_s = 1e9;
    for (int k = 0; k < 5; k++) {
        const double t0_s = sono_now_s();
        for (int c = 0; c < 2; c++) {
            assert_ok(sono_clip_peaks(clip, c, 0, sono_clip_n_frames(clip), N_COLUMNS, peaks, &err), err);
        }
        const double took_s = sono_now_s() - t0_s;
        best_s = took_s < best_s ? took_s : best_s;
    }
    assert_int_equal(sono_pcm_store_stats(store).n_loads, n_loads);
    for (int i = 0; i < N_COLUMNS; i++) {
        assert_true(peaks[i].min < -0.99f && peaks[i].max > 0.99f);
        assert_true(fabs((double)peaks[i].rms - sqrt(1.0 / 3.0)) < 0.01);
    }
    print_message("%d columns of %.1f h, stereo, all but 8 blocks spilled: %.2f ms\n", N_COLUMNS,
                  (double)sono_clip_n_frames(clip) / 48000.0 / 3600.0, best_s * 1e3);
    sono_clip_unref(clip);
    sono_clip_unref(page);
    flat_free(&sound);
    sono_pcm_store_unref(store);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peaks_resident),          cmocka_unit_test(test_peaks_spilled),
        cmocka_unit_test(test_peaks_after_splice),      cmocka_unit_test(test_peaks_refuse),
        cmocka_unit_test(test_overview_of_three_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
