/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The editor: one file from opening to saving, without a toolkit: opening, document and edit queue behind one stream of
 * news. Thread: main, but where said. */
#pragma once
#include "sono_edit_queue.h"
#include "sono_opening.h"
#include "sono_saving.h"

typedef struct SonoEditor SonoEditor;

/* Opens path without waiting. events: wake is called whenever sono_editor_poll has news, on any thread, also on this
 * one. engine must outlive the editor and its jobs. Errors: NOMEM; what is wrong with the file is news. */
SonoStatus sono_editor_open(SonoEngine *engine, SonoPcmStore *store, const char *path, const SonoOpeningEvents *events,
                            SonoEditor **out, SonoError *err);
/* Does not wait for file or edits; events are not called any more when this returns. NULL is fine. */
void sono_editor_close(SonoEditor *editor);

typedef enum SonoEditorNewsKind {
    SONO_NEWS_LENGTH,     /* rate_hz, n_channels and end_s are known; a first picture may be on its way */
    SONO_NEWS_GROWN,      /* clip is what has been read so far: for waveforms, at most 5 a second. end_s: of the whole,
                             0 if not known */
    SONO_NEWS_SOUND,      /* clip is the sound now; it differs from parent_revision in dirty */
    SONO_NEWS_READY,      /* the whole file is there: the document can be edited. line: a warning, or empty */
    SONO_NEWS_FAILED,     /* the file could not be opened: line. Close the editor */
    SONO_NEWS_COMMITTED,  /* the oldest queued edit is in the document (its SOUND came before) */
    SONO_NEWS_DROPPED,    /* the oldest queued edit was dropped. line: why, or empty if it changed no sample */
    SONO_NEWS_TAKEN_BACK, /* the newest queued edit was taken back */
    SONO_NEWS_SAVED,      /* a file was written (path), or not: line says why and path is empty */
    SONO_NEWS_IMPORTED,   /* edits of path were queued (n_edits), or not: line says why and path is empty */
    SONO_NEWS_IMPORT_ENDED, /* none of those is queued any more: n_edits of path are in the document, n_unchanged more
                               changed no sample; the rest failed or was taken back */
    SONO_NEWS_CHANGED       /* history or saved state */
} SonoEditorNewsKind;

typedef struct SonoEditorNews {
    SonoEditorNewsKind kind;
    double rate_hz, end_s;
    int n_channels;
    SonoClip *clip; /* SOUND and GROWN: the caller unrefs */
    uint64_t parent_revision;
    SonoSpan dirty;
    size_t n_edits, n_unchanged;
    char path[4096];
    char line[240];
} SonoEditorNews;

/* The next news; false: none. Poll until then after every wake. */
bool sono_editor_poll(SonoEditor *editor, SonoEditorNews *news);
/* What is under way: reading the file, committing edits (one task for all that are queued), writing files. */
typedef struct SonoEditorTask {
    int id;
    char title[96];  /* "Opening loop.wav", "Edit 3 of 20", "Saving mix.flac" */
    double fraction; /* 0..1; -1: unknown */
    double since_s;  /* when it began, as sono_now_s() */
} SonoEditorTask;
/* The first max tasks; returns how many there are. */
size_t sono_editor_tasks(const SonoEditor *editor, SonoEditorTask *tasks, size_t max);
/* Stop one: opening ends in FAILED with an empty line; edits that are not in the document yet are taken back
 * (TAKEN_BACK for each); a file being written stays as it was (SAVED with an empty path and line). No such task:
 * nothing. */
void sono_editor_cancel(SonoEditor *editor, int id);
SonoDocument *sono_editor_document(SonoEditor *editor); /* NULL until READY */
size_t sono_editor_n_queued(const SonoEditor *editor);
/* Errors: INVALID (still opening), RANGE, NOMEM. */
SonoStatus sono_editor_push(SonoEditor *editor, const SonoEdit *edit, SonoError *err);
/* Queue all edits of a script, which a worker reads; its states are counted from what is applied and queued then.
 * IMPORTED follows, and the n_edits queued last are the imported ones (sono_editor_queued_edit), for who keeps a list
 * in step; IMPORT_ENDED when the last of them has been committed. Errors: INVALID (still opening), NOMEM. */
SonoStatus sono_editor_import(SonoEditor *editor, const char *path, SonoError *err);
/* The edit number index of those that are not in the document yet, oldest first; NULL: no such. */
const SonoEdit *sono_editor_queued_edit(const SonoEditor *editor, size_t index);
/* Write the sound or the edits of now on a thread of its own; SAVED follows. Any number at once; those of the same path
 * in order. What is not written yet when the editor is closed will be, before sono_engine_free returns. Errors: INVALID
 * (still opening), NOMEM. */
SonoStatus sono_editor_save(SonoEditor *editor, SonoSavingKind kind, const char *path, SonoError *err);
/* Undo takes back what is still queued first; redo waits until nothing is. False: nothing to do. */
bool sono_editor_can_undo(const SonoEditor *editor);
bool sono_editor_can_redo(const SonoEditor *editor);
bool sono_editor_undo(SonoEditor *editor);
bool sono_editor_redo(SonoEditor *editor);
/* The state after n_edits edits. Errors: INVALID (no such state; edits are being committed). */
SonoStatus sono_editor_go_to(SonoEditor *editor, size_t n_edits, SonoError *err);
/* "opening", or "ready edits=1 queued=0 modified=1 saving=0": for scripts and tests. Returns buf. */
const char *sono_editor_describe(const SonoEditor *editor, char *buf, size_t n_bytes);
/* True while files are read or written or edits committed. */
bool sono_editor_is_busy(const SonoEditor *editor);
