/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the picture is made with: the choice in the settings, and the plan that a worker builds for it. Until that is
 * there, and if it cannot be, the picture stays as it is. */
#include "window.h"

#include <glib/gi18n.h>
#include <string.h>

/* A slider that is being moved changes its mind soon. */
#define CHANGING_MS 150

/* A plan on its way; the worker and the main loop hold it in turn. */
struct PlanBuild {
    SonoWindow *window; /* not owned; main thread; NULL: nobody waits any more */
    gint cancelled;     /* atomic */
    SonoEngine *engine;
    TransformChoice choice;
    double rate_hz;
    gint64 n_frames;
    SonoStatus status;
    SonoError err;
    SonoPlan *plan;
};

static void clear_build(gpointer data)
{
    sono_plan_unref(((PlanBuild *)data)->plan);
}

static void release_build(gpointer data)
{
    g_atomic_rc_box_release_full(data, clear_build);
}

static TransformChoice tuned(SonoWindow *w)
{
    TransformChoice choice = w->transform.choice;
    double tuning_hz = 0.0;
    g_object_get(w->settings, "tuning", &tuning_hz, NULL);
    transform_choice_tune(&choice, tuning_hz);
    return choice;
}

/* The plan is for this sound. */
static gboolean fits(const SonoPlan *plan, double rate_hz, gint64 n_frames)
{
    return plan && plan->rate_hz == rate_hz && (plan->for_frames == 0 || plan->for_frames == n_frames);
}

/* It is what was chosen. */
static gboolean is_wish(SonoWindow *w, const SonoPlan *plan)
{
    const TransformChoice choice = tuned(w);
    return fits(plan, w->transform.rate_hz, w->transform.n_frames) &&
           strcmp(plan->transform, choice.transform->name) == 0 &&
           memcmp(&plan->params, &choice.params, sizeof plan->params) == 0;
}

static void tell_panel(SonoWindow *w)
{
    const SonoPlan *plan = w->transform.plan;
    sono_inspector_show_transform(w->inspector, &w->transform.choice, plan && is_wish(w, plan) ? plan : NULL,
                                  w->transform.error);
}

static void set_plan(SonoWindow *w, SonoPlan *plan)
{
    sono_plan_unref(w->transform.plan);
    w->transform.plan = plan;
    g_clear_pointer(&w->transform.error, g_free);
}

/* The same sound with the plan of now. */
static void show_plan(SonoWindow *w)
{
    SonoError err = {0};
    if (sono_scene_set_transform(window_scene(w), w->transform.plan, &err) != SONO_OK) {
        sono_window_tell(w, err.message, TRUE);
    }
}

static void fail_wish(SonoWindow *w, const char *line)
{
    g_free(w->transform.error);
    w->transform.error = g_strdup(line);
    if (!sono_inspector_shows_transform(w->inspector)) {
        sono_window_tell(w, line, TRUE);
    }
}

static void start_build(SonoWindow *w);

static gboolean on_built(gpointer data)
{
    PlanBuild *build = data;
    SonoWindow *w = build->window;
    if (!w) {
        return G_SOURCE_REMOVE;
    }
    const gboolean again = w->transform.again;
    w->transform.build = NULL;
    w->transform.again = FALSE;
    if (again || w->transform.rate_hz == 0.0) { /* another is wanted, or none: the sound is gone */
        start_build(w);
    } else if (build->status != SONO_OK) {
        fail_wish(w, build->err.message);
    } else if (fits(build->plan, w->transform.rate_hz, w->transform.n_frames)) {
        set_plan(w, g_steal_pointer(&build->plan));
        show_plan(w);
    }
    tell_panel(w);
    window_refresh(w);
    return G_SOURCE_REMOVE;
}

/* Worker. */
static void build_plan(void *data, const SonoJobTicket *ticket)
{
    PlanBuild *build = data;
    if (g_atomic_int_get(&build->cancelled)) {
        release_build(build);
        return;
    }
    build->status = sono_engine_plan(build->engine, build->choice.transform, &build->choice.params, build->rate_hz,
                                     build->n_frames, &build->plan, &build->err);
    g_idle_add_full(G_PRIORITY_DEFAULT, on_built, build, release_build);
}

static void start_build(SonoWindow *w)
{
    WindowTransform *t = &w->transform;
    SonoError err = {0};
    g_clear_handle_id(&t->timer, g_source_remove);
    if (t->build) {
        t->again = TRUE;
        return;
    }
    if (t->rate_hz == 0.0 || is_wish(w, t->plan)) {
        g_clear_pointer(&t->error, g_free);
        return;
    }
    PlanBuild *build = g_atomic_rc_box_new0(PlanBuild);
    build->window = w;
    build->engine = w->engine;
    build->choice = tuned(w);
    build->rate_hz = t->rate_hz;
    build->n_frames = t->n_frames;
    if (sono_jobs_post(sono_engine_jobs(w->engine), SONO_PRIORITY_VISIBLE, NULL, build_plan, release_build, build,
                       &err) == SONO_OK) {
        t->build = build;
    } else {
        release_build(build);
        fail_wish(w, err.message);
    }
}

