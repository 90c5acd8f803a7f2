/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slices added up against the transform of the whole sound, on common ground: the bands that both have, derived to one
 * grid of frames, a sound with silence around it (the whole sound wraps around, slices do not). */
#include "bands_fixture.h"

#include <math.h>

#include "sono_mem.h"

#define WHOLE ((int64_t)1 << 20)
/* nsgt takes so much more than the sound (bank.c): a quarter of a second and 512 frames. */
#define SOUND (WHOLE - 12000 - 512)
#define QUIET ((int64_t)131072)

/* Everything at once: a chirp through all bands, harmonics with vibrato, clicks, noise that falls by 3 dB an octave. */
static double *make_sound(void)
{
    double *x = sono_alloc_aligned((size_t)SOUND, sizeof *x);
    double chirp = 0.0;
    double tone = 0.0;
    double pink[3] = {0.0};
    uint64_t seed = 31;
    assert_non_null(x);
    for (int64_t t = QUIET; t < SOUND - QUIET; t++) {
        const double u = (double)(t - QUIET) / (double)(SOUND - 2 * QUIET);
        const double white = (double)sono_test_noise(&seed);
        chirp += 2.0 * 3.141592653589793 * 30.0 * pow(700.0, u) / 48000.0;
        tone += 2.0 * 3.141592653589793 * 110.0 * (1.0 + 0.01 * sin(0.0007 * (double)t)) / 48000.0;
        /* Kellet's economy filter */
        pink[0] = 0.99765 * pink[0] + white * 0.0990460;
        pink[1] = 0.96300 * pink[1] + white * 0.2965164;
        pink[2] = 0.57000 * pink[2] + white * 1.0526913;
        x[t] = 0.2 * sin(chirp) + 0.05 * (pink[0] + pink[1] + pink[2] + white * 0.1848);
        for (int k = 1; k <= 40; k++) {
            x[t] += 0.1 / k * sin(k * tone);
        }
        x[t] += t % 9973 == 0 ? 0.8 : 0.0;
    }
    return x;
}

typedef struct Difference {
    double error, power, worst; /* of all bands; worst band, ratio */
    double worst_hz;
    int n_bands;
} Difference;

/* Band of the whole sound, its twin in slices: coefficients every hop frames. */
static void compare_band(const SonoPlan *whole, int32_t in_whole, const SonoPlan *sliced, int32_t in_sliced,
                         const double *x, Difference *d)
{
    SonoError err = {0};
    const SonoSpan span = {0, SOUND};
    SonoPlan *w = NULL;
    SonoPlan *s = NULL;
    int32_t n_sliced = 8;
    const SonoAtom *a = &whole->atoms[in_whole];
    const SonoAtom *b = &sliced->atoms[in_sliced];
    while (n_sliced < b->length || (WHOLE / sliced->slice_len) * n_sliced < a->length) {
        n_sliced *= 2;
    }
    const int32_t n_whole = n_sliced * (int32_t)(WHOLE / sliced->slice_len);
    assert_ok(sono_plan_derive(whole, in_whole, 1, &n_whole, &w, &err), err);
    assert_ok(sono_plan_derive(sliced, in_sliced, 1, &n_sliced, &s, &err), err);
    const SonoSlices slices = sono_plan_slices_touching(s, span);
    SonoCplxD *cw = sono_alloc_aligned(w->n_coef, sizeof *cw);
    SonoCplxD *cs = sono_alloc_aligned((size_t)slices.n * s->n_coef, sizeof *cs);
    assert_true(cw && cs);
    assert_ok(sono_ref_analyse(w, x, span, (SonoSlices){0, 1}, cw, &err), err);
    assert_ok(sono_ref_analyse(s, x, span, slices, cs, &err), err);
    double error = 0.0;
    double power = 0.0;
    for (int32_t nu = 0; nu < n_whole; nu++) {
        const SonoCplxD z = bands_merged(s, &s->atoms[0], slices, cs, nu);
        const double re = w->atoms[0].level_scale * cw[nu].re - s->atoms[0].level_scale * z.re;
        const double im = w->atoms[0].level_scale * cw[nu].im - s->atoms[0].level_scale * z.im;
        error += re * re + im * im;
        power += pow(w->atoms[0].level_scale, 2.0) * (cw[nu].re * cw[nu].re + cw[nu].im * cw[nu].im);
    }
    /* mean over time, so that bands with more coefficients count no more */
    d->error += error / n_whole;
    d->power += power / n_whole;
    if (error > d->worst * power) {
        d->worst = error / power;
        d->worst_hz = a->freq_hz;
    }
    d->n_bands++;
    sono_free(cw);
    sono_free(cs);
    sono_plan_unref(w);
    sono_plan_unref(s);
}

static Difference compare(const char *window, const char *slices, const double *x, int step)
{
    char text[128];
    Difference d = {0};
    SonoPlan *whole = bands_plan("nsgt", window, 48000, SOUND);
    (void)snprintf(text, sizeof text, "%s %s", window, slices);
    SonoPlan *sliced = bands_plan("slicq", text, 48000, 0);
    assert_true(whole->slice_len == WHOLE && !whole->slice_window);
    for (int32_t i = 1; i < whole->n_atoms - 1; i += step) {
        const SonoAtom *a = &whole->atoms[i];
        const int32_t k = sliced->row_atom + (int32_t)floor(sono_plan_row_at(sliced, a->freq_hz) + 0.5);
        if (k < 1 || k > sliced->n_atoms - 2) {
            continue; /* the whole sound has a band or two more at the ends */
        }
        assert_true(fabs(sliced->atoms[k].freq_hz / a->freq_hz - 1.0) < 1e-9);
        assert_true(fabs(sliced->atoms[k].width_hz / a->width_hz - 1.0) < 1e-9);
        compare_band(whole, i, sliced, k, x, &d);
    }
    print_message("%s: %.1f dB in all, %.1f dB in the worst band of %d, %.0f Hz\n", text,
                  10.0 * log10(d.error / d.power), 10.0 * log10(d.worst), d.n_bands, d.worst_hz);
    sono_plan_unref(whole);
    sono_plan_unref(sliced);
    return d;
}

static void slices_add_up_to_the_whole(void **state)
{
    (void)state;
    double *x = make_sound();
    const Difference precise = compare("window=cos4", "slice=131072", x, 4);
    const Difference quick = compare("window=hann", "slice=65536", x, 4);
    assert_true(precise.n_bands > 70 && quick.n_bands > 70);
    assert_true(10.0 * log10(precise.error / precise.power) <= -90.0);
    assert_true(10.0 * log10(quick.error / quick.power) <= -50.0);
    sono_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_add_up_to_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
