/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CPU painter against levels computed slice by slice, its orientation and calibration, and how little it reads. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "sono_mem.h"
#include "sono_picture.h"
#include "sono_test.h"
#include "sono_tile.h"

#define RATE 48000.0
#define N_FRAMES 96000

/* A sound in memory, which counts what is read of it. */
typedef struct Sound {
    float *x;
    _Atomic int64_t n_read, lowest, highest;
    bool broken;
} Sound;

static SonoStatus read_sound(void *ctx, int channel, int64_t start, int64_t n, float *dst, SonoError *err)
{
    Sound *s = ctx;
    (void)channel;
    if (s->broken) {
        return sono_fail(err, SONO_E_IO, "test: the disk is gone");
    }
    atomic_fetch_add(&s->n_read, n);
    int64_t seen = atomic_load(&s->lowest);
    while (start < seen && !atomic_compare_exchange_weak(&s->lowest, &seen, start)) {
    }
    seen = atomic_load(&s->highest);
    while (start + n > seen && !atomic_compare_exchange_weak(&s->highest, &seen, start + n)) {
    }
    for (int64_t i = 0; i < n; i++) {
        const int64_t at = start + i;
        dst[i] = at >= 0 && at < N_FRAMES ? s->x[at] : 0.0f;
    }
    return SONO_OK;
}

typedef struct Bench {
    Sound sound;
    SonoPcmReader reader;
    SonoEngine *engine;
    SonoPlan *plan;
} Bench;

static void setup(Bench *b, int n_threads, int size, int hop)
{
    SonoError err = {0};
    memset(b, 0, sizeof *b);
    b->sound.x = sono_alloc_aligned(N_FRAMES, sizeof(float));
    b->sound.lowest = INT64_MAX;
    b->reader = (SonoPcmReader){&b->sound, read_sound, RATE, 1, N_FRAMES, 0};
    assert_ok(sono_engine_new("cpu", n_threads, &b->engine, &err), err);
    SonoParams params = sono_params_defaults(sono_transform_find("stft")->params);
    params.v[SONO_STFT_SIZE] = size;
    params.v[SONO_STFT_HOP] = hop;
    assert_ok(sono_engine_plan(b->engine, sono_transform_find("stft"), &params, RATE, 0, &b->plan, &err), err);
}

static void teardown(Bench *b)
{
    sono_plan_unref(b->plan);
    sono_engine_free(b->engine);
    sono_free(b->sound.x);
}

static void fill_noise(Bench *b)
{
    uint64_t seed = 5;
    for (int i = 0; i < N_FRAMES; i++) {
        b->sound.x[i] = 0.3f * sono_test_noise(&seed) * (float)(i % 12000) / 12000.0f;
    }
}

/* A tone in the first half only. */
static void fill_sine(Bench *b, double freq_hz, double amplitude)
{
    for (int i = 0; i < N_FRAMES / 2; i++) {
        b->sound.x[i] = (float)(amplitude * sin(6.283185307179586 * freq_hz * i / RATE));
    }
}

static SonoPictureSpec whole(int width, int height)
{
    return (SonoPictureSpec){.width_px = width,
                             .height_px = height,
                             .t1_s = N_FRAMES / RATE,
                             .axis = {SONO_SCALE_LINEAR, 0, RATE / 2},
                             .floor_db = -100};
}

static float *paint(Bench *b, const SonoPictureSpec *spec)
{
    SonoError err = {0};
    float *level = sono_alloc_aligned((size_t)spec->width_px * (size_t)spec->height_px, sizeof *level);
    assert_ok(sono_picture_levels(b->engine, b->plan, &b->reader, spec, level, &err), err);
    return level;
}

