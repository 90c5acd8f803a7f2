/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits on their way into the document. */
#include "sono_edit_queue.h"

#include "sono_mem.h"

#include "mailbox.h"

typedef struct CommitJob {
    Mailbox *mailbox;
    _Atomic int refs; /* the queue's and the worker's */
    _Atomic bool done;
    SonoGeneration generation;
    SonoEngine *engine;
    SonoEdit edit;
    SonoClip *clip, *result;
    SonoClip *state; /* the earlier one that the operation takes, or NULL */
    SonoCommitReport report;
    SonoStatus status;
    SonoError error;
} CommitJob;

struct SonoEditQueue {
    SonoEngine *engine;
    SonoDocument *doc;
    Mailbox *mailbox;
    CommitJob *running; /* of the oldest */
    SonoEdit *edits;    /* [first, first + n): oldest first */
    size_t first, n, cap;
    size_t n_with_state; /* of them those that take an earlier state */
};

static void job_unref(CommitJob *job)
{
    if (job && atomic_fetch_sub_explicit(&job->refs, 1, memory_order_acq_rel) == 1) {
        sono_edit_clear(&job->edit);
        sono_clip_unref(job->clip);
        sono_clip_unref(job->result);
        sono_clip_unref(job->state);
        mailbox_unref(job->mailbox);
        sono_free(job);
    }
}

SonoStatus sono_edit_queue_new(SonoEngine *engine, SonoDocument *doc, void (*landed)(void *ctx), void *ctx,
                               SonoEditQueue **out, SonoError *err)
{
    SonoEditQueue *queue = sono_calloc(1, sizeof *queue);
    Mailbox *mailbox = mailbox_new(landed, ctx);
    if (!queue || !mailbox) {
        sono_free(queue);
        mailbox_unref(mailbox);
        return sono_fail(err, SONO_E_NOMEM, "no memory for the edit queue");
    }
    *queue = (SonoEditQueue){.engine = engine, .doc = doc, .mailbox = mailbox};
    *out = queue;
    return SONO_OK;
}

/* Leave the running job to its worker. */
static void abandon(SonoEditQueue *queue)
{
    if (queue->running) {
        sono_generation_bump(&queue->running->generation);
        job_unref(queue->running);
        queue->running = NULL;
    }
}

void sono_edit_queue_free(SonoEditQueue *queue)
{
    if (!queue) {
        return;
    }
    mailbox_close(queue->mailbox);
    abandon(queue);
    for (size_t i = 0; i < queue->n; i++) {
        sono_edit_clear(&queue->edits[queue->first + i]);
    }
    sono_free(queue->edits);
    mailbox_unref(queue->mailbox);
    sono_free(queue);
}

static void finish(CommitJob *job)
{
    atomic_store_explicit(&job->done, true, memory_order_release);
    mailbox_wake(job->mailbox);
    job_unref(job);
}

static void run_job(void *data, const SonoJobTicket *ticket)
{
    CommitJob *job = data;
    job->status =
        sono_commit(job->engine, job->clip, &job->edit, job->state, ticket, &job->result, &job->report, &job->error);
    finish(job);
}

static void drop_job(void *data)
{
    CommitJob *job = data;
    job->status = sono_fail(&job->error, SONO_E_CANCELLED, "cancelled");
    finish(job);
}

static SonoStatus fail_state(const SonoEdit *edit, size_t n_before, SonoError *err)
{
    return sono_fail(err, SONO_E_RANGE, "%s: there is no state after %.0f edits, only %zu come before this one",
                     edit->operation->title, edit->params.v[0], n_before);
}

/* Start the oldest edit on the document's clip of now. */
static SonoStatus start(SonoEditQueue *queue, SonoError *err)
{
    const SonoEdit *edit = &queue->edits[queue->first];
    const size_t n_before = sono_document_n_applied(queue->doc);
    if (!sono_edit_has_its_state(edit, n_before)) {
        return fail_state(edit, n_before, err);
    }
    CommitJob *job = sono_calloc(1, sizeof *job);
    if (!job) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for an edit");
    }
    atomic_init(&job->refs, 2);
    job->mailbox = mailbox_ref(queue->mailbox);
    job->engine = queue->engine;
    job->clip = sono_clip_ref(sono_document_clip(queue->doc));
    if (edit->operation->takes_state) {
        job->state = sono_clip_ref(sono_document_clip_at(queue->doc, (size_t)edit->params.v[0]));
    }
    SonoStatus status = sono_edit_copy(edit, &job->edit, err);
    if (status == SONO_OK) {
        status = sono_jobs_post(sono_engine_jobs(queue->engine), SONO_PRIORITY_VISIBLE, &job->generation, run_job,
                                drop_job, job, err);
    }
    if (status != SONO_OK) {
        job_unref(job);
        job_unref(job);
        return status;
    }
    queue->running = job;
    return SONO_OK;
}

