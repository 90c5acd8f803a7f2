/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The difference an edit adds to one channel, in plans over frequency: of every slice that sees the mask the
 * coefficients of the bands it touches, S(C' - C). The differences of slices are a plain sum, so a long mask is worked
 * through a few slices at a time and needs no crossfades; where the next slices start, what came before is final. */
#include "commit_internal.h"
#include "sono_mem.h"

#include "band_rows.h"
#include "commit_bands_solver.h"

#include <math.h>
#include <string.h>

#define BATCH_COEFS ((int64_t)1 << 20) /* at once, but at least one slice: 8 MiB an array */
#define MAX_BATCH 8
/* Bands of one slice at once: a whole sound in thousands of bands would be gigabytes. 64 MiB an array. */
#define MAX_GROUP_COEFS ((int64_t)1 << 23)

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static SonoSpan sound_of(const CommitRegion *r)
{
    return (SonoSpan){0, sono_clip_n_frames(r->clip)};
}

static SonoStatus check_cancelled(const CommitRegion *r, SonoError *err)
{
    return r->ticket && sono_job_is_obsolete(r->ticket) ? sono_fail(err, SONO_E_CANCELLED, "cancelled") : SONO_OK;
}

/* --- where --- */

/* Distance from a row's centre to the next above. */
static double spacing_at(const SonoPlan *plan, double freq_hz)
{
    return sono_plan_row_hz(plan, sono_plan_row_at(plan, freq_hz) + 1.0) - freq_hz;
}

/* The rows' distance over the mask's range; a straight line is exact for all laws but Bark's, for that it lies above.
 */
static SonoMaskFit fit_rows(const SonoPlan *plan, SonoRegion bounds)
{
    const double first_hz = sono_plan_row_hz(plan, 0.0);
    const double last_hz = sono_plan_row_hz(plan, (double)(plan->n_rows - 1));
    const double lo = fmin(fmax(bounds.f0_hz, first_hz), last_hz);
    const double hi = fmin(fmax(bounds.f1_hz, first_hz), last_hz);
    SonoMaskFit fit = {.step_hz = spacing_at(plan, hi), .top_hz = 0.5 * plan->rate_hz};
    if (hi - lo > 1e-3 * hi) {
        fit.step_per_hz = fmax(0.0, (spacing_at(plan, hi) - spacing_at(plan, lo)) / (hi - lo));
        fit.step_hz = fmax(0.0, spacing_at(plan, hi) - fit.step_per_hz * hi);
    }
    return fit;
}

static bool has_centre(const SonoPlan *plan, double f0_hz, double f1_hz)
{
    for (int32_t i = 0; i < plan->n_atoms; i++) {
        if (plan->atoms[i].freq_hz >= f0_hz && plan->atoms[i].freq_hz <= f1_hz) {
            return true;
        }
    }
    return false;
}

/* Of the bands that see the frequency the one with the nearest centre. */
static SonoStatus nearest_band(const SonoPlan *plan, double freq_hz, SonoPlan **out, SonoError *err)
{
    int32_t first = 0;
    int32_t n = 0;
    sono_plan_atoms_touching(plan, freq_hz, freq_hz, &first, &n);
    int32_t nearest = first;
    for (int32_t i = first; i < first + n; i++) {
        if (fabs(plan->atoms[i].freq_hz - freq_hz) < fabs(plan->atoms[nearest].freq_hz - freq_hz)) {
            nearest = i;
        }
    }
    return sono_plan_derive(plan, nearest, 1, NULL, out, err);
}

/* Does the part of a slice that its window lets through meet these frames? */
static bool slice_hears(const SonoPlan *plan, int64_t pad, int64_t slice, SonoSpan frames)
{
    const SonoSpan window = {sono_plan_slice_start(plan, slice) + pad, plan->slice_len - 2 * pad};
    return sono_span_intersect(window, frames).n_frames > 0;
}

/* Slices that hear sound so near the mask that an atom under the mask hears it too: within the time in which the
 * longest atom's envelope falls by 100 dB, or the window's padding. */
static SonoSlices slices_in_reach(const SonoPlan *plan, double narrowest_hz, SonoSpan mask, SonoSpan sound)
{
    int64_t pad = 0;
    while (plan->slice_window && pad < plan->slice_len / 2 && plan->slice_window[pad] == 0.0) {
        pad++;
    }
    const double reach_s = (plan->band_power == 2 ? 32.0 : 11.0) / narrowest_hz;
    const int64_t reach = reach_s * plan->rate_hz < (double)pad ? (int64_t)ceil(reach_s * plan->rate_hz) : pad;
    const SonoSpan near = sono_span_intersect(sound, (SonoSpan){mask.start_frame - reach, mask.n_frames + 2 * reach});
    SonoSlices slices = sono_plan_slices_touching(plan, mask);
    while (slices.n > 0 && !slice_hears(plan, pad, slices.first, near)) {
        slices.first++;
        slices.n--;
    }
    while (slices.n > 0 && !slice_hears(plan, pad, slices.first + slices.n - 1, near)) {
        slices.n--;
    }
    return slices;
}

/* Frames under the mask. */
static SonoSpan mask_span(const CommitRegion *r)
{
    const double rate_hz = r->base->rate_hz;
    const int64_t first = (int64_t)floor(r->bounds.t0_s * rate_hz);
    const int64_t end = (int64_t)ceil(r->bounds.t1_s * rate_hz);
    return sono_span_intersect((SonoSpan){first, max64(1, end - first)}, sound_of(r));
}

/* Width of the narrowest band under the mask: that at DC may be it. */
static double narrowest_hz(const CommitRegion *r)
{
    double width_hz = r->bounds.f0_hz > 0.0 ? INFINITY : r->base->atoms[0].width_hz;
    for (int32_t i = 0; i < r->plan->n_atoms; i++) {
        width_hz = fmin(width_hz, r->plan->atoms[i].width_hz);
    }
    return width_hz;
}

/* Are the bands at DC and at Nyquist edited beside those of the plan? */
static bool holds_dc(const CommitRegion *r)
{
    return !r->plan->atoms[0].real && r->bounds.f0_hz <= 0.0;
}
static bool holds_nyquist(const CommitRegion *r)
{
    return !r->plan->atoms[0].real && r->bounds.f1_hz >= 0.5 * r->base->rate_hz;
}

/* The longest distance of rows in any band that is edited. */
static double row_step_s(const CommitRegion *r)
{
    const SonoPlan *base = r->base;
    double n_fft = r->plan->atoms[0].n_fft;
    n_fft = holds_dc(r) ? fmin(n_fft, base->atoms[0].n_fft) : n_fft;
    n_fft = holds_nyquist(r) ? fmin(n_fft, base->atoms[base->n_atoms - 1].n_fft) : n_fft;
    return (double)base->slice_len / (n_fft * base->rate_hz);
}

SonoStatus commit_bands_place(CommitRegion *r, SonoError *err)
{
    const SonoPlan *base = r->base;
    const SonoMask *mask = &r->edit->mask;
    const SonoRegion sound = commit_whole_sound(base->rate_hz, sono_clip_n_frames(r->clip));
    SonoPlan *plan = NULL;
    r->fit = fit_rows(base, sono_region_intersect(sono_mask_bounds(mask), sound));
    r->bounds = sono_region_intersect(sono_mask_bounds_fit(mask, r->fit), sound);
    const double middle_hz = 0.5 * (r->bounds.f0_hz + r->bounds.f1_hz);
    const bool between = !has_centre(base, r->bounds.f0_hz, r->bounds.f1_hz);
    const SonoStatus status =
        between ? nearest_band(base, middle_hz, &plan, err)
                : sono_engine_edit_plan(r->engine, base, r->bounds.f0_hz, r->bounds.f1_hz, &plan, err);
    if (status != SONO_OK) {
        return status;
    }
    r->plan = plan;
    r->only_hz = between ? middle_hz : 0.0;
    r->fit.step_s = row_step_s(r);
    r->bounds = sono_region_intersect(sono_mask_bounds_fit(mask, r->fit), sound);
    r->weighted = slices_in_reach(plan, narrowest_hz(r), mask_span(r), sound_of(r));
    r->span = sono_span_intersect(sono_plan_support(plan, r->weighted), sound_of(r));
    return SONO_OK;
}

/* --- the arithmetic --- */

#define MAX_GROUPS 66

typedef struct Bands {
    const CommitRegion *r;
    int channel;
    /* bands that are worked on at once: those of the plan, a group at a time, and the ones at DC and Nyquist */
    SonoPlan *groups[MAX_GROUPS];
    int32_t n_groups;
    int64_t per_batch; /* slices */
    float args[SONO_OP_MAX_ARGS];
    /* scratch, for the largest batch and group */
    float *pcm;
    float *weights, *cells;
    double *time_s, *freq_hz;
    int32_t *column; /* [n_fft]: of time_s, for every row of a slice */
    SonoCplx *coef, *target;
} Bands;

static void bands_clear(Bands *b)
{
    for (int32_t g = 0; g < b->n_groups; g++) {
        sono_plan_unref(b->groups[g]);
    }
    sono_free(b->pcm);
    sono_free(b->weights);
    sono_free(b->cells);
    sono_free(b->time_s);
    sono_free(b->freq_hz);
    sono_free(b->column);
    sono_free(b->coef);
    sono_free(b->target);
}

static SonoStatus add_group_plan(Bands *b, const SonoPlan *of, int32_t first, int32_t n, SonoError *err)
{
    const SonoStatus status = sono_plan_derive(of, first, n, NULL, &b->groups[b->n_groups], err);
    b->n_groups += status == SONO_OK;
    return status;
}

static SonoStatus list_groups(Bands *b, SonoError *err)
{
    const CommitRegion *r = b->r;
    const SonoPlan *base = r->base;
    const int32_t n = r->plan->n_atoms;
    const int32_t fit = (int32_t)max64(1, MAX_GROUP_COEFS / r->plan->atoms[0].n_fft);
    const int32_t per_group = fit >= n ? n : fit * (MAX_GROUPS - 2) < n ? n / (MAX_GROUPS - 2) + 1 : fit;
    SonoStatus status = SONO_OK;
    if (per_group == n) {
        b->groups[b->n_groups++] = sono_plan_ref(r->plan);
    }
    for (int32_t first = 0; status == SONO_OK && per_group < n && first < n; first += per_group) {
        status = add_group_plan(b, r->plan, first, n - first < per_group ? n - first : per_group, err);
    }
    if (status == SONO_OK && holds_dc(r)) {
        status = add_group_plan(b, base, 0, 1, err);
    }
    if (status == SONO_OK && holds_nyquist(r)) {
        status = add_group_plan(b, base, base->n_atoms - 1, 1, err);
    }
    return status;
}

static SonoStatus bands_open(const CommitRegion *r, int channel, Bands *b, SonoError *err)
{
    *b = (Bands){.r = r, .channel = channel};
    r->edit->operation->args(&r->edit->params, b->args);
    const SonoStatus status = list_groups(b, err);
    size_t n_fft = 1;
    size_t n_coef = 1;
    size_t n_bands = 1;
    for (int32_t g = 0; g < b->n_groups; g++) {
        const SonoPlan *group = b->groups[g];
        n_fft = (size_t)group->atoms[0].n_fft > n_fft ? (size_t)group->atoms[0].n_fft : n_fft;
        n_coef = group->n_coef > n_coef ? group->n_coef : n_coef;
        n_bands = (size_t)group->n_atoms > n_bands ? (size_t)group->n_atoms : n_bands;
    }
    if (status != SONO_OK) {
        return status;
    }
    b->per_batch = min64(r->weighted.n, max64(1, min64(MAX_BATCH, BATCH_COEFS / (int64_t)n_coef)));
    const size_t n = (size_t)b->per_batch * n_coef;
    const SonoSlices batch = {r->weighted.first, b->per_batch};
    b->pcm = sono_alloc_uncleared((size_t)sono_plan_support(r->plan, batch).n_frames, sizeof *b->pcm);
    b->weights = sono_alloc_uncleared(n, sizeof *b->weights);
    b->cells = sono_alloc_uncleared(n_coef, sizeof *b->cells);
    b->time_s = sono_alloc_uncleared(n_fft, sizeof *b->time_s);
    b->freq_hz = sono_alloc_uncleared(n_bands, sizeof *b->freq_hz);
    b->column = sono_alloc_uncleared(n_fft, sizeof *b->column);
    b->coef = sono_alloc_uncleared(n, sizeof *b->coef);
    b->target = sono_alloc_uncleared(n, sizeof *b->target);
    return b->pcm && b->weights && b->cells && b->time_s && b->freq_hz && b->column && b->coef && b->target
               ? SONO_OK
               : sono_fail(err, SONO_E_NOMEM, "no memory for an edit of %zu coefficients", n);
}

/* The rows of a slice that the mask's bounds hold, [*row0, *row1) counted from its first, and their times: rows before
 * the first or after the last frame of the sound are at that frame. Returns the number of times. */
static size_t slice_times(Bands *b, const SonoPlan *plan, int64_t slice, int32_t *row0, int32_t *row1)
{
    const int64_t first = band_rows_first(plan, slice);
    const double last_frame = (double)(sono_clip_n_frames(b->r->clip) - 1);
    size_t n = 0;
    *row0 = *row1 = 0;
    for (int32_t i = 0; i < plan->atoms[0].n_fft; i++) {
        const double t = fmin(fmax(band_rows_frame(plan, first + i), 0.0), last_frame) / plan->rate_hz;
        if (t < b->r->bounds.t0_s || t > b->r->bounds.t1_s) {
            continue;
        }
        if (n == 0 || t > b->time_s[n - 1]) {
            b->time_s[n++] = t;
        }
        b->column[i] = (int32_t)n - 1;
        *row0 = *row1 == 0 ? i : *row0;
        *row1 = i + 1;
    }
    return n;
}

/* Weights of a slice's coefficients of the group's bands; *any: one is not 0. */
static SonoStatus slice_weights(Bands *b, const SonoPlan *group, int64_t slice, float *weights, bool *any,
                                SonoError *err)
{
    const CommitRegion *r = b->r;
    const size_t n_bands = (size_t)group->n_atoms;
    int32_t row0 = 0;
    int32_t row1 = 0;
    memset(weights, 0, group->n_coef * sizeof *weights);
    const size_t n_times = slice_times(b, group, slice, &row0, &row1);
    if (n_times == 0) {
        return SONO_OK;
    }
    for (size_t i = 0; i < n_bands; i++) {
        b->freq_hz[i] = r->only_hz > 0.0 ? r->only_hz : group->atoms[i].freq_hz;
    }
    memset(b->cells, 0, n_times * n_bands * sizeof *b->cells);
    const SonoStatus status =
        sono_mask_render_fit(&r->edit->mask, r->fit, b->time_s, n_times, b->freq_hz, n_bands, b->cells, n_bands, err);
    const int64_t first = band_rows_first(group, slice);
    for (size_t i = 0; status == SONO_OK && i < n_bands; i++) {
        float *to = weights + group->atoms[i].coef_at;
        for (int32_t row = row0; row < row1; row++) {
            const float w = b->cells[(size_t)b->column[row] * n_bands + i];
            to[band_rows_nu(group, first + row)] = w;
            *any = *any || w != 0.0f;
        }
    }
    return status;
}

/* coef = C' - C; true: it is not 0 everywhere. */
static bool take_difference(SonoCplx *coef, const SonoCplx *target, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        coef[i].re = target[i].re - coef[i].re;
        coef[i].im = target[i].im - coef[i].im;
        any = any || coef[i].re != 0.0f || coef[i].im != 0.0f;
    }
    return any;
}

