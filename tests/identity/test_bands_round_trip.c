/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sound to coefficients and back, with every preset and every choice that changes slices, windows or bands: at least
 * 130 dB in float, 125 dB where the bounds are more than 2 apart, 290 dB in double. */
#include "bands_fixture.h"

#include <math.h>
#include <string.h>

#include "sono_jobs.h"
#include "sono_mem.h"

typedef struct Worst {
    double float_db, double_db;
} Worst;

static void check(const SonoPlan *plan, const char *label, int64_t n_frames, SonoBackend *be, bool in_double,
                  Worst *worst)
{
    const SonoSpan span = {0, n_frames};
    double *x = sono_alloc_aligned((size_t)n_frames, sizeof *x);
    assert_non_null(x);
    bands_noise(x, n_frames, 5 + (uint64_t)n_frames);
    const double limit_db = plan->bound_b > 2.0 * plan->bound_a ? 125.0 : 130.0;
    const double db = bands_round_trip_db(be, plan, span, x);
    if (!(db >= limit_db)) {
        fail_msg("%s, %lld frames: %.1f dB", label, (long long)n_frames, db);
    }
    worst->float_db = fmin(worst->float_db, db - limit_db);
    if (in_double) {
        const double exact_db = bands_round_trip_db(NULL, plan, span, x);
        if (!(exact_db >= 290.0)) {
            fail_msg("%s, %lld frames: %.1f dB in double", label, (long long)n_frames, exact_db);
        }
        worst->double_db = fmin(worst->double_db, exact_db);
    }
    sono_free(x);
}

static void report(const char *what, const Worst *worst)
{
    print_message("%s: %.1f dB above the limit in float, %.1f dB in double, at worst\n", what, worst->float_db,
                  worst->double_db);
}

static void presets_come_back(void **state)
{
    (void)state;
    SonoBackend *be = bands_backend("cpu", NULL);
    Worst worst = {INFINITY, INFINITY};
    for (const SonoPreset *const *preset = sono_presets; *preset; preset++) {
        SonoPlan *plan = bands_plan((*preset)->transform, (*preset)->params, 48000, 0);
        if (plan->axis == SONO_AXIS_FREQ) { /* those over time: test `conformance` */
            check(plan, (*preset)->name, 2 * plan->slice_hop + 12345, be, true, &worst);
        }
        sono_plan_unref(plan);
    }
    report("presets", &worst);
    be->type->close(be);
}

static void every_hop_gamma_layout_and_window_comes_back(void **state)
{
    (void)state;
    static const double gammas_hz[] = {0, 6.6, 50};
    static const char *const layouts[] = {"warped", "notes"};
    static const char *const windows[] = {"hann", "cos4"};
    SonoBackend *be = bands_backend("cpu", NULL);
    Worst worst = {INFINITY, INFINITY};
    for (int i = 0; i < 3 * 3 * 2 * 2; i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "slice=%d hop_eighths=%d gamma_hz=%g layout=%s window=%s",
                       i % 7 == 0 ? 65536 : 16384, 4 + i % 3, gammas_hz[i / 3 % 3], layouts[i / 9 % 2],
                       windows[i / 18]);
        SonoPlan *plan = bands_plan("slicq", text, 48000, 0);
        check(plan, text, 2 * plan->slice_hop + 4321, be, true, &worst);
        sono_plan_unref(plan);
    }
    report("hops, gammas, layouts, windows", &worst);
    be->type->close(be);
}

static void other_banks_come_back(void **state)
{
    (void)state;
    static const struct {
        const char *transform, *text;
        double rate_hz;
    } cases[] = {
        {"slicq", "bins_per_octave=3", 48000},
        {"slicq", "bins_per_octave=96", 44100},
        {"slicq", "bins_per_octave=12 slice=4096 fmin_hz=500 fmax_hz=3000", 192000},
        {"cqt", "bins_per_octave=24", 48000},
        {"vqt", "quality=precise", 48000},
        {"vqt", "layout=notes quality=precise tuning_hz=432", 44100},
        {"erb", "bands_per_erb=0.5", 48000},
        {"erb", "quality=precise", 11025},
        {"mel", "", 48000},
        {"mel", "bands_per_100_mel=1 quality=precise", 22050},
        {"bark", "", 48000},
        {"bark", "bands_per_bark=2 quality=precise", 96000},
    };
    SonoBackend *be = bands_backend("cpu", NULL);
    Worst worst = {INFINITY, INFINITY};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SonoPlan *plan = bands_plan(cases[i].transform, cases[i].text, cases[i].rate_hz, 0);
        char label[200];
        (void)snprintf(label, sizeof label, "%s %s", cases[i].transform, cases[i].text);
        check(plan, label, plan->slice_len + 777, be, true, &worst);
        sono_plan_unref(plan);
    }
    report("other banks", &worst);
    be->type->close(be);
}

