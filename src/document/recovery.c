/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeping a document's edits safe: the main thread takes a snapshot of the list, a worker writes the newest one. */
#include "sono_recovery.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "document_private.h"
#include "fingerprint.h"
#include "recovery_writer.h"
#include "sono_mem.h"

typedef struct Snapshot {
    uint64_t number;
    bool remove;     /* nothing to lose: the file goes */
    bool saved_over; /* the edits start from the sound as it was last saved */
    bool look_again; /* the sound was saved over: it has another fingerprint */
    size_t n_edits;
    RecoveryEdit *edits[];
} Snapshot;

/* What the main thread and a worker share. */
typedef struct Keeper {
    _Atomic int refs;
    _Atomic bool stop; /* closed: be quick */
    pthread_mutex_t lock;
    pthread_cond_t idle;
    /* guarded by lock */
    Snapshot *pending; /* or NULL */
    bool posted;       /* a job is queued or running */
    bool busy;         /* a job uses the writer */
    bool closed;
    uint64_t n_done; /* number of the last snapshot that was dealt with */
    bool has_error;
    SonoError error;
    void (*wake)(void *ctx); /* of who wants to hear of errors, or NULL */
    void *wake_ctx;
    /* whoever is busy; after closing, the main thread */
    RecoveryWriter writer;
} Keeper;

struct SonoRecovery {
    SonoEngine *engine;
    Keeper *keeper;
    uint64_t n_asked; /* snapshots so far */
    /* copies of the document's edits [from, from + n), told apart by their serial numbers */
    RecoveryEdit **edits;
    uint64_t *serials;
    size_t from, n, cap;
    /* The state that the opened file holds now: how many edits, and which clip. */
    size_t base_n;
    uint64_t base_revision;
    uint64_t saved_revision; /* as last seen */
    bool saved_over, look_again;
};

static void snapshot_free(Snapshot *s)
{
    for (size_t i = 0; s && i < s->n_edits; i++) {
        recovery_edit_unref(s->edits[i]);
    }
    sono_free(s);
}

static void keeper_unref(Keeper *k)
{
    if (atomic_fetch_sub_explicit(&k->refs, 1, memory_order_acq_rel) == 1) {
        snapshot_free(k->pending);
        recovery_writer_clear(&k->writer);
        (void)pthread_cond_destroy(&k->idle);
        (void)pthread_mutex_destroy(&k->lock);
        sono_free(k);
    }
}

/* The caller is busy with the writer. */
static SonoStatus deal_with(Keeper *k, const Snapshot *s, SonoError *err)
{
    RecoveryWriter *w = &k->writer;
    if (!w->original.text[0]) {
        (void)sono_fingerprint_until(w->sound_path, &k->stop, &w->original, NULL); /* without it the path has to do */
    }
    if (!s) {
        return SONO_OK;
    }
    if (s->look_again) {
        w->now.text[0] = '\0';
        (void)sono_fingerprint_until(w->sound_path, &k->stop, &w->now, NULL);
    }
    if (s->remove) {
        recovery_writer_remove(w);
        return SONO_OK;
    }
    return recovery_writer_write(w, s->edits, s->n_edits, s->saved_over, err);
}

/* Lock held. */
static void keep_error(Keeper *k, SonoStatus status, const SonoError *err)
{
    if (status != SONO_OK) {
        k->has_error = true;
        k->error = *err;
        if (k->wake && !k->closed) {
            k->wake(k->wake_ctx);
        }
    }
}

static void run_job(void *data, const SonoJobTicket *ticket)
{
    Keeper *k = data;
    (void)ticket;
    (void)pthread_mutex_lock(&k->lock);
    do {
        if (k->closed) {
            break;
        }
        SonoError err = {0};
        Snapshot *s = k->pending;
        k->pending = NULL;
        k->busy = true;
        (void)pthread_mutex_unlock(&k->lock);
        const SonoStatus status = deal_with(k, s, &err);
        (void)pthread_mutex_lock(&k->lock);
        keep_error(k, status, &err);
        k->n_done = s ? s->number : k->n_done;
        k->busy = false;
        (void)pthread_cond_signal(&k->idle);
        snapshot_free(s);
    } while (k->pending);
    k->posted = false;
    (void)pthread_mutex_unlock(&k->lock);
    keeper_unref(k);
}

static void drop_job(void *data)
{
    Keeper *k = data;
    (void)pthread_mutex_lock(&k->lock);
    k->posted = false;
    (void)pthread_mutex_unlock(&k->lock);
    keeper_unref(k);
}

