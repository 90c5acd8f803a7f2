/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conjugate gradients on J(y) = sum of weight * w |V y - C'|^2 over y - x in the span, w = strength inside the mask.
 * Preconditioner: the inverse of diag(V* V), which is the whole of V* V where nothing is masked. V y is carried along
 * (V y += a V p), so a step costs one adjoint and one analysis. */
#include "solver_internal.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

/* A step must lower the ghost by this much to be kept: later steps trade it for changes outside the mask. */
#define WORTH_A_STEP_DB 1.0

typedef struct Cg {
    const Solver *s;
    const SonoCplx *target;
    const float *weights; /* of the inner rows */
    float lambda;
    SonoCplx *scratch, *coef_p, *coef_next; /* inner rows */
    float *r, *p, *q, *z;                   /* span */
    int64_t n_diag;
    float *inverse_diag; /* [n_diag], repeats */
} Cg;

static void cg_clear(Cg *cg)
{
    sono_free(cg->scratch);
    sono_free(cg->coef_p);
    sono_free(cg->coef_next);
    sono_free(cg->r);
    sono_free(cg->p);
    sono_free(cg->q);
    sono_free(cg->z);
    sono_free(cg->inverse_diag);
}

static bool cg_alloc(Cg *cg)
{
    const size_t n_frames = (size_t)cg->s->p->span.n_frames;
    cg->scratch = sono_alloc_aligned(cg->s->n_inner, sizeof *cg->scratch);
    cg->coef_p = sono_alloc_aligned(cg->s->n_inner, sizeof *cg->coef_p);
    cg->coef_next = sono_alloc_aligned(cg->s->n_inner, sizeof *cg->coef_next);
    cg->r = sono_alloc_aligned(n_frames, sizeof *cg->r);
    cg->p = sono_alloc_aligned(n_frames, sizeof *cg->p);
    cg->q = sono_alloc_aligned(n_frames, sizeof *cg->q);
    cg->z = sono_alloc_aligned(n_frames, sizeof *cg->z);
    cg->n_diag = cg->s->p->plan->axis == SONO_AXIS_TIME ? cg->s->p->plan->slice_hop : 1;
    cg->inverse_diag = sono_alloc_aligned((size_t)cg->n_diag, sizeof *cg->inverse_diag);
    return cg->scratch && cg->coef_p && cg->coef_next && cg->r && cg->p && cg->q && cg->z && cg->inverse_diag;
}

/* TIME: diag(V* V) repeats with the hop: n_fft times the sum of the squared windows over a frame. FREQ: V* V acts on
 * frequencies and is nearly a multiple of 1 where the bands lie. */
static void fill_inverse_diag(const SonoPlan *plan, float *inverse)
{
    if (plan->axis == SONO_AXIS_FREQ) {
        inverse[0] = (float)(1.0 / plan->bound_b);
        return;
    }
    const SonoAtom *a = &plan->atoms[0];
    const int64_t hop = plan->slice_hop;
    const int64_t start = a->centre - a->length / 2 - plan->slice_lead; /* first tap of slice 0 */
    for (int64_t r = 0; r < hop; r++) {
        const int64_t first = ((r - start) % hop + hop) % hop;
        double d = 0.0;
        for (int64_t i = first; i < a->length; i += hop) {
            const double g = plan->window[a->tap_at + (size_t)i];
            d += g * g;
        }
        inverse[r] = (float)(1.0 / (d * (double)a->n_fft));
    }
}

static void precondition(const Cg *cg)
{
    const int64_t hop = cg->n_diag;
    const SonoSpan span = cg->s->p->span;
    int64_t at = ((span.start_frame % hop) + hop) % hop;
    for (int64_t i = 0; i < span.n_frames; i++) {
        cg->z[i] = cg->r[i] * cg->inverse_diag[at];
        at = at + 1 == hop ? 0 : at + 1;
    }
}

