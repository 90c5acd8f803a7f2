/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ticks of frequency axes, in Hz and as notes. */
#include "ticks_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const sono_note_names[12] = {"C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};

double sono_note_from_hz(double freq_hz, double tuning_hz)
{
    return 69.0 + 12.0 * log2(freq_hz / tuning_hz);
}

double sono_hz_from_note(double note, double tuning_hz)
{
    return tuning_hz * exp2((note - 69.0) / 12.0);
}

double ticks_place(const SonoFreqAxis *axis, double freq_hz, SonoTickRoom room)
{
    return room.length_px * sono_freq_axis_position(axis, freq_hz);
}

bool ticks_has_room(const SonoFreqAxis *axis, const SonoTickList *list, double freq_hz, SonoTickRoom room)
{
    const double place = ticks_place(axis, freq_hz, room);
    for (size_t i = 0; i < list->n; i++) {
        const SonoTick *t = &list->ticks[i];
        if (t->label[0] && fabs(ticks_place(axis, t->value, room) - place) < room.label_px) {
            return false;
        }
    }
    return true;
}

static bool is_inside(const SonoFreqAxis *axis, double freq_hz)
{
    return freq_hz >= axis->f0_hz * (1 - 1e-12) && freq_hz <= axis->f1_hz * (1 + 1e-12);
}

/* "440", "1k", "1.5k"; step tells how exact it must be. */
static void freq_label(double freq_hz, double step_hz, char *label, size_t n_bytes)
{
    if (freq_hz < 1000.0) {
        (void)ticks_put_fixed(label, n_bytes, freq_hz, ticks_decimals(step_hz));
    } else {
        const int n = ticks_put_fixed(label, n_bytes - 1, freq_hz / 1000.0, ticks_decimals(step_hz / 1000.0));
        (void)snprintf(label + n, n_bytes - (size_t)n, "k");
    }
}

/* True where a minor tick that stands for a digit of this decade keeps its distance from the next one. */
static bool has_minor_room(const SonoFreqAxis *axis, double freq_hz, double power, SonoTickRoom room)
{
    return axis->scale == SONO_SCALE_LOG ||
           (room.minor_px > 0.0 &&
            ticks_place(axis, freq_hz + power, room) - ticks_place(axis, freq_hz, room) >= room.minor_px);
}

/* Decades first, then their halves and doubles, then every digit: each gets a label if there is room for one. */
static void ticks_curved(const SonoFreqAxis *axis, SonoTickRoom room, SonoTickList *out)
{
    static const int rounds[][9] = {{1}, {5}, {2}, {3, 4, 6, 7, 8, 9}};
    const double low = fmax(axis->f0_hz, 1.0);
    if (axis->f0_hz <= 0.0) {
        SonoTick *zero = ticks_add(out, 0.0);
        freq_label(0.0, 1.0, zero->label, sizeof zero->label);
    }
    for (size_t r = 0; r < 4; r++) {
        for (double power = pow(10.0, floor(log10(low))); power <= axis->f1_hz; power *= 10.0) {
            for (size_t k = 0; k < 9 && rounds[r][k]; k++) {
                const double freq_hz = rounds[r][k] * power;
                if (!is_inside(axis, freq_hz)) {
                    continue;
                }
                const bool labelled = ticks_has_room(axis, out, freq_hz, room);
                SonoTick *tick =
                    labelled || has_minor_room(axis, freq_hz, power, room) ? ticks_add(out, freq_hz) : NULL;
                if (tick && labelled) {
                    freq_label(freq_hz, power, tick->label, sizeof tick->label);
                }
            }
        }
    }
}

static void ticks_straight(const SonoFreqAxis *axis, SonoTickRoom room, SonoTickList *out)
{
    const double n_px = floor(fmax(1.0, room.length_px / room.label_px));
    const double step = ticks_nice_step((axis->f1_hz - axis->f0_hz) / n_px);
    size_t kept = 0;
    *out = (SonoTickList){0};
    ticks_even(axis->f0_hz, axis->f1_hz, step, out);
    for (size_t i = 0; i < out->n; i++) {
        SonoTick tick = out->ticks[i];
        const bool apart =
            kept == 0 || fabs(ticks_place(axis, tick.value, room) -
                              ticks_place(axis, out->ticks[kept - 1].value, room)) >= 0.75 * room.label_px;
        if (apart) {
            freq_label(tick.value, step, tick.label, sizeof tick.label);
            out->ticks[kept++] = tick;
        }
    }
    out->n = kept;
    ticks_add_minor(axis->f0_hz, axis->f1_hz, step, ticks_is_nice, room, out);
}

