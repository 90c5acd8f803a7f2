/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks as textures of a view's pixels, made on the CPU and kept while neither mask nor view changes. A texture lies on
 * its side: a column of pixels is a row of texels, as sono_mask_render gives it. */
#pragma once
#include "gl_program.h"
#include "mask_pixels.h"

#define MASK_TEXTURES 12

typedef enum MaskKind { MASK_WEIGHTS, MASK_MARKS } MaskKind;

typedef struct MaskTexture {
    GLuint texture; /* WEIGHTS: 32-bit floats; MARKS: the codes of mask_pixels.h */
    MaskBox box;    /* empty: the mask has no weight in the view */
    bool empty;     /* MARKS: no pixel of the view is selected */
    MaskKind kind;
    uint64_t hash, used_at;
} MaskTexture;

typedef struct MaskTextures {
    MaskTexture items[MASK_TEXTURES];
    uint64_t clock;
} MaskTextures;

void mask_textures_clear(MaskTextures *textures);
/* *out is good until the next call. Binds to UNIT_MASK while it is made. Errors: NOMEM. */
SonoStatus mask_textures_get(MaskTextures *textures, MaskKind kind, const SonoMask *mask, const SonoRenderView *view,
                             const MaskTexture **out, SonoError *err);
