/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tiles on the GPU: layers of 256 x 256 texture arrays of two 32-bit floats (read by texelFetch only: OpenGL ES 3.0
 * cannot filter them), least recently drawn out first. Needs the context current. */
#pragma once
#include "sono_tile.h"

#include <epoxy/gl.h>

#define TILE_ARRAYS 12
#define TILE_LAYERS 64 /* per array: 32 MiB */

typedef struct TileSlot {
    SonoStripKey key;
    int32_t tile;
    bool used, provisional;
    uint64_t drawn_at; /* number of the picture */
} TileSlot;

typedef struct TileTextures {
    GLuint arrays[TILE_ARRAYS];
    int n_arrays;
    TileSlot slots[TILE_ARRAYS * TILE_LAYERS];
    uint64_t picture; /* number of the one being drawn: what it drew already stays */
} TileTextures;

void tile_textures_init(TileTextures *tt);
void tile_textures_clear(TileTextures *tt);
/* Slot that holds the tile (maybe still its provisional version), or -1. Marks it as drawn in this picture. */
int tile_textures_find(TileTextures *tt, const SonoStripKey *key, int32_t tile);
/* Upload into the slot the tile has, or a free one, or the one least recently drawn. Returns the slot, or -1 when
 * everything is needed by this picture (or the driver is out of memory). */
int tile_textures_upload(TileTextures *tt, const SonoStrip *strip, int32_t tile);
GLuint tile_textures_array(const TileTextures *tt, int slot);
float tile_textures_layer(int slot);
