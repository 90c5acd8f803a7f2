/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One running sonobrush-audio: start, ask with a deadline, let go, kill, reap. Thread: one at a time. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "device_protocol.h"
#include "sono_error.h"

typedef struct DeviceChild {
    pid_t pid; /* 0: none */
    int socket, lifeline;
} DeviceChild;

#define DEVICE_NO_CHILD ((DeviceChild){.socket = -1, .lifeline = -1})

/* program: NULL or empty: SONO_AUDIO, next to this program, the build tree, the libexec folder. Errors: IO. */
SonoStatus device_child_start(DeviceChild *child, const char *program, SonoError *err);
/* Fills the magic number. fd: goes along, stays the caller's; -1: none. Errors: IO (it is gone). */
SonoStatus device_child_send(DeviceChild *child, DeviceRequest *request, int fd, SonoError *err);
/* The next message, with its texts cleaned; refused by the child: its status and reason. cancel_fd: stop waiting when
 * it is readable (-1: none). Errors: TIMEOUT, CANCELLED, IO (it ended; the reason is in err), FORMAT, and what the
 * child says. */
SonoStatus device_child_receive(DeviceChild *child, uint32_t type, double until_s, int cancel_fd, DeviceReply *reply,
                                SonoError *err);
/* Ask it to fade out and end by itself; and whether it has (then it is reaped, and no child any more). */
void device_child_ask_to_end(DeviceChild *child);
bool device_child_has_ended(DeviceChild *child);
/* Both, for at most so long; then as device_child_kill. */
void device_child_let_go(DeviceChild *child, double most_s);
/* SIGKILL, close, reap; any number of times. */
void device_child_kill(DeviceChild *child);

/* device_reply.c: end the strings; what is not printable UTF-8 becomes '?'. */
void device_reply_clean(DeviceReply *reply);
/* What a stream was opened with. Errors: FORMAT. */
SonoStatus device_reply_check_open(const DeviceReply *reply, SonoError *err);
/* What START says, noted in opened: its buffer, and instead of an implausible latency one buffer. Errors: FORMAT. */
SonoStatus device_reply_check_started(const DeviceReply *reply, DeviceReply *opened, SonoError *err);
/* A listed device. Errors: FORMAT. */
SonoStatus device_reply_check_listed(DeviceReply *reply, SonoError *err);