/* A difference on a span; delta NULL: there is none. */
typedef struct Part {
    SonoSpan span;
    float *delta;
} Part;

static SonoStatus part_alloc(Part *part, SonoError *err)
{
    part->delta = sono_alloc_aligned((size_t)part->span.n_frames, sizeof *part->delta);
    return part->delta
               ? SONO_OK
               : sono_fail(err, SONO_E_NOMEM, "no memory for an edit of %lld frames", (long long)part->span.n_frames);
}

/* Add S(C' - C) of the group's bands and these slices to the part; pcm_span: frames of b->pcm. */
static SonoStatus add_group(Bands *b, const SonoPlan *group, SonoSlices slices, SonoSpan pcm_span, Part *part,
                            SonoError *err)
{
    const CommitRegion *r = b->r;
    SonoStatus status = check_cancelled(r, err);
    bool any = false;
    for (int64_t i = 0; status == SONO_OK && i < slices.n; i++) {
        status = slice_weights(b, group, slices.first + i, b->weights + (size_t)i * group->n_coef, &any, err);
    }
    if (status != SONO_OK || !any) {
        return status;
    }
    status = sono_engine_analyse(r->engine, group, b->pcm, pcm_span, slices, b->coef, err);
    if (status == SONO_OK) {
        status = sono_engine_apply(r->engine, group, r->edit->operation, b->args, b->coef, b->weights, slices,
                                   b->target, err);
    }
    if (status != SONO_OK || !take_difference(b->coef, b->target, (size_t)slices.n * group->n_coef)) {
        return status;
    }
    Part own = {.span = part->span};
    status = check_cancelled(r, err);
    status = status == SONO_OK ? part_alloc(&own, err) : status;
    if (status == SONO_OK) {
        status = sono_engine_synthesise(r->engine, group, b->coef, slices, own.delta, own.span, err);
    }
    if (status == SONO_OK && !part->delta) {
        part->delta = own.delta;
        return SONO_OK;
    }
    for (int64_t i = 0; status == SONO_OK && i < own.span.n_frames; i++) {
        part->delta[i] += own.delta[i];
    }
    sono_free(own.delta);
    return status;
}

