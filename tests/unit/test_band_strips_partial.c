/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strips of plans over frequency after an edit, when cancelled, from finer ones, coarse in frequency, provisional; and
 * what is refused. */
#include "band_fixture.h"
#include "sono_test.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

#define N_FRAMES 600000

static const BandCase quick = {"slicq", "slice=4096 bins_per_octave=12 fmin_hz=200"};

typedef struct World {
    SonoEngine *engine;
    SonoPlan *plan;
    BandSound *sound;
} World;

static World world(const BandCase *c)
{
    World w = {.engine = band_engine(2)};
    w.plan = band_plan(w.engine, c, N_FRAMES);
    w.sound = band_sound_new(N_FRAMES);
    band_sound_add_noise(w.sound, 0.3f);
    return w;
}

static void world_end(World *w)
{
    band_sound_free(w->sound);
    sono_plan_unref(w->plan);
    sono_engine_free(w->engine);
}

static size_t strip_bytes(const SonoStrip *s)
{
    return (size_t)(s->n_tiles - s->n_below - s->n_above) * SONO_TILE_TEXELS * SONO_TILE_TEXELS * 2 * sizeof(float);
}

/* After an edit a strip renewed from the older one has the bits of a new one; it reads only around the edit, and
 * nothing where the edit does not reach. */
static void check_edit(World *w, int level_t, int level_f, int64_t x, SonoSpan dirty)
{
    SonoError err = {0};
    const int64_t width = w->plan->picture_hop << level_t;
    SonoStrip *before = band_strip(w->engine, w->plan, w->sound, level_t, level_f, x);
    for (int64_t i = dirty.start_frame; i < sono_span_end(dirty); i++) {
        w->sound->pcm[i] = -w->sound->pcm[i];
    }
    SonoStrip *wanted = band_strip(w->engine, w->plan, w->sound, level_t, level_f, x);
    SonoStrip *renewed = NULL;
    const SonoPcmReader reader = band_reader(w->sound, 2);
    const SonoStripKey key = {.revision = 2, .plan = w->plan->key, .level_t = level_t, .level_f = level_f, .x = x};
    w->sound->first = INT64_MAX;
    w->sound->end = 0;
    assert_ok(sono_strip_make(w->engine, w->plan, &reader, key, false, before, dirty, NULL, &renewed, &err), err);
    assert_memory_equal(renewed->data, wanted->data, strip_bytes(wanted));
    const int64_t reach = 4 * w->plan->slice_len + 2 * width;
    assert_true(w->sound->end == 0 ||
                (w->sound->first >= dirty.start_frame - reach && w->sound->end <= sono_span_end(dirty) + reach));
    const int64_t strip_end = (SONO_TILE_INNER * (x + 1) + 1) * width;
    if (dirty.start_frame > strip_end + reach || sono_span_end(dirty) < SONO_TILE_INNER * x * width - reach) {
        assert_true(w->sound->end == 0);
        assert_memory_equal(before->data, wanted->data, strip_bytes(wanted));
    }
    if (dirty.start_frame >= SONO_TILE_INNER * x * width && sono_span_end(dirty) <= SONO_TILE_INNER * (x + 1) * width) {
        assert_true(memcmp(before->data, wanted->data, strip_bytes(wanted)) != 0);
    }
    sono_strip_unref(before);
    sono_strip_unref(wanted);
    sono_strip_unref(renewed);
}

static void test_edits(void **state)
{
    (void)state;
    static const BandCase cases[] = {{"slicq", "slice=4096 bins_per_octave=12 fmin_hz=200"},
                                     {"slicq", "slice=8192 bins_per_octave=12 fmin_hz=200 hop_eighths=4"},
                                     {"vqt", ""}};
    for (int c = 0; c < 3; c++) {
        World w = world(&cases[c]);
        check_edit(&w, 0, 0, 9, (SonoSpan){9 * SONO_TILE_INNER * w.plan->picture_hop + 1000, 1});
        check_edit(&w, 0, 1, 3, (SonoSpan){3 * SONO_TILE_INNER * w.plan->picture_hop + 100, 2000});
        check_edit(&w, 0, 0, 2, (SonoSpan){500000, 2000}); /* far away */
        check_edit(&w, 2, 0, 4, (SonoSpan){100000, 700});
        check_edit(&w, 2, 0, 1, (SonoSpan){0, 2000});
        check_edit(&w, 5, 2, 0, (SonoSpan){N_FRAMES - 5, 5});
        check_edit(&w, 9, 0, 0, (SonoSpan){333333, 1});
        world_end(&w);
    }
}

