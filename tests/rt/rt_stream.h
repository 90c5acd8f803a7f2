/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stream under test: noise that is known by its place is fed into an output's ring, and what the device captures
 * (its own output, as far as these tests go) is kept and looked at. */
#pragma once
#include "play_ring.h"
#include "sono_output.h"
#include "sono_test.h"

typedef struct RtStream {
    SonoOutput *output;
    SonoOutputState state;
    PlayRing *ring;
    uint32_t epoch, capacity, n_channels, n_in_channels;
    uint64_t fed, captured, captured_room;
    float *capture; /* [n_in_channels][captured_room] */
} RtStream;

/* Noise in [-0.9, 0.9), the same at the same place. */
float rt_sample(uint32_t channel, uint64_t frame);

/* Wait until phase (or fail the test after so long), in seconds it took. */
double rt_wait_phase(SonoOutput *output, SonoOutputPhase phase, double most_s);
/* Open and wait until it runs. capture_frames: room for what is captured. */
void rt_stream_open(RtStream *stream, SonoOutput *output, const SonoOutputWish *wish, uint64_t capture_frames);
/* The same for an output that runs already. */
void rt_stream_attach(RtStream *stream, SonoOutput *output, uint64_t capture_frames);
/* Feed all there is room for, up to frame total; take what was captured. */
void rt_stream_turn(RtStream *stream, uint64_t total);
/* Feed total frames, the last of which ends the sound, and capture until silence after it; fails after most_s. */
void rt_stream_play(RtStream *stream, uint64_t total, double most_s);
/* Every captured frame is what was fed: silence, faded in, bit for bit, faded out, silence. */
void rt_stream_check(const RtStream *stream, uint64_t total);
void rt_stream_close(RtStream *stream); /* lets the ring go; the output stays */
