/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Meters against the minimum requirements of EBU Tech 3341 and 3342, whose signals are made here, and against
 * arithmetic: peaks, holds, falls, rms, clip lights. */
#include "sono_test.h"

#include <math.h>
#include <string.h>

#include "sono_mem.h"
#include "sono_meters.h"

#define PI 3.14159265358979323846
#define RATE 48000
#define PORTION 1023 /* no divisor of anything */

typedef struct Part {
    double level_db, length_s;
} Part;

static SonoMeters *meters_new(double rate_hz, int n_channels)
{
    SonoMeters *m = NULL;
    SonoError err = {0};
    assert_ok(sono_meters_new(rate_hz, n_channels, &m, &err), err);
    return m;
}

static SonoMeterReading reading(const SonoMeters *m)
{
    SonoMeterReading r;
    sono_meters_read(m, &r);
    return r;
}

static void add(SonoMeters *m, const float *const *pcm, int64_t n)
{
    SonoError err = {0};
    assert_ok(sono_meters_add(m, pcm, n, &err), err);
}

/* A sine, in phase on all channels; gains_db: of each channel, or NULL. */
static void add_sine(SonoMeters *m, double rate_hz, int n_channels, double freq_hz, double level_db, double length_s,
                     int64_t *phase, const double *gains_db)
{
    float pcm[8][PORTION];
    const float *planes[8];
    const int64_t n = llround(length_s * rate_hz);
    for (int64_t done = 0; done < n;) {
        const int64_t part = n - done < PORTION ? n - done : PORTION;
        for (int c = 0; c < n_channels; c++) {
            const double amplitude = pow(10.0, (level_db + (gains_db ? gains_db[c] : 0.0)) / 20.0);
            for (int64_t i = 0; i < part; i++) {
                pcm[c][i] = (float)(amplitude * sin(2.0 * PI * freq_hz * (double)(*phase + i) / rate_hz));
            }
            planes[c] = pcm[c];
        }
        add(m, planes, part);
        *phase += part;
        done += part;
    }
}

static void add_parts(SonoMeters *m, const Part *parts, int n_parts)
{
    int64_t phase = 0;
    for (int i = 0; i < n_parts; i++) {
        add_sine(m, RATE, 2, 1000.0, parts[i].level_db, parts[i].length_s, &phase, NULL);
    }
}

