/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restore: put what is under the mask back to how it was in an earlier state of the document. */
#include "op_run.h"
#include "operations.h"

#include "brush/restore.kernel.h"

SONO_OP_DEFINE_RUN(restore);

static const SonoParamDesc restore_params[] = {
    {"state", "State", "edits", SONO_PARAM_INT, 0.0, 1e9, 0.0, NULL,
     "Number of edits before the state that is put back; 0 is the original."},
};

static void restore_args(const SonoParams *params, float out[SONO_OP_MAX_ARGS])
{
    (void)params;
    out[0] = out[1] = out[2] = out[3] = 0.0f;
}

static int restore_attenuates(const SonoParams *params)
{
    (void)params;
    return 0; /* of the difference, not of the sound */
}

const SonoOperation sono_operation_restore = {
    .name = "restore",
    .title = "Restore",
    .tip = "Put what is under the mask back to an earlier state.",
    .params = {restore_params, sizeof restore_params / sizeof *restore_params},
    .args = restore_args,
    .run = run_restore,
    .attenuates = restore_attenuates,
    .takes_state = true,
};
