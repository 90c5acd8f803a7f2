/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawing the scene: with OpenGL into the GtkGLArea, else as a picture that workers paint. */
#include "canvas_private.h"

#include "sono_clock.h"
#include "sono_mem.h"
#include "sono_watchdog.h"

#include <epoxy/gl.h>
#include <glib/gi18n.h>

/* How often it is looked whether a movement has ended. */
#define STILL_LOOK_MS 30

void canvas_draw_again(SonoCanvas *c, gboolean new_picture)
{
    if (!c->no_gl) {
        gtk_gl_area_queue_render(GTK_GL_AREA(c->area));
        return;
    }
    gtk_widget_queue_draw(GTK_WIDGET(c));
    if (new_picture) {
        canvas_set_settled(c, FALSE);
        if (!sono_scene_clip(c->scene)) {
            gtk_picture_set_paintable(GTK_PICTURE(c->picture), NULL);
        }
        sono_scene_ask_picture(c->scene, gtk_widget_get_scale_factor(GTK_WIDGET(c)));
    }
}

static gboolean on_still(gpointer data)
{
    SonoCanvas *c = data;
    if (frame_pace_settle(&c->pace, sono_now_s())) {
        canvas_draw_again(c, FALSE);
    }
    if (c->pace.moving) {
        return G_SOURCE_CONTINUE;
    }
    c->still_timer = 0;
    return G_SOURCE_REMOVE;
}

void canvas_moved(SonoCanvas *c)
{
    frame_pace_change(&c->pace, sono_now_s());
    if (c->pace.moving && !c->still_timer) {
        c->still_timer = g_timeout_add(STILL_LOOK_MS, on_still, c);
    }
}

static void show_painted(SonoCanvas *c)
{
    SonoError err = {0};
    bool settled = false;
    int width = 0;
    int height = 0;
    guint8 *rgb = sono_scene_take_picture(c->scene, &width, &height, &settled, &err);
    if (err.code != SONO_OK) {
        canvas_notice(c, err.message);
    }
    if (rgb) {
        g_autoptr(GBytes) bytes = g_bytes_new_with_free_func(rgb, 3 * (gsize)width * (gsize)height, sono_free, rgb);
        g_autoptr(GdkTexture) texture =
            gdk_memory_texture_new(width, height, GDK_MEMORY_R8G8B8, bytes, 3 * (gsize)width);
        gtk_picture_set_paintable(GTK_PICTURE(c->picture), GDK_PAINTABLE(texture));
        gtk_widget_queue_draw(GTK_WIDGET(c));
        sono_watchdog_arm();
        canvas_set_settled(c, settled);
        canvas_pointed(c);
    }
}

void canvas_landed(SonoCanvas *c)
{
    if (c->no_gl) {
        show_painted(c);
    } else {
        canvas_draw_again(c, FALSE);
    }
}

static gboolean show_picture(gpointer data)
{
    SonoCanvas *c = data;
    g_autofree char *notice = g_steal_pointer(&c->drawn.notice);
    if (c->scene) {
        if (notice) {
            canvas_notice(c, notice);
        }
        gtk_widget_set_visible(c->area, FALSE);
        gtk_widget_set_visible(c->picture, TRUE);
        sono_canvas_refresh(c);
    }
    return G_SOURCE_REMOVE;
}

static void give_up_gl(SonoCanvas *c, const char *reason)
{
    if (!c->no_gl) {
        c->no_gl = TRUE;
        g_free(c->drawn.notice);
        /* TRANSLATORS: %s is a technical reason */
        c->drawn.notice = g_strdup_printf(_("No OpenGL (%s): the picture is drawn without it, more slowly"), reason);
        g_idle_add_full(G_PRIORITY_DEFAULT, show_picture, g_object_ref(c), g_object_unref);
    }
}

/* OpenGL 3.3, or OpenGL ES 3.0 where a driver has only that. What GtkGLArea itself would ask for has changed between
 * versions of GTK (from 4.12 on it may prefer ES); here it is the same with all. */
GdkGLContext *canvas_on_create_context(GtkGLArea *area, SonoCanvas *c)
{
    static const struct {
        GdkGLAPI api;
        int major, minor;
    } wanted[] = {{GDK_GL_API_GL, 3, 3}, {GDK_GL_API_GLES, 3, 0}};
    GdkSurface *surface = gtk_native_get_surface(gtk_widget_get_native(GTK_WIDGET(area)));
    g_autoptr(GError) first = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GdkGLContext) context = gdk_surface_create_gl_context(surface, &error);
        if (context) {
            gdk_gl_context_set_allowed_apis(context, wanted[i].api);
            gdk_gl_context_set_required_version(context, wanted[i].major, wanted[i].minor);
            if (gdk_gl_context_realize(context, &error)) {
                return g_steal_pointer(&context);
            }
        }
        if (!first) {
            first = g_steal_pointer(&error);
        }
    }
    gtk_gl_area_set_error(area, first);
    return NULL;
}

