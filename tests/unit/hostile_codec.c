/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A codec that has fallen into a file's hands: it speaks the protocol, and then lies, babbles, hangs or dies as
 * SONO_HOSTILE says. For test_codec_hostile_child only. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "codec_protocol.h"

static const char *mode;

static int is(const char *name)
{
    return strcmp(mode, name) == 0;
}

static void hang(void)
{
    for (volatile unsigned long spin = 0;; spin++) {
    }
}

/* Lies of the first answer. */
static void spoil_open(CodecReply *reply)
{
    reply->n_channels = is("no-channels") ? 0 : is("257-channels") ? 257 : is("minus-channels") ? -2 : 2;
    reply->rate_hz = is("no-rate") ? 0 : is("mad-rate") ? 2147483647 : is("minus-rate") ? -44100 : 44100;
    reply->n_frames = is("minus-frames") ? -2 : is("mad-frames") ? INT64_MAX : 100000;
    reply->bits = is("minus-bits") ? -1 : is("mad-bits") ? 65 : 16;
    reply->flags = is("mad-flags") ? 0x80000001U : is("shifting-flags") ? 0 : CODEC_FLAG_SEEKABLE;
    if (!is("no-format")) {
        (void)snprintf(reply->format, sizeof reply->format, "WAV");
    }
    if (!is("no-subtype")) {
        (void)snprintf(reply->subtype, sizeof reply->subtype, "PCM_16");
    }
    if (is("endless-text")) { /* no string ends, and the terminal would obey */
        memset(reply->format, 0x1b, sizeof reply->format);
        memset(reply->subtype, 'A', sizeof reply->subtype);
        memset(reply->text, 7, sizeof reply->text);
    }
    if (is("refuse-endless-text")) {
        reply->status = -4;
        memset(reply->text, 0x9b, sizeof reply->text);
    }
    if (is("mad-status")) {
        reply->status = 12345;
    }
    if (is("refuse-ok-status")) {
        reply->status = -99;
        (void)snprintf(reply->text, sizeof reply->text, "status of my own");
    }
}

static void spoil_block(const CodecRequest *request, CodecReply *reply, int n_block)
{
    reply->n_frames = request->n_frames;
    if (n_block < 2 && !is("hang-at-once")) {
        return;
    }
    reply->n_frames = is("one-too-many")  ? request->n_frames + 1
                      : is("minus-block") ? -1
                      : is("mad-block")   ? INT64_MAX
                      : is("overflow")    ? INT64_C(0x4000000000000001)
                      : is("mad-broken")  ? 5
                      : is("goes-on")     ? request->n_frames
                      : n_block < 4       ? request->n_frames
                                          : 0;
    if (is("mad-broken")) {
        reply->flags = CODEC_FLAG_BROKEN;
        memset(reply->text, 0x1b, sizeof reply->text);
    }
    if (is("block-flags")) {
        reply->flags = 0x100;
    }
    if (is("hang") || is("hang-at-once")) {
        hang();
    }
    if (is("stop")) {
        (void)raise(SIGSTOP);
    }
    if (is("die-fpe")) {
        (void)signal(SIGFPE, SIG_DFL); /* a sanitizer would make a report and an exit of it */
        (void)raise(SIGFPE);
    }
    if (is("exit-7")) {
        _exit(7);
    }
    if (is("close-and-live")) {
        (void)close(CODEC_FD_SOCKET);
        hang();
    }
}

int main(int argc, char **argv)
{
    mode = getenv("SONO_HOSTILE");
    mode = mode ? mode : "honest";
    const int writing = argc == 2 && strcmp(argv[1], "encode") == 0;
    char *samples = mmap(NULL, CODEC_SAMPLES_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, CODEC_FD_SAMPLES, 0);
    CodecRequest request;
    int n_block = 0;
    if (samples == MAP_FAILED || is("exit-at-start")) {
        return 9;
    }
    if (is("shrink-samples") && (ftruncate(CODEC_FD_SAMPLES, 0) == 0 || ftruncate(CODEC_FD_SAMPLES, 1 << 30) == 0)) {
        return 10; /* the seals did not hold: the test will see the wrong end */
    }
    for (int i = CODEC_FD_END; i < 1000; i++) {
        if (lseek(i, 0, SEEK_CUR) >= 0 || close(i) == 0) {
            return 11; /* something leaked into us */
        }
    }
    while (read(CODEC_FD_SOCKET, &request, sizeof request) == (ssize_t)sizeof request) {
        CodecReply reply = {.magic = CODEC_MAGIC, .type = request.type, .seq = request.seq};
        if (request.type == CODEC_OPEN_READ) {
            spoil_open(&reply);
        } else if (request.type == CODEC_NEXT || request.type == CODEC_READ_AT) {
            float *slot = (float *)(void *)(samples + (size_t)request.slot * CODEC_SLOT_BYTES);
            for (long i = 0; i < 2 * 65536; i++) {
                slot[i] = is("not-numbers") && i % 1000 < 3 ? (float)(1e300 * 1e300 * (i % 2 ? 1 : -1)) : 0.5f;
            }
            spoil_block(&request, &reply, n_block++);
        } else if (writing) {
            reply.n_frames = is("short-write") && n_block > 0 ? request.n_frames - 1 : request.n_frames;
            n_block += request.type == CODEC_WRITE;
        }
        reply.magic = is("other-version") ? 0x31323334 : reply.magic;
        reply.type = is("other-type") ? 77 : reply.type;
        reply.seq = is("other-seq") && n_block > 1 ? 0 : reply.seq;
        char bytes[2 * sizeof reply];
        memset(bytes, 0, sizeof bytes);
        memcpy(bytes, &reply, sizeof reply);
        const size_t n = is("short-message") ? 7 : is("long-message") ? sizeof bytes : sizeof reply;
        if (write(CODEC_FD_SOCKET, bytes, n) != (ssize_t)n || (is("twice") && write(CODEC_FD_SOCKET, bytes, n) < 0)) {
            return 12;
        }
        if (is("nothing") || is("die-later")) {
            (void)raise(SIGKILL);
        }
    }
    return 0;
}
