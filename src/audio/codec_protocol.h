/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the editor and its child sonobrush-codec say to each other. Fixed-size messages over a SOCK_SEQPACKET pair,
 * samples in a sealed memfd that is cut into slots. Requests are answered in order, one reply each, so several may be
 * under way. Both sides run on one machine and come from one build: the magic number says so. The editor trusts nothing
 * in a reply (codec_reply.c); the child trusts its editor. */
#pragma once
#include <stdint.h>

#define CODEC_MAGIC UINT32_C(0x53434431) /* "SCD1"; change it with every change of these structs */

/* Descriptors the child finds open; 0 to 2 are /dev/null. */
enum { CODEC_FD_SOCKET = 3, CODEC_FD_FILE = 4, CODEC_FD_SAMPLES = 5, CODEC_FD_LIFELINE = 6, CODEC_FD_END = 7 };

/* Slots 0 .. CODEC_N_STREAM_SLOTS - 1 stream; the last one serves random access. */
#define CODEC_N_STREAM_SLOTS 3
#define CODEC_N_SLOTS 4
#define CODEC_SLOT_BYTES (UINT32_C(4) << 20)
#define CODEC_SAMPLES_BYTES (CODEC_N_SLOTS * CODEC_SLOT_BYTES)
#define CODEC_MAX_BLOCK_FRAMES 65536
#define CODEC_MAX_CHANNELS 256
#define CODEC_MAX_RATE_HZ 768000
#define CODEC_MAX_FRAMES (INT64_C(1) << 40) /* more than any recording has: at 48 kHz, 265 days */

typedef enum CodecRequestType {
    CODEC_OPEN_READ = 1, /* reply: what the file is */
    CODEC_NEXT,          /* reply: n_frames in the slot, channel c at float index c * request.n_frames */
    CODEC_READ_AT,       /* the same from start_frame; the place of the next CODEC_NEXT stays */
    CODEC_OPEN_WRITE,    /* encode it is */
    CODEC_WRITE,         /* the slot holds n_frames interleaved frames, int32 (left-justified) or float */
    CODEC_FINISH,        /* reply after the encoder has been closed */
} CodecRequestType;

typedef struct CodecRequest {
    uint32_t magic, type;
    uint64_t seq;
    uint32_t slot;
    int32_t n_channels, rate_hz; /* OPEN_WRITE, and file, sample, large, quality with it */
    int32_t file, sample;        /* SonoFileType, SonoSampleType */
    int32_t large;               /* the file will pass 4 GiB */
    double quality;
    int64_t start_frame, n_frames;
} CodecRequest;

enum {
    CODEC_FLAG_SEEKABLE = 1 << 0,  /* OPEN_READ: random access is exact and cheap */
    CODEC_FLAG_SHORTER = 1 << 1,   /* OPEN_READ: the header claims more than the file holds */
    CODEC_FLAG_RECOVERED = 1 << 2, /* OPEN_READ: the header was never finished, sizes come from the file's end */
    CODEC_FLAG_BROKEN = 1 << 3,    /* NEXT: the decoder met damage after these frames; text says what */
    CODEC_FLAGS_ALL = (1 << 4) - 1,
};

typedef struct CodecReply {
    uint32_t magic, type; /* type: the request's */
    uint64_t seq;         /* the request's */
    int32_t status;       /* SonoStatus; if not OK, text has the reason */
    uint32_t flags;
    int64_t n_frames;                  /* OPEN_READ: by the header, -1 unknown. NEXT, READ_AT, WRITE: frames done */
    int32_t n_channels, rate_hz, bits; /* OPEN_READ */
    char format[32], subtype[32];
    char text[160];
} CodecReply;

/* The most frames of so many channels that fit a slot. */
static inline int64_t codec_block_frames(int n_channels)
{
    const int64_t fit = (int64_t)CODEC_SLOT_BYTES / 4 / n_channels;
    return fit < CODEC_MAX_BLOCK_FRAMES ? fit : CODEC_MAX_BLOCK_FRAMES;
}
