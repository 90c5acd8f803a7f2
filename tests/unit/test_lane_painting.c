/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the widgets around the canvas draw, without a display: waveforms as pixels, selections as spans of time. */
#include "lane_times.h"
#include "sono_test.h"
#include "wave_paint.h"

#include <math.h>
#include <string.h>

#define N 64
#define HEIGHT 40

static const WaveLook look = {
    .height_px = HEIGHT, .gain = 1.0, .wave = 0xff203040, .rms = 0xff80a0c0, .clip = 0xffff0000};

static void columns_reach_from_minimum_to_maximum(void **state)
{
    (void)state;
    uint32_t pixels[HEIGHT][N] = {0};
    SonoPeak peaks[N];
    for (int i = 0; i < N; i++) {
        peaks[i] = (SonoPeak){-0.5f, 0.25f, 0.1f};
    }
    wave_paint(&look, peaks, N, pixels[0], N);
    for (int y = 0; y < HEIGHT; y++) {
        const uint32_t wanted = y < 15 || y >= 30 ? 0u : y >= 18 && y < 22 ? look.rms : look.wave;
        for (int i = 0; i < N; i++) {
            assert_int_equal(pixels[y][i], wanted);
        }
    }
}

/* Ends between pixels are soft: the sum over a column is its length, whatever the phase. */
static void ends_are_soft(void **state)
{
    (void)state;
    for (int k = 0; k < 50; k++) {
        uint32_t pixels[HEIGHT] = {0};
        const SonoPeak peak = {-0.3f, 0.3f + 0.01f * (float)k, 0.0f};
        double alpha = 0.0;
        wave_paint(&look, &peak, 1, pixels, 1);
        for (int y = 0; y < HEIGHT; y++) {
            alpha += (pixels[y] >> 24) / 255.0;
            assert_true((pixels[y] & 0xff) <= (pixels[y] >> 24)); /* premultiplied */
        }
        assert_true(fabs(alpha - 20.0 * (0.6 + 0.01 * k)) < 0.05);
    }
}

static void neighbours_are_joined_and_silence_is_not_drawn(void **state)
{
    (void)state;
    uint32_t pixels[HEIGHT][3] = {0};
    const SonoPeak peaks[3] = {{0.7f, 0.8f, 0.75f}, {-0.8f, -0.7f, 0.75f}, {0.0f, 0.0f, 0.0f}};
    wave_paint(&look, peaks, 3, pixels[0], 3);
    for (int y = 6; y < 34; y++) { /* from 0.7 to -0.7 in one stroke */
        assert_int_not_equal(pixels[y][1], 0);
    }
    memset(pixels, 0, sizeof pixels);
    wave_paint(&look, (const SonoPeak[3]){{0}}, 3, pixels[0], 3);
    for (int y = 0; y < HEIGHT; y++) {
        assert_int_equal(pixels[y][0] | pixels[y][1] | pixels[y][2], 0);
    }
}

static void full_scale_is_marked(void **state)
{
    (void)state;
    uint32_t pixels[HEIGHT][3] = {0};
    const SonoPeak peaks[3] = {{-0.999f, 0.999f, 0.5f}, {-0.5f, 1.0f, 0.5f}, {-3.0f, 0.9f, 0.5f}};
    wave_paint(&look, peaks, 3, pixels[0], 3);
    assert_int_not_equal(pixels[0][0], look.clip);
    assert_int_not_equal(pixels[HEIGHT - 1][0], look.clip);
    assert_int_equal(pixels[0][1], look.clip);
    assert_int_equal(pixels[HEIGHT - 1][2], look.clip);
}

