/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans over frequency as tables: what every plan must satisfy whatever its parameters are, derived plans, keys,
 * references, where coefficients lie, refusals. */
#include "bands_checks.h"

#include <math.h>
#include <string.h>

#include "bank.h"

/* Values all over the ranges, their ends among them. */
static void draw(SonoParamTable table, SonoParams *params, uint64_t *seed)
{
    *params = sono_params_defaults(table);
    for (size_t i = 0; i < table.n; i++) {
        const SonoParamDesc *d = &table.desc[i];
        const double u = 0.5 + 0.5 * (double)sono_test_noise(seed);
        const bool is_wide = d->min > 0.0 && d->max > 100.0 * d->min;
        double v = is_wide ? d->min * pow(d->max / d->min, u) : d->min + u * (d->max - d->min);
        v = u < 0.08 ? d->min : u > 0.92 ? d->max : v;
        params->v[i] = d->kind == SONO_PARAM_FLOAT ? v : floor(v + 0.5);
        if (strcmp(d->name, "slice") == 0) {
            params->v[i] = exp2(floor(log2(v) + 0.5));
        }
    }
}

/* Whatever the parameters: a plan with all its properties, or a refusal that says why. */
static void any_parameters_make_a_plan_or_a_reason(void **state)
{
    (void)state;
    static const double rates_hz[] = {48000, 44100, 8000, 192000, 768000, 1000, 11025, 96000, 100};
    uint64_t seed = 2024;
    int n_built = 0;
    int n_refused = 0;
    for (const SonoTransform *const *t = sono_transforms; *t; t++) {
        for (int i = 0; i < 36 && strcmp((*t)->name, "stft") != 0; i++) {
            SonoParams params;
            SonoPlan *plan = NULL;
            SonoError err = {0};
            const double rate_hz = rates_hz[i % 9];
            draw((*t)->params, &params, &seed);
            const SonoStatus status = sono_plan_build(*t, &params, rate_hz, 1 + 997 * i, &plan, &err);
            if (status == SONO_OK) {
                char label[200];
                (void)snprintf(label, sizeof label, "%s, draw %d, %g Hz", (*t)->name, i, rate_hz);
                bands_check_plan(plan, label);
                n_built++;
            } else {
                assert_null(plan);
                assert_true(status == SONO_E_RANGE || status == SONO_E_NOT_FRAME);
                if (!strstr(err.message, (*t)->name) && !strstr(err.message, "_hz")) {
                    fail_msg("%s refuses with \"%s\"", (*t)->name, err.message);
                }
                n_refused++;
            }
            sono_plan_unref(plan);
        }
    }
    print_message("%d plans, %d refusals\n", n_built, n_refused);
    assert_true(n_built > n_refused && n_refused > 0);
}

static void presets_are_plans_at_every_rate(void **state)
{
    (void)state;
    static const double rates_hz[] = {8000, 11025, 22050, 44100, 48000, 96000, 192000};
    for (const SonoPreset *const *preset = sono_presets; *preset; preset++) {
        for (size_t i = 0; i < sizeof rates_hz / sizeof *rates_hz; i++) {
            const SonoTransform *t = NULL;
            SonoParams params;
            SonoPlan *plan = NULL;
            SonoError err = {0};
            assert_ok(sono_preset_params(*preset, &t, &params, &err), err);
            assert_ok(sono_plan_build(t, &params, rates_hz[i], 0, &plan, &err), err);
            if (plan->axis == SONO_AXIS_FREQ) {
                bands_check_plan(plan, (*preset)->name);
            }
            sono_plan_unref(plan);
        }
        assert_true(sono_preset_find((*preset)->name) == *preset);
    }
}