/* What these slices add. part->delta is the caller's, also on error. */
static SonoStatus batch_part(Bands *b, SonoSlices slices, Part *part, SonoError *err)
{
    const CommitRegion *r = b->r;
    SonoSlices differing = {0};
    part->span = sono_span_intersect(sono_plan_support(r->plan, slices), sound_of(r));
    SonoStatus status = commit_region_differing(r, b->channel, slices, &differing, err);
    if (status != SONO_OK || differing.n == 0) {
        return status;
    }
    const SonoSpan pcm_span = sono_span_intersect(sono_plan_support(r->plan, differing), sound_of(r));
    status = commit_region_read(r, b->channel, pcm_span, b->pcm, err);
    for (int32_t g = 0; status == SONO_OK && g < b->n_groups; g++) {
        status = add_group(b, b->groups[g], differing, pcm_span, part, err);
    }
    return status;
}

/* What the part before has on the frames of the next is added to that. */
static SonoStatus carry_over(const Part *from, Part *to, SonoError *err)
{
    const SonoSpan both = sono_span_intersect(from->span, to->span);
    if (!from->delta || both.n_frames == 0) {
        return SONO_OK;
    }
    const SonoStatus status = to->delta ? SONO_OK : part_alloc(to, err);
    for (int64_t i = 0; status == SONO_OK && i < both.n_frames; i++) {
        to->delta[both.start_frame - to->span.start_frame + i] +=
            from->delta[both.start_frame - from->span.start_frame + i];
    }
    return status;
}

