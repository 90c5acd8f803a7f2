/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole strips: level 0 is the analysis, every level is the maximum of the one below, gutters are the neighbours'
 * texels, and the second channel tells frequencies apart within a bin. */
#include "sono_test.h"
#include "strip_fixture.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

/* A whole level, texel (c, r) at [2 * (c * n_rows + r)]. */
typedef struct Level {
    int64_t n_cols, n_rows;
    float *texels;
} Level;

static Level whole_level(SonoEngine *engine, const SonoPlan *plan, Sound *sound, int level_t, int level_f)
{
    const int64_t n_slices = fixture_n_slices(plan, sound);
    Level level = {.n_cols = (n_slices + (INT64_C(1) << level_t) - 1) >> level_t,
                   .n_rows = sono_strip_n_rows(plan, level_f)};
    level.texels = sono_calloc((size_t)(level.n_cols * level.n_rows), 2 * sizeof(float));
    assert_non_null(level.texels);
    for (int64_t x = 0; x * SONO_TILE_INNER < level.n_cols; x++) {
        SonoStrip *s = fixture_strip(engine, plan, sound, fixture_key(plan, level_t, level_f, x), false);
        assert_false(s->provisional);
        for (int64_t c = 0; c < SONO_TILE_INNER; c++) {
            for (int64_t r = 0; r < (int64_t)s->n_tiles * SONO_TILE_INNER; r++) {
                const int64_t col = x * SONO_TILE_INNER + c;
                if (col >= level.n_cols || r >= level.n_rows) { /* outside the picture */
                    assert_true(fixture_texel(s, c, r, 0) == SONO_TILE_FLOOR_DB);
                    assert_true(fixture_texel(s, c, r, 1) == 0.0f);
                    continue;
                }
                level.texels[2 * (col * level.n_rows + r)] = fixture_texel(s, c, r, 0);
                level.texels[2 * (col * level.n_rows + r) + 1] = fixture_texel(s, c, r, 1);
            }
        }
        sono_strip_unref(s);
    }
    return level;
}

static const float *texel_at(const Level *level, int64_t c, int64_t r)
{
    return level->texels + 2 * (c * level->n_rows + r);
}

static float db_at(const Level *level, int64_t c, int64_t r)
{
    return c < level->n_cols && r < level->n_rows ? texel_at(level, c, r)[0] : -INFINITY;
}

static void test_level_zero_is_the_analysis(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(30001);
    SonoPlan *plan = fixture_plan(engine, 256, 64);
    const Level level = whole_level(engine, plan, sound, 0, 0);
    const SonoSlices slices = {0, level.n_cols};
    SonoCplx *coef = sono_alloc_aligned((size_t)slices.n * plan->n_coef, sizeof *coef);
    assert_non_null(coef);
    assert_ok(sono_engine_analyse(engine, plan, sound->pcm, (SonoSpan){0, sound->n_frames}, slices, coef, &err), err);
    assert_int_equal(level.n_cols, 469);
    assert_int_equal(level.n_rows, 129);
    for (int64_t c = 0; c < level.n_cols; c++) {
        for (int64_t r = 0; r < level.n_rows; r++) {
            const SonoCplx z = coef[(size_t)c * plan->n_coef + (size_t)r];
            const double db = 20.0 * log10(fmax(1e-10, hypot(z.re, z.im) * plan->atoms[0].level_scale));
            const float *texel = level.texels + 2 * (c * level.n_rows + r);
            assert_true(fabs((double)texel[0] - db) < 1e-3);
            if (db > -180.0) {
                const double turns = atan2((double)z.im, (double)z.re) / (2.0 * PI);
                const double d = (double)texel[1] - turns;
                assert_true(fabs(d - round(d)) < 1e-6);
            }
        }
    }
    sono_free(coef);
    sono_free(level.texels);
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(engine);
}

/* Texel (c, r) of a level against the 1 x 2, 2 x 1 or 2 x 2 texels of a lower one: the loudest one's level and, if
 * there is one such and both are deviations, its deviation. */
static void check_texel(const Level *above, const Level *below, int64_t c, int64_t r, int dt, int df, bool deviations)
{
    float want = -INFINITY;
    float second = 0.0f;
    int n_best = 0;
    for (int64_t i = c << dt; i < (c + 1) << dt; i++) {
        for (int64_t k = r << df; k < (r + 1) << df; k++) {
            const float db = db_at(below, i, k);
            n_best = db > want ? 1 : n_best + (db == want);
            second = db > want ? texel_at(below, i, k)[1] : second;
            want = db > want ? db : want;
        }
    }
    assert_true(db_at(above, c, r) == want);
    assert_true(!deviations || n_best > 1 || texel_at(above, c, r)[1] == second);
}

