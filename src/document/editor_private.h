/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The editor's insides: editor.c (opening, document and news), editor_edits.c (edits), editor_saves.c (files being
 * written), editor_import.c (scripts being read). */
#pragma once
#include "sono_editor.h"

#include "mailbox.h"

/* News that was not polled yet. */
typedef struct EditorItem {
    SonoEditorNewsKind kind;
    double rate_hz, end_s;
    int n_channels;
    SonoClip *clip; /* owned, or NULL */
    uint64_t parent_revision;
    SonoSpan dirty;
    size_t n_edits, n_unchanged;
    char *path; /* owned, or NULL */
    char line[240];
} EditorItem;

typedef struct SaveJob SaveJob;
typedef struct ImportJob ImportJob;

struct SonoEditor {
    SonoEngine *engine;
    SonoOpeningEvents events;
    SonoOpening *opening; /* until READY or FAILED */
    SonoDocument *doc;    /* from READY on */
    SonoEditQueue *queue;
    Mailbox *mailbox;
    SaveJob *saves;      /* oldest first */
    ImportJob *imports;  /* being read, oldest first */
    ImportJob *imported; /* whose edits are queued, oldest first */
    size_t n_left_queue; /* edits that were committed or dropped since the file was opened */
    int next_task_id;
    int opening_id;
    int edits_id; /* of the task that the queued edits are; 0: none is queued */
    double edits_since_s;
    size_t n_edits_done; /* of that task */
    double opened_at_s, fraction;
    bool length_told;
    double sound_at_s; /* time of the last SOUND */
    uint64_t revision; /* of the last SOUND */
    int64_t n_frames;
    EditorItem *items; /* [first_item, first_item + n_items) */
    size_t first_item, n_items, cap_items;
};

/* Append news; takes over clip and path. */
void editor_tell(SonoEditor *editor, EditorItem item);
void editor_tell_line(SonoEditor *editor, SonoEditorNewsKind kind, const char *line);
void editor_wake(SonoEditor *editor);

/* The queued edits: tell what became of them; n = 0 or 1 tasks; false: not this task. */
SonoStatus editor_edits_push(SonoEditor *editor, const SonoEdit *edit, SonoError *err);
void editor_edits_poll(SonoEditor *editor);
size_t editor_edits_task(const SonoEditor *editor, SonoEditorTask *tasks, size_t max);
bool editor_edits_cancel(SonoEditor *editor, int id);

/* Tell of what was written; start what waited for it. */
void editor_saves_poll(SonoEditor *editor);
/* Leave them to themselves: they are finished, and the engine waits for them when it ends. */
void editor_saves_leave(SonoEditor *editor);
size_t editor_saves_tasks(const SonoEditor *editor, SonoEditorTask *tasks, size_t max);
bool editor_saves_cancel(SonoEditor *editor, int id);
int editor_saves_n(const SonoEditor *editor);

void editor_imports_poll(SonoEditor *editor);
/* The oldest or the newest queued edit is queued no more. */
void editor_imports_note_oldest(SonoEditor *editor, SonoQueueEvent event);
void editor_imports_note_newest(SonoEditor *editor);
void editor_imports_leave(SonoEditor *editor);
