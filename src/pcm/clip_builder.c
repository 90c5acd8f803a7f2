/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building a clip from portions of any size. Each channel fills one payload, its tail; a full tail becomes a block in
 * the channel's last page, which no clip shares before it is full. All channels keep in step, so a failure between
 * them loses no frame and can be tried again. */
#include "clip_internal.h"

#include "sono_mem.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define MAX_FRAMES (INT64_C(1) << 48)

typedef struct Track {
    SonoPage **pages;
    size_t n_pages, capacity;
    SonoPayload *tail; /* NULL: none yet, or sealed already while the others are not */
} Track;

struct SonoClipBuilder {
    SonoPcmStore *store;
    double rate_hz;
    int n_channels;
    int64_t n_blocks;  /* sealed, per channel */
    int64_t n_in_tail; /* frames in every tail; a full tail is sealed when room is needed */
    Track tracks[];
};

SonoStatus sono_clip_builder_new(SonoPcmStore *store, double rate_hz, int n_channels, SonoClipBuilder **out,
                                 SonoError *err)
{
    if (n_channels < 1 || n_channels > SONO_MAX_CHANNELS) {
        return sono_fail(err, SONO_E_INVALID, "%d channels, must be from 1 to %d", n_channels, SONO_MAX_CHANNELS);
    }
    if (!(isfinite(rate_hz) && rate_hz > 0.0)) {
        return sono_fail(err, SONO_E_INVALID, "sample rate %g Hz, must be a positive number", rate_hz);
    }
    SonoClipBuilder *b = sono_calloc(1, sizeof *b + (size_t)n_channels * sizeof b->tracks[0]);
    if (!b) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to build a clip");
    }
    b->store = sono_pcm_store_ref(store);
    b->rate_hz = rate_hz;
    b->n_channels = n_channels;
    *out = b;
    return SONO_OK;
}

static SonoStatus add_page(Track *t, SonoError *err)
{
    if (t->n_pages == t->capacity) {
        const size_t capacity = t->capacity ? 2 * t->capacity : 4;
        SonoPage **more = sono_realloc_array(t->pages, capacity, sizeof *more);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for more pages of blocks");
        }
        t->pages = more;
        t->capacity = capacity;
    }
    SonoPage *page = sono_page_new();
    if (!page) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a page of blocks");
    }
    t->pages[t->n_pages++] = page;
    return SONO_OK;
}

/* Turns full tails into blocks. Channels done before a failure are not done again. */
static SonoStatus seal(SonoClipBuilder *b, SonoError *err)
{
    const size_t page = (size_t)(b->n_blocks / SONO_PAGE_BLOCKS);
    const size_t place = (size_t)(b->n_blocks % SONO_PAGE_BLOCKS);
    for (int c = 0; c < b->n_channels; c++) {
        Track *t = &b->tracks[c];
        SonoStatus status = SONO_OK;
        if (t->tail && page == t->n_pages) {
            status = add_page(t, err);
        }
        if (t->tail && status == SONO_OK) {
            status = sono_block_new(b->store, t->tail, &t->pages[page]->blocks[place], err);
        }
        if (status != SONO_OK) {
            return status;
        }
        t->tail = NULL;
    }
    b->n_blocks++;
    b->n_in_tail = 0;
    return SONO_OK;
}

/* Room for at least one frame in every tail. */
static SonoStatus make_room(SonoClipBuilder *b, SonoError *err)
{
    if (b->n_in_tail == SONO_BLOCK_FRAMES) {
        const SonoStatus status = seal(b, err);
        if (status != SONO_OK) {
            return status;
        }
    }
    for (int c = 0; c < b->n_channels; c++) {
        Track *t = &b->tracks[c];
        t->tail = t->tail ? t->tail : sono_payload_new(b->store);
        if (!t->tail) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for the next frames");
        }
    }
    return SONO_OK;
}

SonoStatus sono_clip_builder_append(SonoClipBuilder *b, const float *const *pcm, int64_t n_frames, SonoError *err)
{
    if (n_frames < 0 || n_frames > MAX_FRAMES - sono_clip_builder_n_frames(b)) {
        return sono_fail(err, SONO_E_INVALID, "%" PRId64 " frames cannot be appended", n_frames);
    }
    for (int64_t done = 0; done < n_frames;) {
        const SonoStatus status = make_room(b, err);
        if (status != SONO_OK) {
            return status;
        }
        const int64_t room = SONO_BLOCK_FRAMES - b->n_in_tail;
        const int64_t n = n_frames - done < room ? n_frames - done : room;
        for (int c = 0; c < b->n_channels; c++) {
            memcpy(b->tracks[c].tail->samples + b->n_in_tail, pcm[c] + done, (size_t)n * sizeof(float));
        }
        b->n_in_tail += n;
        done += n;
    }
    return SONO_OK;
}

