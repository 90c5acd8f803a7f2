/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The listener's insides, shared by listener.c (what there is to hear), listener_run.c (what is being played) and
 * listener_alone.c (the inside of the selection, prepared ahead). */
#pragma once
#include "sono_listener.h"

#include "alone.h"

/* What is being played, or will be once it is prepared. */
typedef struct ListenRun {
    SonoListenTo what;
    bool playing;      /* the player has it */
    bool scrubbing;    /* at a place that is dragged */
    bool waiting;      /* for the inside of the selection, to begin at from_frame */
    bool auditions;    /* begun by an edit */
    bool keeps_cursor; /* where it stops says nothing about where to go on */
    bool whole;        /* not confined to a selected time */
    double began_s;
    SonoPlayRange range;
    int64_t from_frame;
} ListenRun;

struct SonoListener {
    SonoEngine *engine;
    SonoPlayer *player;
    Mailbox *mailbox;
    SonoListenOptions options;
    double cursor_s;
    /* what there is */
    SonoClip *clip, *before, *other; /* NULL: none */
    SonoSpan edited;
    SonoMask mask;
    int channel;
    uint64_t selection; /* raised by every change of mask or channel */
    /* its inside, of the clip and of other; may be of an earlier clip or selection until it has been heard */
    struct ListenAlone {
        Alone *alone;
        uint64_t selection;
        bool heard; /* the player plays a state of it */
    } alone[2];
    ListenRun run;
    bool said_lost; /* that the device is */
    char line[240];
};

/* What says why there is nothing to hear, once. */
void listener_say(SonoListener *l, const char *line);

/* --- listener_run.c --- */
bool listener_has_selection(const SonoListener *l);
/* The selected frames; all of them if it has no limits in time. n_frames 0: nothing. */
SonoSpan listener_selected(const SonoListener *l);
bool listener_selected_in_time(const SonoListener *l);
/* Give the player what is to be heard, if it is not the inside of a selection. */
void listener_give_sound(SonoListener *l);
/* A new edit is in the sound. */
void listener_audition(SonoListener *l);
/* Where playing what is selected, or all, would begin; false: there is nothing. */
bool listener_place(SonoListener *l, ListenRun *run);
/* The run's range after a change of selection, options or edit; what has nothing left to play stops. */
void listener_update_range(SonoListener *l);
void listener_begin(SonoListener *l, const ListenRun *run);
void listener_halt(SonoListener *l); /* the cursor stays */
/* It has stopped: the player holds no clip of ours any more. */
void listener_let_go(SonoListener *l);

/* --- listener_alone.c --- */
/* Prepare what will be wanted, give the player what is there, begin what waited for it. */
void listener_tend_alone(SonoListener *l);
void listener_drop_alone(SonoListener *l, int which);
void listener_retry_alone(SonoListener *l); /* what has failed: memory, say, may be there now */