#define assert_near(x, want, tolerance)                                                                                \
    do {                                                                                                               \
        if (!(fabs((double)(x) - (want)) <= (tolerance))) {                                                            \
            fail_msg("%s is %.4f, not %.4f", #x, (double)(x), (double)(want));                                         \
        }                                                                                                              \
    } while (0)

/* Tech 3341, table 1, cases 1 to 5. */
static void test_integrated(void **state)
{
    (void)state;
    static const Part one[] = {{-23, 20}};
    static const Part two[] = {{-33, 20}};
    static const Part three[] = {{-36, 10}, {-23, 60}, {-36, 10}};
    static const Part four[] = {{-72, 10}, {-36, 10}, {-23, 60}, {-36, 10}, {-72, 10}};
    static const Part five[] = {{-26, 20}, {-20, 20.1}, {-26, 20}};
    static const struct {
        const Part *parts;
        int n_parts;
        double want_lufs;
        bool steady; /* momentary and short too */
    } cases[] = {
        {one, 1, -23, true}, {two, 1, -33, true}, {three, 3, -23, false}, {four, 5, -23, false}, {five, 3, -23, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SonoMeters *m = meters_new(RATE, 2);
        add_parts(m, cases[i].parts, cases[i].n_parts);
        const SonoMeterReading r = reading(m);
        print_message("Tech 3341 case %zu: %.3f LUFS\n", i + 1, (double)r.integrated_lufs);
        assert_near(r.integrated_lufs, cases[i].want_lufs, 0.1);
        if (cases[i].steady) {
            assert_near(r.momentary_lufs, cases[i].want_lufs, 0.1);
            assert_near(r.short_lufs, cases[i].want_lufs, 0.1);
        }
        sono_meters_free(m);
    }
}

/* Case 6: five channels, here with a loud LFE that must not count; and the same arrangement in 7.1. */
static void test_surround(void **state)
{
    (void)state;
    static const double gains[6] = {-28, -28, -24, 0, -30, -30};
    static const double gains_8[8] = {-28, -28, -24, 0, -30, -30, -140, -140};
    for (int n = 6; n <= 8; n += 2) {
        SonoMeters *m = meters_new(RATE, n);
        int64_t phase = 0;
        add_sine(m, RATE, n, 1000.0, 0.0, 20.0, &phase, n == 6 ? gains : gains_8);
        assert_near(reading(m).integrated_lufs, -23.0, 0.1);
        sono_meters_free(m);
    }
}

/* Cases 9 and 12: short-term and momentary of a level that alternates within their windows. */
static void test_windows(void **state)
{
    (void)state;
    SonoMeters *m = meters_new(RATE, 2);
    int64_t phase = 0;
    for (int i = 0; i < 5; i++) {
        add_sine(m, RATE, 2, 1000.0, -20.0, 1.34, &phase, NULL);
        if (i > 1) {
            assert_near(reading(m).short_lufs, -23.0, 0.35); /* between two steps of 100 ms */
        }
        add_sine(m, RATE, 2, 1000.0, -30.0, 1.66, &phase, NULL);
        assert_near(reading(m).short_lufs, -23.0, 0.1);
    }
    sono_meters_reset(m);
    assert_near(reading(m).short_lufs, SONO_METER_FLOOR_DB, 0.0);
    for (int i = 0; i < 25; i++) {
        add_sine(m, RATE, 2, 1000.0, -20.0, 0.18, &phase, NULL);
        add_sine(m, RATE, 2, 1000.0, -30.0, 0.22, &phase, NULL);
        if (i > 2) {
            assert_near(reading(m).momentary_lufs, -23.0, 0.1);
        }
    }
    sono_meters_free(m);
}

/* Cases 15 to 19: (frequency as a part of the rate, phase in degrees, amplitude, dBTP), +0.2 / -0.4 dB. */
static void test_true_peak(void **state)
{
    (void)state;
    static const struct {
        double part, phase_deg, amplitude, want_db;
    } cases[] = {{4, 0, 0.5, -6.0}, {4, 45, 0.5, -6.0}, {6, 60, 0.5, -6.0}, {8, 67.5, 0.5, -6.0}, {4, 45, 1.41, 3.0}};
    static float pcm[RATE];
    const float *planes[2] = {pcm, pcm};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SonoMeters *m = meters_new(RATE, 2);
        double sample_peak = 0.0;
        for (int k = 0; k < RATE; k++) {
            const double ramp =
                k < 4800 ? k / 4800.0 : (k >= RATE - 4800 ? (RATE - 1 - k) / 4800.0 : 1.0); /* no step */
            const double t = k / cases[i].part + cases[i].phase_deg / 360.0;
            pcm[k] = (float)(ramp * cases[i].amplitude * sin(2.0 * PI * t));
            sample_peak = fmax(sample_peak, fabs((double)pcm[k]));
        }
        add(m, planes, RATE);
        const SonoMeterReading r = reading(m);
        print_message("Tech 3341 case %zu: %.3f dBTP (samples %.3f dBFS)\n", i + 15, (double)r.true_peak_db,
                      20.0 * log10(sample_peak));
        assert_true((double)r.true_peak_db <= cases[i].want_db + 0.2 &&
                    (double)r.true_peak_db >= cases[i].want_db - 0.4);
        assert_int_equal(r.clipped, sample_peak >= 1.0 ? 3 : 0);
        sono_meters_free(m);
    }
}

/* Tech 3342, cases 1 to 4. */
static void test_range(void **state)
{
    (void)state;
    static const Part one[] = {{-20, 20}, {-30, 20}};
    static const Part two[] = {{-20, 20}, {-15, 20}};
    static const Part three[] = {{-40, 20}, {-20, 20}};
    static const Part four[] = {{-50, 20}, {-35, 20}, {-20, 20}, {-35, 20}, {-50, 20}};
    static const struct {
        const Part *parts;
        int n_parts;
        double want_lu;
    } cases[] = {{one, 2, 10}, {two, 2, 5}, {three, 2, 20}, {four, 5, 15}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SonoMeters *m = meters_new(RATE, 2);
        add_parts(m, cases[i].parts, cases[i].n_parts);
        assert_near(reading(m).range_lu, cases[i].want_lu, 1.0);
        sono_meters_free(m);
    }
}

static void add_silence(SonoMeters *m, double length_s)
{
    static const float zeros[RATE];
    const float *planes[1] = {zeros};
    for (int64_t n = llround(length_s * RATE); n > 0; n -= n < RATE ? n : RATE) {
        add(m, planes, n < RATE ? n : RATE);
    }
}

/* One sample at full scale, another at half a second later: bars and marks after every 100 ms. */
static void test_hold_and_fall(void **state)
{
    (void)state;
    SonoMeters *m = meters_new(RATE, 1);
    const float full = 1.0F;
    const float half = 0.5F;
    const float *const planes[2] = {&full, &half};
    add(m, &planes[0], 1);
    assert_near(reading(m).peak_db[0], 0.0, 1e-6); /* at once */
    const double half_db = 20.0 * log10(0.5);
    double t = 1.0 / RATE;
    for (int i = 1; i <= 60; i++) {
        if (i == 11) { /* at 1 s */
            add(m, &planes[1], 1);
            t += 1.0 / RATE;
        }
        add_silence(m, i * 0.1 - t);
        t = i * 0.1;
        double bar = -SONO_METER_FALL_DB_PER_S * t;
        double hold = t <= SONO_METER_HOLD_S ? 0.0 : -SONO_METER_FALL_DB_PER_S * (t - SONO_METER_HOLD_S);
        if (t > 1.0) {
            bar = fmax(bar, half_db - SONO_METER_FALL_DB_PER_S * (t - 1.0));
            hold = fmax(hold, t <= 1.0 + SONO_METER_HOLD_S
                                  ? half_db
                                  : half_db - SONO_METER_FALL_DB_PER_S * (t - 1.0 - SONO_METER_HOLD_S));
        }
        const SonoMeterReading r = reading(m);
        assert_near(r.peak_db[0], fmax(bar, SONO_METER_FLOOR_DB), 0.21); /* a step of 10 ms is 0.2 dB */
        assert_near(r.hold_db[0], fmax(hold, SONO_METER_FLOOR_DB), 0.21);
        assert_int_equal(r.clipped, 1);
    }
    sono_meters_reset(m);
    const SonoMeterReading r = reading(m);
    assert_int_equal(r.clipped, 0);
    assert_near(r.hold_db[0], SONO_METER_FLOOR_DB, 0.0);
    sono_meters_free(m);
}

static void test_rms(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        const double rate = i == 0 ? 11025.0 : (i == 1 ? 44100.0 : 192000.0);
        SonoMeters *m = meters_new(rate, 2);
        int64_t phase = 0;
        add_sine(m, rate, 2, 1000.0, -12.0, 1.0, &phase, NULL);
        const SonoMeterReading r = reading(m);
        assert_near(r.rms_db[0], -12.0 - 3.0103, 0.02);
        assert_near(r.rms_db[1], -12.0 - 3.0103, 0.02);
        assert_near(r.peak_db[0], -12.0, 0.25);
        assert_near(r.momentary_lufs, -12.0, 0.15); /* two channels at 1 kHz: LUFS are dBFS of the sine */
        add_sine(m, rate, 2, 1000.0, -200.0, 0.15, &phase, NULL);
        assert_near(reading(m).rms_db[0], -12.0 - 6.0206, 0.35); /* half of the 300 ms, to a step of 10 ms */
        sono_meters_free(m);
    }
}

