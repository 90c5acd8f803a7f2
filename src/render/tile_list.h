/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sono_tile_feed.h"

/* Empty the list, keep its memory. */
void tile_list_reset(SonoTileList *list);
/* Takes over the reference to strip of draw, also on error. */
SonoStatus tile_list_add(SonoTileList *list, const SonoDrawStrip *draw, SonoError *err);
/* Under everything: what strips have in their stale parts, in the same order. A wrong sound is better than a hole. */
SonoStatus tile_list_add_stale(SonoTileList *list, SonoError *err);
