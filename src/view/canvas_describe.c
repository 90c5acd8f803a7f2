/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the canvas shows, in words: the accessible description that screen readers speak. */
#include "canvas_private.h"

#include <glib/gi18n.h>

/* At most twice a second: every change is sent over a bus. */
#define DESCRIBE_MS 500

static char *write_selection(SonoCanvas *c)
{
    const SonoViewState *v = sono_scene_view(c->scene);
    const SonoSelection *selection = sono_scene_selection(c->scene);
    if (sono_selection_is_empty(selection)) {
        return g_strdup(_("nothing selected"));
    }
    const SonoRegion r = sono_selection_region(selection, v->end_s, v->nyquist_hz);
    if (r.f0_hz <= 0.0 && r.f1_hz >= v->nyquist_hz) {
        return g_strdup_printf(_("selected %.3f to %.3f s"), r.t0_s, r.t1_s);
    }
    return g_strdup_printf(_("selected %.3f to %.3f s, %.0f to %.0f Hz"), r.t0_s, r.t1_s, r.f0_hz, r.f1_hz);
}

static char *write_lanes(const SonoViewState *v)
{
    if (v->only_channel != SONO_ALL_LANES) {
        return g_strdup_printf(_("channel %d of %d"), v->only_channel + 1, v->n_channels);
    }
    return g_strdup_printf(ngettext("%d channel", "%d channels", (gulong)v->n_channels), v->n_channels);
}

static void describe(SonoCanvas *c)
{
    const SonoViewState *v = sono_scene_view(c->scene);
    g_autofree char *text = NULL;
    if (!sono_scene_plan(c->scene)) {
        text = g_strdup(_("No sound"));
    } else {
        g_autofree char *selection = write_selection(c);
        g_autofree char *lanes = write_lanes(v);
        text = g_strdup_printf(_("%.3f to %.3f s, %.0f to %.0f Hz, %s, %s; tool: %s"), v->t0_s,
                               MIN(v->t0_s + v->s_per_px * v->width_px, v->end_s), v->axis.f0_hz, v->axis.f1_hz, lanes,
                               selection, sono_scene_tool(c->scene)->title);
    }
    gtk_accessible_update_property(GTK_ACCESSIBLE(c), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static gboolean on_describe(gpointer data)
{
    SonoCanvas *c = data;
    if (!c->describe_again) {
        c->describe_timer = 0;
        return G_SOURCE_REMOVE;
    }
    c->describe_again = FALSE;
    describe(c);
    return G_SOURCE_CONTINUE;
}

void canvas_describe(SonoCanvas *c)
{
    c->describe_again = TRUE;
    if (!c->describe_timer) {
        c->describe_timer = g_timeout_add(DESCRIBE_MS, on_describe, c);
    }
}

void canvas_describe_stop(SonoCanvas *c)
{
    g_clear_handle_id(&c->describe_timer, g_source_remove);
}