/* Readings do not depend on how the sound is cut into calls. */
static void test_portions(void **state)
{
    (void)state;
    SonoMeters *a = meters_new(44100.0, 2);
    SonoMeters *b = meters_new(44100.0, 2);
    uint64_t seed = 12;
    float *pcm = sono_alloc_aligned(2 * 100000, sizeof *pcm);
    assert_non_null(pcm);
    for (int i = 0; i < 200000; i++) {
        pcm[i] = sono_test_noise(&seed);
    }
    const float *whole[2] = {pcm, pcm + 100000};
    add(a, whole, 100000);
    for (int64_t at = 0; at < 100000;) {
        const int64_t n = 1 + (at * 7) % 997 < 100000 - at ? 1 + (at * 7) % 997 : 100000 - at;
        const float *part[2] = {pcm + at, pcm + 100000 + at};
        add(b, part, n);
        at += n;
    }
    const SonoMeterReading ra = reading(a);
    const SonoMeterReading rb = reading(b);
    for (int c = 0; c < 2; c++) {
        assert_near(ra.rms_db[c], (double)rb.rms_db[c], 1e-4);
        assert_near(ra.peak_db[c], (double)rb.peak_db[c], 1e-6);
        assert_near(ra.hold_db[c], (double)rb.hold_db[c], 1e-6);
    }
    assert_near(ra.integrated_lufs, (double)rb.integrated_lufs, 1e-4);
    assert_near(ra.true_peak_db, (double)rb.true_peak_db, 1e-4);
    sono_free(pcm);
    sono_meters_free(a);
    sono_meters_free(b);
}

