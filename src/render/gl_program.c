/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compiling, linking and keeping GL programs. */
#include "gl_program.h"

#include "sono_log.h"
#include "sono_mem.h"

#include <string.h>

SonoStatus gl_language(SonoGlsl *out, SonoError *err)
{
    const int version = epoxy_gl_version();
    if (epoxy_is_desktop_gl() ? version < 33 : version < 30) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "the display's OpenGL%s is %d.%d; needed is 3.3, or OpenGL ES 3.0",
                         epoxy_is_desktop_gl() ? "" : " ES", version / 10, version % 10);
    }
    *out = epoxy_is_desktop_gl() ? SONO_GLSL_330_CORE : SONO_GLSL_300_ES;
    return SONO_OK;
}

/* One line of a driver's log. */
static void first_line(char *text)
{
    text[strcspn(text, "\r\n")] = '\0';
}

static GLuint compile(GLenum stage, const char *text, SonoError *err)
{
    const GLuint shader = glCreateShader(stage);
    glShaderSource(shader, 1, &text, NULL);
    glCompileShader(shader);
    GLint ok = GL_FALSE;
    glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
    if (ok) {
        return shader;
    }
    char log[1024] = "";
    glGetShaderInfoLog(shader, sizeof log, NULL, log);
    sono_log(SONO_LOG_DEBUG, "gl", "shader refused: %s\n%s", log, text);
    first_line(log);
    (void)sono_fail(err, SONO_E_INVALID, "the display's driver refused a %s shader: %s",
                    stage == GL_VERTEX_SHADER ? "vertex" : "fragment", log);
    glDeleteShader(shader);
    return 0;
}

GLuint gl_program_link(const char *vertex, const char *fragment, SonoError *err)
{
    const GLuint vs = compile(GL_VERTEX_SHADER, vertex, err);
    const GLuint fs = vs ? compile(GL_FRAGMENT_SHADER, fragment, err) : 0;
    if (!fs) {
        glDeleteShader(vs);
        return 0;
    }
    GLuint program = glCreateProgram();
    glAttachShader(program, vs);
    glAttachShader(program, fs);
    glLinkProgram(program);
    glDeleteShader(vs);
    glDeleteShader(fs);
    GLint ok = GL_FALSE;
    glGetProgramiv(program, GL_LINK_STATUS, &ok);
    if (!ok) {
        char log[1024] = "";
        glGetProgramInfoLog(program, sizeof log, NULL, log);
        first_line(log);
        (void)sono_fail(err, SONO_E_INVALID, "the display's driver refused to link a shader: %s", log);
        glDeleteProgram(program);
        program = 0;
    }
    return program;
}

static void find_uniforms(GlProgram *p)
{
    p->rect_px = glGetUniformLocation(p->id, "u_rect_px");
    p->view_px = glGetUniformLocation(p->id, "u_view_px");
    p->origin_px = glGetUniformLocation(p->id, "u_origin_px");
    p->axis = glGetUniformLocation(p->id, "u_axis");
    p->range = glGetUniformLocation(p->id, "u_range");
    p->corner_px = glGetUniformLocation(p->id, "u_corner_px");
    p->args = glGetUniformLocation(p->id, "u_args");
    glUseProgram(p->id);
    glUniform1i(glGetUniformLocation(p->id, "u_tiles"), UNIT_TILES);
    glUniform1i(glGetUniformLocation(p->id, "u_map"), UNIT_MAP);
    glUniform1i(glGetUniformLocation(p->id, "u_mask"), UNIT_MASK);
    glUniform1i(glGetUniformLocation(p->id, "u_picture"), UNIT_PICTURE);
    glUniform1i(glGetUniformLocation(p->id, "u_rows"), UNIT_ROWS);
    glUseProgram(0);
}

static bool same_variant(const SonoShaderVariant *a, const SonoShaderVariant *b)
{
    return a->shader == b->shader && a->warp == b->warp && a->show == b->show && a->taps_t == b->taps_t &&
           a->taps_f == b->taps_f && a->operation == b->operation;
}

SonoStatus gl_program_get(GlPrograms *programs, const SonoShaderVariant *variant, const GlProgram **out, SonoError *err)
{
    for (int i = 0; i < programs->n; i++) {
        if (same_variant(&programs->items[i].variant, variant)) {
            *out = &programs->items[i];
            return SONO_OK;
        }
    }
    if (programs->n == MAX_PROGRAMS) {
        gl_programs_clear(programs);
    }
    GlProgram p = {.variant = *variant};
    char *vertex = NULL;
    char *fragment = NULL;
    SonoStatus status = sono_glsl_vertex(programs->language, variant, &vertex, err);
    if (status == SONO_OK) {
        status = sono_glsl_fragment(programs->language, variant, &fragment, err);
    }
    if (status == SONO_OK) {
        p.id = gl_program_link(vertex, fragment, err);
        status = p.id ? SONO_OK : SONO_E_INVALID;
    }
    sono_free(vertex);
    sono_free(fragment);
    if (status == SONO_OK) {
        find_uniforms(&p);
        programs->items[programs->n] = p;
        *out = &programs->items[programs->n++];
    }
    return status;
}

void gl_programs_clear(GlPrograms *programs)
{
    for (int i = 0; i < programs->n; i++) {
        glDeleteProgram(programs->items[i].id);
    }
    programs->n = 0;
}
