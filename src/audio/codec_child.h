/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One running sonobrush-codec: start, ask, wait no longer than the stall limit, kill, reap. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "codec_protocol.h"
#include "input_file.h"
#include "sono_codec.h"

typedef struct SonoCodecChild {
    pid_t pid; /* 0: none */
    int socket, lifeline;
    char *samples; /* CODEC_SAMPLES_BYTES, read-only when decoding */
    uint64_t next_seq;
    double stall_timeout_s;
    bool (*progress)(void *ctx, int64_t n_done, int64_t n_total);
    void *progress_ctx;
    int64_t n_done, n_total; /* what the last progress call said */
    SonoShortName file_name;
    bool encoding;
} SonoCodecChild;

/* Start the program on file_fd (stays the caller's). Errors: IO, NOMEM. */
SonoStatus sono_codec_child_start(SonoCodecChild *child, const char *path, int file_fd, bool encoding,
                                  const SonoCodecOptions *options, SonoError *err);
/* Fills magic and seq. Errors as for receive. */
SonoStatus sono_codec_child_send(SonoCodecChild *child, CodecRequest *request, SonoError *err);
/* The reply to the request that was sent as (type, seq). Progress is asked from time to time while waiting. A refusal
 * by the child becomes its status; anything else than the expected message is FORMAT. Errors: TIMEOUT, CANCELLED,
 * FORMAT (also: the child died), IO, and what the child says. After an error the child is no more. */
SonoStatus sono_codec_child_receive(SonoCodecChild *child, uint32_t type, uint64_t seq, CodecReply *reply,
                                    SonoError *err);
/* Progress between blocks; false after a cancel, with err set. */
bool sono_codec_child_progress(SonoCodecChild *child, int64_t n_done, int64_t n_total, SonoError *err);
/* Kill, reap, unmap; any number of times. */
void sono_codec_child_stop(SonoCodecChild *child);

/* Where the program is, in the order sono_codec.h gives. out: at least PATH_MAX bytes. False: nowhere. */
bool sono_codec_path(const char *wanted, char *out, size_t n_out);

/* codec_reply.c: numbers and text from the child, checked. Errors: FORMAT, with file_name. */
SonoStatus sono_codec_reply_info(CodecReply *reply, const char *file_name, SonoAudioInfo *info, SonoError *err);
SonoStatus sono_codec_reply_count(const CodecReply *reply, int64_t most, const char *file_name, SonoError *err);
/* End the strings and replace what is not printable ASCII. */
void sono_codec_reply_clean_text(CodecReply *reply);
