/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoSettings: what is remembered between runs, as properties: bind to them. Kept in
 * $XDG_CONFIG_HOME/sonobrush/settings.ini, written a second after the last change and at the end; a value that is out
 * of range or a file that is damaged gives the default and one warning. Main thread.
 *
 * strings:  theme (system, dark, light), system-shade (what the desktop wanted last: dark, light), colours, axis,
 *           picture (the transform and its parameters: transform_choice.h), edit-transform (auto, picture),
 *           time-format, freq-format, tool, operation, last-folder, audio-device (empty: the default one), follow (off,
 *           page, scroll)
 * doubles:  tuning (Hz), floor-db, ceiling-db, brush-ms, brush-octaves, brush-hardness, brush-flow, feather-ms,
 * feather-hz, output-gain (dB), pre-roll, post-roll (s) booleans: note-grid, piano, pressure-to-strength,
 * pressure-to-size, link-channels, show-overview, show-waveform, show-inspector, show-meters, window-maximized,
 * offer-recovery, loop, return-to-start, auto-audition integers: window-width, window-height, inspector-width,
 * audio-rate (Hz, 0: the sound's), audio-buffer (frames, 0: the device's choice) */
#pragma once
#include <gtk/gtk.h>

#define SONO_TYPE_SETTINGS (sono_settings_get_type())
G_DECLARE_FINAL_TYPE(SonoSettings, sono_settings, SONO, SETTINGS, GObject)

/* file NULL: the one in the configuration folder. */
SonoSettings *sono_settings_new(const char *file);
/* Write now what has changed. FALSE: it could not be written (logged). */
gboolean sono_settings_flush(SonoSettings *settings);
/* Parameters of operations: "gain.gain_db" and so on. */
double sono_settings_get_param(SonoSettings *settings, const char *operation, const char *param, double fallback);
void sono_settings_set_param(SonoSettings *settings, const char *operation, const char *param, double value);
/* Apply the theme to the display, now and whenever it changes. */
void sono_settings_follow_theme(SonoSettings *settings);
/* The preferences window. */
GtkWindow *sono_preferences_new(SonoSettings *settings, GtkWindow *parent);
