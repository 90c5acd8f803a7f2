/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ticks: in range, ascending where they should be, different labels that do not touch, enough of them. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "sono_test.h"
#include "sono_ticks.h"

static void check_labels(const SonoTickList *list, double from, double to, size_t least)
{
    size_t n = 0;
    assert_non_null(list->title);
    for (size_t i = 0; i < list->n; i++) {
        const SonoTick *t = &list->ticks[i];
        const double slack = 1e-6 * (to - from);
        assert_true(t->value >= from - slack && t->value <= to + slack);
        n += t->label[0] != '\0';
        assert_true(strstr(t->label, "-0") != t->label || t->value < 0);
        for (size_t k = 0; k < i && t->label[0]; k++) {
            assert_string_not_equal(list->ticks[k].label, t->label);
        }
    }
    if (n < least) {
        fail_msg("only %zu labels from %g to %g", n, from, to);
    }
}

static const char *label_at(const SonoTickList *list, double value)
{
    for (size_t i = 0; i < list->n; i++) {
        if (fabs(list->ticks[i].value - value) <= 1e-9 * (1 + fabs(value))) {
            return list->ticks[i].label;
        }
    }
    return "(no tick)";
}

static void times_read_like_a_clock(void **state)
{
    (void)state;
    SonoTickList list;
    sono_ticks_time(SONO_TICKS_CLOCK, 0, 1.428, 1, (SonoTickRoom){1024, 80, 0}, &list);
    check_labels(&list, 0, 1.428, 5);
    assert_string_equal(label_at(&list, 0.4), "0.4");
    assert_string_equal(list.title, "Time (s)");
    sono_ticks_time(SONO_TICKS_CLOCK, 0, 200, 1, (SonoTickRoom){1000, 80, 0}, &list);
    check_labels(&list, 0, 200, 5);
    assert_string_equal(label_at(&list, 60), "1:00");
    sono_ticks_time(SONO_TICKS_CLOCK, 0, 10800, 1, (SonoTickRoom){1000, 80, 0}, &list);
    check_labels(&list, 0, 10800, 5);
    assert_string_equal(label_at(&list, 3600), "1:00:00");
    assert_string_equal(list.title, "Time (h:min:s)");
    sono_ticks_time(SONO_TICKS_CLOCK, 3723.2, 3723.25, 1, (SonoTickRoom){1000, 80, 0}, &list);
    check_labels(&list, 3723.2, 3723.25, 5);
    assert_string_equal(label_at(&list, 3723.21), "1:02:03.210");
    sono_ticks_time(SONO_TICKS_CLOCK, 59.9, 60.4, 1, (SonoTickRoom){1000, 80, 0}, &list);
    check_labels(&list, 59.9, 60.4, 5);
    assert_string_equal(label_at(&list, 60.0), "1:00.00");
    sono_ticks_time(SONO_TICKS_CLOCK, 0, 1e6, 1, (SonoTickRoom){1000, 80, 0}, &list);
    check_labels(&list, 0, 1e6, 3);
    for (double span = 1e-5; span < 1e6; span *= 1.7) {
        for (double start = 0; start < 20000; start = 3 * start + 1.23) {
            sono_ticks_time(SONO_TICKS_CLOCK, start, start + span, 1, (SonoTickRoom){700, 80, 0}, &list);
            check_labels(&list, start, start + span, 3);
        }
    }
}

/* Spans of a few bits of a double: no two times can be told apart, and the list still ends. */
static void hair_thin_spans_end(void **state)
{
    (void)state;
    SonoTickList list;
    for (double start = 0.05; start < 1e6; start *= 7.3) {
        sono_ticks_time(SONO_TICKS_CLOCK, start, nextafter(start, INFINITY), 1, (SonoTickRoom){1000, 80, 0}, &list);
        assert_true(list.n <= SONO_MAX_TICKS);
        const SonoFreqAxis axis = {.scale = SONO_SCALE_LINEAR, .f0_hz = start, .f1_hz = nextafter(start, INFINITY)};
        sono_ticks_freq(&axis, (SonoTickRoom){500, 30, 0}, &list);
        assert_true(list.n <= SONO_MAX_TICKS);
    }
}

