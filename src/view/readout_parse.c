/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as times and frequencies. Takes '.' and ',' as the decimal point, whatever the locale. */
#include "sono_readout.h"

#include "sono_ticks.h"

#include <math.h>
#include <string.h>

/* A minus sign as typographers write it. */
#define MINUS "\xe2\x88\x92"

static const char *skip_space(const char *p)
{
    while (g_unichar_isspace(g_utf8_get_char(p))) {
        p = g_utf8_next_char(p);
    }
    return p;
}

/* +, - or nothing. */
static const char *read_sign(const char *p, double *sign)
{
    *sign = 1.0;
    if (*p == '+') {
        return p + 1;
    }
    if (*p == '-' || g_str_has_prefix(p, MINUS)) {
        *sign = -1.0;
        return p + (*p == '-' ? 1 : strlen(MINUS));
    }
    return p;
}

/* Digits, at most one '.' or ',' among them, at least one digit: the text after it, or NULL. */
static const char *read_number(const char *p, double *value, gboolean *is_whole)
{
    char digits[64];
    gsize n = 0;
    gboolean any = FALSE;
    *is_whole = TRUE;
    while (g_ascii_isdigit(*p) || ((*p == '.' || *p == ',') && *is_whole)) {
        if (n + 1 == sizeof digits) {
            return NULL;
        }
        any = any || g_ascii_isdigit(*p);
        *is_whole = *is_whole && g_ascii_isdigit(*p);
        digits[n++] = g_ascii_isdigit(*p) ? *p : '.';
        p++;
    }
    digits[n] = '\0';
    *value = any ? g_ascii_strtod(digits, NULL) : 0.0;
    return any ? p : NULL;
}

typedef struct Unit {
    const char *name;
    double factor;
} Unit;

/* The unit that is written here (letters only, any case), or NULL; *end: the text after it. */
static const Unit *read_unit(const char *p, const Unit *units, const char **end)
{
    const char *stop = p;
    while (g_unichar_isalpha(g_utf8_get_char(stop))) {
        stop = g_utf8_next_char(stop);
    }
    g_autofree char *written = g_utf8_casefold(p, stop - p);
    for (const Unit *u = units; u->name; u++) {
        if (strcmp(u->name, written) == 0) {
            *end = stop;
            return u;
        }
    }
    return NULL;
}

/* "1:02:03.5", "2:03,5": the last field has the fraction, all but the first are below 60. */
static gboolean parse_clock(const char *p, double *t_s)
{
    double total = 0.0;
    for (int field = 0; field < 3; field++) {
        double value = 0.0;
        gboolean whole = FALSE;
        p = read_number(p, &value, &whole);
        if (!p || (field > 0 && value >= 60.0)) {
            return FALSE;
        }
        total = 60.0 * total + value;
        if (*p != ':') {
            p = skip_space(p);
            if (*p == 's' || *p == 'S') {
                p = skip_space(p + 1);
            }
            *t_s = total;
            return *p == '\0' && field > 0;
        }
        if (!whole) {
            return FALSE;
        }
        p++;
    }
    return FALSE;
}

/* "1 h 2 min 3.5 s", "250 ms"; a number without a unit is of the factor bare and stands alone. */
static gboolean parse_quantities(const char *p, const Unit *units, double bare, double *t_s)
{
    double total = 0.0;
    int n = 0;
    gboolean was_bare = FALSE;
    for (p = skip_space(p); *p; p = skip_space(p), n++) {
        double value = 0.0;
        gboolean whole = FALSE;
        p = read_number(p, &value, &whole);
        if (!p || was_bare) {
            return FALSE;
        }
        p = skip_space(p);
        const Unit *unit = read_unit(p, units, &p);
        was_bare = !unit;
        if (was_bare && n > 0) {
            return FALSE;
        }
        total += value * (unit ? unit->factor : bare);
    }
    *t_s = total;
    return n > 0;
}

