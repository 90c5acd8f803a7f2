/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the main thread and the feeder share. Everything here is guarded by `lock`, which is never held while clips are
 * read, the output is called or anybody waits. */
#pragma once
#include <pthread.h>

#include "play_mix.h"
#include "play_ring.h"
#include "player_map.h"

/* What is asked for: by the main thread; the feeder takes it over when it comes round. */
typedef struct PlayerAsk {
    SonoPlayPhase phase; /* back to STOPPED by the feeder, when the end was heard */
    PlayVoice voice;
    SonoPlayRange range;
    int64_t at_frame;       /* PLAYING: where to begin; SCRUBBING: under the hand */
    double stopped_frame;   /* STOPPED: where */
    uint64_t serial;        /* raised by every play and stop, and by the first scrub: begin anew */
    uint64_t range_serial;  /* raised by set_range */
    uint64_t device_serial; /* raised by set_device */
    uint64_t reset_serial;  /* raised by reset_meters */
    char device[128];
    double rate_hz;
    int buffer_frames;
    bool quit;
} PlayerAsk;

#define PLAYER_READINGS 128

typedef struct PlayerReadings {
    int64_t heard_ns[PLAYER_READINGS]; /* CLOCK_MONOTONIC; ascending */
    SonoMeterReading readings[PLAYER_READINGS];
    uint64_t n; /* ever added; reading i at i % PLAYER_READINGS */
} PlayerReadings;

/* What is heard: by the feeder. */
typedef struct PlayerHeard {
    uint64_t serial;     /* of the ask that is being played */
    PlayRing *ring;      /* NULL: no device */
    double rate_hz;      /* the ring's */
    uint64_t run_frame;  /* of the ring, where the present run begins */
    double resume_frame; /* of the clip: where it goes on when the device is back */
    PlayerMap map;
    PlayerReadings readings;
} PlayerHeard;

struct SonoPlayer {
    pthread_mutex_t lock;
    pthread_cond_t wake; /* something is asked for, or the output has changed */
    bool woken;
    PlayerAsk ask;
    PlayerHeard heard;
    SonoOutput *output;
    struct Feeder *feeder; /* its own thread's alone */
    pthread_t thread;
    void (*changed)(void *ctx);
    void *ctx;
};

int64_t player_now_ns(void);

typedef struct PlayerPlace {
    double clip_frame;
    bool sounding;
    uint64_t revision; /* 0: nothing was played yet */
} PlayerPlace;
/* Where the sound is at now_ns, whatever is asked for meanwhile. With the lock. */
PlayerPlace player_place(const PlayerHeard *heard, int64_t now_ns);
/* With the lock. */
SonoMeterReading player_reading(const PlayerReadings *readings, int64_t now_ns);
void player_add_reading(PlayerReadings *readings, int64_t heard_ns, const SonoMeterReading *reading);
