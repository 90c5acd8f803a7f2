/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Erase: take away what is under the mask. */
#include "op_run.h"
#include "operations.h"

#include "brush/erase.kernel.h"

SONO_OP_DEFINE_RUN(erase);

static void erase_args(const SonoParams *params, float out[SONO_OP_MAX_ARGS])
{
    (void)params;
    out[0] = out[1] = out[2] = out[3] = 0.0f;
}

static int erase_attenuates(const SonoParams *params)
{
    (void)params;
    return 1;
}

const SonoOperation sono_operation_erase = {
    .name = "erase",
    .title = "Erase",
    .tip = "Take away what is under the mask.",
    .params = {NULL, 0},
    .args = erase_args,
    .run = run_erase,
    .attenuates = erase_attenuates,
};
