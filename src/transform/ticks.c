/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where ticks go and what they say: times and levels, and what all kinds share. */
#include "ticks_internal.h"

#include <math.h>
#include <stdio.h>

SonoTick *ticks_add(SonoTickList *list, double value)
{
    if (list->n == SONO_MAX_TICKS) {
        return NULL;
    }
    SonoTick *tick = &list->ticks[list->n++];
    *tick = (SonoTick){.value = value};
    return tick;
}

double ticks_nice_step(double x)
{
    const double power = pow(10.0, floor(log10(x)));
    const double digit = x / power;
    return power * (digit <= 1.0 + 1e-9 ? 1.0 : digit <= 2.0 + 1e-9 ? 2.0 : digit <= 5.0 + 1e-9 ? 5.0 : 10.0);
}

bool ticks_is_nice(double step)
{
    return fabs(ticks_nice_step(step) - step) <= 1e-9 * step;
}

int ticks_decimals(double step)
{
    const int n = (int)ceil(-log10(step) - 1e-9);
    return n < 0 ? 0 : n > 9 ? 9 : n;
}

int ticks_put_fixed(char *to, size_t n_bytes, double value, int n_decimals)
{
    long long unit = 1;
    for (int i = 0; i < n_decimals; i++) {
        unit *= 10;
    }
    const long long all = llround(fabs(value) * (double)unit);
    const char *sign = value < 0.0 && all > 0 ? "-" : "";
    if (n_decimals == 0) {
        return snprintf(to, n_bytes, "%s%lld", sign, all);
    }
    return snprintf(to, n_bytes, "%s%lld.%0*lld", sign, all / unit, n_decimals, all % unit);
}

size_t ticks_count_labels(const SonoTickList *list)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        n += list->ticks[i].label[0] != '\0';
    }
    return n;
}

void ticks_even(double from, double to, double step, SonoTickList *out)
{
    for (double i = ceil(from / step - 1e-9); i * step <= to + 1e-9 * step && i + 1.0 > i; i++) {
        if (!ticks_add(out, i * step + 0.0)) { /* no -0 */
            break;
        }
    }
}

void ticks_add_minor(double from, double to, double step, bool (*is_round)(double step), SonoTickRoom room,
                     SonoTickList *out)
{
    static const int divisors[] = {10, 6, 5, 4, 3, 2};
    for (size_t d = 0; room.minor_px > 0.0 && d < sizeof divisors / sizeof *divisors; d++) {
        const double minor = step / divisors[d];
        if (minor * room.length_px / (to - from) < room.minor_px || !is_round(minor)) {
            continue;
        }
        for (double i = ceil(from / minor - 1e-9); i * minor <= to + 1e-9 * minor && i + 1.0 > i; i++) {
            if (fmod(fabs(i), divisors[d]) != 0.0 && !ticks_add(out, i * minor + 0.0)) {
                return;
            }
        }
        return;
    }
}

static const double clock_steps[] = {1,   2,   5,    10,   15,   30,    60,    120,  300,
                                     600, 900, 1800, 3600, 7200, 18000, 36000, 86400};
#define N_CLOCK_STEPS (sizeof clock_steps / sizeof *clock_steps)

/* Step in seconds: as on a clock once minutes are shown. */
static double clock_step(double least_s)
{
    if (least_s <= 1.0) {
        return ticks_nice_step(least_s);
    }
    for (size_t i = 0; i < N_CLOCK_STEPS; i++) {
        if (clock_steps[i] >= least_s) {
            return clock_steps[i];
        }
    }
    return 86400.0 * ceil(least_s / 86400.0);
}

static bool is_on_clock(double step)
{
    if (step <= 1.0) {
        return ticks_is_nice(step);
    }
    for (size_t i = 0; i < N_CLOCK_STEPS; i++) {
        if (fabs(clock_steps[i] - step) <= 1e-9 * step) {
            return true;
        }
    }
    return false;
}

