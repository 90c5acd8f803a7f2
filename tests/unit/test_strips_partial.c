/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strips that do less work: provisional ones, those renewed after an edit, cancelled and failing ones; and that no
 * frame is read that is not needed. */
#include "sono_test.h"
#include "strip_fixture.h"

#include <math.h>
#include <string.h>

static int64_t count_seen(Sound *sound, int64_t from, int64_t to)
{
    int64_t n = 0;
    for (int64_t i = from < 0 ? 0 : from; i < to && i < FIXTURE_MAX_FRAMES; i++) {
        n += atomic_load_explicit(&sound->seen[i], memory_order_relaxed);
    }
    return n;
}

static void test_provisional_is_below_exact(void **state)
{
    (void)state;
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(30001);
    SonoPlan *plan = fixture_plan(engine, 64, 16);
    for (int level_t = 0; level_t <= 8; level_t++) {
        const SonoStripKey key = fixture_key(plan, level_t, level_t % 3, 0);
        SonoStrip *exact = fixture_strip(engine, plan, sound, key, false);
        SonoStrip *rough = fixture_strip(engine, plan, sound, key, true);
        assert_false(exact->provisional);
        assert_int_equal(rough->provisional, level_t >= 3);
        if (level_t < 3) {
            assert_memory_equal(exact->data, rough->data, fixture_bytes(exact));
        } else {
            size_t n_lower = 0;
            for (size_t i = 0; i < fixture_bytes(exact) / sizeof(float); i += 2) {
                assert_true(rough->data[i] <= exact->data[i]);
                n_lower += rough->data[i] < exact->data[i];
                assert_true(rough->data[i + 1] == 0.0f);
            }
            assert_true(n_lower > 0);
        }
        sono_strip_unref(exact);
        sono_strip_unref(rough);
    }
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(engine);
}

/* A steady sine: four slices show what all show. */
static void test_provisional_shows_the_sound(void **state)
{
    (void)state;
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(30000);
    SonoPlan *plan = fixture_plan(engine, 64, 16);
    for (int64_t n = 0; n < sound->n_frames; n++) {
        sound->pcm[n] = (float)(0.5 * sin(6.283185307179586 * 10.0 * (double)n / 64.0));
    }
    SonoStrip *s = fixture_strip(engine, plan, sound, fixture_key(plan, 5, 0, 0), true);
    assert_true(s->provisional);
    for (int64_t c = 0; c < (fixture_n_slices(plan, sound) + 31) / 32; c++) {
        assert_true(fabs((double)fixture_texel(s, c, 10, 0) + 6.02) < 0.1);
    }
    sono_strip_unref(s);
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(engine);
}

static void test_only_needed_frames_are_read(void **state)
{
    (void)state;
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(40000);
    SonoPlan *plan = fixture_plan(engine, 64, 16);
    const int64_t n_slices = fixture_n_slices(plan, sound);
    for (int level_t = 0; level_t <= 3; level_t++) {
        const int64_t n_cols = (n_slices + (INT64_C(1) << level_t) - 1) >> level_t;
        for (int64_t x = 0; x * 254 < n_cols; x++) {
            sound_forget(sound);
            sono_strip_unref(fixture_strip(engine, plan, sound, fixture_key(plan, level_t, 0, x), false));
            int64_t first = (254 * x - 1) * (INT64_C(1) << level_t);
            int64_t end = (254 * x + 255) << level_t;
            first = (first < 0 ? 0 : first) - (level_t > 0 ? 1 : 0);
            end = end > n_slices ? n_slices : end;
            const SonoSpan span = sono_plan_support(plan, (SonoSlices){first, end - first});
            const SonoSpan own = sono_span_intersect(span, (SonoSpan){0, sound->n_frames});
            assert_int_equal(count_seen(sound, own.start_frame, sono_span_end(own)), own.n_frames);
            assert_int_equal(count_seen(sound, 0, sound->n_frames), own.n_frames);
        }
    }
    SonoPlan *sparse = fixture_plan(engine, 64, 32); /* provisional: four slices of a column and nothing between */
    const int level_t = 6;
    const int64_t n_cols = (fixture_n_slices(sparse, sound) + 63) / 64;
    sound_forget(sound);
    sono_strip_unref(fixture_strip(engine, sparse, sound, fixture_key(sparse, level_t, 0, 0), true));
    assert_true(count_seen(sound, 0, sound->n_frames) <= 4 * 64 * n_cols);
    assert_true(count_seen(sound, 0, sound->n_frames) >= 4 * 64 * (n_cols - 1));
    sound_forget(sound);
    sono_strip_unref(fixture_strip(engine, plan, sound, fixture_key(plan, 0, 0, 1000), false)); /* past the end */
    assert_int_equal(atomic_load_explicit(&sound->n_reads, memory_order_relaxed), 0);
    sono_plan_unref(sparse);
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(engine);
}

