/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commit_bands_solver.h"

#include "band_rows.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

/* Coefficients per segment: 2^22 complex values are 32 MiB an array. */
#define SEGMENT_COEFS ((int64_t)1 << 22)

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t atom_rows(const SonoPlan *plan)
{
    return band_rows_ceil_div(sono_solve_atom_frames(plan) * plan->atoms[0].n_fft, plan->slice_len);
}

/* The mask's bands and those that show its surround. */
static SonoStatus wide_plan(const CommitRegion *r, SonoPlan **out, SonoError *err)
{
    const SonoPlan *base = r->base;
    int32_t first = base->n_atoms;
    int32_t last = 0;
    for (int32_t i = 0; i < base->n_atoms; i++) {
        const double hz = base->atoms[i].freq_hz;
        if (!base->atoms[i].real && hz >= r->bounds.f0_hz && hz <= r->bounds.f1_hz) {
            first = i < first ? i : first;
            last = i;
        }
    }
    if (first > last) {
        return SONO_OK;
    }
    const int32_t margin = sono_solve_band_margin(r->plan, last - first + 1);
    const int32_t lo = first > margin ? first - margin : 0;
    const int32_t hi = last + margin < base->n_atoms ? last + margin : base->n_atoms - 1;
    SonoPlan *plan = NULL;
    const SonoStatus status =
        sono_engine_edit_plan(r->engine, base, base->atoms[lo].freq_hz, base->atoms[hi].freq_hz, &plan, err);
    if (status == SONO_OK && !sono_solve_takes(plan)) {
        sono_plan_unref(plan);
        plan = NULL;
    }
    *out = plan;
    return status;
}

/* Rows in the mask's bounds; of a mask that reaches an end of the sound, an atom's beyond it too. */
static SonoSlices rows_under(const CommitRegion *r, const SonoPlan *plan)
{
    const double per_s = plan->rate_hz * (double)plan->atoms[0].n_fft / (double)plan->slice_len;
    const double end_s = (double)sono_clip_n_frames(r->clip) / plan->rate_hz;
    int64_t first = (int64_t)ceil(r->bounds.t0_s * per_s - 1e-9);
    int64_t end = (int64_t)floor(r->bounds.t1_s * per_s + 1e-9) + 1;
    first -= r->bounds.t0_s <= 0.0 ? atom_rows(plan) : 0;
    end += r->bounds.t1_s >= end_s ? atom_rows(plan) : 0;
    return (SonoSlices){first, max64(0, end - first)};
}

SonoStatus bands_solver_open(const CommitRegion *r, int channel, CommitPartFn part, void *ctx, BandsSolver *s,
                             SonoError *err)
{
    *s = (BandsSolver){.r = r, .channel = channel, .part = part, .ctx = ctx};
    const SonoStatus status = r->only_hz > 0.0 ? SONO_OK : wide_plan(r, &s->plan, err);
    if (status != SONO_OK || !s->plan) {
        return status;
    }
    r->edit->operation->args(&r->edit->params, s->args);
    s->rows = rows_under(r, s->plan);
    s->per_piece = max64(8 * atom_rows(s->plan), SEGMENT_COEFS / (int64_t)sono_solve_pitch(s->plan));
    return SONO_OK;
}

void bands_solver_close(BandsSolver *s)
{
    sono_plan_unref(s->plan);
    sono_free(s->last.add);
}

/* One segment. */
typedef struct Piece {
    SonoSlices weighted, rows; /* with a weight; and those that show the surround */
    SonoSpan span, pcm_span;
    float *pcm, *weights, *plain, *delta;
    SonoCplx *coef, *target;
} Piece;

static void piece_clear(Piece *p)
{
    sono_free(p->pcm);
    sono_free(p->weights);
    sono_free(p->plain);
    sono_free(p->delta);
    sono_free(p->coef);
    sono_free(p->target);
}

/* The piece of the mask's rows [from, to): the solver may change two atoms beyond it and sees the rows there. */
static Piece piece_place(const BandsSolver *s, int64_t from, int64_t to)
{
    const SonoPlan *plan = s->plan;
    const int64_t atom = sono_solve_atom_frames(plan);
    Piece p = {.weighted = {s->rows.first + from, to - from}};
    const int64_t first = sono_solve_row_frame(plan, p.weighted.first) - 2 * atom;
    const int64_t end = sono_solve_row_frame(plan, p.weighted.first + p.weighted.n - 1) + 2 * atom;
    p.span = sono_span_intersect((SonoSpan){first, end - first}, s->r->span);
    const int64_t margin = max64(sono_solve_slice_margin(plan), 3 * atom_rows(plan) + 2);
    p.rows = (SonoSlices){p.weighted.first - margin, p.weighted.n + 2 * margin};
    const int64_t pcm_margin = sono_solve_pcm_margin(plan->rate_hz);
    const SonoSpan sound = {-pcm_margin, sono_clip_n_frames(s->r->clip) + 2 * pcm_margin};
    const int64_t rows_start = sono_solve_row_frame(plan, p.rows.first);
    const int64_t rows_end = sono_solve_row_frame(plan, p.rows.first + p.rows.n) + 1;
    const SonoSlices slices = sono_plan_slices_touching(plan, (SonoSpan){rows_start, rows_end - rows_start});
    const SonoSpan around = {p.span.start_frame - pcm_margin, p.span.n_frames + 2 * pcm_margin};
    p.pcm_span = sono_span_intersect(sono_span_union(sono_plan_support(plan, slices), around), sound);
    return p;
}

