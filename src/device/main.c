/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sonobrush-audio: holds a sound device for its parent, which started it with the descriptors of device_protocol.h.
 * Nothing here is waited for by anybody: sound servers hang, and then this process is killed. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver.h"
#include "quiet.h"

#define WATCH_MS 20
#define FIRST_CALLBACK_MS 4000 /* PulseAudio has needed 1.9 s */
#define FADE_MS 60             /* to fall silent before the end; with the largest buffers the fade is not heard out */
#define FAREWELL_MS 1000       /* to close the device in an orderly way once the editor is gone */

static const DeviceDriver *const drivers[] = {
#define DEVICE_DRIVER(name) &device_driver_##name,
#include "drivers.def"
#undef DEVICE_DRIVER
};
enum { N_DRIVERS = sizeof drivers / sizeof *drivers };

typedef struct Session {
    const DeviceDriver *driver;
    DeviceStream *stream;
    LastStage *stage;
    bool told_gone;
} Session;

/* With the descriptor that came along, or -1. False: the editor is gone, or not speaking our language. */
static bool receive(DeviceRequest *request, int *fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = request, .iov_len = sizeof *request};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t n;
    do {
        n = recvmsg(DEVICE_FD_SOCKET, &message, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    *fd = -1;
    const struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
        memcpy(fd, CMSG_DATA(header), sizeof *fd);
    }
    request->device[sizeof request->device - 1] = 0;
    return n == (ssize_t)sizeof *request && request->magic == DEVICE_MAGIC;
}

static bool send_reply(const DeviceReply *reply)
{
    ssize_t n;
    do {
        n = send(DEVICE_FD_SOCKET, reply, sizeof *reply, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *reply;
}

static void tell_device(const DeviceReply *device)
{
    DeviceReply reply = *device;
    reply.magic = DEVICE_MAGIC;
    reply.type = DEVICE_LIST;
    reply.status = SONO_OK;
    reply.flags |= DEVICE_FLAG_MORE;
    (void)send_reply(&reply);
}

static bool list(void)
{
    for (int i = N_DRIVERS - 1; i >= 0; i--) { /* the virtual one last */
        drivers[i]->list(tell_device);
    }
    const DeviceReply end = {.magic = DEVICE_MAGIC, .type = DEVICE_LIST};
    return send_reply(&end);
}

static void open_device(Session *session, const DeviceRequest *wish, DeviceReply *reply)
{
    for (int i = 0; i < N_DRIVERS && !session->driver; i++) {
        session->driver = drivers[i]->takes(wish->device) ? drivers[i] : NULL;
    }
    session->stream = session->driver ? session->driver->open(wish, reply) : NULL;
    if (!session->stream) {
        reply->status = SONO_E_IO;
    }
}

static void start(Session *session, int fd, DeviceReply *reply)
{
    struct stat stat;
    SonoError err;
    reply->status = SONO_E_FORMAT;
    device_text(reply->text, sizeof reply->text, "no ring");
    if (fd < 0 || fstat(fd, &stat) || stat.st_size < PLAY_RING_DATA) {
        return;
    }
    PlayRing *ring = mmap(NULL, (size_t)stat.st_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (ring == MAP_FAILED || ring->bytes != (uint64_t)stat.st_size) {
        return;
    }
    if (last_stage_new(ring, &session->stage, &err) != SONO_OK) {
        device_text(reply->text, sizeof reply->text, err.message);
        return;
    }
    reply->status = SONO_E_IO;
    if (!session->driver->start(session->stream, session->stage, reply)) {
        return;
    }
    for (int i = 0; i < FIRST_CALLBACK_MS && last_stage_longest_call(session->stage) == 0; i++) {
        (void)poll(NULL, 0, 1);
    }
    reply->buffer_frames = (int32_t)last_stage_longest_call(session->stage);
    if (reply->buffer_frames == 0) {
        device_text(reply->text, sizeof reply->text, "the device never asked for sound");
        return;
    }
    reply->status = SONO_OK;
    reply->text[0] = 0;
}

/* False: no more of this. */
static bool serve(Session *session)
{
    DeviceRequest request;
    int fd;
    if (!receive(&request, &fd)) {
        return false;
    }
    DeviceReply reply = {.magic = DEVICE_MAGIC, .type = request.type, .status = SONO_OK};
    if (request.type == DEVICE_CLOSE) {
        return false;
    }
    if (request.type == DEVICE_LIST) {
        return list();
    }
    if (request.type == DEVICE_OPEN && !session->driver) {
        open_device(session, &request, &reply);
    } else if (request.type == DEVICE_START && session->stream && !session->stage) {
        start(session, fd, &reply);
    } else {
        reply.status = SONO_E_INVALID;
        device_text(reply.text, sizeof reply.text, "no such request now");
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return send_reply(&reply);
}

static bool tell_if_gone(Session *session)
{
    if (!session->stage || session->told_gone) {
        return true;
    }
    DeviceReply reply = {.magic = DEVICE_MAGIC, .type = DEVICE_GONE, .status = SONO_E_DEVICE};
    const char *reason = session->driver->gone(session->stream, &reply.flags);
    if (!reason) {
        return true;
    }
    session->told_gone = true;
    device_text(reply.text, sizeof reply.text, reason);
    return send_reply(&reply);
}

/* Where the editor is gone and the main thread hangs in a sound server, nobody else would end this process. */
static void *watch_lifeline(void *ctx)
{
    (void)ctx;
    struct pollfd wait = {.fd = DEVICE_FD_LIFELINE, .events = POLLIN};
    while (poll(&wait, 1, -1) < 0 && errno == EINTR) {
    }
    (void)poll(NULL, 0, FAREWELL_MS);
    _exit(0);
}

static void fall_silent(Session *session)
{
    if (session->stage) {
        last_stage_ask_silence(session->stage);
        for (int i = 0; i < FADE_MS && !last_stage_is_silent(session->stage); i++) {
            (void)poll(NULL, 0, 1);
        }
    }
    if (session->stream) {
        session->driver->stop(session->stream);
    }
}

int main(void)
{
    struct stat stat;
    pthread_t watcher;
    if (fstat(DEVICE_FD_SOCKET, &stat) || !S_ISSOCK(stat.st_mode)) {
        (void)fprintf(stderr, "sonobrush-audio: started by Sonobrush to play sound; not for use by hand\n");
        return 2;
    }
    if (pthread_create(&watcher, NULL, watch_lifeline, NULL)) {
        return 3; /* the parent reports our exit */
    }
    device_quiet();
    Session session = {0};
    for (bool more = true; more;) {
        struct pollfd wait = {.fd = DEVICE_FD_SOCKET, .events = POLLIN};
        const int n = poll(&wait, 1, session.stage ? WATCH_MS : -1);
        more = n > 0 ? serve(&session) : n == 0 || errno == EINTR;
        more = more && tell_if_gone(&session);
    }
    fall_silent(&session);
    _exit(0); /* no exit handlers: those of sound libraries have hung */
}
