/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When to solve: measures of the mask and of its surround decide which of the stages may change a plain mask. Every
 * gate errs towards the plain mask: on weak intruders each stage can only do harm. */
#include "sono_solver.h"

#include "solver_internal.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

#define TONES_FROM_DB 16.0     /* level inside the mask over its surround, before the edit */
#define TONES_GHOST_DB (-8.0)  /* and after the plain mask, */
#define TONES_BANDS_DB (-14.0) /* in bands, which have no side lobes: more of a ghost lies beside the mask there */
#define TONES_WORTH_DB 9.0     /* by which taking out tones must lower the ghost, or the mask stays plain */
#define TONES_MAX_HEIGHT 12    /* bins of the median run: a taller mask means no tone */
#define STEPS_FROM_DB 32.0     /* as TONES_FROM_DB, for conjugate gradients */
#define FULL_WEIGHT 0.999f     /* where the operation does what it does at weight 1 */
#define ERASED 1e-4            /* energy ratio of C' and C there: 40 dB */
#define MIN_FULL_SHARE 0.5     /* of the energy inside the mask must lie there */

static SonoStatus solver_open(Solver *s, SonoError *err)
{
    const SonoSolveProblem *p = s->p;
    s->n_rows = (size_t)p->slices.n;
    s->pitch = sono_solve_pitch(p->plan);
    s->n_bins = (size_t)(p->plan->axis == SONO_AXIS_TIME ? p->plan->atoms[0].n_coef : p->plan->n_atoms);
    s->atom_frames = sono_solve_atom_frames(p->plan);
    s->inner = sono_solve_rows_touching(p->plan, p->span);
    s->in_row0 = (size_t)(s->inner.first - p->slices.first);
    s->in_row1 = s->in_row0 + (size_t)s->inner.n;
    s->n_inner = (size_t)s->inner.n * s->pitch;
    s->inner_weight = sono_alloc_aligned(s->pitch, sizeof *s->inner_weight);
    s->sums = sono_calloc(s->n_rows, sizeof *s->sums);
    if (!s->inner_weight || !s->sums) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to solve for %zu columns", s->n_rows);
    }
    for (size_t k = 0; k < s->n_bins; k++) {
        const size_t coef = p->plan->axis == SONO_AXIS_TIME ? k : p->plan->atoms[k].coef_at;
        s->inner_weight[k] = (float)sono_plan_weight(p->plan, coef);
    }
    return SONO_OK;
}

static void solver_close(Solver *s)
{
    sono_free(s->inner_weight);
    sono_free(s->sums);
}

/* Rows and bins with masked cells, and the number of cells inside; false if there are none. */
static bool find_mask(Solver *s)
{
    s->on_row0 = s->n_rows;
    s->on_bin0 = s->n_bins;
    for (size_t row = 0; row < s->n_rows; row++) {
        const float *m = s->p->weights + row * s->pitch;
        size_t first = s->n_bins;
        size_t end = 0;
        for (size_t k = 0; k < s->n_bins; k++) {
            if (m[k] > SOLVER_ON) {
                first = first < k ? first : k;
                end = k + 1;
                s->n_core += m[k] >= SOLVER_CORE;
            }
        }
        if (end > 0) {
            s->on_row0 = s->on_row0 < row ? s->on_row0 : row;
            s->on_row1 = row + 1;
            s->on_bin0 = s->on_bin0 < first ? s->on_bin0 : first;
            s->on_bin1 = s->on_bin1 > end ? s->on_bin1 : end;
        }
    }
    return s->n_core > 0;
}

/* Does the operation erase, whatever its name? Measured where the mask is full, which must be where most of the energy
 * inside it is. *gain: amplitude it leaves there. */
static bool operation_erases(const Solver *s, double *gain)
{
    double inside = 0.0;
    double before = 0.0;
    double after = 0.0;
    for (size_t row = s->on_row0; row < s->on_row1; row++) {
        const size_t at = row * s->pitch;
        for (size_t k = s->on_bin0; k < s->on_bin1; k++) {
            const float m = s->p->weights[at + k];
            const SonoCplx c = s->p->coef[at + k];
            const SonoCplx d = s->p->target[at + k];
            const double e = (double)(c.re * c.re + c.im * c.im);
            inside += m >= SOLVER_CORE ? e : 0.0;
            before += m >= FULL_WEIGHT ? e : 0.0;
            after += m >= FULL_WEIGHT ? (double)(d.re * d.re + d.im * d.im) : 0.0;
        }
    }
    *gain = before > 0.0 ? sqrt(after / before) : 1.0;
    return before > 0.0 && after <= ERASED * before && before >= MIN_FULL_SHARE * inside;
}

