/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures by the CPU painter, on a worker, for machines without OpenGL: one at a time, always of the latest wish. What
 * was analysed is kept, so that other colours and edits cost no analysis. */
#pragma once
#include "sono_clip.h"
#include "sono_mask.h"
#include "sono_operation.h"
#include "sono_picture.h"

typedef struct Painter Painter;

typedef struct PainterLane {
    SonoPictureSpec spec; /* of the whole picture's width */
    int y_px;             /* upper edge */
} PainterLane;

/* An edit to show as it would change the levels. */
typedef struct PainterMask {
    const SonoOperation *operation;
    float args[SONO_OP_MAX_ARGS];
    int channel; /* -1: all */
    SonoMask mask;
} PainterMask;

/* What to paint. Owns all it points to. */
typedef struct PainterWish {
    SonoPlan *plan;
    SonoClip *clip;
    int width_px, height_px;
    uint8_t background_rgb[3];
    PainterLane *lanes; /* [n_lanes], from top to bottom, inside the picture */
    int n_lanes;
    PainterMask *masks; /* [n_masks], in order */
    size_t n_masks;
} PainterWish;
void painter_wish_clear(PainterWish *wish);

/* wake: a picture (or an error) is there. Errors: NOMEM. */
SonoStatus painter_new(SonoEngine *engine, void (*wake)(void *ctx), void *ctx, Painter **out, SonoError *err);
/* Does not wait; wake is not called any more when this returns. NULL is fine. */
void painter_free(Painter *painter);
/* Paint this next. Takes *wish over and empties it. */
void painter_ask(Painter *painter, PainterWish *wish);
/* The latest picture, once: *rgb is malloc'ed (sono_free), NULL if it failed (err says why). False: none since. latest:
 * nothing newer was asked for. */
bool painter_take(Painter *painter, uint8_t **rgb, int *width_px, int *height_px, bool *latest, SonoError *err);
/* Level of the sound at a place, as it was analysed last. False: not known. */
bool painter_level(Painter *painter, int channel, double t_s, double freq_hz, float *level_db);
