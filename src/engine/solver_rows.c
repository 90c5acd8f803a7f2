/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loops over rows and sums that do not depend on the number of threads: eight partial sums per row in a fixed pattern
 * (rows are padded to multiples of 8 with zeros), rows added in order. */
#include <math.h>

#include "solver_internal.h"

#define ROWS_PER_JOB 16
#define PARALLEL_FROM 65536 /* cells; less is not worth waking a thread */

typedef struct RowLoop {
    void (*fn)(void *ctx, size_t row);
    void *ctx;
    size_t n_rows;
} RowLoop;

static void run_rows(void *data, size_t job)
{
    const RowLoop *loop = data;
    const size_t end = (job + 1) * ROWS_PER_JOB < loop->n_rows ? (job + 1) * ROWS_PER_JOB : loop->n_rows;
    for (size_t row = job * ROWS_PER_JOB; row < end; row++) {
        loop->fn(loop->ctx, row);
    }
}

void solver_for_rows(const Solver *s, size_t n_rows, void (*fn)(void *ctx, size_t row), void *ctx)
{
    RowLoop loop = {fn, ctx, n_rows};
    SonoJobs *jobs = n_rows * s->pitch >= PARALLEL_FROM ? sono_engine_jobs(s->engine) : NULL;
    sono_jobs_parallel_for(jobs, (n_rows + ROWS_PER_JOB - 1) / ROWS_PER_JOB, run_rows, &loop);
}

typedef struct RowSum {
    double (*fn)(void *ctx, size_t row);
    void *ctx;
    double *sums;
} RowSum;

static void store_sum(void *data, size_t row)
{
    const RowSum *sum = data;
    sum->sums[row] = sum->fn(sum->ctx, row);
}

double solver_sum_rows(const Solver *s, size_t n_rows, double (*fn)(void *ctx, size_t row), void *ctx)
{
    RowSum sum = {fn, ctx, s->sums};
    solver_for_rows(s, n_rows, store_sum, &sum);
    double total = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        total += s->sums[row];
    }
    return total;
}

typedef struct EnergyCall {
    const SonoCplx *coef;
    const float *weights;
    size_t pitch;
} EnergyCall;

static double core_row(void *ctx, size_t row)
{
    const EnergyCall *call = ctx;
    const SonoCplx *c = call->coef + row * call->pitch;
    const float *m = call->weights + row * call->pitch;
    double acc[8] = {0};
    for (size_t k = 0; k < call->pitch; k += 8) {
        for (size_t j = 0; j < 8; j++) {
            const float e = c[k + j].re * c[k + j].re + c[k + j].im * c[k + j].im;
            acc[j] += m[k + j] >= SOLVER_CORE ? (double)e : 0.0;
        }
    }
    return ((acc[0] + acc[1]) + (acc[2] + acc[3])) + ((acc[4] + acc[5]) + (acc[6] + acc[7]));
}

static double masked_row(void *ctx, size_t row)
{
    const EnergyCall *call = ctx;
    const SonoCplx *c = call->coef + row * call->pitch;
    const float *m = call->weights + row * call->pitch;
    double acc[8] = {0};
    for (size_t k = 0; k < call->pitch; k += 8) {
        for (size_t j = 0; j < 8; j++) {
            acc[j] += (double)(m[k + j] * (c[k + j].re * c[k + j].re + c[k + j].im * c[k + j].im));
        }
    }
    return ((acc[0] + acc[1]) + (acc[2] + acc[3])) + ((acc[4] + acc[5]) + (acc[6] + acc[7]));
}

double solver_core_energy(const Solver *s, const SonoCplx *inner_coef)
{
    EnergyCall call = {inner_coef, s->p->weights + solver_inner_at(s), s->pitch};
    return solver_sum_rows(s, s->in_row1 - s->in_row0, core_row, &call);
}

double solver_masked_energy(const Solver *s, const SonoCplx *inner_coef)
{
    EnergyCall call = {inner_coef, s->p->weights + solver_inner_at(s), s->pitch};
    return solver_sum_rows(s, s->in_row1 - s->in_row0, masked_row, &call);
}

double solver_db(double power)
{
    return 10.0 * log10(power + 1e-30);
}

SonoStatus solver_check_cancelled(const Solver *s, SonoError *err)
{
    return s->p->ticket && sono_job_is_obsolete(s->p->ticket) ? sono_fail(err, SONO_E_CANCELLED, "cancelled") : SONO_OK;
}
