/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The feeder: the thread that keeps the ring filled. It comes round every few milliseconds: takes what is asked for
 * (feeder.c), follows the device (feeder_device.c), renders ahead of what is being played (feeder_run.c,
 * feeder_scrub.c), and meters what was played (feeder_meters.c). */
#pragma once
#include "feeder_scrub.h"
#include "feeder_warm.h"
#include "play_source.h"
#include "player_private.h"
#include "resampler.h"

#define FEEDER_CHUNK PLAY_SOURCE_FRAMES

/* The ring of the running stream and what the feeder knows of it. */
typedef struct FeederRing {
    PlayRing *ring; /* NULL: no device */
    uint32_t epoch, n_channels, capacity;
    double rate_hz;
    uint64_t written; /* rendered; the ring is told by and by */
    uint64_t taken;   /* as last seen, never more than written */
    uint64_t end;     /* as last stored */
    uint32_t buffer_frames;
} FeederRing;

/* From a start, a jump or a return of the device until the next one. */
typedef struct FeederRun {
    bool active, scrubs;
    bool begins; /* nothing of it has been told to the ring */
    bool cuts;   /* something else may still be sounding when it begins */
    bool drained;
    uint64_t ring_frame; /* where it begins */
    double step;         /* frames of the clip for one of the ring */
    PlaySource *source;
    int source_channels;
    double source_rate_hz;
    Resampler *resampler;    /* NULL: the rates are equal */
    uint64_t n_fed, n_ahead; /* frames the source gave; the first n_ahead of them lie before the place to begin at */
    uint64_t n_skip;         /* frames the resampler has still to give for those */
    float *fifo;             /* float[n_channels][FEEDER_CHUNK]: from the source to the resampler */
    int fifo_at, n_fifo;
} FeederRun;

typedef struct FeederMeters {
    SonoMeters *meters; /* NULL: no device yet, or no memory */
    double rate_hz;
    int n_channels;
    uint64_t metered;            /* frames of the ring */
    uint64_t skip_from, skip_to; /* dropped by a cut; skip_to 0: none */
    int64_t silent_ns;           /* silence was metered up to here; 0: something is playing */
    int64_t fall_until_ns;       /* when the last bar has fallen */
    uint64_t reset_serial;
} FeederMeters;

typedef struct Feeder {
    SonoPlayer *player;
    PlayerAsk ask;          /* the feeder's copy */
    SonoOutputWish wish;    /* as last opened */
    bool open;              /* and not closed since */
    int64_t last_active_ns; /* when something was last asked to sound */
    FeederRing ring;
    FeederRun run;
    FeederMeters meters;
    FeederScrub *scrub;
    FeederWarm *warm;
    int64_t warmed_ns; /* when it was told last; 0: it rests */
    bool told_unreadable;
} Feeder;

Feeder *feeder_new(SonoPlayer *player); /* NULL: no memory */
void feeder_free(Feeder *feeder);       /* after its thread has ended. NULL is fine */
void *feeder_thread(void *ctx);         /* a Feeder */

/* Open, reopen, close; take over a new ring, let go of a lost one. begins: something new is asked to sound. */
/* Returns true with a new ring. */
bool feeder_follow_device(Feeder *feeder, bool begins, int64_t now_ns);
void feeder_leave_ring(Feeder *feeder);

/* Sound from a frame of the clip on, as asked; without a device, when there is one. */
void feeder_begin_run(Feeder *feeder, double from_frame);
void feeder_end_run(Feeder *feeder); /* silence, at once */
void feeder_change_range(Feeder *feeder, const SonoPlayRange *range);
void feeder_change_voice(Feeder *feeder);
void feeder_see_taken(FeederRing *ring);
/* Render up to the limit. */
void feeder_fill(Feeder *feeder);
/* Frames of the ring that are ready and will be played. */
uint64_t feeder_queued(const Feeder *feeder);
uint64_t feeder_target(const Feeder *feeder);
/* True: the run has come to its end, and that was heard. */
bool feeder_heard_end(const Feeder *feeder, int64_t now_ns);
void feeder_free_run(FeederRun *run);

void feeder_meter(Feeder *feeder, int64_t now_ns);
void feeder_meter_ring(Feeder *feeder); /* a new ring */
/* A cut at `to`; what sounds now goes on for one buffer and a fade at most. */
void feeder_meter_cut(Feeder *feeder, uint64_t to);
