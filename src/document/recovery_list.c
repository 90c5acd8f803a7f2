/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What dead processes left: finding it, claiming it, throwing it away. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "recovery_file.h"
#include "sono_hash.h"
#include "sono_log.h"
#include "sono_mem.h"

/* What a process that died while it wrote may have left; one that is alive writes in less. */
#define LITTER_AGE_S 3600

static bool ends_with(const char *name, const char *suffix)
{
    const size_t n = strlen(name);
    const size_t m = strlen(suffix);
    return n > m && strcmp(name + n - m, suffix) == 0;
}

/* A number after a dot; moves *at behind it. */
static bool read_part(const char **at, int base, uint64_t *out)
{
    char *end = NULL;
    if (**at != '.') {
        return false;
    }
    *out = strtoull(*at + 1, &end, base);
    const bool read = end != *at + 1;
    *at = end;
    return read;
}

/* The process that has taken a file over, by its name: "<id>.<pid>.<start>.<boot>.taken". */
static bool taker_is_alive(const char *name)
{
    RecoveryOwner owner = recovery_owner_self(); /* of the same boot, if at all */
    const uint64_t this_boot = sono_hash(owner.boot, strlen(owner.boot), SONO_HASH_SEED);
    uint64_t pid = 0;
    uint64_t boot = 0;
    const char *at = strchr(name, '.');
    if (!read_part(&at, 10, &pid) || !read_part(&at, 10, &owner.start_ticks) || !read_part(&at, 16, &boot) ||
        boot != this_boot) {
        return false;
    }
    owner.pid = (int64_t)pid;
    return recovery_owner_is_alive(&owner);
}

/* Somebody holds the lock that belongs to the file. */
static bool is_locked(const char *file)
{
    char lock[PATH_MAX];
    bool held = false;
    if (recovery_lock_path(file, lock, NULL) == SONO_OK) {
        const int fd = recovery_lock(lock, &held);
        if (fd >= 0) {
            (void)close(fd);
        }
    }
    return held;
}

static void remove_litter(const char *file, const char *name)
{
    struct stat st;
    char data[PATH_MAX];
    const bool temporary = strncmp(name, ".sonobrush-", 11) == 0 && ends_with(name, ".tmp");
    const bool lock = ends_with(name, RECOVERY_LOCK);
    if ((!temporary && !lock) || lstat(file, &st) != 0 || !S_ISREG(st.st_mode) ||
        st.st_mtime > time(NULL) - LITTER_AGE_S) {
        return;
    }
    if (lock) {
        (void)snprintf(data, sizeof data, "%.*s" RECOVERY_SUFFIX, (int)(strlen(file) - strlen(RECOVERY_LOCK)), file);
        if (lstat(data, &st) == 0 || is_locked(file)) {
            return;
        }
    }
    (void)unlink(file);
}

/* False: nothing to offer. */
static bool look_at(const char *file, const char *name, SonoLostEdits *out)
{
    RecoveryHeader header = {0};
    SonoError err = {0};
    const bool taken = ends_with(name, RECOVERY_TAKEN);
    if (taken ? taker_is_alive(name) : is_locked(file)) {
        return false;
    }
    const SonoStatus status = recovery_read(file, &header, NULL, &err);
    if (status == SONO_E_UNSUPPORTED) {
        sono_log(SONO_LOG_DEBUG, "recovery", "%s", err.message);
        return false;
    }
    if (status != SONO_OK) {
        sono_log(SONO_LOG_WARNING, "recovery", "skipped: %s", err.message);
        return false;
    }
    char *copy = (!taken && recovery_owner_is_alive(&header.owner)) || header.n_edits == 0 ? NULL : strdup(file);
    if (!copy) {
        recovery_header_clear(&header);
        return false;
    }
    *out = (SonoLostEdits){.file = copy,
                           .sound_path = header.sound_path,
                           .fingerprint = header.fingerprint,
                           .saved_at_s = header.saved_at_s,
                           .n_edits = header.n_edits};
    return true;
}

