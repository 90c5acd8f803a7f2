/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sound that lost edits belong to, wherever it lies now. */
#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sono_mem.h"
#include "sono_recovery.h"

/* The size is looked at first: hashing a folder of recordings would take a while. */
static bool is_the_sound(const SonoLostEdits *lost, const char *path)
{
    struct stat st;
    SonoFingerprint found = {0};
    char size[32];
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
        return false;
    }
    (void)snprintf(size, sizeof size, "%" PRId64 "-", (int64_t)st.st_size);
    return strncmp(size, lost->fingerprint.text, strlen(size)) == 0 &&
           sono_fingerprint(path, &found, NULL) == SONO_OK && strcmp(found.text, lost->fingerprint.text) == 0;
}

/* The first by name of a folder's files; false: none. */
static bool search_folder(const SonoLostEdits *lost, const char *folder, char found[PATH_MAX])
{
    struct dirent **entries = NULL;
    const int n = scandir(folder, &entries, NULL, alphasort);
    bool there = false;
    for (int i = 0; i < n; i++) {
        if (!there && snprintf(found, PATH_MAX, "%s/%s", folder, entries[i]->d_name) < PATH_MAX) {
            there = is_the_sound(lost, found);
        }
        free(entries[i]);
    }
    free(entries);
    return there;
}

SonoStatus sono_recovery_find_sound(const SonoLostEdits *lost, const char *const *candidates, size_t n_candidates,
                                    char **path, SonoError *err)
{
    char found[PATH_MAX] = "";
    bool there = lost->fingerprint.text[0] != '\0' && is_the_sound(lost, lost->sound_path);
    if (there && snprintf(found, sizeof found, "%s", lost->sound_path) >= (int)sizeof found) {
        there = false;
    }
    if (!there && lost->fingerprint.text[0] != '\0') { /* renamed? */
        char folder[PATH_MAX];
        const char *slash = strrchr(lost->sound_path, '/');
        const int n = slash ? snprintf(folder, sizeof folder, "%.*s",
                                       (int)(slash - lost->sound_path) + (slash == lost->sound_path), lost->sound_path)
                            : -1;
        there = n > 0 && n < (int)sizeof folder && search_folder(lost, folder, found);
    }
    for (size_t i = 0; i < n_candidates && !there && lost->fingerprint.text[0] != '\0'; i++) {
        struct stat st;
        if (stat(candidates[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            there = search_folder(lost, candidates[i], found);
        } else {
            there = is_the_sound(lost, candidates[i]) &&
                    snprintf(found, sizeof found, "%s", candidates[i]) < (int)sizeof found;
        }
    }
    *path = NULL;
    if (there && !(*path = strdup(found))) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the name of a file");
    }
    return SONO_OK;
}
