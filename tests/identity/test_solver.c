/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The solver on real clips: intruders of several levels mixed into music and speech, masked where they are within 40 dB
 * of their strongest cell, erased with automatic settings. Error: y - x against the clean clip x, over its whole
 * length.
 *
 * What a solver can reach is bounded: the plain mask's error is the intruder's leak plus the clean sound that lay under
 * the mask, and only the leak can be taken away. "ceiling" is the plain error over that floor. */
#include <math.h>
#include <string.h>

#include "solver_cases.h"
#include "sono_mem.h"
#include "sono_solver.h"

typedef struct Material {
    const char *path;
    bool held_out; /* never used while the solver's constants were chosen */
} Material;

static const Material material[] = {
    {SONO_TEST_SAMPLES "/ambi_piano.flac", false},
    {SONO_TEST_SAMPLES "/loop_garzul.flac", false},
    {SONO_TEST_SPEECH, false},
    {SONO_TEST_SAMPLES "/ambi_choir.flac", true},
    {SONO_TEST_SAMPLES "/guit_harmonics.flac", true},
    {SONO_TEST_SAMPLES "/loop_mehackit1.flac", true},
    {"/usr/share/sounds/alsa/Side_Right.wav", true},
};
#define N_MATERIAL (sizeof material / sizeof *material)

static const double levels_db[] = {-INFINITY, 10.0, 20.0, 30.0, 40.0}; /* -INFINITY: no intruder */
#define N_LEVELS (sizeof levels_db / sizeof *levels_db)

typedef struct Sound {
    int rate_hz;
    int64_t n_frames;
    double end_s;
    float *clean, *intruder, *mix, *plain, *solved, *floor; /* floor: the clean sound, erased */
    SonoEdit edit;
    double intruder_gain_0_db; /* factor that puts the intruder at the level of its surround */
} Sound;

static SonoEngine *new_engine(int n_threads)
{
    SonoError err = {0};
    SonoEngine *engine = NULL;
    assert_ok(sono_engine_new("cpu", n_threads, &engine, &err), err);
    return engine;
}

static void open_sound(SonoEngine *engine, const char *path, IntruderKind kind, Sound *s)
{
    *s = (Sound){0};
    s->clean = case_read_clip(path, &s->rate_hz, &s->n_frames);
    float **others[] = {&s->intruder, &s->mix, &s->plain, &s->solved, &s->floor};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        *others[i] = sono_alloc_aligned((size_t)s->n_frames, sizeof **others[i]);
        assert_non_null(*others[i]);
    }
    case_fill_intruder(kind, s->rate_hz, s->n_frames, s->intruder, &s->end_s);
    s->edit = sono_edit_new(sono_operation_find("erase"));
    case_add_footprint(engine, kind, s->intruder, s->rate_hz, s->n_frames, &s->edit.mask);
    s->intruder_gain_0_db = sqrt(case_masked_energy(engine, &s->edit, s->clean, s->rate_hz, s->n_frames) /
                                 case_masked_energy(engine, &s->edit, s->intruder, s->rate_hz, s->n_frames));
}

static void close_sound(Sound *s)
{
    sono_free(s->clean);
    sono_free(s->intruder);
    sono_free(s->mix);
    sono_free(s->plain);
    sono_free(s->solved);
    sono_free(s->floor);
    sono_edit_clear(&s->edit);
}

static void mix_at(Sound *s, double level_db)
{
    const double gain = isfinite(level_db) ? s->intruder_gain_0_db * pow(10.0, level_db / 20.0) : 0.0;
    for (int64_t i = 0; i < s->n_frames; i++) {
        s->mix[i] = (float)((double)s->clean[i] + gain * (double)s->intruder[i]);
    }
}

static void commit(SonoEngine *engine, Sound *s, int max_steps, const float *x, float *y, SonoCommitReport *report)
{
    const int wanted = s->edit.solver.max_steps;
    if (max_steps >= 0) {
        s->edit.solver.max_steps = max_steps;
    }
    case_commit(engine, &s->edit, x, s->rate_hz, s->n_frames, y, report);
    s->edit.solver.max_steps = wanted;
}

