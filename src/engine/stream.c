/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stream_internal.h"

#include "sono_mem.h"

#include <string.h>

#define MAX_CHANNELS 4096
/* A sound whose end is not known yet. */
#define ENDLESS (INT64_C(1) << 60)

static bool is_time(const SonoStream *s)
{
    return s->plan->axis == SONO_AXIS_TIME;
}

/* Frames of a channel that are still in its buffer. */
static SonoStatus read_buffer(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst, SonoError *err)
{
    const SonoStream *s = ctx;
    (void)err; /* advance() asks for what the buffer holds only */
    memcpy(dst, s->channels[channel].pcm + (start_frame - s->base), (size_t)n_frames * sizeof *dst);
    return SONO_OK;
}

void stream_emit(SonoStream *s, int channel, int64_t col, SonoBinColumn *bins)
{
    const SonoTexelBlock *block = &s->scratch.blocks[0];
    column_finish(&s->job, &s->scratch, bins, 0);
    for (size_t r = 0; r < s->job.n_bins; r++) {
        s->texels[2 * r] = block->level_db[r];
        s->texels[2 * r + 1] = block->second[r];
    }
    s->fn(s->ctx, channel, col, s->texels);
}

void sono_stream_free(SonoStream *s)
{
    if (!s) {
        return;
    }
    for (int c = 0; s->channels && c < s->n_channels; c++) {
        StreamChannel *channel = &s->channels[c];
        sono_free(channel->pcm);
        sono_free(channel->last);
        sono_bins_free(&channel->bins);
        sono_free(channel->tail);
        sono_free(channel->carry);
    }
    for (int j = 0; j < SONO_TEXEL_BLOCK; j++) {
        sono_bins_free(&s->scratch.bins[j]);
    }
    sono_texels_free(&s->scratch.blocks[0]);
    if (is_time(s)) {
        column_time_scratch_free(&s->scratch);
    } else {
        column_bands_scratch_free(&s->scratch);
    }
    sono_free(s->channels);
    sono_free(s->texels);
    column_job_clear(&s->job);
    sono_plan_unref(s->plan);
    sono_free(s);
}

static SonoStatus open_stream(SonoStream *s, SonoError *err)
{
    SonoStatus status = column_job_prepare(&s->job, err);
    if (status == SONO_OK) {
        int64_t latency = 0;
        s->cap_frames = is_time(s) ? stream_time_frames(s, &latency) : stream_bands_frames(s, &latency);
        s->bytes = sizeof *s + (uint64_t)s->n_channels * (sizeof *s->channels + (size_t)s->cap_frames * sizeof(float));
        status = is_time(s) ? stream_time_init(s, err) : stream_bands_init(s, err);
    }
    bool good = status == SONO_OK && sono_texels_init(&s->scratch.blocks[0], s->job.n_bins);
    s->texels = good ? sono_alloc_aligned(2 * s->job.n_bins, sizeof *s->texels) : NULL;
    good = s->texels != NULL;
    for (int c = 0; c < s->n_channels && good; c++) {
        s->channels[c].pcm = sono_alloc_aligned((size_t)s->cap_frames, sizeof(float));
        good = s->channels[c].pcm != NULL;
    }
    s->bytes += 2 * (SONO_TEXEL_BLOCK + 1) * s->job.n_bins * sizeof(float);
    return status != SONO_OK || good ? status : sono_fail(err, SONO_E_NOMEM, "no memory for a stream");
}

