/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks of peaks made by workers. A chunk that has a predecessor takes over the columns whose blocks both clips share,
 * so that an edit costs what it changed and a growing sound what was added. */
#include "peaks_feed_internal.h"

#include "sono_log.h"
#include "sono_mem.h"

#include <math.h>

void peaks_chunk_unref(PeaksChunk *chunk)
{
    if (chunk && atomic_fetch_sub_explicit(&chunk->refs, 1, memory_order_acq_rel) == 1) {
        sono_free(chunk);
    }
}

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void peaks_range(const PeaksKey *key, int *first_channel, int *end_channel, int n_channels)
{
    *first_channel = key->channel < 0 ? 0 : key->channel;
    *end_channel = key->channel < 0 ? n_channels : key->channel + 1;
}

static bool shares(const SonoClip *a, const SonoClip *b, const PeaksKey *key, int64_t frame)
{
    int first = 0;
    int end = 0;
    peaks_range(key, &first, &end, sono_clip_n_channels(a));
    for (int c = first; c < end; c++) {
        if (!sono_clip_shares_block(a, b, c, frame)) {
            return false;
        }
    }
    return true;
}

/* Columns [*from, *to) of the chunk are not those of its predecessor. */
static void changed_columns(const PeaksPart *part, const SonoClip *clip, int *from, int *to)
{
    const PeaksKey *key = &part->key;
    const int64_t start = (key->index * PEAKS_CHUNK) << key->level;
    const int64_t end = start + ((int64_t)PEAKS_CHUNK << key->level);
    const int64_t n_old = sono_clip_n_frames(part->old);
    const int64_t n_new = sono_clip_n_frames(clip);
    int64_t first = end;
    int64_t last = start;
    if (n_old != n_new) { /* the column in which the shorter one ends is another one */
        first = max64(start, min64(n_old, n_new));
        last = min64(end, max64(n_old, n_new));
    }
    for (int64_t at = start; at < min64(end, min64(n_old, n_new)); at += SONO_BLOCK_FRAMES - at % SONO_BLOCK_FRAMES) {
        if (!shares(part->old, clip, key, at)) {
            first = min64(first, at);
            last = max64(last, min64(end, at + SONO_BLOCK_FRAMES - at % SONO_BLOCK_FRAMES));
        }
    }
    *from = first < last ? (int)((first - start) >> key->level) : 0;
    *to = first < last ? (int)((last - start + ((int64_t)1 << key->level) - 1) >> key->level) : 0;
}

/* Columns [from, to) of a chunk of zeros. */
static SonoStatus make_columns(const SonoClip *clip, PeaksChunk *chunk, int from, int to, SonoError *err)
{
    const PeaksKey *key = &chunk->key;
    const int64_t start = (key->index * PEAKS_CHUNK + from) << key->level;
    int first = 0;
    int end = 0;
    peaks_range(key, &first, &end, sono_clip_n_channels(clip));
    /* columns after the end are 0 already; the one that holds it counts silence too */
    const int64_t left = (sono_clip_n_frames(clip) - start + ((int64_t)1 << key->level) - 1) >> key->level;
    const int n = (int)max64(0, min64(to - from, left));
    SonoPeak *columns = chunk->columns + from;
    SonoPeak more[PEAKS_CHUNK];
    SonoStatus status = sono_clip_peaks(clip, first, start, (int64_t)n << key->level, n, columns, err);
    for (int c = first + 1; c < end && status == SONO_OK; c++) {
        status = sono_clip_peaks(clip, c, start, (int64_t)n << key->level, n, more, err);
        for (int i = 0; i < n && status == SONO_OK; i++) {
            columns[i].min = fminf(columns[i].min, more[i].min);
            columns[i].max = fmaxf(columns[i].max, more[i].max);
            columns[i].rms = hypotf(columns[i].rms, more[i].rms); /* of the sum; divided below */
        }
    }
    for (int i = 0; i < n && end - first > 1; i++) {
        columns[i].rms /= sqrtf((float)(end - first));
    }
    return status;
}

static PeaksChunk *make_chunk(PeaksJob *job, PeaksPart *part, uint64_t *n_made)
{
    SonoError err = {0};
    int from = 0;
    int to = PEAKS_CHUNK;
    PeaksChunk *chunk = sono_calloc(1, sizeof *chunk);
    if (!chunk) {
        return NULL;
    }
    atomic_init(&chunk->refs, 1);
    chunk->key = part->key;
    chunk->revision = sono_clip_revision(job->clip);
    if (part->previous && part->old) {
        changed_columns(part, job->clip, &from, &to);
        for (int i = 0; i < PEAKS_CHUNK; i++) {
            if (i < from || i >= to) {
                chunk->columns[i] = part->previous->columns[i];
            }
        }
    }
    *n_made += (uint64_t)(to - from);
    if (from < to && make_columns(job->clip, chunk, from, to, &err) != SONO_OK) {
        sono_log(SONO_LOG_WARNING, "pcm", "no waveform there: %s", err.message); /* it is flat: not tried again */
    }
    return chunk;
}

