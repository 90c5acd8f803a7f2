/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The careful write; every step's failure leaves the old file as it was. */
#define _GNU_SOURCE
#include "file_target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sono_codec.h"

static SonoStatus fail_errno(const SonoFileTarget *target, const char *what, int reason, SonoError *err)
{
    return sono_fail(err, SONO_E_IO, "%s: %s: %s", target->name.text, what, strerror(reason));
}

/* Folder and name of where the path leads, through symbolic links (also dangling ones, a few deep). */
static SonoStatus resolve(const char *path, SonoFileTarget *target, char *folder, SonoError *err)
{
    char at[PATH_MAX];
    if (!*path || snprintf(at, sizeof at, "%s", path) >= (int)sizeof at) {
        return sono_fail(err, SONO_E_INVALID, "'%s': is no usable file name", target->name.text);
    }
    for (int depth = 0; depth < 40; depth++) {
        const char *slash = strrchr(at, '/');
        const char *base = slash ? slash + 1 : at;
        if (!*base || strcmp(base, ".") == 0 || strcmp(base, "..") == 0) {
            return sono_fail(err, SONO_E_INVALID, "%s: is a directory", target->name.text);
        }
        if (snprintf(target->final_name, sizeof target->final_name, "%s", base) >= (int)sizeof target->final_name) {
            return fail_errno(target, "cannot write", ENAMETOOLONG, err);
        }
        (void)snprintf(folder, PATH_MAX, "%.*s", slash ? (int)(slash - at) + 1 : 2, slash ? at : "./");
        char link[PATH_MAX], next[PATH_MAX];
        const ssize_t n = readlink(at, link, sizeof link - 1);
        if (n < 0) {
            return SONO_OK; /* not a link, or nothing there yet */
        }
        link[n] = 0;
        if (snprintf(next, sizeof next, "%s%s", link[0] == '/' ? "" : folder, link) >= (int)sizeof next) {
            return fail_errno(target, "cannot write", ENAMETOOLONG, err);
        }
        memcpy(at, next, sizeof at);
    }
    return fail_errno(target, "cannot write", ELOOP, err);
}

static bool choose_temporary_name(SonoFileTarget *target)
{
    uint64_t number = 0;
    const bool chosen = getrandom(&number, sizeof number, 0) == (ssize_t)sizeof number;
    (void)snprintf(target->temp_name, sizeof target->temp_name, ".sonobrush-%016" PRIx64 ".tmp", number);
    return chosen;
}

/* Without a name if the file system can: then a process that dies while it writes leaves nothing behind. */
static int create_temporary(SonoFileTarget *target, mode_t mode)
{
    const bool can_be_named = access("/proc/self/fd", X_OK) == 0; /* see name_temporary */
    int fd = can_be_named ? openat(target->folder_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode) : -1;
    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        if (!choose_temporary_name(target)) {
            return -1;
        }
        fd = openat(target->folder_fd, target->temp_name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (fd < 0 && errno != EEXIST) {
            target->temp_name[0] = 0;
            return -1;
        }
    }
    return fd;
}

/* A link cannot replace a file, so what has no name gets one to be renamed. */
static bool name_temporary(SonoFileTarget *target)
{
    char self[64];
    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", target->fd);
    for (int attempt = 0; attempt < 100 && !target->temp_name[0]; attempt++) {
        if (!choose_temporary_name(target)) {
            break;
        }
        if (linkat(AT_FDCWD, self, target->folder_fd, target->temp_name, AT_SYMLINK_FOLLOW) == 0) {
            return true;
        }
        target->temp_name[0] = 0;
        if (errno != EEXIST) {
            break;
        }
    }
    return target->temp_name[0] != 0;
}

SonoStatus sono_file_target_begin(const char *path, SonoFileTarget *target, SonoError *err)
{
    char folder[PATH_MAX];
    struct stat old;
    *target = (SonoFileTarget){.fd = -1, .folder_fd = -1, .name = sono_short_name(path)};
    SonoStatus status = resolve(path, target, folder, err);
    if (status != SONO_OK) {
        return status;
    }
    target->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (target->folder_fd < 0) {
        return fail_errno(target, "cannot open its folder", errno, err);
    }
    const bool replaces = fstatat(target->folder_fd, target->final_name, &old, AT_SYMLINK_NOFOLLOW) == 0;
    if (replaces && !S_ISREG(old.st_mode)) {
        status = sono_fail(err, SONO_E_INVALID, "%s: is %s", target->name.text,
                           S_ISDIR(old.st_mode) ? "a directory" : "not a regular file");
    } else if (replaces && faccessat(target->folder_fd, target->final_name, W_OK, AT_EACCESS)) {
        status = fail_errno(target, "cannot write", errno, err);
    } else {
        target->fd = create_temporary(target, replaces ? old.st_mode & 0666 : 0666);
        if (target->fd < 0) {
            status = fail_errno(target, "cannot write to its folder", errno, err);
        }
    }
    if (status == SONO_OK && replaces) {
        /* Owner and mode stay, as far as we may. Owner first: changing it can clear mode bits. */
        const int owned = fchown(target->fd, old.st_uid, old.st_gid);
        (void)owned;
        if (fchmod(target->fd, old.st_mode & 07777)) {
            status = fail_errno(target, "cannot write", errno, err);
        }
    }
    if (status != SONO_OK) {
        sono_file_target_abort(target);
    }
    return status;
}

SonoStatus sono_file_target_commit(SonoFileTarget *target, SonoError *err)
{
    SonoStatus status = SONO_OK;
    if (fsync(target->fd)) {
        status = fail_errno(target, "could not be made durable", errno, err);
    } else if (!name_temporary(target) ||
               renameat(target->folder_fd, target->temp_name, target->folder_fd, target->final_name)) {
        status = fail_errno(target, "could not be put in place", errno, err);
    } else {
        target->temp_name[0] = 0; /* it has another name now: nothing to remove */
        /* Some file systems cannot fsync a folder (EINVAL) and need not. */
        if (fsync(target->folder_fd) && errno != EINVAL) {
            status = fail_errno(target, "its folder could not be made durable", errno, err);
        }
    }
    sono_file_target_abort(target);
    return status;
}

void sono_file_target_abort(SonoFileTarget *target)
{
    if (target->fd >= 0) {
        (void)close(target->fd);
        if (target->temp_name[0]) {
            (void)unlinkat(target->folder_fd, target->temp_name, 0);
        }
    }
    if (target->folder_fd >= 0) {
        (void)close(target->folder_fd);
    }
    target->fd = target->folder_fd = -1;
    target->temp_name[0] = 0;
}
