/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits as values: defaults, deep copies, channel sets. */
#include "sono_edit.h"

#include <stdio.h>

SonoSolverSettings sono_solver_defaults(void)
{
    return (SonoSolverSettings){.strength = 10.0, .tolerance_db = 2.0, .max_steps = 3};
}

SonoEdit sono_edit_new(const SonoOperation *operation)
{
    SonoEdit edit = {
        .operation = operation,
        .params = sono_params_defaults(operation->params),
        .all_channels = true,
        .solver = sono_solver_defaults(),
    };
    (void)snprintf(edit.transform, sizeof edit.transform, "auto");
    return edit;
}

SonoStatus sono_edit_copy(const SonoEdit *edit, SonoEdit *out, SonoError *err)
{
    SonoEdit copy = *edit;
    const SonoStatus status = sono_mask_copy(&edit->mask, &copy.mask, err);
    if (status == SONO_OK) {
        *out = copy;
    }
    return status;
}

void sono_edit_clear(SonoEdit *edit)
{
    if (!edit) {
        return;
    }
    sono_mask_clear(&edit->mask);
    *edit = (SonoEdit){0};
}

bool sono_edit_has_its_state(const SonoEdit *edit, size_t n_before)
{
    return !edit->operation->takes_state || edit->params.v[0] <= (double)n_before;
}

bool sono_edit_touches_channel(const SonoEdit *edit, int channel)
{
    if (edit->all_channels) {
        return channel >= 0;
    }
    const int n_words = (int)(sizeof edit->channels / sizeof *edit->channels);
    return channel >= 0 && channel / 64 < n_words && (edit->channels[channel / 64] >> (channel % 64) & 1) != 0;
}