static void every_coefficient_has_its_frame(void **state)
{
    (void)state;
    static const int64_t far[] = {0, 1, -7, INT64_C(1) << 22, (INT64_C(1) << 28) + 3, -(INT64_C(1) << 28)};
    static const char *const texts[] = {"slice=4096 fmin_hz=300", "slice=4096 fmin_hz=300 hop_eighths=5",
                                        "slice=4096 fmin_hz=300 hop_eighths=4"};
    for (size_t k = 0; k < 3; k++) {
        SonoPlan *p = bands_build("slicq", texts[k], 48000, 0);
        for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
            const int64_t start = sono_plan_slice_start(p, far[i]);
            assert_int_equal(start, far[i] * p->slice_hop - p->slice_lead);
            assert_true(sono_plan_support(p, (SonoSlices){far[i], 1}).start_frame == start);
            for (int32_t b = 0; b < p->n_atoms; b += 17) {
                const SonoAtom *a = &p->atoms[b];
                const int32_t first = sono_plan_first_coef(p, far[i], a);
                double last_frame = (double)start - 1e-3;
                for (int32_t n = 0; n < a->n_fft; n++) {
                    const int32_t nu = (first + n) % a->n_fft;
                    const double frame = sono_plan_coef_frame(p, far[i], a, nu);
                    const double off = fmod(frame - (double)nu * (double)p->slice_len / a->n_fft, (double)p->slice_len);
                    if (!(frame > last_frame && frame < (double)(start + p->slice_len) &&
                          (fabs(off) < 0.01 || fabs(fabs(off) - (double)p->slice_len) < 0.01))) {
                        fail_msg("slice %lld, atom %d, coefficient %d: frame %.3f", (long long)far[i], (int)b, (int)nu,
                                 frame);
                    }
                    last_frame = frame;
                }
            }
        }
        sono_plan_unref(p);
    }
}

/* Slices of plans over frequency that touch a span are those whose frames meet it, past 2^33 too. */
static void slices_touch_what_they_cover(void **state)
{
    (void)state;
    SonoPlan *p = bands_build("slicq", "slice=4096 fmin_hz=300 hop_eighths=5", 48000, 0);
    static const int64_t around[] = {0, INT64_C(1) << 33, (INT64_C(1) << 45) + 1};
    for (size_t i = 0; i < 3; i++) {
        for (int64_t start = -9000; start < 9000; start += 613) {
            for (int64_t n = 1; n < 9000; n += 1777) {
                const SonoSpan span = {around[i] + start, n};
                const SonoSlices s = sono_plan_slices_touching(p, span);
                for (int64_t m = s.first - 2; m < s.first + s.n + 2; m++) {
                    const SonoSpan covers = sono_plan_support(p, (SonoSlices){m, 1});
                    const int meets = sono_span_intersect(covers, span).n_frames > 0;
                    assert_int_equal(meets, m >= s.first && m < s.first + s.n);
                }
            }
        }
    }
    sono_plan_unref(p);
}