static double error_db(const Sound *s, const float *y)
{
    double sum = 0.0;
    for (int64_t i = 0; i < s->n_frames; i++) {
        const double d = (double)y[i] - (double)s->clean[i];
        sum += d * d;
    }
    return 10.0 * log10(sum + 1e-30);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct Gains {
    double v[64];
    size_t n;
} Gains;

static void gains_add(Gains *g, double v)
{
    assert_true(g->n < sizeof g->v / sizeof *g->v);
    g->v[g->n++] = v;
}

static double gains_median(Gains *g)
{
    qsort(g->v, g->n, sizeof *g->v, compare_doubles);
    return g->n % 2 ? g->v[g->n / 2] : 0.5 * (g->v[g->n / 2 - 1] + g->v[g->n / 2]);
}

/* One clip, intruder and level. Returns the gain over the plain mask in dB; counts tones and steps. */
static double one_case(SonoEngine *engine, Sound *s, double level_db, const char *what, int *n_tones, int *n_steps)
{

    SonoCommitReport plain = {0};
    SonoCommitReport report = {0};
    mix_at(s, level_db);
    commit(engine, s, 0, s->mix, s->plain, &plain);
    commit(engine, s, -1, s->mix, s->solved, &report);
    commit(engine, s, 0, s->clean, s->floor, NULL);
    const double gain_db = error_db(s, s->plain) - error_db(s, s->solved);
    const double echo_db = case_pre_echo_db(engine, report.region, s->clean, s->solved, s->rate_hz, s->n_frames);
    print_message("%s: window %d, gain %5.1f dB of %4.1f, tones %d, steps %d, inside %.1f -> %.1f, around %.1f dB, "
                  "pre-echo %.0f dB, %.0f ms\n",
                  what, report.window_frames, gain_db, error_db(s, s->plain) - error_db(s, s->floor), report.tones,
                  report.steps, report.inside_db, report.solved_db, report.surround_db, echo_db, 1e3 * report.seconds);
    *n_tones += report.tones;
    *n_steps += report.steps;
    assert_int_equal(plain.steps + plain.tones, 0);
    for (int k = 1; k <= report.steps; k++) {
        if (!(report.objective[k] < report.objective[k - 1])) {
            fail_msg("%s: objective %.9g after %.9g in step %d", what, report.objective[k], report.objective[k - 1], k);
        }
    }
    if (!(echo_db <= -10.0)) { /* where the mask alone, in a long atom, has more the solver may not add to it */
        const double plain_db = case_pre_echo_db(engine, report.region, s->clean, s->plain, s->rate_hz, s->n_frames);
        if (strcmp(s->edit.transform, "auto") == 0 || !(echo_db <= plain_db + 1.0)) {
            fail_msg("%s: pre-echo %.1f dB against its surround, %.1f dB by the mask", what, echo_db, plain_db);
        }
    }
    if (report.steps + report.tones == 0) {
        assert_memory_equal(s->solved, s->plain, (size_t)s->n_frames * sizeof *s->plain);
    }
    if (!(level_db >= 20.0) && report.steps + report.tones > 0) {
        fail_msg("%s: %d tones and %d steps for a weak intruder", what, report.tones, report.steps);
    }
    return gain_db;
}

typedef struct Quality {
    double median_db, held_out_db; /* gain on tones 30 and 40 dB above their surround; on the held-out clips */
    double worst_db, worst_other_db;
    int n_tones, n_steps;
} Quality;

/* All clips, intruders and levels. params NULL: the transform that "auto" takes. */
static Quality all_cases(const char *transform, const char *params)
{
    SonoEngine *engine = new_engine(2);
    SonoError err = {0};
    Gains strong = {0};
    Gains held_out = {0};
    double worst_other = INFINITY;
    int n_tones = 0;
    int n_steps = 0;
    for (size_t m = 0; m < N_MATERIAL; m++) {
        for (int kind = 0; kind < N_INTRUDERS; kind++) {
            Sound s;
            open_sound(engine, material[m].path, (IntruderKind)kind, &s);
            if (params) {
                const SonoTransform *t = sono_transform_find(transform);
                (void)snprintf(s.edit.transform, sizeof s.edit.transform, "%s", transform);
                assert_ok(sono_params_parse(t->params, params, &s.edit.transform_params, &err), err);
            }
            for (size_t l = 0; l < N_LEVELS; l++) {
                char what[160];
                (void)snprintf(what, sizeof what, "%-18s %-7s %4.0f dB%s", strrchr(material[m].path, '/') + 1,
                               intruder_names[kind], levels_db[l], material[m].held_out ? " (held out)" : "");
                const double gain_db = one_case(engine, &s, levels_db[l], what, &n_tones, &n_steps);
                if (kind != INTRUDER_COUGH && levels_db[l] >= 30.0) {
                    gains_add(&strong, gain_db);
                    if (material[m].held_out) {
                        gains_add(&held_out, gain_db);
                    }
                } else {
                    worst_other = fmin(worst_other, gain_db);
                }
            }
            close_sound(&s);
        }
    }
    sono_engine_free(engine);
    const Quality q = {.median_db = gains_median(&strong),
                       .held_out_db = gains_median(&held_out),
                       .worst_db = strong.v[0],
                       .worst_other_db = worst_other,
                       .n_tones = n_tones,
                       .n_steps = n_steps};
    print_message("%s %s: tones 30 and 40 dB above their surround: median gain %.1f dB (held-out clips %.1f dB), worst "
                  "%.1f dB; all others: worst %.1f dB\n",
                  transform, params ? params : "", q.median_db, q.held_out_db, q.worst_db, q.worst_other_db);
    return q;
}

static void erases_better_than_the_mask_alone(void **state)
{
    (void)state;
    const Quality q = all_cases("auto", NULL);
    assert_true(q.n_tones > 0 && q.n_steps > 0); /* both stages were seen at work */
    assert_true(q.median_db >= 6.0);
    assert_true(q.held_out_db >= 6.0);
    assert_true(q.worst_db >= -1.0);
    assert_true(q.worst_other_db >= -1.0);
}

/* Over frequency the plain mask leaves less already (bands have no side lobes), so there is less to win; least where
 * atoms are longest. */
static void erases_better_in_bands_too(void **state)
{
    (void)state;
    static const struct {
        const char *transform, *params;
        double median_db;
    } runs[] = {{"slicq", "", 5.0},
                {"slicq", "slice=131072 window=cos4", 4.5},
                {"vqt", "bins_per_octave=24", 8.0},
                {"cqt", "", 0.5},
                {"erb", "", 3.5}};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        const Quality q = all_cases(runs[i].transform, runs[i].params);
        assert_true(q.n_tones > 0);
        assert_true(q.median_db >= runs[i].median_db);
        assert_true(q.held_out_db >= runs[i].median_db);
        assert_true(q.worst_db >= -1.0);
        assert_true(q.worst_other_db >= -1.0);
    }
}

