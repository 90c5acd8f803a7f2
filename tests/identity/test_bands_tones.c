/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a plan over frequency says about a steady sine, slices added: its amplitude at any frequency, its phase at any
 * band, place and delay. */
#include "bands_fixture.h"

#include <math.h>

#include "sono_mem.h"

#define PI 3.141592653589793238463

typedef struct Tone {
    double amplitude, freq_hz, phase;
} Tone;

/* Phase of a tone at a frame, right to rounding however far that is: cycles are counted in whole and split parts. */
static double tone_phase(const Tone *tone, double rate_hz, double frame)
{
    const double step = tone->freq_hz / rate_hz;
    const double whole = floor(frame / 65536.0);
    const double per_block = fmod(step * 65536.0, 1.0);
    return tone->phase + 2.0 * PI * (fmod(per_block * whole, 1.0) + step * (frame - whole * 65536.0));
}

/* Three slices around slice `middle` of the tone, analysed in double. */
static SonoCplxD *analyse_tone(const SonoPlan *plan, const Tone *tone, int64_t delay_frames, SonoSlices slices)
{
    SonoError err = {0};
    const SonoSpan span = sono_plan_support(plan, slices);
    double *x = sono_alloc_aligned((size_t)span.n_frames, sizeof *x);
    SonoCplxD *c = sono_alloc_aligned((size_t)slices.n * plan->n_coef, sizeof *c);
    assert_true(x && c);
    for (int64_t i = 0; i < span.n_frames; i++) {
        const double frame = (double)(span.start_frame + i - delay_frames);
        x[i] = tone->amplitude * cos(tone_phase(tone, plan->rate_hz, frame));
    }
    assert_ok(sono_ref_analyse(plan, x, span, slices, c, &err), err);
    sono_free(x);
    return c;
}

/* The plan's row and its neighbours with one number of coefficients, as the columns of a picture have them. */
static SonoPlan *rows_around(const SonoPlan *plan, int32_t row, int32_t *first_row)
{
    SonoPlan *rows = NULL;
    SonoError err = {0};
    int32_t n_fft[3];
    const int32_t first = row > 0 ? row - 1 : 0;
    const int32_t last = row + 1 < plan->n_rows ? row + 1 : row;
    int32_t most = 64;
    for (int32_t r = first; r <= last; r++) {
        const int32_t own = plan->atoms[plan->row_atom + r].n_fft;
        most = own > most ? own : most;
    }
    for (int i = 0; i < 3; i++) {
        n_fft[i] = most;
    }
    assert_ok(sono_plan_derive(plan, plan->row_atom + first, last - first + 1, n_fft, &rows, &err), err);
    *first_row = first;
    return rows;
}

/* Farthest that what is read is from the amplitude, dB, over the columns of a slice's hop. */
static double reading_error_db(const SonoPlan *plan, const Tone *tone)
{
    const int32_t row = (int32_t)floor(sono_plan_row_at(plan, tone->freq_hz) + 0.5);
    const SonoSlices slices = {-1, 3};
    int32_t first_row = 0;
    SonoPlan *rows = rows_around(plan, row, &first_row);
    SonoCplxD *c = analyse_tone(rows, tone, 0, slices);
    const int32_t n_fft = rows->atoms[0].n_fft;
    double worst_db = 0.0;
    assert_int_equal(sono_plan_reading_reach(plan), 1);
    for (int64_t nu = 0; nu * rows->slice_len < rows->slice_hop * n_fft; nu++) {
        float power[2 * SONO_MAX_READING_REACH + 1] = {0};
        for (int32_t i = 0; i < rows->n_atoms; i++) {
            const SonoCplxD z = bands_merged(rows, &rows->atoms[i], slices, c, nu);
            const double scale = rows->atoms[i].level_scale;
            power[first_row + i - row + 1] = (float)(scale * scale * (z.re * z.re + z.im * z.im));
        }
        const double db = 10.0 * log10(sono_plan_reading(plan, row, power) / (tone->amplitude * tone->amplitude));
        worst_db = fmax(worst_db, fabs(db));
    }
    sono_free(c);
    sono_plan_unref(rows);
    return worst_db;
}

