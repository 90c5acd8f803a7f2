/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A peaks feed whose news reach a widget on the main thread. Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sono_peaks_feed.h"

typedef struct LaneFeed LaneFeed;

/* landed: columns have come. The widget must free the feed when it is disposed. */
LaneFeed *lane_feed_new(SonoEngine *engine, GtkWidget *widget, void (*landed)(GtkWidget *widget));
void lane_feed_free(LaneFeed *feed);
/* No memory at the start: a feed without peaks. */
void lane_feed_set_sound(LaneFeed *feed, const SonoClip *clip);
gboolean lane_feed_get(LaneFeed *feed, const SonoPeaksSpan *span, SonoPeak *out);
