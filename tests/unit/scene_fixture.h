/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scene of a sound with several channels, without a display, and a pointer to play with. */
#pragma once
#include "sono_test.h"

#include "sono_mem.h"
#include "sono_scene.h"

#define FIXTURE_RATE 16000
#define FIXTURE_FRAMES (10 * FIXTURE_RATE)
#define FIXTURE_END_S 10.0
#define FIXTURE_NYQUIST_HZ (0.5 * FIXTURE_RATE)

typedef struct SceneFixture {
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoClip *clip;
    SonoPlan *plan;
    SonoScene *scene;
} SceneFixture;

void scene_fixture_open(SceneFixture *f, int n_channels, double width_px, double height_px);
void scene_fixture_close(SceneFixture *f);
/* One event with modifiers out of "sca" (Shift, Ctrl, Alt); the caller clears outcome.edit if edited. */
SonoOutcome scene_fixture_point(SceneFixture *f, SonoPointerKind kind, double x_px, double y_px, const char *modifiers);
/* Hover, press, some motion, release. The edit, if one came, is cleared. */
SonoOutcome scene_fixture_drag(SceneFixture *f, double x0_px, double y0_px, double x1_px, double y1_px,
                               const char *modifiers);
/* So many presses at one place, as a widget tells them. */
void scene_fixture_click(SceneFixture *f, double x_px, double y_px, int n_presses, const char *modifiers);
