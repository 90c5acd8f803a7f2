/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A SonoPcmReader over a decoder: the sparse reads of a long file's first picture, before it is in a clip. Callers take
 * one channel after the other of the same span, the child decodes all of them at once: the last span is kept. */
#include <string.h>

#include "decoder_internal.h"
#include "sono_mem.h"

static SonoStatus fill_cache(SonoDecoder *dec, SonoDecoderSpan *span, int64_t start_frame, int64_t n_frames,
                             SonoError *err)
{
    const int n_channels = sono_decoder_info(dec)->n_channels;
    if (!span->pcm || span->n_frames != n_frames) {
        sono_free(span->pcm);
        span->pcm = NULL;
        span->n_frames = 0;
        if (n_frames > INT64_MAX / n_channels / (int64_t)sizeof *span->pcm) {
            return sono_fail(err, SONO_E_LIMIT, "a span of %lld frames is too long to read", (long long)n_frames);
        }
        span->pcm = sono_alloc_aligned((size_t)n_frames * (size_t)n_channels, sizeof *span->pcm);
        if (!span->pcm) {
            return sono_fail(err, SONO_E_NOMEM, "out of memory for %lld frames", (long long)n_frames);
        }
        span->n_frames = n_frames;
    }
    float *planes[SONO_MAX_CHANNELS];
    for (int c = 0; c < n_channels; c++) {
        planes[c] = span->pcm + c * n_frames;
    }
    const SonoStatus status = sono_decoder_read_at(dec, start_frame, n_frames, planes, err);
    span->start_frame = start_frame;
    if (status != SONO_OK) {
        sono_free(span->pcm);
        span->pcm = NULL;
        span->n_frames = 0;
    }
    return status;
}

static SonoStatus read_channel(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst,
                               SonoError *err)
{
    SonoDecoder *dec = ctx;
    SonoDecoderSpan *span = sono_decoder_cache(dec);
    if (channel < 0 || channel >= sono_decoder_info(dec)->n_channels || n_frames < 0) {
        return sono_fail(err, SONO_E_INVALID, "no channel %d with %lld frames", channel, (long long)n_frames);
    }
    if (n_frames == 0) {
        return SONO_OK;
    }
    SonoStatus status = SONO_OK;
    (void)pthread_mutex_lock(&span->lock);
    if (!span->pcm || span->start_frame != start_frame || span->n_frames != n_frames) {
        status = fill_cache(dec, span, start_frame, n_frames, err);
    }
    if (status == SONO_OK) {
        memcpy(dst, span->pcm + channel * n_frames, (size_t)n_frames * sizeof *dst);
    }
    (void)pthread_mutex_unlock(&span->lock);
    return status;
}

SonoPcmReader sono_decoder_reader(SonoDecoder *dec)
{
    const SonoAudioInfo *info = sono_decoder_info(dec);
    return (SonoPcmReader){.ctx = dec,
                           .read = read_channel,
                           .rate_hz = info->rate_hz,
                           .n_channels = info->n_channels,
                           .n_frames = info->n_frames_claimed > 0 ? info->n_frames_claimed : 0,
                           .revision = 0};
}
