/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main thread's side of a player: writes down what is asked for and wakes the feeder. */
#include "sono_player.h"

#include <string.h>

#include "feeder.h"
#include "player_private.h"
#include "sono_mem.h"

/* With the lock. */
static void wake(SonoPlayer *p)
{
    p->woken = true;
    (void)pthread_cond_signal(&p->wake);
}

static void lock(SonoPlayer *p)
{
    (void)pthread_mutex_lock(&p->lock);
}

static void wake_unlock(SonoPlayer *p)
{
    wake(p);
    (void)pthread_mutex_unlock(&p->lock);
}

static void on_output_changed(void *ctx)
{
    SonoPlayer *p = ctx;
    lock(p);
    wake_unlock(p);
    if (p->changed) {
        p->changed(p->ctx);
    }
}

static void init_locks(SonoPlayer *p)
{
    pthread_condattr_t attr; /* none of this fails on Linux */
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&p->wake, &attr);
    (void)pthread_condattr_destroy(&attr);
    pthread_mutexattr_t kind; /* whoever holds it while the feeder waits is as urgent as the feeder */
    (void)pthread_mutexattr_init(&kind);
    (void)pthread_mutexattr_setprotocol(&kind, PTHREAD_PRIO_INHERIT);
    (void)pthread_mutex_init(&p->lock, &kind);
    (void)pthread_mutexattr_destroy(&kind);
}

SonoStatus sono_player_new(void (*changed)(void *ctx), void *ctx, SonoPlayer **out, SonoError *err)
{
    SonoPlayer *p = sono_calloc(1, sizeof *p);
    if (!p) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for playing");
    }
    p->changed = changed;
    p->ctx = ctx;
    init_locks(p);
    SonoStatus status = sono_output_new(on_output_changed, p, &p->output, err);
    if (status == SONO_OK) {
        p->feeder = feeder_new(p);
        if (!p->feeder || pthread_create(&p->thread, NULL, feeder_thread, p->feeder) != 0) {
            feeder_free(p->feeder);
            sono_output_free(p->output);
            status = sono_fail(err, SONO_E_NOMEM, "no memory for playing");
        }
    }
    if (status != SONO_OK) {
        (void)pthread_cond_destroy(&p->wake);
        (void)pthread_mutex_destroy(&p->lock);
        sono_free(p);
        return status;
    }
    *out = p;
    return SONO_OK;
}

void sono_player_free(SonoPlayer *p)
{
    if (!p) {
        return;
    }
    lock(p);
    p->ask.quit = true;
    wake_unlock(p);
    (void)pthread_join(p->thread, NULL);
    feeder_free(p->feeder);
    sono_output_free(p->output);
    play_voice_unref(&p->ask.voice);
    (void)pthread_cond_destroy(&p->wake);
    (void)pthread_mutex_destroy(&p->lock);
    sono_free(p);
}

void sono_player_set_device(SonoPlayer *p, const char *device, double rate_hz, int buffer_frames)
{
    lock(p);
    (void)memset(p->ask.device, 0, sizeof p->ask.device);
    for (size_t i = 0; device && device[i] && i + 1 < sizeof p->ask.device; i++) {
        p->ask.device[i] = device[i];
    }
    p->ask.rate_hz = rate_hz;
    p->ask.buffer_frames = buffer_frames;
    p->ask.device_serial++;
    wake_unlock(p);
}

void sono_player_set_mix(SonoPlayer *p, const SonoPlayMix *mix)
{
    lock(p);
    p->ask.voice.mix = *mix;
    wake_unlock(p);
}

void sono_player_set_sound(SonoPlayer *p, const SonoPlaySound *sound)
{
    lock(p);
    PlayVoice before = p->ask.voice;
    const PlayVoice voice = {*sound, before.mix};
    p->ask.voice = play_voice_ref(&voice);
    wake_unlock(p);
    play_voice_unref(&before); /* may free blocks: not with the lock */
}

void sono_player_play(SonoPlayer *p, const SonoPlayRange *range, int64_t from_frame)
{
    lock(p);
    p->ask.phase = SONO_PLAY_PLAYING;
    p->ask.range = *range;
    p->ask.at_frame = from_frame;
    p->ask.serial++;
    wake_unlock(p);
}

void sono_player_set_range(SonoPlayer *p, const SonoPlayRange *range)
{
    lock(p);
    p->ask.range = *range;
    p->ask.range_serial++;
    wake_unlock(p);
}

/* With the lock: what a state says of the position. */
static PlayerPlace place_now(const SonoPlayer *p)
{
    const PlayerAsk *ask = &p->ask;
    PlayerPlace place = player_place(&p->heard, player_now_ns());
    if (ask->phase == SONO_PLAY_STOPPED) {
        place.clip_frame = ask->stopped_frame;
    } else if (p->heard.serial != ask->serial) {
        place.clip_frame = (double)ask->at_frame;
    }
    return place;
}

void sono_player_stop(SonoPlayer *p)
{
    lock(p);
    p->ask.stopped_frame = place_now(p).clip_frame;
    p->ask.phase = SONO_PLAY_STOPPED;
    p->ask.serial++;
    wake_unlock(p);
}

void sono_player_scrub(SonoPlayer *p, int64_t at_frame)
{
    lock(p);
    p->ask.at_frame = at_frame;
    if (p->ask.phase != SONO_PLAY_SCRUBBING) {
        p->ask.phase = SONO_PLAY_SCRUBBING;
        p->ask.serial++;
    }
    wake_unlock(p);
}

SonoPlayState sono_player_state(SonoPlayer *p)
{
    SonoPlayState s = {.output = sono_output_state(p->output)};
    lock(p);
    const PlayerPlace place = place_now(p);
    s.phase = p->ask.phase;
    s.position_frames = place.clip_frame;
    s.sounding = place.sounding;
    s.sound_revision = place.revision;
    s.meters = player_reading(&p->heard.readings, player_now_ns());
    (void)pthread_mutex_unlock(&p->lock);
    return s;
}

void sono_player_reset_meters(SonoPlayer *p)
{
    lock(p);
    p->ask.reset_serial++;
    wake_unlock(p);
}