/* Within 0.1 dB on every row and between, from the first row's centre to the last's. */
static void a_sine_reads_its_amplitude(void **state)
{
    (void)state;
    static const struct {
        const char *transform, *params;
        double rate_hz;
        int n_tones;
    } cases[] = {
        {"slicq", "", 48000, 25},
        {"slicq", "slice=131072 window=cos4", 48000, 12},
        {"slicq", "slice=16384 bins_per_octave=3 fmin_hz=60", 48000, 60},
        {"slicq", "slice=16384 bins_per_octave=3 gamma_hz=0 layout=notes window=cos4", 48000, 60},
        {"slicq", "slice=4096 gamma_hz=0", 48000, 80}, /* most bands as narrow as slices allow */
        {"slicq", "slice=4096 gamma_hz=0 hop_eighths=5", 48000, 80},
        {"slicq", "slice=4096 gamma_hz=0 hop_eighths=4", 48000, 80},
        {"slicq", "slice=4096 gamma_hz=0 window=cos4", 48000, 80},
        {"slicq", "slice=4096 gamma_hz=0 window=cos4 hop_eighths=5", 48000, 80},
        {"slicq", "slice=4096 gamma_hz=0 window=cos4 hop_eighths=4", 48000, 80},
        {"slicq", "slice=4096 bins_per_octave=96 gamma_hz=50 layout=notes", 48000, 60},
        {"vqt", "gamma_hz=0", 8000, 60},
        {"vqt", "bins_per_octave=12 gamma_hz=60 fmin_hz=40 quality=precise", 8000, 30},
        {"cqt", "bins_per_octave=12", 11025, 20},
        {"cqt", "bins_per_octave=36 quality=precise", 8000, 12},
        {"erb", "bands_per_erb=0.5", 16000, 60},
        {"erb", "", 8000, 40},
        {"mel", "bands_per_100_mel=0.5", 16000, 60},
        {"mel", "quality=precise", 8000, 40},
        {"bark", "bands_per_bark=0.5", 48000, 20},
        {"bark", "bands_per_bark=0.7", 768000, 12},
        {"bark", "", 8000, 40},
    };
    double worst_db = 0.0;
    uint64_t seed = 11;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SonoPlan *plan = bands_plan(cases[i].transform, cases[i].params, cases[i].rate_hz, 0);
        const double top = plan->n_rows - 1;
        const double edge = sono_plan_row_at(plan, plan->constant_q_from_hz);
        for (int k = 0; k < cases[i].n_tones; k++) {
            /* the ends, where bands begin to be as narrow as asked for, and all over */
            double row = top * (0.5 + 0.5 * (double)sono_test_noise(&seed));
            row = k == 0 ? 0.0 : k == 1 ? top : k == 2 ? 0.499 : k == 3 ? top - 0.499 : row;
            row = k % 8 == 4 && plan->constant_q_from_hz > 0.0 ? fmin(edge + 0.3 * k - 5.0, top) : row;
            const Tone tone = {0.25, sono_plan_row_hz(plan, fmax(row, 0.0)), 0.3 * k};
            const double db = reading_error_db(plan, &tone);
            if (!(db <= 0.1)) {
                fail_msg("%s %s: a sine of %.3f Hz (row %.3f of %g) reads up to %.3f dB wrong", cases[i].transform,
                         cases[i].params, tone.freq_hz, row, top, db);
            }
            worst_db = fmax(worst_db, db);
        }
        sono_plan_unref(plan);
    }
    print_message("a sine reads its amplitude to %.3f dB\n", worst_db);
}

/* The window of a band at a frequency, peak 1. */
static double window_at(const SonoPlan *plan, const SonoAtom *a, double freq_hz)
{
    const double u = (freq_hz - a->freq_hz) / a->width_hz;
    return fabs(u) < 0.5 ? pow(cos(PI * u), plan->band_power) : 0.0;
}

/* Merged coefficients of a tone against amplitude * window * exp(i phase at their frame), relative to the amplitude,
 * greatest of all bands that see it and of all frames of a hop; dB. */
static double tone_error_db(const SonoPlan *plan, const Tone *tone, int64_t slice, int64_t delay_frames)
{
    const SonoSlices slices = {slice - 1, 3};
    SonoCplxD *c = analyse_tone(plan, tone, delay_frames, slices);
    const int64_t from = slice * plan->slice_hop;
    double worst = 0.0;
    int n_seen = 0;
    for (int32_t i = 1; i < plan->n_atoms - 1; i++) {
        const SonoAtom *a = &plan->atoms[i];
        const double level = window_at(plan, a, tone->freq_hz);
        if (level <= 0.0) {
            continue;
        }
        n_seen++;
        const int64_t nu0 = from / plan->slice_len * a->n_fft + from % plan->slice_len * a->n_fft / plan->slice_len;
        for (int64_t nu = nu0 + 1; nu < nu0 + a->n_fft / 2; nu++) {
            const SonoCplxD z = bands_merged(plan, a, slices, c, nu);
            const double frame = (double)(nu / a->n_fft * plan->slice_len) +
                                 (double)(nu % a->n_fft * plan->slice_len) / a->n_fft - (double)delay_frames;
            const double phase = tone_phase(tone, plan->rate_hz, frame);
            const double re = a->level_scale * z.re - tone->amplitude * level * cos(phase);
            const double im = a->level_scale * z.im - tone->amplitude * level * sin(phase);
            worst = fmax(worst, hypot(re, im) / tone->amplitude);
        }
    }
    assert_true(n_seen >= 2);
    sono_free(c);
    return 20.0 * log10(worst);
}

