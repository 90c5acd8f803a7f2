/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much sharpness a moving picture gives up where OpenGL is software: none while frames are fast. Too slow for a few
 * frames on end it is drawn coarser, and sharper again only when it has been fast enough for that for a while. What was
 * learnt holds for the next movement. No GL. */
#pragma once
#include <stdbool.h>

#define SCENE_PACE_COARSEST 3

typedef struct ScenePace {
    int coarser;        /* steps; 0: full resolution */
    int n_slow, n_fast; /* frames on end, but for a few */
    int patience;       /* fast frames that are asked for: more each time it was in vain; 0: FAST_FRAMES */
} ScenePace;

/* The resolution of the next frame is 1 / this. moving: the view is being moved; else 1. */
int scene_pace_reduce(const ScenePace *pace, bool moving);
/* A frame of a movement took so long. */
void scene_pace_drawn(ScenePace *pace, double took_s);
