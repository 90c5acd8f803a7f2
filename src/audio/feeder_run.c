/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run: from a place on, as far ahead as allowed. At the device's own rate the source renders straight into the ring;
 * else through soxr, which also gets what lies before the place and after the end, so that it never rings at an edge.
 */
#include "feeder.h"

#include <math.h>

#include "sono_log.h"
#include "sono_mem.h"

#define SCRUB_AHEAD_S 0.025 /* a hand notices lateness */
#define ALL_AHEAD_S 0.055   /* with what soxr holds back: an edit is heard within 60 ms and a buffer */
#define AHEAD_FRAMES 1024   /* resampling begins about so far before the place */
#define FEED_FRAMES 128     /* to the resampler at once */

void feeder_free_run(FeederRun *r)
{
    play_source_free(r->source);
    resampler_free(r->resampler);
    sono_free(r->fifo);
    *r = (FeederRun){0};
}

uint64_t feeder_target(const Feeder *f)
{
    double ahead_s = f->run.scrubs ? SCRUB_AHEAD_S : SONO_PLAYER_AHEAD_S;
    if (f->run.resampler) {
        ahead_s = fmin(ahead_s, ALL_AHEAD_S - resampler_lag(f->run.resampler) / f->ring.rate_hz);
    }
    return (uint64_t)(ahead_s * f->ring.rate_hz) + f->ring.buffer_frames;
}

uint64_t feeder_queued(const Feeder *f)
{
    const uint64_t from = f->ring.taken > f->run.ring_frame ? f->ring.taken : f->run.ring_frame;
    return f->ring.written - from;
}

void feeder_see_taken(FeederRing *r)
{
    const uint64_t taken = atomic_load_explicit(&r->ring->taken, memory_order_acquire);
    if (taken > r->taken) { /* another process says so: never back, never beyond */
        r->taken = taken < r->written ? taken : r->written;
    }
}

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
    while (b > 0) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Frames to begin before the place: where a frame of the ring and one of the clip coincide, if there is one near. */
static uint64_t frames_ahead(double clip_hz, double ring_hz, uint64_t *n_skip)
{
    uint64_t unit = 1;
    if (clip_hz == floor(clip_hz) && ring_hz == floor(ring_hz)) {
        unit = (uint64_t)clip_hz / greatest_divisor((uint64_t)clip_hz, (uint64_t)ring_hz);
    }
    unit = unit > 4 * AHEAD_FRAMES ? 1 : unit;
    const uint64_t n = (AHEAD_FRAMES + unit - 1) / unit * unit;
    *n_skip = (uint64_t)llround((double)n * ring_hz / clip_hz);
    return n;
}

static double clip_hz(const Feeder *f)
{
    const SonoClip *clip = f->ask.voice.sound.clip;
    return clip ? sono_clip_rate_hz(clip) : f->ring.rate_hz;
}

/* Source, resampler and scrubber for this ring and clip. */
static bool prepare(Feeder *f)
{
    FeederRun *r = &f->run;
    const int n = (int)f->ring.n_channels;
    const double rate_hz = clip_hz(f);
    if (!r->source || r->source_channels != n || r->source_rate_hz != rate_hz) {
        play_source_free(r->source);
        r->source = play_source_new(n, rate_hz);
        r->source_channels = n;
        r->source_rate_hz = rate_hz;
    }
    if (!f->scrub || feeder_scrub_n_channels(f->scrub) != n) {
        feeder_scrub_free(f->scrub);
        f->scrub = feeder_scrub_new(n);
    }
    resampler_free(r->resampler);
    r->resampler = NULL;
    r->fifo_at = r->n_fifo = 0;
    r->n_fed = r->n_ahead = r->n_skip = 0;
    SonoError err = {0};
    if (rate_hz != f->ring.rate_hz && !r->scrubs) {
        sono_free(r->fifo);
        r->fifo = sono_alloc_aligned((size_t)n * FEEDER_CHUNK, sizeof *r->fifo);
        if (!r->fifo || resampler_new(rate_hz, f->ring.rate_hz, n, &r->resampler, &err) != SONO_OK) {
            sono_log(SONO_LOG_WARNING, "player", "nothing can be heard: %s", r->fifo ? err.message : "no memory");
            return false;
        }
        r->n_ahead = frames_ahead(rate_hz, f->ring.rate_hz, &r->n_skip);
    }
    return r->source && f->scrub;
}

