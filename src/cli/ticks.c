/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where ticks go and what they say. */
#include "ticks.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static Tick *add(TickList *list, double value)
{
    if (list->n == MAX_TICKS) {
        return NULL;
    }
    Tick *tick = &list->ticks[list->n++];
    *tick = (Tick){.value = value};
    return tick;
}

/* Smallest of 1, 2, 5 times a power of ten that is at least x > 0. */
static double nice_step(double x)
{
    const double power = pow(10.0, floor(log10(x)));
    const double digit = x / power;
    return power * (digit <= 1.0 + 1e-9 ? 1.0 : digit <= 2.0 + 1e-9 ? 2.0 : digit <= 5.0 + 1e-9 ? 5.0 : 10.0);
}

/* Digits after the decimal point that tell multiples of step apart. */
static int decimals(double step)
{
    const int n = (int)ceil(-log10(step) - 1e-9);
    return n < 0 ? 0 : n > 9 ? 9 : n;
}

/* Step in seconds: as on a clock once minutes are shown. */
static double time_step(double least_s)
{
    static const double steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000, 86400};
    if (least_s <= 1.0) {
        return nice_step(least_s);
    }
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i] >= least_s) {
            return steps[i];
        }
    }
    return 86400.0 * ceil(least_s / 86400.0);
}

static void time_label(double t_s, double end_s, int n_decimals, char *label, size_t n_bytes)
{
    const char *sign = t_s < 0.0 ? "-" : "";
    const double t = fabs(t_s);
    const int width = n_decimals > 0 ? 3 + n_decimals : 2; /* of the seconds, with leading zeros */
    const double unit = pow(10.0, n_decimals);
    const double rounded = round(t * unit) / unit;
    const long long minutes = (long long)(rounded / 60.0);
    const double seconds = rounded - 60.0 * (double)minutes;
    if (end_s < 60.0) {
        (void)g_snprintf(label, n_bytes, "%s%.*f", sign, n_decimals, rounded);
    } else if (end_s < 3600.0) {
        (void)g_snprintf(label, n_bytes, "%s%lld:%0*.*f", sign, minutes, width, n_decimals, seconds);
    } else {
        (void)g_snprintf(label, n_bytes, "%s%lld:%02lld:%0*.*f", sign, minutes / 60, minutes % 60, width, n_decimals,
                         seconds);
    }
}

/* Ends also where a step is too small to change the number it is added to. */
static void ticks_even(double from, double to, double step, TickList *out)
{
    for (double i = ceil(from / step - 1e-9); i * step <= to + 1e-9 * step && i + 1.0 > i; i++) {
        if (!add(out, i * step + 0.0)) { /* no -0 */
            break;
        }
    }
}

void ticks_time(double t0_s, double t1_s, double length_px, double min_px, TickList *out)
{
    *out = (TickList){0};
    const double end_s = fmax(fabs(t0_s), fabs(t1_s));
    out->title = end_s < 60.0 ? "Time (s)" : end_s < 3600.0 ? "Time (min:s)" : "Time (h:min:s)";
    const double step = time_step((t1_s - t0_s) * min_px / length_px);
    ticks_even(t0_s, t1_s, step, out);
    for (size_t i = 0; i < out->n; i++) {
        time_label(out->ticks[i].value, end_s, decimals(step), out->ticks[i].label, sizeof out->ticks[i].label);
    }
}

/* "440", "1k", "1.5k"; step tells how exact it must be. */
static void freq_label(double freq_hz, double step_hz, char *label, size_t n_bytes)
{
    if (freq_hz < 1000.0) {
        (void)g_snprintf(label, n_bytes, "%.*f", decimals(step_hz), freq_hz);
    } else {
        (void)g_snprintf(label, n_bytes, "%.*fk", decimals(step_hz / 1000.0), freq_hz / 1000.0);
    }
}

static double place(const SonoFreqAxis *axis, double freq_hz, double length_px)
{
    return length_px * sono_freq_axis_position(axis, freq_hz);
}

static bool has_room(const SonoFreqAxis *axis, const TickList *list, double freq_hz, double length_px, double min_px)
{
    for (size_t i = 0; i < list->n; i++) {
        const Tick *t = &list->ticks[i];
        if (t->label[0] && fabs(place(axis, t->value, length_px) - place(axis, freq_hz, length_px)) < min_px) {
            return false;
        }
    }
    return true;
}

/* Decades first, then their halves and doubles, then every digit: each gets a label if there is room for one. */
static void ticks_curved(const SonoFreqAxis *axis, double length_px, double min_px, TickList *out)
{
    static const int rounds[][9] = {{1}, {5}, {2}, {3, 4, 6, 7, 8, 9}};
    const double low = fmax(axis->f0_hz, 1.0);
    if (axis->f0_hz <= 0.0) {
        Tick *zero = add(out, 0.0);
        freq_label(0.0, 1.0, zero->label, sizeof zero->label);
    }
    for (size_t r = 0; r < 4; r++) {
        for (double power = pow(10.0, floor(log10(low))); power <= axis->f1_hz; power *= 10.0) {
            for (size_t k = 0; k < 9 && rounds[r][k]; k++) {
                const double freq_hz = rounds[r][k] * power;
                if (freq_hz < axis->f0_hz * (1 - 1e-12) || freq_hz > axis->f1_hz * (1 + 1e-12)) {
                    continue;
                }
                const bool labelled = has_room(axis, out, freq_hz, length_px, min_px);
                Tick *tick = labelled || axis->scale == SONO_SCALE_LOG ? add(out, freq_hz) : NULL;
                if (tick && labelled) {
                    freq_label(freq_hz, power, tick->label, sizeof tick->label);
                }
            }
        }
    }
}

static size_t count_labels(const TickList *list)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        n += list->ticks[i].label[0] != '\0';
    }
    return n;
}

void ticks_freq(const SonoFreqAxis *axis, double length_px, double min_px, TickList *out)
{
    *out = (TickList){0};
    if (axis->scale != SONO_SCALE_LINEAR) {
        ticks_curved(axis, length_px, min_px, out);
    }
    if (count_labels(out) < 3) { /* a straight axis, or a curved one that shows less than a decade */
        const size_t n_px = (size_t)fmax(1.0, length_px / min_px);
        *out = (TickList){0};
        const double step = nice_step((axis->f1_hz - axis->f0_hz) / (double)n_px);
        ticks_even(axis->f0_hz, axis->f1_hz, step, out);
        size_t kept = 0;
        for (size_t i = 0; i < out->n; i++) {
            Tick tick = out->ticks[i];
            const bool apart = kept == 0 || fabs(place(axis, tick.value, length_px) -
                                                 place(axis, out->ticks[kept - 1].value, length_px)) >= 0.75 * min_px;
            if (apart) {
                freq_label(tick.value, step, tick.label, sizeof tick.label);
                out->ticks[kept++] = tick;
            }
        }
        out->n = kept;
    }
    out->title = "Frequency (Hz)";
}

void ticks_level(double floor_db, double ceiling_db, double length_px, double min_px, TickList *out)
{
    *out = (TickList){0};
    const double step = nice_step((ceiling_db - floor_db) * min_px / length_px);
    ticks_even(floor_db, ceiling_db, step, out);
    for (size_t i = 0; i < out->n; i++) {
        const double v = out->ticks[i].value;
        (void)g_snprintf(out->ticks[i].label, sizeof out->ticks[i].label, "%.*f", decimals(step), v == 0.0 ? 0.0 : v);
    }
    out->title = "Level (dB re full-scale sine)";
}
