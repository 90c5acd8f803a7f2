/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of plans over frequency: sines and clicks are where they should be and as loud, at every level of time;
 * coarse levels are the maximum of fine ones; a column is the same wherever it is made. */
#include "band_fixture.h"
#include "sono_test.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

/* A peak that falls between two coefficients of a band, at the plan's own number of them: Hann bands lose 1.42 dB. */
#define BETWEEN_COEFS_DB 1.5

typedef void (*CaseFn)(SonoEngine *engine, const SonoPlan *plan);

static void for_each_case(int64_t n_frames, CaseFn fn)
{
    SonoEngine *engine = band_engine(2);
    for (const BandCase *c = band_cases; c->transform; c++) {
        SonoPlan *plan = band_plan(engine, c, n_frames);
        print_message("%s %s\n", c->transform, c->params);
        fn(engine, plan);
        sono_plan_unref(plan);
    }
    sono_engine_free(engine);
}

#define SINE_FRAMES (20 * 48000)

/* The loudest row of a column. */
static int32_t loudest_row(const SonoStrip *strip, int64_t col)
{
    int32_t best = 0;
    for (int32_t r = 1; r < strip->n_rows; r++) {
        best = band_texel(strip, col, r)[0] > band_texel(strip, col, best)[0] ? r : best;
    }
    return best;
}

/* A sine off a row's centre, by parts of a row; only at the centre is its level read from one row. */
static void check_sine(SonoEngine *engine, const SonoPlan *plan, int32_t row, double off)
{
    BandSound *sound = band_sound_new(SINE_FRAMES);
    band_sound_add_sine(sound, 0.5, sono_plan_row_hz(plan, row + off));
    for (int level_t = 0; level_t < 14; level_t += 3) {
        const int64_t width = plan->picture_hop << level_t;
        const int64_t col = SINE_FRAMES / 2 / width;
        SonoStrip *strip = band_strip(engine, plan, sound, level_t, 0, col / SONO_TILE_INNER);
        const float *texel = band_texel(strip, col, row);
        assert_int_equal(loudest_row(strip, col), row);
        if (off == 0.0) {
            assert_true(fabs((double)texel[0] - 20.0 * log10(0.5)) < 0.1);
        }
        if (level_t > 0) {
            assert_true(fabs((double)texel[1] - off) < 0.02);
        }
        sono_strip_unref(strip);
    }
    band_sound_free(sound);
}

static void sines(SonoEngine *engine, const SonoPlan *plan)
{
    const int32_t rows[] = {plan->n_rows / 5, plan->n_rows / 2, plan->n_rows - 3};
    for (int i = 0; i < 3; i++) {
        check_sine(engine, plan, rows[i], 0.0);
        check_sine(engine, plan, rows[i], 0.3);
        check_sine(engine, plan, rows[i], -0.3);
    }
}

static void test_sines(void **state)
{
    (void)state;
    for_each_case(SINE_FRAMES, sines);
}

#define CLICK_AT 333333
#define CLICK_FRAMES (CLICK_AT + 300000)

static void clicks(SonoEngine *engine, const SonoPlan *plan)
{
    const SonoPlan *picture = plan->picture ? plan->picture : plan;
    BandSound *sound = band_sound_new(CLICK_FRAMES);
    sound->pcm[CLICK_AT] = 1.0f;
    for (int level_t = 0; level_t < 11; level_t++) {
        const int64_t width = plan->picture_hop << level_t;
        const int64_t col = CLICK_AT / width;
        const int64_t at = col > 120 ? col - 120 : 0;
        float *texels = band_columns(engine, plan, sound, level_t, at, 240);
        for (int32_t r = plan->n_rows / 3; r < plan->n_rows; r++) {
            const SonoAtom *atom = &picture->atoms[picture->row_atom + r];
            const double spacing = (double)picture->slice_len / atom->length;
            int32_t best = 0;
            double peak = -INFINITY;
            for (int32_t c = 0; c < 240; c++) {
                const double db = (double)texels[2 * ((size_t)c * (size_t)plan->n_rows + (size_t)r)];
                best = db > peak ? c : best;
                peak = fmax(db, peak);
            }
            /* |c| at the click is the sum of the window: half (Hann) or 3/8 (cos^4) of its length */
            const double part = picture->band_power == 2 ? 0.5 : 0.375;
            const double want = 20.0 * log10(2.0 * part * atom->width_hz / BAND_RATE);
            const double from = (double)((at + best) * width);
            assert_true(CLICK_AT >= from - spacing && CLICK_AT <= from + (double)width + spacing);
            assert_true(peak < want + 0.1 && peak > want - BETWEEN_COEFS_DB - 0.1);
        }
        sono_free(texels);
    }
    band_sound_free(sound);
}

static void test_clicks(void **state)
{
    (void)state;
    for_each_case(CLICK_FRAMES, clicks);
}

#define NOISE_FRAMES 500000
#define FINE_COLS 12288

/* Columns of a coarse level against those of level 0 that they hold, and one coefficient to each side: never louder,
 * and on noise, whose peaks lie anywhere, little softer. */