static void check_freq(SonoFreqAxis axis, size_t least)
{
    SonoTickList list;
    sono_ticks_freq(&axis, (SonoTickRoom){500, 26, 0}, &list);
    check_labels(&list, axis.f0_hz, axis.f1_hz, least);
    for (size_t i = 0; i < list.n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (list.ticks[i].label[0] && list.ticks[k].label[0]) {
                const double a = sono_freq_axis_position(&axis, list.ticks[i].value);
                const double b = sono_freq_axis_position(&axis, list.ticks[k].value);
                assert_true(fabs(a - b) * 500 > 15);
            }
        }
    }
}

static void frequencies_are_round_and_apart(void **state)
{
    (void)state;
    SonoTickList list;
    const SonoFreqAxis log_axis = {SONO_SCALE_LOG, 30, 24000};
    sono_ticks_freq(&log_axis, (SonoTickRoom){500, 26, 0}, &list);
    assert_string_equal(label_at(&list, 100), "100");
    assert_string_equal(label_at(&list, 1000), "1k");
    assert_string_equal(label_at(&list, 20000), "20k");
    const SonoFreqAxis linear = {SONO_SCALE_LINEAR, 0, 22050};
    sono_ticks_freq(&linear, (SonoTickRoom){500, 26, 0}, &list);
    assert_string_equal(label_at(&list, 0), "0");
    assert_string_equal(label_at(&list, 10000), "10k");
    for (int scale = 0; sono_scale_names[scale]; scale++) {
        for (double low = 20; low < 20000; low *= 1.6) {
            for (double high = low * 1.05; high < 96000; high *= 1.5) {
                check_freq((SonoFreqAxis){(SonoAxisScale)scale, low, high}, 3);
            }
        }
    }
    check_freq((SonoFreqAxis){SONO_SCALE_MEL, 0, 24000}, 8);
    check_freq((SonoFreqAxis){SONO_SCALE_ERB, 0, 24000}, 8);
    check_freq((SonoFreqAxis){SONO_SCALE_BARK, 0, 24000}, 8);
    check_freq((SonoFreqAxis){SONO_SCALE_LINEAR, 10000, 10010}, 5);
}

static void levels_are_round(void **state)
{
    (void)state;
    SonoTickList list;
    sono_ticks_level(-100, -10, (SonoTickRoom){516, 30, 0}, &list);
    check_labels(&list, -100, -10, 8);
    assert_string_equal(label_at(&list, -60), "-60");
    sono_ticks_level(-2.5, 0.5, (SonoTickRoom){500, 30, 0}, &list);
    check_labels(&list, -2.5, 0.5, 5);
    assert_string_equal(label_at(&list, 0), "0.0");
}

/* Minor ticks lie between the labelled ones, apart, and on fractions of their step. */
static void minor_ticks_divide(void **state)
{
    (void)state;
    SonoTickList list;
    sono_ticks_time(SONO_TICKS_SECONDS, 0, 3700, 1, (SonoTickRoom){1000, 80, 5}, &list);
    assert_string_equal(label_at(&list, 500), "500");
    assert_string_equal(label_at(&list, 100), "");
    assert_string_equal(list.title, "Time (s)");
    sono_ticks_time(SONO_TICKS_CLOCK, 0, 180, 1, (SonoTickRoom){1000, 80, 5}, &list);
    assert_string_equal(label_at(&list, 15), "0:15");
    assert_string_equal(label_at(&list, 20), "");
    assert_string_equal(label_at(&list, 21), "(no tick)");
    for (double span = 1e-3; span < 1e6; span *= 1.3) {
        for (int unit = SONO_TICKS_CLOCK; unit <= SONO_TICKS_SAMPLES; unit++) {
            sono_ticks_time((SonoTickTime)unit, 1.7, 1.7 + span, 48000, (SonoTickRoom){1000, 90, 4}, &list);
            assert_true(list.n < SONO_MAX_TICKS);
            for (size_t i = 0; i < list.n; i++) {
                for (size_t k = 0; k < i; k++) {
                    assert_true(fabs(list.ticks[i].value - list.ticks[k].value) * 1000 / span >= 3.99);
                }
            }
        }
    }
}

