/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tile feed: what a view needs, what is there to draw meanwhile, and the jobs that make the rest. It knows which
 * revisions of the sound share which strips: after an edit only strips that the edit reaches are made again (from their
 * predecessors), and until all of them have landed the view goes on showing the sound before the edit, whole.
 * No GL, no GTK. Thread: main, where nothing else is said. */
#pragma once
#include "sono_renderer.h"

typedef struct SonoTileFeed SonoTileFeed;

/* landed: a strip (or an error) has arrived, update again. Called on a worker; must only wake the main thread.
 * engine must outlive the feed's jobs (sono_engine_free waits for them). Errors: NOMEM. */
SonoStatus sono_tile_feed_new(SonoEngine *engine, uint64_t budget_bytes, void (*landed)(void *ctx), void *ctx,
                              SonoTileFeed **out, SonoError *err);
SonoTileFeed *sono_tile_feed_ref(SonoTileFeed *feed); /* thread: any */
void sono_tile_feed_unref(SonoTileFeed *feed);        /* thread: any; NULL is fine */
/* Cancel all jobs; landed is not called any more when this returns. Does not wait for jobs. */
void sono_tile_feed_close(SonoTileFeed *feed);

/* From now on show this sound, in pictures of this plan. clip NULL: none yet, only what sono_tile_feed_add_sparse
 * brings (revision 0). It differs from parent_revision in the frames of dirty. What is shown in another plan goes on
 * being shown until the view is there in this one, and then lies under it until all of the sound is there at least
 * coarsely. Takes references. Errors: NOMEM. */
SonoStatus sono_tile_feed_set_sound(SonoTileFeed *feed, const SonoPlan *plan, const SonoClip *clip,
                                    uint64_t parent_revision, SonoSpan dirty, SonoError *err);
/* Show nothing any more, as before the first sound. What sono_tile_feed_add_sparse brings must not be under way. */
void sono_tile_feed_forget_sound(SonoTileFeed *feed);

/* Make provisional strips for a view straight from a reader (a file that is still being decoded), on this thread; those
 * of a plan over frequency, which would need all of the file, in the default STFT, as sono_tile_feed_set_sound expects.
 * ticket may be NULL. Thread: any one; plan and reader are the caller's. Errors: as sono_strip_make. */
SonoStatus sono_tile_feed_add_sparse(SonoTileFeed *feed, const SonoPlan *plan, const SonoPcmReader *reader,
                                     const SonoRenderView *view, int channel, const SonoJobTicket *ticket,
                                     SonoError *err);

typedef struct SonoTileList {
    SonoDrawStrip *strips; /* each holds references of its strip and plan */
    size_t n, cap;
    bool complete; /* the view is covered by strips of the wanted levels */
    bool current;  /* what is shown is the sound that was set last, in its plan, not one before it */
    bool exact;    /* current, complete, and nothing is provisional */
} SonoTileList;

/* One lane of what is looked at. list may hold an earlier answer, which is replaced. */
typedef struct SonoFeedLane {
    SonoRenderView view;
    int channel;
    SonoTileList *list;
} SonoFeedLane;

/* What to draw now, in all lanes; posts jobs for what is missing, the lanes taking turns. All lanes go over to a new
 * revision in the same update. Errors: NOMEM, and once each what a job failed with (the lists are still good). */
SonoStatus sono_tile_feed_update(SonoTileFeed *feed, const SonoFeedLane *lanes, int n_lanes, SonoError *err);
void sono_tile_list_clear(SonoTileList *list);
/* Level in dB of the texel at a place, from what is in the list; SONO_TILE_FLOOR_DB where nothing is. */
float sono_tile_list_level(const SonoTileList *list, double t_s, double freq_hz);
/* What a pointer there reads: of a sine that peaks within a row of it the amplitude, also between rows (where rows are
 * not taken together, that is at level 0 of frequency), elsewhere the texel's level. */
float sono_tile_list_reading(const SonoTileList *list, double t_s, double freq_hz);
