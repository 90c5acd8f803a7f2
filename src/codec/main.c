/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sonobrush-codec: decodes or encodes one sound file for its parent, which started it with the descriptors of
 * codec_protocol.h. Answers requests in order until the parent closes the socket. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec.h"
#include "sono_error.h"

void codec_refuse(CodecReply *reply, int status, const char *text)
{
    reply->status = status;
    (void)snprintf(reply->text, sizeof reply->text, "%s", text);
}

/* False: the parent is gone (or not speaking our language), and so are we. */
static bool receive(CodecRequest *request)
{
    ssize_t n;
    do {
        n = read(CODEC_FD_SOCKET, request, sizeof *request);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *request && request->magic == CODEC_MAGIC;
}

static bool answer(const CodecReply *reply)
{
    ssize_t n;
    do {
        n = write(CODEC_FD_SOCKET, reply, sizeof *reply);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *reply;
}

static void serve(bool encoding, char *samples)
{
    CodecDecode *decode = NULL;
    CodecEncode *encode = NULL;
    CodecRequest request;
    while (receive(&request)) {
        CodecReply reply = {.magic = CODEC_MAGIC, .type = request.type, .seq = request.seq, .n_frames = -1};
        if (request.slot >= CODEC_N_SLOTS) {
            codec_refuse(&reply, SONO_E_INVALID, "no such slot");
        } else if (!encoding && request.type == CODEC_OPEN_READ && !decode) {
            codec_decode_open(&decode, &reply);
        } else if (decode && (request.type == CODEC_NEXT || request.type == CODEC_READ_AT)) {
            codec_decode_read(decode, &request, samples, &reply);
        } else if (encoding && request.type == CODEC_OPEN_WRITE && !encode) {
            codec_encode_open(&encode, &request, &reply);
        } else if (encode && request.type == CODEC_WRITE) {
            codec_encode_write(encode, &request, samples, &reply);
        } else if (encode && request.type == CODEC_FINISH) {
            codec_encode_finish(encode, &reply);
            encode = NULL;
        } else {
            codec_refuse(&reply, SONO_E_INVALID, "no such request now");
        }
        if (!answer(&reply)) {
            break;
        }
    }
}

int main(int argc, char **argv)
{
    const bool encoding = argc == 2 && strcmp(argv[1], "encode") == 0;
    const bool decoding = argc == 2 && strcmp(argv[1], "decode") == 0;
    struct stat socket_stat;
    if ((!encoding && !decoding) || fstat(CODEC_FD_SOCKET, &socket_stat) || !S_ISSOCK(socket_stat.st_mode)) {
        (void)fprintf(stderr,
                      "sonobrush-codec: started by Sonobrush to read and write sound files; not for use by hand\n");
        return 2;
    }
    char *samples =
        mmap(NULL, CODEC_SAMPLES_BYTES, encoding ? PROT_READ : PROT_READ | PROT_WRITE, MAP_SHARED, CODEC_FD_SAMPLES, 0);
    const bool spared = encoding || dup2(CODEC_FD_FILE, CODEC_FD_SPARE) == CODEC_FD_SPARE;
    if (samples == MAP_FAILED || !spared || !codec_enter_sandbox(encoding)) {
        /* Without the cage nothing is opened; the parent reports our exit. */
        return 3;
    }
    serve(encoding, samples);
    _exit(0); /* no exit handlers: some would make calls that the cage forbids */
}