static int newest_first(const void *a, const void *b)
{
    const SonoLostEdits *x = a;
    const SonoLostEdits *y = b;
    const int by_time = (x->saved_at_s < y->saved_at_s) - (x->saved_at_s > y->saved_at_s);
    return by_time ? by_time : strcmp(x->file, y->file);
}

static SonoStatus list_folder(const char *folder, DIR *dir, SonoLostEdits **list, size_t *n, SonoError *err)
{
    size_t cap = 0;
    char file[PATH_MAX];
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        const char *name = entry->d_name;
        if (snprintf(file, sizeof file, "%s/%s", folder, name) >= (int)sizeof file) {
            continue;
        }
        remove_litter(file, name);
        if (name[0] == '.' || (!ends_with(name, RECOVERY_SUFFIX) && !ends_with(name, RECOVERY_TAKEN))) {
            continue;
        }
        if (*n == cap) {
            SonoLostEdits *more = sono_realloc_array(*list, cap ? 2 * cap : 8, sizeof *more);
            if (!more) {
                return sono_fail(err, SONO_E_NOMEM, "no memory to list what was not saved");
            }
            *list = more;
            cap = cap ? 2 * cap : 8;
        }
        *n += look_at(file, name, &(*list)[*n]);
    }
    return SONO_OK;
}

SonoStatus sono_recovery_list(const char *folder, SonoLostEdits **out, size_t *n, SonoError *err)
{
    char path[PATH_MAX];
    SonoLostEdits *list = NULL;
    size_t n_list = 0;
    SonoError why = {0};
    if (recovery_folder(folder, path, &why) != SONO_OK) {
        sono_log(SONO_LOG_WARNING, "recovery", "%s", why.message);
        path[0] = '\0';
    }
    DIR *dir = opendir(path); /* no folder: nothing was ever written */
    const SonoStatus status = dir ? list_folder(path, dir, &list, &n_list, err) : SONO_OK;
    if (dir) {
        (void)closedir(dir);
    }
    if (status != SONO_OK) {
        sono_recovery_list_free(list, n_list);
        return status;
    }
    if (n_list > 1) {
        qsort(list, n_list, sizeof *list, newest_first);
    }
    *out = list;
    *n = n_list;
    return SONO_OK;
}

void sono_recovery_list_free(SonoLostEdits *lost, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(lost[i].file);
        sono_free(lost[i].sound_path);
    }
    sono_free(lost);
}

SonoStatus sono_recovery_take(const SonoLostEdits *lost, SonoEditScript *out, SonoError *err)
{
    char taken[PATH_MAX];
    char lock[PATH_MAX];
    bool held = false;
    RecoveryHeader header = {0};
    const SonoShortName name = sono_short_name(lost->file);
    SonoStatus status = recovery_taken_path(lost->file, taken, err);
    status = status == SONO_OK ? recovery_lock_path(lost->file, lock, err) : status;
    if (status != SONO_OK) {
        return status;
    }
    const int fd = recovery_lock(lock, &held);
    /* one of several who try renames it, for the others it is gone */
    if (held || rename(lost->file, taken) != 0) {
        status = sono_fail(err, SONO_E_IO, "%s: %s", name.text,
                           held || errno == ENOENT ? "another window has it" : strerror(errno));
    }
    if (fd >= 0) {
        if (status == SONO_OK) {
            (void)unlink(lock);
        }
        (void)close(fd);
    }
    status = status == SONO_OK ? recovery_read(taken, &header, out, err) : status;
    recovery_header_clear(&header);
    return status;
}

void sono_recovery_discard(const SonoLostEdits *lost)
{
    char path[PATH_MAX];
    (void)unlink(lost->file);
    if (recovery_taken_path(lost->file, path, NULL) == SONO_OK) {
        (void)unlink(path);
    }
    if (recovery_lock_path(lost->file, path, NULL) == SONO_OK) {
        (void)unlink(path);
    }
}
