/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times and frequencies as text, and text as times and frequencies: rulers, readouts, entries. */
#pragma once
#include <glib.h>

typedef enum SonoTimeFormat { SONO_TIME_SECONDS, SONO_TIME_HMS, SONO_TIME_SAMPLES } SonoTimeFormat;
typedef enum SonoFreqFormat { SONO_FREQ_HZ, SONO_FREQ_NOTES } SonoFreqFormat;
extern const char *const sono_time_format_names[]; /* NULL-ended: "seconds", "hms", "samples" */
extern const char *const sono_freq_format_names[]; /* NULL-ended: "hz", "notes" */

/* "83.250 s", "0:01:23.250", "3671325"; span_s: what is looked at, for the number of decimals. Caller frees. */
char *sono_format_time(double t_s, double rate_hz, double span_s, SonoTimeFormat format);
/* "440.0 Hz", "12.35 kHz"; with notes "A4 +0 ct"; tuning_hz: of A4. Caller frees. */
char *sono_format_freq(double freq_hz, SonoFreqFormat format, double tuning_hz);
/* "A4 +3 ct"; below C-1 and above 100 kHz "". buf >= 24 bytes. Returns buf. */
const char *sono_format_note(double freq_hz, double tuning_hz, char *buf, gsize n_bytes);
/* What any of the formats wrote, or a user: "1:23.5", "83.25 s", "83250 ms", "3671325" (samples, if format says so);
 * "440", "440 Hz", "1.2 kHz", "A4", "c#3 -12". FALSE: not one. */
gboolean sono_parse_time(const char *text, double rate_hz, SonoTimeFormat format, double *t_s);
gboolean sono_parse_freq(const char *text, double tuning_hz, double *freq_hz);
