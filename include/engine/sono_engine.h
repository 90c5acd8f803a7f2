/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: a backend, the cpu to fall back to, the job pool and a cache of plans. A backend that reports NOMEM or
 * UNSUPPORTED loses that call to cpu; one that reports DEVICE is closed for good and the user gets one notice. */
#pragma once
#include <stdbool.h>

#include "sono_backend.h"
#include "sono_transform.h"

typedef struct SonoEngine SonoEngine;

/* backend NULL: SONO_BACKEND if set, else "cpu". n_threads as sono_jobs_new. */
SonoStatus sono_engine_new(const char *backend, int n_threads, SonoEngine **out, SonoError *err);
void sono_engine_free(SonoEngine *engine);
SonoJobs *sono_engine_jobs(SonoEngine *engine);
/* Name of the backend that serves calls now; degraded: true after a fallback for good. */
const char *sono_engine_backend_name(SonoEngine *engine);
bool sono_engine_is_degraded(SonoEngine *engine);

/* A plan from the cache, or built (caller unrefs). n_frames: of the sound. */
SonoStatus sono_engine_plan(SonoEngine *engine, const SonoTransform *transform, const SonoParams *params,
                            double rate_hz, int64_t n_frames, SonoPlan **out, SonoError *err);
/* sono_plan_for_edit() from the cache, or derived (caller unrefs). */
SonoStatus sono_engine_edit_plan(SonoEngine *engine, const SonoPlan *base, double f0_hz, double f1_hz, SonoPlan **out,
                                 SonoError *err);

/* As sono_backend_*, with fallback. */
SonoStatus sono_engine_analyse(SonoEngine *engine, const SonoPlan *plan, const float *pcm, SonoSpan span,
                               SonoSlices slices, SonoCplx *coef, SonoError *err);
SonoStatus sono_engine_synthesise(SonoEngine *engine, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                                  float *pcm, SonoSpan span, SonoError *err);
SonoStatus sono_engine_adjoint(SonoEngine *engine, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                               float *pcm, SonoSpan span, SonoError *err);
SonoStatus sono_engine_apply(SonoEngine *engine, const SonoPlan *plan, const SonoOperation *op, const float *args,
                             const SonoCplx *in, const float *weights, SonoSlices slices, SonoCplx *out,
                             SonoError *err);