static void remove_edit(SonoEditQueue *queue, SonoEdit *edit)
{
    queue->n--;
    queue->n_with_state -= edit->operation->takes_state;
    sono_edit_clear(edit);
}

static void remove_oldest(SonoEditQueue *queue)
{
    remove_edit(queue, &queue->edits[queue->first++]);
    queue->first = queue->n > 0 ? queue->first : 0;
}

/* The oldest edit never comes into the document: states that follow it have one edit less before them. */
static void drop_oldest(SonoEditQueue *queue)
{
    const double n_before = (double)sono_document_n_applied(queue->doc);
    remove_oldest(queue);
    for (size_t i = 0; i < queue->n && queue->n_with_state > 0; i++) {
        SonoEdit *edit = &queue->edits[queue->first + i];
        if (edit->operation->takes_state && edit->params.v[0] > n_before) {
            edit->params.v[0] -= 1.0;
        }
    }
}

/* Room for one more at the end. What was committed leaves room at the front, which is used once it is half of all. */
static SonoStatus reserve(SonoEditQueue *queue, SonoError *err)
{
    if (queue->first + queue->n < queue->cap) {
        return SONO_OK;
    }
    if (queue->first > queue->n) {
        for (size_t i = 0; i < queue->n; i++) {
            queue->edits[i] = queue->edits[queue->first + i];
        }
        queue->first = 0;
        return SONO_OK;
    }
    const size_t cap = queue->cap ? 2 * queue->cap : 4;
    SonoEdit *more = sono_realloc_array(queue->edits, cap, sizeof *more);
    if (!more) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for an edit");
    }
    queue->edits = more;
    queue->cap = cap;
    return SONO_OK;
}

SonoStatus sono_edit_queue_push(SonoEditQueue *queue, const SonoEdit *edit, SonoError *err)
{
    const size_t n_before = sono_document_n_applied(queue->doc) + queue->n;
    SonoStatus status = sono_params_check(edit->operation->params, &edit->params, err);
    if (status == SONO_OK && !sono_edit_has_its_state(edit, n_before)) {
        status = fail_state(edit, n_before, err);
    }
    if (status == SONO_OK) {
        status = reserve(queue, err);
    }
    if (status == SONO_OK) {
        status = sono_edit_copy(edit, &queue->edits[queue->first + queue->n], err);
    }
    if (status != SONO_OK) {
        return status;
    }
    queue->n++;
    queue->n_with_state += edit->operation->takes_state;
    if (queue->n == 1) { /* else the next poll starts the oldest, and tells if that fails */
        status = start(queue, err);
        if (status != SONO_OK) {
            drop_oldest(queue);
        }
    }
    return status;
}

bool sono_edit_queue_take_back(SonoEditQueue *queue)
{
    if (queue->n == 0) {
        return false;
    }
    remove_edit(queue, &queue->edits[queue->first + queue->n - 1]);
    if (queue->n == 0) {
        abandon(queue);
    }
    return true;
}

size_t sono_edit_queue_n(const SonoEditQueue *queue)
{
    return queue->n;
}

const SonoEdit *sono_edit_queue_edit(const SonoEditQueue *queue, size_t index)
{
    return index < queue->n ? &queue->edits[queue->first + index] : NULL;
}

static SonoQueueEvent settle(SonoEditQueue *queue, const CommitJob *job, SonoError *err)
{
    if (job->status != SONO_OK) {
        (void)sono_fail(err, job->status, "%s", job->error.message);
        return SONO_QUEUE_FAILED;
    }
    if (job->report.dirty.n_frames == 0) {
        return SONO_QUEUE_NO_CHANGE;
    }
    const SonoStatus status = sono_document_push(queue->doc, sono_clip_revision(job->clip), &job->edit, job->result,
                                                 job->report.dirty, job->report.region, err);
    return status == SONO_OK ? SONO_QUEUE_COMMITTED : SONO_QUEUE_FAILED;
}

SonoQueueEvent sono_edit_queue_poll(SonoEditQueue *queue, SonoCommitReport *report, SonoError *err)
{
    if (!queue->running && queue->n > 0 && start(queue, err) != SONO_OK) {
        drop_oldest(queue);
        return SONO_QUEUE_FAILED;
    }
    CommitJob *job = queue->running;
    if (!job || !atomic_load_explicit(&job->done, memory_order_acquire)) {
        return SONO_QUEUE_NOTHING;
    }
    queue->running = NULL;
    const SonoQueueEvent event = settle(queue, job, err);
    if (event == SONO_QUEUE_COMMITTED) {
        remove_oldest(queue);
    } else {
        drop_oldest(queue);
    }
    if (report) {
        *report = job->report;
    }
    job_unref(job);
    return event;
}