/* coef = C + V delta (inner rows): the analysis of the edited sound. */
static SonoStatus analyse_edited(const Solver *s, const float *delta, SonoCplx *coef, SonoError *err)
{
    const SonoCplx *before = s->p->coef + solver_inner_at(s);
    const SonoStatus status = solver_analyse(s, delta, s->p->span, s->inner, coef, err);
    for (size_t i = 0; status == SONO_OK && i < s->n_inner; i++) {
        coef[i].re += before[i].re;
        coef[i].im += before[i].im;
    }
    return status;
}

/* What is left of the sound, as the plain mask makes it, and `gain` of its tones: on the span, in the place of the
 * sound. */
static SonoStatus replace_by(const Solver *s, double gain, const float *left_pcm, float *delta, SonoError *err)
{
    const SonoSolveProblem *p = s->p;
    const SonoStatus status = sono_solve_plain(s->engine, p->plan, p->operation, p->args, left_pcm, p->pcm_span,
                                               p->weights, p->slices, delta, p->span, err);
    const int64_t from = p->span.start_frame - p->pcm_span.start_frame;
    for (int64_t i = 0; status == SONO_OK && i < p->span.n_frames; i++) {
        delta[i] += (float)(1.0 - gain) * (left_pcm[from + i] - p->pcm[from + i]);
    }
    return status;
}

/* Target and delta for the sound without its tones: of a tone `gain` remains, of the rest what the operation leaves.
 * left (inner rows): V of the sound without tones, overwritten by the difference. */
