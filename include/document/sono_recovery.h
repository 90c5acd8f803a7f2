/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recovery: after each commit the edits of an unsaved document are written, atomically, to the state folder
 * ($XDG_STATE_HOME or ~/.local/state, sonobrush/recovery/, 0700), one JSON file for each document: the sound file's
 * path and fingerprint, who writes it (process and boot), and the edit script. It goes when the document is saved,
 * exported or closed without a crash. What a dead process left is found again at the next start, also when the sound
 * file was moved: by its fingerprint. Thread: main, but where said. */
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
/* Nothing is written until the first edit. folder NULL: the state folder. engine: its workers write. Errors:
 * NOMEM. */
SonoStatus sono_recovery_new(SonoEngine *engine, const char *folder, const char *sound_path, SonoRecovery **out,
                             SonoError *err);
/* The edits have changed, or were saved: write them, or remove the file when there is nothing to lose (not modified).
 * Several calls while a worker writes become one. */
void sono_recovery_update(SonoRecovery *recovery, const SonoDocument *doc);
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
/* Where the sound is now: at its old place if the fingerprint is right, else the first of the candidates (a folder:
 * the files in it of the right size) with it. *path is malloc'ed; NULL with OK: not found. Reads files: any thread but
 * the main one. Errors: NOMEM. */
SonoStatus sono_recovery_find_sound(const SonoLostEdits *lost, const char *const *candidates, size_t n_candidates,
                                    char **path, SonoError *err);
/* Claim it for this process (so that no second window offers it) and read its edits. Errors: IO, FORMAT. */
SonoStatus sono_recovery_take(const SonoLostEdits *lost, SonoEditScript *out, SonoError *err);
/* The user does not want them. */
void sono_recovery_discard(const SonoLostEdits *lost);
