/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which tiles a lane draws, and which part of each: what better ones leave open. Uploads what is new. */
#pragma once
#include "sono_renderer.h"
#include "tile_textures.h"

/* One tile as it will be drawn. */
typedef struct TileDraw {
    float rect_px[4];       /* of the view: left, bottom, right, top */
    float time[2], rows[2]; /* texel = x in pixels * [0] + [1]; texel = row of the picture * [0] + [1] */
    const SonoPlan *plan;   /* whose rows */
    int slot;               /* of the textures */
    uint8_t taps_t, taps_f;
    bool raw_phase; /* its second channel is a phase, else a deviation */
} TileDraw;

typedef struct TileCover {
    TileDraw *draws; /* in the order of drawing */
    size_t n_draws, cap_draws;
    uint8_t *covered; /* cells of the view that a better tile covers already */
    size_t n_cells, cells_wide, cells_high;
    bool overlaps; /* some of draws do; else their order is free */
} TileCover;

void tile_cover_clear(TileCover *cover);
/* Into cover->draws. frame->max_uploads limits what is uploaded, but not at the price of a hole: where nothing
 * is there yet the coarsest strip is uploaded all the same. view: of frame, or smaller. Errors: NOMEM. */
SonoStatus tile_cover_choose(TileCover *cover, TileTextures *textures, const SonoFrame *frame,
                             const SonoRenderView *view, SonoFrameReport *report, SonoError *err);
