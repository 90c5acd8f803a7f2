/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoPlayer: plays clips on a SonoOutput. A feeder thread reads snapshots, mixes channels, crossfades 5 ms to a new
 * sound, to a jump and over a loop's seam, resamples (soxr) where the device's rate differs, meters, and keeps the ring
 * filled at most SONO_PLAYER_AHEAD_S ahead. Positions are frames of the clip. Thread: main, for every function; none
 * waits. */
#pragma once
#include "sono_clip.h"
#include "sono_meters.h"
#include "sono_output.h"

#define SONO_PLAYER_AHEAD_S 0.045
#define SONO_PLAYER_CROSSFADE_S 0.005

/* What is heard: clip, or clip - minus (what an edit took away; what lies inside a selection). Same rate, channels and
 * length. */
typedef struct SonoPlaySound {
    const SonoClip *clip;  /* NULL: silence */
    const SonoClip *minus; /* NULL: clip alone */
} SonoPlaySound;

typedef enum SonoChannelMode {
    SONO_CHANNELS_AS_THEY_ARE,
    SONO_CHANNELS_MID,  /* (L + R) / 2 on both sides; these two for two channels only */
    SONO_CHANNELS_SIDE, /* (L - R) / 2 on both sides */
    SONO_CHANNELS_MONO  /* the mean of all, everywhere */
} SonoChannelMode;

/* How the clip's channels reach the device's. One channel goes to the first two; otherwise channel c goes to c, and
 * where the device has fewer, c to c modulo them with 1/n. Bits survive where no two meet and gain_db is 0. */
typedef struct SonoPlayMix {
    double gain_db; /* -60 .. +12; -60 is silence */
    SonoChannelMode mode;
    uint8_t muted[SONO_MAX_CHANNELS / 8]; /* bit c: channel c is not heard; solo is muting the others */
} SonoPlayMix;

typedef struct SonoPlayRange {
    int64_t start_frame, end_frame; /* plays until end_frame; end_frame > start_frame */
    bool loop;                      /* then again from start_frame */
} SonoPlayRange;

typedef enum SonoPlayPhase { SONO_PLAY_STOPPED, SONO_PLAY_PLAYING, SONO_PLAY_SCRUBBING } SonoPlayPhase;

typedef struct SonoPlayState {
    SonoPlayPhase phase;     /* as asked; STOPPED also when the end was heard */
    double position_frames;  /* what is heard now, at the true output position; where it stopped, when stopped */
    bool sounding;           /* something is heard (fades included) */
    uint64_t sound_revision; /* of the clip that is heard now */
    SonoMeterReading meters; /* of what is heard now */
    SonoOutputState output;
} SonoPlayState;

typedef struct SonoPlayer SonoPlayer;

/* changed: the phase or the output's has changed; called on helper threads, must only wake. Errors: NOMEM. */
SonoStatus sono_player_new(void (*changed)(void *ctx), void *ctx, SonoPlayer **out, SonoError *err);
void sono_player_free(SonoPlayer *player); /* NULL is fine; waits for the feeder, at most about 20 ms */

/* The device opens with the first play, stays open for 30 s after the last, and follows the clip's rate where it can.
 */
void sono_player_set_device(SonoPlayer *player, const char *device, double rate_hz, int buffer_frames);
void sono_player_set_mix(SonoPlayer *player, const SonoPlayMix *mix);
/* Heard from what is fed next on (within SONO_PLAYER_AHEAD_S, with a crossfade), at the same place. */
void sono_player_set_sound(SonoPlayer *player, const SonoPlaySound *sound);
/* From from_frame (inside the range, or before it) to the range's end. Playing already: a jump. */
void sono_player_play(SonoPlayer *player, const SonoPlayRange *range, int64_t from_frame);
/* Another range while playing, from where it is; outside of it: from its start. */
void sono_player_set_range(SonoPlayer *player, const SonoPlayRange *range);
void sono_player_stop(SonoPlayer *player);
/* Play around at_frame as it is dragged, at the speed of the drag; stop ends it. */
void sono_player_scrub(SonoPlayer *player, int64_t at_frame);
SonoPlayState sono_player_state(SonoPlayer *player);
/* Peak hold and loudness begin again. */
void sono_player_reset_meters(SonoPlayer *player);
/* For measurements: how long the device has been open, xruns ... are in the output's state. */
