/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scene that is drawn into memory: sound, engine, renderer, and the pixels of the last frame. */
#pragma once
#include "gl_context.h"
#include "sono_test.h"

#include "sono_scene.h"

#define WIDTH 640
#define HEIGHT 360
#define FRAME_BYTES (4 * WIDTH * HEIGHT)
#define RATE 48000
#define N_FRAMES (20 * RATE)
#define END_S ((double)N_FRAMES / RATE)

typedef struct Stage {
    GlContext gl;
    SonoRenderer *renderer;
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoClip *clip;
    SonoPlan *plan;
    uint8_t *frame; /* RGBA, row 0 at the bottom */
    _Atomic int n_wakes;
} Stage;

/* All channels have the same sound, each 6 dB fainter than the one before. */
void stage_open(Stage *stage, int n_channels);
void stage_close(Stage *stage);
SonoScene *stage_scene(Stage *stage, const SonoClip *clip);
SonoSceneReport stage_draw(Stage *stage, SonoScene *scene, bool moving);
/* Draw until all is there; each(ctx) looks at every frame. Returns the number of frames. */
int stage_settle(Stage *stage, SonoScene *scene, void (*each)(void *ctx), void *ctx);
/* One event of a pointer with full pressure. An edit that comes is put into *edit. */
void stage_point(SonoScene *scene, SonoPointerKind kind, double x_px, double y_px, SonoEdit *edit);
/* A broad stroke of the eraser, 200 px long. */
void stage_erase(SonoScene *scene, double x_px, double y_px, SonoEdit *edit);
