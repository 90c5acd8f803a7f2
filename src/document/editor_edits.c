/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits in the editor: pushed, committed one after the other, taken back; together they are a task while there are any.
 */
#include "editor_private.h"

#include "sono_clock.h"

#include <stdio.h>

SonoStatus editor_edits_push(SonoEditor *e, const SonoEdit *edit, SonoError *err)
{
    const SonoStatus status = sono_edit_queue_push(e->queue, edit, err);
    if (status == SONO_OK && e->edits_id == 0) {
        e->edits_id = e->next_task_id++;
        e->edits_since_s = sono_now_s();
        e->n_edits_done = 0;
    }
    return status;
}

/* The task ends with the last edit. */
static void note_end(SonoEditor *e)
{
    if (sono_edit_queue_n(e->queue) == 0) {
        e->edits_id = 0;
    }
}

void editor_edits_poll(SonoEditor *e)
{
    SonoError err = {0};
    for (;;) {
        const SonoQueueEvent event = sono_edit_queue_poll(e->queue, NULL, &err);
        switch (event) {
        case SONO_QUEUE_NOTHING:
            note_end(e);
            return;
        case SONO_QUEUE_COMMITTED:
            editor_tell(e, (EditorItem){.kind = SONO_NEWS_COMMITTED});
            break;
        case SONO_QUEUE_NO_CHANGE:
            editor_tell_line(e, SONO_NEWS_DROPPED, "");
            break;
        case SONO_QUEUE_FAILED:
            editor_tell_line(e, SONO_NEWS_DROPPED, err.message);
            break;
        }
        e->n_edits_done++;
        editor_imports_note_oldest(e, event);
    }
}

size_t editor_edits_task(const SonoEditor *e, SonoEditorTask *tasks, size_t max)
{
    const size_t n_queued = sono_editor_n_queued(e);
    const size_t n_all = e->n_edits_done + n_queued;
    if (n_queued == 0) {
        return 0;
    }
    if (max > 0) {
        tasks[0] = (SonoEditorTask){.id = e->edits_id,
                                    .since_s = e->edits_since_s,
                                    .fraction = n_all > 1 ? (double)e->n_edits_done / (double)n_all : -1.0};
        if (n_all > 1) {
            (void)snprintf(tasks[0].title, sizeof tasks[0].title, "Edit %zu of %zu", e->n_edits_done + 1, n_all);
        } else {
            (void)snprintf(tasks[0].title, sizeof tasks[0].title, "%s",
                           sono_edit_queue_edit(e->queue, 0)->operation->title);
        }
    }
    return 1;
}

/* What is in the document already stays there: it can be undone. */
bool editor_edits_cancel(SonoEditor *e, int id)
{
    if (id == 0 || id != e->edits_id) {
        return false;
    }
    while (sono_edit_queue_take_back(e->queue)) {
        editor_tell(e, (EditorItem){.kind = SONO_NEWS_TAKEN_BACK});
        editor_imports_note_newest(e);
    }
    note_end(e);
    editor_wake(e);
    return true;
}

size_t sono_editor_n_queued(const SonoEditor *e)
{
    return e->queue ? sono_edit_queue_n(e->queue) : 0;
}

const SonoEdit *sono_editor_queued_edit(const SonoEditor *e, size_t index)
{
    return e->queue ? sono_edit_queue_edit(e->queue, index) : NULL;
}

SonoStatus sono_editor_push(SonoEditor *e, const SonoEdit *edit, SonoError *err)
{
    if (!e->queue) {
        return sono_fail(err, SONO_E_INVALID, "the sound is still being read");
    }
    return editor_edits_push(e, edit, err);
}

bool sono_editor_can_undo(const SonoEditor *e)
{
    return e->queue && (sono_edit_queue_n(e->queue) > 0 || sono_document_can_undo(e->doc));
}

bool sono_editor_can_redo(const SonoEditor *e)
{
    return e->queue && sono_edit_queue_n(e->queue) == 0 && sono_document_can_redo(e->doc);
}

bool sono_editor_undo(SonoEditor *e)
{
    if (!sono_editor_can_undo(e)) {
        return false;
    }
    if (sono_edit_queue_take_back(e->queue)) {
        editor_tell(e, (EditorItem){.kind = SONO_NEWS_TAKEN_BACK});
        editor_imports_note_newest(e);
        note_end(e);
        editor_wake(e);
        return true;
    }
    return sono_document_undo(e->doc);
}

bool sono_editor_redo(SonoEditor *e)
{
    return sono_editor_can_redo(e) && sono_document_redo(e->doc);
}
