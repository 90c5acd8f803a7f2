/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lane_feed.h"

#include <string.h>

#include "sono_log.h"

struct LaneFeed {
    SonoPeaksFeed *peaks; /* NULL: no memory */
    GtkWidget *widget;    /* not owned */
    void (*landed)(GtkWidget *widget);
    int pending; /* atomic: a call is under way */
};

static gboolean on_idle(gpointer data)
{
    LaneFeed *feed = data;
    g_atomic_int_set(&feed->pending, 0);
    feed->landed(feed->widget);
    return G_SOURCE_REMOVE;
}

/* Worker. The feed lives: sono_peaks_feed_free waits for a wake that is under way. */
static void wake(void *ctx)
{
    LaneFeed *feed = ctx;
    if (g_atomic_int_compare_and_exchange(&feed->pending, 0, 1)) {
        g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, feed, NULL);
    }
}

LaneFeed *lane_feed_new(SonoEngine *engine, GtkWidget *widget, void (*landed)(GtkWidget *widget))
{
    SonoError err = {0};
    LaneFeed *feed = g_new0(LaneFeed, 1);
    feed->widget = widget;
    feed->landed = landed;
    if (sono_peaks_feed_new(engine, wake, feed, &feed->peaks, &err) != SONO_OK) {
        sono_log(SONO_LOG_WARNING, "view", "%s", err.message);
    }
    return feed;
}

void lane_feed_free(LaneFeed *feed)
{
    if (feed) {
        sono_peaks_feed_free(feed->peaks);
        (void)g_idle_remove_by_data(feed);
        g_free(feed);
    }
}

void lane_feed_set_sound(LaneFeed *feed, const SonoClip *clip)
{
    if (feed->peaks) {
        sono_peaks_feed_set_sound(feed->peaks, clip);
    }
}

gboolean lane_feed_get(LaneFeed *feed, const SonoPeaksSpan *span, SonoPeak *out)
{
    if (feed->peaks) {
        return sono_peaks_feed_get(feed->peaks, span, out);
    }
    memset(out, 0, (gsize)span->n_columns * sizeof *out);
    return TRUE;
}
