/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame at 1 / n of the resolution has 1 / n^2 of the pixels, but much of its cost is none of its pixels: n times as
 * much for a full frame is what was measured at its worst. */
#include "scene_pace.h"

/* A frame may take 33 ms, and the toolkit needs its part. */
#define SLOW_S 0.020
/* So much faster a sharper frame must be expected to be. */
#define FAST_SHARE 0.6
#define SLOW_FRAMES 3
#define FAST_FRAMES 12
#define MOST_FAST_FRAMES 200

int scene_pace_reduce(const ScenePace *pace, bool moving)
{
    return moving ? 1 + pace->coarser : 1;
}

void scene_pace_drawn(ScenePace *pace, double took_s)
{
    const int reduce = 1 + pace->coarser;
    const double sharper_s = took_s * reduce / (reduce > 1 ? reduce - 1 : 1);
    if (took_s > SLOW_S) {
        pace->n_slow++;
        pace->n_fast = 0;
    } else {
        pace->n_slow -= pace->n_slow > 0;
        pace->n_fast = sharper_s < FAST_SHARE * SLOW_S ? pace->n_fast + 1 : 0;
    }
    const int patience = pace->patience > 0 ? pace->patience : FAST_FRAMES;
    const int more = 2 * patience < MOST_FAST_FRAMES ? 2 * patience : MOST_FAST_FRAMES;
    if (pace->n_slow >= SLOW_FRAMES && reduce < SCENE_PACE_COARSEST) {
        *pace = (ScenePace){.coarser = pace->coarser + 1, .patience = more};
    } else if (pace->n_fast >= patience && reduce > 1) {
        *pace = (ScenePace){.coarser = pace->coarser - 1, .patience = patience};
    }
}
