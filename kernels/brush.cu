/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operation bodies as CUDA kernels: one coefficient per thread. */
#include "dialect_cuda.cuh"

#include "math.kernel.h"

#include "brush/dab.kernel.h"
#include "brush/erase.kernel.h"
#include "brush/gain.kernel.h"
#include "brush/restore.kernel.h"

#define SONO_OPERATION(name)                                                                                           \
    extern "C" __global__ void sono_cuda_op_##name(const float2 *in, const float *weights, size_t n, float4 p,         \
                                                   float2 *out)                                                        \
    {                                                                                                                  \
        const size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;                                                \
        if (i >= n) {                                                                                                  \
            return;                                                                                                    \
        }                                                                                                              \
        const float2 z = in[i];                                                                                        \
        const float w = weights[i];                                                                                    \
        const SonoBin r = sono_op_##name(sono_bin(z.x, z.y), w, p.x, p.y, p.z, p.w);                                   \
        out[i] = w == 0.0f ? z : make_float2(r.re, r.im);                                                              \
    }
#include "brush/operations.def"
#undef SONO_OPERATION