static void a_sine_is_where_and_what_it_is(void **state)
{
    (void)state;
    static const SonoFreqAxis axes[] = {{SONO_SCALE_LINEAR, 0, 24000},
                                        {SONO_SCALE_LOG, 50, 24000},
                                        {SONO_SCALE_MEL, 0, 20000},
                                        {SONO_SCALE_LOG, 900, 1100}};
    Bench b;
    setup(&b, 2, 2048, 512);
    fill_sine(&b, 1000.0, 0.5); /* bin 42.67 */
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
        SonoPictureSpec spec = whole(200, 300);
        spec.axis = axes[i];
        float *level = paint(&b, &spec);
        const double expected_y = 300.0 * (1.0 - sono_freq_axis_position(&axes[i], 1000.0)) - 0.5;
        int loudest = 0;
        for (int y = 0; y < 300; y++) {
            if (level[y * 200 + 50] > level[loudest * 200 + 50]) {
                loudest = y;
            }
        }
        /* within a bin (23.4 Hz) and a pixel of its place, row 0 being the top */
        const double bin_px =
            300.0 * (sono_freq_axis_position(&axes[i], 1012) - sono_freq_axis_position(&axes[i], 988));
        assert_true(fabs(loudest - expected_y) <= 1.0 + bin_px);
        /* half a bin off its centre a Hann window reads at most 1.42 dB low */
        const float peak = level[loudest * 200 + 50];
        assert_true(peak <= -6.0f && peak >= -7.5f);
        assert_true(level[loudest * 200 + 150] < -190.0f); /* silence in the second half */
        sono_free(level);
    }
    teardown(&b);
}

/* Slice by slice, every slice and bin on its own. */
static void reference(Bench *b, const SonoPictureSpec *spec, float *level)
{
    SonoError err = {0};
    const double hop_s = (double)b->plan->slice_hop / RATE;
    const int n_bins = sono_plan_n_bins(b->plan);
    float *x = sono_alloc_aligned((size_t)b->plan->slice_len, sizeof *x);
    SonoCplx *c = sono_alloc_aligned(b->plan->n_coef, sizeof *c);
    float *column = sono_alloc_aligned((size_t)n_bins, sizeof *column);
    for (int px = 0; px < spec->width_px; px++) {
        const double from = spec->t0_s + (spec->t1_s - spec->t0_s) * px / spec->width_px;
        const double to = spec->t0_s + (spec->t1_s - spec->t0_s) * (px + 1) / spec->width_px;
        memset(column, 0, (size_t)n_bins * sizeof *column);
        for (int64_t m = (int64_t)(from / hop_s) - 2; m <= (int64_t)(to / hop_s) + 2; m++) {
            if ((double)m < from / hop_s || (double)m >= to / hop_s) {
                continue;
            }
            const SonoSlices one = {m, 1};
            const SonoSpan span = sono_plan_support(b->plan, one);
            assert_ok(read_sound(&b->sound, 0, span.start_frame, span.n_frames, x, &err), err);
            assert_ok(sono_engine_analyse(b->engine, b->plan, x, span, one, c, &err), err);
            for (int k = 0; k < n_bins; k++) {
                column[k] = fmaxf(column[k], hypotf(c[k].re, c[k].im));
            }
        }
        for (int y = 0; y < spec->height_px; y++) {
            const double low = spec->axis.f1_hz * (spec->height_px - 1 - y) / spec->height_px;
            const double high = spec->axis.f1_hz * (spec->height_px - y) / spec->height_px;
            float most = 0.0f;
            for (int k = 0; k < n_bins; k++) {
                const double f = k * RATE / (double)b->plan->atoms[0].n_fft;
                most = f >= low && f < high ? fmaxf(most, column[k]) : most;
            }
            const double db = 20.0 * log10((double)most * b->plan->atoms[0].level_scale);
            level[y * spec->width_px + px] = (float)fmax(db, -200.0);
        }
    }
    sono_free(x);
    sono_free(c);
    sono_free(column);
}

static void pixels_are_maxima_of_what_they_cover(void **state)
{
    (void)state;
    Bench b;
    setup(&b, 2, 1024, 256);
    fill_noise(&b);
    const SonoPictureSpec spec = whole(37, 41);
    float *level = paint(&b, &spec);
    float *expected = sono_alloc_aligned(37 * 41, sizeof *expected);
    reference(&b, &spec, expected);
    for (int i = 0; i < 37 * 41; i++) {
        assert_true(fabsf(level[i] - expected[i]) < 1e-3f);
    }
    sono_free(expected);
    sono_free(level);
    teardown(&b);
}

