/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture for a window that GTK draws with cairo (on a software rasteriser, see software_gl.c). GTK would download
 * and convert the area's whole texture in every frame that touches it, and a playhead that moves touches it in every
 * one. So it is read back once, when it was drawn, in the format that cairo has. */
#include "canvas_private.h"

#include <epoxy/gl.h>

struct CanvasShot {
    cairo_surface_t *surface; /* RGB24 */
    guint8 *rows;             /* as GL gives them: RGBA, from the bottom */
    int width_px, height_px, scale;
    GskRenderNode *node; /* draws surface; NULL: there is none yet */
};

static gboolean is_cairo(SonoCanvas *c)
{
    GtkNative *native = gtk_widget_get_native(GTK_WIDGET(c));
    GskRenderer *renderer = native ? gtk_native_get_renderer(native) : NULL;
    return renderer && GSK_IS_CAIRO_RENDERER(renderer);
}

void canvas_shot_drop(SonoCanvas *c)
{
    if (c->shot) {
        g_clear_pointer(&c->shot->node, gsk_render_node_unref);
        g_clear_pointer(&c->shot->surface, cairo_surface_destroy);
        g_free(c->shot->rows);
        g_clear_pointer(&c->shot, g_free);
    }
}

static void resize(CanvasShot *s, int width_px, int height_px, int scale)
{
    s->rows = g_realloc_n(s->rows, (gsize)width_px * (gsize)height_px, 4);
    s->width_px = width_px;
    s->height_px = height_px;
    s->scale = scale;
}

/* A surface that a node of an earlier frame draws may still be in use: each picture gets its own. */
static void convert(CanvasShot *s)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, s->width_px, s->height_px);
    guint8 *out = cairo_image_surface_get_data(surface);
    const gsize stride = (gsize)cairo_image_surface_get_stride(surface);
    for (int y = 0; out && y < s->height_px; y++) {
        const guint8 *from = s->rows + 4 * (gsize)s->width_px * (gsize)(s->height_px - 1 - y);
        guint32 *to = (guint32 *)(gpointer)(out + stride * (gsize)y);
        for (int x = 0; x < s->width_px; x++, from += 4) {
            to[x] = (guint32)from[0] << 16 | (guint32)from[1] << 8 | from[2];
        }
    }
    cairo_surface_mark_dirty(surface);
    cairo_surface_set_device_scale(surface, s->scale, s->scale);
    g_clear_pointer(&s->surface, cairo_surface_destroy);
    s->surface = surface;
}

void canvas_shot_take(SonoCanvas *c)
{
    if (!is_cairo(c)) {
        canvas_shot_drop(c);
        return;
    }
    const int scale = gtk_widget_get_scale_factor(c->area);
    const int width_px = gtk_widget_get_width(c->area) * scale;
    const int height_px = gtk_widget_get_height(c->area) * scale;
    if (width_px < 1 || height_px < 1) {
        return;
    }
    if (!c->shot) {
        c->shot = g_new0(CanvasShot, 1);
    }
    CanvasShot *s = c->shot;
    if (s->width_px != width_px || s->height_px != height_px || s->scale != scale) {
        resize(s, width_px, height_px, scale);
    }
    glPixelStorei(GL_PACK_ALIGNMENT, 4);
    glReadPixels(0, 0, width_px, height_px, GL_RGBA, GL_UNSIGNED_BYTE, s->rows);
    convert(s);
    g_clear_pointer(&s->node, gsk_render_node_unref);
    s->node = gsk_cairo_node_new(
        &GRAPHENE_RECT_INIT(0.0f, 0.0f, (float)width_px / (float)scale, (float)height_px / (float)scale));
    cairo_t *cr = gsk_cairo_node_get_draw_context(s->node);
    cairo_set_source_surface(cr, s->surface, 0.0, 0.0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_paint(cr);
    cairo_destroy(cr);
}

gboolean canvas_shot_snapshot(SonoCanvas *c, GtkSnapshot *snapshot)
{
    if (c->no_gl || !is_cairo(c)) {
        return FALSE;
    }
    GtkSnapshot *unused = gtk_snapshot_new(); /* it draws, but its texture is not wanted */
    gtk_widget_snapshot_child(GTK_WIDGET(c), c->area, unused);
    GskRenderNode *texture = gtk_snapshot_free_to_node(unused);
    g_clear_pointer(&texture, gsk_render_node_unref);
    if (c->shot && c->shot->node) {
        gtk_snapshot_append_node(snapshot, c->shot->node);
    }
    return TRUE;
}
