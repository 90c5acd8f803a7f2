/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sono_tile_feed.h"

/* Empty the list, keep its memory. */
void tile_list_reset(SonoTileList *list);
/* Takes over the reference to strip, also on error. */
SonoStatus tile_list_add(SonoTileList *list, SonoStrip *strip, double p0, double p1, int taps_t, int taps_f,
                         bool fallback, SonoError *err);
