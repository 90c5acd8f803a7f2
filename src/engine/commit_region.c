/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The difference an edit adds to one channel. A long mask is cut into segments of bounded memory: each is the edit of
 * its own columns and a halo of its neighbours', and the results are joined by a linear crossfade of one atom, so
 * memory does not depend on the length of the mask. Segment borders depend on the edit alone, which keeps replay
 * bit-identical. */
#include "commit_internal.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

/* Coefficients per segment: 2^22 complex values are 32 MiB an array. */
#define SEGMENT_COEFS ((int64_t)1 << 22)

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

static SonoSlices slices_intersect(SonoSlices a, SonoSlices b)
{
    const int64_t first = max64(a.first, b.first);
    const int64_t end = min64(a.first + a.n, b.first + b.n);
    return (SonoSlices){first, max64(0, end - first)};
}

/* A segment of the weighted slices [first, first + n). Where it ends because the mask does, slices beyond show the
 * surround; where it was cut there is no surround but more of the same. */
static Segment segment_place(const CommitRegion *r, SonoSlices weighted)
{
    const SonoPlan *plan = r->plan;
    const SonoSpan sound = {0, sono_clip_n_frames(r->clip)};
    Segment s = {.weighted = weighted, .span = sono_span_intersect(sono_plan_support(plan, weighted), sound)};
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
 * frame of the sound take those of the nearest centred inside. */
static SonoStatus render_weights(const CommitRegion *r, const Segment *s, SonoError *err)
{
    const SonoPlan *plan = r->plan;
    const SonoSlices inside = centred_inside(r, s->weighted);
    const size_t n_bins = (size_t)sono_plan_n_bins(plan);
    double *freq_hz = sono_calloc(n_bins, sizeof *freq_hz);
    double *time_s = sono_calloc((size_t)inside.n, sizeof *time_s);
    float *rows = sono_alloc_aligned((size_t)inside.n * plan->n_coef, sizeof *rows);
    SonoStatus status = SONO_E_NOMEM;
    if (!freq_hz || !time_s || !rows) {
        (void)sono_fail(err, status, "no memory for the mask");
        goto done;
    }
    for (size_t k = 0; k < n_bins; k++) {
        freq_hz[k] = sono_plan_freq_hz(plan, k);
    }
    for (int64_t i = 0; i < inside.n; i++) {
        time_s[i] = sono_plan_time_s(plan, inside.first + i);
    }
    status = sono_mask_render(&r->edit->mask, time_s, (size_t)inside.n, freq_hz, n_bins, rows, plan->n_coef, err);
    for (int64_t i = 0; status == SONO_OK && i < s->weighted.n; i++) {
        const int64_t slice = s->weighted.first + i;
        const int64_t from = max64(0, min64(slice - inside.first, inside.n - 1));
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
    const size_t n_coef = (size_t)s->slices.n * plan->n_coef;
    s->pcm = sono_alloc_aligned((size_t)s->pcm_span.n_frames, sizeof *s->pcm);
    s->weights = sono_alloc_aligned(n_coef, sizeof *s->weights);
    s->coef = sono_alloc_aligned(n_coef, sizeof *s->coef);
    s->target = sono_alloc_aligned(n_coef, sizeof *s->target);
    if (!s->pcm || !s->weights || !s->coef || !s->target) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for an edit of %lld slices", (long long)s->slices.n);
    }
    SonoStatus status = sono_clip_read(r->clip, channel, s->pcm_span.start_frame, s->pcm_span.n_frames, s->pcm, err);
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

static bool wants_solver(const SonoEdit *edit)
{
    return edit->solver.max_steps > 0 && edit->solver.strength > 0.0 && edit->operation->attenuates(&edit->params);
}

/* delta[span.n_frames of the segment] */
static SonoStatus segment_delta(const CommitRegion *r, int channel, Segment *s, float *delta, SonoSolveResult *result,
                                SonoError *err)
{
    SonoStatus status = segment_fill(r, channel, s, err);
    if (status == SONO_OK) {
        status = plain_delta(r, s, delta, err);
    }
    if (status == SONO_OK && wants_solver(r->edit)) {
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

/* Join a segment that starts at `at` within delta: its first `fade` frames cross from what is there. */
static void join(float *delta, int64_t at, const float *segment, int64_t n, int64_t fade)
{
    for (int64_t i = 0; i < fade; i++) {
        const float w = ((float)i + 0.5f) / (float)fade;
        delta[at + i] += w * (segment[i] - delta[at + i]);
    }
    memcpy(delta + at + fade, segment + fade, (size_t)(n - fade) * sizeof *delta);
}

static void keep_worst(SonoSolveResult *result, const SonoSolveResult *one, bool first)
{
    if (first || one->steps > result->steps || (one->steps == result->steps && one->tones > result->tones)) {
        *result = *one;
    }
}

/* Slices [at, at + n) of the weighted ones, solved with a halo on both sides and joined to delta. A cut is felt within
 * an atom of the halo's end; the crossfade around slice `at` is half a window further in. */
static SonoStatus add_segment(const CommitRegion *r, int channel, int64_t at, int64_t n, float *delta,
                              SonoSolveResult *result, SonoError *err)
{
    const SonoPlan *plan = r->plan;
    const int64_t halo = (2 * plan->slice_len + plan->slice_hop - 1) / plan->slice_hop;
    const int64_t from = max64(0, at - halo);
    const int64_t to = min64(r->weighted.n, at + n + halo);
    Segment s = segment_place(r, (SonoSlices){r->weighted.first + from, to - from});
    const SonoSpan span = s.span; /* s ends with segment_delta() */
    float *piece = sono_alloc_aligned((size_t)span.n_frames, sizeof *piece);
    if (!piece) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a segment of the edit");
    }
    SonoSolveResult one = {0};
    const SonoStatus status = segment_delta(r, channel, &s, piece, &one, err);
    if (status == SONO_OK) {
        const int64_t border = (r->weighted.first + at) * plan->slice_hop - plan->slice_len / 2;
        const int64_t keep = at == 0 ? span.start_frame : border;
        join(delta, keep - r->span.start_frame, piece + (keep - span.start_frame), sono_span_end(span) - keep,
             at == 0 ? 0 : plan->slice_len);
        keep_worst(result, &one, at == 0);
    }
    sono_free(piece);
    return status;
}

SonoStatus commit_region_delta(const CommitRegion *r, int channel, float *delta, SonoSolveResult *result,
                               SonoError *err)
{
    const SonoPlan *plan = r->plan;
    const int64_t step = max64(8 * plan->slice_len / plan->slice_hop, SEGMENT_COEFS / (int64_t)plan->n_coef);
    SonoStatus status = SONO_OK;
    *result = (SonoSolveResult){0};
    if (r->weighted.n <= step + step / 2) {
        Segment s = segment_place(r, r->weighted);
        return segment_delta(r, channel, &s, delta, result, err);
    }
    for (int64_t at = 0; status == SONO_OK && at < r->weighted.n;) {
        const int64_t left = r->weighted.n - at;
        const int64_t n = left <= step + step / 2 ? left : step;
        status = r->ticket && sono_job_is_obsolete(r->ticket) ? sono_fail(err, SONO_E_CANCELLED, "cancelled")
                                                              : add_segment(r, channel, at, n, delta, result, err);
        at += n;
    }
    return status;
}