static void derived_plans_keep_the_frame(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoPlan *base = bands_build("slicq", "slice=4096 fmin_hz=200 bins_per_octave=24", 48000, 0);
    SonoPlan *same = NULL;
    SonoPlan *edit = NULL;
    assert_ok(sono_plan_derive(base, 0, base->n_atoms, NULL, &same, &err), err);
    bands_check_plan(same, "derived, all of it");
    assert_memory_equal(same->window, base->window, base->n_taps * sizeof *base->window);
    assert_int_equal(atomic_load(&base->refs), 2); /* its slice windows are shared */

    assert_ok(sono_plan_for_edit(base, 1000.0, 2000.0, &edit, &err), err);
    const int32_t first = (int32_t)(edit->row_atom == 0 ? lround(sono_plan_row_at(base, edit->atoms[0].freq_hz)) : -1);
    assert_true(first > 0 && edit->n_rows == edit->n_atoms);
    for (int32_t i = 0; i < edit->n_atoms; i++) {
        const SonoAtom *a = &edit->atoms[i];
        const SonoAtom *from = &base->atoms[base->row_atom + first + i];
        assert_true(a->n_fft == edit->atoms[0].n_fft && a->n_fft >= from->n_fft);
        assert_true(a->freq_hz == from->freq_hz && a->length == from->length && a->first_bin == from->first_bin);
        assert_true(fabs(sono_plan_row_hz(edit, i) / a->freq_hz - 1.0) < 1e-9);
        assert_true(a->freq_hz + 0.5 * a->width_hz >= 1000.0 && a->freq_hz - 0.5 * a->width_hz <= 2000.0);
        /* the product of window and dual times n_fft does not depend on n_fft, nor does a sine's level */
        const double w = edit->window[a->tap_at + 3] * edit->dual[a->tap_at + 3] * a->n_fft;
        const double v = base->window[from->tap_at + 3] * base->dual[from->tap_at + 3] * from->n_fft;
        assert_true(fabs(w / v - 1.0) < 1e-12);
        const double level = a->level_scale * edit->window[a->tap_at + 3];
        assert_true(fabs(level / (from->level_scale * base->window[from->tap_at + 3]) - 1.0) < 1e-12);
    }
    /* the neighbours that are left out do not meet the edit */
    const SonoAtom *below = &base->atoms[base->row_atom + first - 1];
    const SonoAtom *above = &base->atoms[base->row_atom + first + edit->n_atoms];
    assert_true(below->freq_hz + 0.5 * below->width_hz < 1000.0 && above->freq_hz - 0.5 * above->width_hz > 2000.0);

    /* an edit narrower than any gap, or beyond the top, still has a band */
    SonoPlan *narrow = NULL;
    assert_ok(sono_plan_for_edit(base, 1e6, 1e6, &narrow, &err), err);
    assert_int_equal(narrow->n_atoms, 1);
    assert_true(narrow->atoms[0].freq_hz == 24000.0 && narrow->n_rows == 0);
    sono_plan_unref(narrow);

    /* the base may go first */
    sono_plan_unref(base);
    bands_check_slices(same, "derived, its base gone");
    sono_plan_unref(same);
    sono_plan_unref(edit);
}

static void derived_plans_refuse_too_few_coefficients(void **state)
{
    (void)state;
    SonoPlan *base = bands_build("slicq", "slice=4096 fmin_hz=200 bins_per_octave=24", 48000, 0);
    const int32_t last = base->n_atoms - 1;
    const struct {
        int32_t atom, n_fft;
    } cases[] = {{5, base->atoms[5].length / 8 * 8},
                 {5, base->atoms[5].n_fft + 4},
                 {5, 0},
                 {5, -8},
                 {0, base->atoms[0].length / 8 * 8},
                 {last, (2 * base->atoms[last].length - 2) / 8 * 8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SonoPlan *p = NULL;
        SonoError err = {0};
        assert_int_equal(sono_plan_derive(base, cases[i].atom, 1, &cases[i].n_fft, &p, &err), SONO_E_RANGE);
        assert_null(p);
        assert_non_null(strstr(err.message, "coefficients for a band of"));
    }
    assert_int_equal(atomic_load(&base->refs), 1);
    sono_plan_unref(base);
}

/* Equal keys only for equal tables. */
static void keys_are_their_own(void **state)
{
    (void)state;
    static const struct {
        const char *transform, *text;
        double rate_hz;
        int64_t n_frames;
    } cases[] = {
        {"slicq", "slice=4096 fmin_hz=200", 48000, 0},
        {"slicq", "slice=4096 fmin_hz=200", 44100, 0},
        {"slicq", "slice=8192 fmin_hz=200", 48000, 0},
        {"slicq", "slice=4096 fmin_hz=201", 48000, 0},
        {"slicq", "slice=4096 fmin_hz=200 fmax_hz=9000", 48000, 0},
        {"slicq", "slice=4096 fmin_hz=200 hop_eighths=5", 48000, 0},
        {"slicq", "slice=4096 fmin_hz=200 window=cos4", 48000, 0},
        {"slicq", "slice=4096 fmin_hz=200 layout=notes", 48000, 0},
        {"slicq", "slice=4096 fmin_hz=200 gamma_hz=7", 48000, 0},
        {"slicq", "slice=4096 fmin_hz=200 tuning_hz=441", 48000, 0},
        {"slicq", "slice=4096 fmin_hz=200 bins_per_octave=47", 48000, 0},
        {"nsgt", "fmin_hz=200", 48000, 10000},
        {"nsgt", "fmin_hz=200", 48000, 20000},
        {"vqt", "fmin_hz=200", 8000, 0},
        {"vqt", "fmin_hz=200 quality=precise", 8000, 0},
        {"cqt", "fmin_hz=200", 8000, 0},
        {"erb", "", 8000, 0},
        {"mel", "", 8000, 0},
        {"bark", "", 8000, 0},
    };
    enum { N = sizeof cases / sizeof *cases, N_DERIVED = 6 };
    uint64_t keys[N + N_DERIVED];
    size_t n = 0;
    SonoError err = {0};
    for (size_t i = 0; i < N; i++) {
        SonoPlan *p = bands_build(cases[i].transform, cases[i].text, cases[i].rate_hz, cases[i].n_frames);
        SonoPlan *again = bands_build(cases[i].transform, cases[i].text, cases[i].rate_hz, cases[i].n_frames);
        assert_true(p->key == again->key);
        keys[n++] = p->key;
        sono_plan_unref(again);
        for (int32_t d = 0; i == 0 && d < N_DERIVED; d++) { /* other atoms, or other sizes of the same */
            const int32_t n_fft[4] = {4096, d < 3 ? 4096 : 2048, d == 5 ? 1024 : 512, 512};
            SonoPlan *derived = NULL;
            assert_ok(sono_plan_derive(p, 5 + (d < 3 ? d : 0), d == 4 ? 3 : 4, n_fft, &derived, &err), err);
            keys[n++] = derived->key;
            sono_plan_unref(derived);
        }
        sono_plan_unref(p);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            if (keys[i] == keys[k]) {
                fail_msg("plans %zu and %zu have the same key", i, k);
            }
        }
    }
}

