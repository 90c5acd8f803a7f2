/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The difference an edit adds to one channel. A long mask is cut into segments of bounded memory: each is the edit of
 * its own columns and a halo of its neighbours', the results are joined by a linear crossfade of one atom, and what no
 * later segment changes is handed on, so memory does not depend on the length of the mask. Segment borders depend on
 * the edit alone, which keeps replay bit-identical. */
#include "commit_internal.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

/* Coefficients per segment: 2^22 complex values are 32 MiB an array. */
#define SEGMENT_COEFS ((int64_t)1 << 22)
/* A segment holds some windows, so a hop that is far too short for its window needs more: 512 MiB an array at most. */
#define MAX_SEGMENT_COEFS ((int64_t)1 << 26)

typedef struct Segment {
    SonoSlices weighted; /* those with a weight */
    SonoSlices slices;   /* all that the span touches, and the surround's where the mask ends */
    SonoSpan span;       /* support of the weighted ones, in the sound: frames this segment solves for */
    SonoSpan pcm_span;
    float *pcm;
    float *weights;
    SonoCplx *coef, *target;
    float args[SONO_OP_MAX_ARGS];
} Segment;

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static SonoStatus check_cancelled(const CommitRegion *r, SonoError *err)
{
    return r->ticket && sono_job_is_obsolete(r->ticket) ? sono_fail(err, SONO_E_CANCELLED, "cancelled") : SONO_OK;
}

static SonoSlices slices_intersect(SonoSlices a, SonoSlices b)
{
    const int64_t first = max64(a.first, b.first);
    const int64_t end = min64(a.first + a.n, b.first + b.n);
    return (SonoSlices){first, max64(0, end - first)};
}

/* A segment of the weighted slices [first, first + n); for the solver also what is around them. Where it ends because
 * the mask does, slices beyond show the surround; where it was cut there is no surround but more of the same. */
static Segment segment_place(const CommitRegion *r, SonoSlices weighted)
{
    const SonoPlan *plan = r->plan;
    const SonoSpan sound = {0, sono_clip_n_frames(r->clip)};
    Segment s = {.weighted = weighted, .span = sono_span_intersect(sono_plan_support(plan, weighted), sound)};
    if (!commit_wants_solver(r->edit)) {
        s.slices = weighted;
        s.pcm_span = sono_plan_support(plan, weighted);
        return s;
    }
    const int64_t margin = sono_solve_slice_margin(plan);
    const int64_t pcm_margin = sono_solve_pcm_margin(plan->rate_hz);
    const int64_t end = weighted.first + weighted.n;
    const SonoSlices touching = sono_plan_slices_touching(plan, s.span);
    int64_t first = min64(touching.first, weighted.first);
    int64_t last = max64(touching.first + touching.n, end);
    if (weighted.first == r->weighted.first) {
        first = min64(first, weighted.first - margin);
    }
    if (end == r->weighted.first + r->weighted.n) {
        last = max64(last, end + margin);
    }
    s.slices = (SonoSlices){first, last - first};
    s.pcm_span = sono_span_union(sono_plan_support(plan, s.slices),
                                 (SonoSpan){s.span.start_frame - pcm_margin, s.span.n_frames + 2 * pcm_margin});
    return s;
}

static void segment_clear(Segment *s)
{
    sono_free(s->pcm);
    sono_free(s->weights);
    sono_free(s->coef);
    sono_free(s->target);
    *s = (Segment){0};
}

/* The slices of the weighted ones whose centre lies in the sound; at least one, the nearest. */
static SonoSlices centred_inside(const CommitRegion *r, SonoSlices weighted)
{
    const int64_t n_inside = (sono_clip_n_frames(r->clip) - 1) / r->plan->slice_hop + 1;
    const SonoSlices inside = slices_intersect(weighted, (SonoSlices){0, n_inside});
    if (inside.n > 0) {
        return inside;
    }
    return (SonoSlices){weighted.first < 0 ? 0 : n_inside - 1, 1};
}

/* Weights of the weighted slices; pads and all other slices stay 0. Slices centred before the first or after the last
 * frame of the sound take the mask's weights at that frame. */
