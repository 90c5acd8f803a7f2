/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cpu_vector.h"

#include "sono_clones.h"

typedef float Floats8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef float Floats4 __attribute__((vector_size(16), aligned(4), may_alias));

SONO_CLONES void cpu_multiply(const float *restrict x, const float *restrict g, int64_t n, float *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i] = x[i] * g[i];
    }
}

SONO_CLONES void cpu_multiply_add(const float *restrict x, const float *restrict g, int64_t n, float *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i] += x[i] * g[i];
    }
}

SONO_CLONES void cpu_add(const float *restrict x, int64_t n, float *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i] += x[i];
    }
}

SONO_CLONES void cpu_scale(const SonoCplx *restrict x, const float *restrict g, int64_t n, SonoCplx *restrict out)
{
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const Floats8 w = *(const Floats8 *)(g + i);
        const Floats8 *z = (const Floats8 *)(x + i);
        Floats8 *y = (Floats8 *)(out + i);
        y[0] = z[0] * __builtin_shufflevector(w, w, 0, 0, 1, 1, 2, 2, 3, 3);
        y[1] = z[1] * __builtin_shufflevector(w, w, 4, 4, 5, 5, 6, 6, 7, 7);
    }
    if (n & 4) {
        const Floats4 w = *(const Floats4 *)(g + i);
        const Floats4 *z = (const Floats4 *)(x + i);
        Floats4 *y = (Floats4 *)(out + i);
        y[0] = z[0] * __builtin_shufflevector(w, w, 0, 0, 1, 1);
        y[1] = z[1] * __builtin_shufflevector(w, w, 2, 2, 3, 3);
        i += 4;
    }
    if (n & 2) {
        out[i] = (SonoCplx){x[i].re * g[i], x[i].im * g[i]};
        out[i + 1] = (SonoCplx){x[i + 1].re * g[i + 1], x[i + 1].im * g[i + 1]};
        i += 2;
    }
    if (n & 1) {
        out[i] = (SonoCplx){x[i].re * g[i], x[i].im * g[i]};
    }
}

static void add_one(const SonoCplx *x, float g, SonoCplx *out)
{
    out->re += x->re * g;
    out->im += x->im * g;
}

SONO_CLONES void cpu_scale_add(const SonoCplx *restrict x, const float *restrict g, int64_t n, SonoCplx *restrict out)
{
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const Floats8 w = *(const Floats8 *)(g + i);
        const Floats8 *z = (const Floats8 *)(x + i);
        Floats8 *y = (Floats8 *)(out + i);
        y[0] += z[0] * __builtin_shufflevector(w, w, 0, 0, 1, 1, 2, 2, 3, 3);
        y[1] += z[1] * __builtin_shufflevector(w, w, 4, 4, 5, 5, 6, 6, 7, 7);
    }
    if (n & 4) {
        const Floats4 w = *(const Floats4 *)(g + i);
        const Floats4 *z = (const Floats4 *)(x + i);
        Floats4 *y = (Floats4 *)(out + i);
        y[0] += z[0] * __builtin_shufflevector(w, w, 0, 0, 1, 1);
        y[1] += z[1] * __builtin_shufflevector(w, w, 2, 2, 3, 3);
        i += 4;
    }
    if (n & 2) {
        add_one(&x[i], g[i], &out[i]);
        add_one(&x[i + 1], g[i + 1], &out[i + 1]);
        i += 2;
    }
    if (n & 1) {
        add_one(&x[i], g[i], &out[i]);
    }
}

SONO_CLONES void cpu_from_real(const float *restrict x, int64_t n, SonoCplx *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i] = (SonoCplx){x[i], 0.0f};
    }
}

SONO_CLONES void cpu_to_real(const SonoCplx *restrict x, int64_t n, float *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i] = x[i].re;
    }
}

SONO_CLONES void cpu_widen(const float *restrict x, int64_t n, double *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i] = (double)x[i];
    }
}

SONO_CLONES void cpu_round(const double *restrict x, int64_t n, float *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i] = (float)x[i];
    }
}
