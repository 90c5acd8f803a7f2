/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws the tiles of a lane into the current framebuffer: as they are, or as an operation would change them. */
#pragma once
#include "colour_textures.h"
#include "gl_program.h"
#include "row_textures.h"
#include "tile_cover.h"

typedef struct TilePainter {
    GLuint vao, vbo;
    float *instances; /* as uploaded */
    size_t cap;
    RowTextures rows;
} TilePainter;

void tile_painter_init(TilePainter *painter);
void tile_painter_clear(TilePainter *painter);
/* Hand the lane's tiles to the GPU; for all calls of tile_painter_draw until the next lane. Errors: NOMEM. */
SonoStatus tile_painter_load(TilePainter *painter, const TileCover *cover, SonoError *err);
/* view: of the lane, in pixels of the framebuffer; viewport and scissor are the caller's. preview (or NULL): with its
 * operation, where the texture at UNIT_MASK has weight. Colours lie at UNIT_MAP. Errors: as gl_program_get. */
SonoStatus tile_painter_draw(TilePainter *painter, GlPrograms *programs, const TileCover *cover,
                             const TileTextures *textures, const SonoRenderView *view, const SonoPreview *preview,
                             SonoError *err);
