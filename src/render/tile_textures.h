/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tiles on the GPU: layers of 256 x 256 texture arrays, least recently drawn out first. Needs the context current. */
#pragma once
#include "sono_glsl.h"
#include "sono_tile.h"

#include <epoxy/gl.h>

#define TILE_ARRAYS 8
#define TILE_LAYERS 64 /* per array: 32 MiB as RG32F, 16 MiB as RG16F */

typedef struct TileSlot {
    SonoStripKey key;
    int32_t tile;
    bool used, provisional;
    uint64_t drawn_at; /* frame number */
} TileSlot;

typedef struct TileTextures {
    bool half_floats; /* OpenGL ES 3.0 cannot filter 32-bit floats */
    GLuint arrays[TILE_ARRAYS];
    int n_arrays;
    TileSlot slots[TILE_ARRAYS * TILE_LAYERS];
    uint64_t frame;
} TileTextures;

void tile_textures_init(TileTextures *tt, SonoGlsl language);
void tile_textures_clear(TileTextures *tt);
/* Slot that holds the tile (maybe still its provisional version), or -1. Marks it as drawn in this frame. */
int tile_textures_find(TileTextures *tt, const SonoStripKey *key, int32_t tile);
/* Upload into the slot the tile has, or a free one, or the one least recently drawn. Returns the slot, or -1 when
 * everything is needed by this frame (or the driver is out of memory). */
int tile_textures_upload(TileTextures *tt, const SonoStrip *strip, int32_t tile);
GLuint tile_textures_array(const TileTextures *tt, int slot);
float tile_textures_layer(int slot);
