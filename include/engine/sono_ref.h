/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference: the definitions of a plan in double, by naive sums, obviously right and slow. Everything else is
 * measured against it. pcm, coef, spans and slices as in sono_backend.h. Errors: NOMEM, UNSUPPORTED. */
#pragma once
#include "sono_backend.h"

SonoStatus sono_ref_analyse(const SonoPlan *plan, const double *pcm, SonoSpan span, SonoSlices slices, SonoCplxD *coef,
                            SonoError *err);
SonoStatus sono_ref_synthesise(const SonoPlan *plan, const SonoCplxD *coef, SonoSlices slices, double *pcm,
                               SonoSpan span, SonoError *err);
SonoStatus sono_ref_adjoint(const SonoPlan *plan, const SonoCplxD *coef, SonoSlices slices, double *pcm, SonoSpan span,
                            SonoError *err);
