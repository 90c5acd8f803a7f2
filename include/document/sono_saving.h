/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be written, taken from a document at one moment, so that a worker can write it while the document goes on.
 */
#pragma once
#include "sono_document.h"

typedef struct SonoSaving SonoSaving;
typedef enum SonoSavingKind { SONO_SAVING_SOUND, SONO_SAVING_EDITS } SonoSavingKind;

/* SOUND: the current clip, in the format that path's extension says and as the source was where that can be. EDITS: the
 * applied edits as a script. Thread: the document's. Errors: NOMEM. */
SonoStatus sono_saving_new(const SonoDocument *doc, SonoSavingKind kind, const char *path, SonoSaving **out,
                           SonoError *err);
void sono_saving_free(SonoSaving *saving); /* NULL is fine; thread: any */
/* Write it. On an error the old file is untouched. Thread: any one. Errors: as sono_clip_save, sono_edit_script_save.
 */
SonoStatus sono_saving_run(SonoSaving *saving, const SonoCodecOptions *options, SonoError *err);
SonoSavingKind sono_saving_kind(const SonoSaving *saving);
const char *sono_saving_path(const SonoSaving *saving);
/* Where that leads through links, once it is written. */
const char *sono_saving_real_path(const SonoSaving *saving);
uint64_t sono_saving_revision(const SonoSaving *saving); /* of the clip */
