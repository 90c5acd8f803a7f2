/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edits that are on screen but not yet in the picture: the stroke being painted, edits being committed (oldest
 * first, as in the edit queue: one here for each one there), and those whose result is on its way as tiles. Their dabs
 * and masks are the commit's.
 * Thread: the owner's. */
#pragma once
#include "sono_edit.h"
#include "sono_renderer.h"

typedef struct SonoStrokes SonoStrokes;

SonoStatus sono_strokes_new(SonoStrokes **out, SonoError *err);
void sono_strokes_free(SonoStrokes *strokes); /* NULL is fine */

/* Start painting (a stroke that was being painted is dropped). channel -1: all. Errors: NOMEM. */
SonoStatus sono_strokes_begin(SonoStrokes *strokes, const SonoOperation *operation, const SonoParams *params,
                              const SonoBrush *brush, int channel, SonoError *err);
/* Nothing happens when no stroke is being painted. Errors: RANGE, LIMIT, NOMEM: the stroke stays as it was. */
SonoStatus sono_strokes_add_point(SonoStrokes *strokes, const SonoStrokePoint *point, SonoError *err);
bool sono_strokes_is_painting(const SonoStrokes *strokes);
/* The painted stroke as an edit (the caller clears it); it counts as being committed now. Errors: INVALID (none is
 * being painted), RANGE, NOMEM: the stroke is gone. */
SonoStatus sono_strokes_end(SonoStrokes *strokes, SonoEdit *edit, SonoError *err);
void sono_strokes_cancel(SonoStrokes *strokes); /* the one being painted */
/* An edit that was not painted counts as being committed. It is shown by its mask, if its operation works on what is
 * there (not one that takes from an earlier state). Errors: NOMEM. */
SonoStatus sono_strokes_add_edit(SonoStrokes *strokes, const SonoEdit *edit, SonoError *err);

void sono_strokes_drop_newest(SonoStrokes *strokes); /* of those being committed: taken back */
void sono_strokes_drop_oldest(SonoStrokes *strokes); /* it failed, or changed nothing */
void sono_strokes_committed(SonoStrokes *strokes);   /* the oldest is in the document: show it until its tiles are */
void sono_strokes_landed(SonoStrokes *strokes);      /* the picture is that of the document */

/* For SonoFrame; valid until the next call. */
const SonoPreview *sono_strokes_previews(SonoStrokes *strokes, size_t *n);
/* The weights of one of the previews as a mask (caller clears), for a picture of the document as it is now: empty for
 * an edit that is in the document. Errors: as sono_mask_add. */
SonoStatus sono_strokes_copy_mask(const SonoStrokes *strokes, size_t preview, SonoMask *out, SonoError *err);
