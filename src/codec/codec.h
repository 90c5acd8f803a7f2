/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of sonobrush-codec: the cage, the decoder, the encoder. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "codec_protocol.h"

/* A second descriptor of the file, for decoding: libsndfile 1.2 closes the first when it cannot open the file, whatever
 * it was told. Ours alone; CODEC_FD_END is the editor's limit. */
enum { CODEC_FD_SPARE = CODEC_FD_END, CODEC_FD_LIMIT };

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

/* reply->status and a reason in text. */
void codec_refuse(CodecReply *reply, int status, const char *text);
