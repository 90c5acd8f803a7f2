/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write_shader_texts FOLDER: every specialised shader text of the renderer, in both languages. */
#include "sono_glsl.h"

#include "sono_mem.h"

#include <stdio.h>
#include <stdlib.h>

static void write_text(const char *folder, const char *name, const char *stage, SonoStatus status, char *text,
                       const SonoError *err)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.%s", folder, name, stage);
    FILE *f = status == SONO_OK ? fopen(path, "w") : NULL;
    if (!f || fputs(text, f) < 0 || fclose(f) != 0) {
        (void)fprintf(stderr, "%s: %s\n", path, err->message);
        exit(1);
    }
    sono_free(text);
}

static void write_variant(const char *folder, SonoGlsl language, const SonoShaderVariant *v)
{
    char name[160];
    char *text = NULL;
    SonoError err = {0};
    (void)snprintf(name, sizeof name, "%s_%d_%d_%s_%d%d_%s", language == SONO_GLSL_300_ES ? "es" : "core",
                   (int)v->shader, (int)v->warp, sono_show_names[v->show], v->taps_t, v->taps_f,
                   v->operation ? v->operation->name : "plain");
    SonoStatus status = sono_glsl_fragment(language, v, &text, &err);
    write_text(folder, name, "frag", status, text, &err);
    text = NULL;
    status = sono_glsl_vertex(language, v, &text, &err);
    write_text(folder, name, "vert", status, text, &err);
}

static void write_tiles(const char *folder, SonoGlsl language)
{
    for (int i = 0; i < 8; i++) {
        SonoShaderVariant v = {.shader = SONO_SHADER_TILE,
                               .show = i < 4 ? SONO_SHOW_LEVEL : SONO_SHOW_PHASE,
                               .taps_t = 1 + i % 4 / 2,
                               .taps_f = 1 + i % 2};
        write_variant(folder, language, &v);
        for (const SonoOperation *const *op = sono_operations; *op; op++) {
            v.operation = *op;
            write_variant(folder, language, &v);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        return 2;
    }
    for (SonoGlsl language = SONO_GLSL_330_CORE; language <= SONO_GLSL_300_ES; language++) {
        write_tiles(argv[1], language);
        for (SonoWarp warp = SONO_WARP_LINEAR; warp <= SONO_WARP_RECIPROCAL; warp++) {
            write_variant(argv[1], language, &(SonoShaderVariant){.shader = SONO_SHADER_DAB, .warp = warp});
            write_variant(argv[1], language, &(SonoShaderVariant){.shader = SONO_SHADER_RING, .warp = warp});
        }
        for (SonoShader shader = SONO_SHADER_WEIGHTS; shader <= SONO_SHADER_MAGNIFY; shader++) {
            write_variant(argv[1], language, &(SonoShaderVariant){.shader = shader});
        }
    }
    return 0;
}
