/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peaks of any span. The inside of a column comes from the blocks' pyramids; what is left at its two edges, less than
 * 1024 frames each, from finer peaks and samples. Zoomed out, every column has its edges in other blocks: those that
 * are in the cache file are then read for the few samples alone, so that an overview does not load the whole sound. */
#include "clip_internal.h"

#include <inttypes.h>
#include <string.h>

/* From this column width on, edges do not load blocks. */
#define SPARSE_FRAMES 4096

static size_t round_up(size_t x, size_t to)
{
    return (x + to - 1) / to * to;
}

static void add_silence(SonoPeakSum *sum, int64_t n_frames)
{
    sono_peak_add(sum, (SonoPeak){0.0f, 0.0f, 0.0f}, (size_t)n_frames);
}

static void add_payload(SonoPeakSum *sum, const SonoPayload *payload, size_t from, size_t to)
{
    const size_t first = round_up(from, SONO_FINE_FRAMES) / SONO_FINE_FRAMES;
    const size_t last = to / SONO_FINE_FRAMES;
    if (first >= last) {
        sono_peak_add_samples(sum, payload->samples + from, to - from);
        return;
    }
    sono_peak_add_samples(sum, payload->samples + from, first * SONO_FINE_FRAMES - from);
    for (size_t i = first; i < last; i++) {
        sono_peak_add(sum, payload->fine[i], SONO_FINE_FRAMES);
    }
    sono_peak_add_samples(sum, payload->samples + last * SONO_FINE_FRAMES, to - last * SONO_FINE_FRAMES);
}

/* Less than two coarse steps of frames that no coarse entry covers. */
static SonoStatus add_edge(SonoPeakSum *sum, SonoBlock *block, size_t from, size_t to, bool sparse, SonoError *err)
{
    const SonoPayload *payload = NULL;
    SonoStatus status = SONO_OK;
    if (from == to) {
        return SONO_OK;
    }
    if (!sparse) {
        status = sono_block_pin(block, &payload, err);
    } else {
        payload = sono_block_try_pin(block);
    }
    if (payload) {
        add_payload(sum, payload, from, to);
        sono_block_unpin(block);
    } else if (status == SONO_OK) {
        float samples[2 * SONO_COARSE_FRAMES];
        status = sono_block_read_spilled(block, from, to - from, samples, err);
        if (status == SONO_OK) {
            sono_peak_add_samples(sum, samples, to - from);
        }
    }
    return status;
}

/* Multiples of the coarse step, by the longest entries that fit. */
static void add_coarse(SonoPeakSum *sum, const SonoBlock *block, size_t from, size_t to)
{
    while (from < to) {
        size_t n_frames = SONO_COARSE_FRAMES;
        const SonoPeak *level = block->coarse;
        while (n_frames < SONO_BLOCK_FRAMES && from % (4 * n_frames) == 0 && from + 4 * n_frames <= to) {
            level += SONO_BLOCK_FRAMES / n_frames;
            n_frames *= 4;
        }
        sono_peak_add(sum, level[from / n_frames], n_frames);
        from += n_frames;
    }
}

static SonoStatus add_block(SonoPeakSum *sum, SonoBlock *block, size_t from, size_t to, bool sparse, SonoError *err)
{
    const size_t first = round_up(from, SONO_COARSE_FRAMES);
    const size_t last = to / SONO_COARSE_FRAMES * SONO_COARSE_FRAMES;
    if (!block) {
        add_silence(sum, (int64_t)(to - from));
        return SONO_OK;
    }
    if (first >= last) {
        return add_edge(sum, block, from, to, sparse, err);
    }
    add_coarse(sum, block, first, last);
    const SonoStatus status = add_edge(sum, block, from, first, sparse, err);
    return status == SONO_OK ? add_edge(sum, block, last, to, sparse, err) : status;
}

static SonoStatus peak_of_span(const SonoClip *clip, int channel, SonoSpan span, bool sparse, SonoPeak *out,
                               SonoError *err)
{
    const SonoSpan inside = sono_span_intersect(span, (SonoSpan){0, clip->n_frames});
    const int64_t end = sono_span_end(inside);
    SonoPeakSum sum = SONO_PEAK_SUM_INIT;
    if (inside.n_frames < span.n_frames) {
        add_silence(&sum, span.n_frames - inside.n_frames);
    }
    for (int64_t at = inside.start_frame; at < end;) {
        const int64_t offset = at % SONO_BLOCK_FRAMES;
        const int64_t n = end - at < SONO_BLOCK_FRAMES - offset ? end - at : SONO_BLOCK_FRAMES - offset;
        SonoBlock *block = sono_clip_block(clip, channel, at);
        const SonoStatus status = add_block(&sum, block, (size_t)offset, (size_t)(offset + n), sparse, err);
        if (status != SONO_OK) {
            return status;
        }
        at += n;
    }
    *out = sono_peak_of(&sum, span.n_frames);
    return SONO_OK;
}

SonoStatus sono_clip_peaks(const SonoClip *clip, int channel, int64_t start_frame, int64_t n_frames, int n_columns,
                           SonoPeak *out, SonoError *err)
{
    SonoStatus status = sono_clip_check_span(clip, channel, start_frame, n_frames, err);
    if (status == SONO_OK && n_columns < 0) {
        status = sono_fail(err, SONO_E_INVALID, "%d columns of peaks asked for", n_columns);
    }
    if (status != SONO_OK || n_columns == 0) {
        return status;
    }
    /* floor(i * n_frames / n_columns) without the product, which could overflow. */
    const int64_t whole = n_frames / n_columns;
    const int64_t rest = n_frames % n_columns;
    for (int64_t i = 0; i < n_columns && status == SONO_OK; i++) {
        const int64_t from = i * whole + i * rest / n_columns;
        const int64_t to = (i + 1) * whole + (i + 1) * rest / n_columns;
        const SonoSpan span = {start_frame + from, to > from ? to - from : 1};
        status = peak_of_span(clip, channel, span, whole >= SPARSE_FRAMES, &out[i], err);
    }
    return status;
}
