/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is told of changes. An observer may leave, join others or change the document while it is called. */
#include "document_private.h"
#include "sono_mem.h"

static SonoObserverSlot *find(SonoDocument *doc, const void *ctx)
{
    for (size_t i = 0; i < doc->n_observers; i++) {
        if (doc->observers[i].fn && doc->observers[i].ctx == ctx) {
            return &doc->observers[i];
        }
    }
    return NULL;
}

SonoStatus sono_document_observe(SonoDocument *doc, SonoDocumentObserver fn, void *ctx, SonoError *err)
{
    if (!fn) {
        return sono_fail(err, SONO_E_INVALID, "an observer must be a function");
    }
    if (find(doc, ctx)) {
        return sono_fail(err, SONO_E_INVALID, "this observer is already registered");
    }
    if (doc->n_observers == doc->cap_observers) {
        const size_t cap = doc->cap_observers ? 2 * doc->cap_observers : 4;
        SonoObserverSlot *more = sono_realloc_array(doc->observers, cap, sizeof *more);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for an observer");
        }
        doc->observers = more;
        doc->cap_observers = cap;
    }
    doc->observers[doc->n_observers++] = (SonoObserverSlot){fn, ctx};
    return SONO_OK;
}

static void sweep(SonoDocument *doc)
{
    size_t n = 0;
    for (size_t i = 0; i < doc->n_observers; i++) {
        if (doc->observers[i].fn) {
            doc->observers[n++] = doc->observers[i];
        }
    }
    doc->n_observers = n;
}

void sono_document_unobserve(SonoDocument *doc, void *ctx)
{
    SonoObserverSlot *slot = find(doc, ctx);
    if (slot) {
        slot->fn = NULL;
    }
    if (doc->notifying == 0) {
        sweep(doc);
    }
}

void sono_document_notify(SonoDocument *doc, SonoChangeKind kind, SonoSpan dirty, SonoRegion region)
{
    const SonoChange change = {.kind = kind, .dirty = dirty, .region = region};
    const size_t n = doc->n_observers; /* who joins meanwhile hears the next change */
    doc->notifying++;
    for (size_t i = 0; i < n; i++) {
        const SonoObserverSlot slot = doc->observers[i]; /* the array may move */
        if (slot.fn) {
            slot.fn(slot.ctx, doc, &change);
        }
    }
    if (--doc->notifying == 0) {
        sweep(doc);
    }
}