gboolean sono_parse_time(const char *text, double rate_hz, SonoTimeFormat format, double *t_s)
{
    const double frame = rate_hz > 0.0 ? 1.0 / rate_hz : 1.0;
    const Unit units[] = {{"s", 1.0},          {"sec", 1.0},       {"ms", 1e-3},  {"us", 1e-6},
                          {"\xce\xbcs", 1e-6}, /* the Greek mu, which casefolding makes of the micro sign */
                          {"m", 60.0},         {"min", 60.0},      {"h", 3600.0}, {"smp", frame},
                          {"sample", frame},   {"samples", frame}, {NULL, 0.0}};
    double sign = 1.0;
    double value = 0.0;
    if (!g_utf8_validate(text, -1, NULL)) {
        return FALSE;
    }
    const char *p = skip_space(read_sign(skip_space(text), &sign));
    const gboolean ok = strchr(p, ':') ? parse_clock(p, &value)
                                       : parse_quantities(p, units, format == SONO_TIME_SAMPLES ? frame : 1.0, &value);
    if (ok) {
        *t_s = sign * value;
    }
    return ok;
}

/* "A4", "c#3 -12", "Bb2 +5 ct". */
static gboolean parse_note(const char *p, double tuning_hz, double *freq_hz)
{
    static const int naturals[] = {9, 11, 0, 2, 4, 5, 7}; /* A to G */
    static const Unit cents_units[] = {{"ct", 1.0}, {"c", 1.0}, {"cent", 1.0}, {"cents", 1.0}, {NULL, 0.0}};
    const char letter = g_ascii_toupper(*p);
    double sign = 1.0;
    double octave = 0.0;
    double cents = 0.0;
    gboolean whole = FALSE;
    if (letter < 'A' || letter > 'G') {
        return FALSE;
    }
    int semitone = naturals[letter - 'A'];
    p++;
    if (*p == '#' || g_str_has_prefix(p, "\xe2\x99\xaf")) {
        semitone++;
        p += *p == '#' ? 1 : 3;
    } else if (*p == 'b' || g_str_has_prefix(p, "\xe2\x99\xad")) {
        semitone--;
        p += *p == 'b' ? 1 : 3;
    }
    p = read_number(read_sign(p, &sign), &octave, &whole);
    if (!p || !whole || octave > 20.0) {
        return FALSE;
    }
    octave *= sign;
    p = skip_space(p);
    if (*p) {
        const char *number = read_sign(p, &sign);
        p = number == p ? NULL : read_number(skip_space(number), &cents, &whole);
        if (!p || cents > 1200.0) {
            return FALSE;
        }
        p = skip_space(p);
        p = read_unit(p, cents_units, &p) ? skip_space(p) : p;
    }
    *freq_hz = sono_hz_from_note(12.0 * (octave + 1.0) + semitone + sign * cents / 100.0, tuning_hz);
    return *p == '\0';
}

gboolean sono_parse_freq(const char *text, double tuning_hz, double *freq_hz)
{
    static const Unit units[] = {{"hz", 1.0}, {"khz", 1e3}, {"k", 1e3}, {NULL, 0.0}};
    double value = 0.0;
    gboolean whole = FALSE;
    if (!g_utf8_validate(text, -1, NULL)) {
        return FALSE;
    }
    const char *p = skip_space(text);
    if (g_ascii_isalpha(*p)) {
        const gboolean ok = parse_note(p, tuning_hz, &value);
        *freq_hz = ok ? value : *freq_hz;
        return ok;
    }
    p = read_number(*p == '+' ? p + 1 : p, &value, &whole);
    if (!p) {
        return FALSE;
    }
    p = skip_space(p);
    const Unit *unit = read_unit(p, units, &p);
    if (*skip_space(p) != '\0') {
        return FALSE;
    }
    *freq_hz = value * (unit ? unit->factor : 1.0);
    return TRUE;
}
