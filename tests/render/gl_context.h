/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A GL context without a window (EGL surfaceless; Mesa's llvmpipe where there is no GPU), for tests. */
#pragma once
#include "sono_glsl.h"

#include <epoxy/egl.h>
#include <epoxy/gl.h>

#include <stdbool.h>

typedef struct GlContext {
    EGLDisplay display;
    EGLContext context;
    GLuint fbo, texture;
    int width_px, height_px;
} GlContext;

/* OpenGL 3.3 core or OpenGL ES 3.0, current, with a framebuffer of the format (GL_RGBA8, GL_RGBA32F) bound. Fails the
 * test when there is none. */
void gl_context_open(GlContext *gl, SonoGlsl language, int width_px, int height_px, GLenum format);
void gl_context_close(GlContext *gl);
/* Fails the test with the driver's words. */
GLuint gl_context_program(const char *vertex, const char *fragment);
