/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recovery: after each commit the edits of an unsaved document are written, atomically, to the state folder
 * ($XDG_STATE_HOME or ~/.local/state, sonobrush/recovery/, 0700), one file for each document: a line of JSON with the
 * sound file's path and fingerprint and who writes it (process and boot), and a line for each edit. It goes when the
 * sound is saved or the document closed without a crash. What a dead process left is found again at the next start,
 * also when the sound file was moved: by its fingerprint. Thread: main, but where said. */
#pragma once
#include "sono_edit_script.h"
#include "sono_editor.h"

/* Of a file's content: the size, and a hash of all bytes up to 16 MiB, of 256 evenly spread pieces of 64 KiB beyond
 * that. Text: "<size>-<16 hex digits>". Errors: IO names the file. Thread: any. */
typedef struct SonoFingerprint {
    char text[48];
} SonoFingerprint;
SonoStatus sono_fingerprint(const char *path, SonoFingerprint *out, SonoError *err);

/* Keeps one document's recovery file. */
typedef struct SonoRecovery SonoRecovery;
/* For a document that was just opened: a worker looks at the sound's fingerprint. Nothing is written until the first
 * edit. When the sound is saved over the file that was opened, what is kept starts from there. folder NULL: the state
 * folder. engine: its workers write. Errors: NOMEM. */
SonoStatus sono_recovery_new(SonoEngine *engine, const char *folder, const char *sound_path, SonoRecovery **out,
                             SonoError *err);
/* The edits have changed, or were saved: write them, or remove the file when there is nothing to lose (not modified).
 * Several calls while a worker writes become one. */
void sono_recovery_update(SonoRecovery *recovery, const SonoDocument *doc);
/* wake: called on a worker when there is an error to take; not any more once the recovery is closed. Once, before the
 * first update. */
void sono_recovery_watch(SonoRecovery *recovery, void (*wake)(void *ctx), void *ctx);
/* The document is made anew of the n_edits that sono_recovery_take took from lost_file: that stays until as many are
 * written again, or nothing is to be lost any more. Once, before the first update. Errors: IO, NOMEM. */
SonoStatus sono_recovery_adopt(SonoRecovery *recovery, const char *lost_file, size_t n_edits, SonoError *err);
/* What the last update asked for is done: written, removed or failed. */
bool sono_recovery_is_settled(const SonoRecovery *recovery);
/* The last failure's line, once; false: none. */
bool sono_recovery_take_error(SonoRecovery *recovery, SonoError *err);
/* keep: leave the file for the next start (the program is being ended by force). Waits for a write under way (ms).
 * NULL is fine. */
void sono_recovery_close(SonoRecovery *recovery, bool keep);

/* What dead processes left. */
typedef struct SonoLostEdits {
    char *file;       /* the recovery file */
    char *sound_path; /* where the sound was */
    SonoFingerprint fingerprint;
    int64_t saved_at_s; /* seconds since 1970 */
    size_t n_edits;
} SonoLostEdits;
/* Newest first; files that cannot be read are skipped and logged. *out is malloc'ed. Thread: any. Errors: NOMEM. */
SonoStatus sono_recovery_list(const char *folder, SonoLostEdits **out, size_t *n, SonoError *err);
void sono_recovery_list_free(SonoLostEdits *lost, size_t n);
/* Where the sound is now: at its old place if the fingerprint is right, else among the files of its old folder, else
 * the first of the candidates (a folder: the files in it of the right size) with it. *path is malloc'ed; NULL with OK:
 * not found. Reads files: any thread but the main one. Errors: NOMEM. */
SonoStatus sono_recovery_find_sound(const SonoLostEdits *lost, const char *const *candidates, size_t n_candidates,
                                    char **path, SonoError *err);
/* Claim it for this process (so that no second window offers it) and read its edits. The file stays, and is offered
 * again should this process die, until the recovery that has adopted it needs it no more, or it is discarded. Reads
 * files: any thread but the main one. Errors: IO (somebody else has it), FORMAT. */
SonoStatus sono_recovery_take(const SonoLostEdits *lost, SonoEditScript *out, SonoError *err);
/* The user does not want them. */
void sono_recovery_discard(const SonoLostEdits *lost);