static void scales_are_what_they_say(void **state)
{
    (void)state;
    const WaveLook decibels = {.height_px = HEIGHT, .gain = 1.0, .decibels = true};
    assert_true(fabs(wave_position(&decibels, 1.0) - 1.0) < 1e-12);
    assert_true(fabs(wave_position(&decibels, -0.1) + 1.0 - 20.0 / WAVE_DB_SPAN) < 1e-9);
    assert_true(wave_position(&decibels, 1e-4) == 0.0);
    assert_true(wave_position(&decibels, 0.0) == 0.0);
    const WaveLook loud = {.height_px = HEIGHT, .gain = 4.0};
    assert_true(wave_position(&loud, 0.2) == 0.8);
    assert_true(wave_position(&loud, 0.9) == 1.0);
    /* whatever comes, nothing is written outside */
    uint32_t guarded[HEIGHT + 2] = {7};
    guarded[HEIGHT + 1] = 7;
    for (int k = 0; k < 200; k++) {
        const float x = (float)pow(10.0, 0.1 * k - 10.0);
        wave_paint(&loud, &(SonoPeak){-x, 2.0f * x, x}, 1, guarded + 1, 1);
    }
    assert_int_equal(guarded[0], 7);
    assert_int_equal(guarded[HEIGHT + 1], 7);
}

static void add_box(SonoSelection *s, SonoCombine how, double t0_s, double t1_s, double f0_hz, double f1_hz)
{
    SonoError err = {0};
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .combine = how, .box = {t0_s, t1_s, f0_hz, f1_hz}};
    assert_ok(sono_mask_add(&s->mask, &box, &err), err);
}

static void expect_spans(const SonoSelection *s, int n, const double (*spans)[2])
{
    LaneTimes times;
    lane_times(s, 10.0, 20000.0, &times);
    assert_int_equal(times.n, n);
    for (int i = 0; i < n; i++) {
        assert_true(fabs(times.spans[i].t0_s - spans[i][0]) < 1e-9 && fabs(times.spans[i].t1_s - spans[i][1]) < 1e-9);
    }
}

static void selections_are_spans_of_time(void **state)
{
    (void)state;
    SonoSelection s = {0};
    expect_spans(&s, 0, NULL);
    add_box(&s, SONO_COMBINE_ADD, 5.0, 6.0, 100.0, 200.0);
    add_box(&s, SONO_COMBINE_ADD, 1.0, 2.0, 0.0, 20000.0);
    expect_spans(&s, 2, (const double[][2]){{1.0, 2.0}, {5.0, 6.0}});
    add_box(&s, SONO_COMBINE_ADD, 1.5, 3.0, 0.0, 500.0);
    expect_spans(&s, 2, (const double[][2]){{1.0, 3.0}, {5.0, 6.0}});
    add_box(&s, SONO_COMBINE_SUBTRACT, 1.2, 2.5, 0.0, 20000.0);
    expect_spans(&s, 3, (const double[][2]){{1.0, 1.2}, {2.5, 3.0}, {5.0, 6.0}});
    add_box(&s, SONO_COMBINE_SUBTRACT, 0.0, 9.0, 300.0, 400.0); /* a band leaves the times */
    expect_spans(&s, 3, (const double[][2]){{1.0, 1.2}, {2.5, 3.0}, {5.0, 6.0}});
    add_box(&s, SONO_COMBINE_INTERSECT, 2.7, 5.5, 0.0, 20000.0);
    expect_spans(&s, 2, (const double[][2]){{2.7, 3.0}, {5.0, 5.5}});
    add_box(&s, SONO_COMBINE_ADD, 0.0, 50.0, 0.0, 1.0); /* no farther than the sound */
    expect_spans(&s, 1, (const double[][2]){{0.0, 10.0}});
    sono_mask_clear(&s.mask);
    for (int i = 0; i < 100; i++) { /* more than fit: as one */
        add_box(&s, SONO_COMBINE_ADD, 0.05 * i, 0.05 * i + 0.01, 0.0, 20000.0);
    }
    expect_spans(&s, 1, (const double[][2]){{0.0, 4.96}});
    sono_mask_clear(&s.mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_reach_from_minimum_to_maximum),
        cmocka_unit_test(ends_are_soft),
        cmocka_unit_test(neighbours_are_joined_and_silence_is_not_drawn),
        cmocka_unit_test(full_scale_is_marked),
        cmocka_unit_test(scales_are_what_they_say),
        cmocka_unit_test(selections_are_spans_of_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