/* 1, L - 1, L, L + 1 and primes, of slices and of the whole sound. */
static void every_length_comes_back(void **state)
{
    (void)state;
    static const int64_t primes[] = {2, 3, 101, 8191, 65521, 104729};
    static const char *const texts[] = {"", "slice=4096 fmin_hz=200 hop_eighths=5", "slice=131072 window=cos4"};
    SonoBackend *be = bands_backend("cpu", NULL);
    Worst worst = {INFINITY, INFINITY};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        SonoPlan *plan = bands_plan("slicq", texts[i], 48000, 0);
        const int64_t lengths[] = {1, plan->slice_len - 1, plan->slice_len, plan->slice_len + 1};
        for (size_t k = 0; k < 4; k++) {
            check(plan, texts[i], lengths[k], be, i == 1, &worst);
        }
        for (size_t k = 0; k < sizeof primes / sizeof *primes; k++) {
            check(plan, texts[i], primes[k], be, i == 1, &worst);
        }
        sono_plan_unref(plan);
    }
    static const int64_t lengths[] = {1, 2, 101, 8191, 65535, 65536, 65537, 104729, 750019};
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        SonoPlan *plan = bands_plan("nsgt", k % 2 ? "" : "window=cos4 bins_per_octave=24", 48000, lengths[k]);
        check(plan, "nsgt", lengths[k], be, lengths[k] < 100000, &worst);
        sono_plan_unref(plan);
    }
    report("lengths", &worst);
    be->type->close(be);
}

/* Channels at once, on one backend and one plan: the bits of each alone. */
typedef struct Channels {
    SonoBackend *be;
    const SonoPlan *plan;
    SonoSpan span;
    SonoSlices slices;
    float *x, *y;
    _Atomic int n_failed;
} Channels;

static void run_channel(void *ctx, size_t channel)
{
    Channels *ch = ctx;
    SonoError err = {0};
    const float *x = ch->x + channel * (size_t)ch->span.n_frames;
    float *y = ch->y + channel * (size_t)ch->span.n_frames;
    SonoCplx *c = sono_alloc_aligned((size_t)ch->slices.n * ch->plan->n_coef, sizeof *c);
    if (!c || sono_backend_analyse(ch->be, ch->plan, x, ch->span, ch->slices, c, &err) != SONO_OK ||
        sono_backend_synthesise(ch->be, ch->plan, c, ch->slices, y, ch->span, &err) != SONO_OK) {
        atomic_fetch_add(&ch->n_failed, 1);
    }
    sono_free(c);
}

static void any_number_of_channels_comes_back(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 17};
    SonoError err = {0};
    SonoJobs *jobs = NULL;
    assert_ok(sono_jobs_new(4, &jobs, &err), err);
    SonoBackend *be = bands_backend("cpu", NULL);
    SonoPlan *plan = bands_plan("slicq", "slice=8192 fmin_hz=100 bins_per_octave=24", 48000, 0);
    const SonoSpan span = {0, 20011};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const size_t n = counts[i] * (size_t)span.n_frames;
        Channels all = {.be = be,
                        .plan = plan,
                        .span = span,
                        .slices = sono_plan_slices_touching(plan, span),
                        .x = sono_alloc_aligned(n, sizeof *all.x),
                        .y = sono_alloc_aligned(n, sizeof *all.y)};
        Channels alone = all;
        alone.y = sono_alloc_aligned(n, sizeof *alone.y);
        assert_true(all.x && all.y && alone.y);
        uint64_t seed = 77;
        for (size_t k = 0; k < n; k++) {
            all.x[k] = sono_test_noise(&seed);
        }
        sono_jobs_parallel_for(jobs, counts[i], run_channel, &all);
        for (size_t k = 0; k < counts[i]; k++) {
            run_channel(&alone, k);
        }
        assert_int_equal(atomic_load(&all.n_failed) + atomic_load(&alone.n_failed), 0);
        assert_memory_equal(all.y, alone.y, n * sizeof *all.y);
        double error = 0.0;
        double power = 0.0;
        for (size_t k = 0; k < n; k++) {
            error += pow((double)all.y[k] - (double)all.x[k], 2.0);
            power += pow((double)all.x[k], 2.0);
        }
        assert_true(10.0 * log10(power / error) >= (plan->bound_b > 2.0 * plan->bound_a ? 125.0 : 130.0));
        sono_free(all.x);
        sono_free(all.y);
        sono_free(alone.y);
    }
    sono_plan_unref(plan);
    be->type->close(be);
    sono_jobs_free(jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_come_back),
        cmocka_unit_test(every_hop_gamma_layout_and_window_comes_back),
        cmocka_unit_test(other_banks_come_back),
        cmocka_unit_test(every_length_comes_back),
        cmocka_unit_test(any_number_of_channels_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
