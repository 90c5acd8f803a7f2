/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoOutput: one stream of a sound device, through the child sonobrush-audio: PortAudio hangs for minutes or aborts
 * when a sound server dies, and there that is a notice. The child moves frames between the device and rings in shared
 * memory (play_ring.h) and holds the last stage: non-finite to zero, clipped at full scale, muted when absurdly loud,
 * faded at every start, end, cut and starvation. Channels and rates are the device's; who fills the ring adapts. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "sono_error.h"

#define SONO_OUTPUT_MAX_CHANNELS 64
/* A device without hardware: "virtual", or with faults for tests: "virtual:unpaced", "virtual:drift_ppm=300",
 * "virtual:xrun_every=100,xrun_frames=64", "virtual:unplug_s=2", "virtual:rate_change_s=2"; its input is its output. */
#define SONO_VIRTUAL_DEVICE "virtual"

typedef struct SonoDeviceInfo {
    char name[128]; /* "HOST: DEVICE", printable UTF-8, as sono_output_open takes it */
    int max_output_channels, max_input_channels;
    double default_rate_hz;
    double low_latency_s; /* of output; 0: the device does not say */
    bool is_default;
} SonoDeviceInfo;

typedef struct SonoDeviceList {
    SonoDeviceInfo *devices; /* the virtual one last */
    int n_devices;
} SonoDeviceList;
/* Ask a child of its own; waits at most 5 s. Thread: any but main and real-time ones. sono_device_list_clear frees.
 * Errors: TIMEOUT (a sound server hangs), IO (no sonobrush-audio), FORMAT, NOMEM. */
SonoStatus sono_device_list(const char *program, SonoDeviceList *out, SonoError *err);
void sono_device_list_clear(SonoDeviceList *list);

typedef struct SonoOutputWish {
    char device[128];    /* name; empty: the default one. A unique part of a name will do */
    double rate_hz;      /* asked for first; the device's default rate where it refuses. 0: that at once */
    int n_channels;      /* fewer where the device has fewer, more where it takes no fewer */
    int n_in_channels;   /* 0: output only */
    int buffer_frames;   /* per callback; 0: the device's choice */
    const char *program; /* sonobrush-audio; NULL: SONO_AUDIO, else next to the program, else the libexec folder */
} SonoOutputWish;

typedef enum SonoOutputPhase {
    SONO_OUTPUT_CLOSED,
    SONO_OUTPUT_OPENING,
    SONO_OUTPUT_RUNNING,
    SONO_OUTPUT_LOST /* line says why; a helper thread tries again every second until it runs or is closed */
} SonoOutputPhase;

typedef struct SonoOutputState {
    SonoOutputPhase phase;
    uint32_t epoch; /* raised whenever RUNNING begins: another ring */
    double rate_hz,
        latency_s; /* latency: from the ring to the air, as the device says (implausible values: one period) */
    int n_channels, n_in_channels;
    int buffer_frames; /* of the longest callback until now */
    uint64_t xruns, starved, clipped, non_finite,
        muted; /* events since the stream began; clipped, non_finite: samples */
    char device[128];
    char line[240]; /* why it is LOST, or what else the user should know; empty: nothing */
} SonoOutputState;

typedef struct SonoOutput SonoOutput;

/* changed: phase or line changed; called on a helper thread, must only wake. ctx outlives the output. Errors: NOMEM. */
SonoStatus sono_output_new(void (*changed)(void *ctx), void *ctx, SonoOutput **out, SonoError *err);
/* None of these waits; the last wish counts. Thread: any but real-time ones. */
void sono_output_open(SonoOutput *output, const SonoOutputWish *wish);
void sono_output_close(SonoOutput *output);
SonoOutputState sono_output_state(SonoOutput *output);
/* Kills the child, reaps it on a helper thread; waits at most 50 ms. changed is not called any more. NULL is fine. */
void sono_output_free(SonoOutput *output);

/* The ring of the running stream; NULL when there is none. It stays mapped until released, also when the child is gone
 * (then nothing is taken out of it any more). Thread: the feeder's. */
struct PlayRing;
struct PlayRing *sono_output_acquire_ring(SonoOutput *output, uint32_t *epoch);
void sono_output_release_ring(SonoOutput *output, struct PlayRing *ring);