/* Hand a snapshot (or NULL: only look at the sound) to a worker; a waiting one makes room. */
static void post(SonoRecovery *r, Snapshot *s)
{
    Keeper *k = r->keeper;
    SonoError err = {0};
    (void)pthread_mutex_lock(&k->lock);
    if (s) {
        s->look_again = s->look_again || (k->pending && k->pending->look_again);
        snapshot_free(k->pending);
        k->pending = s;
    }
    if (!k->posted) {
        (void)atomic_fetch_add_explicit(&k->refs, 1, memory_order_relaxed);
        k->posted = true;
        const SonoStatus status =
            sono_jobs_post(sono_engine_jobs(r->engine), SONO_PRIORITY_MARGIN, NULL, run_job, drop_job, k, &err);
        if (status != SONO_OK) {
            k->posted = false;
            keep_error(k, status, &err);
            (void)atomic_fetch_sub_explicit(&k->refs, 1, memory_order_relaxed);
        }
    }
    (void)pthread_mutex_unlock(&k->lock);
}

SonoStatus sono_recovery_new(SonoEngine *engine, const char *folder, const char *sound_path, SonoRecovery **out,
                             SonoError *err)
{
    SonoRecovery *r = sono_calloc(1, sizeof *r);
    Keeper *k = sono_calloc(1, sizeof *k);
    SonoStatus status = r && k ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory to keep edits safe");
    if (status == SONO_OK) {
        status = recovery_writer_init(&k->writer, folder, sound_path, err);
    }
    if (status != SONO_OK) {
        sono_free(r);
        sono_free(k);
        return status;
    }
    atomic_init(&k->refs, 1);
    (void)pthread_mutex_init(&k->lock, NULL); /* cannot fail with default attributes on Linux */
    (void)pthread_cond_init(&k->idle, NULL);
    *r = (SonoRecovery){.engine = engine, .keeper = k};
    post(r, NULL); /* the sound's fingerprint, before somebody changes the file */
    *out = r;
    return SONO_OK;
}

static void forget_edits(SonoRecovery *r, size_t from_index)
{
    while (r->n > from_index) {
        recovery_edit_unref(r->edits[--r->n]);
    }
}

/* The opened file may have been saved over: then what is to be kept starts from there, and from a state that cannot
 * change any more. */
static void follow_saves(SonoRecovery *r, const SonoDocument *doc)
{
    if (doc->saved_revision == r->saved_revision) {
        return;
    }
    const bool first_look = r->saved_revision == 0;
    r->saved_revision = doc->saved_revision;
    if (first_look && doc->saved_revision == sono_clip_revision(doc->base)) {
        return;
    }
    if (!doc->path || strcmp(doc->path, r->keeper->writer.sound_path) != 0) {
        return; /* saved elsewhere */
    }
    r->saved_over = r->look_again = true;
    r->base_revision = doc->saved_revision;
    r->base_n = doc->n_steps + 1; /* in the past no more */
    for (size_t n = 0; n <= doc->n_steps; n++) {
        if (sono_clip_revision(sono_document_clip_at(doc, n)) == doc->saved_revision) {
            r->base_n = n;
        }
    }
}

/* The edits since the sound was saved over say it all: it is still in the history, and nothing reaches behind it. */
static bool can_start_from_saved(const SonoRecovery *r, const SonoDocument *doc)
{
    if (!r->saved_over || r->base_n > doc->n_applied ||
        sono_clip_revision(sono_document_clip_at(doc, r->base_n)) != r->base_revision) {
        return false;
    }
    for (size_t i = r->base_n; i < doc->n_applied; i++) {
        const SonoEdit *edit = &doc->steps[i].edit;
        if (edit->operation->takes_state && edit->params.v[0] < (double)r->base_n) {
            return false;
        }
    }
    return true;
}

/* Bring the copies up to date: edits from `from` on. Copies only what is new. */
static bool copy_edits(SonoRecovery *r, const SonoDocument *doc, size_t from)
{
    const size_t n = doc->n_applied - from;
    size_t same = 0;
    if (from == r->from) {
        while (same < n && same < r->n && r->serials[same] == doc->steps[from + same].serial) {
            same++;
        }
    }
    forget_edits(r, same);
    r->from = from;
    if (n > r->cap) {
        const size_t cap = n > 2 * r->cap ? n : 2 * r->cap;
        RecoveryEdit **edits = sono_realloc_array(r->edits, cap, sizeof(RecoveryEdit *));
        r->edits = edits ? edits : r->edits;
        uint64_t *serials = edits ? sono_realloc_array(r->serials, cap, sizeof *serials) : NULL;
        r->serials = serials ? serials : r->serials;
        if (!serials) {
            return false;
        }
        r->cap = cap;
    }
    for (; r->n < n; r->n++) {
        RecoveryEdit *copy = recovery_edit_new(&doc->steps[from + r->n].edit);
        if (!copy) {
            return false;
        }
        if (copy->edit.operation->takes_state) {
            copy->edit.params.v[0] -= (double)from;
        }
        r->edits[r->n] = copy;
        r->serials[r->n] = doc->steps[from + r->n].serial;
    }
    return true;
}

