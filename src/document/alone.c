/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sound inside a mask alone: which cells are there, and one job at a time for the next ones. */
#include "alone.h"

#include "sono_clip.h"
#include "sono_clock.h"
#include "sono_mem.h"

#include "alone_job.h"
#include "listen_without.h"

#include <stdio.h>
#include <string.h>

/* The first piece is short, so that it is heard at once; later ones are longer, for what they share of their work. */
#define FIRST_PIECE_S 0.3
#define LONGEST_PIECE_S 6.0
#define MAX_PIECE_SAMPLES ((int64_t)3 << 20) /* of all channels: a job of some 100 ms */

/* Shared with the job. While it runs, all but refs and done are the job's; else they are the owner's. */
typedef struct Work {
    _Atomic int refs;
    _Atomic bool done;
    SonoGeneration generation;
    Mailbox *mailbox;
    SonoEngine *engine;
    SonoClip *clip, *without;
    SonoEdit edit;
    SonoPlan *plan; /* NULL until the first job */
    AloneCells cells;
    SonoSpan frames;    /* for the first job, which finds its cells by itself */
    int64_t first, end; /* cells of the last job */
    double work_s;      /* it took */
    SonoStatus status;
    SonoError error;
} Work;

struct Alone {
    Work *work;
    bool running;
    double piece_s;
    int64_t n_frames;
    double speed;    /* seconds of sound in a second, of the last job */
    SonoError error; /* code SONO_OK: none */
    SonoClip *without;
    const SonoPlan *plan; /* the work's; NULL until its first job is done */
    AloneCells cells;
    uint8_t *made; /* [cells.n]: 1 where the cell has been taken out */
};

static void work_unref(Work *w)
{
    if (w && atomic_fetch_sub_explicit(&w->refs, 1, memory_order_acq_rel) == 1) {
        sono_edit_clear(&w->edit);
        sono_plan_unref(w->plan);
        sono_clip_unref(w->clip);
        sono_clip_unref(w->without);
        mailbox_unref(w->mailbox);
        sono_free(w);
    }
}

SonoStatus alone_new(SonoEngine *engine, const SonoClip *clip, const SonoMask *mask, int channel, Mailbox *mailbox,
                     Alone **out, SonoError *err)
{
    SonoStatus status = SONO_E_NOMEM;
    Alone *a = sono_calloc(1, sizeof *a);
    Work *w = sono_calloc(1, sizeof *w);
    if (!a || !w) {
        (void)sono_fail(err, status, "no memory to listen to the selection");
        goto fail;
    }
    status = listen_without_edit(mask, channel < sono_clip_n_channels(clip) ? channel : -1, &w->edit, err);
    if (status != SONO_OK) {
        goto fail;
    }
    atomic_init(&w->refs, 1);
    w->mailbox = mailbox_ref(mailbox);
    w->engine = engine;
    w->clip = sono_clip_ref(clip);
    w->without = sono_clip_ref(clip);
    a->without = sono_clip_ref(clip);
    a->work = w;
    a->piece_s = FIRST_PIECE_S;
    *out = a;
    return SONO_OK;
fail:
    sono_free(a);
    sono_free(w);
    return status;
}

void alone_free(Alone *a)
{
    if (a) {
        sono_generation_bump(&a->work->generation);
        work_unref(a->work);
        sono_clip_unref(a->without);
        sono_free(a->made);
        sono_free(a);
    }
}

/* --- the job --- */

/* The transform follows from the whole mask, once; pieces of it name that. */
static SonoStatus settle_plan(Work *w)
{
    const int64_t n_frames = sono_clip_n_frames(w->clip);
    SonoPlan *plan = NULL;
    const SonoStatus status =
        sono_commit_plan(w->engine, &w->edit, sono_clip_rate_hz(w->clip), n_frames, &plan, &w->error);
    if (status != SONO_OK || !plan) {
        return status;
    }
    w->plan = plan;
    (void)snprintf(w->edit.transform, sizeof w->edit.transform, "%s", plan->transform);
    w->edit.transform_params = plan->params;
    w->cells = alone_cells(plan, n_frames);
    alone_cells_of(w->cells, plan, w->frames, &w->first, &w->end);
    if (w->edit.mask.n_shapes >= SONO_MASK_MAX_SHAPES) { /* cannot be cut by one shape more */
        w->first = 0;
        w->end = w->cells.n;
    }
    return SONO_OK;
}

static void finish(Work *w)
{
    atomic_store_explicit(&w->done, true, memory_order_release);
    mailbox_wake(w->mailbox);
    work_unref(w);
}