static void small_pixels_lie_between_their_neighbours(void **state)
{
    (void)state;
    Bench b;
    setup(&b, 1, 256, 128);
    fill_noise(&b);
    SonoPictureSpec spec = whole(64, 64);
    spec.t0_s = 0.5; /* 187.5 slices: four columns per slice, eight rows per bin */
    spec.t1_s = 0.5 + 16 * 128 / RATE;
    spec.axis = (SonoFreqAxis){SONO_SCALE_LINEAR, 10 * RATE / 256, 18 * RATE / 256};
    float *level = paint(&b, &spec);
    float least = 1e9f, most = -1e9f;
    for (int y = 1; y < 63; y++) {
        for (int x = 1; x < 63; x++) {
            const float here = level[y * 64 + x];
            /* piecewise linear in dB: no jump between neighbours beyond a part of the whole range */
            assert_true(fabsf(here - level[y * 64 + x + 1]) < 25.0f);
            assert_true(fabsf(here - level[(y + 1) * 64 + x]) < 25.0f);
            least = fminf(least, here);
            most = fmaxf(most, here);
        }
    }
    assert_true(most - least > 10.0f); /* and it is not just flat */
    sono_free(level);
    teardown(&b);
}

static void the_number_of_threads_changes_no_bit(void **state)
{
    (void)state;
    float *first = NULL;
    for (int threads = 1; threads <= 3; threads++) {
        Bench b;
        setup(&b, threads, 2048, 500);
        fill_noise(&b);
        const SonoPictureSpec spec = whole(123, 77);
        float *level = paint(&b, &spec);
        if (first) {
            assert_memory_equal(level, first, 123 * 77 * sizeof *level);
            sono_free(level);
        } else {
            first = level;
        }
        teardown(&b);
    }
    sono_free(first);
}

static void a_quick_look_reads_little_and_never_shows_more(void **state)
{
    (void)state;
    Bench b;
    setup(&b, 2, 512, 128);
    fill_noise(&b);
    SonoPictureSpec spec = whole(20, 50);
    float *exact = paint(&b, &spec);
    b.sound.n_read = 0;
    spec.provisional = true;
    float *quick = paint(&b, &spec);
    assert_true(b.sound.n_read <= 20 * 4 * 512);
    float most = -1e9f;
    for (int i = 0; i < 20 * 50; i++) {
        assert_true(quick[i] <= exact[i]);
        most = fmaxf(most, quick[i]);
    }
    assert_true(most > -60.0f);
    sono_free(exact);
    sono_free(quick);
    teardown(&b);
}

static void only_what_is_shown_is_read(void **state)
{
    (void)state;
    Bench b;
    setup(&b, 2, 1024, 256);
    fill_noise(&b);
    SonoPictureSpec spec = whole(100, 50);
    spec.t0_s = 1.0;
    spec.t1_s = 1.1;
    float *level = paint(&b, &spec);
    assert_true(b.sound.lowest >= 48000 - 1024 && b.sound.highest <= 52800 + 1024);
    sono_free(level);
    teardown(&b);
}

static void failures_are_reported(void **state)
{
    (void)state;
    Bench b;
    SonoError err = {0};
    float level[100];
    setup(&b, 2, 1024, 256);
    SonoPictureSpec spec = whole(10, 10);
    b.sound.broken = true;
    assert_int_equal(sono_picture_levels(b.engine, b.plan, &b.reader, &spec, level, &err), SONO_E_IO);
    assert_string_equal(err.message, "test: the disk is gone");
    b.sound.broken = false;
    const SonoPictureSpec good = spec;
    spec.channel = 1;
    assert_int_equal(sono_picture_levels(b.engine, b.plan, &b.reader, &spec, level, &err), SONO_E_RANGE);
    spec = good;
    spec.width_px = 0;
    assert_int_equal(sono_picture_levels(b.engine, b.plan, &b.reader, &spec, level, &err), SONO_E_RANGE);
    spec = good;
    spec.t1_s = 0.0;
    assert_int_equal(sono_picture_levels(b.engine, b.plan, &b.reader, &spec, level, &err), SONO_E_RANGE);
    spec.t1_s = NAN;
    assert_int_equal(sono_picture_levels(b.engine, b.plan, &b.reader, &spec, level, &err), SONO_E_RANGE);
    spec = good;
    spec.axis = (SonoFreqAxis){SONO_SCALE_LOG, 0, 100};
    assert_int_equal(sono_picture_levels(b.engine, b.plan, &b.reader, &spec, level, &err), SONO_E_RANGE);
    teardown(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sine_is_where_and_what_it_is),
        cmocka_unit_test(pixels_are_maxima_of_what_they_cover),
        cmocka_unit_test(small_pixels_lie_between_their_neighbours),
        cmocka_unit_test(the_number_of_threads_changes_no_bit),
        cmocka_unit_test(a_quick_look_reads_little_and_never_shows_more),
        cmocka_unit_test(only_what_is_shown_is_read),
        cmocka_unit_test(failures_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
