/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times and frequencies as text. '.' is the decimal point in every locale, so that what is copied can be pasted. */
#include "sono_readout.h"

#include "sono_ticks.h"

#include <math.h>

const char *const sono_time_format_names[] = {"seconds", "hms", "samples", NULL};
const char *const sono_freq_format_names[] = {"hz", "notes", NULL};

#define LEAST_DECIMALS 3
#define MOST_DECIMALS 7
#define TOP_HZ 100000.0

typedef char Number[G_ASCII_DTOSTR_BUF_SIZE];

static const char *fixed(Number buf, double value, int n_decimals)
{
    char format[8];
    (void)g_snprintf(format, sizeof format, "%%.%df", n_decimals);
    return g_ascii_formatd(buf, sizeof(Number), format, value);
}

/* So many that a three-thousandth of what is looked at makes a difference. */
static int time_decimals(double span_s)
{
    const double n = span_s > 0.0 ? ceil(-log10(span_s / 3000.0)) : MOST_DECIMALS;
    return (int)CLAMP(n, LEAST_DECIMALS, MOST_DECIMALS);
}

static char *format_hms(double t_s, int n_decimals)
{
    Number seconds;
    const double unit = pow(10.0, n_decimals);
    const double all = round(fabs(t_s) * unit); /* in the last decimal, so that 59.9996 becomes 1:00.000 */
    const double minutes = floor(all / (60.0 * unit));
    const double hours = floor(minutes / 60.0);
    fixed(seconds, (all - minutes * 60.0 * unit) / unit, n_decimals);
    return g_strdup_printf("%s%.0f:%02.0f:%s%s", t_s < 0.0 && all > 0.0 ? "-" : "", hours, minutes - 60.0 * hours,
                           seconds[1] == '.' ? "0" : "", seconds);
}

char *sono_format_time(double t_s, double rate_hz, double span_s, SonoTimeFormat format)
{
    const int n_decimals = time_decimals(span_s);
    Number number;
    if (!isfinite(t_s)) {
        return g_strdup("");
    }
    switch (format) {
    case SONO_TIME_HMS:
        return format_hms(t_s, n_decimals);
    case SONO_TIME_SAMPLES:
        return g_strdup(fixed(number, round(t_s * rate_hz) + 0.0, 0));
    case SONO_TIME_SECONDS:
        break;
    }
    const double unit = pow(10.0, n_decimals);
    return g_strconcat(fixed(number, round(t_s * unit) == 0.0 ? 0.0 : t_s, n_decimals), " s", NULL);
}

const char *sono_format_note(double freq_hz, double tuning_hz, char *buf, gsize n_bytes)
{
    const double note = freq_hz > 0.0 ? sono_note_from_hz(freq_hz, tuning_hz) : -1.0;
    buf[0] = '\0';
    if (note >= -0.5 && freq_hz <= TOP_HZ) {
        const int cents = (int)lround(100.0 * note);
        const int nearest = (cents + 50) / 100; /* cents > -51 */
        (void)g_snprintf(buf, n_bytes, "%s%d %+d ct", sono_note_names[nearest % 12], nearest / 12 - 1,
                         cents - 100 * nearest);
    }
    return buf;
}

char *sono_format_freq(double freq_hz, SonoFreqFormat format, double tuning_hz)
{
    char note[24];
    Number number;
    if (!isfinite(freq_hz)) {
        return g_strdup("");
    }
    if (format == SONO_FREQ_NOTES && sono_format_note(freq_hz, tuning_hz, note, sizeof note)[0]) {
        return g_strdup(note);
    }
    const double size = fabs(freq_hz);
    if (size < 999.95) {
        return g_strconcat(fixed(number, freq_hz, size < 99.995 ? 2 : 1), " Hz", NULL);
    }
    return g_strconcat(fixed(number, freq_hz / 1000.0, size < 9999.5 ? 3 : 2), " kHz", NULL);
}