/* A strong whistle over a choir, solved by any number of threads. */
static void replay_gives_the_same_bits(void **state)
{
    (void)state;
    static const int n_threads[] = {1, 1, 2, 5};
    static const char *const transforms[] = {"auto", "vqt", "nsgt"};
    Sound s = {0};
    float *first = NULL;
    for (size_t t = 0; t < sizeof transforms / sizeof *transforms; t++) {
        for (size_t i = 0; i < sizeof n_threads / sizeof *n_threads; i++) {
            SonoEngine *engine = new_engine(n_threads[i]);
            SonoCommitReport report = {0};
            if (!first) {
                open_sound(engine, SONO_TEST_SAMPLES "/ambi_choir.flac", INTRUDER_WHISTLE, &s);
                mix_at(&s, 40.0);
                first = sono_alloc_aligned((size_t)s.n_frames, sizeof *first);
                assert_non_null(first);
            }
            (void)snprintf(s.edit.transform, sizeof s.edit.transform, "%s", transforms[t]);
            if (t > 0) {
                s.edit.transform_params = sono_params_defaults(sono_transform_find(transforms[t])->params);
            }
            commit(engine, &s, -1, s.mix, s.solved, &report);
            assert_true(report.tones > 0);
            if (i == 0) {
                memcpy(first, s.solved, (size_t)s.n_frames * sizeof *first);
            }
            assert_memory_equal(first, s.solved, (size_t)s.n_frames * sizeof *first);
            sono_engine_free(engine);
        }
    }
    sono_free(first);
    close_sound(&s);
}

