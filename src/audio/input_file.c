/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Only regular files with something in them are handed to the decoder. */
#define _GNU_SOURCE
#include "input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *kind_name(mode_t mode)
{
    if (S_ISDIR(mode)) {
        return "a directory";
    }
    if (S_ISFIFO(mode)) {
        return "a FIFO";
    }
    if (S_ISSOCK(mode)) {
        return "a socket";
    }
    return "a device";
}

SonoStatus sono_input_file_open(const char *path, int *out_fd, SonoError *err)
{
    const SonoShortName name = sono_short_name(path);
    struct stat st;
    /* Look before opening: opening some devices already does something. fstat below has the last word. */
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        return sono_fail(err, SONO_E_INVALID, "%s: is %s, not a sound file", name.text, kind_name(st.st_mode));
    }
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        return sono_fail(err, SONO_E_IO, "%s: %s", name.text, strerror(errno));
    }
    SonoStatus status = SONO_OK;
    if (fstat(fd, &st)) {
        status = sono_fail(err, SONO_E_IO, "%s: %s", name.text, strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        status = sono_fail(err, SONO_E_INVALID, "%s: is %s, not a sound file", name.text, kind_name(st.st_mode));
    } else if (st.st_size == 0) {
        status = sono_fail(err, SONO_E_INVALID, "%s: is empty", name.text);
    }
    if (status != SONO_OK) {
        (void)close(fd);
        return status;
    }
    *out_fd = fd;
    return SONO_OK;
}
