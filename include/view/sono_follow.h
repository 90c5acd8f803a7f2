/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the view follows what is played. Who moves the view by hand is left alone until following is resumed. Pure but
 * for *follow and *view. Thread: the owner's. */
#pragma once
#include "sono_view_state.h"

typedef enum SonoFollowMode {
    SONO_FOLLOW_OFF,
    SONO_FOLLOW_PAGE,  /* when the playhead leaves the view, the next page is shown */
    SONO_FOLLOW_SCROLL /* the playhead stays at a third of the view, the sound moves */
} SonoFollowMode;
extern const char *const sono_follow_names[]; /* "off", "page", "scroll", NULL */

typedef struct SonoFollow {
    SonoFollowMode mode;
    bool suspended;        /* the user has moved the view */
    bool knows;            /* these are meant: */
    double t0_s, s_per_px; /* the view as it was left the last time */
} SonoFollow;

/* Playing begins: follow again, wherever the view is. */
void sono_follow_resume(SonoFollow *follow);
/* The playhead is at t_s: move the view if that is due. True if it was moved. A zoom is no move by hand. */
bool sono_follow_step(SonoFollow *follow, SonoViewState *view, double t_s);
