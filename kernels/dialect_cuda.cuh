/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CUDA side of the dialect (see dialect_c.h). Compile with --fmad=false. */
#pragma once
#include <stdint.h>
#include <string.h>

#define SONO_KFN static __host__ __device__ __forceinline__
#define SONO_KSTRUCT(name) struct name
#define SONO_KINT(x) ((int)(x))
#define SONO_KFLOAT(x) ((float)(x))
#define SONO_KMIN(a, b) ((a) < (b) ? (a) : (b))
#define SONO_KMAX(a, b) ((a) > (b) ? (a) : (b))
#define SONO_KABS(x) fabsf(x)
#define SONO_KSQRT(x) sqrtf(x)
#define SONO_KFLOOR(x) floorf(x)
#define SONO_KBITS2F(x) sono_k_bits2f(x)
#define SONO_KF2BITS(x) sono_k_f2bits(x)

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
