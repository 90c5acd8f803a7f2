/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A clip is a table of pages per channel, a page a table of 64 blocks. Pages and blocks are immutable once a clip
 * holds them and are shared between clips, so a splice copies the pointers to pages and the pages it touches. */
#pragma once
#include "block_store.h"

#define SONO_PAGE_BLOCKS 64

typedef struct SonoPage {
    _Atomic int n_refs;
    SonoBlock *blocks[SONO_PAGE_BLOCKS]; /* NULL: silence */
} SonoPage;

struct SonoClip {
    _Atomic int n_refs;
    SonoPcmStore *store;
    double rate_hz;
    int n_channels;
    int64_t n_frames;
    uint64_t revision;
    size_t n_pages;    /* per channel */
    SonoPage *pages[]; /* [n_channels][n_pages] */
};

SonoPage *sono_page_new(void);
SonoPage *sono_page_ref(SonoPage *page);
void sono_page_unref(SonoPage *page); /* NULL is fine */
/* A page with the first n_blocks blocks of another. NULL: no memory. */
SonoPage *sono_page_copy(const SonoPage *page, size_t n_blocks);

/* A clip with a new revision whose pages the caller fills in (all NULL; freeing it so is fine). Errors: NOMEM. */
SonoStatus sono_clip_alloc(SonoPcmStore *store, double rate_hz, int n_channels, int64_t n_frames, SonoClip **out,
                           SonoError *err);
SonoPage **sono_clip_page(const SonoClip *clip, int channel, int64_t frame);
/* The block that holds a frame of the clip; NULL: silence. */
SonoBlock *sono_clip_block(const SonoClip *clip, int channel, int64_t frame);
/* INVALID unless the channel is the clip's and the span can be computed with. */
SonoStatus sono_clip_check_span(const SonoClip *clip, int channel, int64_t start_frame, int64_t n_frames,
                                SonoError *err);