SonoStatus sono_clip_builder_reserve(SonoClipBuilder *b, float **planes, int64_t *n_room, SonoError *err)
{
    if (sono_clip_builder_n_frames(b) >= MAX_FRAMES) {
        return sono_fail(err, SONO_E_INVALID, "no frame can be appended any more");
    }
    const SonoStatus status = make_room(b, err);
    if (status != SONO_OK) {
        return status;
    }
    for (int c = 0; c < b->n_channels; c++) {
        planes[c] = b->tracks[c].tail->samples + b->n_in_tail;
    }
    *n_room = SONO_BLOCK_FRAMES - b->n_in_tail;
    return SONO_OK;
}

void sono_clip_builder_commit(SonoClipBuilder *b, int64_t n_frames)
{
    b->n_in_tail += n_frames;
}

int64_t sono_clip_builder_n_frames(const SonoClipBuilder *b)
{
    return b->n_blocks * SONO_BLOCK_FRAMES + b->n_in_tail;
}

/* The tail as a block: a copy, or the tail itself if the builder is done with it. */
static SonoStatus tail_block(SonoClipBuilder *b, Track *t, bool last, SonoBlock **out, SonoError *err)
{
    SonoPayload *payload = last ? t->tail : sono_payload_new(b->store);
    if (!payload) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a block of sound");
    }
    if (!last) {
        memcpy(payload->samples, t->tail->samples, (size_t)b->n_in_tail * sizeof(float));
    }
    memset(payload->samples + b->n_in_tail, 0, (size_t)(SONO_BLOCK_FRAMES - b->n_in_tail) * sizeof(float));
    const SonoStatus status = sono_block_new(b->store, payload, out, err);
    if (status == SONO_OK && last) {
        t->tail = NULL;
    } else if (status != SONO_OK && !last) {
        sono_payload_free(b->store, payload);
    }
    return status;
}

static SonoStatus fill_channel(SonoClipBuilder *b, int channel, bool last, SonoClip *clip, SonoError *err)
{
    Track *t = &b->tracks[channel];
    SonoPage **pages = clip->pages + (size_t)channel * clip->n_pages;
    const size_t n_full = (size_t)(b->n_blocks / SONO_PAGE_BLOCKS);
    const size_t n_rest = (size_t)(b->n_blocks % SONO_PAGE_BLOCKS);
    for (size_t p = 0; p < n_full; p++) {
        pages[p] = sono_page_ref(t->pages[p]);
    }
    if (n_full == clip->n_pages) {
        return SONO_OK;
    }
    pages[n_full] = n_rest > 0 ? sono_page_copy(t->pages[n_full], n_rest) : sono_page_new();
    if (!pages[n_full]) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a page of blocks");
    }
    return b->n_in_tail > 0 ? tail_block(b, t, last, &pages[n_full]->blocks[n_rest], err) : SONO_OK;
}

static SonoStatus take_clip(SonoClipBuilder *b, bool last, SonoClip **out, SonoError *err)
{
    SonoClip *clip = NULL;
    SonoStatus status = b->n_in_tail == SONO_BLOCK_FRAMES ? seal(b, err) : SONO_OK;
    if (status == SONO_OK) {
        status = sono_clip_alloc(b->store, b->rate_hz, b->n_channels, sono_clip_builder_n_frames(b), &clip, err);
    }
    for (int c = 0; c < b->n_channels && status == SONO_OK; c++) {
        status = fill_channel(b, c, last, clip, err);
    }
    if (status != SONO_OK) {
        sono_clip_unref(clip);
        return status;
    }
    *out = clip;
    return SONO_OK;
}

SonoStatus sono_clip_builder_snapshot(SonoClipBuilder *b, SonoClip **out, SonoError *err)
{
    return take_clip(b, false, out, err);
}

SonoStatus sono_clip_builder_finish(SonoClipBuilder *b, SonoClip **out, SonoError *err)
{
    const SonoStatus status = take_clip(b, true, out, err);
    sono_clip_builder_free(b);
    return status;
}

void sono_clip_builder_free(SonoClipBuilder *b)
{
    if (!b) {
        return;
    }
    for (int c = 0; c < b->n_channels; c++) {
        Track *t = &b->tracks[c];
        for (size_t p = 0; p < t->n_pages; p++) {
            sono_page_unref(t->pages[p]);
        }
        sono_free(t->pages);
        sono_payload_free(b->store, t->tail);
    }
    sono_pcm_store_unref(b->store);
    sono_free(b);
}
