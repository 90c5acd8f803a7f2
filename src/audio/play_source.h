/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sound as one endless line at the clip's rate, in the device's channels: from a place on, round a loop, from one
 * voice to the next. Where two meet (a loop's seam, a new voice) one goes over into the other by
 *     a + w (b - a),  w = (1 - cos(pi (k + 1/2) / n)) / 2 at frame k of n = 5 ms,
 * so that equal samples keep their bits. A seam lies before the loop's end: the frames before its start fade in over
 * its last 5 ms (its half, if it is shorter than 10 ms), so that the loop's length and what it starts with are kept.
 * Thread: the feeder's. */
#pragma once
#include "play_mix.h"

#define PLAY_SOURCE_FRAMES 512 /* at most, in one call */

typedef struct PlaySource PlaySource;

PlaySource *play_source_new(int n_channels, double rate_hz); /* NULL: no memory. rate: the clip's */
void play_source_free(PlaySource *source);                   /* NULL is fine */

/* Go on from at_frame with this voice, at once. The references are taken over. */
void play_source_begin(PlaySource *source, PlayVoice voice, int64_t at_frame);
void play_source_set_range(PlaySource *source, const SonoPlayRange *range);
/* Another voice, by crossfade; while one is under way, after it. The references are taken over. */
void play_source_set_voice(PlaySource *source, PlayVoice voice);

/* The next frame; of a loop always before its end. Not a loop: runs on behind the end, for who needs to look ahead. */
int64_t play_source_at(const PlaySource *source);
const SonoPlayRange *play_source_range(const PlaySource *source);
/* The revision of what is coming in (0: silence). */
uint64_t play_source_revision(const PlaySource *source);
/* The newest voice; borrowed. */
const PlayVoice *play_source_voice(const PlaySource *source);

/* The next n frames, at most PLAY_SOURCE_FRAMES. False: something could not be read and is silent. */
bool play_source_render(PlaySource *source, int n, float *const *out);
