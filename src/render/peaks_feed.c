/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which chunks of peaks a span is made of, what stands in for those that are missing, and the jobs for these.
 * Levels are powers of two of frames, so that a pan finds all but the new columns, a zoom the next level, and a column
 * of 1024 frames or more comes from the blocks' pyramids alone: no samples are read for it, however long the sound. */
#include "peaks_feed_internal.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>
#include <utlist.h>

/* Gets after which a job that nothing asked for again is in the way: more than there are lanes on any display. */
#define PATIENCE 128
/* Finer levels that may stand in after zooming out. */
#define FINER_LEVELS 3

SonoStatus sono_peaks_feed_new(SonoEngine *engine, void (*wake)(void *ctx), void *ctx, SonoPeaksFeed **out,
                               SonoError *err)
{
    SonoPeaksFeed *feed = sono_calloc(1, sizeof *feed);
    if (!feed) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the waveform");
    }
    (void)pthread_mutex_init(&feed->lock, NULL); /* cannot fail with default attributes on Linux */
    atomic_init(&feed->refs, 1);
    feed->engine = engine;
    feed->wake = wake;
    feed->wake_ctx = ctx;
    *out = feed;
    return SONO_OK;
}

static void forget_ancestors(SonoPeaksFeed *feed)
{
    for (int i = 0; i < PEAKS_MAX_ANCESTORS; i++) {
        sono_clip_unref(feed->ancestors[i]);
        feed->ancestors[i] = NULL;
    }
}

static void forget_chunk(SonoPeaksFeed *feed, PeaksChunk *chunk)
{
    if (feed->by_key) { /* as it is: all chunks that are in use are in the table */
        HASH_DEL(feed->by_key, chunk);
    }
    DL_DELETE(feed->by_use, chunk);
    peaks_chunk_unref(chunk);
}

static void forget_chunks(SonoPeaksFeed *feed)
{
    while (feed->by_use) {
        forget_chunk(feed, feed->by_use);
    }
}

void sono_peaks_feed_free(SonoPeaksFeed *feed)
{
    if (!feed) {
        return;
    }
    (void)pthread_mutex_lock(&feed->lock);
    feed->wake = NULL;
    (void)pthread_mutex_unlock(&feed->lock);
    peaks_cancel_before(feed, UINT64_MAX);
    forget_chunks(feed);
    forget_ancestors(feed);
    sono_clip_unref(feed->clip);
    feed->clip = NULL;
    peaks_feed_unref(feed);
}

static PeaksChunk *find(SonoPeaksFeed *feed, PeaksKey key)
{
    PeaksChunk *chunk = NULL;
    HASH_FIND(hh, feed->by_key, &key, sizeof key, chunk);
    return chunk;
}

static void use(SonoPeaksFeed *feed, PeaksChunk *chunk)
{
    DL_DELETE(feed->by_use, chunk);
    DL_APPEND(feed->by_use, chunk);
}

/* Those of a sound that was left meanwhile are of no use. */
static bool is_related(const SonoPeaksFeed *feed, uint64_t revision)
{
    bool related = feed->clip && sono_clip_revision(feed->clip) == revision;
    for (int i = 0; i < PEAKS_MAX_ANCESTORS && feed->ancestors[i]; i++) {
        related = related || sono_clip_revision(feed->ancestors[i]) == revision;
    }
    return related;
}

static void keep(SonoPeaksFeed *feed, PeaksChunk *chunk)
{
    PeaksChunk *old = find(feed, chunk->key);
    if (!is_related(feed, chunk->revision) || (old && old->revision == sono_clip_revision(feed->clip))) {
        peaks_chunk_unref(chunk);
        return;
    }
    if (old) {
        forget_chunk(feed, old);
    }
    HASH_ADD(hh, feed->by_key, key, sizeof chunk->key, chunk);
    if (!chunk->hh.tbl) { /* no memory for the table */
        peaks_chunk_unref(chunk);
        return;
    }
    DL_APPEND(feed->by_use, chunk);
    while (feed->by_use && HASH_COUNT(feed->by_key) > PEAKS_MAX_CHUNKS) {
        forget_chunk(feed, feed->by_use);
    }
}

static void take_landed(SonoPeaksFeed *feed)
{
    for (PeaksChunk *chunk = peaks_take_landed(feed); chunk;) {
        PeaksChunk *next = chunk->next;
        keep(feed, chunk);
        chunk = next;
    }
}