/* The next frame to be played is `frame` of the clip, and goes on so. With the lock. */
static void note_piece(Feeder *f, double ring_frame, double frame, double step, const SonoPlayRange *range)
{
    const SonoClip *clip = f->ask.voice.sound.clip;
    const PlayerMapPiece piece = {.ring_frame = ring_frame,
                                  .clip_frame = frame,
                                  .step = step,
                                  .range = *range,
                                  .revision = f->run.scrubs ? (clip ? sono_clip_revision(clip) : 0)
                                                            : play_source_revision(f->run.source)};
    player_map_add(&f->player->heard.map, &piece);
}

static void note(Feeder *f)
{
    SonoPlayer *p = f->player;
    FeederRun *r = &f->run;
    if (r->n_fed < r->n_ahead) {
        return;
    }
    const double ring_frame =
        r->resampler ? (double)r->ring_frame + (double)(r->n_fed - r->n_ahead) / r->step : (double)f->ring.written;
    (void)pthread_mutex_lock(&p->lock);
    note_piece(f, ring_frame, (double)play_source_at(r->source), r->step, play_source_range(r->source));
    (void)pthread_mutex_unlock(&p->lock);
}

void feeder_begin_run(Feeder *f, double from_frame)
{
    SonoPlayer *p = f->player;
    FeederRun *r = &f->run;
    r->active = false;
    if (f->ring.ring) {
        feeder_see_taken(&f->ring);
        r->scrubs = f->ask.phase == SONO_PLAY_SCRUBBING;
        r->active = prepare(f);
        r->begins = true;
        r->drained = false;
        r->cuts = f->ring.taken < f->ring.written;
        r->ring_frame = f->ring.written;
        r->step = clip_hz(f) / f->ring.rate_hz;
    }
    if (r->active) {
        const SonoPlayRange none = {0, INT64_MAX, false};
        int64_t at = (int64_t)floor(from_frame);
        if (!r->scrubs && f->ask.range.loop && at >= f->ask.range.end_frame) {
            at = f->ask.range.start_frame;
        }
        play_source_set_range(r->source, r->scrubs ? &none : &f->ask.range);
        play_source_begin(r->source, play_voice_ref(&f->ask.voice), at - (int64_t)r->n_ahead);
        feeder_scrub_begin(f->scrub, from_frame);
        if (r->cuts) {
            feeder_meter_cut(f, r->ring_frame);
        }
    }
    (void)pthread_mutex_lock(&p->lock);
    p->heard.serial = f->ask.serial;
    p->heard.resume_frame = from_frame;
    if (r->active) {
        p->heard.run_frame = r->ring_frame;
        player_map_cut(&p->heard.map, (double)r->ring_frame);
        note_piece(f, (double)r->ring_frame, from_frame, r->step, &f->ask.range);
    }
    (void)pthread_mutex_unlock(&p->lock);
}

void feeder_end_run(Feeder *f)
{
    SonoPlayer *p = f->player;
    PlayRing *ring = f->ring.ring;
    f->run.active = false;
    if (ring) {
        feeder_see_taken(&f->ring);
    }
    if (ring && f->ring.taken < f->ring.written) {
        f->ring.end = f->ring.written;
        atomic_store_explicit(&ring->end, f->ring.end, memory_order_release);
        atomic_store_explicit(&ring->cut, f->ring.written, memory_order_release);
        feeder_meter_cut(f, f->ring.written);
    }
    f->run.ring_frame = f->ring.written;
    (void)pthread_mutex_lock(&p->lock);
    p->heard.serial = f->ask.serial;
    p->heard.resume_frame = p->ask.stopped_frame;
    (void)pthread_mutex_unlock(&p->lock);
}

