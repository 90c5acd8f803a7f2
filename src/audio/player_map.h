/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which frame of the clip a frame of the ring carries: straight pieces, the newest ones. A piece goes round its loop by
 * itself, so that playing on needs no new one. The caller locks. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "sono_player.h"

#define PLAYER_MAP_PIECES 1024

typedef struct PlayerMapPiece {
    double ring_frame, clip_frame; /* from here on */
    double step;                   /* frames of the clip for one of the ring */
    SonoPlayRange range;           /* loop: goes from end to start */
    uint64_t revision;
} PlayerMapPiece;

typedef struct PlayerMap {
    PlayerMapPiece pieces[PLAYER_MAP_PIECES]; /* piece i at i % PLAYER_MAP_PIECES, ring_frame ascending */
    uint64_t n_pieces;                        /* ever added */
    uint64_t n_kept;                          /* of the last ones */
} PlayerMap;

void player_map_clear(PlayerMap *map);
/* Drops what began at or after ring_frame. */
void player_map_cut(PlayerMap *map, double ring_frame);
/* ring_frame not before the last piece's. What continues the last piece adds nothing. */
void player_map_add(PlayerMap *map, const PlayerMapPiece *piece);
/* False: nothing is known. Before the oldest piece: its start. */
bool player_map_find(const PlayerMap *map, double ring_frame, double *clip_frame, uint64_t *revision);
