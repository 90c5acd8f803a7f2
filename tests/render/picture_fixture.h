/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of sounds without a window: exact strips for a view, lanes, pixels. For tests. */
#pragma once
#include "gl_context.h"

#include "sono_clip.h"
#include "sono_renderer.h"

#define PICTURE_MAX_STRIPS 128

typedef struct PictureFixture {
    GlContext gl;
    SonoRenderer *renderer;
    SonoEngine *engine;
    uint8_t *rgba; /* of the picture drawn last: [height][width][4], row 0 at the bottom */
} PictureFixture;

/* One lane: what to draw, and the strips that it is drawn from. */
typedef struct PictureLane {
    SonoFrame frame;
    SonoDrawStrip draws[PICTURE_MAX_STRIPS];
} PictureLane;

void picture_open(PictureFixture *f, SonoGlsl language, int width_px, int height_px);
void picture_close(PictureFixture *f);

/* The plan that sounds of this rate are shown with (caller unrefs). */
SonoPlan *picture_plan(PictureFixture *f, double rate_hz);
/* A synthetic sound, two channels of 4 s at 24 kHz: glides, harmonics, clicks, noise, silence; another in each channel.
 * gain: of all samples. Caller frees with picture_free_sound. */
SonoPcmReader picture_new_sound(float gain);
void picture_free_sound(SonoPcmReader *reader);

/* All of the sound over the whole picture. */
SonoRenderView picture_view(const PictureFixture *f, const SonoPcmReader *reader, SonoAxisScale scale);
/* lane->frame of a view; strips of the levels that suit it are made from the reader. */
void picture_lane(PictureFixture *f, PictureLane *lane, const SonoPlan *plan, const SonoPcmReader *reader, int channel,
                  const SonoRenderView *view);
void picture_clear_lane(PictureLane *lane);
/* Draw lanes as one picture into f->rgba; the report adds up those of the lanes. */
SonoFrameReport picture_draw(PictureFixture *f, const PictureLane *const *lanes, int n_lanes, int reduce);
/* Of the pixel: f->rgba + offset. */
size_t picture_at(const PictureFixture *f, int x, int y);
