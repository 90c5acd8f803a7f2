/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shader texts: shaders/ plus the shared kernels, joined for one of two languages and specialised by #define. Needs no
 * GL, so that tests can hand every text to other compilers. Texts are malloc'ed (sono_free). Thread: any. */
#pragma once
#include "sono_error.h"
#include "sono_freq_axis.h"
#include "sono_operation.h"

typedef enum SonoGlsl { SONO_GLSL_330_CORE, SONO_GLSL_300_ES } SonoGlsl;

/* TILE: a spectrogram tile; DAB: the weight of a dab; RING: outline of a dab. */
typedef enum SonoShader { SONO_SHADER_TILE, SONO_SHADER_DAB, SONO_SHADER_RING } SonoShader;

typedef struct SonoShaderVariant {
    SonoShader shader;
    SonoAxisScale scale;
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
