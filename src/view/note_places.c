/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "note_places.h"

#include <math.h>

#include "sono_ticks.h"

/* Lines begin to show at so many pixels from one another, and are as strong as they get at these. */
#define C_FROM_PX 9.0
#define C_FULL_PX 30.0
#define NATURAL_FROM_PX 5.0
#define NATURAL_FULL_PX 14.0
#define SHARP_FROM_PX 7.0
#define SHARP_FULL_PX 22.0
#define NATURAL_STRENGTH 0.5
#define SHARP_STRENGTH 0.3
#define LOWEST_HZ 4.0

double note_places_y(const NotePlaces *p, double note)
{
    return p->height_px * (1.0 - sono_freq_axis_position(&p->axis, sono_hz_from_note(note, p->tuning_hz)));
}

gboolean note_places_seen(const NotePlaces *p, int *first, int *last)
{
    if (!(p->axis.f1_hz > LOWEST_HZ) || !(p->axis.f1_hz > p->axis.f0_hz)) {
        return FALSE;
    }
    const double low = sono_note_from_hz(fmax(p->axis.f0_hz, LOWEST_HZ), p->tuning_hz);
    const double high = sono_note_from_hz(p->axis.f1_hz, p->tuning_hz);
    *first = MAX((int)floor(low + 0.5), 0);
    *last = MIN((int)floor(high + 0.5), NOTES_MAX - 1);
    return *first <= *last;
}

int note_places_at(const NotePlaces *p, double y_px)
{
    const double freq_hz = sono_freq_axis_hz(&p->axis, 1.0 - y_px / p->height_px);
    const double note = floor(sono_note_from_hz(fmax(freq_hz, LOWEST_HZ), p->tuning_hz) + 0.5);
    return (int)CLAMP(note, 0.0, NOTES_MAX - 1.0);
}

double note_places_semitone_px(const NotePlaces *p, int note)
{
    return note_places_y(p, note - 0.5) - note_places_y(p, note + 0.5);
}

double note_places_octave_px(const NotePlaces *p, int note)
{
    return note_places_y(p, note - 6.0) - note_places_y(p, note + 6.0);
}

gboolean note_is_black(int note)
{
    return (0x54a >> (note % 12) & 1) != 0; /* C#, D#, F#, G#, A# */
}

static double ramp(double x, double from, double full)
{
    return CLAMP((x - from) / (full - from), 0.0, 1.0);
}

double note_places_strength(const NotePlaces *p, int note)
{
    if (note % 12 == 0) {
        return ramp(note_places_octave_px(p, note), C_FROM_PX, C_FULL_PX);
    }
    const double semitone_px = note_places_semitone_px(p, note);
    return note_is_black(note) ? SHARP_STRENGTH * ramp(semitone_px, SHARP_FROM_PX, SHARP_FULL_PX)
                               : NATURAL_STRENGTH * ramp(semitone_px, NATURAL_FROM_PX, NATURAL_FULL_PX);
}
