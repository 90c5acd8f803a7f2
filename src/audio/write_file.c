/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes to a file, all or nothing. Small portions are gathered. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "file_target.h"
#include "sono_codec.h"
#include "sono_mem.h"

enum { BUFFER_BYTES = 65536 };

struct SonoFileWriter {
    SonoFileTarget target;
    size_t n; /* in the buffer */
    char buffer[BUFFER_BYTES];
};

static SonoStatus put(const SonoFileTarget *target, const char *data, size_t n_bytes, SonoError *err)
{
    for (size_t done = 0; done < n_bytes;) {
        const ssize_t n = write(target->fd, data + done, n_bytes - done);
        if (n > 0) {
            done += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            return sono_fail(err, SONO_E_IO, "%s: cannot write: %s", target->name.text, strerror(n == 0 ? EIO : errno));
        }
    }
    return SONO_OK;
}

SonoStatus sono_file_writer_open(const char *path, SonoFileWriter **out, SonoError *err)
{
    SonoFileWriter *w = sono_calloc(1, sizeof *w);
    if (!w) {
        return sono_fail(err, SONO_E_NOMEM, "%s: out of memory", sono_short_name(path).text);
    }
    const SonoStatus status = sono_file_target_begin(path, &w->target, err);
    if (status != SONO_OK) {
        sono_free(w);
        return status;
    }
    *out = w;
    return SONO_OK;
}

static SonoStatus flush(SonoFileWriter *w, SonoError *err)
{
    const size_t n = w->n;
    w->n = 0;
    return put(&w->target, w->buffer, n, err);
}

SonoStatus sono_file_writer_write(SonoFileWriter *w, const void *data, size_t n_bytes, SonoError *err)
{
    if (n_bytes > BUFFER_BYTES - w->n) {
        const SonoStatus status = flush(w, err);
        if (status != SONO_OK) {
            return status;
        }
    }
    if (n_bytes > BUFFER_BYTES) {
        return put(&w->target, data, n_bytes, err);
    }
    memcpy(w->buffer + w->n, data, n_bytes);
    w->n += n_bytes;
    return SONO_OK;
}

void sono_file_writer_abandon(SonoFileWriter *w)
{
    if (w) {
        sono_file_target_abort(&w->target);
        sono_free(w);
    }
}

SonoStatus sono_file_writer_close(SonoFileWriter *w, SonoError *err)
{
    SonoStatus status = flush(w, err);
    if (status == SONO_OK) {
        status = sono_file_target_commit(&w->target, err);
    }
    sono_file_writer_abandon(w);
    return status;
}

SonoStatus sono_write_file_atomic(const char *path, const void *data, size_t n_bytes, SonoError *err)
{
    SonoFileWriter *w = NULL;
    SonoStatus status = sono_file_writer_open(path, &w, err);
    if (status != SONO_OK) {
        return status;
    }
    status = sono_file_writer_write(w, data, n_bytes, err);
    if (status != SONO_OK) {
        sono_file_writer_abandon(w);
        return status;
    }
    return sono_file_writer_close(w, err);
}
