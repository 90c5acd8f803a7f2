/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the renderer draws with OpenGL, drawn over a picture made without it: the selection, the stroke
 * that is being painted, the outline of the brush. */
#include "canvas_private.h"

#include "sono_mem.h"

#include <math.h>

/* More dabs than this are shown thinned out: it is a hint of where the stroke goes, not its preview. */
#define MAX_DABS 600

typedef struct Overlay {
    cairo_t *cr;
    const SonoViewState *view;
    int lane;
} Overlay;

static void light_on_dark(cairo_t *cr)
{
    cairo_set_source_rgba(cr, 0.0, 0.0, 0.0, 0.6);
    cairo_set_line_width(cr, 3.0);
    cairo_stroke_preserve(cr);
    cairo_set_source_rgba(cr, 1.0, 1.0, 1.0, 0.95);
    cairo_set_line_width(cr, 1.0);
    cairo_stroke(cr);
}

/* The ellipse of a dab as a path. */
static void trace_dab(const Overlay *o, const SonoDab *dab)
{
    double x0 = 0.0;
    double x1 = 0.0;
    double y0 = 0.0;
    double y1 = 0.0;
    const double ratio = exp2(dab->radius_oct);
    const double low_hz = dab->radius_oct > 0.0 ? dab->f_hz / ratio : fmax(dab->f_hz - dab->radius_hz, 0.0);
    const double high_hz = dab->radius_oct > 0.0 ? dab->f_hz * ratio : dab->f_hz + dab->radius_hz;
    sono_view_state_to_px(o->view, o->lane, dab->t_s - dab->radius_s, high_hz, &x0, &y0);
    sono_view_state_to_px(o->view, o->lane, dab->t_s + dab->radius_s, low_hz, &x1, &y1);
    cairo_save(o->cr);
    cairo_translate(o->cr, 0.5 * (x0 + x1), 0.5 * (y0 + y1));
    cairo_scale(o->cr, fmax(0.5 * (x1 - x0), 1.0), fmax(0.5 * (y1 - y0), 1.0));
    cairo_new_sub_path(o->cr);
    cairo_arc(o->cr, 0.0, 0.0, 1.0, 0.0, 2.0 * G_PI);
    cairo_restore(o->cr);
}

/* The stroke that is being painted, at once; what it does is in the next picture, with the edits that wait. */
static void draw_stroke(const Overlay *o, SonoStrokes *strokes, int channel)
{
    size_t n = 0;
    const SonoPreview *previews = sono_strokes_previews(strokes, &n);
    if (!sono_strokes_is_painting(strokes) || n == 0) {
        return;
    }
    const SonoPreview *p = &previews[n - 1];
    if (p->channel >= 0 && p->channel != channel) {
        return;
    }
    const size_t step = p->n_dabs / MAX_DABS + 1;
    for (size_t k = 0; k < p->n_dabs; k += step) {
        trace_dab(o, &p->dabs[k]);
    }
    cairo_set_source_rgba(o->cr, 0.45, 0.75, 1.0, 0.2);
    cairo_fill(o->cr);
}

static void draw_brush(const Overlay *o, SonoCanvas *c)
{
    const SonoPointer *at = c->input.is_down ? &c->input.last : &c->input.hover;
    const SonoBrush *brush = &sono_scene_options(c->scene)->brush;
    if (at->kind == SONO_POINTER_LEAVE || sono_scene_cursor(c->scene) != SONO_CURSOR_NONE ||
        sono_view_state_lane_at(o->view, at->y_px) != o->lane) {
        return;
    }
    SonoDab dab = {.radius_s = 1e-3 * brush->radius_ms, .radius_hz = brush->radius_hz, .radius_oct = brush->radius_oct};
    sono_view_state_to_sound(o->view, o->lane, at->x_px, at->y_px, &dab.t_s, &dab.f_hz);
    trace_dab(o, &dab);
    light_on_dark(o->cr);
}

/* Without memory for new ones the old ones stay. */
static void update_marks(SonoCanvas *c)
{
    SonoError err = {0};
    SonoMarks marks = {0};
    if (sono_scene_take_marks(c->scene, gtk_widget_get_scale_factor(GTK_WIDGET(c)), &marks, &err) != SONO_OK ||
        !marks.changed) {
        return;
    }
    g_clear_object(&c->marks);
    if (marks.rgba) {
        const gsize stride = 4 * (gsize)marks.width_px;
        g_autoptr(GBytes) bytes =
            g_bytes_new_with_free_func(marks.rgba, stride * (gsize)marks.height_px, sono_free, marks.rgba);
        c->marks =
            gdk_memory_texture_new(marks.width_px, marks.height_px, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED, bytes, stride);
    }
}

void canvas_overlay_snapshot(SonoCanvas *c, GtkSnapshot *snapshot)
{
    const SonoViewState *view = sono_scene_view(c->scene);
    const graphene_rect_t bounds = GRAPHENE_RECT_INIT(0.0F, 0.0F, (float)view->width_px, (float)view->height_px);
    if (!sono_scene_clip(c->scene)) {
        return;
    }
    update_marks(c);
    if (c->marks) {
        gtk_snapshot_append_texture(snapshot, c->marks, &bounds);
    }
    Overlay o = {.cr = gtk_snapshot_append_cairo(snapshot, &bounds), .view = view};
    for (o.lane = 0; o.lane < sono_view_state_n_lanes(view); o.lane++) {
        const SonoLane lane = sono_view_state_lane(view, o.lane);
        cairo_save(o.cr);
        cairo_rectangle(o.cr, 0.0, lane.y_px, view->width_px, lane.height_px);
        cairo_clip(o.cr);
        draw_stroke(&o, sono_scene_strokes(c->scene), lane.channel);
        draw_brush(&o, c);
        cairo_restore(o.cr);
    }
    cairo_destroy(o.cr);
}