static void check_pyramid(SonoEngine *engine, Sound *sound, int size, int hop, int n_t, int n_f)
{
    SonoPlan *plan = fixture_plan(engine, size, hop);
    for (int t = 0; t < n_t; t++) {
        for (int f = 0; f < n_f; f++) {
            const Level below = whole_level(engine, plan, sound, t, f);
            for (int way = 1; way <= 3; way++) { /* time, frequency, both */
                const int dt = way & 1;
                const int df = way >> 1;
                const Level above = whole_level(engine, plan, sound, t + dt, f + df);
                for (int64_t c = 0; c < above.n_cols; c++) {
                    for (int64_t r = 0; r < above.n_rows; r++) {
                        check_texel(&above, &below, c, r, dt, df, t > 0 || f > 0);
                    }
                }
                sono_free(above.texels);
            }
            sono_free(below.texels);
        }
    }
    sono_plan_unref(plan);
}

static void test_pyramid_is_maximum(void **state)
{
    (void)state;
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(30001);
    check_pyramid(engine, sound, 256, 64, 3, 3);
    check_pyramid(engine, sound, 1024, 300, 2, 2); /* three tiles high */
    for (int64_t i = 16 * 128; i < sound->n_frames; i += 16 * 256) {
        sound->pcm[i] = 20.0f; /* at level 8 the loudest slice is the first of a column's second chunk */
    }
    check_pyramid(engine, sound, 64, 16, 9, 1); /* columns longer than a chunk */
    sound_free(sound);
    sono_engine_free(engine);
}

/* The last inner and first gutter columns of neighbours, and of tiles above each other, hold the same bits. */
static void check_gutters(SonoEngine *engine, Sound *sound, const SonoPlan *plan, int level_t, int level_f)
{
    const int64_t n_cols = (fixture_n_slices(plan, sound) + (INT64_C(1) << level_t) - 1) >> level_t;
    SonoStrip *left = NULL;
    for (int64_t x = 0; x * SONO_TILE_INNER < n_cols; x++) {
        SonoStrip *s = fixture_strip(engine, plan, sound, fixture_key(plan, level_t, level_f, x), false);
        const int64_t n_rows = (int64_t)s->n_tiles * SONO_TILE_INNER;
        for (int64_t r = 0; r < n_rows; r++) {
            for (int k = 0; k < 2; k++) {
                const float outer = fixture_texel(s, -1, r, k);
                assert_true(outer == (left ? fixture_texel(left, 253, r, k) : fixture_texel(s, 0, r, k)));
                assert_true(!left || fixture_texel(left, 254, r, k) == fixture_texel(s, 0, r, k));
            }
        }
        for (int32_t i = 0; i < s->n_tiles; i++) {
            const float *tile = s->data + (size_t)i * 256 * 256 * 2;
            const float *below = i > 0 ? tile - 2 * 256 : tile + 2 * 256; /* last inner row below, or own first row */
            const float *below_inner = i > 0 ? below - 2 * 256 : below;
            assert_memory_equal(tile, below_inner, 2 * 256 * sizeof *tile);
            const float *top = tile + (size_t)255 * 256 * 2;
            const bool is_last = i + 1 == s->n_tiles;
            const float *above = is_last ? top - 2 * 256 : tile + (size_t)(256 + 1) * 256 * 2;
            assert_memory_equal(top, above, 2 * 256 * sizeof *tile);
        }
        sono_strip_unref(left);
        left = s;
    }
    sono_strip_unref(left);
}

static void test_gutters(void **state)
{
    (void)state;
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(30001);
    SonoPlan *small = fixture_plan(engine, 64, 16);
    SonoPlan *high = fixture_plan(engine, 1024, 32);
    for (int level_t = 0; level_t <= 3; level_t++) {
        check_gutters(engine, sound, small, level_t, level_t / 2);
        check_gutters(engine, sound, high, level_t, level_t % 2);
    }
    SonoPlan *full = fixture_plan(engine, 2025, 500); /* at level 2 the rows end with a tile: 1013 / 4 = 254 */
    assert_int_equal(sono_strip_n_rows(full, 2), SONO_TILE_INNER);
    check_gutters(engine, sound, full, 0, 2);
    sono_plan_unref(full);
    sound->n_frames = 2 * 254 * 16; /* the picture ends with a strip */
    check_gutters(engine, sound, small, 0, 0);
    check_gutters(engine, sound, small, 1, 0);
    SonoStrip *last = fixture_strip(engine, small, sound, fixture_key(small, 1, 0, 0), false);
    for (int64_t r = 0; r < last->n_rows; r++) {
        assert_true(fixture_texel(last, 254, r, 0) == fixture_texel(last, 253, r, 0));
    }
    sono_strip_unref(last);
    sono_plan_unref(small);
    sono_plan_unref(high);
    sound_free(sound);
    sono_engine_free(engine);
}

