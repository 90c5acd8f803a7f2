/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GL programs of the shader variants, built when first used and kept. All calls need the context current. */
#pragma once
#include "sono_glsl.h"

#include <epoxy/gl.h>

#define MAX_PROGRAMS 160

typedef struct GlProgram {
    SonoShaderVariant variant;
    GLuint id;
    GLint rect_px, view_px, origin_px, corner_px, axis, range, args;
} GlProgram;

typedef struct GlPrograms {
    SonoGlsl language;
    GlProgram items[MAX_PROGRAMS];
    int n;
} GlPrograms;

/* Language of the current context: 300 es on OpenGL ES >= 3.0, 330 core on OpenGL >= 3.3, else UNSUPPORTED. */
SonoStatus gl_language(SonoGlsl *out, SonoError *err);
/* Texture units of the samplers. */
enum { UNIT_TILES, UNIT_MAP, UNIT_MASK, UNIT_PICTURE, UNIT_ROWS, N_UNITS };

/* Compile and link; samplers are set to their units. *out is good until the next call. Errors: INVALID with the
 * driver's first line. */
SonoStatus gl_program_get(GlPrograms *programs, const SonoShaderVariant *variant, const GlProgram **out,
                          SonoError *err);
void gl_programs_clear(GlPrograms *programs);
/* Compile one stage / link two texts (also for tests). 0 on error. */
GLuint gl_program_link(const char *vertex, const char *fragment, SonoError *err);
