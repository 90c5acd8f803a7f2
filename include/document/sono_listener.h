/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoListener: what of a document is heard: its sound now, the original, only what lies inside the selection, or what
 * an edit took away; and from where to where. Prepares on a worker what needs computing, hands it to a player, and
 * gives every committed edit to it at once. It touches the player from where it begins until it has stopped, so that
 * several may share one: stop the one before another begins. Thread: main, but where said. */
#pragma once
#include "sono_engine.h"
#include "sono_mask.h"
#include "sono_player.h"

typedef enum SonoListenTo {
    SONO_LISTEN_SOUND,     /* as it is now */
    SONO_LISTEN_SELECTION, /* only what lies inside the selection's mask: x - x without it, through the mask machinery
                            */
    SONO_LISTEN_DELTA      /* the state before the newest edit minus the one after it */
} SonoListenTo;
extern const char *const sono_listen_names[]; /* "sound", "selection", "delta", NULL */

typedef struct SonoListener SonoListener;

/* wake: sono_listener_poll has something to do; called on any thread, must only wake the main one. engine must outlive
 * the listener and its jobs; player must outlive the listener. Errors: NOMEM. */
SonoStatus sono_listener_new(SonoEngine *engine, SonoPlayer *player, void (*wake)(void *ctx), void *ctx,
                             SonoListener **out, SonoError *err);
void sono_listener_free(SonoListener *listener); /* cancels, does not wait. NULL is fine */

/* The sound now, and the state before its newest edit (NULL: none) with where that edit reached. Call it with every
 * SOUND and CHANGED of the editor. */
void sono_listener_set_sound(SonoListener *listener, const SonoClip *clip, const SonoClip *before, SonoSpan edited);
/* Hear another clip of the same shape (the original) instead, as long as it is set. NULL: no more. */
void sono_listener_set_compare(SonoListener *listener, const SonoClip *other);
/* The selection as a mask (copied) and its channel (-1: all); empty mask: nothing is selected. While it is being
 * listened to, the new one is prepared and crossfaded to. Errors: NOMEM. */
SonoStatus sono_listener_set_selection(SonoListener *listener, const SonoMask *mask, int channel, SonoError *err);

typedef struct SonoListenOptions {
    double pre_roll_s, post_roll_s; /* of play_around */
    bool loop;
    bool return_to_start; /* stopping puts the cursor back to where playing began */
    bool auto_audition;   /* after each edit play its span, with pre- and post-roll */
} SonoListenOptions;
void sono_listener_set_options(SonoListener *listener, const SonoListenOptions *options);
SonoListenOptions sono_listener_options(const SonoListener *listener);

/* The cursor: where playing begins, in seconds. Stopping moves it to where that was, or back; at the end of what was
 * chosen it stays where playing began. A new selected time takes it to its start, a jump to its place; playing around,
 * an audition and delta leave it. */
void sono_listener_set_cursor(SonoListener *listener, double t_s);
double sono_listener_cursor(const SonoListener *listener);

/* Play to: the sound from the cursor to the end; with something selected in time, that span (looped if so chosen), from
 * the cursor if that lies in it: so stopping and playing again is a pause; SELECTION: the selection's span (all of the
 * time if it has no limits there) alone; DELTA: the edit's span. False: there is nothing to play. */
bool sono_listener_play(SonoListener *listener, SonoListenTo what);
/* The selection's span with pre- and post-roll, or around the cursor. */
bool sono_listener_play_around(SonoListener *listener);
void sono_listener_stop(SonoListener *listener);
/* Jump while playing, else put the cursor there. */
void sono_listener_seek(SonoListener *listener, double t_s);
void sono_listener_scrub(SonoListener *listener, double t_s);

typedef struct SonoListenState {
    SonoListenTo what;
    bool playing, preparing; /* preparing: it begins when a worker is done; what was played before goes on until then */
    double position_s;       /* playing: what is heard now; else the cursor */
    SonoPlayState player;
    char line[240]; /* why nothing can be heard, once; empty: nothing to say */
} SonoListenState;
/* Take what workers have finished, follow the player; call it after every wake and with every frame while playing. */
void sono_listener_poll(SonoListener *listener, SonoListenState *state);

/* The sound inside a mask alone, as the difference {clip, *without}: *without is clip with the mask erased plainly (no
 * solver), so that clip - *without is S(m C). Errors: as sono_commit. Thread: any worker. */
SonoStatus sono_listen_without(SonoEngine *engine, const SonoClip *clip, const SonoMask *mask, int channel,
                               const SonoJobTicket *ticket, SonoClip **without, SonoSpan *span, SonoError *err);
