/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loops around the FFTs. Products and sums are rounded one by one on every machine, so that wider vectors give the
 * same bits. Arrays must not overlap. */
#pragma once
#include "sono_cplx.h"

#include <stdint.h>

/* out = or += x g for n elements. */
void cpu_multiply(const float *x, const float *g, int64_t n, float *out);
void cpu_multiply_add(const float *x, const float *g, int64_t n, float *out);
void cpu_add(const float *x, int64_t n, float *out);
/* The same with complex x and real g. */
void cpu_scale(const SonoCplx *x, const float *g, int64_t n, SonoCplx *out);
void cpu_scale_add(const SonoCplx *x, const float *g, int64_t n, SonoCplx *out);
/* Complex from real parts, and back. */
void cpu_from_real(const float *x, int64_t n, SonoCplx *out);
void cpu_to_real(const SonoCplx *x, int64_t n, float *out);
/* Double from float, and back. */
void cpu_widen(const float *x, int64_t n, double *out);
void cpu_round(const double *x, int64_t n, float *out);
