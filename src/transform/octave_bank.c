/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "octave_bank.h"

#include <math.h>
#include <stddef.h>

const char *const sono_bank_layout_names[] = {"warped", "notes", NULL};

void sono_bank_octaves(SonoBank *bank, double bands_per_octave, double gamma_hz, double tuning_hz,
                       SonoBankLayout layout)
{
    const double alpha = exp2(1.0 / bands_per_octave) - exp2(-1.0 / bands_per_octave);
    const bool warped = layout == SONO_LAYOUT_WARPED;
    bank->law = (SonoScaleLaw){SONO_WARP_LOG, warped ? gamma_hz / alpha : 0.0};
    bank->rows_per_unit = bands_per_octave;
    bank->anchor_hz = tuning_hz;
    bank->alpha = warped ? 0.0 : alpha;
    bank->gamma_hz = warped ? 0.0 : gamma_hz;
}