static SonoStatus render_weights(const CommitRegion *r, const Segment *s, SonoError *err)
{
    const SonoPlan *plan = r->plan;
    const SonoSlices inside = centred_inside(r, s->weighted);
    const double last_s = (double)(sono_clip_n_frames(r->clip) - 1) / plan->rate_hz;
    const bool beyond = s->weighted.first + s->weighted.n > inside.first + inside.n &&
                        last_s > sono_plan_time_s(plan, inside.first + inside.n - 1);
    const int64_t n_times = inside.n + (beyond ? 1 : 0);
    const size_t n_bins = (size_t)sono_plan_n_bins(plan);
    double *freq_hz = sono_calloc(n_bins, sizeof *freq_hz);
    double *time_s = sono_calloc((size_t)n_times, sizeof *time_s);
    float *rows = sono_alloc_aligned((size_t)n_times * plan->n_coef, sizeof *rows);
    SonoStatus status = SONO_E_NOMEM;
    if (!freq_hz || !time_s || !rows) {
        (void)sono_fail(err, status, "no memory for the mask");
        goto done;
    }
    for (size_t k = 0; k < n_bins; k++) {
        freq_hz[k] = sono_plan_freq_hz(plan, k);
    }
    for (int64_t i = 0; i < n_times; i++) {
        time_s[i] = i < inside.n ? sono_plan_time_s(plan, inside.first + i) : last_s;
    }
    status =
        sono_mask_render_fit(&r->edit->mask, r->fit, time_s, (size_t)n_times, freq_hz, n_bins, rows, plan->n_coef, err);
    for (int64_t i = 0; status == SONO_OK && i < s->weighted.n; i++) {
        const int64_t slice = s->weighted.first + i;
        const int64_t from = max64(0, min64(slice - inside.first, n_times - 1));
        memcpy(s->weights + (size_t)(slice - s->slices.first) * plan->n_coef, rows + (size_t)from * plan->n_coef,
               plan->n_coef * sizeof *rows);
    }
done:
    sono_free(freq_hz);
    sono_free(time_s);
    sono_free(rows);
    return status;
}

static SonoStatus segment_fill(const CommitRegion *r, int channel, Segment *s, SonoError *err)
{
    const SonoPlan *plan = r->plan;
    if (s->slices.n > MAX_SEGMENT_COEFS / (int64_t)plan->n_coef) {
        return sono_fail(err, SONO_E_LIMIT,
                         "windows of %lld frames every %lld are too dense to edit with (%lld million coefficients at "
                         "once, limit %lld); use a longer hop",
                         (long long)plan->slice_len, (long long)plan->slice_hop,
                         (long long)(s->slices.n * (int64_t)plan->n_coef / 1000000),
                         (long long)(MAX_SEGMENT_COEFS / 1000000));
    }
    const size_t n_coef = (size_t)s->slices.n * plan->n_coef;
    s->pcm = sono_alloc_aligned((size_t)s->pcm_span.n_frames, sizeof *s->pcm);
    s->weights = sono_alloc_aligned(n_coef, sizeof *s->weights);
    s->coef = sono_alloc_aligned(n_coef, sizeof *s->coef);
    s->target = sono_alloc_aligned(n_coef, sizeof *s->target);
    if (!s->pcm || !s->weights || !s->coef || !s->target) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for an edit of %lld slices", (long long)s->slices.n);
    }
    SonoStatus status = commit_region_read(r, channel, s->pcm_span, s->pcm, err);
    if (status == SONO_OK) {
        status = render_weights(r, s, err);
    }
    if (status == SONO_OK) {
        status = sono_engine_analyse(r->engine, plan, s->pcm, s->pcm_span, s->slices, s->coef, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    r->edit->operation->args(&r->edit->params, s->args);
    return sono_engine_apply(r->engine, plan, r->edit->operation, s->args, s->coef, s->weights, s->slices, s->target,
                             err);
}

/* S(C' - C) on the segment's span. */
static SonoStatus plain_delta(const CommitRegion *r, const Segment *s, float *delta, SonoError *err)
{
    const size_t row = r->plan->n_coef;
    const size_t n = (size_t)s->weighted.n * row;
    const size_t first = (size_t)(s->weighted.first - s->slices.first) * row;
    SonoCplx *diff = sono_alloc_aligned(n, sizeof *diff);
    if (!diff) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for an edit of %lld slices", (long long)s->weighted.n);
    }
    for (size_t i = 0; i < n; i++) {
        diff[i].re = s->target[first + i].re - s->coef[first + i].re;
        diff[i].im = s->target[first + i].im - s->coef[first + i].im;
    }
    const SonoStatus status = sono_engine_synthesise(r->engine, r->plan, diff, s->weighted, delta, s->span, err);
    sono_free(diff);
    return status;
}

/* delta[span.n_frames of the segment] */
static SonoStatus segment_delta(const CommitRegion *r, int channel, Segment *s, float *delta, SonoSolveResult *result,
                                SonoError *err)
{
    SonoStatus status = segment_fill(r, channel, s, err);
    status = status == SONO_OK ? check_cancelled(r, err) : status;
    if (status == SONO_OK) {
        status = plain_delta(r, s, delta, err);
    }
    status = status == SONO_OK ? check_cancelled(r, err) : status;
    if (status == SONO_OK && commit_wants_solver(r->edit)) {
        const SonoSolveProblem problem = {.plan = r->plan,
                                          .slices = s->slices,
                                          .span = s->span,
                                          .n_frames = sono_clip_n_frames(r->clip),
                                          .pcm = s->pcm,
                                          .pcm_span = s->pcm_span,
                                          .coef = s->coef,
                                          .target = s->target,
                                          .weights = s->weights,
                                          .operation = r->edit->operation,
                                          .args = s->args,
                                          .settings = r->edit->solver,
                                          .ticket = r->ticket};
        status = sono_solve(r->engine, &problem, delta, result, err);
    }
    segment_clear(s);
    return status;
}

