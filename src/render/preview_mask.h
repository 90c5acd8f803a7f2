/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mask of a preview: dabs drawn into a one-channel texture of the view's size, built up as the commit builds them.
 * A growing stroke adds only its new dabs. */
#pragma once
#include "gl_program.h"
#include "sono_renderer.h"

typedef struct PreviewMask {
    GLuint fbo, texture, vao, vbo;
    int width_px, height_px;
    uint64_t hash; /* of the view and the dabs that are in the texture */
    size_t n_dabs;
    bool drawn;
} PreviewMask;

void preview_mask_init(PreviewMask *mask);
void preview_mask_clear(PreviewMask *mask);
/* Make the texture hold the dabs of previews[0..n). Changes framebuffer, viewport, scissor, blending, program. *bounds:
 * pixels of the view {x0, y0, x1, y1} that may have weight. */
SonoStatus preview_mask_draw(PreviewMask *mask, GlPrograms *programs, const SonoRenderView *view,
                             const SonoPreview *previews, size_t n, int bounds[4], SonoError *err);
/* Draw the outline of one dab into the current framebuffer; the viewport is the view. */
SonoStatus preview_mask_ring(PreviewMask *mask, GlPrograms *programs, const SonoRenderView *view, const SonoDab *dab,
                             SonoError *err);
/* u_axis of a view (shaders/axis.glsl). */
void axis_uniform(const SonoFreqAxis *axis, float out[2]);
