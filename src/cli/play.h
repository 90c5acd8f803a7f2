/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between cmd_play.c (what to play) and play_run.c (playing it). */
#pragma once
#include "cli.h"
#include "sono_listener.h"

typedef struct PlayPlan {
    const SonoClip *clip, *before; /* before: NULL unless the newest edit is to be heard */
    SonoSpan edited;
    SonoListenTo what;
    SonoMask mask; /* selected; empty: all, from the cursor */
    int channel;
    double from_s;
    int n_times; /* 0: until Ctrl+C */
    const char *device;
    double rate_hz;
    int buffer_frames;
    SonoPlayMix mix;
} PlayPlan;

typedef struct PlayReport {
    SonoPlayState last; /* while it sounded */
    double seconds;     /* from the first sound to the end */
} PlayReport;

/* Until the end was heard. Errors: CANCELLED (Ctrl+C, after a fade), DEVICE, those of the listener. */
SonoStatus cli_play_run(const PlayPlan *plan, SonoEngine *engine, PlayReport *report, SonoError *err);
