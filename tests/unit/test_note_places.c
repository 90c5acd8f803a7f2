/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes on lanes: places by pitch on every axis and in every tuning, the key under a pointer, lines that are never a
 * mess. */
#include "note_places.h"
#include "sono_test.h"
#include "sono_ticks.h"

#include <math.h>

static NotePlaces lane(SonoAxisScale scale, double f0_hz, double f1_hz, double tuning_hz, double height_px)
{
    return (NotePlaces){{scale, f0_hz, f1_hz}, tuning_hz, height_px};
}

static void notes_lie_at_their_pitch(void **state)
{
    (void)state;
    const double tunings[] = {415.0, 440.0, 466.0};
    for (int scale = 0; scale < SONO_N_SCALES; scale++) {
        for (size_t t = 0; t < G_N_ELEMENTS(tunings); t++) {
            const NotePlaces p = lane((SonoAxisScale)scale, 30.0, 20000.0, tunings[t], 400.0);
            for (int note = 30; note < 120; note++) {
                const double y = note_places_y(&p, note);
                const double freq_hz = sono_freq_axis_hz(&p.axis, 1.0 - y / p.height_px);
                assert_true(fabs(freq_hz / sono_hz_from_note(note, tunings[t]) - 1.0) < 1e-9);
                assert_int_equal(note_places_at(&p, y), note);
                assert_true(note_places_y(&p, note + 1) < y);
            }
            assert_true(fabs(note_places_y(&p, 69.0) -
                             p.height_px * (1.0 - sono_freq_axis_position(&p.axis, tunings[t]))) < 1e-9);
        }
    }
    const NotePlaces octaves = lane(SONO_SCALE_LOG, 55.0, 880.0, 440.0, 480.0); /* four octaves */
    assert_true(fabs(note_places_semitone_px(&octaves, 60) - 10.0) < 1e-9);
    assert_true(fabs(note_places_octave_px(&octaves, 60) - 120.0) < 1e-9);
}

static void what_is_seen_is_counted(void **state)
{
    (void)state;
    int first = -1;
    int last = -1;
    const NotePlaces octave = lane(SONO_SCALE_LOG, 440.0, 880.0, 440.0, 300.0);
    assert_true(note_places_seen(&octave, &first, &last));
    assert_int_equal(first, 69);
    assert_int_equal(last, 81);
    const NotePlaces all = lane(SONO_SCALE_LINEAR, 0.0, 384000.0, 440.0, 300.0);
    assert_true(note_places_seen(&all, &first, &last));
    assert_int_equal(first, 0);
    assert_int_equal(last, NOTES_MAX - 1);
    const NotePlaces low = lane(SONO_SCALE_LINEAR, 0.0, 3.0, 440.0, 300.0);
    assert_false(note_places_seen(&low, &first, &last));
    const NotePlaces empty = lane(SONO_SCALE_LOG, 100.0, 100.0, 440.0, 300.0);
    assert_false(note_places_seen(&empty, &first, &last));
    assert_int_equal(note_places_at(&all, -50.0), NOTES_MAX - 1);
    assert_int_equal(note_places_at(&all, 1e6), 0);
}

static void keys_are_black_and_white(void **state)
{
    (void)state;
    for (int note = 0; note < NOTES_MAX; note++) {
        assert_int_equal(note_is_black(note), sono_note_names[note % 12][1] == '#');
    }
}

/* Lines that can be told apart are drawn, others not: added up they never cover much of a lane. */
static void lines_are_never_a_mess(void **state)
{
    (void)state;
    for (int scale = 0; scale < SONO_N_SCALES; scale++) {
        for (double high_hz = 100.0; high_hz <= 384000.0; high_hz *= 1.7) {
            for (double height_px = 20.0; height_px <= 2000.0; height_px *= 1.9) {
                const NotePlaces p = lane((SonoAxisScale)scale, 20.0, high_hz, 440.0, height_px);
                int first = 0;
                int last = 0;
                double sum = 0.0;
                assert_true(note_places_seen(&p, &first, &last));
                for (int note = first; note <= last; note++) {
                    const double strength = note_places_strength(&p, note);
                    assert_true(strength >= 0.0 && strength <= 1.0);
                    assert_true(note % 12 == 0 || strength <= 0.5);
                    assert_true(strength == 0.0 || note % 12 == 0 || note_places_semitone_px(&p, note) >= 5.0);
                    sum += strength;
                }
                assert_true(sum <= 0.1 * height_px + 2.0);
            }
        }
    }
    const NotePlaces near = lane(SONO_SCALE_LOG, 220.0, 880.0, 440.0, 1200.0);
    assert_true(note_places_strength(&near, 60) == 1.0);
    assert_true(note_places_strength(&near, 62) > note_places_strength(&near, 61));
    assert_true(note_places_strength(&near, 61) > 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_lie_at_their_pitch),
        cmocka_unit_test(what_is_seen_is_counted),
        cmocka_unit_test(keys_are_black_and_white),
        cmocka_unit_test(lines_are_never_a_mess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
