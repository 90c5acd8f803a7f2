/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoDocument: the one mutable model: base clip, ordered edits, current clip, history. Main thread only; edits are
 * computed elsewhere (sono_commit) and handed in. Undo and redo swap a pointer and cannot fail. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "sono_clip.h"
#include "sono_codec.h"
#include "sono_edit.h"

typedef struct SonoDocument SonoDocument;

typedef enum SonoChangeKind { SONO_CHANGE_CLIP, SONO_CHANGE_HISTORY, SONO_CHANGE_SAVED } SonoChangeKind;
typedef struct SonoChange {
    SonoChangeKind kind;
    SonoSpan dirty; /* frames that differ from the clip before */
    SonoRegion region;
} SonoChange;
typedef void (*SonoDocumentObserver)(void *ctx, SonoDocument *doc, const SonoChange *change);

/* Takes a reference to base. path may be NULL. */
SonoStatus sono_document_new(const char *path, const SonoClip *base, const SonoAudioInfo *source, SonoDocument **out,
                             SonoError *err);
void sono_document_free(SonoDocument *doc);
const char *sono_document_path(const SonoDocument *doc);
const SonoAudioInfo *sono_document_source(const SonoDocument *doc);
const SonoClip *sono_document_clip(const SonoDocument *doc); /* borrowed; valid until the next change */
const SonoClip *sono_document_base(const SonoDocument *doc);

/* Push a committed edit: result must come from the current clip (base_revision), else STALE. Takes a reference to
 * result and a copy of the edit; drops what could be redone. */
SonoStatus sono_document_push(SonoDocument *doc, uint64_t base_revision, const SonoEdit *edit, const SonoClip *result,
                              SonoSpan dirty, SonoRegion region, SonoError *err);
bool sono_document_can_undo(const SonoDocument *doc);
bool sono_document_can_redo(const SonoDocument *doc);
bool sono_document_undo(SonoDocument *doc); /* false: nothing to undo */
bool sono_document_redo(SonoDocument *doc);
/* Go to the state after n_edits edits (0: the base). */
SonoStatus sono_document_go_to(SonoDocument *doc, size_t n_edits, SonoError *err);
size_t sono_document_n_applied(const SonoDocument *doc); /* edits before the current state */
size_t sono_document_n_edits(const SonoDocument *doc);   /* with those that can be redone */
const SonoEdit *sono_document_edit(const SonoDocument *doc, size_t index);
/* The sound after n_edits edits (0: the base; those that can be redone too): borrowed, valid until the next change;
 * NULL: no such state. */
const SonoClip *sono_document_clip_at(const SonoDocument *doc, size_t n_edits);
/* The edit in a few words for a list: its label, else "Gain -12.0 dB, 1.20 to 1.85 s, 440 to 880 Hz" (an axis that is
 * covered as a whole is left out); "" if there is no such edit. translate: the user's language for a title or a word
 * of these, borrowed; NULL: English. Valid UTF-8, however short buf is. Returns buf. */
typedef const char *(*SonoTranslateFn)(const char *english);
const char *sono_document_describe_edit(const SonoDocument *doc, size_t index, SonoTranslateFn translate, char *buf,
                                        size_t n_bytes);
bool sono_document_is_modified(const SonoDocument *doc);
void sono_document_mark_saved(SonoDocument *doc, const char *path);
/* One observer per ctx; called after the change, in order of registration. */
SonoStatus sono_document_observe(SonoDocument *doc, SonoDocumentObserver fn, void *ctx, SonoError *err);
void sono_document_unobserve(SonoDocument *doc, void *ctx);