static void samples_are_whole(void **state)
{
    (void)state;
    SonoTickList list;
    for (double span = 1e-5; span < 1e5; span *= 3.1) {
        sono_ticks_time(SONO_TICKS_SAMPLES, 12.345, 12.345 + span, 44100, (SonoTickRoom){1000, 90, 4}, &list);
        for (size_t i = 0; i < list.n; i++) {
            const double frame = list.ticks[i].value * 44100;
            assert_true(fabs(frame - round(frame)) < 1e-4);
            assert_true(!list.ticks[i].label[0] || strtod(list.ticks[i].label, NULL) == round(frame));
        }
    }
    sono_ticks_time(SONO_TICKS_SAMPLES, 0, 1, 48000, (SonoTickRoom){1000, 90, 4}, &list);
    assert_string_equal(label_at(&list, 5000.0 / 48000), "5000");
}

static void notes_have_names(void **state)
{
    (void)state;
    SonoTickList list;
    const SonoTickRoom room = {500, 14, 3};
    sono_ticks_notes(&(SonoFreqAxis){SONO_SCALE_LOG, 20, 20000}, 440.0, room, &list);
    check_labels(&list, 20, 20000, 10);
    assert_string_equal(label_at(&list, sono_hz_from_note(60, 440.0)), "C4");
    sono_ticks_notes(&(SonoFreqAxis){SONO_SCALE_LOG, 400, 900}, 440.0, room, &list);
    assert_string_equal(label_at(&list, 440), "A4");
    assert_string_equal(label_at(&list, sono_hz_from_note(70, 440.0)), "A#4");
    sono_ticks_notes(&(SonoFreqAxis){SONO_SCALE_MEL, 430, 450}, 440.0, room, &list);
    check_labels(&list, 430, 450, 5);
    assert_string_equal(label_at(&list, 440), "A4");
    assert_string_equal(label_at(&list, 440 * exp2(20.0 / 1200)), "A4+20");
    assert_string_equal(label_at(&list, 440 * exp2(-10.0 / 1200)), "A4-10");
    sono_ticks_notes(&(SonoFreqAxis){SONO_SCALE_LOG, 400, 900}, 432.0, room, &list); /* another concert pitch */
    assert_string_equal(label_at(&list, 432), "A4");
    assert_string_equal(label_at(&list, sono_hz_from_note(70, 432.0)), "A#4");
    assert_true(fabs(sono_note_from_hz(432.0, 432.0) - 69.0) < 1e-12);
    for (int scale = 0; sono_scale_names[scale]; scale++) {
        for (double low = 20; low < 15000; low *= 1.4) {
            for (double high = low * 1.0001; high < 96000; high = low + 2.1 * (high - low)) {
                sono_ticks_notes(&(SonoFreqAxis){(SonoAxisScale)scale, low, high}, 440.0, room, &list);
                check_labels(&list, low, high, 1);
            }
        }
    }
}

/* Rulers say the same wherever they are run. */
static void labels_do_not_depend_on_the_locale(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "C.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !setlocale(LC_NUMERIC, names[i]); i++) {
    }
    SonoTickList list;
    sono_ticks_level(-2.5, 0.5, (SonoTickRoom){500, 30, 0}, &list);
    assert_string_equal(label_at(&list, -0.4), "-0.4");
    (void)setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_read_like_a_clock),
        cmocka_unit_test(hair_thin_spans_end),
        cmocka_unit_test(frequencies_are_round_and_apart),
        cmocka_unit_test(levels_are_round),
        cmocka_unit_test(minor_ticks_divide),
        cmocka_unit_test(samples_are_whole),
        cmocka_unit_test(notes_have_names),
        cmocka_unit_test(labels_do_not_depend_on_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