/* Inner product of sounds: blocks of 4096, added in order. */
static double dot(const float *a, const float *b, int64_t n)
{
    double total = 0.0;
    for (int64_t at = 0; at < n; at += 4096) {
        const int64_t end = n - at < 4096 ? n : at + 4096;
        double acc[8] = {0};
        int64_t i = at;
        for (; i + 8 <= end; i += 8) {
            for (int64_t j = 0; j < 8; j++) {
                acc[j] += (double)a[i + j] * (double)b[i + j];
            }
        }
        for (; i < end; i++) {
            acc[0] += (double)a[i] * (double)b[i];
        }
        total += ((acc[0] + acc[1]) + (acc[2] + acc[3])) + ((acc[4] + acc[5]) + (acc[6] + acc[7]));
    }
    return total;
}

typedef struct RowCall {
    const Cg *cg;
    const SonoCplx *a, *b;
    SonoCplx *out;
    float factor;
} RowCall;

/* out = w (a - b); b NULL: out = w a */
static void weigh_row(void *ctx, size_t row)
{
    const RowCall *call = ctx;
    const size_t n = call->cg->s->pitch;
    const float lambda = call->cg->lambda;
    const float *restrict m = call->cg->weights + row * n;
    const SonoCplx *restrict a = call->a + row * n;
    SonoCplx *restrict out = call->out + row * n;
    if (!call->b) {
        for (size_t k = 0; k < n; k++) {
            const float w = m[k] >= SOLVER_CORE ? lambda : 1.0f;
            out[k].re = w * a[k].re;
            out[k].im = w * a[k].im;
        }
        return;
    }
    const SonoCplx *restrict b = call->b + row * n;
    for (size_t k = 0; k < n; k++) {
        const float w = m[k] >= SOLVER_CORE ? lambda : 1.0f;
        out[k].re = w * (a[k].re - b[k].re);
        out[k].im = w * (a[k].im - b[k].im);
    }
}

/* out = a + factor b */
static void add_row(void *ctx, size_t row)
{
    const RowCall *call = ctx;
    const size_t n = call->cg->s->pitch;
    const SonoCplx *restrict a = call->a + row * n;
    const SonoCplx *restrict b = call->b + row * n;
    SonoCplx *restrict out = call->out + row * n;
    const float factor = call->factor;
    for (size_t k = 0; k < n; k++) {
        out[k].re = a[k].re + factor * b[k].re;
        out[k].im = a[k].im + factor * b[k].im;
    }
}

static double objective_row(void *ctx, size_t row)
{
    const RowCall *call = ctx;
    const size_t n = call->cg->s->pitch;
    const float lambda = call->cg->lambda;
    const float *restrict m = call->cg->weights + row * n;
    const float *restrict weight = call->cg->s->inner_weight;
    const SonoCplx *restrict a = call->a + row * n;
    const SonoCplx *restrict b = call->b + row * n;
    double acc[8] = {0};
    for (size_t k = 0; k < n; k += 8) {
        for (size_t j = 0; j < 8; j++) {
            const float re = a[k + j].re - b[k + j].re;
            const float im = a[k + j].im - b[k + j].im;
            const float w = m[k + j] >= SOLVER_CORE ? lambda : 1.0f;
            acc[j] += (double)(w * weight[k + j]) * (double)(re * re + im * im);
        }
    }
    return ((acc[0] + acc[1]) + (acc[2] + acc[3])) + ((acc[4] + acc[5]) + (acc[6] + acc[7]));
}

static double objective(const Cg *cg, const SonoCplx *coef)
{
    RowCall call = {.cg = cg, .a = coef, .b = cg->target};
    return solver_sum_rows(cg->s, (size_t)cg->s->inner.n, objective_row, &call);
}

/* y = V* w (a - b) on the span */
static SonoStatus weighted_adjoint(const Cg *cg, const SonoCplx *a, const SonoCplx *b, float *y, SonoError *err)
{
    RowCall call = {.cg = cg, .a = a, .b = b, .out = cg->scratch};
    solver_for_rows(cg->s, (size_t)cg->s->inner.n, weigh_row, &call);
    return solver_adjoint(cg->s, cg->scratch, y, err);
}