void sono_peaks_feed_set_sound(SonoPeaksFeed *feed, const SonoClip *clip)
{
    SonoClip *old = feed->clip;
    if (old && clip && sono_clip_revision(old) == sono_clip_revision(clip)) {
        return;
    }
    take_landed(feed);
    feed->clip = clip ? sono_clip_ref(clip) : NULL;
    if (old && clip && sono_clip_n_channels(old) == sono_clip_n_channels(clip) &&
        sono_clip_rate_hz(old) == sono_clip_rate_hz(clip)) {
        sono_clip_unref(feed->ancestors[PEAKS_MAX_ANCESTORS - 1]);
        memmove(feed->ancestors + 1, feed->ancestors, (PEAKS_MAX_ANCESTORS - 1) * sizeof *feed->ancestors);
        feed->ancestors[0] = old;
        return;
    }
    peaks_cancel_before(feed, UINT64_MAX);
    forget_chunks(feed);
    forget_ancestors(feed);
    sono_clip_unref(old);
}

/* Add what is needed to make a chunk to the parts of a job. */
static void want(SonoPeaksFeed *feed, PeaksKey key, PeaksPart *parts, int *n_parts)
{
    if (*n_parts == PEAKS_MAX_PARTS || peaks_is_busy(feed, &key)) {
        return;
    }
    PeaksPart part = {.key = key};
    PeaksChunk *previous = find(feed, key);
    /* after undo and redo a clip may be among the ancestors twice */
    for (int i = 0; previous && !part.previous && i < PEAKS_MAX_ANCESTORS && feed->ancestors[i]; i++) {
        if (sono_clip_revision(feed->ancestors[i]) == previous->revision) {
            (void)atomic_fetch_add_explicit(&previous->refs, 1, memory_order_relaxed);
            part.previous = previous;
            part.old = sono_clip_ref(feed->ancestors[i]);
        }
    }
    parts[(*n_parts)++] = part;
}

static bool is_new(const SonoPeaksFeed *feed, const PeaksChunk *chunk)
{
    return chunk && chunk->revision == sono_clip_revision(feed->clip);
}

static SonoPeak merge(const SonoPeak *peaks, int n)
{
    SonoPeak all = peaks[0];
    float sum = all.rms * all.rms;
    for (int i = 1; i < n; i++) {
        all.min = fminf(all.min, peaks[i].min);
        all.max = fmaxf(all.max, peaks[i].max);
        sum += peaks[i].rms * peaks[i].rms;
    }
    all.rms = sqrtf(sum / (float)n);
    return all;
}

/* From finer chunks, if all of them are there. */
static bool merge_finer(SonoPeaksFeed *feed, PeaksKey key, SonoPeak *columns)
{
    for (int down = 1; down <= FINER_LEVELS && down <= key.level; down++) {
        const int n = 1 << down;
        const PeaksChunk *finer[1 << FINER_LEVELS] = {NULL};
        bool all = true;
        for (int i = 0; i < n && all; i++) {
            finer[i] = find(feed, (PeaksKey){key.channel, key.level - down, key.index * n + i});
            all = finer[i];
        }
        if (all) {
            for (int c = 0; c < PEAKS_CHUNK; c++) {
                columns[c] = merge(finer[c * n / PEAKS_CHUNK]->columns + c * n % PEAKS_CHUNK, n);
            }
            return true;
        }
    }
    return false;
}

/* What is shown instead of a chunk that is not there: finer columns, coarser ones, or nothing. */
static void stand_in(SonoPeaksFeed *feed, PeaksKey key, SonoPeak *columns)
{
    if (merge_finer(feed, key, columns)) {
        return;
    }
    memset(columns, 0, PEAKS_CHUNK * sizeof *columns);
    for (int up = 1; key.level + up <= PEAKS_MAX_LEVEL; up++) {
        const int64_t first = (key.index * PEAKS_CHUNK) >> up;
        const PeaksChunk *coarser = find(feed, (PeaksKey){key.channel, key.level + up, first / PEAKS_CHUNK});
        if (coarser) { /* chunks of a level lie within one of the next */
            for (int c = 0; c < PEAKS_CHUNK; c++) {
                columns[c] = coarser->columns[((key.index * PEAKS_CHUNK + c) >> up) % PEAKS_CHUNK];
            }
            return;
        }
    }
}

/* The chunks of one level, one after the other; two are kept, as columns that overlap go back by one. */
typedef struct Cursor {
    SonoPeaksFeed *feed;
    PeaksKey key[2];
    const SonoPeak *columns[2]; /* NULL: none yet */
    SonoPeak buffer[2][PEAKS_CHUNK];
} Cursor;

static SonoPeak column_at(Cursor *cursor, PeaksKey key, int64_t column)
{
    key.index = column / PEAKS_CHUNK;
    const int slot = (int)(key.index & 1);
    if (!cursor->columns[slot] || cursor->key[slot].index != key.index) {
        PeaksChunk *chunk = find(cursor->feed, key);
        if (chunk) {
            use(cursor->feed, chunk);
            cursor->columns[slot] = chunk->columns;
        } else {
            stand_in(cursor->feed, key, cursor->buffer[slot]);
            cursor->columns[slot] = cursor->buffer[slot];
        }
        cursor->key[slot] = key;
    }
    return cursor->columns[slot][column % PEAKS_CHUNK];
}

