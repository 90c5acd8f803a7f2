/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoSpeaker: the application's one player, on the device and at the volume of the settings, and who plays on it: a
 * window that begins silences the one before. Main thread.
 * Signals: "changed": the player's phase or the device's has changed.
 *          "taken" (gpointer): somebody else plays from now on; who did must stop. */
#pragma once
#include "sono_player.h"
#include "sono_settings.h"

#define SONO_TYPE_SPEAKER (sono_speaker_get_type())
G_DECLARE_FINAL_TYPE(SonoSpeaker, sono_speaker, SONO, SPEAKER, GObject)

/* NULL: no memory. */
SonoSpeaker *sono_speaker_new(SonoSettings *settings);
SonoPlayer *sono_speaker_player(SonoSpeaker *speaker);
/* owner (compared, never touched) plays from now on, with its own mix, whose gain is the settings'. */
void sono_speaker_take(SonoSpeaker *speaker, gconstpointer owner, const SonoPlayMix *mix);
/* The owner's mix has changed; nothing if it is not the owner. */
void sono_speaker_set_mix(SonoSpeaker *speaker, gconstpointer owner, const SonoPlayMix *mix);
gboolean sono_speaker_is_owner(SonoSpeaker *speaker, gconstpointer owner);
/* It is going: nobody plays. */
void sono_speaker_leave(SonoSpeaker *speaker, gconstpointer owner);
