/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures by the CPU painter, on a worker, for machines without OpenGL: one at a time, always of the latest wish. */
#pragma once
#include "sono_clip.h"
#include "sono_picture.h"

typedef struct Painter Painter;

/* wake: a picture (or an error) is there. Errors: NOMEM. */
SonoStatus painter_new(SonoEngine *engine, void (*wake)(void *ctx), void *ctx, Painter **out, SonoError *err);
/* Does not wait; wake is not called any more when this returns. NULL is fine. */
void painter_free(Painter *painter);
/* Paint this next. Takes references. */
void painter_ask(Painter *painter, const SonoPlan *plan, const SonoClip *clip, const SonoPictureSpec *spec);
/* The latest picture, once: *rgb is malloc'ed (sono_free), NULL if it failed (err says why). False: none since. latest:
 * nothing newer was asked for. */
bool painter_take(Painter *painter, uint8_t **rgb, int *width_px, int *height_px, bool *latest, SonoError *err);
