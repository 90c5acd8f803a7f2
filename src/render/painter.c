/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CPU painter as a job. */
#include "painter.h"

#include "painter_lane.h"

#include "sono_mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* The levels of all lanes, one after the other, and what they are levels of. */
typedef struct Analysed {
    uint64_t revision, plan_key;
    int n_lanes;
    SonoPictureSpec *specs;
    float *levels;
    bool good;
} Analysed;

struct Painter {
    _Atomic int refs; /* the owner's and the job's */
    SonoEngine *engine;
    SonoGeneration generation;
    pthread_mutex_t lock;    /* guards what follows */
    void (*wake)(void *ctx); /* NULL when the owner is gone */
    void *wake_ctx;
    PainterWish next; /* plan NULL: no wish */
    bool working, finished;
    uint8_t *rgb;
    int width_px, height_px;
    Analysed analysed; /* only the job changes it */
    SonoError error;
};

void painter_wish_clear(PainterWish *wish)
{
    sono_plan_unref(wish->plan);
    sono_clip_unref(wish->clip);
    for (size_t i = 0; i < wish->n_masks; i++) {
        sono_mask_clear(&wish->masks[i].mask);
    }
    sono_free(wish->masks);
    sono_free(wish->lanes);
    *wish = (PainterWish){0};
}

static void analysed_clear(Analysed *a)
{
    sono_free(a->specs);
    sono_free(a->levels);
    *a = (Analysed){0};
}

static void painter_unref(Painter *p)
{
    if (atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) == 1) {
        painter_wish_clear(&p->next);
        analysed_clear(&p->analysed);
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
        painter_wish_clear(&p->next);
        (void)pthread_mutex_unlock(&p->lock);
        sono_generation_bump(&p->generation);
        painter_unref(p);
    }
}

static size_t lane_pixels(const SonoPictureSpec *spec)
{
    return (size_t)spec->width_px * (size_t)spec->height_px;
}

/* Colours do not matter. */
static bool same_levels(const SonoPictureSpec *a, const SonoPictureSpec *b)
{
    return a->width_px == b->width_px && a->height_px == b->height_px && a->t0_s == b->t0_s && a->t1_s == b->t1_s &&
           a->axis.scale == b->axis.scale && a->axis.f0_hz == b->axis.f0_hz && a->axis.f1_hz == b->axis.f1_hz &&
           a->channel == b->channel && a->provisional == b->provisional;
}

static bool is_analysed(const Analysed *a, const PainterWish *wish)
{
    bool same = a->good && a->n_lanes == wish->n_lanes && a->revision == sono_clip_revision(wish->clip) &&
                a->plan_key == wish->plan->key;
    for (int i = 0; i < wish->n_lanes && same; i++) {
        same = same_levels(&a->specs[i], &wish->lanes[i].spec);
    }
    return same;
}

static SonoStatus analyse(SonoEngine *engine, const PainterWish *wish, Analysed *out, SonoError *err)
{
    const SonoPcmReader reader = sono_clip_reader(wish->clip);
    size_t n = 0;
    for (int i = 0; i < wish->n_lanes; i++) {
        n += lane_pixels(&wish->lanes[i].spec);
    }
    Analysed a = {.revision = sono_clip_revision(wish->clip),
                  .plan_key = wish->plan->key,
                  .n_lanes = wish->n_lanes,
                  .specs = sono_calloc((size_t)wish->n_lanes, sizeof *a.specs),
                  .levels = sono_calloc(n, sizeof *a.levels),
                  .good = true};
    SonoStatus status =
        a.specs && a.levels ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory for a picture of %zu pixels", n);
    float *levels = a.levels;
    for (int i = 0; i < wish->n_lanes && status == SONO_OK; i++) {
        a.specs[i] = wish->lanes[i].spec;
        status = sono_picture_levels(engine, wish->plan, &reader, &a.specs[i], levels, err);
        levels += lane_pixels(&a.specs[i]);
    }
    if (status != SONO_OK) {
        analysed_clear(&a);
        return status;
    }
    *out = a;
    return SONO_OK;
}

/* Where the plan has no rows there is no sound to show. */
static void clear_outside(const PainterWish *wish, const SonoPictureSpec *spec, uint8_t *rgb)
{
    const size_t width = (size_t)spec->width_px;
    for (int y = 0; y < spec->height_px; y++) {
        const double freq_hz = sono_freq_axis_hz(&spec->axis, (spec->height_px - y - 0.5) / spec->height_px);
        const double row = sono_plan_row_at(wish->plan, freq_hz);
        for (size_t x = 0; x < width && (row < -0.5 || row > wish->plan->n_rows - 0.5); x++) {
            memcpy(rgb + 3 * ((size_t)y * width + x), wish->background_rgb, 3);
        }
    }
}