/* First residual and direction; *rz their product. */
static SonoStatus cg_start(Cg *cg, const SonoCplx *coef_now, double *rz, SonoError *err)
{
    const size_t n = (size_t)cg->s->p->span.n_frames;
    if (!cg_alloc(cg)) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to solve for %zu frames", n);
    }
    fill_inverse_diag(cg->s->p->plan, cg->inverse_diag);
    const SonoStatus status = weighted_adjoint(cg, cg->target, coef_now, cg->r, err);
    if (status == SONO_OK) {
        precondition(cg);
        memcpy(cg->p, cg->z, n * sizeof *cg->p);
        *rz = dot(cg->r, cg->z, (int64_t)n);
    }
    return status;
}

/* The step's length a: y + a p; 0 when there is no way down. Leaves V p in coef_p and V* w V p in q. */
static SonoStatus step_length(Cg *cg, double rz, double *a, SonoError *err)
{
    const SonoSolveProblem *p = cg->s->p;
    SonoStatus status = solver_analyse(cg->s, cg->p, p->span, cg->s->inner, cg->coef_p, err);
    if (status == SONO_OK) {
        status = weighted_adjoint(cg, cg->coef_p, NULL, cg->q, err);
    }
    if (status == SONO_OK) {
        const double pq = dot(cg->p, cg->q, p->span.n_frames);
        *a = rz > 0.0 && pq > 0.0 ? rz / pq : 0.0;
    }
    return status;
}

static void next_direction(Cg *cg, double a, double *rz)
{
    const int64_t n = cg->s->p->span.n_frames;
    const float fa = (float)a;
    for (int64_t i = 0; i < n; i++) {
        cg->r[i] -= fa * cg->q[i];
    }
    precondition(cg);
    const double next = dot(cg->r, cg->z, n);
    const float beta = (float)(next / *rz);
    for (int64_t i = 0; i < n; i++) {
        cg->p[i] = cg->z[i] + beta * cg->p[i];
    }
    *rz = next;
}

SonoStatus solver_cg(const Solver *s, const SonoCplx *target, double limit, SonoCplx *coef_now, float *delta,
                     SonoSolveResult *result, SonoError *err)
{
    Cg cg = {.s = s,
             .target = target,
             .weights = s->p->weights + solver_inner_at(s),
             .lambda = (float)s->p->settings.strength};
    const double drop = pow(10.0, -0.1 * WORTH_A_STEP_DB);
    const int max_steps =
        s->p->settings.max_steps < SONO_SOLVE_MAX_STEPS ? s->p->settings.max_steps : SONO_SOLVE_MAX_STEPS;
    double rz = 0.0;
    double ghost = solver_core_energy(s, coef_now);
    SonoStatus status = cg_start(&cg, coef_now, &rz, err);
    result->objective[0] = status == SONO_OK ? objective(&cg, coef_now) : 0.0;
    while (status == SONO_OK && result->steps < max_steps && ghost > limit) {
        double a = 0.0;
        status = solver_check_cancelled(s, err);
        if (status == SONO_OK) {
            status = step_length(&cg, rz, &a, err);
        }
        if (status != SONO_OK || a == 0.0) {
            break;
        }
        RowCall add = {.cg = &cg, .a = coef_now, .b = cg.coef_p, .out = cg.coef_next, .factor = (float)a};
        solver_for_rows(s, (size_t)s->inner.n, add_row, &add);
        const double next_ghost = solver_core_energy(s, cg.coef_next);
        const double next_objective = objective(&cg, cg.coef_next);
        if (!(next_ghost <= drop * ghost) || !(next_objective < result->objective[result->steps])) {
            break;
        }
        for (int64_t i = 0; i < s->p->span.n_frames; i++) {
            delta[i] += (float)a * cg.p[i];
        }
        memcpy(coef_now, cg.coef_next, s->n_inner * sizeof *coef_now);
        ghost = next_ghost;
        result->steps++;
        result->objective[result->steps] = next_objective;
        next_direction(&cg, a, &rz);
    }
    cg_clear(&cg);
    return status;
}
