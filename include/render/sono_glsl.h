/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shader texts: shaders/ plus the shared kernels, joined for one of two languages and specialised by #define. Needs no
 * GL, so that tests can hand every text to other compilers. Texts are malloc'ed (sono_free). Thread: any. */
#pragma once
#include "sono_error.h"
#include "sono_operation.h"
#include "sono_render_view.h"

typedef enum SonoGlsl { SONO_GLSL_330_CORE, SONO_GLSL_300_ES } SonoGlsl;

/* TILE: spectrogram tiles; DAB: the weight of a dab; RING: outline of a dab; WEIGHTS: a rasterised mask, added to dabs;
 * MARKS: outline and surroundings of a selection; DIM: what is far from it; MAGNIFY: a picture that was drawn small. */
typedef enum SonoShader {
    SONO_SHADER_TILE,
    SONO_SHADER_DAB,
    SONO_SHADER_RING,
    SONO_SHADER_WEIGHTS,
    SONO_SHADER_MARKS,
    SONO_SHADER_DIM,
    SONO_SHADER_MAGNIFY
} SonoShader;

typedef struct SonoShaderVariant {
    SonoShader shader;
    SonoWarp warp;                  /* DAB, RING: of the axis */
    SonoShow show;                  /* TILE */
    int taps_t, taps_f;             /* TILE: 1 or 2 */
    const SonoOperation *operation; /* TILE: preview of this operation, or NULL */
} SonoShaderVariant;

/* Version line, defines (each "NAME" or "NAME value"), then the embedded files in order, then tail (or NULL). Lists are
 * NULL-ended; defines may be NULL. Names: "dialect.glsl", "math.kernel.h", "brush/gain.kernel.h", "tile.frag" ...
 * Errors: INVALID names a file that is not embedded; NOMEM. */
SonoStatus sono_glsl_join(SonoGlsl language, const char *const *defines, const char *const *files, const char *tail,
                          char **out, SonoError *err);

SonoStatus sono_glsl_vertex(SonoGlsl language, const SonoShaderVariant *variant, char **out, SonoError *err);
SonoStatus sono_glsl_fragment(SonoGlsl language, const SonoShaderVariant *variant, char **out, SonoError *err);