/* Where can_halve() says so, halving gives the levels of the strip that is made from the sound. */
static void test_halving(void **state)
{
    (void)state;
    World w = world(&quick);
    SonoError err = {0};
    int n_halved = 0;
    assert_false(sono_strip_can_halve(w.plan, 0, 0));
    assert_false(sono_strip_can_halve(w.plan, 1, 0));
    for (int level_t = 1; level_t < 12; level_t++) {
        const int64_t n_cols = (N_FRAMES / w.plan->picture_hop >> level_t) + 1;
        const SonoStripKey key = {.revision = 1, .plan = w.plan->key, .level_t = level_t, .level_f = 1};
        SonoStrip *fine[4] = {NULL};
        for (int i = 1; i < 4; i++) {
            const bool inside = (i - 1) * SONO_TILE_INNER < 2 * n_cols;
            fine[i] = inside ? band_strip(w.engine, w.plan, w.sound, level_t - 1, 1, i - 1) : NULL;
        }
        SonoStrip *half = NULL;
        const SonoStatus status =
            sono_strip_halve_time(w.plan, N_FRAMES, key, 0, 0, (const SonoStrip *const *)fine, &half, &err);
        assert_int_equal(status, sono_strip_can_halve(w.plan, level_t, 1) ? SONO_OK : SONO_E_INVALID);
        if (half) {
            SonoStrip *made = band_strip(w.engine, w.plan, w.sound, level_t, 1, 0);
            for (size_t i = 0; i < strip_bytes(made) / sizeof(float); i += 2) {
                assert_true(half->data[i] == made->data[i]);
            }
            sono_strip_unref(made);
            sono_strip_unref(half);
            n_halved++;
        }
        for (int i = 1; i < 4; i++) {
            sono_strip_unref(fine[i]);
        }
    }
    assert_true(n_halved >= 3);
    world_end(&w);
}

/* A row of a level of frequency is the loudest of its rows at level 0, with that one's deviation. */
static void test_levels_of_frequency(void **state)
{
    (void)state;
    World w = world(&quick);
    for (int level_t = 0; level_t < 6; level_t += 5) {
        SonoStrip *fine = band_strip(w.engine, w.plan, w.sound, level_t, 0, 0);
        SonoStrip *coarse = band_strip(w.engine, w.plan, w.sound, level_t, 2, 0);
        assert_int_equal(coarse->n_rows, (fine->n_rows + 3) / 4);
        for (int64_t c = 0; c < SONO_TILE_INNER; c++) {
            for (int32_t r = 0; r < coarse->n_rows; r++) {
                const float *best = band_texel(fine, c, 4 * r);
                for (int32_t k = 4 * r + 1; k < 4 * r + 4 && k < fine->n_rows; k++) {
                    best = band_texel(fine, c, k)[0] > best[0] ? band_texel(fine, c, k) : best;
                }
                assert_true(band_texel(coarse, c, r)[0] == best[0]);
                assert_true(level_t == 0 || band_texel(coarse, c, r)[1] == best[1]);
                assert_true(fabsf(band_texel(coarse, c, r)[1]) < 20.0f);
            }
        }
        sono_strip_unref(fine);
        sono_strip_unref(coarse);
    }
    world_end(&w);
}

static SonoStatus try_columns(World *w, SonoColumnSpec spec, const SonoJobTicket *ticket, SonoError *err)
{
    const SonoPcmReader reader = band_reader(w->sound, 1);
    float *texels = sono_calloc(1000 * (size_t)w->plan->n_rows, 2 * sizeof *texels);
    assert_non_null(texels);
    const SonoStatus status = sono_columns_make(w->engine, w->plan, &reader, &spec, ticket, texels, err);
    sono_free(texels);
    return status;
}

