/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks of previews: dabs and rasterised masks drawn into one-channel textures of the view's size, built up as the
 * commit builds dabs up. A growing stroke adds only its new dabs; several textures are kept, for lanes and operations
 * that take turns. */
#pragma once
#include "mask_textures.h"
#include "sono_renderer.h"

#define PREVIEW_MASKS 6

typedef struct PreviewMask {
    GLuint fbo, texture;
    int width_px, height_px;
    int bounds[4];  /* pixels {x0, y0, x1, y1} that may have weight */
    uint64_t hash;  /* of the view and the items that are in the texture */
    size_t n_items; /* dabs and masks */
    uint64_t used_at;
    bool drawn;
} PreviewMask;

typedef struct PreviewMasks {
    PreviewMask items[PREVIEW_MASKS];
    MaskTextures rasters; /* also for selections */
    GLuint vao, vbo;      /* dabs as instances */
    GLuint empty_vao;     /* rectangles come from uniforms */
    const PreviewMask *last;
    uint64_t clock;
} PreviewMasks;

void preview_masks_init(PreviewMasks *masks);
void preview_masks_clear(PreviewMasks *masks);
/* A texture that holds previews[0..n), all of which are shown. Changes framebuffer, viewport, scissor, blending,
 * program, UNIT_MASK. *out is good until the next call. Errors: as gl_program_get; NOMEM; UNSUPPORTED. */
SonoStatus preview_masks_draw(PreviewMasks *masks, GlPrograms *programs, const SonoRenderView *view,
                              const SonoPreview *previews, size_t n, const PreviewMask **out, SonoError *err);
/* Draw the outline of one dab into the current framebuffer; the viewport is the view. */
SonoStatus preview_masks_ring(PreviewMasks *masks, GlPrograms *programs, const SonoRenderView *view, const SonoDab *dab,
                              SonoError *err);
