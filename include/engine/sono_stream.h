/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transform of a sound that is still coming in: push samples, get finished columns, of any plan but one that needs
 * the sound's length. The columns are, bit for bit, those that sono_columns_make() gives for the whole sound. Memory
 * and latency are bounded and known beforehand. */
#pragma once
#include "sono_columns.h"

typedef struct SonoStream SonoStream;

/* Column col of one channel is finished: texels[rows of the plan][2]. Columns of a channel come in order, from 0. */
typedef void (*SonoStreamFn)(void *ctx, int channel, int64_t col, const float *texels);

/* Errors: NOMEM, RANGE (channels, level), UNSUPPORTED (a plan for one length). The engine must outlive the stream. */
SonoStatus sono_stream_new(SonoEngine *engine, const SonoPlan *plan, int n_channels, int level_t, SonoStreamFn fn,
                           void *ctx, SonoStream **out, SonoError *err);
void sono_stream_free(SonoStream *stream); /* NULL is fine */

/* Column c is handed out by the push that brings frame c * 2^level_t * picture_hop + latency, at the latest. */
int64_t sono_stream_latency_frames(const SonoStream *stream);
/* Memory it holds, the same from the first push to the last. */
uint64_t sono_stream_bytes(const SonoStream *stream);

/* pcm[channel][n_frames], any number at a time. Calls fn from this thread. Errors: NOMEM, those of the engine; the
 * stream is then at its end. Thread: one at a time. */
SonoStatus sono_stream_push(SonoStream *stream, const float *const *pcm, int64_t n_frames, SonoError *err);
/* The sound has ended: the columns that are left. */
SonoStatus sono_stream_finish(SonoStream *stream, SonoError *err);
