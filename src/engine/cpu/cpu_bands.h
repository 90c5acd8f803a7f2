/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FREQ plans in the cpu backend: slices on every core, single precision. As sono_backend_analyse(), _synthesise()
 * (dual) and _adjoint() (not dual). Thread: any number at once. */
#pragma once
#include "cpu_plan.h"
#include "sono_cplx.h"
#include "sono_jobs.h"

SonoStatus cpu_bands_analyse(CpuPlanCache *plans, SonoJobs *jobs, const SonoPlan *plan, const float *pcm, SonoSpan span,
                             SonoSlices slices, SonoCplx *coef, SonoError *err);
SonoStatus cpu_bands_overlap_add(CpuPlanCache *plans, SonoJobs *jobs, const SonoPlan *plan, bool dual,
                                 const SonoCplx *coef, SonoSlices slices, float *pcm, SonoSpan span, SonoError *err);
