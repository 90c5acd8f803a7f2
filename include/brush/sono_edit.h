/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoEdit = operation x mask x parameters, plus channels, transform choice and solver settings: a value in seconds and
 * Hz that can be replayed on any machine with the same bits. Owns its mask. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sono_mask.h"
#include "sono_operation.h"

typedef struct SonoSolverSettings {
    double strength;     /* lambda: weight of the target inside the mask; [0, 10000], default 10; 0: plain mask */
    double tolerance_db; /* stop when the level inside is within this of the surround; [0, 40], default 2 */
    int max_steps;       /* [0, 200], default 3; 0: plain mask */
} SonoSolverSettings;

typedef struct SonoEdit {
    const SonoOperation *operation;
    SonoParams params;
    SonoMask mask;
    bool all_channels;
    uint64_t channels[4];        /* bit c: channel c, when not all_channels */
    char transform[24];          /* "auto" or a transform's name */
    SonoParams transform_params; /* when not "auto" */
    SonoSolverSettings solver;
    char label[64]; /* for the history; may be empty; UTF-8 */
} SonoEdit;

SonoSolverSettings sono_solver_defaults(void);
SonoEdit sono_edit_new(const SonoOperation *operation); /* defaults: empty mask, all channels, auto */
SonoStatus sono_edit_copy(const SonoEdit *edit, SonoEdit *out, SonoError *err);
void sono_edit_clear(SonoEdit *edit);
/* False if it takes an earlier state that does not come before it. n_before: edits before this one. */
bool sono_edit_has_its_state(const SonoEdit *edit, size_t n_before);
bool sono_edit_touches_channel(const SonoEdit *edit, int channel);