/* Half a column or finer: the merged columns' edges are then off by less than half a pixel. */
static int level_for(double frames_per_column)
{
    const double level = frames_per_column >= 2.0 ? floor(log2(frames_per_column * (1.0 + 1e-12))) - 1.0 : 0.0;
    return (int)fmin(level, PEAKS_MAX_LEVEL);
}

/* The level at which one chunk holds the whole sound: there is always something to stand in once it has come. */
static int level_of_whole(int64_t n_frames)
{
    int level = 0;
    while (level < PEAKS_MAX_LEVEL && ((int64_t)PEAKS_CHUNK << level) < n_frames) {
        level++;
    }
    return level;
}

/* Columns [*first, *end) of the level lie in the span and in the sound. */
static void columns_of(const SonoPeaksFeed *feed, const SonoPeaksSpan *span, int level, int64_t *first, int64_t *end)
{
    const double rate_hz = sono_clip_rate_hz(feed->clip);
    const double size = ldexp(1.0, level);
    const double n = ceil((double)sono_clip_n_frames(feed->clip) / size);
    *first = (int64_t)fmin(fmax(floor(span->t0_s * rate_hz / size), 0.0), n);
    *end = (int64_t)fmin(fmax(ceil((span->t0_s + span->n_columns * span->s_per_column) * rate_hz / size), 0.0), n);
}

/* True if all chunks of the span are there and new; else asks for the others, and for those next to them, so that a pan
 * finds them. */
static bool ask(SonoPeaksFeed *feed, const SonoPeaksSpan *span, int level, int64_t first, int64_t end)
{
    PeaksPart parts[PEAKS_MAX_PARTS];
    int n_parts = 0;
    bool all = true;
    const PeaksKey whole = {span->channel, level_of_whole(sono_clip_n_frames(feed->clip)), 0};
    const int64_t n_columns = ((sono_clip_n_frames(feed->clip) - 1) >> level) + 1;
    if (first >= end) {
        return true;
    }
    if (level != whole.level && !find(feed, whole)) { /* an old one stands in just as well */
        want(feed, whole, parts, &n_parts);
    }
    const int64_t i0 = first / PEAKS_CHUNK;
    const int64_t i1 = (end - 1) / PEAKS_CHUNK;
    for (int64_t i = i0; i <= i1; i++) {
        const PeaksKey key = {span->channel, level, i};
        if (!is_new(feed, find(feed, key))) {
            all = false;
            want(feed, key, parts, &n_parts);
        }
    }
    for (int64_t i = i0 - 1; i <= i1 + 1; i += i1 - i0 + 2) {
        const PeaksKey key = {span->channel, level, i};
        if (i >= 0 && i * PEAKS_CHUNK < n_columns && !is_new(feed, find(feed, key))) {
            want(feed, key, parts, &n_parts);
        }
    }
    if (n_parts > 0) {
        (void)peaks_post(feed, parts, n_parts);
    }
    return all;
}

bool sono_peaks_feed_get(SonoPeaksFeed *feed, const SonoPeaksSpan *span, SonoPeak *out)
{
    memset(out, 0, (size_t)span->n_columns * sizeof *out);
    take_landed(feed);
    feed->n_gets++;
    if (!feed->clip || span->channel >= sono_clip_n_channels(feed->clip) || span->n_columns <= 0) {
        return true;
    }
    const double rate_hz = sono_clip_rate_hz(feed->clip);
    const double per_column = span->s_per_column * rate_hz;
    const PeaksKey key = {span->channel, level_for(per_column), 0};
    const double scale = ldexp(1.0, -key.level);
    int64_t first = 0;
    int64_t end = 0;
    columns_of(feed, span, key.level, &first, &end);
    const bool exact = ask(feed, span, key.level, first, end);
    peaks_cancel_before(feed, feed->n_gets > PATIENCE ? feed->n_gets - PATIENCE : 0);

    Cursor cursor = {.feed = feed};
    for (int i = 0; i < span->n_columns; i++) {
        const double from = (span->t0_s * rate_hz + i * per_column) * scale;
        const int64_t c0 = (int64_t)floor(fmax(from + 1e-6, -1.0));
        const int64_t c1 = per_column < 1.0 ? c0 + 1 : (int64_t)ceil(fmax(from + per_column * scale - 1e-6, -1.0));
        SonoPeak some[8];
        int n = 0;
        for (int64_t c = c0 > first ? c0 : first; c < (c1 > c0 ? c1 : c0 + 1) && c < end && n < 8; c++) {
            some[n++] = column_at(&cursor, key, c);
        }
        if (n > 0) {
            out[i] = merge(some, n);
        }
    }
    return exact;
}
