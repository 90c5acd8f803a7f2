/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CPU painter as a job. */
#include "painter.h"

#include "sono_mem.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct Wish {
    SonoPlan *plan; /* NULL: no wish */
    SonoClip *clip;
    SonoPictureSpec spec;
} Wish;

struct Painter {
    _Atomic int refs; /* the owner's and the job's */
    SonoEngine *engine;
    SonoGeneration generation;
    pthread_mutex_t lock;    /* guards what follows */
    void (*wake)(void *ctx); /* NULL when the owner is gone */
    void *wake_ctx;
    Wish next;
    bool working, finished;
    uint8_t *rgb;
    int width_px, height_px;
    SonoError error;
};

static void wish_clear(Wish *wish)
{
    sono_plan_unref(wish->plan);
    sono_clip_unref(wish->clip);
    *wish = (Wish){0};
}

static void painter_unref(Painter *p)
{
    if (atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) == 1) {
        wish_clear(&p->next);
        sono_free(p->rgb);
        (void)pthread_mutex_destroy(&p->lock);
        sono_free(p);
    }
}

SonoStatus painter_new(SonoEngine *engine, void (*wake)(void *ctx), void *ctx, Painter **out, SonoError *err)
{
    Painter *p = sono_calloc(1, sizeof *p);
    if (!p) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the painter");
    }
    atomic_init(&p->refs, 1);
    (void)pthread_mutex_init(&p->lock, NULL); /* cannot fail with default attributes on Linux */
    p->engine = engine;
    p->wake = wake;
    p->wake_ctx = ctx;
    *out = p;
    return SONO_OK;
}

void painter_free(Painter *p)
{
    if (p) {
        (void)pthread_mutex_lock(&p->lock);
        p->wake = NULL;
        wish_clear(&p->next);
        (void)pthread_mutex_unlock(&p->lock);
        sono_generation_bump(&p->generation);
        painter_unref(p);
    }
}

static SonoStatus paint(SonoEngine *engine, const Wish *wish, uint8_t **rgb, SonoError *err)
{
    const size_t n = (size_t)wish->spec.width_px * (size_t)wish->spec.height_px;
    const SonoPcmReader reader = sono_clip_reader(wish->clip);
    float *levels = sono_calloc(n, sizeof *levels);
    uint8_t *out = sono_calloc(n, 3);
    SonoStatus status = levels && out ? sono_picture_levels(engine, wish->plan, &reader, &wish->spec, levels, err)
                                      : sono_fail(err, SONO_E_NOMEM, "no memory for a picture of %zu pixels", n);
    if (status == SONO_OK) {
        sono_picture_colours(&wish->spec, levels, out);
        *rgb = out;
        out = NULL;
    }
    sono_free(out);
    sono_free(levels);
    return status;
}

/* Until no wish is left. */
static void run(void *data, const SonoJobTicket *ticket)
{
    (void)ticket;
    Painter *p = data;
    (void)pthread_mutex_lock(&p->lock);
    while (p->next.plan) {
        Wish wish = p->next;
        p->next = (Wish){0};
        (void)pthread_mutex_unlock(&p->lock);
        SonoError error = {0};
        uint8_t *rgb = NULL;
        (void)paint(p->engine, &wish, &rgb, &error);
        (void)pthread_mutex_lock(&p->lock);
        sono_free(p->rgb);
        p->rgb = rgb;
        p->width_px = wish.spec.width_px;
        p->height_px = wish.spec.height_px;
        p->error = error;
        p->finished = true;
        wish_clear(&wish);
        p->working = p->next.plan != NULL;
        if (p->wake) {
            p->wake(p->wake_ctx);
        }
    }
    p->working = false;
    (void)pthread_mutex_unlock(&p->lock);
    painter_unref(p);
}

static void drop(void *data)
{
    Painter *p = data;
    (void)pthread_mutex_lock(&p->lock);
    p->working = false;
    (void)pthread_mutex_unlock(&p->lock);
    painter_unref(p);
}

void painter_ask(Painter *p, const SonoPlan *plan, const SonoClip *clip, const SonoPictureSpec *spec)
{
    (void)pthread_mutex_lock(&p->lock);
    wish_clear(&p->next);
    p->next = (Wish){sono_plan_ref(plan), sono_clip_ref(clip), *spec};
    const bool start = !p->working;
    p->working = true;
    (void)pthread_mutex_unlock(&p->lock);
    if (start) {
        (void)atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
        if (sono_jobs_post(sono_engine_jobs(p->engine), SONO_PRIORITY_VISIBLE, &p->generation, run, drop, p, NULL) !=
            SONO_OK) {
            drop(p); /* no memory: the next wish tries again */
        }
    }
}

bool painter_take(Painter *p, uint8_t **rgb, int *width_px, int *height_px, bool *latest, SonoError *err)
{
    (void)pthread_mutex_lock(&p->lock);
    const bool finished = p->finished;
    if (finished) {
        *rgb = p->rgb;
        *width_px = p->width_px;
        *height_px = p->height_px;
        *latest = !p->working;
        if (!p->rgb) {
            (void)sono_fail(err, p->error.code, "%s", p->error.message);
        }
        p->rgb = NULL;
        p->finished = false;
    }
    (void)pthread_mutex_unlock(&p->lock);
    return finished;
}
