/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gain: raise or lower what is under the mask by some dB. */
#include "op_run.h"
#include "operations.h"

#include "brush/gain.kernel.h"

SONO_OP_DEFINE_RUN(gain);

static const SonoParamDesc gain_params[] = {
    {"gain_db", "Gain", "dB", SONO_PARAM_FLOAT, -120.0, 60.0, -12.0, NULL,
     "Change of level where the mask is full; proportionally fewer dB where it is not."},
};

static void gain_args(const SonoParams *params, float out[SONO_OP_MAX_ARGS])
{
    out[0] = (float)params->v[0];
    out[1] = out[2] = out[3] = 0.0f;
}

static int gain_attenuates(const SonoParams *params)
{
    return params->v[0] < 0.0;
}

const SonoOperation sono_operation_gain = {
    .name = "gain",
    .title = "Gain",
    .tip = "Raise or lower the level under the mask.",
    .params = {gain_params, sizeof gain_params / sizeof *gain_params},
    .args = gain_args,
    .run = run_gain,
    .attenuates = gain_attenuates,
};
