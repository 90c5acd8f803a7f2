/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands on the sound and the selection. */
#include "window.h"

#include <math.h>

/* What a handler needs of the document may be gone by the time a script's call arrives: enabled says so. */
static void undo(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)sono_editor_undo(SONO_WINDOW(data)->file.editor);
    window_hear(data);
}

static void redo(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)sono_editor_redo(SONO_WINDOW(data)->file.editor);
    window_refresh(data);
}

static void go_to(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoWindow *w = data;
    SonoError err = {0};
    if (sono_editor_go_to(w->file.editor, g_variant_get_uint32(parameter), &err) != SONO_OK) {
        sono_window_tell(w, err.message, TRUE);
    }
    window_refresh(w);
}

static void apply_operation(SonoWindow *w, const SonoOperation *op, const SonoParams *params)
{
    SonoError err = {0};
    SonoEdit edit = {0};
    if (sono_scene_apply(window_scene(w), op, params, &edit, &err) != SONO_OK) {
        sono_window_tell(w, err.message, TRUE);
        return;
    }
    window_commit(w, &edit);
    sono_edit_clear(&edit);
}

static void apply(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    const SonoToolOptions *o = sono_scene_options(window_scene(data));
    apply_operation(data, o->operation, &o->params);
}

static void erase_selection(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    const SonoOperation *erase = sono_operation_find("erase");
    const SonoParams params = sono_params_defaults(erase->params);
    apply_operation(data, erase, &params);
}

static void restore_from(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    const SonoOperation *const *op = sono_operations;
    while (*op && !(*op)->takes_state) {
        op++;
    }
    if (*op) {
        SonoParams params = sono_params_defaults((*op)->params);
        params.v[0] = g_variant_get_uint32(parameter);
        apply_operation(data, *op, &params);
    }
}

static void selected(SonoWindow *w)
{
    sono_scene_preview_selection(window_scene(w), false);
    window_refresh(w);
}

static void select_region(SonoWindow *w, SonoRegion r)
{
    SonoError err = {0};
    SonoScene *scene = window_scene(w);
    SonoSelection *s = sono_scene_selection(scene);
    const SonoViewState *v = sono_scene_view(scene);
    const SonoRegion whole = {0.0, v->end_s, 0.0, v->nyquist_hz};
    const int channel = sono_scene_options(scene)->all_channels ? -1
                        : sono_selection_is_empty(s)            ? sono_view_state_lane(v, 0).channel
                                                                : s->channel;
    const SonoShape shape = {
        .kind = SONO_SHAPE_BOX, .combine = SONO_COMBINE_ADD, .box = sono_region_intersect(r, whole)};
    if (!isfinite(r.t0_s + r.t1_s + r.f0_hz + r.f1_hz) || sono_region_is_empty(shape.box)) {
        sono_window_tell(w, "select: the region is empty or outside the sound", TRUE);
    } else if (sono_selection_set(s, &shape, channel, &err) != SONO_OK) {
        sono_window_tell(w, err.message, TRUE);
    }
    selected(w);
}

static void select_box(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoRegion r = {0};
    g_variant_get(parameter, "(dddd)", &r.t0_s, &r.t1_s, &r.f0_hz, &r.f1_hz);
    select_region(data, r);
}

static void select_all(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    const SonoViewState *v = sono_scene_view(window_scene(data));
    select_region(data, (SonoRegion){0.0, v->end_s, 0.0, v->nyquist_hz});
}

static void select_none(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoSelection *s = sono_scene_selection(window_scene(data));
    sono_selection_clear(s);
    selected(data);
}

static void select_invert(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoError err = {0};
    SonoScene *scene = window_scene(data);
    const SonoViewState *v = sono_scene_view(scene);
    if (sono_selection_invert(sono_scene_selection(scene), v->end_s, v->nyquist_hz, &err) != SONO_OK) {
        sono_window_tell(data, err.message, TRUE);
    }
    selected(data);
}

static void compare(GSimpleAction *action, GVariant *value, gpointer data)
{
    SonoWindow *w = data;
    SonoError err = {0};
    const SonoDocument *doc = window_document(w); /* a state can be set while its action is not enabled */
    const SonoClip *original = doc && g_variant_get_boolean(value) ? sono_document_base(doc) : NULL;
    if (!doc || sono_scene_set_compare(window_scene(w), original, &err) != SONO_OK) {
        if (err.code != SONO_OK) {
            sono_window_tell(w, err.message, TRUE);
        }
        return;
    }
    g_simple_action_set_state(action, value);
    w->listening.comparing = original != NULL;
    sono_listener_set_compare(w->listening.listener, original);
    window_listen_poll(w);
    window_refresh(w);
}

void window_add_edit_actions(SonoWindow *w)
{
    static const GActionEntry entries[] = {
        {.name = "undo", .activate = undo},
        {.name = "redo", .activate = redo},
        {.name = "go-to", .activate = go_to, .parameter_type = "u"},
        {.name = "restore-from", .activate = restore_from, .parameter_type = "u"},
        {.name = "apply", .activate = apply},
        {.name = "erase-selection", .activate = erase_selection},
        {.name = "select", .activate = select_box, .parameter_type = "(dddd)"},
        {.name = "select-all", .activate = select_all},
        {.name = "select-none", .activate = select_none},
        {.name = "select-invert", .activate = select_invert},
        {.name = "compare", .state = "false", .change_state = compare},
    };
    g_action_map_add_action_entries(G_ACTION_MAP(w), entries, G_N_ELEMENTS(entries), w);
}