/* What is not finite counts as nothing, and does not stay; 64 channels, and what is refused. */
static void test_hostile(void **state)
{
    (void)state;
    SonoMeters *m = meters_new(RATE, 1);
    const float bad[5] = {NAN, INFINITY, -INFINITY, 1e30F, -1e30F};
    const float *const planes[1] = {bad};
    add(m, planes, 5);
    assert_near(reading(m).peak_db[0], 600.0, 0.01);
    add_silence(m, 4.0);
    sono_meters_reset(m);
    int64_t phase = 0;
    add_sine(m, RATE, 1, 1000.0, -20.0, 5.0, &phase, NULL);
    assert_near(reading(m).short_lufs, -23.0, 0.1);
    sono_meters_free(m);

    m = meters_new(192000.0, 64);
    float *silence = sono_alloc_aligned(19200, sizeof *silence);
    const float *many[64];
    for (int c = 0; c < 64; c++) {
        many[c] = silence;
    }
    add(m, many, 19200);
    assert_near(reading(m).integrated_lufs, SONO_METER_FLOOR_DB, 0.0);
    assert_int_equal(reading(m).n_channels, 64);
    sono_free(silence);
    sono_meters_free(m);
    SonoError err = {0};
    assert_int_equal(sono_meters_new(48000.0, 65, &m, &err), SONO_E_RANGE);
    assert_int_equal(sono_meters_new(48000.0, 0, &m, &err), SONO_E_RANGE);
    assert_int_equal(sono_meters_new((double)NAN, 2, &m, &err), SONO_E_RANGE);
    assert_int_equal(sono_meters_new(800000.0, 2, &m, &err), SONO_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integrated), cmocka_unit_test(test_surround), cmocka_unit_test(test_windows),
        cmocka_unit_test(test_true_peak),  cmocka_unit_test(test_range),    cmocka_unit_test(test_hold_and_fall),
        cmocka_unit_test(test_rms),        cmocka_unit_test(test_portions), cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