void sono_ticks_freq(const SonoFreqAxis *axis, SonoTickRoom room, SonoTickList *out)
{
    *out = (SonoTickList){0};
    if (axis->scale != SONO_SCALE_LINEAR) {
        ticks_curved(axis, room, out);
    }
    if (ticks_count_labels(out) < 3) { /* a straight axis, or a curved one that shows less than a decade */
        ticks_straight(axis, room, out);
    }
    out->title = "Frequency (Hz)";
}

/* cents: of the note. */
static void note_label(int note, int cents, char *label, size_t n_bytes)
{
    const int octave = (int)floor(note / 12.0) - 1;
    const char *name = sono_note_names[((note % 12) + 12) % 12];
    if (cents == 0) {
        (void)snprintf(label, n_bytes, "%s%d", name, octave);
    } else {
        (void)snprintf(label, n_bytes, "%s%d%+d", name, octave, cents);
    }
}

/* C of every octave; E, G and A where an octave has room for them, all semitones where these have; what has no label is
 * a minor tick, if there is room for that. */
static void ticks_semitones(const SonoFreqAxis *axis, double tuning_hz, int first, int last, SonoTickRoom room,
                            SonoTickList *out)
{
    static const struct {
        int note;
        double semitones; /* that must be as long as a label */
    } order[] = {{0, 12}, {7, 2}, {4, 2}, {9, 2}, {2, 1}, {5, 1}, {11, 1}, {1, 1}, {3, 1}, {6, 1}, {8, 1}, {10, 1}};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        for (int note = first; note <= last; note++) {
            const double freq_hz = sono_hz_from_note(note, tuning_hz);
            const double next_px = ticks_place(axis, sono_hz_from_note(note + 1, tuning_hz), room);
            const double semitone_px = next_px - ticks_place(axis, freq_hz, room);
            if (((note % 12) + 12) % 12 != order[k].note || !is_inside(axis, freq_hz)) {
                continue;
            }
            const bool labelled =
                order[k].semitones * semitone_px >= room.label_px && ticks_has_room(axis, out, freq_hz, room);
            const bool minor = order[k].note == 0 || (room.minor_px > 0.0 && semitone_px >= room.minor_px);
            SonoTick *tick = labelled || minor ? ticks_add(out, freq_hz) : NULL;
            if (tick && labelled) {
                note_label(note, 0, tick->label, sizeof tick->label);
            }
        }
    }
}

/* Less than an octave is seen, and too few names: multiples of so many cents, which lie nearly evenly there. */
static void ticks_cents(const SonoFreqAxis *axis, double tuning_hz, double note0, double note1, SonoTickRoom room,
                        SonoTickList *out)
{
    const double least = 100.0 * (note1 - note0) * room.label_px / room.length_px;
    static const double steps[] = {1, 2, 5, 10, 20, 50, 100, 200, 300, 400, 600, 1200};
    double step = 1200.0;
    for (size_t i = sizeof steps / sizeof *steps; i-- > 0 && steps[i] >= least;) {
        step = steps[i];
    }
    *out = (SonoTickList){0};
    ticks_even(100.0 * note0, 100.0 * note1, step, out);
    for (size_t i = 0; i < out->n; i++) {
        const double cents = out->ticks[i].value;
        const int note = (int)floor(cents / 100.0 + 0.5 - 1e-9);
        note_label(note, (int)lround(cents) - 100 * note, out->ticks[i].label, sizeof out->ticks[i].label);
    }
    ticks_add_minor(100.0 * note0, 100.0 * note1, step, ticks_is_nice, room, out);
    for (size_t i = 0; i < out->n; i++) {
        out->ticks[i].value =
            fmin(fmax(sono_hz_from_note(out->ticks[i].value / 100.0, tuning_hz), axis->f0_hz), axis->f1_hz);
    }
}

void sono_ticks_notes(const SonoFreqAxis *axis, double tuning_hz, SonoTickRoom room, SonoTickList *out)
{
    const double note0 = sono_note_from_hz(fmax(axis->f0_hz, 8.0), tuning_hz); /* C-1 is 8.18 Hz */
    const double note1 = sono_note_from_hz(fmax(axis->f1_hz, 8.0), tuning_hz);
    *out = (SonoTickList){0};
    ticks_semitones(axis, tuning_hz, (int)ceil(note0 - 1e-9), (int)floor(note1 + 1e-9), room, out);
    if (ticks_count_labels(out) < 2 && note1 > note0) {
        ticks_cents(axis, tuning_hz, note0, note1, room, out);
    }
    if (ticks_count_labels(out) < 2) { /* finer than cents */
        sono_ticks_freq(axis, room, out);
    }
    out->title = "Frequency (notes)";
}