static void test_sine_reads_its_level_and_frequency(void **state)
{
    (void)state;
    SonoEngine *engine = fixture_engine(1);
    Sound *sound = sound_new(30000);
    SonoPlan *plan = fixture_plan(engine, 256, 64);
    const struct {
        double amplitude, bin;
    } cases[] = {{1.0, 40.0}, {0.5, 77.0}, {1e-4, 13.0}, {0.25, 60.3}, {0.8, 30.6}, {0.1, 100.5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int64_t n = 0; n < sound->n_frames; n++) {
            sound->pcm[n] = (float)(cases[i].amplitude * sin(2.0 * PI * cases[i].bin * (double)n / 256.0 + 0.4));
        }
        const int64_t row = (int64_t)floor(cases[i].bin);
        const double offset = cases[i].bin - (double)row;
        for (int level_t = 0; level_t <= 2; level_t++) {
            SonoStrip *s = fixture_strip(engine, plan, sound, fixture_key(plan, level_t, 0, 0), false);
            const double db = (double)fixture_texel(s, 50, row, 0);
            if (offset == 0.0) {
                assert_true(fabs(db - 20.0 * log10(cases[i].amplitude)) < 0.1);
            }
            if (level_t > 0) {
                assert_true(fabs((double)fixture_texel(s, 50, row, 1) - offset) < 2e-3);
                assert_true(fabs((double)fixture_texel(s, 50, row + 1, 1) - (offset - 1.0)) < 2e-3);
            }
            sono_strip_unref(s);
        }
        SonoStrip *s = fixture_strip(engine, plan, sound, fixture_key(plan, 1, 3, 0), false);
        const double nearest =
            round(cases[i].bin - 1e-9); /* the winner of eight bins, unless it is in the next eight */
        if ((int64_t)nearest / 8 == row / 8 && fabs(offset - 0.5) > 0.01) {
            assert_true(fabs((double)fixture_texel(s, 30, row / 8, 1) - (cases[i].bin - nearest)) < 2e-3);
        }
        sono_strip_unref(s);
    }
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(engine);
}

static void test_silence_and_nothing(void **state)
{
    (void)state;
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(30000);
    SonoPlan *plan = fixture_plan(engine, 256, 64);
    memset(sound->pcm, 0, sizeof sound->pcm);
    for (int round = 0; round < 2; round++) {
        for (int level_t = 0; level_t <= 5; level_t += 5) {
            SonoStrip *s = fixture_strip(engine, plan, sound, fixture_key(plan, level_t, 1, 0), round > 0);
            for (size_t i = 0; i < fixture_bytes(s) / sizeof(float); i += 2) {
                assert_true(s->data[i] == SONO_TILE_FLOOR_DB && s->data[i + 1] == 0.0f);
            }
            sono_strip_unref(s);
        }
        sound->n_frames = 0;
    }
    SonoStrip *s = fixture_strip(engine, plan, sound, fixture_key(plan, 30, 16, INT64_C(1) << 40), false);
    assert_true(s->n_rows == 1 && s->n_tiles == 1);
    sono_strip_unref(s);
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(engine);
}

static void test_threads_do_not_matter(void **state)
{
    (void)state;
    SonoEngine *one = fixture_engine(1);
    SonoEngine *two = fixture_engine(2);
    SonoEngine *five = fixture_engine(5);
    Sound *sound = sound_new(30001);
    SonoPlan *plan = fixture_plan(one, 128, 16);
    for (int level_t = 0; level_t <= 9; level_t += 3) {
        for (int provisional = 0; provisional < 2; provisional++) {
            const SonoStripKey key = fixture_key(plan, level_t, level_t % 2, 0);
            SonoStrip *a = fixture_strip(one, plan, sound, key, provisional);
            SonoStrip *b = fixture_strip(two, plan, sound, key, provisional);
            SonoStrip *c = fixture_strip(five, plan, sound, key, provisional);
            assert_memory_equal(a->data, b->data, fixture_bytes(a));
            assert_memory_equal(a->data, c->data, fixture_bytes(a));
            sono_strip_unref(a);
            sono_strip_unref(b);
            sono_strip_unref(c);
        }
    }
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(one);
    sono_engine_free(two);
    sono_engine_free(five);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_level_zero_is_the_analysis),
        cmocka_unit_test(test_pyramid_is_maximum),
        cmocka_unit_test(test_gutters),
        cmocka_unit_test(test_sine_reads_its_level_and_frequency),
        cmocka_unit_test(test_silence_and_nothing),
        cmocka_unit_test(test_threads_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
