/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replacing a file so that at every moment either the old or the whole new one is there: a temporary file in the same
 * folder, fsync, rename, fsync of the folder. */
#pragma once
#include "input_file.h"

typedef struct SonoFileTarget {
    int fd;               /* of the temporary file, read and write; -1: none */
    int folder_fd;        /* -1: none */
    char temp_name[64];   /* in the folder; "": it has none, or none any more */
    char final_name[256]; /* in the folder */
    SonoShortName name;   /* for messages: as the user gave it */
} SonoFileTarget;

/* Symbolic links are followed, so that the link stays. What is replaced keeps its mode; a new file gets 0666 less the
 * umask. Errors: INVALID (not a regular file), IO. */
SonoStatus sono_file_target_begin(const char *path, SonoFileTarget *target, SonoError *err);
/* Make it durable and put it in place. On an error the old file stays and the temporary one is removed. */
SonoStatus sono_file_target_commit(SonoFileTarget *target, SonoError *err);
/* Remove the temporary file; does nothing after a commit. */
void sono_file_target_abort(SonoFileTarget *target);