static Snapshot *take_snapshot(SonoRecovery *r, const SonoDocument *doc)
{
    const bool remove = !sono_document_is_modified(doc);
    const bool from_saved = !remove && can_start_from_saved(r, doc);
    if (!remove && !copy_edits(r, doc, from_saved ? r->base_n : 0)) {
        return NULL;
    }
    const size_t n = remove ? 0 : r->n;
    if (n > (SIZE_MAX - sizeof(Snapshot)) / sizeof(RecoveryEdit *)) {
        return NULL;
    }
    Snapshot *s = sono_calloc(1, sizeof *s + n * sizeof(RecoveryEdit *));
    if (!s) {
        return NULL;
    }
    s->number = ++r->n_asked;
    s->remove = remove;
    s->saved_over = from_saved;
    s->look_again = r->look_again;
    r->look_again = false;
    for (; s->n_edits < n; s->n_edits++) {
        s->edits[s->n_edits] = recovery_edit_ref(r->edits[s->n_edits]);
    }
    return s;
}

void sono_recovery_update(SonoRecovery *r, const SonoDocument *doc)
{
    follow_saves(r, doc);
    if (r->n_asked == 0 && !sono_document_is_modified(doc)) {
        return; /* there was never anything to lose */
    }
    Snapshot *s = take_snapshot(r, doc);
    if (s) {
        post(r, s);
        return;
    }
    const SonoError err = {SONO_E_NOMEM, "no memory to keep edits safe"};
    (void)pthread_mutex_lock(&r->keeper->lock);
    keep_error(r->keeper, err.code, &err);
    (void)pthread_mutex_unlock(&r->keeper->lock);
}

void sono_recovery_watch(SonoRecovery *r, void (*wake)(void *ctx), void *ctx)
{
    (void)pthread_mutex_lock(&r->keeper->lock);
    r->keeper->wake = wake;
    r->keeper->wake_ctx = ctx;
    (void)pthread_mutex_unlock(&r->keeper->lock);
}

SonoStatus sono_recovery_adopt(SonoRecovery *r, const char *lost_file, size_t n_edits, SonoError *err)
{
    return recovery_writer_adopt(&r->keeper->writer, lost_file, n_edits, err); /* not looked at before an update */
}

bool sono_recovery_is_settled(const SonoRecovery *r)
{
    (void)pthread_mutex_lock(&r->keeper->lock);
    const bool settled = r->keeper->n_done == r->n_asked;
    (void)pthread_mutex_unlock(&r->keeper->lock);
    return settled;
}

bool sono_recovery_take_error(SonoRecovery *r, SonoError *err)
{
    Keeper *k = r->keeper;
    (void)pthread_mutex_lock(&k->lock);
    const bool had = k->has_error;
    if (had && err) {
        *err = k->error;
    }
    k->has_error = false;
    (void)pthread_mutex_unlock(&k->lock);
    return had;
}

void sono_recovery_close(SonoRecovery *r, bool keep)
{
    if (!r) {
        return;
    }
    Keeper *k = r->keeper;
    (void)pthread_mutex_lock(&k->lock);
    k->closed = true;
    atomic_store_explicit(&k->stop, !keep, memory_order_relaxed);
    while (k->busy) {
        (void)pthread_cond_wait(&k->idle, &k->lock);
    }
    Snapshot *last = k->pending;
    k->pending = NULL;
    (void)pthread_mutex_unlock(&k->lock);
    if (!keep) {
        recovery_writer_remove(&k->writer);
    } else if (last) {
        (void)deal_with(k, last, NULL); /* nobody is left to hear of an error */
    }
    recovery_writer_unlock(&k->writer); /* a job that has not begun yet may hold the keeper */
    snapshot_free(last);
    forget_edits(r, 0);
    sono_free(r->edits);
    sono_free(r->serials);
    sono_free(r);
    keeper_unref(k);
}