/* A gain of -12 dB leaves the intruder some 12 dB down and is not solved; one of -60 dB is as good as an erase and is.
 */
static void a_gain_lowers_by_what_it_says(void **state)
{
    (void)state;
    SonoEngine *engine = new_engine(2);
    Sound s;
    SonoCommitReport report = {0};
    open_sound(engine, SONO_TEST_SAMPLES "/ambi_choir.flac", INTRUDER_WHISTLE, &s);
    mix_at(&s, 40.0);
    commit(engine, &s, -1, s.mix, s.solved, &report);
    const double erased_db = error_db(&s, s.solved);
    s.edit.operation = sono_operation_find("gain");
    s.edit.params = sono_params_defaults(s.edit.operation->params);
    s.edit.params.v[0] = -12.0;
    const double before_db = error_db(&s, s.mix);
    commit(engine, &s, 0, s.mix, s.plain, NULL);
    commit(engine, &s, -1, s.mix, s.solved, &report);
    assert_int_equal(report.tones + report.steps, 0);
    assert_memory_equal(s.solved, s.plain, (size_t)s.n_frames * sizeof *s.plain);
    const double lowered_db = before_db - error_db(&s, s.solved);
    if (!(lowered_db > 8.0 && lowered_db < 12.5)) { /* less than 12: part of it lies under the mask's feather */
        fail_msg("a gain of -12 dB lowered the intruder by %.2f dB", lowered_db);
    }
    s.edit.params.v[0] = -60.0;
    commit(engine, &s, -1, s.mix, s.solved, &report);
    assert_true(report.tones > 0);
    if (!(fabs(error_db(&s, s.solved) - erased_db) < 1.0)) {
        fail_msg("error %.1f dB after a gain of -60 dB, %.1f dB after an erase", error_db(&s, s.solved), erased_db);
    }
    close_sound(&s);
    sono_engine_free(engine);
}

/* What sono_commit() hands to the solver, for a tone over noise under a box of full weights. */
typedef struct Bare {
    SonoPlan *plan;
    SonoSolveProblem problem;
    float *pcm, *weights, *delta, *plain;
    SonoCplx *coef, *target;
    float args[SONO_OP_MAX_ARGS];
} Bare;

#define BARE_RATE 48000
#define BARE_FRAMES 48000