static void test_refusals(void **state)
{
    (void)state;
    World w = world(&quick);
    SonoError err = {0};
    SonoGeneration generation = {1};
    const SonoJobTicket ticket = {&generation, 0};
    assert_int_equal(try_columns(&w, (SonoColumnSpec){.n_cols = 10}, &ticket, &err), SONO_E_CANCELLED);
    assert_int_equal(try_columns(&w, (SonoColumnSpec){.n_cols = 10, .channel = 1}, NULL, &err), SONO_E_INVALID);
    assert_int_equal(try_columns(&w, (SonoColumnSpec){.n_cols = 10, .level_t = 31}, NULL, &err), SONO_E_INVALID);
    assert_int_equal(try_columns(&w, (SonoColumnSpec){.n_cols = 10, .first_col = -1}, NULL, &err), SONO_E_INVALID);
    assert_int_equal(try_columns(&w, (SonoColumnSpec){.n_cols = 0}, NULL, &err), SONO_E_INVALID);
    w.sound->fail_with = SONO_E_IO;
    assert_int_equal(try_columns(&w, (SonoColumnSpec){.n_cols = 10}, NULL, &err), SONO_E_IO);
    assert_non_null(strstr(err.message, "the sound is gone"));
    world_end(&w);
}

/* Columns past the sound's end are silent; the last ones need no frame beyond it. */
static void test_ends(void **state)
{
    (void)state;
    World w = world(&quick);
    const int64_t n_cols = (N_FRAMES + w.plan->picture_hop - 1) / w.plan->picture_hop;
    float *texels = band_columns(w.engine, w.plan, w.sound, 0, n_cols - 5, 10);
    for (int64_t i = 0; i < 10; i++) {
        for (int32_t r = 0; r < w.plan->n_rows; r++) {
            const float *t = texels + 2 * (i * w.plan->n_rows + r);
            assert_true(i < 5 ? t[0] > -150.0f : t[0] == SONO_TILE_FLOOR_DB && t[1] == 0.0f);
        }
    }
    sono_free(texels);
    world_end(&w);
}

static SonoStrip *provisional_strip(World *w, int level_t)
{
    SonoError err = {0};
    const SonoPcmReader reader = band_reader(w->sound, 1);
    const SonoStripKey key = {.revision = 1, .plan = w->plan->key, .level_t = level_t};
    SonoStrip *strip = NULL;
    assert_ok(sono_strip_make(w->engine, w->plan, &reader, key, true, NULL, (SonoSpan){0, 0}, NULL, &strip, &err), err);
    return strip;
}

/* Short columns are exact at once; long ones are a sketch: it says so, shows a steady sine in its row as loud within
 * 0.5 dB, and is never taken for exact. */
static void test_provisional(void **state)
{
    (void)state;
    static const BandCase cases[] = {{"vqt", ""}, {"erb", ""}, {"slicq", "slice=131072 window=cos4"}};
    for (int c = 0; c < 3; c++) {
        World w = world(&cases[c]);
        const int32_t row = w.plan->n_rows / 2;
        memset(w.sound->pcm, 0, N_FRAMES * sizeof(float));
        band_sound_add_sine(w.sound, 0.5, sono_plan_row_hz(w.plan, row));
        SonoStrip *fine = provisional_strip(&w, 4);
        SonoStrip *exact = band_strip(w.engine, w.plan, w.sound, 4, 0, 0);
        assert_false(fine->provisional);
        assert_memory_equal(fine->data, exact->data, strip_bytes(exact));
        sono_strip_unref(fine);
        sono_strip_unref(exact);
        int level_t = 4;
        while (3 * (w.plan->picture_hop << level_t) < w.plan->slice_hop) {
            level_t++;
        }
        SonoStrip *rough = provisional_strip(&w, level_t);
        const int64_t col = N_FRAMES / 2 / (w.plan->picture_hop << level_t);
        assert_true(rough->provisional);
        assert_true(fabs((double)band_texel(rough, col, row)[0] - 20.0 * log10(0.5)) < 0.5);
        for (int32_t r = 0; r < rough->n_rows; r++) {
            assert_true(band_texel(rough, col, r)[0] <= band_texel(rough, col, row)[0]);
            assert_true(band_texel(rough, col, r)[1] == 0.0f);
        }
        exact = band_strip(w.engine, w.plan, w.sound, level_t, 0, 0);
        SonoError err = {0};
        SonoStrip *renewed = NULL;
        const SonoPcmReader reader = band_reader(w.sound, 1);
        assert_ok(sono_strip_make(w.engine, w.plan, &reader, rough->key, false, rough, (SonoSpan){0, 0}, NULL, &renewed,
                                  &err),
                  err);
        assert_memory_equal(renewed->data, exact->data, strip_bytes(exact));
        sono_strip_unref(rough);
        sono_strip_unref(renewed);
        sono_strip_unref(exact);
        world_end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits),    cmocka_unit_test(test_halving), cmocka_unit_test(test_levels_of_frequency),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_ends),    cmocka_unit_test(test_provisional),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
