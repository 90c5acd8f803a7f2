/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contexts for tests. */
#include "gl_context.h"

#include "sono_test.h"

#if defined(SONO_SANITIZED)
/* What Mesa keeps is not ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:_dri.so\nleak:libEGL_mesa\nleak:libgallium\nleak:libLLVM\n";
}
#endif

void gl_context_open(GlContext *gl, SonoGlsl language, int width_px, int height_px, GLenum format)
{
    const bool es = language == SONO_GLSL_300_ES;
    const EGLint core[] = {
        EGL_CONTEXT_MAJOR_VERSION,           3,       EGL_CONTEXT_MINOR_VERSION, 3, EGL_CONTEXT_OPENGL_PROFILE_MASK,
        EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE};
    const EGLint es3[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 0, EGL_NONE};
    *gl = (GlContext){.width_px = width_px, .height_px = height_px};
    gl->display = eglGetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
    if (!gl->display || !eglInitialize(gl->display, NULL, NULL)) {
        fail_msg("no EGL surfaceless display (Debian: libegl1 libgl1-mesa-dri)");
    }
    (void)eglBindAPI(es ? EGL_OPENGL_ES_API : EGL_OPENGL_API);
    gl->context = eglCreateContext(gl->display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, es ? es3 : core);
    if (!gl->context || !eglMakeCurrent(gl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, gl->context)) {
        fail_msg("no OpenGL context (EGL error 0x%x)", (unsigned)eglGetError());
    }
    const bool floats = format == GL_RGBA32F;
    glGenTextures(1, &gl->texture);
    glBindTexture(GL_TEXTURE_2D, gl->texture);
    glTexImage2D(GL_TEXTURE_2D, 0, (GLint)format, width_px, height_px, 0, GL_RGBA, floats ? GL_FLOAT : GL_UNSIGNED_BYTE,
                 NULL);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glGenFramebuffers(1, &gl->fbo);
    glBindFramebuffer(GL_FRAMEBUFFER, gl->fbo);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, gl->texture, 0);
    if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
        fail_msg("cannot draw into a texture of format 0x%x", format);
    }
}

void gl_context_close(GlContext *gl)
{
    glDeleteFramebuffers(1, &gl->fbo);
    glDeleteTextures(1, &gl->texture);
    (void)eglMakeCurrent(gl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    (void)eglDestroyContext(gl->display, gl->context);
    /* the display stays: it is one for the process, and a driver that was unloaded cannot be named below */
}

static GLuint compile(GLenum stage, const char *text)
{
    const GLuint shader = glCreateShader(stage);
    glShaderSource(shader, 1, &text, NULL);
    glCompileShader(shader);
    GLint ok = 0;
    glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
    if (!ok) {
        char log[2048] = "";
        glGetShaderInfoLog(shader, sizeof log, NULL, log);
        fail_msg("shader refused: %s\n%s", log, text);
    }
    return shader;
}

GLuint gl_context_program(const char *vertex, const char *fragment)
{
    const GLuint program = glCreateProgram();
    glAttachShader(program, compile(GL_VERTEX_SHADER, vertex));
    glAttachShader(program, compile(GL_FRAGMENT_SHADER, fragment));
    glLinkProgram(program);
    GLint ok = 0;
    glGetProgramiv(program, GL_LINK_STATUS, &ok);
    assert_true(ok);
    return program;
}
