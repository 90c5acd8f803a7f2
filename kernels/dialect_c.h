/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between C17, CUDA and GLSL in the shared bodies (math.kernel.h, brush/...): the C17 side.
 * Rules for a body: no #include, pointers, arrays, statics, casts, brace initialisers, recursion, libm; only
 * + - * / compares, ternaries, for with constant bounds and the SONO_K* names below. Every literal is 1.0f, 1 or 1u.
 * Inputs are finite. Compiled without contraction, so that C and CUDA give the same bits. */
#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>

#define SONO_KFN static inline __attribute__((always_inline, unused))
#define SONO_KSTRUCT(name)                                                                                             \
    typedef struct name name;                                                                                          \
    struct name
#define SONO_KINT(x) ((int)(x))
#define SONO_KFLOAT(x) ((float)(x))
#define SONO_KMIN(a, b) ((a) < (b) ? (a) : (b))
#define SONO_KMAX(a, b) ((a) > (b) ? (a) : (b))
#define SONO_KABS(x) fabsf(x)
#define SONO_KSQRT(x) sqrtf(x)
#define SONO_KFLOOR(x) sono_k_floor(x)
#define SONO_KBITS2F(x) sono_k_bits2f(x)
#define SONO_KF2BITS(x) sono_k_f2bits(x)

/* floor for |x| < 2^31: converts and corrects, which vectorises without SSE4.1 */
SONO_KFN float sono_k_floor(float x)
{
    const float t = (float)(int)x;
    return t - (t > x ? 1.0f : 0.0f);
}
SONO_KFN float sono_k_bits2f(int bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}
SONO_KFN int sono_k_f2bits(float f)
{
    int bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}