static void clear_part(PeaksPart *part)
{
    peaks_chunk_unref(part->previous);
    sono_clip_unref(part->old);
}

/* Take the job out of the table, hand over what it made, free it. */
static void finish(PeaksJob *job, uint64_t n_made)
{
    SonoPeaksFeed *feed = job->feed;
    bool any = false;
    (void)pthread_mutex_lock(&feed->lock);
    for (int i = 0; i < feed->n_jobs; i++) {
        if (feed->jobs[i] == job) {
            feed->jobs[i] = feed->jobs[--feed->n_jobs];
            break;
        }
    }
    for (int i = 0; i < job->n_parts; i++) {
        PeaksChunk *made = job->parts[i].made;
        if (made) {
            made->next = feed->landed;
            feed->landed = made;
            any = true;
        }
    }
    feed->n_columns_made += n_made;
    if (feed->wake && (any || sono_job_is_obsolete(&(SonoJobTicket){&job->generation, 0}))) {
        feed->wake(feed->wake_ctx); /* also when it was cancelled: another may take its place */
    }
    (void)pthread_mutex_unlock(&feed->lock);
    for (int i = 0; i < job->n_parts; i++) {
        clear_part(&job->parts[i]);
    }
    sono_clip_unref(job->clip);
    sono_free(job);
    peaks_feed_unref(feed);
}

static void run_job(void *data, const SonoJobTicket *ticket)
{
    PeaksJob *job = data;
    uint64_t n_made = 0;
    for (int i = 0; i < job->n_parts && !sono_job_is_obsolete(ticket); i++) {
        job->parts[i].made = make_chunk(job, &job->parts[i], &n_made);
    }
    finish(job, n_made);
}

static void drop_job(void *data)
{
    finish(data, 0);
}

bool peaks_post(SonoPeaksFeed *feed, const PeaksPart *parts, int n_parts)
{
    (void)pthread_mutex_lock(&feed->lock);
    const bool room = feed->n_jobs < PEAKS_MAX_JOBS; /* only this thread adds */
    (void)pthread_mutex_unlock(&feed->lock);
    PeaksJob *job = room ? sono_calloc(1, sizeof *job) : NULL;
    if (!job) {
        for (int i = 0; i < n_parts; i++) {
            PeaksPart part = parts[i];
            clear_part(&part);
        }
        return false;
    }
    (void)atomic_fetch_add_explicit(&feed->refs, 1, memory_order_relaxed);
    job->feed = feed;
    job->clip = sono_clip_ref(feed->clip);
    job->wanted = feed->n_gets;
    job->n_parts = n_parts;
    for (int i = 0; i < n_parts; i++) {
        job->parts[i] = parts[i];
    }
    (void)pthread_mutex_lock(&feed->lock);
    feed->jobs[feed->n_jobs++] = job;
    (void)pthread_mutex_unlock(&feed->lock);
    if (sono_jobs_post(sono_engine_jobs(feed->engine), SONO_PRIORITY_VISIBLE, &job->generation, run_job, drop_job, job,
                       NULL) != SONO_OK) {
        finish(job, 0);
        return false;
    }
    return true;
}

bool peaks_is_busy(SonoPeaksFeed *feed, const PeaksKey *key)
{
    bool busy = false;
    (void)pthread_mutex_lock(&feed->lock);
    for (int i = 0; i < feed->n_jobs && !busy; i++) {
        PeaksJob *job = feed->jobs[i];
        for (int p = 0; p < job->n_parts && !busy; p++) {
            const PeaksKey *k = &job->parts[p].key;
            busy = k->channel == key->channel && k->level == key->level && k->index == key->index;
        }
        job->wanted = busy ? feed->n_gets : job->wanted;
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return busy;
}

void peaks_cancel_before(SonoPeaksFeed *feed, uint64_t wanted)
{
    (void)pthread_mutex_lock(&feed->lock);
    for (int i = 0; i < feed->n_jobs; i++) {
        if (feed->jobs[i]->wanted < wanted) {
            sono_generation_bump(&feed->jobs[i]->generation);
        }
    }
    (void)pthread_mutex_unlock(&feed->lock);
}

PeaksChunk *peaks_take_landed(SonoPeaksFeed *feed)
{
    (void)pthread_mutex_lock(&feed->lock);
    PeaksChunk *landed = feed->landed;
    feed->landed = NULL;
    (void)pthread_mutex_unlock(&feed->lock);
    return landed;
}

void peaks_feed_unref(SonoPeaksFeed *feed)
{
    if (atomic_fetch_sub_explicit(&feed->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    while (feed->landed) {
        PeaksChunk *next = feed->landed->next;
        peaks_chunk_unref(feed->landed);
        feed->landed = next;
    }
    (void)pthread_mutex_destroy(&feed->lock);
    sono_free(feed);
}
