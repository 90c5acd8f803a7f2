/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A player on an output that the test itself drives: the program defines sono_output_* (the library's are then left
 * out), and the test takes frames out of the ring as a device would, but without fades, so that it sees what the feeder
 * wrote. */
#pragma once
#include "pcm_test.h"

#include "play_ring.h"
#include "sono_player.h"

typedef struct FakeDevice {
    double rate_hz; /* 0: what is wished for */
    int n_channels; /* 0: what is wished for */
    int buffer_frames;
    double latency_s; /* from taking to hearing */
} FakeDevice;

/* Before the player is made. */
void fake_output_set(const FakeDevice *device);
/* Whether opens succeed; false while open: the device is lost. */
void fake_output_plug(bool plugged);
int fake_output_n_opens(void);
bool fake_output_is_open(void);
SonoOutputWish fake_output_wish(void);
/* True on the feeder's thread. */
bool fake_is_feeder(void);

/* The ring of the running stream; waits until there is one. */
PlayRing *fake_ring(void);
/* Take up to n frames as soon as they are there; returns how many, fewer only at the end or after `patience_s` without
 * any. Cuts are obeyed at once. to: float[n_channels][*], written from `at` on; NULL: dropped. */
int64_t fake_take(float *const *to, int64_t at, int64_t n, double patience_s);
/* Wait until the feeder has no more to write for now. */
void fake_settle(void);

void wait_until(bool (*done)(void *ctx), void *ctx, double patience_s, const char *what);
