/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cache file: where it lies, its slots, and whole reads and writes. */
#define _GNU_SOURCE /* O_TMPFILE, mkostemp */
#include "cache_file.h"

#include "sono_mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_PAGE 4096

SonoStatus sono_cache_file_init(SonoCacheFile *f, const char *dir, size_t n_bytes, SonoError *err)
{
    *f = (SonoCacheFile){.fd = -1, .n_bytes = n_bytes};
    f->stride = (n_bytes + FILE_PAGE - 1) / FILE_PAGE * FILE_PAGE;
    if (dir) {
        f->dir = strdup(dir);
        if (!f->dir) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for the cache folder's name");
        }
    }
    return SONO_OK;
}

void sono_cache_file_clear(SonoCacheFile *f)
{
    if (f->fd >= 0) {
        (void)close(f->fd);
    }
    free(f->dir);
    sono_free(f->free_slots);
    *f = (SonoCacheFile){.fd = -1};
}

/* The XDG base directory specification: relative values are ignored. */
static SonoStatus choose_dir(const char *given, char *path, size_t size, SonoError *err)
{
    const char *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int n = 0;
    if (given) {
        n = snprintf(path, size, "%s", given);
    } else if (xdg && xdg[0] == '/') {
        n = snprintf(path, size, "%s/sonobrush", xdg);
    } else if (home && home[0] == '/') {
        n = snprintf(path, size, "%s/.cache/sonobrush", home);
    } else {
        return sono_fail(err, SONO_E_IO, "neither XDG_CACHE_HOME nor HOME names a cache folder");
    }
    if (n < 0 || (size_t)n >= size) {
        return sono_fail(err, SONO_E_IO, "the cache folder's name is too long");
    }
    return SONO_OK;
}

/* Makes the folder and its parents as far as they are missing; what exists keeps its mode. */
static SonoStatus make_dirs(char *path, SonoError *err)
{
    for (char *p = path + 1;; p++) {
        const char c = *p;
        if (c != '/' && c != '\0') {
            continue;
        }
        *p = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST) {
            return sono_fail(err, SONO_E_IO, "%s: cannot make the cache folder: %s", path, strerror(errno));
        }
        *p = c;
        if (c == '\0') {
            return SONO_OK;
        }
    }
}

SonoStatus sono_cache_file_open(SonoCacheFile *f, SonoError *err)
{
    if (f->fd >= 0) {
        return SONO_OK;
    }
    char dir[PATH_MAX];
    char path[PATH_MAX + 16];
    SonoStatus status = choose_dir(f->dir, dir, sizeof dir, err);
    if (status == SONO_OK && dir[0] == '\0') {
        status = sono_fail(err, SONO_E_IO, "the cache folder's name is empty");
    }
    if (status == SONO_OK) {
        status = make_dirs(dir, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    /* O_EXCL: it can never get a name. File systems without O_TMPFILE: a name for an instant. */
    int fd = open(dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        (void)snprintf(path, sizeof path, "%s/pcm-XXXXXX", dir);
        fd = mkostemp(path, O_CLOEXEC);
        if (fd < 0) {
            return sono_fail(err, SONO_E_IO, "%s: cannot make the cache file: %s", dir, strerror(errno));
        }
        (void)unlink(path);
    }
    f->fd = fd;
    return SONO_OK;
}

int64_t sono_cache_file_take(SonoCacheFile *f)
{
    return f->n_free > 0 ? f->free_slots[--f->n_free] : f->n_slots++;
}

void sono_cache_file_give(SonoCacheFile *f, int64_t slot)
{
    if (f->n_free == f->capacity) {
        const size_t capacity = f->capacity ? 2 * f->capacity : 64;
        int64_t *more = sono_realloc_array(f->free_slots, capacity, sizeof *more);
        if (!more) {
            return; /* the slot stays unused until the file goes: no harm but its room */
        }
        f->free_slots = more;
        f->capacity = capacity;
    }
    f->free_slots[f->n_free++] = slot;
}

SonoStatus sono_cache_file_write(const SonoCacheFile *f, int64_t slot, const void *data, SonoError *err)
{
    const char *p = data;
    const off_t base = (off_t)(slot * (int64_t)f->stride);
    for (size_t done = 0; done < f->n_bytes;) {
        const ssize_t n = pwrite(f->fd, p + done, f->n_bytes - done, base + (off_t)done);
        if (n < 0 && errno != EINTR) {
            return sono_fail(err, SONO_E_IO, "cannot write to the cache file: %s", strerror(errno));
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return SONO_OK;
}

SonoStatus sono_cache_file_read(const SonoCacheFile *f, int64_t slot, size_t offset, size_t n_bytes, void *dst,
                                SonoError *err)
{
    char *p = dst;
    const off_t base = (off_t)(slot * (int64_t)f->stride + (int64_t)offset);
    for (size_t done = 0; done < n_bytes;) {
        const ssize_t n = pread(f->fd, p + done, n_bytes - done, base + (off_t)done);
        if (n == 0) {
            return sono_fail(err, SONO_E_IO, "cannot read the cache file: it was cut short");
        }
        if (n < 0 && errno != EINTR) {
            return sono_fail(err, SONO_E_IO, "cannot read the cache file: %s", strerror(errno));
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return SONO_OK;
}
