/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The selection: a mask in seconds and Hz that is kept until it is replaced, and the channel it is meant for. Selecting
 * is not undoable and not part of the sound. Thread: the owner's. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "sono_freq_axis.h"
#include "sono_mask.h"

typedef struct SonoSelection {
    SonoMask mask;     /* owned; empty: nothing is selected */
    int channel;       /* or -1: all */
    uint64_t revision; /* raised by every change */
    size_t n_folded;   /* shapes that sono_selection_fold has been over */
} SonoSelection;

/* What a handle of a box drags: any of the four edges, or the whole selection. 0: none. */
typedef enum SonoGrip {
    SONO_GRIP_START = 1,
    SONO_GRIP_END = 2,
    SONO_GRIP_LOW = 4,
    SONO_GRIP_HIGH = 8,
    SONO_GRIP_MOVE = 16
} SonoGrip;

bool sono_selection_is_empty(const SonoSelection *s);
void sono_selection_clear(SonoSelection *s); /* also frees; a zero selection is empty */
/* Replace everything by a shape (added, whatever its combine says), or join one to what is there. A shape that is added
 * for another channel (or all) than what is there makes it a selection in all channels; subtracting and intersecting
 * leave the channel. Errors: as sono_mask_add; then it stays as it was. */
SonoStatus sono_selection_set(SonoSelection *s, const SonoShape *shape, int channel, SonoError *err);
SonoStatus sono_selection_join(SonoSelection *s, const SonoShape *shape, int channel, SonoError *err);
/* Replace one shape, or the one that was joined last, while a tool drags it. Errors: as sono_mask_add. */
SonoStatus sono_selection_replace(SonoSelection *s, size_t index, const SonoShape *shape, SonoError *err);
SonoStatus sono_selection_replace_last(SonoSelection *s, const SonoShape *shape, SonoError *err);
/* Copy mask and channel, as one more change of *to. Errors: NOMEM; then *to stays as it was. */
SonoStatus sono_selection_assign(SonoSelection *to, const SonoSelection *from, SonoError *err);
/* Move all of it: by seconds, and by positions on an axis (so that it stays as high on it), as far as it then lies in
 * [0, end_s) and on the axis. Errors: NOMEM. */
SonoStatus sono_selection_move(SonoSelection *s, double by_s, const SonoFreqAxis *axis, double by_position,
                               double end_s, SonoError *err);
/* The same selection with fewer shapes: boxes that are covered go, those that adjoin are joined, boxes are cut where a
 * subtraction or an intersection leaves one box. To be called when a drag is over; join calls it, too. */
void sono_selection_fold(SonoSelection *s);
/* Everything that was not selected in [0, end_s) x [0, nyquist_hz]. Errors: INVALID (an intersection with a stroke
 * cannot be inverted), LIMIT, NOMEM; then it stays as it was. */
SonoStatus sono_selection_invert(SonoSelection *s, double end_s, double nyquist_hz, SonoError *err);
/* Bounds, cut to the sound; empty if nothing is selected. What the numbers show and set. */
SonoRegion sono_selection_region(const SonoSelection *s, double end_s, double nyquist_hz);
/* True if it is one box, which the numbers and the handles change directly. */
bool sono_selection_is_box(const SonoSelection *s);
/* True where more than half is selected. */
bool sono_selection_contains(const SonoSelection *s, double t_s, double freq_hz);
/* The mask as an edit takes it: boxes get these feathers, limited to half of the box's sides, but not at the ends of
 * the sound. Caller clears out. Errors: INVALID (nothing is selected), NOMEM. */
SonoStatus sono_selection_mask(const SonoSelection *s, double feather_ms, double feather_hz, double end_s,
                               double nyquist_hz, SonoMask *out, SonoError *err);