/* Of the clip. */
static double heard_frame(Feeder *f)
{
    SonoPlayer *p = f->player;
    (void)pthread_mutex_lock(&p->lock);
    const double frame = player_place(&p->heard, player_now_ns()).clip_frame;
    (void)pthread_mutex_unlock(&p->lock);
    return frame;
}

void feeder_change_voice(Feeder *f)
{
    if (!f->run.active || f->run.scrubs) {
        return; /* a scrubber is given the voice with each block */
    }
    if (clip_hz(f) != f->run.source_rate_hz) { /* another file, the same frame */
        feeder_begin_run(f, heard_frame(f));
        return;
    }
    play_source_set_voice(f->run.source, play_voice_ref(&f->ask.voice));
}

void feeder_change_range(Feeder *f, const SonoPlayRange *range)
{
    if (!f->run.active) {
        return; /* it begins with the range that is asked for */
    }
    const double heard = heard_frame(f);
    const int64_t next = play_source_at(f->run.source);
    const bool rolls_in = range->start_frame == play_source_range(f->run.source)->start_frame; /* still before it */
    const bool inside = (heard >= (double)range->start_frame || rolls_in) && heard < (double)range->end_frame;
    const bool next_inside = (next >= range->start_frame || rolls_in) && next < range->end_frame && !f->run.drained;
    if (inside && next_inside) {
        play_source_set_range(f->run.source, range);
    } else {
        feeder_begin_run(f, inside ? heard : (double)range->start_frame);
    }
}

/* The frame of the ring at which the range ends; a loop has none. */
static uint64_t end_of_run(const Feeder *f)
{
    const FeederRun *r = &f->run;
    const SonoPlayRange *range = play_source_range(r->source);
    if (r->scrubs || range->loop) {
        return PLAY_RING_NO_END;
    }
    const int64_t left = range->end_frame - play_source_at(r->source);
    if (!r->resampler) {
        return f->ring.written + (uint64_t)(left > 0 ? left : 0);
    }
    const double n = ((double)r->n_fed - (double)r->n_ahead + (double)left) / r->step;
    const uint64_t end = r->ring_frame + (uint64_t)(n > 0.0 ? ceil(n - 1e-6) : 0.0);
    return end > f->ring.written ? end : f->ring.written;
}

static void complain_once(Feeder *f, bool ok)
{
    if (!ok && !f->told_unreadable) {
        f->told_unreadable = true;
        sono_log(SONO_LOG_WARNING, "player", "a part of the sound cannot be read; it is played as silence");
    }
}

/* n frames of the ring, by the resampler; fewer where it fails. */
static int resample(Feeder *f, int n, float *const *out)
{
    FeederRun *r = &f->run;
    const int n_channels = (int)f->ring.n_channels;
    int done = 0;
    while (done < n) {
        float *in[SONO_OUTPUT_MAX_CHANNELS];
        float *to[SONO_OUTPUT_MAX_CHANNELS];
        if (r->fifo_at == r->n_fifo) {
            const uint64_t before = r->n_fed < r->n_ahead ? r->n_ahead - r->n_fed : FEED_FRAMES;
            note(f);
            r->fifo_at = 0;
            r->n_fifo = before < FEED_FRAMES ? (int)before : FEED_FRAMES;
            for (int c = 0; c < n_channels; c++) {
                in[c] = r->fifo + (ptrdiff_t)c * FEEDER_CHUNK;
            }
            complain_once(f, play_source_render(r->source, r->n_fifo, in));
            r->n_fed += (uint64_t)r->n_fifo;
        }
        for (int c = 0; c < n_channels; c++) {
            in[c] = r->fifo + (ptrdiff_t)c * FEEDER_CHUNK + r->fifo_at;
            to[c] = out[c] + done;
        }
        size_t n_in = (size_t)(r->n_fifo - r->fifo_at);
        size_t n_out = (size_t)(n - done);
        n_out = r->n_skip > 0 && r->n_skip < n_out ? (size_t)r->n_skip : n_out;
        SonoError err = {0};
        if (resampler_run(r->resampler, (const float *const *)in, &n_in, to, &n_out, &err) != SONO_OK) {
            sono_log(SONO_LOG_WARNING, "player", "%s", err.message);
            return done;
        }
        r->fifo_at += (int)n_in;
        if (r->n_skip > 0) {
            r->n_skip -= n_out;
        } else {
            done += (int)n_out;
        }
    }
    return done;
}

