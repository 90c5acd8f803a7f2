/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Meters: peak with hold, true peak, loudness (EBU R 128 by libebur128) and clip lights of what is being played.
 * A SonoMeters belongs to one thread; readings are values. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "sono_error.h"

#define SONO_METER_CHANNELS 64
#define SONO_METER_FLOOR_DB (-120.0)
#define SONO_METER_HOLD_S 1.5         /* the peak mark stays so long, then falls */
#define SONO_METER_FALL_DB_PER_S 20.0 /* bars fall (IEC 60268-18) */

typedef struct SonoMeterReading {
    int n_channels;
    float peak_db[SONO_METER_CHANNELS]; /* rises at once, falls by 20 dB/s */
    float hold_db[SONO_METER_CHANNELS]; /* highest of the last 1.5 s, then falls as the bar */
    float rms_db[SONO_METER_CHANNELS];  /* over 300 ms */
    uint64_t clipped;                   /* bit c: a sample of channel c was at or over full scale since reset */
    float true_peak_db;                 /* dBTP, all channels, since reset */
    float momentary_lufs, short_lufs, integrated_lufs, range_lu; /* SONO_METER_FLOOR_DB: nothing yet; range 0 */
} SonoMeterReading;

typedef struct SonoMeters SonoMeters;
/* 1 to 64 channels, 8 to 768 kHz. Errors: RANGE, NOMEM. */
SonoStatus sono_meters_new(double rate_hz, int n_channels, SonoMeters **out, SonoError *err);
void sono_meters_free(SonoMeters *meters); /* NULL is fine */
/* pcm: float[n_channels][n_frames], finite. Errors: NOMEM. */
SonoStatus sono_meters_add(SonoMeters *meters, const float *const *pcm, int64_t n_frames, SonoError *err);
void sono_meters_read(const SonoMeters *meters, SonoMeterReading *out);
void sono_meters_reset(SonoMeters *meters);