/* Weights of the weighted rows, those before the first or after the last frame of the sound at that frame. */
static SonoStatus render_rows(const BandsSolver *s, const Piece *p, SonoError *err)
{
    const SonoPlan *plan = s->plan;
    const size_t pitch = sono_solve_pitch(plan);
    const double last_frame = (double)(sono_clip_n_frames(s->r->clip) - 1);
    double *time_s = sono_calloc((size_t)p->weighted.n, sizeof *time_s);
    double *freq_hz = sono_calloc((size_t)plan->n_atoms, sizeof *freq_hz);
    float *cells = sono_alloc_aligned((size_t)p->weighted.n * pitch, sizeof *cells);
    size_t *column = sono_calloc((size_t)p->weighted.n, sizeof *column);
    SonoStatus status = SONO_E_NOMEM;
    size_t n = 0;
    if (!time_s || !freq_hz || !cells || !column) {
        (void)sono_fail(err, status, "no memory for the mask");
        goto done;
    }
    for (int64_t i = 0; i < p->weighted.n; i++) {
        const double frame = fmin(fmax(band_rows_frame(plan, p->weighted.first + i), 0.0), last_frame);
        const double t = frame / plan->rate_hz;
        if (n == 0 || t > time_s[n - 1]) {
            time_s[n++] = t;
        }
        column[i] = n - 1;
    }
    for (int32_t b = 0; b < plan->n_atoms; b++) {
        freq_hz[b] = plan->atoms[b].freq_hz;
    }
    status = sono_mask_render_fit(&s->r->edit->mask, s->r->fit, time_s, n, freq_hz, (size_t)plan->n_atoms, cells, pitch,
                                  err);
    for (int64_t i = 0; status == SONO_OK && i < p->weighted.n; i++) {
        memcpy(p->weights + (size_t)(p->weighted.first - p->rows.first + i) * pitch, cells + column[i] * pitch,
               (size_t)plan->n_atoms * sizeof *cells);
    }
done:
    sono_free(time_s);
    sono_free(freq_hz);
    sono_free(cells);
    sono_free(column);
    return status;
}

static SonoStatus piece_fill(const BandsSolver *s, Piece *p, SonoError *err)
{
    const CommitRegion *r = s->r;
    const size_t n = (size_t)p->rows.n * sono_solve_pitch(s->plan);
    const size_t n_frames = (size_t)p->span.n_frames;
    p->pcm = sono_alloc_aligned((size_t)p->pcm_span.n_frames, sizeof *p->pcm);
    p->weights = sono_alloc_aligned(n, sizeof *p->weights);
    p->coef = sono_alloc_aligned(n, sizeof *p->coef);
    p->target = sono_alloc_aligned(n, sizeof *p->target);
    p->plain = sono_alloc_aligned(n_frames, sizeof *p->plain);
    p->delta = sono_alloc_aligned(n_frames, sizeof *p->delta);
    if (!p->pcm || !p->weights || !p->coef || !p->target || !p->plain || !p->delta) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to solve for %lld columns", (long long)p->rows.n);
    }
    SonoStatus status = commit_region_read(r, s->channel, p->pcm_span, p->pcm, err);
    if (status == SONO_OK) {
        status = render_rows(s, p, err);
    }
    if (status == SONO_OK) {
        status = sono_solve_analyse(r->engine, s->plan, p->pcm, p->pcm_span, p->rows, p->coef, err);
    }
    if (status == SONO_OK) {
        r->edit->operation->run(p->coef, p->weights, n, s->args, p->target);
        status = sono_solve_plain(r->engine, s->plan, r->edit->operation, s->args, p->pcm, p->pcm_span, p->weights,
                                  p->rows, p->plain, p->span, err);
    }
    return status;
}

/* What the solver has added, faded out over the outer atom where the span does not end with the sound. */
static void take_addition(const BandsSolver *s, const Piece *p, float *add)
{
    const int64_t atom = min64(sono_solve_atom_frames(s->plan), p->span.n_frames / 2);
    const int64_t n = p->span.n_frames;
    const bool whole_start = p->span.start_frame == 0;
    const bool whole_end = sono_span_end(p->span) == sono_clip_n_frames(s->r->clip);
    for (int64_t i = 0; i < n; i++) {
        add[i] = p->delta[i] - p->plain[i];
    }
    for (int64_t i = 0; i < atom; i++) {
        const float w = (float)(0.5 - 0.5 * cos(3.141592653589793 * ((double)i + 0.5) / (double)atom));
        add[i] *= whole_start ? 1.0f : w;
        add[n - 1 - i] *= whole_end ? 1.0f : w;
    }
}

