/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an edit means: which slices of which channels, and the splice of the result. */
#include "commit_internal.h"
#include "sono_clock.h"
#include "sono_mem.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Slices whose centre lies in the bounds, and the frames they reach. A mask that reaches an end of the sound also
 * covers the slices centred beyond it: they hold part of the first or last samples. */
static void place_time(CommitRegion *r)
{
    const SonoPlan *plan = r->plan;
    const double rate_hz = plan->rate_hz;
    const int64_t n_frames = sono_clip_n_frames(r->clip);
    const double hop_s = (double)plan->slice_hop / rate_hz;
    const SonoSlices all = sono_plan_slices_touching(plan, (SonoSpan){0, n_frames});
    int64_t first = (int64_t)ceil(r->bounds.t0_s / hop_s - 1e-9);
    int64_t end = (int64_t)floor(r->bounds.t1_s / hop_s + 1e-9) + 1;
    first = r->bounds.t0_s <= 0.0 ? all.first : first;
    end = r->bounds.t1_s >= (double)n_frames / rate_hz ? all.first + all.n : end;
    r->weighted = (SonoSlices){first, end > first ? end - first : 0};
    r->span = sono_span_intersect(sono_plan_support(plan, r->weighted), (SonoSpan){0, n_frames});
}

/* What of the sound the edit is about; its own plan is the region's then. */
static SonoStatus place_region(CommitRegion *r, SonoError *err)
{
    const SonoPlan *base = r->base;
    if (base->axis == SONO_AXIS_FREQ) {
        return commit_bands_place(r, err);
    }
    r->plan = sono_plan_ref(base);
    r->fit = (SonoMaskFit){.step_s = (double)base->slice_hop / base->rate_hz,
                           .step_hz = base->rate_hz / (double)base->atoms[0].n_fft,
                           .top_hz = 0.5 * base->rate_hz};
    r->bounds = sono_region_intersect(sono_mask_bounds_fit(&r->edit->mask, r->fit),
                                      commit_whole_sound(base->rate_hz, sono_clip_n_frames(r->clip)));
    place_time(r);
    return SONO_OK;
}

#define COMPARED 64 /* frames at once */

/* The first frame from which on x and y differ, and the frame after the last; equal: false. */
static bool differing(const float *x, const float *y, int64_t n, int64_t *first, int64_t *end)
{
    int64_t from = 0;
    int64_t to = n;
    while (from + COMPARED <= n && memcmp(x + from, y + from, COMPARED * sizeof *x) == 0) {
        from += COMPARED;
    }
    while (from < n && memcmp(x + from, y + from, sizeof *x) == 0) {
        from++;
    }
    while (to - COMPARED >= from && memcmp(x + to - COMPARED, y + to - COMPARED, COMPARED * sizeof *x) == 0) {
        to -= COMPARED;
    }
    while (to > from && memcmp(x + to - 1, y + to - 1, sizeof *x) == 0) {
        to--;
    }
    *first = from;
    *end = to;
    return from < to;
}

/* x + delta into delta; where nothing is added the bits stay (-0 + 0 would not). *changed: the frames that differ.
 * False if a sum is no finite number. */
static bool add_delta(const float *restrict x, float *restrict delta, SonoSpan span, SonoSpan *changed)
{
    int64_t first = 0;
    int64_t end = 0;
    int is_bad = 0;
    for (int64_t i = 0; i < span.n_frames; i++) {
        const float y = delta[i] == 0.0f ? x[i] : x[i] + delta[i];
        is_bad |= !(fabsf(y) <= FLT_MAX);
        delta[i] = y;
    }
    if (is_bad) {
        return false;
    }
    *changed = differing(x, delta, span.n_frames, &first, &end) ? (SonoSpan){span.start_frame + first, end - first}
                                                                : (SonoSpan){0, 0};
    return true;
}

static void report_channel(SonoCommitReport *report, const SonoSolveResult *result, bool first)
{
    report->tones = result->tones > report->tones ? result->tones : report->tones;
    if (first || result->steps > report->steps) {
        report->steps = result->steps;
        memcpy(report->objective, result->objective, sizeof report->objective);
    }
    if (first || result->inside_db - result->surround_db > report->inside_db - report->surround_db) {
        report->inside_db = result->inside_db;
        report->solved_db = result->solved_db;
        report->surround_db = result->surround_db;
    }
}

typedef struct Splicer {
    const CommitRegion *r;
    int channel;
    SonoClip *now; /* owned; replaced by its successor with every part that changes something */
    SonoSpan changed;
} Splicer;

