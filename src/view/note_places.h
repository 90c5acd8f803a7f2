/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where notes lie on a lane, and how much of them there is room to draw. Notes are MIDI numbers. Pure functions. */
#pragma once
#include <glib.h>

#include "sono_freq_axis.h"

#define NOTES_MAX 144 /* C-1, 8 Hz, to 32 kHz */

typedef struct NotePlaces {
    SonoFreqAxis axis;
    double tuning_hz, height_px; /* of the lane */
} NotePlaces;

/* Height of a (fractional) note from the lane's upper edge. */
double note_places_y(const NotePlaces *places, double note);
/* The notes that are seen, whole or in part. FALSE: none. */
gboolean note_places_seen(const NotePlaces *places, int *first, int *last);
/* The note whose band, half a semitone to both sides, holds this height, in [0, NOTES_MAX). */
int note_places_at(const NotePlaces *places, double y_px);
/* Pixels of a semitone, and of the octave, around a note. */
double note_places_semitone_px(const NotePlaces *places, int note);
double note_places_octave_px(const NotePlaces *places, int note);
/* How strong the line of a note is in the grid, 0 (none) to 1: C first, the others where semitones have room; nothing
 * comes or goes at once. */
double note_places_strength(const NotePlaces *places, int note);
gboolean note_is_black(int note);
