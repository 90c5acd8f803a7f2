/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edit queue: edits that were asked for and are being committed, one after the other, each on the result of the one
 * before. A worker computes; the document changes only in sono_edit_queue_poll. Thread: main, but where said. */
#pragma once
#include "sono_commit.h"
#include "sono_document.h"

typedef struct SonoEditQueue SonoEditQueue;

/* landed: an edit is done (or has failed), poll. Called on a worker; must only wake the main thread. engine must
 * outlive the jobs (sono_engine_free waits for them), doc the queue. Errors: NOMEM. */
SonoStatus sono_edit_queue_new(SonoEngine *engine, SonoDocument *doc, void (*landed)(void *ctx), void *ctx,
                               SonoEditQueue **out, SonoError *err);
/* Cancels what is queued; does not wait. landed is not called any more when this returns. NULL is fine. */
void sono_edit_queue_free(SonoEditQueue *queue);

/* Copies the edit. One that takes an earlier state counts the edits before it: those applied and those queued; when one
 * of them is dropped, it counts one less. Errors: RANGE (its parameters, its state), NOMEM. */
SonoStatus sono_edit_queue_push(SonoEditQueue *queue, const SonoEdit *edit, SonoError *err);
/* Drop the edit that was pushed last and is not in the document yet; false: there is none. */
bool sono_edit_queue_take_back(SonoEditQueue *queue);
/* Edits that are not in the document yet. */
size_t sono_edit_queue_n(const SonoEditQueue *queue);
/* The index-th of them, oldest first; NULL: no such. Borrowed, valid until the queue changes. */
const SonoEdit *sono_edit_queue_edit(const SonoEditQueue *queue, size_t index);

typedef enum SonoQueueEvent {
    SONO_QUEUE_NOTHING,   /* still computing, or empty */
    SONO_QUEUE_COMMITTED, /* the oldest edit is in the document */
    SONO_QUEUE_NO_CHANGE, /* the oldest edit changed no sample and was dropped */
    SONO_QUEUE_FAILED,    /* the oldest edit was dropped: *err says why */
} SonoQueueEvent;

/* Hand the oldest edit to the document if it is done; start the next. Poll until NOTHING. report (or NULL): of an edit
 * that did not fail. */
SonoQueueEvent sono_edit_queue_poll(SonoEditQueue *queue, SonoCommitReport *report, SonoError *err);
