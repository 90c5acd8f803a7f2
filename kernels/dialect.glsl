/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GLSL side of the dialect (see dialect_c.h): common subset of 330 core and 300 es. */
#define SONO_KFN
#define SONO_KSTRUCT(name) struct name
#define SONO_KINT(x) int(x)
#define SONO_KFLOAT(x) float(x)
#define SONO_KMIN(a, b) min(a, b)
#define SONO_KMAX(a, b) max(a, b)
#define SONO_KABS(x) abs(x)
#define SONO_KSQRT(x) sqrt(x)
#define SONO_KFLOOR(x) floor(x)
#define SONO_KBITS2F(x) intBitsToFloat(x)
#define SONO_KF2BITS(x) floatBitsToInt(x)