/* The difference on the frames of one segment; delta NULL: there is none. */
typedef struct Piece {
    SonoSpan span;
    SonoSpan filled; /* of it what may hold some */
    float *delta;
} Piece;

static SonoStatus piece_alloc(Piece *piece, SonoError *err)
{
    piece->delta = sono_alloc_aligned((size_t)piece->span.n_frames, sizeof *piece->delta);
    return piece->delta
               ? SONO_OK
               : sono_fail(err, SONO_E_NOMEM, "no memory for an edit of %lld frames", (long long)piece->span.n_frames);
}

/* The first `fade` frames of *to from frame `at` on cross from what the piece before has there. */
static SonoStatus cross(const Piece *from, Piece *to, int64_t at, int64_t fade, SonoError *err)
{
    if (!from->delta && !to->delta) {
        return SONO_OK;
    }
    const SonoStatus status = to->delta ? SONO_OK : piece_alloc(to, err);
    to->filled = sono_span_union(to->filled, sono_span_intersect(from->filled, (SonoSpan){at, fade}));
    for (int64_t i = 0; status == SONO_OK && i < fade; i++) {
        const float w = ((float)i + 0.5f) / (float)fade;
        const float a = from->delta ? from->delta[at - from->span.start_frame + i] : 0.0f;
        float *b = &to->delta[at - to->span.start_frame + i];
        *b = a + w * (*b - a);
    }
    return status;
}

/* The piece's difference on [from, end), if there is one. */
static SonoStatus hand_on(const Piece *piece, int64_t from, int64_t end, CommitPartFn part, void *ctx, SonoError *err)
{
    const SonoSpan span = sono_span_intersect(piece->filled, (SonoSpan){from, end - from});
    return span.n_frames > 0 ? part(ctx, span, piece->delta + (span.start_frame - piece->span.start_frame), err)
                             : SONO_OK;
}

/* Slices [at, at + n) of the weighted ones, solved with a halo on both sides. out->delta is the caller's, also on
 * error. */
static SonoStatus solve_piece(const CommitRegion *r, int channel, int64_t at, int64_t n, Piece *out,
                              SonoSolveResult *result, SonoError *err)
{
    const SonoPlan *plan = r->plan;
    const int64_t halo = (2 * plan->slice_len + plan->slice_hop - 1) / plan->slice_hop;
    const int64_t from = max64(0, at - halo);
    const int64_t to = min64(r->weighted.n, at + n + halo);
    SonoStatus status = check_cancelled(r, err);
    if (status != SONO_OK) {
        return status;
    }
    const SonoSlices weighted = {r->weighted.first + from, to - from};
    const SonoSpan sound = {0, sono_clip_n_frames(r->clip)};
    SonoSlices differing = {0};
    out->span = sono_span_intersect(sono_plan_support(plan, weighted), sound);
    status = commit_region_differing(r, channel, weighted, &differing, err);
    if (status != SONO_OK || differing.n == 0) {
        return status;
    }
    status = piece_alloc(out, err);
    if (status != SONO_OK) {
        return status;
    }
    Segment s = segment_place(r, differing);
    out->filled = s.span; /* s ends with segment_delta() */
    float *delta = out->delta + (s.span.start_frame - out->span.start_frame);
    SonoSolveResult one = {0};
    status = segment_delta(r, channel, &s, delta, &one, err);
    if (status == SONO_OK) {
        commit_keep_worst(result, &one, at == 0);
    }
    return status;
}

/* A cut is felt within an atom of a halo's end; the crossfade around the first slice of a segment is half a window
 * further in. What lies before a crossfade is final. */
SonoStatus commit_region_run(const CommitRegion *r, int channel, CommitPartFn part, void *ctx, SonoSolveResult *result,
                             SonoError *err)
{
    const SonoPlan *plan = r->plan;
    const int64_t step = max64(8 * plan->slice_len / plan->slice_hop, SEGMENT_COEFS / (int64_t)plan->n_coef);
    Piece last = {0};
    int64_t from = r->span.start_frame; /* of what has not been handed on */
    SonoStatus status = SONO_OK;
    *result = (SonoSolveResult){0};
    for (int64_t at = 0; status == SONO_OK && at < r->weighted.n;) {
        const int64_t left = r->weighted.n - at;
        const int64_t n = left <= step + step / 2 ? left : step;
        Piece next = {0};
        status = solve_piece(r, channel, at, n, &next, result, err);
        if (status == SONO_OK && at > 0) {
            const int64_t border = (r->weighted.first + at) * plan->slice_hop - plan->slice_len / 2;
            status = cross(&last, &next, border, plan->slice_len, err);
            status = status == SONO_OK ? hand_on(&last, from, border, part, ctx, err) : status;
            from = border;
        }
        sono_free(last.delta);
        last = next;
        at += n;
    }
    if (status == SONO_OK) {
        status = hand_on(&last, from, sono_span_end(last.span), part, ctx, err);
    }
    sono_free(last.delta);
    return status;
}
