/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mask on the pixels of a view, on the CPU: what the commit has on its grid, for shapes of every kind. No GL. */
#pragma once
#include "sono_mask.h"
#include "sono_render_view.h"

/* Pixels [x0, x1) x [y0, y1) of the view, y upward; outside of them the weight is 0. */
typedef struct MaskBox {
    int x0, y0, x1, y1;
} MaskBox;

/* Where the mask has weight in the view, and some pixels around it. */
MaskBox mask_pixels_box(const SonoMask *mask, const SonoRenderView *view);
/* weights[(x - x0) * (y1 - y0) + y - y0], malloc'ed (sono_free); box is not empty. A shape thinner than a pixel is
 * drawn as thick as one, if fit. Errors: NOMEM. */
SonoStatus mask_pixels_render(const SonoMask *mask, const SonoRenderView *view, MaskBox box, bool fit, float **weights,
                              SonoError *err);

/* What a selection draws at a pixel: nothing, a veil of black over what is not selected (thin: one goes on working with
 * what is seen through it), a line of white or black. Opacities, in the shader and in the CPU painter. */
enum { MARK_NONE, MARK_DIM, MARK_LIGHT, MARK_DARK };
#define MARK_DIM_OPACITY 0.18
#define MARK_LIGHT_OPACITY 0.95
#define MARK_DARK_OPACITY 0.75
/* In place of the weights: inside (weight >= 1/2) nothing but a light line along the edge, around it a dark line, and
 * dimmed what is further out. The view's edges are no edges. codes: same layout, may not overlap. False: nothing is
 * inside. */
bool mask_pixels_marks(const float *weights, int n_columns, int n_rows, uint8_t *codes);

/* A number that changes with what the mask holds, or with the place of the pixels. */
uint64_t mask_pixels_hash(const SonoMask *mask, const SonoRenderView *view);
uint64_t mask_hash_view(const SonoRenderView *view);
uint64_t mask_hash(const SonoMask *mask, uint64_t seed);