static SonoStatus hand_on(const Part *part, int64_t end, CommitPartFn fn, void *ctx, SonoError *err)
{
    const int64_t n = end - part->span.start_frame;
    return part->delta && n > 0 ? fn(ctx, (SonoSpan){part->span.start_frame, n}, part->delta, err) : SONO_OK;
}

/* The plain mask's difference. everywhere: hand on also where there is none. */
static SonoStatus run_plain(const CommitRegion *r, int channel, bool everywhere, CommitPartFn fn, void *ctx,
                            SonoError *err)
{
    Bands b;
    Part last = {0};
    SonoStatus status = bands_open(r, channel, &b, err);
    for (int64_t at = 0; status == SONO_OK && at < r->weighted.n; at += b.per_batch) {
        const SonoSlices batch = {r->weighted.first + at, min64(b.per_batch, r->weighted.n - at)};
        Part next = {0};
        status = batch_part(&b, batch, &next, err);
        if (status == SONO_OK && everywhere && !next.delta) {
            status = part_alloc(&next, err);
        }
        if (status == SONO_OK) {
            status = carry_over(&last, &next, err);
        }
        if (status == SONO_OK) {
            status = hand_on(&last, next.span.start_frame, fn, ctx, err);
        }
        sono_free(last.delta);
        last = next;
    }
    if (status == SONO_OK) {
        status = hand_on(&last, sono_span_end(last.span), fn, ctx, err);
    }
    sono_free(last.delta);
    bands_clear(&b);
    return status;
}

SonoStatus commit_bands_run(const CommitRegion *r, int channel, CommitPartFn part, void *ctx, SonoSolveResult *result,
                            SonoError *err)
{
    *result = (SonoSolveResult){0};
    if (!commit_wants_solver(r->edit)) {
        return run_plain(r, channel, false, part, ctx, err);
    }
    BandsSolver solver;
    SonoStatus status = bands_solver_open(r, channel, part, ctx, &solver, err);
    if (status == SONO_OK) {
        status = run_plain(r, channel, true, bands_solver_part, &solver, err);
    }
    *result = solver.result;
    bands_solver_close(&solver);
    return status;
}
