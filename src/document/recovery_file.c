/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where recovery files lie, and reading them with suspicion. */
#define _GNU_SOURCE /* flock */
#include "recovery_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edit_script_part.h"
#include "recovery_header.h"
#include "sono_hash.h"
#include "sono_mem.h"

#define MAX_BYTES ((int64_t)1 << 30)

static SonoStatus check_length(int n, SonoError *err)
{
    return n >= 0 && n < PATH_MAX ? SONO_OK : sono_fail(err, SONO_E_IO, "the recovery folder's name is too long");
}

/* The XDG base directory specification: relative values are ignored. */
SonoStatus recovery_folder(const char *given, char out[PATH_MAX], SonoError *err)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char buffer[4096];
    struct passwd entry;
    struct passwd *user = NULL;
    if (given) {
        return check_length(snprintf(out, PATH_MAX, "%s", given), err);
    }
    if (state && state[0] == '/') {
        return check_length(snprintf(out, PATH_MAX, "%s/sonobrush/recovery", state), err);
    }
    if ((!home || home[0] != '/') && getpwuid_r(geteuid(), &entry, buffer, sizeof buffer, &user) == 0 && user) {
        home = entry.pw_dir; /* started without an environment */
    }
    if (home && home[0] == '/') {
        return check_length(snprintf(out, PATH_MAX, "%s/.local/state/sonobrush/recovery", home), err);
    }
    return sono_fail(err, SONO_E_IO, "neither XDG_STATE_HOME nor HOME names a state folder, and the user has no home");
}

SonoStatus recovery_make_folder(const char *folder, SonoError *err)
{
    char path[PATH_MAX];
    struct stat st;
    SonoStatus status = check_length(snprintf(path, sizeof path, "%s", folder), err);
    for (char *p = path + 1; status == SONO_OK; p++) {
        const char c = *p;
        if (c != '/' && c != '\0') {
            continue;
        }
        *p = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST) {
            status = sono_fail(err, SONO_E_IO, "%s: cannot make the recovery folder: %s", sono_short_name(path).text,
                               strerror(errno));
        }
        *p = c;
        if (c == '\0') {
            break;
        }
    }
    /* what somebody edits is nobody else's business */
    if (status == SONO_OK && stat(path, &st) == 0 && (st.st_mode & 077) != 0 && chmod(path, 0700) != 0) {
        status =
            sono_fail(err, SONO_E_IO, "%s: cannot be made private: %s", sono_short_name(path).text, strerror(errno));
    }
    return status;
}

SonoStatus recovery_path(const char *folder, const char *id, int n, const char *suffix, char out[PATH_MAX],
                         SonoError *err)
{
    return check_length(snprintf(out, PATH_MAX, "%s/%.*s%s", folder, n, id, suffix), err);
}

/* Folder and id of a file. */
static void split(const char *file, char folder[PATH_MAX], const char **id, int *n)
{
    const char *slash = strrchr(file, '/');
    (void)snprintf(folder, PATH_MAX, "%.*s", slash ? (int)(slash - file) : 1, slash ? file : ".");
    *id = slash ? slash + 1 : file;
    *n = (int)strcspn(*id, ".");
}

SonoStatus recovery_taken_path(const char *file, char out[PATH_MAX], SonoError *err)
{
    char folder[PATH_MAX];
    char suffix[96];
    const char *id = NULL;
    int n = 0;
    const RecoveryOwner self = recovery_owner_self();
    split(file, folder, &id, &n);
    (void)snprintf(suffix, sizeof suffix, ".%" PRId64 ".%" PRIu64 ".%016" PRIx64 RECOVERY_TAKEN, self.pid,
                   self.start_ticks, sono_hash(self.boot, strlen(self.boot), SONO_HASH_SEED));
    return recovery_path(folder, id, n, suffix, out, err);
}

SonoStatus recovery_lock_path(const char *file, char out[PATH_MAX], SonoError *err)
{
    char folder[PATH_MAX];
    const char *id = NULL;
    int n = 0;
    split(file, folder, &id, &n);
    return recovery_path(folder, id, n, RECOVERY_LOCK, out, err);
}

int recovery_lock(const char *path, bool *held)
{
    const int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    *held = false;
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        *held = errno == EWOULDBLOCK;
        (void)close(fd);
        return -1;
    }
    return fd;
}

