/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readouts: what is written can be read back, in any locale; what users type is understood, nonsense is not. */
#include "sono_readout.h"
#include "sono_test.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#define RATE 44100.0

static void expect_time(double t_s, double span_s, SonoTimeFormat format, const char *wanted)
{
    g_autofree char *text = sono_format_time(t_s, RATE, span_s, format);
    assert_string_equal(text, wanted);
}

static void times_are_written(void **state)
{
    (void)state;
    expect_time(83.25, 10.0, SONO_TIME_SECONDS, "83.250 s");
    expect_time(83.25, 0.2, SONO_TIME_SECONDS, "83.25000 s");
    expect_time(-0.0001, 10.0, SONO_TIME_SECONDS, "0.000 s");
    expect_time(-1.5, 10.0, SONO_TIME_SECONDS, "-1.500 s");
    expect_time(83.25, 10.0, SONO_TIME_HMS, "0:01:23.250");
    expect_time(59.9996, 10.0, SONO_TIME_HMS, "0:01:00.000");
    expect_time(3599.9996, 10.0, SONO_TIME_HMS, "1:00:00.000");
    expect_time(7325.5, 7200.0, SONO_TIME_HMS, "2:02:05.500");
    expect_time(-61.0, 10.0, SONO_TIME_HMS, "-0:01:01.000");
    expect_time(83.25, 10.0, SONO_TIME_SAMPLES, "3671325");
    expect_time(-1e-9, 10.0, SONO_TIME_SAMPLES, "0");
    expect_time(NAN, 10.0, SONO_TIME_SECONDS, "");
}

static void expect_freq(double freq_hz, SonoFreqFormat format, const char *wanted)
{
    g_autofree char *text = sono_format_freq(freq_hz, format, 440.0);
    assert_string_equal(text, wanted);
}

static void frequencies_are_written(void **state)
{
    (void)state;
    char note[24];
    expect_freq(440.0, SONO_FREQ_HZ, "440.0 Hz");
    expect_freq(54.123, SONO_FREQ_HZ, "54.12 Hz");
    expect_freq(999.97, SONO_FREQ_HZ, "1.000 kHz");
    expect_freq(12345.0, SONO_FREQ_HZ, "12.35 kHz");
    expect_freq(9999.7, SONO_FREQ_HZ, "10.00 kHz");
    expect_freq(0.0, SONO_FREQ_NOTES, "0.00 Hz");
    expect_freq(440.0, SONO_FREQ_NOTES, "A4 +0 ct");
    expect_freq(261.6256, SONO_FREQ_NOTES, "C4 +0 ct");
    expect_freq(440.0 * exp2(-30.0 / 1200.0), SONO_FREQ_NOTES, "A4 -30 ct");
    assert_string_equal(sono_format_note(8.1758, 440.0, note, sizeof note), "C-1 +0 ct");
    assert_string_equal(sono_format_note(8.0, 440.0, note, sizeof note), "C-1 -38 ct");
    assert_string_equal(sono_format_note(7.5, 440.0, note, sizeof note), "");
    assert_string_equal(sono_format_note(442.0, 442.0, note, sizeof note), "A4 +0 ct");
    assert_string_equal(sono_format_note(440.0, 442.0, note, sizeof note), "A4 -8 ct");
    assert_string_equal(sono_format_note(1e5 + 1.0, 440.0, note, sizeof note), "");
    assert_string_equal(sono_format_note(-3.0, 440.0, note, sizeof note), "");
    assert_string_equal(sono_format_note(0.0, 440.0, note, sizeof note), "");
}

static void typed_times_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        SonoTimeFormat format;
        double t_s;
    } cases[] = {
        {"1:23.5", SONO_TIME_HMS, 83.5},
        {"1:23,5", SONO_TIME_HMS, 83.5},
        {"1:02:03", SONO_TIME_SECONDS, 3723.0},
        {" -0:01.5 ", SONO_TIME_HMS, -1.5},
        {"83.25 s", SONO_TIME_SAMPLES, 83.25},
        {"83,25", SONO_TIME_SECONDS, 83.25},
        {"83250 ms", SONO_TIME_SECONDS, 83.25},
        {"3671325", SONO_TIME_SAMPLES, 83.25},
        {"3671325 samples", SONO_TIME_HMS, 83.25},
        {"1 h 2 min 3.5 s", SONO_TIME_HMS, 3723.5},
        {"2m", SONO_TIME_SECONDS, 120.0},
        {".5", SONO_TIME_SECONDS, 0.5},
        {"5.", SONO_TIME_SECONDS, 5.0},
        {"250\xc2\xb5s", SONO_TIME_SECONDS, 250e-6},
        {"\xe2\x88\x92"
         "2 s",
         SONO_TIME_SECONDS, -2.0},
        {"75:00", SONO_TIME_HMS, 4500.0},
        {"1:23.5 s", SONO_TIME_HMS, 83.5},
        {"12 S", SONO_TIME_SECONDS, 12.0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double t_s = NAN;
        if (!sono_parse_time(cases[i].text, RATE, cases[i].format, &t_s) || !(fabs(t_s - cases[i].t_s) < 1e-9)) {
            fail_msg("'%s' gives %.12g, not %.12g", cases[i].text, t_s, cases[i].t_s);
        }
    }
    static const char *const nonsense[] = {"",      " ",         "s",   "1:2:3:4", "1:60", "1.5:20", "1,2,3",
                                           "1.2.3", "12 apples", "1 2", "1 s 2",   "nan",  "inf",    "0x10",
                                           "1e3",   "--1",       "1:",  ":1",      "1 Hz", "\xff",   "-"};
    for (size_t i = 0; i < G_N_ELEMENTS(nonsense); i++) {
        double t_s = 7.0;
        if (sono_parse_time(nonsense[i], RATE, SONO_TIME_HMS, &t_s) || t_s != 7.0) {
            fail_msg("'%s' was taken for a time (%g)", nonsense[i], t_s);
        }
    }
}