/* Change the sound somewhere, renew from the old strip, compare with a strip made from nothing. 1: the strip changed.
 */
static int renew(SonoEngine *engine, const SonoPlan *plan, Sound *sound, SonoStripKey key, SonoSpan dirty,
                 uint64_t *seed)
{
    SonoError err = {0};
    SonoStrip *old = fixture_strip(engine, plan, sound, key, false);
    for (int64_t i = dirty.start_frame; i < sono_span_end(dirty); i++) {
        sound->pcm[i] = 0.5f * sono_test_noise(seed);
    }
    const SonoPcmReader reader = sound_reader(sound);
    SonoStrip *renewed = NULL;
    sound_forget(sound);
    assert_ok(sono_strip_make(engine, plan, &reader, key, false, old, dirty, NULL, &renewed, &err), err);
    /* a column's slices, one before, and their support: nothing farther from the dirty frames is read */
    const int64_t reach = (((INT64_C(1) << key.level_t) + 1) * plan->slice_hop) + plan->slice_len;
    assert_int_equal(count_seen(sound, 0, dirty.start_frame - reach), 0);
    assert_int_equal(count_seen(sound, sono_span_end(dirty) + reach, sound->n_frames), 0);
    SonoStrip *full = fixture_strip(engine, plan, sound, key, false);
    assert_false(renewed->provisional);
    assert_memory_equal(renewed->data, full->data, fixture_bytes(full));
    const int changed = memcmp(old->data, full->data, fixture_bytes(full)) != 0;
    sono_strip_unref(old);
    sono_strip_unref(renewed);
    sono_strip_unref(full);
    return changed;
}

static void test_renewed_equals_remade(void **state)
{
    (void)state;
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(40000);
    SonoPlan *plan = fixture_plan(engine, 64, 16);
    SonoPlan *high = fixture_plan(engine, 1024, 200);
    uint64_t seed = 77;
    int n_changed = 0;
    for (int level_t = 0; level_t <= 9; level_t++) {
        for (int i = 0; i < 4; i++) {
            const int64_t start = (int64_t)(1900.0 * (1.0 + (double)sono_test_noise(&seed)));
            const SonoSpan dirty = {start, i == 0 ? 0 : i == 1 ? 1 : 20 + 60 * i};
            n_changed += renew(engine, plan, sound, fixture_key(plan, level_t, i % 3, 0), dirty, &seed);
            n_changed += renew(engine, high, sound, fixture_key(high, level_t, i % 3, 0), dirty, &seed);
        }
    }
    assert_true(n_changed > 40); /* of 60 with something dirty: at long columns the maximum may lie elsewhere */
    n_changed = 0;
    for (int64_t x = 0; x < 10; x++) { /* every strip of a level, also where the change meets only the gutter */
        n_changed += renew(engine, plan, sound, fixture_key(plan, 0, 0, x), (SonoSpan){254 * 16 * 4 - 40, 30}, &seed);
        n_changed += renew(engine, plan, sound, fixture_key(plan, 0, 1, x), (SonoSpan){254 * 16 * 4 - 40, 30}, &seed);
    }
    assert_int_equal(n_changed, 4); /* two neighbours, at two levels */
    sono_plan_unref(high);
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(engine);
}

/* A recording goes on: what came later is dirty. */
static void test_renewed_after_growth(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(40000);
    SonoPlan *plan = fixture_plan(engine, 64, 16);
    const int64_t lengths[] = {0, 1, 3000, 3001, 254 * 16, 254 * 16 + 1, 9000, 40000};
    for (int level_t = 0; level_t <= 4; level_t++) {
        const SonoStripKey key = fixture_key(plan, level_t, 0, 0);
        sound->n_frames = lengths[0];
        SonoStrip *old = fixture_strip(engine, plan, sound, key, false);
        for (size_t i = 1; i < sizeof lengths / sizeof *lengths; i++) {
            sound->n_frames = lengths[i];
            const SonoSpan dirty = {lengths[i - 1], lengths[i] - lengths[i - 1]};
            const SonoPcmReader reader = sound_reader(sound);
            SonoStrip *renewed = NULL;
            assert_ok(sono_strip_make(engine, plan, &reader, key, false, old, dirty, NULL, &renewed, &err), err);
            SonoStrip *full = fixture_strip(engine, plan, sound, key, false);
            assert_memory_equal(renewed->data, full->data, fixture_bytes(full));
            sono_strip_unref(old);
            sono_strip_unref(full);
            old = renewed;
        }
        sono_strip_unref(old);
    }
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(engine);
}

