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
/* From now on this sound (NULL: none). One that still grows, or an edit of the one before: columns of blocks that both
 * share are taken over, the others are shown until theirs are made. One with other channels or another rate starts
 * afresh. */
void sono_peaks_feed_set_sound(SonoPeaksFeed *feed, const SonoClip *clip);

#define SONO_PEAKS_ALL_CHANNELS (-1)
typedef struct SonoPeaksSpan {
    int channel; /* or SONO_PEAKS_ALL_CHANNELS: minimum, maximum and rms over all of them */
    double t0_s, s_per_column;
    int n_columns;
} SonoPeaksSpan;
/* Fill out[n_columns]; columns of which nothing is known, and those outside the sound, are 0. True if they are of the
 * sound that was set last; else jobs are on their way, and wake will be called. Columns are made of finer ones that lie
 * on a fixed grid of time: minimum and maximum reach beyond a column's ends by less than half a column; a column of
 * less than a frame is the frame it begins in. Spans whose starts differ by whole columns give the same values. */
bool sono_peaks_feed_get(SonoPeaksFeed *feed, const SonoPeaksSpan *span, SonoPeak *out);