static int scrub(Feeder *f, int n, float *const *out)
{
    SonoPlayer *p = f->player;
    const SonoPlayRange none = {0, 0, false};
    n = n < SCRUB_BLOCK_FRAMES ? n : SCRUB_BLOCK_FRAMES;
    const double hz = f->ring.rate_hz;
    complain_once(f, feeder_scrub_render(f->scrub, &f->ask.voice, (double)f->ask.at_frame, hz, n, out));
    const double from = feeder_scrub_from(f->scrub);
    (void)pthread_mutex_lock(&p->lock);
    note_piece(f, (double)f->ring.written, from, (feeder_scrub_at(f->scrub) - from) / n, &none);
    (void)pthread_mutex_unlock(&p->lock);
    return n;
}

/* At most n frames into the ring behind `written`; how many. */
static int render(Feeder *f, int n)
{
    FeederRing *r = &f->ring;
    const uint32_t index = (uint32_t)r->written & (r->capacity - 1);
    float *out[SONO_OUTPUT_MAX_CHANNELS];
    for (uint32_t c = 0; c < r->n_channels; c++) {
        out[c] = play_ring_plane(r->ring, r->capacity, c) + index;
    }
    n = n < (int)(r->capacity - index) ? n : (int)(r->capacity - index);
    if (f->run.scrubs) {
        return scrub(f, n, out);
    }
    if (f->run.resampler) {
        return resample(f, n, out);
    }
    note(f);
    complain_once(f, play_source_render(f->run.source, n, out));
    return n;
}

/* Tell the ring of what was rendered. The order is play_ring.h's: nobody sees frames behind a cut and not the cut. */
static void publish(Feeder *f)
{
    FeederRing *r = &f->ring;
    const uint64_t end = f->run.drained ? r->written : PLAY_RING_NO_END;
    const bool news = end != r->end;
    r->end = end;
    if (f->run.begins && f->run.cuts) {
        atomic_store_explicit(&r->ring->cut, f->run.ring_frame, memory_order_release);
    } else if (news && f->run.drained) {
        atomic_store_explicit(&r->ring->end, end, memory_order_release);
    }
    atomic_store_explicit(&r->ring->written, r->written, memory_order_release);
    if (news) { /* a run that begins where the last one ended: only now, or it would seem to starve */
        atomic_store_explicit(&r->ring->end, end, memory_order_release);
    }
    f->run.begins = false;
}

void feeder_fill(Feeder *f)
{
    FeederRing *r = &f->ring;
    if (!f->run.active) {
        return;
    }
    feeder_see_taken(r);
    const uint64_t kept = f->meters.metered < r->taken ? f->meters.metered : r->taken; /* still to be read */
    const uint64_t target = feeder_target(f);
    while (!f->run.drained && feeder_queued(f) < target && r->written - kept + FEEDER_CHUNK <= r->capacity) {
        const uint64_t want = target - feeder_queued(f);
        const uint64_t end = end_of_run(f);
        int n = want < FEEDER_CHUNK ? (int)want : FEEDER_CHUNK;
        n = end - r->written < (uint64_t)n ? (int)(end - r->written) : n;
        if (n > 0) {
            const int done = render(f, n);
            if (done == 0) {
                f->run.drained = true; /* resampling has failed */
            }
            r->written += (uint64_t)done;
        }
        f->run.drained = f->run.drained || end_of_run(f) == r->written;
        if (!f->run.begins) {
            publish(f);
        }
    }
    if (f->run.begins) {
        publish(f);
    }
}

bool feeder_heard_end(const Feeder *f, int64_t now_ns)
{
    PlayRingPlace place = {0};
    return f->run.active && f->run.drained && f->ring.taken == f->ring.written &&
           play_ring_place(f->ring.ring, &place) && !place.playing && now_ns >= place.dac_ns;
}
