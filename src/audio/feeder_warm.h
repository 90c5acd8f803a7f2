/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks that lie in the cache file are read before the feeder needs them, on a thread of its own: a disk may take its
 * time, the ring holds some ten milliseconds. It only touches them; the store keeps them in memory. */
#pragma once
#include "play_mix.h"

#define FEEDER_WARM_S 2.0 /* how far ahead: more would push out of a small store what is played next */

typedef struct FeederWarm FeederWarm;

FeederWarm *feeder_warm_new(void); /* NULL: no memory */
/* Waits for a read that is under way. NULL is fine. */
void feeder_warm_free(FeederWarm *warm);
/* It will play from at_frame on, within range. Copies; does not wait for reading. */
void feeder_warm_aim(FeederWarm *warm, const SonoPlaySound *sound, int64_t at_frame, const SonoPlayRange *range);
/* Nothing is going to be played; lets go of the clips. */
void feeder_warm_rest(FeederWarm *warm);
