/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts being imported: a worker reads and checks them, the main thread queues their edits and counts what becomes of
 * them. Places in the queue are counted from the first edit of all. */
#include "editor_private.h"

#include "sono_edit_script.h"
#include "sono_mem.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

struct ImportJob {
    ImportJob *next, *prev;
    _Atomic int refs; /* the editor's and the worker's */
    _Atomic bool done;
    Mailbox *mailbox;
    char *path;
    SonoEditScript script;
    SonoStatus status;
    SonoError error;
    size_t first, end; /* places of its edits in the queue; those that were taken back are cut off */
    size_t n_committed, n_unchanged;
};

static void import_unref(ImportJob *job)
{
    if (atomic_fetch_sub_explicit(&job->refs, 1, memory_order_acq_rel) == 1) {
        sono_edit_script_clear(&job->script);
        mailbox_unref(job->mailbox);
        free(job->path);
        sono_free(job);
    }
}

static void run_import(void *data, const SonoJobTicket *ticket)
{
    (void)ticket;
    ImportJob *job = data;
    job->status = sono_edit_script_load(job->path, &job->script, &job->error);
    atomic_store_explicit(&job->done, true, memory_order_release);
    mailbox_wake(job->mailbox);
    import_unref(job);
}

static void drop_import(void *data)
{
    import_unref(data);
}

SonoStatus sono_editor_import(SonoEditor *e, const char *path, SonoError *err)
{
    if (!e->queue) {
        return sono_fail(err, SONO_E_INVALID, "%s: the sound is still being read", sono_short_name(path).text);
    }
    ImportJob *job = sono_calloc(1, sizeof *job);
    char *copy = strdup(path);
    if (!job || !copy) {
        sono_free(job);
        free(copy);
        return sono_fail(err, SONO_E_NOMEM, "no memory to import %s", path);
    }
    atomic_init(&job->refs, 2);
    job->mailbox = mailbox_ref(e->mailbox);
    job->path = copy;
    const SonoStatus status =
        sono_jobs_post(sono_engine_jobs(e->engine), SONO_PRIORITY_VISIBLE, NULL, run_import, drop_import, job, err);
    if (status != SONO_OK) {
        import_unref(job);
        import_unref(job);
        return status;
    }
    DL_APPEND(e->imports, job);
    return SONO_OK;
}

/* An edit for a channel that is not there is a mistake, not a wish to do nothing. */
static SonoStatus check_channels(const ImportJob *job, int n_channels, SonoError *err)
{
    for (size_t i = 0; i < job->script.n_edits; i++) {
        const SonoEdit *edit = &job->script.edits[i];
        for (int c = n_channels; c < SONO_MAX_CHANNELS && !edit->all_channels; c++) {
            if (sono_edit_touches_channel(edit, c)) {
                return sono_fail(err, SONO_E_RANGE,
                                 "%s: edits[%zu].channels: channel %d does not exist, the sound has %d",
                                 sono_short_name(job->path).text, i, c, n_channels);
            }
        }
    }
    return SONO_OK;
}

/* All edits of the script or none. Its states are counted from what is there before it. */
static SonoStatus queue_edits(SonoEditor *e, ImportJob *job, SonoError *err)
{
    const double n_before = (double)(sono_document_n_applied(e->doc) + sono_edit_queue_n(e->queue));
    SonoStatus status = check_channels(job, sono_clip_n_channels(sono_document_clip(e->doc)), err);
    for (size_t i = 0; i < job->script.n_edits && status == SONO_OK; i++) {
        SonoEdit *edit = &job->script.edits[i];
        if (edit->operation->takes_state) {
            edit->params.v[0] += n_before;
        }
        status = editor_edits_push(e, edit, err);
        if (status != SONO_OK) {
            (void)sono_fail_context(err, "%s: edits[%zu]", sono_short_name(job->path).text, i);
            while (i-- > 0) {
                (void)sono_edit_queue_take_back(e->queue);
            }
        }
    }
    return status;
}

static void tell_ended(SonoEditor *e)
{
    while (e->imported && e->imported->end <= e->n_left_queue) {
        ImportJob *job = e->imported;
        DL_DELETE(e->imported, job);
        editor_tell(e, (EditorItem){.kind = SONO_NEWS_IMPORT_ENDED,
                                    .n_edits = job->n_committed,
                                    .n_unchanged = job->n_unchanged,
                                    .path = strdup(job->path)});
        import_unref(job);
    }
}

void editor_imports_note_oldest(SonoEditor *e, SonoQueueEvent event)
{
    ImportJob *job = e->imported;
    if (job && job->first <= e->n_left_queue) {
        job->n_committed += event == SONO_QUEUE_COMMITTED;
        job->n_unchanged += event == SONO_QUEUE_NO_CHANGE;
    }
    e->n_left_queue++;
    tell_ended(e);
}

void editor_imports_note_newest(SonoEditor *e)
{
    const size_t end = e->n_left_queue + sono_edit_queue_n(e->queue);
    ImportJob *job = NULL;
    DL_FOREACH(e->imported, job)
    {
        job->end = job->end < end ? job->end : end;
    }
    tell_ended(e);
}

static void settle(SonoEditor *e, ImportJob *job)
{
    SonoError err = job->error;
    SonoStatus status = job->status;
    if (status == SONO_OK) {
        status = queue_edits(e, job, &err);
    }
    if (status != SONO_OK) {
        editor_tell_line(e, SONO_NEWS_IMPORTED, err.message);
        return;
    }
    editor_tell(e, (EditorItem){.kind = SONO_NEWS_IMPORTED, .n_edits = job->script.n_edits, .path = strdup(job->path)});
    job->end = e->n_left_queue + sono_edit_queue_n(e->queue);
    job->first = job->end - job->script.n_edits;
    DL_APPEND(e->imported, job);
    (void)atomic_fetch_add_explicit(&job->refs, 1, memory_order_relaxed);
    tell_ended(e);
}

/* In the order they were asked for; one at a time, so that its edits are the newest when its news is heard. */
void editor_imports_poll(SonoEditor *e)
{
    if (e->imports && atomic_load_explicit(&e->imports->done, memory_order_acquire)) {
        ImportJob *job = e->imports;
        DL_DELETE(e->imports, job);
        settle(e, job);
        import_unref(job);
    }
}

void editor_imports_leave(SonoEditor *e)
{
    ImportJob *job = NULL;
    ImportJob *next = NULL;
    DL_FOREACH_SAFE(e->imports, job, next)
    {
        import_unref(job);
    }
    DL_FOREACH_SAFE(e->imported, job, next)
    {
        import_unref(job);
    }
    e->imports = NULL;
    e->imported = NULL;
}
