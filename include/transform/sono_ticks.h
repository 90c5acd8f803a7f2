/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ticks of axes: round values, labels that do not touch. For figures and rulers. Labels are ASCII with '.' as the
 * decimal point, whatever the locale. Pure functions. Thread: any. */
#pragma once
#include <stddef.h>

#include "sono_freq_axis.h"

#define SONO_MAX_TICKS 512

typedef struct SonoTick {
    double value;
    char label[24]; /* empty: a minor tick */
} SonoTick;

typedef struct SonoTickList {
    SonoTick ticks[SONO_MAX_TICKS];
    size_t n;
    const char *title; /* of the axis, with its unit */
} SonoTickList;

/* CLOCK: seconds up to a minute, then min:s, then h:min:s. */
typedef enum SonoTickTime { SONO_TICKS_CLOCK, SONO_TICKS_SECONDS, SONO_TICKS_SAMPLES } SonoTickTime;

/* Room along an axis: its length, the least distance of two labels, and that of two minor ticks (0: no more minor ticks
 * than the labels' own: logarithmic axes have some always). */
typedef struct SonoTickRoom {
    double length_px, label_px, minor_px;
} SonoTickRoom;

/* Values are seconds in every unit; rate_hz (> 0) is for SAMPLES, whose ticks lie on whole samples. */
void sono_ticks_time(SonoTickTime unit, double t0_s, double t1_s, double rate_hz, SonoTickRoom room, SonoTickList *out);
void sono_ticks_freq(const SonoFreqAxis *axis, SonoTickRoom room, SonoTickList *out);
/* Values in Hz, labels "C4", where there is room "C#4", closer still "C4+20" (cents). tuning_hz: of A4. */
void sono_ticks_notes(const SonoFreqAxis *axis, double tuning_hz, SonoTickRoom room, SonoTickList *out);
void sono_ticks_level(double floor_db, double ceiling_db, SonoTickRoom room, SonoTickList *out);

/* Notes by their MIDI numbers (A4 = 69 has the frequency tuning_hz > 0), of which cents are hundredths. */
#define SONO_TUNING_HZ 440.0                                /* where nothing else is said */
extern const char *const sono_note_names[12];               /* "C", "C#" ... "B" */
double sono_note_from_hz(double freq_hz, double tuning_hz); /* freq_hz > 0 */
double sono_hz_from_note(double note, double tuning_hz);
