/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ticks: in range, ascending where they should be, different labels that do not touch, enough of them. */
#include <math.h>
#include <string.h>

#include "sono_test.h"
#include "ticks.h"

static void check_labels(const TickList *list, double from, double to, size_t least)
{
    size_t n = 0;
    assert_non_null(list->title);
    for (size_t i = 0; i < list->n; i++) {
        const Tick *t = &list->ticks[i];
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

static const char *label_at(const TickList *list, double value)
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
    TickList list;
    ticks_time(0, 1.428, 1024, 80, &list);
    check_labels(&list, 0, 1.428, 5);
    assert_string_equal(label_at(&list, 0.4), "0.4");
    assert_string_equal(list.title, "Time (s)");
    ticks_time(0, 200, 1000, 80, &list);
    check_labels(&list, 0, 200, 5);
    assert_string_equal(label_at(&list, 60), "1:00");
    ticks_time(0, 10800, 1000, 80, &list);
    check_labels(&list, 0, 10800, 5);
    assert_string_equal(label_at(&list, 3600), "1:00:00");
    assert_string_equal(list.title, "Time (h:min:s)");
    ticks_time(3723.2, 3723.25, 1000, 80, &list);
    check_labels(&list, 3723.2, 3723.25, 5);
    assert_string_equal(label_at(&list, 3723.21), "1:02:03.210");
    ticks_time(59.9, 60.4, 1000, 80, &list);
    check_labels(&list, 59.9, 60.4, 5);
    assert_string_equal(label_at(&list, 60.0), "1:00.00");
    ticks_time(0, 1e6, 1000, 80, &list);
    check_labels(&list, 0, 1e6, 3);
    for (double span = 1e-5; span < 1e6; span *= 1.7) {
        for (double start = 0; start < 20000; start = 3 * start + 1.23) {
            ticks_time(start, start + span, 700, 80, &list);
            check_labels(&list, start, start + span, 3);
        }
    }
}

/* Spans of a few bits of a double: no two times can be told apart, and the list still ends. */
static void hair_thin_spans_end(void **state)
{
    (void)state;
    TickList list;
    for (double start = 0.05; start < 1e6; start *= 7.3) {
        ticks_time(start, nextafter(start, INFINITY), 1000, 80, &list);
        assert_true(list.n <= MAX_TICKS);
        const SonoFreqAxis axis = {.scale = SONO_SCALE_LINEAR, .f0_hz = start, .f1_hz = nextafter(start, INFINITY)};
        ticks_freq(&axis, 500, 30, &list);
        assert_true(list.n <= MAX_TICKS);
    }
}

static void check_freq(SonoFreqAxis axis, size_t least)
{
    TickList list;
    ticks_freq(&axis, 500, 26, &list);
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
    TickList list;
    const SonoFreqAxis log_axis = {SONO_SCALE_LOG, 30, 24000};
    ticks_freq(&log_axis, 500, 26, &list);
    assert_string_equal(label_at(&list, 100), "100");
    assert_string_equal(label_at(&list, 1000), "1k");
    assert_string_equal(label_at(&list, 20000), "20k");
    const SonoFreqAxis linear = {SONO_SCALE_LINEAR, 0, 22050};
    ticks_freq(&linear, 500, 26, &list);
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
    check_freq((SonoFreqAxis){SONO_SCALE_LINEAR, 10000, 10010}, 5);
}

static void levels_are_round(void **state)
{
    (void)state;
    TickList list;
    ticks_level(-100, -10, 516, 30, &list);
    check_labels(&list, -100, -10, 8);
    assert_string_equal(label_at(&list, -60), "-60");
    ticks_level(-2.5, 0.5, 500, 30, &list);
    check_labels(&list, -2.5, 0.5, 5);
    assert_string_equal(label_at(&list, 0), "0.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_read_like_a_clock),
        cmocka_unit_test(hair_thin_spans_end),
        cmocka_unit_test(frequencies_are_round_and_apart),
        cmocka_unit_test(levels_are_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
