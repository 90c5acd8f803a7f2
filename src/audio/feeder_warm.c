/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "feeder_warm.h"

#include <pthread.h>

#include "sono_mem.h"

typedef struct Aim {
    PlayVoice voice; /* its mix plays no part */
    int64_t at_frame;
    SonoPlayRange range;
} Aim;

struct FeederWarm {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    Aim aim; /* guarded, as the two below */
    bool fresh, quit;
};

static bool is_over(FeederWarm *w)
{
    (void)pthread_mutex_lock(&w->lock);
    const bool over = w->fresh || w->quit;
    (void)pthread_mutex_unlock(&w->lock);
    return over;
}

/* One frame of each block under [start, end); stops when there is something newer. */
static void touch(FeederWarm *w, const SonoClip *clip, int64_t start, int64_t end)
{
    const int64_t n_frames = clip ? sono_clip_n_frames(clip) : 0;
    start = start < 0 ? 0 : start - start % SONO_BLOCK_FRAMES;
    end = end < n_frames ? end : n_frames;
    for (int64_t frame = start; frame < end; frame += SONO_BLOCK_FRAMES) {
        for (int c = 0; c < sono_clip_n_channels(clip); c++) {
            float sample = 0.0F;
            if (is_over(w)) {
                return;
            }
            (void)sono_clip_read(clip, c, frame, 1, &sample, NULL); /* an error will show where it is played */
        }
    }
}

static void touch_ahead(FeederWarm *w, const Aim *aim)
{
    const SonoPlaySound *sound = &aim->voice.sound;
    if (!sound->clip) {
        return;
    }
    const int64_t ahead = (int64_t)(FEEDER_WARM_S * sono_clip_rate_hz(sound->clip));
    const int64_t end = aim->at_frame + ahead;
    touch(w, sound->clip, aim->at_frame, end);
    touch(w, sound->minus, aim->at_frame, end);
    if (aim->range.loop && end > aim->range.end_frame) {
        const int64_t start = aim->range.start_frame;
        touch(w, sound->clip, start - SONO_BLOCK_FRAMES, start + ahead); /* the seam looks a little before it */
        touch(w, sound->minus, start - SONO_BLOCK_FRAMES, start + ahead);
    }
}

static void *run(void *ctx)
{
    FeederWarm *w = ctx;
    (void)pthread_mutex_lock(&w->lock);
    while (!w->quit) {
        if (!w->fresh) {
            (void)pthread_cond_wait(&w->wake, &w->lock);
            continue;
        }
        w->fresh = false;
        Aim aim = w->aim;
        aim.voice = play_voice_ref(&w->aim.voice);
        (void)pthread_mutex_unlock(&w->lock);
        touch_ahead(w, &aim);
        play_voice_unref(&aim.voice);
        (void)pthread_mutex_lock(&w->lock);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return NULL;
}

FeederWarm *feeder_warm_new(void)
{
    FeederWarm *w = sono_calloc(1, sizeof *w);
    if (!w) {
        return NULL;
    }
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->wake, NULL);
    if (pthread_create(&w->thread, NULL, run, w) != 0) {
        (void)pthread_cond_destroy(&w->wake);
        (void)pthread_mutex_destroy(&w->lock);
        sono_free(w);
        return NULL;
    }
    return w;
}

static void set_aim(FeederWarm *w, const Aim *aim)
{
    (void)pthread_mutex_lock(&w->lock);
    Aim before = w->aim;
    w->aim = *aim;
    w->fresh = true;
    (void)pthread_cond_signal(&w->wake);
    (void)pthread_mutex_unlock(&w->lock);
    play_voice_unref(&before.voice);
}

void feeder_warm_free(FeederWarm *w)
{
    if (!w) {
        return;
    }
    (void)pthread_mutex_lock(&w->lock);
    w->quit = true;
    (void)pthread_cond_signal(&w->wake);
    (void)pthread_mutex_unlock(&w->lock);
    (void)pthread_join(w->thread, NULL);
    play_voice_unref(&w->aim.voice);
    (void)pthread_cond_destroy(&w->wake);
    (void)pthread_mutex_destroy(&w->lock);
    sono_free(w);
}

void feeder_warm_aim(FeederWarm *w, const SonoPlaySound *sound, int64_t at_frame, const SonoPlayRange *range)
{
    const PlayVoice voice = {.sound = *sound};
    const Aim aim = {play_voice_ref(&voice), at_frame, *range};
    set_aim(w, &aim);
}

void feeder_warm_rest(FeederWarm *w)
{
    const Aim none = {0};
    set_aim(w, &none);
}
