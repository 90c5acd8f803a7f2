/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pictures are made with: a transform and its parameters, as they are chosen, written into the settings and
 * matched with the presets. The concert pitch is one for the whole program: "tuning_hz" is no part of a choice but is
 * put in before a plan is built. */
#pragma once
#include <glib.h>

#include "sono_transform.h"

#define TRANSFORM_TUNING "tuning_hz"

typedef struct TransformChoice {
    const SonoTransform *transform;
    SonoParams params;
} TransformChoice;

/* The default transform as it is. */
TransformChoice transform_choice_default(void);
/* "vqt bins_per_octave=36 quality=precise": the transform, and what is not as usual in it. Caller frees. */
char *transform_choice_text(const TransformChoice *choice);
/* Errors: INVALID (no such transform or parameter), RANGE. */
SonoStatus transform_choice_parse(const char *text, TransformChoice *out, SonoError *err);
/* A preset's. Errors: as sono_preset_params. */
SonoStatus transform_choice_of_preset(const SonoPreset *preset, TransformChoice *out, SonoError *err);
/* The preset that this is, or NULL. */
const SonoPreset *transform_choice_preset(const TransformChoice *choice);
/* The preset some steps on from this one, around; from none the first, or the last. */
const SonoPreset *transform_choice_step_preset(const TransformChoice *choice, int steps);
/* Put the concert pitch in, where there is one. */
void transform_choice_tune(TransformChoice *choice, double tuning_hz);
/* Both would give the same plan but for the concert pitch. */
gboolean transform_choice_equal(const TransformChoice *a, const TransformChoice *b);
/* Whether a parameter is shown at once (or only under "More"). */
gboolean transform_choice_is_main(const SonoTransform *transform, const char *param);
