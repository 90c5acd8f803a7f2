/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of sonobrush-codec: the cage, the decoder, the encoder. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "codec_protocol.h"

/* Give up everything but the descriptors we hold. False: it could not be done, and nothing may be opened. */
bool codec_enter_sandbox(bool encoding);

typedef struct CodecDecode CodecDecode;
typedef struct CodecEncode CodecEncode;

/* Each answers one request: fills reply->status, flags, n_frames, text. samples: the shared area. */
void codec_decode_open(CodecDecode **out, CodecReply *reply);
void codec_decode_read(CodecDecode *decode, const CodecRequest *request, char *samples, CodecReply *reply);
void codec_encode_open(CodecEncode **out, const CodecRequest *request, CodecReply *reply);
void codec_encode_write(CodecEncode *encode, const CodecRequest *request, const char *samples, CodecReply *reply);
void codec_encode_finish(CodecEncode *encode, CodecReply *reply);

/* Where the samples of a RIFF or RF64 file begin, if its data chunk says 0 bytes and yet there are some (the recorder
 * was killed); -1 if not so. Leaves fd anywhere. */
int64_t codec_unfinished_wav_data(int fd);

/* reply->status and a reason in text. */
void codec_refuse(CodecReply *reply, int status, const char *text);