static SonoStatus retarget(const Solver *s, double gain, const float *left_pcm, SonoCplx *left, SonoCplx *target,
                           float *delta, SonoError *err)
{
    const SonoSolveProblem *p = s->p;
    const SonoCplx *before = p->coef + solver_inner_at(s);
    const float *weights = p->weights + solver_inner_at(s);
    const float g = (float)gain;
    SonoStatus status = SONO_OK;
    if (p->plan->axis == SONO_AXIS_FREQ) {
        p->operation->run(left, weights, s->n_inner, p->args, target);
    } else {
        status = sono_engine_apply(s->engine, p->plan, p->operation, p->args, left, weights, s->inner, target, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    for (size_t i = 0; i < s->n_inner; i++) {
        target[i].re += g * (before[i].re - left[i].re);
        target[i].im += g * (before[i].im - left[i].im);
        left[i].re = target[i].re - before[i].re;
        left[i].im = target[i].im - before[i].im;
    }
    return p->plan->axis == SONO_AXIS_FREQ
               ? replace_by(s, gain, left_pcm, delta, err)
               : sono_engine_synthesise(s->engine, p->plan, left, s->inner, delta, p->span, err);
}

typedef struct Ghost {
    double above_db;  /* inside the mask over its surround, before the edit */
    double energy;    /* inside the mask of the edited sound, kept up to date */
    double tolerated; /* energy at which the ghost is gone */
    double gain;      /* amplitude the operation leaves at full weight */
} Ghost;

static double ghost_db(const SolverSurround *surround, const Ghost *ghost)
{
    return solver_db(ghost->energy) - solver_db(surround->total);
}

/* Take out tones; target, now and delta follow only if the ghost sinks by TONES_WORTH_DB. */
static SonoStatus run_tones(const Solver *s, const SolverSurround *surround, Ghost *ghost, SonoCplx *target,
                            SonoCplx *now, float *delta, int *tones, SonoError *err)
{
    const SonoSolveProblem *p = s->p;
    const size_t n_frames = (size_t)p->span.n_frames;
    SonoCplx *left = sono_alloc_aligned(s->n_inner, sizeof *left);
    SonoCplx *without = sono_alloc_aligned(s->n_inner, sizeof *without);
    float *other = sono_alloc_aligned(n_frames, sizeof *other);
    float *left_pcm = sono_alloc_uncleared((size_t)p->pcm_span.n_frames, sizeof *left_pcm);
    SonoStatus status = SONO_E_NOMEM;
    if (!left || !without || !other || !left_pcm) {
        (void)sono_fail(err, status, "no memory to take tones out of %zu frames", n_frames);
        goto done;
    }
    status = solver_tones(s, surround, left_pcm, left, tones, err);
    if (status != SONO_OK || *tones == 0) {
        goto done;
    }
    status = retarget(s, ghost->gain, left_pcm, left, without, other, err);
    if (status == SONO_OK) {
        status = analyse_edited(s, other, left, err);
    }
    if (status != SONO_OK) {
        goto done;
    }
    const double energy = solver_core_energy(s, left);
    if (solver_db(energy) > solver_db(ghost->energy) - TONES_WORTH_DB) {
        *tones = 0;
        goto done;
    }
    memcpy(target, without, s->n_inner * sizeof *target);
    memcpy(now, left, s->n_inner * sizeof *now);
    memcpy(delta, other, n_frames * sizeof *delta);
    ghost->energy = energy;
done:
    sono_free(left);
    sono_free(without);
    sono_free(other);
    sono_free(left_pcm);
    return status;
}

/* Both stages. target and now (inner rows): what to aim at, analysis of the edited sound. */
static SonoStatus run_stages(const Solver *s, const SolverSurround *surround, Ghost *ghost, SonoCplx *target,
                             SonoCplx *now, float *delta, SonoSolveResult *result, SonoError *err)
{
    size_t height = 0;
    const double least_db = s->p->plan->axis == SONO_AXIS_FREQ ? TONES_BANDS_DB : TONES_GHOST_DB;
    SonoStatus status = solver_run_height(s, &height, err);
    if (status == SONO_OK && ghost->above_db >= TONES_FROM_DB && ghost_db(surround, ghost) > least_db &&
        height <= TONES_MAX_HEIGHT) {
        status = run_tones(s, surround, ghost, target, now, delta, &result->tones, err);
    }
    if (status == SONO_OK && ghost->above_db >= STEPS_FROM_DB && ghost->energy > ghost->tolerated) {
        status = solver_cg(s, target, ghost->tolerated, now, delta, result, err);
        ghost->energy = status == SONO_OK ? solver_core_energy(s, now) : 0.0;
    }
    return status;
}

static SonoStatus solve(const Solver *s, const SolverSurround *surround, double gain, float *delta,
                        SonoSolveResult *result, SonoError *err)
{
    const SonoSolveProblem *p = s->p;
    SonoCplx *target = sono_alloc_aligned(s->n_inner, sizeof *target);
    SonoCplx *now = sono_alloc_aligned(s->n_inner, sizeof *now);
    SonoStatus status = SONO_E_NOMEM;
    if (!target || !now) {
        (void)sono_fail(err, status, "no memory to solve for %zu columns", s->n_rows);
        goto done;
    }
    status = analyse_edited(s, delta, now, err);
    if (status != SONO_OK) {
        goto done;
    }
    const double before = solver_core_energy(s, p->coef + solver_inner_at(s));
    Ghost ghost = {.above_db = solver_db(before) - solver_db(surround->total),
                   .energy = solver_core_energy(s, now),
                   .tolerated = pow(10.0, 0.1 * p->settings.tolerance_db) * surround->total,
                   .gain = gain};
    const double n_cells = (double)s->n_core;
    result->inside_db = solver_db(ghost.energy / n_cells);
    result->surround_db = solver_db(surround->total / n_cells);
    memcpy(target, p->target + solver_inner_at(s), s->n_inner * sizeof *target);
    status = run_stages(s, surround, &ghost, target, now, delta, result, err);
    result->solved_db = solver_db(ghost.energy / n_cells);
done:
    sono_free(target);
    sono_free(now);
    return status;
}

SonoStatus sono_solve(SonoEngine *engine, const SonoSolveProblem *problem, float *delta, SonoSolveResult *result,
                      SonoError *err)
{
    Solver s = {.engine = engine, .p = problem};
    SolverSurround surround = {0};
    double gain = 1.0;
    *result = (SonoSolveResult){0};
    if (!sono_solve_takes(problem->plan) || problem->span.n_frames == 0 || problem->settings.max_steps <= 0 ||
        !(problem->settings.strength > 0.0)) {
        return SONO_OK;
    }
    SonoStatus status = solver_open(&s, err);
    if (status == SONO_OK && find_mask(&s) && operation_erases(&s, &gain)) {
        status = solver_surround(&s, &surround, err);
        if (status == SONO_OK) {
            status = solve(&s, &surround, gain, delta, result, err);
        }
    }
    solver_surround_clear(&surround);
    solver_close(&s);
    return status;
}
