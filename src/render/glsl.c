/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins shader texts: version line, defines, dialect, shared bodies, shader. */
#include "sono_glsl.h"

#include "mask_pixels.h"
#include "sono_mem.h"

#include "shader_texts.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A number as it stands in the source. */
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

static const char *const headers[] = {
    [SONO_GLSL_330_CORE] = "#version 330 core\n",
    [SONO_GLSL_300_ES] = "#version 300 es\nprecision highp float;\nprecision highp int;\n"
                         "precision highp sampler2D;\nprecision highp sampler2DArray;\n",
};

static const char *const warp_defines[] = {
    [SONO_WARP_LINEAR] = "SONO_WARP_LINEAR",
    [SONO_WARP_LOG] = "SONO_WARP_LOG",
    [SONO_WARP_RECIPROCAL] = "SONO_WARP_RECIPROCAL",
};

static const char *find_text(const char *name)
{
    for (const ShaderText *t = shader_texts; t->name; t++) {
        if (strcmp(t->name, name) == 0) {
            return t->text;
        }
    }
    return NULL;
}

/* Append s at *at; buf NULL only counts. */
static void append(char *buf, size_t *at, const char *s)
{
    const size_t n = strlen(s);
    if (buf) {
        memcpy(buf + *at, s, n + 1);
    }
    *at += n;
}

static size_t join(char *buf, SonoGlsl language, const char *const *defines, const char *const *files, const char *tail)
{
    size_t at = 0;
    append(buf, &at, headers[language]);
    for (const char *const *d = defines; d && *d; d++) {
        append(buf, &at, "#define ");
        append(buf, &at, *d);
        append(buf, &at, "\n");
    }
    for (const char *const *f = files; *f; f++) {
        append(buf, &at, find_text(*f));
    }
    append(buf, &at, tail ? tail : "");
    return at;
}

SonoStatus sono_glsl_join(SonoGlsl language, const char *const *defines, const char *const *files, const char *tail,
                          char **out, SonoError *err)
{
    for (const char *const *f = files; *f; f++) {
        if (!find_text(*f)) {
            return sono_fail(err, SONO_E_INVALID, "no shader text '%s'", *f);
        }
    }
    char *text = sono_calloc(join(NULL, language, defines, files, tail) + 1, 1);
    if (!text) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a shader text");
    }
    (void)join(text, language, defines, files, tail);
    *out = text;
    return SONO_OK;
}

SonoStatus sono_glsl_vertex(SonoGlsl language, const SonoShaderVariant *variant, char **out, SonoError *err)
{
    static const char *const texts[] = {
        [SONO_SHADER_TILE] = "tile.vert",    [SONO_SHADER_DAB] = "dab.vert",    [SONO_SHADER_RING] = "dab.vert",
        [SONO_SHADER_WEIGHTS] = "rect.vert", [SONO_SHADER_MARKS] = "rect.vert", [SONO_SHADER_DIM] = "rect.vert",
        [SONO_SHADER_MAGNIFY] = "rect.vert",
    };
    const char *const files[] = {texts[variant->shader], NULL};
    return sono_glsl_join(language, NULL, files, NULL, out, err);
}

static SonoStatus tile_fragment(SonoGlsl language, const SonoShaderVariant *variant, char **out, SonoError *err)
{
    const char *const op = variant->operation ? variant->operation->name : NULL;
    char taps_t[32];
    char taps_f[32];
    char op_define[64];
    char op_file[64];
    (void)snprintf(taps_t, sizeof taps_t, "SONO_TAPS_T %d", variant->taps_t);
    (void)snprintf(taps_f, sizeof taps_f, "SONO_TAPS_F %d", variant->taps_f);
    (void)snprintf(op_define, sizeof op_define, "SONO_OP sono_op_%s", op ? op : "");
    (void)snprintf(op_file, sizeof op_file, "brush/%s.kernel.h", op ? op : "");
    const char *defines[5] = {taps_t, taps_f};
    size_t n_defines = 2;
    if (variant->show == SONO_SHOW_PHASE) {
        defines[n_defines++] = "SONO_PHASE";
    }
    if (op) {
        defines[n_defines++] = op_define;
    }
    const char *files[5] = {"dialect.glsl", "math.kernel.h"};
    size_t n_files = 2;
    if (op) {
        files[n_files++] = op_file;
    }
    files[n_files++] = "tile.frag";
    return sono_glsl_join(language, defines, files, NULL, out, err);
}

SonoStatus sono_glsl_fragment(SonoGlsl language, const SonoShaderVariant *variant, char **out, SonoError *err)
{
    const char *const dab_defines[] = {warp_defines[variant->warp],
                                       variant->shader == SONO_SHADER_RING ? "SONO_RING" : NULL, NULL};
    const char *const dab_files[] = {"dialect.glsl", "math.kernel.h", "brush/dab.kernel.h",
                                     "axis.glsl",    "dab.frag",      NULL};
    const char *const marks_defines[] = {
        "SONO_MARK_DIM " TEXT(MARK_DIM_OPACITY), "SONO_MARK_LIGHT " TEXT(MARK_LIGHT_OPACITY),
        "SONO_MARK_DARK " TEXT(MARK_DARK_OPACITY), variant->shader == SONO_SHADER_DIM ? "SONO_DIM" : NULL, NULL};
    switch (variant->shader) {
    case SONO_SHADER_TILE:
        break;
    case SONO_SHADER_DAB:
    case SONO_SHADER_RING:
        return sono_glsl_join(language, dab_defines, dab_files, NULL, out, err);
    case SONO_SHADER_WEIGHTS:
        return sono_glsl_join(language, NULL, (const char *const[]){"weights.frag", NULL}, NULL, out, err);
    case SONO_SHADER_MARKS:
    case SONO_SHADER_DIM:
        return sono_glsl_join(language, marks_defines, (const char *const[]){"marks.frag", NULL}, NULL, out, err);
    case SONO_SHADER_MAGNIFY:
        return sono_glsl_join(language, NULL, (const char *const[]){"magnify.frag", NULL}, NULL, out, err);
    }
    return tile_fragment(language, variant, out, err);
}
