/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing and removing one document's recovery file. */
#define _GNU_SOURCE /* flock */
#include "recovery_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "edit_script_part.h"
#include "sono_mem.h"

RecoveryEdit *recovery_edit_new(const SonoEdit *edit)
{
    RecoveryEdit *e = sono_calloc(1, sizeof *e);
    if (e && sono_edit_copy(edit, &e->edit, NULL) != SONO_OK) {
        sono_free(e);
        return NULL;
    }
    if (e) {
        atomic_init(&e->refs, 1);
    }
    return e;
}

RecoveryEdit *recovery_edit_ref(RecoveryEdit *e)
{
    (void)atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
    return e;
}

void recovery_edit_unref(RecoveryEdit *e)
{
    if (e && atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel) == 1) {
        sono_edit_clear(&e->edit);
        sono_free(e->line);
        sono_free(e);
    }
}

SonoStatus recovery_writer_init(RecoveryWriter *w, const char *folder, const char *sound_path, SonoError *err)
{
    char at[PATH_MAX] = "";
    *w = (RecoveryWriter){.lock_fd = -1};
    if (sound_path[0] != '/' && !getcwd(at, sizeof at)) {
        at[0] = '\0';
    }
    const size_t n = strlen(at) + strlen(sound_path) + 2;
    w->sound_path = sono_calloc(n, 1);
    w->folder = folder ? strdup(folder) : NULL;
    if (!w->sound_path || (folder && !w->folder)) {
        recovery_writer_clear(w);
        return sono_fail(err, SONO_E_NOMEM, "no memory to keep edits safe");
    }
    (void)snprintf(w->sound_path, n, "%s%s%s", at, sound_path[0] == '/' ? "" : "/", sound_path);
    return SONO_OK;
}

void recovery_writer_unlock(RecoveryWriter *w)
{
    if (w->lock_fd >= 0) {
        (void)close(w->lock_fd);
        w->lock_fd = -1;
    }
}

void recovery_writer_clear(RecoveryWriter *w)
{
    recovery_writer_unlock(w);
    sono_free(w->sound_path);
    free(w->taken);
    free(w->folder);
    *w = (RecoveryWriter){.lock_fd = -1};
}

/* A name that nobody else has, and its lock. */
static SonoStatus make_name(RecoveryWriter *w, const char *folder, SonoError *err)
{
    char lock[PATH_MAX];
    char id[24];
    uint64_t number = 0;
    SonoStatus status = SONO_OK;
    int fd = -1;
    for (int attempt = 0; attempt < 100 && status == SONO_OK && fd < 0; attempt++) {
        if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
            return sono_fail(err, SONO_E_IO, "no random number for a recovery file: %s", strerror(errno));
        }
        const int n = snprintf(id, sizeof id, "%016" PRIx64, number);
        status = recovery_path(folder, id, n, RECOVERY_LOCK, lock, err);
        if (status == SONO_OK) {
            status = recovery_path(folder, id, n, RECOVERY_SUFFIX, w->file, err);
        }
        fd = status == SONO_OK ? open(lock, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
        if (status == SONO_OK && fd < 0 && errno != EEXIST) {
            status = sono_fail(err, SONO_E_IO, "%s: %s", sono_short_name(lock).text, strerror(errno));
        }
    }
    if (fd < 0) {
        w->file[0] = '\0';
        return status != SONO_OK ? status : sono_fail(err, SONO_E_IO, "no free name for a recovery file");
    }
    (void)flock(fd, LOCK_EX | LOCK_NB); /* where locks do not work, the owner's process number decides */
    w->lock_fd = fd;
    return SONO_OK;
}

/* The line of an edit, once. index: of the edit in the file. */
static SonoStatus print_line(RecoveryEdit *e, size_t index, SonoError *err)
{
    const SonoEdit *const edit = &e->edit;
    if (e->line) {
        return SONO_OK;
    }
    const SonoStatus status = sono_edit_script_print_part(&edit, 1, index, &e->line, err);
    e->n_line = status == SONO_OK ? strlen(e->line) : 0; /* it ends with a newline */
    return status;
}

static SonoStatus write_lines(RecoveryWriter *w, const RecoveryHeader *header, RecoveryEdit *const *edits,
                              SonoError *err)
{
    SonoFileWriter *out = NULL;
    char *line = NULL;
    SonoStatus status = recovery_print_header(header, &line, err);
    status = status == SONO_OK ? sono_file_writer_open(w->file, &out, err) : status;
    if (status == SONO_OK) {
        status = sono_file_writer_write(out, line, strlen(line), err);
        for (size_t i = 0; i < header->n_edits && status == SONO_OK; i++) {
            status = sono_file_writer_write(out, edits[i]->line, edits[i]->n_line, err);
        }
        if (status == SONO_OK) {
            status = sono_file_writer_close(out, err);
        } else {
            sono_file_writer_abandon(out);
        }
    }
    sono_free(line);
    return status;
}

/* No longer needed: as many edits are written again, or none are to be kept. */
static void remove_taken(RecoveryWriter *w)
{
    if (w->taken) {
        (void)unlink(w->taken);
        free(w->taken);
        w->taken = NULL;
    }
}

SonoStatus recovery_writer_adopt(RecoveryWriter *w, const char *lost_file, size_t n_edits, SonoError *err)
{
    char path[PATH_MAX];
    const SonoStatus status = recovery_taken_path(lost_file, path, err);
    if (status != SONO_OK) {
        return status;
    }
    w->taken = strdup(path);
    w->n_taken = n_edits;
    return w->taken ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory to keep edits safe");
}

SonoStatus recovery_writer_write(RecoveryWriter *w, RecoveryEdit *const *edits, size_t n_edits, bool saved_over,
                                 SonoError *err)
{
    char folder[PATH_MAX];
    SonoError unprintable = {0};
    SonoStatus status = recovery_folder(w->folder, folder, err);
    status = status == SONO_OK ? recovery_make_folder(folder, err) : status;
    if (status == SONO_OK && w->lock_fd < 0) {
        status = make_name(w, folder, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    size_t n = 0;
    while (n < n_edits && print_line(edits[n], n, &unprintable) == SONO_OK) {
        n++;
    }
    const RecoveryHeader header = {.sound_path = w->sound_path,
                                   .fingerprint = saved_over ? w->now : w->original,
                                   .owner = recovery_owner_self(),
                                   .saved_at_s = (int64_t)time(NULL),
                                   .n_edits = n};
    status = write_lines(w, &header, edits, err);
    if (status == SONO_OK && n >= w->n_taken) {
        remove_taken(w);
    }
    if (status == SONO_OK && n < n_edits) {
        status = sono_fail(err, unprintable.code, "edit %zu cannot be kept safe: %s", n + 1, unprintable.message);
    }
    return status;
}

void recovery_writer_remove(RecoveryWriter *w)
{
    char lock[PATH_MAX];
    remove_taken(w);
    if (w->lock_fd < 0) {
        return;
    }
    (void)unlink(w->file);
    if (recovery_lock_path(w->file, lock, NULL) == SONO_OK) {
        (void)unlink(lock);
    }
    recovery_writer_unlock(w);
    w->file[0] = '\0';
}