static void clock_label(double t_s, double end_s, int n_decimals, char *label, size_t n_bytes)
{
    const char *sign = t_s < 0.0 ? "-" : "";
    const double t = fabs(t_s);
    const double unit = pow(10.0, n_decimals);
    const double rounded = round(t * unit) / unit;
    const long long minutes = (long long)(rounded / 60.0);
    char seconds[20];
    if (end_s < 60.0) {
        (void)ticks_put_fixed(label, n_bytes, t_s, n_decimals);
        return;
    }
    (void)ticks_put_fixed(seconds, sizeof seconds, fmax(0.0, rounded - 60.0 * (double)minutes), n_decimals);
    const char *zero = seconds[1] == '\0' || seconds[1] == '.' ? "0" : "";
    char text[64];
    if (end_s < 3600.0) {
        (void)snprintf(text, sizeof text, "%s%lld:%s%s", sign, minutes, zero, seconds);
    } else {
        (void)snprintf(text, sizeof text, "%s%lld:%02lld:%s%s", sign, minutes / 60, minutes % 60, zero, seconds);
    }
    (void)snprintf(label, n_bytes, "%.*s", (int)n_bytes - 1, text);
}

static bool is_whole_and_nice(double step)
{
    return step >= 1.0 && ticks_is_nice(step);
}

static void ticks_samples(double t0_s, double t1_s, double rate_hz, SonoTickRoom room, SonoTickList *out)
{
    const double from = t0_s * rate_hz;
    const double to = t1_s * rate_hz;
    const double step = fmax(1.0, ticks_nice_step((to - from) * room.label_px / room.length_px));
    ticks_even(from, to, step, out);
    for (size_t i = 0; i < out->n; i++) {
        (void)ticks_put_fixed(out->ticks[i].label, sizeof out->ticks[i].label, out->ticks[i].value, 0);
    }
    ticks_add_minor(from, to, step, is_whole_and_nice, room, out);
    for (size_t i = 0; i < out->n; i++) {
        out->ticks[i].value /= rate_hz;
    }
    out->title = "Time (samples)";
}

void sono_ticks_time(SonoTickTime unit, double t0_s, double t1_s, double rate_hz, SonoTickRoom room, SonoTickList *out)
{
    *out = (SonoTickList){0};
    if (unit == SONO_TICKS_SAMPLES) {
        ticks_samples(t0_s, t1_s, rate_hz, room, out);
        return;
    }
    const bool clock = unit == SONO_TICKS_CLOCK;
    const double end_s = clock ? fmax(fabs(t0_s), fabs(t1_s)) : 0.0;
    const double least_s = (t1_s - t0_s) * room.label_px / room.length_px;
    const double step = clock ? clock_step(least_s) : ticks_nice_step(least_s);
    out->title = end_s < 60.0 ? "Time (s)" : end_s < 3600.0 ? "Time (min:s)" : "Time (h:min:s)";
    ticks_even(t0_s, t1_s, step, out);
    for (size_t i = 0; i < out->n; i++) {
        clock_label(out->ticks[i].value, end_s, ticks_decimals(step), out->ticks[i].label, sizeof out->ticks[i].label);
    }
    ticks_add_minor(t0_s, t1_s, step, clock ? is_on_clock : ticks_is_nice, room, out);
}

void sono_ticks_level(double floor_db, double ceiling_db, SonoTickRoom room, SonoTickList *out)
{
    *out = (SonoTickList){0};
    const double step = ticks_nice_step((ceiling_db - floor_db) * room.label_px / room.length_px);
    ticks_even(floor_db, ceiling_db, step, out);
    for (size_t i = 0; i < out->n; i++) {
        (void)ticks_put_fixed(out->ticks[i].label, sizeof out->ticks[i].label, out->ticks[i].value,
                              ticks_decimals(step));
    }
    ticks_add_minor(floor_db, ceiling_db, step, ticks_is_nice, room, out);
    out->title = "Level (dB re full-scale sine)";
}
