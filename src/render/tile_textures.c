/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pool of texture layers for tiles. */
#include "tile_textures.h"

#include "sono_log.h"

#include <string.h>

void tile_textures_init(TileTextures *tt)
{
    memset(tt, 0, sizeof *tt);
}

void tile_textures_clear(TileTextures *tt)
{
    glDeleteTextures(tt->n_arrays, tt->arrays);
    memset(tt->slots, 0, sizeof tt->slots);
    tt->n_arrays = 0;
}

static bool same_key(const SonoStripKey *a, const SonoStripKey *b)
{
    return a->x == b->x && a->revision == b->revision && a->level_t == b->level_t && a->level_f == b->level_f &&
           a->channel == b->channel && a->plan == b->plan;
}

int tile_textures_find(TileTextures *tt, const SonoStripKey *key, int32_t tile)
{
    for (int i = 0; i < tt->n_arrays * TILE_LAYERS; i++) {
        TileSlot *slot = &tt->slots[i];
        if (slot->used && slot->tile == tile && same_key(&slot->key, key)) {
            slot->drawn_at = tt->picture;
            return i;
        }
    }
    return -1;
}

/* One more array of layers; false when there are enough or the driver has no memory. */
static bool add_array(TileTextures *tt)
{
    if (tt->n_arrays == TILE_ARRAYS) {
        return false;
    }
    while (glGetError() != GL_NO_ERROR) {
    }
    GLuint array = 0;
    glGenTextures(1, &array);
    glBindTexture(GL_TEXTURE_2D_ARRAY, array);
    glTexImage3D(GL_TEXTURE_2D_ARRAY, 0, GL_RG32F, SONO_TILE_TEXELS, SONO_TILE_TEXELS, TILE_LAYERS, 0, GL_RG, GL_FLOAT,
                 NULL);
    if (glGetError() != GL_NO_ERROR) {
        sono_log(SONO_LOG_DEBUG, "gl", "no memory for more than %d tiles", tt->n_arrays * TILE_LAYERS);
        glDeleteTextures(1, &array);
        return false;
    }
    glTexParameteri(GL_TEXTURE_2D_ARRAY, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D_ARRAY, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D_ARRAY, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D_ARRAY, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    tt->arrays[tt->n_arrays++] = array;
    return true;
}

static int free_slot(TileTextures *tt)
{
    int oldest = -1;
    for (int i = 0; i < tt->n_arrays * TILE_LAYERS; i++) {
        const TileSlot *slot = &tt->slots[i];
        if (!slot->used) {
            return i;
        }
        if (slot->drawn_at < tt->picture && (oldest < 0 || slot->drawn_at < tt->slots[oldest].drawn_at)) {
            oldest = i;
        }
    }
    /* what a recent picture drew is likely to be drawn again: rather take more memory, while there is */
    if ((oldest < 0 || tt->slots[oldest].drawn_at + 120 > tt->picture) && add_array(tt)) {
        return (tt->n_arrays - 1) * TILE_LAYERS;
    }
    return oldest;
}

int tile_textures_upload(TileTextures *tt, const SonoStrip *strip, int32_t tile)
{
    int at = tile_textures_find(tt, &strip->key, tile);
    if (at < 0) {
        at = free_slot(tt);
    }
    if (at < 0) {
        return -1;
    }
    glBindTexture(GL_TEXTURE_2D_ARRAY, tile_textures_array(tt, at));
    glTexSubImage3D(GL_TEXTURE_2D_ARRAY, 0, 0, 0, at % TILE_LAYERS, SONO_TILE_TEXELS, SONO_TILE_TEXELS, 1, GL_RG,
                    GL_FLOAT, sono_strip_tile(strip, tile));
    tt->slots[at] = (TileSlot){
        .key = strip->key, .tile = tile, .used = true, .provisional = strip->provisional, .drawn_at = tt->picture};
    return at;
}

GLuint tile_textures_array(const TileTextures *tt, int slot)
{
    return tt->arrays[slot / TILE_LAYERS];
}

float tile_textures_layer(int slot)
{
    return (float)(slot % TILE_LAYERS);
}
