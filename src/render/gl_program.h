/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GL programs of the shader variants, built when first used and kept. All calls need the context current. */
#pragma once
#include "sono_glsl.h"

#include <epoxy/gl.h>

#define MAX_PROGRAMS 64

typedef struct GlProgram {
    SonoShaderVariant variant;
    GLuint id;
    GLint rect_px, view_px, origin_px, axis, time, freq, range, layer, args;
} GlProgram;

typedef struct GlPrograms {
    SonoGlsl language;
    GlProgram items[MAX_PROGRAMS];
    int n;
} GlPrograms;

/* Language of the current context: 300 es on OpenGL ES >= 3.0, 330 core on OpenGL >= 3.3, else UNSUPPORTED. */
SonoStatus gl_language(SonoGlsl *out, SonoError *err);
/* Compile and link. Samplers u_tiles, u_map, u_mask are set to units 0, 1, 2. Errors: INVALID with the driver's first
 * line. */
SonoStatus gl_program_get(GlPrograms *programs, const SonoShaderVariant *variant, const GlProgram **out,
                          SonoError *err);
void gl_programs_clear(GlPrograms *programs);
/* Compile one stage / link two texts (also for tests). 0 on error. */
GLuint gl_program_link(const char *vertex, const char *fragment, SonoError *err);
