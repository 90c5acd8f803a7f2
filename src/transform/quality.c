/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "octave_bank.h"

#include <math.h>
#include <stddef.h>

const char *const sono_quality_names[] = {"default", "precise", NULL};

void sono_bank_quality(SonoBank *bank, SonoQuality quality)
{
    const bool precise = quality == SONO_QUALITY_PRECISE;
    const int octaves = (int)lround(log2(bank->rate_hz / 48000.0));
    const int exponent = (precise ? 17 : 16) + octaves;
    bank->slice_len = (int64_t)1 << (exponent < 12 ? 12 : exponent > 20 ? 20 : exponent);
    bank->hop_eighths = 6;
    bank->window = precise ? SONO_BANK_COS4 : SONO_BANK_HANN;
}
