/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scene is made of and shows: the sound, another clip instead, edits on their way. */
#include "scene.h"

#include "sono_mem.h"
#include "sono_ticks.h"

#include <math.h>
#include <string.h>

#define TILE_BUDGET_BYTES ((uint64_t)512 << 20)
/* What a view without a sound spans. */
#define EMPTY_S 1.0
#define EMPTY_NYQUIST_HZ 24000.0
#define LEAST_LOWEST_HZ 1.0

static void set_defaults(SonoScene *s)
{
    s->view = (SonoViewState){.width_px = 1.0,
                              .height_px = 1.0,
                              .s_per_px = 1.0,
                              .axis = {SONO_SCALE_MEL, 0.0, EMPTY_NYQUIST_HZ},
                              .end_s = EMPTY_S,
                              .nyquist_hz = EMPTY_NYQUIST_HZ,
                              .tuning_hz = SONO_TUNING_HZ,
                              .floor_db = -110.0,
                              .ceiling_db = 0.0,
                              .map = sono_colour_maps[0],
                              .n_channels = 1,
                              .only_channel = SONO_ALL_LANES};
    s->options = (SonoToolOptions){
        .brush = {.radius_ms = 60.0, .radius_oct = 0.15, .hardness = 0.5, .flow = 1.0, .pressure_to_flow = 1.0},
        .all_channels = true,
        .operation = sono_operations[0],
        .params = sono_params_defaults(sono_operations[0]->params)};
    s->selection.channel = -1;
    s->tool = sono_tools[0];
    scene_meet_context(s);
}

SonoStatus sono_scene_new(SonoEngine *engine, void (*wake)(void *ctx), void *ctx, SonoScene **out, SonoError *err)
{
    SonoScene *s = sono_calloc(1, sizeof *s);
    if (!s) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a window");
    }
    SonoStatus status = sono_strokes_new(&s->strokes, err);
    if (status == SONO_OK) {
        status = sono_tile_feed_new(engine, TILE_BUDGET_BYTES, wake, ctx, &s->feed, err);
    }
    if (status == SONO_OK) {
        status = painter_new(engine, wake, ctx, &s->painter, err);
    }
    if (status != SONO_OK) {
        sono_scene_free(s);
        return status;
    }
    set_defaults(s);
    *out = s;
    return SONO_OK;
}

static void clear_lanes(SonoScene *s, int from, int to)
{
    for (int i = from; i < to; i++) {
        sono_tile_list_clear(s->lanes[i].list);
    }
}

void sono_scene_free(SonoScene *s)
{
    if (!s) {
        return;
    }
    if (s->feed) {
        sono_tile_feed_close(s->feed);
    }
    painter_free(s->painter);
    sono_tile_feed_unref(s->feed);
    clear_lanes(s, 0, s->cap_lanes);
    for (int i = 0; i < s->cap_lanes; i++) {
        sono_free(s->lanes[i].list);
    }
    sono_free(s->lanes);
    sono_strokes_free(s->strokes);
    sono_selection_clear(&s->selection);
    sono_selection_clear(&s->context.selected_before);
    sono_mask_clear(&s->context.band);
    sono_mask_clear(&s->previewed);
    sono_free(s->previews);
    sono_plan_unref(s->plan);
    sono_clip_unref(s->clip);
    sono_clip_unref(s->other);
    sono_free(s);
}

SonoStatus scene_reserve_lanes(SonoScene *s, int n, SonoError *err)
{
    if (n > s->cap_lanes) {
        SonoFeedLane *lanes = sono_realloc_array(s->lanes, (size_t)n, sizeof *lanes);
        if (!lanes) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for %d lanes", n);
        }
        s->lanes = lanes;
    }
    while (s->cap_lanes < n) {
        SonoTileList *list = sono_calloc(1, sizeof *list);
        if (!list) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for %d lanes", n);
        }
        s->lanes[s->cap_lanes++] = (SonoFeedLane){.list = list};
    }
    clear_lanes(s, n, s->cap_lanes); /* tiles nobody looks at may go */
    s->n_lanes = n;
    return SONO_OK;
}

/* A4 of a transform that has notes. */
static double tuning_of(const SonoPlan *plan, double otherwise_hz)
{
    const SonoTransform *transform = sono_transform_find(plan->transform);
    const int i = transform && transform->has_notes ? sono_params_find(transform->params, "tuning_hz") : -1;
    return i >= 0 ? plan->params.v[i] : otherwise_hz;
}

