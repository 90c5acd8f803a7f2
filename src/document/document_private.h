/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document's insides, shared by document.c (what it is), history.c (how it moves), observers.c (who is told) and
 * those that need to know which state is on disk. */
#pragma once
#include "sono_document.h"

/* One committed edit and the clip it led to. */
typedef struct SonoHistoryStep {
    uint64_t serial; /* in the order of pushing: no two steps of a document have the same */
    SonoEdit edit;
    SonoClip *clip;
    SonoSpan dirty;
    SonoRegion region;
} SonoHistoryStep;

typedef struct SonoObserverSlot {
    SonoDocumentObserver fn; /* NULL: left during a notification, swept after it */
    void *ctx;
} SonoObserverSlot;

struct SonoDocument {
    char *path; /* or NULL */
    bool has_source;
    SonoAudioInfo source;
    SonoClip *base;
    SonoHistoryStep *steps;
    size_t n_steps, cap_steps, n_applied;
    uint64_t n_pushed;       /* ever */
    uint64_t saved_revision; /* of the clip that is on disk; 0: none */
    SonoObserverSlot *observers;
    size_t n_observers, cap_observers;
    int notifying; /* depth of nested notifications */
};

/* The file at path now holds the clip of this revision, which need not be the current one. */
void sono_document_mark_written(SonoDocument *doc, const char *path, uint64_t revision);
void sono_document_notify(SonoDocument *doc, SonoChangeKind kind, SonoSpan dirty, SonoRegion region);
/* Frees steps [n, n_steps). */
void sono_history_truncate(SonoDocument *doc, size_t n);
