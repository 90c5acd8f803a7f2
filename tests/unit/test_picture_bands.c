/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CPU painter on plans over frequency: sines where and as loud as they are, no pixel without sound at any width,
 * the loudest never below the mean, and a mean that does not depend on the width; means on an STFT too. */
#include "band_fixture.h"
#include "sono_picture.h"
#include "sono_test.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

#define N_FRAMES 480000
#define HEIGHT 160

static const BandCase cases[] = {
    {"stft", ""}, {"slicq", ""}, {"slicq", "slice=8192 bins_per_octave=12 fmin_hz=100 hop_eighths=4"},
    {"erb", ""},  {"nsgt", ""},
};
#define N_CASES (sizeof cases / sizeof *cases)

static float *paint_on(SonoEngine *engine, const SonoPlan *plan, BandSound *sound, SonoFreqAxis axis, double t0_s,
                       double t1_s, int width, SonoPool pool)
{
    SonoError err = {0};
    const SonoPcmReader reader = band_reader(sound, 1);
    const SonoPictureSpec spec = {.width_px = width,
                                  .height_px = HEIGHT,
                                  .t0_s = t0_s,
                                  .t1_s = t1_s,
                                  .axis = axis,
                                  .floor_db = -100.0,
                                  .ceiling_db = 0.0,
                                  .pool = pool};
    float *level_db = sono_alloc_aligned((size_t)width * HEIGHT, sizeof *level_db);
    assert_non_null(level_db);
    assert_ok(sono_picture_levels(engine, plan, &reader, &spec, level_db, &err), err);
    return level_db;
}

static float *paint(SonoEngine *engine, const SonoPlan *plan, BandSound *sound, double t0_s, double t1_s, int width,
                    SonoPool pool)
{
    return paint_on(engine, plan, sound, (SonoFreqAxis){SONO_SCALE_LOG, 150.0, 15000.0}, t0_s, t1_s, width, pool);
}

static double mean_db(const float *level_db, int width)
{
    double sum = 0.0;
    for (int i = 0; i < width * HEIGHT; i++) {
        sum += pow(10.0, 0.1 * (double)level_db[i]);
    }
    return 10.0 * log10(sum / (width * HEIGHT));
}

/* From some pixels per column of the plan to many columns per pixel, and around one to one. */
static void check_noise(SonoEngine *engine, const SonoPlan *plan)
{
    static const double columns_per_px[] = {0.3, 0.97, 1.0, 1.02, 1.24, 1.26, 1.9, 2.5, 7.7, 40.0, 900.0};
    BandSound *sound = band_sound_new(N_FRAMES);
    band_sound_add_noise(sound, 0.3f);
    const double hop_s = (double)plan->picture_hop / BAND_RATE;
    double first_mean = NAN;
    for (size_t i = 0; i < sizeof columns_per_px / sizeof *columns_per_px; i++) {
        const double px_s = columns_per_px[i] * hop_s;
        const int width = (int)fmin(300.0, 6.0 / px_s);
        if (width < 1) {
            continue; /* pixels longer than what there is */
        }
        float *most = paint(engine, plan, sound, 2.0, 2.0 + width * px_s, width, SONO_POOL_MAX);
        float *mean = paint(engine, plan, sound, 2.0, 2.0 + width * px_s, width, SONO_POOL_MEAN);
        for (int p = 0; p < width * HEIGHT; p++) {
            assert_true(most[p] > -120.0f && most[p] >= mean[p] - 1e-3f);
        }
        if (columns_per_px[i] > 5.0) { /* enough sound for a mean */
            first_mean = isnan(first_mean) ? mean_db(mean, width) : first_mean;
            assert_true(fabs(mean_db(mean, width) - first_mean) < 0.7);
        }
        sono_free(most);
        sono_free(mean);
    }
    band_sound_free(sound);
}

static void test_noise(void **state)
{
    (void)state;
    SonoEngine *engine = band_engine(2);
    for (size_t i = 0; i < N_CASES; i++) {
        SonoPlan *plan = band_plan(engine, &cases[i], N_FRAMES);
        print_message("%s %s\n", cases[i].transform, cases[i].params);
        check_noise(engine, plan);
        sono_plan_unref(plan);
    }
    sono_engine_free(engine);
}

/* A steady sine has one level however time is pooled; it lies in the pixel row of its frequency. Pixels are smaller
 * than rows here: their level is between those of two rows. */
static void test_sine(void **state)
{
    (void)state;
    SonoEngine *engine = band_engine(2);
    const SonoFreqAxis axis = {SONO_SCALE_LOG, 1200.0, 1800.0};
    for (size_t i = 1; i < N_CASES; i++) {
        SonoPlan *plan = band_plan(engine, &cases[i], N_FRAMES);
        const double freq_hz = sono_plan_row_hz(plan, floor(sono_plan_row_at(plan, 1500.0) + 0.5));
        const double y = HEIGHT * (1.0 - sono_freq_axis_position(&axis, freq_hz));
        BandSound *sound = band_sound_new(N_FRAMES);
        band_sound_add_sine(sound, 0.25, freq_hz);
        float *most = paint_on(engine, plan, sound, axis, 3.0, 6.0, 50, SONO_POOL_MAX);
        float *mean = paint_on(engine, plan, sound, axis, 3.0, 6.0, 50, SONO_POOL_MEAN);
        int best = 0;
        for (int p = 0; p < HEIGHT; p++) {
            best = most[p * 50 + 25] > most[best * 50 + 25] ? p : best;
        }
        assert_true(fabs(best + 0.5 - y) <= 1.01);
        assert_true(fabs((double)most[best * 50 + 25] - 20.0 * log10(0.25)) < 0.5);
        assert_true(fabsf(most[best * 50 + 25] - mean[best * 50 + 25]) < 0.05f);
        sono_free(most);
        sono_free(mean);
        band_sound_free(sound);
        sono_plan_unref(plan);
    }
    sono_engine_free(engine);
}

/* How many threads paint, and so how a picture is cut, changes no bit. */
static void test_threads(void **state)
{
    (void)state;
    SonoEngine *alone = band_engine(1);
    SonoEngine *many = band_engine(3);
    BandSound *sound = band_sound_new(N_FRAMES);
    band_sound_add_noise(sound, 0.3f);
    for (size_t i = 0; i < N_CASES; i++) {
        SonoPlan *plan = band_plan(alone, &cases[i], N_FRAMES);
        for (int k = 0; k < 2; k++) {
            float *a = paint(alone, plan, sound, -1.0, 11.0, 333, k ? SONO_POOL_MEAN : SONO_POOL_MAX);
            float *b = paint(many, plan, sound, -1.0, 11.0, 333, k ? SONO_POOL_MEAN : SONO_POOL_MAX);
            assert_memory_equal(a, b, 333 * HEIGHT * sizeof *a);
            assert_true(a[5] < -100.0f); /* before the sound */
            sono_free(a);
            sono_free(b);
        }
        sono_plan_unref(plan);
    }
    band_sound_free(sound);
    sono_engine_free(alone);
    sono_engine_free(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_sine),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
