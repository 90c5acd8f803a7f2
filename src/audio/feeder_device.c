/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The device as the feeder sees it. It opens when something is to sound, for the clip's rate and channels, and is
 * closed after 30 s of silence. Whenever its stream begins anew there is another ring: playing goes on from what was
 * heard last. */
#include "feeder.h"

#include <string.h>

#include "sono_log.h"

#define IDLE_NS INT64_C(30000000000)

static SonoOutputWish wish_of(const PlayerAsk *ask)
{
    const SonoClip *clip = ask->voice.sound.clip;
    const int n = clip ? sono_clip_n_channels(clip) : 2;
    SonoOutputWish wish = {
        .rate_hz = ask->rate_hz > 0.0 || !clip ? ask->rate_hz : sono_clip_rate_hz(clip),
        .n_channels = n < 2 ? 2 : (n < SONO_OUTPUT_MAX_CHANNELS ? n : SONO_OUTPUT_MAX_CHANNELS),
        .buffer_frames = ask->buffer_frames,
    };
    memcpy(wish.device, ask->device, sizeof wish.device);
    return wish;
}

static bool same_wish(const SonoOutputWish *a, const SonoOutputWish *b)
{
    return strcmp(a->device, b->device) == 0 && a->rate_hz == b->rate_hz && a->n_channels == b->n_channels &&
           a->buffer_frames == b->buffer_frames;
}

static void open_or_close(Feeder *f, bool begins, int64_t now_ns)
{
    SonoOutput *output = f->player->output;
    if (f->ask.phase != SONO_PLAY_STOPPED) {
        f->last_active_ns = now_ns;
    }
    if (begins) {
        const SonoOutputWish wish = wish_of(&f->ask);
        if (!f->open || !same_wish(&wish, &f->wish)) {
            sono_output_open(output, &wish);
            f->wish = wish;
            f->open = true;
        }
    } else if (f->open && f->ask.phase == SONO_PLAY_STOPPED && now_ns - f->last_active_ns > IDLE_NS) {
        feeder_leave_ring(f);
        sono_output_close(output);
        f->open = false;
    }
}

void feeder_leave_ring(Feeder *f)
{
    SonoPlayer *p = f->player;
    PlayRing *ring = f->ring.ring;
    if (!ring) {
        return;
    }
    f->run.active = false;
    f->ring = (FeederRing){0};
    (void)pthread_mutex_lock(&p->lock);
    p->heard.resume_frame = player_place(&p->heard, player_now_ns()).clip_frame;
    p->heard.ring = NULL;
    player_map_clear(&p->heard.map);
    (void)pthread_mutex_unlock(&p->lock);
    sono_output_release_ring(p->output, ring);
}

/* Every number is copied once: the memory is shared with a process that may be dying. */
static void enter_ring(Feeder *f, PlayRing *ring, uint32_t epoch, int buffer_frames)
{
    SonoPlayer *p = f->player;
    f->ring = (FeederRing){
        .ring = ring,
        .epoch = epoch,
        .n_channels = ring->n_channels,
        .capacity = ring->capacity_frames,
        .rate_hz = ring->rate_hz,
        .written = atomic_load_explicit(&ring->written, memory_order_relaxed),
        .end = atomic_load_explicit(&ring->end, memory_order_relaxed),
        .buffer_frames = buffer_frames > 0 ? (uint32_t)buffer_frames : 0,
    };
    f->ring.taken = f->ring.written;
    feeder_meter_ring(f);
    (void)pthread_mutex_lock(&p->lock);
    p->heard.ring = ring;
    p->heard.rate_hz = f->ring.rate_hz;
    p->heard.run_frame = f->ring.written;
    player_map_clear(&p->heard.map);
    (void)pthread_mutex_unlock(&p->lock);
}

bool feeder_follow_device(Feeder *f, bool begins, int64_t now_ns)
{
    SonoOutput *output = f->player->output;
    open_or_close(f, begins, now_ns);
    if (!f->open) {
        return false;
    }
    const SonoOutputState state = sono_output_state(output);
    const bool runs = state.phase == SONO_OUTPUT_RUNNING;
    if (f->ring.ring && (!runs || state.epoch != f->ring.epoch)) {
        sono_log(SONO_LOG_DEBUG, "player", "the device's stream has ended: %s", state.line);
        feeder_leave_ring(f);
    }
    f->ring.buffer_frames = f->ring.ring && state.buffer_frames > 0 ? (uint32_t)state.buffer_frames : 0;
    if (!f->ring.ring && runs) {
        uint32_t epoch = 0;
        PlayRing *ring = sono_output_acquire_ring(output, &epoch);
        if (ring) {
            enter_ring(f, ring, epoch, state.buffer_frames);
            return true;
        }
    }
    return false;
}
