/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A voice: a sound through a mix, at any place. Thread: the feeder's. */
#pragma once
#include "sono_player.h"

typedef struct PlayVoice {
    SonoPlaySound sound; /* the voice holds a reference to each */
    SonoPlayMix mix;
} PlayVoice;

/* A copy with references of its own. */
PlayVoice play_voice_ref(const PlayVoice *voice);
void play_voice_unref(PlayVoice *voice);
bool play_voice_same(const PlayVoice *a, const PlayVoice *b);

/* Frames [at, at + n) of the clip as the device's channels: out is float[n_out][n], scratch float[2][n]. Outside the
 * clip there is silence; so there is where it cannot be read, and false is returned. */
bool play_voice_render(const PlayVoice *voice, int64_t at, int n, float *const *out, int n_out, float *scratch);