/* A CommitPartFn: splice the frames that differ. */
static SonoStatus splice_part(void *ctx, SonoSpan span, float *delta, SonoError *err)
{
    Splicer *to = ctx;
    SonoSpan changed = {0};
    SonoClip *next = NULL;
    const float *pcm[SONO_MAX_CHANNELS] = {0};
    float *x = sono_alloc_aligned((size_t)span.n_frames, sizeof *x);
    SonoStatus status = x ? SONO_OK : SONO_E_NOMEM;
    if (!x) {
        (void)sono_fail(err, status, "no memory for an edit of %lld frames", (long long)span.n_frames);
        goto done;
    }
    status = sono_clip_read(to->r->clip, to->channel, span.start_frame, span.n_frames, x, err);
    if (status == SONO_OK && !add_delta(x, delta, span, &changed)) {
        status = sono_fail(err, SONO_E_RANGE, "the edit would make samples of channel %d too large for float32",
                           to->channel);
    }
    if (status != SONO_OK || changed.n_frames == 0) {
        goto done;
    }
    pcm[to->channel] = delta + (changed.start_frame - span.start_frame);
    status = sono_clip_splice(to->now, changed.start_frame, changed.n_frames, pcm, &next, err);
    if (status == SONO_OK) {
        sono_clip_unref(to->now);
        to->now = next;
        to->changed = sono_span_union(to->changed, changed);
    }
done:
    sono_free(x);
    return status;
}

static SonoStatus commit_channels(const CommitRegion *r, SonoClip **now, SonoCommitReport *report, SonoError *err)
{
    Splicer splicer = {.r = r, .now = *now};
    SonoStatus status = SONO_OK;
    bool first = true;
    for (int c = 0; status == SONO_OK && c < sono_clip_n_channels(r->clip); c++) {
        if (!sono_edit_touches_channel(r->edit, c)) {
            continue;
        }
        SonoSolveResult result = {0};
        splicer.channel = c;
        status = r->plan->axis == SONO_AXIS_FREQ ? commit_bands_run(r, c, splice_part, &splicer, &result, err)
                                                 : commit_region_run(r, c, splice_part, &splicer, &result, err);
        if (status == SONO_OK) {
            report_channel(report, &result, first);
            first = false;
        }
    }
    report->dirty = splicer.changed;
    *now = splicer.now;
    return status;
}

/* An earlier state is there exactly when the operation takes one, and is of the same shape as the sound. */
static SonoStatus check_state(const SonoClip *clip, const SonoEdit *edit, const SonoClip *state, SonoError *err)
{
    if (edit->operation->takes_state != (state != NULL)) {
        return sono_fail(err, SONO_E_INVALID, "%s: %s", edit->operation->name,
                         state ? "takes no earlier state" : "needs an earlier state");
    }
    if (state && (sono_clip_n_frames(state) != sono_clip_n_frames(clip) ||
                  sono_clip_n_channels(state) != sono_clip_n_channels(clip) ||
                  sono_clip_rate_hz(state) != sono_clip_rate_hz(clip))) {
        return sono_fail(err, SONO_E_INVALID, "%s: the earlier state is no state of this sound", edit->operation->name);
    }
    return SONO_OK;
}

SonoStatus sono_commit(SonoEngine *engine, const SonoClip *clip, const SonoEdit *edit, const SonoClip *state,
                       const SonoJobTicket *ticket, SonoClip **out, SonoCommitReport *report, SonoError *err)
{
    const double started_s = sono_now_s();
    const double rate_hz = sono_clip_rate_hz(clip);
    const int64_t n_frames = sono_clip_n_frames(clip);
    SonoCommitReport rep = {0};
    SonoPlan *plan = NULL;
    SonoStatus status = check_state(clip, edit, state, err);
    if (status == SONO_OK) {
        status = sono_params_check(edit->operation->params, &edit->params, err);
    }
    if (status == SONO_OK) {
        status = sono_commit_plan(engine, edit, rate_hz, n_frames, &plan, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    CommitRegion r = {.engine = engine, .edit = edit, .base = plan, .clip = clip, .state = state, .ticket = ticket};
    SonoClip *now = sono_clip_ref(clip);
    rep.region = sono_region_intersect(sono_mask_bounds(&edit->mask), commit_whole_sound(rate_hz, n_frames));
    rep.window_frames = (int)plan->slice_len;
    rep.hop_frames = (int)plan->slice_hop;
    (void)snprintf(rep.transform, sizeof rep.transform, "%s", plan->transform);
    if (!sono_region_is_empty(rep.region)) {
        status = place_region(&r, err);
    }
    if (status == SONO_OK && r.weighted.n > 0 && r.span.n_frames > 0) {
        status = commit_channels(&r, &now, &rep, err);
    }
    sono_plan_unref(r.plan);
    sono_plan_unref(plan);
    if (status != SONO_OK) {
        sono_clip_unref(now);
        return status;
    }
    rep.seconds = sono_now_s() - started_s;
    if (report) {
        *report = rep;
    }
    *out = now;
    return status;
}
