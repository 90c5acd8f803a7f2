/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The selection: a mask in seconds and Hz that is kept until it is replaced, and the channel it is meant for. Selecting
 * is not undoable and not part of the sound. Thread: the owner's. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "sono_mask.h"

typedef struct SonoSelection {
    SonoMask mask;     /* owned; empty: nothing is selected */
    int channel;       /* or -1: all */
    uint64_t revision; /* raised by every change */
} SonoSelection;

/* What a handle of the last box drags: any of the four edges, or the whole. 0: none. */
typedef enum SonoGrip {
    SONO_GRIP_START = 1,
    SONO_GRIP_END = 2,
    SONO_GRIP_LOW = 4,
    SONO_GRIP_HIGH = 8,
    SONO_GRIP_MOVE = 16
} SonoGrip;

bool sono_selection_is_empty(const SonoSelection *s);
void sono_selection_clear(SonoSelection *s); /* also frees; a zero selection is empty */
/* Replace everything by a shape, or join one to what is there. Errors: as sono_mask_add; then it stays as it was. */
SonoStatus sono_selection_set(SonoSelection *s, const SonoShape *shape, int channel, SonoError *err);
SonoStatus sono_selection_join(SonoSelection *s, const SonoShape *shape, SonoError *err);
/* Replace the shape that was joined last (while a tool drags it). */
SonoStatus sono_selection_replace_last(SonoSelection *s, const SonoShape *shape, SonoError *err);
/* Everything that was not selected in [0, end_s) x [0, nyquist_hz]. Errors: INVALID (an intersection cannot be
 * inverted), NOMEM. */
SonoStatus sono_selection_invert(SonoSelection *s, double end_s, double nyquist_hz, SonoError *err);
/* Bounds, cut to the sound; empty if nothing is selected. What the numbers show and set. */
SonoRegion sono_selection_region(const SonoSelection *s, double end_s, double nyquist_hz);
/* True if it is one box, which the numbers and the handles change directly. */
bool sono_selection_is_box(const SonoSelection *s);
/* The mask as an edit takes it: boxes get these feathers, limited to half of the box's sides. Caller clears out. */
SonoStatus sono_selection_mask(const SonoSelection *s, double feather_ms, double feather_hz, SonoMask *out,
                               SonoError *err);
