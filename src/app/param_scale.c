/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Positions, steps and text of parameters. */
#include "param_scale.h"

#include <math.h>
#include <string.h>

typedef enum Curve { LINEAR, LOGARITHMIC, CUBIC } Curve;

static Curve curve_of(const SonoParamDesc *d)
{
    if (d->kind != SONO_PARAM_FLOAT) {
        return LINEAR;
    }
    if (d->min > 0.0 && d->max / d->min >= 50.0) {
        return LOGARITHMIC;
    }
    return d->min == 0.0 && d->max >= 100.0 ? CUBIC : LINEAR;
}

double param_scale_position(const SonoParamDesc *d, double value)
{
    const double v = CLAMP(value, d->min, d->max);
    if (!(d->max > d->min)) {
        return 0.0;
    }
    switch (curve_of(d)) {
    case LOGARITHMIC:
        return log(v / d->min) / log(d->max / d->min);
    case CUBIC:
        return cbrt(v / d->max);
    case LINEAR:
        break;
    }
    return (v - d->min) / (d->max - d->min);
}

/* The greatest of 1, 2, 5, 10 ... times a power of ten that is not above x. */
static double round_down(double x)
{
    const double decade = pow(10.0, floor(log10(x)));
    const double lead = x / decade;
    return decade * (lead >= 5.0 ? 5.0 : lead >= 2.0 ? 2.0 : 1.0);
}

static double to_digits(double value, int n_digits)
{
    if (value == 0.0) {
        return 0.0;
    }
    const double unit = pow(10.0, floor(log10(fabs(value))) - (n_digits - 1));
    return round(value / unit) * unit;
}

static double step_of(const SonoParamDesc *d)
{
    return d->kind == SONO_PARAM_FLOAT ? round_down(MAX((d->max - d->min) / 100.0, 1e-9)) : 1.0;
}

double param_scale_value(const SonoParamDesc *d, double position)
{
    const double p = CLAMP(position, 0.0, 1.0);
    double v = d->min + p * (d->max - d->min);
    switch (curve_of(d)) {
    case LOGARITHMIC:
        v = to_digits(d->min * pow(d->max / d->min, p), 2);
        break;
    case CUBIC:
        v = to_digits(d->max * p * p * p, 2);
        break;
    case LINEAR:
        v = d->kind == SONO_PARAM_FLOAT ? round(v / (step_of(d) / 2.0)) * (step_of(d) / 2.0) : round(v);
        break;
    }
    return CLAMP(v, d->min, d->max);
}

double param_scale_step(const SonoParamDesc *d, double value, double n_steps)
{
    double v = CLAMP(value, d->min, d->max);
    if (curve_of(d) == LINEAR) {
        v = value + n_steps * step_of(d);
        v = to_digits(v, 12); /* 0.1 + 0.2 */
    } else {                  /* an eighth of the value or so: a step of two digits at least */
        for (double left = fabs(n_steps); left > 0.0 && v >= d->min && v <= d->max; left -= 1.0) {
            const double unit = MAX(round_down(MAX(v / 10.0, 1e-12)), d->max / 1e5);
            v = to_digits(v + copysign(unit * MIN(left, 1.0), n_steps), 6);
        }
    }
    v = d->kind == SONO_PARAM_FLOAT ? v : round(v);
    return CLAMP(v, d->min, d->max);
}

static gboolean is_part(const SonoParamDesc *d)
{
    return d->kind == SONO_PARAM_FLOAT && d->unit[0] == '\0' && d->min >= 0.0 && d->max <= 1.0;
}

char *param_scale_text(const SonoParamDesc *d, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    const char *unit = d->unit;
    double v = value;
    if (d->kind == SONO_PARAM_ENUM) {
        return g_strdup(d->choices[(int)value]);
    }
    if (d->kind == SONO_PARAM_BOOL) {
        return g_strdup(value != 0.0 ? "on" : "off");
    }
    if (is_part(d)) {
        v *= 100.0;
        unit = "%";
    } else if (strcmp(unit, "Hz") == 0 && fabs(v) >= 10000.0) {
        v /= 1000.0;
        unit = "kHz";
    } else if (strcmp(unit, "ms") == 0 && fabs(v) >= 10000.0) {
        v /= 1000.0;
        unit = "s";
    }
    const double size = fabs(v);
    const char *format = d->kind == SONO_PARAM_INT     ? "%.0f"
                         : is_part(d)                  ? "%.4g"
                         : curve_of(d) == LINEAR       ? (step_of(d) < 0.1 ? "%.2f" : "%.1f")
                         : size >= 1000.0              ? "%.0f"
                         : size >= 10.0 || size == 0.0 ? "%.1f"
                         : size >= 1.0                 ? "%.2f"
                                                       : "%.3f";
    (void)g_ascii_formatd(number, sizeof number, format, v == 0.0 ? 0.0 : v); /* no "-0" */
    return unit[0] ? g_strconcat(number, " ", unit, NULL) : g_strdup(number);
}

/* What a number with this suffix is to be multiplied by; 0: it does not fit. */
static double factor_of(const SonoParamDesc *d, const char *suffix)
{
    const gboolean hz = strcmp(d->unit, "Hz") == 0;
    const gboolean ms = strcmp(d->unit, "ms") == 0;
    if (suffix[0] == '\0' || g_ascii_strcasecmp(suffix, d->unit) == 0) {
        return 1.0;
    }
    if (hz && (g_ascii_strcasecmp(suffix, "k") == 0 || g_ascii_strcasecmp(suffix, "kHz") == 0)) {
        return 1000.0;
    }
    if (ms && g_ascii_strcasecmp(suffix, "s") == 0) {
        return 1000.0;
    }
    return is_part(d) && strcmp(suffix, "%") == 0 ? 0.01 : 0.0;
}

SonoStatus param_scale_parse(const SonoParamDesc *d, const char *text, double *value, SonoError *err)
{
    g_autofree char *clean = g_strdelimit(g_strstrip(g_strdup(text)), ",", '.');
    char *end = NULL;
    if (g_str_has_prefix(clean, "\xe2\x88\x92")) { /* a typographer's minus */
        memmove(clean, clean + 2, strlen(clean) - 1);
        clean[0] = '-';
    }
    double v = g_ascii_strtod(clean, &end);
    const double factor = factor_of(d, g_strstrip(end));
    if (end == clean || factor == 0.0 || !isfinite(v)) {
        return sono_fail(err, SONO_E_INVALID, "%s: '%.40s' is not a number%s%s", d->title, text,
                         d->unit[0] ? " of " : "", d->unit);
    }
    v *= factor;
    if (is_part(d) && end[0] == '\0' && v > 1.0 && v <= 100.0) { /* "80" in a field that shows "80 %" */
        v *= 0.01;
    }
    if (d->kind != SONO_PARAM_FLOAT) {
        v = round(v);
    }
    if (v < d->min || v > d->max) {
        g_autofree char *min = param_scale_text(d, d->min);
        g_autofree char *max = param_scale_text(d, d->max);
        return sono_fail(err, SONO_E_RANGE, "%s must be from %s to %s", d->title, min, max);
    }
    *value = v;
    return SONO_OK;
}
