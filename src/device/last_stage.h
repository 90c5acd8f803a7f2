/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a device's callback runs: takes frames out of the ring (play_ring.h says which, and how they are faded), makes
 * them safe to hear (level_guard.h), puts captured ones in, and tells where it is. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "play_ring.h"

#define LAST_STAGE_MAX_FRAMES 8192 /* of one call that are captured without loss; playing takes any number */

typedef struct LastStage LastStage;

/* The ring stays the caller's and is checked; its memory and the stage's are touched, and locked where the system lets
 * us, so that nothing of it faults later. Errors: FORMAT, NOMEM. */
SonoStatus last_stage_new(PlayRing *ring, LastStage **out, SonoError *err);
void last_stage_free(LastStage *stage); /* NULL is fine */

/* One callback: n_frames into out[c] (float[n_channels][n_frames]), heard from dac_ns of CLOCK_MONOTONIC on; in: NULL,
 * or float[n_in_channels][n_frames]. No system call, lock, allocation or page fault; denormals count as zero in its
 * arithmetic. Thread: one at a time. */
void last_stage_run(LastStage *stage, const float *const *in, float *const *out, uint32_t n_frames, int64_t dac_ns);
/* The device asks for its frames in several calls right after each other, n_frames in all. Thread: as last_stage_run.
 */
void last_stage_note_turn(LastStage *stage, uint32_t n_frames);
/* The device lost frames. Thread: as last_stage_run. */
void last_stage_count_xrun(LastStage *stage);

/* Fade out and stay silent from now on. Thread: any, as the two below. */
void last_stage_ask_silence(LastStage *stage);
bool last_stage_is_silent(LastStage *stage);
/* Frames of the longest call, or turn, until now; 0: none yet. */
uint32_t last_stage_longest_call(LastStage *stage);
/* For a device that need not keep time: would a call for n_frames starve, or overwrite captured frames of somebody who
 * has taken some? Thread: as last_stage_run. */
bool last_stage_would_starve(LastStage *stage, uint32_t n_frames);
bool last_stage_would_overwrite(LastStage *stage, uint32_t n_frames);