/* One lane from its levels. */
static SonoStatus paint_lane(const PainterWish *wish, const PainterLane *lane, const float *levels, uint8_t *rgb,
                             SonoError *err)
{
    const size_t n = lane_pixels(&lane->spec);
    uint8_t *to = rgb + 3 * (size_t)lane->y_px * (size_t)wish->width_px;
    float *edited = sono_calloc(n, sizeof *edited);
    if (!edited) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a picture of %zu pixels", n);
    }
    memcpy(edited, levels, n * sizeof *edited);
    SonoStatus status = painter_lane_edit(wish, lane, edited, err);
    if (status == SONO_OK) {
        sono_picture_colours(&lane->spec, edited, to);
        clear_outside(wish, &lane->spec, to);
    }
    sono_free(edited);
    return status;
}

static SonoStatus paint(const PainterWish *wish, const Analysed *analysed, uint8_t **rgb, SonoError *err)
{
    const size_t n = (size_t)wish->width_px * (size_t)wish->height_px;
    uint8_t *out = sono_calloc(n, 3);
    SonoStatus status = out ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory for a picture of %zu pixels", n);
    for (size_t i = 0; i < n && out; i++) {
        memcpy(out + 3 * i, wish->background_rgb, 3);
    }
    const float *levels = analysed->levels;
    for (int i = 0; i < wish->n_lanes && status == SONO_OK; i++) {
        status = paint_lane(wish, &wish->lanes[i], levels, out, err);
        levels += lane_pixels(&wish->lanes[i].spec);
    }
    if (status != SONO_OK) {
        sono_free(out);
        return status;
    }
    *rgb = out;
    return SONO_OK;
}

/* Meet a wish. Called without the lock: the analysis is the job's own but for the moment of its exchange. */
static SonoStatus meet(Painter *p, const PainterWish *wish, uint8_t **rgb, SonoError *err)
{
    if (!is_analysed(&p->analysed, wish)) {
        Analysed fresh = {0};
        const SonoStatus status = analyse(p->engine, wish, &fresh, err);
        if (status != SONO_OK) {
            return status;
        }
        (void)pthread_mutex_lock(&p->lock);
        Analysed old = p->analysed;
        p->analysed = fresh;
        (void)pthread_mutex_unlock(&p->lock);
        analysed_clear(&old);
    }
    return paint(wish, &p->analysed, rgb, err);
}

/* Until no wish is left. */
static void run(void *data, const SonoJobTicket *ticket)
{
    (void)ticket;
    Painter *p = data;
    (void)pthread_mutex_lock(&p->lock);
    while (p->next.plan) {
        PainterWish wish = p->next;
        p->next = (PainterWish){0};
        (void)pthread_mutex_unlock(&p->lock);
        SonoError error = {0};
        uint8_t *rgb = NULL;
        (void)meet(p, &wish, &rgb, &error);
        (void)pthread_mutex_lock(&p->lock);
        sono_free(p->rgb);
        p->rgb = rgb;
        p->width_px = wish.width_px;
        p->height_px = wish.height_px;
        p->error = error;
        p->finished = true;
        painter_wish_clear(&wish);
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

void painter_ask(Painter *p, PainterWish *wish)
{
    (void)pthread_mutex_lock(&p->lock);
    painter_wish_clear(&p->next);
    p->next = *wish;
    *wish = (PainterWish){0};
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

bool painter_level(Painter *p, int channel, double t_s, double freq_hz, float *level_db)
{
    bool found = false;
    (void)pthread_mutex_lock(&p->lock);
    const float *levels = p->analysed.levels;
    for (int i = 0; i < p->analysed.n_lanes && !found; i++) {
        const SonoPictureSpec *spec = &p->analysed.specs[i];
        const double x = (t_s - spec->t0_s) / (spec->t1_s - spec->t0_s) * spec->width_px;
        const double y = (1.0 - sono_freq_axis_position(&spec->axis, freq_hz)) * spec->height_px;
        if (spec->channel == channel && x >= 0.0 && x < spec->width_px && y >= 0.0 && y < spec->height_px) {
            *level_db = levels[(size_t)y * (size_t)spec->width_px + (size_t)x];
            found = true;
        }
        levels += lane_pixels(spec);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return found;
}