/* Where bands are wide against the slice's padding, phases are those of the tone wherever the slice lies, and a delay
 * by tau turns them by exp(-2 pi i f tau), any tau. */
static void phase_is_that_of_the_tone(void **state)
{
    (void)state;
    static const struct {
        const char *params;
        double freq_hz, limit_db;
    } cases[] = {
        {"", 1234.5, -79.0},
        {"", 9876.5, -165.0},
        {"hop_eighths=4", 1234.5, -90.0},
        {"hop_eighths=5", 1234.5, -89.0},
        {"slice=131072 window=cos4", 1234.5, -155.0},
        {"slice=65536 window=cos4 hop_eighths=5", 3456.7, -180.0},
        {"slice=65536 window=cos4 bins_per_octave=24 layout=notes", 777.7, -125.0},
    };
    static const int64_t slices[] = {0, 5, -3, 1 << 20}; /* the last lies past 2^35 frames */
    static const int64_t delays[] = {0, 1, 17, 65537, 1000003};
    double worst_over = -INFINITY;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SonoPlan *plan = bands_plan("slicq", cases[i].params, 48000, 0);
        for (size_t k = 0; k < 5; k++) {
            const Tone tone = {0.5, cases[i].freq_hz, 0.7};
            const int64_t slice = slices[k < 4 ? k : 1];
            /* far away a double's phase is good for less than the transform is */
            const double limit_db = slice > 100 ? fmax(cases[i].limit_db, -105.0) : cases[i].limit_db;
            const double db = tone_error_db(plan, &tone, slice, delays[k]);
            if (!(db <= limit_db)) {
                fail_msg("slicq %s: %g Hz, slice %lld, delayed by %lld: %.1f dB off", cases[i].params, tone.freq_hz,
                         (long long)slice, (long long)delays[k], db);
            }
            worst_over = fmax(worst_over, db - limit_db);
        }
        sono_plan_unref(plan);
    }
    print_message("phase of tones: at worst %.1f dB below the limits\n", -worst_over);
}

/* Noise delayed by any number of frames has its coefficients that much later: a band with a coefficient for every frame
 * shows it. */
static void a_delay_moves_coefficients(void **state)
{
    (void)state;
    static const int64_t delays[] = {1, 5, 1000, 12288, 16384, 30011};
    SonoError err = {0};
    SonoPlan *base = bands_plan("slicq", "slice=16384 window=cos4 fmin_hz=400", 48000, 0);
    SonoPlan *band = NULL;
    const int32_t n_fft = (int32_t)base->slice_len;
    const int32_t atom = base->row_atom + (int32_t)floor(sono_plan_row_at(base, 5000.0) + 0.5);
    assert_ok(sono_plan_derive(base, atom, 1, &n_fft, &band, &err), err);
    const SonoSpan sound = {3000, 40000};
    double *x = sono_alloc_aligned((size_t)sound.n_frames, sizeof *x);
    assert_non_null(x);
    bands_noise(x, sound.n_frames, 8);
    SonoCplxD *c[2];
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        SonoSlices slices[2];
        for (int k = 0; k < 2; k++) {
            const SonoSpan at = {sound.start_frame + (k ? delays[i] : 0), sound.n_frames};
            slices[k] = sono_plan_slices_touching(band, at);
            c[k] = sono_alloc_aligned((size_t)slices[k].n * band->n_coef, sizeof *c[k]);
            assert_non_null(c[k]);
            assert_ok(sono_ref_analyse(band, x, at, slices[k], c[k], &err), err);
        }
        double e = 0.0;
        double p = 0.0;
        for (int64_t t = sound.start_frame; t < sono_span_end(sound); t++) { /* n_fft is the slice: nu is the frame */
            const SonoCplxD z = bands_merged(band, &band->atoms[0], slices[0], c[0], t);
            const SonoCplxD y = bands_merged(band, &band->atoms[0], slices[1], c[1], t + delays[i]);
            e += (z.re - y.re) * (z.re - y.re) + (z.im - y.im) * (z.im - y.im);
            p += z.re * z.re + z.im * z.im;
        }
        if (!(10.0 * log10(e / p) <= -120.0)) {
            fail_msg("delayed by %lld frames: coefficients differ by %.1f dB", (long long)delays[i],
                     10.0 * log10(e / p));
        }
        sono_free(c[0]);
        sono_free(c[1]);
    }
    sono_free(x);
    sono_plan_unref(band);
    sono_plan_unref(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sine_reads_its_amplitude),
        cmocka_unit_test(phase_is_that_of_the_tone),
        cmocka_unit_test(a_delay_moves_coefficients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
