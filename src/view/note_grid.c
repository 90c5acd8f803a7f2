/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "note_grid.h"

#include <math.h>

#include "lane_style.h"
#include "note_places.h"
#include "sono_ticks.h"

/* Of a C's line, on the picture: light, with dark below, to be seen on both. */
#define LIGHT 0.42f
#define DARK 0.30f

struct _SonoNoteGrid {
    GtkWidget parent_instance;
    SonoCanvas *canvas;   /* weak */
    GskRenderNode *lines; /* of one lane, or NULL; made for lines_of, lines_width and lines_scale */
    NotePlaces lines_of;
    int lines_width, lines_scale;
};

G_DEFINE_FINAL_TYPE(SonoNoteGrid, sono_note_grid, GTK_TYPE_WIDGET)

static void forget(SonoNoteGrid *g)
{
    g_clear_pointer(&g->lines, gsk_render_node_unref);
    g->lines_width = 0;
}

static void draw_lines(SonoNoteGrid *g, GtkSnapshot *snapshot, const NotePlaces *places)
{
    int first = 0;
    int last = 0;
    const double width = gtk_widget_get_width(GTK_WIDGET(g));
    if (!note_places_seen(places, &first, &last)) {
        return;
    }
    for (int note = first; note <= last; note++) {
        const float strength = (float)note_places_strength(places, note);
        const double y = lane_snap(GTK_WIDGET(g), note_places_y(places, note));
        if (strength > 0.02f && y >= 0.0 && y < places->height_px) {
            const GdkRGBA light = {1.0f, 1.0f, 1.0f, LIGHT * strength};
            const GdkRGBA dark = {0.0f, 0.0f, 0.0f, DARK * strength};
            lane_rect(snapshot, &light, 0.0, y, width, 1.0);
            lane_rect(snapshot, &dark, 0.0, y + 1.0, width, 1.0);
        }
    }
}

static gboolean is_current(const SonoNoteGrid *g, const NotePlaces *places)
{
    const NotePlaces *of = &g->lines_of;
    return g->lines_width == gtk_widget_get_width((GtkWidget *)g) &&
           g->lines_scale == gtk_widget_get_scale_factor((GtkWidget *)g) && of->axis.scale == places->axis.scale &&
           of->axis.f0_hz == places->axis.f0_hz && of->axis.f1_hz == places->axis.f1_hz &&
           of->tuning_hz == places->tuning_hz && of->height_px == places->height_px;
}

static void sono_note_grid_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    SonoNoteGrid *g = SONO_NOTE_GRID(widget);
    const SonoViewState *view = lane_view(g->canvas);
    if (!view || view->end_s <= 0.0) {
        return;
    }
    const NotePlaces places = {view->axis, view->tuning_hz, sono_view_state_lane(view, 0).height_px};
    if (!is_current(g, &places)) {
        g_autoptr(GtkSnapshot) lines = gtk_snapshot_new();
        forget(g);
        draw_lines(g, lines, &places);
        g->lines = gtk_snapshot_to_node(lines);
        g->lines_of = places;
        g->lines_width = gtk_widget_get_width(widget);
        g->lines_scale = gtk_widget_get_scale_factor(widget);
    }
    for (int lane = 0; g->lines && lane < sono_view_state_n_lanes(view); lane++) {
        const double y = lane_snap(widget, sono_view_state_lane(view, lane).y_px);
        gtk_snapshot_save(snapshot);
        gtk_snapshot_translate(snapshot, &GRAPHENE_POINT_INIT(0.0f, (float)y));
        gtk_snapshot_append_node(snapshot, g->lines);
        gtk_snapshot_restore(snapshot);
    }
}

static void sono_note_grid_dispose(GObject *object)
{
    g_clear_weak_pointer(&SONO_NOTE_GRID(object)->canvas);
    forget(SONO_NOTE_GRID(object));
    G_OBJECT_CLASS(sono_note_grid_parent_class)->dispose(object);
}

static void sono_note_grid_class_init(SonoNoteGridClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_note_grid_dispose;
    widget->snapshot = sono_note_grid_snapshot;
    gtk_widget_class_set_css_name(widget, "notegrid");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_PRESENTATION); /* the readout names notes */
}

static void sono_note_grid_init(SonoNoteGrid *g)
{
    gtk_widget_set_can_target(GTK_WIDGET(g), FALSE);
}

GtkWidget *sono_note_grid_new(SonoCanvas *canvas)
{
    SonoNoteGrid *g = g_object_new(SONO_TYPE_NOTE_GRID, NULL);
    g_set_weak_pointer(&g->canvas, canvas);
    lane_follow(GTK_WIDGET(g), canvas, "view-changed");
    return GTK_WIDGET(g);
}
