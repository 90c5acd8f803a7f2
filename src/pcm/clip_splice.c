/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Splicing: a new clip that shares every page and block the new samples do not change. */
#include "clip_internal.h"

#include <inttypes.h>
#include <string.h>

/* What is known of the old block goes to a new payload: all of it if a part will stay, else what costs nothing. */
static SonoStatus copy_old(SonoBlock *old, bool a_part_stays, SonoPayload *to, bool *known, SonoError *err)
{
    const SonoPayload *from = NULL;
    SonoStatus status = SONO_OK;
    *known = false;
    if (!old) {
        *known = true;
        memset(to->samples, 0, sizeof to->samples);
    } else if (a_part_stays) {
        status = sono_block_pin(old, &from, err);
    } else {
        from = sono_block_try_pin(old);
    }
    if (from) {
        *known = true;
        memcpy(to->samples, from->samples, sizeof to->samples);
        sono_block_unpin(old);
    }
    return status;
}

/* old with n_frames from offset on replaced by pcm: a new block, or old again if that changes no bit. A block that is
 * replaced as a whole is not loaded to find that out. */
static SonoStatus splice_block(SonoPcmStore *store, SonoBlock *old, int64_t offset, int64_t n_frames, const float *pcm,
                               SonoBlock **out, SonoError *err)
{
    const size_t n_bytes = (size_t)n_frames * sizeof *pcm;
    SonoPayload *payload = sono_payload_new(store);
    if (!payload) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a block of sound");
    }
    bool known = false;
    SonoStatus status = copy_old(old, n_frames < SONO_BLOCK_FRAMES, payload, &known, err);
    float *place = payload->samples + offset;
    if (status == SONO_OK && known && memcmp(place, pcm, n_bytes) == 0) {
        *out = sono_block_ref(old);
        sono_payload_free(store, payload);
        return SONO_OK;
    }
    if (status == SONO_OK) {
        memcpy(place, pcm, n_bytes);
        status = sono_block_new(store, payload, out, err); /* takes the payload */
    }
    if (status != SONO_OK) {
        sono_payload_free(store, payload);
    }
    return status;
}

/* The clip under construction holds references to the old pages; those touched are replaced by changed copies. */
static SonoStatus splice_channel(SonoClip *clip, int channel, int64_t start_frame, int64_t n_frames, const float *pcm,
                                 SonoError *err)
{
    const int64_t end = start_frame + n_frames;
    const int64_t page_frames = (int64_t)SONO_PAGE_BLOCKS * SONO_BLOCK_FRAMES;
    for (int64_t at = start_frame; at < end;) {
        SonoPage **slot = sono_clip_page(clip, channel, at);
        SonoPage *page = sono_page_copy(*slot, SONO_PAGE_BLOCKS);
        if (!page) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for a page of blocks");
        }
        sono_page_unref(*slot);
        *slot = page;
        const int64_t page_end = (at / page_frames + 1) * page_frames;
        while (at < end && at < page_end) {
            const int64_t offset = at % SONO_BLOCK_FRAMES;
            const int64_t n = end - at < SONO_BLOCK_FRAMES - offset ? end - at : SONO_BLOCK_FRAMES - offset;
            SonoBlock **place = &page->blocks[at / SONO_BLOCK_FRAMES % SONO_PAGE_BLOCKS];
            SonoBlock *changed = NULL;
            const SonoStatus status =
                splice_block(clip->store, *place, offset, n, pcm + (at - start_frame), &changed, err);
            if (status != SONO_OK) {
                return status;
            }
            sono_block_unref(*place);
            *place = changed;
            at += n;
        }
    }
    return SONO_OK;
}

SonoStatus sono_clip_splice(const SonoClip *clip, int64_t start_frame, int64_t n_frames, const float *const *pcm,
                            SonoClip **out, SonoError *err)
{
    if (start_frame < 0 || n_frames < 0 || start_frame > clip->n_frames || n_frames > clip->n_frames - start_frame) {
        return sono_fail(err, SONO_E_INVALID,
                         "splice of %" PRId64 " frames at frame %" PRId64 " does not lie inside the sound's %" PRId64,
                         n_frames, start_frame, clip->n_frames);
    }
    SonoClip *next = NULL;
    SonoStatus status = sono_clip_alloc(clip->store, clip->rate_hz, clip->n_channels, clip->n_frames, &next, err);
    if (status != SONO_OK) {
        return status;
    }
    for (size_t i = 0; i < clip->n_pages * (size_t)clip->n_channels; i++) {
        next->pages[i] = sono_page_ref(clip->pages[i]);
    }
    for (int c = 0; c < clip->n_channels && status == SONO_OK; c++) {
        if (pcm[c]) {
            status = splice_channel(next, c, start_frame, n_frames, pcm[c], err);
        }
    }
    if (status != SONO_OK) {
        sono_clip_unref(next);
        return status;
    }
    *out = next;
    return SONO_OK;
}
