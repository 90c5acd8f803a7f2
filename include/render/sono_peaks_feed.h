/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peaks of a sound for waveform lanes and overviews, made by workers: what is there is given at once (older columns,
 * stretched to where they belong), the rest follows. No GL, no GTK. Thread: main; wake is called on workers. */
#pragma once
#include "sono_clip.h"
#include "sono_engine.h"

typedef struct SonoPeaksFeed SonoPeaksFeed;

/* wake: columns have come, ask again; must only wake the main thread. engine must outlive the feed's jobs. Errors:
 * NOMEM. */
SonoStatus sono_peaks_feed_new(SonoEngine *engine, void (*wake)(void *ctx), void *ctx, SonoPeaksFeed **out,
                               SonoError *err);
/* Cancels jobs, does not wait; wake is not called any more when this returns. NULL is fine. */
void sono_peaks_feed_free(SonoPeaksFeed *feed);
/* From now on this sound (NULL: none). end_s: its length when it is there wholly (longer than a clip that still grows).
 */
void sono_peaks_feed_set_sound(SonoPeaksFeed *feed, const SonoClip *clip);

typedef struct SonoPeaksSpan {
    int channel;
    double t0_s, s_per_column;
    int n_columns;
} SonoPeaksSpan;
/* Fill out[n_columns]; columns of which nothing is known, and those outside the sound, are 0. True if they are exact
 * and of the sound that was set last; else a job is on its way. */
bool sono_peaks_feed_get(SonoPeaksFeed *feed, const SonoPeaksSpan *span, SonoPeak *out);