SonoStatus sono_stream_new(SonoEngine *engine, const SonoPlan *plan, int n_channels, int level_t, SonoStreamFn fn,
                           void *ctx, SonoStream **out, SonoError *err)
{
    if (n_channels < 1 || n_channels > MAX_CHANNELS) {
        return sono_fail(err, SONO_E_RANGE, "a stream of %d channels, must be from 1 to %d", n_channels, MAX_CHANNELS);
    }
    if (level_t < 0 || level_t > COLUMN_MAX_LEVEL_T) {
        return sono_fail(err, SONO_E_RANGE, "a stream of level %d, must be from 0 to %d", level_t, COLUMN_MAX_LEVEL_T);
    }
    if (plan->for_frames > 0 || plan->picture) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "%s needs the whole sound: it cannot stream", plan->transform);
    }
    SonoStream *s = sono_calloc(1, sizeof *s);
    StreamChannel *channels = sono_calloc((size_t)n_channels, sizeof *channels);
    if (!s || !channels) {
        sono_free(s);
        sono_free(channels);
        return sono_fail(err, SONO_E_NOMEM, "no memory for a stream");
    }
    s->plan = sono_plan_ref(plan);
    s->channels = channels;
    s->n_channels = n_channels;
    s->fn = fn;
    s->ctx = ctx;
    s->reader = (SonoPcmReader){
        .ctx = s, .read = read_buffer, .rate_hz = plan->rate_hz, .n_channels = n_channels, .n_frames = ENDLESS};
    s->job = (ColumnJob){.engine = engine,
                         .plan = plan,
                         .reader = &s->reader,
                         .level_t = level_t,
                         .outs = {{0, 0, sono_plan_n_bins(plan)}},
                         .n_outs = 1};
    const SonoStatus status = open_stream(s, err);
    if (status != SONO_OK) {
        sono_stream_free(s);
        return status;
    }
    *out = s;
    return SONO_OK;
}

int64_t sono_stream_latency_frames(const SonoStream *s)
{
    int64_t latency = 0;
    (void)(is_time(s) ? stream_time_frames(s, &latency) : stream_bands_frames(s, &latency));
    return latency;
}

uint64_t sono_stream_bytes(const SonoStream *s)
{
    return s->bytes;
}

static SonoStatus advance(SonoStream *s, SonoError *err)
{
    SonoStatus status = SONO_OK;
    for (int c = 0; c < s->n_channels && status == SONO_OK; c++) {
        status = is_time(s) ? stream_time_advance(s, c, err) : stream_bands_advance(s, c, err);
    }
    s->ended = s->ended || status != SONO_OK;
    return status;
}

/* Make room: frames that no slice to come sees. */
static void forget_frames(SonoStream *s)
{
    const int64_t next = s->channels[0].next;
    const int64_t keep = is_time(s) ? stream_time_keep(s, next) : stream_bands_keep(s, next);
    const int64_t n_gone = keep - s->base < s->n_frames - s->base ? keep - s->base : s->n_frames - s->base;
    if (n_gone <= 0) {
        return;
    }
    for (int c = 0; c < s->n_channels; c++) {
        float *pcm = s->channels[c].pcm;
        memmove(pcm, pcm + n_gone, (size_t)(s->n_frames - s->base - n_gone) * sizeof *pcm);
    }
    s->base += n_gone;
}

SonoStatus sono_stream_push(SonoStream *s, const float *const *pcm, int64_t n_frames, SonoError *err)
{
    if (s->ended) {
        return sono_fail(err, SONO_E_INVALID, "the stream is at its end");
    }
    SonoStatus status = SONO_OK;
    for (int64_t at = 0; at < n_frames && status == SONO_OK;) {
        int64_t n = s->cap_frames - (s->n_frames - s->base);
        if (n == 0) {
            forget_frames(s);
            continue;
        }
        n = n < n_frames - at ? n : n_frames - at;
        for (int c = 0; c < s->n_channels; c++) {
            memcpy(s->channels[c].pcm + (s->n_frames - s->base), pcm[c] + at, (size_t)n * sizeof(float));
        }
        s->n_frames += n;
        at += n;
        status = advance(s, err);
    }
    return status;
}

SonoStatus sono_stream_finish(SonoStream *s, SonoError *err)
{
    if (s->ended) {
        return sono_fail(err, SONO_E_INVALID, "the stream is at its end");
    }
    s->ended = true;
    s->reader.n_frames = s->n_frames;
    return advance(s, err);
}
