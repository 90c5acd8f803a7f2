/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On a software rasteriser GTK's own shaders cost more than all of ours: compiling them is most of a cold start, and
 * their blending half of every frame. Cairo needs neither; the canvas's texture is read back from memory. */
#include "sono_software_gl.h"

#include "sono_renderer.h"

/* Where GTK looks which renderer a display's windows get, before it looks at GSK_RENDERER: a name as there.
 * (An environment variable should not be set once there are threads.) */
#define RENDERER_KEY "gsk-renderer"

static gboolean is_software(GdkDisplay *display)
{
    g_autoptr(GdkGLContext) context = gdk_display_create_gl_context(display, NULL);
    if (!context || !gdk_gl_context_realize(context, NULL)) {
        return FALSE;
    }
    gdk_gl_context_make_current(context);
    const gboolean software = sono_gl_is_software();
    gdk_gl_context_clear_current();
    return software;
}

gboolean sono_software_gl_spare(GdkDisplay *display)
{
    if (g_getenv("GSK_RENDERER") || !is_software(display)) {
        return FALSE;
    }
    g_object_set_data(G_OBJECT(display), RENDERER_KEY, (gpointer) "cairo");
    return TRUE;
}
