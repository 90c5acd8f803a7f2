/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the editor and its child sonobrush-audio say to each other: fixed-size messages over a SOCK_SEQPACKET pair. A
 * child serves one list or one stream: LIST, or OPEN (what the device really does comes back), START with the ring's
 * descriptor (play_ring.h; the reply comes after the first callback), CLOSE. Without being asked it says GONE when the
 * device went or changed. Both come from one build: the magic number says so. The editor trusts nothing in a reply
 * (device_reply.c), nor that there will be one; the child trusts its editor. */
#pragma once
#include <stdint.h>

#define DEVICE_MAGIC UINT32_C(0x53445632) /* "SDV2"; change it with every change of these structs */

/* Descriptors the child finds open; 0 to 2 are /dev/null. It ends itself when the lifeline's other end is closed. */
enum { DEVICE_FD_SOCKET = 3, DEVICE_FD_LIFELINE = 4, DEVICE_FD_END = 5 };

#define DEVICE_MAX_LISTED 256
#define DEVICE_MAX_BUFFER_FRAMES 8192
#define DEVICE_MIN_RATE_HZ 8000.0
#define DEVICE_MAX_RATE_HZ 768000.0

typedef enum DeviceMessageType {
    DEVICE_LIST = 1, /* replies: one for each device, the last one without DEVICE_FLAG_MORE and without a name */
    DEVICE_OPEN,
    DEVICE_START,
    DEVICE_CLOSE, /* no reply: it fades out and ends */
    DEVICE_GONE   /* from the child alone; text says why */
} DeviceMessageType;

typedef struct DeviceRequest {
    uint32_t magic, type;
    char device[128];
    double rate_hz;
    int32_t n_channels, n_in_channels, buffer_frames;
    uint32_t attempt; /* how many streams this wish has had before; the virtual device changes its rate by it */
    uint32_t beside;  /* not 0: the last child may still be there; do not take its name with a sound server */
} DeviceRequest;

enum {
    DEVICE_FLAG_MORE = 1 << 0,    /* LIST: another reply follows */
    DEVICE_FLAG_DEFAULT = 1 << 1, /* LIST: what an empty name means */
    DEVICE_FLAG_AGAIN = 1 << 2,   /* GONE: opening it again at once makes sense (its rate changed) */
    DEVICE_FLAGS_ALL = (1 << 3) - 1,
};

typedef struct DeviceReply {
    uint32_t magic, type; /* the request's */
    int32_t status;       /* SonoStatus; if not OK, text has the reason */
    uint32_t flags;
    char device[128];
    double rate_hz, latency_s; /* LIST: default rate, low latency. latency: 0 or less, or absurd: not known */
    int32_t n_channels, n_in_channels;
    int32_t buffer_frames; /* OPEN: the most it will ask for, 0 unknown; START: what it asked for first */
    char text[160];
} DeviceReply;
