/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "playhead.h"

#include <math.h>

#include "lane_style.h"

#define NOWHERE_PX (-1e6)
#define HEAD_ROWS 5 /* of the triangle on the ruler */

/* Where a line is, to the device pixel. */
typedef struct Line {
    double lanes_px, overview_px; /* NOWHERE_PX: not seen */
} Line;

struct _SonoPlayhead {
    GtkWidget parent_instance;
    SonoCanvas *canvas; /* weak */
    LaneStyle style;
    PlayheadPlaces places;
    double cursor_s, head_s; /* head NAN: nothing is playing */
    Line cursor, head;       /* as drawn last */
};

G_DEFINE_FINAL_TYPE(SonoPlayhead, sono_playhead, GTK_TYPE_WIDGET)

static Line line_at(SonoPlayhead *p, double t_s)
{
    const SonoViewState *view = lane_view(p->canvas);
    Line line = {NOWHERE_PX, NOWHERE_PX};
    if (!view || !isfinite(t_s) || view->end_s <= 0.0 || !(view->s_per_px > 0.0)) {
        return line;
    }
    const double x = lane_snap(GTK_WIDGET(p), (t_s - view->t0_s) / view->s_per_px);
    if (x >= 0.0 && x < view->width_px) {
        line.lanes_px = p->places.x_px + x;
    }
    const double part = CLAMP(t_s / view->end_s, 0.0, 1.0);
    line.overview_px = p->places.x_px + lane_snap(GTK_WIDGET(p), part * (p->places.width_px - 1));
    return line;
}

static gboolean same_line(const Line *a, const Line *b)
{
    return a->lanes_px == b->lanes_px && a->overview_px == b->overview_px;
}

static void update(SonoPlayhead *p)
{
    const Line cursor = line_at(p, p->cursor_s);
    const Line head = line_at(p, p->head_s);
    if (!same_line(&cursor, &p->cursor) || !same_line(&head, &p->head)) {
        gtk_widget_queue_draw(GTK_WIDGET(p));
    }
}

/* Light between dark on the picture, whatever it shows; in the theme's colour elsewhere. */
static void draw_line(SonoPlayhead *p, GtkSnapshot *snapshot, const Line *line, float alpha, gboolean has_head)
{
    GtkWidget *widget = GTK_WIDGET(p);
    const PlayheadPlaces *at = &p->places;
    const GdkRGBA light = {1.0f, 1.0f, 1.0f, alpha};
    const GdkRGBA dark = {0.0f, 0.0f, 0.0f, 0.45f * alpha};
    const GdkRGBA colour = lane_colour_alpha(&p->style, widget, LANE_PLAY, alpha);
    if (line->overview_px != NOWHERE_PX && at->overview_height_px > 0) {
        lane_rect(snapshot, &colour, line->overview_px, at->overview_y_px, 1.0, at->overview_height_px);
    }
    if (line->lanes_px == NOWHERE_PX) {
        return;
    }
    const double x = line->lanes_px;
    lane_rect(snapshot, &colour, x, at->top_px, 1.0, at->canvas_y_px - at->top_px);
    lane_rect(snapshot, &dark, x - 1.0, at->canvas_y_px, 1.0, at->canvas_height_px);
    lane_rect(snapshot, &dark, x + 1.0, at->canvas_y_px, 1.0, at->canvas_height_px);
    lane_rect(snapshot, &light, x, at->canvas_y_px, 1.0, at->canvas_height_px);
    for (int i = 0; has_head && i < HEAD_ROWS; i++) { /* points down at the picture */
        const double half = HEAD_ROWS - 1 - i;
        lane_rect(snapshot, &colour, x - half, at->canvas_y_px - HEAD_ROWS - 1 + i, 2.0 * half + 1.0, 1.0);
    }
}

static void sono_playhead_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    SonoPlayhead *p = SONO_PLAYHEAD(widget);
    p->cursor = line_at(p, p->cursor_s);
    p->head = line_at(p, p->head_s);
    draw_line(p, snapshot, &p->cursor, 0.5f, p->head.lanes_px == NOWHERE_PX);
    draw_line(p, snapshot, &p->head, 1.0f, TRUE);
}

static void sono_playhead_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(sono_playhead_parent_class)->css_changed(widget, change);
    lane_style_forget(&SONO_PLAYHEAD(widget)->style);
    gtk_widget_queue_draw(widget);
}

static void sono_playhead_dispose(GObject *object)
{
    SonoPlayhead *p = SONO_PLAYHEAD(object);
    g_clear_weak_pointer(&p->canvas);
    lane_style_clear(&p->style);
    G_OBJECT_CLASS(sono_playhead_parent_class)->dispose(object);
}

static void sono_playhead_class_init(SonoPlayheadClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_playhead_dispose;
    widget->snapshot = sono_playhead_snapshot;
    widget->css_changed = sono_playhead_css_changed;
    gtk_widget_class_set_css_name(widget, "playhead");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_PRESENTATION); /* the counter tells it in words */
    lane_style_install();
}

static void sono_playhead_init(SonoPlayhead *p)
{
    p->head_s = (double)NAN;
    p->cursor = p->head = (Line){NOWHERE_PX, NOWHERE_PX};
    gtk_widget_set_can_target(GTK_WIDGET(p), FALSE);
}

GtkWidget *sono_playhead_new(SonoCanvas *canvas)
{
    SonoPlayhead *p = g_object_new(SONO_TYPE_PLAYHEAD, NULL);
    g_set_weak_pointer(&p->canvas, canvas);
    g_signal_connect_object(canvas, "view-changed", G_CALLBACK(update), p, G_CONNECT_SWAPPED);
    return GTK_WIDGET(p);
}

void sono_playhead_set_places(SonoPlayhead *p, const PlayheadPlaces *places)
{
    p->places = *places;
    gtk_widget_queue_draw(GTK_WIDGET(p));
}

void sono_playhead_set(SonoPlayhead *p, double cursor_s, double head_s)
{
    p->cursor_s = cursor_s;
    p->head_s = head_s;
    update(p);
}