static void typed_frequencies_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double freq_hz;
    } cases[] = {
        {"440", 440.0},
        {"440 Hz", 440.0},
        {"1.2 kHz", 1200.0},
        {"1,2khz", 1200.0},
        {"2k", 2000.0},
        {"A4", 440.0},
        {"a4 +1200", 880.0},
        {" Bb4", 466.163762},
        {"b4", 493.883301},
        {"c#3 -12", 137.633995},
        {"A4 +0 ct", 440.0},
        {"C-1", 8.175799},
        {"a4+50c", 452.892984},
        {"F\xe2\x99\xaf"
         "4",
         369.994423},
        {"0", 0.0},
        {"A4 \xe2\x88\x92"
         "100",
         415.304698},
        {"Cb4", 246.941651},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double freq_hz = NAN;
        if (!sono_parse_freq(cases[i].text, 440.0, &freq_hz) || !(fabs(freq_hz - cases[i].freq_hz) < 1e-4)) {
            fail_msg("'%s' gives %.12g, not %.12g", cases[i].text, freq_hz, cases[i].freq_hz);
        }
    }
    static const char *const nonsense[] = {"",     "H4", "A",  "A4 x", "-3",      "-3 Hz", "3 s",  "A4.5", "1 2",
                                           "A4 3", "k",  "Hz", "nan",  "A4 + ct", "1..2",  "C##4", "\xff"};
    for (size_t i = 0; i < G_N_ELEMENTS(nonsense); i++) {
        double freq_hz = 7.0;
        if (sono_parse_freq(nonsense[i], 440.0, &freq_hz) || freq_hz != 7.0) {
            fail_msg("'%s' was taken for a frequency (%g)", nonsense[i], freq_hz);
        }
    }
}

/* What was written means the same within what its decimals can say. */
static void round_trips(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (int i = 0; i < 20000; i++) {
        const double t_s = 5e4 * (double)sono_test_noise(&seed);
        const double span_s = exp2(15.0 * (double)sono_test_noise(&seed));
        for (int format = 0; sono_time_format_names[format]; format++) {
            g_autofree char *text = sono_format_time(t_s, RATE, span_s, (SonoTimeFormat)format);
            double back = NAN;
            const double slack = format == SONO_TIME_SAMPLES ? 0.5001 / RATE : fmax(0.00051, 0.0) + 1e-9;
            assert_true(sono_parse_time(text, RATE, (SonoTimeFormat)format, &back));
            assert_true(fabs(back - t_s) <= slack);
            g_autofree char *again = sono_format_time(back, RATE, span_s, (SonoTimeFormat)format);
            assert_string_equal(again, text);
        }
        const double freq_hz = 440.0 * exp2(5.6 * (double)sono_test_noise(&seed));
        for (int format = 0; sono_freq_format_names[format]; format++) {
            g_autofree char *text = sono_format_freq(freq_hz, (SonoFreqFormat)format, 440.0);
            double back = NAN;
            assert_true(sono_parse_freq(text, 440.0, &back));
            assert_true(fabs(back / freq_hz - 1.0) <= 6e-4);
            g_autofree char *again = sono_format_freq(back, (SonoFreqFormat)format, 440.0);
            assert_string_equal(again, text);
        }
    }
}

/* Every whole sample survives the format that has enough decimals for it. */
static void samples_survive(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int i = 0; i < 20000; i++) {
        const double frame = floor(2e8 * (double)(1.0f + sono_test_noise(&seed)));
        double back = NAN;
        g_autofree char *samples = sono_format_time(frame / RATE, RATE, 1.0, SONO_TIME_SAMPLES);
        assert_true(sono_parse_time(samples, RATE, SONO_TIME_SAMPLES, &back));
        assert_true(round(back * RATE) == frame);
        g_autofree char *exact = sono_format_time(frame / RATE, RATE, 0.0, SONO_TIME_HMS);
        assert_true(sono_parse_time(exact, RATE, SONO_TIME_HMS, &back));
        assert_true(round(back * RATE) == frame);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written),    cmocka_unit_test(frequencies_are_written),
        cmocka_unit_test(typed_times_are_read), cmocka_unit_test(typed_frequencies_are_read),
        cmocka_unit_test(round_trips),          cmocka_unit_test(samples_survive),
    };
    /* where one with a comma is installed, everything must hold in it */
    for (const char *const *name = (const char *const[]){"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8", NULL}; *name;
         name++) {
        if (setlocale(LC_ALL, *name)) {
            break;
        }
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