/* Where a logarithmic axis starts: at the lowest band; an STFT has bins all the way down. */
static double lowest_of(const SonoPlan *plan)
{
    return plan->axis == SONO_AXIS_FREQ ? fmax(sono_plan_row_hz(plan, -0.5), LEAST_LOWEST_HZ) : 0.0;
}

/* The feed shows the other clip, which has nothing to do with the sound but its length, unless the feed knows better.
 */
static SonoStatus feed_other(SonoScene *s, const SonoPlan *plan, SonoError *err)
{
    const SonoSpan all = {0, sono_clip_n_frames(s->other)};
    return sono_tile_feed_set_sound(s->feed, plan, s->other, sono_clip_revision(s->clip), all, err);
}

/* The sound, whose parent and change the feed has known since it was set. */
static SonoStatus feed_sound(SonoScene *s, const SonoPlan *plan, SonoError *err)
{
    const uint64_t revision = s->clip ? sono_clip_revision(s->clip) : 0;
    return sono_tile_feed_set_sound(s->feed, plan, s->clip, revision, (SonoSpan){0, 0}, err);
}

static void keep_plan(SonoScene *s, const SonoPlan *plan)
{
    SonoPlan *old = s->plan;
    s->plan = sono_plan_ref(plan);
    sono_plan_unref(old);
    s->view.tuning_hz = tuning_of(plan, s->view.tuning_hz);
    sono_view_state_set_lowest(&s->view, lowest_of(plan));
}

SonoStatus sono_scene_set_sound(SonoScene *s, const SonoPlan *plan, const SonoClip *clip, int n_channels, double end_s,
                                uint64_t parent_revision, SonoSpan dirty, SonoError *err)
{
    const SonoStatus status = sono_tile_feed_set_sound(s->feed, plan, clip, parent_revision, dirty, err);
    if (status != SONO_OK) {
        return status;
    }
    const bool first = !s->plan;
    SonoClip *old_clip = s->clip;
    s->clip = clip ? sono_clip_ref(clip) : NULL;
    sono_clip_unref(old_clip);
    s->view.nyquist_hz = 0.5 * plan->rate_hz;
    keep_plan(s, plan);
    sono_view_state_set_length(&s->view, end_s);
    sono_view_state_set_channels(&s->view, n_channels);
    if (first) {
        sono_view_state_fit(&s->view);
    }
    if (!clip && s->other) {
        sono_clip_unref(s->other);
        s->other = NULL;
    }
    scene_meet_context(s);
    return s->other ? feed_other(s, plan, err) : SONO_OK;
}

SonoStatus sono_scene_set_transform(SonoScene *s, const SonoPlan *plan, SonoError *err)
{
    if (!s->plan || s->plan->rate_hz != plan->rate_hz) {
        return sono_fail(err, SONO_E_INVALID, "no sound of %g Hz is shown that this plan could be for", plan->rate_hz);
    }
    const SonoStatus status = s->other ? feed_other(s, plan, err) : feed_sound(s, plan, err);
    if (status == SONO_OK) {
        keep_plan(s, plan);
    }
    return status;
}

void sono_scene_forget_sound(SonoScene *s)
{
    SonoOutcome none;
    (void)sono_scene_point(s, &(SonoPointer){.kind = SONO_POINTER_CANCEL}, &none, NULL);
    sono_tile_feed_forget_sound(s->feed);
    clear_lanes(s, 0, s->cap_lanes);
    sono_selection_clear(&s->selection);
    sono_plan_unref(s->plan);
    sono_clip_unref(s->clip);
    sono_clip_unref(s->other);
    s->plan = NULL;
    s->clip = NULL;
    s->other = NULL;
    s->shows_other = s->previewing = s->paints = false;
    s->view.nyquist_hz = EMPTY_NYQUIST_HZ;
    sono_view_state_set_length(&s->view, EMPTY_S);
    sono_view_state_set_channels(&s->view, 1);
    sono_view_state_fit(&s->view);
    scene_meet_context(s);
}

SonoStatus sono_scene_set_compare(SonoScene *s, const SonoClip *other, SonoError *err)
{
    if (!s->clip || other == s->other) {
        return SONO_OK;
    }
    SonoClip *old = s->other;
    s->other = other ? sono_clip_ref(other) : NULL;
    const SonoStatus status = other ? feed_other(s, s->plan, err) : feed_sound(s, s->plan, err);
    sono_clip_unref(old);
    scene_meet_context(s);
    return status;
}

