/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has changed since an earlier state. Clips share the blocks that no edit between them touched, so the search for
 * differences reads only what may hold some. */
#include "commit_internal.h"
#include "sono_mem.h"

#include <string.h>

static bool shares_block(const CommitRegion *r, int channel, int64_t block)
{
    return sono_clip_shares_block(r->clip, r->state, channel, block * SONO_BLOCK_FRAMES) != 0;
}

SonoStatus commit_region_read(const CommitRegion *r, int channel, SonoSpan span, float *pcm, SonoError *err)
{
    SonoStatus status = sono_clip_read(r->clip, channel, span.start_frame, span.n_frames, pcm, err);
    if (status != SONO_OK || !r->state) {
        return status;
    }
    float *then = sono_alloc_aligned((size_t)span.n_frames, sizeof *then);
    if (!then) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for an edit of %lld frames", (long long)span.n_frames);
    }
    status = sono_clip_read(r->state, channel, span.start_frame, span.n_frames, then, err);
    for (int64_t i = 0; status == SONO_OK && i < span.n_frames; i++) {
        pcm[i] -= then[i];
    }
    sono_free(then);
    return status;
}

/* First (step 1) or last (step -1) frame of [start, end) with a difference; -1: none. */
static SonoStatus find_difference(const CommitRegion *r, int channel, SonoSpan span, int step, float *scratch,
                                  int64_t *out, SonoError *err)
{
    const int64_t first = span.start_frame / SONO_BLOCK_FRAMES;
    const int64_t last = (sono_span_end(span) - 1) / SONO_BLOCK_FRAMES;
    *out = -1;
    for (int64_t block = step > 0 ? first : last; block >= first && block <= last; block += step) {
        if (shares_block(r, channel, block)) {
            continue;
        }
        const SonoSpan part = sono_span_intersect(span, (SonoSpan){block * SONO_BLOCK_FRAMES, SONO_BLOCK_FRAMES});
        const SonoStatus status = commit_region_read(r, channel, part, scratch, err);
        if (status != SONO_OK) {
            return status;
        }
        for (int64_t i = 0; i < part.n_frames; i++) {
            const int64_t at = step > 0 ? i : part.n_frames - 1 - i;
            if (scratch[at] != 0.0f) {
                *out = part.start_frame + at;
                return SONO_OK;
            }
        }
    }
    return SONO_OK;
}

SonoStatus commit_region_differing(const CommitRegion *r, int channel, SonoSlices slices, SonoSlices *out,
                                   SonoError *err)
{
    const SonoSpan span =
        sono_span_intersect(sono_plan_support(r->plan, slices), (SonoSpan){0, sono_clip_n_frames(r->clip)});
    *out = slices;
    if (!r->state) {
        return SONO_OK;
    }
    out->n = 0;
    if (span.n_frames == 0) {
        return SONO_OK;
    }
    int64_t first = -1;
    int64_t last = -1;
    float *scratch = sono_alloc_aligned(SONO_BLOCK_FRAMES, sizeof *scratch);
    SonoStatus status = scratch ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory to compare with an earlier state");
    if (status == SONO_OK) {
        status = find_difference(r, channel, span, 1, scratch, &first, err);
    }
    if (status == SONO_OK && first >= 0) {
        status = find_difference(r, channel, span, -1, scratch, &last, err);
    }
    sono_free(scratch);
    if (status == SONO_OK && first >= 0) {
        const SonoSlices see = sono_plan_slices_touching(r->plan, (SonoSpan){first, last - first + 1});
        const int64_t from = see.first > slices.first ? see.first : slices.first;
        const int64_t to = see.first + see.n < slices.first + slices.n ? see.first + see.n : slices.first + slices.n;
        *out = (SonoSlices){from, to > from ? to - from : 0};
    }
    return status;
}
