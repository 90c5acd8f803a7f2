/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One document's recovery file on disk. Belongs to one thread at a time. */
#pragma once
#include "recovery_file.h"

/* One edit of a document, kept as it was, and its line once it was written. Shared by snapshots. */
typedef struct RecoveryEdit {
    _Atomic int refs;
    SonoEdit edit;
    char *line; /* with its end; only who writes looks at it */
    size_t n_line;
} RecoveryEdit;

RecoveryEdit *recovery_edit_new(const SonoEdit *edit); /* NULL: no memory */
RecoveryEdit *recovery_edit_ref(RecoveryEdit *edit);
void recovery_edit_unref(RecoveryEdit *edit); /* NULL is fine */

typedef struct RecoveryWriter {
    char *folder; /* or NULL: the state folder */
    char *sound_path;
    char *taken;              /* what this process took over to make the document of, or NULL */
    size_t n_taken;           /* edits in it */
    SonoFingerprint original; /* of the sound that was opened; "" until it is known */
    SonoFingerprint now;      /* of the sound as it was last saved over the one that was opened */
    char file[PATH_MAX];      /* "" until there is one */
    int lock_fd;              /* -1 until there is one */
} RecoveryWriter;

/* Errors: NOMEM. */
SonoStatus recovery_writer_init(RecoveryWriter *w, const char *folder, const char *sound_path, SonoError *err);
void recovery_writer_clear(RecoveryWriter *w);

/* What this process took from lost_file goes when as many edits are written again, or removed. Errors: IO, NOMEM. */
SonoStatus recovery_writer_adopt(RecoveryWriter *w, const char *lost_file, size_t n_edits, SonoError *err);
/* Write the edits. saved_over: they start from the sound as it was last saved over the one that was opened. If an edit
 * cannot be written, those before it are, and the error says which and why. */
SonoStatus recovery_writer_write(RecoveryWriter *w, RecoveryEdit *const *edits, size_t n_edits, bool saved_over,
                                 SonoError *err);
/* Leave the file to whoever finds it once this process is gone. */
void recovery_writer_unlock(RecoveryWriter *w);
/* Nothing is to be lost any more. */
void recovery_writer_remove(RecoveryWriter *w);