static void run_job(void *data, const SonoJobTicket *ticket)
{
    Work *w = data;
    SonoClip *next = NULL;
    const double start_s = sono_now_s();
    w->status = w->plan ? SONO_OK : settle_plan(w);
    if (w->status == SONO_OK) {
        w->status = alone_take_out(w->engine, w->clip, &w->edit, w->plan, w->cells, w->first, w->end, w->without,
                                   ticket, &next, &w->error);
    }
    if (next) {
        sono_clip_unref(w->without);
        w->without = next;
    }
    w->work_s = sono_now_s() - start_s;
    finish(w);
}

static void drop_job(void *data)
{
    Work *w = data;
    w->status = sono_fail(&w->error, SONO_E_CANCELLED, "cancelled");
    finish(w);
}

/* --- its owner --- */

static bool take_cells(Alone *a, const Work *w)
{
    if (!a->made) {
        a->made = sono_calloc((size_t)w->cells.n, sizeof *a->made);
        a->plan = w->plan;
        a->cells = w->cells;
    }
    if (!a->made) {
        return false;
    }
    const int64_t n_frames = (w->end - w->first) * w->cells.slices_per_cell * w->plan->slice_hop;
    memset(a->made + w->first, 1, (size_t)(w->end - w->first));
    a->n_frames += n_frames;
    a->speed = (double)n_frames / (w->plan->rate_hz * (w->work_s > 1e-6 ? w->work_s : 1e-6));
    return true;
}

bool alone_poll(Alone *a)
{
    Work *w = a->work;
    if (!a->running || !atomic_load_explicit(&w->done, memory_order_acquire)) {
        return false;
    }
    a->running = false;
    if (w->status != SONO_OK) {
        a->error = w->error;
        a->error.code = w->status;
    } else if (!take_cells(a, w)) {
        (void)sono_fail(&a->error, SONO_E_NOMEM, "no memory to listen to the selection");
    } else {
        sono_clip_unref(a->without);
        a->without = sono_clip_ref(w->without);
    }
    return true;
}

/* The first run of cells that are not there, of those the frames need; false: all are there. */
static bool missing(const Alone *a, SonoSpan frames, int64_t *first, int64_t *end)
{
    int64_t last = 0;
    alone_cells_of(a->cells, a->plan, frames, first, &last);
    while (*first < last && a->made[*first]) {
        ++*first;
    }
    *end = *first;
    while (*end < last && !a->made[*end]) {
        ++*end;
    }
    return *first < *end;
}

bool alone_has(const Alone *a, SonoSpan frames)
{
    int64_t first = 0;
    int64_t end = 0;
    return frames.n_frames <= 0 || (a->made && !missing(a, frames, &first, &end));
}

/* Pieces grow, but a job is to be done soon. */
static void lengthen(Alone *a, double rate_hz)
{
    const double most_s = (double)(MAX_PIECE_SAMPLES / sono_clip_n_channels(a->work->clip)) / rate_hz;
    const double longest_s = most_s < LONGEST_PIECE_S ? most_s : LONGEST_PIECE_S;
    a->piece_s = 2.0 * a->piece_s < longest_s ? 2.0 * a->piece_s : longest_s;
}

void alone_want(Alone *a, SonoSpan frames, SonoPriority priority)
{
    Work *w = a->work;
    if (a->running || a->error.code != SONO_OK || frames.n_frames <= 0) {
        return;
    }
    const double rate_hz = sono_clip_rate_hz(w->clip);
    const int64_t piece = (int64_t)(a->piece_s * rate_hz);
    if (a->made) {
        const int64_t cell = a->cells.slices_per_cell * a->plan->slice_hop;
        const int64_t most = piece > cell ? piece / cell : 1;
        if (!missing(a, frames, &w->first, &w->end)) {
            return;
        }
        w->end = w->end - w->first < most ? w->end : w->first + most;
    } else {
        w->frames = (SonoSpan){frames.start_frame, frames.n_frames < piece ? frames.n_frames : piece};
    }
    w->error = (SonoError){0};
    atomic_store_explicit(&w->done, false, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&w->refs, 1, memory_order_relaxed);
    if (sono_jobs_post(sono_engine_jobs(w->engine), priority, &w->generation, run_job, drop_job, w, &a->error) !=
        SONO_OK) {
        a->error.code = SONO_E_NOMEM;
        work_unref(w);
        return;
    }
    a->running = true;
    lengthen(a, rate_hz);
}

int64_t alone_n_frames(const Alone *a)
{
    return a->n_frames;
}
double alone_speed(const Alone *a)
{
    return a->speed;
}
const SonoClip *alone_clip(const Alone *a)
{
    return a->work->clip;
}
const SonoClip *alone_without(const Alone *a)
{
    return a->without;
}
const char *alone_failure(const Alone *a)
{
    return a->error.code != SONO_OK ? a->error.message : NULL;
}
