/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of plans over time: every slice is analysed once, as soon as it is there, in chunks. */
#include "stream_internal.h"

#include "sono_mem.h"

#include <string.h>

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

SonoStatus stream_time_init(SonoStream *s, SonoError *err)
{
    const bool before = s->job.kind == SONO_TEXEL_DEVIATION;
    bool good = column_time_scratch(&s->job, &s->scratch);
    for (int c = 0; c < s->n_channels && good; c++) {
        StreamChannel *channel = &s->channels[c];
        channel->next = before ? -1 : 0;
        channel->last = sono_alloc_aligned(s->plan->n_coef, sizeof *channel->last);
        good = channel->last && sono_bins_init(&channel->bins, s->job.n_bins);
        sono_bins_reset(&channel->bins);
    }
    const uint64_t n_slices = (uint64_t)s->job.chunk_slices + 1;
    s->bytes += n_slices * s->plan->n_coef * sizeof(SonoCplx) +
                (n_slices * (uint64_t)s->plan->slice_hop + (uint64_t)s->plan->slice_len) * sizeof(float) +
                (uint64_t)s->n_channels *
                    (s->plan->n_coef * sizeof(SonoCplx) + SONO_BINS_ARRAYS * s->job.n_bins * sizeof(float));
    return good ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory for a stream");
}

int64_t stream_time_frames(const SonoStream *s, int64_t *latency)
{
    const SonoPlan *plan = s->plan;
    *latency = ((INT64_C(1) << s->job.level_t) - 1) * plan->slice_hop + plan->slice_len - plan->slice_lead;
    return plan->slice_len + s->job.chunk_slices * plan->slice_hop;
}

int64_t stream_time_keep(const SonoStream *s, int64_t next)
{
    return sono_plan_support(s->plan, (SonoSlices){next, 1}).start_frame;
}

/* Slices from next on that can be made. */
static int64_t n_ready(const SonoStream *s, int64_t next)
{
    const SonoPlan *plan = s->plan;
    if (s->ended) {
        return column_count(plan, s->n_frames, 0) - next;
    }
    const int64_t from = s->n_frames + plan->slice_lead - plan->slice_len;
    return from < next * plan->slice_hop ? 0 : (from - next * plan->slice_hop) / plan->slice_hop + 1;
}

/* The slices in rows [1, 1 + n) go into columns. */
static void add_slices(SonoStream *s, int c, int64_t first, int64_t n)
{
    StreamChannel *channel = &s->channels[c];
    const int level_t = s->job.level_t;
    for (int64_t i = first < 0 ? -first : 0; i < n;) {
        const int64_t col = (first + i) >> level_t;
        const int64_t end = min64(n, ((col + 1) << level_t) - first);
        sono_bins_add(&channel->bins, s->job.kind, s->scratch.coef, s->plan->n_coef, (int32_t)(1 + i),
                      (int32_t)(1 + end));
        channel->col = col;
        if (first + end == (col + 1) << level_t) {
            stream_emit(s, c, col, &channel->bins);
            sono_bins_reset(&channel->bins);
        }
        i = end;
    }
}

SonoStatus stream_time_advance(SonoStream *s, int c, SonoError *err)
{
    StreamChannel *channel = &s->channels[c];
    const SonoPlan *plan = s->plan;
    SonoCplx *coef = s->scratch.coef;
    for (int64_t n = n_ready(s, channel->next); n > 0; n = n_ready(s, channel->next)) {
        const SonoSlices slices = {channel->next, min64(n, s->job.chunk_slices)};
        const SonoSpan sound = {0, s->reader.n_frames};
        const SonoSpan span = sono_span_intersect(sono_plan_support(plan, slices), sound);
        SonoStatus status = SONO_OK;
        if (span.n_frames > 0) {
            status = s->reader.read(s->reader.ctx, c, span.start_frame, span.n_frames, s->scratch.pcm, err);
        }
        if (status == SONO_OK) {
            memcpy(coef, channel->last, plan->n_coef * sizeof *coef);
            status = sono_engine_analyse(s->job.engine, plan, s->scratch.pcm, span, slices, coef + plan->n_coef, err);
        }
        if (status != SONO_OK) {
            return status;
        }
        add_slices(s, c, slices.first, slices.n);
        memcpy(channel->last, coef + (size_t)slices.n * plan->n_coef, plan->n_coef * sizeof *coef);
        channel->next += slices.n;
    }
    if (s->ended && !channel->bins.empty) {
        stream_emit(s, c, channel->col, &channel->bins); /* the sound's end has cut it short */
    }
    return SONO_OK;
}