/* The whole file; *text is malloc'ed. */
static SonoStatus read_text(const char *file, char **text, size_t *n_bytes, SonoError *err)
{
    struct stat st;
    const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return sono_fail(err, SONO_E_IO, "%s", strerror(errno));
    }
    SonoStatus status = SONO_OK;
    char *buffer = NULL;
    size_t n = 0;
    if (fstat(fd, &st) != 0) {
        status = sono_fail(err, SONO_E_IO, "%s", strerror(errno));
    } else if (!S_ISREG(st.st_mode) || st.st_uid != geteuid()) {
        status = sono_fail(err, SONO_E_INVALID, "is not a regular file of this user");
    } else if (st.st_size > MAX_BYTES) {
        status = sono_fail(err, SONO_E_LIMIT, "is larger than 1 GiB");
    } else if (!(buffer = sono_calloc((size_t)st.st_size + 1, 1))) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory to read it");
    }
    while (status == SONO_OK && n < (size_t)st.st_size) {
        const ssize_t got = read(fd, buffer + n, (size_t)st.st_size - n);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            status = sono_fail(err, SONO_E_IO, "%s", got == 0 ? "ended while it was read" : strerror(errno));
        }
        n += got > 0 ? (size_t)got : 0;
    }
    (void)close(fd);
    if (status != SONO_OK) {
        sono_free(buffer);
        return status;
    }
    *text = buffer;
    *n_bytes = n;
    return SONO_OK;
}

/* The edits, a line each, from text on. */
static SonoStatus parse_edits(const char *text, const char *end, size_t n_edits, SonoEditScript *script, SonoError *err)
{
    SonoStatus status = SONO_OK;
    /* a line is never shorter than this, so the header cannot ask for memory that the file does not justify */
    if (n_edits > (size_t)(end - text) / sizeof "{\"edits\":[{}]}") {
        return sono_fail(err, SONO_E_FORMAT, "n_edits: is %zu, which the file does not hold", n_edits);
    }
    script->edits = sono_calloc(n_edits ? n_edits : 1, sizeof *script->edits);
    if (!script->edits) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for %zu edits", n_edits);
    }
    while (status == SONO_OK && text < end) {
        SonoEditScript one = {0};
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        if (!stop || script->n_edits == n_edits) {
            return sono_fail(err, SONO_E_FORMAT, "line %zu: %s", script->n_edits + 2,
                             stop ? "more edits than n_edits says" : "is cut off");
        }
        status = sono_edit_script_parse_part(text, (size_t)(stop - text), script->n_edits, &one, err);
        if (status == SONO_OK && one.n_edits != 1) {
            status = sono_fail(err, SONO_E_FORMAT, "must be one edit");
        }
        if (status == SONO_OK) {
            script->edits[script->n_edits] = one.edits[0];
            sono_free(one.edits);
        } else {
            sono_edit_script_clear(&one);
            (void)sono_fail_context(err, "line %zu", script->n_edits + 2);
        }
        script->n_edits += status == SONO_OK;
        text = stop + 1;
    }
    if (status == SONO_OK && script->n_edits != n_edits) {
        status = sono_fail(err, SONO_E_FORMAT, "holds %zu of %zu edits", script->n_edits, n_edits);
    }
    return status;
}

static SonoStatus parse(const char *text, size_t n_bytes, RecoveryHeader *header, SonoEditScript *script,
                        SonoError *err)
{
    const char *stop = memchr(text, '\n', n_bytes);
    if (!stop) {
        return sono_fail(err, SONO_E_FORMAT, "is no recovery file");
    }
    const SonoStatus status = recovery_parse_header(text, (size_t)(stop - text), header, err);
    return status == SONO_OK ? parse_edits(stop + 1, text + n_bytes, header->n_edits, script, err) : status;
}

SonoStatus recovery_read(const char *file, RecoveryHeader *header, SonoEditScript *script, SonoError *err)
{
    char *text = NULL;
    size_t n_bytes = 0;
    RecoveryHeader head = {0};
    SonoEditScript all = {0};
    SonoStatus status = read_text(file, &text, &n_bytes, err);
    if (status == SONO_OK) {
        status = parse(text, n_bytes, &head, &all, err);
    }
    sono_free(text);
    if (status != SONO_OK || !script) {
        sono_edit_script_clear(&all);
    }
    if (status != SONO_OK) {
        recovery_header_clear(&head);
        return sono_fail_context(err, "%s", sono_short_name(file).text);
    }
    *header = head;
    if (script) {
        *script = all;
    }
    return SONO_OK;
}
