/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cpu_vector.h"

/* ThreadSanitizer instruments the resolvers that choose a clone, which run before it does. */
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

typedef float Floats __attribute__((vector_size(32), aligned(4), may_alias));

CLONES void cpu_multiply(const float *restrict x, const float *restrict g, int64_t n, float *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i] = x[i] * g[i];
    }
}

CLONES void cpu_multiply_add(const float *restrict x, const float *restrict g, int64_t n, float *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i] += x[i] * g[i];
    }
}

CLONES void cpu_add(const float *restrict x, int64_t n, float *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        out[i] += x[i];
    }
}

CLONES void cpu_scale(const SonoCplx *restrict x, const float *restrict g, int64_t n, SonoCplx *restrict out)
{
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const Floats w = *(const Floats *)(g + i);
        const Floats *z = (const Floats *)(x + i);
        Floats *y = (Floats *)(out + i);
        y[0] = z[0] * __builtin_shufflevector(w, w, 0, 0, 1, 1, 2, 2, 3, 3);
        y[1] = z[1] * __builtin_shufflevector(w, w, 4, 4, 5, 5, 6, 6, 7, 7);
    }
    for (; i < n; i++) {
        out[i] = (SonoCplx){x[i].re * g[i], x[i].im * g[i]};
    }
}

CLONES void cpu_scale_add(const SonoCplx *restrict x, const float *restrict g, int64_t n, SonoCplx *restrict out)
{
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const Floats w = *(const Floats *)(g + i);
        const Floats *z = (const Floats *)(x + i);
        Floats *y = (Floats *)(out + i);
        y[0] += z[0] * __builtin_shufflevector(w, w, 0, 0, 1, 1, 2, 2, 3, 3);
        y[1] += z[1] * __builtin_shufflevector(w, w, 4, 4, 5, 5, 6, 6, 7, 7);
    }
    for (; i < n; i++) {
        out[i].re += x[i].re * g[i];
        out[i].im += x[i].im * g[i];
    }
}
