/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A listener on a player whose device the test drives: what is taken out of the ring is what would be heard, with its
 * frames; the listener is polled after each block, as a window would. */
#pragma once
#include "player_fixture.h"

#include "sono_commit.h"
#include "sono_listener.h"

#define RATE 48000
#define MOST_HEARD (RATE * 60)

typedef struct Ears {
    char dir[64];
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoPlayer *player;
    SonoListener *listener;
    SonoClip *clip; /* what the listener has: the newest edit's, */
    SonoClip *before;
    SonoSpan edited;
    float *heard[2]; /* since hear_begin */
    int64_t n_heard;
    SonoListenState state; /* of the last poll */
    char line[240];        /* the last one that was not empty */
    _Atomic int n_wakes;
} Ears;

/* Two channels of noise of this length, in [-scale, scale), given to the listener. */
void ears_open(Ears *e, float scale, int64_t n_frames);
void ears_close(Ears *e);
void ears_poll(Ears *e);
/* Take n frames (fewer if it ends), polling; at once, or in step with the clock. */
void ears_hear(Ears *e, int64_t n);
void ears_hear_paced(Ears *e, double seconds);
void ears_forget(Ears *e); /* what was heard */
/* After a stop: let the device drop what was fed. */
void ears_drop(Ears *e);
/* Poll without taking anything until this holds. */
void ears_wait(Ears *e, bool (*done)(const Ears *e), const char *what);
bool ears_has_stopped(const Ears *e);
bool ears_is_playing(const Ears *e);
/* Commit an edit on a box and tell the listener, as an editor would. */
void ears_edit(Ears *e, const char *operation, double t0_s, double t1_s);
void ears_undo(Ears *e);
void ears_select(Ears *e, SonoRegion box);
/* The clip's samples, and those inside the selected box alone: the caller frees. */
float *ears_read(const SonoClip *clip, int channel);
float *ears_inside(Ears *e, const SonoClip *clip, SonoRegion box, int channel);
/* heard[channel][at ..] is want[0 .. n) within so much. */
void ears_expect(const Ears *e, int channel, int64_t at, const float *want, int64_t n, float tolerance,
                 const char *what);
