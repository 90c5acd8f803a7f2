/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clips: life, properties, reading. */
#include "clip_internal.h"

#include "sono_mem.h"
#include "sono_pcm_reader.h"

#include <inttypes.h>
#include <string.h>

/* Far beyond any sound, far from overflow. */
#define MAX_FRAME (INT64_C(1) << 60)

SonoPage *sono_page_new(void)
{
    SonoPage *page = sono_calloc(1, sizeof *page);
    if (page) {
        atomic_init(&page->n_refs, 1);
    }
    return page;
}

SonoPage *sono_page_ref(SonoPage *page)
{
    (void)atomic_fetch_add_explicit(&page->n_refs, 1, memory_order_relaxed);
    return page;
}

void sono_page_unref(SonoPage *page)
{
    if (page && atomic_fetch_sub_explicit(&page->n_refs, 1, memory_order_acq_rel) == 1) {
        for (size_t i = 0; i < SONO_PAGE_BLOCKS; i++) {
            sono_block_unref(page->blocks[i]);
        }
        sono_free(page);
    }
}

SonoPage *sono_page_copy(const SonoPage *page, size_t n_blocks)
{
    SonoPage *copy = sono_page_new();
    for (size_t i = 0; copy && i < n_blocks; i++) {
        copy->blocks[i] = sono_block_ref(page->blocks[i]);
    }
    return copy;
}

SonoStatus sono_clip_alloc(SonoPcmStore *store, double rate_hz, int n_channels, int64_t n_frames, SonoClip **out,
                           SonoError *err)
{
    static _Atomic uint64_t last_revision;
    const int64_t page_frames = (int64_t)SONO_PAGE_BLOCKS * SONO_BLOCK_FRAMES;
    const size_t n_pages = (size_t)(n_frames / page_frames + (n_frames % page_frames != 0));
    size_t n_bytes = 0;
    SonoClip *clip = NULL;
    if (!__builtin_mul_overflow(n_pages * (size_t)n_channels, sizeof(SonoPage *), &n_bytes)) {
        clip = sono_calloc(1, sizeof *clip + n_bytes);
    }
    if (!clip) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a clip of %" PRId64 " frames", n_frames);
    }
    atomic_init(&clip->n_refs, 1);
    clip->store = sono_pcm_store_ref(store);
    clip->rate_hz = rate_hz;
    clip->n_channels = n_channels;
    clip->n_frames = n_frames;
    clip->revision = 1 + atomic_fetch_add_explicit(&last_revision, 1, memory_order_relaxed);
    clip->n_pages = n_pages;
    *out = clip;
    return SONO_OK;
}

SonoPage **sono_clip_page(const SonoClip *clip, int channel, int64_t frame)
{
    const size_t page = (size_t)(frame / SONO_BLOCK_FRAMES / SONO_PAGE_BLOCKS);
    return (SonoPage **)&clip->pages[(size_t)channel * clip->n_pages + page];
}

SonoBlock *sono_clip_block(const SonoClip *clip, int channel, int64_t frame)
{
    return (*sono_clip_page(clip, channel, frame))->blocks[frame / SONO_BLOCK_FRAMES % SONO_PAGE_BLOCKS];
}

SonoClip *sono_clip_ref(const SonoClip *clip)
{
    SonoClip *mine = (SonoClip *)clip;
    (void)atomic_fetch_add_explicit(&mine->n_refs, 1, memory_order_relaxed);
    return mine;
}

void sono_clip_unref(const SonoClip *clip)
{
    SonoClip *mine = (SonoClip *)clip;
    if (!mine || atomic_fetch_sub_explicit(&mine->n_refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    for (size_t i = 0; i < mine->n_pages * (size_t)mine->n_channels; i++) {
        sono_page_unref(mine->pages[i]);
    }
    sono_pcm_store_unref(mine->store);
    sono_free(mine);
}

double sono_clip_rate_hz(const SonoClip *clip)
{
    return clip->rate_hz;
}

int sono_clip_n_channels(const SonoClip *clip)
{
    return clip->n_channels;
}

int64_t sono_clip_n_frames(const SonoClip *clip)
{
    return clip->n_frames;
}

uint64_t sono_clip_revision(const SonoClip *clip)
{
    return clip->revision;
}

SonoStatus sono_clip_check_span(const SonoClip *clip, int channel, int64_t start_frame, int64_t n_frames,
                                SonoError *err)
{
    if (channel < 0 || channel >= clip->n_channels) {
        return sono_fail(err, SONO_E_INVALID, "channel %d: the sound has %d", channel, clip->n_channels);
    }
    if (start_frame < -MAX_FRAME || start_frame > MAX_FRAME || n_frames < 0 || n_frames > MAX_FRAME) {
        return sono_fail(err, SONO_E_INVALID, "%" PRId64 " frames from frame %" PRId64 " are not a span", n_frames,
                         start_frame);
    }
    return SONO_OK;
}

SonoStatus sono_clip_read(const SonoClip *clip, int channel, int64_t start_frame, int64_t n_frames, float *dst,
                          SonoError *err)
{
    const SonoStatus status = sono_clip_check_span(clip, channel, start_frame, n_frames, err);
    if (status != SONO_OK) {
        return status;
    }
    const SonoSpan wanted = {start_frame, n_frames};
    const SonoSpan inside = sono_span_intersect(wanted, (SonoSpan){0, clip->n_frames});
    if (inside.n_frames == 0) {
        memset(dst, 0, (size_t)n_frames * sizeof *dst);
        return SONO_OK;
    }
    const int64_t end = sono_span_end(inside);
    memset(dst, 0, (size_t)(inside.start_frame - start_frame) * sizeof *dst);
    memset(dst + (end - start_frame), 0, (size_t)(sono_span_end(wanted) - end) * sizeof *dst);
    for (int64_t at = inside.start_frame; at < end;) {
        const int64_t offset = at % SONO_BLOCK_FRAMES;
        const int64_t n = end - at < SONO_BLOCK_FRAMES - offset ? end - at : SONO_BLOCK_FRAMES - offset;
        float *to = dst + (at - start_frame);
        SonoBlock *block = sono_clip_block(clip, channel, at);
        if (block) {
            const SonoPayload *payload = NULL;
            const SonoStatus pinned = sono_block_pin(block, &payload, err);
            if (pinned != SONO_OK) {
                return pinned;
            }
            memcpy(to, payload->samples + offset, (size_t)n * sizeof *to);
            sono_block_unpin(block);
        } else {
            memset(to, 0, (size_t)n * sizeof *to);
        }
        at += n;
    }
    return SONO_OK;
}

int sono_clip_shares_block(const SonoClip *a, const SonoClip *b, int channel, int64_t frame)
{
    if (channel < 0 || channel >= a->n_channels || channel >= b->n_channels || frame < 0 || frame >= a->n_frames ||
        frame >= b->n_frames) {
        return 0;
    }
    return sono_clip_block(a, channel, frame) == sono_clip_block(b, channel, frame);
}

static SonoStatus read_clip(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst, SonoError *err)
{
    return sono_clip_read(ctx, channel, start_frame, n_frames, dst, err);
}

SonoPcmReader sono_clip_reader(const SonoClip *clip)
{
    return (SonoPcmReader){(void *)clip, read_clip, clip->rate_hz, clip->n_channels, clip->n_frames, clip->revision};
}
