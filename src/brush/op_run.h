/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The C loop around an operation's body, the same for every operation. */
#pragma once
#include "sono_operation.h"

#include "dialect_c.h"
#include "math.kernel.h"

#define SONO_OP_BLOCK 256

/* Defines static run_<name>(), a SonoOperation.run. Blocks pass through local arrays: in may be out, and a loop whose
 * arrays cannot overlap is vectorised without a second, scalar version for when they do. The declaration at the end
 * asks for the semicolon. */
#define SONO_OP_DEFINE_RUN(name)                                                                                       \
    static void run_block_##name(const SonoCplx *restrict z, const float *restrict weights, size_t n,                  \
                                 const float *restrict p, SonoCplx *restrict out)                                      \
    {                                                                                                                  \
        const float p0 = p[0];                                                                                         \
        const float p1 = p[1];                                                                                         \
        const float p2 = p[2];                                                                                         \
        const float p3 = p[3];                                                                                         \
        for (size_t i = 0; i < n; i++) {                                                                               \
            const float w = weights[i];                                                                                \
            const SonoBin r = sono_op_##name(sono_bin(z[i].re, z[i].im), w, p0, p1, p2, p3);                           \
            out[i].re = w == 0.0f ? z[i].re : r.re;                                                                    \
            out[i].im = w == 0.0f ? z[i].im : r.im;                                                                    \
        }                                                                                                              \
    }                                                                                                                  \
    static void run_##name(const SonoCplx *in, const float *weights, size_t n, const float args[SONO_OP_MAX_ARGS],     \
                           SonoCplx *out)                                                                              \
    {                                                                                                                  \
        SonoCplx block[SONO_OP_BLOCK];                                                                                 \
        for (size_t i = 0; i < n; i += SONO_OP_BLOCK) {                                                                \
            const size_t m = n - i < SONO_OP_BLOCK ? n - i : SONO_OP_BLOCK;                                            \
            memcpy(block, in + i, m * sizeof *block);                                                                  \
            run_block_##name(block, weights + i, m, args, out + i);                                                    \
        }                                                                                                              \
    }                                                                                                                  \
    struct SonoOperation