static void refusals_give_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *transform, *text;
        double rate_hz;
        int64_t n_frames;
        const char *says;
    } cases[] = {
        {"slicq", "slice=5000", 48000, 0, "slice is 5000, must be a power of two"},
        {"slicq", "fmin_hz=5000 fmax_hz=4000", 48000, 0, "fmin_hz is 5000, must be below fmax_hz 4000"},
        {"vqt", "fmin_hz=5000", 8000, 0, "half the sample rate 4000"},
        {"slicq", "slice=4096 fmin_hz=1 fmax_hz=2", 48000, 0, "no band fits between 1 Hz and 2 Hz"},
        {"nsgt", "", 48000, 0, "it has 0 frames, must have from 1 to 4194304"},
        {"nsgt", "", 48000, (INT64_C(1) << 22) + 1, "4194305 frames"},
        {"erb", "", 0, 0, "sample rate is 0"},
        {"erb", "", 1e6, 0, "sample rate is 1e+06"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const SonoTransform *t = sono_transform_find(cases[i].transform);
        SonoParams p;
        SonoPlan *plan = NULL;
        SonoError err = {0};
        assert_ok(sono_params_parse(t->params, cases[i].text, &p, &err), err);
        assert_int_equal(sono_plan_build(t, &p, cases[i].rate_hz, cases[i].n_frames, &plan, &err), SONO_E_RANGE);
        assert_null(plan);
        if (!strstr(err.message, cases[i].says)) {
            fail_msg("case %zu says \"%s\"", i, err.message);
        }
    }
    static const struct {
        const char *transform, *text, *says;
    } texts[] = {
        {"slicq", "bins_per_octave=2", "bins_per_octave"},
        {"slicq", "bins_per_octave=97", "96"},
        {"slicq", "gamma_hz=-1", "gamma_hz"},
        {"slicq", "hop_eighths=7", "hop_eighths"},
        {"slicq", "hop_eighths=3", "hop_eighths"},
        {"slicq", "slice=2048", "4096"},
        {"slicq", "window=gauss", "window"},
        {"vqt", "tuning_hz=900", "tuning_hz"},
        {"vqt", "layout=1.5", "layout"},
        {"cqt", "gamma_hz=3", "gamma_hz"},
        {"erb", "bands_per_erb=nan", "bands_per_erb"},
        {"mel", "fmin_hz", "name=value"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        SonoParams p;
        SonoError err = {0};
        const SonoStatus status =
            sono_params_parse(sono_transform_find(texts[i].transform)->params, texts[i].text, &p, &err);
        if (status == SONO_OK || !strstr(err.message, texts[i].says)) {
            fail_msg("\"%s\" says \"%s\"", texts[i].text, status == SONO_OK ? "fine" : err.message);
        }
    }
}

/* Bands narrower than their spacing leave gaps, and the refusal says where: the transforms of the table never ask
 * for such. */
static void what_is_no_frame_is_refused_naming_hz(void **state)
{
    (void)state;
    const SonoTransform *t = sono_transform_find("cqt");
    const SonoParams params = sono_params_defaults(t->params);
    const SonoBank bank = {.transform = "gappy",
                           .params = &params,
                           .n_params = t->params.n,
                           .rate_hz = 48000,
                           .law = {SONO_WARP_LOG, 0.0},
                           .rows_per_unit = 3,
                           .anchor_hz = 440,
                           .fmin_hz = 220,
                           .fmax_hz = 12000,
                           .alpha = 0.12,
                           .window = SONO_BANK_HANN,
                           .slice_len = 16384,
                           .hop_eighths = 6};
    SonoPlan *plan = NULL;
    SonoError err = {0};
    double from_hz = 0.0;
    double to_hz = 0.0;
    assert_int_equal(sono_bank_build(&bank, &plan, &err), SONO_E_NOT_FRAME);
    assert_null(plan);
    if (sscanf(err.message, "no frame: from %lf Hz to %lf Hz the bands of gappy", &from_hz, &to_hz) != 2) {
        fail_msg("it says \"%s\"", err.message);
    }
    /* a gap between two neighbours, a third of an octave apart */
    const double row = 3.0 * log2(from_hz / 440.0);
    if (!(from_hz > 220.0 && to_hz > from_hz && floor(row) == floor(3.0 * log2(to_hz / 440.0)))) {
        fail_msg("it says \"%s\"", err.message);
    }
}

/* cqt takes longer slices for lower bands, and says from where on its bands are as narrow as asked for. */
static void constant_q_or_from_where(void **state)
{
    (void)state;
    SonoPlan *p = bands_build("cqt", "bins_per_octave=12 fmin_hz=110", 48000, 0);
    const int64_t len = p->slice_len;
    assert_true(p->constant_q_from_hz == 0.0);
    sono_plan_unref(p);
    p = bands_build("cqt", "bins_per_octave=12 fmin_hz=13.75", 48000, 0);
    assert_true(p->constant_q_from_hz == 0.0 && p->slice_len > len);
    for (int32_t i = 1; i < p->n_atoms - 1; i++) { /* one Q for all */
        const double q = p->atoms[i].freq_hz / p->atoms[i].width_hz;
        assert_true(fabs(q / (p->atoms[1].freq_hz / p->atoms[1].width_hz) - 1.0) < 1e-9);
    }
    sono_plan_unref(p);
    p = bands_build("cqt", "bins_per_octave=96 fmin_hz=8", 48000, 0);
    assert_int_equal(p->slice_len, 1 << 20);
    assert_true(p->constant_q_from_hz > 8.0);
    for (int32_t i = 1; i < p->n_atoms - 1; i++) {
        const SonoAtom *a = &p->atoms[i];
        const double asked_hz = 1.5 * a->freq_hz * (exp2(1.0 / 96) - exp2(-1.0 / 96));
        const bool is_wider = a->width_hz > asked_hz * (1.0 + 1e-9);
        assert_int_equal(is_wider, a->freq_hz < p->constant_q_from_hz * (1.0 - 1e-9));
    }
    sono_plan_unref(p);
}

/* A band on every note: with a multiple of 12 bands to the octave, layout notes, the tuning's A and its semitones. */
static void notes_have_their_bands(void **state)
{
    (void)state;
    SonoPlan *p = bands_build("vqt", "bins_per_octave=36 layout=notes tuning_hz=432 fmin_hz=60", 48000, 0);
    for (int note = 40; note < 120; note++) {
        const double hz = 432.0 * exp2((note - 69) / 12.0);
        const double row = sono_plan_row_at(p, hz);
        assert_true(fabs(row - floor(row + 0.5)) < 1e-6);
        assert_true(fabs(p->atoms[p->row_atom + (int32_t)floor(row + 0.5)].freq_hz / hz - 1.0) < 1e-9);
    }
    sono_plan_unref(p);
}

/* Whatever powers a picture has: a reading is finite, and near their sum. */
static void readings_of_anything_are_finite(void **state)
{
    (void)state;
    static const char *const texts[] = {"slice=4096 fmin_hz=200", "slice=4096 bins_per_octave=3 fmin_hz=300",
                                        "slice=4096 fmin_hz=440 fmax_hz=441 bins_per_octave=3"};
    static const float values[] = {0.0f, 1e-30f, 1e-3f, 1.0f, 1e30f};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        SonoPlan *p = bands_build("slicq", texts[i], 48000, 0);
        assert_int_equal(sono_plan_reading_reach(p), 1);
        for (int32_t row = 0; row < p->n_rows; row += row + 1 < p->n_rows && row + 9 > p->n_rows ? 1 : 8) {
            for (int k = 0; k < 125; k++) {
                const float below = row > 0 ? values[k % 5] : 0.0f;
                const float above = row + 1 < p->n_rows ? values[k / 25] : 0.0f;
                const float power[3] = {below, values[k / 5 % 5], above};
                const double sum = (double)power[0] + (double)power[1] + (double)power[2];
                const double is = sono_plan_reading(p, row, power);
                if (!(isfinite(is) && is >= sum / 3.0 && is <= 10.0 * sum)) {
                    fail_msg("%s: row %d with powers %g %g %g reads %g", texts[i], (int)row, (double)power[0],
                             (double)power[1], (double)power[2], is);
                }
            }
        }
        sono_plan_unref(p);
    }
}

