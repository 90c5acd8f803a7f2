/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tells a file from others, wherever it lies: its size, and a hash of all of it or, if it is long, of pieces. */
#include "fingerprint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sono_hash.h"
#include "sono_mem.h"

#define WHOLE_BYTES ((int64_t)16 << 20)
#define PIECE_BYTES ((int64_t)64 << 10)
#define N_PIECES 256

static SonoStatus hash_piece(int fd, int64_t at, const char *name, unsigned char *buffer, uint64_t *hash,
                             SonoError *err)
{
    for (int64_t n = 0; n < PIECE_BYTES;) {
        const ssize_t got = pread(fd, buffer, (size_t)(PIECE_BYTES - n), at + n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return sono_fail(err, SONO_E_IO, "%s: %s", name, strerror(errno));
        }
        if (got == 0) {
            break; /* the end */
        }
        *hash = sono_hash(buffer, (size_t)got, *hash);
        n += got;
    }
    return SONO_OK;
}

static SonoStatus hash_file(int fd, int64_t n_bytes, const char *name, const _Atomic bool *stop, uint64_t *hash,
                            SonoError *err)
{
    const bool whole = n_bytes <= WHOLE_BYTES;
    const int64_t n_pieces = whole ? (n_bytes + PIECE_BYTES - 1) / PIECE_BYTES : N_PIECES;
    unsigned char *buffer = sono_calloc(PIECE_BYTES, 1);
    SonoStatus status = buffer ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "%s: no memory to read it", name);
    *hash = SONO_HASH_SEED;
    for (int64_t i = 0; status == SONO_OK && i < n_pieces; i++) {
        /* the first and the last bytes are among the pieces */
        const int64_t at = whole ? i * PIECE_BYTES : (n_bytes - PIECE_BYTES) / (N_PIECES - 1) * i;
        const int64_t from = !whole && i == N_PIECES - 1 ? n_bytes - PIECE_BYTES : at;
        status = stop && atomic_load_explicit(stop, memory_order_relaxed)
                     ? sono_fail(err, SONO_E_CANCELLED, "cancelled")
                     : hash_piece(fd, from, name, buffer, hash, err);
    }
    sono_free(buffer);
    return status;
}

SonoStatus sono_fingerprint_until(const char *path, const _Atomic bool *stop, SonoFingerprint *out, SonoError *err)
{
    const SonoShortName name = sono_short_name(path);
    struct stat st;
    uint64_t hash = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return sono_fail(err, SONO_E_IO, "%s: %s", name.text, strerror(errno));
    }
    SonoStatus status = SONO_OK;
    if (fstat(fd, &st) != 0) {
        status = sono_fail(err, SONO_E_IO, "%s: %s", name.text, strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        status = sono_fail(err, SONO_E_IO, "%s: is not a regular file", name.text);
    } else {
        status = hash_file(fd, (int64_t)st.st_size, name.text, stop, &hash, err);
    }
    (void)close(fd);
    if (status == SONO_OK) {
        (void)snprintf(out->text, sizeof out->text, "%" PRId64 "-%016" PRIx64, (int64_t)st.st_size, hash);
    }
    return status;
}

SonoStatus sono_fingerprint(const char *path, SonoFingerprint *out, SonoError *err)
{
    return sono_fingerprint_until(path, NULL, out, err);
}
