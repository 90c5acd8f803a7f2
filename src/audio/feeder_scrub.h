/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scrubbing, like tape under a hand: the place follows the hand as a critically damped spring, so speed has no step,
 * and what is heard is the sound at that speed, read between its frames by a windowed sinc that is as wide as the speed
 * wants. A hand that rests is silent. A hand that is faster than SCRUB_MAX_SPEED is followed in leaps, each under a
 * short fade. Thread: the feeder's. */
#pragma once
#include "play_mix.h"

#define SCRUB_BLOCK_FRAMES 128

typedef struct FeederScrub FeederScrub;

FeederScrub *feeder_scrub_new(int n_channels); /* of the device; NULL: no memory */
void feeder_scrub_free(FeederScrub *scrub);    /* NULL is fine */
int feeder_scrub_n_channels(const FeederScrub *scrub);

void feeder_scrub_begin(FeederScrub *scrub, double at_frame);
/* Where the last block began, and where it ended. */
double feeder_scrub_from(const FeederScrub *scrub);
double feeder_scrub_at(const FeederScrub *scrub);

/* The next n (at most SCRUB_BLOCK_FRAMES) frames at ring_hz, on the way to target_frame. False: something could not be
 * read and is silent. */
bool feeder_scrub_render(FeederScrub *scrub, const PlayVoice *voice, double target_frame, double ring_hz, int n,
                         float *const *out);
