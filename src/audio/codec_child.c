/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child's life, with exactly the descriptors of codec_protocol.h. It is one file's servant: any error, any silence
 * past the limit, and it is killed. */
#define _GNU_SOURCE
#include "codec_child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child_process.h"
#include "sono_clock.h"
#include "sono_log.h"
#include "sono_mem.h"

#define DEFAULT_STALL_TIMEOUT_S 20.0
#define WAIT_SLICE_S 0.1 /* a cancel is noticed this soon while the child is silent */

/* Digits with an optional fraction, '.' in every locale; 0 if it is something else. */
static double seconds_from_text(const char *s)
{
    double value = 0.0, unit = 1.0;
    bool fraction = false;
    for (; *s; s++) {
        if (*s == '.' && !fraction) {
            fraction = true;
        } else if (*s >= '0' && *s <= '9') {
            unit = fraction ? unit / 10.0 : unit;
            value = fraction ? value + unit * (*s - '0') : value * 10.0 + (*s - '0');
        } else {
            return 0.0;
        }
    }
    return value;
}

static double stall_timeout_s(const SonoCodecOptions *options)
{
    if (options && options->stall_timeout_s > 0.0) {
        return options->stall_timeout_s;
    }
    const char *text = getenv("SONO_CODEC_TIMEOUT_S");
    const double s = text ? seconds_from_text(text) : 0.0;
    return s > 0.0 ? s : DEFAULT_STALL_TIMEOUT_S;
}

/* Shared samples: sized once and sealed, so that the child can never cut them from under us. */
static int make_samples(void)
{
    const int fd = memfd_create("sonobrush-codec", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 &&
        (ftruncate(fd, CODEC_SAMPLES_BYTES) || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))) {
        const int reason = errno;
        (void)close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

static int spawn(const char *program, bool encoding, const int fds[4], pid_t *pid)
{
    /* mpg123 and others print what they think of a file; hear it only when asked to, or when a sanitizer may speak. */
#ifdef SONO_SANITIZED
    const bool quiet = false;
#else
    const bool quiet = !sono_log_wants("codec");
#endif
    char name[] = "sonobrush-codec", decode[] = "decode", encode[] = "encode";
    char *const argv[] = {name, encoding ? encode : decode, NULL};
    return sono_child_spawn(program, argv, fds, CODEC_FD_END - CODEC_FD_SOCKET, quiet, pid);
}

SonoStatus sono_codec_child_start(SonoCodecChild *child, const char *path, int file_fd, bool encoding,
                                  const SonoCodecOptions *options, SonoError *err)
{
    *child = (SonoCodecChild){.socket = -1,
                              .lifeline = -1,
                              .stall_timeout_s = stall_timeout_s(options),
                              .progress = options ? options->progress : NULL,
                              .progress_ctx = options ? options->progress_ctx : NULL,
                              .n_total = -1,
                              .file_name = sono_short_name(path),
                              .encoding = encoding};
    int pair[2] = {-1, -1}, life[2] = {-1, -1}, samples_fd = -1;
    SonoStatus status = SONO_OK;
    char program[PATH_MAX];
    if (!sono_codec_path(options ? options->codec_path : NULL, program, sizeof program)) {
        return sono_fail(err, SONO_E_IO, "%s: sonobrush-codec was not found (set SONO_CODEC)", child->file_name.text);
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) || pipe2(life, O_CLOEXEC) ||
        (samples_fd = make_samples()) < 0) {
        goto system_error;
    }
    child->samples =
        mmap(NULL, CODEC_SAMPLES_BYTES, encoding ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, samples_fd, 0);
    if (child->samples == MAP_FAILED) {
        child->samples = NULL;
        goto system_error;
    }
    const int fds[4] = {pair[1], file_fd, samples_fd, life[0]};
    const int rc = spawn(program, encoding, fds, &child->pid);
    if (rc) {
        child->pid = 0;
        status = sono_fail(err, SONO_E_IO, "%s: cannot start %s: %s", child->file_name.text,
                           sono_short_name(program).text, strerror(rc));
        goto done;
    }
    child->socket = pair[0];
    child->lifeline = life[1];
    pair[0] = life[1] = -1;
    goto done;
system_error:
    status = sono_fail(err, SONO_E_IO, "%s: cannot start the decoder: %s", child->file_name.text, strerror(errno));
done:
    sono_child_close_fd(&pair[0]);
    sono_child_close_fd(&pair[1]);
    sono_child_close_fd(&life[0]);
    sono_child_close_fd(&life[1]);
    sono_child_close_fd(&samples_fd);
    if (status != SONO_OK) {
        sono_codec_child_stop(child);
    }
    return status;
}

/* Kill (unless it has ended by itself) and reap; the wait status, or -1 if it is not known. */
static int reap(SonoCodecChild *child, bool ended)
{
    int wait_status = -1;
    if (child->pid > 0) {
        /* It has closed its socket: give it a moment to finish dying, so that we learn what of. */
        const double until_s = sono_now_s() + (ended ? 1.0 : 0.0);
        pid_t got;
        while ((got = waitpid(child->pid, &wait_status, WNOHANG)) == 0 && sono_now_s() < until_s) {
            (void)poll(NULL, 0, 1);
        }
        if (got == 0) {
            (void)kill(child->pid, SIGKILL);
            do {
                got = waitpid(child->pid, &wait_status, 0);
            } while (got < 0 && errno == EINTR);
        }
        if (got != child->pid) {
            wait_status = -1;
        }
        child->pid = 0;
    }
    return wait_status;
}

