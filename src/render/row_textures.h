/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows of a plan's picture the pixels of a view show, worked out in double and kept as a texture: texel y holds
 * the rows a quarter of a pixel below and above the centre of pixel row y. Any axis may show any plan with one shader,
 * as exactly as a float counts rows. Needs the context current. */
#pragma once
#include "gl_program.h"

#define ROW_TEXTURES 8

typedef struct RowTexture {
    GLuint texture;
    SonoFreqAxis axis;
    int height_px;
    SonoRowLaw rows;
    uint64_t used_at;
} RowTexture;

typedef struct RowTextures {
    RowTexture items[ROW_TEXTURES];
    uint64_t clock;
    float *rows; /* scratch: [height_px][2] */
    int cap;
} RowTextures;

void row_textures_clear(RowTextures *textures);
/* Bind the texture of a view's axis and height and a plan's rows at UNIT_ROWS. Errors: NOMEM. */
SonoStatus row_textures_use(RowTextures *textures, const SonoRenderView *view, const SonoPlan *plan, SonoError *err);