/* The mask's rows [at, at + n), solved with a halo on both sides. */
static SonoStatus solve_piece(BandsSolver *s, int64_t at, int64_t n, BandsAddition *out, SonoError *err)
{
    const CommitRegion *r = s->r;
    const int64_t halo = 2 * atom_rows(s->plan);
    Piece p = piece_place(s, max64(0, at - halo), min64(s->rows.n, at + n + halo));
    *out = (BandsAddition){.span = p.span};
    if (p.span.n_frames == 0) {
        return SONO_OK;
    }
    SonoSolveResult one = {0};
    SonoStatus status = piece_fill(s, &p, err);
    if (status == SONO_OK) {
        const SonoSolveProblem problem = {.plan = s->plan,
                                          .slices = p.rows,
                                          .span = p.span,
                                          .n_frames = sono_clip_n_frames(r->clip),
                                          .pcm = p.pcm,
                                          .pcm_span = p.pcm_span,
                                          .coef = p.coef,
                                          .target = p.target,
                                          .weights = p.weights,
                                          .operation = r->edit->operation,
                                          .args = s->args,
                                          .settings = r->edit->solver,
                                          .cut_before = p.weighted.first > s->rows.first,
                                          .cut_after = p.weighted.first + p.weighted.n < s->rows.first + s->rows.n,
                                          .ticket = r->ticket};
        memcpy(p.delta, p.plain, (size_t)p.span.n_frames * sizeof *p.delta);
        status = sono_solve(r->engine, &problem, p.delta, &one, err);
    }
    if (status == SONO_OK) {
        commit_keep_worst(&s->result, &one, at == 0);
    }
    if (status == SONO_OK && one.tones + one.steps > 0) {
        out->add = sono_alloc_uncleared((size_t)p.span.n_frames, sizeof *out->add);
        status = out->add
                     ? SONO_OK
                     : sono_fail(err, SONO_E_NOMEM, "no memory to solve for %lld frames", (long long)p.span.n_frames);
    }
    if (out->add) {
        take_addition(s, &p, out->add);
    }
    piece_clear(&p);
    return status;
}

static float value_at(const BandsAddition *a, int64_t frame)
{
    const int64_t i = frame - a->span.start_frame;
    return a->add && i >= 0 && i < a->span.n_frames ? a->add[i] : 0.0f;
}

/* The next piece; its first frames cross from the last one's around the border, one atom long. */
static SonoStatus next_piece(BandsSolver *s, SonoError *err)
{
    const int64_t left = s->rows.n - s->at;
    const int64_t n = left <= s->per_piece + s->per_piece / 2 ? left : s->per_piece;
    const int64_t fade = sono_solve_atom_frames(s->plan);
    const int64_t from = sono_solve_row_frame(s->plan, s->rows.first + s->at) - fade / 2;
    BandsAddition next = {0};
    SonoStatus status = solve_piece(s, s->at, n, &next, err);
    if (status == SONO_OK && s->at > 0 && (next.add || s->last.add)) {
        BandsAddition joined = {
            .span = sono_span_union(next.span, sono_span_intersect(s->last.span, (SonoSpan){from, fade}))};
        joined.add = sono_alloc_uncleared((size_t)joined.span.n_frames, sizeof *joined.add);
        status = joined.add ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory to join two segments");
        for (int64_t i = 0; status == SONO_OK && i < joined.span.n_frames; i++) {
            const int64_t frame = joined.span.start_frame + i;
            const float w = (float)fmin(fmax(((double)(frame - from) + 0.5) / (double)fade, 0.0), 1.0);
            const float a = value_at(&s->last, frame);
            joined.add[i] = a + w * (value_at(&next, frame) - a);
        }
        sono_free(next.add);
        next = joined;
    }
    sono_free(s->last.add);
    s->last = next;
    s->at += n;
    return status;
}

SonoStatus bands_solver_part(void *ctx, SonoSpan span, float *delta, SonoError *err)
{
    BandsSolver *s = ctx;
    SonoStatus status = SONO_OK;
    for (int64_t at = span.start_frame; status == SONO_OK && s->plan && at < sono_span_end(span);) {
        int64_t known = sono_span_end(span); /* frames before it are final */
        if (s->at < s->rows.n) {
            const int64_t border = sono_solve_row_frame(s->plan, s->rows.first + s->at);
            known = s->at == 0 ? at : min64(known, border - sono_solve_atom_frames(s->plan) / 2);
        }
        if (known <= at) {
            status = next_piece(s, err);
            continue;
        }
        for (; s->last.add && at < known; at++) {
            const float add = value_at(&s->last, at);
            delta[at - span.start_frame] += add;
        }
        at = known;
    }
    return status == SONO_OK ? s->part(s->ctx, span, delta, err) : status;
}