void canvas_on_realize(GtkGLArea *area, SonoCanvas *c)
{
    SonoError err = {0};
    sono_watchdog_excuse_begin();
    gtk_gl_area_make_current(area);
    const GError *error = gtk_gl_area_get_error(area);
    if (error) {
        give_up_gl(c, error->message);
    } else if (sono_renderer_new(&c->renderer, &err) != SONO_OK) {
        give_up_gl(c, err.message);
    }
    sono_watchdog_excuse_end();
    if (c->log.file) {
        GdkFrameClock *clock = gtk_widget_get_frame_clock(GTK_WIDGET(area));
        g_signal_connect_swapped(clock, "after-paint", G_CALLBACK(frame_log_shown), &c->log);
    }
}

void canvas_on_unrealize(GtkGLArea *area, SonoCanvas *c)
{
    g_signal_handlers_disconnect_by_data(gtk_widget_get_frame_clock(GTK_WIDGET(area)), &c->log);
    gtk_gl_area_make_current(area);
    if (!gtk_gl_area_get_error(area)) {
        sono_renderer_free(c->renderer);
    }
    c->renderer = NULL;
}

static SonoStatus draw(SonoCanvas *c, SonoSceneReport *report, SonoError *tiles, SonoError *err)
{
    int target = 0;
    const int n_programs = sono_renderer_n_programs(c->renderer);
    glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &target);
    frame_pace_begin(&c->pace, sono_now_s());
    const SonoStatus status =
        sono_scene_draw(c->scene, c->renderer, (unsigned)target, gtk_widget_get_scale_factor(GTK_WIDGET(c)),
                        c->pace.moving, report, tiles, err);
    frame_pace_end(&c->pace, sono_now_s());
    if (n_programs != sono_renderer_n_programs(c->renderer)) {
        sono_watchdog_excuse_begin(); /* what the driver needs to compile a shader is not ours to shorten */
        sono_watchdog_excuse_end();
    }
    return status;
}

/* What a frame has shown; listeners hear of it after the frame, for they may change what is being drawn. */
static gboolean on_drawn(gpointer data)
{
    SonoCanvas *c = data;
    CanvasDrawn *drawn = &c->drawn;
    g_autofree char *notice = g_steal_pointer(&drawn->notice);
    drawn->idle = 0;
    if (notice) {
        canvas_notice(c, notice);
    }
    if (drawn->settled && !c->settled && c->scene) {
        canvas_pointed(c); /* the level under the pointer is known now */
    }
    canvas_set_settled(c, drawn->settled);
    if (drawn->again && c->scene) {
        canvas_draw_again(c, FALSE); /* GtkGLArea forgets a wish to draw that is uttered while it draws */
    }
    return G_SOURCE_REMOVE;
}

static void tell_drawn(SonoCanvas *c, const SonoSceneReport *report, const SonoError *tiles)
{
    const gboolean settled = report->settled;
    c->drawn.settled = settled;
    c->drawn.again = report->again;
    if (tiles->code != SONO_OK) {
        g_free(c->drawn.notice);
        c->drawn.notice = g_strdup(tiles->message);
    }
    if (!c->drawn.idle && (c->drawn.notice || c->drawn.again || settled != c->settled)) {
        c->drawn.idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_drawn, c, NULL);
    }
}

gboolean canvas_on_render(GtkGLArea *area, GdkGLContext *context, SonoCanvas *c)
{
    SonoError err = {0};
    SonoError tiles = {0};
    SonoSceneReport report = {0};
    if (!c->renderer || c->no_gl) {
        return FALSE;
    }
    sono_watchdog_enter("drawing");
    if (draw(c, &report, &tiles, &err) != SONO_OK) {
        give_up_gl(c, err.message);
        report = (SonoSceneReport){0};
    } else {
        canvas_shot_take(c);
    }
    sono_watchdog_leave();
    sono_watchdog_arm();
    const SonoClip *clip = sono_scene_clip(c->scene);
    frame_log_drawn(&c->log, c->pace.began_s, &report, clip ? sono_clip_revision(clip) : 0);
    tell_drawn(c, &report, &tiles);
    return TRUE;
}