/* A strip that does not fit the place, or is provisional itself, is no basis. */
static void test_unfit_previous_is_ignored(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(30001);
    SonoPlan *plan = fixture_plan(engine, 64, 16);
    const SonoStripKey key = fixture_key(plan, 3, 0, 0);
    const SonoPcmReader reader = sound_reader(sound);
    SonoStrip *full = fixture_strip(engine, plan, sound, key, false);
    SonoStrip *unfit[] = {fixture_strip(engine, plan, sound, key, true),
                          fixture_strip(engine, plan, sound, fixture_key(plan, 3, 0, 1), false),
                          fixture_strip(engine, plan, sound, fixture_key(plan, 2, 0, 0), false)};
    for (size_t i = 0; i < 3; i++) {
        SonoStrip *s = NULL;
        assert_ok(sono_strip_make(engine, plan, &reader, key, false, unfit[i], (SonoSpan){0, 0}, NULL, &s, &err), err);
        assert_memory_equal(s->data, full->data, fixture_bytes(full));
        sono_strip_unref(s);
        sono_strip_unref(unfit[i]);
    }
    SonoStrip *rough = NULL; /* nothing had to be estimated: the strip is exact */
    assert_ok(sono_strip_make(engine, plan, &reader, key, true, full, (SonoSpan){0, 0}, NULL, &rough, &err), err);
    assert_false(rough->provisional);
    assert_memory_equal(rough->data, full->data, fixture_bytes(full));
    sono_strip_unref(rough);
    sono_strip_unref(full);
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(engine);
}

static void test_cancel(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(40000);
    SonoPlan *plan = fixture_plan(engine, 64, 16);
    SonoGeneration generation = {0};
    const SonoPcmReader reader = sound_reader(sound);
    SonoStrip *strip = NULL;
    SonoJobTicket ticket = {&generation, 0};
    sono_generation_bump(&generation);
    const SonoStripKey key = fixture_key(plan, 3, 0, 0);
    assert_int_equal(sono_strip_make(engine, plan, &reader, key, false, NULL, (SonoSpan){0, 0}, &ticket, &strip, &err),
                     SONO_E_CANCELLED);
    assert_null(strip);
    assert_int_equal(atomic_load_explicit(&sound->n_reads, memory_order_relaxed), 0);
    ticket.at = atomic_load_explicit(&generation.now, memory_order_relaxed);
    sound->bump_at_read = &generation;
    sound->bump_after = 3;
    assert_int_equal(sono_strip_make(engine, plan, &reader, key, false, NULL, (SonoSpan){0, 0}, &ticket, &strip, &err),
                     SONO_E_CANCELLED);
    assert_null(strip);
    assert_true(atomic_load_explicit(&sound->n_reads, memory_order_relaxed) <= 5); /* it stopped at once */
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(engine);
}

static void test_errors(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoEngine *engine = fixture_engine(2);
    Sound *sound = sound_new(30000);
    SonoPlan *plan = fixture_plan(engine, 64, 16);
    const SonoPcmReader reader = sound_reader(sound);
    const SonoSpan none = {0, 0};
    SonoStrip *strip = NULL;
    sound->fail_with = SONO_E_IO;
    const SonoStripKey good = fixture_key(plan, 2, 0, 0);
    assert_int_equal(sono_strip_make(engine, plan, &reader, good, false, NULL, none, NULL, &strip, &err), SONO_E_IO);
    assert_string_equal(err.message, "the sound is gone");
    assert_int_equal(sono_strip_make(engine, plan, &reader, good, false, NULL, none, NULL, &strip, NULL), SONO_E_IO);
    SonoStripKey bad[6];
    for (size_t i = 0; i < 6; i++) {
        bad[i] = good;
    }
    bad[0].channel = 1;
    bad[1].channel = -1;
    bad[2].level_t = 31;
    bad[3].level_f = -1;
    bad[4].x = -1;
    bad[5].x = INT64_MAX;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(sono_strip_make(engine, plan, &reader, bad[i], false, NULL, none, NULL, &strip, &err),
                         SONO_E_INVALID);
    }
    assert_null(strip);
    sono_plan_unref(plan);
    sound_free(sound);
    sono_engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_provisional_is_below_exact),
        cmocka_unit_test(test_provisional_shows_the_sound),
        cmocka_unit_test(test_only_needed_frames_are_read),
        cmocka_unit_test(test_renewed_equals_remade),
        cmocka_unit_test(test_renewed_after_growth),
        cmocka_unit_test(test_unfit_previous_is_ignored),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
