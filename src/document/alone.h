/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sound inside a mask alone, made piece by piece from where it is to be heard: what is played is clip - without,
 * and without grows by cells of a quarter of a second, or of slices where these are longer. Cells partition the slices
 * of the mask's transform, so the pieces add up to what sono_listen_without makes of the whole, whatever their order.
 * Thread: main; jobs do the work.
 */
#pragma once
#include <stdbool.h>

#include "sono_clip.h"
#include "sono_engine.h"
#include "sono_mask.h"

#include "mailbox.h"

typedef struct Alone Alone;

/* Takes references to clip and mailbox, copies the mask. channel: -1 for all. Errors: NOMEM. */
SonoStatus alone_new(SonoEngine *engine, const SonoClip *clip, const SonoMask *mask, int channel, Mailbox *mailbox,
                     Alone **out, SonoError *err);
void alone_free(Alone *alone); /* cancels, does not wait. NULL is fine */

/* Take what a job has finished; true: there is more than before, or it has failed. */
bool alone_poll(Alone *alone);
/* Let a job make the first of these frames that are not there yet; nothing if one is running or all are there. */
void alone_want(Alone *alone, SonoSpan frames, SonoPriority priority);
/* True if all of these frames are there. */
bool alone_has(const Alone *alone, SonoSpan frames);
/* Frames made so far, roughly. */
int64_t alone_n_frames(const Alone *alone);
/* Seconds of sound that the last job made in a second; 0: none yet. */
double alone_speed(const Alone *alone);
const SonoClip *alone_clip(const Alone *alone);
const SonoClip *alone_without(const Alone *alone); /* the clip itself where nothing was made yet */
const char *alone_failure(const Alone *alone);     /* NULL: none */
