/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference for plans over frequency: the definitions of sono_plan.h in double, literally, with FFTs in double for
 * the sums over a whole slice and over a band. */
#pragma once
#include "sono_ref.h"

/* coef as in sono_ref.h */
SonoStatus ref_bands_analyse(const SonoPlan *plan, const double *pcm, SonoSpan span, SonoSlices slices, SonoCplxD *coef,
                             SonoError *err);
/* dual: with dual and slice_dual; else the adjoint. */
SonoStatus ref_bands_overlap_add(const SonoPlan *plan, bool dual, const SonoCplxD *coef, SonoSlices slices, double *pcm,
                                 SonoSpan span, SonoError *err);
