/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "feeder.h"

#include <errno.h>
#include <math.h>
#include <time.h>

#include "feeder_urgent.h"
#include "sono_mem.h"

#define TICK_S 0.005      /* the longest sleep while something sounds */
#define SHORT_TICK_S 3e-4 /* the shortest, with a device that does not keep time */
#define SLOW_TICK_S 0.02  /* while bars fall, or a device is being waited for */
#define REST_TICK_S 1.0   /* while only the idle device's time runs */
#define SPARE_S 0.010     /* sleep until so much is missing */
#define WARM_EVERY_NS 100000000

Feeder *feeder_new(SonoPlayer *player)
{
    Feeder *f = sono_calloc(1, sizeof *f);
    FeederWarm *warm = feeder_warm_new();
    if (!f || !warm) {
        sono_free(f);
        feeder_warm_free(warm);
        return NULL;
    }
    f->player = player;
    f->warm = warm;
    return f;
}

void feeder_free(Feeder *f)
{
    if (f) {
        feeder_free_run(&f->run);
        feeder_scrub_free(f->scrub);
        feeder_warm_free(f->warm);
        sono_meters_free(f->meters.meters);
        play_voice_unref(&f->ask.voice);
        sono_free(f);
    }
}

/* The feeder's copy of what is asked for; returns what it was before, without the voice. False: to quit. */
static bool take_ask(Feeder *f, PlayerAsk *before, bool *voice_changed)
{
    SonoPlayer *p = f->player;
    PlayVoice voice = {0};
    (void)pthread_mutex_lock(&p->lock);
    p->woken = false;
    const bool quit = p->ask.quit;
    *voice_changed = !play_voice_same(&p->ask.voice, &f->ask.voice);
    if (*voice_changed) {
        voice = play_voice_ref(&p->ask.voice);
    }
    PlayerAsk now = p->ask;
    (void)pthread_mutex_unlock(&p->lock);
    *before = f->ask;
    now.voice = f->ask.voice;
    f->ask = now;
    if (*voice_changed) {
        play_voice_unref(&f->ask.voice); /* what plays holds references of its own */
        f->ask.voice = voice;
    }
    return !quit;
}

static void tell_changed(const SonoPlayer *p)
{
    if (p->changed) {
        p->changed(p->ctx);
    }
}

static double resume_frame(Feeder *f)
{
    SonoPlayer *p = f->player;
    (void)pthread_mutex_lock(&p->lock);
    const double frame = p->heard.resume_frame;
    (void)pthread_mutex_unlock(&p->lock);
    return f->ask.phase == SONO_PLAY_SCRUBBING ? (double)f->ask.at_frame : frame;
}

/* Play, stop, scrub, another range, another voice, a device that is back. */
static void follow_transport(Feeder *f, const PlayerAsk *before, bool voice_changed, bool new_ring)
{
    const bool anew = f->ask.serial != before->serial;
    if (anew && f->ask.phase == SONO_PLAY_STOPPED) {
        feeder_end_run(f);
    } else if (anew) {
        feeder_begin_run(f, (double)f->ask.at_frame);
    } else if (new_ring && f->ask.phase != SONO_PLAY_STOPPED) {
        feeder_begin_run(f, resume_frame(f));
    } else if (f->ask.range_serial != before->range_serial && f->ask.phase == SONO_PLAY_PLAYING) {
        feeder_change_range(f, &f->ask.range);
    }
    if (voice_changed && !anew) {
        feeder_change_voice(f);
    }
}

static void follow_end(Feeder *f, int64_t now_ns)
{
    SonoPlayer *p = f->player;
    if (!feeder_heard_end(f, now_ns)) {
        return;
    }
    (void)pthread_mutex_lock(&p->lock);
    const bool still = p->ask.serial == f->ask.serial && p->ask.range_serial == f->ask.range_serial;
    if (still) {
        p->ask.phase = f->ask.phase = SONO_PLAY_STOPPED;
        p->ask.stopped_frame = (double)f->ask.range.end_frame;
    }
    (void)pthread_mutex_unlock(&p->lock);
    if (still) {
        feeder_end_run(f);
        tell_changed(p);
    }
}

static void keep_warm(Feeder *f, int64_t now_ns)
{
    const bool wants = f->run.active && !f->run.scrubs;
    if (wants && now_ns - f->warmed_ns > WARM_EVERY_NS) {
        feeder_warm_aim(f->warm, &f->ask.voice.sound, play_source_at(f->run.source), &f->ask.range);
        f->warmed_ns = now_ns;
    } else if (!wants && f->warmed_ns) {
        feeder_warm_rest(f->warm);
        f->warmed_ns = 0;
    }
}

/* Until there is something to do, unless it is told before. */
static double sleep_s(const Feeder *f, int64_t now_ns)
{
    if (f->run.active) {
        const double spare = (double)feeder_queued(f) - (double)feeder_target(f) + SPARE_S * f->ring.rate_hz;
        const double s = f->run.drained ? TICK_S : spare / f->ring.rate_hz;
        return fmin(fmax(s, SHORT_TICK_S), TICK_S);
    }
    if (f->ask.phase != SONO_PLAY_STOPPED || now_ns < f->meters.fall_until_ns) {
        return SLOW_TICK_S;
    }
    return f->open ? REST_TICK_S : 0.0;
}

static void rest(Feeder *f, double s)
{
    SonoPlayer *p = f->player;
    const int64_t until_ns = player_now_ns() + (int64_t)(1e9 * s);
    const struct timespec until = {.tv_sec = until_ns / 1000000000, .tv_nsec = (long)(until_ns % 1000000000)};
    (void)pthread_mutex_lock(&p->lock);
    int rc = 0;
    while (!p->woken && rc != ETIMEDOUT) {
        rc = s > 0.0 ? pthread_cond_timedwait(&p->wake, &p->lock, &until) : pthread_cond_wait(&p->wake, &p->lock);
    }
    (void)pthread_mutex_unlock(&p->lock);
}

void *feeder_thread(void *ctx)
{
    Feeder *f = ctx;
    PlayerAsk before = {0};
    bool voice_changed = false;
    feeder_make_urgent();
    while (take_ask(f, &before, &voice_changed)) {
        int64_t now_ns = player_now_ns();
        const bool begins = f->ask.phase != SONO_PLAY_STOPPED &&
                            (f->ask.serial != before.serial || f->ask.device_serial != before.device_serial);
        const bool new_ring = feeder_follow_device(f, begins, now_ns);
        follow_transport(f, &before, voice_changed, new_ring);
        feeder_fill(f);
        now_ns = player_now_ns();
        feeder_meter(f, now_ns);
        follow_end(f, now_ns);
        keep_warm(f, now_ns);
        rest(f, sleep_s(f, player_now_ns()));
    }
    feeder_end_run(f);
    feeder_leave_ring(f);
    return NULL;
}
