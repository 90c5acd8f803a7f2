/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the transforms with octaves share: the layout of their bands, and slices by quality. */
#pragma once
#include "bank.h"

/* Where bands lie. WARPED: f = (f0 + s) 2^(n/b) - s with s = gamma / alpha, so that their overlap is the same
 * everywhere. NOTES: f = tuning 2^(n/b), so that with a multiple of 12 bands to the octave every note has its own; with
 * gamma their overlap then grows towards low frequencies. With gamma 0 both are the same. */
typedef enum SonoBankLayout { SONO_LAYOUT_WARPED, SONO_LAYOUT_NOTES } SonoBankLayout;
extern const char *const sono_bank_layout_names[]; /* "warped", "notes" */

/* DEFAULT: L = 65,536 at 48 kHz and Hann; PRECISE: 131,072 and cos^4. */
typedef enum SonoQuality { SONO_QUALITY_DEFAULT, SONO_QUALITY_PRECISE } SonoQuality;
extern const char *const sono_quality_names[]; /* "default", "precise" */
#define SONO_QUALITY_PARAM                                                                                             \
    {                                                                                                                  \
        "quality", "Quality", "", SONO_PARAM_ENUM, 0, 1, 0, sono_quality_names,                                        \
            "How exactly slices agree where they meet: default is quick, precise is 40 dB better."                     \
    }

/* The frequencies of a bank with bands_per_octave bands; tuning_hz is the centre of one. */
void sono_bank_octaves(SonoBank *bank, double bands_per_octave, double gamma_hz, double tuning_hz,
                       SonoBankLayout layout);
/* Window and slices; at other rates the slice is about as long in time as at 48 kHz. */
void sono_bank_quality(SonoBank *bank, SonoQuality quality);

/* Rows of parameter tables that several transforms have. */
#define SONO_BANDS_PER_OCTAVE_PARAM                                                                                    \
    {                                                                                                                  \
        "bins_per_octave", "Bands per octave", "", SONO_PARAM_INT, 3, 96, 48, NULL,                                    \
            "More bands tell notes further apart, fewer are sharper in time."                                          \
    }
#define SONO_FMIN_PARAM(def)                                                                                           \
    {                                                                                                                  \
        "fmin_hz", "Lowest band", "Hz", SONO_PARAM_FLOAT, 1, 20000, def, NULL,                                         \
            "Centre of the lowest band; what is below is one band of its own."                                         \
    }
#define SONO_FMAX_PARAM                                                                                                \
    {                                                                                                                  \
        "fmax_hz", "Highest band", "Hz", SONO_PARAM_FLOAT, 2, 384000, 384000, NULL,                                    \
            "Centre of the highest band, or half the sample rate."                                                     \
    }
#define SONO_GAMMA_PARAM                                                                                               \
    {                                                                                                                  \
        "gamma_hz", "Extra width", "Hz", SONO_PARAM_FLOAT, 0, 200, 6.6, NULL,                                          \
            "Widens every band by so much: low bands then follow time better. 0 is constant Q."                        \
    }
#define SONO_TUNING_PARAM                                                                                              \
    {                                                                                                                  \
        "tuning_hz", "Concert pitch", "Hz", SONO_PARAM_FLOAT, 380, 500, 440, NULL,                                     \
            "Frequency of the A that bands and notes are counted from."                                                \
    }
#define SONO_LAYOUT_PARAM                                                                                              \
    {                                                                                                                  \
        "layout", "Layout", "", SONO_PARAM_ENUM, 0, 1, SONO_LAYOUT_WARPED, sono_bank_layout_names,                     \
            "Warped: even overlap; notes: a band on every note, in low octaves too."                                   \
    }