static void compare_levels(const SonoPlan *plan, const float *fine, const float *coarse, int level_t)
{
    const SonoPlan *picture = plan->picture ? plan->picture : plan;
    const size_t n_rows = (size_t)plan->n_rows;
    double sum = 0.0;
    double below = 0.0;
    double above = 0.0;
    int64_t n = 0;
    for (size_t r = 0; r < n_rows; r++) {
        const int64_t reach =
            picture->slice_len / picture->atoms[picture->row_atom + (int32_t)r].length / picture->picture_hop + 1;
        for (int64_t c = 0; (c + 1) << level_t <= FINE_COLS; c++) {
            double inside = -INFINITY;
            double around = -INFINITY;
            for (int64_t i = (c << level_t) - reach; i < ((c + 1) << level_t) + reach; i++) {
                const int64_t k = i < 0 ? 0 : i < FINE_COLS ? i : FINE_COLS - 1;
                const double db = (double)fine[2 * ((size_t)k * n_rows + r)];
                around = fmax(db, around);
                inside = i >= c << level_t && i < (c + 1) << level_t ? fmax(db, inside) : inside;
            }
            const double db = (double)coarse[2 * ((size_t)c * n_rows + r)];
            above = fmax(above, db - around);
            below = fmax(below, inside - db);
            sum += fabs(inside - db);
            n++;
        }
    }
    print_message("  level %d: %.3f dB off on average, from %.2f dB below to %.2f dB above\n", level_t, sum / (double)n,
                  below, above);
    assert_true(sum / (double)n < 0.6);
}

static void levels(SonoEngine *engine, const SonoPlan *plan)
{
    BandSound *sound = band_sound_new(NOISE_FRAMES);
    band_sound_add_noise(sound, 0.3f);
    float *fine = band_columns(engine, plan, sound, 0, 0, FINE_COLS);
    for (int level_t = 1; level_t < 11; level_t += 3) {
        float *coarse = band_columns(engine, plan, sound, level_t, 0, FINE_COLS >> level_t);
        compare_levels(plan, fine, coarse, level_t);
        sono_free(coarse);
    }
    sono_free(fine);
    band_sound_free(sound);
}

static void test_levels(void **state)
{
    (void)state;
    for_each_case(NOISE_FRAMES, levels);
}

static const float *column_at(const float *texels, int64_t i, int32_t n_rows)
{
    return texels + 2 * (size_t)i * (size_t)n_rows;
}

/* The same bits from strips, from runs of columns, from single ones, on one thread and on three. */
static void same_bits(SonoEngine *engine, const SonoPlan *plan)
{
    SonoEngine *alone = band_engine(1);
    SonoEngine *many = band_engine(3);
    BandSound *sound = band_sound_new(NOISE_FRAMES);
    band_sound_add_noise(sound, 0.3f);
    for (int level_t = 0; level_t < 12; level_t += 4) {
        const int64_t n_cols = (NOISE_FRAMES / plan->picture_hop >> level_t) + 1;
        const int64_t x = n_cols / 2 / SONO_TILE_INNER;
        const int32_t n = (int32_t)(n_cols - x * SONO_TILE_INNER < 200 ? n_cols - x * SONO_TILE_INNER : 200);
        SonoStrip *strip = band_strip(engine, plan, sound, level_t, 0, x);
        float *a = band_columns(alone, plan, sound, level_t, x * SONO_TILE_INNER, n);
        float *b = band_columns(many, plan, sound, level_t, x * SONO_TILE_INNER, n);
        assert_memory_equal(a, b, (size_t)n * (size_t)plan->n_rows * 2 * sizeof *a);
        for (int32_t c = 0; c < n; c++) {
            const float *col = column_at(a, c, plan->n_rows);
            for (int32_t r = 0; r < plan->n_rows; r++) {
                assert_memory_equal(col + 2 * r, band_texel(strip, x * SONO_TILE_INNER + c, r), 2 * sizeof *col);
            }
        }
        for (int32_t c = 0; c < n; c += 67) {
            float *one = band_columns(engine, plan, sound, level_t, x * SONO_TILE_INNER + c, 1);
            assert_memory_equal(one, column_at(a, c, plan->n_rows), (size_t)plan->n_rows * 2 * sizeof *one);
            sono_free(one);
        }
        sono_free(a);
        sono_free(b);
        sono_strip_unref(strip);
    }
    band_sound_free(sound);
    sono_engine_free(alone);
    sono_engine_free(many);
}

static void test_same_bits(void **state)
{
    (void)state;
    for_each_case(NOISE_FRAMES, same_bits);
}

