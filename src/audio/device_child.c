/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child holds what hangs and crashes; nothing here waits for it without a deadline. */
#define _GNU_SOURCE
#include "device_child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child_process.h"
#include "sono_clock.h"
#include "sono_log.h"

#define REAP_S 2.0 /* for a process that was killed: the kernel may be busy in a driver */

SonoStatus device_child_start(DeviceChild *child, const char *program, SonoError *err)
{
    int pair[2] = {-1, -1}, life[2] = {-1, -1};
    char path[PATH_MAX];
    *child = DEVICE_NO_CHILD;
    if (!sono_child_path(program && *program ? program : getenv("SONO_AUDIO"), "sonobrush-audio", "../device", path,
                         sizeof path)) {
        return sono_fail(err, SONO_E_IO, "sonobrush-audio was not found (set SONO_AUDIO)");
    }
    int rc = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) || pipe2(life, O_CLOEXEC) ? errno : 0;
    if (!rc) {
        char name[] = "sonobrush-audio";
        char *const argv[] = {name, NULL};
        const int fds[] = {pair[1], life[0]};
#ifdef SONO_SANITIZED
        const bool quiet = false;
#else
        const bool quiet = !sono_log_wants("audio");
#endif
        rc = sono_child_spawn(path, argv, fds, DEVICE_FD_END - DEVICE_FD_SOCKET, quiet, &child->pid);
    }
    sono_child_close_fd(&pair[1]);
    sono_child_close_fd(&life[0]);
    child->socket = pair[0];
    child->lifeline = life[1];
    if (rc) {
        child->pid = 0;
        device_child_kill(child);
        return sono_fail(err, SONO_E_IO, "cannot start %s: %s", sono_short_name(path).text, strerror(rc));
    }
    return SONO_OK;
}

/* True when it was reaped; false: not yet. */
static bool reap(DeviceChild *child, double most_s, int *wait_status)
{
    const double until_s = sono_now_s() + most_s;
    pid_t got = 0;
    *wait_status = -1;
    while (child->pid > 0 && (got = waitpid(child->pid, wait_status, WNOHANG)) == 0 && sono_now_s() < until_s) {
        (void)poll(NULL, 0, 1);
    }
    if (got != 0) {
        child->pid = 0;
    }
    return child->pid == 0;
}

void device_child_kill(DeviceChild *child)
{
    int wait_status;
    sono_child_close_fd(&child->socket);
    sono_child_close_fd(&child->lifeline);
    if (child->pid > 0) {
        (void)kill(child->pid, SIGKILL);
        if (!reap(child, REAP_S, &wait_status)) {
            sono_log(SONO_LOG_WARNING, "audio", "sonobrush-audio (%d) was killed, but does not end", (int)child->pid);
            child->pid = 0;
        }
    }
}

void device_child_ask_to_end(DeviceChild *child)
{
    DeviceRequest request = {.type = DEVICE_CLOSE};
    if (child->pid > 0) {
        (void)device_child_send(child, &request, -1, NULL);
    }
}

bool device_child_has_ended(DeviceChild *child)
{
    int wait_status;
    if (child->pid > 0 && reap(child, 0.0, &wait_status)) {
        device_child_kill(child); /* of which its descriptors are left */
    }
    return child->pid == 0;
}

void device_child_let_go(DeviceChild *child, double most_s)
{
    int wait_status;
    device_child_ask_to_end(child);
    (void)reap(child, most_s, &wait_status);
    device_child_kill(child);
}

static SonoStatus fail_ended(DeviceChild *child, SonoError *err)
{
    int ws = -1;
    (void)reap(child, 0.2, &ws);
    device_child_kill(child);
    if (ws != -1 && WIFSIGNALED(ws)) {
        return sono_fail(err, SONO_E_IO, "sonobrush-audio stopped (signal %d)", WTERMSIG(ws));
    }
    return sono_fail(err, SONO_E_IO, "sonobrush-audio stopped (exit %d)",
                     ws != -1 && WIFEXITED(ws) ? WEXITSTATUS(ws) : -1);
}

SonoStatus device_child_send(DeviceChild *child, DeviceRequest *request, int fd, SonoError *err)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {.bytes = {0}};
    request->magic = DEVICE_MAGIC;
    struct iovec part = {.iov_base = request, .iov_len = sizeof *request};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    ssize_t n;
    do {
        n = sendmsg(child->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *request ? SONO_OK : fail_ended(child, err);
}

static SonoStatus wait_readable(const DeviceChild *child, double until_s, int cancel_fd, SonoError *err)
{
    for (;;) {
        const double left_s = until_s - sono_now_s();
        struct pollfd waits[] = {{.fd = child->socket, .events = POLLIN}, {.fd = cancel_fd, .events = POLLIN}};
        const int n = poll(waits, 2, left_s > 0.0 ? 1 + (int)(left_s * 1000.0) : 0);
        if (n > 0) {
            return waits[1].revents ? sono_fail(err, SONO_E_CANCELLED, "cancelled") : SONO_OK;
        }
        if (n < 0 && errno != EINTR) {
            return sono_fail(err, SONO_E_IO, "%s", strerror(errno));
        }
        if (n == 0 && left_s <= 0.0) {
            return sono_fail(err, SONO_E_TIMEOUT, "the sound system does not answer");
        }
    }
}

SonoStatus device_child_receive(DeviceChild *child, uint32_t type, double until_s, int cancel_fd, DeviceReply *reply,
                                SonoError *err)
{
    const SonoStatus status = wait_readable(child, until_s, cancel_fd, err);
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
    if (n != (ssize_t)sizeof *reply || reply->magic != DEVICE_MAGIC ||
        (reply->type != type && reply->type != DEVICE_GONE)) {
        device_child_kill(child);
        return sono_fail(err, SONO_E_FORMAT, "sonobrush-audio spoke out of turn (damaged, or of another version)");
    }
    device_reply_clean(reply);
    if (reply->status != SONO_OK || reply->type != type) {
        const bool known = reply->status >= SONO_E_LIMIT && reply->status < SONO_OK;
        return sono_fail(err, known ? (SonoStatus)reply->status : SONO_E_FORMAT, "%s",
                         reply->text[0] ? reply->text : "the sound device was refused without a reason");
    }
    return SONO_OK;
}
