/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A device child that has been taken over by what it loaded: SONO_HOSTILE says how it lies. */
#include <math.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device_protocol.h"

static void answer(const DeviceReply *reply)
{
    if (write(DEVICE_FD_SOCKET, reply, sizeof *reply) != (ssize_t)sizeof *reply) {
        _exit(1);
    }
}

int main(void)
{
    const char *mode = getenv("SONO_HOSTILE");
    DeviceRequest request;
    while (mode && read(DEVICE_FD_SOCKET, &request, sizeof request) == (ssize_t)sizeof request) {
        DeviceReply reply = {.magic = DEVICE_MAGIC,
                             .type = request.type,
                             .device = "good",
                             .rate_hz = 48000.0,
                             .latency_s = NAN,
                             .n_channels = 2,
                             .n_in_channels = 2,
                             .buffer_frames = 256};
        const struct {
            const char *mode;
            int32_t *value, lie;
        } lies[] = {
            {"no-channels", &reply.n_channels, 0},         {"65-channels", &reply.n_channels, 65},
            {"minus-channels", &reply.n_channels, -1},     {"mad-inputs", &reply.n_in_channels, INT32_MAX},
            {"minus-inputs", &reply.n_in_channels, -2},    {"minus-buffer", &reply.buffer_frames, -1},
            {"mad-buffer", &reply.buffer_frames, 1 << 30}, {"mad-status", &reply.status, 77},
            {"other-type", (int32_t *)&reply.type, 99},    {"other-version", (int32_t *)&reply.magic, 1},
            {"list-flags", (int32_t *)&reply.flags, -1},
        };
        for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
            if (strcmp(mode, lies[i].mode) == 0) {
                *lies[i].value = lies[i].lie;
            }
        }
        if (strcmp(mode, "no-rate") == 0) {
            reply.rate_hz = 0.0;
        } else if (strcmp(mode, "nan-rate") == 0) {
            reply.rate_hz = NAN;
        } else if (strcmp(mode, "mad-rate") == 0) {
            reply.rate_hz = 1e9;
        } else if (strcmp(mode, "endless-text") == 0) {
            memset(reply.device, 'x', sizeof reply.device);
            memset(reply.text, 0xff, sizeof reply.text);
            reply.status = -3;
        } else if (strcmp(mode, "endless-list") == 0) {
            reply.flags = DEVICE_FLAG_MORE;
            for (;;) {
                answer(&reply);
            }
        } else if (strcmp(mode, "short") == 0) {
            _exit(write(DEVICE_FD_SOCKET, &reply, 10) == 10 ? 0 : 1);
        } else if (strcmp(mode, "start-buffer") == 0) {
            reply.buffer_frames = request.type == DEVICE_START ? 0 : 256;
        } else if (strcmp(mode, "no-callbacks") == 0) {
            reply.buffer_frames = 256; /* and then nothing ever happens */
        }
        answer(&reply);
    }
    return 0;
}
