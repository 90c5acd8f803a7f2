/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NumPy's format 1.0: magic, version, length of the header, a Python literal padded so that data starts at a multiple
 * of 64. Source: NumPy Enhancement Proposal 1. */
#include "npy_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_BYTES 128

_Static_assert(sizeof(SonoCplx) == 8, "a coefficient is a complex64");

static void free_writer(NpyWriter *w)
{
    g_free(w->path);
    g_free(w->temporary);
    *w = (NpyWriter){0};
}

void npy_abandon(NpyWriter *w)
{
    if (w->file) {
        (void)fclose(w->file);
    }
    if (w->temporary) {
        (void)unlink(w->temporary);
    }
    free_writer(w);
}

static SonoStatus fail(NpyWriter *w, SonoError *err)
{
    const int code = errno;
    const SonoStatus status = sono_fail(err, SONO_E_IO, "%s: cannot write: %s", w->path, g_strerror(code));
    npy_abandon(w);
    return status;
}

SonoStatus npy_open(NpyWriter *w, const char *path, const int64_t shape[3], SonoError *err)
{
    *w = (NpyWriter){.path = g_strdup(path), .temporary = g_strdup_printf("%s.XXXXXX", path)};
    const int fd = mkstemp(w->temporary);
    if (fd < 0) {
        g_clear_pointer(&w->temporary, g_free);
        return fail(w, err);
    }
    const mode_t mask = umask(0); /* the only way to ask for it; no other thread makes files now */
    (void)umask(mask);
    (void)fchmod(fd, 0666 & ~mask);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    w->file = fdopen(fd, "wb");
    if (!w->file) {
        (void)close(fd);
        return fail(w, err);
    }
    unsigned char header[HEADER_BYTES];
    const uint16_t length = HEADER_BYTES - 10;
    const uint16_t one = 1;
    const char order = *(const unsigned char *)&one == 1 ? '<' : '>';
    memset(header, ' ', sizeof header);
    memcpy(header, "\x93NUMPY\x01\x00", 8); /* NOLINT(bugprone-not-null-terminated-result): bytes, not a string */
    header[8] = (unsigned char)(length & 0xff);
    header[9] = (unsigned char)(length >> 8);
    char text[HEADER_BYTES];
    const int n =
        snprintf(text, sizeof text, "{'descr': '%cc8', 'fortran_order': False, 'shape': (%lld, %lld, %lld), }", order,
                 (long long)shape[0], (long long)shape[1], (long long)shape[2]);
    memcpy(header + 10, text, (size_t)n); /* at most 10 + 44 + 3 * 21 bytes */
    header[HEADER_BYTES - 1] = '\n';
    w->n_left = shape[0] * shape[1] * shape[2];
    return fwrite(header, sizeof header, 1, w->file) == 1 ? SONO_OK : fail(w, err);
}

SonoStatus npy_write(NpyWriter *w, const SonoCplx *values, size_t n, SonoError *err)
{
    w->n_left -= (int64_t)n;
    return fwrite(values, sizeof *values, n, w->file) == n ? SONO_OK : fail(w, err);
}

static SonoStatus sync_folder(const char *path, SonoError *err)
{
    g_autofree char *folder = g_path_get_dirname(path);
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int result = fd < 0 ? -1 : fsync(fd);
    const int code = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    /* some file systems cannot sync a folder: then the rename is as safe as they make it */
    return result == 0 || code == EINVAL ? SONO_OK
                                         : sono_fail(err, SONO_E_IO, "%s: cannot write: %s", folder, g_strerror(code));
}

SonoStatus npy_close(NpyWriter *w, SonoError *err)
{
    if (w->n_left != 0) {
        const SonoStatus status = sono_fail(err, SONO_E_INVALID, "%s: not all values were written", w->path);
        npy_abandon(w);
        return status;
    }
    if (fflush(w->file) != 0 || fsync(fileno(w->file)) != 0) {
        return fail(w, err);
    }
    const int result = fclose(w->file);
    w->file = NULL;
    if (result != 0 || rename(w->temporary, w->path) != 0) {
        return fail(w, err);
    }
    const SonoStatus status = sync_folder(w->path, err);
    free_writer(w);
    return status;
}
