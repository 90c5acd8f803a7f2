/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of plans over frequency: every slice is analysed once, as soon as it is there, and its step goes through a
 * window of columns. The column that a step leaves unfinished is carried over. */
#include "stream_internal.h"

#include "sono_mem.h"

#include <string.h>

#define WINDOW_COLUMNS 64
#define N_PLANES 5

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t column_frames(const SonoStream *s)
{
    return s->plan->picture_hop << s->job.level_t;
}

SonoStatus stream_bands_init(SonoStream *s, SonoError *err)
{
    const BandRaster *raster = s->job.raster;
    const int32_t n_rows = raster->n_rows;
    ColumnScratch *scratch = &s->scratch;
    bool good = band_pump_init(&scratch->pump, s->job.engine, s->job.raster, true) &&
                band_columns_init(&scratch->bands, BAND_MAX_PHASES, n_rows, WINDOW_COLUMNS);
    scratch->edges = sono_calloc(WINDOW_COLUMNS + 1, sizeof *scratch->edges);
    good = good && scratch->edges;
    for (int j = 0; j < SONO_TEXEL_BLOCK && good; j++) {
        good = sono_bins_init(&scratch->bins[j], s->job.n_bins);
    }
    for (int c = 0; c < s->n_channels && good; c++) {
        StreamChannel *channel = &s->channels[c];
        channel->next = band_slices(s->plan, raster->spacing, 0, 1).first;
        channel->tail = sono_alloc_aligned(raster->n_tail, sizeof *channel->tail);
        channel->carry = sono_alloc_aligned(N_PLANES * (size_t)n_rows, sizeof *channel->carry);
        good = channel->tail && channel->carry;
        for (int32_t r = 0; r < n_rows && good; r++) {
            channel->carry[r] = -1.0f;
        }
    }
    s->bytes +=
        band_pump_bytes(raster, true) + band_columns_bytes(BAND_MAX_PHASES, n_rows, WINDOW_COLUMNS) +
        SONO_TEXEL_BLOCK * SONO_BINS_ARRAYS * s->job.n_bins * sizeof(float) +
        (uint64_t)s->n_channels * (raster->n_tail * sizeof(SonoCplx) + N_PLANES * (size_t)n_rows * sizeof(float));
    return good ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory for a stream");
}

int64_t stream_bands_frames(const SonoStream *s, int64_t *latency)
{
    *latency = s->plan->slice_len + column_frames(s);
    return s->plan->slice_len + s->plan->slice_hop / 8; /* the more, the less often they are moved */
}

int64_t stream_bands_keep(const SonoStream *s, int64_t next)
{
    return sono_plan_slice_start(s->plan, next);
}

/* Column 0 of the window and what is carried of it. */
static void exchange_carry(const BandColumns *b, int32_t j, float *carry, bool load)
{
    float *const planes[N_PLANES] = {b->power, b->re, b->im, b->prev_re, b->prev_im};
    for (int k = 0; k < N_PLANES; k++) {
        for (int32_t r = 0; r < b->n_rows; r++) {
            float *at = &planes[k][(size_t)r * b->stride + (size_t)j];
            float *kept = &carry[k * b->n_rows + r];
            if (load) {
                *at = *kept;
            } else {
                *kept = *at;
            }
        }
    }
}

/* Columns [channel->col, + n) take what step m has for them; those that end before t1 are handed out. False: the last
 * one has not ended. */
static bool fill_window(SonoStream *s, int c, int64_t m, int32_t n, int64_t t1)
{
    StreamChannel *channel = &s->channels[c];
    ColumnScratch *scratch = &s->scratch;
    BandColumns *b = &scratch->bands;
    const int64_t width = column_frames(s);
    for (int32_t j = 0; j <= n; j++) {
        scratch->edges[j] = (channel->col + j) * width;
    }
    b->n_cols = n;
    b->edge = scratch->edges;
    b->width = width;
    band_columns_reset(b);
    exchange_carry(b, 0, channel->carry, true);
    for (int32_t g = 0; g < s->job.raster->n_groups; g++) {
        band_pump_add(&scratch->pump, g, m, b);
    }
    int32_t n_done = 0;
    while (n_done < n && b->edge[n_done + 1] <= t1) {
        n_done++;
    }
    for (int32_t j0 = 0; j0 < n_done; j0 += SONO_TEXEL_BLOCK) {
        const int32_t n_block = (int32_t)min64(SONO_TEXEL_BLOCK, n_done - j0);
        column_bands_gather(&s->job, b, j0, n_block, scratch->bins);
        for (int32_t j = 0; j < n_block; j++) {
            stream_emit(s, c, channel->col + j0 + j, &scratch->bins[j]);
        }
    }
    if (n_done < n) {
        exchange_carry(b, n_done, channel->carry, false);
    }
    for (int32_t r = 0; n_done == n && r < b->n_rows; r++) {
        channel->carry[r] = -1.0f; /* nothing yet */
    }
    channel->col += n_done;
    return n_done == n;
}

static SonoStatus take_step(SonoStream *s, int c, int64_t m, SonoError *err)
{
    StreamChannel *channel = &s->channels[c];
    BandPump *pump = &s->scratch.pump;
    const int64_t width = column_frames(s);
    /* of the last step all columns are finished by the sound's end */
    const int64_t n_cols = column_count(s->plan, s->reader.n_frames, s->job.level_t);
    const int64_t step_end = sono_plan_slice_start(s->plan, m + 1);
    for (int32_t g = 0; g < s->job.raster->n_groups; g++) {
        const SonoStatus status = band_pump_load(pump, g, &s->reader, c, m, err);
        if (status != SONO_OK) {
            return status;
        }
    }
    SonoCplx *own = pump->tail;
    pump->tail = channel->tail;
    const int64_t end = min64(n_cols, (max64(step_end, 0) + width - 1) / width); /* columns that begin in the step */
    bool more = channel->col < end;
    while (more) {
        more = fill_window(s, c, m, (int32_t)min64(WINDOW_COLUMNS, end - channel->col), step_end) && channel->col < end;
    }
    for (int32_t g = 0; g < s->job.raster->n_groups; g++) {
        band_pump_pass(pump, g, m);
    }
    pump->tail = own;
    channel->next = m + 1;
    return SONO_OK;
}

SonoStatus stream_bands_advance(SonoStream *s, int c, SonoError *err)
{
    StreamChannel *channel = &s->channels[c];
    const SonoPlan *plan = s->plan;
    const int64_t end = column_count(plan, s->n_frames, s->job.level_t) * column_frames(s);
    SonoStatus status = SONO_OK;
    while (status == SONO_OK &&
           (s->ended ? sono_plan_slice_start(plan, channel->next) < end
                     : sono_plan_slice_start(plan, channel->next) + plan->slice_len <= s->n_frames)) {
        status = take_step(s, c, channel->next, err);
    }
    return status;
}