/* What a column says it depends on is all it depends on, and all it reads. */
static void support(SonoEngine *engine, const SonoPlan *plan)
{
    BandSound *sound = band_sound_new(NOISE_FRAMES);
    band_sound_add_noise(sound, 0.3f);
    for (int level_t = 0; level_t < 10; level_t += 3) {
        const int64_t col = NOISE_FRAMES / 2 / (plan->picture_hop << level_t);
        const SonoSpan need =
            sono_span_intersect(sono_columns_support(plan, level_t, col, 3), (SonoSpan){0, NOISE_FRAMES});
        sound->first = INT64_MAX;
        sound->end = 0;
        float *whole = band_columns(engine, plan, sound, level_t, col, 3);
        assert_true(sound->first >= need.start_frame && sound->end <= sono_span_end(need));
        BandSound *part = band_sound_new(NOISE_FRAMES);
        memcpy(part->pcm + need.start_frame, sound->pcm + need.start_frame, (size_t)need.n_frames * sizeof(float));
        float *again = band_columns(engine, plan, part, level_t, col, 3);
        assert_memory_equal(whole, again, 3 * (size_t)plan->n_rows * 2 * sizeof *whole);
        band_sound_free(part);
        sono_free(whole);
        sono_free(again);
    }
    band_sound_free(sound);
}

static void test_support(void **state)
{
    (void)state;
    for_each_case(NOISE_FRAMES, support);
}

/* Coefficients of one row, zero-padded to one per column, of the slices that have a say at a column, summed. */
static void padded_row(SonoEngine *engine, const SonoPlan *picture, int32_t row, BandSound *sound, int64_t first_col,
                       int32_t n_cols, SonoCplxD *out)
{
    SonoError err = {0};
    SonoPlan *padded = NULL;
    const int64_t hop = picture->picture_hop;
    const int32_t n = (int32_t)(picture->slice_len / hop);
    assert_ok(sono_plan_derive(picture, picture->row_atom + row, 1, &n, &padded, &err), err);
    const SonoSlices slices = sono_plan_slices_touching(padded, (SonoSpan){first_col * hop, n_cols * hop});
    SonoCplx *coef = sono_alloc_aligned((size_t)slices.n * padded->n_coef, sizeof *coef);
    assert_non_null(coef);
    assert_ok(sono_engine_analyse(engine, padded, sound->pcm, (SonoSpan){0, sound->n_frames}, slices, coef, &err), err);
    for (int32_t c = 0; c < n_cols; c++) {
        const int64_t frame = (first_col + c) * hop;
        out[c] = (SonoCplxD){0.0, 0.0};
        for (int64_t m = 0; m < slices.n; m++) {
            const int64_t start = sono_plan_slice_start(padded, slices.first + m);
            const SonoCplx z = coef[(size_t)m * padded->n_coef + (size_t)((first_col + c) % n)];
            if (frame >= start && frame < start + padded->slice_len) {
                out[c].re += (double)z.re * padded->atoms[0].level_scale;
                out[c].im += (double)z.im * padded->atoms[0].level_scale;
            }
        }
    }
    sono_free(coef);
    sono_plan_unref(padded);
}

/* Level 0 is the zero-padded analysis, within -100 dB of the row's loudest: level and phase. */
static void level_zero(SonoEngine *engine, const SonoPlan *plan)
{
    const SonoPlan *picture = plan->picture ? plan->picture : plan;
    const int32_t n_cols = 5000;
    BandSound *sound = band_sound_new(NOISE_FRAMES);
    band_sound_add_noise(sound, 0.3f);
    const int64_t first_col = NOISE_FRAMES / 3 / plan->picture_hop;
    float *texels = band_columns(engine, plan, sound, 0, first_col, n_cols);
    SonoCplxD *wanted = sono_calloc((size_t)n_cols, sizeof *wanted);
    assert_non_null(wanted);
    double worst = 0.0;
    for (int32_t row = 0; row < plan->n_rows; row += plan->n_rows / 7) {
        if (picture->atoms[picture->row_atom + row].length > picture->slice_len / picture->picture_hop) {
            continue; /* faster than columns: these show the loudest of several */
        }
        padded_row(engine, picture, row, sound, first_col, n_cols, wanted);
        double peak = 0.0;
        double error = 0.0;
        for (int32_t c = 0; c < n_cols; c++) {
            const float *t = texels + 2 * ((size_t)c * (size_t)plan->n_rows + (size_t)row);
            const double a = pow(10.0, 0.05 * (double)t[0]);
            const double phase = 6.283185307179586 * (double)t[1];
            peak = fmax(peak, hypot(wanted[c].re, wanted[c].im));
            error = fmax(error, hypot(a * cos(phase) - wanted[c].re, a * sin(phase) - wanted[c].im));
        }
        worst = fmax(worst, error / peak);
    }
    print_message("  off by %.1f dB\n", 20.0 * log10(worst));
    assert_true(worst < 1e-5); /* texels: a level of 2e-6 dB resolution at best, a phase of 1e-6 turns */
    sono_free(wanted);
    sono_free(texels);
    band_sound_free(sound);
}

static void test_level_zero(void **state)
{
    (void)state;
    for_each_case(NOISE_FRAMES, level_zero);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sines),     cmocka_unit_test(test_clicks),  cmocka_unit_test(test_levels),
        cmocka_unit_test(test_same_bits), cmocka_unit_test(test_support), cmocka_unit_test(test_level_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