void sono_codec_child_stop(SonoCodecChild *child)
{
    (void)reap(child, false);
    sono_child_close_fd(&child->socket);
    sono_child_close_fd(&child->lifeline);
    if (child->samples) {
        (void)munmap(child->samples, CODEC_SAMPLES_BYTES);
        child->samples = NULL;
    }
}

static const char *role(const SonoCodecChild *child)
{
    return child->encoding ? "encoder" : "decoder";
}

static SonoStatus fail_ended(SonoCodecChild *child, SonoError *err)
{
    const int ws = reap(child, true);
    sono_codec_child_stop(child);
    if (ws != -1 && WIFSIGNALED(ws)) {
        return sono_fail(err, SONO_E_FORMAT, "%s: the %s stopped (signal %d)", child->file_name.text, role(child),
                         WTERMSIG(ws));
    }
    if (ws != -1 && WIFEXITED(ws) && WEXITSTATUS(ws) == 3) {
        return sono_fail(err, SONO_E_IO, "%s: the %s could not lock itself in and refused to run",
                         child->file_name.text, role(child));
    }
    return sono_fail(err, SONO_E_FORMAT, "%s: the %s stopped (exit %d)", child->file_name.text, role(child),
                     ws != -1 && WIFEXITED(ws) ? WEXITSTATUS(ws) : -1);
}

bool sono_codec_child_progress(SonoCodecChild *child, int64_t n_done, int64_t n_total, SonoError *err)
{
    child->n_done = n_done;
    child->n_total = n_total;
    if (child->progress && !child->progress(child->progress_ctx, n_done, n_total)) {
        sono_codec_child_stop(child);
        (void)sono_fail(err, SONO_E_CANCELLED, "%s: cancelled", child->file_name.text);
        return false;
    }
    return true;
}

SonoStatus sono_codec_child_send(SonoCodecChild *child, CodecRequest *request, SonoError *err)
{
    request->magic = CODEC_MAGIC;
    request->seq = child->next_seq++;
    ssize_t n;
    do {
        /* At most CODEC_N_SLOTS small requests are ever under way: the socket's buffer always has room. */
        n = send(child->socket, request, sizeof *request, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *request ? SONO_OK : fail_ended(child, err);
}

/* Wait until the socket has something to say. */
static SonoStatus wait_readable(SonoCodecChild *child, SonoError *err)
{
    const double started_s = sono_now_s();
    for (;;) {
        const double left_s = started_s + child->stall_timeout_s - sono_now_s();
        if (left_s <= 0.0) {
            sono_codec_child_stop(child);
            return sono_fail(err, SONO_E_TIMEOUT, "%s: the %s made no progress for %g s and was stopped",
                             child->file_name.text, role(child), child->stall_timeout_s);
        }
        struct pollfd wait = {.fd = child->socket, .events = POLLIN};
        const double slice_s = left_s < WAIT_SLICE_S ? left_s : WAIT_SLICE_S;
        const int n = poll(&wait, 1, 1 + (int)(slice_s * 1000.0));
        if (n > 0) {
            return SONO_OK;
        }
        if (n < 0 && errno != EINTR) {
            const int reason = errno;
            sono_codec_child_stop(child);
            return sono_fail(err, SONO_E_IO, "%s: %s", child->file_name.text, strerror(reason));
        }
        if (!sono_codec_child_progress(child, child->n_done, child->n_total, err)) {
            return SONO_E_CANCELLED;
        }
    }
}

static SonoStatus fail_from_child(SonoCodecChild *child, const CodecReply *reply, SonoError *err)
{
    const bool known = reply->status >= SONO_E_LIMIT && reply->status < SONO_OK;
    return sono_fail(err, known ? (SonoStatus)reply->status : SONO_E_FORMAT, "%s: %s", child->file_name.text,
                     reply->text[0] ? reply->text : "refused without a reason");
}

SonoStatus sono_codec_child_receive(SonoCodecChild *child, uint32_t type, uint64_t seq, CodecReply *reply,
                                    SonoError *err)
{
    const SonoStatus status = wait_readable(child, err);
    if (status != SONO_OK) {
        return status;
    }
    ssize_t n;
    do {
        n = recv(child->socket, reply, sizeof *reply, MSG_TRUNC | MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    if (n <= 0) {
        return fail_ended(child, err);
    }
    if (n != (ssize_t)sizeof *reply || reply->magic != CODEC_MAGIC || reply->type != type || reply->seq != seq) {
        sono_codec_child_stop(child);
        return sono_fail(err, SONO_E_FORMAT, "%s: the %s spoke out of turn (damaged, or of another version)",
                         child->file_name.text, role(child));
    }
    sono_codec_reply_clean_text(reply);
    if (reply->status != SONO_OK) {
        sono_codec_child_stop(child);
        return fail_from_child(child, reply, err);
    }
    return SONO_OK;
}