static gboolean on_timer(gpointer data)
{
    SonoWindow *w = data;
    w->transform.timer = 0;
    start_build(w);
    tell_panel(w);
    window_refresh(w);
    return G_SOURCE_REMOVE;
}

gboolean window_transform_is_pending(const SonoWindow *w)
{
    return w->transform.build || w->transform.timer != 0;
}

void window_transform_follow_settings(SonoWindow *w)
{
    WindowTransform *t = &w->transform;
    SonoError err = {0};
    TransformChoice choice = transform_choice_default();
    g_autofree char *text = NULL;
    g_object_get(w->settings, "picture", &text, NULL);
    if (transform_choice_parse(text, &choice, &err) != SONO_OK) { /* of another version */
        g_message("picture: %s", err.message);
    }
    const gboolean goes_on = t->choice.transform == choice.transform; /* a parameter, or the concert pitch */
    const SonoPreset *preset = transform_choice_preset(&choice);
    t->choice = choice;
    g_clear_pointer(&t->error, g_free);
    window_set_state(w, "preset", g_variant_new_string(preset ? preset->name : WINDOW_NO_PRESET));
    window_set_state(w, "transform", g_variant_new_string(choice.transform->name));
    g_clear_handle_id(&t->timer, g_source_remove);
    if (t->rate_hz > 0.0 && goes_on && !is_wish(w, t->plan)) {
        t->timer = g_timeout_add(CHANGING_MS, on_timer, w);
    } else {
        start_build(w);
    }
    tell_panel(w);
}

const SonoPlan *window_transform_plan(SonoWindow *w, double rate_hz, gint64 n_frames, SonoError *err)
{
    WindowTransform *t = &w->transform;
    SonoPlan *opened = atomic_exchange(&w->file.opened_plan, NULL);
    const gboolean other_sound = t->rate_hz != rate_hz || t->n_frames != n_frames;
    t->rate_hz = rate_hz;
    t->n_frames = n_frames;
    if (opened && fits(opened, rate_hz, n_frames)) {
        set_plan(w, sono_plan_ref(opened));
    }
    sono_plan_unref(opened);
    if (!fits(t->plan, rate_hz, n_frames)) {
        SonoPlan *plan = NULL;
        if (sono_display_plan(w->engine, NULL, NULL, rate_hz, 0, &plan, err) != SONO_OK) {
            return NULL;
        }
        set_plan(w, plan);
    }
    if (!t->error || other_sound) {
        g_clear_pointer(&t->error, g_free);
        start_build(w);
    }
    tell_panel(w);
    return t->plan;
}

void window_transform_forget_sound(SonoWindow *w)
{
    w->transform.rate_hz = 0.0;
}

void window_transform_opening(SonoWindow *w)
{
    w->file.like_transform = tuned(w);
}

SonoPlan *window_transform_opened(SonoWindow *w, double rate_hz, gint64 n_frames)
{
    const TransformChoice *choice = &w->file.like_transform;
    SonoPlan *plan = NULL;
    if (sono_engine_plan(w->engine, choice->transform, &choice->params, rate_hz, n_frames, &plan, NULL) != SONO_OK) {
        (void)sono_display_plan(w->engine, NULL, NULL, rate_hz, 0, &plan,
                                NULL); /* why is told when the sound is there */
        return plan;
    }
    sono_plan_unref(atomic_exchange(&w->file.opened_plan, sono_plan_ref(plan)));
    return plan;
}

void window_transform_edit(SonoWindow *w, SonoEdit *edit)
{
    g_autofree char *with = NULL;
    g_object_get(w->settings, "edit-transform", &with, NULL);
    const SonoPlan *plan = w->transform.plan;
    if (plan && strcmp(with, "picture") == 0) {
        (void)g_strlcpy(edit->transform, plan->transform, sizeof edit->transform);
        edit->transform_params = plan->params;
    }
}

void window_transform_end(SonoWindow *w)
{
    WindowTransform *t = &w->transform;
    g_clear_handle_id(&t->timer, g_source_remove);
    if (t->build) {
        t->build->window = NULL;
        g_atomic_int_set(&t->build->cancelled, 1);
        t->build = NULL;
    }
    g_clear_pointer(&t->plan, sono_plan_unref);
    g_clear_pointer(&t->error, g_free);
    sono_plan_unref(atomic_exchange(&w->file.opened_plan, NULL));
}