static void bare_open(SonoEngine *engine, Bare *b)
{
    SonoError err = {0};
    const SonoTransform *stft = sono_transform_find("stft");
    SonoParams params = sono_params_defaults(stft->params);
    params.v[SONO_STFT_SIZE] = 1024;
    params.v[SONO_STFT_HOP] = 256;
    *b = (Bare){0};
    assert_ok(sono_engine_plan(engine, stft, &params, BARE_RATE, 0, &b->plan, &err), err);
    const SonoSlices on = {60, 60};
    const SonoSpan sound = {0, BARE_FRAMES};
    const SonoSpan span = sono_plan_support(b->plan, on);
    const SonoSlices slices = {on.first - 12, on.n + 24};
    const size_t n = (size_t)slices.n * b->plan->n_coef;
    b->pcm = sono_alloc_aligned(BARE_FRAMES, sizeof *b->pcm);
    b->weights = sono_alloc_aligned(n, sizeof *b->weights);
    b->coef = sono_alloc_aligned(n, sizeof *b->coef);
    b->target = sono_alloc_aligned(n, sizeof *b->target);
    b->delta = sono_alloc_aligned((size_t)span.n_frames, sizeof *b->delta);
    b->plain = sono_alloc_aligned((size_t)span.n_frames, sizeof *b->plain);
    assert_true(b->pcm && b->weights && b->coef && b->target && b->delta && b->plain);
    uint64_t seed = 3;
    for (int i = 0; i < BARE_FRAMES; i++) {
        const double t = (double)i / BARE_RATE;
        const double tone =
            t > 0.36 && t < 0.6 ? sin(3.14159265 * (t - 0.36) / 0.24) * sin(6.2831853 * 2000.0 * t) : 0.0;
        b->pcm[i] = (float)(0.5 * tone) + 1e-4f * sono_test_noise(&seed);
    }
    for (int64_t s = 12; s < 12 + on.n; s++) {
        for (size_t k = 41; k <= 44; k++) { /* 2 kHz is bin 42.7: narrower than the main lobe */
            b->weights[(size_t)s * b->plan->n_coef + k] = 1.0f;
        }
    }
    const SonoOperation *erase = sono_operation_find("erase");
    assert_ok(sono_engine_analyse(engine, b->plan, b->pcm, sound, slices, b->coef, &err), err);
    assert_ok(sono_engine_apply(engine, b->plan, erase, b->args, b->coef, b->weights, slices, b->target, &err), err);
    for (size_t i = 0; i < n; i++) { /* the array of differences borrows the target's place for a moment */
        b->target[i] = (SonoCplx){b->target[i].re - b->coef[i].re, b->target[i].im - b->coef[i].im};
    }
    assert_ok(sono_engine_synthesise(engine, b->plan, b->target, slices, b->plain, span, &err), err);
    for (size_t i = 0; i < n; i++) {
        b->target[i] = (SonoCplx){b->target[i].re + b->coef[i].re, b->target[i].im + b->coef[i].im};
    }
    memcpy(b->delta, b->plain, (size_t)span.n_frames * sizeof *b->delta);
    b->problem = (SonoSolveProblem){.plan = b->plan,
                                    .slices = slices,
                                    .span = span,
                                    .n_frames = BARE_FRAMES,
                                    .pcm = b->pcm,
                                    .pcm_span = sound,
                                    .coef = b->coef,
                                    .target = b->target,
                                    .weights = b->weights,
                                    .operation = erase,
                                    .args = b->args,
                                    .settings = sono_solver_defaults()};
}

static void bare_close(Bare *b)
{
    sono_plan_unref(b->plan);
    sono_free(b->pcm);
    sono_free(b->weights);
    sono_free(b->coef);
    sono_free(b->target);
    sono_free(b->delta);
    sono_free(b->plain);
}

/* Settings of 0 leave the plain mask's bits; an obsolete ticket stops the solver; otherwise it works here. */
static void settings_and_tickets_are_obeyed(void **state)
{
    (void)state;
    SonoEngine *engine = new_engine(2);
    SonoError err = {0};
    Bare b;
    bare_open(engine, &b);
    const size_t n_bytes = (size_t)b.problem.span.n_frames * sizeof *b.delta;
    SonoSolveResult result = {0};
    b.problem.settings.max_steps = 0;
    assert_ok(sono_solve(engine, &b.problem, b.delta, &result, &err), err);
    assert_memory_equal(b.delta, b.plain, n_bytes);
    b.problem.settings = sono_solver_defaults();
    b.problem.settings.strength = 0.0;
    assert_ok(sono_solve(engine, &b.problem, b.delta, &result, &err), err);
    assert_memory_equal(b.delta, b.plain, n_bytes);
    b.problem.settings = sono_solver_defaults();
    SonoGeneration generation = {0};
    const SonoJobTicket ticket = {&generation, 0};
    b.problem.ticket = &ticket;
    sono_generation_bump(&generation);
    assert_int_equal(sono_solve(engine, &b.problem, b.delta, &result, &err), SONO_E_CANCELLED);
    b.problem.ticket = NULL;
    memcpy(b.delta, b.plain, n_bytes);
    assert_ok(sono_solve(engine, &b.problem, b.delta, &result, &err), err);
    assert_true(result.tones > 0);
    assert_true(result.solved_db < result.inside_db - 6.0);
    bare_close(&b);
    sono_engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_and_tickets_are_obeyed), cmocka_unit_test(a_gain_lowers_by_what_it_says),
        cmocka_unit_test(replay_gives_the_same_bits),      cmocka_unit_test(erases_better_than_the_mask_alone),
        cmocka_unit_test(erases_better_in_bands_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
