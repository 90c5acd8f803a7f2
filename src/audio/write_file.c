/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes to a file, all or nothing. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "file_target.h"
#include "sono_codec.h"

SonoStatus sono_write_file_atomic(const char *path, const void *data, size_t n_bytes, SonoError *err)
{
    SonoFileTarget target;
    const SonoStatus status = sono_file_target_begin(path, &target, err);
    if (status != SONO_OK) {
        return status;
    }
    for (size_t done = 0; done < n_bytes;) {
        const ssize_t n = write(target.fd, (const char *)data + done, n_bytes - done);
        if (n > 0) {
            done += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            const int reason = n == 0 ? EIO : errno;
            sono_file_target_abort(&target);
            return sono_fail(err, SONO_E_IO, "%s: cannot write: %s", target.name.text, strerror(reason));
        }
    }
    return sono_file_target_commit(&target, err);
}