const SonoClip *sono_scene_clip(const SonoScene *s)
{
    return s->clip;
}

const SonoPlan *sono_scene_plan(const SonoScene *s)
{
    return s->plan;
}

SonoTileFeed *sono_scene_feed(SonoScene *s)
{
    return s->feed;
}

SonoViewState *sono_scene_view(SonoScene *s)
{
    return &s->view;
}

SonoSelection *sono_scene_selection(SonoScene *s)
{
    return &s->selection;
}

SonoToolOptions *sono_scene_options(SonoScene *s)
{
    return &s->options;
}

SonoStrokes *sono_scene_strokes(SonoScene *s)
{
    return s->strokes;
}

SonoStatus sono_scene_apply(SonoScene *s, const SonoOperation *operation, const SonoParams *params, SonoEdit *edit,
                            SonoError *err)
{
    if (!s->clip) {
        return sono_fail(err, SONO_E_INVALID, "there is no sound to edit yet");
    }
    SonoEdit out = sono_edit_new(operation);
    out.params = *params;
    SonoStatus status = sono_selection_mask(&s->selection, s->options.feather_ms, s->options.feather_hz, s->view.end_s,
                                            s->view.nyquist_hz, &out.mask, err);
    if (status != SONO_OK) {
        return status;
    }
    if (s->selection.channel >= 0) {
        out.all_channels = false;
        out.channels[s->selection.channel / 64] = UINT64_C(1) << (s->selection.channel % 64);
    }
    status = sono_strokes_add_edit(s->strokes, &out, err);
    if (status != SONO_OK) {
        sono_edit_clear(&out);
        return status;
    }
    s->previewing = false;
    *edit = out;
    return SONO_OK;
}

SonoStatus sono_scene_queue(SonoScene *s, const SonoEdit *edit, SonoError *err)
{
    return sono_strokes_add_edit(s->strokes, edit, err);
}

void sono_scene_preview_selection(SonoScene *s, bool on)
{
    s->previewing = on;
    s->previewing_of = s->selection.revision;
}

void sono_scene_wheel(SonoScene *s, double dx, double dy, bool ctrl, bool shift)
{
    sono_view_state_wheel(&s->view, s->pointer.x_px, s->pointer.y_px, dx, dy, ctrl, shift);
}

bool sono_scene_set_scale(SonoScene *s, const char *name)
{
    for (int i = 0; sono_scale_names[i]; i++) {
        if (strcmp(sono_scale_names[i], name) == 0) {
            sono_view_state_set_scale(&s->view, (SonoAxisScale)i);
            return true;
        }
    }
    return false;
}

SonoStatus sono_display_plan(SonoEngine *engine, const SonoTransform *transform, const SonoParams *params,
                             double rate_hz, int64_t n_frames, SonoPlan **out, SonoError *err)
{
    const SonoTransform *t = transform ? transform : sono_transforms[0];
    const SonoParams p = params ? *params : sono_params_defaults(t->params);
    return sono_engine_plan(engine, t, &p, rate_hz, n_frames, out, err);
}

SonoStatus sono_first_picture(SonoTileFeed *feed, SonoEngine *engine, const SonoTransform *transform,
                              const SonoParams *params, const SonoPcmReader *reader, SonoViewState like,
                              const SonoJobTicket *ticket, SonoError *err)
{
    SonoPlan *plan = NULL;
    SonoStatus status = sono_display_plan(engine, transform, params, reader->rate_hz, reader->n_frames, &plan, err);
    if (status != SONO_OK && transform) { /* not for this sound: whoever shows it will say so */
        status = sono_display_plan(engine, NULL, NULL, reader->rate_hz, reader->n_frames, &plan, err);
    }
    if (status != SONO_OK || reader->n_frames == 0) {
        sono_plan_unref(plan);
        return status;
    }
    like.end_s = (double)reader->n_frames / reader->rate_hz;
    like.nyquist_hz = 0.5 * reader->rate_hz;
    sono_view_state_set_channels(&like, reader->n_channels);
    sono_view_state_fit(&like);
    const int n_lanes = sono_view_state_n_lanes(&like);
    for (int i = 0; i < n_lanes && status == SONO_OK; i++) {
        const SonoRenderView view = sono_view_state_render_view(&like, i, 1);
        status =
            sono_tile_feed_add_sparse(feed, plan, reader, &view, sono_view_state_lane(&like, i).channel, ticket, err);
    }
    sono_plan_unref(plan);
    return status;
}