/* Bark ends at 26.28: coarse bands near there, at high rates, must not come out beyond its pole. */
static void bark_bands_stay_on_the_scale(void **state)
{
    (void)state;
    static const double rates_hz[] = {48000, 96000, 192000, 384000, 768000};
    for (size_t i = 0; i < sizeof rates_hz / sizeof *rates_hz; i++) {
        for (double per_bark = 0.5; per_bark < 2.0; per_bark += 0.1) {
            char text[64];
            (void)snprintf(text, sizeof text, "bands_per_bark=%.1f", per_bark);
            SonoPlan *p = bands_build("bark", text, rates_hz[i], 0);
            bands_check_plan(p, text);
            const SonoAtom *top = &p->atoms[p->n_atoms - 2];
            const double above_hz = sono_plan_row_hz(p, p->n_rows);
            const double below_hz = sono_plan_row_hz(p, p->n_rows - 2);
            assert_true(fabs(top->width_hz / (1.5 * (above_hz - below_hz)) - 1.0) < 1e-9);
            sono_plan_unref(p);
        }
    }
    assert_true(isinf(sono_unwarp(sono_scale_laws[SONO_SCALE_BARK], 0.0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_parameters_make_a_plan_or_a_reason),
        cmocka_unit_test(presets_are_plans_at_every_rate),
        cmocka_unit_test(every_coefficient_has_its_frame),
        cmocka_unit_test(slices_touch_what_they_cover),
        cmocka_unit_test(derived_plans_keep_the_frame),
        cmocka_unit_test(derived_plans_refuse_too_few_coefficients),
        cmocka_unit_test(keys_are_their_own),
        cmocka_unit_test(refusals_give_the_reason),
        cmocka_unit_test(what_is_no_frame_is_refused_naming_hz),
        cmocka_unit_test(constant_q_or_from_where),
        cmocka_unit_test(notes_have_their_bands),
        cmocka_unit_test(readings_of_anything_are_finite),
        cmocka_unit_test(bark_bands_stay_on_the_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
