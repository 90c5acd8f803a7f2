/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recovery files: where they lie, what they are called and what is in them.
 *
 *   <id>.jsonl                          one document's, while <id>.lock is locked or its owner lives
 *   <id>.lock                           locked (flock) by who writes <id>.jsonl, so the kernel says when that one died
 *   <id>.<pid>.<start>.<boot>.taken     one that this process has taken over, to apply its edits again
 *
 * The first line is a JSON object about the document, every other line an edit script of one edit: text of a line that
 * was written once is used again, and a long session stays below the limits that one script has. */
#pragma once
#include <limits.h>

#include "recovery_owner.h"
#include "sono_codec.h"
#include "sono_recovery.h"

#define RECOVERY_VERSION 1
#define RECOVERY_SUFFIX ".jsonl"
#define RECOVERY_TAKEN ".taken"
#define RECOVERY_LOCK ".lock"

typedef struct RecoveryHeader {
    char *sound_path; /* owned */
    SonoFingerprint fingerprint;
    RecoveryOwner owner;
    int64_t saved_at_s;
    size_t n_edits;
} RecoveryHeader;

void recovery_header_clear(RecoveryHeader *header);

/* The folder: the one given, else in the state folder. Errors: IO. */
SonoStatus recovery_folder(const char *given, char out[PATH_MAX], SonoError *err);
/* Makes it (0700) and its parents as far as they are missing. */
SonoStatus recovery_make_folder(const char *folder, SonoError *err);
/* "<folder>/<id><suffix>"; id: the name's part before the first '.', of n bytes. */
SonoStatus recovery_path(const char *folder, const char *id, int n, const char *suffix, char out[PATH_MAX],
                         SonoError *err);
/* What this process calls the file once it has taken it. */
SonoStatus recovery_taken_path(const char *file, char out[PATH_MAX], SonoError *err);
/* The lock that belongs to a file. */
SonoStatus recovery_lock_path(const char *file, char out[PATH_MAX], SonoError *err);
/* Lock an existing file; -1: it is not there, or somebody else's (*held). Close the descriptor to unlock. */
int recovery_lock(const char *path, bool *held);

/* The first line, without its end. Errors: NOMEM. */
SonoStatus recovery_print_header(const RecoveryHeader *header, char **text, SonoError *err);
/* Read and check all of a file. script may be NULL; both results are the caller's to clear. Errors: IO, INVALID (no
 * regular file of this user), FORMAT, LIMIT, UNSUPPORTED (written by a newer version), NOMEM: one line that names it.
 */
SonoStatus recovery_read(const char *file, RecoveryHeader *header, SonoEditScript *script, SonoError *err);
