/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations: what an edit does with each coefficient under the mask. An operation is one body in
 * kernels/brush/<name>.kernel.h (compiled as C17, CUDA and GLSL), one descriptor file src/brush/op_<name>.c and one row
 * in kernels/brush/operations.def. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "sono_cplx.h"
#include "sono_params.h"

#define SONO_OP_MAX_ARGS 4 /* floats a body gets besides the weight */

typedef struct SonoOperation {
    const char *name;  /* "gain" */
    const char *title; /* "Gain" */
    const char *tip;
    SonoParamTable params;
    /* Turn parameters into the body's arguments p0..p3 (units as the body says). */
    void (*args)(const SonoParams *params, float out[SONO_OP_MAX_ARGS]);
    /* out[i] = body(in[i], weights[i], args); where weights[i] is 0 the bits are copied. in == out is fine. */
    void (*run)(const SonoCplx *in, const float *weights, size_t n, const float args[SONO_OP_MAX_ARGS], SonoCplx *out);
    /* True if with these parameters the operation only lowers levels: then the commit may solve for what the mask left
     * (see sono_solver.h). */
    int (*attenuates)(const SonoParams *params);
    /* True: takes from an earlier state of the document. Its first parameter is "state", the number of edits before
     * that state; the body gets what has changed since (coefficients of the sound now minus the sound then), and what
     * it leaves of that stays changed. Has no preview; the solver has no part in it. */
    bool takes_state;
} SonoOperation;

extern const SonoOperation *const sono_operations[]; /* NULL-ended */
const SonoOperation *sono_operation_find(const char *name);
