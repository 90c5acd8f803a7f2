/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A piece of a plain erase: the mask cut to a few cells of hops. Every coefficient's time belongs to one cell: in a
 * TIME plan, whose slices are single columns, borders lie half a hop beside them; in a FREQ plan they lie between
 * slices, so that a cell needs as few as can be. The atoms of neighbouring cells overlap, and there their differences
 * add. */
#include "alone_job.h"

#include "sono_mem.h"

#include <string.h>

#define CELL_S 0.25

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

AloneCells alone_cells(const SonoPlan *plan, int64_t n_frames)
{
    const int64_t n_slices = n_frames > 0 ? (n_frames - 1) / plan->slice_hop + 1 : 1;
    const int64_t per_cell = max64(1, (int64_t)(CELL_S * plan->rate_hz / (double)plan->slice_hop + 0.5));
    return (AloneCells){per_cell, (n_slices + per_cell - 1) / per_cell};
}

void alone_cells_of(AloneCells cells, const SonoPlan *plan, SonoSpan frames, int64_t *first, int64_t *end)
{
    const SonoSlices slices = sono_plan_slices_touching(plan, frames);
    const int64_t beside = plan->axis == SONO_AXIS_FREQ ? 1 : 0; /* a slice also holds times of its neighbours */
    const int64_t last = slices.first + max64(slices.n, 1) - 1 + beside;
    *first = min64(max64(slices.first - beside, 0) / cells.slices_per_cell, cells.n - 1);
    *end = min64(max64(last, 0) / cells.slices_per_cell, cells.n - 1) + 1;
}

/* The mask as far as it weighs slices of these cells. */
static SonoStatus cut_mask(const SonoPlan *plan, AloneCells cells, int64_t first, int64_t end, double end_s,
                           SonoMask *mask, SonoError *err)
{
    if (first == 0 && end == cells.n) {
        return SONO_OK;
    }
    const double cell_s = (double)(cells.slices_per_cell * plan->slice_hop) / plan->rate_hz;
    const double before_s = plan->axis == SONO_AXIS_FREQ ? 0.0 : 0.5 * (double)plan->slice_hop / plan->rate_hz;
    const SonoShape box = {.kind = SONO_SHAPE_BOX,
                           .combine = SONO_COMBINE_INTERSECT,
                           .box = {.t0_s = first == 0 ? -1.0 : (double)first * cell_s - before_s,
                                   .t1_s = end == cells.n ? end_s + 1.0 : (double)end * cell_s - before_s,
                                   .f0_hz = 0.0,
                                   .f1_hz = plan->rate_hz}};
    return sono_mask_add(mask, &box, err);
}

/* without + (taken - clip) on a span of one channel, into w; where nothing has been taken out yet these are taken's
 * own bits. */
static void add_difference(const float *x, const float *taken, float *w, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        if (memcmp(&w[i], &x[i], sizeof *w) == 0) {
            w[i] = taken[i];
        } else if (memcmp(&taken[i], &x[i], sizeof *w) != 0) {
            w[i] += taken[i] - x[i];
        }
    }
}

static SonoStatus merge_channel(const SonoClip *clip, const SonoClip *taken, int channel, SonoSpan span, float *scratch,
                                SonoClip **without, SonoError *err)
{
    float *const x = scratch;
    float *const t = scratch + span.n_frames;
    float *const w = scratch + 2 * span.n_frames;
    SonoClip *next = NULL;
    const float *pcm[SONO_MAX_CHANNELS] = {0};
    SonoStatus status = sono_clip_read(clip, channel, span.start_frame, span.n_frames, x, err);
    if (status == SONO_OK) {
        status = sono_clip_read(taken, channel, span.start_frame, span.n_frames, t, err);
    }
    if (status == SONO_OK) {
        status = sono_clip_read(*without, channel, span.start_frame, span.n_frames, w, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    add_difference(x, t, w, span.n_frames);
    pcm[channel] = w;
    status = sono_clip_splice(*without, span.start_frame, span.n_frames, pcm, &next, err);
    if (status == SONO_OK) {
        sono_clip_unref(*without);
        *without = next;
    }
    return status;
}

static SonoStatus merge(const SonoClip *clip, const SonoClip *taken, const SonoEdit *edit, SonoSpan span,
                        SonoClip **without, SonoError *err)
{
    float *scratch = sono_alloc_aligned((size_t)span.n_frames, 3 * sizeof *scratch);
    SonoStatus status =
        scratch ? SONO_OK
                : sono_fail(err, SONO_E_NOMEM, "no memory to listen to %lld frames", (long long)span.n_frames);
    for (int c = 0; c < sono_clip_n_channels(clip) && status == SONO_OK; c++) {
        if (sono_edit_touches_channel(edit, c)) {
            status = merge_channel(clip, taken, c, span, scratch, without, err);
        }
    }
    sono_free(scratch);
    return status;
}

SonoStatus alone_take_out(SonoEngine *engine, const SonoClip *clip, const SonoEdit *edit, const SonoPlan *plan,
                          AloneCells cells, int64_t first, int64_t end, const SonoClip *without,
                          const SonoJobTicket *ticket, SonoClip **out, SonoError *err)
{
    const double end_s = (double)sono_clip_n_frames(clip) / sono_clip_rate_hz(clip);
    SonoEdit piece = {0};
    SonoCommitReport report = {0};
    SonoClip *taken = NULL;
    SonoClip *now = NULL;
    SonoStatus status = sono_edit_copy(edit, &piece, err);
    if (status == SONO_OK) {
        status = cut_mask(plan, cells, first, end, end_s, &piece.mask, err);
    }
    if (status == SONO_OK) {
        status = sono_commit(engine, clip, &piece, NULL, ticket, &taken, &report, err);
    }
    if (status == SONO_OK) {
        now = sono_clip_ref(without == clip ? taken : without); /* the first piece is what it is */
    }
    if (status == SONO_OK && report.dirty.n_frames > 0 && without != clip) {
        status = merge(clip, taken, edit, report.dirty, &now, err);
    }
    sono_clip_unref(taken);
    sono_edit_clear(&piece);
    if (status != SONO_OK) {
        sono_clip_unref(now);
        return status;
    }
    *out = now;
    return SONO_OK;
}
